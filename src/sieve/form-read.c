/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Recognises rules that a form can show: those that form-text writes, and the
 * usual ones of webmail editors. What is not known exactly makes a rule
 * hand-written; so nothing is lost by opening a script.
 */
#include "config.h"

#include <string.h>

#include "sieve/form-private.h"
#include "sieve/sieve.h"

typedef struct {
	GPtrArray *tokens;
	guint at;
} Reader;

static const FormToken *
peek(const Reader *reader)
{
	return reader->at < reader->tokens->len ? g_ptr_array_index(reader->tokens, reader->at) : NULL;
}

static gboolean
is_next(const Reader *reader, FormTokenKind kind, const char *text)
{
	const FormToken *token = peek(reader);

	return token && token->kind == kind && (!text || g_ascii_strcasecmp(token->text, text) == 0);
}

static gboolean
take(Reader *reader, FormTokenKind kind, const char *text)
{
	if (!is_next(reader, kind, text))
		return FALSE;
	reader->at++;
	return TRUE;
}

/* ---- arguments ------------------------------------------------------------------------------ */

#define LISTS 2

/* What stands behind the name of a test or an action; all is borrowed from the tokens. */
typedef struct {
	const char *match, *part, *comparator, *relation, *message, *number;
	gboolean copy, create, text, bad;
	GPtrArray *lists[LISTS]; /* of char *, in order; NULL behind the last */
	guint count;
} Arguments;

