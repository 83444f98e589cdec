/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conf.c - from the lines of the file to typed values. Each line is checked
 * against its row of the table where it stands; Preferences are put together
 * when they are asked for, from the lines that count for a folder.
 */
#include "config.h"

#include "account/conf.h"

#include <string.h>
#include <sys/stat.h>

#include "account/address.h"
#include "account/conf-private.h"
#include "account/settings.h"
#include "account/sieve-place.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/paths.h"
#include "util/text.h"

#define ACCOUNT_SECTION "account "
#define FOLDER_SECTION "folder "
#define MATCH "match"

/* ---- accounts as values -------------------------------------------------------------- */

AccountConfig *
account_config_new(const char *key)
{
	AccountConfig *account = g_new0(AccountConfig, 1);

	account->key = g_strdup(key);
	settings_set_defaults(HOME_ACCOUNT, account);
	return account;
}

AccountConfig *
account_config_copy(const AccountConfig *account)
{
	AccountConfig *copy = g_new0(AccountConfig, 1);

	copy->key = g_strdup(account->key);
	settings_copy(HOME_ACCOUNT, copy, account);
	return copy;
}

void
account_config_free(AccountConfig *account)
{
	if (account == NULL)
		return;
	settings_clear(HOME_ACCOUNT, account);
	g_free(account->key);
	g_free(account);
}

void
preferences_free(Preferences *preferences)
{
	if (preferences == NULL)
		return;
	settings_clear(HOME_PREFERENCES, preferences);
	g_free(preferences);
}

/* ---- checking lines -------------------------------------------------------------------- */

/* The first problem with its place, and how many more there are. */
typedef struct {
	const char *path;
	char *first;
	guint count;
} Problems;

static void G_GNUC_PRINTF(3, 4) complain(Problems *problems, guint line, const char *format, ...)
{
	va_list values;

	if (problems->count++ > 0)
		return;
	va_start(values, format);
	g_autofree char *words = g_strdup_vprintf(format, values);
	va_end(values);
	problems->first = g_strdup_printf("%s:%u: %s", problems->path, line, words);
}

static gboolean
report(Problems *problems, GError **error)
{
	if (problems->count == 0)
		return TRUE;
	if (problems->count == 1)
		fault_set(error, FAULT_INPUT, "%s", problems->first);
	else
		fault_set(error, FAULT_INPUT,
			P_("%s (and %u more problem)", "%s (and %u more problems)", problems->count - 1),
			problems->first, problems->count - 1);
	g_clear_pointer(&problems->first, g_free);
	return FALSE;
}

static guint
scope_of(const char *section)
{
	if (strcmp(section, "posthorn") == 0)
		return SCOPE_PROGRAM;
	if (g_str_has_prefix(section, ACCOUNT_SECTION))
		return SCOPE_ACCOUNT;
	if (g_str_has_prefix(section, FOLDER_SECTION))
		return SCOPE_FOLDER;
	return 0;
}

static void
check_section(Problems *problems, const IniLine *line)
{
	const char *key = line->section + strlen(ACCOUNT_SECTION);
	g_autofree char *shown = text_safe(line->section, -1, TEXT_MARKS);

	switch (scope_of(line->section)) {
	case SCOPE_ACCOUNT:
		if (!paths_is_account_key(key))
			complain(problems, line->line,
				_("[%s]: the name of an account has 1 to 32 of a-z, 0-9, - and _, and begins "
				  "with a letter or "
				  "digit; what shows is its label"),
				shown);
		break;
	case SCOPE_PROGRAM:
	case SCOPE_FOLDER:
		break;
	default:
		complain(problems, line->line,
			_("[%s]: unknown section; allowed are [posthorn], [account NAME] and [folder NAME]"),
			shown);
	}
}

/* Where a setting may stand: "[posthorn] or [account NAME]". */
static char *
homes_of(const Setting *setting)
{
	static const char *const names[] = {"[posthorn]", "[account NAME]", "[folder NAME]"};
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		if ((setting->scopes & (1u << i)) == 0)
			continue;
		if (out->len > 0)
			g_string_append(out, ", ");
		g_string_append(out, names[i]);
	}
	return g_string_free(out, FALSE);
}

