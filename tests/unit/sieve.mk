# SPDX-License-Identifier: GPL-3.0-or-later
# Unit tests of src/sieve: one program a module, linked with its own layer and those below.
check_PROGRAMS += tests/unit/test-sieve-form
TESTS += tests/unit/test-sieve-form
tests_unit_test_sieve_form_SOURCES = %D%/test-sieve-form.c
tests_unit_test_sieve_form_LDADD = $(LINK_SIEVE)

check_PROGRAMS += tests/unit/test-sieve-answer tests/unit/test-sieve-manage
TESTS += tests/unit/test-sieve-answer tests/unit/test-sieve-manage
tests_unit_test_sieve_answer_SOURCES = %D%/test-sieve-answer.c
tests_unit_test_sieve_answer_LDADD = $(LINK_SIEVE)
tests_unit_test_sieve_manage_SOURCES = %D%/test-sieve-manage.c %D%/net-common.c %D%/net-common.h
tests_unit_test_sieve_manage_LDADD = $(LINK_PEER) $(LINK_SIEVE)

# The language: sieve-script.h has what these share.
check_LIBRARIES += tests/unit/libsievescript.a
tests_unit_libsievescript_a_SOURCES = %D%/sieve-script.c %D%/sieve-script.h
LINK_SIEVE_SCRIPT = tests/unit/libsievescript.a $(LINK_SIEVE)
SIEVE_TESTS = \
	tests/unit/test-sieve-actions \
	tests/unit/test-sieve-extensions \
	tests/unit/test-sieve-grammar \
	tests/unit/test-sieve-limits \
	tests/unit/test-sieve-match
check_PROGRAMS += $(SIEVE_TESTS)
TESTS += $(SIEVE_TESTS)
tests_unit_test_sieve_actions_SOURCES = %D%/test-sieve-actions.c
tests_unit_test_sieve_actions_LDADD = $(LINK_SIEVE_SCRIPT)
tests_unit_test_sieve_extensions_SOURCES = %D%/test-sieve-extensions.c
tests_unit_test_sieve_extensions_LDADD = $(LINK_SIEVE_SCRIPT)
tests_unit_test_sieve_grammar_SOURCES = %D%/test-sieve-grammar.c
tests_unit_test_sieve_grammar_LDADD = $(LINK_SIEVE_SCRIPT)
tests_unit_test_sieve_limits_SOURCES = %D%/test-sieve-limits.c
tests_unit_test_sieve_limits_LDADD = $(LINK_SIEVE_SCRIPT)
tests_unit_test_sieve_match_SOURCES = %D%/test-sieve-match.c
tests_unit_test_sieve_match_LDADD = $(LINK_SIEVE_SCRIPT)
