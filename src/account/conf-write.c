/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conf-write.c - changes to the file: read again, change lines, check the whole,
 * replace. The folder is what is locked: the file itself is another one after each
 * replacement.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "account/address.h"
#include "account/conf-private.h"
#include "account/settings.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/paths.h"
#include "util/program.h"

typedef struct {
	const char *section;
	const ConfigEntry *entries;
	gsize count;
	enum { CHANGE_SET, CHANGE_APPEND, CHANGE_ADD_SECTION, CHANGE_REMOVE_SECTION } kind;
} Change;

static int
lock_folder(const char *folder, GError **error)
{
	int fd;

	if (!paths_make_folder(folder, error))
		return -1;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 && flock(fd, LOCK_EX) == 0)
		return fd;
	fault_set(error, FAULT_LOCAL, _("cannot lock %s: %s"), folder, g_strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Texts that would lose blanks at their ends, or their own quotes, are quoted. */
static char *
written_form(const char *name, const char *value)
{
	const Setting *setting = settings_find(name);
	gsize length = strlen(value);
	gboolean ends;

	if (setting == NULL || setting->type != SETTING_TEXT || length == 0)
		return g_strdup(value);
	ends = g_ascii_isspace(value[0]) || g_ascii_isspace(value[length - 1]) ||
	       (length >= 2 && value[0] == '"' && value[length - 1] == '"');
	return ends ? g_strconcat("\"", value, "\"", NULL) : g_strdup(value);
}

static gboolean
apply_entries(Ini *ini, const Change *change, GError **error)
{
	for (gsize i = 0; i < change->count; i++) {
		const ConfigEntry *entry = &change->entries[i];
		g_autofree char *value =
			entry->value != NULL ? written_form(entry->name, entry->value) : NULL;
		gboolean good = TRUE;
		if (value == NULL)
			ini_remove(ini, change->section, entry->name, NULL);
		else if (change->kind == CHANGE_SET)
			good = ini_set(ini, change->section, entry->name, value, error);
		else
			good = ini_add(ini, change->section, entry->name, value, error);
		if (!good)
			return FALSE;
	}
	return TRUE;
}

static gboolean
apply_change(Ini *ini, const Change *change, GError **error)
{
	const char *key = change->section + strcspn(change->section, " ");

	if (change->kind == CHANGE_ADD_SECTION) {
		if (ini_has_section(ini, change->section)) {
			fault_set(error, FAULT_INPUT, _("there is an account%s already"), key);
			return FALSE;
		}
		if (!ini_add_section(ini, change->section, error))
			return FALSE;
	}
	if (change->kind == CHANGE_REMOVE_SECTION) {
		if (ini_remove_section(ini, change->section))
			return TRUE;
		fault_set(error, FAULT_UNKNOWN, _("there is no account%s"), key);
		return FALSE;
	}
	return apply_entries(ini, change, error);
}

static gboolean
write_file(const char *path, const Ini *ini, GError **error)
{
	gsize length = 0;
	g_autofree char *text = ini_write(ini, &length);
	/* All links at once: what paths_replace() gets is the file itself. */
	char *real = realpath(path, NULL);
	gboolean good = paths_replace(real != NULL ? real : path, text, length, error);

	free(real);
	return good;
}

/* With the folder locked. */
static gboolean
change_file(Config *config, const Change *change, GError **error)
{
	ConfigStamp stamp;
	Ini *ini = config_read_ini(config->path, &stamp, error);
	Config *next;

	if (ini == NULL)
		return FALSE;
	if (!apply_change(ini, change, error)) {
		ini_free(ini);
		return FALSE;
	}
	next = config_build(config->path, ini, error);
	if (next == NULL) {
		g_prefix_error(error, "%s", _("the configuration was not changed: "));
		return FALSE;
	}
	if (!write_file(config->path, next->ini, error)) {
		config_free(next);
		return FALSE;
	}
	next->stamp = config_stamp(config->path);
	config_take_values(config, next);
	return TRUE;
}

static gboolean
change_locked(Config *config, const Change *change, GError **error)
{
	int fd = lock_folder(config->folder, error);
	gboolean good;

	if (fd < 0)
		return FALSE;
	good = change_file(config, change, error);
	close(fd);
	return good;
}

gboolean
config_set(Config *config, const char *section, const ConfigEntry *entries, gsize count, GError **error)
{
	return change_locked(config, &(Change){section, entries, count, CHANGE_SET}, error);
}

gboolean
config_append(Config *config, const char *section, const char *name, const char *value, GError **error)
{
	ConfigEntry entry = {name, value};

	return change_locked(config, &(Change){section, &entry, 1, CHANGE_APPEND}, error);
}

gboolean
config_add_account(Config *config, const char *key, const ConfigEntry *entries, gsize count, GError **error)
{
	g_autofree char *section = g_strconcat("account ", key, NULL);

	return change_locked(config, &(Change){section, entries, count, CHANGE_ADD_SECTION}, error);
}

gboolean
config_remove_account(Config *config, const char *key, GError **error)
{
	g_autofree char *section = g_strconcat("account ", key, NULL);

	return change_locked(config, &(Change){section, NULL, 0, CHANGE_REMOVE_SECTION}, error);
}

/* ---- keys for new accounts ------------------------------------------------------------- */

/* The label of a domain that says whose it is: "example" of mail.example.org and of example.co.uk. */
static char *
naming_label(const char *domain)
{
	g_auto(GStrv) labels = g_strsplit(domain, ".", -1);
	guint count = g_strv_length(labels);
	guint index = count >= 2 ? count - 2 : 0;

	if (count >= 3 && strlen(labels[count - 1]) == 2 && strlen(labels[count - 2]) <= 3)
		index = count - 3;
	return g_strdup(count > 0 ? labels[index] : "");
}

char *
config_free_key(const Config *config, const char *address)
{
	const char *at = strrchr(address, '@');
	g_autofree char *label = naming_label(at != NULL ? at + 1 : address);
	GString *key = g_string_new(NULL);
	g_autofree char *stem = NULL;
	g_autofree char *free_key = NULL;

	for (const char *p = label; *p != '\0' && key->len < 28; p++) {
		char c = g_ascii_tolower(*p);
		if (g_ascii_isalnum(c) || (key->len > 0 && (c == '-' || c == '_')))
			g_string_append_c(key, c);
	}
	stem = g_string_free(key, FALSE);
	if (*stem == '\0') {
		g_free(stem);
		stem = g_strdup("mail");
	}
	free_key = g_strdup(stem);
	for (guint i = 2; config_account(config, free_key) != NULL; i++) {
		g_free(free_key);
		free_key = g_strdup_printf("%s-%u", stem, i);
	}
	return g_steal_pointer(&free_key);
}

/* ---- programs ------------------------------------------------------------------------------ */

/* The first that is set or installed. */
static char **
choose_program(char *const *setting, const char *const *variables, const char *const *names)
{
	if (setting != NULL && setting[0] != NULL)
		return g_strdupv((char **)setting);
	for (gsize i = 0; variables[i] != NULL; i++) {
		const char *value = g_getenv(variables[i]);
		char **argv = value != NULL && *value != '\0' ? program_split(value, NULL) : NULL;
		if (argv != NULL)
			return argv;
	}
	for (gsize i = 0; names[i] != NULL; i++) {
		g_autofree char *found = g_find_program_in_path(names[i]);
		/* The last is taken as it is: the error then names it. */
		if (found != NULL || names[i + 1] == NULL)
			return g_strdupv((char *[]){(char *)names[i], NULL});
	}
	g_return_val_if_reached(NULL);
}

char **
config_editor(const Config *config)
{
	static const char *const variables[] = {"VISUAL", "EDITOR", NULL};
	static const char *const names[] = {"nano", "vi", NULL};

	return choose_program(config_program(config)->editor, variables, names);
}

char **
config_browser(const Config *config)
{
	static const char *const variables[] = {"BROWSER", NULL};
	static const char *const names[] = {"xdg-open", NULL};

	return choose_program(config_program(config)->browser, variables, names);
}

char **
config_opener(const Config *config)
{
	static const char *const variables[] = {NULL};
	static const char *const names[] = {"xdg-open", NULL};

	return choose_program(config_program(config)->open_command, variables, names);
}

char **
config_printer(const Config *config)
{
	static const char *const variables[] = {NULL};
	static const char *const names[] = {"lp", NULL};

	return choose_program(config_program(config)->print_command, variables, names);
}

char **
config_speller(const Config *config)
{
	static const char *const programs[][4] = {
		{"aspell", "--mode=email", "check", NULL}, {"hunspell", NULL}, {"ispell", "-x", NULL}};
	char **setting = config_program(config)->spell_command;

	if (setting != NULL && setting[0] != NULL)
		return g_strdupv(setting);
	for (gsize i = 0; i < G_N_ELEMENTS(programs); i++) {
		g_autofree char *found = g_find_program_in_path(programs[i][0]);
		if (found != NULL)
			return g_strdupv((char **)programs[i]);
	}
	return NULL;
}

/* ---- programs that rules may run ------------------------------------------------------ */

/* Octets of the name at the beginning of a line of rules-program. */
static gsize
name_length(const char *line)
{
	return strcspn(line, " \t");
}

char **
config_rule_programs(const Config *config)
{
	const GPtrArray *lines = config_program(config)->rule_programs;
	GStrvBuilder *names = g_strv_builder_new();
	char **all;

	for (guint i = 0; i < lines->len; i++) {
		g_autofree char *name = g_strndup(lines->pdata[i], name_length(lines->pdata[i]));
		g_strv_builder_add(names, name);
	}
	all = g_strv_builder_end(names);
	g_strv_builder_unref(names);
	return all;
}

char **
config_rule_program(const Config *config, const char *name)
{
	const GPtrArray *lines = config_program(config)->rule_programs;

	for (guint i = 0; i < lines->len; i++) {
		const char *line = lines->pdata[i];
		gsize length = name_length(line);
		if (strlen(name) == length && strncmp(line, name, length) == 0)
			return program_split(line + length + strspn(line + length, " \t"), NULL);
	}
	return NULL;
}
