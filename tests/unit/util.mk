# SPDX-License-Identifier: GPL-3.0-or-later
# Unit tests of src/util: one program a module, linked with its own layer and those below.
