/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ncurses keeps its own picture and sends differences; we keep one more to hand
 * it only the rows that changed. The caller resizes; crash.c restores the terminal.
 */
#include "config.h"

#include "ui/screen.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "ui/crash.h"
#include "ui/frame.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
/* The row on which the width of our signs is tried: no key's sequence begins with its report. */
#define PROBE_ROW 9

struct Screen {
	SCREEN *curses;
	Frame *frame;
	ScreenTheme theme;
	gboolean ascii;
	gboolean utf8;
	gboolean all_dirty;
	gboolean probed;
	gboolean away; /* another program has the terminal */
	gboolean dead;
	int rows, cols;
	Cell *shown; /* rows * cols as last handed to ncurses */
};

/* What a crash does: the mode the terminal had, and the screen left. */
static void
prepare_crash(const struct termios *mode)
{
	const char *leave = tigetstr("rmcup"), *show = tigetstr("cnorm");
	g_autofree char *text = g_strdup_printf("%s%s%s\033[0m\r\n", PASTE_OFF,
		show && show != (char *)-1 ? show : "", leave && leave != (char *)-1 ? leave : "");

	crash_prepare(mode, text);
}

static void
send_text(const char *text)
{
	ssize_t ignored = write(STDOUT_FILENO, text, strlen(text));

	(void)ignored;
}

/* Ask where the cursor stands behind one of our signs: two cells wide in some CJK terminals. */
static void
probe_width(Screen *screen)
{
	const char *term = g_getenv("TERM");

	screen->probed = TRUE;
	if (screen->ascii || screen->rows < PROBE_ROW || !term || g_str_has_prefix(term, "linux") ||
		g_str_has_prefix(term, "dumb") || g_str_has_prefix(term, "vt"))
		return;
	define_key("\033[9;", (int)(K_REPORT - 0x200000) + 0x2000);
	send_text("\0337\033[9;1H\xe2\x97\x8f\033[6n\0338");
	wredrawln(stdscr, PROBE_ROW - 1, 1);
	wrefresh(stdscr);
}

static void
enter_modes(Screen *screen)
{
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	meta(stdscr, TRUE);
	intrflush(stdscr, FALSE);
	send_text(PASTE_ON);
	screen->all_dirty = TRUE;
}

static ScreenTheme
resolve_theme(ScreenTheme theme)
{
	const char *no_colour = g_getenv("NO_COLOR"), *background = g_getenv("COLORFGBG");

	if (!has_colors() || (no_colour && *no_colour && theme == SCREEN_THEME_AUTO))
		return SCREEN_THEME_MONO;
	if (theme != SCREEN_THEME_AUTO)
		return theme;
	background = background ? strrchr(background, ';') : NULL;
	return background && (strcmp(background, ";7") == 0 || strcmp(background, ";15") == 0)
		       ? SCREEN_THEME_LIGHT
		       : SCREEN_THEME_DARK;
}

Screen *
screen_open(ScreenTheme theme, GError **error)
{
	Screen *screen;
	SCREEN *curses;
	Frame *frame;
	struct termios mode;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		fault_set(error, FAULT_LOCAL,
			_("Posthorn's screen needs a terminal, and standard input or output is none. "
			  "Without one, use commands such as \"posthorn list INBOX\" (see posthorn "
			  "--help)."));
		return NULL;
	}
	tcgetattr(STDIN_FILENO, &mode);
	frame = frame_new(STDOUT_FILENO);
	curses = newterm(NULL, frame ? frame_file(frame) : stdout, stdin);
	if (!curses) {
		const char *term = g_getenv("TERM");

		fault_set(error, FAULT_LOCAL,
			_("The terminal type \"%s\" (TERM) is not known here. Try TERM=xterm-256color or "
			  "TERM=vt100."),
			term ? term : "");
		frame_free(frame);
		return NULL;
	}
	screen = g_new0(Screen, 1);
	screen->frame = frame;
	screen->curses = curses;
	/* Terminals that call themselves xterm do not all repeat a character when told (REP). */
	repeat_char = NULL;
	/* Stopping and ending are the application's: ncurses' own handlers would draw in the middle of
	 * anything. */
	signal(SIGTSTP, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	set_escdelay(25);
	screen->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	screen->ascii = !screen->utf8;
	define_key("\033[200~", (int)(K_PASTE_BEGIN - 0x200000) + 0x2000);
	define_key("\033[201~", (int)(K_PASTE_END - 0x200000) + 0x2000);
	if (has_colors()) {
		start_color();
		use_default_colors();
	}
	enter_modes(screen);
	prepare_crash(&mode);
	screen_set_theme(screen, theme);
	screen_resize(screen);
	return screen;
}

