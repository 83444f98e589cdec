/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "imap/fetch.h"
#include "imap/response.h"
#include "mime/part.h"
#include "util/fault.h"
#include "util/limits.h"

static void
add_part(GString *out, const MimePart *part)
{
	g_string_append_printf(out, "%s/%s", part->type, part->subtype);
	if (part->opaque)
		g_string_append_c(out, '!');
	if (part->children->len == 0)
		return;
	g_string_append_c(out, '(');
	for (guint i = 0; i < part->children->len; i++) {
		if (i > 0)
			g_string_append_c(out, ' ');
		add_part(out, g_ptr_array_index(part->children, i));
	}
	g_string_append_c(out, ')');
}

static void
add_bytes(GString *out, const char *name, ImapSlice octets)
{
	g_string_append_printf(out, " %s=", name);
	if (octets.data == NULL)
		g_string_append(out, "NIL");
	else
		g_string_append_len(out, octets.data, (gssize)octets.length);
}

/* A row as one line. */
static char *
describe(const ImapRow *row)
{
	GString *out = g_string_new(NULL);

	g_string_append_printf(out, "%u uid=%u", row->sequence, row->uid);
	if (row->has & IMAP_HAS_FLAGS) {
		g_string_append_printf(out, " flags=%u", row->flags.system);
		for (guint i = 0; i < row->flags.keywords->len; i++)
			g_string_append_printf(out, ",%s", (char *)g_ptr_array_index(row->flags.keywords, i));
	}
	if (row->has & IMAP_HAS_DATE)
		g_string_append_printf(out, " date=%" G_GINT64_FORMAT, row->received.seconds);
	if (row->has & IMAP_HAS_SIZE)
		g_string_append_printf(out, " size=%" G_GUINT64_FORMAT, row->size);
	if (row->has & IMAP_HAS_MODSEQ)
		g_string_append_printf(out, " modseq=%" G_GUINT64_FORMAT, row->modseq);
	if (row->has & IMAP_HAS_FIELDS)
		add_bytes(out, "fields", row->fields);
	for (guint i = 0; row->sections != NULL && i < row->sections->len; i++) {
		const ImapSection *section = &g_array_index(row->sections, ImapSection, i);
		g_autofree char *name =
			g_strdup_printf("[%s]%" G_GINT64_FORMAT, section->section, section->origin);
		add_bytes(out, name, section->octets);
	}
	if (row->has & IMAP_HAS_EMAILID)
		g_string_append_printf(out, " email=%s", row->email_id);
	if (row->has & IMAP_HAS_THREADID)
		g_string_append_printf(out, " thread=%s", row->thread_id);
	if (row->has & IMAP_HAS_GM_MSGID)
		g_string_append_printf(out, " gm=%" G_GUINT64_FORMAT, row->gm_msgid);
	for (guint i = 0; row->gm_labels != NULL && i < row->gm_labels->len; i++)
		g_string_append_printf(out, " label=%s", (char *)g_ptr_array_index(row->gm_labels, i));
	if (row->has & IMAP_HAS_BAD_STRUCTURE)
		g_string_append(out, " badstructure");
	if (row->structure != NULL) {
		g_string_append_c(out, ' ');
		add_part(out, row->structure);
	}
	return g_string_free(out, FALSE);
}

/* What input is as a row, with error and "! " in front where it is damaged; NULL with error: no row at all.
 */
static char *
row_of(const char *input, gsize length, GError **error)
{
	g_autoptr(ImapReader) reader = imap_reader_new(NULL);
	g_auto(ImapParser) parser = {0};
	g_auto(ImapRow) row;
	ImapResponse response;
	ImapLine line;

	imap_row_init(&row);
	imap_reader_feed(reader, input, length);
	if (imap_reader_next(reader, &response, error) != IMAP_READER_RESPONSE)
		return NULL;
	imap_parser_init(&parser, &response);
	if (!imap_line_parse(&parser, &line, error) || line.data != IMAP_DATA_FETCH)
		return NULL;
	if (!imap_row_parse(&row, line.number, &parser, error)) {
		g_autofree char *rest = describe(&row);
		return g_strconcat("! ", rest, NULL);
	}
	return describe(&row);
}

#define TEXT "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 5 1"

