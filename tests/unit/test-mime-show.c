/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/show.h"

#include "util/text.h"

#include <locale.h>
#include <string.h>

static char *
show(const char *text, int width, gboolean flowed, gboolean delsp)
{
	MimeShowOptions options = {.width = width, .no_notes = TRUE};
	g_autoptr(MimeText) out = mime_show_plain(text, strlen(text), flowed, delsp, &options);

	return mime_text_string(out);
}

/* The kinds of the lines, a letter each. */
static char *
kinds(const char *text)
{
	static const char letters[] = "tqshpDHAdln";
	g_autoptr(MimeText) out = mime_show_plain(text, strlen(text), FALSE, FALSE, NULL);
	GString *list = g_string_new(NULL);

	for (guint i = 0; i < mime_text_count(out); i++)
		g_string_append_c(list, letters[mime_text_line(out, i)->kind]);
	return g_string_free(list, FALSE);
}

static void
test_wrap(void)
{
	static const struct {
		const char *text;
		int width;
		const char *shown;
	} rows[] = {
		{"short\n", 20, "short\n"},
		{"a\n\nb", 20, "a\n\nb\n"},
		{"the quick brown fox jumps over\n", 20, "the quick brown fox\njumps over\n"},
		{"aaaaaaaaaaaaaaaaaaaaaaaaa\n", 20, "aaaaaaaaaaaaaaaaaaaa\naaaaa\n"},
		{"exactly twenty cells\n", 20, "exactly twenty cells\n"},
		{"exactly twenty cells and\n", 20, "exactly twenty cells\nand\n"},
		{"> the quick brown fox jumps over\n", 20, "> the quick brown\n> fox jumps over\n"},
		{"日本語日本語日本語日本語\n", 20, "日本語日本語日本語日\n本語\n"},
		{"ééééé ééééé ééééé ééééé\n", 20, "ééééé ééééé ééééé\nééééé\n"},
		{"a\tb\n", 20, "a       b\n"},
		{"a\033[31mb\a\n", 20, "a\357\277\275[31mb\357\277\275\n"},
		{"", 20, ""},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *shown = show(rows[i].text, rows[i].width, FALSE, FALSE);
		g_assert_cmpstr(shown, ==, rows[i].shown);
	}
}

static void
test_no_line_is_too_wide(void)
{
	static const char text[] =
		"> > > quoted 日本語 word日本 and more, https://example.org/a/very/long/path?with=query\n"
		"e\314\201e\314\201e\314\201e\314\201e\314\201e\314\201e\314\201e\314\201e\314\201 x\n"
		">>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>> deep\n";

	for (int width = 20; width < 100; width++) {
		MimeShowOptions options = {.width = width};
		g_autoptr(MimeText) out = mime_show_plain(text, strlen(text), FALSE, FALSE, &options);
		for (guint i = 0; i < mime_text_count(out); i++)
			g_assert_cmpint(text_cells(mime_text_chars(out, i), -1), <=, width);
	}
}

static void
test_flowed(void)
{
	static const struct {
		const char *text, *shown;
		gboolean delsp;
	} rows[] = {
		{"one \ntwo \nthree\nfour\n", "one two three\nfour\n", FALSE},
		{"> one \n> two\n>> three \n>> four\n", "> one two\n> > three four\n", FALSE},
		/* Another depth ends a paragraph although it said to go on. */
		{"> one \n>> two\nx\n", "> one \n> > two\nx\n", FALSE},
		{"ab \ncd\n", "abcd\n", TRUE},
		/* Stuffed lines. */
		{" From x\n  y\n >z\n", "From x\n y\n>z\n", FALSE},
		{"text\n-- \nsig \nx\n", "text\n-- \nsig \nx\n", FALSE},
		{"> q\n> -- \n> s\n", "> q\n> -- \n> s\n", FALSE},
		{"open ", "open \n", FALSE},
		{"\n\na\n", "\n\na\n", FALSE},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *shown = show(rows[i].text, 40, TRUE, rows[i].delsp);
		g_assert_cmpstr(shown, ==, rows[i].shown);
	}
}

