/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/header.h"
#include "util/limits.h"

#include <string.h>

/* --- Fields --- */

static void
test_fields(void)
{
	static const char block[] =
		"From: a@b\r\nSubject: one\r\n  two\r\nX-Empty:\r\nTo : c@d\r\n\r\nBody: no\r\n";
	MimeFields fields;
	MimeField field;
	g_autoptr(GString) seen = g_string_new(NULL);

	mime_fields_init(&fields, block, strlen(block));
	while (mime_fields_next(&fields, &field)) {
		g_autofree char *value = mime_unfold(field.value, (gssize)field.value_length);
		g_string_append_printf(seen, "%.*s=%s|", (int)field.name_length, field.name, value);
	}
	g_assert_cmpstr(seen->str, ==, "From=a@b|Subject=one  two|X-Empty=|To=c@d|");
	g_assert_cmpstr(block + fields.offset, ==, "Body: no\r\n");
	g_assert_false(fields.damaged);
	g_assert_false(fields.limited);
}

static void
test_fields_junk_is_skipped(void)
{
	static const char block[] = "From someone Mon\nnot a field\nSubject: x\n\n";
	g_autofree char *subject = mime_fields_find(block, strlen(block), "SUBJECT");
	g_autoptr(GString) damages = g_string_new(NULL);
	static const char *const blocks[] = {
		"From a b:c\nA: b\n\n", "From : x\n\n", "junk\n\n", "A: b\nFrom x\n\n"};

	g_assert_cmpstr(subject, ==, "x");
	for (gsize i = 0; i < G_N_ELEMENTS(blocks); i++) {
		MimeFields fields;
		MimeField field;
		mime_fields_init(&fields, blocks[i], strlen(blocks[i]));
		while (mime_fields_next(&fields, &field))
			;
		g_string_append(damages, fields.damaged ? "yes " : "no ");
	}
	g_assert_cmpstr(damages->str, ==, "no no yes yes ");
}

/* Cut anywhere, no field is longer than the block, and the walk ends. */
static void
test_fields_cut_at_every_size(void)
{
	static const char block[] = "A: 1\r\n B\r\nC\r\n\tD: \r\n: x\r\nE:\r\n \r\n\r\nF: 2";

	for (gsize size = 0; size < sizeof block; size++) {
		g_autofree char *copy = g_memdup2(block, size + 1);
		MimeFields fields;
		MimeField field;
		mime_fields_init(&fields, copy, size);
		while (mime_fields_next(&fields, &field))
			g_assert_true(field.value + field.value_length <= copy + size);
		g_assert_cmpuint(fields.offset, <=, size);
	}
}

static void
test_fields_limits(void)
{
	g_autoptr(GString) block = g_string_new(NULL);
	MimeFields fields;
	MimeField field;
	guint count = 0;

	for (int i = 0; i < LIMIT_HEADER_FIELDS + 10; i++)
		g_string_append(block, "A: b\n");
	g_string_append(block, "\nbody");
	mime_fields_init(&fields, block->str, block->len);
	while (mime_fields_next(&fields, &field))
		count++;
	g_assert_cmpuint(count, ==, LIMIT_HEADER_FIELDS);
	g_assert_true(fields.limited);
	g_assert_cmpstr(block->str + fields.offset, ==, "body");
}

static void
test_field_is_cut(void)
{
	g_autoptr(GString) block = g_string_new("A: ");
	MimeFields fields;
	MimeField field;

	for (int i = 0; i < LIMIT_HEADER_FIELD; i++)
		g_string_append_c(block, 'x');
	g_string_append(block, "\nB: y\n");
	mime_fields_init(&fields, block->str, block->len);
	g_assert_true(mime_fields_next(&fields, &field));
	g_assert_cmpuint(field.value_length, <, LIMIT_HEADER_FIELD);
	g_assert_true(fields.limited);
	g_assert_true(mime_fields_next(&fields, &field));
	g_assert_true(mime_field_is(&field, "b"));
}

/* --- Text --- */

typedef struct {
	const char *raw, *text;
} Pair;

