/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * discover.c - all sources at once, and when it is enough.
 *
 * Each task's thread writes into its task alone and then puts it into the
 * queue; the caller's thread looks at it only afterwards. Who is late is
 * stopped and joined: the sources all end within a moment of the stop.
 */
#include "config.h"

#include "account/discover.h"

#include <string.h>

#include "account/address.h"
#include "account/discover-private.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/log.h"
#include "util/queue.h"

#define LOOK_MS 50

static const struct {
	const char *name;
	const char *words; /* N_() */
} sources[SOURCE_COUNT] = {
	[SOURCE_TABLE] = {"table", N_("the built-in list of providers")},
	[SOURCE_SRV] = {"srv", N_("DNS records of the domain")},
	[SOURCE_PROVIDER] = {"provider", N_("the provider's own description")},
	[SOURCE_ISPDB] = {"ispdb", N_("the public database of providers")},
	[SOURCE_MX] = {"mx", N_("who receives the domain's mail")},
	[SOURCE_GUESS] = {"guess", N_("usual names of servers")},
};

const char *
discover_source_name(DiscoverSource source)
{
	return sources[source].name;
}

const char *
discover_source_words(DiscoverSource source)
{
	return _(sources[source].words);
}

const char *
discover_state_name(DiscoverState state)
{
	static const char *const names[] = {
		[DISCOVER_RUNNING] = "running",
		[DISCOVER_FOUND] = "found",
		[DISCOVER_NOTHING] = "nothing",
		[DISCOVER_FAILED] = "failed",
		[DISCOVER_LATE] = "late",
		[DISCOVER_PASSED_BY] = "passed-by",
	};

	return names[state];
}

typedef struct {
	DiscoverTask task;
	DiscoverAsk what;
	DiscoverSource source;
	Queue *over;
	GThread *thread;
	/* Of the caller's thread. */
	gboolean done;
} Job;

typedef struct {
	const DiscoverOptions *options;
	Cancel *cancel;
	gint64 began_us;
	Cancel *stop;
	Queue *over;
	char *domain;  /* A-label */
	char *address; /* with that domain */
	Job jobs[ASK_COUNT];
	gboolean told[SOURCE_COUNT];
} Search;

/* ---- telling ---- */

static void
tell(Search *search, DiscoverSource source, DiscoverState state, const char *words)
{
	DiscoverReport report = {
		.source = source,
		.state = state,
		.words = words,
		.ms = (guint)((dates_clock_us() - search->began_us) / 1000),
	};

	if (state != DISCOVER_RUNNING) {
		if (search->told[source])
			return;
		search->told[source] = TRUE;
		log_line(LOG_NET, "discovery: %s: %s", sources[source].name, discover_state_name(state));
	}
	if (search->options->report != NULL)
		search->options->report(&report, search->options->user);
}

static char *
found_words(const DiscoverResult *result)
{
	g_autofree char *imap = server_format(&result->imap.server);
	g_autofree char *smtp = result->smtp.server.host != NULL ? server_format(&result->smtp.server) : NULL;
	g_autofree char *servers = smtp != NULL ? g_strdup_printf("%s, %s", imap, smtp) : g_strdup(imap);

	return result->provider != NULL ? g_strdup_printf("%s: %s", result->provider->name, servers)
					: g_steal_pointer(&servers);
}

/* A source is over when it found something, or all its tasks are over. */
static void
tell_source(Search *search, DiscoverSource source)
{
	const Job *failed = NULL;
	gboolean not_offered = FALSE;

	for (guint i = 0; i < ASK_COUNT; i++) {
		const Job *job = &search->jobs[i];
		if (job->source != source)
			continue;
		if (job->done && job->task.result != NULL) {
			g_autofree char *words = found_words(job->task.result);
			tell(search, source, DISCOVER_FOUND, words);
			return;
		}
		if (!job->done)
			return;
		if (job->task.error != NULL && failed == NULL)
			failed = job;
		not_offered |= job->task.not_offered;
	}
	if (not_offered)
		tell(search, source, DISCOVER_NOTHING, _("the domain says that it offers no IMAP"));
	else if (failed != NULL)
		tell(search, source, DISCOVER_FAILED, failed->task.error->message);
	else
		tell(search, source, DISCOVER_NOTHING, _("nothing about this domain"));
}

/* ---- running ---- */

static gpointer
go(gpointer data)
{
	Job *job = data;

	discover_ask(&job->task, job->what);
	queue_push_now(job->over, job);
	return NULL;
}

static void
start_jobs(Search *search)
{
	static const DiscoverSource order[ASK_COUNT] = {
		SOURCE_SRV, SOURCE_PROVIDER, SOURCE_PROVIDER, SOURCE_ISPDB, SOURCE_MX, SOURCE_GUESS};

	for (guint i = 0; i < ASK_COUNT; i++) {
		Job *job = &search->jobs[i];
		if (i == 0 || order[i] != order[i - 1])
			tell(search, order[i], DISCOVER_RUNNING, NULL);
		job->what = (DiscoverAsk)i;
		job->source = order[i];
		job->over = search->over;
		job->task = (DiscoverTask){.options = search->options,
			.address = search->address,
			.domain = search->domain,
			.stop = search->stop};
		job->thread = g_thread_new("discover", go, job);
	}
}

