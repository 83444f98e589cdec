/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz-smtp-dots.c - any message, in pieces of the first byte's size: the wire
 * form holds no bare CR or LF and no line that is a dot alone, and the size
 * told beforehand is true.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "smtp/address.h"
#include "smtp/dots.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_wire(const GString *wire, guint64 expected)
{
	guint64 size = 0;

	for (gsize at = 0; at < wire->len;) {
		const char *line = wire->str + at;
		const char *end = memchr(line, '\n', wire->len - at);
		gsize length;

		g_assert(end != NULL && end > line && end[-1] == '\r');
		length = (gsize)(end - line) - 1;
		g_assert(memchr(line, '\r', length) == NULL);
		g_assert(!(length == 1 && line[0] == '.'));
		if (line[0] == '.')
			g_assert(line[1] == '.');
		size += length + 2 - (line[0] == '.');
		at += length + 2;
	}
	g_assert(size == expected);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(GString) wire = g_string_new(NULL);
	g_autofree char *text = NULL;
	g_autofree char *address = NULL;
	gboolean utf8 = FALSE;
	SmtpDots dots = {0};
	SmtpShape shape;
	gsize step;

	if (size == 0)
		return 0;
	step = (gsize)data[0] + 1;
	for (gsize at = 1; at < size; at += step)
		smtp_dots_add(&dots, (const char *)data + at, MIN(step, size - at), wire);
	smtp_dots_end(&dots, wire);
	smtp_shape((const char *)data + 1, size - 1, &shape);
	check_wire(wire, shape.size);
	text = g_strndup((const char *)data + 1, size - 1);
	address = smtp_address_wire(text, &utf8, NULL);
	g_assert(address == NULL || strpbrk(address, "\r\n<>") == NULL);
	return 0;
}
