/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Items to their rows: names, `require`, tags, arguments, tests, blocks. */
#include "config.h"

#include "sieve/compile.h"

#include "util/i18n.h"

#include <string.h>

/* ---- names ------------------------------------------------------------------------- */

static void
complain_unknown(SieveCompiler *compiler, const SieveItem *item, gboolean test)
{
	const char *near;

	if (sieve_table_find(item->name, !test) != NULL) {
		sieve_compiler_complain(compiler, &item->place,
			test ? _("\"%s\" is a command; a test was expected.")
			     : _("\"%s\" is a test; a command was expected."),
			item->name);
		return;
	}
	near = sieve_table_nearest(item->name, test);
	if (near != NULL)
		sieve_compiler_complain(compiler, &item->place,
			test ? _("There is no test \"%.60s\"; was \"%s\" meant?")
			     : _("There is no command \"%.60s\"; was \"%s\" meant?"),
			item->name, near);
	else
		sieve_compiler_complain(compiler, &item->place,
			test ? _("There is no test \"%.60s\".") : _("There is no command \"%.60s\"."),
			item->name);
}

/* Complains when none of the extensions ("a|b") is required. */
static gboolean
check_required(SieveCompiler *compiler, const char *extension, const char *name, const SievePlace *place)
{
	g_auto(GStrv) any = NULL;

	if (extension == NULL || sieve_compiler_requires(compiler, extension))
		return TRUE;
	any = g_strsplit(extension, "|", -1);
	for (guint i = 0; any[i] != NULL; i++)
		if (sieve_compiler_requires(compiler, any[i]))
			return TRUE;
	sieve_compiler_complain(compiler, place, _("\"%s\" needs: require \"%s\";"), name, any[0]);
	return FALSE;
}

/* ---- tags ---------------------------------------------------------------------------- */

/* Does an argument fit a letter of a signature? */
static gboolean
fits(const SieveArgument *argument, char letter)
{
	switch (letter) {
	case 'n':
		return argument->kind == SIEVE_ARGUMENT_NUMBER;
	case 's':
		return argument->kind == SIEVE_ARGUMENT_STRINGS && !argument->list;
	case 'S':
		return argument->kind == SIEVE_ARGUMENT_STRINGS;
	}
	return FALSE;
}

static const char *
letter_words(char letter)
{
	return letter == 'n'   ? _("a number")
	       : letter == 's' ? _("a string")
			       : _("a string or a list of strings");
}

static const char *
argument_words(const SieveArgument *argument)
{
	return argument->kind == SIEVE_ARGUMENT_NUMBER ? _("a number")
	       : argument->list                        ? _("a list of strings")
						       : _("a string");
}

static void
prepare_strings(SieveCompiler *compiler, SieveArgument *argument)
{
	for (guint i = 0; i < argument->count; i++)
		sieve_compiler_string(compiler, &argument->strings[i]);
}

static const SieveTagRow *
find_tag(SieveCompiler *compiler, const SieveItem *item, const SieveArgument *argument)
{
	g_autofree char *name = g_strdup_printf(":%s", argument->tag);
	gboolean elsewhere;
	const SieveTagRow *row = sieve_table_find_tag(argument->tag, item->bound->row->accepts, &elsewhere);

	if (row == NULL) {
		sieve_compiler_complain(compiler, &argument->place,
			elsewhere ? _("\"%s\" does not take \"%.60s\".")
				  : _("\"%s\" does not know \"%.60s\"."),
			item->name, name);
		return NULL;
	}
	return check_required(compiler, row->extension, name, &argument->place) ? row : NULL;
}

static gboolean
add_tag(SieveCompiler *compiler, SieveItem *item, const SieveTagRow *row, const SieveArgument *argument,
	const SieveArgument *value)
{
	SieveBound *bound = item->bound;

	for (guint i = 0; i < bound->tag_count; i++)
		if (bound->tags[i].tag == row->tag) {
			sieve_compiler_complain(
				compiler, &argument->place, _("\":%s\" stands here twice."), row->name);
			return FALSE;
		} else if (row->group != 0 && bound->tags[i].row->group == row->group) {
			sieve_compiler_complain(compiler, &argument->place,
				_("\":%s\" and \":%s\" exclude each other."), bound->tags[i].row->name,
				row->name);
			return FALSE;
		}
	bound->tags[bound->tag_count++] =
		(SieveTagged){.tag = row->tag, .place = argument->place, .row = row, .argument = value};
	return TRUE;
}

