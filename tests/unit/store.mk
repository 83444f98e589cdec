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

check_PROGRAMS += tests/unit/test-store-threads
TESTS += tests/unit/test-store-threads
tests_unit_test_store_threads_SOURCES = %D%/test-store-threads.c %D%/store-mail.h
tests_unit_test_store_threads_LDADD = $(LINK_STORE)

check_PROGRAMS += tests/unit/test-store-cache
TESTS += tests/unit/test-store-cache
tests_unit_test_store_cache_SOURCES = %D%/test-store-cache.c %D%/store-mail.h
tests_unit_test_store_cache_LDADD = $(LINK_STORE)

check_PROGRAMS += tests/unit/test-store-renumbered
TESTS += tests/unit/test-store-renumbered
tests_unit_test_store_renumbered_SOURCES = %D%/test-store-renumbered.c %D%/store-mail.h
tests_unit_test_store_renumbered_LDADD = $(LINK_STORE)

check_PROGRAMS += tests/unit/test-store-operations
TESTS += tests/unit/test-store-operations
tests_unit_test_store_operations_SOURCES = %D%/test-store-operations.c %D%/store-mail.h
tests_unit_test_store_operations_LDADD = $(LINK_STORE)

check_PROGRAMS += tests/unit/test-store-order
TESTS += tests/unit/test-store-order
tests_unit_test_store_order_SOURCES = %D%/test-store-order.c %D%/store-mail.h
tests_unit_test_store_order_LDADD = $(LINK_STORE)

check_PROGRAMS += tests/unit/test-store-damage
TESTS += tests/unit/test-store-damage
tests_unit_test_store_damage_SOURCES = %D%/test-store-damage.c %D%/store-mail.h
tests_unit_test_store_damage_LDADD = $(LINK_STORE)

check_PROGRAMS += tests/unit/test-store-shared
TESTS += tests/unit/test-store-shared
tests_unit_test_store_shared_SOURCES = %D%/test-store-shared.c %D%/store-mail.h
tests_unit_test_store_shared_LDADD = $(LINK_STORE)

check_PROGRAMS += tests/unit/test-store-rules
TESTS += tests/unit/test-store-rules
tests_unit_test_store_rules_SOURCES = %D%/test-store-rules.c
tests_unit_test_store_rules_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_store_rules_LDADD = $(LINK_STORE)
