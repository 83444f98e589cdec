/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pure parts of src/smtp: answers, dots, addresses. */
#include "config.h"

#include <string.h>

#include "smtp/address.h"
#include "smtp/dots.h"
#include "smtp/reply.h"
#include "util/fault.h"
#include "util/limits.h"

/* All answers of text, fed in pieces of step bytes, as "code|enhanced|text" a line; "!fault" at a break. */
static char *
read_all(const char *text, gsize length, gsize step)
{
	g_autoptr(SmtpReader) reader = smtp_reader_new();
	GString *out = g_string_new(NULL);

	for (gsize at = 0; at < length; at += step) {
		g_autoptr(GError) error = NULL;
		SmtpReply *reply = NULL;
		SmtpReaderResult result;

		smtp_reader_feed(reader, text + at, MIN(step, length - at));
		while ((result = smtp_reader_next(reader, &reply, &error)) == SMTP_READER_REPLY) {
			g_autofree char *words = smtp_reply_text(reply);
			g_string_append_printf(out, "%d|%s|%s\n", reply->code,
				reply->enhanced ? reply->enhanced : "", words);
			smtp_reply_free(reply);
		}
		if (result == SMTP_READER_BROKEN) {
			g_string_append_printf(out, "!%s", fault_name(fault_of(error)));
			break;
		}
	}
	return g_string_free(out, FALSE);
}

typedef struct {
	const char *name;
	const char *text;
	const char *expected;
} ReplyRow;

static const ReplyRow replies[] = {
	{"one", "250 ok\r\n", "250||250 ok\n"},
	{"bare-code", "250\r\n", "250||250\n"},
	{"bare-lf", "250 ok\n", "250||250 ok\n"},
	{"lines", "250-first\r\n250-\r\n250 last\r\n", "250||250 first last\n"},
	{"two", "250 a\r\n354 b\r\n", "250||250 a\n354||354 b\n"},
	{"enhanced", "550 5.1.1 no such user\r\n", "550|5.1.1|550 5.1.1 no such user\n"},
	{"enhanced-alone", "250 2.0.0\r\n", "250|2.0.0|250 2.0.0\n"},
	{"enhanced-other-class", "250 5.1.1 hm\r\n", "250||250 5.1.1 hm\n"},
	{"not-enhanced", "550 5.1 x\r\n550 5.1.1234 x\r\n550 5.1.1x\r\n",
		"550||550 5.1 x\n550||550 5.1.1234 x\n550||550 5.1.1x\n"},
	{"part", "250-begun\r\n", ""},
	{"no-code", "hello\r\n", "!protocol"},
	{"low-code", "150 x\r\n", "!protocol"},
	{"high-code", "650 x\r\n", "!protocol"},
	{"short", "25\r\n", "!protocol"},
	{"glued", "2500 x\r\n", "!protocol"},
	{"empty", "\r\n", "!protocol"},
	{"mixed-codes", "250-a\r\n251 b\r\n", "!protocol"},
	{"after-good", "250 a\r\nx\r\n", "250||250 a\n!protocol"},
};

static void
test_reply(gconstpointer user)
{
	const ReplyRow *row = user;

	for (gsize step = 1; step <= strlen(row->text); step++) {
		g_autofree char *got = read_all(row->text, strlen(row->text), step);
		g_assert_cmpstr(got, ==, row->expected);
	}
}

static void
test_reply_limits(void)
{
	g_autofree char *long_line = g_strnfill(LIMIT_SMTP_LINE + 1, 'x');
	g_autoptr(GString) many = g_string_new(NULL);
	g_autofree char *got = NULL;
	g_autofree char *got_long = read_all(long_line, strlen(long_line), 1000);
	g_autofree char *with_nul = read_all("250 a\0b\r\n", 9, 9);

	for (int i = 0; i <= LIMIT_SMTP_LINES; i++)
		g_string_append(many, "250-x\r\n");
	got = read_all(many->str, many->len, many->len);
	g_assert_cmpstr(got, ==, "!limit");
	g_assert_cmpstr(got_long, ==, "!limit");
	g_assert_cmpstr(with_nul, ==, "!protocol");
}