/* The tags, which stand before all other arguments; *next: the first of those. */
static gboolean
bind_tags(SieveCompiler *compiler, SieveItem *item, guint *next)
{
	gboolean good = TRUE;
	guint i;

	item->bound->tags =
		sieve_pool_zeroed(compiler->pool, item->argument_count, sizeof *item->bound->tags);
	for (i = 0; i < item->argument_count && item->arguments[i].kind == SIEVE_ARGUMENT_TAG; i++) {
		const SieveArgument *argument = &item->arguments[i];
		const SieveTagRow *row = find_tag(compiler, item, argument);
		SieveArgument *value = NULL;
		if (row == NULL)
			return FALSE;
		if (row->argument != '\0') {
			value = ++i < item->argument_count ? &item->arguments[i] : NULL;
			if (value == NULL || !fits(value, row->argument)) {
				sieve_compiler_complain(compiler,
					value != NULL ? &value->place : &argument->place,
					_("%s was expected after \":%s\"."), letter_words(row->argument),
					row->name);
				return FALSE;
			}
			prepare_strings(compiler, value);
		}
		good = add_tag(compiler, item, row, argument, value) && good;
	}
	*next = i;
	return good;
}

/* ---- arguments ---------------------------------------------------------------------------- */

static guint
count_required(const char *signature)
{
	guint count = 0;

	for (const char *p = signature; *p != '\0'; p++)
		if (*p == '?')
			p++;
		else if (strchr("sSn", *p) != NULL)
			count++;
	return count;
}

static void
complain_missing(SieveCompiler *compiler, const SieveItem *item, const char *signature)
{
	g_autoptr(GString) wants = g_string_new(NULL);

	for (const char *p = signature; *p != '\0'; p++) {
		if (*p == '?') {
			p++;
			continue;
		}
		if (strchr("sSn", *p) == NULL)
			continue;
		g_string_append_printf(wants, "%s%s", wants->len > 0 ? _(", then ") : "", letter_words(*p));
	}
	sieve_compiler_complain(
		compiler, &item->place, _("\"%s\" lacks an argument; it takes %s."), item->name, wants->str);
}

/* What stands behind the tags, by the letters of the signature. */
static gboolean
bind_positional(SieveCompiler *compiler, SieveItem *item, guint next)
{
	const char *signature = item->bound->row->signature;
	guint have = item->argument_count - next, spare, slot = 0;

	for (guint i = next; i < item->argument_count; i++)
		if (item->arguments[i].kind == SIEVE_ARGUMENT_TAG) {
			sieve_compiler_complain(compiler, &item->arguments[i].place,
				_("\":%.60s\" must stand before the other arguments."),
				item->arguments[i].tag);
			return FALSE;
		}
	if (have < count_required(signature)) {
		complain_missing(compiler, item, signature);
		return FALSE;
	}
	spare = have - count_required(signature);
	for (const char *p = signature; *p != '\0'; p++) {
		gboolean optional = *p == '?';
		SieveArgument *argument = &item->arguments[next];
		if (optional)
			p++;
		if (strchr("sSn", *p) == NULL)
			continue;
		if (optional && (spare == 0 || next >= item->argument_count || !fits(argument, *p))) {
			slot++;
			continue;
		}
		spare -= optional;
		if (!fits(argument, *p)) {
			sieve_compiler_complain(compiler, &argument->place,
				_("\"%s\" expects %s here, not %s."), item->name, letter_words(*p),
				argument_words(argument));
			return FALSE;
		}
		prepare_strings(compiler, argument);
		item->bound->arguments[slot++] = argument;
		next++;
	}
	if (next < item->argument_count) {
		sieve_compiler_complain(compiler, &item->arguments[next].place,
			_("\"%s\" takes no further argument."), item->name);
		return FALSE;
	}
	return TRUE;
}

/* ---- tests and blocks --------------------------------------------------------------------------- */

/* allof, anyof: what ihave leaves open (RFC 5463) is found from left to right. */
static gboolean
bind_test_list(SieveCompiler *compiler, SieveItem *item)
{
	SieveTruth ends = strcmp(item->name, "allof") == 0 ? SIEVE_TRUTH_NO : SIEVE_TRUTH_YES;
	SieveTruth all = ends == SIEVE_TRUTH_NO ? SIEVE_TRUTH_YES : SIEVE_TRUTH_NO;
	gboolean good = TRUE;

	for (guint i = 0; i < item->test_count; i++) {
		SieveItem *test = item->tests[i];
		if (!sieve_compiler_bind(compiler, test, TRUE)) {
			good = FALSE;
			all = SIEVE_TRUTH_OPEN;
			continue;
		}
		if (test->bound->truth == ends) {
			all = ends;
			break;
		}
		if (test->bound->truth == SIEVE_TRUTH_OPEN)
			all = SIEVE_TRUTH_OPEN;
	}
	item->bound->truth = all;
	return good;
}

