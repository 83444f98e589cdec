/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/prompt.h"

#include <string.h>

#include "ui/core.h"
#include "util/i18n.h"
#include "util/text.h"

#define CANDIDATE_ROWS 10
#define HISTORY_LENGTH 100
#define KEYS_CELLS 8

struct Prompt {
	PromptSpec spec;
	char *label, *words, *separators_copy, *choices;
	guint view_id;
	Line *line;
	GPtrArray *candidates; /* of Candidate; empty: none shown */
	int widest;            /* cells of the widest one */
	gsize start;           /* of the word they replace */
	List list;
	gboolean chosen;  /* the selected candidate was walked to */
	guint history_at; /* 0: the line being written */
	char *cycled;     /* what Space gave */
};

Candidate *
candidate_new(const char *text, const char *brief, const char *keys, int score)
{
	Candidate *candidate = g_new0(Candidate, 1);

	candidate->text = g_strdup(text);
	candidate->brief = g_strdup(brief);
	candidate->keys = g_strdup(keys);
	candidate->score = score;
	return candidate;
}

void
candidate_free(Candidate *candidate)
{
	g_free(candidate->text);
	g_free(candidate->brief);
	g_free(candidate->keys);
	g_free(candidate);
}

static gint
by_score(gconstpointer a, gconstpointer b)
{
	const Candidate *one = *(Candidate *const *)a, *two = *(Candidate *const *)b;

	if (one->score != two->score)
		return two->score > one->score ? 1 : -1;
	return one->place < two->place ? -1 : 1;
}

/* Stable, so that equal scores keep the order in which they were given. */
static void
sort_candidates(GPtrArray *candidates)
{
	for (guint i = 0; i < candidates->len; i++) {
		Candidate *candidate = g_ptr_array_index(candidates, i);

		candidate->place = i;
	}
	g_ptr_array_sort(candidates, by_score);
}

static void
complete(App *app, Prompt *prompt)
{
	g_ptr_array_set_size(prompt->candidates, 0);
	prompt->start = prompt->spec.separators ? line_word(prompt->line, prompt->separators_copy) : 0;
	prompt->spec.complete(
		app, line_text(prompt->line), &prompt->start, prompt->candidates, prompt->spec.data);
	sort_candidates(prompt->candidates);
	prompt->widest = 0;
	for (guint i = 0; i < prompt->candidates->len; i++) {
		const Candidate *candidate = g_ptr_array_index(prompt->candidates, i);

		prompt->widest = MAX(prompt->widest, text_cells(candidate->text, -1));
	}
	prompt->list = (List){0};
	list_set_page(&prompt->list, CANDIDATE_ROWS);
	list_set_count(&prompt->list, prompt->candidates->len);
	prompt->chosen = FALSE;
}

Prompt *
prompt_new(App *app, const PromptSpec *spec)
{
	Prompt *prompt = g_new0(Prompt, 1);

	prompt->spec = *spec;
	prompt->label = g_strdup(spec->label ? spec->label : "");
	prompt->words = g_strdup(spec->words);
	prompt->separators_copy = g_strdup(spec->separators);
	prompt->choices = g_strdup(spec->choices);
	prompt->view_id = spec->view ? spec->view->id : 0;
	prompt->line = line_new(spec->initial);
	prompt->candidates = g_ptr_array_new_with_free_func((GDestroyNotify)candidate_free);
	if (spec->live && spec->complete)
		complete(app, prompt);
	return prompt;
}

void
prompt_free(Prompt *prompt)
{
	if (!prompt)
		return;
	if (prompt->spec.free_data)
		prompt->spec.free_data(prompt->spec.data);
	g_free(prompt->label);
	g_free(prompt->words);
	g_free(prompt->separators_copy);
	g_free(prompt->choices);
	g_free(prompt->cycled);
	line_free(prompt->line);
	g_ptr_array_unref(prompt->candidates);
	g_free(prompt);
}

void
app_prompt(App *app, const PromptSpec *spec)
{
	Prompt *old = app->prompt;

	app->prompt = prompt_new(app, spec);
	prompt_free(old);
	app_dirty(app);
}

static GPtrArray *
history_of(App *app, const Prompt *prompt)
{
	GPtrArray *history;

	if (!prompt->spec.history)
		return NULL;
	history = g_hash_table_lookup(app->histories, prompt->spec.history);
	if (!history) {
		history = g_ptr_array_new_with_free_func(g_free);
		g_hash_table_insert(app->histories, g_strdup(prompt->spec.history), history);
	}
	return history;
}

