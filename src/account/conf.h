/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conf.h - posthorn.conf as typed values.
 *
 * The file has sections [posthorn] (the program), [account KEY] and [folder NAME].
 * [folder NAME] counts for the folders of its `match` lines (globs, one a line), else for
 * the folder called NAME. Every setting is a row of account/settings.h; a setting lives in exactly one
 * of three structs:
 *
 *	ProgramConfig   stands in [posthorn] only
 *	AccountConfig   stands in [account KEY] only
 *	Preferences     stands in [posthorn], and nearer in [account KEY] and for some
 *	                in [folder NAME]; what is nearer wins (config_preferences)
 *
 * (The file is not called config.h: that one is configure's.)
 *
 * A Config belongs to one thread; hand account_config_copy() to others. Text is as
 * the user wrote it: valid UTF-8 without controls (anything else is an error).
 */
#pragma once

#include <glib.h>

#include "net/stream.h"
#include "store/types.h"

typedef enum {
	AUTH_PASSWORD,
	AUTH_OAUTH2, /* an access token from token-command */
} AuthKind;

typedef enum {
	FETCH_HEADERS, /* no body unasked */
	FETCH_TEXT,    /* the text parts */
	FETCH_ALL,     /* whole messages */
} FetchKind;

typedef enum {
	PREFER_PLAIN,
	PREFER_HTML,
} PreferKind;

typedef enum {
	REPLY_BELOW, /* my text under the quote */
	REPLY_ABOVE,
	REPLY_NONE, /* no quote */
} ReplyStyle;

typedef enum {
	FORWARD_INLINE,
	FORWARD_ATTACHED,
	FORWARD_ASK,
} ForwardStyle;

typedef enum {
	SENT_COPY_SENT,
	SENT_COPY_HERE, /* into the folder answered from */
	SENT_COPY_NONE,
} SentCopy;

typedef enum {
	RUN_RULES_AUTO, /* on arrival in INBOX, not elsewhere */
	RUN_RULES_NO,
	RUN_RULES_ARRIVAL,
	RUN_RULES_DAILY, /* over all messages of the folder */
	RUN_RULES_BOTH,
} RunRules;

typedef enum {
	RULES_CLIENT, /* here, on arrival */
	RULES_SERVER, /* there; here only when asked for */
	RULES_OFF,
} RulesWhere;

typedef enum {
	THEME_AUTO,
	THEME_DARK,
	THEME_LIGHT,
	THEME_MONO,
} Theme;

typedef enum {
	CHOICE_AUTO,
	CHOICE_YES,
	CHOICE_NO,
} Choice;

typedef enum {
	LAYOUT_AUTO,
	LAYOUT_COLUMNS,
	LAYOUT_STACKED,
	LAYOUT_SINGLE,
} Layout;

typedef struct {
	char *host; /* name or address literal without brackets; NULL: not set */
	guint16 port;
} HostPort;

typedef struct {
	FetchKind kind;
	gint64 age_s; /* of mail how young; -1: of all */
} FetchSetting;

typedef struct {
	SortKey key;
	gboolean descending;
} SortSetting;

/* [posthorn] only. */
typedef struct {
	guint confirm_over;  /* acts on more messages ask; 0: never */
	char **editor;       /* argv; NULL: see config_editor() */
	char **open_command; /* argv; NULL: xdg-open */
	char **browser;      /* argv; NULL: see config_browser() */
	char **print_command;
	char **spell_command;
	Theme theme;
	Choice ascii;
	Layout layout;
	guint folder_width;          /* cells; 0 hides the folders */
	gint64 escape_delay_ms;      /* how long a lone Esc may become a key */
	guint64 cache_size;          /* bytes of bodies kept for each account */
	char **vault_phrase_command; /* argv; NULL: the phrase is asked for */
	char **notify_command;       /* argv; "none" alone: no notifications */
	GPtrArray *rule_programs;    /* char *: "NAME argv...", see config_rule_program(); never NULL */
} ProgramConfig;

/* [account KEY] only. */
typedef struct {
	char *key;   /* of the section: [a-z0-9][a-z0-9_-]{0,31} */
	char *label; /* what shows; the key where not set */
	char *name;  /* in From; NULL where neither set nor known from the login */
	char *address;
	HostPort imap;
	NetSecurity imap_security;
	HostPort smtp; /* host NULL: this account cannot send */
	NetSecurity smtp_security;
	HostPort sieve; /* ManageSieve; host NULL: see account/sieve-place.h */
	NetSecurity sieve_security;
	char *user;      /* login name; the address where not set */
	char *smtp_user; /* the same for SMTP; user where not set */
	AuthKind auth;
	char **password_command; /* argv; NULL: keyring or vault */
	char **token_command;    /* argv; prints an access token */
	char *ca_file;           /* absolute; NULL: the system's certificates */
	GPtrArray *trust;        /* char *: "host:port sha256:HEX", see config_trusted(); never NULL */
	char **aliases;          /* addresses that are me, * allowed; may be NULL */
	char *roles[ROLE_IMPORTANT + 1]; /* folder (UTF-8) by FolderRole; NULL: as the server says */
	char *signature; /* text, a path (begins with / or ~) or "command: argv"; see account/identity.h */
	gboolean read_only;
	FetchSetting fetch; /* what comes unasked */
	RulesWhere rules;   /* who runs them */
	char *rules_host;   /* the one machine that may do what cannot be done twice; NULL: by claim */
} AccountConfig;

/* Resolved for an account and a folder. */
typedef struct {
	gint64 undo_send_ms;       /* wait before a message leaves; 0: ask instead */
	gint64 mark_read_after_ms; /* after opening; -1: never */
	SortSetting sort;
	gboolean threads;
	gboolean own_replies; /* own mail from Sent stands in its thread */
	char *date_format;    /* strftime, or "auto" */
	char **headers;       /* shown by the pager, lower case, in this order */
	guint text_width;     /* cells; 0: the pane, at most 100 */
	gboolean reflow;      /* format=flowed */
	PreferKind prefer;
	guint fold_quotes; /* longer quotes (lines) are folded; 0: never */
	ReplyStyle reply_style;
	char *attribution; /* %d date, %n name, %a address, %s subject, %% */
	char *quote_prefix;
	ForwardStyle forward;
	SentCopy sent_copy;
	RunRules run_rules;
} Preferences;

typedef struct Config Config;

/*
 * Read path ($XDG_CONFIG_HOME/posthorn/posthorn.conf); a missing file is an empty
 * configuration. FAULT_INPUT: "file:line: ..." with the key, what is allowed and
 * the nearest name; FAULT_LOCAL: the file cannot be read.
 */
Config *config_load(const char *path, GError **error);
void config_free(Config *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Config, config_free)
/*
 * Read again when the file is another one than the last read (device, inode, size,
 * times). *changed (may be NULL): new values are in place, all pointers got before are
 * dead. FALSE with error: a bad edit; the old values stay, and the same file
 * is not complained about twice.
 */
gboolean config_reload_if_changed(Config *config, gboolean *changed, GError **error);

/* All borrowed until the next reload or set. */
const char *config_path(const Config *config);
const ProgramConfig *config_program(const Config *config);
GPtrArray *config_accounts(const Config *config); /* of AccountConfig, in the file's order */
const AccountConfig *config_account(const Config *config, const char *key); /* NULL: unknown */

/* What counts for a folder (UTF-8 name, or NULL) of an account (key, or NULL). The caller's. */
Preferences *config_preferences(const Config *config, const char *account, const char *folder);
void preferences_free(Preferences *preferences);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Preferences, preferences_free)