static void
arguments_clear(Arguments *arguments)
{
	for (guint i = 0; i < LISTS; i++)
		g_clear_pointer(&arguments->lists[i], g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static const char *
take_string(Reader *reader)
{
	const FormToken *token = peek(reader);

	return take(reader, TOKEN_STRING, NULL) ? token->text : NULL;
}

/* A string or a list of strings. NULL: neither. */
static GPtrArray *
take_strings(Reader *reader)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new();
	const char *string;
	gboolean listed = take(reader, TOKEN_MARK, "[");

	do {
		string = take_string(reader);
		if (!string)
			return NULL;
		g_ptr_array_add(list, (gpointer)string);
	} while (listed && take(reader, TOKEN_MARK, ","));
	return listed && !take(reader, TOKEN_MARK, "]") ? NULL : g_steal_pointer(&list);
}

static void
take_tag(Reader *reader, Arguments *arguments)
{
	static const char *const matches[] = {
		":is", ":contains", ":matches", ":regex", ":list", ":over", ":under", NULL};
	static const char *const parts[] = {":all", ":domain", NULL};
	const char *tag = peek(reader)->text;

	reader->at++;
	if (g_strv_contains(matches, tag) && !arguments->match)
		arguments->match = tag;
	else if (g_strv_contains(parts, tag) && !arguments->part)
		arguments->part = tag;
	else if (strcmp(tag, ":comparator") == 0)
		arguments->comparator = take_string(reader);
	else if (strcmp(tag, ":value") == 0 && !arguments->match) {
		arguments->match = tag;
		arguments->relation = take_string(reader);
	} else if (strcmp(tag, ":message") == 0)
		arguments->message = take_string(reader);
	else if (strcmp(tag, ":copy") == 0)
		arguments->copy = TRUE;
	else if (strcmp(tag, ":create") == 0)
		arguments->create = TRUE;
	else if (strcmp(tag, ":text") == 0)
		arguments->text = TRUE;
	else
		arguments->bad = TRUE;
}

/* FALSE: something that no form writes. */
static gboolean
take_arguments(Reader *reader, Arguments *arguments)
{
	memset(arguments, 0, sizeof *arguments);
	while (!arguments->bad) {
		const FormToken *token = peek(reader);

		if (token && token->kind == TOKEN_TAG) {
			take_tag(reader, arguments);
		} else if (token && token->kind == TOKEN_NUMBER && !arguments->number) {
			arguments->number = token->text;
			reader->at++;
		} else if (token && (token->kind == TOKEN_STRING || is_next(reader, TOKEN_MARK, "["))) {
			if (arguments->count == LISTS ||
				!(arguments->lists[arguments->count] = take_strings(reader)))
				return FALSE;
			arguments->count++;
		} else {
			break;
		}
	}
	return !arguments->bad;
}

/* ---- tests --------------------------------------------------------------------------------- */

static gboolean
text_verb(const Arguments *arguments, FormVerb *verb)
{
	static const struct {
		const char *match;
		FormVerb verb;
	} rows[] = {{":is", FORM_IS}, {":contains", FORM_CONTAINS}, {":matches", FORM_MATCHES},
		{":regex", FORM_REGEX}};

	if (arguments->comparator && g_ascii_strcasecmp(arguments->comparator, "i;ascii-casemap") != 0)
		return FALSE;
	*verb = FORM_IS;
	if (!arguments->match)
		return TRUE;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (strcmp(rows[i].match, arguments->match) == 0) {
			*verb = rows[i].verb;
			return TRUE;
		}
	return FALSE;
}

static gboolean
number_verb(const Arguments *arguments, FormVerb *verb)
{
	if (g_strcmp0(arguments->match, ":value") != 0 || !arguments->relation || !arguments->comparator ||
		g_ascii_strcasecmp(arguments->comparator, "i;ascii-numeric") != 0)
		return FALSE;
	*verb = g_ascii_strcasecmp(arguments->relation, "ge") == 0 ? FORM_OVER : FORM_UNDER;
	return *verb == FORM_OVER || g_ascii_strcasecmp(arguments->relation, "lt") == 0;
}

static const char *
item(const GPtrArray *list, guint i)
{
	return g_ptr_array_index(list, i);
}

static gboolean
holds_field(const GPtrArray *list, const char *name)
{
	for (guint i = 0; i < list->len; i++)
		if (g_ascii_strcasecmp(item(list, i), name) == 0)
			return TRUE;
	return FALSE;
}

static void
add(GPtrArray *out, FormSubject subject, FormVerb verb, const char *field, const char *value)
{
	FormCondition *condition = form_condition_new(subject, verb, value);

	condition->field = g_strdup(field);
	g_ptr_array_add(out, condition);
}

/* ["V", "PREFIX V SUFFIX"] with V free of wildcards: V; NULL. The caller's. */
static char *
paired(const GPtrArray *keys, const char *prefix, const char *suffix)
{
	g_autofree char *second = keys->len == 2 ? g_strconcat(prefix, item(keys, 0), suffix, NULL) : NULL;

	return second && strcmp(second, item(keys, 1)) == 0 ? form_glob_unescape(item(keys, 0)) : NULL;
}

static gboolean
read_header(const Arguments *arguments, GPtrArray *out)
{
	const GPtrArray *fields = arguments->lists[0], *keys = arguments->lists[1];
	g_autofree char *list = NULL;
	FormVerb verb;

	if (arguments->count != 2 || arguments->part || !text_verb(arguments, &verb))
		return FALSE;
	if (verb == FORM_MATCHES && fields->len == 1 && holds_field(fields, "list-id"))
		list = paired(keys, "*<", ">*");
	if (list) {
		add(out, FORM_LIST, FORM_IS, NULL, list);
		return TRUE;
	}
	for (guint f = 0; f < fields->len; f++)
		for (guint k = 0; k < keys->len; k++) {
			gboolean is_list =
				g_ascii_strcasecmp(item(fields, f), "list-id") == 0 && verb != FORM_IS;
			gboolean is_subject = g_ascii_strcasecmp(item(fields, f), "subject") == 0;

			add(out,
				is_list      ? FORM_LIST
				: is_subject ? FORM_SUBJECT
					     : FORM_HEADER,
				verb, is_list || is_subject ? NULL : item(fields, f), item(keys, k));
		}
	return TRUE;
}

static gboolean
read_address(const Arguments *arguments, GPtrArray *out)
{
	const GPtrArray *fields = arguments->lists[0], *keys = arguments->lists[1];
	gboolean domain = g_strcmp0(arguments->part, ":domain") == 0, is_from, is_to;
	g_autofree char *below = NULL;
	FormVerb verb;

	if (arguments->count != 2)
		return FALSE;
	is_from = fields->len == 1 && holds_field(fields, "from");
	is_to = fields->len == 2 && holds_field(fields, "to") && holds_field(fields, "cc");
	if (is_from && !domain && g_strcmp0(arguments->match, ":list") == 0 && keys->len == 1 &&
		!arguments->comparator && strcmp(item(keys, 0), ":addrbook:default") == 0) {
		add(out, FORM_KNOWN, FORM_EXISTS, NULL, NULL);
		return TRUE;
	}
	if (!(is_from || is_to) || !text_verb(arguments, &verb))
		return FALSE;
	if (domain) {
		below = verb == FORM_MATCHES ? paired(keys, "*.", "") : NULL;
		if (below)
			add(out, is_from ? FORM_FROM : FORM_TO, FORM_DOMAIN, NULL, below);
		return below != NULL;
	}
	for (guint k = 0; k < keys->len; k++)
		add(out, is_from ? FORM_FROM : FORM_TO, verb, NULL, item(keys, k));
	return TRUE;
}

static gboolean
read_exists(const Arguments *arguments, GPtrArray *out)
{
	gboolean is_list;

	/* Of several fields all must be there: an allof, not a list of alternatives. */
	if (arguments->count != 1 || arguments->match || arguments->lists[0]->len != 1)
		return FALSE;
	is_list = holds_field(arguments->lists[0], "list-id");
	add(out, is_list ? FORM_LIST : FORM_HEADER, FORM_EXISTS,
		is_list ? NULL : item(arguments->lists[0], 0), NULL);
	return TRUE;
}

static gboolean
read_size(const Arguments *arguments, GPtrArray *out)
{
	gboolean over = g_strcmp0(arguments->match, ":over") == 0;

	if (arguments->count != 0 || !arguments->number ||
		(!over && g_strcmp0(arguments->match, ":under") != 0))
		return FALSE;
	add(out, FORM_SIZE, over ? FORM_OVER : FORM_UNDER, NULL, arguments->number);
	return TRUE;
}

static gboolean
read_body(const Arguments *arguments, GPtrArray *out)
{
	FormVerb verb;

	if (arguments->count != 1 || !arguments->text || !text_verb(arguments, &verb))
		return FALSE;
	for (guint k = 0; k < arguments->lists[0]->len; k++)
		add(out, FORM_BODY, verb, NULL, item(arguments->lists[0], k));
	return TRUE;
}

static gboolean
read_spam(const Arguments *arguments, GPtrArray *out)
{
	FormVerb verb;

	if (arguments->count != 1 || arguments->lists[0]->len != 1 || !number_verb(arguments, &verb))
		return FALSE;
	add(out, FORM_SPAM, verb, NULL, item(arguments->lists[0], 0));
	return TRUE;
}

static gboolean
read_age(const Arguments *arguments, GPtrArray *out)
{
	FormVerb verb;

	if (arguments->count != 2 || arguments->lists[0]->len != 1 || arguments->lists[1]->len != 1 ||
		g_ascii_strcasecmp(item(arguments->lists[0], 0), SIEVE_ENVIRONMENT_AGE) != 0 ||
		!number_verb(arguments, &verb) || verb != FORM_OVER)
		return FALSE;
	add(out, FORM_AGE, FORM_OVER, NULL, item(arguments->lists[1], 0));
	return TRUE;
}

/* The whole of what a condition writes stands here. */
static gboolean
stands_here(Reader *reader, const FormCondition *condition)
{
	g_autofree char *text = form_condition_text(condition);
	g_autoptr(GPtrArray) wanted = form_tokens(text, strlen(text));

	if (reader->at + wanted->len > reader->tokens->len)
		return FALSE;
	for (guint i = 0; i < wanted->len; i++) {
		const FormToken *a = g_ptr_array_index(wanted, i);
		const FormToken *b = g_ptr_array_index(reader->tokens, reader->at + i);

		if (a->kind != b->kind || g_ascii_strcasecmp(a->text, b->text) != 0)
			return FALSE;
	}
	reader->at += wanted->len;
	return TRUE;
}

/* How each priority begins; the rest is compared only behind this. */
static gboolean
begins_as_priority(const Reader *reader)
{
	Reader ahead = *reader;

	take(&ahead, TOKEN_WORD, "not");
	if (take(&ahead, TOKEN_WORD, "anyof"))
		take(&ahead, TOKEN_MARK, "(");
	if (!take(&ahead, TOKEN_WORD, "header") || !take(&ahead, TOKEN_TAG, ":matches"))
		return FALSE;
	take(&ahead, TOKEN_MARK, "[");
	return is_next(&ahead, TOKEN_STRING, "x-priority");
}

/* Conditions that take several tests: known by their whole text. */
static gboolean
read_composed(Reader *reader, GPtrArray *out)
{
	static const struct {
		FormSubject subject;
		FormVerb verb;
		gboolean negated;
		const char *value;
	} rows[] = {
		{FORM_PRIORITY, FORM_IS, FALSE, "high"},
		{FORM_PRIORITY, FORM_IS, FALSE, "low"},
		{FORM_PRIORITY, FORM_IS, FALSE, "normal"},
		{FORM_PRIORITY, FORM_IS, TRUE, "high"},
		{FORM_PRIORITY, FORM_IS, TRUE, "low"},
		{FORM_PRIORITY, FORM_IS, TRUE, "normal"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows) && begins_as_priority(reader); i++) {
		FormCondition *condition = form_condition_new(rows[i].subject, rows[i].verb, rows[i].value);

		condition->negated = rows[i].negated;
		if (stands_here(reader, condition)) {
			g_ptr_array_add(out, condition);
			return TRUE;
		}
		form_condition_free(condition);
	}
	return FALSE;
}

typedef struct {
	const char *name;
	gboolean (*read)(const Arguments *arguments, GPtrArray *out);
} TestRow;

static gboolean
read_simple(Reader *reader, GPtrArray *out)
{
	static const TestRow rows[] = {{"header", read_header}, {"address", read_address},
		{"exists", read_exists}, {"size", read_size}, {"body", read_body}, {"spamtest", read_spam},
		{"environment", read_age}};
	g_auto(Arguments) arguments = {0};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (take(reader, TOKEN_WORD, rows[i].name))
			return take_arguments(reader, &arguments) && rows[i].read(&arguments, out);
	return FALSE;
}

/*
 * One test. Several fields or keys are as many conditions: alternatives, or
 * with `not` all of them; where the join is another one, no form can say it.
 */
static gboolean
read_test(Reader *reader, gboolean alone, FormJoin *join, GPtrArray *conditions)
{
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)form_condition_free);
	gboolean negated;

	if (read_composed(reader, conditions))
		return TRUE;
	negated = take(reader, TOKEN_WORD, "not");
	if (!read_simple(reader, found) || found->len == 0)
		return FALSE;
	if (found->len > 1 && alone)
		*join = negated ? FORM_ALL : FORM_ANY;
	else if (found->len > 1 && *join != (negated ? FORM_ALL : FORM_ANY))
		return FALSE;
	for (guint i = 0; i < found->len; i++)
		((FormCondition *)g_ptr_array_index(found, i))->negated = negated;
	g_ptr_array_extend_and_steal(conditions, g_steal_pointer(&found));
	return TRUE;
}

