/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "account/settings.h"

#include <stddef.h>
#include <string.h>

#include "account/conf.h"
#include "util/fuzzy.h"
#include "util/i18n.h"

#define SECOND_MS G_GINT64_CONSTANT(1000)
#define DAY_MS (24 * 3600 * SECOND_MS)

static const char *const security_words[] = {"tls", "starttls", "plain", NULL};
static const char *const auth_words[] = {"password", "oauth2", NULL};
static const char *const prefer_words[] = {"plain", "html", NULL};
static const char *const reply_words[] = {"below", "above", "none", NULL};
static const char *const forward_words[] = {"inline", "attached", "ask", NULL};
static const char *const sent_copy_words[] = {"sent", "here", "none", NULL};
static const char *const run_rules_words[] = {"auto", "no", "arrival", "daily", "both", NULL};
static const char *const rules_words[] = {"client", "server", "off", NULL};
static const char *const theme_words[] = {"auto", "dark", "light", "mono", NULL};
static const char *const choice_words[] = {"auto", "yes", "no", NULL};
static const char *const layout_words[] = {"auto", "columns", "stacked", "single", NULL};
static const char *const sort_words[] = {
	"date", "received", "from", "to", "subject", "size", "priority", NULL};

#define PROGRAM(field) .home = HOME_PROGRAM, .offset = offsetof(ProgramConfig, field), .scopes = SCOPE_PROGRAM
#define ACCOUNT(field) .home = HOME_ACCOUNT, .offset = offsetof(AccountConfig, field), .scopes = SCOPE_ACCOUNT
#define ANYWHERE(field)                                                                                      \
	.home = HOME_PREFERENCES, .offset = offsetof(Preferences, field),                                    \
	.scopes = SCOPE_PROGRAM | SCOPE_ACCOUNT | SCOPE_FOLDER
#define NEARER(field)                                                                                        \
	.home = HOME_PREFERENCES, .offset = offsetof(Preferences, field),                                    \
	.scopes = SCOPE_PROGRAM | SCOPE_ACCOUNT

