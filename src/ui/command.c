/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/command.h"

#include <string.h>

#include "util/i18n.h"

typedef struct {
	Key key;
	const Command *command;
} Binding;

struct Keymap {
	GArray *bindings;    /* of Binding; a key stands once */
	GPtrArray *commands; /* of const Command */
};

typedef struct {
	CommandNeeds need;
	const char *refusal;
} Refusal;

static const Refusal refusals[] = {
	{NEEDS_ACCOUNT, N_("There is no account yet. :account-setup makes one.")},
	{NEEDS_FOLDER, N_("No folder is selected.")},
	{NEEDS_ENTRY, N_("Nothing is selected: the list is empty.")},
	{NEEDS_MESSAGE, N_("There is no message here.")},
	{NEEDS_WRITABLE, N_("Read-only: nothing is changed here. % in the index turns that on and off.")},
	{NEEDS_MARKS, N_("Nothing is marked. t marks the selected row.")},
	{NEEDS_THREADS, N_("The list is not threaded. Esc T shows threads.")},
	{NEEDS_TEXT, N_("The text of this message is not here yet.")},
	{NEEDS_LINKS, N_("There are no links in this message.")},
	{NEEDS_SEARCH, N_("Nothing was searched for yet. / searches.")},
	{NEEDS_SENDING, N_("This account has no smtp server: it cannot send.")},
};

const char *
command_refusal(const Command *command, guint has)
{
	for (guint i = 0; i < G_N_ELEMENTS(refusals); i++)
		if ((command->needs & refusals[i].need) && !(has & refusals[i].need))
			return _(refusals[i].refusal);
	return NULL;
}

static Binding *
binding_of(const Keymap *keymap, Key key)
{
	for (guint i = 0; i < keymap->bindings->len; i++)
		if (g_array_index(keymap->bindings, Binding, i).key == key)
			return &g_array_index(keymap->bindings, Binding, i);
	return NULL;
}

static void
bind_command(Keymap *keymap, const Command *command)
{
	g_autoptr(GArray) keys = key_parse_list(command->keys);

	for (guint i = 0; keys && i < keys->len; i++) {
		Binding binding = {g_array_index(keys, Key, i), command};
		Binding *old = binding_of(keymap, binding.key);

		if (old)
			old->command = command;
		else
			g_array_append_val(keymap->bindings, binding);
	}
}

Keymap *
keymap_new(const CommandTable *const *tables)
{
	Keymap *keymap = g_new0(Keymap, 1);
	guint count = 0;

	keymap->bindings = g_array_new(FALSE, FALSE, sizeof(Binding));
	keymap->commands = g_ptr_array_new();
	for (; tables[count]; count++)
		for (gsize i = 0; i < tables[count]->count; i++)
			bind_command(keymap, &tables[count]->rows[i]);
	while (count-- > 0)
		for (gsize i = 0; i < tables[count]->count; i++)
			if (!keymap_named(keymap, tables[count]->rows[i].name))
				g_ptr_array_add(keymap->commands, (gpointer)&tables[count]->rows[i]);
	return keymap;
}

void
keymap_free(Keymap *keymap)
{
	if (!keymap)
		return;
	g_array_free(keymap->bindings, TRUE);
	g_ptr_array_free(keymap->commands, TRUE);
	g_free(keymap);
}

const Command *
keymap_find(const Keymap *keymap, Key key)
{
	const Binding *binding = binding_of(keymap, key);

	return binding ? binding->command : NULL;
}

const Command *
keymap_named(const Keymap *keymap, const char *name)
{
	for (guint i = 0; i < keymap->commands->len; i++) {
		const Command *command = g_ptr_array_index(keymap->commands, i);

		if (strcmp(command->name, name) == 0)
			return command;
	}
	return NULL;
}

const GPtrArray *
keymap_commands(const Keymap *keymap)
{
	return keymap->commands;
}

char *
keymap_keys(const Keymap *keymap, const Command *command, gboolean first_only)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < keymap->bindings->len; i++) {
		const Binding *binding = &g_array_index(keymap->bindings, Binding, i);
		g_autofree char *name = NULL;

		if (binding->command != command || (first_only && out->len > 0))
			continue;
		name = key_words(binding->key);
		g_string_append_printf(out, "%s%s", out->len > 0 ? ", " : "", name);
	}
	return g_string_free(out, FALSE);
}

GArray *
keymap_after_esc(const Keymap *keymap)
{
	GArray *keys = g_array_new(FALSE, FALSE, sizeof(Key));

	for (guint i = 0; i < keymap->bindings->len; i++) {
		Key key = g_array_index(keymap->bindings, Binding, i).key;

		if (key & KEY_AFTER_ESC) {
			key &= ~KEY_AFTER_ESC;
			g_array_append_val(keys, key);
		}
	}
	return keys;
}

static char *
check_row(const Keymap *seen, const CommandTable *table, const Command *row)
{
	g_autoptr(GArray) keys = key_parse_list(row->keys);

	if (!keys)
		return g_strdup_printf("%s %s: \"%s\" names no key", table->name, row->name, row->keys);
	for (guint i = 0; i < keys->len; i++) {
		Key key = g_array_index(keys, Key, i);
		const Binding *other = binding_of(seen, key);
		g_autofree char *name = key_words(key);
		gboolean own =
			other && other->command >= table->rows && other->command < table->rows + table->count;

		if (other && (own || !row->overrides))
			return g_strdup_printf("%s %s: %s is the key of %s", table->name, row->name, name,
				other->command->name);
	}
	return NULL;
}

char *
keymap_check(const CommandTable *const *tables)
{
	g_autoptr(Keymap) seen = g_new0(Keymap, 1);

	seen->bindings = g_array_new(FALSE, FALSE, sizeof(Binding));
	seen->commands = g_ptr_array_new();
	for (guint t = 0; tables[t]; t++)
		for (gsize i = 0; i < tables[t]->count; i++) {
			const Command *row = &tables[t]->rows[i];
			char *wrong = check_row(seen, tables[t], row);

			if (wrong)
				return wrong;
			if (!row->run || !row->brief || (!row->overrides && keymap_named(seen, row->name)))
				return g_strdup_printf("%s %s: stands twice, or lacks words or function",
					tables[t]->name, row->name);
			bind_command(seen, row);
			g_ptr_array_add(seen->commands, (gpointer)row);
		}
	return NULL;
}
