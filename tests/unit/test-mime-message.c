/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/decode.h"
#include "mime/message.h"
#include "util/limits.h"

#include <gmime/gmime.h>
#include <string.h>

/* The tree as "section type(children)", e.g. " multipart/mixed(1 text/plain,2 text/html)". */
static void
describe(GString *out, const MimePart *part)
{
	g_string_append_printf(out, "%s %s/%s", part->section, part->type, part->subtype);
	if (part->opaque)
		g_string_append_c(out, '!');
	if (part->children->len == 0)
		return;
	g_string_append_c(out, '(');
	for (guint i = 0; i < part->children->len; i++) {
		if (i > 0)
			g_string_append_c(out, ',');
		describe(out, g_ptr_array_index(part->children, i));
	}
	g_string_append_c(out, ')');
}

static char *
structure_of(const char *text)
{
	g_autoptr(MimeMessage) message = mime_message_parse_data(text, strlen(text));
	GString *out = g_string_new(NULL);

	describe(out, mime_message_root(message));
	return g_string_free(out, FALSE);
}

static gboolean
warned(MimeMessage *message, const char *code)
{
	const GPtrArray *list = mime_message_warnings(message);

	for (guint i = 0; i < list->len; i++)
		if (strcmp(((MimeWarning *)g_ptr_array_index(list, i))->code, code) == 0)
			return TRUE;
	return FALSE;
}

#define MIXED "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
#define ALTERNATIVE "Content-Type: multipart/alternative; boundary=\"in ner\"\r\n\r\n"

static const struct {
	const char *name, *text, *structure;
} structures[] = {
	{"empty", "", "1 text/plain"},
	{"only header", "Subject: x", "1 text/plain"},
	{"plain", "Subject: x\r\n\r\nbody\r\n", "1 text/plain"},
	{"mixed",
		MIXED "--b\r\n\r\none\r\n--b\r\nContent-Type: "
		      "text/html\r\n\r\ntwo\r\n--b--\r\nepilogue\r\n--b\r\n\r\n",
		" multipart/mixed(1 text/plain,2 text/html)"},
	{"line feeds only", "Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n",
		" multipart/mixed(1 text/plain)"},
	{"nested",
		MIXED "pre\r\n--b\r\n" ALTERNATIVE
		      "--in ner\r\n\r\np\r\n--in ner\r\nContent-Type: text/html\r\n\r\nh\r\n--in "
		      "ner--\r\n\r\n--b\r\nContent-Type: image/png\r\n\r\n\r\n--b--\r\n",
		" multipart/mixed(1 multipart/alternative(1.1 text/plain,1.2 text/html),2 image/png)"},
	{"inner not closed", MIXED "--b\r\n" ALTERNATIVE "--in ner\r\n\r\np\r\n--b\r\n\r\nx\r\n--b--",
		" multipart/mixed(1 multipart/alternative(1.1 text/plain),2 text/plain)"},
	{"message with a part",
		MIXED "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: "
		      "in\r\n\r\nbody\r\n--b\r\n\r\nx\r\n--b--\r\n",
		" multipart/mixed(1 message/rfc822(1.1 text/plain),2 text/plain)"},
	{"message with parts",
		MIXED "--b\r\nContent-Type: message/rfc822\r\n\r\n" ALTERNATIVE
		      "--in ner\r\n\r\np\r\n--in ner--\r\n--b--\r\n",
		" multipart/mixed(1 message/rfc822(1.TEXT multipart/alternative(1.1 text/plain)))"},
	{"message as root", "Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\ny",
		"1 message/rfc822(1.1 text/plain)"},
	{"digest",
		"Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: "
		"x\r\n\r\ny\r\n--b--\r\n",
		" multipart/digest(1 message/rfc822(1.1 text/plain))"},
	{"no boundary parameter", "Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n",
		"1 text/plain"},
	{"boundary never seen", MIXED "text\r\n", "1 text/plain"},
	{"boundary as prefix", MIXED "--b\r\n\r\nx\r\n--bc\r\ny\r\n--b--\r\n",
		" multipart/mixed(1 text/plain)"},
	{"boundary with blanks behind", MIXED "--b \t\r\n\r\nx\r\n--b--  \r\n",
		" multipart/mixed(1 text/plain)"},
	{"part without header", MIXED "--b\r\n--b\r\n\r\nx\r\n--b--\r\n",
		" multipart/mixed(1 text/plain,2 text/plain)"},
	{"header cut by boundary", MIXED "--b\r\nContent-Type: text/html\r\n--b\r\n\r\nx\r\n--b--\r\n",
		" multipart/mixed(1 text/html,2 text/plain)"},
	{"same boundary twice",
		MIXED
		"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n--b--\r\n",
		" multipart/mixed(1 multipart/mixed(1.1 text/plain))"},
	{"bad type", "Content-Type: text\r\n\r\nx", "1 text/plain"},
	{"type in capitals", "CONTENT-TYPE: Text/HTML; Charset=UTF-8\r\n\r\nx", "1 text/html"},
	{"first type counts", "Content-Type: text/html\r\nContent-Type: image/png\r\n\r\nx", "1 text/html"},
	{"encoded message stays shut",
		"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA",
		"1 message/rfc822"},
};

