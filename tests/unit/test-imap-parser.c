/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "imap/folders.h"
#include "imap/response.h"
#include "imap/results.h"
#include "util/fault.h"
#include "util/limits.h"

static void
begin(ImapParser *parser, const char *text)
{
	imap_parser_init_slice(parser, (ImapSlice){text, strlen(text)});
}

static char *
text_of(ImapSlice slice)
{
	return slice.data ? g_strndup(slice.data, slice.length) : g_strdup("NIL");
}

/* ---- tokens ---- */

static void
test_numbers(void)
{
	static const struct {
		const char *text;
		gboolean ok32, ok63;
	} rows[] = {
		{"0", TRUE, TRUE},
		{"4294967295", TRUE, TRUE},
		{"4294967296", FALSE, TRUE},
		{"9223372036854775807", FALSE, TRUE},
		{"9223372036854775808", FALSE, FALSE},
		{"99999999999999999999999999999", FALSE, FALSE},
		{"-1", FALSE, FALSE},
		{"+1", FALSE, FALSE},
		{"", FALSE, FALSE},
		{"x", FALSE, FALSE},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(ImapParser) a;
		g_auto(ImapParser) b;
		guint32 small;
		guint64 large;
		begin(&a, rows[i].text);
		begin(&b, rows[i].text);
		g_test_message("%s", rows[i].text);
		g_assert_cmpint(imap_take_number(&a, &small), ==, rows[i].ok32);
		g_assert_cmpint(imap_take_number63(&b, &large), ==, rows[i].ok63);
	}
}

static void
test_sizes_saturate(void)
{
	g_auto(ImapParser) parser;
	guint64 size;

	begin(&parser, "99999999999999999999");
	g_assert_true(imap_take_size(&parser, &size));
	g_assert_cmpuint(size, ==, G_MAXINT64);
}

static void
test_strings(void)
{
	static const struct {
		const char *text;
		const char *expected; /* NULL: none */
	} rows[] = {
		{"\"a b\"", "a b"},
		{"\"\"", ""},
		{"\"a\\\"b\\\\c\"", "a\"b\\c"},
		{"\"\xc3\xa4\"", "\xc3\xa4"},
		{"NIL", "NIL"},
		{"nil", "NIL"},
		{"\"open", NULL},
		{"\"open\\\"", NULL},
		{"\"open\\", NULL},
		{"atom", NULL},
		{"{3}", NULL},
		{"", NULL},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(ImapParser) parser;
		ImapSlice slice;
		gboolean ok;
		begin(&parser, rows[i].text);
		g_test_message("%s", rows[i].text);
		ok = imap_take_nstring(&parser, &slice);
		g_assert_cmpint(ok, ==, rows[i].expected != NULL);
		if (ok) {
			g_autofree char *text = text_of(slice);
			g_assert_cmpstr(text, ==, rows[i].expected);
		}
	}
}

static char *
nested(guint depth)
{
	g_autofree char *open = g_strnfill(depth, '(');
	g_autofree char *shut = g_strnfill(depth, ')');

	return g_strconcat(open, shut, NULL);
}

static void
test_nesting_is_limited(void)
{
	static const struct {
		guint depth;
		gboolean ok;
	} rows[] = {{1, TRUE}, {LIMIT_IMAP_NESTING, TRUE}, {LIMIT_IMAP_NESTING + 1, FALSE}, {1000000, FALSE}};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = nested(rows[i].depth);
		g_auto(ImapParser) parser;
		begin(&parser, text);
		g_assert_cmpint(imap_skip_value(&parser), ==, rows[i].ok);
	}
}

static void
test_flags(void)
{
	g_auto(ImapParser) parser;
	ImapFlags flags;

	imap_flags_init(&flags);
	begin(&parser, "( \\SEEN \\Flagged $Label1 \\Odd NonJunk a[1] )");
	g_assert_true(imap_take_flags(&parser, &flags, NULL));
	g_assert_cmpuint(flags.system, ==, IMAP_FLAG_SEEN | IMAP_FLAG_FLAGGED);
	g_assert_cmpuint(flags.keywords->len, ==, 4);
	g_assert_cmpstr(g_ptr_array_index(flags.keywords, 0), ==, "$Label1");
	g_assert_cmpstr(g_ptr_array_index(flags.keywords, 3), ==, "a[1]");
	imap_flags_clear(&flags);
}