static gboolean
read_tests(Reader *reader, FormJoin *join, GPtrArray *conditions)
{
	*join = FORM_ALL;
	if (take(reader, TOKEN_WORD, "true")) {
		*join = FORM_ALWAYS;
		return TRUE;
	}
	if (read_composed(reader, conditions))
		return TRUE;
	if (take(reader, TOKEN_WORD, "anyof"))
		*join = FORM_ANY;
	else if (!take(reader, TOKEN_WORD, "allof"))
		return read_test(reader, TRUE, join, conditions);
	if (!take(reader, TOKEN_MARK, "("))
		return FALSE;
	do {
		if (!read_test(reader, FALSE, join, conditions))
			return FALSE;
	} while (take(reader, TOKEN_MARK, ","));
	return take(reader, TOKEN_MARK, ")");
}

/* ---- actions -------------------------------------------------------------------------------- */

static FormAction *
add_action(GPtrArray *out, FormActionKind kind, const char *value)
{
	FormAction *action = form_action_new(kind, value);

	g_ptr_array_add(out, action);
	return action;
}

static gboolean
is_flag(const FormAction *action)
{
	return action->kind == FORM_FLAG || action->kind == FORM_LABEL || action->kind == FORM_READ;
}

static gboolean
read_fileinto(const Arguments *arguments, GPtrArray *out)
{
	if (arguments->count != 1 || arguments->lists[0]->len != 1)
		return FALSE;
	add_action(out, arguments->copy ? FORM_COPY : FORM_MOVE, item(arguments->lists[0], 0))->create =
		arguments->create;
	return TRUE;
}

