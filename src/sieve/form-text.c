/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes conditions and actions as Sieve that means the same on any server, and
 * checks beforehand that they can be written.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sieve/form-private.h"
#include "sieve/sieve.h"
#include "util/fault.h"
#include "util/i18n.h"

/* Octets of a value, a name, a field's name. */
#define VALUE_LIMIT 1000
#define FIELD_LIMIT 100
#define SIZE_LIMIT G_GUINT64_CONSTANT(2147483647) /* what every implementation knows (RFC 5228, 2.4.1) */
#define DAYS_LIMIT 99999
#define SCORE_LIMIT 10

void
form_quote(GString *out, const char *value)
{
	g_string_append_c(out, '"');
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *value);
	}
	g_string_append_c(out, '"');
}

char *
form_glob_escape(const char *value)
{
	GString *out = g_string_new(NULL);

	for (; *value; value++) {
		if (strchr("*?\\", *value))
			g_string_append_c(out, '\\');
		g_string_append_c(out, *value);
	}
	return g_string_free(out, FALSE);
}

char *
form_glob_unescape(const char *pattern)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (; *pattern; pattern++) {
		if (*pattern == '*' || *pattern == '?')
			return NULL;
		if (*pattern == '\\' && !*++pattern)
			return NULL;
		g_string_append_c(out, *pattern);
	}
	return g_strdup(out->str);
}

/* ---- conditions ----------------------------------------------------------------------------- */

static void
append_list(GString *out, const char *const *items, guint count)
{
	if (count != 1)
		g_string_append_c(out, '[');
	for (guint i = 0; i < count; i++) {
		if (i > 0)
			g_string_append(out, ", ");
		form_quote(out, items[i]);
	}
	if (count != 1)
		g_string_append_c(out, ']');
}

/*
 * The fields that say how urgent a message is, in the order in which they are
 * believed, and the words (mime_priority() is the same for the index): the first
 * field that says high or low decides.
 */
static const char *const priority_fields[] = {"x-priority", "importance", "priority", "x-msmail-priority"};
static const char *const high_words[] = {"1", "2", "high", "highest", "urgent"};
static const char *const low_words[] = {"4", "5", "low", "lowest", "non-urgent"};
#define PRIORITY_WORDS 5

/* One of count fields from there says that it is high, or low: a word alone or before a comment. */
static void
append_says(GString *out, guint from, guint count, gboolean high, gboolean low)
{
	g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < 2 * PRIORITY_WORDS; i++) {
		gboolean is_high = i < PRIORITY_WORDS;
		const char *word = is_high ? high_words[i] : low_words[i - PRIORITY_WORDS];

		if (is_high ? !high : !low)
			continue;
		g_ptr_array_add(keys, g_strdup(word));
		g_ptr_array_add(keys, g_strconcat(word, " *", NULL));
		g_ptr_array_add(keys, g_strconcat(word, "(*", NULL));
	}
	g_string_append(out, "header :matches ");
	append_list(out, priority_fields + from, count);
	g_string_append_c(out, ' ');
	append_list(out, (const char *const *)keys->pdata, keys->len);
}

static void
append_priority(GString *out, const char *value, gboolean negated)
{
	gboolean high = strcmp(value, "high") == 0;

	if (strcmp(value, "normal") == 0) {
		if (!negated)
			g_string_append(out, "not ");
		append_says(out, 0, G_N_ELEMENTS(priority_fields), TRUE, TRUE);
		return;
	}
	g_string_append_printf(out, "%sanyof (", negated ? "not " : "");
	for (guint i = 0; i < G_N_ELEMENTS(priority_fields); i++) {
		if (i > 0) {
			g_string_append(out, ", allof (not ");
			append_says(out, 0, i, !high, high);
			g_string_append(out, ", ");
		}
		append_says(out, i, 1, high, !high);
		if (i > 0)
			g_string_append_c(out, ')');
	}
	g_string_append_c(out, ')');
}

static const char *
match_tag(FormVerb verb)
{
	return verb == FORM_CONTAINS  ? ":contains"
	       : verb == FORM_MATCHES ? ":matches"
	       : verb == FORM_REGEX   ? ":regex"
				      : ":is";
}