static void
remember(App *app, const Prompt *prompt, const char *text)
{
	GPtrArray *history = history_of(app, prompt);

	if (!history || !text || *text == '\0' || prompt->spec.masked)
		return;
	for (guint i = 0; i < history->len; i++)
		if (strcmp(g_ptr_array_index(history, i), text) == 0) {
			g_ptr_array_remove_index(history, i);
			break;
		}
	g_ptr_array_add(history, g_strdup(text));
	if (history->len > HISTORY_LENGTH)
		g_ptr_array_remove_index(history, 0);
}

void
prompt_end(App *app, const char *text)
{
	Prompt *prompt = app->prompt;
	char *answer = g_strdup(text);

	app->prompt = NULL;
	remember(app, prompt, text);
	if (prompt->spec.done)
		prompt->spec.done(app, app_view(app, prompt->view_id), answer, prompt->spec.data);
	if (answer)
		memset(answer, 0, strlen(answer));
	g_free(answer);
	prompt_free(prompt);
	app_dirty(app);
}

static void
take_candidate(Prompt *prompt, guint i)
{
	const Candidate *candidate = g_ptr_array_index(prompt->candidates, i);

	line_key(prompt->line, K_END);
	line_replace(prompt->line, MIN(prompt->start, line_cursor(prompt->line)), candidate->text);
}

static void
walk_candidates(Prompt *prompt, int step)
{
	guint count = prompt->candidates->len;

	if (prompt->chosen || step < 0)
		list_select(
			&prompt->list, (prompt->list.selected + count + (guint)(step + (int)count)) % count);
	prompt->chosen = TRUE;
	if (!prompt->spec.live)
		take_candidate(prompt, prompt->list.selected);
}

static void
walk_history(App *app, Prompt *prompt, int step)
{
	GPtrArray *history = history_of(app, prompt);
	guint at;

	if (!history || history->len == 0)
		return;
	at = (guint)CLAMP((int)prompt->history_at + step, 0, (int)history->len);
	prompt->history_at = at;
	line_set(prompt->line, at == 0 ? "" : g_ptr_array_index(history, history->len - at));
}

/* ^R: the next older line that holds what is written. */
static void
search_history(App *app, Prompt *prompt)
{
	GPtrArray *history = history_of(app, prompt);
	g_autofree char *wanted = text_fold(line_text(prompt->line));

	for (guint at = prompt->history_at + 1; history && at <= history->len; at++) {
		const char *text = g_ptr_array_index(history, history->len - at);
		g_autofree char *folded = text_fold(text);

		if (!strstr(folded, wanted))
			continue;
		prompt->history_at = at;
		line_set(prompt->line, text);
		return;
	}
}

static void
tab(App *app, Prompt *prompt, int step)
{
	if (!prompt->spec.complete)
		return;
	if (prompt->candidates->len == 0 || prompt->spec.live) {
		gboolean walked = prompt->spec.live && prompt->candidates->len > 0;

		if (walked) {
			take_candidate(prompt, prompt->list.selected);
			complete(app, prompt);
			return;
		}
		complete(app, prompt);
		if (prompt->candidates->len == 1) {
			take_candidate(prompt, 0);
			g_ptr_array_set_size(prompt->candidates, 0);
		} else if (prompt->candidates->len == 0) {
			screen_beep(app->screen);
		}
		return;
	}
	walk_candidates(prompt, step);
}

static void
enter(App *app, Prompt *prompt)
{
	gboolean has = prompt->candidates->len > 0;

	if (prompt->spec.pick && has && (prompt->chosen || prompt->spec.live))
		take_candidate(prompt, prompt->list.selected);
	else if (prompt->spec.live && has && prompt->chosen)
		take_candidate(prompt, prompt->list.selected);
	else if (!prompt->spec.live && prompt->chosen && has) {
		/* The first Enter takes what was walked to; the line goes on. */
		g_ptr_array_set_size(prompt->candidates, 0);
		prompt->chosen = FALSE;
		if (prompt->spec.separators)
			return;
	}
	prompt_end(app, line_text(prompt->line));
}

static void
choose(App *app, Prompt *prompt, Key key)
{
	const char *choices = prompt->choices;
	char letter[8] = "";

	if (key == K_ENTER)
		letter[0] = choices[0];
	else if (key < 0x110000)
		letter[g_unichar_to_utf8(g_unichar_tolower(key), letter)] = '\0';
	if (letter[0] == '\0' || !strstr(choices, letter)) {
		if (key != K_ESC && key != K_CTRL('G') && key != K_CTRL('C')) {
			screen_beep(app->screen);
			return;
		}
		prompt_end(app, NULL);
		return;
	}
	prompt_end(app, letter);
}

static gboolean
cycle(App *app, Prompt *prompt)
{
	const char *text = line_text(prompt->line);
	char *next;

	if (!prompt->spec.cycle || (*text && g_strcmp0(text, prompt->cycled) != 0))
		return FALSE;
	next = prompt->spec.cycle(app, text, prompt->spec.data);
	if (!next)
		return FALSE;
	g_free(prompt->cycled);
	prompt->cycled = next;
	line_set(prompt->line, next);
	g_ptr_array_set_size(prompt->candidates, 0);
	return TRUE;
}

