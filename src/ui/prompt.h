/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * prompt.h - a line to write in at the bottom, with what can be completed above it.
 *
 * Used for searches, folders, the palette, questions and passwords.
 */
#pragma once

#include "ui/line.h"
#include "ui/view.h"

/* One thing that completes. */
typedef struct {
	char *text;  /* what is put into the line */
	char *brief; /* beside it; may be NULL */
	char *keys;  /* on the right; may be NULL */
	int score;   /* the higher the earlier */
	guint place; /* among equals */
} Candidate;

Candidate *candidate_new(const char *text, const char *brief, const char *keys, int score);
void candidate_free(Candidate *candidate);

typedef struct Prompt Prompt;

/* Fill candidates (of Candidate) for the text; start: byte from which the line is replaced. */
typedef void (*PromptComplete)(
	App *app, const char *text, gsize *start, GPtrArray *candidates, gpointer data);
/* text NULL: left by Esc or ^G. */
typedef void (*PromptDone)(App *app, View *view, const char *text, gpointer data);

typedef struct {
	View *view;          /* given back in done, if it still is there; may be NULL */
	const char *label;   /* translated, with its colon */
	const char *initial; /* may be NULL */
	const char *words;   /* several lines above; may be NULL */
	const char *history; /* name of its history; NULL: none */
	gboolean masked;     /* a password */
	gboolean live; /* candidates are shown as one types, Enter takes the selected one where pick is set */
	gboolean pick; /* only a candidate can be the answer, if there is one */
	const char *separators; /* completion replaces the word behind one of these; NULL: as complete says */
	const char *choices;    /* one key answers: these letters, the first for Enter, the last for all else;
				   done gets it as text */
	PromptComplete complete; /* may be NULL */
	/* Space in an empty line, or on what it gave before: the next suggestion, the caller's; NULL: none.
	 */
	char *(*cycle)(App *app, const char *text, gpointer data);
	PromptDone done;
	gpointer data; /* of complete and done */
	GDestroyNotify free_data;
} PromptSpec;

Prompt *prompt_new(App *app, const PromptSpec *spec);
void prompt_free(Prompt *prompt);
/* Keys go here while it stands. FALSE: not for it. May end the prompt. */
gboolean prompt_key(App *app, Key key);
void prompt_paste(App *app, const char *text);
/* Rows it takes at the bottom of a screen of so many. */
int prompt_rows(const Prompt *prompt, int rows, int cols);
void prompt_draw(App *app, Grid *grid, Rect rect);
/* End it: done gets text (NULL: nothing). */
void prompt_end(App *app, const char *text);
GPtrArray *prompt_hints(App *app);
