/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settings-values.c - the texts of settings as typed fields, by the type of the row.
 */
#include "config.h"

#include "account/settings.h"

#include <string.h>

#include "account/address.h"
#include "account/conf.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/paths.h"
#include "util/program.h"
#include "util/text.h"

static gboolean
refuse(const Setting *setting, const char *value, GError **error)
{
	g_autofree char *allowed = setting_allowed(setting);
	g_autofree char *shown = text_safe(value, (gssize)strnlen(value, 80), TEXT_MARKS);

	fault_set(error, FAULT_INPUT, _("%s: \"%s\" is not allowed; allowed is %s"), setting->name, shown,
		allowed);
	return FALSE;
}

static gboolean
parse_enum(const Setting *setting, const char *value, gpointer field, GError **error)
{
	for (guint i = 0; setting->allowed[i] != NULL; i++) {
		if (strcmp(setting->allowed[i], value) == 0) {
			memcpy(field, &i, sizeof i);
			return TRUE;
		}
	}
	return refuse(setting, value, error);
}

/* Digits at *text, moved behind them; at most limit. */
static gboolean
take_number(const char **text, guint64 limit, guint64 *number)
{
	const char *p = *text;
	guint64 value = 0;

	if (!g_ascii_isdigit(*p))
		return FALSE;
	for (; g_ascii_isdigit(*p); p++) {
		guint digit = (guint)(*p - '0');
		if (value > (limit - MIN(digit, limit)) / 10)
			return FALSE;
		value = value * 10 + digit;
	}
	*text = p;
	*number = value;
	return value <= limit;
}

typedef struct {
	const char *name;
	guint64 factor;
} Unit;

/* A number with one of the units; "" among the units allows none. */
static gboolean
parse_with_unit(const char *value, const Unit *units, guint64 limit, guint64 *result)
{
	guint64 number;

	if (!take_number(&value, limit, &number))
		return FALSE;
	for (; units->name != NULL; units++) {
		if (strcmp(value, units->name) != 0)
			continue;
		if (number > limit / units->factor)
			return FALSE;
		*result = number * units->factor;
		return TRUE;
	}
	*result = 0;
	return number == 0 && *value == '\0';
}

static gboolean
parse_number(const Setting *setting, const char *value, guint *field, GError **error)
{
	const char *p = value;
	guint64 number;

	if (!take_number(&p, (guint64)setting->max, &number) || *p != '\0' || (gint64)number < setting->min)
		return refuse(setting, value, error);
	*field = (guint)number;
	return TRUE;
}

static gboolean
parse_duration(const Setting *setting, const char *value, gint64 *field, GError **error)
{
	static const Unit units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"min", 60000}, {"h", 3600000},
		{"d", 86400000}, {NULL, 0}};
	guint64 ms;

	if (setting->min < 0 && strcmp(value, "never") == 0) {
		*field = -1;
		return TRUE;
	}
	if (!parse_with_unit(value, units, (guint64)setting->max, &ms))
		return refuse(setting, value, error);
	*field = (gint64)ms;
	return TRUE;
}

static gboolean
parse_size(const Setting *setting, const char *value, guint64 *field, GError **error)
{
	static const Unit units[] = {{"", 1}, {"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30},
		{"T", G_GUINT64_CONSTANT(1) << 40}, {NULL, 0}};
	guint64 size;

	if (!parse_with_unit(value, units, (guint64)setting->max, &size) || (gint64)size < setting->min)
		return refuse(setting, value, error);
	*field = size;
	return TRUE;
}

static gboolean
parse_yes_no(const Setting *setting, const char *value, gboolean *field, GError **error)
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return refuse(setting, value, error);
	*field = value[0] == 'y';
	return TRUE;
}

/* The error of a part, with the setting's name before it. */
static gboolean
prefixed(const Setting *setting, GError **error)
{
	g_prefix_error(error, "%s: ", setting->name);
	return FALSE;
}

