/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/keys.h"

#include <stdlib.h>
#include <string.h>

/* Pasted text beyond this is cut: it goes into a field, not into a file. */
#define PASTE_LIMIT (1024 * 1024)
/* A report or a control sequence longer than this is none. */
#define SEQUENCE_LIMIT 64

typedef struct {
	const char *name;
	Key key;
} KeyName;

static const KeyName names[] = {
	{"Enter", K_ENTER},
	{"Return", K_ENTER},
	{"Tab", K_TAB},
	{"Esc", K_ESC},
	{"Space", K_SPACE},
	{"Up", K_UP},
	{"Down", K_DOWN},
	{"Left", K_LEFT},
	{"Right", K_RIGHT},
	{"Home", K_HOME},
	{"End", K_END},
	{"PageUp", K_PAGE_UP},
	{"PageDown", K_PAGE_DOWN},
	{"Insert", K_INSERT},
	{"Delete", K_DELETE},
	{"Backspace", K_BACKSPACE},
	{"Shift-Tab", K_SHIFT_TAB},
	{"Semicolon", ';'},
	{"Comma", ','},
};

static Key
parse_one(const char *name)
{
	char *end = NULL;
	gunichar c;

	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_ascii_strcasecmp(name, names[i].name) == 0)
			return names[i].key;
	if (name[0] == '^' && g_ascii_isalpha(name[1]) && name[2] == '\0')
		return K_CTRL(name[1]);
	if ((name[0] == 'F' || name[0] == 'f') && g_ascii_isdigit(name[1])) {
		long n = strtol(name + 1, &end, 10);

		return *end == '\0' && n >= 1 && n <= 24 ? (Key)(K_F1 + n - 1) : 0;
	}
	c = g_utf8_get_char_validated(name, -1);
	if (c == 0 || c >= 0x110000 || *g_utf8_next_char(name) != '\0' || c < 0x21 || (c >= 0x7f && c < 0xa0))
		return 0;
	return c;
}

Key
key_parse(const char *name)
{
	Key key;

	if (g_ascii_strncasecmp(name, "Esc ", 4) != 0 && g_ascii_strncasecmp(name, "Esc-", 4) != 0)
		return parse_one(name);
	while (*name != ' ' && *name != '-')
		name++;
	key = parse_one(name + 1);
	/* Terminals begin their own sequences so. */
	return key == 0 || key == '[' || key == 'O' || key == K_ESC ? 0 : key | KEY_AFTER_ESC;
}

GArray *
key_parse_list(const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, ";", -1);
	GArray *keys = g_array_new(FALSE, FALSE, sizeof(Key));

	for (guint i = 0; words[i]; i++) {
		Key key = key_parse(g_strstrip(words[i]));

		if (*words[i] == '\0' && words[i + 1] == NULL)
			break;
		if (key == 0) {
			g_array_free(keys, TRUE);
			return NULL;
		}
		g_array_append_val(keys, key);
	}
	return keys;
}

char *
key_words(Key key)
{
	char text[8] = "";

	if (key & KEY_AFTER_ESC) {
		g_autofree char *second = key_words(key & ~KEY_AFTER_ESC);

		return g_strconcat("Esc ", second, NULL);
	}
	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		if (names[i].key == key && key != ';' && key != ',')
			return g_strdup(names[i].name);
	if (key >= K_F1 && key <= K_F24)
		return g_strdup_printf("F%u", (guint)(key - K_F1 + 1));
	if (key > 0 && key < 0x20)
		return g_strdup_printf("^%c", (int)(key + 0x40));
	if (key == 0 || key >= 0x110000)
		return g_strdup("?");
	text[g_unichar_to_utf8(key, text)] = '\0';
	return g_strdup(text);
}

typedef enum {
	READ_KEYS,
	READ_PENDING,  /* after Esc */
	READ_SEQUENCE, /* after Esc [ or Esc O that the terminal's description does not know: swallowed */
	READ_PASTE,
	READ_REPORT,
} ReadState;

struct KeyReader {
	ReadState state;
	GString *text; /* paste, report */
	guint swallowed;
};

KeyReader *
key_reader_new(void)
{
	KeyReader *reader = g_new0(KeyReader, 1);

	reader->text = g_string_new(NULL);
	return reader;
}

