# SPDX-License-Identifier: GPL-3.0-or-later
# The whole program against real servers: one script a subject, TAP.
E2E_TESTS = \
	tests/e2e/test-servers.py
TESTS += $(E2E_TESTS)
EXTRA_DIST += $(E2E_TESTS) tests/e2e/harness.py tests/e2e/screen.py
