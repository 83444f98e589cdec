/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sieve/match.h"

#include "sieve/glob.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/regex.h"
#include "util/text.h"

#include <string.h>

/* Regular expressions get few steps at first; one that needs more pays for it. */
#define REGEX_CHEAP_STEPS 20000
#define REGEX_DEAR_OCTETS ((guint64)100 * 1000 * 4096)
#define KEY_OCTETS 256 /* what looking at one key counts for */
#define PIECE_OCTETS ((gsize)64 * 1024)
#define REGEX_MADE_OCTETS (1000 * 4096) /* what making an expression in a run counts for */
#define FOLD_GROWTH 6                   /* what folding usually adds at most */

typedef enum { RELATION_GT, RELATION_GE, RELATION_LT, RELATION_LE, RELATION_EQ, RELATION_NE } Relation;

/* A key, made ready. */
typedef struct {
	const char *text; /* folded; NULL: holds variables, made ready when it is asked for */
	gsize length;
	const SieveGlob *glob;
	const Regex *regex;
} Key;

struct SieveMatcher {
	SieveTag type;
	Relation relation;
	SieveCollation collation;
	gboolean forget;
	gboolean dynamic; /* some key holds variables */
	const SieveString *strings;
	Key *keys;
	guint count;
};

/* ---- tags ----------------------------------------------------------------------------------- */

static const SieveTagRow tags[] = {
	{"is", SIEVE_TAG_IS, NULL, SIEVE_TAGS_MATCH, 0, 1},
	{"contains", SIEVE_TAG_CONTAINS, NULL, SIEVE_TAGS_MATCH, 0, 1},
	{"matches", SIEVE_TAG_MATCHES, NULL, SIEVE_TAGS_MATCH, 0, 1},
	{"regex", SIEVE_TAG_REGEX, "regex", SIEVE_TAGS_MATCH, 0, 1},
	{"count", SIEVE_TAG_COUNT, "relational", SIEVE_TAGS_MATCH, 's', 1},
	{"value", SIEVE_TAG_VALUE, "relational", SIEVE_TAGS_MATCH, 's', 1},
	{"list", SIEVE_TAG_LIST, "extlists", SIEVE_TAGS_MATCH, 0, 1},
	{"comparator", SIEVE_TAG_COMPARATOR, NULL, SIEVE_TAGS_MATCH, 's', 0},
	{NULL},
};

const SieveModule sieve_module_match = {.tags = tags};

/* ---- making one --------------------------------------------------------------------------------- */

static gboolean
read_comparator(SieveCompiler *compiler, const SieveItem *item, SieveMatcher *matcher)
{
	static const struct {
		const char *name;
		SieveCollation collation;
		const char *extension;
	} rows[] = {
		{"i;ascii-casemap", SIEVE_COLLATION_CASEMAP, NULL},
		{"i;octet", SIEVE_COLLATION_OCTET, NULL},
		{"i;ascii-numeric", SIEVE_COLLATION_NUMERIC, "comparator-i;ascii-numeric"},
		{"i;unicode-casemap", SIEVE_COLLATION_UNICODE, "comparator-i;unicode-casemap"},
	};
	const SieveString *name = sieve_item_tag_string(item, SIEVE_TAG_COMPARATOR);

	if (name == NULL)
		return TRUE;
	if (!sieve_compiler_constant(compiler, name, _("The name of a comparator")))
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (strcmp(name->text, rows[i].name) != 0)
			continue;
		matcher->collation = rows[i].collation;
		if (rows[i].extension == NULL || sieve_compiler_requires(compiler, rows[i].extension))
			return TRUE;
		sieve_compiler_complain(compiler, &name->place, _("\"%s\" needs: require \"%s\";"),
			name->text, rows[i].extension);
		return FALSE;
	}
	sieve_compiler_complain(
		compiler, &name->place, _("There is no comparator \"%.60s\" here."), name->text);
	return FALSE;
}

static gboolean
read_relation(SieveCompiler *compiler, const SieveString *name, SieveMatcher *matcher)
{
	static const char *const names[] = {"gt", "ge", "lt", "le", "eq", "ne"};

	if (!sieve_compiler_constant(compiler, name, _("A relation")))
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_ascii_strcasecmp(name->text, names[i]) == 0) {
			matcher->relation = (Relation)i;
			return TRUE;
		}
	sieve_compiler_complain(compiler, &name->place,
		_("\"gt\", \"ge\", \"lt\", \"le\", \"eq\" or \"ne\" was expected, not \"%.60s\"."),
		name->text);
	return FALSE;
}

