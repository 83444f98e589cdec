/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tables.h - the command tables that views share.
 */
#pragma once

#include "ui/command.h"

#define TABLE(name, rows)                                                                                    \
	{                                                                                                    \
		name, rows, G_N_ELEMENTS(rows)                                                               \
	}

extern const CommandTable table_any;     /* in every view */
extern const CommandTable table_list;    /* in every list */
extern const CommandTable table_message; /* on the message or messages at hand */
extern const CommandTable table_index;
extern const CommandTable table_pager;
extern const CommandTable table_folders;
extern const CommandTable table_parts;
extern const CommandTable table_links;
extern const CommandTable table_jobs;
extern const CommandTable table_outbox;
extern const CommandTable table_undo;
extern const CommandTable table_errors;
extern const CommandTable table_help;
extern const CommandTable table_drafts;
extern const CommandTable table_compose;
extern const CommandTable table_wizard;
extern const CommandTable table_text;
extern const CommandTable table_rules;
extern const CommandTable table_rule_form;
extern const CommandTable table_dry_run;
extern const CommandTable table_proposals;
extern const CommandTable table_why;

/* Views of the program with their tables, for the manual page and the tests. NULL-ended by name. */
typedef struct {
	const char *view;
	const CommandTable *const *tables;
	const CommandTable *own;
} ViewTables;

extern const ViewTables view_tables[];

extern const CommandTable *const index_tables[];
extern const CommandTable *const pager_tables[];
extern const CommandTable *const folders_tables[];
extern const CommandTable *const parts_tables[];
extern const CommandTable *const links_tables[];
extern const CommandTable *const jobs_tables[];
extern const CommandTable *const outbox_tables[];
extern const CommandTable *const undo_tables[];
extern const CommandTable *const errors_tables[];
extern const CommandTable *const help_tables[];
extern const CommandTable *const drafts_tables[];
extern const CommandTable *const compose_tables[];
extern const CommandTable *const wizard_tables[];
extern const CommandTable *const text_tables[];
extern const CommandTable *const rules_tables[];
extern const CommandTable *const rule_form_tables[];
extern const CommandTable *const dry_run_tables[];
extern const CommandTable *const proposals_tables[];
extern const CommandTable *const why_tables[];
