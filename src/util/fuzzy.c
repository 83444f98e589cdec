/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * For each letter i of a word and each character j of the candidate: at[i][j] is
 * the best score of the letters up to i with i standing at j, best[i][j] that
 * with i at j or before. A letter that follows the one before it gets
 * SCORE_ROW, any other what its place is worth, less the gap before it.
 */
#include "config.h"

#include "util/fuzzy.h"

#include <string.h>

#define TYPED_MAX 64
#define CANDIDATE_MAX 256

#define SCORE_ROW 1000
#define SCORE_START 950
#define SCORE_WORD 850
#define SCORE_CAPITAL 700
#define SCORE_WHOLE 100000
#define LOSS_OUTSIDE 5 /* for each character before the first and behind the last letter */
#define LOSS_INSIDE 10
/* Far below all scores, and far above where sums overflow. */
#define SCORE_MIN (-1000000)

typedef struct {
	int at[TYPED_MAX][CANDIDATE_MAX];
	int best[TYPED_MAX][CANDIDATE_MAX];
} Table;

struct Fuzzy {
	gunichar letters[TYPED_MAX]; /* of all words */
	guint ends[TYPED_MAX];       /* index behind the last letter of each word */
	guint words;
	guint length; /* letters of all words */
	Table table;  /* for one word at a time */
};

typedef struct {
	gunichar letters[CANDIDATE_MAX];
	gsize offsets[CANDIDATE_MAX];
	int bonus[CANDIDATE_MAX]; /* what a match here is worth */
	guint length;
} Candidate;

/* Without case and accent; 0 for a mark, which has no place of its own. */
static gunichar
fold(gunichar c)
{
	if (c < 0x80)
		return (gunichar)g_ascii_tolower((char)c);
	if (g_unichar_ismark(c))
		return 0;
	gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
	gboolean hangul = c >= 0xAC00 && c <= 0xD7A3;
	if (!hangul && g_unichar_fully_decompose(c, FALSE, parts, G_N_ELEMENTS(parts)) > 0)
		c = parts[0];
	return g_unichar_tolower(c);
}

/* The character at *at, which moves on; a bad byte is one character. */
static gunichar
take_char(const char **at)
{
	gunichar c = g_utf8_get_char_validated(*at, -1);
	if (c == (gunichar)-1 || c == (gunichar)-2) {
		(*at)++;
		return 0xFFFD;
	}
	*at = g_utf8_next_char(*at);
	return c;
}

Fuzzy *
fuzzy_new(const char *typed)
{
	Fuzzy *fuzzy = g_new0(Fuzzy, 1);
	gboolean in_word = FALSE;
	while (*typed && fuzzy->length < TYPED_MAX) {
		gunichar c = take_char(&typed);
		gunichar letter = fold(c);
		if (g_unichar_isspace(c)) {
			in_word = FALSE;
		} else if (letter) {
			if (!in_word)
				fuzzy->words++;
			in_word = TRUE;
			fuzzy->letters[fuzzy->length++] = letter;
			fuzzy->ends[fuzzy->words - 1] = fuzzy->length;
		}
	}
	return fuzzy;
}

void
fuzzy_free(Fuzzy *fuzzy)
{
	g_free(fuzzy);
}

static int
bonus_after(gunichar before, gunichar c)
{
	if (before == 0)
		return SCORE_START;
	if (!g_unichar_isalnum(before))
		return SCORE_WORD;
	return g_unichar_islower(before) && g_unichar_isupper(c) ? SCORE_CAPITAL : 0;
}

static void
read_candidate(Candidate *candidate, const char *text)
{
	const char *at = text;
	gunichar before = 0;
	candidate->length = 0;
	while (*at && candidate->length < CANDIDATE_MAX) {
		gsize offset = (gsize)(at - text);
		gunichar c = take_char(&at);
		gunichar letter = fold(c);
		if (!letter)
			continue;
		candidate->letters[candidate->length] = letter;
		candidate->offsets[candidate->length] = offset;
		candidate->bonus[candidate->length] = bonus_after(before, c);
		candidate->length++;
		before = c;
	}
}

