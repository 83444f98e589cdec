/* SPDX-License-Identifier: GPL-3.0-or-later */
/* manual.c - the manual page, made of the tables that the program itself works by. */
#include "config.h"

#include "cli/cli.h"

#include "account/settings.h"

/* ---- roff ---------------------------------------------------------------------------- */

/* Text as it stands: hyphens are those one types, a dot at the start of a line is no request. */
static void
add_text(GString *out, const char *text)
{
	for (const char *c = text; *c != '\0'; c++) {
		gboolean first = out->len == 0 || out->str[out->len - 1] == '\n';
		if (first && (*c == '.' || *c == '\''))
			g_string_append(out, "\\&");
		if (*c == '\\')
			g_string_append(out, "\\e");
		else if (*c == '-')
			g_string_append(out, "\\-");
		else
			g_string_append_c(out, *c);
	}
}

static void
add_line(GString *out, const char *text)
{
	add_text(out, text);
	g_string_append_c(out, '\n');
}

static void
add_section(GString *out, const char *title)
{
	g_string_append_printf(out, ".SH %s\n", title);
}

/* A term in bold, and what comes behind it as it stands. */
static void
add_term(GString *out, const char *term, const char *more)
{
	g_string_append(out, ".TP\n\\fB");
	add_text(out, term);
	g_string_append(out, "\\fR");
	if (more != NULL && more[0] != '\0') {
		g_string_append_c(out, ' ');
		add_text(out, more);
	}
	g_string_append_c(out, '\n');
}

/* ---- parts of the page ------------------------------------------------------------------ */

static const char introduction[] =
	".SH NAME\n"
	"posthorn \\- mail in the terminal\n"
	".SH SYNOPSIS\n"
	".B posthorn\n"
	".br\n"
	".B posthorn\n"
	".I FILE.eml\n"
	".br\n"
	".B posthorn\n"
	".I mailto:...\n"
	".br\n"
	".B posthorn\n"
	".I COMMAND\n"
	"[\\fIOPTION\\fR...] [\\fIARGUMENT\\fR...]\n"
	".SH DESCRIPTION\n"
	"Posthorn reads, files, writes and sends mail on IMAP and SMTP servers.\n"
	"Without a command it opens its screen; where no account is set up, it asks for one.\n"
	"With a message file it shows that message, with a mailto: address it begins a message.\n"
	".PP\n"
	"All that is shown comes from a copy on this machine, and all that is done is written down here "
	"before it goes\n"
	"to the server: Posthorn works without a line, and nothing is lost when it ends suddenly.\n"
	"On the screen ? shows the keys of the place one is in, and : takes every command by its name.\n";

static const char messages[] =
	".SH MESSAGES\n"
	"Where a command takes a \\fIMESSAGE\\fR, it is one of:\n"
	".TP\n"
	"\\fIID\\fR\n"
	"as \\fBposthorn list\\fR prints it; it means the same message wherever that is moved.\n"
	".TP\n"
	"\\fIFOLDER\\fR:\\fIUID\\fR\n"
	"a folder and the number that the server gave the message there.\n"
	".TP\n"
	"\\fBid:\\fIMESSAGE\\-ID\\fR\n"
	"the value of the message's Message\\-ID field, with its angle brackets or without.\n";

static const char status[] = ".SH EXIT STATUS\n"
			     ".TP\n"
			     "0\n"
			     "done\n"
			     ".TP\n"
			     "1\n"
			     "failed; standard error says why\n"
			     ".TP\n"
			     "2\n"
			     "wrong usage\n";