void
key_reader_free(KeyReader *reader)
{
	if (!reader)
		return;
	g_string_free(reader->text, TRUE);
	g_free(reader);
}

static KeyEvent
nothing(void)
{
	return (KeyEvent){KEY_EVENT_NONE, 0, NULL};
}

/* What several terminals send for the same key. */
static Key
normal(Key raw)
{
	switch (raw) {
	case '\n':
		return K_ENTER;
	case 8:
	case 127:
		return K_BACKSPACE;
	default:
		return raw;
	}
}

static KeyEvent
feed_key(KeyReader *reader, Key raw)
{
	switch (raw) {
	case 0:
		return nothing();
	case K_ESC:
		reader->state = READ_PENDING;
		return (KeyEvent){KEY_EVENT_PENDING, 0, NULL};
	case K_PASTE_BEGIN:
		reader->state = READ_PASTE;
		g_string_truncate(reader->text, 0);
		return nothing();
	case K_PASTE_END:
		return nothing();
	case K_REPORT:
		reader->state = READ_REPORT;
		g_string_truncate(reader->text, 0);
		return nothing();
	default:
		return (KeyEvent){KEY_EVENT_KEY, normal(raw), NULL};
	}
}

static KeyEvent
feed_pending(KeyReader *reader, Key raw)
{
	reader->state = READ_KEYS;
	if (raw == K_ESC || raw == K_CTRL('G'))
		return (KeyEvent){KEY_EVENT_DROPPED, 0, NULL};
	if (raw == '[' || raw == 'O') {
		reader->state = READ_SEQUENCE;
		reader->swallowed = 0;
		return (KeyEvent){KEY_EVENT_DROPPED, 0, NULL};
	}
	if (raw == K_PASTE_BEGIN || raw == K_REPORT)
		return feed_key(reader, raw);
	return (KeyEvent){KEY_EVENT_KEY, normal(raw) | KEY_AFTER_ESC, NULL};
}

static KeyEvent
feed_paste(KeyReader *reader, Key raw)
{
	if (raw == K_PASTE_END) {
		reader->state = READ_KEYS;
		return (KeyEvent){KEY_EVENT_PASTE, 0, reader->text->str};
	}
	if (raw > 0 && raw < 0x110000 && reader->text->len < PASTE_LIMIT)
		g_string_append_unichar(reader->text, raw == '\r' ? '\n' : raw);
	return nothing();
}

static KeyEvent
feed_report(KeyReader *reader, Key raw)
{
	if (raw >= 0x80 || raw < 0x20 || reader->text->len > SEQUENCE_LIMIT) {
		reader->state = READ_KEYS;
		return nothing();
	}
	g_string_append_c(reader->text, (char)raw);
	if (!g_ascii_isalpha((char)raw))
		return nothing();
	reader->state = READ_KEYS;
	return (KeyEvent){KEY_EVENT_REPORT, 0, reader->text->str};
}

KeyEvent
key_reader_feed(KeyReader *reader, Key raw)
{
	switch (reader->state) {
	case READ_PENDING:
		return feed_pending(reader, raw);
	case READ_SEQUENCE:
		/* Parameters and intermediates go on; a final byte, or nonsense, ends it. (ECMA-48, 5.4) */
		if (raw < 0x20 || raw >= 0x40 || ++reader->swallowed > SEQUENCE_LIMIT)
			reader->state = READ_KEYS;
		return nothing();
	case READ_PASTE:
		return feed_paste(reader, raw);
	case READ_REPORT:
		return feed_report(reader, raw);
	default:
		return feed_key(reader, raw);
	}
}

gboolean
key_reader_is_pending(const KeyReader *reader)
{
	return reader->state == READ_PENDING;
}

KeyEvent
key_reader_flush(KeyReader *reader)
{
	if (reader->state != READ_PENDING)
		return nothing();
	reader->state = READ_KEYS;
	return (KeyEvent){KEY_EVENT_KEY, K_ESC, NULL};
}

void
key_reader_drop(KeyReader *reader)
{
	if (reader->state == READ_PENDING)
		reader->state = READ_KEYS;
}