static void
append_address(GString *out, const FormCondition *condition)
{
	static const char *const from[] = {"from"}, *const to[] = {"to", "cc"};
	const char *const *fields = condition->subject == FORM_FROM ? from : to;
	guint count = condition->subject == FORM_FROM ? G_N_ELEMENTS(from) : G_N_ELEMENTS(to);

	if (condition->verb == FORM_DOMAIN) {
		g_autofree char *domain = form_glob_escape(condition->value);
		g_autofree char *below = g_strconcat("*.", domain, NULL);
		const char *const keys[] = {domain, below};

		g_string_append(out, "address :domain :matches ");
		append_list(out, fields, count);
		g_string_append_c(out, ' ');
		append_list(out, keys, G_N_ELEMENTS(keys));
		return;
	}
	g_string_append_printf(out, "address :all %s ", match_tag(condition->verb));
	append_list(out, fields, count);
	g_string_append_c(out, ' ');
	form_quote(out, condition->value);
}

static void
append_header(GString *out, const FormCondition *condition, const char *field)
{
	if (condition->verb == FORM_EXISTS) {
		g_string_append(out, "exists ");
		form_quote(out, field);
	} else if (condition->subject == FORM_LIST && condition->verb == FORM_IS) {
		/* List-Id: words <id>, or the id alone. */
		g_autofree char *id = form_glob_escape(condition->value);
		g_autofree char *inside = g_strconcat("*<", id, ">*", NULL);
		const char *const keys[] = {id, inside};

		g_string_append(out, "header :matches \"list-id\" ");
		append_list(out, keys, G_N_ELEMENTS(keys));
	} else {
		g_string_append_printf(out, "header %s ", match_tag(condition->verb));
		form_quote(out, field);
		g_string_append_c(out, ' ');
		form_quote(out, condition->value);
	}
}

static gboolean
is_turned(const FormCondition *condition)
{
	/* "younger" is written as "not older": true of what a server cannot judge, which has just come. */
	return condition->subject == FORM_AGE && condition->verb == FORM_UNDER;
}

char *
form_condition_text(const FormCondition *condition)
{
	GString *out = g_string_new(NULL);

	if (condition->subject == FORM_PRIORITY) {
		append_priority(out, condition->value, condition->negated);
		return g_string_free(out, FALSE);
	}
	if (condition->negated != is_turned(condition))
		g_string_append(out, "not ");
	switch (condition->subject) {
	case FORM_FROM:
	case FORM_TO:
		append_address(out, condition);
		break;
	case FORM_SIZE:
		g_string_append_printf(out, "size %s %s", condition->verb == FORM_OVER ? ":over" : ":under",
			condition->value);
		break;
	case FORM_AGE:
		g_string_append(out,
			"environment :value \"ge\" :comparator \"i;ascii-numeric\" \"" SIEVE_ENVIRONMENT_AGE
			"\" ");
		form_quote(out, condition->value);
		break;
	case FORM_SPAM:
		g_string_append_printf(out, "spamtest :value \"%s\" :comparator \"i;ascii-numeric\" ",
			condition->verb == FORM_OVER ? "ge" : "lt");
		form_quote(out, condition->value);
		break;
	case FORM_BODY:
		g_string_append_printf(out, "body :text %s ", match_tag(condition->verb));
		form_quote(out, condition->value);
		break;
	case FORM_KNOWN:
		g_string_append(out, "address :list \"from\" \":addrbook:default\"");
		break;
	default:
		append_header(out, condition,
			condition->subject == FORM_LIST      ? "list-id"
			: condition->subject == FORM_SUBJECT ? "subject"
							     : condition->field);
		break;
	}
	return g_string_free(out, FALSE);
}

/* ---- rules ----------------------------------------------------------------------------------- */

