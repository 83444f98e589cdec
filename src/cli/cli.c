/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "util/fault.h"
#include "util/fuzzy.h"
#include "util/i18n.h"
#include "util/log.h"
#include "util/text.h"

typedef struct {
	CliCommand about;
	int (*run)(Cli *cli);
	int least, most; /* words; most -1: any number */
} Row;

static const Row rows[] = {
	{{"setup", "", N_("Set up an account: find the servers, test the login, write the configuration."),
		 N_("Without a screen: --address and --name, and the password from --password-stdin or a "
		    "command. Servers that are not given are looked for: in the built-in list, by DNS, at "
		    "the "
		    "provider's site and in the public database, which learn the domain.")},
		cli_setup, 0, 0},
	{{"sync", "[ACCOUNT]", N_("Carry the journal to the server and fetch what is new, in all folders."),
		 NULL},
		cli_sync, 0, 1},
	{{"folders", "", N_("List the folders with their counts."), NULL}, cli_folders, 0, 0},
	{{"list", "FOLDER", N_("List the messages of a folder, newest first."), NULL}, cli_list, 1, 1},
	{{"show", "MESSAGE", N_("Show a message as text; --raw gives its octets."), NULL}, cli_show, 0, 1},
	{{"save", "MESSAGE PART...", N_("Save parts of a message into the folder that --to names."), NULL},
		cli_save, 2, -1},
	{{"move", "MESSAGE... FOLDER", N_("Move messages."),
		 N_("With --to-account FOLDER is one of that account: each message is fetched whole and "
		    "stored "
		    "there, and deleted here once it is seen there.")},
		cli_move, 2, -1},
	{{"copy", "MESSAGE... FOLDER", N_("Copy messages."),
		 N_("With --to-account to a folder of that account.")},
		cli_copy, 2, -1},
	{{"flag", "MESSAGE... +seen -flagged +$Label", N_("Set and clear flags and keywords."), NULL},
		cli_flag, 2, -1},
	{{"delete", "MESSAGE...", N_("Move messages to Trash; what is in Trash is deleted for good."), NULL},
		cli_delete, 1, -1},
	{{"undo", "[OPERATION]", N_("Take back the last act, or the one of this number."), NULL}, cli_undo, 0,
		1},
	{{"append", "FOLDER FILE...", N_("Store messages from files in a folder."), NULL}, cli_append, 2, -1},
	{{"folder", "create|rename|delete|subscribe|unsubscribe NAME [NEW]", N_("Change folders."), NULL},
		cli_folder, 2, 3},
	{{"journal", "[retry|drop ID]",
		 N_("List the operations that are under way or failed; repeat or forget one."), NULL},
		cli_journal_command, 0, 2},
	{{"outbox", "[retry|drop ID]", N_("List what is to be sent; send one again or take it back."), NULL},
		cli_outbox, 0, 2},
	{{"send", "[FILE.eml]", N_("Send a message from a file or standard input; --queue only queues it."),
		 NULL},
		cli_send, 0, 1},
	{{"rules",
		 "check SCRIPT | test SCRIPT FILE.eml... | run FOLDER | why MESSAGE | upload | fetch [NAME] "
		 "| "
		 "list | activate NAME|none",
		 N_("Check, try and run the Sieve rules; tell which rule touched a message; bring them to "
		    "the "
		    "server."),
		 N_("check compiles a script. test says what it would do with messages from files. run runs "
		    "the "
		    "account's rules over a folder, with --dry-run only in words. upload brings them to the "
		    "ManageSieve server and makes them active; where a script there was changed by somebody "
		    "else it fails, unless --overwrite says that it may go. list, fetch and activate see to "
		    "the scripts that are there; fetch without NAME gives the active one.")},
		cli_rules, 1, -1},
};

