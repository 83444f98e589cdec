# SPDX-License-Identifier: GPL-3.0-or-later
# Unit tests of src/engine: one program a module, linked with its own layer and those below.
check_PROGRAMS += tests/unit/test-engine-parts
TESTS += tests/unit/test-engine-parts
tests_unit_test_engine_parts_SOURCES = %D%/test-engine-parts.c
tests_unit_test_engine_parts_LDADD = $(LINK_ENGINE)

check_PROGRAMS += tests/unit/test-engine-rules
TESTS += tests/unit/test-engine-rules
tests_unit_test_engine_rules_SOURCES = %D%/test-engine-rules.c
tests_unit_test_engine_rules_LDADD = $(LINK_ENGINE)

check_PROGRAMS += tests/unit/test-engine-waits
TESTS += tests/unit/test-engine-waits
tests_unit_test_engine_waits_SOURCES = %D%/test-engine-waits.c
tests_unit_test_engine_waits_LDADD = $(LINK_ENGINE)
