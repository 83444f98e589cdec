# SPDX-License-Identifier: GPL-3.0-or-later
# The whole program against real servers: one script a subject, TAP.
E2E_TESTS = \
	tests/e2e/test-across.py \
	tests/e2e/test-cli-acts.py \
	tests/e2e/test-cli-fallbacks.py \
	tests/e2e/test-cli-guest.py \
	tests/e2e/test-cli-input.py \
	tests/e2e/test-cli-journal.py \
	tests/e2e/test-cli-kill.py \
	tests/e2e/test-cli-liars.py \
	tests/e2e/test-cli-many.py \
	tests/e2e/test-cli-send.py \
	tests/e2e/test-cli-setup.py \
	tests/e2e/test-cli-sync.py \
	tests/e2e/test-discover.py \
	tests/e2e/test-hostile.py \
	tests/e2e/test-imap-session.py \
	tests/e2e/test-managesieve.py \
	tests/e2e/test-net.py \
	tests/e2e/test-rules.py \
	tests/e2e/test-rules-cli.py \
	tests/e2e/test-rules-kill.py \
	tests/e2e/test-rules-once.py \
	tests/e2e/test-rules-server.py \
	tests/e2e/test-other-servers.py \
	tests/e2e/test-screen-acts.py \
	tests/e2e/test-screen-hostile.py \
	tests/e2e/test-screen-live.py \
	tests/e2e/test-screen-offline.py \
	tests/e2e/test-screen-rules.py \
	tests/e2e/test-servers.py \
	tests/e2e/test-setup.py \
	tests/e2e/test-sieve-conformance.py
TESTS += $(E2E_TESTS)
EXTRA_DIST += $(E2E_TESTS) tests/e2e/cli.py tests/e2e/harness.py tests/e2e/liar.py tests/e2e/rules.py tests/e2e/screen.py

# What test-imap-session.py starts.
check_PROGRAMS += tests/e2e/imap-live
tests_e2e_imap_live_SOURCES = %D%/imap-live.c
tests_e2e_imap_live_LDADD = $(LINK_IMAP)

# What test-net.py starts.
check_PROGRAMS += tests/e2e/net-driver
tests_e2e_net_driver_SOURCES = %D%/net-driver.c
tests_e2e_net_driver_LDADD = $(LINK_SMTP)

# What test-sieve-conformance.py runs beside the server's own.
EXTRA_DIST += tests/e2e/sieve_samples.py
check_PROGRAMS += tests/e2e/sieve-driver
tests_e2e_sieve_driver_SOURCES = %D%/sieve-driver.c
tests_e2e_sieve_driver_LDADD = $(LINK_SIEVE)

# What offline.py fills a cache with.
check_PROGRAMS += tests/e2e/cache-fill
tests_e2e_cache_fill_SOURCES = %D%/cache-fill.c
tests_e2e_cache_fill_LDADD = $(LINK_STORE)
EXTRA_DIST += tests/e2e/offline.py

# What test-setup.py starts.
check_PROGRAMS += tests/e2e/setup-driver
tests_e2e_setup_driver_SOURCES = %D%/setup-driver.c
tests_e2e_setup_driver_LDADD = $(LINK_ACCOUNT)
