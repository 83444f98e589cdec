# SPDX-License-Identifier: GPL-3.0-or-later
EXTRA_DIST += doc/BENCHMARKS doc/HACKING
# Printed by the program itself, from the tables that it works by.
dist_man_MANS += doc/posthorn.1
CLEANFILES += doc/posthorn.1
doc/posthorn.1: src/posthorn$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) doc && LC_ALL=C src/posthorn$(EXEEXT) --man >$@.new && mv $@.new $@