static const CliOption options[] = {
	{"json", NULL, N_("answer in JSON"), NULL},
	{"account", "NAME", N_("the account to work on"), NULL},
	{"log", "FILE", N_("write the log to FILE"), NULL},
	{"debug", "CATEGORY", N_("also log imap, smtp, sieve, net, store, engine, ui or all"), NULL},
	{"width", "N", N_("cells of a line of text"), NULL},
	{"wait", NULL, N_("wait until the server has done it"),
		"move copy flag delete undo append folder rules"},
	{"threads", NULL, N_("order by threads"), "list"},
	{"limit", "N", N_("at most N rows"), "list"},
	{"from", "ROW", N_("start at row ROW, from 0"), "list"},
	{"to", "DIR", N_("the folder to save into"), "save"},
	{"to-account", "NAME", N_("the account that FOLDER is of"), "move copy"},
	{"file", "FILE.eml", N_("show a message from a file"), "show"},
	{"raw", NULL, N_("the message's octets as they are"), "show"},
	{"queue", NULL, N_("only queue the message"), "send"},
	{"dry-run", NULL, N_("only say what would be done"), "rules"},
	{"envelope-from", "A", N_("rules test: the envelope's sender"), "rules"},
	{"envelope-to", "A", N_("rules test: the envelope's recipient"), "rules"},
	{"now", "TIME", N_("rules test: the time that it is, as 2026-11-20T09:12:00+01:00"), "rules"},
	{"overwrite", NULL, N_("also a script that was changed on the server"), "rules"},
	{"address", "A", N_("the mail address"), "setup"},
	{"name", "N", N_("your name"), "setup"},
	{"label", "L", N_("what the account is called on the screen"), "setup"},
	{"imap", "HOST:PORT", N_("the server for reading"), "setup"},
	{"imap-security", "S", N_("tls, starttls or plain (only on this machine)"), "setup"},
	{"smtp", "HOST:PORT", N_("the server for sending"), "setup"},
	{"smtp-security", "S", N_("tls, starttls or plain (only on this machine)"), "setup"},
	{"user", "U", N_("the login name, where it is not the address"), "setup"},
	{"ca-file", "F", N_("trust the certificates in F in place of the system's"), "setup"},
	{"password-stdin", NULL, N_("read the password from standard input"), "setup"},
	{"password-command", "CMD", N_("a program that prints the password"), "setup"},
	{"token-command", "CMD", N_("a program that prints an OAuth 2 access token"), "setup"},
	{"vault-phrase-file", "F", N_("keep the password in the vault; its phrase is the first line of F"),
		"setup"},
	{"read-only", NULL, N_("change nothing on the server"), "setup"},
	{"no-test", NULL, N_("do not try the login, and ask nobody for the servers"), "setup"},
	{"send-address", NULL, N_("let the provider's site know the address, not its domain alone"), "setup"},
	{"trust-servers", NULL, N_("also servers that only DNS named, in another domain"), "setup"},
};

const CliOption *
cli_options(gsize *count)
{
	*count = G_N_ELEMENTS(options);
	return options;
}

const CliCommand *
cli_commands(gsize *count)
{
	static CliCommand commands[G_N_ELEMENTS(rows)];

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		commands[i] = rows[i].about;
	*count = G_N_ELEMENTS(rows);
	return commands;
}

static const Row *
find_row(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (strcmp(rows[i].about.name, name) == 0)
			return &rows[i];
	return NULL;
}

gboolean
cli_is_command(const char *word)
{
	return find_row(word) != NULL;
}

const char *
cli_nearest(const char *word)
{
	const char *best = NULL;
	guint best_distance = (guint)MAX(2, strlen(word) / 3) + 1;

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		guint edits = fuzzy_distance(word, rows[i].about.name);
		if (edits < best_distance) {
			best_distance = edits;
			best = rows[i].about.name;
		}
	}
	return best;
}

char *
cli_help(void)
{
	GString *help = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_string_append_printf(help, "  %-10s %s\n", rows[i].about.name, _(rows[i].about.brief));
	return g_string_free(help, FALSE);
}

/* ---- saying ------------------------------------------------------------------------- */

static void
write_out(const char *data, gsize length, gpointer user)
{
	(void)user;
	fwrite(data, 1, length, stdout);
}

Json *
cli_json(void)
{
	return json_new(write_out, NULL);
}

