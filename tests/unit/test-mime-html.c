/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/html.h"

#include "util/text.h"

#include <locale.h>
#include <string.h>

static char *
layout(const char *html, int width)
{
	MimeHtmlOptions options = {.width = width};
	g_autoptr(MimeText) out = mime_html_layout(html, strlen(html), &options);

	return mime_text_string(out);
}

static const struct {
	const char *html, *text;
} rows[] = {
	{"", ""},
	{"hello", "hello\n"},
	{"  hello \n  world  ", "hello world\n"},
	{"a<br>b<BR/>c", "a\nb\nc\n"},
	{"a<br><br><br>b", "a\n\nb\n"},
	{"<p>one<p>two", "one\n\ntwo\n"},
	{"<div>one</div><div>two</div>", "one\ntwo\n"},
	{"<h1>Title</h1>text", "Title\n\ntext\n"},
	/* References. */
	{"&lt;a&gt; &amp; &eacute;&#233;&#xe9; &#150; &nbsp;x &unknown; &lt", "<a> & ééé –  x &unknown; <\n"},
	{"&#0;&#xD800;&#99999999;x", "\357\277\275\357\277\275\357\277\275x\n"},
	{"a < b & c", "a < b & c\n"},
	/* What is no text. */
	{"<title>t</title><style>p{}</style><script>if (a<b) '</p>'</script>x<!-- <p>c</p> -->y", "xy\n"},
	{"<!DOCTYPE html><?xml?>x<!-->y", "xy\n"},
	{"<script>never closed", ""},
	{"<!-- never closed", ""},
	/* Lists. */
	{"<ul><li>a<li>b</ul>", "* a\n* b\n"},
	{"<ol start=9><li>a<li>b</ol>", " 9. a\n10. b\n"},
	{"<ul><li>a<ul><li>b</ul><li>c</ul>d", "* a\n  * b\n* c\n\nd\n"},
	{"<ul><li><p>a</p><p>b</p></ul>", "* a\n\n  b\n"},
	{"<dl><dt>term<dd>what it is</dl>", "term\n    what it is\n"},
	/* Quotes. */
	{"a<blockquote>b<blockquote>c</blockquote></blockquote>d", "a\n\n> b\n>\n> > c\n\nd\n"},
	/* Preformatted. */
	{"<pre>\n a\n  b  c\n</pre>x", " a\n  b  c\n\nx\n"},
	/* Links. */
	{"<a href='http://x.example/'>here</a> and <a href=\"http://y.example/\">there</a>",
		"here[1] and there[2]\n\n[1] http://x.example/\n[2] http://y.example/\n"},
	{"<a name=x>no link</a> <a href='#x'>anchor</a>", "no link anchor\n"},
	{"<a href='http://evil.example/'>https://bank.example/login</a>",
		"https://bank.example/login[1]\n\n[1] http://evil.example/\n    Careful: the link says "
		"bank.example and goes to\n"
		"    evil.example.\n"},
	{"<a href='http://www.bank.example/x'>bank.example</a>",
		"bank.example[1]\n\n[1] http://www.bank.example/x\n"},
	{"<a href='http://bank.example@evil.example/'>bank.example</a>",
		"bank.example[1]\n\n[1] http://bank.example@evil.example/\n    Careful: the link says "
		"bank.example and goes to\n"
		"    evil.example.\n"},
	{"<a href='ht\ntp://x.example/'><div>block</div></a>", "block[1]\n\n[1] http://x.example/\n"},
	{"<a href='http://x.example/'><img src=cid:1 alt='Logo'></a>",
		"[Logo][1]\n\n[1] http://x.example/\n"},
	{"<a href='http://x.example/'><img src=http://t width=1 height=1></a>z", "z\n"},
	/* Pictures. */
	{"<img alt='a  cat' src='http://x/y'>", "[a cat]\n"},
	{"<img src='http://x/y'>", ""},
	/* Hidden text. */
	{"a<span style='display:none'>secret</span>b", "a[hidden: secret]b\n"},
	{"<div style='font-size: 0px'>pre</div>x", "[hidden: pre]\nx\n"},
	{"<font color=white>w</font>x", "[hidden: w]x\n"},
	{"<table bgcolor='#000'><tr><td><font color='#ffffff'>w</font></td></tr></table>", "w\n"},
	{"<div style='display:none'>&zwnj;&nbsp;&#847; </div>x", "x\n"},
	{"<p hidden>a</p>b", "[hidden: a]\n\nb\n"},
	/* Rules. */
	{"a<hr>b", "a\n------------------------------------------------------------\nb\n"},
	/* Tables: of data in columns, of layout as blocks. */
	{"<table><tr><th>Name<th>Sum</tr><tr><td>apples<td>12</tr><tr><td>pears</td><td>3</td></tr></table>",
		"Name    Sum\napples   12\npears     3\n"},
	{"<table><tr><td><p>one</p><ul><li>x</ul></td><td>two</td></tr></table>", "one\n\n* x\n\ntwo\n"},
	{"<table><tr><td><table><tr><td>in</td></tr></table></td></tr></table>out", "in\n\nout\n"},
	{"<table role=presentation><tr><td>a<td>b</tr><tr><td>c<td>d</table>", "a\nb\nc\nd\n"},
	{"<p>before<table><tr><td>a<td>b<tr><td>c<td>d</table>after", "before\n\na  b\nc  d\n\nafter\n"},
	/* Tags out of order. */
	{"<b><i>a</b></i>b</p></div></table>c", "abc\n"},
	{"<td>a</td></tr>b", "a\nb\n"},
	{"</", ""},
	{"<", "<\n"},
	{"<p", ""},
	{"<a href=\"x>y", "y[1]\n\n[1] x\n"},
	{"<p title='>'>x", "x\n"},
	{"a<o:p></o:p>b", "ab\n"},
	/* Nothing raw gets out. */
	{"a\033[2Jb&#27;c\302\233d", "a\357\277\275[2Jb\357\277\275c\357\277\275d\n"},
	{"\377\376a", "\357\277\275\357\277\275a\n"},
};

