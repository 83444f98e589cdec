/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "imap/reader.h"
#include "util/fault.h"

/* One line for each response: its text, and its literals in brackets; "!" and the fault at the end where it
 * broke. */
static char *
read_all(const char *input, gsize length, gsize cut, const ImapReaderLimits *limits)
{
	g_autoptr(ImapReader) reader = imap_reader_new(limits);
	GString *out = g_string_new(NULL);
	gsize fed = 0;

	for (;;) {
		g_autoptr(GError) error = NULL;
		ImapResponse response;
		ImapReaderResult result = imap_reader_next(reader, &response, &error);
		if (result == IMAP_READER_BROKEN) {
			g_string_append_printf(out, "!%s", fault_name(fault_of(error)));
			break;
		}
		if (result == IMAP_READER_MORE) {
			gsize part = MIN(cut, length - fed);
			if (part == 0)
				break;
			imap_reader_feed(reader, input + fed, part);
			fed += part;
			continue;
		}
		g_string_append_len(out, response.text, (gssize)response.length);
		for (guint i = 0; i < response.literal_count; i++) {
			const ImapLiteral *literal = &response.literals[i];
			g_string_append_printf(out, "[%u:%.*s]", (guint)literal->at,
				literal->octets.data ? (int)literal->octets.length : 4,
				literal->octets.data ? literal->octets.data : "GONE");
		}
		g_string_append_c(out, '\n');
	}
	return g_string_free(out, FALSE);
}

static const struct {
	const char *input;
	const char *expected;
} streams[] = {
	{"* OK hi\r\n", "* OK hi\n"},
	{"* OK hi\n+ go\r\nP1 OK done\r\n", "* OK hi\n+ go\nP1 OK done\n"},
	{"* 1 FETCH (BODY[] {5}\r\nab\r\nc)\r\n", "* 1 FETCH (BODY[] {5})[21:ab\r\nc]\n"},
	{"* 1 FETCH (A {0}\r\n B {1}\r\nx)\r\n", "* 1 FETCH (A {0} B {1})[16:][22:x]\n"},
	{"* 1 FETCH (A ~{2}\r\nxy)\r\n", "* 1 FETCH (A ~{2})[17:xy]\n"},
	{"* 1 FETCH (A {2+}\r\nxy)\r\n", "* 1 FETCH (A {2+})[17:xy]\n"},
	/* What a message says is not looked at. */
	{"* 1 FETCH (A {9}\r\nP1 OK {3})\r\n", "* 1 FETCH (A {9})[16:P1 OK {3}]\n"},
	/* Free text announces nothing. */
	{"* OK see {99}\r\n* BYE {3}\r\n", "* OK see {99}\n* BYE {3}\n"},
	{"P1 NO see {99}\r\n+ {99}\r\n", "P1 NO see {99}\n+ {99}\n"},
	{"* 1 FETCH (A \"{x}\r\n", "* 1 FETCH (A \"{x}\n"},
	{"* LIST () \"/\" {}\r\n", "* LIST () \"/\" {}\n"},
	{"\r\n\n", "\n\n"},
	{"* 1 FETCH (A {99999999999999999999}\r\n", "!limit"},
	{"* 1 FETCH (A {536870913}\r\n", "!limit"},
	{"* 1 FETCH (A {536870912}\r\nx", ""},
	{"* 1 FETCH (A {536870911}\r\nx", ""},
	/* No end: nothing yet. */
	{"* 1 FETCH", ""},
};

static void
test_streams_at_every_cut(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(streams); i++) {
		gsize length = strlen(streams[i].input);
		for (gsize cut = 1; cut <= length; cut++) {
			g_autofree char *got = read_all(streams[i].input, length, cut, NULL);
			g_test_message("%s by %u", streams[i].input, (guint)cut);
			g_assert_cmpstr(got, ==, streams[i].expected);
		}
	}
}

static void
test_long_literal(void)
{
	enum { SIZE = 300 * 1000 };
	g_autoptr(GString) input = g_string_new("* 1 FETCH (A {300000}\r\n");
	static const gsize cuts[] = {1, 7, 4095, 65536, 131072, 1000000};

	for (int i = 0; i < SIZE; i++)
		g_string_append_c(input, (char)('a' + i % 26));
	g_string_append(input, " B {2}\r\nxy)\r\n* 2 EXISTS\r\n");
	for (gsize i = 0; i < G_N_ELEMENTS(cuts); i++) {
		g_autofree char *got = read_all(input->str, input->len, cuts[i], NULL);
		g_autofree char *head = g_strndup(input->str + strlen("* 1 FETCH (A {300000}\r\n"), SIZE);
		g_autofree char *expected =
			g_strdup_printf("* 1 FETCH (A {300000} B {2})[21:%s][27:xy]\n* 2 EXISTS\n", head);
		g_assert_cmpstr(got, ==, expected);
	}
}