static gboolean
parse_address(const Setting *setting, const char *value, char **field, GError **error)
{
	if (!address_split(value, NULL, NULL, error))
		return prefixed(setting, error);
	g_free(*field);
	*field = g_strdup(value);
	return TRUE;
}

static void
parse_text(const char *value, char **field)
{
	gsize length = strlen(value);

	g_free(*field);
	if (length >= 2 && value[0] == '"' && value[length - 1] == '"')
		*field = g_strndup(value + 1, length - 2);
	else
		*field = g_strdup(value);
}

static void
parse_path(const char *value, const char *folder, char **field)
{
	g_autofree char *expanded = paths_expand(value);

	g_free(*field);
	if (g_path_is_absolute(expanded) || folder == NULL)
		*field = g_steal_pointer(&expanded);
	else
		*field = g_build_filename(folder, expanded, NULL);
}

static gboolean
parse_hostport(const Setting *setting, const char *value, HostPort *field, GError **error)
{
	HostPort server = {NULL, 0};

	if (!server_parse(value, &server, error))
		return prefixed(setting, error);
	g_free(field->host);
	*field = server;
	return TRUE;
}

static gboolean
parse_argv(const Setting *setting, const char *value, char ***field, GError **error)
{
	char **argv = program_split(value, error);

	if (argv == NULL)
		return prefixed(setting, error);
	g_strfreev(*field);
	*field = argv;
	return TRUE;
}

static void
parse_list(const Setting *setting, const char *value, char ***field)
{
	g_auto(GStrv) words = g_strsplit_set(value, " \t,", -1);
	GPtrArray *list = g_ptr_array_new();
	gboolean lower = strcmp(setting->name, "headers") == 0;

	for (gsize i = 0; words[i] != NULL; i++)
		if (words[i][0] != '\0')
			g_ptr_array_add(list, lower ? g_ascii_strdown(words[i], -1) : g_strdup(words[i]));
	g_ptr_array_add(list, NULL);
	g_strfreev(*field);
	*field = (char **)g_ptr_array_free(list, FALSE);
}

static gboolean
is_fingerprint(const char *text)
{
	guint digits = 0;

	if (g_ascii_strncasecmp(text, "sha256:", 7) != 0)
		return FALSE;
	for (text += 7; *text != '\0'; text++) {
		if (*text == ':')
			continue;
		if (!g_ascii_isxdigit(*text))
			return FALSE;
		digits++;
	}
	return digits == 64;
}

static gboolean
parse_trust(const Setting *setting, const char *value, GPtrArray **field, GError **error)
{
	g_auto(GStrv) words = g_strsplit_set(value, " \t", 2);
	HostPort server = {NULL, 0};
	gboolean good = words[0] != NULL && words[1] != NULL && is_fingerprint(g_strstrip(words[1])) &&
			server_parse(words[0], &server, NULL) && server.port != 0;

	g_free(server.host);
	if (!good)
		return refuse(setting, value, error);
	if (*field == NULL)
		*field = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(*field, g_strdup(value));
	return TRUE;
}

/* NAME, blanks, an argv. */
static gboolean
parse_program(const Setting *setting, const char *value, GPtrArray **field, GError **error)
{
	gsize name = strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-_");
	gsize blanks = strspn(value + name, " \t");
	g_auto(GStrv) argv = name > 0 && blanks > 0 ? program_split(value + name + blanks, NULL) : NULL;

	if (argv == NULL || argv[0] == NULL)
		return refuse(setting, value, error);
	if (*field == NULL)
		*field = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(*field, g_strdup(value));
	return TRUE;
}

