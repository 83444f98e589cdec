/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sync.c - one full sync, the journal and what is due in the outbox with it. */
#include "config.h"

#include "cli/private.h"

#include <stdio.h>
#include <unistd.h>

#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

typedef struct {
	EngineSyncStats stats;
	GError *error; /* the first */
} Totals;

/* ---- progress, where somebody looks ------------------------------------------------------ */

static void
show_job(const EngineJob *job, gpointer user)
{
	gboolean *shown = user;
	g_autofree char *line = NULL;
	g_autofree char *safe = NULL;

	if (job->state != JOB_RUNNING)
		return;
	if (job->total > 0)
		line = g_strdup_printf(
			"%s %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, job->title, job->done, job->total);
	else
		line = g_strdup(job->title);
	safe = text_safe(line, -1, TEXT_LINE);
	/* Back to the line's start, and what stood there wiped. */
	g_printerr("\r\033[K%s", safe);
	*shown = TRUE;
}

static void
wipe(gboolean *shown)
{
	if (*shown)
		g_printerr("\r\033[K");
	*shown = FALSE;
}

/* ---- one account ---------------------------------------------------------------------------- */

static void
send_due(Cli *cli, const char *account, Totals *totals)
{
	Journal *journal = cli_journal(cli, NULL);
	g_autoptr(GPtrArray) waiting = journal ? outbox_list(journal, account, TRUE) : NULL;
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;
	gboolean told = FALSE;

	for (guint i = 0; waiting != NULL && i < waiting->len; i++) {
		const OutboxMessage *message = waiting->pdata[i];
		g_autoptr(OutboxMessage) after = NULL;
		if (message->state != OUTBOX_QUEUED || message->due > now)
			continue;
		if (!told)
			engine_flush_outbox(cli->engine, account);
		told = TRUE;
		after = cli_wait_outbox(cli, account, message->id, message->attempts);
		if (after != NULL && after->state != OUTBOX_SENT && after->state != OUTBOX_CANCELED) {
			totals->stats.failed++;
			if (totals->error == NULL)
				fault_set(&totals->error, FAULT_RETRY, _("A message was not sent: %s"),
					after->error ? after->error : "");
		}
	}
}

static void
sync_account(Cli *cli, const char *account, Totals *totals)
{
	g_autoptr(EngineEvent) event = cli_wait(cli, engine_sync(cli->engine, account, NULL));

	totals->stats.folders += event->stats.folders;
	totals->stats.fetched += event->stats.fetched;
	totals->stats.replayed += event->stats.replayed;
	totals->stats.failed += event->stats.failed;
	if (event->error != NULL && totals->error == NULL) {
		totals->error = g_error_copy(event->error);
		if (config_accounts(cli->config)->len > 1)
			g_prefix_error(&totals->error, "%s: ", account);
	}
	if (event->error == NULL)
		send_due(cli, account, totals);
}

/* ---- the command ------------------------------------------------------------------------------- */

static void
write_totals(Json *json, gpointer user)
{
	const Totals *totals = user;

	json_int(json, "folders", totals->stats.folders);
	json_int(json, "fetched", totals->stats.fetched);
	json_int(json, "replayed", totals->stats.replayed);
	json_int(json, "failed", totals->stats.failed);
}

static int
say_totals(Cli *cli, Totals *totals)
{
	if (totals->error == NULL && totals->stats.failed > 0)
		fault_set(&totals->error, FAULT_REFUSED,
			_("Some operations failed; posthorn journal lists them with the server's words."));
	if (totals->error != NULL)
		return cli_fail_more(cli, totals->error, write_totals, totals);
	if (cli->json) {
		g_autoptr(Json) json = cli_json();
		json_begin_object(json, NULL);
		write_totals(json, totals);
		json_end_object(json);
	} else {
		cli_print(
			_("%u folders brought up to date, %u messages fetched, %u operations carried out.\n"),
			totals->stats.folders, totals->stats.fetched, totals->stats.replayed);
	}
	return CLI_DONE;
}

int
cli_sync(Cli *cli)
{
	g_autoptr(GError) error = NULL;
	const char *only = cli->count ? cli->words[0] : cli->account;
	GPtrArray *accounts = config_accounts(cli->config);
	Totals totals = {0};
	gboolean shown = FALSE;
	Journal *journal;
	guint failed;
	int status;

	if (cli->count && cli->account != NULL && g_strcmp0(cli->account, only) != 0)
		return cli_usage(cli, _("two accounts are named; name one"));
	if ((only != NULL || accounts->len == 0) && cli_account_named(cli, only ? only : "", &error) == NULL)
		return cli_fail(cli, error);
	if (!cli_engine(cli, only, FALSE, &error))
		return cli_fail(cli, error);
	journal = cli_journal(cli, NULL);
	failed = journal ? journal_count_failed(journal) : 0;
	if (isatty(STDERR_FILENO)) {
		cli->job = show_job;
		cli->job_user = &shown;
	}
	for (guint i = 0; i < accounts->len; i++) {
		const AccountConfig *account = accounts->pdata[i];
		if (only == NULL || g_strcmp0(only, account->key) == 0)
			sync_account(cli, account->key, &totals);
	}
	if (totals.error == NULL)
		cli_carry_on(cli, &totals.stats, &totals.error);
	/* An account that was woken by another may have met it unasked. */
	if (journal != NULL && journal_count_failed(journal) > failed)
		totals.stats.failed = MAX(totals.stats.failed, journal_count_failed(journal) - failed);
	cli->job = NULL;
	wipe(&shown);
	status = say_totals(cli, &totals);
	g_clear_error(&totals.error);
	return status;
}
