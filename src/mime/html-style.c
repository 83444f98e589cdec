/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/html-style.h"

#include "mime/words.h"

#include <string.h>

static gboolean
is_value(const char *value, gsize length, const char *word)
{
	return strlen(word) == length && g_ascii_strncasecmp(value, word, length) == 0;
}

/* "0", "0px", "0.0em", "0%": nothing to be seen. A pixel is nothing either. */
static gboolean
is_nothing(const char *value, gsize length)
{
	char text[16];
	char *end;
	double number;

	if (length == 0 || length >= sizeof text)
		return FALSE;
	memcpy(text, value, length);
	text[length] = '\0';
	number = g_ascii_strtod(text, &end);
	if (end == text)
		return FALSE;
	return number == 0 || (number <= 1 && g_ascii_strncasecmp(end, "px", 2) == 0);
}

static int
hex_color(const char *value, gsize length)
{
	int color = 0;

	if (length != 3 && length != 6)
		return HTML_COLOR_UNKNOWN;
	for (gsize i = 0; i < length; i++) {
		int digit = mime_hex(value[i]);
		if (digit < 0)
			return HTML_COLOR_UNKNOWN;
		color = length == 3 ? color << 8 | digit << 4 | digit : color << 4 | digit;
	}
	return color;
}

/* "rgb(255, 255, 255)" */
static int
rgb_color(const char *value, gsize length)
{
	int color = 0;
	gsize i = 4;

	for (int part = 0; part < 3; part++) {
		int number = 0;
		while (i < length && (value[i] == ' ' || value[i] == ','))
			i++;
		if (i >= length || !g_ascii_isdigit(value[i]))
			return HTML_COLOR_UNKNOWN;
		while (i < length && g_ascii_isdigit(value[i]) && number < 256)
			number = number * 10 + (value[i++] - '0');
		color = color << 8 | MIN(number, 255);
	}
	return color;
}

static int
read_color(const char *value, gsize length)
{
	static const struct {
		const char *name;
		int color;
	} names[] = {
		{"white", 0xffffff},
		{"black", 0},
		{"red", 0xff0000},
		{"blue", 0xff},
		{"green", 0x8000},
		{"yellow", 0xffff00},
		{"gray", 0x808080},
		{"grey", 0x808080},
		{"silver", 0xc0c0c0},
		{"snow", 0xfffafa},
		{"ivory", 0xfffff0},
		{"whitesmoke", 0xf5f5f5},
	};
	gsize word = 0;

	if (length > 0 && value[0] == '#') {
		for (word = 1; word < length && mime_hex(value[word]) >= 0; word++)
			;
		return hex_color(value + 1, word - 1);
	}
	if (length > 4 && g_ascii_strncasecmp(value, "rgb(", 4) == 0)
		return rgb_color(value, length);
	while (word < length && g_ascii_isalpha(value[word]))
		word++;
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (is_value(value, word, names[i].name))
			return names[i].color;
	return HTML_COLOR_UNKNOWN;
}

/* One "property: value" of a style attribute. */
static void
read_property(HtmlStyle *style, const char *name, gsize name_length, const char *value, gsize length)
{
	if (is_value(name, name_length, "display")) {
		style->hidden |= is_value(value, length, "none");
	} else if (is_value(name, name_length, "visibility")) {
		style->hidden |= is_value(value, length, "hidden");
	} else if (is_value(name, name_length, "mso-hide")) {
		style->hidden |= is_value(value, length, "all");
	} else if (is_value(name, name_length, "font-size") || is_value(name, name_length, "opacity") ||
		   is_value(name, name_length, "max-height")) {
		style->hidden |= is_nothing(value, length) && !is_value(value, length, "1");
	} else if (is_value(name, name_length, "white-space")) {
		style->pre = length >= 3 && g_ascii_strncasecmp(value, "pre", 3) == 0;
	} else if (is_value(name, name_length, "font-weight")) {
		style->bold = is_value(value, length, "bold") ||
			      (length == 3 && value[0] >= '6' && value[0] <= '9');
	} else if (is_value(name, name_length, "color")) {
		style->color = read_color(value, length);
		style->sets_color = TRUE;
	} else if (is_value(name, name_length, "background") ||
		   is_value(name, name_length, "background-color")) {
		style->background = read_color(value, length);
		style->sets_background = TRUE;
	}
}

static void
trim(const char **text, gsize *length)
{
	while (*length > 0 && g_ascii_isspace(**text)) {
		(*text)++;
		(*length)--;
	}
	while (*length > 0 && g_ascii_isspace((*text)[*length - 1]))
		(*length)--;
}

static void
read_properties(HtmlStyle *style, const char *text, gsize length)
{
	const char *end = text + length;

	while (text < end) {
		const char *stop = memchr(text, ';', (gsize)(end - text));
		const char *colon;
		if (stop == NULL)
			stop = end;
		colon = memchr(text, ':', (gsize)(stop - text));
		if (colon != NULL) {
			const char *value = colon + 1, *important;
			gsize name_length = (gsize)(colon - text), value_length = (gsize)(stop - value);
			important = memchr(value, '!', value_length);
			if (important != NULL)
				value_length = (gsize)(important - value);
			trim(&text, &name_length);
			trim(&value, &value_length);
			read_property(style, text, name_length, value, value_length);
		}
		text = stop + 1;
	}
}

void
html_style_read(HtmlStyle *style, const HtmlToken *token)
{
	const HtmlAttribute *attribute;

	memset(style, 0, sizeof *style);
	style->color = style->background = HTML_COLOR_UNKNOWN;
	style->hidden = html_attribute(token, "hidden") != NULL;
	if ((attribute = html_attribute(token, "bgcolor")) != NULL && attribute->value != NULL) {
		style->background = read_color(attribute->value, attribute->value_length);
		style->sets_background = TRUE;
	}
	if ((attribute = html_attribute(token, "color")) != NULL && attribute->value != NULL) {
		style->color = read_color(attribute->value, attribute->value_length);
		style->sets_color = TRUE;
	}
	if ((attribute = html_attribute(token, "style")) != NULL && attribute->value != NULL)
		read_properties(style, attribute->value, attribute->value_length);
}
