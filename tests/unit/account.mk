# SPDX-License-Identifier: GPL-3.0-or-later
# Unit tests of src/account: one program a module, linked with its own layer and those below.

check_PROGRAMS += tests/unit/test-account-settings
TESTS += tests/unit/test-account-settings
tests_unit_test_account_settings_SOURCES = %D%/test-account-settings.c
tests_unit_test_account_settings_LDADD = $(LINK_ACCOUNT)

check_PROGRAMS += tests/unit/test-account-providers
TESTS += tests/unit/test-account-providers
tests_unit_test_account_providers_SOURCES = %D%/test-account-providers.c
tests_unit_test_account_providers_LDADD = $(LINK_ACCOUNT)

check_PROGRAMS += tests/unit/test-account-vault
TESTS += tests/unit/test-account-vault
tests_unit_test_account_vault_SOURCES = %D%/test-account-vault.c
tests_unit_test_account_vault_LDADD = $(LINK_ACCOUNT)

check_PROGRAMS += tests/unit/test-account-lock
TESTS += tests/unit/test-account-lock
tests_unit_test_account_lock_SOURCES = %D%/test-account-lock.c
tests_unit_test_account_lock_LDADD = $(LINK_ACCOUNT)

check_PROGRAMS += tests/unit/test-account-credentials
TESTS += tests/unit/test-account-credentials
tests_unit_test_account_credentials_SOURCES = %D%/test-account-credentials.c
tests_unit_test_account_credentials_LDADD = $(LINK_ACCOUNT)

check_PROGRAMS += tests/unit/test-account-conf
TESTS += tests/unit/test-account-conf
tests_unit_test_account_conf_SOURCES = %D%/test-account-conf.c
tests_unit_test_account_conf_LDADD = $(LINK_ACCOUNT)

check_PROGRAMS += tests/unit/test-account-setup
TESTS += tests/unit/test-account-setup
tests_unit_test_account_setup_SOURCES = %D%/test-account-setup.c
tests_unit_test_account_setup_LDADD = $(LINK_ACCOUNT)

check_PROGRAMS += tests/unit/test-account-probe
TESTS += tests/unit/test-account-probe
tests_unit_test_account_probe_SOURCES = %D%/test-account-probe.c
tests_unit_test_account_probe_CFLAGS = $(AM_CFLAGS) $(OPENSSL_CFLAGS)
tests_unit_test_account_probe_LDADD = $(LINK_PEER) $(LINK_ACCOUNT)

check_PROGRAMS += tests/unit/test-account-identity
TESTS += tests/unit/test-account-identity
tests_unit_test_account_identity_SOURCES = %D%/test-account-identity.c
tests_unit_test_account_identity_LDADD = $(LINK_ACCOUNT)

check_PROGRAMS += tests/unit/test-account-sieve
TESTS += tests/unit/test-account-sieve
tests_unit_test_account_sieve_SOURCES = %D%/test-account-sieve.c %D%/dns-peer.c %D%/dns-peer.h
tests_unit_test_account_sieve_LDADD = $(LINK_ACCOUNT)

check_PROGRAMS += tests/unit/test-account-discover
TESTS += tests/unit/test-account-discover
tests_unit_test_account_discover_SOURCES = %D%/test-account-discover.c
tests_unit_test_account_discover_LDADD = $(LINK_ACCOUNT)
