/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/saslprep.h"

#include <string.h>

#include "util/fault.h"
#include "util/i18n.h"

typedef struct {
	gunichar first;
	gunichar last;
} Range;

/* RFC 3454, C.1.2: become a blank. */
static const Range blanks[] = {
	{0x00A0, 0x00A0},
	{0x1680, 0x1680},
	{0x2000, 0x200B},
	{0x202F, 0x202F},
	{0x205F, 0x205F},
	{0x3000, 0x3000},
};

/* B.1: are dropped. */
static const Range dropped[] = {
	{0x00AD, 0x00AD},
	{0x034F, 0x034F},
	{0x1806, 0x1806},
	{0x180B, 0x180D},
	{0x200C, 0x200D},
	{0x2060, 0x2060},
	{0xFE00, 0xFE0F},
	{0xFEFF, 0xFEFF},
};

/* C.3 to C.9, and what of C.2.2 is no control by its category. */
static const Range prohibited[] = {
	{0x06DD, 0x06DD},
	{0x070F, 0x070F},
	{0x180E, 0x180E},
	{0x2028, 0x2029},
	{0x0340, 0x0341},
	{0x200E, 0x200F},
	{0x202A, 0x202E},
	{0x2061, 0x2063},
	{0x206A, 0x206F},
	{0x2FF0, 0x2FFB},
	{0xE000, 0xF8FF},
	{0xFDD0, 0xFDEF},
	{0xFFF9, 0xFFFD},
	{0x1D173, 0x1D17A},
	{0xE0001, 0xE0001},
	{0xE0020, 0xE007F},
	{0xF0000, 0x10FFFF},
};

static gboolean
is_in(gunichar c, const Range *ranges, gsize count)
{
	for (gsize i = 0; i < count; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return TRUE;
	return FALSE;
}

static gboolean
is_prohibited(gunichar c)
{
	return g_unichar_type(c) == G_UNICODE_CONTROL || (c & 0xFFFE) == 0xFFFE ||
	       is_in(c, prohibited, G_N_ELEMENTS(prohibited));
}

/* Letters written from right to left (D.1), by their script. */
static gboolean
is_right_to_left(gunichar c)
{
	if (!g_unichar_isalpha(c))
		return FALSE;
	switch (g_unichar_get_script(c)) {
	case G_UNICODE_SCRIPT_HEBREW:
	case G_UNICODE_SCRIPT_ARABIC:
	case G_UNICODE_SCRIPT_SYRIAC:
	case G_UNICODE_SCRIPT_THAANA:
		return TRUE;
	default:
		return FALSE;
	}
}

/* RFC 3454, 6: one direction only, and begun and ended by it. */
static gboolean
is_one_direction(const char *text)
{
	gboolean right = FALSE;
	gboolean left = FALSE;
	const char *last = text;

	for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);
		if (is_right_to_left(c))
			right = TRUE;
		else if (g_unichar_isalpha(c))
			left = TRUE;
		last = at;
	}
	return !right ||
	       (!left && is_right_to_left(g_utf8_get_char(text)) && is_right_to_left(g_utf8_get_char(last)));
}

/* The mapping of RFC 4013, 2.1. At most as long as text. The caller wipes. */
static char *
map(const char *text, gsize length)
{
	char *mapped = g_malloc0(length + 1);
	char *out = mapped;

	for (const char *at = text; at < text + length; at = g_utf8_next_char(at)) {
		gunichar c = g_utf8_get_char(at);
		if (is_in(c, blanks, G_N_ELEMENTS(blanks)))
			*out++ = ' ';
		else if (!is_in(c, dropped, G_N_ELEMENTS(dropped)))
			out += g_unichar_to_utf8(c, out);
	}
	return mapped;
}

static gboolean
is_allowed(const char *text)
{
	for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
		if (is_prohibited(g_utf8_get_char(at)))
			return FALSE;
	return is_one_direction(text);
}

Secret *
saslprep(const char *text, gsize length, GError **error)
{
	char *mapped;
	char *normal;
	Secret *result = NULL;

	if (!g_utf8_validate_len(text, length, NULL)) {
		fault_set(error, FAULT_INPUT,
			_("The user name or password is no valid UTF-8; it cannot be used to log in here."));
		return NULL;
	}
	mapped = map(text, length);
	normal = g_utf8_normalize(mapped, -1, G_NORMALIZE_NFKC);
	if (normal != NULL && is_allowed(normal))
		result = secret_new(normal, -1);
	else
		fault_set(error, FAULT_INPUT,
			_("The user name or password holds characters that must not stand in one (controls, "
			  "private ones, or letters of two directions mixed)."));
	secret_wipe_string(mapped);
	secret_wipe_string(normal);
	return result;
}
