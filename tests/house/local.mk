# SPDX-License-Identifier: GPL-3.0-or-later
# The rules of the house, read from the sources.
HOUSE_TESTS = \
	tests/house/test-format.py \
	tests/house/test-layers.py \
	tests/house/test-potfiles.py \
	tests/house/test-style.py
TESTS += $(HOUSE_TESTS)
EXTRA_DIST += $(HOUSE_TESTS) tests/house/house.py