void
screen_close(Screen *screen)
{
	if (!screen)
		return;
	if (!screen->away) {
		send_text(PASTE_OFF);
		endwin();
	}
	delscreen(screen->curses);
	frame_free(screen->frame);
	g_free(screen->shown);
	g_free(screen);
}

gboolean
screen_wants_ascii(const Screen *screen)
{
	return screen->ascii;
}

void
screen_set_theme(Screen *screen, ScreenTheme theme)
{
	screen->theme = resolve_theme(theme);
	screen->all_dirty = TRUE;
}

ScreenTheme
screen_theme(const Screen *screen)
{
	return screen->theme;
}

void
screen_size(const Screen *screen, int *rows, int *cols)
{
	*rows = screen->rows;
	*cols = screen->cols;
}

void
screen_resize(Screen *screen)
{
	struct winsize size = {0};

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0 &&
		(size.ws_row != LINES || size.ws_col != COLS))
		resizeterm(size.ws_row, size.ws_col);
	getmaxyx(stdscr, screen->rows, screen->cols);
	g_free(screen->shown);
	screen->shown = g_new0(Cell, (gsize)screen->rows * (gsize)screen->cols);
	screen->all_dirty = TRUE;
	clearok(curscr, TRUE);
}

void
screen_redraw(Screen *screen)
{
	screen->all_dirty = TRUE;
	clearok(curscr, TRUE);
}

/* ---- cells to curses --------------------------------------------------------------------- */

static attr_t
look_attributes(guint look)
{
	attr_t attributes = A_NORMAL;

	if (look & LOOK_BOLD)
		attributes |= A_BOLD;
	if (look & LOOK_DIM)
		attributes |= A_DIM;
	if (look & LOOK_ITALIC)
		attributes |= A_ITALIC;
	if (look & LOOK_UNDERLINE)
		attributes |= A_UNDERLINE;
	if (look & LOOK_REVERSE)
		attributes |= A_REVERSE;
	return attributes;
}

static StyleColours
style_colours(const Screen *screen, const Style *style)
{
	if (COLORS < 256)
		return style->few;
	return screen->theme == SCREEN_THEME_LIGHT ? style->light : style->dark;
}

static attr_t
cell_attributes(const Screen *screen, const Cell *cell, int *pair)
{
	const Style *style = style_get((StyleId)cell->style), *selected = style_get(STYLE_SELECTED);
	gboolean is_selected = cell->flags & CELL_SELECTED;
	attr_t attributes;

	*pair = 0;
	if (screen->theme == SCREEN_THEME_MONO) {
		attributes = look_attributes(style->mono);
		if (is_selected)
			attributes = (attributes & ~(attr_t)A_DIM) | look_attributes(selected->mono);
	} else {
		StyleColours colours = style_colours(screen, style), mine = style_colours(screen, selected);

		attributes = look_attributes(style->look);
		if (is_selected && colours.paper < 0) {
			colours.paper = mine.paper;
			if (mine.ink >= 0)
				colours.ink = mine.ink;
		}
		if (colours.ink >= 0 || colours.paper >= 0)
			*pair = alloc_pair(colours.ink, colours.paper);
		if (*pair < 0)
			*pair = 0;
	}
	if (cell->flags & CELL_BOLD)
		attributes |= A_BOLD;
	if (cell->flags & CELL_ITALIC)
		attributes |= A_ITALIC;
	if (cell->flags & CELL_UNDERLINE)
		attributes |= A_UNDERLINE;
	return attributes;
}

static void
show_cell(const Screen *screen, int y, int x, const Cell *cell)
{
	wchar_t text[G_N_ELEMENTS(cell->chars) + 1] = L"";
	cchar_t out;
	int pair;
	attr_t attributes = cell_attributes(screen, cell, &pair);

	for (guint i = 0; i < G_N_ELEMENTS(cell->chars) && cell->chars[i]; i++)
		text[i] = (wchar_t)cell->chars[i];
	if (!screen->utf8 && cell->chars[0] >= 0x80) {
		text[0] = L'?';
		text[1] = L'\0';
	}
	if (setcchar(&out, text, attributes, (short)pair, &pair) == OK)
		mvwadd_wch(stdscr, y, x, &out);
}

static void
show_row(Screen *screen, Grid *grid, int y, int cols)
{
	const Cell *row = grid_row(grid, y);
	Cell *old = screen->shown + (gsize)y * (gsize)screen->cols;

	if (!screen->all_dirty && memcmp(row, old, sizeof(Cell) * (gsize)cols) == 0)
		return;
	for (int x = 0; x < cols; x++) {
		int cells = row[x].chars[0] ? text_char_cells(row[x].chars[0]) : 1;

		if (row[x].chars[0])
			show_cell(screen, y, x, &row[x]);
		if (cells == 2)
			x++;
	}
	memcpy(old, row, sizeof(Cell) * (gsize)cols);
}

