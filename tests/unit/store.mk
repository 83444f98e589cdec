# SPDX-License-Identifier: GPL-3.0-or-later
# Unit tests of src/store: one program a module, linked with its own layer and those below.

check_PROGRAMS += tests/unit/test-store-journal
TESTS += tests/unit/test-store-journal
tests_unit_test_store_journal_SOURCES = %D%/test-store-journal.c
tests_unit_test_store_journal_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_store_journal_LDADD = $(LINK_STORE)

check_PROGRAMS += tests/unit/test-store-outbox
TESTS += tests/unit/test-store-outbox
tests_unit_test_store_outbox_SOURCES = %D%/test-store-outbox.c
tests_unit_test_store_outbox_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_store_outbox_LDADD = $(LINK_STORE)
