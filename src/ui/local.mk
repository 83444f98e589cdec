# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += src/ui/libui.a
src_ui_libui_a_CFLAGS = $(AM_CFLAGS) $(NCURSES_CFLAGS)
src_ui_libui_a_SOURCES = \
	%D%/accounts.c \
	%D%/act.c %D%/act.h \
	%D%/app.c %D%/app.h \
	%D%/aside.c %D%/aside.h \
	%D%/ask.c \
	%D%/clipboard.c %D%/clipboard.h \
	%D%/columns.c %D%/columns.h \
	%D%/command.c %D%/command.h \
	%D%/commands-any.c \
	%D%/commands-list.c \
	%D%/commands-message.c \
	%D%/composer-begin.c \
	%D%/composer-attach.c \
	%D%/composer-build.c \
	%D%/composer-commands.c \
	%D%/composer-edit.c \
	%D%/composer-fields.c \
	%D%/composer-recover.c \
	%D%/composer-send.c \
	%D%/composer-state.h \
	%D%/composer.c %D%/composer.h \
	%D%/content.c %D%/content.h \
	%D%/core.h \
	%D%/crash.c %D%/crash.h \
	%D%/drafts.c \
	%D%/draw.c \
	%D%/dry-run.c \
	%D%/errors.c \
	%D%/events.c \
	%D%/files.c %D%/files.h \
	%D%/folder-read.c \
	%D%/folders.c %D%/folders.h \
	%D%/frame.c %D%/frame.h \
	%D%/grid.c %D%/grid.h \
	%D%/help.c %D%/help.h \
	%D%/index-commands.c \
	%D%/index-draw.c \
	%D%/index-order.c \
	%D%/index-state.h \
	%D%/index.c %D%/index.h \
	%D%/input.c \
	%D%/jobs.c \
	%D%/journal-lists.c \
	%D%/keys.c %D%/keys.h \
	%D%/line.c %D%/line.h \
	%D%/links.c %D%/links.h \
	%D%/list.c %D%/list.h \
	%D%/lists.h \
	%D%/message-acts.c %D%/message-acts.h \
	%D%/pager-commands.c \
	%D%/pager-lines.c \
	%D%/pager-state.h \
	%D%/pager.c %D%/pager.h \
	%D%/palette.c %D%/palette.h \
	%D%/parts.c %D%/parts.h \
	%D%/pipe.c %D%/pipe.h \
	%D%/program.c \
	%D%/proposals.c \
	%D%/prompt.c %D%/prompt.h \
	%D%/question.c %D%/question.h \
	%D%/raw-edit.c %D%/raw-edit.h \
	%D%/rule-ask.c %D%/rule-ask.h \
	%D%/rule-form.c \
	%D%/rules-diff.c %D%/rules-diff.h \
	%D%/rules-edit.c %D%/rules-edit.h \
	%D%/rules-server.c \
	%D%/rules-text.c \
	%D%/rules.c %D%/rules.h \
	%D%/say.c \
	%D%/screen.c %D%/screen.h \
	%D%/scroll.c %D%/scroll.h \
	%D%/style.c %D%/style.h \
	%D%/tables.c %D%/tables.h \
	%D%/text-view.c %D%/text-view.h \
	%D%/view.c %D%/view.h \
	%D%/why.c \
	%D%/wizard-steps.c %D%/wizard-steps.h \
	%D%/wizard-work.c %D%/wizard-work.h \
	%D%/wizard.c %D%/wizard.h
