# SPDX-License-Identifier: GPL-3.0-or-later
include %D%/sieve.mk
include %D%/store.mk

# Benchmarks: see doc/BENCHMARKS. tests/bench/run builds these when it needs them.
# They are no part of `make check`, whose verdict never hangs on time.
EXTRA_PROGRAMS += tests/bench/echo tests/bench/empty tests/bench/raw-reader
tests_bench_echo_SOURCES = %D%/echo.c
tests_bench_empty_SOURCES = %D%/empty.c
tests_bench_empty_LDFLAGS = $(AM_LDFLAGS) -Wl,--no-as-needed
tests_bench_empty_LDADD = $(NCURSES_LIBS) $(CURL_LIBS) $(OPENSSL_LIBS) $(ZLIB_LIBS) $(SQLITE_LIBS) \
	$(SECRET_LIBS) $(JSON_LIBS) $(GMIME_LIBS) $(XML_LIBS) $(GLIB_LIBS) $(LTLIBICONV) $(LIBICONV) $(LIBINTL)
tests_bench_raw_reader_SOURCES = %D%/raw-reader.c
tests_bench_raw_reader_LDADD = $(OPENSSL_LIBS)
tests_bench_raw_reader_CFLAGS = $(AM_CFLAGS) $(OPENSSL_CFLAGS)
CLEANFILES += tests/bench/echo tests/bench/empty tests/bench/raw-reader
