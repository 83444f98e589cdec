# SPDX-License-Identifier: GPL-3.0-or-later
# A row a fuzzer:
# FUZZERS += tests/fuzz/fuzz-NAME
# tests_fuzz_fuzz_NAME_SOURCES = %D%/fuzz-NAME.c
# tests_fuzz_fuzz_NAME_LDFLAGS = $(FUZZ_LINKFLAGS)
# tests_fuzz_fuzz_NAME_LDADD = $(FUZZ_LIBS) $(LINK_...)

FUZZERS += tests/fuzz/fuzz-smtp-reply
tests_fuzz_fuzz_smtp_reply_SOURCES = %D%/fuzz-smtp-reply.c
tests_fuzz_fuzz_smtp_reply_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_smtp_reply_LDADD = $(FUZZ_LIBS) $(LINK_SMTP)

FUZZERS += tests/fuzz/fuzz-smtp-dots
tests_fuzz_fuzz_smtp_dots_SOURCES = %D%/fuzz-smtp-dots.c
tests_fuzz_fuzz_smtp_dots_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_smtp_dots_LDADD = $(FUZZ_LIBS) $(LINK_SMTP)
