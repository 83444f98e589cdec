/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sieve/form-private.h"
#include "util/i18n.h"
#include "util/text.h"

const char *
form_subject_words(FormSubject subject)
{
	static const char *const words[] = {
		[FORM_FROM] = N_("from"),
		[FORM_TO] = N_("to or cc"),
		[FORM_LIST] = N_("list"),
		[FORM_SUBJECT] = N_("subject"),
		[FORM_PRIORITY] = N_("priority"),
		[FORM_SIZE] = N_("size"),
		[FORM_AGE] = N_("age in days"),
		[FORM_HEADER] = N_("header"),
		[FORM_BODY] = N_("text"),
		[FORM_SPAM] = N_("spam score"),
		[FORM_KNOWN] = N_("sender"),
	};

	return _(words[subject]);
}

/* What is said, and its opposite: of %s (what is looked at) and %s (what for). */
static const struct {
	const char *yes, *no, *brief;
} verbs[] = {
	[FORM_CONTAINS] = {N_("%s contains %s"), N_("%s does not contain %s"), N_("contains")},
	[FORM_IS] = {N_("%s is %s"), N_("%s is not %s"), N_("is")},
	[FORM_MATCHES] = {N_("%s looks like %s"), N_("%s does not look like %s"),
		N_("looks like (with * and ?)")},
	[FORM_REGEX] = {N_("%s fits the expression %s"), N_("%s does not fit the expression %s"),
		N_("fits the regular expression")},
	[FORM_DOMAIN] = {N_("%s is at %s"), N_("%s is not at %s"), N_("is at the domain")},
	[FORM_EXISTS] = {N_("%s is there"), N_("%s is not there"), N_("is there")},
	[FORM_OVER] = {N_("%s is over %s"), N_("%s is not over %s"), N_("is over")},
	[FORM_UNDER] = {N_("%s is under %s"), N_("%s is not under %s"), N_("is under")},
};

const char *
form_verb_words(FormSubject subject, FormVerb verb)
{
	if (subject == FORM_KNOWN)
		return _("is somebody you wrote to");
	if (subject == FORM_AGE || subject == FORM_SPAM)
		return verb == FORM_OVER ? _("is at least") : _("is less than");
	return _(verbs[verb].brief);
}

static char *
number_words(const FormCondition *condition)
{
	gboolean over = (condition->verb == FORM_OVER) != condition->negated;

	if (condition->subject == FORM_AGE)
		return g_strdup_printf(
			over ? _("%s days old or older") : _("less than %s days old"), condition->value);
	return g_strdup_printf(
		over ? _("spam score at least %s") : _("spam score less than %s"), condition->value);
}

static char *
filled(const char *format, const char *first, const char *second)
{
	GString *out = g_string_new(NULL);
	const char *const parts[] = {first, second};
	guint i = 0;

	/* Not by printf: a sentence without an object takes one part only. */
	for (const char *p = format; *p; p++)
		if (p[0] == '%' && p[1] == 's' && i < G_N_ELEMENTS(parts)) {
			g_string_append(out, parts[i] ? parts[i] : "");
			i++;
			p++;
		} else {
			g_string_append_c(out, *p);
		}
	return g_string_free(out, FALSE);
}

static char *
condition_words(const FormCondition *condition)
{
	const char *about =
		condition->subject == FORM_HEADER ? condition->field : form_subject_words(condition->subject);

	if (condition->subject == FORM_KNOWN)
		return g_strdup(condition->negated ? _("sender is nobody you wrote to")
						   : _("sender is somebody you wrote to"));
	if (condition->subject == FORM_AGE || condition->subject == FORM_SPAM)
		return number_words(condition);
	return filled(_(condition->negated ? verbs[condition->verb].no : verbs[condition->verb].yes), about,
		condition->value);
}

char *
form_condition_words(const FormCondition *condition)
{
	g_autofree char *words = condition_words(condition);

	return text_safe(words, -1, TEXT_MARKS);
}

char *
form_conditions_words(const FormRule *rule)
{
	g_autoptr(GString) out = g_string_new(NULL);

	if (rule->hand_written)
		return g_strdup(_("hand-written"));
	if (rule->join == FORM_ALWAYS || rule->conditions->len == 0)
		return g_strdup(_("every message"));
	for (guint i = 0; i < rule->conditions->len; i++) {
		g_autofree char *words = form_condition_words(g_ptr_array_index(rule->conditions, i));

		if (i > 0)
			g_string_append(out, rule->join == FORM_ANY ? _("  or  ") : _("  and  "));
		g_string_append(out, words);
	}
	return g_strdup(out->str);
}

/* ---- actions ---------------------------------------------------------------------------------- */

static const struct {
	const char *brief, *words; /* words: with %s where it takes a value */
} actions[] = {
	[FORM_MOVE] = {N_("move to a folder"), N_("move to %s")},
	[FORM_COPY] = {N_("copy to a folder"), N_("copy to %s")},
	[FORM_FLAG] = {N_("set a flag"), N_("flag %s")},
	[FORM_LABEL] = {N_("give a label"), N_("label %s")},
	[FORM_READ] = {N_("mark read"), N_("mark read")},
	[FORM_FORWARD] = {N_("forward, and keep a copy"), N_("forward to %s")},
	[FORM_NOTIFY] = {N_("notify on the desktop"), N_("notify")},
	[FORM_TRASH] = {N_("move to Trash"), N_("move to Trash")},
	[FORM_KEEP] = {N_("keep it here as well"), N_("keep here")},
	[FORM_STOP] = {N_("stop: no later rule sees it"), N_("stop")},
};

const char *
form_action_brief(FormActionKind kind)
{
	return _(actions[kind].brief);
}

char *
form_action_words(const FormAction *action)
{
	g_autofree char *words = NULL;

	if (action->kind == FORM_FLAG && g_ascii_strcasecmp(action->value, "\\Flagged") == 0)
		words = g_strdup(_("flag"));
	else if (action->kind == FORM_NOTIFY && action->value)
		words = g_strdup_printf(_("notify \"%s\""), action->value);
	else
		words = filled(_(actions[action->kind].words), action->value, NULL);
	return text_safe(words, -1, TEXT_MARKS);
}

/* Where it goes comes first, then what is set on it, then stop: as one says it, not as Sieve wants it. */
static guint
place_of(const FormAction *action)
{
	switch (action->kind) {
	case FORM_FLAG:
	case FORM_LABEL:
	case FORM_READ:
		return 1;
	case FORM_STOP:
		return 2;
	default:
		return 0;
	}
}

char *
form_actions_words(const FormRule *rule)
{
	g_autoptr(GString) out = g_string_new(NULL);

	if (rule->hand_written)
		return g_strdup(_("see the text"));
	for (guint place = 0; place < 3; place++)
		for (guint i = 0; i < rule->actions->len; i++) {
			const FormAction *action = g_ptr_array_index(rule->actions, i);
			g_autofree char *words = NULL;

			if (place_of(action) != place)
				continue;
			words = form_action_words(action);
			g_string_append_printf(out, "%s%s", out->len > 0 ? ", " : "", words);
		}
	return g_strdup(out->str);
}
