/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/reply.h"

#include "mime/mailto.h"
#include "util/fault.h"

#include <locale.h>
#include <string.h>

/* --- To whom --- */

static char *
list_text(const GPtrArray *list)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < list->len; i++)
		g_string_append_printf(
			out, "%s%s", i ? " " : "", ((MimeAddress *)g_ptr_array_index(list, i))->address);
	return g_string_free(out, FALSE);
}

static void
test_recipients(void)
{
	static const struct {
		const char *header;
		MimeReplyKind kind;
		const char *to, *cc;
	} rows[] = {
		{"From: a@x\nTo: me@x, b@x\nCc: c@x\n", MIME_REPLY_SENDER, "a@x", ""},
		{"From: a@x\nReply-To: r@x\nTo: me@x\n", MIME_REPLY_SENDER, "r@x", ""},
		{"From: a@x\nTo: me@x, b@x\nCc: c@x, A@X\n", MIME_REPLY_ALL, "a@x", "b@x c@x"},
		{"From: a@x\nTo: G: me@x, b@x;\n", MIME_REPLY_ALL, "a@x", "b@x"},
		{"From: a@x\nMail-Followup-To: l@x, me@x\nTo: b@x\n", MIME_REPLY_ALL, "l@x", ""},
		/* Own messages go to whom they went. */
		{"From: me@x\nTo: b@x\nCc: c@x\n", MIME_REPLY_SENDER, "b@x", ""},
		{"From: ME@X\nTo: b@x\nCc: c@x\n", MIME_REPLY_ALL, "b@x", "c@x"},
		{"From: me@x\nTo: me@x\n", MIME_REPLY_ALL, "me@x", ""},
		{"From: me@x\nTo: me@x\nCc: c@x\n", MIME_REPLY_ALL, "c@x", ""},
		/* Lists. */
		{"From: a@x\nTo: l@x\nList-Post: <mailto:l@x>\n", MIME_REPLY_LIST, "l@x", ""},
		{"From: a@x\nTo: dev@l.x\nList-Id: <dev.l.x>\n", MIME_REPLY_LIST, "dev@l.x", ""},
		{"From: a@x\nTo: b@x\nList-Post: NO\n", MIME_REPLY_LIST, "a@x", "b@x"},
		{"From: a@x, d@x\nTo: undisclosed-recipients:;\n", MIME_REPLY_ALL, "a@x d@x", ""},
		{"Sender: s@x\n", MIME_REPLY_SENDER, "s@x", ""},
		{"Subject: nobody\n", MIME_REPLY_ALL, "", ""},
	};
	g_autoptr(GPtrArray) own = g_ptr_array_new();

	g_ptr_array_add(own, (gpointer) "me@x");
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(MimeHead) head = mime_head_parse(rows[i].header, strlen(rows[i].header));
		g_autoptr(MimeDraft) draft = mime_draft_new();
		g_autofree char *to = NULL, *cc = NULL;
		mime_reply_fill(draft, head, rows[i].kind, own);
		to = list_text(draft->to);
		cc = list_text(draft->cc);
		g_assert_cmpstr(to, ==, rows[i].to);
		g_assert_cmpstr(cc, ==, rows[i].cc);
	}
}

static void
test_questions(void)
{
	static const char list[] = "From: a@x\nReply-To: l@x\nList-Post: <mailto:l@x>\n";
	static const char plain[] = "From: a@x\nReply-To: A@x\n";
	g_autoptr(MimeHead) one = mime_head_parse(list, strlen(list));
	g_autoptr(MimeHead) two = mime_head_parse(plain, strlen(plain));

	g_assert_true(mime_reply_has_list(one));
	g_assert_true(mime_reply_to_differs(one));
	g_assert_false(mime_reply_has_list(two));
	g_assert_false(mime_reply_to_differs(two));
}

static void
test_a_list_address_that_is_none_is_no_list(void)
{
	static const char *const posts[] = {
		"<mailto:list%0d%0aBcc:spy@x>", "<mailto:a%00@x>", "<mailto:@>", "<javascript:a@x>"};

	for (gsize i = 0; i < G_N_ELEMENTS(posts); i++) {
		g_autofree char *header = g_strdup_printf("From: a@x\nTo: b@x\nList-Post: %s\n", posts[i]);
		g_autoptr(MimeHead) head = mime_head_parse(header, strlen(header));

		g_assert_false(mime_reply_has_list(head));
	}
}