static gboolean
read_addflag(const Arguments *arguments, GPtrArray *out)
{
	/* Flags set behind a fileinto do not go with it: the order says something. */
	for (guint i = 0; i < out->len; i++)
		if (!is_flag(g_ptr_array_index(out, i)))
			return FALSE;
	if (arguments->count != 1)
		return FALSE;
	for (guint i = 0; i < arguments->lists[0]->len; i++) {
		g_auto(GStrv) flags = g_strsplit(item(arguments->lists[0], i), " ", -1);

		for (guint k = 0; flags[k]; k++)
			if (g_ascii_strcasecmp(flags[k], "\\Seen") == 0)
				add_action(out, FORM_READ, NULL);
			else if (*flags[k])
				add_action(out, flags[k][0] == '\\' ? FORM_FLAG : FORM_LABEL, flags[k]);
	}
	return TRUE;
}

static gboolean
read_redirect(const Arguments *arguments, GPtrArray *out)
{
	if (arguments->count != 1 || arguments->lists[0]->len != 1 || !arguments->copy)
		return FALSE;
	add_action(out, FORM_FORWARD, item(arguments->lists[0], 0));
	return TRUE;
}

static gboolean
read_notify(const Arguments *arguments, GPtrArray *out)
{
	if (arguments->count != 1 || arguments->lists[0]->len != 1 ||
		strcmp(item(arguments->lists[0], 0), FORM_NOTIFY_METHOD) != 0)
		return FALSE;
	add_action(out, FORM_NOTIFY, arguments->message);
	return TRUE;
}

