/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/types.h"

static const char *const role_names[] = {
	[ROLE_NONE] = "",
	[ROLE_INBOX] = "inbox",
	[ROLE_DRAFTS] = "drafts",
	[ROLE_SENT] = "sent",
	[ROLE_ARCHIVE] = "archive",
	[ROLE_JUNK] = "junk",
	[ROLE_TRASH] = "trash",
	[ROLE_ALL] = "all",
	[ROLE_FLAGGED] = "flagged",
	[ROLE_IMPORTANT] = "important",
};

const char *
folder_role_name(FolderRole role)
{
	return (gsize)role < G_N_ELEMENTS(role_names) ? role_names[role] : "";
}

FolderRole
folder_role_from_name(const char *name)
{
	for (gsize i = 0; name != NULL && i < G_N_ELEMENTS(role_names); i++)
		if (g_ascii_strcasecmp(name, role_names[i]) == 0)
			return (FolderRole)i;
	return ROLE_NONE;
}

StoreFolder *
store_folder_copy(const StoreFolder *folder)
{
	StoreFolder *copy = g_memdup2(folder, sizeof *folder);

	copy->name = g_strdup(folder->name);
	copy->raw = g_strdup(folder->raw);
	return copy;
}

void
store_folder_free(StoreFolder *folder)
{
	if (folder == NULL)
		return;
	g_free(folder->name);
	g_free(folder->raw);
	g_free(folder);
}

StoreRow *
store_row_copy(const StoreRow *row)
{
	StoreRow *copy = g_memdup2(row, sizeof *row);

	copy->keywords = g_strdup(row->keywords);
	copy->from_name = g_strdup(row->from_name);
	copy->from_address = g_strdup(row->from_address);
	copy->to = g_strdup(row->to);
	copy->subject = g_strdup(row->subject);
	copy->list_id = g_strdup(row->list_id);
	copy->folder_name = g_strdup(row->folder_name);
	return copy;
}

void
store_row_free(StoreRow *row)
{
	if (row == NULL)
		return;
	g_free(row->keywords);
	g_free(row->from_name);
	g_free(row->from_address);
	g_free(row->to);
	g_free(row->subject);
	g_free(row->list_id);
	g_free(row->folder_name);
	g_free(row);
}

StoreOrderSpec *
store_order_spec_copy(const StoreOrderSpec *spec)
{
	StoreOrderSpec *copy = g_memdup2(spec, sizeof *spec);

	copy->words = g_strdup(spec->words);
	return copy;
}

void
store_order_spec_free(StoreOrderSpec *spec)
{
	if (spec == NULL)
		return;
	g_free(spec->words);
	g_free(spec);
}

void
store_order_free(StoreOrder *order)
{
	if (order == NULL)
		return;
	g_free(order->entries);
	g_free(order);
}