static const char files[] =
	".SH FILES\n"
	".TP\n"
	"\\fI$XDG_CONFIG_HOME/posthorn/posthorn.conf\\fR\n"
	"the settings, by default in ~/.config\n"
	".TP\n"
	"\\fI$XDG_CACHE_HOME/posthorn/ACCOUNT/\\fR\n"
	"the copy of the mail; it can be deleted at any time and is fetched again\n"
	".TP\n"
	"\\fI$XDG_DATA_HOME/posthorn/posthorn.db\\fR\n"
	"what is not on the server yet: operations, the outbox, drafts. Keep it.\n"
	".TP\n"
	"\\fI$XDG_DATA_HOME/posthorn/vault\\fR\n"
	"passwords, encrypted, where there is no keyring\n"
	".TP\n"
	"\\fI$XDG_STATE_HOME/posthorn/log\\fR\n"
	"the log\n"
	".SH ENVIRONMENT\n"
	"XDG_CONFIG_HOME, XDG_CACHE_HOME, XDG_DATA_HOME, XDG_STATE_HOME and XDG_RUNTIME_DIR say where files "
	"are kept;\n"
	"VISUAL and EDITOR which editor is used; BROWSER what opens links; NO_COLOR switches colours off.\n";

static gboolean
takes(const CliOption *option, const char *command)
{
	g_auto(GStrv) words = option->commands ? g_strsplit(option->commands, " ", -1) : NULL;

	return words != NULL && g_strv_contains((const char *const *)words, command);
}

static void
add_option(GString *out, const CliOption *option)
{
	g_autofree char *name = g_strconcat("--", option->name, NULL);

	add_term(out, name, option->argument);
	add_line(out, option->brief);
}

static void
add_commands(GString *out)
{
	gsize command_count, option_count;
	const CliCommand *commands = cli_commands(&command_count);
	const CliOption *options = cli_options(&option_count);

	add_section(out, "COMMANDS");
	for (gsize i = 0; i < command_count; i++) {
		add_term(out, commands[i].name, commands[i].arguments);
		add_line(out, commands[i].brief);
		if (commands[i].detail != NULL)
			add_line(out, commands[i].detail);
		g_string_append(out, ".RS\n");
		for (gsize o = 0; o < option_count; o++)
			if (takes(&options[o], commands[i].name))
				add_option(out, &options[o]);
		g_string_append(out, ".RE\n");
	}
	add_section(out, "OPTIONS");
	add_line(out, "Every command takes:");
	for (gsize o = 0; o < option_count; o++)
		if (options[o].commands == NULL)
			add_option(out, &options[o]);
	add_term(out, "--version", NULL);
	add_line(out, "say which version this is, and those of the libraries it runs with");
	add_term(out, "--help", NULL);
	add_line(out, "list the commands; behind a command its options");
}

/* ---- the screen ------------------------------------------------------------------------------ */

typedef struct {
	GString *out;
	char *view;
} Screen;

static void
add_screen_command(const char *view, const char *name, const char *keys, const char *brief, gpointer user)
{
	Screen *screen = user;

	if (g_strcmp0(screen->view, view) != 0) {
		g_free(screen->view);
		screen->view = g_strdup(view);
		g_string_append(screen->out, ".SS ");
		add_line(screen->out, view);
	}
	add_term(screen->out, name, keys);
	add_line(screen->out, brief);
}

char *
cli_manual(CliScreenCommands screen_commands)
{
	GString *out = g_string_new(NULL);
	g_autofree char *settings = settings_manual();
	Screen screen = {.out = out};

	g_string_append(out, ".\\\" SPDX-License-Identifier: GPL-3.0-or-later\n");
	g_string_append_printf(
		out, ".TH POSTHORN 1 \"\" \"posthorn %s\" \"User Commands\"\n", PACKAGE_VERSION);
	g_string_append(out, introduction);
	add_commands(out);
	g_string_append(out, messages);
	g_string_append(out, status);
	g_string_append(out, settings);
	if (screen_commands != NULL) {
		add_section(out, "COMMANDS OF THE SCREEN");
		add_line(out, "Each with its keys. All of them can be typed behind : too.");
		screen_commands(add_screen_command, &screen);
	}
	g_free(screen.view);
	g_string_append(out, files);
	return g_string_free(out, FALSE);
}
