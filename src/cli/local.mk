# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += src/cli/libcli.a
src_cli_libcli_a_CFLAGS = $(AM_CFLAGS) $(GLIB_CFLAGS)
src_cli_libcli_a_SOURCES = %D%/cli.c %D%/common.c %D%/json.c %D%/wait.c %D%/list.c %D%/show.c %D%/act.c \
	%D%/queue.c %D%/rules.c %D%/rules-server.c %D%/rules-test.c %D%/send.c %D%/setup.c %D%/sync.c %D%/manual.c