/* Keys that walk instead of writing. TRUE: taken. */
static gboolean
walk_key(App *app, Prompt *prompt, Key key)
{
	gboolean has = prompt->candidates->len > 0;

	switch (key) {
	case K_TAB:
		tab(app, prompt, 1);
		return TRUE;
	case K_SHIFT_TAB:
		if (has)
			walk_candidates(prompt, -1);
		return TRUE;
	case K_UP:
	case K_DOWN:
		if (has && prompt->spec.live) {
			if (!prompt->chosen && key == K_DOWN)
				list_select(&prompt->list, 0);
			prompt->chosen = TRUE;
			list_move(&prompt->list, key == K_UP ? -1 : 1);
		} else {
			walk_history(app, prompt, key == K_UP ? 1 : -1);
		}
		return TRUE;
	case K_PAGE_UP:
	case K_PAGE_DOWN:
		if (has)
			list_page(&prompt->list, key == K_PAGE_UP ? -1 : 1);
		prompt->chosen = has;
		return TRUE;
	case K_CTRL('P'):
		walk_history(app, prompt, 1);
		return TRUE;
	case K_CTRL('N'):
		walk_history(app, prompt, -1);
		return TRUE;
	case K_CTRL('R'):
		search_history(app, prompt);
		return TRUE;
	case K_SPACE:
		return cycle(app, prompt);
	default:
		return FALSE;
	}
}

static void
text_changed(App *app, Prompt *prompt)
{
	if (prompt->spec.live && prompt->spec.complete)
		complete(app, prompt);
	else
		g_ptr_array_set_size(prompt->candidates, 0);
	prompt->chosen = FALSE;
}

gboolean
prompt_key(App *app, Key key)
{
	Prompt *prompt = app->prompt;

	app_dirty(app);
	if (prompt->choices) {
		choose(app, prompt, key);
		return TRUE;
	}
	if (key == K_ESC || key == K_CTRL('G') || key == K_CTRL('C')) {
		prompt_end(app, NULL);
		return TRUE;
	}
	if (key == K_ENTER) {
		enter(app, prompt);
		return TRUE;
	}
	if (walk_key(app, prompt, key))
		return TRUE;
	if (line_key(prompt->line, key) == LINE_CHANGED)
		text_changed(app, prompt);
	return TRUE;
}

void
prompt_paste(App *app, const char *text)
{
	if (app->prompt->choices)
		return;
	line_insert(app->prompt->line, text);
	text_changed(app, app->prompt);
	app_dirty(app);
}

/* ---- drawing ----------------------------------------------------------------------------- */

static int
words_rows(const Prompt *prompt, int cols)
{
	g_auto(GStrv) lines = prompt->words ? g_strsplit(prompt->words, "\n", -1) : NULL;
	int rows = 0;

	for (guint i = 0; lines && lines[i]; i++) {
		g_autoptr(GPtrArray) wrapped = text_wrap(lines[i], MAX(cols - 4, 20));

		rows += MAX((int)wrapped->len, 1);
	}
	return rows > 0 ? rows + 1 : 0;
}

int
prompt_rows(const Prompt *prompt, int rows, int cols)
{
	int candidates = (int)MIN(prompt->candidates->len, CANDIDATE_ROWS);

	return MIN(1 + candidates + (candidates > 0) + words_rows(prompt, cols), rows);
}

static void
draw_candidate(const Prompt *prompt, Grid *grid, Rect row, guint i)
{
	const Candidate *candidate = g_ptr_array_index(prompt->candidates, i);
	gboolean selected = i == prompt->list.selected && (prompt->chosen || prompt->spec.pick);
	g_autofree char *text = text_safe(candidate->text, -1, TEXT_MARKS);
	int width = CLAMP(prompt->widest, 12, MAX(row.cols / 2, 12)), x = 2;

	grid_fill(grid, row, STYLE_NORMAL);
	if (!candidate->brief && !candidate->keys)
		width = row.cols - 2;
	x = grid_column(grid, row, 0, x, width, STYLE_STRONG, text);
	if (candidate->brief) {
		g_autofree char *brief = text_safe(candidate->brief, -1, TEXT_MARKS);

		grid_column(grid, row, 0, x + 1, row.cols - x - 2 - KEYS_CELLS, STYLE_NORMAL, brief);
	}
	if (candidate->keys)
		grid_column_right(grid, row, 0, MAX(row.cols - KEYS_CELLS - 1, 0), KEYS_CELLS, STYLE_HINT_KEY,
			candidate->keys);
	if (selected)
		grid_flag(grid, row, CELL_SELECTED);
}