static const Pair texts[] = {
	{"plain", "plain"},
	{"  two \r\n words\t", "two  words"},
	{"=?utf-8?Q?caf=C3=A9?=", "café"},
	{"=?UTF-8?b?Y2Fmw6k=?= x", "café x"},
	{"a =?iso-8859-1?q?=E9_=e8?= b", "a é è b"},
	/* One character in two words. */
	{"=?utf-8?Q?caf=C3?=\r\n =?utf-8?Q?=A9?=", "café"},
	{"=?utf-8?B?w6k=?= =?utf-8?B?w6k=?=", "éé"},
	{"=?utf-8?Q?a?= =?iso-8859-1?Q?=E9?=", "aé"},
	/* Without padding; with a language; with blanks and '?' that should have been encoded. */
	{"=?utf-8?B?w6k?=", "é"},
	{"=?utf-8*en?Q?hi?=", "hi"},
	{"=?utf-8?Q?a b?=", "a b"},
	{"=?utf-8?Q?what?\?=", "what?"},
	/* No words. */
	{"=?utf-8?X?a?=", "=?utf-8?X?a?="},
	{"=?utf-8?Q?open", "=?utf-8?Q?open"},
	{"=?\?Q?a?=", "=?\?Q?a?="},
	{"=?", "=?"},
	/* Glued to text. */
	{"(=?utf-8?Q?x?=)", "(x)"},
	/* Raw 8-bit. */
	{"caf\303\251", "café"},
	{"caf\351", "café"},
	/* Line ends and NUL that were encoded. */
	{"=?utf-8?Q?a=0D=0ABcc:_x=00y?=", "a\357\277\275\357\277\275Bcc: x\357\277\275y"},
	/* A charset nobody may ask iconv for. */
	{"=?../../x//TRANSLIT?Q?a=41?=", "aA"},
};

static void
test_text(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *text = mime_decode_text(texts[i].raw, -1);
		g_assert_cmpstr(text, ==, texts[i].text);
	}
}

/* A multi-byte charset with state, split between words. */
static void
test_text_iso_2022_jp(void)
{
	g_autofree char *text =
		mime_decode_text("=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?= =?ISO-2022-JP?B?GyRCOGwbKEI=?=", -1);

	g_assert_cmpstr(text, ==, "日本語");
}

static void
test_text_word_limit(void)
{
	g_autoptr(GString) raw = g_string_new(NULL);
	g_autofree char *text = NULL;

	for (int i = 0; i < LIMIT_ENCODED_WORDS + 5; i++)
		g_string_append(raw, "=?utf-8?Q?a?= ");
	text = mime_decode_text(raw->str, -1);
	g_assert_true(g_str_has_prefix(text, "aaaa"));
	g_assert_nonnull(strstr(text, "=?utf-8?Q?a?="));
}

/* --- Addresses --- */

/* A list as "name|address|group;..." */
static char *
flatten(const char *raw, gboolean *damaged)
{
	g_autoptr(GPtrArray) list = mime_parse_addresses(raw, -1, damaged);
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < list->len; i++) {
		const MimeAddress *address = g_ptr_array_index(list, i);
		g_string_append_printf(
			out, "%s%s|%s", i ? "; " : "", address->name ? address->name : "", address->address);
		if (address->group != NULL)
			g_string_append_printf(out, "|%s", address->group);
	}
	return g_string_free(out, FALSE);
}

static const Pair addresses[] = {
	{"a@b.c", "|a@b.c"},
	{"Ada Byron <ada@b.c>", "Ada Byron|ada@b.c"},
	{"\"Byron, Ada\" <ada@b.c>, x@y", "Byron, Ada|ada@b.c; |x@y"},
	{"ada@b.c (Ada Byron)", "Ada Byron|ada@b.c"},
	{"ada@b.c (nested (comment) here)", "nested (comment) here|ada@b.c"},
	{"=?utf-8?Q?Andr=C3=A9?= <a@b>", "André|a@b"},
	/* Decoded in phrases only; a comma in an encoded word parts nothing. */
	{"=?utf-8?Q?Doe,_John?= <a@b>", "Doe, John|a@b"},
	{"\"=?utf-8?Q?Andr=C3=A9?=\" <a@b>", "André|a@b"},
	{"=?utf-8?Q?evil=40x?=@b.c", "|=?utf-8?Q?evil=40x?=@b.c"},
	/* Obsolete and careless forms. */
	{"<@route.a,@route.b:ada@b.c>", "|ada@b.c"},
	{"ada @ b . c", "|ada@b.c"},
	{"\"quoted local\"@b.c", "|\"quoted local\"@b.c"},
	{"ada@[127.0.0.1]", "|ada@[127.0.0.1]"},
	{"J. R. Hacker <j@b>", "J. R. Hacker|j@b"},
	{"a@b; c@d", "|a@b; |c@d"},
	{", ,a@b,,", "|a@b"},
	{"mailto:a@b", "|a@b"},
	{"root", "|root"},
	{"<a@b>", "|a@b"},
	{"Name <>", "Name|"},
	/* Groups. */
	{"undisclosed-recipients:;", "||undisclosed-recipients"},
	{"Friends: a@b, C <c@d>;, e@f", "|a@b|Friends; C|c@d|Friends; |e@f"},
	/* Raw 8-bit names. */
	{"Andr\351 <a@b>", "André|a@b"},
	{"", ""},
};