/* clang-format off */
static const Setting settings[] = {
	/* account */
	{.name = "label", ACCOUNT(label), .type = SETTING_TEXT,
	 .brief = N_("The account's name as it is shown")},
	{.name = "name", ACCOUNT(name), .type = SETTING_TEXT,
	 .brief = N_("My name in From"), .detail = N_("The login's full name where not set.")},
	{.name = "address", ACCOUNT(address), .type = SETTING_ADDRESS,
	 .brief = N_("My mail address")},
	{.name = "imap", ACCOUNT(imap), .type = SETTING_HOSTPORT,
	 .brief = N_("The server where mail is, host:port")},
	{.name = "imap-security", ACCOUNT(imap_security), .type = SETTING_ENUM, .allowed = security_words, .fallback = "tls",
	 .brief = N_("How the connection to it is protected"),
	 .detail = N_("starttls is required, never optional. plain is allowed for this machine only.")},
	{.name = "smtp", ACCOUNT(smtp), .type = SETTING_HOSTPORT,
	 .brief = N_("The server that takes mail to be sent, host:port"),
	 .detail = N_("Without it the account cannot send.")},
	{.name = "smtp-security", ACCOUNT(smtp_security), .type = SETTING_ENUM, .allowed = security_words, .fallback = "tls",
	 .brief = N_("How the connection to it is protected")},
	{.name = "sieve", ACCOUNT(sieve), .type = SETTING_HOSTPORT,
	 .brief = N_("The server that takes rules (ManageSieve), host:port"),
	 .detail = N_("Where not set: what DNS names in the address's domain (_sieve._tcp), else the IMAP server, port 4190.")},
	{.name = "sieve-security", ACCOUNT(sieve_security), .type = SETTING_ENUM, .allowed = security_words, .fallback = "starttls",
	 .brief = N_("How the connection to it is protected"),
	 .detail = N_("starttls is required, never optional. plain is allowed for this machine only.")},
	{.name = "user", ACCOUNT(user), .type = SETTING_TEXT,
	 .brief = N_("The login name, where unlike the address")},
	{.name = "smtp-user", ACCOUNT(smtp_user), .type = SETTING_TEXT,
	 .brief = N_("The login name for sending, where unlike user")},
	{.name = "auth", ACCOUNT(auth), .type = SETTING_ENUM, .allowed = auth_words, .fallback = "password",
	 .brief = N_("What one logs in with"),
	 .detail = N_("oauth2 takes an access token from token-command.")},
	{.name = "password-command", ACCOUNT(password_command), .type = SETTING_ARGV,
	 .brief = N_("A program that prints the password"),
	 .detail = N_("Split into words as a shell would, and run without one. The first line it prints is the password.")},
	{.name = "token-command", ACCOUNT(token_command), .type = SETTING_ARGV,
	 .brief = N_("A program that prints an access token")},
	{.name = "ca-file", ACCOUNT(ca_file), .type = SETTING_PATH,
	 .brief = N_("Certificates to trust in place of the system's"),
	 .detail = N_("A PEM file; a relative name starts from the folder of the configuration.")},
	{.name = "trust", ACCOUNT(trust), .type = SETTING_TRUST,
	 .brief = N_("A certificate that was accepted by hand"),
	 .detail = N_("host:port sha256:FINGERPRINT; may stand several times.")},
	{.name = "aliases", ACCOUNT(aliases), .type = SETTING_LIST,
	 .brief = N_("Other addresses that are me; * stands for anything")},
	{.name = "roles", ACCOUNT(roles), .type = SETTING_ROLES,
	 .brief = N_("Which folders are Sent, Drafts, Trash, Junk and Archive"),
	 .detail = N_("As role=folder, ...; goes before what the server says.")},
	{.name = "signature", ACCOUNT(signature), .type = SETTING_TEXT, .fallback = "~/.signature",
	 .brief = N_("What stands below my mail: a text, a file, or command: and a program"),
	 .detail = N_("A value that begins with / or ~ is a file. The line \"-- \" is added.")},
	{.name = "read-only", ACCOUNT(read_only), .type = SETTING_YES_NO, .fallback = "no",
	 .brief = N_("Change nothing on the server, not even what is read")},
	{.name = "fetch", ACCOUNT(fetch), .type = SETTING_FETCH, .fallback = "text 90d",
	 .brief = N_("What is fetched before it is opened, and of mail how young"),
	 .detail = N_("headers, text AGE or all AGE; ages as 30d, 12w, 1y; without one: of all mail.")},
	{.name = "rules", ACCOUNT(rules), .type = SETTING_ENUM, .allowed = rules_words, .fallback = "client",
	 .brief = N_("Who runs the rules over mail that arrives"),
	 .detail = N_("server: posthorn rules upload brings them there, and nothing runs here by itself. off: nobody.")},
	{.name = "rules-host", ACCOUNT(rules_host), .type = SETTING_TEXT,
	 .brief = N_("The one machine whose Posthorn forwards, notifies and runs programs for rules"),
	 .detail = N_("Its host name. Where not set, the machine that marks a message first does so; on servers without "
		      "CONDSTORE none.")},
	/* acting */
	{.name = "undo-send", NEARER(undo_send_ms), .type = SETTING_DURATION, .fallback = "10s", .max = DAY_MS,
	 .brief = N_("How long a message waits before it leaves"),
	 .detail = N_("0 asks before sending. The command line does not wait.")},
	{.name = "mark-read-after", NEARER(mark_read_after_ms), .type = SETTING_DURATION, .fallback = "0s", .min = -1, .max = DAY_MS,
	 .brief = N_("When an opened message counts as read")},
	{.name = "confirm-over", PROGRAM(confirm_over), .type = SETTING_NUMBER, .fallback = "25", .max = 1000000,
	 .brief = N_("Acts on more messages than this ask first; 0: never")},
	/* other programs */
	{.name = "editor", PROGRAM(editor), .type = SETTING_ARGV,
	 .brief = N_("The editor for mail"), .detail = N_("Where not set: $VISUAL, $EDITOR, nano, vi.")},
	{.name = "open-command", PROGRAM(open_command), .type = SETTING_ARGV,
	 .brief = N_("The program that opens attachments"), .detail = N_("Where not set: xdg-open.")},
	{.name = "browser", PROGRAM(browser), .type = SETTING_ARGV,
	 .brief = N_("The program that opens links"), .detail = N_("Where not set: $BROWSER, xdg-open.")},
	{.name = "print-command", PROGRAM(print_command), .type = SETTING_ARGV, .fallback = "lp",
	 .brief = N_("The program that prints"), .detail = N_("It gets the text as it is shown, or the part as it is.")},
	{.name = "spell-command", PROGRAM(spell_command), .type = SETTING_ARGV,
	 .brief = N_("The program that checks spelling"),
	 .detail = N_("It gets the terminal, and the text's file as its last argument. Where not set: aspell, hunspell or ispell.")},
	{.name = "vault-phrase-command", PROGRAM(vault_phrase_command), .type = SETTING_ARGV,
	 .brief = N_("A program that prints the phrase of the vault")},
	/* index */
	{.name = "sort", ANYWHERE(sort), .type = SETTING_SORT, .allowed = sort_words, .fallback = "-date",
	 .brief = N_("The order of messages; - for descending")},
	{.name = "threads", ANYWHERE(threads), .type = SETTING_YES_NO, .fallback = "yes",
	 .brief = N_("Show messages with those they answer")},
	{.name = "own-replies", ANYWHERE(own_replies), .type = SETTING_YES_NO, .fallback = "yes",
	 .brief = N_("Show my own mail from Sent in its thread")},
	{.name = "date-format", ANYWHERE(date_format), .type = SETTING_TEXT, .fallback = "auto",
	 .brief = N_("Dates in the index: a strftime format, or auto")},
	/* pager */
	{.name = "headers", NEARER(headers), .type = SETTING_LIST, .fallback = "from to cc date subject",
	 .brief = N_("The header fields that are shown, in this order")},
	{.name = "text-width", NEARER(text_width), .type = SETTING_NUMBER, .fallback = "0", .max = 1000,
	 .brief = N_("Text is wrapped at this column; 0: at the window's, at most 100")},
	{.name = "reflow", NEARER(reflow), .type = SETTING_YES_NO, .fallback = "yes",
	 .brief = N_("Join the lines of format=flowed text")},
	{.name = "prefer", NEARER(prefer), .type = SETTING_ENUM, .allowed = prefer_words, .fallback = "plain",
	 .brief = N_("Which form is shown of a message that comes in both")},
	{.name = "fold-quotes", NEARER(fold_quotes), .type = SETTING_NUMBER, .fallback = "12", .max = 100000,
	 .brief = N_("Quotes with more lines are folded; 0: never")},
	/* writing */
	{.name = "reply-style", NEARER(reply_style), .type = SETTING_ENUM, .allowed = reply_words, .fallback = "below",
	 .brief = N_("My text below the quote, above it, or no quote")},
	{.name = "attribution", NEARER(attribution), .type = SETTING_TEXT, .fallback = "On %d, %n wrote:",
	 .brief = N_("The line above a quote"), .detail = N_("%d date, %n name, %a address, %s subject.")},
	{.name = "quote-prefix", NEARER(quote_prefix), .type = SETTING_TEXT, .fallback = "\"> \"",
	 .brief = N_("What stands before quoted lines")},
	{.name = "forward", NEARER(forward), .type = SETTING_ENUM, .allowed = forward_words, .fallback = "inline",
	 .brief = N_("How messages are forwarded")},
	{.name = "sent-copy", NEARER(sent_copy), .type = SETTING_ENUM, .allowed = sent_copy_words, .fallback = "sent",
	 .brief = N_("Where a copy of what was sent goes"),
	 .detail = N_("here: the folder of the message that was answered.")},
	/* rules */
	{.name = "run-rules", ANYWHERE(run_rules), .type = SETTING_ENUM, .allowed = run_rules_words, .fallback = "auto",
	 .brief = N_("When the rules run over the mail of a folder"),
	 .detail = N_("arrival: over what comes in. daily: once a day over all of it, for rules that look at a message's "
		      "age. auto: arrival in INBOX, no elsewhere.")},
	{.name = "rules-program", PROGRAM(rule_programs), .type = SETTING_PROGRAM,
	 .brief = N_("A program that rules may run, by this name"),
	 .detail = N_("A name, then the program with its arguments; may stand several times. Rules reach it by the name alone "
		      "(execute, filter, pipe); it gets the message on standard input. Without such lines rules run no program.")},
	{.name = "notify-command", PROGRAM(notify_command), .type = SETTING_ARGV, .fallback = "notify-send",
	 .brief = N_("The program that shows a notification"),
	 .detail = N_("The subject and the sender come as its last arguments. none: no notifications.")},
	/* screen and store */
	{.name = "layout", PROGRAM(layout), .type = SETTING_ENUM, .allowed = layout_words, .fallback = "auto",
	 .brief = N_("How folders, index and message share the screen")},
	{.name = "theme", PROGRAM(theme), .type = SETTING_ENUM, .allowed = theme_words, .fallback = "auto",
	 .brief = N_("Colours")},
	{.name = "ascii", PROGRAM(ascii), .type = SETTING_ENUM, .allowed = choice_words, .fallback = "auto",
	 .brief = N_("Draw with plain ASCII characters")},
	{.name = "folder-width", PROGRAM(folder_width), .type = SETTING_NUMBER, .fallback = "24", .max = 200,
	 .brief = N_("Columns of the folder list; 0 hides it")},
	{.name = "escape-delay", PROGRAM(escape_delay_ms), .type = SETTING_DURATION, .fallback = "600ms", .max = 60 * SECOND_MS,
	 .brief = N_("How long a lone Esc may become a key")},
	{.name = "cache-size", PROGRAM(cache_size), .type = SETTING_SIZE, .fallback = "2G",
	 .min = 1 << 20, .max = G_GINT64_CONSTANT(1) << 50,
	 .brief = N_("How much of message bodies is kept for each account"),
	 .detail = N_("Beyond it those that were read longest ago go; the headers stay.")},
};
/* clang-format on */

