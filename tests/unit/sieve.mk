# SPDX-License-Identifier: GPL-3.0-or-later
# Unit tests of src/sieve: one program a module, linked with its own layer and those below.
check_PROGRAMS += tests/unit/test-sieve-form
TESTS += tests/unit/test-sieve-form
tests_unit_test_sieve_form_SOURCES = %D%/test-sieve-form.c
tests_unit_test_sieve_form_LDADD = $(LINK_SIEVE)
