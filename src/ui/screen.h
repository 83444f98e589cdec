/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * screen.h - the terminal: the one user of ncurses.
 *
 * A Screen shows a Grid, sending only rows that changed. It never redefines the
 * palette, and restores the terminal however the program ends.
 */
#pragma once

#include "ui/grid.h"
#include "ui/keys.h"

typedef enum {
	SCREEN_THEME_DARK,
	SCREEN_THEME_LIGHT,
	SCREEN_THEME_MONO,
	SCREEN_THEME_AUTO, /* mono with NO_COLOR or without colours; light where COLORFGBG says so; else dark
			    */
} ScreenTheme;

typedef struct Screen Screen;

/* FAULT_LOCAL when standard input or output is no terminal, or TERM is unknown. */
Screen *screen_open(ScreenTheme theme, GError **error);
/* Restores the terminal. */
void screen_close(Screen *screen);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Screen, screen_close)

/* The locale or the terminal cannot show our signs in one cell each. */
gboolean screen_wants_ascii(const Screen *screen);
void screen_set_theme(Screen *screen, ScreenTheme theme);
ScreenTheme screen_theme(const Screen *screen); /* resolved: never AUTO */
void screen_size(const Screen *screen, int *rows, int *cols);
/* After SIGWINCH: ask the terminal for its size. */
void screen_resize(Screen *screen);
/* Show the grid, and the cursor at y, x (grid coordinates); visible: as a text cursor, else only for those
 * who follow it. */
void screen_show(Screen *screen, Grid *grid, int y, int x, gboolean visible);
/* Everything anew (^L, or a program wrote over us). */
void screen_redraw(Screen *screen);
/* The next raw key, or 0 when there is none now. Never waits (but 25 ms for what follows a lone Esc). */
Key screen_read(Screen *screen);
/* The terminal's end is gone: reading gives no more. */
gboolean screen_is_dead(const Screen *screen);
/* An answer of the terminal (KEY_EVENT_REPORT). TRUE: how things are drawn has changed. */
gboolean screen_report(Screen *screen, const char *text);
/* Give the terminal to another program, and take it back. */
void screen_leave(Screen *screen);
void screen_enter(Screen *screen);
void screen_beep(Screen *screen);
/* Text for the clipboard of the terminal (OSC 52); it may ignore that. FALSE: too long, or a terminal that
 * would show it. */
gboolean screen_clipboard(Screen *screen, const char *text);
