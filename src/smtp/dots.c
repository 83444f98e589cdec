/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "smtp/dots.h"

#include <string.h>

static void
end_line(SmtpDots *dots, GString *out)
{
	g_string_append(out, "\r\n");
	dots->in_line = FALSE;
}

void
smtp_dots_add(SmtpDots *dots, const char *data, gsize length, GString *out)
{
	const char *end = data + length;

	while (data < end) {
		const char *stop;

		if (dots->after_cr) {
			dots->after_cr = FALSE;
			end_line(dots, out);
			if (*data == '\n') {
				data++;
				continue;
			}
		}
		if (*data == '\r' || *data == '\n') {
			dots->after_cr = *data == '\r';
			if (*data == '\n')
				end_line(dots, out);
			data++;
			continue;
		}
		if (*data == '.' && !dots->in_line)
			g_string_append_c(out, '.');
		dots->in_line = TRUE;
		for (stop = data; stop < end && *stop != '\r' && *stop != '\n'; stop++)
			;
		g_string_append_len(out, data, stop - data);
		data = stop;
	}
}

void
smtp_dots_end(SmtpDots *dots, GString *out)
{
	if (dots->after_cr || dots->in_line)
		end_line(dots, out);
	dots->after_cr = FALSE;
}

/* Past the line at data: its octets, and the octets of its end (0 at the end of all). */
static gsize
measure_line(const char *data, gsize left, gsize *end_octets)
{
	gsize length = 0;

	while (length < left && data[length] != '\r' && data[length] != '\n')
		length++;
	*end_octets = 0;
	if (length < left)
		*end_octets = data[length] == '\r' && length + 1 < left && data[length + 1] == '\n' ? 2 : 1;
	return length;
}

void
smtp_shape(const char *data, gsize length, SmtpShape *shape)
{
	gboolean headers = TRUE;
	gsize at = 0;

	memset(shape, 0, sizeof(*shape));
	shape->headers_are_utf8 = TRUE;
	while (at < length) {
		gsize ends;
		gsize line = measure_line(data + at, length - at, &ends);
		gboolean wide = FALSE;

		for (gsize i = at; i < at + line; i++) {
			wide = wide || (data[i] & 0x80);
			shape->has_nul = shape->has_nul || data[i] == '\0';
		}
		headers = headers && line > 0;
		shape->has_8bit = shape->has_8bit || wide;
		if (headers && wide) {
			shape->has_8bit_headers = TRUE;
			if (!g_utf8_validate(data + at, (gssize)line, NULL))
				shape->headers_are_utf8 = FALSE;
		}
		shape->size += line + 2;
		shape->longest_line = MAX(shape->longest_line, line);
		at += line + ends;
	}
}