static void
json_error(const char *code, const char *message, void (*more)(Json *json, gpointer user), gpointer user)
{
	g_autoptr(Json) json = cli_json();

	json_begin_object(json, NULL);
	json_begin_object(json, "error");
	json_string(json, "code", code);
	json_string(json, "message", message);
	if (more != NULL)
		more(json, user);
	json_end_object(json);
	json_end_object(json);
}

int
cli_fail_more(Cli *cli, const GError *error, void (*more)(Json *json, gpointer user), gpointer user)
{
	g_autofree char *safe = text_safe(error->message, -1, TEXT_LINES);

	if (cli->json)
		json_error(fault_name(fault_of(error)), safe, more, user);
	g_printerr("posthorn: %s\n", safe);
	return CLI_FAILED;
}

int
cli_fail(Cli *cli, const GError *error)
{
	return cli_fail_more(cli, error, NULL, NULL);
}

int
cli_fail_input(Cli *cli, const GError *error)
{
	return fault_of(error) == FAULT_INPUT ? cli_usage(cli, "%s", error->message) : cli_fail(cli, error);
}

int
cli_usage(Cli *cli, const char *format, ...)
{
	va_list arguments;
	g_autofree char *message = NULL;
	g_autofree char *safe = NULL;

	va_start(arguments, format);
	message = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	safe = text_safe(message, -1, TEXT_LINES);
	if (cli->json)
		json_error("usage", safe, NULL, NULL);
	g_printerr("posthorn: %s\n", safe);
	return CLI_USAGE;
}

void
cli_print(const char *format, ...)
{
	va_list arguments;
	g_autofree char *text = NULL;
	g_autofree char *safe = NULL;

	va_start(arguments, format);
	text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	safe = text_safe(text, -1, TEXT_LINES);
	fputs(safe, stdout);
}

void
cli_say(const char *format, ...)
{
	va_list arguments;
	g_autofree char *text = NULL;
	g_autofree char *safe = NULL;

	va_start(arguments, format);
	text = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	safe = text_safe(text, -1, TEXT_LINES);
	g_printerr("posthorn: %s\n", safe);
}

int
cli_width(const Cli *cli, int otherwise)
{
	struct winsize size;

	if (cli->width > 0)
		return cli->width;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return otherwise;
}

gboolean
cli_open_log(const Paths *paths, const char *named, guint categories, GError **error)
{
	g_autofree char *path = g_build_filename(paths->state, "log", NULL);

	if (named != NULL)
		return log_open(named, LOG_GENERAL | categories, error);
	/* Without a log the work goes on: a disk that is full or read-only is told by what needs it. */
	if (!paths_make_folder(paths->state, NULL) || !log_open(path, LOG_GENERAL | categories, NULL))
		return log_open(NULL, 0, error);
	return TRUE;
}

/* ---- options --------------------------------------------------------------------------- */

static gboolean
option_belongs(const GOptionEntry *entry, const char *command)
{
	g_auto(GStrv) words = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(options); i++) {
		if (strcmp(options[i].name, entry->long_name) != 0)
			continue;
		if (options[i].commands == NULL)
			return TRUE;
		words = g_strsplit(options[i].commands, " ", -1);
		return g_strv_contains((const char *const *)words, command);
	}
	return FALSE;
}

