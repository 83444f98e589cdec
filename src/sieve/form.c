/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A script is cut by its tokens, never by lines alone: what looks like a rule's
 * comment inside a string, another comment or a block is none. Writing puts the
 * pieces together again; only a rule that was touched is worded anew, and
 * `require` only where a name is missing (or, when nothing is hand-written,
 * not needed any more).
 */
#include "config.h"

#include <string.h>

#include "sieve/form-private.h"
#include "util/fault.h"
#include "util/i18n.h"

/* Before each line of a hand-written rule that is off. */
#define OFF_MARK "#off: "

/* ---- values ----------------------------------------------------------------------------------- */

FormCondition *
form_condition_new(FormSubject subject, FormVerb verb, const char *value)
{
	FormCondition *condition = g_new0(FormCondition, 1);

	condition->subject = subject;
	condition->verb = verb;
	condition->value = g_strdup(value);
	return condition;
}

FormCondition *
form_condition_copy(const FormCondition *condition)
{
	FormCondition *copy = form_condition_new(condition->subject, condition->verb, condition->value);

	copy->negated = condition->negated;
	copy->field = g_strdup(condition->field);
	return copy;
}

void
form_condition_free(FormCondition *condition)
{
	if (!condition)
		return;
	g_free(condition->field);
	g_free(condition->value);
	g_free(condition);
}

FormAction *
form_action_new(FormActionKind kind, const char *value)
{
	FormAction *action = g_new0(FormAction, 1);

	action->kind = kind;
	action->value = g_strdup(value);
	return action;
}

FormAction *
form_action_copy(const FormAction *action)
{
	FormAction *copy = form_action_new(action->kind, action->value);

	copy->create = action->create;
	return copy;
}

void
form_action_free(FormAction *action)
{
	if (!action)
		return;
	g_free(action->value);
	g_free(action);
}

FormRule *
form_rule_new(const char *name)
{
	FormRule *rule = g_new0(FormRule, 1);

	rule->name = g_strdup(name);
	rule->enabled = TRUE;
	rule->conditions = g_ptr_array_new_with_free_func((GDestroyNotify)form_condition_free);
	rule->actions = g_ptr_array_new_with_free_func((GDestroyNotify)form_action_free);
	return rule;
}

FormRule *
form_rule_copy(const FormRule *rule)
{
	FormRule *copy = form_rule_new(rule->name);

	copy->enabled = rule->enabled;
	copy->hand_written = rule->hand_written;
	copy->join = rule->join;
	copy->text = g_strdup(rule->text);
	copy->line = rule->line;
	for (guint i = 0; i < rule->conditions->len; i++)
		g_ptr_array_add(
			copy->conditions, form_condition_copy(g_ptr_array_index(rule->conditions, i)));
	for (guint i = 0; i < rule->actions->len; i++)
		g_ptr_array_add(copy->actions, form_action_copy(g_ptr_array_index(rule->actions, i)));
	return copy;
}

void
form_rule_free(FormRule *rule)
{
	if (!rule)
		return;
	g_free(rule->name);
	g_free(rule->text);
	g_ptr_array_unref(rule->conditions);
	g_ptr_array_unref(rule->actions);
	g_free(rule);
}

void
form_script_free(FormScript *script)
{
	if (!script)
		return;
	g_free(script->head);
	g_free(script->text);
	g_ptr_array_unref(script->rules);
	g_ptr_array_unref(script->required);
	g_free(script);
}

/* ---- require ------------------------------------------------------------------------------------ */

/* One `require` command of the head. */
typedef struct {
	gsize start, end;
	gboolean commented; /* a comment stands inside: it stays as it is */
} Require;

static void
note_name(GPtrArray *names, const char *name)
{
	for (guint i = 0; names && i < names->len; i++)
		if (strcmp(g_ptr_array_index(names, i), name) == 0)
			return;
	if (names)
		g_ptr_array_add(names, g_strdup(name));
}

/* The requires at the beginning; of Require, the caller's. *behind: the first octet of what follows the last
 * one, its line's end and comments on the same line included. */
