/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/build.h"

#include "util/fault.h"

#include <string.h>

/* A draft that fills all fields which must stand in every message. */
static MimeDraft *
draft_new(void)
{
	MimeDraft *draft = mime_draft_new();

	g_ptr_array_add(draft->from, mime_address_new("Ada Byron", "ada@example.org"));
	g_ptr_array_add(draft->to, mime_address_new(NULL, "bob@example.net"));
	draft->subject = g_strdup("Hello");
	g_free(draft->body);
	draft->body = g_strdup("Text\n");
	draft->message_id = g_strdup("id@example.org");
	draft->date.seconds = 1795162320;
	draft->date.offset_minutes = 60;
	return draft;
}

static char *
built(const MimeDraft *draft, const MimeBuildOptions *options)
{
	static const MimeBuildOptions none = {.seed = 1};
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) octets = mime_build(draft, options ? options : &none, &error);

	g_assert_no_error(error);
	return g_strndup(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets));
}

/* A field as it stands on the wire, folds and all; the caller's. */
static char *
raw_field(const char *message, const char *name)
{
	g_autofree char *start = g_strconcat(name, ":", NULL);
	const char *p = g_str_has_prefix(message, start) ? message : NULL;
	const char *end;

	if (p == NULL) {
		g_autofree char *line = g_strconcat("\r\n", start, NULL);
		p = strstr(message, line);
		g_assert_nonnull(p);
		p += 2;
	}
	p += strlen(start);
	for (end = strstr(p, "\r\n"); end[2] == ' '; end = strstr(end + 2, "\r\n"))
		;
	return g_strndup(p, (gsize)(end - p));
}

static void
check_wire(const char *message)
{
	for (const char *p = message; *p;) {
		gsize size = strcspn(p, "\r\n");
		g_assert_cmpuint(size, <=, 998);
		g_assert_true(g_str_has_prefix(p + size, "\r\n"));
		for (gsize i = 0; i < size; i++)
			g_assert_true((guint8)p[i] < 128);
		p += size + 2;
	}
}

static void
test_simple(void)
{
	g_autoptr(MimeDraft) draft = draft_new();
	g_autofree char *message = built(draft, NULL);

	g_assert_cmpstr(message, ==,
		"Date: Fri, 20 Nov 2026 09:12:00 +0100\r\n"
		"From: Ada Byron <ada@example.org>\r\n"
		"To: bob@example.net\r\n"
		"Message-ID: <id@example.org>\r\n"
		"Subject: Hello\r\n"
		"MIME-Version: 1.0\r\n"
		"Content-Type: text/plain; charset=us-ascii\r\n"
		"Content-Transfer-Encoding: 7bit\r\n"
		"\r\n"
		"Text\r\n");
}

/* Whatever a subject holds, it comes back, in lines of at most 76. */
static void
test_subjects(void)
{
	static const char *const subjects[] = {"", "x", "Grüße aus Köln",
		"日本語の件名はとても長いので折り返す必要がありますよね、たぶん",
		("A long subject of plain words that has to be folded somewhere because it does not fit in "
		 "one line"),
		"plain then ünicode then plain again", "double  blanks   stay",
		"=?utf-8?Q?not_a_word?=", "tab\there", "é",
		"a\xf0\x9f\x98\x80z \xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80",
		"ééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé"};

	for (gsize i = 0; i < G_N_ELEMENTS(subjects); i++) {
		g_autoptr(MimeDraft) draft = draft_new();
		g_autofree char *message = NULL, *raw = NULL, *back = NULL;
		g_auto(GStrv) lines = NULL;
		g_free(draft->subject);
		draft->subject = g_strdup(subjects[i]);
		message = built(draft, NULL);
		check_wire(message);
		raw = raw_field(message, "Subject");
		back = mime_decode_text(raw, -1);
		g_assert_cmpstr(back, ==, subjects[i]);
		lines = g_strsplit(raw, "\r\n", -1);
		for (guint n = 0; lines[n] != NULL; n++)
			g_assert_cmpuint(strlen(lines[n]) + (n ? 0 : strlen("Subject:")), <=, 78);
	}
}

/* No word, however long, makes a line too long. */
static void
test_subject_without_blanks(void)
{
	g_autoptr(MimeDraft) draft = draft_new();
	g_autofree char *message = NULL, *raw = NULL, *back = NULL;

	g_free(draft->subject);
	draft->subject = g_strnfill(5000, 'x');
	message = built(draft, NULL);
	check_wire(message);
	raw = raw_field(message, "Subject");
	back = mime_decode_text(raw, -1);
	g_assert_cmpstr(back, ==, draft->subject);
}

