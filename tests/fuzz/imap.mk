# SPDX-License-Identifier: GPL-3.0-or-later
FUZZERS += tests/fuzz/fuzz-imap-response
tests_fuzz_fuzz_imap_response_SOURCES = %D%/fuzz-imap-response.c
tests_fuzz_fuzz_imap_response_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_imap_response_LDADD = $(FUZZ_LIBS) $(LINK_IMAP)

FUZZERS += tests/fuzz/fuzz-imap-structure
tests_fuzz_fuzz_imap_structure_SOURCES = %D%/fuzz-imap-structure.c
tests_fuzz_fuzz_imap_structure_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_imap_structure_LDADD = $(FUZZ_LIBS) $(LINK_IMAP)

FUZZERS += tests/fuzz/fuzz-imap-set
tests_fuzz_fuzz_imap_set_SOURCES = %D%/fuzz-imap-set.c
tests_fuzz_fuzz_imap_set_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_imap_set_LDADD = $(FUZZ_LIBS) $(LINK_IMAP)

FUZZERS += tests/fuzz/fuzz-imap-list
tests_fuzz_fuzz_imap_list_SOURCES = %D%/fuzz-imap-list.c
tests_fuzz_fuzz_imap_list_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_imap_list_LDADD = $(FUZZ_LIBS) $(LINK_IMAP)