static void
test_structures(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(structures); i++) {
		g_autofree char *structure = structure_of(structures[i].text);
		g_test_message("%s", structures[i].name);
		g_assert_cmpstr(structure, ==, structures[i].structure);
	}
}

/* Wherever the octets end, there is a tree, and every part lies within them. */
static void
test_cut_at_every_size(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(structures); i++)
		for (gsize size = 0; size <= strlen(structures[i].text); size++) {
			g_autoptr(MimeMessage) message = mime_message_parse_data(structures[i].text, size);
			MimePart *root = mime_message_root(message);
			for (MimePart *part = root; part != NULL; part = mime_part_next(root, part)) {
				g_assert_cmpuint(part->header_start + part->header_length, <=, size);
				g_assert_cmpuint(part->body_start + part->body_length, <=, size);
			}
		}
}

static void
test_bodies(void)
{
	static const char text[] =
		MIXED "pre\r\n--b\r\n\r\none\r\ntwo\r\n\r\n--b\r\n\r\n\r\n--b\r\n\r\n--b--\r\n";
	g_autoptr(MimeMessage) message = mime_message_parse_data(text, strlen(text));
	static const char *const bodies[] = {"one\r\ntwo\r\n", "", ""};

	for (guint i = 0; i < 3; i++) {
		g_autofree char *section = g_strdup_printf("%u", i + 1);
		MimePart *part = mime_part_find(mime_message_root(message), section);
		g_autoptr(GBytes) octets = mime_message_part_octets(message, part);
		g_assert_cmpmem(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets), bodies[i],
			strlen(bodies[i]));
		g_assert_cmpuint(part->size_octets, ==, strlen(bodies[i]));
	}
	g_assert_cmpuint(mime_part_find(mime_message_root(message), "1")->lines, ==, 3);
}

static void
test_envelope(void)
{
	static const char text[] =
		MIXED "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: Ada <a@b>\r\nSubject: "
		      "=?utf-8?Q?=C3=A9?=\r\nMessage-ID: <x@y>\r\nDate: Fri, 20 Nov 2026 09:12:00 +0100\r\n"
		      "\r\nbody\r\n--b--\r\n";
	g_autoptr(MimeMessage) message = mime_message_parse_data(text, strlen(text));
	const MimeEnvelope *envelope = mime_part_find(mime_message_root(message), "1")->envelope;

	g_assert_nonnull(envelope);
	g_assert_cmpstr(envelope->subject, ==, "é");
	g_assert_cmpstr(envelope->message_id, ==, "x@y");
	g_assert_true(envelope->dated);
	g_assert_cmpint(envelope->date.offset_minutes, ==, 60);
	g_assert_cmpstr(((MimeAddress *)g_ptr_array_index(envelope->from, 0))->name, ==, "Ada");
}

/* --- Floods --- */

static void
test_too_many_parts(void)
{
	g_autoptr(GString) text = g_string_new(MIXED);
	g_autoptr(MimeMessage) message = NULL;
	gint64 start = g_get_monotonic_time();
	MimePart *root, *last;

	for (int i = 0; i < 800000; i++)
		g_string_append(text, "--b\r\n\r\n");
	message = mime_message_parse_data(text->str, text->len);
	root = mime_message_root(message);
	g_assert_cmpuint(mime_part_count(root), <=, LIMIT_MIME_PARTS + 2);
	last = g_ptr_array_index(root->children, root->children->len - 1);
	g_assert_true(last->opaque);
	g_assert_cmpuint(last->body_start + last->body_length, ==, text->len);
	g_assert_true(warned(message, "parts-limit"));
	g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
}