/* The row for a line that may stand where it does, or NULL with a complaint. */
static const Setting *
check_key(Problems *problems, const IniLine *line, guint scope)
{
	const Setting *setting = settings_find(line->key);
	g_autofree char *shown = text_safe(line->key, (gssize)strnlen(line->key, 80), TEXT_MARKS);
	const char *near;

	if (setting != NULL && (setting->scopes & scope) != 0)
		return setting;
	if (setting != NULL) {
		g_autofree char *homes = homes_of(setting);
		complain(problems, line->line, _("%s cannot stand here; it belongs in %s"), shown, homes);
		return NULL;
	}
	near = settings_nearest(line->key, scope);
	if (near == NULL)
		near = settings_nearest(line->key, SCOPE_PROGRAM | SCOPE_ACCOUNT | SCOPE_FOLDER);
	if (near != NULL)
		complain(problems, line->line, _("%s: unknown setting; did you mean %s?"), shown, near);
	else
		complain(problems, line->line, _("%s: unknown setting; posthorn(1) lists them"), shown);
	return NULL;
}

/* ---- building ---------------------------------------------------------------------------- */

typedef struct {
	Config *config;
	Problems problems;
	GHashTable *seen;          /* "section\nkey" -> line */
	Preferences *scratch;      /* takes values that are only checked here */
	GHashTable *account_lines; /* key -> line of its section */
} Build;

static AccountConfig *
find_account(const Config *config, const char *key)
{
	for (guint i = 0; i < config->accounts->len; i++) {
		AccountConfig *account = g_ptr_array_index(config->accounts, i);
		if (strcmp(account->key, key) == 0)
			return account;
	}
	return NULL;
}

static void
open_section(Build *build, const IniLine *line)
{
	const char *key = line->section + strlen(ACCOUNT_SECTION);

	check_section(&build->problems, line);
	if (scope_of(line->section) != SCOPE_ACCOUNT || find_account(build->config, key) != NULL)
		return;
	g_ptr_array_add(build->config->accounts, account_config_new(key));
	g_hash_table_insert(build->account_lines, g_strdup(key), GUINT_TO_POINTER(line->line));
}

static gboolean
is_first(Build *build, const IniLine *line)
{
	char *name = g_strconcat(line->section, "\n", line->key, NULL);
	guint before = GPOINTER_TO_UINT(g_hash_table_lookup(build->seen, name));

	if (before == 0) {
		g_hash_table_insert(build->seen, name, GUINT_TO_POINTER(line->line));
		return TRUE;
	}
	g_free(name);
	complain(&build->problems, line->line, _("%s stands twice in this section; first in line %u"),
		line->key, before);
	return FALSE;
}

static gpointer
base_of(Build *build, const Setting *setting, const IniLine *line)
{
	switch (setting->home) {
	case HOME_PROGRAM:
		return &build->config->program;
	case HOME_ACCOUNT:
		return find_account(build->config, line->section + strlen(ACCOUNT_SECTION));
	case HOME_PREFERENCES:
		break;
	}
	return build->scratch;
}

static void
take_line(Build *build, const IniLine *line)
{
	guint scope = scope_of(line->section);
	g_autoptr(GError) error = NULL;
	const Setting *setting;

	if (*line->section == '\0') {
		complain(&build->problems, line->line,
			_("a setting before the first section, such as [posthorn]"));
		return;
	}
	if (scope == 0 || (scope == SCOPE_FOLDER && strcmp(line->key, MATCH) == 0))
		return;
	setting = check_key(&build->problems, line, scope);
	if (setting == NULL || (!setting_is_repeatable(setting) && !is_first(build, line)))
		return;
	if (!setting_parse(
		    setting, line->value, build->config->folder, base_of(build, setting, line), &error))
		complain(&build->problems, line->line, "%s", error->message);
}