static void
test_layout(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = layout(rows[i].html, 60);
		g_test_message("%s", rows[i].html);
		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

/* Cut anywhere: it ends, and all that comes out is safe. */
static void
test_cut_at_every_size(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		for (gsize size = 0; size < strlen(rows[i].html); size++) {
			MimeHtmlOptions options = {.width = 30};
			g_autofree char *copy = g_memdup2(rows[i].html, size);
			g_autoptr(MimeText) out = mime_html_layout(copy ? copy : "", size, &options);
			for (guint n = 0; n < mime_text_count(out); n++) {
				g_assert_true(g_utf8_validate(mime_text_chars(out, n), -1, NULL));
				g_assert_cmpint(text_cells(mime_text_chars(out, n), -1), <=, 30);
			}
		}
}

static void
test_spans(void)
{
	static const char html[] = "a <b>bold <i>both</i></b> <a href='http://x/'>link</a>";
	MimeHtmlOptions options = {.width = 60, .no_link_list = TRUE};
	g_autoptr(MimeText) out = mime_html_layout(html, strlen(html), &options);
	const MimeSpan *spans = mime_text_spans(out, 0);

	g_assert_cmpstr(mime_text_chars(out, 0), ==, "a bold both link[1]");
	g_assert_cmpuint(mime_text_line(out, 0)->spans, ==, 3);
	g_assert_cmpuint(spans[0].kind, ==, MIME_SPAN_BOLD);
	g_assert_cmpuint(spans[0].start, ==, 2);
	g_assert_cmpuint(spans[0].length, ==, 9);
	g_assert_cmpuint(spans[1].kind, ==, MIME_SPAN_ITALIC);
	g_assert_cmpuint(spans[1].start, ==, 7);
	g_assert_cmpuint(spans[2].kind, ==, MIME_SPAN_LINK);
	g_assert_cmpuint(spans[2].length, ==, 7);
}

static void
test_remote_images(void)
{
	static const char html[] =
		"<img src=http://a/b><img src='HTTPS://a/c'><img src=cid:x><img src=data:image/png,x>"
		"<table background='http://x/y'><tr><td>z</table><img src='//h/i'>";
	MimeHtmlOptions options = {.width = 60};
	g_autoptr(MimeText) out = mime_html_layout(html, strlen(html), &options);

	g_assert_cmpuint(mime_text_remote_images(out), ==, 4);
}

static void
test_quote_lines(void)
{
	static const char html[] = "x<blockquote>one two three four five six seven</blockquote>";
	MimeHtmlOptions options = {.width = 20};
	g_autoptr(MimeText) out = mime_html_layout(html, strlen(html), &options);
	g_autofree char *text = mime_text_string(out);

	g_assert_cmpstr(text, ==, "x\n\n> one two three four\n> five six seven\n");
	g_assert_cmpuint(mime_text_line(out, 2)->kind, ==, MIME_LINE_QUOTE);
	g_assert_cmpuint(mime_text_line(out, 2)->depth, ==, 1);
}

static void
test_plain(void)
{
	static const char html[] = "<p>a <a href='http://x/'>link</a></p><p style='display:none'>h</p>"
				   "<blockquote>quoted</blockquote>";
	g_autofree char *text = mime_html_plain(html, strlen(html));

	g_assert_cmpstr(text, ==, "a link\n\n> quoted\n");
}

/* What makes other parsers slow: nothing here may grow with the square, or the stack. */
static void
test_floods(void)
{
	static const char *const floods[] = {"<div>", "<b>", "</i>", "<a ", "a=b ", "<p", "&", "&#", "&x;",
		"<table>", "<table><tr><td>", "<blockquote>", "<ul><li>", "<!--", "<", "<a href=x>y", "<td>",
		"<tr>", "<a href='", "\"<", "<b>x", "<i>a</i>", "<pre>\n", "<script>", "</script", "<hr>",
		"<br>"};
	const gsize size = 1024 * 1024;

	for (gsize i = 0; i < G_N_ELEMENTS(floods); i++)
		for (gsize k = 0; k < 2; k++) {
			g_autoptr(GString) html = g_string_new(k ? "<b>" : "<p ");
			MimeHtmlOptions options = {.width = 78};
			g_autoptr(MimeText) out = NULL;
			gint64 start;
			while (html->len < size / 2)
				g_string_append(html, k ? "<b>" : "a ");
			while (html->len < size)
				g_string_append(html, floods[i]);
			start = g_get_monotonic_time();
			out = mime_html_layout(html->str, html->len, &options);
			g_assert_cmpint(g_get_monotonic_time() - start, <, 20 * G_USEC_PER_SEC);
		}
}

int
main(int argc, char **argv)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mime/html/layout", test_layout);
	g_test_add_func("/mime/html/cut-at-every-size", test_cut_at_every_size);
	g_test_add_func("/mime/html/spans", test_spans);
	g_test_add_func("/mime/html/remote-images", test_remote_images);
	g_test_add_func("/mime/html/quote-lines", test_quote_lines);
	g_test_add_func("/mime/html/plain", test_plain);
	g_test_add_func("/mime/html/floods", test_floods);
	return g_test_run();
}