static void
test_too_deep(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(MimeMessage) message = NULL;
	guint deepest = 0;
	MimePart *root;

	for (int i = 0; i < 10000; i++)
		g_string_append_printf(
			text, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i);
	message = mime_message_parse_data(text->str, text->len);
	root = mime_message_root(message);
	for (MimePart *part = root; part != NULL; part = mime_part_next(root, part)) {
		guint depth = 0;
		for (MimePart *up = part; up != NULL; up = up->parent)
			depth++;
		deepest = MAX(deepest, depth);
	}
	g_assert_cmpuint(deepest, ==, LIMIT_MIME_NESTING);
	g_assert_true(warned(message, "nesting-limit"));
}

static void
test_too_deep_messages(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(MimeMessage) message = NULL;

	for (int i = 0; i < 100000; i++)
		g_string_append(text, "Content-Type: message/rfc822\r\n\r\n");
	message = mime_message_parse_data(text->str, text->len);
	g_assert_cmpuint(mime_part_count(mime_message_root(message)), ==, LIMIT_MIME_NESTING);
	g_assert_true(warned(message, "nesting-limit"));
}

static void
test_large_header(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(MimeMessage) message = NULL;
	g_autofree char *body = NULL;
	gint64 start = g_get_monotonic_time();

	for (int i = 0; i < 300000; i++)
		g_string_append(text, "X-Field: the quick brown fox jumps over the dog\r\n");
	g_string_append(text, "\r\nbody");
	message = mime_message_parse_data(text->str, text->len);
	body = mime_message_text(message, mime_message_root(message), NULL);
	g_assert_cmpstr(body, ==, "body");
	g_assert_true(warned(message, "header-limit"));
	g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
}

/* --- Parameters --- */

static char *
filename_of(const char *fields)
{
	g_autofree char *text = g_strconcat(fields, "\r\n\r\n", NULL);
	g_autoptr(MimeMessage) message = mime_message_parse_data(text, strlen(text));

	return g_strdup(mime_message_root(message)->filename);
}

