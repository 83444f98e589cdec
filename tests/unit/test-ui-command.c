/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib.h>
#include <string.h>

#include "ui/app.h"
#include "ui/tables.h"

static void
test_tables(void)
{
	for (const ViewTables *view = view_tables; view->view; view++) {
		g_autofree char *wrong = keymap_check(view->tables);

		g_assert_cmpstr(wrong, ==, NULL);
	}
}

static void
nothing(View *view, const CommandCall *call)
{
	(void)view;
	(void)call;
}

static const Command general[] = {
	{.name = "one", .keys = "a; b", .brief = "x", .run = nothing},
	{.name = "two", .keys = "Esc a", .brief = "x", .run = nothing},
};
static const Command twice[] = {{.name = "three", .keys = "b", .brief = "x", .run = nothing}};
static const Command over[] = {
	{.name = "three", .keys = "b", .brief = "x", .overrides = TRUE, .run = nothing}};
static const Command bad[] = {{.name = "four", .keys = "Esc [", .brief = "x", .run = nothing}};
static const CommandTable general_table = TABLE("any", general), twice_table = TABLE("own", twice),
			  over_table = TABLE("own", over), bad_table = TABLE("own", bad);

static void
test_check_finds(void)
{
	const CommandTable *const twice_tables[] = {&general_table, &twice_table, NULL};
	const CommandTable *const over_tables[] = {&general_table, &over_table, NULL};
	const CommandTable *const bad_tables[] = {&general_table, &bad_table, NULL};
	g_autofree char *collides = keymap_check(twice_tables), *fine = keymap_check(over_tables),
			*nonsense = keymap_check(bad_tables);

	g_assert_nonnull(strstr(collides, "one"));
	g_assert_null(fine);
	g_assert_nonnull(strstr(nonsense, "Esc ["));
}

static void
test_lower_row_wins(void)
{
	const CommandTable *const tables[] = {&general_table, &over_table, NULL};
	g_autoptr(Keymap) keymap = keymap_new(tables);
	g_autofree char *keys = keymap_keys(keymap, &general[0], FALSE);
	g_autoptr(GArray) after = keymap_after_esc(keymap);

	g_assert_cmpstr(keymap_find(keymap, 'b')->name, ==, "three");
	g_assert_cmpstr(keymap_find(keymap, 'a')->name, ==, "one");
	g_assert_cmpstr(keys, ==, "a");
	g_assert_cmpuint(after->len, ==, 1);
	g_assert_null(keymap_find(keymap, 'z'));
	g_assert_cmpuint(keymap_commands(keymap)->len, ==, 3);
	g_assert_cmpstr(((const Command *)g_ptr_array_index(keymap_commands(keymap), 0))->name, ==, "three");
}

/* Keys that are the users', or the terminal's, are never bound. (KEYS: rule 4) */
static void
test_free_keys(void)
{
	static const char *const keys[] = {"Comma", "\"", "`", "F2", "F5", "F12", "^S", "^Q"};

	for (const ViewTables *view = view_tables; view->view; view++) {
		g_autoptr(Keymap) keymap = keymap_new(view->tables);

		for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
			g_assert_null(keymap_find(keymap, key_parse(keys[i])));
	}
}

static void
count_row(const char *view, const char *name, const char *keys, const char *brief, gpointer user)
{
	g_assert_nonnull(view);
	g_assert_nonnull(name);
	g_assert_nonnull(keys);
	g_assert_cmpuint(strlen(brief), >, 3);
	(*(guint *)user)++;
}

static void
test_each(void)
{
	guint count = 0, rows = 0;

	for (const ViewTables *view = view_tables; view->view; view++)
		rows += (guint)view->own->count;
	ui_commands_each(count_row, &count);
	g_assert_cmpuint(count, ==, rows);
}

static void
test_refusal(void)
{
	Command command = {.needs = NEEDS_MESSAGE | NEEDS_WRITABLE};

	g_assert_null(command_refusal(&command, NEEDS_MESSAGE | NEEDS_WRITABLE));
	g_assert_nonnull(strstr(command_refusal(&command, NEEDS_MESSAGE), "Read-only"));
	g_assert_nonnull(strstr(command_refusal(&command, NEEDS_WRITABLE), "no message"));
}

/* Keys that mutt's hands expect. */
static void
test_mutt_keys(void)
{
	static const struct {
		const CommandTable *const *tables;
		const char *key, *command;
	} expected[] = {
		{index_tables, "r", "reply"},
		{index_tables, "g", "reply-all"},
		{index_tables, "L", "reply-list"},
		{index_tables, "d", "delete"},
		{index_tables, "s", "move"},
		{index_tables, "C", "copy"},
		{index_tables, "c", "folder-open"},
		{index_tables, "m", "mail-compose"},
		{index_tables, "t", "mark"},
		{index_tables, "Semicolon", "mark-prefix"},
		{index_tables, "l", "limit"},
		{index_tables, "/", "search"},
		{index_tables, "Esc /", "search-reverse"},
		{index_tables, "n", "search-next"},
		{index_tables, "q", "quit"},
		{index_tables, "F", "flag-toggle"},
		{index_tables, "N", "unread-toggle"},
		{index_tables, "$", "sync-folder"},
		{index_tables, "Esc v", "fold"},
		{index_tables, "Esc V", "fold-all"},
		{index_tables, "Tab", "unread-next"},
		{index_tables, "^D", "delete-thread"},
		{index_tables, "Enter", "message-open"},
		{index_tables, "T", "mark-pattern"},
		{pager_tables, "j", "message-next"},
		{pager_tables, "k", "message-previous"},
		{pager_tables, "Space", "page-next"},
		{pager_tables, "h", "headers-toggle"},
		{pager_tables, "T", "quotes-toggle"},
		{pager_tables, "S", "quote-skip"},
		{pager_tables, "v", "parts-view"},
		{pager_tables, "|", "pipe"},
		{pager_tables, "q", "view-close"},
		{pager_tables, "Down", "line-next"},
		{compose_tables, "y", "send"},
		{compose_tables, "e", "edit-body"},
		{compose_tables, "t", "edit-to"},
		{compose_tables, "a", "attach-file"},
		{compose_tables, "P", "draft-save"},
		{parts_tables, "s", "part-save"},
		{folders_tables, "u", "undo"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
		g_autoptr(Keymap) keymap = keymap_new(expected[i].tables);
		const Command *command = keymap_find(keymap, key_parse(expected[i].key));

		g_assert_nonnull(command);
		g_assert_cmpstr(command->name, ==, expected[i].command);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/ui/command/no-key-twice-in-a-view", test_tables);
	g_test_add_func("/ui/command/the-check-finds-what-is-wrong", test_check_finds);
	g_test_add_func("/ui/command/a-lower-row-wins", test_lower_row_wins);
	g_test_add_func("/ui/command/the-users-keys-stay-free", test_free_keys);
	g_test_add_func("/ui/command/each-row-is-told-once", test_each);
	g_test_add_func("/ui/command/a-refusal-names-the-need", test_refusal);
	g_test_add_func("/ui/command/mutts-keys-keep-their-acts", test_mutt_keys);
	return g_test_run();
}
