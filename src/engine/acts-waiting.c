/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/acts-waiting.h"

#include <string.h>

#include "util/i18n.h"

#define GROUPS_MAX 50

struct ActsWaiting {
	EngineAccount *account;
	GArray *ids;      /* of gint64: unfinished operations as last seen */
	GHashTable *jobs; /* group (gint64, owned) -> Job */
	gint64 until;
};

/* Done, for a list that shows no act once it is done. */
static void
drop_job(gpointer job)
{
	job_end(job, NULL, NULL);
}

ActsWaiting *
acts_waiting_new(EngineAccount *account)
{
	ActsWaiting *waiting = g_new0(ActsWaiting, 1);

	waiting->account = account;
	waiting->ids = g_array_new(FALSE, FALSE, sizeof(gint64));
	waiting->jobs = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, drop_job);
	return waiting;
}

void
acts_waiting_free(ActsWaiting *waiting)
{
	if (waiting == NULL)
		return;
	g_array_unref(waiting->ids);
	g_hash_table_unref(waiting->jobs);
	g_free(waiting);
}

typedef struct {
	const ActsWaiting *waiting;
	GArray *ids;
	GPtrArray *operations; /* NULL: the same as before */
} Load;

static gboolean
load(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	Load *now = data;
	const GArray *before = now->waiting->ids;

	(void)engine;
	now->ids = journal_unfinished(journal, now->waiting->account->key, error);
	if (now->ids == NULL)
		return FALSE;
	if (now->ids->len == before->len &&
		(before->len == 0 || memcmp(now->ids->data, before->data, before->len * sizeof(gint64)) == 0))
		return TRUE;
	now->operations = journal_load(journal, now->waiting->account->key, 0, TRUE);
	return TRUE;
}

static void
add_job(ActsWaiting *waiting, const Operation *operation)
{
	EngineAccount *account = waiting->account;

	if (g_hash_table_contains(waiting->jobs, &operation->group) ||
		g_hash_table_size(waiting->jobs) >= GROUPS_MAX)
		return;
	g_hash_table_insert(waiting->jobs, g_memdup2(&operation->group, sizeof operation->group),
		job_new_act(account->engine, account->key,
			g_strdup(operation->words ? operation->words : _("a change")), operation->group));
}

static gboolean
is_not_there(gpointer group, gpointer job, gpointer operations)
{
	const GPtrArray *there = operations;

	(void)job;
	for (guint i = 0; i < there->len; i++)
		if (((const Operation *)there->pdata[i])->group == *(const gint64 *)group)
			return FALSE;
	return TRUE;
}

static void
wait_all(ActsWaiting *waiting)
{
	GHashTableIter jobs;
	gpointer job;

	g_hash_table_iter_init(&jobs, waiting->jobs);
	while (g_hash_table_iter_next(&jobs, NULL, &job))
		job_wait(job, waiting->until, _("waits for the line"));
}

void
acts_waiting_update(ActsWaiting *waiting, gint64 until)
{
	Load now = {.waiting = waiting};
	gboolean changed = until != waiting->until;

	if (!journal_call(waiting->account->engine, load, &now, NULL))
		return;
	if (now.operations != NULL) {
		g_hash_table_foreach_remove(waiting->jobs, is_not_there, now.operations);
		for (guint i = 0; i < now.operations->len; i++)
			add_job(waiting, now.operations->pdata[i]);
		g_ptr_array_unref(now.operations);
		changed = TRUE;
	}
	g_array_unref(waiting->ids);
	waiting->ids = now.ids;
	waiting->until = until;
	if (changed)
		wait_all(waiting);
}