static void
append_tests(GString *out, const FormRule *rule, const char *eol)
{
	/* A rule that is off has its test on one line, for it stands in a comment. */
	const char *separator = rule->enabled ? eol : " ", *indent = rule->enabled ? "\t" : "";
	guint count = rule->join == FORM_ALWAYS ? 0 : rule->conditions->len;

	if (count == 0)
		g_string_append(out, "true");
	else if (count > 1)
		g_string_append_printf(out, "%s (%s%s", rule->join == FORM_ANY ? "anyof" : "allof",
			rule->enabled ? eol : "", indent);
	for (guint i = 0; i < count; i++) {
		g_autofree char *text = form_condition_text(g_ptr_array_index(rule->conditions, i));

		if (i > 0)
			g_string_append_printf(out, ",%s%s", separator, indent);
		g_string_append(out, text);
	}
	if (count > 1)
		g_string_append_c(out, ')');
}

static const char *
flag_of(const FormAction *action)
{
	return action->kind == FORM_READ                                 ? "\\Seen"
	       : action->kind == FORM_FLAG || action->kind == FORM_LABEL ? action->value
									 : NULL;
}

static void
append_flags(GString *out, const FormRule *rule, const char *eol)
{
	g_autoptr(GPtrArray) flags = g_ptr_array_new();

	for (guint i = 0; i < rule->actions->len; i++) {
		const char *flag = flag_of(g_ptr_array_index(rule->actions, i));

		if (flag)
			g_ptr_array_add(flags, (gpointer)flag);
	}
	if (flags->len == 0)
		return;
	g_string_append(out, "\taddflag ");
	append_list(out, (const char *const *)flags->pdata, flags->len);
	g_string_append_printf(out, ";%s", eol);
}

static void
append_action(GString *out, const FormAction *action, const char *eol)
{
	switch (action->kind) {
	case FORM_MOVE:
	case FORM_COPY:
		g_string_append_printf(out, "\tfileinto %s%s", action->kind == FORM_COPY ? ":copy " : "",
			action->create ? ":create " : "");
		form_quote(out, action->value);
		break;
	case FORM_FORWARD:
		g_string_append(out, "\tredirect :copy ");
		form_quote(out, action->value);
		break;
	case FORM_NOTIFY:
		g_string_append(out, "\tnotify ");
		if (action->value) {
			g_string_append(out, ":message ");
			form_quote(out, action->value);
			g_string_append_c(out, ' ');
		}
		form_quote(out, FORM_NOTIFY_METHOD);
		break;
	case FORM_TRASH:
		g_string_append(out, "\tdiscard");
		break;
	case FORM_KEEP:
		g_string_append(out, "\tkeep");
		break;
	default:
		return;
	}
	g_string_append_printf(out, ";%s", eol);
}

static gboolean
has_stop(const FormRule *rule)
{
	for (guint i = 0; i < rule->actions->len; i++)
		if (((const FormAction *)g_ptr_array_index(rule->actions, i))->kind == FORM_STOP)
			return TRUE;
	return FALSE;
}

void
form_write_rule(GString *out, const FormRule *rule, const char *eol)
{
	g_string_append_printf(out, "# rule:[%s]%sif %s", rule->name, eol, rule->enabled ? "" : "false # ");
	append_tests(out, rule, eol);
	g_string_append_printf(out, "%s{%s", eol, eol);
	/* Flags go with a fileinto only when they were set before it. */
	append_flags(out, rule, eol);
	for (guint i = 0; i < rule->actions->len; i++)
		append_action(out, g_ptr_array_index(rule->actions, i), eol);
	if (has_stop(rule))
		g_string_append_printf(out, "\tstop;%s", eol);
	g_string_append_printf(out, "}%s", eol);
}

static void
require(GHashTable *names, const char *name)
{
	g_hash_table_add(names, g_strdup(name));
}

static void
condition_requires(const FormCondition *condition, GHashTable *names)
{
	if (condition->verb == FORM_REGEX)
		require(names, "regex");
	if (condition->subject == FORM_AGE)
		require(names, "environment");
	if (condition->subject == FORM_SPAM)
		require(names, "spamtest");
	if (condition->subject == FORM_BODY)
		require(names, "body");
	if (condition->subject == FORM_KNOWN)
		require(names, "extlists");
	if (condition->subject == FORM_AGE || condition->subject == FORM_SPAM) {
		require(names, "relational");
		require(names, "comparator-i;ascii-numeric");
	}
}

