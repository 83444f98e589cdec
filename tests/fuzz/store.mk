# SPDX-License-Identifier: GPL-3.0-or-later
FUZZERS += tests/fuzz/fuzz-store-ids
tests_fuzz_fuzz_store_ids_SOURCES = %D%/fuzz-store-ids.c
tests_fuzz_fuzz_store_ids_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_store_ids_LDADD = $(FUZZ_LIBS) $(LINK_STORE)