static const struct {
	const char *items; /* between the parentheses of FETCH */
	const char *row;
} rows[] = {
	{"UID 9 FLAGS (\\Seen $a)", "1 uid=9 flags=1,$a"},
	{"flags () uid 9", "1 uid=9 flags=0"},
	{"UID  9  FLAGS ( ) ", "1 uid=9 flags=0"},
	{"INTERNALDATE \"17-Jul-1996 02:44:25 -0700\"", "1 uid=0 date=837596665"},
	{"INTERNALDATE \" 7-Jul-1996 02:44:25 -0700\"", "1 uid=0 date=836732665"},
	{"INTERNALDATE \"no date\" UID 3", "1 uid=3"},
	{"RFC822.SIZE 4286", "1 uid=0 size=4286"},
	{"RFC822.SIZE 99999999999999999999", "1 uid=0 size=9223372036854775807"},
	{"MODSEQ (624140003)", "1 uid=0 modseq=624140003"},
	{"MODSEQ 7", "1 uid=0 modseq=7"},
	{"BODY[HEADER.FIELDS (FROM TO)] {4}\r\nab\r\n UID 2", "1 uid=2 fields=ab\r\n"},
	{"BODY[HEADER.FIELDS (\"FROM\" \"A]B\")] \"x\"", "1 uid=0 fields=x"},
	{"BODY[HEADER.FIELDS (FROM)] NIL", "1 uid=0 fields=NIL"},
	{"BODY[] {5}\r\n)(\"{3", "1 uid=0 []-1=)(\"{3"},
	{"BODY[1.2.MIME]<100> \"abc\" BODY[2] NIL", "1 uid=0 [1.2.MIME]100=abc [2]-1=NIL"},
	{"BODY[] ~{2}\r\nxy", "1 uid=0 []-1=xy"},
	{"RFC822 \"m\" RFC822.HEADER \"h\"", "1 uid=0 []-1=m [HEADER]-1=h"},
	{"BINARY[1]<5> {2}\r\nxy UID 4", "1 uid=4"},
	{"EMAILID (M6d99ac3275bb4e) THREADID (T1)", "1 uid=0 email=M6d99ac3275bb4e thread=T1"},
	{"THREADID NIL UID 4", "1 uid=4 thread=(null)"},
	{"X-GM-MSGID 18446744073709551615 X-GM-LABELS (\\Inbox \"a b\" &APw-)",
		"1 uid=0 gm=18446744073709551615 label=\\Inbox label=a b label=\xc3\xbc"},
	{"X-NEW (a (b \"c\") {1}\r\n)) UID 4", "1 uid=4"},
	{"ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) UID 4", "1 uid=4"},
	/* damaged: the rest holds */
	{"UID 0", "! 1 uid=0"},
	{"UID -1 FLAGS (\\Seen)", "! 1 uid=0"},
	{"FLAGS (\\Seen) UID 4294967296", "! 1 uid=0"},
	{"UID", "! 1 uid=0"},
	{"FLAGS NIL", "! 1 uid=0 flags=0"},
	{"FLAGS (\\Seen", "! 1 uid=0 flags=1"},
	{"UID 4 FLAGS (\\Seen ke\001y $b \002) RFC822.SIZE 7", "! 1 uid=4 flags=1,$b size=7"},
	{"UID 4 FLAGS (\\Seen \001 {3}\r\n(b)) BODY[] {2}\r\nxy", "! 1 uid=4 flags=1,{3} []-1=xy"},
	{"UID 4 FLAGS (\\Seen (x \"y)\") $b) RFC822.SIZE 7", "! 1 uid=4 flags=1,$b size=7"},
	{"UID 4 INTERNALDATE 5 RFC822.SIZE 7", "! 1 uid=4 size=7"},
	{"RFC822.SIZE -1 UID 4", "! 1 uid=4 size=0"},
	{"RFC822.SIZE +1", "! 1 uid=0 size=0"},
	{"RFC822.SIZE (1 2) FLAGS () UID 4", "! 1 uid=4 flags=0 size=0"},
	{"RFC822.SIZE x\"y UID 4", "! 1 uid=4 size=0"},
	{"MODSEQ (9223372036854775808) UID 4", "! 1 uid=4"},
	{"MODSEQ (1", "! 1 uid=0 modseq=1"},
	{"X-GM-MSGID 18446744073709551616 UID 4", "! 1 uid=4"},
	{"BODY[ NIL", "! 1 uid=0"},
	{"BODY[] {5}", "! 1 uid=0 []-1=NIL"},
	{"BODY[]<5 NIL UID 4", "! 1 uid=4"},
	{"BODY[] atom UID 4", "! 1 uid=4 []-1=NIL"},
	{"BODY[HEADER.FIELDS (FROM TO)] 7 UID 4", "! 1 uid=4 fields=NIL"},
	{"X-NEW", "! 1 uid=0"},
	{"\"UID\" 4", "! 1 uid=0"},
	{"UID 4) x (", "! 1 uid=4"},
	/* structures */
	{"BODYSTRUCTURE " TEXT ")", "1 uid=0 text/plain"},
	{"BODYSTRUCTURE " TEXT " NIL NIL NIL NIL)", "1 uid=0 text/plain"},
	{"BODYSTRUCTURE (" TEXT ")(\"IMAGE\" \"PNG\" NIL NIL NIL \"BASE64\" 9) \"MIXED\")",
		"1 uid=0 multipart/mixed(text/plain image/png)"},
	{"BODYSTRUCTURE (" TEXT ") " TEXT ") \"ALTERNATIVE\" (\"BOUNDARY\" \"x\") NIL NIL NIL)",
		"1 uid=0 multipart/alternative(text/plain text/plain)"},
	{"BODYSTRUCTURE (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"x\") NIL NIL NIL NIL NIL NIL NIL NIL NIL)",
		"1 uid=0 text/plain"},
	{"BODYSTRUCTURE (\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 5 (\"Mon, 1 Jan 2024 00:00:00 +0000\" "
	 "\"s\" "
	 "((\"n\" NIL \"l\" \"d\")) NIL NIL NIL NIL NIL NIL \"<i@d>\") " TEXT ") 3) UID 8",
		"1 uid=8 message/rfc822(text/plain)"},
	{"BODYSTRUCTURE (\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 5)", "1 uid=0 message/rfc822"},
	{"BODYSTRUCTURE (NIL NIL NIL NIL NIL NIL 0)", "1 uid=0 application/octet-stream"},
	{"BODYSTRUCTURE (\"A\" \"B\" \"\" NIL NIL NIL 0 NIL (\"attachment\" (\"filename\" {1}\r\nx)) (\"de\" "
	 "\"en\") NIL 7)",
		"1 uid=0 a/b"},
	/* a bad one costs only itself */
	{"BODYSTRUCTURE (\"TEXT\") UID 8", "1 uid=8 badstructure"},
	{"BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL NIL -1) UID 8", "1 uid=8 badstructure"},
	{"BODYSTRUCTURE NIL UID 8", "1 uid=8 badstructure"},
	{"BODYSTRUCTURE () UID 8", "1 uid=8 badstructure"},
	{"BODYSTRUCTURE ((((({1}\r\nx))))) UID 8", "1 uid=8 badstructure"},
	{"BODYSTRUCTURE (", "! 1 uid=0 badstructure"},
};

