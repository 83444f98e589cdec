# SPDX-License-Identifier: GPL-3.0-or-later
# A row a fuzzer:
# FUZZERS += tests/fuzz/fuzz-NAME
# tests_fuzz_fuzz_NAME_SOURCES = %D%/fuzz-NAME.c
# tests_fuzz_fuzz_NAME_LDFLAGS = $(FUZZ_LINKFLAGS)
# tests_fuzz_fuzz_NAME_LDADD = $(FUZZ_LIBS) $(LINK_...)

FUZZERS += tests/fuzz/fuzz-sasl
tests_fuzz_fuzz_sasl_SOURCES = %D%/fuzz-sasl.c
tests_fuzz_fuzz_sasl_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_sasl_LDADD = $(FUZZ_LIBS) $(LINK_NET)

FUZZERS += tests/fuzz/fuzz-srv
tests_fuzz_fuzz_srv_SOURCES = %D%/fuzz-srv.c
tests_fuzz_fuzz_srv_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_srv_LDADD = $(FUZZ_LIBS) $(LINK_NET)
