/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/rules-script.h"

#include <glib/gstdio.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

#define SCRIPT_NAME "rules.sieve"
#define SUFFIX ".sieve"

/* ---- the file --------------------------------------------------------------------- */

static char *
script_folder(const Paths *paths, const char *account)
{
	return g_build_filename(paths->config, account, NULL);
}

char *
rules_path(const Paths *paths, const char *account)
{
	return g_build_filename(paths->config, account, SCRIPT_NAME, NULL);
}

/* Text: a NUL would hide what is behind it. */
static char *
read_text(const char *path, GError **error)
{
	gsize length;
	g_autofree char *text = paths_read(path, LIMIT_SIEVE_SCRIPT, &length, error);
	g_autofree char *safe = NULL;
	guint line = 1;

	if (text == NULL || strlen(text) == length)
		return g_steal_pointer(&text);
	for (const char *c = text; *c != '\0'; c++)
		line += *c == '\n';
	safe = text_safe(path, -1, TEXT_MARKS);
	fault_set(error, FAULT_INPUT, _("%s:%u: a NUL octet; a script is text"), safe, line);
	return NULL;
}

/* "" where there is no such file. */
static char *
read_script(const char *path, GError **error)
{
	g_autoptr(GError) failure = NULL;
	char *text = read_text(path, &failure);

	if (text != NULL)
		return text;
	if (fault_of(failure) == FAULT_UNKNOWN)
		return g_strdup("");
	g_propagate_error(error, g_steal_pointer(&failure));
	return NULL;
}

char *
rules_load(const Paths *paths, const char *account, GError **error)
{
	g_autofree char *path = rules_path(paths, account);

	return read_script(path, error);
}

gboolean
rules_save(const Paths *paths, const char *account, const char *was, const char *text, GError **error)
{
	g_autofree char *path = rules_path(paths, account);
	g_autofree char *folder = script_folder(paths, account);
	g_autofree char *kept = g_strconcat(path, "~", NULL);
	g_autofree char *now = NULL;

	if (strlen(text) > LIMIT_SIEVE_SCRIPT) {
		fault_set(error, FAULT_LIMIT, _("The script is larger than %d bytes."), LIMIT_SIEVE_SCRIPT);
		return FALSE;
	}
	if (!paths_make_folder(folder, error))
		return FALSE;
	now = read_script(path, error);
	if (now == NULL)
		return FALSE;
	if (was != NULL && strcmp(was, now) != 0) {
		fault_set(error, FAULT_BUSY, _("%s was changed by another program meanwhile."), path);
		return FALSE;
	}
	if (now[0] != '\0' && strcmp(now, text) != 0 && !paths_replace(kept, now, strlen(now), error))
		return FALSE;
	return paths_replace(path, text, strlen(text), error);
}

/* ---- compiling ----------------------------------------------------------------------- */

/* A name that is a file beside the script, and nothing else. */
static gboolean
is_plain_name(const char *name)
{
	for (const char *c = name; *c != '\0'; c++)
		if (*c == '/' || *c == '\\' || g_ascii_iscntrl(*c))
			return FALSE;
	return name[0] != '\0' && name[0] != '.' && strlen(name) <= LIMIT_FILE_NAME;
}

static char *
include_script(const char *name, gboolean global, gpointer user, GError **error)
{
	const char *folder = user;
	g_autofree char *safe = text_safe(name, -1, TEXT_MARKS);
	g_autofree char *file = NULL;
	g_autofree char *path = NULL;

	if (global) {
		fault_set(error, FAULT_UNKNOWN, _("there are no global scripts here; write :personal"));
		return NULL;
	}
	if (!is_plain_name(name)) {
		fault_set(error, FAULT_INPUT, _("\"%s\" is no name of a script"), safe);
		return NULL;
	}
	file = g_str_has_suffix(name, SUFFIX) ? g_strdup(name) : g_strconcat(name, SUFFIX, NULL);
	path = g_build_filename(folder, file, NULL);
	return read_text(path, error);
}

static SieveScript *
compile(const Config *config, char *folder, const char *file, const char *text, gssize length,
	GPtrArray **errors)
{
	g_auto(GStrv) programs = config ? config_rule_programs(config) : NULL;
	SieveOptions options = {
		.file = file,
		.include = include_script,
		.user = folder,
		.programs = programs && programs[0] ? (const char *const *)programs : NULL,
	};

	return sieve_compile(text, length, &options, errors);
}

SieveScript *
rules_compile(
	const Paths *paths, const Config *config, const char *account, const char *text, GPtrArray **errors)
{
	g_autofree char *folder = script_folder(paths, account);

	return compile(config, folder, SCRIPT_NAME, text, -1, errors);
}

SieveScript *
rules_compile_file(
	const Config *config, const char *path, const char *text, gssize length, GPtrArray **errors)
{
	g_autofree char *folder = g_path_get_dirname(path);

	return compile(config, folder, path, text, length, errors);
}