static gboolean
read_type(SieveCompiler *compiler, const SieveItem *item, SieveMatcher *matcher)
{
	matcher->type = SIEVE_TAG_IS;
	for (guint i = 0; i < item->bound->tag_count; i++) {
		const SieveTagged *tagged = &item->bound->tags[i];
		if (tagged->tag > SIEVE_TAG_LIST)
			continue;
		matcher->type = tagged->tag;
		if (tagged->argument != NULL &&
			!read_relation(compiler, &tagged->argument->strings[0], matcher))
			return FALSE;
		if (matcher->collation == SIEVE_COLLATION_NUMERIC &&
			(tagged->tag == SIEVE_TAG_CONTAINS || tagged->tag == SIEVE_TAG_MATCHES ||
				tagged->tag == SIEVE_TAG_REGEX)) {
			sieve_compiler_complain(compiler, &tagged->place,
				_("\"i;ascii-numeric\" compares whole numbers; it cannot be used with "
				  "\":%s\"."),
				tagged->row->name);
			return FALSE;
		}
	}
	return TRUE;
}

static SieveFold
fold_of(const SieveMatcher *matcher)
{
	return matcher->collation == SIEVE_COLLATION_CASEMAP   ? sieve_fold_ascii
	       : matcher->collation == SIEVE_COLLATION_UNICODE ? sieve_fold_unicode
							       : NULL;
}

/* text lives as long as pool. A regex is the caller's to own. */
static gboolean
make_key(const SieveMatcher *matcher, SievePool *pool, const char *text, gsize length, Key *key,
	Regex **regex, GError **error)
{
	SieveFold fold = fold_of(matcher);

	*key = (Key){.text = text, .length = length};
	*regex = NULL;
	if (matcher->type == SIEVE_TAG_MATCHES) {
		key->glob = sieve_glob_new(pool, text, length, fold);
	} else if (matcher->type == SIEVE_TAG_REGEX) {
		*regex = regex_compile(text, (gssize)length,
			REGEX_POSIX | (matcher->collation == SIEVE_COLLATION_OCTET ? 0 : REGEX_CASELESS),
			NULL, error);
		key->regex = *regex;
		return *regex != NULL;
	} else if (fold != NULL && matcher->type != SIEVE_TAG_LIST) {
		key->text = fold(pool, text, length, &key->length);
	}
	return TRUE;
}

static gboolean
make_keys(SieveCompiler *compiler, SieveMatcher *matcher)
{
	gboolean good = TRUE;

	for (guint i = 0; i < matcher->count; i++) {
		const SieveString *string = &matcher->strings[i];
		g_autoptr(GError) error = NULL;
		Regex *regex;
		if (string->pieces != NULL) {
			matcher->dynamic = TRUE;
			continue;
		}
		if (!make_key(matcher, compiler->pool, string->text, string->length, &matcher->keys[i],
			    &regex, &error)) {
			sieve_compiler_complain(compiler, &string->place, "%s", error->message);
			good = FALSE;
		} else if (regex != NULL) {
			sieve_pool_own(compiler->pool, regex, (GDestroyNotify)regex_free);
		}
	}
	return good;
}

SieveMatcher *
sieve_matcher_new(SieveCompiler *compiler, const SieveItem *item, const SieveArgument *keys)
{
	SieveMatcher *matcher = sieve_pool_zeroed(compiler->pool, 1, sizeof *matcher);

	matcher->strings = keys->strings;
	matcher->count = keys->count;
	matcher->keys = sieve_pool_zeroed(compiler->pool, keys->count, sizeof *matcher->keys);
	if (!read_comparator(compiler, item, matcher) || !read_type(compiler, item, matcher) ||
		!make_keys(compiler, matcher))
		return NULL;
	return matcher;
}

void
sieve_matcher_forget(SieveMatcher *matcher)
{
	matcher->forget = TRUE;
}

gboolean
sieve_matcher_counts(const SieveMatcher *matcher)
{
	return matcher->type == SIEVE_TAG_COUNT;
}

/* ---- match variables --------------------------------------------------------------------------------- */

static gboolean
captures(const SieveRun *run, const SieveMatcher *matcher)
{
	return run->script->captures && !matcher->forget;
}