static void
test_keywords_are_limited(void)
{
	g_autoptr(GString) text = g_string_new("(");
	g_auto(ImapParser) parser;
	ImapFlags flags;

	for (int i = 0; i < LIMIT_KEYWORDS_MESSAGE + 50; i++)
		g_string_append_printf(text, "k%d ", i);
	g_string_append(text, "\\Seen)");
	imap_flags_init(&flags);
	begin(&parser, text->str);
	g_assert_true(imap_take_flags(&parser, &flags, NULL));
	g_assert_cmpuint(flags.keywords->len, ==, LIMIT_KEYWORDS_MESSAGE);
	g_assert_cmpuint(flags.system, ==, IMAP_FLAG_SEEN);
	imap_flags_clear(&flags);
}

/* ---- lines ---- */

static const struct {
	const char *text;
	gboolean ok;
	ImapLineKind kind;
	ImapAnswer answer;
	ImapCode code;
	const char *args;
	const char *words;
	ImapData data;
	guint32 number;
} lines[] = {
	{"* OK ready", TRUE, IMAP_LINE_STATUS, IMAP_ANSWER_OK, IMAP_CODE_NONE, "", "ready"},
	{"* ok", TRUE, IMAP_LINE_STATUS, IMAP_ANSWER_OK, IMAP_CODE_NONE, "", ""},
	{"* OK [UIDNEXT 5] next", TRUE, IMAP_LINE_STATUS, IMAP_ANSWER_OK, IMAP_CODE_UIDNEXT, " 5", "next"},
	{"* OK [UIDNEXT 5]", TRUE, IMAP_LINE_STATUS, IMAP_ANSWER_OK, IMAP_CODE_UIDNEXT, " 5", ""},
	{"* OK [XYZ a b] hi", TRUE, IMAP_LINE_STATUS, IMAP_ANSWER_OK, IMAP_CODE_OTHER, " a b", "hi"},
	{"* OK [never ends", TRUE, IMAP_LINE_STATUS, IMAP_ANSWER_OK, IMAP_CODE_NONE, "", "[never ends"},
	{"* OK [PERMANENTFLAGS (a[1] \\*)] x", TRUE, IMAP_LINE_STATUS, IMAP_ANSWER_OK,
		IMAP_CODE_PERMANENTFLAGS, " (a[1] \\*)", "x"},
	{"* BYE [UNAVAILABLE] gone", TRUE, IMAP_LINE_STATUS, IMAP_ANSWER_BYE, IMAP_CODE_UNAVAILABLE, "",
		"gone"},
	{"* PREAUTH hi", TRUE, IMAP_LINE_STATUS, IMAP_ANSWER_PREAUTH, IMAP_CODE_NONE, "", "hi"},
	{"P1 NO [AUTHENTICATIONFAILED] no", TRUE, IMAP_LINE_TAGGED, IMAP_ANSWER_NO,
		IMAP_CODE_AUTHENTICATIONFAILED, "", "no"},
	{"P1 BAD", TRUE, IMAP_LINE_TAGGED, IMAP_ANSWER_BAD, IMAP_CODE_NONE, "", ""},
	{"+ abc", TRUE, IMAP_LINE_CONTINUE, IMAP_ANSWER_NONE, IMAP_CODE_NONE, "", "abc"},
	{"+", TRUE, IMAP_LINE_CONTINUE, IMAP_ANSWER_NONE, IMAP_CODE_NONE, "", ""},
	{"* 12 EXISTS", TRUE, IMAP_LINE_DATA, IMAP_ANSWER_NONE, IMAP_CODE_NONE, "", "", IMAP_DATA_EXISTS, 12},
	{"* 0 EXISTS", TRUE, IMAP_LINE_DATA, IMAP_ANSWER_NONE, IMAP_CODE_NONE, "", "", IMAP_DATA_EXISTS, 0},
	{"* 3 FETCH (x)", TRUE, IMAP_LINE_DATA, IMAP_ANSWER_NONE, IMAP_CODE_NONE, "", "", IMAP_DATA_FETCH, 3},
	{"* 7 OK hi", TRUE, IMAP_LINE_DATA, IMAP_ANSWER_NONE, IMAP_CODE_NONE, "", "", IMAP_DATA_UNKNOWN, 7},
	{"* XLOVE you", TRUE, IMAP_LINE_DATA, IMAP_ANSWER_NONE, IMAP_CODE_NONE, "", "", IMAP_DATA_UNKNOWN, 0},
	{"* list ()", TRUE, IMAP_LINE_DATA, IMAP_ANSWER_NONE, IMAP_CODE_NONE, "", "", IMAP_DATA_LIST, 0},
	{"* 0 FETCH (x)", FALSE},
	{"* 0 EXPUNGE", FALSE},
	{"* 4294967296 EXISTS", FALSE},
	{"* 5", FALSE},
	{"* ", FALSE},
	{"*", FALSE},
	{"", FALSE},
	{"P1", FALSE},
	{"P1 WHAT", FALSE},
	{"P1 BYE", FALSE},
	{"P1 PREAUTH", FALSE},
};