static void
complete_server(Build *build, const AccountConfig *account, HostPort *server, NetSecurity security,
	guint16 default_port, const char *name, guint line)
{
	if (server->host == NULL)
		return;
	if (server->port == 0)
		server->port = default_port;
	if (security == NET_PLAIN && !net_is_loopback(server->host))
		complain(&build->problems, line,
			_("account %s: %s = plain is allowed for this machine only (localhost); allowed is "
			  "tls or starttls"),
			account->key, name);
}

static void
complete_account(Build *build, AccountConfig *account)
{
	guint line = GPOINTER_TO_UINT(g_hash_table_lookup(build->account_lines, account->key));
	const char *real_name = g_get_real_name();

	if (account->address == NULL)
		complain(&build->problems, line,
			_("account %s: its address is missing (address = alice@example.org)"), account->key);
	if (account->imap.host == NULL)
		complain(&build->problems, line,
			_("account %s: its server is missing (imap = imap.example.org:993)"), account->key);
	if (account->auth == AUTH_OAUTH2 && account->token_command == NULL)
		complain(&build->problems, line, _("account %s: auth = oauth2 needs a token-command"),
			account->key);
	complete_server(build, account, &account->imap, account->imap_security,
		server_default_port(FALSE, account->imap_security), "imap-security", line);
	complete_server(build, account, &account->smtp, account->smtp_security,
		server_default_port(TRUE, account->smtp_security), "smtp-security", line);
	complete_server(
		build, account, &account->sieve, account->sieve_security, SIEVE_PORT, "sieve-security", line);
	if (account->label == NULL || *account->label == '\0') {
		g_free(account->label);
		account->label = g_strdup(account->key);
	}
	if (account->name == NULL && real_name != NULL && strcmp(real_name, "Unknown") != 0 &&
		*real_name != '\0')
		account->name = g_utf8_make_valid(real_name, -1);
	if (account->user == NULL)
		account->user = g_strdup(account->address);
	if (account->smtp_user == NULL)
		account->smtp_user = g_strdup(account->user);
}

static void
build_lines(Build *build)
{
	gsize position = 0;
	IniLine line;

	while (ini_next(build->config->ini, &position, &line)) {
		if (line.key == NULL)
			open_section(build, &line);
		else
			take_line(build, &line);
	}
	for (guint i = 0; i < build->config->accounts->len; i++)
		complete_account(build, g_ptr_array_index(build->config->accounts, i));
}

Config *
config_build(const char *path, Ini *take_ini, GError **error)
{
	g_autoptr(Config) config = g_new0(Config, 1);
	Build build = {.config = config, .problems = {.path = path}};
	gboolean good;

	config->path = g_strdup(path);
	config->folder = g_path_get_dirname(path);
	config->ini = take_ini;
	config->accounts = g_ptr_array_new_with_free_func((GDestroyNotify)account_config_free);
	settings_set_defaults(HOME_PROGRAM, &config->program);
	build.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	build.account_lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	build.scratch = g_new0(Preferences, 1);
	build_lines(&build);
	good = report(&build.problems, error);
	preferences_free(build.scratch);
	g_hash_table_unref(build.account_lines);
	g_hash_table_unref(build.seen);
	return good ? g_steal_pointer(&config) : NULL;
}

/* ---- the file ------------------------------------------------------------------------------ */

ConfigStamp
config_stamp(const char *path)
{
	ConfigStamp stamp = {0};
	struct stat status;

	if (stat(path, &status) != 0)
		return stamp;
	stamp.exists = TRUE;
	stamp.device = status.st_dev;
	stamp.inode = status.st_ino;
	stamp.size = status.st_size;
	stamp.modified_ns = status.st_mtim.tv_sec * G_GINT64_CONSTANT(1000000000) + status.st_mtim.tv_nsec;
	stamp.changed_ns = status.st_ctim.tv_sec * G_GINT64_CONSTANT(1000000000) + status.st_ctim.tv_nsec;
	return stamp;
}

static gboolean
same_stamp(const ConfigStamp *a, const ConfigStamp *b)
{
	return a->exists == b->exists && a->device == b->device && a->inode == b->inode &&
	       a->size == b->size && a->modified_ns == b->modified_ns && a->changed_ns == b->changed_ns;
}

