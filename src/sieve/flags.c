/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * imap4flags (RFC 5232). The internal variable begins with the flags that the
 * message has, as RFC 6785 has it for mail that is in a folder already; a message
 * that arrives has none.
 */
#include "config.h"

#include "sieve/match.h"

#include "util/i18n.h"
#include "util/limits.h"

#include <string.h>

/* ---- lists of flags --------------------------------------------------------------------- */

/* A flag as IMAP spells it; NULL: it is none that can be set. The caller's. */
static char *
flag_of(const char *text, gsize length)
{
	static const char *const known[] = {"\\Answered", "\\Deleted", "\\Draft", "\\Flagged", "\\Seen"};

	if (length == 0 || length > 255)
		return NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
		if (strlen(known[i]) == length && g_ascii_strncasecmp(known[i], text, length) == 0)
			return g_strdup(known[i]);
	for (gsize i = 0; i < length; i++)
		if (!g_ascii_isgraph(text[i]) || strchr("(){%*\"\\]", text[i]) != NULL)
			return NULL;
	return g_strndup(text, length);
}

static gboolean
find_flag(const GPtrArray *flags, const char *flag, guint *place)
{
	for (guint i = 0; i < flags->len; i++)
		if (g_ascii_strcasecmp(g_ptr_array_index(flags, i), flag) == 0) {
			if (place != NULL)
				*place = i;
			return TRUE;
		}
	return FALSE;
}

/* Take flag. */
static void
add_flag(GPtrArray *flags, char *flag)
{
	if (flag != NULL && flags->len < LIMIT_KEYWORDS_MESSAGE && !find_flag(flags, flag, NULL))
		g_ptr_array_add(flags, flag);
	else
		g_free(flag);
}

/* The flags in text, which blanks separate, go in (or, when remove, out). */
static void
change_flags(GPtrArray *flags, const char *text, gsize length, gboolean removing)
{
	const char *end = text + length;

	while (text < end) {
		const char *word = text;
		guint place;
		while (text < end && strchr(" \t\r\n", *text) == NULL)
			text++;
		if (text > word) {
			g_autofree char *flag = flag_of(word, (gsize)(text - word));
			if (flag != NULL && !removing)
				add_flag(flags, g_steal_pointer(&flag));
			else if (flag != NULL && find_flag(flags, flag, &place))
				g_ptr_array_remove_index(flags, place);
		}
		if (text < end)
			text++;
	}
}

/* The same, counted: each word is compared with all the flags there are. */
static void
change_counted(SieveRun *run, GPtrArray *flags, const char *text, gsize length, gboolean removing)
{
	if (sieve_run_charge(run, (guint64)length * 8 * LIMIT_KEYWORDS_MESSAGE))
		change_flags(flags, text, length, removing);
}

static GPtrArray *
flags_new(void)
{
	return g_ptr_array_new_with_free_func(g_free);
}

/* As the message has them; of \Recent nobody but the server disposes. */
static GPtrArray *
message_flags(SieveRun *run)
{
	const SieveHostClass *class = run->host->class;
	const char *const *flags = class->flags != NULL ? class->flags(run->host) : NULL;
	GPtrArray *list = flags_new();

	for (; flags != NULL && *flags != NULL; flags++)
		if (g_ascii_strcasecmp(*flags, "\\Recent") != 0)
			add_flag(list, g_strdup(*flags));
	return list;
}

static gboolean
same_flags(const GPtrArray *a, const GPtrArray *b)
{
	if (a->len != b->len)
		return FALSE;
	for (guint i = 0; i < a->len; i++)
		if (!find_flag(b, g_ptr_array_index(a, i), NULL))
			return FALSE;
	return TRUE;
}

static char **
to_strv(const GPtrArray *flags)
{
	char **list = g_new0(char *, flags->len + 1);

	for (guint i = 0; i < flags->len; i++)
		list[i] = g_strdup(g_ptr_array_index(flags, i));
	return list;
}