static void
test_names(void)
{
	static const char *const names[] = {"Ada Byron", "Byron, Ada", "Ada \"the\" Byron", "Åda",
		"J. R. Hacker", "日本語の名前はとても長いので折り返す必要がありますよね、たぶん", "a@b",
		"back\\slash", "=?utf-8?Q?x?=",
		("A very long plain name, with a comma, that does not fit in a quoted string of one line of "
		 "the header")};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autoptr(MimeDraft) draft = draft_new();
		g_autofree char *message = NULL, *raw = NULL;
		g_autoptr(GPtrArray) back = NULL;
		g_ptr_array_add(draft->to, mime_address_new(names[i], "c@example.net"));
		message = built(draft, NULL);
		check_wire(message);
		raw = raw_field(message, "To");
		back = mime_parse_addresses(raw, -1, NULL);
		g_assert_cmpuint(back->len, ==, 2);
		g_assert_cmpstr(((MimeAddress *)g_ptr_array_index(back, 1))->name, ==, names[i]);
		g_assert_cmpstr(((MimeAddress *)g_ptr_array_index(back, 1))->address, ==, "c@example.net");
	}
}

static void
test_idn(void)
{
	g_autoptr(MimeDraft) draft = draft_new();
	g_autoptr(GPtrArray) recipients = NULL;
	g_autofree char *message = NULL;

	g_ptr_array_add(draft->cc, mime_address_new(NULL, "x@bücher.example"));
	g_assert_false(mime_draft_needs_utf8(draft));
	message = built(draft, NULL);
	g_assert_nonnull(strstr(message, "Cc: x@xn--bcher-kva.example\r\n"));
	recipients = mime_draft_recipients(draft);
	g_assert_cmpuint(recipients->len, ==, 2);
	g_assert_cmpstr(g_ptr_array_index(recipients, 1), ==, "x@xn--bcher-kva.example");
}

