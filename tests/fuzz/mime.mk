# SPDX-License-Identifier: GPL-3.0-or-later
# A row a fuzzer:
# FUZZERS += tests/fuzz/fuzz-NAME
# tests_fuzz_fuzz_NAME_SOURCES = %D%/fuzz-NAME.c
# tests_fuzz_fuzz_NAME_LDFLAGS = $(FUZZ_LINKFLAGS)
# tests_fuzz_fuzz_NAME_LDADD = $(FUZZ_LIBS) $(LINK_...)

FUZZERS += tests/fuzz/fuzz-addresses
tests_fuzz_fuzz_addresses_SOURCES = %D%/fuzz-addresses.c
tests_fuzz_fuzz_addresses_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_addresses_LDADD = $(FUZZ_LIBS) $(LINK_MIME)

FUZZERS += tests/fuzz/fuzz-headers
tests_fuzz_fuzz_headers_SOURCES = %D%/fuzz-headers.c
tests_fuzz_fuzz_headers_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_headers_LDADD = $(FUZZ_LIBS) $(LINK_MIME)

FUZZERS += tests/fuzz/fuzz-params
tests_fuzz_fuzz_params_SOURCES = %D%/fuzz-params.c
tests_fuzz_fuzz_params_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_params_LDADD = $(FUZZ_LIBS) $(LINK_MIME)

FUZZERS += tests/fuzz/fuzz-message
tests_fuzz_fuzz_message_SOURCES = %D%/fuzz-message.c
tests_fuzz_fuzz_message_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_message_LDADD = $(FUZZ_LIBS) $(LINK_MIME)

FUZZERS += tests/fuzz/fuzz-html
tests_fuzz_fuzz_html_SOURCES = %D%/fuzz-html.c
tests_fuzz_fuzz_html_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_html_LDADD = $(FUZZ_LIBS) $(LINK_MIME)

FUZZERS += tests/fuzz/fuzz-mailto
tests_fuzz_fuzz_mailto_SOURCES = %D%/fuzz-mailto.c
tests_fuzz_fuzz_mailto_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_mailto_LDADD = $(FUZZ_LIBS) $(LINK_MIME)

FUZZERS += tests/fuzz/fuzz-build
tests_fuzz_fuzz_build_SOURCES = %D%/fuzz-build.c
tests_fuzz_fuzz_build_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_build_LDADD = $(FUZZ_LIBS) $(LINK_MIME)
