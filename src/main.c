/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.c - makes the process safe, then hands over to the command line or to the screen. */
#include "config.h"

#include <locale.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"
#include "mime/decode.h"
#include "net/stream.h"
#include "store/base.h"
#include "ui/app.h"
#include "util/i18n.h"
#include "util/log.h"
#include "util/text.h"

#define DONE 0
#define FAILED 1
#define USAGE 2

/* Passwords are in memory: no core, and no look from other processes of the user. */
static void
make_safe(void)
{
	struct rlimit none = {0, 0};

	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &none);
	umask(077);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
}

/*
 * Orders and maps of large folders come and go: in mappings of their own they leave no holes in the heap.
 * Left to itself, malloc keeps such sizes in the heap after the first one (10 MiB more in a sync of 100,000
 * messages).
 */
static void
keep_memory_small(void)
{
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 256 * 1024);
	mallopt(M_TRIM_THRESHOLD, 256 * 1024);
#endif
}

static int
complain(const char *message)
{
	g_autofree char *safe = text_safe(message, -1, TEXT_LINES);

	g_printerr("posthorn: %s\n", safe);
	return FAILED;
}

/* ---- what needs neither account nor terminal -------------------------------------------- */

static int
print_version(void)
{
	g_autofree char *net = net_versions();
	g_autofree char *mime = mime_versions();

	printf("posthorn %s\n%s, SQLite %s, %s, GLib %u.%u.%u\n", PACKAGE_VERSION, net, sqlite3_libversion(),
		mime, glib_major_version, glib_minor_version, glib_micro_version);
	return DONE;
}

static int
print_help(void)
{
	g_autofree char *commands = cli_help();

	printf("%s\n  posthorn [--offline]\n  posthorn FILE.eml\n  posthorn mailto:...\n  posthorn "
	       "%s\n\n%s\n%s\n%s",
		_("Usage:"), _("COMMAND [OPTION...] [ARGUMENT...]"),
		_("Without a command Posthorn opens its screen. Commands:"), commands,
		_("posthorn COMMAND --help tells the options of a command, posthorn --version the version;\n"
		  "man posthorn tells all.\n"));
	return DONE;
}

static int
print_manual(void)
{
	g_autofree char *page = cli_manual(ui_commands_each);

	fputs(page, stdout);
	return DONE;
}

static const struct {
	const char *name;
	int (*run)(void);
} words[] = {
	{"--version", print_version},
	{"-V", print_version},
	{"--help", print_help},
	{"-h", print_help},
	{"--man", print_manual},
};

/* ---- the screen --------------------------------------------------------------------------- */

typedef struct {
	char *log, *debug;
	UiOptions ui;
} Screen;

static int
open_screen(Screen *screen, const Paths *paths)
{
	g_autofree char *path = g_build_filename(paths->config, "posthorn.conf", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = NULL;
	int status;

	if (!cli_open_log(paths, screen->log, screen->debug ? log_category(screen->debug) : 0, &error))
		return complain(error->message);
	config = config_load(path, &error);
	if (config == NULL)
		return complain(error->message);
	screen->ui.config = config;
	screen->ui.paths = paths;
	status = ui_run(&screen->ui);
	log_close();
	return status;
}

static gboolean
is_mailto(const char *word)
{
	return g_ascii_strncasecmp(word, "mailto:", strlen("mailto:")) == 0;
}

static gboolean
is_readable(const char *word)
{
	return access(word, R_OK) == 0 && !g_file_test(word, G_FILE_TEST_IS_DIR);
}

static gboolean
is_like_file(const char *word)
{
	return g_str_has_suffix(word, ".eml") || strchr(word, '/') != NULL;
}

/* Words of which the first was meant to be a command. */
static gboolean
is_slip(int argc, char **argv)
{
	return argc > 2 && *argv[1] != '-' && !is_mailto(argv[1]) && !is_readable(argv[1]) &&
	       !is_like_file(argv[1]);
}

static int
no_command(const char *word)
{
	const char *nearest = cli_nearest(word);

	if (nearest != NULL) {
		g_autofree char *message = g_strdup_printf(
			_("There is no command \"%s\". Was it meant to be %s?"), word, nearest);
		complain(message);
	} else {
		g_autofree char *message =
			g_strdup_printf(_("There is no command \"%s\"; posthorn --help lists them."), word);
		complain(message);
	}
	return USAGE;
}

/* A word that is no subcommand: a message file, a mailto: link, or a slip. */
static int
take_word(Screen *screen, const char *word)
{
	if (is_mailto(word)) {
		screen->ui.mailto = word;
		return DONE;
	}
	if (is_readable(word)) {
		screen->ui.file = word;
		return DONE;
	}
	if (is_like_file(word)) {
		g_autofree char *message = g_strdup_printf(_("%s: this file cannot be read"), word);
		return complain(message);
	}
	return no_command(word);
}

static int
run_screen(int argc, char **argv, const Paths *paths)
{
	Screen screen = {0};
	g_autofree char *folder = NULL;
	GOptionEntry entries[] = {
		{"offline", 0, 0, G_OPTION_ARG_NONE, &screen.ui.offline, N_("connect to nothing"), NULL},
		{"folder", 'f', 0, G_OPTION_ARG_STRING, &folder, N_("the folder that is opened first"),
			N_("FOLDER")},
		{"log", 0, 0, G_OPTION_ARG_FILENAME, &screen.log, N_("write the log to FILE"), N_("FILE")},
		{"debug", 0, 0, G_OPTION_ARG_STRING, &screen.debug,
			N_("also log imap, smtp, sieve, net, store, engine, ui or all"), N_("CATEGORY")},
		G_OPTION_ENTRY_NULL,
	};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;
	int status = DONE;

	g_option_context_set_help_enabled(context, FALSE);
	g_option_context_add_main_entries(context, entries, PACKAGE);
	if (!g_option_context_parse(context, &argc, &argv, &error)) {
		complain(error->message);
		status = USAGE;
	} else if (argc > 2) {
		complain(_("posthorn takes one file or mailto: link, or a command and its arguments"));
		status = USAGE;
	} else if (argc == 2) {
		status = take_word(&screen, argv[1]);
	}
	screen.ui.folder = folder;
	if (status == DONE)
		status = open_screen(&screen, paths);
	g_free(screen.log);
	g_free(screen.debug);
	return status;
}

int
main(int argc, char **argv)
{
	g_autoptr(Paths) paths = NULL;
	g_autoptr(GError) error = NULL;

	make_safe();
	keep_memory_small();
	g_set_prgname(PACKAGE);
	setlocale(LC_ALL, "");
	bindtextdomain(PACKAGE, LOCALEDIR);
	bind_textdomain_codeset(PACKAGE, "UTF-8");
	textdomain(PACKAGE);
	for (gsize i = 0; argc == 2 && i < G_N_ELEMENTS(words); i++)
		if (strcmp(argv[1], words[i].name) == 0)
			return words[i].run();
	if (!net_check(&error))
		return complain(error->message);
	paths = paths_new();
	if (argc > 1 && cli_is_command(argv[1]))
		return cli_run(argc - 1, argv + 1, paths);
	if (is_slip(argc, argv))
		return no_command(argv[1]);
	return run_screen(argc, argv, paths);
}