static void
test_file_names(void)
{
	static const struct {
		const char *fields, *name;
	} rows[] = {
		{"Content-Disposition: attachment; filename=a.pdf", "a.pdf"},
		{"Content-Disposition: attachment; filename=\"a b;c.pdf\"", "a b;c.pdf"},
		{"Content-Disposition: attachment; filename=a b.pdf", "a b.pdf"},
		{"Content-Disposition: attachment; filename=\"a\\\"b.pdf\"", "a\"b.pdf"},
		{"Content-Disposition: attachment; filename=\"C:\\temp\\a.pdf\"", "C:\\temp\\a.pdf"},
		{"Content-Disposition: attachment; filename*=utf-8''%C3%A9t%C3%A9.pdf", "été.pdf"},
		{"Content-Disposition: attachment; filename*=iso-8859-1'fr'%E9t%E9.pdf", "été.pdf"},
		{"Content-Disposition: attachment; filename=x; filename*=utf-8''y", "y"},
		/* Continuations, in any order, cut in mid-character. */
		{"Content-Disposition: attachment;\r\n filename*1*=%A9.p;\r\n filename*0*=utf-8''%C3;\r\n "
		 "filename*2=df",
			"é.pdf"},
		{"Content-Disposition: attachment; filename*0=\"long\"; filename*1=\"name\"", "longname"},
		/* A gap ends it; a section past the limit, or one that is none, is left out. */
		{"Content-Disposition: attachment; filename*0=a; filename*2=c", "a"},
		{"Content-Disposition: attachment; filename*0=a; filename*999999999999=c; filename*x=d", "a"},
		{"Content-Disposition: attachment; filename*1=b", NULL},
		{"Content-Disposition: attachment; filename=\"=?utf-8?Q?=C3=A9.pdf?=\"", "é.pdf"},
		{"Content-Type: image/png; name=x.png", "x.png"},
		{"Content-Type: image/png; name=x.png\r\nContent-Disposition: inline; filename=y.png",
			"y.png"},
		{"Content-Disposition: attachment; filename=\"\xe9.pdf\"", "é.pdf"},
		{"Content-Disposition: attachment; filename=a.pdf (a comment)", "a.pdf"},
		{"Content-Disposition: attachment;;; filename = a.pdf;", "a.pdf"},
		{"Content-Disposition: attachment; filename*=utf-8''a%0D%0Ab", "a\357\277\275\357\277\275b"},
		{"Content-Disposition: attachment; filename*=nonsense//IGNORE'x'a", "a"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *name = filename_of(rows[i].fields);
		g_assert_cmpstr(name, ==, rows[i].name);
	}
}

static void
test_save_names(void)
{
	static const struct {
		const char *name, *saved;
	} rows[] = {
		{"a.pdf", "a.pdf"},
		{"../../etc/passwd", "passwd"},
		{"C:\\temp\\a.pdf", "a.pdf"},
		{".bashrc", "bashrc"},
		{"-rf", "rf"},
		{"~a", "a"},
		{" . a.pdf . ", "a.pdf"},
		{"a\nb\033.pdf", "a_b_.pdf"},
		{"a\342\200\256fdp.exe", "a_fdp.exe"},
		{"a\342\210\225b", "a_b"},
		{"été.pdf", "été.pdf"},
		{"...", "part-1.pdf"},
		{"", "part-1.pdf"},
		{"dir/", "dir_"},
		{NULL, "part-1.pdf"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(MimePart) part = mime_part_new("application", "pdf");
		g_autofree char *saved = NULL;
		mime_part_finish(part);
		part->filename = g_strdup(rows[i].name);
		saved = mime_part_save_name(part);
		g_assert_cmpstr(saved, ==, rows[i].saved);
	}
}

static void
test_long_save_name(void)
{
	g_autoptr(MimePart) part = mime_part_new("application", "pdf");
	g_autoptr(GString) name = g_string_new(NULL);
	g_autofree char *saved = NULL;

	for (int i = 0; i < 500; i++)
		g_string_append(name, "é");
	g_string_append(name, ".pdf");
	mime_part_finish(part);
	part->filename = g_strdup(name->str);
	saved = mime_part_save_name(part);
	g_assert_cmpuint(strlen(saved), <=, LIMIT_FILE_NAME);
	g_assert_true(g_str_has_suffix(saved, "é.pdf"));
	g_assert_true(g_utf8_validate(saved, -1, NULL));
}

/* --- Decoding --- */

static void
test_decoding(void)
{
	static const struct {
		MimeEncoding encoding;
		const char *octets, *decoded;
		gboolean damaged;
	} rows[] = {
		{MIME_ENCODING_BASE64, "aGVsbG8=", "hello", FALSE},
		{MIME_ENCODING_BASE64, "aGVs\r\nbG8=\r\n", "hello", FALSE},
		{MIME_ENCODING_BASE64, "aGVsbG8", "hello", TRUE},
		{MIME_ENCODING_BASE64, "aGV*sbG8=", "hello", TRUE},
		{MIME_ENCODING_BASE64, "aGVsbA", "hell", TRUE},
		{MIME_ENCODING_BASE64, "aGVsbA==bG8=", "helllo", TRUE},
		{MIME_ENCODING_BASE64, "", "", FALSE},
		{MIME_ENCODING_QUOTED_PRINTABLE, "a=20b=\r\nc=3D", "a bc=", FALSE},
		{MIME_ENCODING_QUOTED_PRINTABLE, "a=\nb", "ab", FALSE},
		{MIME_ENCODING_QUOTED_PRINTABLE, "50=zz", "50=zz", TRUE},
		{MIME_ENCODING_7BIT, "x=20", "x=20", FALSE},
		{MIME_ENCODING_UNKNOWN, "x", "x", TRUE},
		{MIME_ENCODING_UUENCODE, "begin 644 x\n%:&5L;&\\`\n`\nend\n", "hello", FALSE},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		gboolean damaged;
		g_autoptr(GBytes) bytes =
			mime_decode_body(rows[i].octets, strlen(rows[i].octets), rows[i].encoding, &damaged);
		gsize size = g_bytes_get_size(bytes);
		g_test_message("%zu", i);
		g_assert_cmpint(damaged, ==, rows[i].damaged);
		g_assert_cmpmem(
			g_bytes_get_data(bytes, NULL), size, rows[i].decoded, strlen(rows[i].decoded));
	}
}

static void
test_encoding_names(void)
{
	g_assert_cmpint(mime_encoding_parse("Base64"), ==, MIME_ENCODING_BASE64);
	g_assert_cmpint(mime_encoding_parse(" quoted-printable (x)"), ==, MIME_ENCODING_QUOTED_PRINTABLE);
	g_assert_cmpint(mime_encoding_parse("(x) 8bit"), ==, MIME_ENCODING_7BIT);
	g_assert_cmpint(mime_encoding_parse(NULL), ==, MIME_ENCODING_7BIT);
	g_assert_cmpint(mime_encoding_parse("base65"), ==, MIME_ENCODING_UNKNOWN);
}

static void
test_text_charsets(void)
{
	static const struct {
		const char *message, *text;
		gboolean guessed;
	} rows[] = {
		{"Content-Type: text/plain; charset=utf-8\r\n\r\ncaf\303\251\r\n", "café\n", FALSE},
		{"Content-Type: text/plain; charset=iso-8859-1\r\n\r\ncaf\351", "café", FALSE},
		{"Content-Type: text/plain; charset=utf-8\r\n\r\ncaf\351", "café", TRUE},
		{"Content-Type: text/plain; charset=us-ascii\r\n\r\ncaf\303\251", "café", TRUE},
		{"Content-Type: text/plain; charset=x-none//\r\n\r\ncaf\303\251", "café", TRUE},
		{"Content-Type: text/html\r\n\r\n<meta charset=\"iso-8859-2\">\261",
			"<meta charset=\"iso-8859-2\">ą", FALSE},
		{"Content-Type: text/plain; charset=utf-8\r\n\r\n\357\273\277a\rb\r\nc", "a\nb\nc", FALSE},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(MimeMessage) message =
			mime_message_parse_data(rows[i].message, strlen(rows[i].message));
		g_autofree char *text = mime_message_text(message, mime_message_root(message), NULL);
		g_assert_cmpstr(text, ==, rows[i].text);
		g_assert_cmpint(warned(message, "charset-guessed"), ==, rows[i].guessed);
	}
}

static void
test_sha256(void)
{
	static const char text[] = "Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n";
	g_autoptr(MimeMessage) message = mime_message_parse_data(text, strlen(text));
	g_autoptr(GBytes) data = mime_message_decode(message, mime_message_root(message));
	g_autofree char *sum = mime_sha256(data);

	g_assert_cmpstr(sum, ==, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
}

/* --- The head --- */

static void
test_head(void)
{
	static const char block[] =
		"From: Ada <a@b>\r\nFrom: Eve <e@f>\r\nTo: c@d\r\nTo: e@f\r\nSubject: \r\n"
		"Date: Fri, 20 Nov 2026 09:12:00 +0100\r\nMessage-ID: <i@j>\r\nReferences: <r@s> <t@u>\r\n"
		"List-Id: <l.m>\r\nList-Post: <mailto:l@m>\r\nX-Priority: 1\r\n"
		"List-Unsubscribe: <https://x/>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\n";
	g_autoptr(MimeHead) head = mime_head_parse(block, strlen(block));

	g_assert_cmpuint(head->from_fields, ==, 2);
	g_assert_cmpuint(head->to->len, ==, 2);
	g_assert_cmpstr(head->subject, ==, "");
	g_assert_true(head->dated);
	g_assert_cmpstr(head->message_id, ==, "i@j");
	g_assert_cmpuint(head->references->len, ==, 2);
	g_assert_cmpstr(head->list_id, ==, "l.m");
	g_assert_cmpint(head->priority, ==, MIME_PRIORITY_HIGH);
	g_assert_true(head->list_unsubscribe_one_click);
	g_assert_cmpstr(mime_head_from(head)->address, ==, "a@b");
	g_assert_false(head->damaged);
}

/* --- What is shown, what is listed --- */

static MimePart *
part(const char *type, const char *subtype)
{
	MimePart *self = mime_part_new(type, subtype);

	self->size_octets = 100;
	return self;
}

static char *
sections(GPtrArray *parts)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < parts->len; i++)
		g_string_append_printf(
			out, "%s%s", i ? " " : "", ((MimePart *)g_ptr_array_index(parts, i))->section);
	g_ptr_array_unref(parts);
	return g_string_free(out, FALSE);
}

/* mixed(alternative(plain, related(html, image)), pdf, plain "inline", message) */
static MimePart *
typical_tree(void)
{
	MimePart *root = part("multipart", "mixed"), *alternative = part("multipart", "alternative");
	MimePart *related = part("multipart", "related"), *image = part("image", "png"),
		 *pdf = part("application", "pdf");
	MimePart *message = part("message", "rfc822");

	mime_part_set_content_id(image, "<i@x>");
	mime_part_set_disposition(pdf, "attachment");
	mime_part_add_child(root, alternative);
	mime_part_add_child(alternative, part("text", "plain"));
	mime_part_add_child(alternative, related);
	mime_part_add_child(related, part("text", "html"));
	mime_part_add_child(related, image);
	mime_part_add_child(root, pdf);
	mime_part_add_child(root, part("text", "plain"));
	mime_part_add_child(root, message);
	mime_part_add_child(message, part("text", "plain"));
	mime_part_finish(root);
	return root;
}

static void
test_choice(void)
{
	g_autoptr(MimePart) root = typical_tree();
	g_autofree char *plain = sections(mime_part_texts(root, MIME_PREFER_PLAIN));
	g_autofree char *html = sections(mime_part_texts(root, MIME_PREFER_HTML));
	g_autofree char *attachments = sections(mime_part_attachments(root));

	g_assert_cmpstr(plain, ==, "1.1 3");
	g_assert_cmpstr(html, ==, "1.2.1 3");
	g_assert_cmpstr(attachments, ==, "2 4");
}

/* An empty plain part beside HTML is a placeholder. */
static void
test_choice_empty_plain(void)
{
	g_autoptr(MimePart) root = part("multipart", "alternative");
	MimePart *plain = part("text", "plain");
	g_autofree char *texts = NULL;

	plain->size_octets = 2;
	mime_part_add_child(root, plain);
	mime_part_add_child(root, part("text", "html"));
	mime_part_finish(root);
	texts = sections(mime_part_texts(root, MIME_PREFER_PLAIN));
	g_assert_cmpstr(texts, ==, "2");
}

static void
test_signed(void)
{
	g_autoptr(MimePart) root = part("multipart", "signed");
	g_autofree char *texts = NULL, *attachments = NULL;

	mime_part_add_param(root, "protocol", "application/pgp-signature");
	mime_part_add_child(root, part("text", "plain"));
	mime_part_add_child(root, part("application", "pgp-signature"));
	mime_part_finish(root);
	texts = sections(mime_part_texts(root, MIME_PREFER_PLAIN));
	attachments = sections(mime_part_attachments(root));
	g_assert_cmpint(mime_part_protection(root), ==, MIME_SIGNED_PGP);
	g_assert_cmpstr(texts, ==, "1");
	g_assert_cmpstr(attachments, ==, "");
}

static void
test_encrypted_inside(void)
{
	g_autoptr(MimePart) root = part("multipart", "mixed");
	MimePart *inner = part("application", "pkcs7-mime");

	mime_part_add_param(inner, "smime-type", "enveloped-data");
	mime_part_add_child(root, inner);
	mime_part_finish(root);
	g_assert_cmpint(mime_part_protection(root), ==, MIME_ENCRYPTED_SMIME | MIME_PARTLY);
}

static void
test_depth_of_built_tree(void)
{
	g_autoptr(MimePart) root = part("multipart", "mixed");
	MimePart *parent = root;
	guint depth = 1;

	for (;; depth++) {
		MimePart *child = part("multipart", "mixed");
		if (!mime_part_add_child(parent, child))
			break;
		parent = child;
	}
	g_assert_cmpuint(depth, ==, LIMIT_MIME_NESTING);
	g_assert_true(parent->opaque);
}

/* --- Another reader of MIME as a judge --- */

static void
describe_gmime(GString *out, GMimeObject *object)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);

	g_string_append_printf(out, "%s/%s", g_mime_content_type_get_media_type(type),
		g_mime_content_type_get_media_subtype(type));
	if (GMIME_IS_MULTIPART(object)) {
		g_string_append_c(out, '(');
		for (int i = 0; i < g_mime_multipart_get_count(GMIME_MULTIPART(object)); i++)
			describe_gmime(out, g_mime_multipart_get_part(GMIME_MULTIPART(object), i));
		g_string_append_c(out, ')');
	} else if (GMIME_IS_MESSAGE_PART(object)) {
		g_string_append_c(out, '(');
		describe_gmime(out, g_mime_message_get_mime_part(
					    g_mime_message_part_get_message(GMIME_MESSAGE_PART(object))));
		g_string_append_c(out, ')');
	}
	g_string_append_c(out, ';');
}