static gboolean
parse_roles(const Setting *setting, const char *value, char **field, GError **error)
{
	g_auto(GStrv) words = g_strsplit(value, ",", -1);
	char *roles[ROLE_IMPORTANT + 1] = {NULL};
	gboolean good = TRUE;

	for (gsize i = 0; words[i] != NULL && good; i++) {
		char *equals = strchr(words[i], '=');
		FolderRole role = ROLE_NONE;
		if (equals == NULL && *g_strstrip(words[i]) == '\0')
			continue;
		if (equals != NULL) {
			*equals++ = '\0';
			role = folder_role_from_name(g_strstrip(words[i]));
			g_strstrip(equals);
		}
		good = role != ROLE_NONE && role != ROLE_INBOX && *equals != '\0' && roles[role] == NULL;
		if (good)
			roles[role] = g_strdup(equals);
	}
	for (guint i = 0; i <= ROLE_IMPORTANT; i++) {
		g_free(good ? field[i] : roles[i]);
		if (good)
			field[i] = roles[i];
	}
	return good ? TRUE : refuse(setting, value, error);
}

static gboolean
parse_fetch(const Setting *setting, const char *value, FetchSetting *field, GError **error)
{
	static const Unit units[] = {{"d", 1}, {"w", 7}, {"y", 365}, {NULL, 0}};
	static const char *const kinds[] = {"headers", "text", "all"};
	gsize word = strcspn(value, " \t");
	const char *age = value + word + strspn(value + word, " \t");
	guint64 days = 0;

	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		if (strlen(kinds[i]) != word || strncmp(kinds[i], value, word) != 0)
			continue;
		if (*age != '\0' && (i == FETCH_HEADERS || !parse_with_unit(age, units, 36500, &days)))
			break;
		field->kind = (FetchKind)i;
		field->age_s = *age == '\0' ? -1 : (gint64)days * 86400;
		return TRUE;
	}
	return refuse(setting, value, error);
}

static gboolean
parse_sort(const Setting *setting, const char *value, SortSetting *field, GError **error)
{
	gboolean descending = value[0] == '-';

	for (guint i = 0; setting->allowed[i] != NULL; i++) {
		if (strcmp(setting->allowed[i], value + descending) == 0) {
			field->key = (SortKey)i;
			field->descending = descending;
			return TRUE;
		}
	}
	return refuse(setting, value, error);
}

static gboolean
has_controls(const char *value)
{
	for (const char *p = value; *p != '\0'; p = g_utf8_next_char(p))
		if (g_unichar_iscntrl(g_utf8_get_char(p)) && *p != '\t')
			return TRUE;
	return FALSE;
}

gboolean
setting_parse(const Setting *setting, const char *value, const char *folder, gpointer base, GError **error)
{
	gpointer field = (char *)base + setting->offset;

	if (!g_utf8_validate(value, -1, NULL) || has_controls(value)) {
		fault_set(error, FAULT_INPUT, _("%s: the value is not plain UTF-8 text"), setting->name);
		return FALSE;
	}
	if (*value == '\0' && setting->type != SETTING_TEXT && setting->type != SETTING_LIST)
		return refuse(setting, value, error);
	switch (setting->type) {
	case SETTING_TEXT:
		parse_text(value, field);
		return TRUE;
	case SETTING_ADDRESS:
		return parse_address(setting, value, field, error);
	case SETTING_PATH:
		parse_path(value, folder, field);
		return TRUE;
	case SETTING_HOSTPORT:
		return parse_hostport(setting, value, field, error);
	case SETTING_ENUM:
		return parse_enum(setting, value, field, error);
	case SETTING_YES_NO:
		return parse_yes_no(setting, value, field, error);
	case SETTING_NUMBER:
		return parse_number(setting, value, field, error);
	case SETTING_DURATION:
		return parse_duration(setting, value, field, error);
	case SETTING_SIZE:
		return parse_size(setting, value, field, error);
	case SETTING_ARGV:
		return parse_argv(setting, value, field, error);
	case SETTING_LIST:
		parse_list(setting, value, field);
		return TRUE;
	case SETTING_TRUST:
		return parse_trust(setting, value, field, error);
	case SETTING_PROGRAM:
		return parse_program(setting, value, field, error);
	case SETTING_ROLES:
		return parse_roles(setting, value, field, error);
	case SETTING_FETCH:
		return parse_fetch(setting, value, field, error);
	case SETTING_SORT:
		return parse_sort(setting, value, field, error);
	}
	g_return_val_if_reached(FALSE);
}