Ini *
config_read_ini(const char *path, ConfigStamp *stamp, GError **error)
{
	g_autofree char *data = NULL;
	gsize length = 0;

	/* Before the read: what changes meanwhile is seen as another state next time. */
	*stamp = config_stamp(path);
	if (stamp->exists) {
		data = paths_read(path, LIMIT_CONFIG_FILE, &length, error);
		if (data == NULL)
			return NULL;
	}
	return ini_parse(path, data, length, error);
}

static Config *
load(const char *path, ConfigStamp *stamp, GError **error)
{
	Ini *ini = config_read_ini(path, stamp, error);
	Config *config = ini != NULL ? config_build(path, ini, error) : NULL;

	if (config != NULL)
		config->stamp = *stamp;
	return config;
}

Config *
config_load(const char *path, GError **error)
{
	ConfigStamp stamp;

	return load(path, &stamp, error);
}

void
config_free(Config *config)
{
	if (config == NULL)
		return;
	settings_clear(HOME_PROGRAM, &config->program);
	g_ptr_array_unref(config->accounts);
	ini_free(config->ini);
	g_free(config->folder);
	g_free(config->path);
	g_free(config);
}

void
config_take_values(Config *config, Config *next)
{
	Config old = *config;

	*config = *next;
	*next = old;
	config_free(next);
}

gboolean
config_reload_if_changed(Config *config, gboolean *changed, GError **error)
{
	ConfigStamp stamp = config_stamp(config->path);
	Config *next;

	if (changed != NULL)
		*changed = FALSE;
	if (same_stamp(&stamp, &config->stamp))
		return TRUE;
	next = load(config->path, &stamp, error);
	config->stamp = stamp;
	if (next == NULL) {
		g_prefix_error(error, "%s", _("the changed configuration is not taken over: "));
		return FALSE;
	}
	config_take_values(config, next);
	if (changed != NULL)
		*changed = TRUE;
	return TRUE;
}

const char *
config_path(const Config *config)
{
	return config->path;
}

const ProgramConfig *
config_program(const Config *config)
{
	return &config->program;
}

GPtrArray *
config_accounts(const Config *config)
{
	return config->accounts;
}

const AccountConfig *
config_account(const Config *config, const char *key)
{
	return find_account(config, key);
}

/* ---- what counts for a folder ---------------------------------------------------------------- */

static gboolean
matches_folder(const Config *config, const char *section, const char *folder)
{
	g_auto(GStrv) patterns = ini_get_list(config->ini, section, MATCH);

	if (patterns[0] == NULL)
		return strcmp(section + strlen(FOLDER_SECTION), folder) == 0;
	for (gsize i = 0; patterns[i] != NULL; i++)
		if (g_pattern_match_simple(patterns[i], folder))
			return TRUE;
	return FALSE;
}

/* Apply the lines of the sections that belong to scope and count here. */
static void
apply_scope(
	const Config *config, guint scope, const char *account, const char *folder, Preferences *preferences)
{
	g_autofree char *account_section = g_strconcat(ACCOUNT_SECTION, account, NULL);
	gsize position = 0;
	IniLine line;

	while (ini_next(config->ini, &position, &line)) {
		const Setting *setting = line.key != NULL ? settings_find(line.key) : NULL;
		if (setting == NULL || setting->home != HOME_PREFERENCES || scope_of(line.section) != scope)
			continue;
		if (scope == SCOPE_ACCOUNT && (account == NULL || strcmp(line.section, account_section) != 0))
			continue;
		if (scope == SCOPE_FOLDER &&
			(folder == NULL || !matches_folder(config, line.section, folder)))
			continue;
		(void)setting_parse(setting, line.value, config->folder, preferences, NULL);
	}
}

Preferences *
config_preferences(const Config *config, const char *account, const char *folder)
{
	Preferences *preferences = g_new0(Preferences, 1);

	settings_set_defaults(HOME_PREFERENCES, preferences);
	apply_scope(config, SCOPE_PROGRAM, account, folder, preferences);
	apply_scope(config, SCOPE_ACCOUNT, account, folder, preferences);
	apply_scope(config, SCOPE_FOLDER, account, folder, preferences);
	return preferences;
}