static void
clear_captures(SieveRun *run)
{
	for (guint i = 0; i < run->capture_count; i++) {
		run->variable_octets -= run->capture_lengths[i];
		g_free(run->captures[i]);
	}
	run->capture_count = 0;
}

/* As long a variable may be, and cut between characters. */
static void
add_capture(SieveRun *run, const char *text, gsize length)
{
	if (length > LIMIT_SIEVE_VARIABLE) {
		length = LIMIT_SIEVE_VARIABLE;
		while (length > 0 && ((guchar)text[length] & 0xC0) == 0x80)
			length--;
	}
	run->captures[run->capture_count] = g_strndup(text, length);
	run->capture_lengths[run->capture_count++] = length;
	run->variable_octets += length;
}

/* ---- one value, one key ----------------------------------------------------------------------------------
 */

/* The value as the keys are folded. */
static const char *
folded(SieveRun *run, const SieveMatcher *matcher, SieveValue *value, SievePool *pool, gsize *length)
{
	SieveFold fold = fold_of(matcher);
	guint which = (guint)matcher->collation;

	*length = value->length;
	if (fold == NULL)
		return value->text;
	if (value->folded[which] == NULL) {
		/* What it will take is checked before; the pool itself takes without asking. */
		SievePoolMark mark = sieve_pool_mark(pool);
		if (!sieve_run_charge(run, value->length) ||
			sieve_run_take(run, pool, value->length * (fold == sieve_fold_unicode ? 3 : 1) + 1) ==
				NULL) {
			*length = 0;
			return "";
		}
		sieve_pool_release(pool, mark);
		value->folded[which] = fold(pool, value->text, value->length, &value->folded_length[which]);
	}
	*length = value->folded_length[which];
	return value->folded[which];
}

static gboolean
match_is(SieveRun *run, const SieveMatcher *matcher, SieveValue *value, const Key *key, SievePool *pool)
{
	const char *text;
	gsize length;

	if (matcher->collation == SIEVE_COLLATION_CASEMAP && value->length != key->length)
		return FALSE;
	text = folded(run, matcher, value, pool, &length);
	return length == key->length && memcmp(text, key->text, length) == 0;
}

/*
 * Text that is too long to keep a folded copy of: fold it piece by piece, each beginning with the
 * end of the one before.
 */
static gboolean
contains_folding(const SieveValue *value, const Key *key)
{
	gsize overlap = key->length - 1, size = MAX(PIECE_OCTETS, 4 * key->length);
	g_autofree char *piece = g_malloc(size);

	for (gsize start = 0; start + key->length <= value->length; start += size - overlap) {
		gsize length = MIN(size, value->length - start);
		for (gsize i = 0; i < length; i++)
			piece[i] = g_ascii_tolower(value->text[start + i]);
		if (memmem(piece, length, key->text, key->length) != NULL)
			return TRUE;
	}
	return FALSE;
}

static gboolean
match_contains(SieveRun *run, const SieveMatcher *matcher, SieveValue *value, const Key *key, SievePool *pool)
{
	gsize length;
	const char *text;

	if (matcher->collation == SIEVE_COLLATION_CASEMAP && value->length > 2 * PIECE_OCTETS &&
		key->length > 0)
		return sieve_run_charge(run, value->length) && contains_folding(value, key);
	text = folded(run, matcher, value, pool, &length);
	if (length >= 4096 && !sieve_run_charge(run, length))
		return FALSE;
	return memmem(text, length, key->text, key->length) != NULL;
}

static void
glob_captures(
	SieveRun *run, const SieveValue *value, const guint32 *origins, const SieveSpan *spans, guint count)
{
	clear_captures(run);
	add_capture(run, value->text, value->length);
	for (guint i = 0; i < count; i++) {
		gsize start = origins != NULL ? origins[spans[i].start] : spans[i].start;
		gsize end = origins != NULL ? origins[spans[i].end] : spans[i].end;
		add_capture(run, value->text + start, end - start);
	}
}