/* ---- whole structs ----------------------------------------------------------- */

static void
clear_field(const Setting *setting, gpointer field)
{
	switch (setting->type) {
	case SETTING_TEXT:
	case SETTING_ADDRESS:
	case SETTING_PATH:
		g_clear_pointer((char **)field, g_free);
		break;
	case SETTING_HOSTPORT:
		g_clear_pointer(&((HostPort *)field)->host, g_free);
		break;
	case SETTING_ARGV:
	case SETTING_LIST:
		g_clear_pointer((char ***)field, g_strfreev);
		break;
	case SETTING_TRUST:
	case SETTING_PROGRAM:
		g_clear_pointer((GPtrArray **)field, g_ptr_array_unref);
		break;
	case SETTING_ROLES:
		for (guint i = 0; i <= ROLE_IMPORTANT; i++)
			g_clear_pointer((char **)field + i, g_free);
		break;
	default:
		break;
	}
}

static gpointer
copy_string(gconstpointer text, gpointer unused)
{
	(void)unused;
	return g_strdup(text);
}

static gsize
plain_size(SettingType type)
{
	switch (type) {
	case SETTING_ENUM:
	case SETTING_NUMBER:
		return sizeof(guint);
	case SETTING_YES_NO:
		return sizeof(gboolean);
	case SETTING_DURATION:
	case SETTING_SIZE:
		return sizeof(gint64);
	case SETTING_FETCH:
		return sizeof(FetchSetting);
	case SETTING_SORT:
		return sizeof(SortSetting);
	default:
		g_return_val_if_reached(0);
	}
}

static void
copy_field(const Setting *setting, gpointer to, gconstpointer from)
{
	switch (setting->type) {
	case SETTING_TEXT:
	case SETTING_ADDRESS:
	case SETTING_PATH:
		*(char **)to = g_strdup(*(char *const *)from);
		break;
	case SETTING_HOSTPORT:
		((HostPort *)to)->host = g_strdup(((const HostPort *)from)->host);
		((HostPort *)to)->port = ((const HostPort *)from)->port;
		break;
	case SETTING_ARGV:
	case SETTING_LIST:
		*(char ***)to = g_strdupv(*(char **const *)from);
		break;
	case SETTING_TRUST:
	case SETTING_PROGRAM:
		*(GPtrArray **)to = g_ptr_array_copy(*(GPtrArray *const *)from, copy_string, NULL);
		g_ptr_array_set_free_func(*(GPtrArray **)to, g_free);
		break;
	case SETTING_ROLES:
		for (guint i = 0; i <= ROLE_IMPORTANT; i++)
			((char **)to)[i] = g_strdup(((char *const *)from)[i]);
		break;
	default:
		memcpy(to, from, plain_size(setting->type));
	}
}

void
settings_set_defaults(SettingHome home, gpointer base)
{
	gsize count;
	const Setting *all = settings_all(&count);

	for (gsize i = 0; i < count; i++) {
		const Setting *setting = &all[i];
		gpointer field = (char *)base + setting->offset;
		if (setting->home != home)
			continue;
		if (setting->type == SETTING_TRUST || setting->type == SETTING_PROGRAM)
			*(GPtrArray **)field = g_ptr_array_new_with_free_func(g_free);
		if (setting->fallback != NULL && !setting_parse(setting, setting->fallback, NULL, base, NULL))
			g_assert_not_reached();
	}
}

void
settings_copy(SettingHome home, gpointer to, gconstpointer from)
{
	gsize count;
	const Setting *all = settings_all(&count);

	for (gsize i = 0; i < count; i++)
		if (all[i].home == home)
			copy_field(&all[i], (char *)to + all[i].offset, (const char *)from + all[i].offset);
}

void
settings_clear(SettingHome home, gpointer base)
{
	gsize count;
	const Setting *all = settings_all(&count);

	for (gsize i = 0; i < count; i++)
		if (all[i].home == home)
			clear_field(&all[i], (char *)base + all[i].offset);
}