static void
test_addresses(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(addresses); i++) {
		g_autofree char *flat = flatten(addresses[i].raw, NULL);
		g_assert_cmpstr(flat, ==, addresses[i].text);
	}
}

static void
test_addresses_broken(void)
{
	static const Pair rows[] = {
		{"Ada ada@b.c", "Ada|ada@b.c"},
		{"Ada <ada@b.c", "Ada|ada@b.c"},
		{"\"Ada <ada@b.c>", "Ada|ada@b.c"},
		{"two words", "two words|"},
		{"Ada <a@b> Bob <c@d>", "Ada|a@b; |c@d"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		gboolean damaged = FALSE;
		g_autofree char *flat = flatten(rows[i].raw, &damaged);
		g_assert_cmpstr(flat, ==, rows[i].text);
		g_assert_true(damaged);
	}
}

static void
test_addresses_cut_at_every_size(void)
{
	static const char raw[] =
		"G: =?utf-8?B?w6k=?= \"q\\\"x\" (c(d)) <@a:\"l\\\"\"@b.c>, x@[1.2];, y@z (n)";

	for (gsize size = 0; size < sizeof raw; size++) {
		g_autofree char *copy = g_memdup2(raw, size + 1);
		g_autoptr(GPtrArray) list = mime_parse_addresses(copy, (gssize)size, NULL);
		for (guint i = 0; i < list->len; i++)
			g_assert_nonnull(((MimeAddress *)g_ptr_array_index(list, i))->address);
	}
}

static char *
repeat(const char *text, guint count)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < count; i++)
		g_string_append(out, text);
	return g_string_free(out, FALSE);
}

/* Parsers that recurse lose their stack here. */
static void
test_addresses_nested_groups(void)
{
	g_autofree char *raw = repeat("g:", 100000);
	gboolean damaged = FALSE;
	g_autoptr(GPtrArray) list = mime_parse_addresses(raw, -1, &damaged);

	g_assert_cmpuint(list->len, <=, 2);
	g_assert_true(damaged);
}

static void
test_addresses_nested_comments(void)
{
	g_autofree char *open = repeat("(", 100000);
	g_autofree char *raw = g_strconcat("a@b ", open, NULL);
	gboolean damaged = FALSE;
	g_autoptr(GPtrArray) list = mime_parse_addresses(raw, -1, &damaged);

	g_assert_cmpuint(list->len, ==, 1);
	g_assert_true(damaged);
}

static void
test_addresses_limit(void)
{
	g_autofree char *raw = repeat("a@b,", LIMIT_ADDRESSES + 100);
	gboolean damaged = FALSE;
	g_autoptr(GPtrArray) list = mime_parse_addresses(raw, -1, &damaged);

	g_assert_cmpuint(list->len, ==, LIMIT_ADDRESSES);
	g_assert_true(damaged);
}

/* Many things that begin and never end: time must not grow with the square. */
static void
test_headers_in_linear_time(void)
{
	static const char *const rows[] = {
		"=?a?q?", "=?", "<", "\"", "(", "=?a?q?b?\?", "a:", "<a", "\\", "@", "a "};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *raw = repeat(rows[i], LIMIT_HEADER_FIELD / (guint)strlen(rows[i]));
		gint64 start = g_get_monotonic_time();
		g_autoptr(GPtrArray) list = mime_parse_addresses(raw, -1, NULL);
		g_autoptr(GPtrArray) ids = mime_parse_message_ids(raw, -1);
		g_autofree char *text = mime_decode_text(raw, -1);
		g_assert_nonnull(list);
		g_assert_nonnull(ids);
		g_assert_nonnull(text);
		g_assert_cmpint(g_get_monotonic_time() - start, <, 5 * G_USEC_PER_SEC);
	}
}

static void
test_same_address(void)
{
	g_assert_true(mime_address_same("Ada@Example.org", "ada@example.ORG"));
	g_assert_true(mime_address_same("a@b\303\274cher.example", "a@xn--bcher-kva.example"));
	g_assert_false(mime_address_same("a@b", "a@c"));
	g_assert_false(mime_address_same("a", "b"));
}

