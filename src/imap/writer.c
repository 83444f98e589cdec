/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "imap/writer.h"

#include "imap/parser.h"
#include "util/charset.h"

#define QUOTED_MAX 1000

struct ImapCommand {
	GArray *pieces; /* of ImapPiece */
};

static void
piece_clear(gpointer item)
{
	ImapPiece *piece = item;

	if (piece->secret)
		secret_wipe(piece->bytes->str, piece->bytes->len);
	g_string_free(piece->bytes, TRUE);
}

ImapCommand *
imap_command_new(const char *words)
{
	ImapCommand *command = g_new0(ImapCommand, 1);

	command->pieces = g_array_new(FALSE, FALSE, sizeof(ImapPiece));
	g_array_set_clear_func(command->pieces, piece_clear);
	imap_command_raw(command, words);
	return command;
}

void
imap_command_free(ImapCommand *command)
{
	if (command == NULL)
		return;
	g_array_unref(command->pieces);
	g_free(command);
}

static void
add_piece(ImapCommand *command, const char *data, gsize length, gboolean literal, gboolean secret)
{
	/* Memory of its exact size: a growing secret would leave copies behind. */
	ImapPiece piece = {g_string_sized_new(length + 1), literal, secret};

	g_string_append_len(piece.bytes, data, (gssize)length);
	g_array_append_val(command->pieces, piece);
}

static void
add_bytes(ImapCommand *command, const char *data, gsize length)
{
	guint n = command->pieces->len;
	ImapPiece *last = n ? &g_array_index(command->pieces, ImapPiece, n - 1) : NULL;

	if (last == NULL || last->literal || last->secret)
		add_piece(command, data, length, FALSE, FALSE);
	else
		g_string_append_len(last->bytes, data, (gssize)length);
}

void
imap_command_raw(ImapCommand *command, const char *words)
{
	g_assert(strpbrk(words, "\r\n") == NULL);
	add_bytes(command, words, strlen(words));
}

void
imap_command_rawf(ImapCommand *command, const char *format, ...)
{
	g_autofree char *words = NULL;
	va_list args;

	va_start(args, format);
	words = g_strdup_vprintf(format, args);
	va_end(args);
	imap_command_raw(command, words);
}

static gboolean
fits_quotes(const char *data, gsize length)
{
	if (length > QUOTED_MAX)
		return FALSE;
	for (gsize i = 0; i < length; i++) {
		if ((guchar)data[i] < ' ' || (guchar)data[i] >= 0x7f)
			return FALSE;
	}
	return TRUE;
}

static GString *
quote(const char *data, gsize length)
{
	GString *out = g_string_sized_new(2 * length + 3);

	g_string_append_c(out, '"');
	for (gsize i = 0; i < length; i++) {
		if (data[i] == '"' || data[i] == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, data[i]);
	}
	g_string_append_c(out, '"');
	return out;
}

static void
add_string(ImapCommand *command, const char *data, gsize length, gboolean secret)
{
	GString *quoted;

	if (!fits_quotes(data, length)) {
		add_piece(command, data, length, TRUE, secret);
		return;
	}
	quoted = quote(data, length);
	if (secret) {
		add_piece(command, quoted->str, quoted->len, FALSE, TRUE);
		secret_wipe(quoted->str, quoted->len);
	} else {
		add_bytes(command, quoted->str, quoted->len);
	}
	g_string_free(quoted, TRUE);
}

void
imap_command_string(ImapCommand *command, const char *text)
{
	add_string(command, text, strlen(text), FALSE);
}

void
imap_command_bytes(ImapCommand *command, const char *data, gsize length)
{
	g_autofree char *clean = g_malloc(length + 1);
	gsize used = 0;

	for (gsize i = 0; i < length; i++) {
		if (data[i] != '\0')
			clean[used++] = data[i];
	}
	add_string(command, clean, used, FALSE);
}

void
imap_command_secret(ImapCommand *command, const Secret *secret)
{
	add_string(command, secret_text(secret), secret_length(secret), TRUE);
}

void
imap_command_secret_raw(ImapCommand *command, const Secret *secret)
{
	add_piece(command, secret_text(secret), secret_length(secret), FALSE, TRUE);
}

void
imap_command_mailbox(ImapCommand *command, const char *raw)
{
	imap_command_string(command, raw);
}

void
imap_command_set(ImapCommand *command, const ImapSet *set)
{
	g_autofree char *text = imap_set_string(set);

	imap_command_raw(command, text);
}

gboolean
imap_keyword_is_valid(const char *keyword)
{
	if (*keyword == '\0' || strlen(keyword) > 255)
		return FALSE;
	for (const char *p = keyword; *p != '\0'; p++) {
		if ((guchar)*p <= ' ' || (guchar)*p >= 0x7f || strchr("(){%*\"\\]", *p) != NULL)
			return FALSE;
	}
	return TRUE;
}

void
imap_command_flags(ImapCommand *command, guint system, const char *const *keywords)
{
	const char *blank = "";

	imap_command_raw(command, "(");
	for (guint flag = IMAP_FLAG_SEEN; flag <= IMAP_FLAG_DRAFT; flag <<= 1) {
		if ((system & flag) == 0)
			continue;
		imap_command_rawf(command, "%s%s", blank, imap_flag_name(flag));
		blank = " ";
	}
	for (; keywords != NULL && *keywords != NULL; keywords++) {
		if (!imap_keyword_is_valid(*keywords))
			continue;
		imap_command_rawf(command, "%s%s", blank, *keywords);
		blank = " ";
	}
	imap_command_raw(command, ")");
}

void
imap_command_append(ImapCommand *command, const ImapCommand *other)
{
	for (guint i = 0; i < other->pieces->len; i++) {
		const ImapPiece *piece = imap_command_piece(other, i);
		if (piece->literal || piece->secret)
			add_piece(
				command, piece->bytes->str, piece->bytes->len, piece->literal, piece->secret);
		else
			add_bytes(command, piece->bytes->str, piece->bytes->len);
	}
}

gboolean
imap_command_is_8bit(const ImapCommand *command)
{
	for (guint i = 0; i < command->pieces->len; i++) {
		const ImapPiece *piece = imap_command_piece(command, i);
		for (gsize j = 0; piece->literal && j < piece->bytes->len; j++) {
			if ((guchar)piece->bytes->str[j] >= 0x80)
				return TRUE;
		}
	}
	return FALSE;
}

guint
imap_command_pieces(const ImapCommand *command)
{
	return command->pieces->len;
}

const ImapPiece *
imap_command_piece(const ImapCommand *command, guint index)
{
	return &g_array_index(command->pieces, ImapPiece, index);
}

char *
imap_name_raw(const char *name)
{
	char *raw = charset_to_imap_utf7(name);

	/* Not UTF-8: the octets as they are, which is how imap_name_utf8() met them. */
	return raw ? raw : g_strdup(name);
}

char *
imap_name_utf8(const char *raw)
{
	char *name = charset_from_imap_utf7(raw);

	return name ? name : g_utf8_make_valid(raw, -1);
}
