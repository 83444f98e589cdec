# SPDX-License-Identifier: GPL-3.0-or-later
# make tests/bench/bench-store && tests/bench/bench-store [MESSAGES]
EXTRA_PROGRAMS += tests/bench/bench-store
tests_bench_bench_store_SOURCES = %D%/bench-store.c
tests_bench_bench_store_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_bench_bench_store_LDADD = $(LINK_STORE)

# make tests/bench/bench-rules && tests/bench/bench-rules [MESSAGES [RULES]]
EXTRA_PROGRAMS += tests/bench/bench-rules
tests_bench_bench_rules_SOURCES = %D%/bench-rules.c
tests_bench_bench_rules_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_bench_bench_rules_LDADD = $(LINK_ENGINE)