static void
test_format(void)
{
	g_autoptr(GPtrArray) list = mime_parse_addresses("\"B, A\" <a@b>, c@d, E \\\"F\\\" <e@f>", -1, NULL);
	g_autofree char *text = mime_format_addresses(list);

	g_assert_true(g_str_has_prefix(text, "\"B, A\" <a@b>, c@d, "));
}

/* --- Ids, lists --- */

static char *
join(GPtrArray *strings)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < strings->len; i++)
		g_string_append_printf(out, "%s%s", i ? " " : "", (char *)g_ptr_array_index(strings, i));
	g_ptr_array_unref(strings);
	return g_string_free(out, FALSE);
}

static void
test_ids(void)
{
	static const Pair rows[] = {
		{"<a@b>", "a@b"},
		{"<a@b> <c@d>\r\n\t<e@f>", "a@b c@d e@f"},
		{"<a@b><a@b>", "a@b"},
		{"Your message of Monday <a@b>", "a@b"},
		{"<a@\r\n b>", "a@b"},
		{"a@b", "a@b"},
		{"no id", ""},
		{"<<a@b>", "a@b"},
		{"<>", ""},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *ids = join(mime_parse_message_ids(rows[i].raw, -1));
		g_assert_cmpstr(ids, ==, rows[i].text);
	}
}

static void
test_ids_limit(void)
{
	g_autoptr(GString) raw = g_string_new(NULL);
	g_autoptr(GPtrArray) ids = NULL;

	for (int i = 0; i < 5000; i++)
		g_string_append_printf(raw, "<%d@x> ", i);
	ids = mime_parse_message_ids(raw->str, -1);
	g_assert_cmpuint(ids->len, ==, LIMIT_REFERENCES_FIRST + LIMIT_REFERENCES_LAST);
	g_assert_cmpstr(g_ptr_array_index(ids, 0), ==, "0@x");
	g_assert_cmpstr(g_ptr_array_index(ids, 1), ==, "4900@x");
	g_assert_cmpstr(g_ptr_array_index(ids, ids->len - 1), ==, "4999@x");
}

static void
test_list_id(void)
{
	g_autofree char *name = NULL;
	g_autofree char *id =
		mime_parse_list_id("\"=?utf-8?Q?Caf=C3=A9?= list\" <Cafe.Lists.Example.ORG>", -1, &name);
	g_autofree char *bare = mime_parse_list_id("dev.example.org", -1, NULL);
	g_autofree char *urls = join(mime_parse_list_urls("<mailto:a@b>, <https://x/y>", -1));

	g_assert_cmpstr(id, ==, "cafe.lists.example.org");
	g_assert_cmpstr(name, ==, "Café list");
	g_assert_cmpstr(bare, ==, "dev.example.org");
	g_assert_cmpstr(urls, ==, "mailto:a@b https://x/y");
}

/* --- Subjects --- */

static void
test_base_subject(void)
{
	static const Pair rows[] = {
		{"hello", "hello"},
		{"Re: hello", "hello"},
		{"RE: re:  AW: Antw: hello", "hello"},
		{"Re[2]: hello", "hello"},
		{"Re^3: hello", "hello"},
		{"Re(2): hello", "hello"},
		{"[list] Re: [list] hello", "hello"},
		{"Re: [list] hello", "hello"},
		{"[only]", "[only]"},
		{"Fwd: hello (fwd)", "hello"},
		{"[Fwd: Re: hello]", "hello"},
		{"回复：你好", "你好"},
		{"答复: Re: 你好", "你好"},
		{"SV: VS: Odp: RIF: WG: TR: x", "x"},
		{"Regarding: this", "Regarding: this"},
		{"Re : x", "x"},
		{"Re:", ""},
		{"a \t b\r\n c", "a b c"},
		{"", ""},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *base = mime_base_subject(rows[i].raw, NULL);
		g_assert_cmpstr(base, ==, rows[i].text);
	}
}

static void
test_base_subject_says_reply(void)
{
	gboolean replied = FALSE;

	g_free(mime_base_subject("[list] hello", &replied));
	g_assert_false(replied);
	g_free(mime_base_subject("[list] aw: hello", &replied));
	g_assert_true(replied);
}

