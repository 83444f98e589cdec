/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The grammar of RFC 5228, 8.2, by recursive descent: the depth is counted, and
 * past LIMIT_SIEVE_NESTING what is inside is stepped over, not read.
 */
#include "config.h"

#include "sieve/tree.h"

#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

#include <string.h>

typedef struct {
	SieveLexer lexer;
	SievePool *pool;
	SieveComplaints *complaints;
	SieveToken token;   /* not yet used */
	SievePlace behind;  /* the token before it */
	const char *rule;   /* in the comments before token */
	guint depth;        /* of blocks and tests */
	gboolean deep_said; /* that the nesting is too deep */
} Parser;

static void
advance(Parser *parser)
{
	parser->behind = parser->token.end;
	parser->lexer.rule = NULL;
	parser->token = sieve_lexer_next(&parser->lexer);
	parser->rule = parser->lexer.rule;
}

static gboolean
at(const Parser *parser, char mark)
{
	return parser->token.kind == SIEVE_TOKEN_MARK && parser->token.mark == mark;
}

static gboolean
at_end(const Parser *parser)
{
	return parser->token.kind == SIEVE_TOKEN_END;
}

/* The script ended within a string: what else is missing follows from that. */
static gboolean
cut_short(const Parser *parser)
{
	return at_end(parser) && parser->lexer.cut;
}

/* expected: translated words. */
static void
complain_expected(Parser *parser, const char *expected)
{
	g_autofree char *found = NULL;

	if (cut_short(parser))
		return;
	found = sieve_token_words(&parser->token);
	sieve_complain(
		parser->complaints, &parser->token.place, _("%s was expected, not %s."), expected, found);
}

/*
 * On to where a command can begin: behind the next ";" or block, or at the "}" that
 * ends the block around.
 */
static void
recover(Parser *parser)
{
	guint blocks = 0;

	for (; !at_end(parser); advance(parser)) {
		if (at(parser, '{')) {
			blocks++;
		} else if (at(parser, '}')) {
			if (blocks == 0)
				return;
			if (--blocks == 0) {
				advance(parser);
				return;
			}
		} else if (at(parser, ';') && blocks == 0) {
			advance(parser);
			/* No command begins with a block: this one belongs to what is stepped over. */
			if (!at(parser, '{'))
				return;
			blocks++;
		}
	}
}

static gboolean
too_deep(Parser *parser, const SievePlace *place)
{
	if (parser->depth < LIMIT_SIEVE_NESTING)
		return FALSE;
	if (!parser->deep_said)
		sieve_complain(parser->complaints, place,
			_("Blocks and tests are nested too deeply here; at most %d levels are read."),
			LIMIT_SIEVE_NESTING);
	parser->deep_said = TRUE;
	return TRUE;
}

/* ---- arguments ------------------------------------------------------------------ */

static void
add_string(Parser *parser, GArray *strings)
{
	SieveString string = {
		.text = parser->token.text, .length = parser->token.length, .place = parser->token.place};
	const char *end;

	if (memchr(string.text, '\0', string.length) != NULL) {
		sieve_complain(parser->complaints, &string.place, _("The string holds a NUL octet."));
		string.length = strlen(string.text);
	} else if (!g_utf8_validate(string.text, (gssize)string.length, &end)) {
		sieve_complain(parser->complaints, &string.place, _("The string is not valid UTF-8."));
		string.length = (gsize)(end - string.text);
	}
	g_array_append_val(strings, string);
	advance(parser);
}

static gboolean
string_list(Parser *parser, GArray *strings)
{
	advance(parser);
	for (;;) {
		if (parser->token.kind != SIEVE_TOKEN_STRING) {
			complain_expected(parser, _("A string"));
			return FALSE;
		}
		add_string(parser, strings);
		if (at(parser, ']')) {
			advance(parser);
			return TRUE;
		}
		if (!at(parser, ',')) {
			complain_expected(parser, _("\",\" or \"]\""));
			return FALSE;
		}
		advance(parser);
	}
}

/* One argument, when there is one. FALSE: broken. */
static gboolean
argument(Parser *parser, GArray *arguments, gboolean *found)
{
	g_autoptr(GArray) strings = NULL;
	SieveArgument it = {.place = parser->token.place};
	gboolean good = TRUE;

	*found = TRUE;
	if (parser->token.kind == SIEVE_TOKEN_NUMBER) {
		it.kind = SIEVE_ARGUMENT_NUMBER;
		it.number = parser->token.number;
		advance(parser);
	} else if (parser->token.kind == SIEVE_TOKEN_TAG) {
		it.kind = SIEVE_ARGUMENT_TAG;
		it.tag = parser->token.text;
		for (char *p = (char *)it.tag; *p != '\0'; p++)
			*p = g_ascii_tolower(*p);
		advance(parser);
	} else if (parser->token.kind == SIEVE_TOKEN_STRING || at(parser, '[')) {
		strings = g_array_new(FALSE, FALSE, sizeof(SieveString));
		it.kind = SIEVE_ARGUMENT_STRINGS;
		it.list = at(parser, '[');
		if (it.list)
			good = string_list(parser, strings);
		else
			add_string(parser, strings);
		it.count = strings->len;
		it.strings = sieve_pool_copy(parser->pool, strings->data, strings->len * sizeof(SieveString));
	} else {
		*found = FALSE;
		return TRUE;
	}
	g_array_append_val(arguments, it);
	return good;
}

/* ---- tests and commands ------------------------------------------------------------ */

static gboolean item_rest(Parser *parser, SieveItem *item);

static SieveItem *
item_new(Parser *parser)
{
	SieveItem *item = sieve_pool_zeroed(parser->pool, 1, sizeof *item);

	item->name = parser->token.text;
	item->place = parser->token.place;
	item->rule = parser->rule;
	for (char *p = (char *)item->name; *p != '\0'; p++)
		*p = g_ascii_tolower(*p);
	advance(parser);
	return item;
}