static gboolean
match_glob(SieveRun *run, const SieveMatcher *matcher, SieveValue *value, const Key *key, SievePool *pool)
{
	SieveSpan spans[SIEVE_CAPTURES - 1];
	SieveGlobSubject subject = {.work = (guint64)LIMIT_SIEVE_STEPS * 64};
	guint64 work = subject.work;
	guint count = MIN(sieve_glob_wildcards(key->glob), SIEVE_CAPTURES - 1);
	gboolean capture = captures(run, matcher);
	SieveGlobResult result;

	subject.text = folded(run, matcher, value, pool, &subject.length);
	if (sieve_run_failed(run))
		return FALSE;
	if (matcher->collation == SIEVE_COLLATION_UNICODE && count > 0) {
		if (sieve_run_take(run, run->scratch, subject.length * FOLD_GROWTH) == NULL)
			return FALSE;
		subject.origin = sieve_fold_origins(run->scratch, value->text, value->length);
	}
	result = sieve_glob_match(key->glob, &subject, capture ? spans : NULL, count);
	work = subject.length + (work - subject.work) + (guint64)sieve_glob_wildcards(key->glob) * KEY_OCTETS;
	if (work >= 4096)
		sieve_run_charge(run, work);
	if (result == SIEVE_GLOB_LIMIT)
		sieve_run_fail(run, FAULT_LIMIT, _("\":matches\" takes too long on this message."));
	if (result == SIEVE_GLOB_YES && capture)
		glob_captures(run, value, subject.origin, spans, count);
	return result == SIEVE_GLOB_YES;
}

static gboolean
match_regex(SieveRun *run, const SieveMatcher *matcher, const SieveValue *value, const Key *key)
{
	RegexSpan spans[SIEVE_CAPTURES];
	guint count = captures(run, matcher) ? MIN(regex_groups(key->regex) + 1, SIEVE_CAPTURES) : 0;
	RegexSpan *into = count > 0 ? spans : NULL;
	RegexResult result =
		regex_match(key->regex, value->text, value->length, REGEX_CHEAP_STEPS, into, count);

	if (!sieve_run_charge(run, value->length * 4))
		return FALSE;
	if (result == REGEX_LIMIT && sieve_run_charge(run, REGEX_DEAR_OCTETS))
		result = regex_match(key->regex, value->text, value->length, 0, into, count);
	if (result == REGEX_LIMIT)
		sieve_run_fail(run, FAULT_LIMIT, _("The regular expression takes too long on this message."));
	if (result == REGEX_YES && count > 0) {
		clear_captures(run);
		for (guint i = 0; i < count; i++) {
			gboolean set = spans[i].start != G_MAXSIZE;
			add_capture(run, set ? value->text + spans[i].start : "",
				set ? spans[i].end - spans[i].start : 0);
		}
	}
	return result == REGEX_YES;
}

static gboolean
match_list(SieveRun *run, const SieveValue *value, const Key *key)
{
	const SieveHostClass *class = run->host->class;
	g_autofree char *text = g_strndup(value->text, value->length);
	gboolean known = FALSE, in = FALSE;

	if (class->listed != NULL)
		in = class->listed(run->host, key->text, text, &known);
	if (!known)
		sieve_run_fail(run, FAULT_REFUSED, _("There is no list \"%.60s\" here."), key->text);
	return known && in;
}

/* ---- order
 * -------------------------------------------------------------------------------------------------- */

/* Digits at the beginning, without zeros before them; none at all is more than any number (RFC 4790, 9.1). */
static gboolean
number_of(const char *text, gsize length, const char **digits, gsize *count)
{
	gsize end = 0, start = 0;

	while (end < length && g_ascii_isdigit(text[end]))
		end++;
	while (start + 1 < end && text[start] == '0')
		start++;
	*digits = text + start;
	*count = end - start;
	return end > 0;
}

static int
compare_numbers(const char *a, gsize a_length, const char *b, gsize b_length)
{
	const char *x, *y;
	gsize n, m;
	gboolean a_is = number_of(a, a_length, &x, &n), b_is = number_of(b, b_length, &y, &m);

	if (!a_is || !b_is)
		return (int)b_is - (int)a_is;
	if (n != m)
		return n < m ? -1 : 1;
	return memcmp(x, y, n);
}

static int
compare(SieveRun *run, const SieveMatcher *matcher, SieveValue *value, const Key *key, SievePool *pool)
{
	gsize length;
	const char *text;
	int order;

	if (matcher->collation == SIEVE_COLLATION_NUMERIC)
		return compare_numbers(value->text, value->length, key->text, key->length);
	text = folded(run, matcher, value, pool, &length);
	order = memcmp(text, key->text, MIN(length, key->length));
	return order != 0 ? order : length < key->length ? -1 : length > key->length;
}