static void
test_needs_utf8(void)
{
	g_autoptr(MimeDraft) draft = draft_new();
	MimeBuildOptions options = {.utf8 = TRUE};
	g_autoptr(GError) error = NULL;
	g_autofree char *message = NULL;

	g_ptr_array_add(draft->to, mime_address_new("Jürgen", "jürgen@example.org"));
	g_assert_true(mime_draft_needs_utf8(draft));
	g_assert_null(mime_build(draft, &(MimeBuildOptions){0}, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_INPUT);
	message = built(draft, &options);
	g_assert_nonnull(strstr(message, "\"Jürgen\" <jürgen@example.org>"));
}

/* --- What must be refused --- */

static void
refused(MimeDraft *draft, const char *word)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(mime_build(draft, &(MimeBuildOptions){.utf8 = TRUE}, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_INPUT);
	g_assert_nonnull(strstr(error->message, word));
	mime_draft_free(draft);
}

static void
test_injection(void)
{
	MimeDraft *draft;

	draft = draft_new();
	g_free(draft->subject);
	draft->subject = g_strdup("x\r\nBcc: evil@example.org");
	refused(draft, "Subject");
	draft = draft_new();
	g_ptr_array_add(draft->to, mime_address_new("x\nBcc: y", "a@b"));
	refused(draft, "To");
	draft = draft_new();
	g_ptr_array_add(draft->to, mime_address_new(NULL, "a@b>\r\nRCPT TO:<c"));
	refused(draft, "To");
	draft = draft_new();
	mime_draft_add_extra(draft, "X-A", "b\rc");
	refused(draft, "X-A");
	draft = draft_new();
	mime_draft_add_extra(draft, "X A", "b");
	refused(draft, "X A");
	draft = draft_new();
	mime_draft_add_extra(draft, "X-A:\r\nBcc", "b");
	refused(draft, "Bcc");
	draft = draft_new();
	mime_draft_add_extra(draft, "Bcc", "b@c");
	refused(draft, "Bcc");
	draft = draft_new();
	g_free(draft->message_id);
	draft->message_id = g_strdup("a> <b");
	refused(draft, "Message-ID");
	draft = draft_new();
	{
		g_autoptr(GBytes) data = g_bytes_new("x", 1);
		mime_draft_attach(draft, "a\r\nX: y", "text/plain", data);
	}
	refused(draft, "Content-Type");
}

static void
test_addresses_refused(void)
{
	static const char *const bad[] = {"", "a", "@b", "a@", "a b@c", "a@b c", "<a@b>", "a@b,c@d", "a@-b",
		"a@.b", "a@b..c", "a\177@b", "\"a@b", "a@b@c d", "(x)a@b", "a@[b]x", "\"a\"b\"@c"};
	static const char *const good[] = {"a@b", "a.b+c@d.e", "\"a b\"@c", "a@[127.0.0.1]", "a@[IPv6:::1]",
		"o'b@c.d", "\"a\\\"b\"@c", "ü@b", "a@bücher.example"};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(mime_address_check(bad[i], NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
		g_assert_true(mime_address_check(good[i], NULL));
}

static void
test_type_from_outside(void)
{
	g_autoptr(MimeDraft) draft = draft_new();
	g_autoptr(GBytes) data = g_bytes_new("x", 1);
	g_autofree char *message = NULL;

	mime_draft_attach(draft, "a", "text/plain\r\nX: y", data);
	mime_draft_attach(draft, "b", "multipart/mixed", data);
	message = built(draft, NULL);
	g_assert_null(strstr(message, "X: y"));
	g_assert_nonnull(strstr(message, "Content-Type: application/octet-stream; name=b\r\n"));
}

/* --- Bcc --- */

static void
test_bcc(void)
{
	g_autoptr(MimeDraft) draft = draft_new();
	MimeBuildOptions keep = {.keep_bcc = TRUE};
	g_autofree char *sent = NULL, *kept = NULL;
	g_autoptr(GPtrArray) recipients = NULL;

	g_ptr_array_add(draft->bcc, mime_address_new(NULL, "secret@example.org"));
	sent = built(draft, NULL);
	kept = built(draft, &keep);
	recipients = mime_draft_recipients(draft);
	g_assert_null(strstr(sent, "secret"));
	g_assert_nonnull(strstr(kept, "\r\nBcc: secret@example.org\r\n"));
	g_assert_cmpstr(g_ptr_array_index(recipients, 1), ==, "secret@example.org");
}

static void
test_strip_bcc(void)
{
	static const char text[] = "From: a@b\nBCC : x@y,\n z@y\nTo: c@d\nResent-Bcc: q@r\n\nBcc: body\n";
	g_autoptr(GBytes) octets = g_bytes_new_static(text, strlen(text));
	g_autoptr(GBytes) stripped = mime_strip_bcc(octets);

	g_assert_cmpmem(g_bytes_get_data(stripped, NULL), g_bytes_get_size(stripped),
		"From: a@b\r\nTo: c@d\r\n\r\nBcc: body\r\n", 33);
}

/* Not even behind more fields than are read. */
static void
test_strip_late_bcc(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GBytes) octets = NULL, stripped = NULL;

	for (int i = 0; i < 20000; i++)
		g_string_append(text, "X: y\r\n");
	g_string_append(text, "Bcc: secret@x\r\n\r\nbody");
	octets = g_bytes_new(text->str, text->len);
	stripped = mime_strip_bcc(octets);
	g_assert_null(
		g_strstr_len(g_bytes_get_data(stripped, NULL), (gssize)g_bytes_get_size(stripped), "secret"));
}

/* --- Bodies --- */

static void
test_bodies(void)
{
	static const struct {
		const char *body;
		gboolean eight_bit;
		const char *encoding;
	} rows[] = {
		{"plain\n", FALSE, "7bit"},
		{"Grüße, und sonst nur einfache Zeichen\n", FALSE, "quoted-printable"},
		{"Grüße\n", TRUE, "8bit"},
		{"日本語の本文\n", FALSE, "base64"},
		{"no line end", FALSE, "7bit"},
		{"dots\n.\n..\n", FALSE, "7bit"},
		{"control \001\n", FALSE, "quoted-printable"},
		{"", FALSE, "7bit"},
		{"trailing blanks  \nGrüße und mehr Text dahinter \n", FALSE, "quoted-printable"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(MimeDraft) draft = draft_new();
		MimeBuildOptions options = {.eight_bit = rows[i].eight_bit};
		g_autofree char *message = NULL, *encoding = NULL, *back = NULL, *wanted = NULL;
		g_autoptr(MimeMessage) parsed = NULL;
		g_free(draft->body);
		draft->body = g_strdup(rows[i].body);
		message = built(draft, &options);
		if (!rows[i].eight_bit)
			check_wire(message);
		encoding = raw_field(message, "Content-Transfer-Encoding");
		g_assert_cmpstr(g_strstrip(encoding), ==, rows[i].encoding);
		parsed = mime_message_parse_data(message, strlen(message));
		back = mime_message_text(parsed, mime_message_root(parsed), NULL);
		wanted = g_strconcat(rows[i].body,
			*rows[i].body && !g_str_has_suffix(rows[i].body, "\n") ? "\n" : NULL, NULL);
		g_assert_cmpstr(back, ==, wanted);
	}
}

static void
test_long_line(void)
{
	g_autoptr(MimeDraft) draft = draft_new();
	g_autofree char *message = NULL;

	g_free(draft->body);
	draft->body = g_strnfill(5000, 'x');
	message = built(draft, NULL);
	check_wire(message);
}

static void
test_flowed(void)
{
	g_autoptr(MimeDraft) draft = draft_new();
	g_autofree char *message = NULL;
	g_autoptr(MimeMessage) parsed = NULL;
	g_autoptr(MimeDraft) back = NULL;

	g_free(draft->body);
	draft->body = g_strdup("From here \nto there\n  indented\n> quoted\n-- \nsig\n");
	draft->flowed = TRUE;
	message = built(draft, NULL);
	g_assert_nonnull(strstr(message, "format=flowed"));
	g_assert_nonnull(strstr(message, "\r\n From here \r\n"));
	parsed = mime_message_parse_data(message, strlen(message));
	back = mime_draft_from_message(parsed);
	g_assert_true(back->flowed);
	g_assert_cmpstr(back->body, ==, draft->body);
}

/* --- Attachments, and the way back --- */

static void
test_round_trip(void)
{
	g_autoptr(MimeDraft) draft = draft_new();
	g_autoptr(MimeDraft) back = NULL;
	g_autoptr(MimeMessage) parsed = NULL;
	g_autofree char *message = NULL, *again = NULL;
	g_autoptr(GBytes) binary = g_bytes_new("\0\1\2\r\n\377", 6);
	static const char inner[] = "Subject: in\r\n\r\nbody\r\n";
	g_autoptr(GBytes) forwarded = g_bytes_new(inner, strlen(inner));
	MimeBuildOptions options = {.keep_bcc = TRUE, .seed = 7};
	MimeAttachment *attachment;

	g_ptr_array_add(draft->cc, mime_address_new("Jürgen, X", "j@example.org"));
	g_ptr_array_add(draft->bcc, mime_address_new(NULL, "s@example.org"));
	g_ptr_array_add(draft->reply_to, mime_address_new(NULL, "r@example.org"));
	draft->in_reply_to = g_strdup("p@q");
	g_ptr_array_add(draft->references, g_strdup("o@q"));
	g_ptr_array_add(draft->references, g_strdup("p@q"));
	draft->priority = MIME_PRIORITY_HIGH;
	mime_draft_add_extra(draft, "X-Own", "wért");
	attachment = mime_draft_attach(draft, "lângs naam mit mehr als achtundvierzig Zeichen 日本語.pdf",
		"application/pdf", binary);
	attachment->description = g_strdup("Übersicht");
	mime_draft_attach(draft, NULL, "message/rfc822", forwarded);
	message = built(draft, &options);
	check_wire(message);
	parsed = mime_message_parse_data(message, strlen(message));
	g_assert_cmpuint(mime_message_warnings(parsed)->len, ==, 0);
	back = mime_draft_from_message(parsed);
	g_assert_cmpstr(back->body, ==, draft->body);
	g_assert_cmpuint(back->attachments->len, ==, 2);
	attachment = g_ptr_array_index(back->attachments, 0);
	g_assert_cmpstr(attachment->name, ==, "lângs naam mit mehr als achtundvierzig Zeichen 日本語.pdf");
	g_assert_true(g_bytes_equal(attachment->data, binary));
	attachment = g_ptr_array_index(back->attachments, 1);
	g_assert_true(g_bytes_equal(attachment->data, forwarded));
	again = built(back, &options);
	g_assert_cmpstr(again, ==, message);
}

/* A boundary that stands in the text is not taken. */
static void
test_boundary_in_text(void)
{
	g_autoptr(MimeDraft) draft = draft_new();
	g_autoptr(GBytes) data = g_bytes_new("x", 1);
	g_autofree char *first = NULL, *second = NULL, *type = NULL;
	g_autoptr(MimeMessage) parsed = NULL;
	char *start;

	mime_draft_attach(draft, "a", "text/plain", data);
	first = built(draft, NULL);
	type = raw_field(first, "Content-Type");
	start = strstr(type, "=_");
	start[strcspn(start, "\"")] = '\0';
	g_free(draft->body);
	draft->body = g_strdup_printf("--%s\n", start);
	second = built(draft, NULL);
	parsed = mime_message_parse_data(second, strlen(second));
	g_assert_cmpuint(mime_part_count(mime_message_root(parsed)), ==, 3);
}

static void
test_recall_leaves_out(void)
{
	static const char text[] =
		"Received: x\r\nDKIM-Signature: y\r\nAttach: /etc/passwd\r\nFcc: z\r\nX-Keep: k\r\n"
		"From: a@b\r\nSubject: s\r\n\r\nbody\r\n";
	g_autoptr(MimeMessage) message = mime_message_parse_data(text, strlen(text));
	g_autoptr(MimeDraft) draft = mime_draft_from_message(message);

	g_assert_cmpuint(draft->extra->len, ==, 1);
	g_assert_cmpstr(((MimeExtraField *)g_ptr_array_index(draft->extra, 0))->name, ==, "X-Keep");
}

static void
test_resend(void)
{
	static const char text[] = "From: a@b\r\nBcc: c@d\r\n\r\nbody\r\n";
	g_autoptr(GBytes) octets = g_bytes_new_static(text, strlen(text));
	g_autoptr(MimeAddress) from = mime_address_new("Me", "me@example.org");
	g_autoptr(GPtrArray) to = mime_addresses_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) resent = NULL;
	g_autofree char *message = NULL;
	DateTime date = {.seconds = 0};

	g_ptr_array_add(to, mime_address_new(NULL, "you@example.org"));
	resent = mime_resend(octets, from, to, date, "i@example.org", &error);
	g_assert_no_error(error);
	message = g_strndup(g_bytes_get_data(resent, NULL), g_bytes_get_size(resent));
	g_assert_cmpstr(message, ==,
		"Resent-From: Me <me@example.org>\r\nResent-To: you@example.org\r\n"
		"Resent-Date: Thu, 1 Jan 1970 00:00:00 +0000\r\nResent-Message-ID: <i@example.org>\r\n"
		"From: a@b\r\n\r\nbody\r\n");
}

static void
test_message_id(void)
{
	static const guint8 random[16] = {0xab, 1};
	g_autofree char *id = mime_new_message_id("ada@bücher.example", random);
	g_autofree char *none = mime_new_message_id("ada", random);

	g_assert_cmpstr(id, ==, "ab010000000000000000000000000000@xn--bcher-kva.example");
	g_assert_true(g_str_has_suffix(none, "@localhost.invalid"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mime/build/simple", test_simple);
	g_test_add_func("/mime/build/subjects", test_subjects);
	g_test_add_func("/mime/build/subject-without-blanks", test_subject_without_blanks);
	g_test_add_func("/mime/build/names", test_names);
	g_test_add_func("/mime/build/idn", test_idn);
	g_test_add_func("/mime/build/needs-utf8", test_needs_utf8);
	g_test_add_func("/mime/build/injection", test_injection);
	g_test_add_func("/mime/build/addresses-refused", test_addresses_refused);
	g_test_add_func("/mime/build/type-from-outside", test_type_from_outside);
	g_test_add_func("/mime/build/bcc", test_bcc);
	g_test_add_func("/mime/build/strip-bcc", test_strip_bcc);
	g_test_add_func("/mime/build/strip-late-bcc", test_strip_late_bcc);
	g_test_add_func("/mime/build/bodies", test_bodies);
	g_test_add_func("/mime/build/long-line", test_long_line);
	g_test_add_func("/mime/build/flowed", test_flowed);
	g_test_add_func("/mime/build/round-trip", test_round_trip);
	g_test_add_func("/mime/build/boundary-in-text", test_boundary_in_text);
	g_test_add_func("/mime/build/recall-leaves-out", test_recall_leaves_out);
	g_test_add_func("/mime/build/resend", test_resend);
	g_test_add_func("/mime/build/message-id", test_message_id);
	return g_test_run();
}