void
rules_set_errors(GPtrArray *errors, GError **error)
{
	g_autofree char *first = errors->len > 0 ? sieve_error_words(errors->pdata[0]) : g_strdup("");

	if (errors->len > 1)
		fault_set(error, FAULT_INPUT,
			P_("%s (and %u more error)", "%s (and %u more errors)", errors->len - 1), first,
			errors->len - 1);
	else
		fault_set(error, FAULT_INPUT, "%s", first);
	g_ptr_array_unref(errors);
}

/* ---- of one thread ---------------------------------------------------------------------- */

struct RulesScript {
	EngineAccount *account;
	Config *config;
	char *stamp; /* of the script and what stands beside it; NULL: not read yet */
	SieveScript *script;
	gboolean broken;
};

RulesScript *
rules_script_new(EngineAccount *account)
{
	RulesScript *script = g_new0(RulesScript, 1);

	script->account = account;
	return script;
}

void
rules_script_free(RulesScript *script)
{
	if (script == NULL)
		return;
	g_clear_pointer(&script->config, config_free);
	g_clear_pointer(&script->script, sieve_script_free);
	g_free(script->stamp);
	g_free(script);
}

const Config *
rules_script_config(RulesScript *script)
{
	g_autofree char *path =
		g_build_filename(script->account->engine->paths->config, "posthorn.conf", NULL);
	gboolean changed = FALSE;

	if (script->config == NULL)
		script->config = config_load(path, NULL);
	else
		config_reload_if_changed(script->config, &changed, NULL);
	if (changed) /* other programs may be allowed now */
		g_clear_pointer(&script->stamp, g_free);
	return script->config;
}

/* The account as the file has it now; NULL: it is gone, or cannot be read. */
static const AccountConfig *
account_now(RulesScript *script)
{
	const Config *config = rules_script_config(script);

	return config ? config_account(config, script->account->key) : NULL;
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Changes with any script of the folder. */
static char *
take_stamp(const char *folder)
{
	g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	while (entries != NULL && (name = g_dir_read_name(entries)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		struct stat status;
		if (!g_str_has_suffix(name, SUFFIX) || stat(path, &status) != 0)
			continue;
		g_ptr_array_add(lines, g_strdup_printf("%s %ju %jd %jd.%09ld", name, (uintmax_t)status.st_ino,
					       (intmax_t)status.st_size, (intmax_t)status.st_mtim.tv_sec,
					       status.st_mtim.tv_nsec));
	}
	g_ptr_array_sort(lines, compare_names);
	g_ptr_array_add(lines, NULL);
	return g_strjoinv("\n", (char **)lines->pdata);
}

/* White space and comments alone are no script. */
static gboolean
is_empty(const SieveScript *script)
{
	return sieve_script_rules(script)->len == 0;
}

const SieveScript *
rules_script_get(RulesScript *script, GError **error)
{
	const Paths *paths = script->account->engine->paths;
	const Config *config = rules_script_config(script);
	g_autofree char *folder = script_folder(paths, script->account->key);
	g_autofree char *stamp = take_stamp(folder);
	g_autofree char *text = NULL;
	GPtrArray *errors = NULL;

	if (script->stamp != NULL && strcmp(stamp, script->stamp) == 0)
		return script->script;
	g_free(script->stamp);
	script->stamp = g_steal_pointer(&stamp);
	g_clear_pointer(&script->script, sieve_script_free);
	text = rules_load(paths, script->account->key, error);
	script->broken = text == NULL;
	if (text == NULL || text[0] == '\0')
		return NULL;
	script->script = rules_compile(paths, config, script->account->key, text, &errors);
	script->broken |= script->script == NULL;
	if (script->script == NULL)
		rules_set_errors(errors, error);
	else if (is_empty(script->script))
		g_clear_pointer(&script->script, sieve_script_free);
	return script->script;
}

RunRules
rules_script_runs(RulesScript *script, const char *folder)
{
	const Config *config = rules_script_config(script);
	g_autoptr(Preferences) preferences = NULL;

	if (config == NULL || !rules_script_is_on(script))
		return RUN_RULES_NO;
	preferences = config_preferences(config, script->account->key, folder);
	if (preferences->run_rules != RUN_RULES_AUTO)
		return preferences->run_rules;
	return g_ascii_strcasecmp(folder, "INBOX") == 0 ? RUN_RULES_ARRIVAL : RUN_RULES_NO;
}

gboolean
rules_script_is_broken(const RulesScript *script)
{
	return script->broken;
}

gboolean
rules_script_is_on(RulesScript *script)
{
	const AccountConfig *account = account_now(script);

	return account != NULL && !script->account->config->read_only && account->rules == RULES_CLIENT;
}

char *
rules_script_host(RulesScript *script)
{
	const AccountConfig *account = account_now(script);

	return account ? g_strdup(account->rules_host) : NULL;
}
