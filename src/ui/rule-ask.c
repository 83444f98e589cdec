/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/rule-ask.h"

#include <string.h>

#include "ui/core.h"
#include "util/fuzzy.h"
#include "util/i18n.h"

/* ---- one of several ------------------------------------------------------------------------------- */

/* A choice among texts; the one that was stands first. */
typedef struct {
	const char *const *texts; /* translated; NULL-ended; NULL entries within `count` are left out */
	guint count;
	guint first; /* G_MAXUINT: none */
} Choices;

static void
complete_choices(const Choices *choices, const char *text, GPtrArray *candidates)
{
	g_autoptr(Fuzzy) fuzzy = fuzzy_new(text);

	for (guint i = 0; i < choices->count; i++) {
		int score = choices->texts[i] ? fuzzy_score(fuzzy, choices->texts[i]) : FUZZY_NONE;

		if (score == FUZZY_NONE)
			continue;
		if (*text == '\0' && i == choices->first)
			score = 1;
		g_ptr_array_add(candidates, candidate_new(choices->texts[i], NULL, NULL, score));
	}
}

/* G_MAXUINT: none of them. */
static guint
choice_of(const Choices *choices, const char *text)
{
	for (guint i = 0; text && i < choices->count; i++)
		if (choices->texts[i] && strcmp(choices->texts[i], text) == 0)
			return i;
	return G_MAXUINT;
}

/* ---- a condition -------------------------------------------------------------------------------------- */

#define SUBJECTS (FORM_KNOWN + 1)
#define VERBS (FORM_UNDER + 1)

typedef struct {
	FormCondition *condition; /* as far as it is known; NULL: handed over */
	gboolean is_new;
	guint at;
	RuleCondition chosen;
	const char *texts[MAX(SUBJECTS, VERBS)];
	Choices choices;
} Asking;

static void
asking_free(gpointer data)
{
	Asking *asking = data;

	form_condition_free(asking->condition);
	g_free(asking);
}

/* The next prompt takes over what is known so far. */
static Asking *
asking_next(Asking *asking)
{
	Asking *next = g_memdup2(asking, sizeof *asking);

	asking->condition = NULL;
	return next;
}

static void
asking_complete(App *app, const char *text, gsize *start, GPtrArray *candidates, gpointer data)
{
	(void)app;
	*start = 0;
	complete_choices(&((Asking *)data)->choices, text, candidates);
}

static void
finish(App *app, View *view, Asking *asking)
{
	asking->chosen(app, view, g_steal_pointer(&asking->condition), asking->at);
}

static void
value_done(App *app, View *view, const char *text, gpointer data)
{
	Asking *asking = data;

	if (!view || !text)
		return;
	if (*text == '\0') {
		app_say(app, "%s", _("A condition has nothing to look for."));
		return;
	}
	g_free(asking->condition->value);
	asking->condition->value = g_strdup(text);
	finish(app, view, asking);
}

static const char *const priorities[] = {N_("high"), N_("normal"), N_("low")};
static const char *const priority_values[] = {"high", "normal", "low"};

static void
priority_done(App *app, View *view, const char *text, gpointer data)
{
	Asking *asking = data;
	guint choice = choice_of(&asking->choices, text);

	if (!view || choice == G_MAXUINT)
		return;
	g_free(asking->condition->value);
	asking->condition->value = g_strdup(priority_values[choice]);
	finish(app, view, asking);
}

static const char *
value_label(const FormCondition *condition)
{
	switch (condition->subject) {
	case FORM_SIZE:
		return _("Size, as 500K or 2M:");
	case FORM_AGE:
		return _("Days:");
	case FORM_SPAM:
		return _("Score from 1 to 10:");
	default:
		return condition->verb == FORM_DOMAIN ? _("Domain:") : _("What to look for:");
	}
}

static void
ask_value(View *view, Asking *asking)
{
	const FormCondition *condition = asking->condition;
	PromptSpec spec = {.view = view,
		.label = value_label(condition),
		.initial = condition->value,
		.history = "rule",
		.done = value_done,
		.data = asking,
		.free_data = asking_free};

	if (condition->verb == FORM_EXISTS) {
		g_clear_pointer(&asking->condition->value, g_free);
		finish(view->app, view, asking);
		asking_free(asking);
		return;
	}
	if (condition->subject == FORM_PRIORITY) {
		asking->choices = (Choices){asking->texts, G_N_ELEMENTS(priorities), 0};
		for (guint i = 0; i < G_N_ELEMENTS(priorities); i++) {
			asking->texts[i] = _(priorities[i]);
			if (g_strcmp0(condition->value, priority_values[i]) == 0)
				asking->choices.first = i;
		}
		spec.label = _("Priority:");
		spec.initial = NULL;
		spec.history = NULL;
		spec.live = spec.pick = TRUE;
		spec.complete = asking_complete;
		spec.done = priority_done;
	}
	app_prompt(view->app, &spec);
}

