# SPDX-License-Identifier: GPL-3.0-or-later
# A row a fuzzer:
# FUZZERS += tests/fuzz/fuzz-NAME
# tests_fuzz_fuzz_NAME_SOURCES = %D%/fuzz-NAME.c
# tests_fuzz_fuzz_NAME_LDFLAGS = $(FUZZ_LINKFLAGS)
# tests_fuzz_fuzz_NAME_LDADD = $(FUZZ_LIBS) $(LINK_...)

FUZZERS += tests/fuzz/fuzz-conf
tests_fuzz_fuzz_conf_SOURCES = %D%/fuzz-conf.c
tests_fuzz_fuzz_conf_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_conf_LDADD = $(FUZZ_LIBS) $(LINK_ACCOUNT)

FUZZERS += tests/fuzz/fuzz-vault
tests_fuzz_fuzz_vault_SOURCES = %D%/fuzz-vault.c
tests_fuzz_fuzz_vault_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_vault_LDADD = $(FUZZ_LIBS) $(LINK_ACCOUNT)

FUZZERS += tests/fuzz/fuzz-address
tests_fuzz_fuzz_address_SOURCES = %D%/fuzz-address.c
tests_fuzz_fuzz_address_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_address_LDADD = $(FUZZ_LIBS) $(LINK_ACCOUNT)

FUZZERS += tests/fuzz/fuzz-autoconfig
tests_fuzz_fuzz_autoconfig_SOURCES = %D%/fuzz-autoconfig.c
tests_fuzz_fuzz_autoconfig_LDFLAGS = $(FUZZ_LINKFLAGS)
tests_fuzz_fuzz_autoconfig_LDADD = $(FUZZ_LIBS) $(LINK_ACCOUNT)
