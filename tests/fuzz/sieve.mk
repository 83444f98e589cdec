# SPDX-License-Identifier: GPL-3.0-or-later
# A row a fuzzer:
# FUZZERS += tests/fuzz/fuzz-NAME
# tests_fuzz_fuzz_NAME_SOURCES = %D%/fuzz-NAME.c
# tests_fuzz_fuzz_NAME_LDFLAGS = $(FUZZ_LINKFLAGS)
# tests_fuzz_fuzz_NAME_LDADD = $(FUZZ_LIBS) $(LINK_...)

FUZZERS += tests/fuzz/fuzz-sieve-form
tests_fuzz_fuzz_sieve_form_SOURCES = %D%/fuzz-sieve-form.c
tests_fuzz_fuzz_sieve_form_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_sieve_form_LDADD = $(FUZZ_LIBS) $(LINK_SIEVE)

FUZZERS += tests/fuzz/fuzz-manage-answer
tests_fuzz_fuzz_manage_answer_SOURCES = %D%/fuzz-manage-answer.c
tests_fuzz_fuzz_manage_answer_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_manage_answer_LDADD = $(FUZZ_LIBS) $(LINK_SIEVE)

FUZZERS += tests/fuzz/fuzz-sieve
tests_fuzz_fuzz_sieve_SOURCES = %D%/fuzz-sieve.c
tests_fuzz_fuzz_sieve_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_sieve_LDADD = $(FUZZ_LIBS) $(LINK_SIEVE)

FUZZERS += tests/fuzz/fuzz-sieve-run
tests_fuzz_fuzz_sieve_run_SOURCES = %D%/fuzz-sieve-run.c
tests_fuzz_fuzz_sieve_run_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_sieve_run_LDADD = $(FUZZ_LIBS) $(LINK_SIEVE)