static void
verb_done(App *app, View *view, const char *text, gpointer data)
{
	Asking *asking = data;
	guint choice = choice_of(&asking->choices, text);

	(void)app;
	if (!view || choice == G_MAXUINT)
		return;
	asking->condition->verb = (FormVerb)choice;
	ask_value(view, asking_next(asking));
}

static void
ask_verb(View *view, Asking *asking)
{
	FormCondition *condition = asking->condition;
	guint count = 0;
	PromptSpec spec = {.view = view,
		.live = TRUE,
		.pick = TRUE,
		.complete = asking_complete,
		.done = verb_done,
		.data = asking,
		.free_data = asking_free};
	g_autofree char *label = g_strdup_printf("%s:", condition->subject == FORM_HEADER
								? condition->field
								: form_subject_words(condition->subject));

	asking->choices = (Choices){asking->texts, VERBS, G_MAXUINT};
	for (guint verb = VERBS; verb-- > 0;) {
		gboolean takes = form_takes(condition->subject, (FormVerb)verb);

		asking->texts[verb] = takes ? form_verb_words(condition->subject, (FormVerb)verb) : NULL;
		count += takes;
		/* The first that fits, unless it had one. */
		if (takes && (asking->is_new || !form_takes(condition->subject, condition->verb)))
			asking->choices.first = verb;
	}
	if (asking->choices.first == G_MAXUINT)
		asking->choices.first = condition->verb;
	if (count == 1) {
		condition->verb = (FormVerb)asking->choices.first;
		ask_value(view, asking);
		return;
	}
	spec.label = label;
	app_prompt(view->app, &spec);
}

static void
field_done(App *app, View *view, const char *text, gpointer data)
{
	Asking *asking = data;

	(void)app;
	if (!view || !text || *text == '\0')
		return;
	g_free(asking->condition->field);
	asking->condition->field = g_strdup(text);
	ask_verb(view, asking_next(asking));
}

static void
subject_done(App *app, View *view, const char *text, gpointer data)
{
	Asking *asking = data;
	guint choice = choice_of(&asking->choices, text);
	PromptSpec spec = {.view = view,
		.label = _("Name of the header:"),
		.history = "header",
		.done = field_done,
		.free_data = asking_free};

	if (!view || choice == G_MAXUINT)
		return;
	if (asking->condition->subject != (FormSubject)choice)
		g_clear_pointer(&asking->condition->value, g_free);
	asking->condition->subject = (FormSubject)choice;
	if (choice != FORM_HEADER) {
		g_clear_pointer(&asking->condition->field, g_free);
		ask_verb(view, asking_next(asking));
		return;
	}
	spec.initial = asking->condition->field;
	spec.data = asking_next(asking);
	app_prompt(app, &spec);
}

void
rule_ask_condition(View *view, const FormCondition *old, guint at, RuleCondition chosen)
{
	Asking *asking = g_new0(Asking, 1);
	PromptSpec spec = {.view = view,
		.label = _("Condition on:"),
		.live = TRUE,
		.pick = TRUE,
		.complete = asking_complete,
		.done = subject_done,
		.data = asking,
		.free_data = asking_free};

	asking->condition =
		old ? form_condition_copy(old) : form_condition_new(FORM_FROM, FORM_CONTAINS, NULL);
	asking->is_new = old == NULL;
	asking->at = at;
	asking->chosen = chosen;
	asking->choices = (Choices){asking->texts, SUBJECTS, asking->condition->subject};
	for (guint i = 0; i < SUBJECTS; i++)
		asking->texts[i] = i == FORM_KNOWN ? _("sender is somebody you wrote to")
						   : form_subject_words((FormSubject)i);
	app_prompt(view->app, &spec);
}

/* ---- a folder
 * ----------------------------------------------------------------------------------------------- */

typedef struct {
	UiAccount *account; /* accounts stay as long as the app */
	char *first;
	RuleFolder chosen;
	gpointer data;
	GDestroyNotify free_data;
} FolderAsked;

static void
folder_asked_free(gpointer data)
{
	FolderAsked *asked = data;

	if (asked->free_data)
		asked->free_data(asked->data);
	g_free(asked->first);
	g_free(asked);
}

static void
complete_folder(App *app, const char *text, gsize *start, GPtrArray *candidates, gpointer data)
{
	const FolderAsked *asked = data;
	g_autoptr(Fuzzy) fuzzy = fuzzy_new(text);

	(void)app;
	*start = 0;
	for (guint i = 0; i < asked->account->folders->len; i++) {
		const StoreFolder *folder = g_ptr_array_index(asked->account->folders, i);
		int score = fuzzy_score(fuzzy, folder->name);

		if (*text == '\0' && g_strcmp0(folder->name, asked->first) == 0)
			score = 1;
		if (score != FUZZY_NONE && folder->selectable)
			g_ptr_array_add(candidates, candidate_new(folder->name, NULL, NULL, score));
	}
	/* Last, so that Enter takes a folder that is there; alone when none fits. */
	if (*text && !account_folder(asked->account, text))
		g_ptr_array_add(candidates, candidate_new(text, _("a new folder"), NULL, G_MININT + 1));
}

