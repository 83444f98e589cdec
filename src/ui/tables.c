/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/tables.h"

#include "ui/app.h"
#include "util/i18n.h"

const CommandTable *const index_tables[] = {&table_any, &table_list, &table_message, &table_index, NULL};
const CommandTable *const pager_tables[] = {&table_any, &table_message, &table_pager, NULL};
const CommandTable *const folders_tables[] = {&table_any, &table_list, &table_folders, NULL};
const CommandTable *const parts_tables[] = {&table_any, &table_list, &table_parts, NULL};
const CommandTable *const links_tables[] = {&table_any, &table_list, &table_links, NULL};
const CommandTable *const jobs_tables[] = {&table_any, &table_list, &table_jobs, NULL};
const CommandTable *const outbox_tables[] = {&table_any, &table_list, &table_outbox, NULL};
const CommandTable *const undo_tables[] = {&table_any, &table_list, &table_undo, NULL};
const CommandTable *const errors_tables[] = {&table_any, &table_list, &table_errors, NULL};
const CommandTable *const help_tables[] = {&table_any, &table_list, &table_help, NULL};
const CommandTable *const drafts_tables[] = {&table_any, &table_list, &table_drafts, NULL};
const CommandTable *const compose_tables[] = {&table_any, &table_list, &table_compose, NULL};
const CommandTable *const wizard_tables[] = {&table_wizard, NULL};
const CommandTable *const text_tables[] = {&table_any, &table_text, NULL};
const CommandTable *const rules_tables[] = {&table_any, &table_list, &table_rules, NULL};
const CommandTable *const rule_form_tables[] = {&table_any, &table_list, &table_rule_form, NULL};
const CommandTable *const dry_run_tables[] = {&table_any, &table_list, &table_dry_run, NULL};
const CommandTable *const proposals_tables[] = {&table_any, &table_list, &table_proposals, NULL};
const CommandTable *const why_tables[] = {&table_any, &table_list, &table_why, NULL};

static const CommandTable *const any_tables[] = {&table_any, NULL};
static const CommandTable *const list_tables[] = {&table_any, &table_list, NULL};
static const CommandTable *const message_tables[] = {&table_any, &table_message, NULL};

const ViewTables view_tables[] = {
	{N_("any view"), any_tables, &table_any},
	{N_("lists"), list_tables, &table_list},
	{N_("message (index and pager)"), message_tables, &table_message},
	{N_("index"), index_tables, &table_index},
	{N_("pager"), pager_tables, &table_pager},
	{N_("folders"), folders_tables, &table_folders},
	{N_("parts"), parts_tables, &table_parts},
	{N_("links"), links_tables, &table_links},
	{N_("composer"), compose_tables, &table_compose},
	{N_("drafts"), drafts_tables, &table_drafts},
	{N_("jobs"), jobs_tables, &table_jobs},
	{N_("outbox"), outbox_tables, &table_outbox},
	{N_("undo list"), undo_tables, &table_undo},
	{N_("rules"), rules_tables, &table_rules},
	{N_("rule"), rule_form_tables, &table_rule_form},
	{N_("dry run"), dry_run_tables, &table_dry_run},
	{N_("rule from a message"), proposals_tables, &table_proposals},
	{N_("why is this here?"), why_tables, &table_why},
	{N_("errors"), errors_tables, &table_errors},
	{N_("help"), help_tables, &table_help},
	{N_("text"), text_tables, &table_text},
	{N_("set-up"), wizard_tables, &table_wizard},
	{NULL, NULL, NULL},
};

void
ui_commands_each(UiCommandEach each, gpointer user)
{
	for (const ViewTables *view = view_tables; view->view; view++)
		for (gsize i = 0; i < view->own->count; i++) {
			const Command *row = &view->own->rows[i];

			each(view->own->name, row->name, row->keys, _(row->brief), user);
		}
}