static void
test_rows(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *input = g_strdup_printf("* 1 FETCH (%s)\r\n", rows[i].items);
		g_autoptr(GError) error = NULL;
		g_autofree char *row = row_of(input, strlen(input), &error);
		g_test_message("%s", rows[i].items);
		g_assert_cmpstr(row, ==, rows[i].row);
		if (row[0] == '!')
			g_assert_error(error, POSTHORN_FAULT, FAULT_PROTOCOL);
		else
			g_assert_no_error(error);
	}
}

/* Cut anywhere a row is damaged, or none, never a crash. */
static void
test_rows_cut_anywhere(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		for (gsize length = 0; length < strlen(rows[i].items); length++) {
			g_autofree char *input =
				g_strdup_printf("* 1 FETCH (%.*s\r\n", (int)length, rows[i].items);
			g_autofree char *row = row_of(input, strlen(input), NULL);
			if (row != NULL && rows[i].row[0] != '!')
				g_assert_cmpint(row[0], ==, '!');
		}
	}
}

static char *
nested_structure(guint depth)
{
	GString *out = g_string_new("* 1 FETCH (BODYSTRUCTURE ");

	for (guint i = 1; i < depth; i++)
		g_string_append_c(out, '(');
	g_string_append(out, TEXT ")");
	for (guint i = 1; i < depth; i++)
		g_string_append(out, " \"MIXED\")");
	g_string_append(out, " UID 8)\r\n");
	return g_string_free(out, FALSE);
}

static void
test_structure_nesting(void)
{
	static const struct {
		guint depth;
		gboolean sound, opaque;
	} cases[] = {
		{1, TRUE, FALSE},
		{LIMIT_MIME_NESTING, TRUE, FALSE},
		{LIMIT_MIME_NESTING + 1, TRUE, TRUE},
		{LIMIT_MIME_NESTING + LIMIT_IMAP_NESTING / 2, TRUE, TRUE},
		{100000, FALSE, FALSE},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *input = nested_structure(cases[i].depth);
		g_autofree char *row = row_of(input, strlen(input), NULL);
		g_test_message("%u", cases[i].depth);
		g_assert_cmpint(row[0] != '!', ==, cases[i].sound);
		if (cases[i].sound)
			g_assert_cmpint(strchr(row, '!') != NULL, ==, cases[i].opaque);
	}
}