static void
test_answers_elsewhere(void)
{
	static const struct {
		const char *header, *elsewhere;
	} rows[] = {
		{"From: a@x.org\n", NULL},
		{"From: a@x.org\nReply-To: b@x.org\n", NULL},
		{"From: a@x.org\nReply-To: b@mail.x.org\n", NULL},
		{"From: a@mail.x.org\nReply-To: b@X.org\n", NULL},
		{"From: a@x.org\nReply-To: b@org\n", "b@org"},
		{"From: a@org\nReply-To: b@x.org\n", "b@x.org"},
		{"From: a@x.org\nReply-To: a@x.org, b@evilx.org\n", "b@evilx.org"},
		{"From: a@x.org\nReply-To: b@x.org.evil\n", "b@x.org.evil"},
		{"From: a@x.org\nReply-To: l@lists.y\nList-Id: <l.lists.y>\n", NULL},
		{"Reply-To: b@x.org\n", NULL},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(MimeHead) head = mime_head_parse(rows[i].header, strlen(rows[i].header));
		const MimeAddress *address = mime_head_answers_elsewhere(head);

		g_assert_cmpstr(address ? address->address : NULL, ==, rows[i].elsewhere);
	}
}

static void
test_thread(void)
{
	static const struct {
		const char *header, *references, *parent;
	} rows[] = {
		{"Message-ID: <c@x>\nReferences: <a@x> <b@x>\n", "a@x b@x c@x", "c@x"},
		{"Message-ID: <c@x>\nIn-Reply-To: <a@x>\n", "a@x c@x", "c@x"},
		{"Message-ID: <c@x>\nIn-Reply-To: <a@x> <b@x>\n", "c@x", "c@x"},
		{"References: <a@x>\n", "a@x", NULL},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(MimeHead) head = mime_head_parse(rows[i].header, strlen(rows[i].header));
		g_autoptr(MimeDraft) draft = mime_draft_new();
		g_autoptr(GString) ids = g_string_new(NULL);
		mime_reply_thread(draft, head);
		for (guint n = 0; n < draft->references->len; n++)
			g_string_append_printf(
				ids, "%s%s", n ? " " : "", (char *)g_ptr_array_index(draft->references, n));
		g_assert_cmpstr(ids->str, ==, rows[i].references);
		g_assert_cmpstr(draft->in_reply_to, ==, rows[i].parent);
	}
}

static void
test_subjects(void)
{
	static const struct {
		const char *subject, *prefix, *result;
	} rows[] = {
		{"hello", "Re: ", "Re: hello"},
		{"Re: hello", "Re: ", "Re: hello"},
		{"AW: RE: hello", "Re: ", "Re: hello"},
		{"Fwd: hello", "Re: ", "Re: Fwd: hello"},
		{"Re: hello", "Fwd: ", "Fwd: Re: hello"},
		{"WG: hello", "Fwd: ", "Fwd: hello"},
		{"Re: [list] hello", "Re: ", "Re: [list] hello"},
		{NULL, "Re: ", "Re: "},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *result = mime_reply_subject(rows[i].subject, rows[i].prefix);
		g_assert_cmpstr(result, ==, rows[i].result);
	}
}

/* --- Text --- */

static void
test_quote(void)
{
	g_autofree char *whole = mime_reply_quote("a\n\n> b\n-- \nsig\n", "> ", FALSE);
	g_autofree char *cut = mime_reply_quote("a\n\n> b\n\n-- \nsig\n", "> ", TRUE);
	g_autofree char *none = mime_reply_quote("", "> ", TRUE);

	g_assert_cmpstr(whole, ==, "> a\n>\n>> b\n> -- \n> sig\n");
	g_assert_cmpstr(cut, ==, "> a\n>\n>> b\n");
	g_assert_cmpstr(none, ==, "");
}

/* A paragraph on one line becomes lines, each behind its marks. */
static void
test_quote_paragraph(void)
{
	g_autoptr(GString) text = g_string_new("> ");
	g_autofree char *quote = NULL;
	g_auto(GStrv) lines = NULL;

	for (int i = 0; i < 50; i++)
		g_string_append(text, "word ");
	quote = mime_reply_quote(text->str, "> ", FALSE);
	lines = g_strsplit(quote, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), >, 4);
	for (guint i = 0; lines[i + 1] != NULL; i++) {
		g_assert_true(g_str_has_prefix(lines[i], ">> word"));
		g_assert_cmpuint(strlen(lines[i]), <=, 76);
	}
}

static void
test_flow(void)
{
	g_autofree char *text = mime_reply_flow(
		"the quick brown fox jumps over it\n> the quick brown fox jumps\nx  \n-- \n", 20);

	g_assert_cmpstr(
		text, ==, "the quick brown \nfox jumps over it\n> the quick brown \n> fox jumps\nx\n-- \n");
}