static void
test_lines(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autoptr(GError) error = NULL;
		g_auto(ImapParser) parser;
		g_autofree char *args = NULL;
		g_autofree char *words = NULL;
		ImapLine line;
		begin(&parser, lines[i].text);
		g_test_message("%s", lines[i].text);
		g_assert_cmpint(imap_line_parse(&parser, &line, &error), ==, lines[i].ok);
		if (!lines[i].ok) {
			g_assert_error(error, POSTHORN_FAULT, FAULT_PROTOCOL);
			continue;
		}
		args = line.code_args.data ? text_of(line.code_args) : g_strdup("");
		words = line.text.data ? text_of(line.text) : g_strdup("");
		g_assert_cmpint(line.kind, ==, lines[i].kind);
		g_assert_cmpint(line.answer, ==, lines[i].answer);
		g_assert_cmpint(line.code, ==, lines[i].code);
		g_assert_cmpstr(args, ==, lines[i].args);
		g_assert_cmpstr(words, ==, lines[i].words);
		g_assert_cmpint(line.data, ==, lines[i].data);
		g_assert_cmpuint(line.number, ==, lines[i].number);
	}
}

/* "from>to" pairs of a COPYUID, or NULL where it does not count. */
static const struct {
	const char *args;
	const char *asked;
	const char *pairs;
} copies[] = {
	{"38505 304,319:320 3956:3958", "300:400", "304>3956 319>3957 320>3958 "},
	{"1 5 9", "5", "5>9 "},
	{"1 320,304 7:8", "304,320", "320>7 304>8 "},
	{"1 4:2 9:7", "2:4", "4>9 3>8 2>7 "},
	{"1 5,6 9,10", "5,7", "5>9 "},
	{"1 5:6 9", "5:6", NULL},
	{"0 5 9", "5", NULL},
	{"1 0 9", "5", NULL},
	{"1 5 0", "5", NULL},
	{"1 5", "5", NULL},
	{"1", "5", NULL},
	{"", "5", NULL},
	{"1 1:4294967295 1:4294967295", "5", NULL},
	{"1 5 4294967296", "5", NULL},
	{"1 a b", "5", NULL},
};

static void
test_copyuid(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(copies); i++) {
		g_autoptr(ImapSet) asked = imap_set_parse(copies[i].asked, -1, 0, NULL);
		g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(ImapUidPair));
		g_autoptr(GString) out = g_string_new(NULL);
		ImapLine line = {.code_args = {copies[i].args, strlen(copies[i].args)}};
		guint32 uidvalidity;
		gboolean ok = imap_code_copyuid(&line, asked, &uidvalidity, pairs);
		g_test_message("%s", copies[i].args);
		g_assert_cmpint(ok, ==, copies[i].pairs != NULL);
		for (guint j = 0; ok && j < pairs->len; j++) {
			const ImapUidPair *pair = &g_array_index(pairs, ImapUidPair, j);
			g_string_append_printf(out, "%u>%u ", pair->from, pair->to);
		}
		if (ok)
			g_assert_cmpstr(out->str, ==, copies[i].pairs);
	}
}

/* ---- folders ---- */

static const struct {
	const char *text;
	const char *raw; /* NULL: malformed */
	const char *name;
	char delimiter;
	guint attributes;
	const char *role;
} folders[] = {
	{"(\\HasNoChildren) \"/\" INBOX", "INBOX", "INBOX", '/', IMAP_FOLDER_HAS_NO_CHILDREN, "inbox"},
	{"() \".\" inbox", "INBOX", "INBOX", '.', 0, "inbox"},
	{"() NIL \"a b\"", "a b", "a b", 0, 0, NULL},
	{"(\\Sent \\Subscribed) \"/\" \"Entw&APw-rfe\"", "Entw&APw-rfe", "Entw\xc3\xbcrfe", '/',
		IMAP_FOLDER_SUBSCRIBED, "sent"},
	{"(\\NonExistent) \"/\" x", "x", "x", '/', IMAP_FOLDER_NOSELECT | IMAP_FOLDER_NONEXISTENT, NULL},
	{"(\\HasChildren) \"\\\\\" a\\b", "a\\b", "a\\b", '\\', IMAP_FOLDER_HAS_CHILDREN, NULL},
	{"() \"/\" [Gmail]/Spam", "[Gmail]/Spam", "[Gmail]/Spam", '/', 0, NULL},
	{"() \"/\" a (\"CHILDINFO\" (\"SUBSCRIBED\"))", "a", "a", '/', 0, NULL},
	{"() \"/\" \"&bad\"", "&bad", "&bad", '/', 0, NULL},
	{"() \"/\" \"\"", "", "", '/', 0, NULL},
	{"() \"//\" a", NULL},
	{"() \"/\"", NULL},
	{"(\\x \"/\" a", NULL},
	{"\"/\" a", NULL},
	{"", NULL},
};