static void
keep_items(Parser *parser, GPtrArray *items, SieveItem ***out, guint *count)
{
	*count = items->len;
	*out = sieve_pool_copy(parser->pool, items->pdata, items->len * sizeof(SieveItem *));
}

static gboolean
one_test(Parser *parser, GPtrArray *tests)
{
	SieveItem *test;
	gboolean good;

	if (parser->token.kind != SIEVE_TOKEN_NAME) {
		complain_expected(parser, _("A test"));
		return FALSE;
	}
	if (too_deep(parser, &parser->token.place))
		return FALSE;
	test = item_new(parser);
	g_ptr_array_add(tests, test);
	parser->depth++;
	good = item_rest(parser, test);
	parser->depth--;
	return good;
}

static gboolean
test_list(Parser *parser, GPtrArray *tests)
{
	advance(parser);
	for (;;) {
		if (!one_test(parser, tests))
			return FALSE;
		if (at(parser, ')')) {
			advance(parser);
			return TRUE;
		}
		if (!at(parser, ',')) {
			complain_expected(parser, _("\",\" or \")\""));
			return FALSE;
		}
		advance(parser);
	}
}

/*
 * Is the name that comes next a test of item's? In the grammar it always is; but
 * on the next line it more likely is a command, and the ";" before it is missing.
 */
static gboolean
test_follows(const Parser *parser, const SieveItem *item)
{
	return parser->token.place.line == parser->behind.line || strcmp(item->name, "if") == 0 ||
	       strcmp(item->name, "elsif") == 0 || strcmp(item->name, "not") == 0;
}

/* The arguments and tests behind a name. */
static gboolean
item_rest(Parser *parser, SieveItem *item)
{
	g_autoptr(GArray) arguments = g_array_new(FALSE, FALSE, sizeof(SieveArgument));
	g_autoptr(GPtrArray) tests = g_ptr_array_new();
	gboolean good, found;

	do
		good = argument(parser, arguments, &found);
	while (good && found);
	item->argument_count = arguments->len;
	item->arguments =
		sieve_pool_copy(parser->pool, arguments->data, arguments->len * sizeof(SieveArgument));
	if (good && at(parser, '(')) {
		item->test_list = TRUE;
		good = test_list(parser, tests);
	} else if (good && parser->token.kind == SIEVE_TOKEN_NAME && test_follows(parser, item)) {
		good = one_test(parser, tests);
	}
	keep_items(parser, tests, &item->tests, &item->test_count);
	item->end = parser->behind.offset;
	return good;
}

static void commands(Parser *parser, SieveItem ***out, guint *count);

static void
block(Parser *parser, SieveItem *item)
{
	SievePlace open = parser->token.place;

	item->has_block = TRUE;
	if (too_deep(parser, &open)) {
		recover(parser);
		return;
	}
	advance(parser);
	parser->depth++;
	commands(parser, &item->block, &item->block_count);
	parser->depth--;
	if (at(parser, '}'))
		advance(parser);
	else if (!cut_short(parser))
		sieve_complain(parser->complaints, &open,
			_("The block that begins here does not end: \"}\" was expected."));
}

/* The command's end: ";" or a block. */
static void
command_end(Parser *parser, SieveItem *item)
{
	if (at(parser, ';')) {
		advance(parser);
	} else if (at(parser, '{')) {
		block(parser, item);
	} else if (cut_short(parser)) {
		item->broken = TRUE;
	} else {
		item->broken = item->test_count > 0;
		sieve_complain(parser->complaints, &parser->behind,
			item->test_count > 0 ? _("\"{\" or \";\" was expected after \"%s\".")
					     : _("\";\" was expected after \"%s\"."),
			item->name);
		/* Where the next line begins with a name only the mark is missing. */
		if (parser->token.kind != SIEVE_TOKEN_NAME || parser->token.place.line == parser->behind.line)
			recover(parser);
	}
	item->end = parser->behind.offset;
}

static void
commands(Parser *parser, SieveItem ***out, guint *count)
{
	g_autoptr(GPtrArray) items = g_ptr_array_new();

	while (!at_end(parser) && !at(parser, '}')) {
		SieveItem *item;
		if (parser->token.kind != SIEVE_TOKEN_NAME) {
			complain_expected(parser, _("A command"));
			recover(parser);
			continue;
		}
		item = item_new(parser);
		g_ptr_array_add(items, item);
		item->broken = !item_rest(parser, item);
		if (item->broken)
			recover(parser);
		else
			command_end(parser, item);
	}
	keep_items(parser, items, out, count);
}

SieveTree *
sieve_parse(const char *text, gsize length, SievePool *pool, SieveComplaints *complaints)
{
	Parser parser = {.pool = pool, .complaints = complaints};
	SieveTree *tree = sieve_pool_zeroed(pool, 1, sizeof *tree);

	sieve_lexer_init(&parser.lexer, text, length, pool, complaints);
	advance(&parser);
	for (;;) {
		g_autoptr(GPtrArray) all = g_ptr_array_new();
		SieveItem **items;
		guint count;
		commands(&parser, &items, &count);
		if (tree->count > 0) {
			for (guint i = 0; i < tree->count; i++)
				g_ptr_array_add(all, tree->commands[i]);
			for (guint i = 0; i < count; i++)
				g_ptr_array_add(all, items[i]);
			keep_items(&parser, all, &tree->commands, &tree->count);
		} else {
			tree->commands = items;
			tree->count = count;
		}
		if (at_end(&parser))
			return tree;
		complain_expected(&parser, _("A command"));
		advance(&parser);
	}
}