static gboolean
bind_tests(SieveCompiler *compiler, SieveItem *item)
{
	const char *signature = item->bound->row->signature;

	if (strchr(signature, 'T') != NULL) {
		if (item->test_list)
			return bind_test_list(compiler, item);
		sieve_compiler_complain(
			compiler, &item->place, _("\"%s\" expects tests in parentheses."), item->name);
		return FALSE;
	}
	if (strchr(signature, 't') != NULL) {
		if (item->test_count == 1 && !item->test_list)
			return sieve_compiler_bind(compiler, item->tests[0], TRUE);
		sieve_compiler_complain(compiler, &item->place,
			item->test_list ? _("\"%s\" expects one test, not a list.")
					: _("\"%s\" expects a test."),
			item->name);
		return FALSE;
	}
	if (item->test_count == 0 && !item->test_list)
		return TRUE;
	sieve_compiler_complain(compiler, item->test_count > 0 ? &item->tests[0]->place : &item->place,
		_("\"%s\" takes no test; is a \";\" missing?"), item->name);
	return FALSE;
}

static gboolean
check_block_form(SieveCompiler *compiler, const SieveItem *item, gboolean test)
{
	gboolean wants = strchr(item->bound->row->signature, 'b') != NULL;

	if (wants == item->has_block || test)
		return TRUE;
	sieve_compiler_complain(compiler, &item->place,
		wants ? _("\"%s\" expects a block: \"{\" ... \"}\".") : _("\"%s\" takes no block."),
		item->name);
	return FALSE;
}

gboolean
sieve_compiler_bind(SieveCompiler *compiler, SieveItem *item, gboolean test)
{
	const SieveRow *row = sieve_table_find(item->name, test);
	guint next = 0;
	gboolean good;

	/* Enough was said; to look for near names costs. */
	if (sieve_complaints_full(&compiler->complaints))
		return FALSE;
	if (row == NULL) {
		complain_unknown(compiler, item, test);
		return FALSE;
	}
	if (!check_required(compiler, row->extension, row->name, &item->place))
		return FALSE;
	item->bound = sieve_pool_zeroed(compiler->pool, 1, sizeof *item->bound);
	item->bound->row = row;
	good = bind_tags(compiler, item, &next) && bind_positional(compiler, item, next);
	good = bind_tests(compiler, item) && good;
	good = check_block_form(compiler, item, test) && good;
	return good && (row->check == NULL || row->check(compiler, item));
}

/* ---- blocks ------------------------------------------------------------------------------------------- */

/* Which of an if and what follows it are read: not what ihave rules out. */
typedef struct {
	gboolean open;    /* an elsif or else may follow */
	gboolean decided; /* by ihave: what follows is never reached */
} Chain;

static void
bind_branch(SieveCompiler *compiler, SieveItem *item, Chain *chain)
{
	SieveTruth truth = SIEVE_TRUTH_YES;
	gboolean is_else = strcmp(item->name, "else") == 0, good;

	if (strcmp(item->name, "if") == 0) {
		chain->decided = FALSE;
	} else if (!chain->open) {
		sieve_compiler_complain(compiler, &item->place,
			_("\"%s\" must follow the block of an \"if\" or \"elsif\"."), item->name);
	}
	chain->open = !is_else;
	if (chain->decided || item->broken)
		return;
	good = sieve_compiler_bind(compiler, item, FALSE);
	if (good && !is_else)
		truth = item->tests[0]->bound->truth;
	if (truth != SIEVE_TRUTH_NO && item->has_block)
		sieve_compiler_block(compiler, item->block, item->block_count, FALSE);
	chain->decided = good && !is_else && truth == SIEVE_TRUTH_YES;
}

void
sieve_compiler_block(SieveCompiler *compiler, SieveItem **items, guint count, gboolean top)
{
	Chain chain = {FALSE, FALSE};

	for (guint i = 0; i < count; i++) {
		SieveItem *item = items[i];
		if (strcmp(item->name, "if") == 0 || strcmp(item->name, "elsif") == 0 ||
			strcmp(item->name, "else") == 0) {
			compiler->others_seen = TRUE;
			bind_branch(compiler, item, &chain);
			continue;
		}
		chain.open = FALSE;
		if (strcmp(item->name, "require") != 0)
			compiler->others_seen = TRUE;
		else if (!top || compiler->others_seen)
			sieve_compiler_complain(compiler, &item->place,
				_("\"require\" must stand before all other commands."));
		if (!item->broken)
			sieve_compiler_bind(compiler, item, FALSE);
	}
}
