# SPDX-License-Identifier: GPL-3.0-or-later
# Unit tests of src/ui: one program a module, linked with its own layer and those below.
check_PROGRAMS += \
	tests/unit/test-ui-columns \
	tests/unit/test-ui-grid \
	tests/unit/test-ui-keys \
	tests/unit/test-ui-line \
	tests/unit/test-ui-list \
	tests/unit/test-ui-rules-diff
TESTS += \
	tests/unit/test-ui-columns \
	tests/unit/test-ui-grid \
	tests/unit/test-ui-keys \
	tests/unit/test-ui-line \
	tests/unit/test-ui-list \
	tests/unit/test-ui-rules-diff
UI_PURE = src/ui/libui.a $(LINK_UTIL)
tests_unit_test_ui_columns_SOURCES = %D%/test-ui-columns.c
tests_unit_test_ui_columns_LDADD = $(UI_PURE)
tests_unit_test_ui_grid_SOURCES = %D%/test-ui-grid.c
tests_unit_test_ui_grid_LDADD = $(UI_PURE)
tests_unit_test_ui_keys_SOURCES = %D%/test-ui-keys.c
tests_unit_test_ui_keys_LDADD = $(UI_PURE)
tests_unit_test_ui_line_SOURCES = %D%/test-ui-line.c
tests_unit_test_ui_line_LDADD = $(UI_PURE)
tests_unit_test_ui_list_SOURCES = %D%/test-ui-list.c
tests_unit_test_ui_list_LDADD = $(UI_PURE)
tests_unit_test_ui_rules_diff_SOURCES = %D%/test-ui-rules-diff.c
tests_unit_test_ui_rules_diff_LDADD = $(UI_PURE)
check_PROGRAMS += tests/unit/test-ui-command
TESTS += tests/unit/test-ui-command
tests_unit_test_ui_command_SOURCES = %D%/test-ui-command.c
tests_unit_test_ui_command_LDADD = $(LINK_UI)
check_PROGRAMS += tests/unit/test-ui-frame
TESTS += tests/unit/test-ui-frame
tests_unit_test_ui_frame_SOURCES = %D%/test-ui-frame.c
tests_unit_test_ui_frame_LDADD = $(UI_PURE)