/* Only the options of this subcommand are known to the parser; words come from the one table. */
static GArray *
entries_of(Cli *cli, const char *command)
{
	GOptionEntry all[] = {
		{"json", 0, 0, G_OPTION_ARG_NONE, &cli->json, NULL, NULL},
		{"account", 0, 0, G_OPTION_ARG_STRING, &cli->account, NULL, NULL},
		{"log", 0, 0, G_OPTION_ARG_FILENAME, &cli->log, NULL, NULL},
		{"debug", 0, 0, G_OPTION_ARG_STRING, &cli->debug, NULL, NULL},
		{"width", 0, 0, G_OPTION_ARG_INT, &cli->width, NULL, NULL},
		{"wait", 0, 0, G_OPTION_ARG_NONE, &cli->wait, NULL, NULL},
		{"threads", 0, 0, G_OPTION_ARG_NONE, &cli->threads, NULL, NULL},
		{"limit", 0, 0, G_OPTION_ARG_INT, &cli->limit, NULL, NULL},
		{"from", 0, 0, G_OPTION_ARG_INT, &cli->from, NULL, NULL},
		{"to", 0, 0, G_OPTION_ARG_FILENAME, &cli->to, NULL, NULL},
		{"to-account", 0, 0, G_OPTION_ARG_STRING, &cli->to_account, NULL, NULL},
		{"file", 0, 0, G_OPTION_ARG_FILENAME, &cli->file, NULL, NULL},
		{"raw", 0, 0, G_OPTION_ARG_NONE, &cli->raw, NULL, NULL},
		{"queue", 0, 0, G_OPTION_ARG_NONE, &cli->queue, NULL, NULL},
		{"dry-run", 0, 0, G_OPTION_ARG_NONE, &cli->dry_run, NULL, NULL},
		{"envelope-from", 0, 0, G_OPTION_ARG_STRING, &cli->envelope_from, NULL, NULL},
		{"envelope-to", 0, 0, G_OPTION_ARG_STRING, &cli->envelope_to, NULL, NULL},
		{"now", 0, 0, G_OPTION_ARG_STRING, &cli->now, NULL, NULL},
		{"overwrite", 0, 0, G_OPTION_ARG_NONE, &cli->overwrite, NULL, NULL},
		{"address", 0, 0, G_OPTION_ARG_STRING, &cli->address, NULL, NULL},
		{"name", 0, 0, G_OPTION_ARG_STRING, &cli->name, NULL, NULL},
		{"label", 0, 0, G_OPTION_ARG_STRING, &cli->label, NULL, NULL},
		{"imap", 0, 0, G_OPTION_ARG_STRING, &cli->imap, NULL, NULL},
		{"imap-security", 0, 0, G_OPTION_ARG_STRING, &cli->imap_security, NULL, NULL},
		{"smtp", 0, 0, G_OPTION_ARG_STRING, &cli->smtp, NULL, NULL},
		{"smtp-security", 0, 0, G_OPTION_ARG_STRING, &cli->smtp_security, NULL, NULL},
		{"user", 0, 0, G_OPTION_ARG_STRING, &cli->user, NULL, NULL},
		{"ca-file", 0, 0, G_OPTION_ARG_FILENAME, &cli->ca_file, NULL, NULL},
		{"password-stdin", 0, 0, G_OPTION_ARG_NONE, &cli->password_stdin, NULL, NULL},
		{"password-command", 0, 0, G_OPTION_ARG_STRING, &cli->password_command, NULL, NULL},
		{"token-command", 0, 0, G_OPTION_ARG_STRING, &cli->token_command, NULL, NULL},
		{"vault-phrase-file", 0, 0, G_OPTION_ARG_FILENAME, &cli->vault_phrase_file, NULL, NULL},
		{"read-only", 0, 0, G_OPTION_ARG_NONE, &cli->read_only, NULL, NULL},
		{"no-test", 0, 0, G_OPTION_ARG_NONE, &cli->no_test, NULL, NULL},
		{"send-address", 0, 0, G_OPTION_ARG_NONE, &cli->send_address, NULL, NULL},
		{"trust-servers", 0, 0, G_OPTION_ARG_NONE, &cli->trust_servers, NULL, NULL},
	};
	GArray *chosen = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));

	for (gsize i = 0; i < G_N_ELEMENTS(all); i++) {
		if (!option_belongs(&all[i], command))
			continue;
		all[i].description = _(options[i].brief);
		all[i].arg_description = options[i].argument;
		g_array_append_val(chosen, all[i]);
	}
	return chosen;
}

/*
 * "-flagged" is a word of `flag`, not an option: behind the subcommand flag, a
 * single dash begins a word.
 */