static void
test_prose(void)
{
	static const char header[] =
		"From: Ada <a@x>\nTo: b@x\nSubject: s\nDate: Fri, 20 Nov 2026 09:12:00 +0100\n";
	g_autoptr(MimeHead) head = mime_head_parse(header, strlen(header));
	g_autofree char *attribution = mime_reply_attribution(head);
	g_autofree char *forward = mime_forward_text(head, "body");

	g_assert_true(g_str_has_suffix(attribution, ", Ada wrote:"));
	g_assert_true(g_str_has_prefix(forward, "----- Forwarded message -----\nFrom: Ada <a@x>\nDate: "));
	g_assert_nonnull(strstr(forward, "\nSubject: s\nTo: b@x\n\nbody\n\n-----"));
}

/* --- mailto: --- */

static void
test_mailto(void)
{
	static const struct {
		const char *url, *to, *cc, *subject, *body;
	} rows[] = {
		{"mailto:a@x", "a@x", "", NULL, ""},
		{"MAILTO:a@x,b@x?subject=Hello%20you&body=one%0D%0Atwo", "a@x b@x", "", "Hello you",
			"one\ntwo"},
		{"mailto:?to=a@x&cc=c@x,d@x", "a@x", "c@x d@x", NULL, ""},
		{"mailto:a%2Bb@x", "a+b@x", "", NULL, ""},
		{"mailto:%22a%2Cb%22@x", "\"a,b\"@x", "", NULL, ""},
		{"mailto:a@x?subject=caf%C3%A9+x", "a@x", "", "café+x", ""},
		{"mailto:a@x?subject=a&amp;body=b", "a@x", "", "a", "b"},
		{"mailto:", "", "", NULL, ""},
		{"mailto:a@x?", "a@x", "", NULL, ""},
		{"mailto:a@x?subject", "a@x", "", NULL, ""},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(MimeDraft) draft = mime_draft_new();
		g_autoptr(GError) error = NULL;
		g_autofree char *to = NULL, *cc = NULL, *refused = NULL;
		g_assert_true(mime_mailto_parse(rows[i].url, draft, &refused, &error));
		g_assert_no_error(error);
		to = list_text(draft->to);
		cc = list_text(draft->cc);
		g_assert_cmpstr(to, ==, rows[i].to);
		g_assert_cmpstr(cc, ==, rows[i].cc);
		g_assert_cmpstr(draft->subject, ==, rows[i].subject);
		g_assert_cmpstr(draft->body, ==, rows[i].body);
		g_assert_null(refused);
	}
}

static void
test_mailto_refused_fields(void)
{
	g_autoptr(MimeDraft) draft = mime_draft_new();
	g_autofree char *refused = NULL;

	g_assert_true(mime_mailto_parse("mailto:a@x?bcc=b@x&attach=/etc/passwd&X-Own=1&in-reply-to=%3Ci@x%3E",
		draft, &refused, NULL));
	g_assert_cmpuint(draft->bcc->len, ==, 0);
	g_assert_cmpuint(draft->attachments->len, ==, 0);
	g_assert_cmpuint(draft->extra->len, ==, 0);
	g_assert_cmpstr(draft->in_reply_to, ==, "i@x");
	g_assert_nonnull(strstr(refused, "bcc, attach, X-Own"));
}

static void
test_mailto_refused(void)
{
	static const char *const urls[] = {"http://x", "mailto:a@x%0D%0ABcc:b@x", "mailto:a@x?subject=a%0Ab",
		"mailto:a@x?body=a%00b", "mailto:a@x%00", "mailto:a@x%2Cb@x", "mailto:a@x?sub%0Aject=x"};

	for (gsize i = 0; i < G_N_ELEMENTS(urls); i++) {
		g_autoptr(MimeDraft) draft = mime_draft_new();
		g_autoptr(GError) error = NULL;
		g_assert_false(mime_mailto_parse(urls[i], draft, NULL, &error));
		g_assert_error(error, POSTHORN_FAULT, FAULT_INPUT);
		g_assert_cmpuint(draft->to->len, ==, 0);
	}
}

int
main(int argc, char **argv)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mime/reply/no-list-address", test_a_list_address_that_is_none_is_no_list);
	g_test_add_func("/mime/reply/elsewhere", test_answers_elsewhere);
	g_test_add_func("/mime/reply/recipients", test_recipients);
	g_test_add_func("/mime/reply/questions", test_questions);
	g_test_add_func("/mime/reply/thread", test_thread);
	g_test_add_func("/mime/reply/subjects", test_subjects);
	g_test_add_func("/mime/reply/quote", test_quote);
	g_test_add_func("/mime/reply/quote-paragraph", test_quote_paragraph);
	g_test_add_func("/mime/reply/flow", test_flow);
	g_test_add_func("/mime/reply/prose", test_prose);
	g_test_add_func("/mime/mailto/parse", test_mailto);
	g_test_add_func("/mime/mailto/refused-fields", test_mailto_refused_fields);
	g_test_add_func("/mime/mailto/refused", test_mailto_refused);
	return g_test_run();
}
