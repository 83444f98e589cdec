/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "util/json.h"

#include <string.h>

#include "util/text.h"

typedef struct {
	GString *out;
	gsize largest; /* bytes of one write */
} Sink;

static void
sink_write(const char *data, gsize length, gpointer user)
{
	Sink *sink = user;
	g_string_append_len(sink->out, data, (gssize)length);
	sink->largest = MAX(sink->largest, length);
}

static void
test_shapes(void)
{
	g_autoptr(GString) out = g_string_new(NULL);
	Sink sink = {.out = out};
	Json *json = json_new(sink_write, &sink);
	json_begin_object(json, NULL);
	json_string(json, "subject", "Hi");
	json_string(json, "none", NULL);
	json_begin_array(json, "parts");
	json_int(json, NULL, 1);
	json_int(json, NULL, G_MININT64);
	json_begin_object(json, NULL);
	json_end_object(json);
	json_begin_array(json, NULL);
	json_end_array(json);
	json_end_array(json);
	json_bool(json, "seen", TRUE);
	json_bool(json, "a\"b", FALSE);
	json_null(json, "x");
	json_end_object(json);
	json_free(json);
	g_assert_cmpstr(out->str, ==,
		"{\"subject\":\"Hi\",\"none\":null,\"parts\":[1,-9223372036854775808,{},[]],"
		"\"seen\":true,\"a\\\"b\":false,\"x\":null}\n");
}

static char *
string_value(const char *value)
{
	g_autoptr(GString) out = g_string_new(NULL);
	Sink sink = {.out = out};
	Json *json = json_new(sink_write, &sink);
	json_string(json, NULL, value);
	json_free(json);
	return g_strdup(out->str);
}

static void
test_strings(void)
{
	static const struct {
		const char *value, *json;
	} rows[] = {
		{"", "\"\"\n"},
		{"a\"b\\c/d", "\"a\\\"b\\\\c/d\"\n"},
		{"\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"\n"},
		{"\001\033\037", "\"\\u0001\\u001b\\u001f\"\n"},
		{"\177", "\"\\u007f\"\n"},
		{"\302\233", "\"\\u009b\"\n"},     /* CSI */
		{"\342\200\256", "\"\\u202e\"\n"}, /* bidi */
		{"\342\200\213\342\200\215", "\"\\u200b\\u200d\"\n"},
		{"\342\200\250", "\"\\u2028\"\n"},
		{"\357\273\277", "\"\\ufeff\"\n"},
		{"\363\240\201\201", "\"\\udb40\\udc41\"\n"}, /* a tag, past the BMP */
		{"Grüße 日本 😀", "\"Grüße 日本 😀\"\n"},
		{"a\377b\342\202", "\"a\357\277\275b\357\277\275\357\277\275\"\n"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *json = string_value(rows[i].value);
		g_assert_cmpstr(json, ==, rows[i].json);
	}
}

static void
test_nothing_hidden_comes_out(void)
{
	for (gunichar c = 1; c < 0x110000; c++) {
		if (!text_is_hidden(c) || !g_unichar_validate(c))
			continue;
		char value[8] = "";
		g_unichar_to_utf8(c, value);
		g_autofree char *json = string_value(value);
		for (const char *at = json; *at && *at != '\n'; at++)
			g_assert_true(*at >= 0x20 && *at < 0x7F);
	}
}

static void
test_rows_stream(void)
{
	g_autoptr(GString) out = g_string_new(NULL);
	Sink sink = {.out = out};
	Json *json = json_new(sink_write, &sink);
	g_autofree char *row = g_strnfill(1000, 'x');
	json_begin_array(json, NULL);
	for (int i = 0; i < 1000; i++)
		json_string(json, NULL, row);
	g_assert_cmpuint(out->len, >, 900000);
	json_end_array(json);
	json_free(json);
	g_assert_cmpuint(out->len, ==, 1000 * 1003 + 2);
	g_assert_cmpuint(sink.largest, <, 20000);
}

static void
test_nothing_written(void)
{
	g_autoptr(GString) out = g_string_new(NULL);
	Sink sink = {.out = out};
	json_free(json_new(sink_write, &sink));
	g_assert_cmpstr(out->str, ==, "");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/json/shapes", test_shapes);
	g_test_add_func("/json/strings", test_strings);
	g_test_add_func("/json/nothing-hidden-comes-out", test_nothing_hidden_comes_out);
	g_test_add_func("/json/rows-stream", test_rows_stream);
	g_test_add_func("/json/nothing-written", test_nothing_written);
	return g_test_run();
}
