/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send.c - a message from a file or standard input, sent at once; --queue only queues it. */
#include "config.h"

#include "cli/private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "account/identity.h"
#include "engine/compose.h"
#include "mime/head.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"

/* ---- the message --------------------------------------------------------------------- */

static GBytes *
read_input(GError **error)
{
	g_autoptr(GByteArray) octets = g_byte_array_new();
	guint8 block[16 * 1024];
	size_t got;

	while ((got = fread(block, 1, sizeof(block), stdin)) > 0 && octets->len <= LIMIT_IMAP_LITERAL)
		g_byte_array_append(octets, block, (guint)got);
	if (ferror(stdin)) {
		fault_set(error, FAULT_LOCAL, _("Standard input cannot be read: %s"), g_strerror(errno));
		return NULL;
	}
	if (octets->len > LIMIT_IMAP_LITERAL) {
		fault_set(error, FAULT_LIMIT, _("The message is too large."));
		return NULL;
	}
	return g_byte_array_free_to_bytes(g_steal_pointer(&octets));
}

static GBytes *
read_message(const Cli *cli, GError **error)
{
	gsize length = 0;
	char *octets;

	if (cli->count == 0 || strcmp(cli->words[0], "-") == 0)
		return read_input(error);
	octets = paths_read(cli->words[0], LIMIT_IMAP_LITERAL, &length, error);
	return octets ? g_bytes_new_take(octets, length) : NULL;
}

/* The account whose address is in From, where --account names none. */
static const AccountConfig *
account_of(Cli *cli, GBytes *octets, int *status)
{
	gsize length;
	const char *data = g_bytes_get_data(octets, &length);
	g_autoptr(MimeHead) head = mime_head_parse(data, length);
	const MimeAddress *from = mime_head_from(head);
	GPtrArray *accounts = config_accounts(cli->config);

	for (guint i = 0; cli->account == NULL && from != NULL && i < accounts->len; i++)
		if (identity_is_me(accounts->pdata[i], from->address))
			return accounts->pdata[i];
	return cli_account(cli, status);
}

/* ---- how it went ------------------------------------------------------------------------ */

static void
write_state(Json *json, gpointer user)
{
	const OutboxMessage *message = user;

	json_int(json, "operation", message->id);
	json_string(json, "state", outbox_state_name(message->state));
}

static int
say_state(Cli *cli, OutboxMessage *message, const char *words)
{
	if (cli->json) {
		g_autoptr(Json) json = cli_json();
		json_begin_object(json, NULL);
		write_state(json, message);
		json_string(json, "message_id", message->message_id);
		json_string(json, "result", message->result);
		json_end_object(json);
	} else {
		cli_print("%s\n", words);
	}
	return CLI_DONE;
}

/* Why it was not sent, as an error whose code says what can be done. */
static GError *
failure_of(const OutboxMessage *message)
{
	const char *words = message->error ? message->error : "";
	GError *error = NULL;

	switch (message->state) {
	case OUTBOX_FAILED:
		fault_set(&error, FAULT_REFUSED, _("Not sent: %s"), words);
		break;
	case OUTBOX_UNCERTAIN:
		fault_set(&error, FAULT_UNCERTAIN, "%s", words);
		break;
	case OUTBOX_CANCELED:
		fault_set(&error, FAULT_CANCELED, _("It was taken back and not sent."));
		break;
	case OUTBOX_QUEUED:
		fault_set(&error, FAULT_RETRY, _("Not sent yet, it waits in the outbox: %s"), words);
		break;
	default:
		fault_set(&error, FAULT_RETRY,
			_("Another Posthorn is sending it; posthorn outbox shows how it goes."));
		break;
	}
	return error;
}

int
cli_end_sending(Cli *cli, const char *account, gint64 id, guint attempts)
{
	g_autoptr(OutboxMessage) message = cli_wait_outbox(cli, account, id, attempts);
	g_autoptr(GError) error = NULL;

	if (message == NULL) {
		fault_set(&error, FAULT_UNKNOWN, _("There is no such message in the outbox."));
		return cli_fail(cli, error);
	}
	if (message->state == OUTBOX_SENT)
		return say_state(cli, message, _("Sent."));
	error = failure_of(message);
	return cli_fail_more(cli, error, write_state, message);
}

int
cli_send(Cli *cli)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) octets = read_message(cli, &error);
	g_autoptr(OutboxMessage) queued = NULL;
	g_autoptr(EngineEvent) event = NULL;
	OutboxMessage *message;
	const AccountConfig *account;
	int status = CLI_DONE;

	if (octets == NULL)
		return cli_fail(cli, error);
	account = account_of(cli, octets, &status);
	if (account == NULL)
		return status;
	message = compose_from_file(account, octets, &error);
	if (message == NULL || !cli_engine(cli, account->key, cli->queue, &error)) {
		outbox_message_free(message);
		return cli_fail(cli, error);
	}
	event = cli_wait(cli, engine_send(cli->engine, message));
	if (event->error != NULL)
		return cli_fail(cli, event->error);
	if (!cli->queue)
		return cli_end_sending(cli, account->key, event->outbox, 0);
	queued = cli_journal(cli, &error) ? outbox_get(cli_journal(cli, NULL), event->outbox) : NULL;
	return queued ? say_state(cli, queued, _("Queued to be sent.")) : cli_fail(cli, error);
}