const Setting *
settings_all(gsize *count)
{
	*count = G_N_ELEMENTS(settings);
	return settings;
}

const Setting *
settings_find(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(settings); i++)
		if (strcmp(settings[i].name, name) == 0)
			return &settings[i];
	return NULL;
}

const char *
settings_nearest(const char *name, guint scopes)
{
	g_autofree char *plain = g_ascii_strdown(name, -1);
	const char *best = NULL;
	guint best_distance = (guint)MAX(2, strlen(name) / 3) + 1;

	g_strdelimit(plain, "_", '-');
	for (gsize i = 0; i < G_N_ELEMENTS(settings); i++) {
		guint edits;
		if ((settings[i].scopes & scopes) == 0)
			continue;
		edits = fuzzy_distance(plain, settings[i].name);
		if (edits < best_distance) {
			best_distance = edits;
			best = settings[i].name;
		}
	}
	return best;
}

gboolean
setting_is_repeatable(const Setting *setting)
{
	return setting->type == SETTING_TRUST || setting->type == SETTING_PROGRAM;
}

/* "a, b or c" */
static char *
join_words(const char *const *words)
{
	GString *out = g_string_new(words[0]);

	for (gsize i = 1; words[i] != NULL; i++) {
		g_string_append(out, words[i + 1] == NULL ? _(" or ") : ", ");
		g_string_append(out, words[i]);
	}
	return g_string_free(out, FALSE);
}

