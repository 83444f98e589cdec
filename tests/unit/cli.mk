# SPDX-License-Identifier: GPL-3.0-or-later
# Unit tests of src/cli: one program a module, linked with its own layer and those below.
check_PROGRAMS += tests/unit/test-cli-manual
TESTS += tests/unit/test-cli-manual
tests_unit_test_cli_manual_SOURCES = %D%/test-cli-manual.c
tests_unit_test_cli_manual_LDADD = $(LINK_CLI)
