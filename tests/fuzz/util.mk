# SPDX-License-Identifier: GPL-3.0-or-later
# A row a fuzzer:
# FUZZERS += tests/fuzz/fuzz-NAME
# tests_fuzz_fuzz_NAME_SOURCES = %D%/fuzz-NAME.c
# tests_fuzz_fuzz_NAME_LDFLAGS = $(FUZZ_LINKFLAGS)
# tests_fuzz_fuzz_NAME_LDADD = $(FUZZ_LIBS) $(LINK_...)

FUZZERS += tests/fuzz/fuzz-text
tests_fuzz_fuzz_text_SOURCES = %D%/fuzz-text.c
tests_fuzz_fuzz_text_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_text_LDADD = $(FUZZ_LIBS) $(LINK_UTIL)

FUZZERS += tests/fuzz/fuzz-charset
tests_fuzz_fuzz_charset_SOURCES = %D%/fuzz-charset.c
tests_fuzz_fuzz_charset_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_charset_LDADD = $(FUZZ_LIBS) $(LINK_UTIL)

FUZZERS += tests/fuzz/fuzz-imap-utf7
tests_fuzz_fuzz_imap_utf7_SOURCES = %D%/fuzz-imap-utf7.c
tests_fuzz_fuzz_imap_utf7_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_imap_utf7_LDADD = $(FUZZ_LIBS) $(LINK_UTIL)

FUZZERS += tests/fuzz/fuzz-dates
tests_fuzz_fuzz_dates_SOURCES = %D%/fuzz-dates.c
tests_fuzz_fuzz_dates_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_dates_LDADD = $(FUZZ_LIBS) $(LINK_UTIL)

FUZZERS += tests/fuzz/fuzz-program-split
tests_fuzz_fuzz_program_split_SOURCES = %D%/fuzz-program-split.c
tests_fuzz_fuzz_program_split_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_program_split_LDADD = $(FUZZ_LIBS) $(LINK_UTIL)

FUZZERS += tests/fuzz/fuzz-ini
tests_fuzz_fuzz_ini_SOURCES = %D%/fuzz-ini.c
tests_fuzz_fuzz_ini_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_ini_LDADD = $(FUZZ_LIBS) $(LINK_UTIL)

FUZZERS += tests/fuzz/fuzz-when
tests_fuzz_fuzz_when_SOURCES = %D%/fuzz-when.c
tests_fuzz_fuzz_when_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_when_LDADD = $(FUZZ_LIBS) $(LINK_UTIL)
