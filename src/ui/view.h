/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view.h - what fills a pane: a list, a message, a form.
 *
 * A view is a struct that begins with View; its class says how it draws, which
 * command tables it has and what it does with the engine's events. Views live on
 * the stack of the App; what comes back later names them by id, for they may be
 * closed by then.
 */
#pragma once

#include "engine/engine.h"
#include "ui/command.h"
#include "ui/grid.h"
#include "ui/list.h"

typedef struct App App;
typedef struct UiAccount UiAccount;

typedef enum {
	VIEW_WHOLE = 1 << 0, /* no folders beside it */
	VIEW_TEXT = 1 << 1,  /* takes text: letters are no commands */
} ViewFlags;

typedef struct {
	const char *name;                  /* "index": names its own table */
	guint flags;                       /* ViewFlags */
	const CommandTable *const *tables; /* NULL-ended, most general first */
	const char *hints;                 /* names of commands for the bottom line, blanks between */
	void (*free)(View *view);
	/* The place, for the line at the top; *right: how much. The caller's. */
	char *(*title)(View *view, char **right);
	/* Draw the whole pane; NULL: a list, drawn by row. */
	void (*draw)(View *view, Grid *grid, Rect rect, gboolean focused);
	/* One row of a list, into a rectangle of one row. */
	void (*row)(View *view, Grid *grid, Rect rect, guint row);
	/* What / looks in. The caller's. NULL: it cannot be searched. */
	char *(*row_text)(View *view, guint row);
	/* What a row is, for marks that survive changes; NULL: rows cannot be marked. */
	gint64 (*row_key)(View *view, guint row);
	/* Said in place of an empty list; translated, static. */
	const char *empty;
	guint (*has)(View *view); /* CommandNeeds that hold */
	/* A key before the keymap sees it. TRUE: taken. */
	gboolean (*key)(View *view, Key key);
	gboolean (*paste)(View *view, const char *text);
	void (*event)(View *view, const EngineEvent *event);
	/* Stop what runs (Esc, ^G). TRUE: something ran. try: only tell. */
	gboolean (*stop)(View *view, gboolean try);
	/* Another folder or message was selected elsewhere, the window got another size, ... */
	void (*resized)(View *view);
	/* The messages that a command is about: rows of one account. Rows are the caller's. NULL: none. */
	GArray *(*messages)(View *view, gboolean marked, UiAccount **account);
} ViewClass;

struct View {
	const ViewClass *class;
	App *app;
	guint id;
	Keymap *keymap;
	List *list;         /* NULL: not a list */
	List *scroll;       /* lines of a text: only count, top and page count; NULL: no text */
	GHashTable *marked; /* set of row keys (gint64, owned); NULL: cannot be marked */
	gint64 last_mark;   /* for mark-range */
	char *search;       /* last looked for; NULL */
	gboolean search_up;
	Rect pane; /* as last drawn */
};

/* Fill the base of a new view; list may be NULL. */
void view_init(View *view, const ViewClass *class, App *app, List *list);
/* Frees the base and, by the class, the rest. */
void view_free(View *view);
/* A list's rows, with the selected one under the cursor. */
void view_draw_list(View *view, Grid *grid, Rect rect, gboolean focused);
gboolean view_is_marked(const View *view, guint row);
void view_set_marked(View *view, guint row, gboolean marked);
guint view_mark_count(const View *view);
void view_clear_marks(View *view);
guint view_has(View *view);
/* Words over several lines inside rect, from y; returns the y behind. */
int view_draw_words(Grid *grid, Rect rect, int y, int indent, StyleId style, const char *words);
/* The command that closes its view. */
void view_close_command(View *view, const CommandCall *call);