static int
draw_words(const Prompt *prompt, Grid *grid, Rect rect)
{
	return prompt->words ? view_draw_words(grid, rect, 0, 2, STYLE_NORMAL, prompt->words) : 0;
}

/* What is seen of the line: text before the cursor that fits, then the rest. */
static void
draw_line(App *app, const Prompt *prompt, Grid *grid, Rect row)
{
	const char *text = line_text(prompt->line);
	g_autofree char *masked = NULL;
	gsize cursor = line_cursor(prompt->line);
	int x = grid_text(grid, row, 0, 1, STYLE_STRONG, prompt->label) + 1, room, before;

	if (prompt->spec.masked) {
		GString *dots = g_string_new(NULL);
		glong count = g_utf8_strlen(text, -1), at = g_utf8_strlen(text, (gssize)cursor);

		for (glong i = 0; i < count; i++)
			g_string_append(dots, grid_glyph(grid, GLYPH_MASK));
		cursor = (gsize)(g_utf8_offset_to_pointer(dots->str, at) - dots->str);
		masked = g_string_free(dots, FALSE);
		text = masked;
	}
	x = MIN(x, MAX(row.cols - 10, 0));
	room = MAX(row.cols - x - 1, 1);
	before = text_cells(text, (gssize)cursor);
	while (before >= room && cursor > 0) {
		const char *next = g_utf8_next_char(text);

		cursor -= (gsize)(next - text);
		text = next;
		before = text_cells(text, (gssize)cursor);
	}
	if (!prompt->choices)
		grid_text(grid, rect_columns(row, x, room), 0, 0, STYLE_NORMAL, text);
	app_cursor(app, row.y, row.x + x + (prompt->choices ? -1 : before), TRUE);
}

void
prompt_draw(App *app, Grid *grid, Rect rect)
{
	Prompt *prompt = app->prompt;
	int candidates = (int)MIN(prompt->candidates->len, CANDIDATE_ROWS), y = 0;

	candidates = MIN(candidates, MAX(rect.rows - 1, 0));
	grid_fill(grid, rect, STYLE_NORMAL);
	grid_repeat(grid, rect, 0, 0, rect.rows > 1 ? rect.cols : 0, STYLE_RULE, GLYPH_HORIZONTAL);
	y = rect.rows > 1 ? 1 : 0;
	draw_words(prompt, grid, rect_rows(rect, y, rect.rows - 1 - candidates - y));
	list_set_page(&prompt->list, (guint)MAX(candidates, 1));
	for (int i = 0; i < candidates; i++)
		draw_candidate(prompt, grid, rect_row(rect, rect.rows - 1 - candidates + i),
			prompt->list.top + (guint)i);
	draw_line(app, prompt, grid, rect_row(rect, rect.rows - 1));
}

GPtrArray *
prompt_hints(App *app)
{
	static const char *const choice_hints[] = {N_("Enter"), N_("the first"), "Esc", N_("leaves")};
	static const char *const accept_hints[] = {"y", N_("yes"), "n", N_("no"), N_("Enter"), N_("yes")};
	static const char *const confirm_hints[] = {"y", N_("yes"), "n", N_("no"), N_("Enter"), N_("no")};
	static const char *const pick_hints[] = {N_("Enter"), N_("takes it"), "Tab", N_("completes"),
		N_("Up Down"), N_("walk"), "Esc", N_("leaves")};
	static const char *const line_hints[] = {
		N_("Enter"), N_("done"), "Tab", N_("completes"), "^P ^N", N_("history"), "Esc", N_("leaves")};
	static const char *const plain_hints[] = {N_("Enter"), N_("done"), "Esc", N_("leaves")};
	const Prompt *prompt = app->prompt;
	const char *const *hints = plain_hints;
	gsize count = G_N_ELEMENTS(plain_hints);
	GPtrArray *out = g_ptr_array_new_with_free_func(g_free);

	if (prompt->choices && (strcmp(prompt->choices, "ny") == 0 || strcmp(prompt->choices, "yn") == 0)) {
		hints = prompt->choices[0] == 'y' ? accept_hints : confirm_hints;
		count = G_N_ELEMENTS(confirm_hints);
	} else if (prompt->choices) {
		hints = choice_hints;
		count = G_N_ELEMENTS(choice_hints);
	} else if (prompt->spec.live) {
		hints = pick_hints;
		count = G_N_ELEMENTS(pick_hints);
	} else if (prompt->spec.complete) {
		hints = line_hints;
		count = G_N_ELEMENTS(line_hints);
	}
	for (gsize i = 0; i + 1 < count; i += 2)
		g_ptr_array_add(out, g_strdup_printf("%s\t%s", _(hints[i]), _(hints[i + 1])));
	return out;
}
