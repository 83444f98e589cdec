# SPDX-License-Identifier: GPL-3.0-or-later
# Unit tests of src/imap: one program a module, linked with its own layer and those below.
check_PROGRAMS += tests/unit/test-imap-sets
TESTS += tests/unit/test-imap-sets
tests_unit_test_imap_sets_SOURCES = %D%/test-imap-sets.c
tests_unit_test_imap_sets_LDADD = $(LINK_IMAP)

check_PROGRAMS += tests/unit/test-imap-reader
TESTS += tests/unit/test-imap-reader
tests_unit_test_imap_reader_SOURCES = %D%/test-imap-reader.c
tests_unit_test_imap_reader_LDADD = $(LINK_IMAP)

check_PROGRAMS += tests/unit/test-imap-parser
TESTS += tests/unit/test-imap-parser
tests_unit_test_imap_parser_SOURCES = %D%/test-imap-parser.c
tests_unit_test_imap_parser_LDADD = $(LINK_IMAP)

check_PROGRAMS += tests/unit/test-imap-writer
TESTS += tests/unit/test-imap-writer
tests_unit_test_imap_writer_SOURCES = %D%/test-imap-writer.c
tests_unit_test_imap_writer_LDADD = $(LINK_IMAP)

check_PROGRAMS += tests/unit/test-imap-fetch
TESTS += tests/unit/test-imap-fetch
tests_unit_test_imap_fetch_SOURCES = %D%/test-imap-fetch.c
tests_unit_test_imap_fetch_LDADD = $(LINK_IMAP)

IMAP_SCRIPT = %D%/imap-script.c %D%/imap-script.h

check_PROGRAMS += tests/unit/test-imap-login
TESTS += tests/unit/test-imap-login
tests_unit_test_imap_login_SOURCES = %D%/test-imap-login.c $(IMAP_SCRIPT)
tests_unit_test_imap_login_LDADD = $(LINK_PEER) $(LINK_IMAP)

check_PROGRAMS += tests/unit/test-imap-session
TESTS += tests/unit/test-imap-session
tests_unit_test_imap_session_SOURCES = %D%/test-imap-session.c $(IMAP_SCRIPT)
tests_unit_test_imap_session_LDADD = $(LINK_PEER) $(LINK_IMAP)
