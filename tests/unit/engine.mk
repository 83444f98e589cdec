# SPDX-License-Identifier: GPL-3.0-or-later
# Unit tests of src/engine: one program a module, linked with its own layer and those below.