static void
describe_ours(GString *out, const MimePart *self)
{
	g_string_append_printf(out, "%s/%s", self->type, self->subtype);
	if (self->children->len > 0) {
		g_string_append_c(out, '(');
		for (guint i = 0; i < self->children->len; i++)
			describe_ours(out, g_ptr_array_index(self->children, i));
		g_string_append_c(out, ')');
	}
	g_string_append_c(out, ';');
}

/* A random well-formed message of parts within parts. */
static void
random_part(GRand *random, GString *out, int depth, int *number)
{
	int kind = depth > 4 ? 0 : g_rand_int_range(random, 0, 4);
	int own = ++*number;

	if (kind == 1 || kind == 2) {
		int count = g_rand_int_range(random, 1, 4);
		g_string_append_printf(
			out, "Content-Type: multipart/mixed;\r\n boundary=\"b%d\"\r\n\r\npreamble\r\n", own);
		for (int i = 0; i < count; i++) {
			g_string_append_printf(out, "--b%d\r\n", own);
			random_part(random, out, depth + 1, number);
			g_string_append(out, "\r\n");
		}
		g_string_append_printf(out, "--b%d--\r\n", own);
	} else if (kind == 3) {
		g_string_append(out, "Content-Type: message/rfc822\r\n\r\n");
		random_part(random, out, depth + 1, number);
	} else {
		g_string_append_printf(out, "Content-Type: text/%s\r\n\r\ntext %d\r\n--no\r\n",
			own % 2 ? "plain" : "html", own);
	}
}

