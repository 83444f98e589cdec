/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wizard-steps.h - the lines of the wizard: each source asked, each step of the test. */
#pragma once

#include "account/probe.h"
#include "ui/grid.h"

/* An empty list; unref it as any. */
GPtrArray *wizard_steps_new(void);
/* The end of the step of this title that runs; else a new one. title and words are copied. */
void wizard_steps_take(GPtrArray *steps, ProbeState state, const char *title, const char *words, guint ms);
/* From row y on, the last ones where there are more than fit; the row below them. failure_below: why one
 * failed stands there in full. */
int wizard_steps_draw(const GPtrArray *steps, Grid *grid, Rect rect, int y, gboolean failure_below);