static GArray *
find_requires(const char *text, GPtrArray *names, gsize *behind)
{
	g_autoptr(GPtrArray) tokens = form_tokens(text, strlen(text));
	GArray *found = g_array_new(FALSE, FALSE, sizeof(Require));
	Require now = {0};
	gboolean inside = FALSE;

	*behind = 0;
	for (guint i = 0; i < tokens->len; i++) {
		const FormToken *token = g_ptr_array_index(tokens, i);

		if (token->kind == TOKEN_HASH || token->kind == TOKEN_COMMENT) {
			now.commented = inside;
			continue;
		}
		if (!inside) {
			if (token->kind != TOKEN_WORD || g_ascii_strcasecmp(token->text, "require") != 0)
				break;
			now = (Require){token->start, 0, FALSE};
			inside = TRUE;
		} else if (token->kind == TOKEN_STRING) {
			note_name(names, token->text);
		} else if (token->kind == TOKEN_MARK && token->text[0] == ';') {
			now.end = token->end;
			*behind = token->end + strcspn(text + token->end, "\n");
			*behind += text[*behind] == '\n';
			g_array_append_val(found, now);
			inside = FALSE;
		} else if (token->kind != TOKEN_MARK || !strchr("[],", token->text[0])) {
			break;
		}
	}
	return found;
}

static gboolean
holds(const GPtrArray *names, const char *name)
{
	for (guint i = 0; i < names->len; i++)
		if (strcmp(g_ptr_array_index(names, i), name) == 0)
			return TRUE;
	return FALSE;
}

static gint
by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
append_require(GString *out, const GPtrArray *names)
{
	g_string_append(out, "require [");
	for (guint i = 0; i < names->len; i++) {
		if (i > 0)
			g_string_append(out, ", ");
		form_quote(out, g_ptr_array_index(names, i));
	}
	g_string_append(out, "];");
}

/* ---- cutting ------------------------------------------------------------------------------------ */

static gboolean
begins_line(const char *text, gsize at)
{
	while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t'))
		at--;
	return at == 0 || text[at - 1] == '\n';
}

static gsize
line_start(const char *text, gsize at)
{
	while (at > 0 && text[at - 1] != '\n')
		at--;
	return at;
}

static guint
line_of(const char *text, gsize at)
{
	guint line = 1;

	for (gsize i = 0; i < at; i++)
		line += text[i] == '\n';
	return line;
}

/* Every line behind the rule's comment is one of ours that switches it off. */
static gboolean
is_marked_off(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	guint marked = 0;

	for (guint i = 1; lines[0] && lines[i]; i++) {
		if (g_str_has_prefix(lines[i], OFF_MARK))
			marked++;
		else if (lines[i][strspn(lines[i], " \t\r")])
			return FALSE;
	}
	return marked > 0;
}

static FormRule *
rule_from_text(char *name, char *text, guint line)
{
	FormRule *rule = form_rule_new(name);
	gsize start, end;

	g_free(name);
	rule->text = text;
	rule->line = line;
	if (form_read(rule))
		return rule;
	rule->hand_written = TRUE;
	rule->enabled = !is_marked_off(text) && !form_read_off(text, &start, &end);
	return rule;
}

/* What stands before the first named rule, behind the requires: a rule without a name where it is code. */
static void
take_unnamed(FormScript *script, const char *text, gsize length)
{
	gsize behind;
	g_autofree char *head = g_strndup(text, length);
	G_GNUC_UNUSED g_autoptr(GArray) requires = find_requires(head, script->required, &behind);
	g_autoptr(GPtrArray) tokens = form_tokens(head + behind, length - behind);
	gboolean code = FALSE;

	for (guint i = 0; i < tokens->len; i++) {
		FormTokenKind kind = ((const FormToken *)g_ptr_array_index(tokens, i))->kind;

		code = code || (kind != TOKEN_HASH && kind != TOKEN_COMMENT);
	}
	if (code)
		g_ptr_array_add(script->rules, rule_from_text(g_strdup(_("without a name")),
						       g_strdup(head + behind), line_of(head, behind)));
	script->head = g_strndup(head, code ? behind : length);
}

FormScript *
form_parse(const char *text, gssize length)
{
	gsize size = length < 0 ? strlen(text) : strnlen(text, (gsize)length), from = 0;
	char *copy = g_strndup(text, size);
	g_autofree char *name = NULL;
	g_autoptr(GPtrArray) tokens = form_tokens(copy, size);
	FormScript *script = g_new0(FormScript, 1);
	guint depth = 0, line = 1;

	script->text = copy;
	script->rules = g_ptr_array_new_with_free_func((GDestroyNotify)form_rule_free);
	script->required = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < tokens->len; i++) {
		const FormToken *token = g_ptr_array_index(tokens, i);
		g_autofree char *next = NULL;
		gsize at;

		if (token->kind == TOKEN_MARK && strchr("({[", token->text[0]))
			depth++;
		else if (token->kind == TOKEN_MARK && strchr(")}]", token->text[0]) && depth > 0)
			depth--;
		if (token->kind != TOKEN_HASH || depth > 0 || !begins_line(copy, token->start))
			continue;
		next = form_rule_comment(token->text);
		if (!next)
			continue;
		at = line_start(copy, token->start);
		if (name)
			g_ptr_array_add(script->rules, rule_from_text(g_steal_pointer(&name),
							       g_strndup(copy + from, at - from), line));
		else
			take_unnamed(script, copy, at);
		name = g_steal_pointer(&next);
		line += line_of(copy + from, at - from) - 1;
		from = at;
	}
	if (name)
		g_ptr_array_add(script->rules,
			rule_from_text(g_steal_pointer(&name), g_strndup(copy + from, size - from), line));
	else
		take_unnamed(script, copy, size);
	return script;
}

