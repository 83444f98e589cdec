/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settings.h - the one table of settings.
 *
 * The parser, the manual page, validation, completion and the settings browser
 * read these rows. To add a setting: a field in account/conf.h, a row in settings.c.
 */
#pragma once

#include <glib.h>

typedef enum {
	SCOPE_PROGRAM = 1 << 0, /* [posthorn] */
	SCOPE_ACCOUNT = 1 << 1, /* [account KEY] */
	SCOPE_FOLDER = 1 << 2,  /* [folder NAME] */
} SettingScope;

/* Which struct of conf.h holds the field. */
typedef enum {
	HOME_PROGRAM,
	HOME_ACCOUNT,
	HOME_PREFERENCES,
} SettingHome;

/* The type says how the text is read and what the field is. */
typedef enum {
	SETTING_TEXT,     /* char *; quotes around it keep blanks at its ends */
	SETTING_ADDRESS,  /* char *: local@domain */
	SETTING_PATH,     /* char *: absolute; relative to the configuration's folder, ~ expanded */
	SETTING_HOSTPORT, /* HostPort */
	SETTING_ENUM,     /* an enum in the order of allowed */
	SETTING_YES_NO,   /* gboolean */
	SETTING_NUMBER,   /* guint, min to max */
	SETTING_DURATION, /* gint64 milliseconds; "never" (where min < 0) is -1 */
	SETTING_SIZE,     /* guint64 bytes: 500M, 2G */
	SETTING_ARGV,     /* char **: split as a shell would */
	SETTING_LIST,     /* char **: separated by blanks or commas */
	SETTING_TRUST,    /* GPtrArray of char *: host:port sha256:HEX; repeatable */
	SETTING_PROGRAM,  /* GPtrArray of char *: NAME and an argv; repeatable */
	SETTING_ROLES,    /* char *[ROLE_IMPORTANT + 1]: role=folder, ... */
	SETTING_FETCH,    /* FetchSetting: headers | text AGE | all AGE */
	SETTING_SORT,     /* SortSetting: [-]key */
} SettingType;

typedef struct {
	const char *name;
	guint scopes; /* SettingScope: where it may stand */
	SettingType type;
	SettingHome home;
	gsize offset;
	const char *const *allowed; /* ENUM, SORT: names, NULL-terminated; else NULL */
	const char *fallback;       /* the default as it would be written; NULL: none */
	gint64 min, max;            /* NUMBER, DURATION (ms), SIZE */
	const char *brief;          /* N_(): one line */
	const char *detail;         /* N_(): more, for the manual; may be NULL */
} Setting;

const Setting *settings_all(gsize *count);
/* NULL: unknown. */
const Setting *settings_find(const char *name);
/* The known name of these scopes that is most like name; NULL when none is near. Static. */
const char *settings_nearest(const char *name, guint scopes);
/* May the setting stand more than once in a section? */
gboolean setting_is_repeatable(const Setting *setting);
/* What may be written, in words: "tls, starttls or plain". Translated, the caller's. */
char *setting_allowed(const Setting *setting);
/*
 * Read value into the struct at base, freeing what was there (TRUST appends).
 * folder: what relative paths start from. FAULT_INPUT: the message names the
 * setting and what is allowed, and begins without file and line.
 */
gboolean setting_parse(
	const Setting *setting, const char *value, const char *folder, gpointer base, GError **error);

/* The section of the manual page about all settings, as roff (man macros). The caller's. */
char *settings_manual(void);

/* Over all settings of one struct. */
void settings_set_defaults(SettingHome home, gpointer base);
void settings_copy(SettingHome home, gpointer to, gconstpointer from);
void settings_clear(SettingHome home, gpointer base);