static gboolean
related(Relation relation, int order)
{
	switch (relation) {
	case RELATION_GT:
		return order > 0;
	case RELATION_GE:
		return order >= 0;
	case RELATION_LT:
		return order < 0;
	case RELATION_LE:
		return order <= 0;
	case RELATION_EQ:
		return order == 0;
	case RELATION_NE:
		return order != 0;
	}
	return FALSE;
}

static gboolean
match_one(SieveRun *run, const SieveMatcher *matcher, SieveValue *value, const Key *key, SievePool *pool)
{
	switch (matcher->type) {
	case SIEVE_TAG_CONTAINS:
		return match_contains(run, matcher, value, key, pool);
	case SIEVE_TAG_MATCHES:
		return match_glob(run, matcher, value, key, pool);
	case SIEVE_TAG_REGEX:
		return match_regex(run, matcher, value, key);
	case SIEVE_TAG_VALUE:
	case SIEVE_TAG_COUNT:
		return related(matcher->relation, compare(run, matcher, value, key, pool));
	case SIEVE_TAG_LIST:
		return match_list(run, value, key);
	default:
		if (matcher->collation == SIEVE_COLLATION_NUMERIC)
			return compare_numbers(value->text, value->length, key->text, key->length) == 0;
		return match_is(run, matcher, value, key, pool);
	}
}

/* ---- many
 * ------------------------------------------------------------------------------------------------------ */

/* The keys with what their variables hold now; regexes are the caller's. In scratch. */
static Key *
ready_keys(SieveRun *run, const SieveMatcher *matcher, GPtrArray *regexes)
{
	Key *keys = sieve_run_take(run, run->scratch, matcher->count * sizeof *keys);

	if (keys == NULL)
		return NULL;
	memcpy(keys, matcher->keys, matcher->count * sizeof *keys);
	for (guint i = 0; i < matcher->count && !sieve_run_failed(run); i++) {
		GError *error = NULL;
		Regex *regex;
		const char *text;
		gsize length;
		if (matcher->strings[i].pieces == NULL)
			continue;
		text = sieve_run_text(run, &matcher->strings[i], &length);
		if (!sieve_run_charge(
			    run, matcher->type == SIEVE_TAG_REGEX ? REGEX_MADE_OCTETS : length * KEY_OCTETS))
			break;
		if (!make_key(matcher, run->scratch, text, length, &keys[i], &regex, &error))
			sieve_run_fail_with(run, error);
		else if (regex != NULL)
			g_ptr_array_add(regexes, regex);
	}
	return sieve_run_failed(run) ? NULL : keys;
}

static gboolean
match_all(SieveRun *run, const SieveMatcher *matcher, SieveValues *values)
{
	g_autoptr(GPtrArray) regexes = NULL;
	const Key *keys = matcher->keys;

	if (values->count == 0)
		return FALSE;
	if (matcher->dynamic) {
		regexes = g_ptr_array_new_with_free_func((GDestroyNotify)regex_free);
		keys = ready_keys(run, matcher, regexes);
		if (keys == NULL)
			return FALSE;
	}
	for (guint v = 0; v < values->count; v++) {
		/* Many small values and keys are work too. */
		if (!sieve_run_charge(run, (guint64)matcher->count * KEY_OCTETS))
			return FALSE;
		for (guint k = 0; k < matcher->count; k++) {
			if (match_one(run, matcher, &values->items[v], &keys[k], values->pool))
				return !sieve_run_failed(run);
			if (sieve_run_failed(run))
				return FALSE;
		}
	}
	return FALSE;
}

gboolean
sieve_match_add(SieveRun *run, const SieveMatcher *matcher, SieveMatching *matching, SieveValues *values)
{
	if (matcher->type != SIEVE_TAG_COUNT)
		return match_all(run, matcher, values);
	matching->count += values->count;
	return FALSE;
}

gboolean
sieve_match_end(SieveRun *run, const SieveMatcher *matcher, const SieveMatching *matching)
{
	SieveValues one;
	char digits[16];

	if (matcher->type != SIEVE_TAG_COUNT)
		return FALSE;
	one = sieve_values_new(run, 1);
	g_snprintf(digits, sizeof digits, "%u", matching->count);
	sieve_values_set(&one, 0, digits, strlen(digits));
	return match_all(run, matcher, &one);
}

gboolean
sieve_match(SieveRun *run, const SieveMatcher *matcher, SieveValues *values)
{
	SieveMatching matching = {.count = 0};

	return sieve_match_add(run, matcher, &matching, values) || sieve_match_end(run, matcher, &matching);
}
