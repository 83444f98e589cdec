# SPDX-License-Identifier: GPL-3.0-or-later
# Unit tests of src/mime: one program a module, linked with its own layer and those below.

check_PROGRAMS += tests/unit/test-mime-header
TESTS += tests/unit/test-mime-header
tests_unit_test_mime_header_SOURCES = %D%/test-mime-header.c
tests_unit_test_mime_header_LDADD = $(LINK_MIME)

check_PROGRAMS += tests/unit/test-mime-message
TESTS += tests/unit/test-mime-message
tests_unit_test_mime_message_SOURCES = %D%/test-mime-message.c
tests_unit_test_mime_message_CFLAGS = $(AM_CFLAGS) $(GMIME_CFLAGS)
tests_unit_test_mime_message_LDADD = $(LINK_MIME)

check_PROGRAMS += tests/unit/test-mime-show
TESTS += tests/unit/test-mime-show
tests_unit_test_mime_show_SOURCES = %D%/test-mime-show.c
tests_unit_test_mime_show_LDADD = $(LINK_MIME)

check_PROGRAMS += tests/unit/test-mime-html
TESTS += tests/unit/test-mime-html
tests_unit_test_mime_html_SOURCES = %D%/test-mime-html.c
tests_unit_test_mime_html_LDADD = $(LINK_MIME)

check_PROGRAMS += tests/unit/test-mime-build
TESTS += tests/unit/test-mime-build
tests_unit_test_mime_build_SOURCES = %D%/test-mime-build.c
tests_unit_test_mime_build_LDADD = $(LINK_MIME)

check_PROGRAMS += tests/unit/test-mime-reply
TESTS += tests/unit/test-mime-reply
tests_unit_test_mime_reply_SOURCES = %D%/test-mime-reply.c
tests_unit_test_mime_reply_LDADD = $(LINK_MIME)
