/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/rules-claim.h"

#include <string.h>

#include "util/i18n.h"

#define CLAIMED "$PosthornFiltered"
#define MACHINE_VALUE "rules-machine"
/* Flags that others change meanwhile make a claim miss: it is tried again so often. */
#define ROUNDS 4

/* ---- the journal's side --------------------------------------------------------------- */

typedef struct {
	const char *account;
	guint64 message;
	gint64 received;
	RuleClaim claim;
	char *machine;
} ClaimTask;

/* A random name for this machine, made once. */
static gboolean
load_claim(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	ClaimTask *task = data;
	guint32 random;

	(void)engine;
	task->claim = journal_rule_claim(journal, task->account, task->message, task->received);
	task->machine = journal_get_value(journal, MACHINE_VALUE);
	if (task->machine != NULL)
		return TRUE;
	hash_random(&random, sizeof random);
	task->machine = g_strdup_printf("$PosthornBy%08x", random);
	return journal_set_value(journal, MACHINE_VALUE, task->machine, error);
}

static gboolean
save_claim(Engine *engine, Journal *journal, gpointer data, GError **error)
{
	const ClaimTask *task = data;

	(void)engine;
	return journal_rule_set_claim(journal, task->account, task->message, task->received, task->claim,
		g_get_real_time() / G_USEC_PER_SEC, error);
}

static gboolean
set_claim(Worker *worker, ClaimTask *task, RuleClaim claim, GError **error)
{
	task->claim = claim;
	return journal_call(worker->account->engine, save_claim, task, error);
}

/* ---- the server's side -------------------------------------------------------------------- */

typedef struct {
	const char *machine;
	gboolean here, claimed, ours;
	guint64 modseq;
} Look;

static void
look_row(const ImapRow *row, gpointer user)
{
	Look *look = user;

	if (!(row->has & IMAP_HAS_FLAGS))
		return;
	look->here = TRUE;
	look->modseq = row->has & IMAP_HAS_MODSEQ ? row->modseq : 0;
	for (guint i = 0; i < row->flags.keywords->len; i++) {
		const char *keyword = row->flags.keywords->pdata[i];
		look->claimed |= g_ascii_strcasecmp(keyword, CLAIMED) == 0;
		look->ours |= g_ascii_strcasecmp(keyword, look->machine) == 0;
	}
}

static gboolean
look_at(Worker *worker, const ImapSet *uids, Look *look, GError **error)
{
	ImapFetch fetch = {
		.uids = uids, .items = IMAP_FETCH_FLAGS | IMAP_FETCH_MODSEQ, .row = look_row, .user = look};

	look->here = look->claimed = look->ours = FALSE;
	look->modseq = 0;
	return imap_session_fetch(worker->session, &fetch, worker->cancel, error);
}

/* One try. *won: the server took it. */
static gboolean
store_claim(Worker *worker, const ImapSet *uids, const Look *look, gboolean *won, GError **error)
{
	const char *keywords[] = {CLAIMED, look->machine, NULL};
	ImapStore store = {
		.uids = uids, .mode = IMAP_STORE_ADD, .keywords = keywords, .unchanged_since = look->modseq};
	ImapSet *modified = NULL;
	gboolean ok = imap_session_store(worker->session, &store, &modified, worker->cancel, error);

	*won = ok && modified == NULL;
	g_clear_pointer(&modified, imap_set_free);
	return ok;
}

static gboolean
claim_on_server(
	Worker *worker, guint32 uid, const char *machine, Claimed *claimed, char **why, GError **error)
{
	g_autoptr(ImapSet) uids = imap_set_new_uids(&uid, 1);
	Look look = {.machine = machine};
	gboolean won = FALSE;

	for (guint round = 0; round < ROUNDS; round++) {
		if (!look_at(worker, uids, &look, error))
			return FALSE;
		if (!look.here || (look.claimed && !look.ours)) {
			*claimed = CLAIM_OTHERS;
			return TRUE;
		}
		if (look.ours || won) {
			*claimed = CLAIM_OURS;
			return TRUE;
		}
		if (look.modseq == 0)
			break;
		if (!store_claim(worker, uids, &look, &won, error))
			return FALSE;
	}
	*claimed = CLAIM_REFUSED;
	*why = g_strdup(
		won ? _("the server keeps no keywords, so another machine could do it too. The setting "
			"rules-host names the one that does.")
		    : _("the message is changed all the time"));
	return TRUE;
}

/* Without asking the server. TRUE: it is decided. */
static gboolean
is_decided(Worker *worker, RulesScript *script, RuleClaim claim, Claimed *claimed, char **why)
{
	g_autofree char *host = rules_script_host(script);

	*claimed = CLAIM_REFUSED;
	if (claim == RULE_CLAIM_OURS) {
		*claimed = CLAIM_OURS;
		return TRUE;
	}
	if (claim == RULE_CLAIM_DONE) {
		*claimed = CLAIM_OTHERS;
		return TRUE;
	}
	if (claim == RULE_CLAIM_BEGUN)
		*why = g_strdup(
			_("a program was begun, and Posthorn ended before it did: it is not run twice"));
	else if (host != NULL && g_ascii_strcasecmp(host, g_get_host_name()) == 0)
		*claimed = CLAIM_OURS;
	else if (host != NULL)
		*why = g_strdup_printf(_("the setting rules-host gives this to %s"), host);
	else if (!imap_session_has(worker->session, IMAP_CAP_CONDSTORE))
		*why = g_strdup(
			_("the server has no CONDSTORE, so another machine could do it too. The setting "
			  "rules-host names the one that does."));
	else if (worker->mailbox.read_only)
		*why = g_strdup(_("the server lets the folder be read only"));
	else
		return FALSE;
	return TRUE;
}

gboolean
rules_claim(Worker *worker, RulesScript *script, guint32 uid, guint64 message, gint64 received,
	Claimed *claimed, char **why, GError **error)
{
	ClaimTask task = {.account = worker->account->key, .message = message, .received = received};
	g_autofree char *machine = NULL;
	gboolean ok;

	*why = NULL;
	if (!journal_call(worker->account->engine, load_claim, &task, error)) {
		g_free(task.machine);
		return FALSE;
	}
	machine = task.machine;
	ok = is_decided(worker, script, task.claim, claimed, why);
	if (!ok)
		ok = set_claim(worker, &task, RULE_CLAIM_ASKED, error) &&
		     claim_on_server(worker, uid, machine, claimed, why, error);
	if (ok && *claimed == CLAIM_OURS && task.claim != RULE_CLAIM_OURS)
		ok = set_claim(worker, &task, RULE_CLAIM_OURS, error);
	if (!ok)
		g_clear_pointer(why, g_free);
	return ok;
}

gboolean
rules_claim_tidy(Worker *worker, const ImapSet *uids, GError **error)
{
	ClaimTask task = {.account = worker->account->key};
	g_autofree char *machine = NULL;
	const char *keywords[] = {NULL, NULL};
	ImapStore store = {.uids = uids, .mode = IMAP_STORE_REMOVE, .keywords = keywords};
	gboolean ok = journal_call(worker->account->engine, load_claim, &task, error);

	machine = task.machine;
	keywords[0] = machine;
	return ok && imap_session_store(worker->session, &store, NULL, worker->cancel, error);
}
