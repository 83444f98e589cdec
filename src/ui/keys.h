/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keys.h - keys, their names, and the reader that makes keys of what the terminal sends.
 *
 * A Key is a Unicode character, a control character (^A is 1), or one of K_...;
 * with KEY_AFTER_ESC it is the second stroke of "Esc v" (Alt-v sends the same).
 *
 * The reader never waits. After Esc it is pending: the next key makes a
 * two-stroke key; key_reader_flush() (by a timer, only where something can be
 * stopped) makes a lone Esc of it; a second Esc drops it.
 */
#pragma once

#include <glib.h>

typedef guint32 Key;

#define KEY_AFTER_ESC 0x80000000u

enum {
	K_TAB = 9,
	K_ENTER = 13,
	K_ESC = 27,
	K_SPACE = 32,
	/* Not characters. */
	K_UP = 0x200000,
	K_DOWN,
	K_LEFT,
	K_RIGHT,
	K_HOME,
	K_END,
	K_PAGE_UP,
	K_PAGE_DOWN,
	K_INSERT,
	K_DELETE,
	K_BACKSPACE,
	K_SHIFT_TAB,
	K_F1, /* K_F1 + n - 1, up to F24 */
	K_F24 = K_F1 + 23,
	/* From the terminal, never bound. */
	K_PASTE_BEGIN,
	K_PASTE_END,
	K_REPORT, /* an answer of the terminal begins: parameters up to a letter follow */
};

#define K_CTRL(letter) ((Key)((letter)&0x1f))

/* One name: "Esc v", "^B", "F5", "Space", "Semicolon", "q"; 0: not a key. */
Key key_parse(const char *name);
/* Keys separated by "; ". Array of Key, the caller's; NULL: one of them is not a key. */
GArray *key_parse_list(const char *names);
/* As it is read in help and hints; plain: as in a configuration (";" is "Semicolon"). The caller's. */
char *key_words(Key key);

typedef enum {
	KEY_EVENT_NONE,
	KEY_EVENT_KEY,     /* key */
	KEY_EVENT_PENDING, /* Esc waits for its second key */
	KEY_EVENT_DROPPED, /* the pending Esc was dropped */
	KEY_EVENT_PASTE,   /* text: valid UTF-8, raw otherwise; borrowed until the next feed */
	KEY_EVENT_REPORT,  /* text: what came between K_REPORT and its final letter, that letter included */
} KeyEventKind;

typedef struct {
	KeyEventKind kind;
	Key key;
	const char *text;
} KeyEvent;

typedef struct KeyReader KeyReader;

KeyReader *key_reader_new(void);
void key_reader_free(KeyReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeyReader, key_reader_free)
/* One character or K_... as the terminal sent it. */
KeyEvent key_reader_feed(KeyReader *reader, Key raw);
gboolean key_reader_is_pending(const KeyReader *reader);
/* A pending Esc becomes a lone one (KEY_EVENT_KEY, K_ESC), else KEY_EVENT_NONE. */
KeyEvent key_reader_flush(KeyReader *reader);
/* A pending Esc is forgotten. */
void key_reader_drop(KeyReader *reader);