static void
action_requires(const FormAction *action, GHashTable *names)
{
	if (action->kind == FORM_MOVE || action->kind == FORM_COPY)
		require(names, "fileinto");
	if (action->kind == FORM_COPY || action->kind == FORM_FORWARD)
		require(names, "copy");
	if (action->create)
		require(names, "mailbox");
	if (flag_of(action))
		require(names, "imap4flags");
	if (action->kind == FORM_NOTIFY)
		require(names, "enotify");
}

void
form_rule_requires(const FormRule *rule, GHashTable *names)
{
	for (guint i = 0; rule->enabled && i < rule->conditions->len; i++)
		condition_requires(g_ptr_array_index(rule->conditions, i), names);
	for (guint i = 0; i < rule->actions->len; i++)
		action_requires(g_ptr_array_index(rule->actions, i), names);
}

/* ---- checks ---------------------------------------------------------------------------------- */

#define VERBS_OF_TEXT (1u << FORM_CONTAINS | 1u << FORM_IS | 1u << FORM_MATCHES | 1u << FORM_REGEX)
#define VERBS_OF_NUMBER (1u << FORM_OVER | 1u << FORM_UNDER)

gboolean
form_takes(FormSubject subject, FormVerb verb)
{
	static const guint verbs[] = {
		[FORM_FROM] = VERBS_OF_TEXT | 1u << FORM_DOMAIN,
		[FORM_TO] = VERBS_OF_TEXT | 1u << FORM_DOMAIN,
		[FORM_LIST] = VERBS_OF_TEXT | 1u << FORM_EXISTS,
		[FORM_SUBJECT] = VERBS_OF_TEXT,
		[FORM_PRIORITY] = 1u << FORM_IS,
		[FORM_SIZE] = VERBS_OF_NUMBER,
		[FORM_AGE] = VERBS_OF_NUMBER,
		[FORM_HEADER] = VERBS_OF_TEXT | 1u << FORM_EXISTS,
		[FORM_BODY] = VERBS_OF_TEXT,
		[FORM_SPAM] = VERBS_OF_NUMBER,
		[FORM_KNOWN] = 1u << FORM_EXISTS,
	};

	return verbs[subject] >> verb & 1;
}

static gboolean
refuse(GError **error, const char *words)
{
	fault_set(error, FAULT_INPUT, "%s", words);
	return FALSE;
}

static gboolean
is_clean(const char *text)
{
	for (const char *p = text; *p; p++)
		if ((guchar)*p < ' ' || *p == '\177')
			return FALSE;
	return strlen(text) <= VALUE_LIMIT && g_utf8_validate(text, -1, NULL);
}

static gboolean
number_in(const char *text, guint64 least, guint64 most)
{
	gsize digits = strspn(text, "0123456789");
	guint64 number = g_ascii_strtoull(text, NULL, 10);

	return digits > 0 && digits <= 10 && text[digits] == '\0' && number >= least && number <= most;
}

static gboolean
size_check(const char *value)
{
	gsize digits = strspn(value, "0123456789");
	guint64 unit = 1;

	if (digits == 0 || digits > 10 || (value[digits] && value[digits + 1]))
		return FALSE;
	switch (g_ascii_toupper(value[digits])) {
	case '\0':
		break;
	case 'K':
		unit = 1u << 10;
		break;
	case 'M':
		unit = 1u << 20;
		break;
	case 'G':
		unit = 1u << 30;
		break;
	default:
		return FALSE;
	}
	return g_ascii_strtoull(value, NULL, 10) <= SIZE_LIMIT / unit;
}

static gboolean
field_check(const char *field, GError **error)
{
	gboolean fine = field && *field && strlen(field) <= FIELD_LIMIT;

	for (const char *p = field; fine && *p; p++)
		fine = *p > ' ' && *p < '\177' && *p != ':';
	return fine ? TRUE
		    : refuse(error, _("A header field has a name of letters and hyphens, such as X-Mailer."));
}

