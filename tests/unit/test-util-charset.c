/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "util/charset.h"

#include <string.h>

#include "util/limits.h"

#define BAD "\357\277\275"

static void
test_map(void)
{
	static const struct {
		const char *label, *name;
	} rows[] = {
		{"utf-8", "UTF-8"},
		{"UTF8", "UTF-8"},
		{" \"utf-8\" ", "UTF-8"},
		{"utf-8*en", "UTF-8"},
		{"us-ascii", "US-ASCII"},
		{"ANSI_X3.4-1968", "US-ASCII"},
		{"ISO-8859-1", "WINDOWS-1252"},
		{"ISO_8859-1:1987", "WINDOWS-1252"},
		{"iso8859-15", "ISO-8859-15"},
		{"iso-8859-8-i", "ISO-8859-8"},
		{"ks_c_5601-1987", "CP949"},
		{"GB2312", "GB18030"},
		{"x-sjis", "CP932"},
		{"Shift_JIS", "CP932"},
		{"cp-1251", "WINDOWS-1251"},
		{"koi8-r", "KOI8-R"},
		{"windows-950", "BIG5"},
		{"utf-7", "UTF-7"},
		{"646", "US-ASCII"},
		/* Never iconv's own syntax, nor anything like a path. */
		{"utf-8//TRANSLIT", NULL},
		{"utf-8//IGNORE", NULL},
		{"/etc/passwd", NULL},
		{"../../gconv", NULL},
		{"", NULL},
		{"-", NULL},
		{"x", NULL},
		{"x-unknown", NULL},
		{"IBM037", NULL},
		{"utf-8\n", NULL},
		{"\303\274tf-8", NULL},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpstr(charset_map(rows[i].label), ==, rows[i].name);
	g_assert_null(charset_map(NULL));
}

typedef struct {
	const char *data;
	gssize length; /* -1: NUL-terminated */
	const char *label, *text;
	gboolean guessed;
} Row;

static void
check(const Row *rows, gsize count)
{
	for (gsize i = 0; i < count; i++) {
		gsize length = rows[i].length < 0 ? strlen(rows[i].data) : (gsize)rows[i].length;
		gsize out_length;
		gboolean guessed;
		g_autofree char *text =
			charset_to_utf8(rows[i].data, length, rows[i].label, &out_length, &guessed);
		g_assert_cmpstr(text, ==, rows[i].text);
		g_assert_cmpuint(out_length, ==, strlen(text));
		g_assert_cmpint(guessed, ==, rows[i].guessed);
	}
}

static void
test_labelled(void)
{
	static const Row rows[] = {
		{"", 0, "utf-8", "", FALSE},
		{"plain", -1, "us-ascii", "plain", FALSE},
		{"Gr\303\274\303\237e", -1, "utf-8", "Grüße", FALSE},
		{"Gr\374\337e", -1, "iso-8859-1", "Grüße", FALSE},
		{"\200 5", -1, "iso-8859-1", "€ 5", FALSE},
		{"\244", -1, "iso-8859-15", "€", FALSE},
		{"\317\360\350", -1, "windows-1251", "При", FALSE},
		{"\360\322\311", -1, "koi8-r", "При", FALSE},
		{"\033$B4A;z\033(B", -1, "iso-2022-jp", "漢字", FALSE},
		{"\212\277\216\232", -1, "shift_jis", "漢字", FALSE},
		{"\272\272\327\326", -1, "gb2312", "汉字", FALSE},
		{"\272~\246r", -1, "big5", "漢字", FALSE},
		{"\307\321\261\333", -1, "euc-kr", "한글", FALSE},
		{"Hi +AOk-", -1, "utf-7", "Hi é", FALSE},
		{"\376\377\0A\0\351", 6, "utf-16", "Aé", FALSE},
		{"\0A\0\351", 4, "utf-16", "Aé", FALSE},
		{"A\0\351\0", 4, "utf-16", "Aé", FALSE},
		{"\0\0\0A", 4, "utf-32", "A", FALSE},
	};
	check(rows, G_N_ELEMENTS(rows));
}

static void
test_guessed(void)
{
	static const Row rows[] = {
		{"plain", -1, NULL, "plain", TRUE}, {"Gr\303\274n", -1, NULL, "Grün", TRUE},
		{"Gr\374n", -1, NULL, "Grün", TRUE}, {"Gr\303\274n", -1, "x-nonsense", "Grün", TRUE},
		{"Gr\374n", -1, "utf-8//TRANSLIT", "Grün", TRUE},
		{"Hi +AOk-", -1, NULL, "Hi +AOk-", TRUE}, /* never UTF-7 */
	};
	check(rows, G_N_ELEMENTS(rows));
}

static void
test_lying_labels(void)
{
	static const Row rows[] = {
		{"Gr\303\274n", -1, "us-ascii", "Grün", TRUE},
		{"Gr\374n", -1, "us-ascii", "Grün", TRUE},
		{"Gr\374n \344", -1, "utf-8", "Grün ä", TRUE},
		/* One broken character does not make it windows-1252. */
		{"\303\274\303\244\303\266 \374", -1, "utf-8", "üäö " BAD, FALSE},
		/* UTF-8 that the label cannot decode. */
		{"\343\201\202", -1, "euc-jp", "あ", TRUE},
	};
	check(rows, G_N_ELEMENTS(rows));
}

static void
test_bad_sequences(void)
{
	static const Row rows[] = {
		{"a\201b", -1, "windows-1252", "a" BAD "b", FALSE},
		{"\343\201\202\343\201", -1, "utf-8", "あ" BAD BAD, FALSE},
		{"\272\272\327", -1, "gb2312", "汉" BAD, FALSE},
		{"\377a", -1, "gb2312", BAD "a", FALSE},
		{"\0A\330\0\0B", 6, "utf-16be", "A" BAD "B", FALSE},
		{"\0A\0", 3, "utf-16be", "A" BAD, FALSE},
		{"a\0b", 3, "utf-8", "a" BAD "b", FALSE},
		{"a\0\374", 3, "iso-8859-1", "a" BAD "ü", FALSE},
		{"\033$B4", -1, "iso-2022-jp", BAD, FALSE},
	};
	check(rows, G_N_ELEMENTS(rows));
}

/* Whatever the octets and the label: valid UTF-8, within the limit. */
static void
test_any_octets_any_label(void)
{
	static const char *const labels[] = {NULL, "utf-8", "us-ascii", "iso-8859-1", "utf-7", "utf-16",
		"utf-16le", "utf-32", "iso-2022-jp", "iso-2022-jp-2", "iso-2022-kr", "iso-2022-cn",
		"hz-gb-2312", "gb18030", "big5", "big5-hkscs", "euc-tw", "euc-jp", "shift_jis", "johab",
		"viscii", "windows-1258", "tis-620"};
	guchar data[61];
	guint32 seed = 7;
	for (int round = 0; round < 3000; round++) {
		for (gsize i = 0; i < sizeof data; i++) {
			seed = seed * 1664525 + 1013904223;
			data[i] = round % 3 ? (guchar)(seed >> 24)
					    : (guchar)("\033$()+-~{}&\016\017AB!\200"[seed >> 28]);
		}
		gsize length;
		gsize size = seed % (sizeof data + 1);
		g_autofree char *text = charset_to_utf8(
			(char *)data, size, labels[round % G_N_ELEMENTS(labels)], &length, NULL);
		g_assert_true(g_utf8_validate(text, (gssize)length, NULL));
		g_assert_cmpuint(strlen(text), ==, length);
		g_assert_cmpuint(length, <=, MAX(size * LIMIT_CHARSET_GROWTH, size * strlen(BAD)));
	}
}

static void
test_long_text_crosses_the_buffer(void)
{
	g_autofree char *data = g_strnfill(100001, '\344');
	gsize length;
	g_autofree char *text = charset_to_utf8(data, 100001, "iso-8859-1", &length, NULL);
	g_assert_cmpuint(length, ==, 200002);
	for (gsize i = 0; i < length; i += 2)
		g_assert_cmpmem(text + i, 2, "ä", 2);
}

static void
test_imap_utf7(void)
{
	static const struct {
		const char *encoded, *name;
	} rows[] = {
		{"", ""},
		{"INBOX", "INBOX"},
		{"A&-B", "A&B"},
		{"&-", "&"},
		{"&-&-", "&&"},
		{"Entw&APw-rfe", "Entwürfe"},
		{"~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"}, /* RFC 3501, 5.1.3 */
		{"&2D3eAA-", "😀"},
		{"&AAE-", "\001"},
		{"&AOk-&-", "é&"},
		{"&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-", "Отправленные"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *name = charset_from_imap_utf7(rows[i].encoded);
		g_autofree char *encoded = charset_to_imap_utf7(rows[i].name);
		g_assert_cmpstr(name, ==, rows[i].name);
		g_assert_cmpstr(encoded, ==, rows[i].encoded);
	}
}

static void
test_imap_utf7_malformed(void)
{
	static const char *const rows[] = {
		"&",          /* no end */
		"&AOk",       /* no end */
		"&AO",        /* no end */
		"&A-",        /* less than a unit */
		"&AO-",       /* less than a unit */
		"&AOkA-",     /* a unit and more bits */
		"&AOl-",      /* bits that are not zero */
		"&AGE-",      /* "a" needs no base64 */
		"&ACY-",      /* nor does "&", this way */
		"&AOk-&AOk-", /* two runs that are one */
		"&AAA-",      /* NUL */
		"&2D0-",      /* half a surrogate pair */
		"&3gA-",      /* the other half */
		"&2D0AYQ-",   /* a half and a letter */
		"&A/k-",      /* "/" is "," here */
		"&AOk=-",
		"& -",
		"Entw\303\274rfe",
		"a\tb",
		"a\177",
		"\377",
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *name = charset_from_imap_utf7(rows[i]);
		g_assert_cmpstr(name, ==, NULL);
	}
	g_assert_null(charset_to_imap_utf7("\377"));
	g_assert_null(charset_to_imap_utf7("\355\240\200"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/charset/map", test_map);
	g_test_add_func("/charset/labelled", test_labelled);
	g_test_add_func("/charset/guessed", test_guessed);
	g_test_add_func("/charset/lying-labels", test_lying_labels);
	g_test_add_func("/charset/bad-sequences", test_bad_sequences);
	g_test_add_func("/charset/any-octets-any-label", test_any_octets_any_label);
	g_test_add_func("/charset/long-text-crosses-the-buffer", test_long_text_crosses_the_buffer);
	g_test_add_func("/charset/imap-utf7", test_imap_utf7);
	g_test_add_func("/charset/imap-utf7-malformed", test_imap_utf7_malformed);
	return g_test_run();
}
