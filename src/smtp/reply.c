/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "smtp/reply.h"

#include <string.h>

#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"

struct SmtpReader {
	GString *bytes;   /* fed, not yet cut into lines */
	gsize at;         /* where the next line begins */
	SmtpReply *begun; /* an answer whose last line has not come */
	GError *broken;
};

void
smtp_reply_free(SmtpReply *reply)
{
	if (reply == NULL)
		return;
	g_free(reply->enhanced);
	g_ptr_array_unref(reply->lines);
	g_free(reply);
}

char *
smtp_reply_text(const SmtpReply *reply)
{
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "%d", reply->code);
	for (guint i = 0; i < reply->lines->len; i++) {
		const char *line = g_ptr_array_index(reply->lines, i);
		if (line[0] != '\0')
			g_string_append_printf(text, " %s", line);
	}
	return g_string_free(text, FALSE);
}

SmtpReader *
smtp_reader_new(void)
{
	SmtpReader *reader = g_new0(SmtpReader, 1);

	reader->bytes = g_string_new(NULL);
	return reader;
}

void
smtp_reader_free(SmtpReader *reader)
{
	if (reader == NULL)
		return;
	g_string_free(reader->bytes, TRUE);
	smtp_reply_free(reader->begun);
	g_clear_error(&reader->broken);
	g_free(reader);
}

void
smtp_reader_feed(SmtpReader *reader, const char *data, gsize length)
{
	if (reader->at > 0) {
		g_string_erase(reader->bytes, 0, (gssize)reader->at);
		reader->at = 0;
	}
	g_string_append_len(reader->bytes, data, (gssize)length);
}

gboolean
smtp_reader_is_empty(const SmtpReader *reader)
{
	return reader->at == reader->bytes->len && reader->begun == NULL;
}

/* "5.1.1 text" of an answer whose code begins with the same digit. The caller's, or NULL. */
static char *
enhanced_code(const char *text, int code)
{
	const char *at = text;

	if (at[0] != '0' + code / 100 || at[1] != '.')
		return NULL;
	at += 2;
	for (int part = 0; part < 2; part++) {
		gsize digits = strspn(at, "0123456789");
		if (digits < 1 || digits > 3)
			return NULL;
		at += digits;
		if (part == 0 && *at++ != '.')
			return NULL;
	}
	return *at == ' ' || *at == '\0' ? g_strndup(text, (gsize)(at - text)) : NULL;
}

/* 0: no code. */
static int
code_of(const char *line, gsize length)
{
	if (length < 3 || line[0] < '2' || line[0] > '5' || !g_ascii_isdigit(line[1]) ||
		!g_ascii_isdigit(line[2]))
		return 0;
	if (length > 3 && line[3] != ' ' && line[3] != '-')
		return 0;
	return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

static gboolean
refuse(SmtpReader *reader, Fault fault, const char *words)
{
	fault_set(&reader->broken, fault, "%s", words);
	return FALSE;
}

/* Take one line in. *last: it ends an answer. */
static gboolean
take_line(SmtpReader *reader, const char *line, gsize length, gboolean *last)
{
	int code = code_of(line, length);
	SmtpReply *reply = reader->begun;
	gsize skip = MIN(length, 4);

	if (code == 0 || memchr(line, '\0', length) != NULL)
		return refuse(
			reader, FAULT_PROTOCOL, _("The server does not speak SMTP: its answer has no code."));
	if (reply != NULL && reply->code != code)
		return refuse(reader, FAULT_PROTOCOL, _("The server's answer has two different codes."));
	if (reply == NULL) {
		reply = reader->begun = g_new0(SmtpReply, 1);
		reply->code = code;
		reply->lines = g_ptr_array_new_with_free_func(g_free);
	}
	if (reply->lines->len >= LIMIT_SMTP_LINES)
		return refuse(reader, FAULT_LIMIT, _("The server's answer has too many lines."));
	g_ptr_array_add(reply->lines, g_strndup(line + skip, length - skip));
	*last = length < 4 || line[3] == ' ';
	return TRUE;
}

static SmtpReaderResult
fail(const SmtpReader *reader, GError **error)
{
	if (error != NULL)
		*error = g_error_copy(reader->broken);
	return SMTP_READER_BROKEN;
}

/* The next line in bytes, its end stripped; FALSE when there is none as yet. */
static gboolean
cut_line(SmtpReader *reader, const char **line, gsize *length)
{
	const char *start = reader->bytes->str + reader->at;
	gsize left = reader->bytes->len - reader->at;
	const char *end = memchr(start, '\n', left);

	*line = start;
	*length = end ? (gsize)(end - start) : left;
	if (*length > LIMIT_SMTP_LINE)
		return refuse(reader, FAULT_LIMIT, _("A line of the server's answer is too long."));
	if (end == NULL)
		return FALSE;
	reader->at += *length + 1;
	if (*length > 0 && start[*length - 1] == '\r')
		(*length)--;
	return TRUE;
}

SmtpReaderResult
smtp_reader_next(SmtpReader *reader, SmtpReply **reply, GError **error)
{
	const char *line;
	gsize length;
	gboolean last = FALSE;

	*reply = NULL;
	if (reader->broken != NULL)
		return fail(reader, error);
	while (cut_line(reader, &line, &length)) {
		if (!take_line(reader, line, length, &last))
			return fail(reader, error);
		if (last) {
			*reply = g_steal_pointer(&reader->begun);
			(*reply)->enhanced =
				enhanced_code(g_ptr_array_index((*reply)->lines, 0), (*reply)->code);
			return SMTP_READER_REPLY;
		}
	}
	return reader->broken ? fail(reader, error) : SMTP_READER_MORE;
}