static void
test_reader_knows_rest(void)
{
	g_autoptr(SmtpReader) reader = smtp_reader_new();
	SmtpReply *reply = NULL;

	g_assert_true(smtp_reader_is_empty(reader));
	smtp_reader_feed(reader, "250-a\r\n", 7);
	g_assert_cmpint(smtp_reader_next(reader, &reply, NULL), ==, SMTP_READER_MORE);
	g_assert_false(smtp_reader_is_empty(reader));
	smtp_reader_feed(reader, "250 b\r\n2", 8);
	g_assert_cmpint(smtp_reader_next(reader, &reply, NULL), ==, SMTP_READER_REPLY);
	smtp_reply_free(reply);
	g_assert_false(smtp_reader_is_empty(reader));
}

/* ---- dots ---- */

static const struct {
	const char *message;
	const char *wire;
} dot_rows[] = {
	{"", ""},
	{"a", "a\r\n"},
	{"a\n", "a\r\n"},
	{"a\r\n", "a\r\n"},
	{"a\r", "a\r\n"},
	{"a\rb", "a\r\nb\r\n"},
	{"a\r\rb", "a\r\n\r\nb\r\n"},
	{"a\n\nb", "a\r\n\r\nb\r\n"},
	{"a\n\r\nb", "a\r\n\r\nb\r\n"},
	{"a\r\r\nb", "a\r\n\r\nb\r\n"},
	{".", "..\r\n"},
	{"..", "...\r\n"},
	{".\n.\r\n.\r.", "..\r\n..\r\n..\r\n..\r\n"},
	{"a.\n.b", "a.\r\n..b\r\n"},
	/* Smuggling: whatever ends a line for anybody ends one here, and its dot is doubled. */
	{"x\n.\nMAIL", "x\r\n..\r\nMAIL\r\n"},
	{"x\r.\rMAIL", "x\r\n..\r\nMAIL\r\n"},
	{"x\r\n.\rMAIL", "x\r\n..\r\nMAIL\r\n"},
};

static void
test_dots(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(dot_rows); i++) {
		const char *message = dot_rows[i].message;
		SmtpShape shape;
		gsize doubled = 0;

		for (gsize step = 1; step <= strlen(message) + 1; step++) {
			g_autoptr(GString) out = g_string_new(NULL);
			SmtpDots dots = {0};
			for (gsize at = 0; at < strlen(message); at += step)
				smtp_dots_add(&dots, message + at, MIN(step, strlen(message) - at), out);
			smtp_dots_end(&dots, out);
			g_assert_cmpstr(out->str, ==, dot_rows[i].wire);
			doubled = out->str[0] == '.';
			for (const char *dot = out->str; (dot = strstr(dot, "\r\n.")) != NULL; dot += 3)
				doubled++;
		}
		smtp_shape(message, strlen(message), &shape);
		g_assert_cmpuint(shape.size + doubled, ==, strlen(dot_rows[i].wire));
	}
}

static void
test_shape(void)
{
	static const struct {
		const char *message;
		gsize length;
		SmtpShape shape;
	} rows[] = {
		{"A: b\r\n\r\nbody\r\n", 14, {14, 4, FALSE, FALSE, TRUE, FALSE}},
		{"A: b\n\nbody", 10, {14, 4, FALSE, FALSE, TRUE, FALSE}},
		{"A: b\n\nb\303\266dy", 11, {15, 5, TRUE, FALSE, TRUE, FALSE}},
		{"A: \303\266\n\nbody", 11, {15, 5, TRUE, TRUE, TRUE, FALSE}},
		{"A: \366\n\nbody", 10, {14, 4, TRUE, TRUE, FALSE, FALSE}},
		{"A: b\n\n\0", 7, {11, 4, FALSE, FALSE, TRUE, TRUE}},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		SmtpShape shape;
		smtp_shape(rows[i].message, rows[i].length, &shape);
		g_assert_cmpuint(shape.size, ==, rows[i].shape.size);
		g_assert_cmpuint(shape.longest_line, ==, rows[i].shape.longest_line);
		g_assert_true(shape.has_8bit == rows[i].shape.has_8bit);
		g_assert_true(shape.has_8bit_headers == rows[i].shape.has_8bit_headers);
		g_assert_true(shape.headers_are_utf8 == rows[i].shape.headers_are_utf8);
		g_assert_true(shape.has_nul == rows[i].shape.has_nul);
	}
}

