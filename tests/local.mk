# SPDX-License-Identifier: GPL-3.0-or-later
TEST_EXTENSIONS = .sh .py
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/unit/run-tap
SH_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_COMPILER = $(SHELL)
# The scripts say themselves what failed; a plan that is missing is an error.
PY_LOG_DRIVER = $(LOG_DRIVER)
PY_LOG_DRIVER_FLAGS = --ignore-exit
PY_LOG_COMPILER = $(PYTHON)
AM_TESTS_ENVIRONMENT = \
	top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' \
	PYTHON='$(PYTHON)' POSTHORN='$(abs_top_builddir)/src/posthorn'; \
	export top_srcdir top_builddir PYTHON POSTHORN; \
	PYTHONDONTWRITEBYTECODE=1; export PYTHONDONTWRITEBYTECODE; \
	G_SLICE=always-malloc; export G_SLICE;
dist_noinst_SCRIPTS += tests/unit/run-tap
EXTRA_DIST += tests/tsan.supp

include %D%/unit/util.mk
include %D%/unit/mime.mk
include %D%/unit/net.mk
include %D%/unit/imap.mk
include %D%/unit/smtp.mk
include %D%/unit/sieve.mk
include %D%/unit/store.mk
include %D%/unit/account.mk
include %D%/unit/engine.mk
include %D%/unit/ui.mk
include %D%/unit/cli.mk
include %D%/fuzz/local.mk
include %D%/house/local.mk
include %D%/server/local.mk
include %D%/e2e/local.mk
include %D%/bench/local.mk

# What contrib/check --all runs once more with POSTHORN_SWEEP: kills and cuts at more moments.
SWEEP_TESTS = \
	tests/unit/test-store-damage \
	tests/unit/test-store-journal \
	tests/e2e/test-across.py \
	tests/e2e/test-cli-kill.py