static gboolean
is_subsequence(const gunichar *letters, guint count, const Candidate *candidate)
{
	guint found = 0;
	for (guint j = 0; found < count && j < candidate->length; j++)
		found += letters[found] == candidate->letters[j];
	return found == count;
}

/* The score of letter i at j. */
static int
score_at(const Table *table, const Candidate *candidate, guint i, guint j)
{
	if (i == 0)
		return candidate->bonus[j] - (int)j * LOSS_OUTSIDE;
	if (j == 0)
		return SCORE_MIN;
	int row = table->at[i - 1][j - 1] + SCORE_ROW;
	int apart = table->best[i - 1][j - 1] + candidate->bonus[j];
	return MAX(MAX(row, apart), SCORE_MIN);
}

static int
fill(Table *table, const gunichar *letters, guint count, const Candidate *candidate)
{
	for (guint i = 0; i < count; i++) {
		int loss = i + 1 == count ? LOSS_OUTSIDE : LOSS_INSIDE;
		int best = SCORE_MIN;
		for (guint j = 0; j < candidate->length; j++) {
			gboolean same = letters[i] == candidate->letters[j];
			table->at[i][j] = same ? score_at(table, candidate, i, j) : SCORE_MIN;
			best = MAX(MAX(table->at[i][j], best - loss), SCORE_MIN);
			table->best[i][j] = best;
		}
	}
	return table->best[count - 1][candidate->length - 1];
}

/* Mark the places of the best way through table. */
static void
trace(const Table *table, guint count, const Candidate *candidate, gboolean *used)
{
	gboolean must = FALSE; /* the letter behind counted on this one being just before it */
	guint j = candidate->length;
	for (guint i = count; i > 0; i--) {
		while (j > 0) {
			j--;
			int at = table->at[i - 1][j];
			if (at > SCORE_MIN && (must || at == table->best[i - 1][j]))
				break;
		}
		used[j] = TRUE;
		must = i > 1 && j > 0 && table->at[i - 1][j] == table->at[i - 2][j - 1] + SCORE_ROW;
	}
}

int
fuzzy_match(Fuzzy *fuzzy, const char *candidate, GArray *places)
{
	if (places)
		g_array_set_size(places, 0);
	if (fuzzy->words == 0)
		return 0;
	Candidate read;
	read_candidate(&read, candidate);
	guint start = 0;
	for (guint i = 0; i < fuzzy->words; start = fuzzy->ends[i++]) {
		if (!is_subsequence(fuzzy->letters + start, fuzzy->ends[i] - start, &read))
			return FUZZY_NONE;
	}
	gboolean used[CANDIDATE_MAX] = {FALSE};
	int score = 0;
	start = 0;
	for (guint i = 0; i < fuzzy->words; start = fuzzy->ends[i++]) {
		guint count = fuzzy->ends[i] - start;
		score += fill(&fuzzy->table, fuzzy->letters + start, count, &read);
		trace(&fuzzy->table, count, &read, used);
	}
	if (fuzzy->length == read.length && fuzzy->words == 1)
		score += SCORE_WHOLE;
	for (guint j = 0; places && j < read.length; j++) {
		if (used[j])
			g_array_append_val(places, read.offsets[j]);
	}
	return score;
}

int
fuzzy_score(Fuzzy *fuzzy, const char *candidate)
{
	return fuzzy_match(fuzzy, candidate, NULL);
}

guint
fuzzy_distance(const char *a, const char *b)
{
	gsize m = strlen(a), n = strlen(b);
	guint d[34][34];

	if (m > 32 || n > 32)
		return G_MAXUINT;
	for (gsize i = 0; i <= m; i++) {
		for (gsize j = 0; j <= n; j++) {
			guint cost;
			if (i == 0 || j == 0) {
				d[i][j] = (guint)(i + j);
				continue;
			}
			cost = a[i - 1] != b[j - 1];
			d[i][j] = MIN(MIN(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = MIN(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[m][n];
}