static gboolean
condition_check(const FormCondition *condition, GError **error)
{
	static const char *const priorities[] = {"high", "normal", "low", NULL};
	const char *value = condition->value;

	if (!form_takes(condition->subject, condition->verb))
		return refuse(error, _("This condition cannot be asked that way."));
	if (condition->subject == FORM_HEADER && !field_check(condition->field, error))
		return FALSE;
	if (condition->verb == FORM_EXISTS)
		return TRUE;
	if (!value || !*value)
		return refuse(error, _("A condition has nothing to look for."));
	if (!is_clean(value))
		return refuse(
			error, _("What a condition looks for is one line of text, at most 1,000 octets."));
	switch (condition->subject) {
	case FORM_PRIORITY:
		return g_strv_contains(priorities, value)
			       ? TRUE
			       : refuse(error, _("A priority is high, normal or low."));
	case FORM_SIZE:
		return size_check(value)
			       ? TRUE
			       : refuse(error, _("A size is a number with K or M behind it: 500K, 2M."));
	case FORM_AGE:
		return number_in(value, 1, DAYS_LIMIT) ? TRUE
						       : refuse(error, _("An age is a number of days."));
	case FORM_SPAM:
		return number_in(value, 1, SCORE_LIMIT)
			       ? TRUE
			       : refuse(error, _("A spam score is a number from 1 to 10."));
	default:
		return TRUE;
	}
}

/* A keyword as IMAP takes it (RFC 9051: flag-keyword is an atom). */
static gboolean
is_keyword(const char *value)
{
	for (const char *p = value; *p; p++)
		if (*p <= ' ' || *p >= '\177' || strchr("(){}%*\"\\]", *p))
			return FALSE;
	return *value != '\0' && strlen(value) <= FIELD_LIMIT;
}

static gboolean
address_check(const char *value)
{
	const char *at = strrchr(value, '@');

	return at && at != value && at[1] && !strpbrk(value, " \t<>,;\"");
}

static gboolean
action_check(const FormAction *action, GError **error)
{
	const char *value = action->value;

	if (value && !is_clean(value))
		return refuse(error, _("What an action is given is one line of text, at most 1,000 octets."));
	switch (action->kind) {
	case FORM_MOVE:
	case FORM_COPY:
		return value && *value ? TRUE : refuse(error, _("An action has no folder yet."));
	case FORM_FLAG:
		return value && value[0] == '\\' && is_keyword(value + 1)
			       ? TRUE
			       : refuse(error, _("A flag is a backslash and a word, such as \\Flagged."));
	case FORM_LABEL:
		return value && is_keyword(value)
			       ? TRUE
			       : refuse(error, _("A label is one word, without blanks or quotes."));
	case FORM_FORWARD:
		return value && address_check(value) ? TRUE
						     : refuse(error, _("Forwarding needs an address."));
	case FORM_NOTIFY:
		return !value || *value
			       ? TRUE
			       : refuse(error, _("A notification says something, or nothing of its own."));
	default:
		return TRUE;
	}
}

gboolean
form_parts_check(const FormRule *rule, GError **error)
{
	if (rule->join != FORM_ALWAYS && rule->conditions->len == 0)
		return refuse(error, _("The rule has no condition yet: add one, or let it hold always."));
	for (guint i = 0; rule->join != FORM_ALWAYS && i < rule->conditions->len; i++)
		if (!condition_check(g_ptr_array_index(rule->conditions, i), error))
			return FALSE;
	if (rule->actions->len == 0)
		return refuse(error, _("The rule does nothing yet: add an action."));
	for (guint i = 0; i < rule->actions->len; i++)
		if (!action_check(g_ptr_array_index(rule->actions, i), error))
			return FALSE;
	return TRUE;
}

gboolean
form_rule_check(const FormRule *rule, GError **error)
{
	if (rule->hand_written)
		return TRUE;
	if (!rule->name || !*rule->name || !is_clean(rule->name) || strchr(rule->name, ']'))
		return refuse(error, _("A rule needs a name of one line, without the sign ]."));
	return form_parts_check(rule, error);
}