static void
test_parts_are_limited(void)
{
	g_autoptr(GString) input = g_string_new("* 1 FETCH (UID 3 BODYSTRUCTURE (");
	g_autofree char *row = NULL;

	for (int i = 0; i < LIMIT_MIME_PARTS + 100; i++)
		g_string_append(input, TEXT ")");
	g_string_append(input, " \"MIXED\"))\r\n");
	row = row_of(input->str, input->len, NULL);
	g_assert_nonnull(row);
	g_assert_nonnull(strstr(row, "multipart/mixed!"));
}

static MimePart *
structure_of(const char *text, ImapRow *row)
{
	g_autofree char *input = g_strdup_printf("* 1 FETCH (BODYSTRUCTURE %s)\r\n", text);
	g_autoptr(ImapReader) reader = imap_reader_new(NULL);
	g_auto(ImapParser) parser = {0};
	ImapResponse response;
	ImapLine line;

	imap_row_init(row);
	imap_reader_feed(reader, input, strlen(input));
	g_assert_cmpint(imap_reader_next(reader, &response, NULL), ==, IMAP_READER_RESPONSE);
	imap_parser_init(&parser, &response);
	g_assert_true(imap_line_parse(&parser, &line, NULL));
	g_assert_true(imap_row_parse(row, line.number, &parser, NULL));
	return row->structure;
}

static void
test_part_says_what_it_is(void)
{
	g_auto(ImapRow) row;
	MimePart *root =
		structure_of("((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"utf-8\") \"<id@x>\" "
			     "\"=?utf-8?q?B=C3=A4r?=\" \"QUOTED-PRINTABLE\" 120 7 NIL NIL NIL NIL)"
			     "(\"APPLICATION\" \"PDF\" (\"NAME\" \"a.pdf\") NIL NIL \"BASE64\" 4000 NIL "
			     "(\"ATTACHMENT\" (\"FILENAME*\" \"utf-8''%C3%BC.pdf\")) NIL NIL) \"MIXED\")",
			&row);
	MimePart *text = mime_part_find(root, "1");
	MimePart *file = mime_part_find(root, "2");

	g_assert_cmpstr(mime_part_param(text, "charset"), ==, "utf-8");
	g_assert_cmpint(text->encoding, ==, MIME_ENCODING_QUOTED_PRINTABLE);
	g_assert_cmpuint(text->size_octets, ==, 120);
	g_assert_cmpuint(text->lines, ==, 7);
	g_assert_cmpstr(text->content_id, ==, "id@x");
	g_assert_cmpstr(text->description, ==, "B\xc3\xa4r");
	g_assert_cmpstr(file->disposition, ==, "attachment");
	g_assert_cmpstr(file->filename, ==, "\xc3\xbc.pdf");
	g_assert_cmpuint(file->size_octets, ==, 4000);
}

static void
test_envelope_of_a_message_inside(void)
{
	g_auto(ImapRow) row;
	MimePart *root = structure_of(
		"(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 500 "
		"(\"Mon, 1 Jan 2024 00:00:00 +0000\" \"=?utf-8?q?H=C3=A4?=\" "
		"((\"Ann\" NIL \"ann\" \"example.org\")) NIL NIL NIL NIL NIL NIL \"<i@d>\") " TEXT ") 3)",
		&row);
	const MimeEnvelope *envelope = root->envelope;

	g_assert_nonnull(envelope);
	g_assert_cmpstr(envelope->subject, ==, "H\xc3\xa4");
	g_assert_cmpstr(envelope->message_id, ==, "i@d");
	g_assert_true(envelope->dated);
	g_assert_cmpuint(envelope->from->len, ==, 1);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/imap/fetch/rows", test_rows);
	g_test_add_func("/imap/fetch/rows-cut-anywhere", test_rows_cut_anywhere);
	g_test_add_func("/imap/fetch/structure-nesting", test_structure_nesting);
	g_test_add_func("/imap/fetch/parts-are-limited", test_parts_are_limited);
	g_test_add_func("/imap/fetch/part-says-what-it-is", test_part_says_what_it_is);
	g_test_add_func("/imap/fetch/envelope-of-a-message-inside", test_envelope_of_a_message_inside);
	return g_test_run();
}