/* ---- changing ----------------------------------------------------------------------------------- */

void
form_rule_touch(FormRule *rule)
{
	if (!rule->hand_written)
		g_clear_pointer(&rule->text, g_free);
}

static gboolean
is_named(const char *text)
{
	g_autoptr(GPtrArray) tokens = form_tokens(text, strcspn(text, "\n"));
	const FormToken *first = tokens->len > 0 ? g_ptr_array_index(tokens, 0) : NULL;
	g_autofree char *name = first && first->kind == TOKEN_HASH ? form_rule_comment(first->text) : NULL;

	return name != NULL;
}

static void
comment_out(FormRule *rule)
{
	g_autoptr(GString) out = g_string_new(NULL);
	gboolean named = is_named(rule->text);
	g_auto(GStrv) lines = g_strsplit(rule->text, "\n", -1);

	if (!named)
		g_string_append_printf(out, "# rule:[%s]\n", rule->name);
	for (guint i = 0; lines[i]; i++) {
		gboolean empty = lines[i][strspn(lines[i], " \t\r")] == '\0';

		if (i > 0)
			g_string_append_c(out, '\n');
		g_string_append_printf(out, "%s%s", (i == 0 && named) || empty ? "" : OFF_MARK, lines[i]);
	}
	g_free(rule->text);
	rule->text = g_strdup(out->str);
}

static void
comment_in(FormRule *rule)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_auto(GStrv) lines = g_strsplit(rule->text, "\n", -1);

	for (guint i = 0; lines[i]; i++) {
		gboolean marked = i > 0 && g_str_has_prefix(lines[i], OFF_MARK);

		if (i > 0)
			g_string_append_c(out, '\n');
		g_string_append(out, lines[i] + (marked ? strlen(OFF_MARK) : 0));
	}
	g_free(rule->text);
	rule->text = g_strdup(out->str);
}

/* A carriage return inside a line ends a comment for some readers: what is behind it would run. */
static gboolean
has_odd_return(const char *text)
{
	for (const char *p = text; (p = strchr(p, '\r')); p++)
		if (p[1] != '\n')
			return TRUE;
	return FALSE;
}

gboolean
form_rule_enable(FormRule *rule, gboolean enabled, GError **error)
{
	gsize start, end;

	if (rule->enabled == enabled)
		return TRUE;
	if (!rule->hand_written) {
		rule->enabled = enabled;
		form_rule_touch(rule);
		return TRUE;
	}
	if (!enabled && has_odd_return(rule->text)) {
		fault_set(error, FAULT_REFUSED, "%s",
			_("This hand-written rule has odd line ends and cannot be commented out safely. Edit "
			  "its text."));
		return FALSE;
	}
	if (!enabled) {
		g_autofree char *before = g_strdup(rule->text);

		comment_out(rule);
		if (!is_marked_off(rule->text)) {
			g_free(rule->text);
			rule->text = g_steal_pointer(&before);
			fault_set(error, FAULT_REFUSED, "%s",
				_("This rule holds comments only: there is nothing to switch off."));
			return FALSE;
		}
	} else if (is_marked_off(rule->text)) {
		comment_in(rule);
	} else if (form_read_off(rule->text, &start, &end)) {
		char *text = g_strdup_printf("%.*s%s", (int)start, rule->text, rule->text + end);

		g_free(rule->text);
		rule->text = text;
	}
	rule->enabled = enabled;
	return TRUE;
}

/* ---- writing ------------------------------------------------------------------------------------ */

static const char *
line_end_of(const FormScript *script)
{
	if (strstr(script->head, "\r\n"))
		return "\r\n";
	for (guint i = 0; i < script->rules->len; i++) {
		const FormRule *rule = g_ptr_array_index(script->rules, i);

		if (rule->text && strstr(rule->text, "\r\n"))
			return "\r\n";
	}
	return "\n";
}

