/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A server's stream through reader, classification and every parser. The first
 * byte chooses how the rest is cut; a stream must read the same in any cut.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>

#include "imap/fetch.h"
#include "imap/folders.h"
#include "imap/response.h"
#include "imap/results.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
ignore_word(ImapSlice word, gpointer user)
{
	(void)word;
	(void)user;
}

static void
ignore_pair(const char *name, const char *value, gpointer user)
{
	(void)name;
	(void)value;
	(void)user;
}

static void
parse_codes(const ImapLine *line)
{
	g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(ImapUidPair));
	g_autoptr(ImapSet) asked = imap_set_new_range(1, 1000);
	g_autoptr(ImapSet) set = NULL;
	g_autofree char *word = NULL;
	guint32 number, uid;
	guint64 modseq;
	ImapFlags flags;

	imap_flags_init(&flags);
	imap_code_number(line, &number);
	imap_code_modseq(line, &modseq);
	imap_code_flags(line, &flags);
	imap_code_set(line, &set);
	imap_code_word(line, &word);
	imap_code_appenduid(line, &number, &uid);
	imap_code_copyuid(line, asked, &number, pairs);
	if (pairs->len > 1000)
		abort();
	imap_flags_clear(&flags);
}

static void
parse_data(const ImapLine *line, ImapParser *parser, ImapRow *row)
{
	g_autoptr(ImapFolder) folder = NULL;
	g_autoptr(ImapSet) set = imap_set_new();
	g_autoptr(ImapSet) gone = NULL;
	g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *name = NULL;
	gboolean earlier;
	ImapStatus status;
	char delimiter;

	switch (line->data) {
	case IMAP_DATA_FETCH:
		if (imap_row_parse(row, line->number, parser, NULL) && row->sequence == 0)
			abort();
		break;
	case IMAP_DATA_LIST:
	case IMAP_DATA_LSUB:
		folder = imap_folder_parse(parser, NULL);
		if (folder != NULL && !g_utf8_validate(folder->name, -1, NULL))
			abort();
		break;
	case IMAP_DATA_STATUS:
		imap_status_parse(parser, &name, &status, NULL);
		break;
	case IMAP_DATA_NAMESPACE:
		imap_namespace_parse(parser, &name, &delimiter, others, NULL);
		break;
	case IMAP_DATA_SEARCH:
		imap_search_parse(parser, set, NULL);
		break;
	case IMAP_DATA_ESEARCH:
		imap_esearch_parse(parser, set, NULL);
		break;
	case IMAP_DATA_VANISHED:
		imap_vanished_parse(parser, &earlier, &gone, NULL);
		break;
	case IMAP_DATA_ID:
		imap_id_parse(parser, ignore_pair, NULL, NULL);
		break;
	default:
		imap_words_parse(parser, ignore_word, NULL);
	}
}

/* Responses read, and a hash of their text. */
static guint
read_stream(const char *data, gsize length, gsize cut)
{
	static const ImapReaderLimits limits = {.line = 4096, .streaming = 8192, .literal = 65536};
	g_autoptr(ImapReader) reader = imap_reader_new(&limits);
	g_auto(ImapRow) row;
	guint hash = 0;
	gsize fed = 0;

	imap_row_init(&row);
	for (;;) {
		g_auto(ImapParser) parser = {0};
		ImapResponse response;
		ImapLine line;
		ImapReaderResult result = imap_reader_next(reader, &response, NULL);
		if (result == IMAP_READER_BROKEN)
			return hash + 1;
		if (result == IMAP_READER_MORE) {
			gsize part = MIN(cut, length - fed);
			if (part == 0)
				return hash;
			imap_reader_feed(reader, data + fed, part);
			fed += part;
			continue;
		}
		for (gsize i = 0; i < response.length; i++)
			hash = hash * 31 + (guchar)response.text[i];
		imap_parser_init(&parser, &response);
		if (!imap_line_parse(&parser, &line, NULL))
			continue;
		if (line.kind == IMAP_LINE_DATA)
			parse_data(&line, &parser, &row);
		else
			parse_codes(&line);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gsize cut = size ? data[0] + 1u : 1;
	const char *stream = (const char *)data + (size ? 1 : 0);
	gsize length = size ? size - 1 : 0;

	if (read_stream(stream, length, cut) != read_stream(stream, length, length + 1))
		abort();
	return 0;
}