char **
sieve_run_flags(SieveRun *run, const SieveItem *item)
{
	const SieveTagged *tagged = item != NULL ? sieve_item_tag(item, SIEVE_TAG_FLAGS) : NULL;
	g_autoptr(GPtrArray) flags = NULL, before = NULL;
	gsize length;

	if (tagged == NULL && run->flags == NULL)
		return NULL;
	before = message_flags(run);
	if (tagged == NULL)
		return same_flags(run->flags, before) ? NULL : to_strv(run->flags);
	flags = flags_new();
	for (guint i = 0; i < tagged->argument->count; i++) {
		const char *text = sieve_run_text(run, &tagged->argument->strings[i], &length);
		change_counted(run, flags, text, length, FALSE);
	}
	return to_strv(flags);
}

void
sieve_flags_finish(SieveRun *run)
{
	g_autoptr(GPtrArray) before = NULL;

	if (!run->kept || run->flags == NULL || run->flag_rules == NULL)
		return;
	before = message_flags(run);
	if (same_flags(run->flags, before))
		return;
	for (guint i = 0; i < run->flag_rules->len; i++) {
		SieveAction *action = g_new0(SieveAction, 1);
		action->kind = SIEVE_FLAGS;
		action->rule = g_array_index(run->flag_rules, SieveFlagRule, i).rule;
		action->line = g_array_index(run->flag_rules, SieveFlagRule, i).line;
		action->flags = to_strv(run->flags);
		g_ptr_array_add(run->result->actions, action);
	}
}

/* ---- setflag, addflag, removeflag ------------------------------------------------------------- */

typedef struct {
	guint *variables; /* the named ones */
	guint count;      /* 0: the internal one */
	SieveMatcher *matcher;
} FlagItem;

/* The names of variables, where the item has some. */
static gboolean
read_variables(SieveCompiler *compiler, const SieveItem *item, FlagItem *flags)
{
	const SieveArgument *names = item->bound->arguments[0];

	if (names == NULL)
		return TRUE;
	if (!sieve_compiler_requires(compiler, "variables")) {
		sieve_compiler_complain(
			compiler, &names->place, _("A variable of flags needs: require \"variables\";"));
		return FALSE;
	}
	flags->variables = sieve_pool_zeroed(compiler->pool, names->count, sizeof *flags->variables);
	flags->count = names->count;
	for (guint i = 0; i < names->count; i++) {
		const SieveString *name = &names->strings[i];
		if (!sieve_compiler_constant(compiler, name, _("The name of a variable")))
			return FALSE;
		flags->variables[i] =
			sieve_compiler_variable(compiler, name->text, name->length, &name->place);
		if (flags->variables[i] == G_MAXUINT)
			return FALSE;
	}
	return TRUE;
}

static gboolean
check_change(SieveCompiler *compiler, SieveItem *item)
{
	FlagItem *flags = sieve_pool_zeroed(compiler->pool, 1, sizeof *flags);

	item->bound->data = flags;
	return read_variables(compiler, item, flags);
}

static void
note_change(SieveRun *run)
{
	SieveFlagRule change = {run->rule, run->line};

	run->changes++;
	if (run->flag_rules == NULL)
		run->flag_rules = g_array_new(FALSE, FALSE, sizeof(SieveFlagRule));
	for (guint i = 0; i < run->flag_rules->len; i++)
		if (g_array_index(run->flag_rules, SieveFlagRule, i).rule == change.rule)
			return;
	g_array_append_val(run->flag_rules, change);
}

/* What the list becomes by the item. */
static void
apply(SieveRun *run, const SieveItem *item, GPtrArray *flags)
{
	const SieveArgument *list = item->bound->arguments[1];

	if (strcmp(item->name, "setflag") == 0)
		g_ptr_array_set_size(flags, 0);
	for (guint i = 0; i < list->count; i++) {
		gsize length;
		const char *text = sieve_run_text(run, &list->strings[i], &length);
		change_counted(run, flags, text, length, strcmp(item->name, "removeflag") == 0);
	}
}