static gboolean
read_plain(const Arguments *arguments, GPtrArray *out, FormActionKind kind)
{
	if (arguments->count != 0)
		return FALSE;
	add_action(out, kind, NULL);
	return TRUE;
}

static gboolean
read_action(Reader *reader, GPtrArray *out)
{
	const FormToken *name = peek(reader);
	g_auto(Arguments) arguments = {0};
	gboolean known;

	if (!take(reader, TOKEN_WORD, NULL) || !take_arguments(reader, &arguments) || arguments.match ||
		arguments.part || arguments.comparator || arguments.number || arguments.text ||
		!take(reader, TOKEN_MARK, ";"))
		return FALSE;
	if (g_ascii_strcasecmp(name->text, "notify") == 0)
		return !arguments.copy && !arguments.create && read_notify(&arguments, out);
	if (arguments.message)
		return FALSE;
	if (g_ascii_strcasecmp(name->text, "fileinto") == 0)
		return read_fileinto(&arguments, out);
	if (arguments.create)
		return FALSE;
	if (g_ascii_strcasecmp(name->text, "redirect") == 0)
		return read_redirect(&arguments, out);
	if (arguments.copy)
		return FALSE;
	if (g_ascii_strcasecmp(name->text, "addflag") == 0)
		known = read_addflag(&arguments, out);
	else if (g_ascii_strcasecmp(name->text, "discard") == 0)
		known = read_plain(&arguments, out, FORM_TRASH);
	else if (g_ascii_strcasecmp(name->text, "keep") == 0)
		known = read_plain(&arguments, out, FORM_KEEP);
	else
		known = g_ascii_strcasecmp(name->text, "stop") == 0 && read_plain(&arguments, out, FORM_STOP);
	return known;
}

