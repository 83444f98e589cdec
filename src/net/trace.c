/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/trace.h"

#include <stdarg.h>
#include <string.h>

#include "util/limits.h"

#define MASK "***"

void
net_text_init(NetText *text)
{
	text->wire = g_string_new(NULL);
	text->shown = g_string_new(NULL);
	text->secret = FALSE;
}

/* GString grows by realloc(), which leaves copies behind: with a secret in it, grow by hand and wipe. */
static void
append_wire(NetText *text, const void *data, gsize length)
{
	GString *before = text->wire;

	if (text->secret && before->len + length >= before->allocated_len) {
		text->wire = g_string_sized_new((before->len + length) * 2);
		g_string_append_len(text->wire, before->str, (gssize)before->len);
		secret_wipe(before->str, before->allocated_len);
		g_string_free(before, TRUE);
	}
	g_string_append_len(text->wire, data, (gssize)length);
}

void
net_text_add_bytes(NetText *text, const void *data, gsize length)
{
	append_wire(text, data, length);
	g_string_append_len(text->shown, data, (gssize)length);
}

void
net_text_add(NetText *text, const char *words)
{
	net_text_add_bytes(text, words, strlen(words));
}

void
net_text_addf(NetText *text, const char *format, ...)
{
	va_list list;
	g_autofree char *words = NULL;

	va_start(list, format);
	words = g_strdup_vprintf(format, list);
	va_end(list);
	net_text_add(text, words);
}

void
net_text_add_secret(NetText *text, const Secret *secret)
{
	text->secret = TRUE;
	append_wire(text, secret_text(secret), secret_length(secret));
	g_string_append(text->shown, MASK);
}

void
net_text_clear(NetText *text)
{
	if (text->wire != NULL) {
		if (text->secret)
			secret_wipe(text->wire->str, text->wire->allocated_len);
		g_string_free(text->wire, TRUE);
		g_string_free(text->shown, TRUE);
	}
	memset(text, 0, sizeof(*text));
}

void
net_trace(LogCategory category, const char *name, char direction, const char *data, gsize length)
{
	const char *end = data + length;

	if (!log_on(category))
		return;
	while (data < end) {
		const char *line_end = memchr(data, '\n', (gsize)(end - data));
		gsize size = (gsize)((line_end ? line_end : end) - data);
		gsize shown = MIN(size, LIMIT_LOG_LINE);

		if (shown > 0 && data[shown - 1] == '\r')
			shown--;
		log_line(category, "%s %c: %.*s", name, direction, (int)shown, data);
		data += size + 1;
	}
}
