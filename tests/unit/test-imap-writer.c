/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "imap/seqmap.h"
#include "imap/writer.h"

/* Pieces in a row: literals in <>, secrets in **. */
static char *
flat(const ImapCommand *command)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < imap_command_pieces(command); i++) {
		const ImapPiece *piece = imap_command_piece(command, i);
		const char *mark = piece->literal ? "<" : piece->secret ? "*" : "";
		g_string_append(out, mark);
		g_string_append_len(out, piece->bytes->str, (gssize)piece->bytes->len);
		g_string_append(out, piece->literal ? ">" : mark);
	}
	return g_string_free(out, FALSE);
}

static void
test_strings(void)
{
	static const struct {
		const char *text;
		const char *expected;
	} rows[] = {
		{"INBOX", "\"INBOX\""},
		{"", "\"\""},
		{"a \"b\" \\c", "\"a \\\"b\\\" \\\\c\""},
		{"a\r\nP1 LOGOUT", "<a\r\nP1 LOGOUT>"},
		{"m\xc3\xbcll", "<m\xc3\xbcll>"},
		{"\x7f", "<\x7f>"},
		{"\t", "<\t>"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(ImapCommand) command = imap_command_new("");
		g_autofree char *text = NULL;
		imap_command_string(command, rows[i].text);
		text = flat(command);
		g_assert_cmpstr(text, ==, rows[i].expected);
	}
}

static void
test_long_string_is_a_literal(void)
{
	g_autoptr(ImapCommand) command = imap_command_new("SEARCH TEXT ");
	g_autofree char *text = g_strnfill(5000, 'x');

	imap_command_string(command, text);
	g_assert_cmpuint(imap_command_pieces(command), ==, 2);
	g_assert_true(imap_command_piece(command, 1)->literal);
	g_assert_false(imap_command_is_8bit(command));
}

static void
test_nul_is_left_out(void)
{
	g_autoptr(ImapCommand) command = imap_command_new("");
	g_autofree char *text = NULL;

	imap_command_bytes(command, "a\0b", 3);
	text = flat(command);
	g_assert_cmpstr(text, ==, "\"ab\"");
}

static void
test_secret_is_marked(void)
{
	static const struct {
		const char *secret;
		const char *expected;
	} rows[] = {
		{"open sesame", "LOGIN *\"open sesame\"*"},
		{"p\xc3\xa4ss", "LOGIN <p\xc3\xa4ss>"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Secret) secret = secret_new(rows[i].secret, -1);
		g_autoptr(ImapCommand) command = imap_command_new("LOGIN ");
		g_autofree char *text = NULL;
		imap_command_secret(command, secret);
		text = flat(command);
		g_assert_cmpstr(text, ==, rows[i].expected);
		g_assert_true(imap_command_piece(command, 1)->secret);
		g_assert_false(imap_command_piece(command, 0)->secret);
	}
}

static void
test_flags(void)
{
	const char *const keywords[] = {"$Label1", "no good", "x)", "", "NonJunk", "\\Seen", NULL};
	g_autoptr(ImapCommand) command = imap_command_new("");
	g_autofree char *text = NULL;

	imap_command_flags(command, IMAP_FLAG_SEEN | IMAP_FLAG_DELETED | IMAP_FLAG_RECENT, keywords);
	text = flat(command);
	g_assert_cmpstr(text, ==, "(\\Seen \\Deleted $Label1 NonJunk)");
}

static void
test_names(void)
{
	static const struct {
		const char *name;
		const char *raw;
	} rows[] = {
		{"Entw\xc3\xbcrfe", "Entw&APw-rfe"},
		{"R&D", "R&-D"},
		{"plain", "plain"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *raw = imap_name_raw(rows[i].name);
		g_autofree char *name = imap_name_utf8(rows[i].raw);
		g_assert_cmpstr(raw, ==, rows[i].raw);
		g_assert_cmpstr(name, ==, rows[i].name);
	}
}

/* ---- sequence numbers ---- */

static void
test_map_follows_expunges(void)
{
	enum { SIZE = 300 };
	GRand *random = g_rand_new_with_seed(3);

	for (int round = 0; round < 50; round++) {
		g_autoptr(ImapSeqMap) map = imap_seqmap_new();
		guint32 plain[SIZE + 2] = {0};
		guint32 count = SIZE;
		for (int step = 0; step < 400; step++) {
			guint32 at = (guint32)g_rand_int_range(random, 1, (gint32)count + 1);
			if (g_rand_int_range(random, 0, 3) > 0 || count < 50) {
				guint32 run = (guint32)g_rand_int_range(random, 1, 20);
				for (guint32 i = at; i < at + run && i <= count; i++) {
					plain[i] = 1000 + i * 3 + (guint32)step;
					imap_seqmap_put(map, i, plain[i]);
				}
				continue;
			}
			g_assert_cmpuint(imap_seqmap_expunge(map, at), ==, plain[at]);
			memmove(plain + at, plain + at + 1, (count - at) * sizeof plain[0]);
			plain[count--] = 0;
		}
		for (guint32 i = 1; i <= count; i++)
			g_assert_cmpuint(imap_seqmap_uid(map, i), ==, plain[i]);
	}
	g_rand_free(random);
}

static void
test_map_survives_scattered_numbers(void)
{
	g_autoptr(ImapSeqMap) map = imap_seqmap_new();

	for (guint32 i = 1; i < 100000; i++)
		imap_seqmap_put(map, i * 40000u, i);
	g_assert_cmpuint(imap_seqmap_uid(map, 99999u * 40000u), ==, 99999);
	g_assert_cmpuint(imap_seqmap_uid(map, 40000u), ==, 0);
	g_assert_cmpuint(imap_seqmap_expunge(map, G_MAXUINT32), ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/imap/writer/strings", test_strings);
	g_test_add_func("/imap/writer/long-string-is-a-literal", test_long_string_is_a_literal);
	g_test_add_func("/imap/writer/nul-is-left-out", test_nul_is_left_out);
	g_test_add_func("/imap/writer/secret-is-marked", test_secret_is_marked);
	g_test_add_func("/imap/writer/flags", test_flags);
	g_test_add_func("/imap/writer/names", test_names);
	g_test_add_func("/imap/seqmap/follows-expunges", test_map_follows_expunges);
	g_test_add_func("/imap/seqmap/survives-scattered-numbers", test_map_survives_scattered_numbers);
	return g_test_run();
}
