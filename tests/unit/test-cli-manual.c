/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "account/settings.h"
#include "cli/cli.h"

/* As a reader sees it: without the roff around the words. */
static char *
plain_manual(CliScreenCommands commands)
{
	g_autofree char *page = cli_manual(commands);
	GString *plain = g_string_new(page);

	g_string_replace(plain, "\\-", "-", 0);
	g_string_replace(plain, "\\fB", "", 0);
	g_string_replace(plain, "\\fR", "", 0);
	return g_string_free(plain, FALSE);
}

static void
expect(const char *page, const char *text)
{
	if (strstr(page, text) == NULL)
		g_error("the manual page lacks \"%s\"", text);
}

static void
test_every_subcommand_and_option(void)
{
	g_autofree char *page = plain_manual(NULL);
	gsize count;
	const CliCommand *commands = cli_commands(&count);
	const CliOption *options;

	g_assert_cmpuint(count, >, 10);
	for (gsize i = 0; i < count; i++) {
		g_autofree char *head = g_strdup_printf(".TP\n%s%s%s\n%s", commands[i].name,
			commands[i].arguments[0] ? " " : "", commands[i].arguments, commands[i].brief);
		expect(page, head);
	}
	options = cli_options(&count);
	for (gsize i = 0; i < count; i++) {
		g_autofree char *head =
			g_strdup_printf(".TP\n--%s%s%s\n%s", options[i].name, options[i].argument ? " " : "",
				options[i].argument ? options[i].argument : "", options[i].brief);
		expect(page, head);
	}
}

static void
test_options_name_commands_that_exist(void)
{
	gsize count;
	const CliOption *options = cli_options(&count);

	for (gsize i = 0; i < count; i++) {
		g_auto(GStrv) words = g_strsplit(options[i].commands ? options[i].commands : "", " ", -1);
		for (gsize w = 0; words[w] != NULL; w++)
			if (!cli_is_command(words[w]))
				g_error("--%s is for \"%s\", which is no command", options[i].name, words[w]);
	}
}

static void
test_every_setting(void)
{
	g_autofree char *page = plain_manual(NULL);
	gsize count;
	const Setting *settings = settings_all(&count);

	g_assert_cmpuint(count, >, 20);
	for (gsize i = 0; i < count; i++) {
		g_autofree char *head =
			g_strdup_printf(".TP\n.B %s\n%s", settings[i].name, settings[i].brief);
		expect(page, head);
	}
}

static void
screen_commands(CliScreenCommand each, gpointer user)
{
	each("index", "message-move", "s", "Move the message", user);
	each("pager", "scroll-down", ".", "A line down", user);
}

static void
test_commands_of_the_screen(void)
{
	g_autofree char *page = plain_manual(screen_commands);

	expect(page, ".SS index\n.TP\nmessage-move s\nMove the message\n");
	expect(page, ".SS pager\n.TP\nscroll-down .\nA line down\n");
}

/* A line that begins with a dot is a request of the macros that we use. */
static void
test_no_text_is_taken_for_a_request(void)
{
	static const char *const requests[] = {
		".\\\" ", ".TH ", ".SH ", ".SS ", ".TP", ".B ", ".BR ", ".I ", ".PP", ".RS", ".RE", ".br"};
	g_autofree char *page = cli_manual(screen_commands);
	g_auto(GStrv) lines = g_strsplit(page, "\n", -1);

	for (gsize i = 0; lines[i] != NULL; i++) {
		gboolean known = lines[i][0] != '.' && lines[i][0] != '\'';
		for (gsize r = 0; r < G_N_ELEMENTS(requests); r++)
			known |= g_str_has_prefix(lines[i], requests[r]);
		if (!known)
			g_error("line %zu is a request: %s", i + 1, lines[i]);
	}
}

static void
test_the_nearest_command(void)
{
	g_assert_cmpstr(cli_nearest("fodlers"), ==, "folders");
	g_assert_cmpstr(cli_nearest("lst"), ==, "list");
	g_assert_null(cli_nearest("xylophone"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cli/manual/every-subcommand-and-option", test_every_subcommand_and_option);
	g_test_add_func(
		"/cli/manual/options-name-commands-that-exist", test_options_name_commands_that_exist);
	g_test_add_func("/cli/manual/every-setting", test_every_setting);
	g_test_add_func("/cli/manual/commands-of-the-screen", test_commands_of_the_screen);
	g_test_add_func("/cli/manual/no-text-is-taken-for-a-request", test_no_text_is_taken_for_a_request);
	g_test_add_func("/cli/manual/the-nearest-command", test_the_nearest_command);
	return g_test_run();
}