static void
test_same_as_gmime(void)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(7);

	g_mime_init();
	for (int i = 0; i < 200; i++) {
		g_autoptr(GString) text = g_string_new("From: a@b\r\n"), theirs = g_string_new(NULL),
				   ours = g_string_new(NULL);
		int number = 0;
		g_autoptr(MimeMessage) message = NULL;
		GMimeStream *stream;
		GMimeParser *parser;
		GMimeMessage *judge;
		random_part(random, text, 0, &number);
		message = mime_message_parse_data(text->str, text->len);
		describe_ours(ours, mime_message_root(message));
		stream = g_mime_stream_mem_new_with_buffer(text->str, text->len);
		parser = g_mime_parser_new_with_stream(stream);
		judge = g_mime_parser_construct_message(parser, NULL);
		describe_gmime(theirs, g_mime_message_get_mime_part(judge));
		g_assert_cmpstr(ours->str, ==, theirs->str);
		g_object_unref(judge);
		g_object_unref(parser);
		g_object_unref(stream);
	}
	g_mime_shutdown();
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mime/message/structures", test_structures);
	g_test_add_func("/mime/message/cut-at-every-size", test_cut_at_every_size);
	g_test_add_func("/mime/message/bodies", test_bodies);
	g_test_add_func("/mime/message/envelope", test_envelope);
	g_test_add_func("/mime/message/too-many-parts", test_too_many_parts);
	g_test_add_func("/mime/message/too-deep", test_too_deep);
	g_test_add_func("/mime/message/too-deep-messages", test_too_deep_messages);
	g_test_add_func("/mime/message/large-header", test_large_header);
	g_test_add_func("/mime/message/same-as-gmime", test_same_as_gmime);
	g_test_add_func("/mime/part/file-names", test_file_names);
	g_test_add_func("/mime/part/save-names", test_save_names);
	g_test_add_func("/mime/part/long-save-name", test_long_save_name);
	g_test_add_func("/mime/part/choice", test_choice);
	g_test_add_func("/mime/part/choice-empty-plain", test_choice_empty_plain);
	g_test_add_func("/mime/part/signed", test_signed);
	g_test_add_func("/mime/part/encrypted-inside", test_encrypted_inside);
	g_test_add_func("/mime/part/depth-of-built-tree", test_depth_of_built_tree);
	g_test_add_func("/mime/decode/bodies", test_decoding);
	g_test_add_func("/mime/decode/names", test_encoding_names);
	g_test_add_func("/mime/decode/charsets", test_text_charsets);
	g_test_add_func("/mime/decode/sha256", test_sha256);
	g_test_add_func("/mime/head", test_head);
	return g_test_run();
}