static void
test_priority(void)
{
	g_assert_cmpint(mime_priority("1 (Highest)", NULL, NULL, NULL), ==, MIME_PRIORITY_HIGH);
	g_assert_cmpint(mime_priority("3", "high", NULL, NULL), ==, MIME_PRIORITY_HIGH);
	g_assert_cmpint(mime_priority(NULL, NULL, "non-urgent", NULL), ==, MIME_PRIORITY_LOW);
	g_assert_cmpint(mime_priority(NULL, NULL, NULL, " High"), ==, MIME_PRIORITY_HIGH);
	g_assert_cmpint(mime_priority("3", "normal", "urgently", NULL), ==, MIME_PRIORITY_NORMAL);
	g_assert_cmpint(mime_priority(NULL, NULL, NULL, NULL), ==, MIME_PRIORITY_NORMAL);
}

/* --- What a name may claim --- */

static void
test_sender(void)
{
	static const struct {
		const char *name, *address;
		gboolean several;
		const char *shown;
	} rows[] = {
		{"Ada", "a@b.example", FALSE, "Ada"},
		{NULL, "a@b.example", FALSE, "a@b.example"},
		{"Ada", "a@b.example", TRUE, "a@b.example"},
		{"boss@bank.example", "a@b.example", FALSE, "a@b.example"},
		{"boss\357\274\240bank.example", "a@b.example", FALSE, "a@b.example"},
		{"mybank.com", "a@evil.example", FALSE, "a@evil.example"},
		{"mybank.com", "a@mail.mybank.com", FALSE, "mybank.com"},
		{"mybank.com", "a@notmybank.com", FALSE, "a@notmybank.com"},
		{"J.R.R. Tolkien", "t@b.example", FALSE, "J.R.R. Tolkien"},
		{"a\033[31mb", "a@b.example", FALSE, "a\357\277\275[31mb"},
		{"Bob\342\200\256", "a@b.example", FALSE, "Bob\357\277\275"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *shown = mime_sender_display(rows[i].name, rows[i].address, rows[i].several);
		g_assert_cmpstr(shown, ==, rows[i].shown);
	}
}

static void
test_domains(void)
{
	static const Pair rows[] = {
		{"example.org", "example.org"},
		{"b\303\274cher.example", "bücher.example"},
		{"xn--bcher-kva.example", "bücher.example"},
		{"почта.рф", "почта.рф"},
		{"日本語.jp", "日本語.jp"},
		/* Latin with a Cyrillic a. */
		{"p\320\260ypal.com", "xn--pypal-4ve.com"},
		/* Cyrillic letters only, all of which look like Latin ones. */
		{"\321\201\320\265\321\205.com", "xn--e1a8b9a.com"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows) - 1; i++) {
		g_autofree char *shown = mime_domain_display(rows[i].raw);
		g_assert_cmpstr(shown, ==, rows[i].text);
	}
	{
		g_autofree char *shown = mime_domain_display(rows[G_N_ELEMENTS(rows) - 1].raw);
		g_assert_true(g_str_has_prefix(shown, "xn--"));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mime/fields/split", test_fields);
	g_test_add_func("/mime/fields/junk-is-skipped", test_fields_junk_is_skipped);
	g_test_add_func("/mime/fields/cut-at-every-size", test_fields_cut_at_every_size);
	g_test_add_func("/mime/fields/limits", test_fields_limits);
	g_test_add_func("/mime/fields/long-field-is-cut", test_field_is_cut);
	g_test_add_func("/mime/text/decoded", test_text);
	g_test_add_func("/mime/text/iso-2022-jp", test_text_iso_2022_jp);
	g_test_add_func("/mime/text/word-limit", test_text_word_limit);
	g_test_add_func("/mime/addresses/read", test_addresses);
	g_test_add_func("/mime/addresses/broken", test_addresses_broken);
	g_test_add_func("/mime/addresses/cut-at-every-size", test_addresses_cut_at_every_size);
	g_test_add_func("/mime/addresses/nested-groups", test_addresses_nested_groups);
	g_test_add_func("/mime/addresses/nested-comments", test_addresses_nested_comments);
	g_test_add_func("/mime/addresses/limit", test_addresses_limit);
	g_test_add_func("/mime/addresses/linear-time", test_headers_in_linear_time);
	g_test_add_func("/mime/addresses/same", test_same_address);
	g_test_add_func("/mime/addresses/format", test_format);
	g_test_add_func("/mime/ids/read", test_ids);
	g_test_add_func("/mime/ids/limit", test_ids_limit);
	g_test_add_func("/mime/list/id", test_list_id);
	g_test_add_func("/mime/subject/base", test_base_subject);
	g_test_add_func("/mime/subject/says-reply", test_base_subject_says_reply);
	g_test_add_func("/mime/priority", test_priority);
	g_test_add_func("/mime/sender/display", test_sender);
	g_test_add_func("/mime/sender/domains", test_domains);
	return g_test_run();
}
