# SPDX-License-Identifier: GPL-3.0-or-later
# One program a parser: fuzz-NAME.c defines LLVMFuzzerTestOneInput(). Without
# --enable-fuzzing each is linked with replay.c, and make check runs it over its
# seed corpus tests/fuzz/corpus/NAME.
check_LIBRARIES += tests/fuzz/libreplay.a
tests_fuzz_libreplay_a_SOURCES = %D%/replay.c
if FUZZING
FUZZ_LINKFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
FUZZ_LIBS =
else
FUZZ_LINKFLAGS = $(AM_LDFLAGS)
FUZZ_LIBS = tests/fuzz/libreplay.a
endif
EXTRA_DIST += tests/fuzz/corpus
FUZZERS =

include %D%/util.mk
include %D%/mime.mk
include %D%/net.mk
include %D%/imap.mk
include %D%/smtp.mk
include %D%/sieve.mk
include %D%/store.mk
include %D%/account.mk
include %D%/ui.mk

check_PROGRAMS += $(FUZZERS)
TESTS += $(FUZZERS)
