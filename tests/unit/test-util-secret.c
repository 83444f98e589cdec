/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "util/secret.h"

#include <string.h>

static void
test_keeps_bytes_and_ends_with_nul(void)
{
	g_autoptr(Secret) secret = secret_new("a\0bc", 4);
	g_assert_cmpuint(secret_length(secret), ==, 4);
	g_assert_cmpmem(secret_text(secret), 5, "a\0bc", 5);
}

static void
test_copy_outlives_the_first(void)
{
	Secret *first = secret_new_take(g_strdup("hunter2"));
	g_autoptr(Secret) copy = secret_copy(first);
	secret_free(first);
	g_assert_cmpstr(secret_text(copy), ==, "hunter2");
	g_assert_null(secret_copy(NULL));
	secret_free(NULL);
}

static void
test_holds_more_than_a_page(void)
{
	g_autofree char *token = g_strnfill(60000, 'x');
	g_autoptr(Secret) secret = secret_new(token, -1);
	g_assert_cmpstr(secret_text(secret), ==, token);
}

static void
test_wipe(void)
{
	char data[] = "password";
	secret_wipe(data, 4);
	g_assert_cmpmem(data, 8, "\0\0\0\0word", 8);
	secret_wipe_string(NULL);
}

static void
test_mask(void)
{
	static const struct {
		const char *secret, *text, *masked;
	} rows[] = {
		{"hunter2", "login hunter2 failed", "login *** failed"},
		{"hunter2", "hunter2hunter2", "******"},
		{"hunter2", "nothing here", "nothing here"},
		{"", "nothing here", "nothing here"},
		{"a", "banana", "b***n***n***"},
		{"*", "a*b", "a***b"},
		{"hunter2", "sent aHVudGVyMg== now", "sent *** now"},
		{"pass\"word", "LOGIN alice \"pass\\\"word\"", "LOGIN alice \"***\""},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Secret) secret = secret_new(rows[i].secret, -1);
		g_autofree char *masked = secret_mask(secret, rows[i].text);
		g_assert_cmpstr(masked, ==, rows[i].masked);
	}
}

/* SASL PLAIN puts "\0user\0" before the password: all three alignments of base64 are met. */
static void
test_mask_inside_other_base64(void)
{
	g_autoptr(Secret) secret = secret_new("correct horse battery", -1);
	for (gsize user = 1; user <= 6; user++) {
		g_autoptr(GString) plain = g_string_new(NULL);
		g_string_append_len(plain, "\0uuuuuu", (gssize)user + 1);
		g_string_append_len(plain, "\0correct horse battery", 22);
		g_autofree char *encoded = g_base64_encode((const guchar *)plain->str, plain->len);
		g_autofree char *masked = secret_mask(secret, encoded);
		g_assert_nonnull(strstr(masked, "***"));
		/* What is left are the octets before the secret, and at most one character at each end. */
		g_assert_cmpuint(strlen(masked), <=, (user + 2) * 4 / 3 + 1 + 3 + 4);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/secret/keeps-bytes-and-ends-with-nul", test_keeps_bytes_and_ends_with_nul);
	g_test_add_func("/secret/copy-outlives-the-first", test_copy_outlives_the_first);
	g_test_add_func("/secret/holds-more-than-a-page", test_holds_more_than_a_page);
	g_test_add_func("/secret/wipe", test_wipe);
	g_test_add_func("/secret/mask", test_mask);
	g_test_add_func("/secret/mask-inside-other-base64", test_mask_inside_other_base64);
	return g_test_run();
}
