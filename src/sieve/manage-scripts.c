/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * manage-scripts.c - what a ManageSieve session does with scripts (RFC 5804, 2.5 to 2.11).
 */
#include "config.h"

#include <string.h>

#include "sieve/manage-private.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

/* One command: COMMAND, a name (NULL: none), a number (-1: none), a script (NULL: none). */
typedef struct {
	const char *verb;
	const char *name;
	gssize octets;
	const char *text;
} Command;

static gboolean
say_command(ManageSession *session, const Command *command, GError **error)
{
	g_auto(NetText) text = {0};
	g_autoptr(GString) name = g_string_new(NULL);

	net_text_init(&text);
	net_text_add(&text, command->verb);
	if (command->name != NULL) {
		manage_append_string(name, command->name);
		net_text_addf(&text, " %s", name->str);
	}
	if (command->octets >= 0)
		net_text_addf(&text, " %" G_GSSIZE_FORMAT, command->octets);
	if (command->text != NULL) {
		net_text_addf(&text, " {%" G_GSIZE_FORMAT "+}\r\n", strlen(command->text));
		/* The log is no place for a script. */
		g_string_append(text.wire, command->text);
		g_string_append(text.shown, "...");
	}
	net_text_add(&text, "\r\n");
	return manage_say(session, &text, error);
}

/* Say it and hear the answer, which may be a NO. */
static gboolean
ask(ManageSession *session, const Command *command, ManageAnswer *answer, Cancel *cancel, GError **error)
{
	gboolean heard;

	if (session->dead) {
		fault_set(error, FAULT_RETRY, _("The connection to %s is gone."), session->server);
		return FALSE;
	}
	net_stream_set_cancel(session->stream, cancel);
	heard = say_command(session, command, error) && manage_hear(session, answer, error);
	net_stream_set_cancel(session->stream, NULL);
	return heard;
}

/* Say it, and take a NO as an error. words (may be NULL): the server's, safe; NULL: none. */
static gboolean
act(ManageSession *session, const Command *command, const char *refused, char **words, Cancel *cancel,
	GError **error)
{
	g_auto(ManageAnswer) answer = {0};

	if (words != NULL)
		*words = NULL;
	if (!ask(session, command, &answer, cancel, error))
		return FALSE;
	if (answer.end->kind != MANAGE_OK) {
		manage_refusal(session, answer.end, refused, error);
		return FALSE;
	}
	if (words != NULL && answer.end->code == MANAGE_CODE_WARNINGS && answer.end->words != NULL)
		*words = manage_words(session, answer.end->words);
	return TRUE;
}

static void
script_free(gpointer data)
{
	ManageScript *script = data;

	g_free(script->name);
	g_free(script);
}

GPtrArray *
manage_session_list(ManageSession *session, Cancel *cancel, GError **error)
{
	const Command command = {.verb = "LISTSCRIPTS", .octets = -1};
	g_auto(ManageAnswer) answer = {0};
	GPtrArray *scripts;

	if (!ask(session, &command, &answer, cancel, error))
		return NULL;
	if (answer.end->kind != MANAGE_OK) {
		manage_refusal(
			session, answer.end, _("The ManageSieve server does not list its scripts:"), error);
		return NULL;
	}
	scripts = g_ptr_array_new_with_free_func(script_free);
	for (guint i = 0; i < answer.data->len; i++) {
		const ManageLine *line = g_ptr_array_index(answer.data, i);
		ManageScript *script = g_new0(ManageScript, 1);
		script->name = g_utf8_make_valid(line->first, -1);
		script->active = line->is_active;
		g_ptr_array_add(scripts, script);
	}
	return scripts;
}

char *
manage_session_get(ManageSession *session, const char *name, Cancel *cancel, GError **error)
{
	const Command command = {.verb = "GETSCRIPT", .name = name, .octets = -1};
	g_auto(ManageAnswer) answer = {0};
	ManageLine *line;

	if (!manage_name_check(name, error) || !ask(session, &command, &answer, cancel, error))
		return NULL;
	if (answer.end->kind != MANAGE_OK) {
		manage_refusal(session, answer.end, _("The ManageSieve server does not give out the script:"),
			error);
		return NULL;
	}
	if (answer.data->len != 1) {
		session->dead = TRUE;
		fault_set(error, FAULT_PROTOCOL, _("%s answered with something else than one script."),
			session->server);
		return NULL;
	}
	line = g_ptr_array_index(answer.data, 0);
	return g_steal_pointer(&line->first);
}

gboolean
manage_session_have_space(
	ManageSession *session, const char *name, gsize octets, Cancel *cancel, GError **error)
{
	const Command command = {.verb = "HAVESPACE", .name = name, .octets = (gssize)octets};

	return manage_name_check(name, error) &&
	       act(session, &command, _("The ManageSieve server has no room for the script:"), NULL, cancel,
		       error);
}

/* It goes out as a literal of which the server has the size beforehand. */
static gboolean
check_size(const char *text, GError **error)
{
	if (strlen(text) <= LIMIT_SIEVE_SCRIPT)
		return TRUE;
	fault_set(error, FAULT_LIMIT, _("The script is larger than %d KiB."), LIMIT_SIEVE_SCRIPT / 1024);
	return FALSE;
}

gboolean
manage_session_check(ManageSession *session, const char *text, char **words, Cancel *cancel, GError **error)
{
	const Command command = {.verb = "CHECKSCRIPT", .octets = -1, .text = text};

	if (words != NULL)
		*words = NULL;
	if (!check_size(text, error))
		return FALSE;
	return !session->version_1 ||
	       act(session, &command, _("The ManageSieve server does not take the script:"), words, cancel,
		       error);
}

gboolean
manage_session_put(ManageSession *session, const char *name, const char *text, char **words, Cancel *cancel,
	GError **error)
{
	const Command command = {.verb = "PUTSCRIPT", .name = name, .octets = -1, .text = text};

	if (words != NULL)
		*words = NULL;
	return manage_name_check(name, error) && check_size(text, error) &&
	       act(session, &command, _("The ManageSieve server does not take the script:"), words, cancel,
		       error);
}

gboolean
manage_session_activate(ManageSession *session, const char *name, Cancel *cancel, GError **error)
{
	const Command command = {.verb = "SETACTIVE", .name = name ? name : "", .octets = -1};

	return (name == NULL || manage_name_check(name, error)) &&
	       act(session, &command, _("The ManageSieve server does not switch the script on:"), NULL,
		       cancel, error);
}

gboolean
manage_session_delete(ManageSession *session, const char *name, Cancel *cancel, GError **error)
{
	const Command command = {.verb = "DELETESCRIPT", .name = name, .octets = -1};

	return manage_name_check(name, error) &&
	       act(session, &command, _("The ManageSieve server does not delete the script:"), NULL, cancel,
		       error);
}