static gboolean
has_hand_written(const FormScript *script)
{
	for (guint i = 0; i < script->rules->len; i++)
		if (((const FormRule *)g_ptr_array_index(script->rules, i))->hand_written)
			return TRUE;
	return FALSE;
}

/* The names to require; NULL: those that stand there are right. The caller's. */
static GPtrArray *
names_to_require(const FormScript *script)
{
	g_autoptr(GHashTable) needed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	gboolean hand_written = has_hand_written(script), missing = FALSE, extra = FALSE;
	GHashTableIter iter;
	gpointer name;

	for (guint i = 0; i < script->rules->len; i++)
		form_rule_requires(g_ptr_array_index(script->rules, i), needed);
	for (guint i = 0; i < script->required->len; i++) {
		const char *there = g_ptr_array_index(script->required, i);

		if (hand_written || g_hash_table_contains(needed, there))
			g_ptr_array_add(names, g_strdup(there));
		else
			extra = TRUE;
	}
	g_hash_table_iter_init(&iter, needed);
	while (g_hash_table_iter_next(&iter, &name, NULL))
		if (!holds(names, name)) {
			g_ptr_array_add(names, g_strdup(name));
			missing = TRUE;
		}
	if (!missing && !extra)
		return NULL;
	g_ptr_array_sort(names, by_name);
	return g_steal_pointer(&names);
}

/* The head with one `require` of these names in place of the first, the others gone. */
static void
append_head(GString *out, const char *head, const GPtrArray *names, const char *eol)
{
	gsize behind, at = 0;
	gboolean written = names->len == 0;
	g_autoptr(GArray) requires = find_requires(head, NULL, &behind);

	for (guint i = 0; i < requires->len; i++) {
		const Require *old = &g_array_index(requires, Require, i);

		if (old->commented)
			continue;
		g_string_append_len(out, head + at, (gssize)(old->start - at));
		at = old->end;
		if (!written) {
			append_require(out, names);
			written = TRUE;
		} else {
			/* Its line goes with it. */
			at += strspn(head + at, " \t\r");
			at += head[at] == '\n';
		}
	}
	if (!written && requires->len > 0) {
		/* All hold comments: they stay, and one more follows. */
		g_string_append_len(out, head + at, (gssize)(behind - at));
		if (out->len > 0 && out->str[out->len - 1] != '\n')
			g_string_append(out, eol);
		at = behind;
	}
	if (!written) {
		append_require(out, names);
		g_string_append(out, eol);
	}
	g_string_append(out, head + at);
}

static void
end_line(GString *out, const char *eol)
{
	if (out->len > 0 && out->str[out->len - 1] != '\n')
		g_string_append(out, eol);
}

/* An empty line between rules that are worded anew and what stands before. */
static void
leave_line(GString *out, const char *eol)
{
	end_line(out, eol);
	if (out->len > 0 && !g_str_has_suffix(out->str, "\n\n") && !g_str_has_suffix(out->str, "\n\r\n"))
		g_string_append(out, eol);
}

/* Nothing was changed, moved, added or taken away. */
static gboolean
is_as_it_was(const FormScript *script)
{
	g_autoptr(GString) out = g_string_new(script->head);

	for (guint i = 0; i < script->rules->len; i++) {
		const FormRule *rule = g_ptr_array_index(script->rules, i);

		if (!rule->text)
			return FALSE;
		g_string_append(out, rule->text);
	}
	return strcmp(out->str, script->text) == 0;
}

char *
form_write(const FormScript *script)
{
	const char *eol = line_end_of(script);
	GString *out = g_string_new(NULL);
	g_autoptr(GPtrArray) names = is_as_it_was(script) ? NULL : names_to_require(script);
	gboolean touched = FALSE;

	if (names)
		append_head(out, script->head, names, eol);
	else
		g_string_append(out, script->head);
	for (guint i = 0; i < script->rules->len; i++) {
		const FormRule *rule = g_ptr_array_index(script->rules, i);

		if (!rule->text || touched)
			leave_line(out, eol);
		touched = rule->text == NULL;
		if (touched) {
			form_write_rule(out, rule, eol);
			continue;
		}
		end_line(out, eol);
		if (i > 0 && !is_named(rule->text))
			g_string_append_printf(out, "# rule:[%s]%s", rule->name, eol);
		g_string_append(out, rule->text);
	}
	return g_string_free(out, FALSE);
}

char *
form_rule_text(const FormRule *rule)
{
	GString *out = g_string_new(rule->text);

	if (!rule->text)
		form_write_rule(out, rule, "\n");
	return g_string_free(out, FALSE);
}
