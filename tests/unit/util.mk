# SPDX-License-Identifier: GPL-3.0-or-later
# Unit tests of src/util: one program a module, linked with its own layer and those below.

check_PROGRAMS += tests/unit/test-util-cancel
TESTS += tests/unit/test-util-cancel
tests_unit_test_util_cancel_SOURCES = %D%/test-util-cancel.c
tests_unit_test_util_cancel_LDADD = $(LINK_UTIL)

check_PROGRAMS += tests/unit/test-util-charset
TESTS += tests/unit/test-util-charset
tests_unit_test_util_charset_SOURCES = %D%/test-util-charset.c
tests_unit_test_util_charset_LDADD = $(LINK_UTIL)

check_PROGRAMS += tests/unit/test-util-dates
TESTS += tests/unit/test-util-dates
tests_unit_test_util_dates_SOURCES = %D%/test-util-dates.c
tests_unit_test_util_dates_LDADD = $(LINK_UTIL)

check_PROGRAMS += tests/unit/test-util-fault
TESTS += tests/unit/test-util-fault
tests_unit_test_util_fault_SOURCES = %D%/test-util-fault.c
tests_unit_test_util_fault_LDADD = $(LINK_UTIL)

check_PROGRAMS += tests/unit/test-util-hash
TESTS += tests/unit/test-util-hash
tests_unit_test_util_hash_SOURCES = %D%/test-util-hash.c
tests_unit_test_util_hash_LDADD = $(LINK_UTIL)

check_PROGRAMS += tests/unit/test-util-json
TESTS += tests/unit/test-util-json
tests_unit_test_util_json_SOURCES = %D%/test-util-json.c
tests_unit_test_util_json_LDADD = $(LINK_UTIL)

check_PROGRAMS += tests/unit/test-util-log
TESTS += tests/unit/test-util-log
tests_unit_test_util_log_SOURCES = %D%/test-util-log.c
tests_unit_test_util_log_LDADD = $(LINK_UTIL)

check_PROGRAMS += tests/unit/test-util-paths
TESTS += tests/unit/test-util-paths
tests_unit_test_util_paths_SOURCES = %D%/test-util-paths.c
tests_unit_test_util_paths_LDADD = $(LINK_UTIL)

check_PROGRAMS += tests/unit/test-util-program
TESTS += tests/unit/test-util-program
tests_unit_test_util_program_SOURCES = %D%/test-util-program.c
tests_unit_test_util_program_LDADD = $(LINK_UTIL)

check_PROGRAMS += tests/unit/test-util-queue
TESTS += tests/unit/test-util-queue
tests_unit_test_util_queue_SOURCES = %D%/test-util-queue.c
tests_unit_test_util_queue_LDADD = $(LINK_UTIL)

check_PROGRAMS += tests/unit/test-util-secret
TESTS += tests/unit/test-util-secret
tests_unit_test_util_secret_SOURCES = %D%/test-util-secret.c
tests_unit_test_util_secret_LDADD = $(LINK_UTIL)

check_PROGRAMS += tests/unit/test-util-text
TESTS += tests/unit/test-util-text
tests_unit_test_util_text_SOURCES = %D%/test-util-text.c
tests_unit_test_util_text_LDADD = $(LINK_UTIL)

check_PROGRAMS += tests/unit/test-util-ini
TESTS += tests/unit/test-util-ini
tests_unit_test_util_ini_SOURCES = %D%/test-util-ini.c
tests_unit_test_util_ini_LDADD = $(LINK_UTIL)

check_PROGRAMS += tests/unit/test-util-fuzzy
TESTS += tests/unit/test-util-fuzzy
tests_unit_test_util_fuzzy_SOURCES = %D%/test-util-fuzzy.c
tests_unit_test_util_fuzzy_LDADD = $(LINK_UTIL)

check_PROGRAMS += tests/unit/test-util-when
TESTS += tests/unit/test-util-when
tests_unit_test_util_when_SOURCES = %D%/test-util-when.c
tests_unit_test_util_when_LDADD = $(LINK_UTIL)

check_PROGRAMS += tests/unit/test-util-regex
TESTS += tests/unit/test-util-regex
tests_unit_test_util_regex_SOURCES = %D%/test-util-regex.c
tests_unit_test_util_regex_LDADD = $(LINK_UTIL)
