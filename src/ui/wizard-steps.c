/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/wizard-steps.h"

#include "ui/style.h"
#include "util/i18n.h"
#include "util/text.h"

#define TITLE_MOST 44

typedef struct {
	ProbeState state;
	char *title, *words;
	guint ms;
} WizardStep;

static void
step_free(gpointer data)
{
	WizardStep *step = data;

	g_free(step->title);
	g_free(step->words);
	g_free(step);
}

GPtrArray *
wizard_steps_new(void)
{
	return g_ptr_array_new_with_free_func(step_free);
}

/* The step of this title that runs; several do while servers are looked for. */
static WizardStep *
running_step(const GPtrArray *steps, const char *title)
{
	for (guint i = steps->len; i > 0; i--) {
		WizardStep *step = g_ptr_array_index(steps, i - 1);

		if (step->state == STEP_RUNNING && g_strcmp0(step->title, title) == 0)
			return step;
	}
	return NULL;
}

void
wizard_steps_take(GPtrArray *steps, ProbeState state, const char *title, const char *words, guint ms)
{
	WizardStep *step = running_step(steps, title);

	if (!step) {
		step = g_new0(WizardStep, 1);
		step->title = g_strdup(title);
		g_ptr_array_add(steps, step);
	}
	step->state = state;
	step->ms = ms;
	g_free(step->words);
	step->words = g_strdup(words);
}

typedef struct {
	Glyph glyph;
	StyleId style;
} StepLook;

static const StepLook step_looks[] = {
	[STEP_RUNNING] = {GLYPH_WAIT, STYLE_PENDING},
	[STEP_OK] = {GLYPH_CHECK, STYLE_GOOD},
	[STEP_FAILED] = {GLYPH_CROSS, STYLE_BAD},
	[STEP_PASSED_BY] = {GLYPH_DOT, STYLE_DIM},
	[STEP_SKIPPED] = {GLYPH_DOT, STYLE_DIM},
};

static int
title_cells(const GPtrArray *steps, int most)
{
	int widest = 0;

	for (guint i = 0; i < steps->len; i++) {
		const WizardStep *step = g_ptr_array_index(steps, i);

		widest = MAX(widest, step->title ? text_cells(step->title, -1) : 0);
	}
	return MIN(widest, most);
}

static int
draw_time(Grid *grid, Rect rect, int y, int x, guint ms)
{
	if (ms < 10000)
		return grid_print(grid, rect, y, x, STYLE_DIM, _("%5u ms  "), ms);
	return grid_print(grid, rect, y, x, STYLE_DIM, _("%5u s   "), ms / 1000);
}

int
wizard_steps_draw(const GPtrArray *steps, Grid *grid, Rect rect, int y, gboolean failure_below)
{
	/* The last ones, where there are more than fit. */
	guint room = (guint)CLAMP(rect.rows - y - 5, 3, 20);
	guint first = steps->len > room ? steps->len - room : 0;
	int widest = title_cells(steps, MIN(TITLE_MOST, rect.cols / 2));

	for (guint i = first; i < steps->len; i++, y++) {
		const WizardStep *step = g_ptr_array_index(steps, i);
		const StepLook *look = &step_looks[step->state];
		g_autofree char *title = text_safe(step->title ? step->title : "", -1, TEXT_MARKS);
		g_autofree char *words = text_safe(step->words ? step->words : "", -1, TEXT_MARKS);
		int x = grid_text(grid, rect, y, 3, look->style, grid_glyph(grid, look->glyph)) + 1;

		x = grid_column(grid, rect, y, x, widest,
			    step->state == STEP_PASSED_BY ? STYLE_DIM : STYLE_NORMAL, title) +
		    1;
		if (step->state == STEP_OK || step->state == STEP_FAILED)
			x = draw_time(grid, rect, y, x, step->ms);
		/* Why it ended there stands below, in full. */
		if (step->state == STEP_FAILED && failure_below)
			continue;
		grid_column(grid, rect, y, x, rect.cols - x - 1, STYLE_DIM, words);
	}
	return y;
}
