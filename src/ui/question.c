/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/question.h"

#include <string.h>

#include "ui/core.h"
#include "util/i18n.h"
#include "util/text.h"

void
question_know(App *app, const char *account, const Secret *password, const Secret *phrase)
{
	g_clear_pointer(&app->fresh_password, secret_free);
	g_clear_pointer(&app->fresh_phrase, secret_free);
	g_free(app->fresh_account);
	app->fresh_account = g_strdup(account);
	if (password)
		app->fresh_password = secret_copy(password);
	if (phrase)
		app->fresh_phrase = secret_copy(phrase);
}

/* TRUE: it is known from the set-up. Each is tried once: a wrong one is asked for. */
static gboolean
answer_by_itself(App *app, const EngineQuestion *question)
{
	Secret **known = question->kind == QUESTION_PASSWORD ? &app->fresh_password
			 : question->kind == QUESTION_PHRASE ? &app->fresh_phrase
							     : NULL;

	if (!known || !*known || g_strcmp0(app->fresh_account, question->account) != 0)
		return FALSE;
	engine_answer(app->engine, question->id, TRUE, g_steal_pointer(known));
	return TRUE;
}

void
question_take(App *app, EngineEvent *event)
{
	g_autofree char *brief = question_brief(event->question);

	if (answer_by_itself(app, event->question)) {
		engine_event_free(event);
		return;
	}
	for (guint i = 0; i < app->questions->len; i++) {
		const EngineEvent *old = g_ptr_array_index(app->questions, i);

		if (old->question->kind != event->question->kind ||
			g_strcmp0(old->question->account, event->question->account) != 0)
			continue;
		g_ptr_array_remove_index(app->questions, i);
		break;
	}
	g_ptr_array_add(app->questions, event);
	/* Nobody types yet, so nothing typed can go astray: the question may have the keys. */
	if (!app->touched && !app->prompt && !app->foreground && event->question->kind != QUESTION_TRUST) {
		question_ask(app, event->question);
		return;
	}
	app_warn(app, _("%s  B then Enter answers."), brief);
}

char *
question_brief(const EngineQuestion *question)
{
	g_autofree char *host = text_safe(question->host ? question->host : "", -1, TEXT_MARKS);

	switch (question->kind) {
	case QUESTION_TRUST:
		return g_strdup_printf(
			_("%s: the certificate of %s is not trusted."), question->account, host);
	case QUESTION_PASSWORD:
		return g_strdup_printf(_("%s: the password for %s is needed."), question->account, host);
	default:
		return g_strdup(_("The phrase of the password vault is needed."));
	}
}

typedef struct {
	guint id;
	EngineQuestionKind kind;
	char *account, *trust; /* trust: "host:port sha256:..." */
} Answer;

static void
answer_free(gpointer data)
{
	Answer *answer = data;

	g_free(answer->account);
	g_free(answer->trust);
	g_free(answer);
}

static void
forget_question(App *app, guint id)
{
	for (guint i = 0; i < app->questions->len; i++)
		if (((const EngineEvent *)g_ptr_array_index(app->questions, i))->question->id == id) {
			g_ptr_array_remove_index(app->questions, i);
			return;
		}
}

static void
trusted(App *app, const Answer *answer)
{
	g_autofree char *section = g_strdup_printf("account %s", answer->account);
	g_autoptr(GError) error = NULL;

	if (!config_append(app->config, section, "trust", answer->trust, &error))
		app_error(app, error);
	else
		app_say(app, "%s", _("The certificate is trusted from now on, for this server only."));
	engine_answer(app->engine, answer->id, TRUE, NULL);
}

static void
answered(App *app, View *view, const char *text, gpointer data)
{
	const Answer *answer = data;

	(void)view;
	if (!text || *text == '\0') {
		app_say(app, "%s", _("Not answered. The question stays in Jobs (B)."));
		return;
	}
	if (answer->kind == QUESTION_TRUST && strcmp(text, "trust") != 0) {
		app_say(app, "%s", _("Not trusted: the word is \"trust\", written out."));
		return;
	}
	if (answer->kind == QUESTION_TRUST)
		trusted(app, answer);
	else
		engine_answer(app->engine, answer->id, TRUE, secret_new(text, -1));
	/* Other workers of the account may wait for the same. */
	engine_reconnect(app->engine, answer->account);
	forget_question(app, answer->id);
	app_dirty(app);
}

void
question_ask(App *app, const EngineQuestion *question)
{
	Answer *answer = g_new0(Answer, 1);
	PromptSpec spec = {.words = question->words,
		.masked = question->kind != QUESTION_TRUST,
		.done = answered,
		.data = answer,
		.free_data = answer_free};

	answer->id = question->id;
	answer->kind = question->kind;
	answer->account = g_strdup(question->account);
	answer->trust = g_strdup_printf("%s:%u %s", question->host, question->port, question->fingerprint);
	switch (question->kind) {
	case QUESTION_TRUST:
		spec.label = _("Type trust to trust it:");
		break;
	case QUESTION_PASSWORD:
		spec.label = _("Password:");
		break;
	default:
		spec.label = _("Phrase:");
		break;
	}
	app_prompt(app, &spec);
}