static void
test_folders(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
		g_autoptr(GError) error = NULL;
		g_auto(ImapParser) parser;
		g_autoptr(ImapFolder) folder = NULL;
		begin(&parser, folders[i].text);
		g_test_message("%s", folders[i].text);
		folder = imap_folder_parse(&parser, &error);
		if (folders[i].raw == NULL) {
			g_assert_null(folder);
			g_assert_error(error, POSTHORN_FAULT, FAULT_PROTOCOL);
			continue;
		}
		g_assert_no_error(error);
		g_assert_cmpstr(folder->raw, ==, folders[i].raw);
		g_assert_cmpstr(folder->name, ==, folders[i].name);
		g_assert_cmpint(folder->delimiter, ==, folders[i].delimiter);
		g_assert_cmpuint(folder->attributes, ==, folders[i].attributes);
		g_assert_cmpstr(folder->role, ==, folders[i].role);
	}
}

static void
test_status(void)
{
	g_autofree char *name = NULL;
	g_auto(ImapParser) parser;
	ImapStatus status;

	begin(&parser,
		"\"a b\" (MESSAGES 17 UIDNEXT 99999999999 X-NEW (1 2) UNSEEN 2 HIGHESTMODSEQ 7 SIZE 5 )");
	g_assert_true(imap_status_parse(&parser, &name, &status, NULL));
	g_assert_cmpstr(name, ==, "a b");
	g_assert_cmpuint(status.has, ==,
		IMAP_STATUS_MESSAGES | IMAP_STATUS_UNSEEN | IMAP_STATUS_HIGHESTMODSEQ | IMAP_STATUS_SIZE);
	g_assert_cmpuint(status.messages, ==, 17);
	g_assert_cmpuint(status.unseen, ==, 2);
	g_assert_cmpuint(status.highestmodseq, ==, 7);
}

static void
test_namespace(void)
{
	static const struct {
		const char *text;
		const char *prefix; /* NULL: malformed */
		char delimiter;
		const char *others; /* a bar behind each */
	} rows[] = {
		{"((\"\" \"/\")) NIL NIL", "", '/', ""},
		{"((\"INBOX.\" \".\")(\"#mh/\" \"/\")) ((\"~\" \"/\")) NIL", "INBOX.", '.', "#mh/|~|"},
		{"((\"\" \"/\")) ((\"Other Users/\" \"/\" \"X\" (\"a\" \"b\"))) ((\"\" \"/\") (\"Shared/\" "
		 "\"/\"))",
			"", '/', "Other Users/|Shared/|"},
		{"NIL NIL ((\"Public.\" NIL))", "", 0, "Public.|"},
		{"NIL NIL NIL", "", 0, ""},
		{"((\"\" NIL)) NIL NIL", "", 0, ""},
		{"(()) NIL NIL", NULL, 0, NULL},
		{"((\"\" \"/\") NIL NIL", NULL, 0, NULL},
		{"((\"\" \"/\")) NIL", NULL, 0, NULL},
		{"", NULL, 0, NULL},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func(g_free);
		g_autoptr(GString) names = g_string_new(NULL);
		g_autofree char *prefix = NULL;
		g_auto(ImapParser) parser;
		char delimiter;
		gboolean ok;
		begin(&parser, rows[i].text);
		ok = imap_namespace_parse(&parser, &prefix, &delimiter, others, NULL);
		g_assert_cmpint(ok, ==, rows[i].prefix != NULL);
		if (!ok)
			continue;
		g_assert_cmpstr(prefix, ==, rows[i].prefix);
		g_assert_cmpint(delimiter, ==, rows[i].delimiter);
		for (guint n = 0; n < others->len; n++)
			g_string_append_printf(names, "%s|", (char *)others->pdata[n]);
		g_assert_cmpstr(names->str, ==, rows[i].others);
	}
}

