# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += src/ui/libui.a
src_ui_libui_a_CFLAGS = $(AM_CFLAGS) $(NCURSES_CFLAGS)
src_ui_libui_a_SOURCES = \
	%D%/columns.c %D%/columns.h \
	%D%/command.c %D%/command.h \
	%D%/grid.c %D%/grid.h \
	%D%/keys.c %D%/keys.h \
	%D%/line.c %D%/line.h \
	%D%/list.c %D%/list.h \
	%D%/style.c %D%/style.h