static void
test_kinds(void)
{
	static const struct {
		const char *text, *kinds;
	} rows[] = {
		{"text\n> quote\n>> deeper\n", "tqq"},
		{"text\n-- \nname\nphone\n", "tsss"},
		{"-- \n> quote\n", "sq"},
		{"--\n", "t"},
		{"diff --git a/x b/x\nindex 1..2\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@ f\n a\n-b\n+c\n-- "
		 "\n2.30\n",
			"DDDDHpdAss"},
		/* A deleted line that looks like a signature, within its hunk. */
		{"--- a\n+++ b\n@@ -1,3 +1,2 @@\n a\n-- \n b\ntext\n", "DDHpdpt"},
		{"@@ -1 +1 @@\n-x\n", "tt"},
		{"- item\n+ item\n", "tt"},
		{"--- \nx\n", "tt"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *list = kinds(rows[i].text);
		g_assert_cmpstr(list, ==, rows[i].kinds);
	}
}

static void
test_folds(void)
{
	g_autoptr(GString) text = g_string_new("a\n");
	g_autoptr(MimeText) out = NULL;
	const GArray *folds;

	for (int i = 0; i < 12; i++)
		g_string_append(text, "> q\n");
	g_string_append(text, "b\n");
	for (int i = 0; i < 13; i++)
		g_string_append(text, "> q\n");
	out = mime_show_plain(text->str, text->len, FALSE, FALSE, NULL);
	folds = mime_text_quotes(out);
	g_assert_cmpuint(folds->len, ==, 2);
	g_assert_cmpuint(g_array_index(folds, MimeFold, 0).first, ==, 1);
	g_assert_cmpuint(g_array_index(folds, MimeFold, 0).count, ==, 12);
	g_assert_cmpuint(g_array_index(folds, MimeFold, 1).first, ==, 14);
	g_assert_cmpuint(g_array_index(folds, MimeFold, 1).count, ==, 13);
}

static void
test_links(void)
{
	static const char text[] = "See https://example.org/a(b), <http://x.example/>. Or www.y.example.\n";
	g_autoptr(MimeText) out = mime_show_plain(text, strlen(text), FALSE, FALSE, NULL);
	const GPtrArray *links = mime_text_links(out);
	static const char *const targets[] = {
		"https://example.org/a(b)", "http://x.example/", "http://www.y.example"};
	const MimeSpan *spans = mime_text_spans(out, 0);

	g_assert_cmpuint(links->len, ==, 3);
	for (guint i = 0; i < 3; i++)
		g_assert_cmpstr(((MimeLink *)g_ptr_array_index(links, i))->target, ==, targets[i]);
	g_assert_cmpuint(mime_text_line(out, 0)->spans, ==, 3);
	g_assert_cmpuint(spans[0].start, ==, 4);
	g_assert_cmpuint(spans[0].length, ==, strlen(targets[0]));
	g_assert_cmpuint(spans[2].link, ==, 3);
}

/* A link that is wrapped keeps its span on each line. */
static void
test_wrapped_link(void)
{
	static const char text[] = "https://example.org/0123456789/0123456789/0123456789\n";
	MimeShowOptions options = {.width = 20};
	g_autoptr(MimeText) out = mime_show_plain(text, strlen(text), FALSE, FALSE, &options);

	g_assert_cmpuint(mime_text_count(out), ==, 3);
	for (guint i = 0; i < 3; i++) {
		g_assert_cmpuint(mime_text_line(out, i)->spans, ==, 1);
		g_assert_cmpuint(mime_text_spans(out, i)->link, ==, 1);
		g_assert_cmpuint(mime_text_spans(out, i)->length, ==, mime_text_line(out, i)->length);
		g_assert_cmpint(mime_text_line(out, i)->wrapped, ==, i > 0);
	}
}

/* --- Whole messages --- */

static char *
show_message(const char *octets, MimePrefer prefer)
{
	g_autoptr(MimeMessage) message = mime_message_parse_data(octets, strlen(octets));
	MimeShowOptions options = {.width = 60, .prefer = prefer};
	g_autoptr(MimeText) out = mime_show_message(message, &options);

	return mime_text_string(out);
}

#define ALTERNATIVE                                                                                          \
	"Content-Type: multipart/alternative; boundary=b\n\n--b\n\nplain text\n--b\nContent-Type: "          \
	"text/html\n\n"                                                                                      \
	"<p>html <b>text</b><img src=http://x/y.png></p>\n--b--\n"

static void
test_message(void)
{
	g_autofree char *plain = show_message(ALTERNATIVE, MIME_PREFER_PLAIN);
	g_autofree char *html = show_message(ALTERNATIVE, MIME_PREFER_HTML);

	g_assert_cmpstr(plain, ==, "plain text\n");
	g_assert_cmpstr(html, ==, "html text\n\nHTML mail shown as text · 1 remote picture not loaded\n");
}

static void
test_message_notes(void)
{
	static const struct {
		const char *octets, *shown;
	} rows[] = {
		{"Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; "
		 "boundary=b\n\n--b\n\nx\n--b\n"
		 "Content-Type: application/pgp-signature\n\nsig\n--b--\n",
			"Signed, not checked.\n\nx\n"},
		{"Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; "
		 "boundary=b\n\n--b\n"
		 "Content-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: "
		 "application/octet-stream\n\nx\n"
		 "--b--\n",
			"Encrypted: cannot be read yet.\n"},
		{"Content-Type: image/png\n\nx", "This message has no text to show.\n"},
		{"Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b\n\ntwo\n--b--\n",
			"one\n\ntwo\n"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *shown = show_message(rows[i].octets, MIME_PREFER_PLAIN);
		g_assert_cmpstr(shown, ==, rows[i].shown);
	}
}

/* By section, as the server sends them: the same text as from the whole. */
static void
test_parts(void)
{
	g_autoptr(MimeMessage) message = mime_message_parse_data(ALTERNATIVE, strlen(ALTERNATIVE));
	MimePart *root = mime_message_root(message), *part = mime_part_find(root, "2");
	g_autoptr(GBytes) octets = mime_message_part_octets(message, part);
	MimeShownPart shown[] = {{part, octets}, {part, NULL}};
	MimeShowOptions options = {.width = 60, .prefer = MIME_PREFER_HTML};
	g_autoptr(MimeText) one = mime_show_parts(root, shown, 1, &options);
	g_autoptr(MimeText) two = mime_show_parts(root, shown, 2, &options);
	g_autofree char *whole = show_message(ALTERNATIVE, MIME_PREFER_HTML);
	g_autofree char *by_part = mime_text_string(one);
	g_autofree char *missing = mime_text_string(two);

	g_assert_cmpstr(by_part, ==, whole);
	g_assert_nonnull(strstr(missing, "not been fetched"));
}

static void
test_plain_text(void)
{
	static const char octets[] =
		"Content-Type: text/plain; format=flowed\n\na long \nparagraph\n> quoted \n> too\n";
	g_autoptr(MimeMessage) message = mime_message_parse_data(octets, strlen(octets));
	g_autofree char *text = mime_plain_text(message, MIME_PREFER_PLAIN);

	g_assert_cmpstr(text, ==, "a long paragraph\n> quoted too\n");
}

/* --- Size --- */

static void
test_large(const char *line, gsize size)
{
	g_autoptr(GString) text = g_string_sized_new(size + 100);
	g_autoptr(MimeText) out = NULL;
	gint64 start;

	while (text->len < size)
		g_string_append(text, line);
	start = g_get_monotonic_time();
	out = mime_show_plain(text->str, text->len, FALSE, FALSE, NULL);
	g_assert_cmpuint(mime_text_count(out), >, 0);
	g_assert_cmpint(g_get_monotonic_time() - start, <, 20 * G_USEC_PER_SEC);
}

static void
test_floods(void)
{
	static const char *const lines[] = {
		"\n", "a", ">", "> ", "https://a/ ", "http://", "日", "\200", "\t", "a \n", "@@ -1 +1 @@\n"};

	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
		test_large(lines[i], 2 * 1024 * 1024);
}

int
main(int argc, char **argv)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mime/show/wrap", test_wrap);
	g_test_add_func("/mime/show/no-line-is-too-wide", test_no_line_is_too_wide);
	g_test_add_func("/mime/show/flowed", test_flowed);
	g_test_add_func("/mime/show/kinds", test_kinds);
	g_test_add_func("/mime/show/folds", test_folds);
	g_test_add_func("/mime/show/links", test_links);
	g_test_add_func("/mime/show/wrapped-link", test_wrapped_link);
	g_test_add_func("/mime/show/message", test_message);
	g_test_add_func("/mime/show/notes", test_message_notes);
	g_test_add_func("/mime/show/parts", test_parts);
	g_test_add_func("/mime/show/plain-text", test_plain_text);
	g_test_add_func("/mime/show/floods", test_floods);
	return g_test_run();
}