/* A copy for another thread. */
AccountConfig *account_config_copy(const AccountConfig *account);
/* One that is not in the file yet (setup): defaults for everything but the key. */
AccountConfig *account_config_new(const char *key);
void account_config_free(AccountConfig *account);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AccountConfig, account_config_free)

/* The argv to run; the caller's (g_strfreev). Setting, else $VISUAL, $EDITOR, nano, vi; else $BROWSER,
 * xdg-open; else xdg-open. */
char **config_editor(const Config *config);
char **config_browser(const Config *config);
char **config_opener(const Config *config);
char **config_printer(const Config *config);
/* Setting, else aspell, hunspell or ispell as they check mail. NULL: none is installed. */
char **config_speller(const Config *config);

/* Names of the programs that rules may run, NULL-terminated; the caller's (g_strfreev). */
char **config_rule_programs(const Config *config);
/* The argv of one, the caller's; NULL: there is none of that name. */
char **config_rule_program(const Config *config, const char *name);

/* ---- writing ------------------------------------------------------------- */

/* name = value of a section; value NULL removes the name. */
typedef struct {
	const char *name;
	const char *value;
} ConfigEntry;

/*
 * Change lines of one section ("posthorn", "account work", "folder lists"), which is
 * made at the end of the file when missing. The file is read again first, under
 * flock; only the lines concerned change; symbolic links are followed, the mode is
 * kept (0600 for a new file). Nothing is written when the result would not be
 * valid: FAULT_INPUT. FAULT_LOCAL: disk. On success the new values are in place.
 */
gboolean config_set(
	Config *config, const char *section, const ConfigEntry *entries, gsize count, GError **error);
/* Add one more line of a repeatable setting (trust). */
gboolean config_append(
	Config *config, const char *section, const char *name, const char *value, GError **error);
/* Only where no [account KEY] is there yet. */
gboolean config_add_account(
	Config *config, const char *key, const ConfigEntry *entries, gsize count, GError **error);
gboolean config_remove_account(Config *config, const char *key, GError **error);
/* A free account key made from an address or label: "alice@Example.org" -> "example", "example-2". The
 * caller's. */
char *config_free_key(const Config *config, const char *address);