void
screen_show(Screen *screen, Grid *grid, int y, int x, gboolean visible)
{
	Rect rect = grid_rect(grid);
	int rows = MIN(rect.rows, screen->rows), cols = MIN(rect.cols, screen->cols);
	gboolean gathers;

	if (screen->away)
		return;
	for (int i = 0; i < rows; i++)
		show_row(screen, grid, i, cols);
	screen->all_dirty = FALSE;
	wmove(stdscr, CLAMP(y, 0, MAX(rows - 1, 0)), CLAMP(x, 0, MAX(cols - 1, 0)));
	/* Not after endwin(): ncurses then sets the terminal's modes too. */
	gathers = screen->frame && !isendwin();
	if (gathers)
		frame_begin(screen->frame);
	curs_set(visible ? 1 : 0);
	wrefresh(stdscr);
	if (gathers)
		frame_send(screen->frame);
	if (!screen->probed)
		probe_width(screen);
}

/* ---- keys -------------------------------------------------------------------------------- */

typedef struct {
	int curses;
	Key key;
} CursesKey;

static const CursesKey curses_keys[] = {
	{KEY_UP, K_UP},
	{KEY_DOWN, K_DOWN},
	{KEY_LEFT, K_LEFT},
	{KEY_RIGHT, K_RIGHT},
	{KEY_HOME, K_HOME},
	{KEY_END, K_END},
	{KEY_PPAGE, K_PAGE_UP},
	{KEY_NPAGE, K_PAGE_DOWN},
	{KEY_IC, K_INSERT},
	{KEY_DC, K_DELETE},
	{KEY_BACKSPACE, K_BACKSPACE},
	{KEY_BTAB, K_SHIFT_TAB},
	{KEY_ENTER, K_ENTER},
};

static Key
function_key(int code)
{
	if (code >= KEY_F(1) && code <= KEY_F(24))
		return (Key)(K_F1 + code - KEY_F(1));
	if (code >= 0x2000 + (int)(K_PASTE_BEGIN - 0x200000) && code <= 0x2000 + (int)(K_REPORT - 0x200000))
		return (Key)(code - 0x2000) + 0x200000;
	for (guint i = 0; i < G_N_ELEMENTS(curses_keys); i++)
		if (curses_keys[i].curses == code)
			return curses_keys[i].key;
	return 0;
}

Key
screen_read(Screen *screen)
{
	wint_t code = 0;

	for (;;) {
		int result;

		errno = 0;
		result = wget_wch(stdscr, &code);
		if (result == KEY_CODE_YES) {
			Key key = function_key((int)code);

			if (key)
				return key;
			continue; /* a key we have no name for, KEY_RESIZE */
		}
		if (result == OK)
			return code == 0 ? K_CTRL('@') : (Key)code;
		if (errno == EIO || errno == EBADF)
			screen->dead = TRUE;
		return 0;
	}
}

gboolean
screen_is_dead(const Screen *screen)
{
	return screen->dead;
}

gboolean
screen_report(Screen *screen, const char *text)
{
	/* "2R": the cursor moved one cell, as it should. */
	define_key("\033[9;", 0);
	if (!g_str_has_suffix(text, "R") || g_ascii_strtoull(text, NULL, 10) == 2 || screen->ascii)
		return FALSE;
	screen->ascii = TRUE;
	return TRUE;
}

void
screen_leave(Screen *screen)
{
	if (screen->away)
		return;
	screen->away = TRUE;
	send_text(PASTE_OFF);
	curs_set(1);
	endwin();
}

void
screen_enter(Screen *screen)
{
	if (!screen->away)
		return;
	screen->away = FALSE;
	reset_prog_mode();
	enter_modes(screen);
	screen_resize(screen);
	clearok(curscr, TRUE);
	wrefresh(stdscr);
}

void
screen_beep(Screen *screen)
{
	if (!screen->away)
		beep();
}

/* What terminals take at most; tmux and xterm drop longer ones. */
#define CLIPBOARD_MOST (72 * 1024)

gboolean
screen_clipboard(Screen *screen, const char *text)
{
	gsize length = strlen(text);
	g_autofree char *code = NULL, *sequence = NULL;

	if (screen->away || length > CLIPBOARD_MOST || g_strcmp0(g_getenv("TERM"), "linux") == 0)
		return FALSE;
	code = g_base64_encode((const guchar *)text, length);
	sequence = g_strdup_printf("\033]52;c;%s\a", code);
	send_text(sequence);
	return TRUE;
}