/* ---- addresses ---- */

static const struct {
	const char *address;
	const char *wire; /* NULL: refused */
	gboolean utf8;
} addresses[] = {
	{"a@example.org", "a@example.org", FALSE},
	{"a.b+c@Example.ORG", "a.b+c@Example.ORG", FALSE},
	{"\"a b\"@example.org", "\"a b\"@example.org", FALSE},
	{"\"a\\\"b\"@example.org", "\"a\\\"b\"@example.org", FALSE},
	{"\"a@b\"@example.org", "\"a@b\"@example.org", FALSE},
	{"a@[192.0.2.1]", "a@[192.0.2.1]", FALSE},
	{"a@[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]", FALSE},
	{"a@b\303\274cher.example", "a@xn--bcher-kva.example", FALSE},
	{"j\303\266rg@b\303\274cher.example", "j\303\266rg@b\303\274cher.example", TRUE},
	{"", NULL, FALSE},
	{"a", NULL, FALSE},
	{"@example.org", NULL, FALSE},
	{"a@", NULL, FALSE},
	{"a b@example.org", NULL, FALSE},
	{"a@exa mple.org", NULL, FALSE},
	{"a>@example.org", NULL, FALSE},
	{"<a@example.org>", NULL, FALSE},
	{"\"a>b\"@example.org", NULL, FALSE},
	{"a@example.org>", NULL, FALSE},
	{"a@example.org> SIZE=1", NULL, FALSE},
	{"a@example.org\r\nRCPT TO:<b@example.org", NULL, FALSE},
	{"a\r\nRSET\r\n@example.org", NULL, FALSE},
	{"\"a\r\nRSET\"@example.org", NULL, FALSE},
	{"a\n@example.org", NULL, FALSE},
	{"\"a\"b\"@example.org", NULL, FALSE},
	{"\"a\\\"@example.org", NULL, FALSE},
	{"\"a\\", NULL, FALSE},
	{"a@[x]]", NULL, FALSE},
	{"a@[1] x", NULL, FALSE},
	{"a@-example.org", NULL, FALSE},
	{"a@example..org", NULL, FALSE},
	{"a,b@example.org", NULL, FALSE},
	{"a@b@example.org", NULL, FALSE},
	{"\377@example.org", NULL, FALSE},
	{"a@\377", NULL, FALSE},
};

static void
test_addresses(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(addresses); i++) {
		g_autoptr(GError) error = NULL;
		gboolean utf8 = FALSE;
		g_autofree char *wire = smtp_address_wire(addresses[i].address, &utf8, &error);

		g_assert_cmpstr(wire, ==, addresses[i].wire);
		g_assert_true(utf8 == addresses[i].utf8);
		if (wire == NULL) {
			g_assert_cmpint(fault_of(error), ==, FAULT_INPUT);
			g_assert_null(strpbrk(error->message, "\r\n"));
		}
	}
}

static void
test_long_address(void)
{
	g_autofree char *local = g_strnfill(400, 'x');
	g_autofree char *address = g_strconcat(local, "@example.org", NULL);
	gboolean utf8 = FALSE;

	g_assert_null(smtp_address_wire(address, &utf8, NULL));
}

static void
test_xtext(void)
{
	g_autofree char *text = smtp_xtext("a+b=c d\r\n\303\266~");

	g_assert_cmpstr(text, ==, "a+2Bb+3Dc+20d+0D+0A+C3+B6~");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(replies); i++) {
		g_autofree char *path = g_strdup_printf("/smtp/reply/%s", replies[i].name);
		g_test_add_data_func(path, &replies[i], test_reply);
	}
	g_test_add_func("/smtp/reply/limits", test_reply_limits);
	g_test_add_func("/smtp/reply/rest", test_reader_knows_rest);
	g_test_add_func("/smtp/dots", test_dots);
	g_test_add_func("/smtp/shape", test_shape);
	g_test_add_func("/smtp/address", test_addresses);
	g_test_add_func("/smtp/address/long", test_long_address);
	g_test_add_func("/smtp/xtext", test_xtext);
	return g_test_run();
}