/* ---- results ---- */

static void
test_search(void)
{
	static const struct {
		const char *text;
		gboolean extended;
		const char *expected; /* NULL: malformed */
	} rows[] = {
		{" 5 3 4", FALSE, "3:5"},
		{"", FALSE, ""},
		{" 7 ", FALSE, "7"},
		{" 2 5 (MODSEQ 917)", FALSE, "2,5"},
		{" 0", FALSE, NULL},
		{" 1,2", FALSE, NULL},
		{" 4294967296", FALSE, NULL},
		{" (TAG \"P1\") UID ALL 2,10:11", TRUE, "2,10:11"},
		{" (TAG \"P1\") UID", TRUE, ""},
		{" UID COUNT 3 MODSEQ 9 ALL 1:4294967295", TRUE, "1:4294967295"},
		{" (TAG \"P1\") UID ALL x", TRUE, NULL},
		{" (TAG \"P1\") UID MIN", TRUE, NULL},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(ImapSet) set = imap_set_new();
		g_auto(ImapParser) parser;
		gboolean ok;
		begin(&parser, rows[i].text);
		g_test_message("%s", rows[i].text);
		ok = rows[i].extended ? imap_esearch_parse(&parser, set, NULL)
				      : imap_search_parse(&parser, set, NULL);
		g_assert_cmpint(ok, ==, rows[i].expected != NULL);
		if (ok) {
			g_autofree char *text = imap_set_string(set);
			g_assert_cmpstr(text, ==, rows[i].expected);
		}
	}
}

static void
test_vanished(void)
{
	static const struct {
		const char *text;
		gboolean earlier;
		const char *expected;
	} rows[] = {
		{" (EARLIER) 41,43:116", TRUE, "41,43:116"},
		{" 405", FALSE, "405"},
		{" 1:4294967295", FALSE, "1:4294967295"},
		{" (LATER) 4", TRUE, NULL},
		{" ", FALSE, NULL},
		{" 0", FALSE, NULL},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(ImapSet) set = NULL;
		g_auto(ImapParser) parser;
		gboolean earlier, ok;
		begin(&parser, rows[i].text);
		ok = imap_vanished_parse(&parser, &earlier, &set, NULL);
		g_assert_cmpint(ok, ==, rows[i].expected != NULL);
		if (ok) {
			g_autofree char *text = imap_set_string(set);
			g_assert_cmpstr(text, ==, rows[i].expected);
			g_assert_cmpint(earlier, ==, rows[i].earlier);
		}
	}
}

static void
add_pair(const char *name, const char *value, gpointer user)
{
	g_string_append_printf(user, "%s=%s;", name, value);
}

static void
test_id(void)
{
	static const struct {
		const char *text;
		const char *expected;
	} rows[] = {
		{"(\"name\" \"Dovecot\" \"os\" NIL)", "name=Dovecot;"},
		{"NIL", ""},
		{"()", ""},
		{"(\"name\")", NULL},
		{"(name x)", NULL},
		{"", NULL},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GString) out = g_string_new(NULL);
		g_auto(ImapParser) parser;
		gboolean ok;
		begin(&parser, rows[i].text);
		ok = imap_id_parse(&parser, add_pair, out, NULL);
		g_assert_cmpint(ok, ==, rows[i].expected != NULL);
		if (ok)
			g_assert_cmpstr(out->str, ==, rows[i].expected);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/imap/parser/numbers", test_numbers);
	g_test_add_func("/imap/parser/sizes-saturate", test_sizes_saturate);
	g_test_add_func("/imap/parser/strings", test_strings);
	g_test_add_func("/imap/parser/nesting-is-limited", test_nesting_is_limited);
	g_test_add_func("/imap/parser/flags", test_flags);
	g_test_add_func("/imap/parser/keywords-are-limited", test_keywords_are_limited);
	g_test_add_func("/imap/parser/lines", test_lines);
	g_test_add_func("/imap/parser/copyuid", test_copyuid);
	g_test_add_func("/imap/parser/folders", test_folders);
	g_test_add_func("/imap/parser/status", test_status);
	g_test_add_func("/imap/parser/namespace", test_namespace);
	g_test_add_func("/imap/parser/search", test_search);
	g_test_add_func("/imap/parser/vanished", test_vanished);
	g_test_add_func("/imap/parser/id", test_id);
	return g_test_run();
}