char *
setting_allowed(const Setting *setting)
{
	g_autofree char *words = NULL;

	switch (setting->type) {
	case SETTING_TEXT:
		return g_strdup(_("a text"));
	case SETTING_ADDRESS:
		return g_strdup(_("a mail address, such as alice@example.org"));
	case SETTING_PATH:
		return g_strdup(_("the name of a file"));
	case SETTING_HOSTPORT:
		return g_strdup(_("host:port, such as imap.example.org:993"));
	case SETTING_ENUM:
		return join_words(setting->allowed);
	case SETTING_YES_NO:
		return g_strdup(_("yes or no"));
	case SETTING_NUMBER:
		return g_strdup_printf(_("a number from %d to %d"), (int)setting->min, (int)setting->max);
	case SETTING_DURATION:
		return g_strdup(setting->min < 0
					? _("a time with its unit (500ms, 10s, 5m, 1h, 2d), or never")
					: _("a time with its unit (500ms, 10s, 5m, 1h, 2d)"));
	case SETTING_SIZE:
		return g_strdup(_("a size, such as 500M or 2G"));
	case SETTING_ARGV:
		return g_strdup(_("a program with its arguments"));
	case SETTING_LIST:
		return g_strdup(_("words with blanks or commas between them"));
	case SETTING_TRUST:
		return g_strdup(_("host:port sha256:FINGERPRINT"));
	case SETTING_PROGRAM:
		return g_strdup(_("a name of a-z, 0-9, - and _, then a program with its arguments"));
	case SETTING_ROLES:
		return g_strdup(_("role=folder, ... with the roles drafts, sent, archive, junk, trash, all, "
				  "flagged and important"));
	case SETTING_FETCH:
		return g_strdup(_("headers, text or all, with an age (30d, 12w, 1y)"));
	case SETTING_SORT:
		words = join_words(setting->allowed);
		return g_strdup_printf(_("%s, with - before it for descending"), words);
	}
	return g_strdup("");
}