static void
test_dropped_literals_are_counted(void)
{
	g_autoptr(ImapReader) reader = imap_reader_new(NULL);
	g_autofree char *filling = g_strnfill(100000, 'x');
	g_autofree char *input = g_strdup_printf("* 1 FETCH (A {100000}\r\n%s B {2}\r\nok)\r\n", filling);
	ImapResponse response;

	imap_reader_drop(reader, TRUE);
	for (const char *p = input; *p != '\0';) {
		gsize part = MIN(strlen(p), 999);
		imap_reader_feed(reader, p, part);
		p += part;
		if (imap_reader_next(reader, &response, NULL) == IMAP_READER_RESPONSE)
			break;
	}
	g_assert_cmpuint(response.literal_count, ==, 2);
	g_assert_null(response.literals[0].octets.data);
	g_assert_cmpuint(response.literals[0].octets.length, ==, 100000);
	g_assert_cmpmem(response.literals[1].octets.data, response.literals[1].octets.length, "ok", 2);
}

static void
test_bounded_literals_are_dropped(void)
{
	g_autoptr(ImapReader) reader = imap_reader_new(NULL);
	static const char input[] = "* 1 FETCH (A {5}\r\n12345 B {4}\r\n1234)\r\n";
	ImapResponse response;

	imap_reader_bound_literal(reader, 4);
	imap_reader_feed(reader, input, strlen(input));
	g_assert_cmpint(imap_reader_next(reader, &response, NULL), ==, IMAP_READER_RESPONSE);
	g_assert_null(response.literals[0].octets.data);
	g_assert_nonnull(response.literals[1].octets.data);
}

static void
test_limits(void)
{
	const ImapReaderLimits small = {.line = 20, .streaming = 40, .literal = 10};
	static const struct {
		const char *input;
		const char *expected;
	} rows[] = {
		{"* OK 6789 123456789\r\n", "* OK 6789 123456789\n"},
		{"* OK 6789 123456789 x\r\n", "!limit"},
		{"* OK 6789 123456789 x", "!limit"},
		{"* SEARCH 1 2 3 4 5 6 7 8 9\r\n", "* SEARCH 1 2 3 4 5 6 7 8 9\n"},
		{"* VANISHED 1,2,3,4,5,6,7,8,9\r\n", "* VANISHED 1,2,3,4,5,6,7,8,9\n"},
		{"* SEARCH 1 2 3 4 5 6 7 8 9 1 2 3 4 5 6 7 8 9\r\n", "!limit"},
		{"* 1 A {11}\r\n", "!limit"},
		{"* 1 A {6}\r\n123456 {5}\r\n", "!limit"},
		{"* 1 A {6}\r\n123456{4}\r\n1234\r\n", "* 1 A {6}{4}[9:123456][12:1234]\n"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		for (gsize cut = 1; cut <= strlen(rows[i].input); cut++) {
			g_autofree char *got = read_all(rows[i].input, strlen(rows[i].input), cut, &small);
			g_test_message("%s by %u", rows[i].input, (guint)cut);
			g_assert_cmpstr(got, ==, rows[i].expected);
		}
	}
}

static void
test_broken_stays_broken(void)
{
	g_autoptr(ImapReader) reader = imap_reader_new(&(ImapReaderLimits){.line = 5});
	ImapResponse response;

	imap_reader_feed(reader, "123456\r\n", 8);
	g_assert_cmpint(imap_reader_next(reader, &response, NULL), ==, IMAP_READER_BROKEN);
	imap_reader_feed(reader, "* OK\r\n", 6);
	g_assert_cmpint(imap_reader_next(reader, &response, NULL), ==, IMAP_READER_BROKEN);
}

static void
test_progress(void)
{
	g_autoptr(ImapReader) reader = imap_reader_new(NULL);
	ImapResponse response;
	guint64 received, total;

	imap_reader_feed(reader, "* 1 A {9}\r\n1234", 15);
	g_assert_false(imap_reader_progress(reader, &received, &total));
	g_assert_cmpint(imap_reader_next(reader, &response, NULL), ==, IMAP_READER_MORE);
	g_assert_true(imap_reader_progress(reader, &received, &total));
	g_assert_cmpuint(received, ==, 4);
	g_assert_cmpuint(total, ==, 9);
}

static void
test_input_can_be_taken_out(void)
{
	g_autoptr(ImapReader) reader = imap_reader_new(NULL);
	g_autofree char *rest = NULL;
	ImapResponse response;
	gsize length;

	imap_reader_feed(reader, "P1 OK now\r\n\1\2\3", 14);
	g_assert_cmpint(imap_reader_next(reader, &response, NULL), ==, IMAP_READER_RESPONSE);
	rest = imap_reader_take_input(reader, &length);
	g_assert_cmpmem(rest, length, "\1\2\3", 3);
	g_assert_false(imap_reader_has_input(reader));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/imap/reader/streams-at-every-cut", test_streams_at_every_cut);
	g_test_add_func("/imap/reader/long-literal", test_long_literal);
	g_test_add_func("/imap/reader/dropped-literals-are-counted", test_dropped_literals_are_counted);
	g_test_add_func("/imap/reader/bounded-literals-are-dropped", test_bounded_literals_are_dropped);
	g_test_add_func("/imap/reader/limits", test_limits);
	g_test_add_func("/imap/reader/broken-stays-broken", test_broken_stays_broken);
	g_test_add_func("/imap/reader/progress", test_progress);
	g_test_add_func("/imap/reader/input-can-be-taken-out", test_input_can_be_taken_out);
	return g_test_run();
}