static void
folder_done(App *app, View *view, const char *text, gpointer data)
{
	FolderAsked *asked = data;

	if (view && text && *text)
		asked->chosen(app, view, text, account_folder(asked->account, text) == NULL, asked->data);
}

void
rule_ask_folder(View *view, UiAccount *account, const char *label, const char *first, RuleFolder chosen,
	gpointer data, GDestroyNotify free_data)
{
	FolderAsked *asked = g_new0(FolderAsked, 1);
	PromptSpec spec = {.view = view,
		.label = label,
		.history = "folder",
		.live = TRUE,
		.pick = TRUE,
		.complete = complete_folder,
		.done = folder_done,
		.data = asked,
		.free_data = folder_asked_free};

	*asked = (FolderAsked){account, g_strdup(first), chosen, data, free_data};
	app_prompt(view->app, &spec);
}

/* ---- an action
 * -------------------------------------------------------------------------------------------------- */

#define ACTIONS (FORM_STOP + 1)

typedef struct {
	UiAccount *account;
	FormAction *action;
	guint at;
	RuleAction chosen;
	const char *texts[ACTIONS];
	Choices choices;
} Acting;

static void
acting_free(gpointer data)
{
	Acting *acting = data;

	form_action_free(acting->action);
	g_free(acting);
}

static Acting *
acting_next(Acting *acting)
{
	Acting *next = g_memdup2(acting, sizeof *acting);

	acting->action = NULL;
	return next;
}

static void
acting_complete(App *app, const char *text, gsize *start, GPtrArray *candidates, gpointer data)
{
	(void)app;
	*start = 0;
	complete_choices(&((Acting *)data)->choices, text, candidates);
}

static void
acted(App *app, View *view, Acting *acting)
{
	acting->chosen(app, view, g_steal_pointer(&acting->action), acting->at);
}

static void
folder_chosen(App *app, View *view, const char *folder, gboolean fresh, gpointer data)
{
	Acting *acting = data;

	g_free(acting->action->value);
	acting->action->value = g_strdup(folder);
	acting->action->create = fresh;
	acted(app, view, acting);
}

static void
word_done(App *app, View *view, const char *text, gpointer data)
{
	Acting *acting = data;

	if (!view || !text || (*text == '\0' && acting->action->kind != FORM_NOTIFY))
		return;
	g_free(acting->action->value);
	acting->action->value = *text ? g_strdup(text) : NULL;
	acted(app, view, acting);
}

/* The label of the prompt for an action that takes a word; NULL: it takes none. */
static const char *
word_label(FormActionKind kind)
{
	switch (kind) {
	case FORM_FLAG:
		return _("Flag:");
	case FORM_LABEL:
		return _("Label:");
	case FORM_FORWARD:
		return _("Forward to:");
	case FORM_NOTIFY:
		return _("Words (empty: subject and sender):");
	default:
		return NULL;
	}
}

static void
kind_done(App *app, View *view, const char *text, gpointer data)
{
	Acting *acting = data, *next;
	guint kind = choice_of(&acting->choices, text);
	PromptSpec spec = {.view = view, .history = "rule", .done = word_done, .free_data = acting_free};

	if (!view || kind == G_MAXUINT)
		return;
	if (acting->action->kind != (FormActionKind)kind) {
		g_clear_pointer(&acting->action->value, g_free);
		acting->action->create = FALSE;
	}
	acting->action->kind = (FormActionKind)kind;
	next = acting_next(acting);
	if (kind == FORM_MOVE || kind == FORM_COPY) {
		const char *first = next->action->value ? next->action->value : app->last_target;

		rule_ask_folder(view, next->account, kind == FORM_MOVE ? _("Move to:") : _("Copy to:"), first,
			folder_chosen, next, acting_free);
		return;
	}
	spec.label = word_label(next->action->kind);
	spec.initial = next->action->value ? next->action->value : kind == FORM_FLAG ? "\\Flagged" : NULL;
	spec.data = next;
	if (spec.label) {
		app_prompt(app, &spec);
		return;
	}
	acted(app, view, next);
	acting_free(next);
}

void
rule_ask_action(View *view, UiAccount *account, const FormAction *old, guint at, RuleAction chosen)
{
	Acting *acting = g_new0(Acting, 1);
	PromptSpec spec = {.view = view,
		.label = _("Then:"),
		.live = TRUE,
		.pick = TRUE,
		.complete = acting_complete,
		.done = kind_done,
		.data = acting,
		.free_data = acting_free};

	acting->account = account;
	acting->action = old ? form_action_copy(old) : form_action_new(FORM_MOVE, NULL);
	acting->at = at;
	acting->chosen = chosen;
	acting->choices = (Choices){acting->texts, ACTIONS, acting->action->kind};
	for (guint i = 0; i < ACTIONS; i++)
		acting->texts[i] = form_action_brief((FormActionKind)i);
	app_prompt(view->app, &spec);
}