static void
change_variable(SieveRun *run, const SieveItem *item, guint index)
{
	const SieveVariable *variable = &run->variables[index];
	g_autoptr(GPtrArray) flags = flags_new();
	g_autoptr(GString) joined = g_string_new(NULL);

	if (variable->text != NULL)
		change_counted(run, flags, variable->text, variable->length, FALSE);
	apply(run, item, flags);
	for (guint i = 0; i < flags->len; i++)
		g_string_append_printf(
			joined, "%s%s", i > 0 ? " " : "", (const char *)g_ptr_array_index(flags, i));
	sieve_run_assign(run, index, joined->str, joined->len);
}

static SieveFlow
run_change(SieveRun *run, const SieveItem *item)
{
	const FlagItem *where = item->bound->data;
	g_autoptr(GPtrArray) before = NULL, after = NULL;

	for (guint i = 0; i < where->count; i++)
		change_variable(run, item, where->variables[i]);
	if (where->count > 0 || run->looking)
		return SIEVE_FLOW_ON;
	before = run->flags != NULL ? g_ptr_array_ref(run->flags) : message_flags(run);
	after = flags_new();
	for (guint i = 0; i < before->len; i++)
		g_ptr_array_add(after, g_strdup(g_ptr_array_index(before, i)));
	apply(run, item, after);
	if (!same_flags(before, after))
		note_change(run);
	g_clear_pointer(&run->flags, g_ptr_array_unref);
	run->flags = g_steal_pointer(&after);
	return SIEVE_FLOW_ON;
}

/* ---- hasflag --------------------------------------------------------------------------------------- */

static gboolean
check_hasflag(SieveCompiler *compiler, SieveItem *item)
{
	FlagItem *flags = sieve_pool_zeroed(compiler->pool, 1, sizeof *flags);

	item->bound->data = flags;
	flags->matcher = sieve_matcher_new(compiler, item, item->bound->arguments[1]);
	return read_variables(compiler, item, flags) && flags->matcher != NULL;
}

static gboolean
match_flags(SieveRun *run, const FlagItem *test, const GPtrArray *flags, SieveMatching *matching)
{
	SieveValues values = sieve_values_new(run, flags->len);

	for (guint i = 0; i < flags->len; i++) {
		const char *flag = g_ptr_array_index(flags, i);
		sieve_values_set(&values, i, flag, strlen(flag));
	}
	return sieve_match_add(run, test->matcher, matching, &values);
}

static gboolean
test_hasflag(SieveRun *run, const SieveItem *item)
{
	const FlagItem *test = item->bound->data;
	SieveMatching matching = {.count = 0};

	if (test->count == 0) {
		g_autoptr(GPtrArray) flags =
			run->flags != NULL ? g_ptr_array_ref(run->flags) : message_flags(run);
		if (match_flags(run, test, flags, &matching))
			return TRUE;
	}
	for (guint i = 0; i < test->count; i++) {
		const SieveVariable *variable = &run->variables[test->variables[i]];
		g_autoptr(GPtrArray) flags = flags_new();
		if (variable->text != NULL)
			change_counted(run, flags, variable->text, variable->length, FALSE);
		if (match_flags(run, test, flags, &matching))
			return TRUE;
	}
	return sieve_match_end(run, test->matcher, &matching);
}

#define CHANGE(word)                                                                                         \
	{                                                                                                    \
		.name = word, .extension = "imap4flags", .signature = "?SS", .traits = SIEVE_QUIET,          \
		.check = check_change, .run = run_change                                                     \
	}

static const SieveRow rows[] = {
	CHANGE("setflag"),
	CHANGE("addflag"),
	CHANGE("removeflag"),
	{.name = "hasflag",
		.extension = "imap4flags",
		.signature = "?SS",
		.accepts = SIEVE_TAGS_MATCH,
		.check = check_hasflag,
		.test = test_hasflag},
	{NULL},
};

static const SieveTagRow tags[] = {
	{"flags", SIEVE_TAG_FLAGS, "imap4flags", SIEVE_TAGS_FLAGS, 'S', 0},
	{NULL},
};

const SieveModule sieve_module_flags = {.rows = rows, .tags = tags};