static gboolean
read_actions(Reader *reader, GPtrArray *out)
{
	while (peek(reader) && !is_next(reader, TOKEN_MARK, "}")) {
		const FormAction *last = out->len > 0 ? g_ptr_array_index(out, out->len - 1) : NULL;

		/* Behind a stop nothing is done. */
		if ((last && last->kind == FORM_STOP) || !read_action(reader, out))
			return FALSE;
	}
	return TRUE;
}

/* ---- rules ---------------------------------------------------------------------------------- */

/* The test of a rule that is off stands in the comment behind `if false`. */
static gboolean
read_off_tests(Reader *reader, FormJoin *join, GPtrArray *conditions)
{
	const FormToken *comment = peek(reader);
	g_autoptr(GPtrArray) tokens = NULL;
	Reader inner;

	if (!take(reader, TOKEN_HASH, NULL))
		return FALSE;
	tokens = form_tokens(comment->text, strlen(comment->text));
	inner = (Reader){tokens, 0};
	return read_tests(&inner, join, conditions) && !peek(&inner);
}

static gboolean
read_rule(Reader *reader, FormRule *rule)
{
	if (!take(reader, TOKEN_WORD, "if")) {
		rule->join = FORM_ALWAYS;
		return read_actions(reader, rule->actions) && !peek(reader);
	}
	rule->enabled = !take(reader, TOKEN_WORD, "false");
	if (!(rule->enabled ? read_tests(reader, &rule->join, rule->conditions)
			    : read_off_tests(reader, &rule->join, rule->conditions)))
		return FALSE;
	return take(reader, TOKEN_MARK, "{") && read_actions(reader, rule->actions) &&
	       take(reader, TOKEN_MARK, "}") && !peek(reader);
}

gboolean
form_read(FormRule *rule)
{
	g_autoptr(FormRule) found = form_rule_new(rule->name);
	g_autoptr(GPtrArray) tokens = NULL;
	g_autofree char *name = NULL;
	Reader reader;

	if (!g_utf8_validate(rule->text, -1, NULL))
		return FALSE;
	tokens = form_tokens(rule->text, strlen(rule->text));
	reader = (Reader){tokens, 0};
	if (is_next(&reader, TOKEN_HASH, NULL))
		name = form_rule_comment(peek(&reader)->text);
	reader.at += name != NULL;
	if (!read_rule(&reader, found) || !form_parts_check(found, NULL))
		return FALSE;
	rule->enabled = found->enabled;
	rule->join = found->join;
	g_ptr_array_extend_and_steal(rule->conditions, g_steal_pointer(&found->conditions));
	g_ptr_array_extend_and_steal(rule->actions, g_steal_pointer(&found->actions));
	found->conditions = g_ptr_array_new();
	found->actions = g_ptr_array_new();
	return TRUE;
}

gboolean
form_read_off(const char *text, gsize *start, gsize *end)
{
	g_autoptr(GPtrArray) tokens = form_tokens(text, strlen(text));
	Reader reader = {tokens, 0};
	const FormToken *token;
	guint depth = 1;

	if (is_next(&reader, TOKEN_HASH, NULL))
		reader.at++;
	if (!take(&reader, TOKEN_WORD, "if") || !is_next(&reader, TOKEN_WORD, "false"))
		return FALSE;
	*start = peek(&reader)->start;
	reader.at++;
	token = peek(&reader);
	if (!take(&reader, TOKEN_HASH, NULL) || !take(&reader, TOKEN_MARK, "{"))
		return FALSE;
	*end = token->start + 1 + strspn(token->text, " \t");
	/* One block, and nothing behind it that would be an else. */
	for (; (token = peek(&reader)) && depth > 0; reader.at++)
		if (token->kind == TOKEN_MARK)
			depth += token->text[0] == '{' ? 1u : token->text[0] == '}' ? G_MAXUINT : 0u;
	return depth == 0 && !peek(&reader);
}
