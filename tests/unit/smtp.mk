# SPDX-License-Identifier: GPL-3.0-or-later
# Unit tests of src/smtp: one program a module, linked with its own layer and those below.
check_PROGRAMS += tests/unit/test-smtp-parts tests/unit/test-smtp-session
TESTS += tests/unit/test-smtp-parts tests/unit/test-smtp-session
tests_unit_test_smtp_parts_SOURCES = %D%/test-smtp-parts.c
tests_unit_test_smtp_parts_LDADD = $(LINK_SMTP)
tests_unit_test_smtp_session_SOURCES = %D%/test-smtp-session.c
tests_unit_test_smtp_session_LDADD = $(LINK_PEER) $(LINK_SMTP)