/* Nothing that would go before the best can still come. */
static gboolean
is_decided(const Search *search)
{
	gboolean some = FALSE;

	for (guint i = 0; i < ASK_COUNT; i++) {
		const Job *job = &search->jobs[i];
		if (job->source == SOURCE_GUESS && some)
			return TRUE;
		if (!job->done)
			return FALSE;
		if (job->task.result != NULL && job->task.result->sure)
			return TRUE;
		some |= job->task.result != NULL;
	}
	return TRUE;
}

/* TRUE: by itself, or told that it is enough; FALSE: the time was over. */
static gboolean
wait_for_jobs(Search *search)
{
	gint64 end_us = search->began_us + LIMIT_DISCOVER_MS * G_GINT64_CONSTANT(1000);

	while (!is_decided(search)) {
		gint64 left_ms = (end_us - dates_clock_us()) / 1000;
		Job *job;

		if (cancel_is_triggered(search->cancel) || cancel_is_triggered(search->options->enough))
			return TRUE;
		if (left_ms <= 0)
			return FALSE;
		job = queue_pop(search->over, (int)MIN(LOOK_MS, left_ms));
		if (job != NULL) {
			job->done = TRUE;
			tell_source(search, job->source);
		}
	}
	return TRUE;
}

static void
stop_jobs(Search *search, gboolean in_time)
{
	cancel_trigger(search->stop);
	for (guint i = 0; i < ASK_COUNT; i++)
		g_thread_join(search->jobs[i].thread);
	for (int i = SOURCE_SRV; i < SOURCE_COUNT; i++)
		tell(search, (DiscoverSource)i, in_time ? DISCOVER_PASSED_BY : DISCOVER_LATE,
			in_time ? _("no longer needed") : _("no answer in time"));
}

/* Of this round are, first, answers that somebody vouches for, then the others; a guess against the domain's
 * own word is of none. */
static gboolean
is_of_round(const Job *job, gboolean first, gboolean not_offered)
{
	gboolean guess = job->source == SOURCE_GUESS;

	if (!job->done || job->task.result == NULL || (guess && not_offered))
		return FALSE;
	return (job->task.result->sure && !guess) == first;
}

/* What came in before the end, in order. */
static GPtrArray *
collect(Search *search, gboolean *offline)
{
	GPtrArray *results = g_ptr_array_new_with_free_func((GDestroyNotify)discover_result_free);
	gboolean not_offered = search->jobs[ASK_SRV].done && search->jobs[ASK_SRV].task.not_offered;
	gboolean reached = FALSE;

	for (guint round = 0; round < 2; round++)
		for (guint i = 0; i < ASK_COUNT; i++)
			if (is_of_round(&search->jobs[i], round == 0, not_offered))
				g_ptr_array_add(results, g_steal_pointer(&search->jobs[i].task.result));
	for (guint i = 0; i < ASK_COUNT; i++) {
		reached |= search->jobs[i].task.reached;
		discover_result_free(search->jobs[i].task.result);
		g_clear_error(&search->jobs[i].task.error);
	}
	if (offline != NULL)
		*offline = !reached;
	return results;
}

static GPtrArray *
ask_all(Search *search, gboolean *offline)
{
	gboolean in_time;

	search->stop = cancel_new();
	search->over = queue_new(0, NULL);
	start_jobs(search);
	in_time = wait_for_jobs(search);
	stop_jobs(search, in_time);
	queue_free(search->over);
	cancel_unref(search->stop);
	return collect(search, offline);
}

static GPtrArray *
only(Search *search, const Provider *row)
{
	GPtrArray *results = g_ptr_array_new_with_free_func((GDestroyNotify)discover_result_free);
	DiscoverResult *result = discover_from_row(row, search->options->address);
	g_autofree char *words = found_words(result);

	result->source = SOURCE_TABLE;
	tell(search, SOURCE_TABLE, DISCOVER_FOUND, words);
	g_ptr_array_add(results, result);
	return results;
}

GPtrArray *
discover_run(const DiscoverOptions *options, gboolean *offline, Cancel *cancel, GError **error)
{
	g_autofree char *local = NULL;
	g_autofree char *domain = NULL;
	g_autoptr(GPtrArray) results = NULL;
	Search search = {.options = options, .cancel = cancel, .began_us = dates_clock_us()};
	const Provider *row;

	if (offline != NULL)
		*offline = FALSE;
	if (!address_split(options->address, &local, &domain, error))
		return NULL;
	search.domain = g_hostname_to_ascii(domain);
	row = providers_find(options->address);
	if (row != NULL) {
		results = only(&search, row);
	} else if (search.domain == NULL || domain[0] == '[') {
		results = g_ptr_array_new_with_free_func((GDestroyNotify)discover_result_free);
	} else {
		search.address = g_strdup_printf("%s@%s", local, search.domain);
		tell(&search, SOURCE_TABLE, DISCOVER_NOTHING, _("nothing about this domain"));
		results = ask_all(&search, offline);
	}
	g_free(search.domain);
	g_free(search.address);
	return cancel_check(cancel, error) ? NULL : g_steal_pointer(&results);
}