static char **
protect_words(int argc, char **argv)
{
	GPtrArray *copy = g_ptr_array_new();
	gboolean flag = strcmp(argv[0], "flag") == 0;

	for (int i = 0; i < argc; i++) {
		gboolean word = flag && argv[i][0] == '-' && argv[i][1] != '-' && argv[i][1] != '\0';
		g_ptr_array_add(copy, word ? g_strdup_printf("\001%s", argv[i] + 1) : g_strdup(argv[i]));
	}
	g_ptr_array_add(copy, NULL);
	return (char **)g_ptr_array_free(copy, FALSE);
}

static void
restore_words(char **words)
{
	for (int i = 0; words[i] != NULL; i++)
		if (words[i][0] == '\001')
			words[i][0] = '-';
}

static gboolean
parse(Cli *cli, const Row *row, char ***argv, GError **error)
{
	g_autoptr(GArray) entries = entries_of(cli, row->about.name);
	g_autofree char *usage = g_strdup_printf("%s %s", row->about.name, row->about.arguments);
	g_autoptr(GOptionContext) context = g_option_context_new(usage);

	g_option_context_set_summary(context, _(row->about.brief));
	g_option_context_add_main_entries(context, (GOptionEntry *)entries->data, NULL);
	return g_option_context_parse_strv(context, argv, error);
}

static gboolean
open_log(Cli *cli, GError **error)
{
	guint more = cli->debug ? log_category(cli->debug) : 0;

	if (cli->debug != NULL && more == 0) {
		fault_set(error, FAULT_INPUT,
			_("--debug %s: there is no such category; imap, smtp, sieve, net, store, engine, ui "
			  "or "
			  "all."),
			cli->debug);
		return FALSE;
	}
	return cli_open_log(cli->paths, cli->log, more, error);
}

static void
cli_clear(Cli *cli)
{
	g_clear_pointer(&cli->engine, engine_free);
	g_clear_pointer(&cli->journal, journal_close);
	g_clear_pointer(&cli->views, g_hash_table_unref);
	g_clear_pointer(&cli->config, config_free);
	char *strings[] = {cli->account, cli->log, cli->debug, cli->to, cli->to_account, cli->file,
		cli->address, cli->name, cli->imap, cli->imap_security, cli->smtp, cli->smtp_security,
		cli->user, cli->ca_file, cli->password_command, cli->token_command, cli->vault_phrase_file,
		cli->label, cli->envelope_from, cli->envelope_to, cli->now};
	for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
		g_free(strings[i]);
}

static int
run_row(Cli *cli, const Row *row)
{
	g_autofree char *path = g_build_filename(cli->paths->config, "posthorn.conf", NULL);
	g_autoptr(GError) error = NULL;

	if (cli->count < row->least || (row->most >= 0 && cli->count > row->most))
		return cli_usage(cli, _("usage: posthorn %s %s"), row->about.name, row->about.arguments);
	if (cli->limit < 0 || cli->from < 0 || cli->width < 0)
		return cli_usage(cli, _("--limit, --from and --width take a number that is not negative"));
	if (!open_log(cli, &error))
		return cli_fail_input(cli, error);
	cli->config = config_load(path, &error);
	if (cli->config == NULL)
		return cli_fail(cli, error);
	return row->run(cli);
}

int
cli_run(int argc, char **argv, const Paths *paths)
{
	Cli cli = {.paths = paths};
	const Row *row = find_row(argv[0]);
	g_auto(GStrv) words = protect_words(argc, argv);
	g_autoptr(GError) error = NULL;
	int status;

	/* Known before parsing, so that a bad option is told in JSON too. */
	cli.json = g_strv_contains((const char *const *)words, "--json");
	if (!parse(&cli, row, &words, &error)) {
		status = cli_usage(&cli, "%s", error->message);
	} else {
		restore_words(words);
		cli.words = words + 1;
		cli.count = (int)g_strv_length(words) - 1;
		status = run_row(&cli, row);
	}
	if (fflush(stdout) != 0 && status == CLI_DONE) {
		/* Who reads a pipe may stop when it has seen enough (head, less). */
		if (errno != EPIPE)
			g_printerr("posthorn: %s\n", _("cannot write to standard output"));
		status = CLI_FAILED;
	}
	cli_clear(&cli);
	log_close();
	return status;
}
