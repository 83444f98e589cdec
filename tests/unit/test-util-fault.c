/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "util/fault.h"

static void
test_set_formats_and_codes(void)
{
	g_autoptr(GError) error = NULL;
	fault_set(&error, FAULT_TRUST, "%s: %d", "host", 993);
	g_assert_error(error, POSTHORN_FAULT, FAULT_TRUST);
	g_assert_cmpstr(error->message, ==, "host: 993");
	g_assert_cmpint(fault_of(error), ==, FAULT_TRUST);
}

static void
test_set_ignores_null(void)
{
	fault_set(NULL, FAULT_RETRY, "nobody listens");
}

static void
test_foreign_errors_are_local(void)
{
	g_autoptr(GError) error = g_error_new_literal(G_FILE_ERROR, G_FILE_ERROR_NOENT, "gone");
	g_assert_cmpint(fault_of(error), ==, FAULT_LOCAL);
	g_assert_cmpint(fault_of(NULL), ==, FAULT_LOCAL);
}

static void
test_every_code_has_a_name_of_its_own(void)
{
	for (int i = FAULT_RETRY; i <= FAULT_BUSY; i++) {
		g_assert_nonnull(fault_name((Fault)i));
		for (int j = FAULT_RETRY; j < i; j++)
			g_assert_cmpstr(fault_name((Fault)i), !=, fault_name((Fault)j));
	}
	g_assert_cmpstr(fault_name(FAULT_CANCELED), ==, "canceled");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fault/set-formats-and-codes", test_set_formats_and_codes);
	g_test_add_func("/fault/set-ignores-null", test_set_ignores_null);
	g_test_add_func("/fault/foreign-errors-are-local", test_foreign_errors_are_local);
	g_test_add_func("/fault/every-code-has-a-name-of-its-own", test_every_code_has_a_name_of_its_own);
	return g_test_run();
}
