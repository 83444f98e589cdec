# SPDX-License-Identifier: GPL-3.0-or-later
# make tests/bench/bench-sieve && tests/bench/bench-sieve [MESSAGES]
EXTRA_PROGRAMS += tests/bench/bench-sieve
tests_bench_bench_sieve_SOURCES = %D%/bench-sieve.c
tests_bench_bench_sieve_LDADD = $(LINK_SIEVE)
