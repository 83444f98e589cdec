/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cache-fill ACCOUNT: fill an account's cache as a sync would, without any server.
 *
 * Standard input holds messages, each behind a line
 *	FOLDER <tab> ROLE <tab> FLAGS <tab> SECONDS <tab> OCTETS
 * in which flags are the bits of MessageFlags. Messages of a folder come oldest first. OCTETS 0: an empty
 *folder.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/cache.h"
#include "store/journal.h"
#include "store/view.h"
#include "util/paths.h"

typedef struct {
	char *name;
	FolderRole role;
	GPtrArray *intakes; /* of StoreIntake */
	GPtrArray *octets;  /* of GBytes */
} Folder;

static Folder *
folder_of(GPtrArray *folders, const char *name, const char *role)
{
	Folder *folder;

	for (guint i = 0; i < folders->len; i++) {
		folder = g_ptr_array_index(folders, i);
		if (strcmp(folder->name, name) == 0)
			return folder;
	}
	folder = g_new0(Folder, 1);
	folder->name = g_strdup(name);
	folder->role = folder_role_from_name(role);
	folder->intakes = g_ptr_array_new();
	folder->octets = g_ptr_array_new();
	g_ptr_array_add(folders, folder);
	return folder;
}

static void
add(Folder *folder, char **words, char *octets, gsize length)
{
	StoreIntake *intake = g_new0(StoreIntake, 1);
	const char *end = memmem(octets, length, "\r\n\r\n", 4);

	intake->header_length = end ? (gsize)(end - octets) + 4 : length;
	intake->uid = folder->intakes->len + 1;
	intake->flags = (guint32)strtoul(words[2], NULL, 10);
	intake->received = g_ascii_strtoll(words[3], NULL, 10);
	intake->size = (guint32)length;
	intake->header = g_memdup2(octets, intake->header_length + 1);
	intake->header[intake->header_length] = '\0';
	g_ptr_array_add(folder->intakes, intake);
	g_ptr_array_add(folder->octets, g_bytes_new_take(octets, length));
}

static GPtrArray *
read_all(void)
{
	GPtrArray *folders = g_ptr_array_new();
	char line[1024];

	while (fgets(line, sizeof line, stdin)) {
		g_auto(GStrv) words = g_strsplit(g_strchomp(line), "\t", 5);
		gsize length = g_strv_length(words) == 5 ? strtoul(words[4], NULL, 10) : 0;
		Folder *folder = folder_of(folders, words[0], words[1] ? words[1] : "");
		char *octets;

		if (length == 0)
			continue;
		octets = g_malloc(length + 1);
		if (fread(octets, 1, length, stdin) != length)
			g_error("the input ends in a message");
		octets[length] = '\0';
		add(folder, words, octets, length);
	}
	return folders;
}

static void
check(gboolean good, GError *error)
{
	if (!good)
		g_error("%s", error->message);
}

static void
fill_folders(StoreCache *cache, GPtrArray *folders)
{
	GPtrArray *list = g_ptr_array_new();
	GError *error = NULL;

	for (guint i = 0; i < folders->len; i++) {
		const Folder *folder = g_ptr_array_index(folders, i);
		StoreFolder *row = g_new0(StoreFolder, 1);

		row->name = g_strdup(folder->name);
		row->raw = g_strdup(folder->name);
		row->delimiter = '/';
		row->role = folder->role;
		row->selectable = row->subscribed = TRUE;
		g_ptr_array_add(list, row);
	}
	check(store_cache_set_folders(cache, list, TRUE, &error), error);
}

static void
fill_folder(StoreCache *cache, const Folder *folder)
{
	g_autoptr(StoreFolder) row = store_cache_folder(cache, folder->name);
	GError *error = NULL;
	FolderId now;
	guint count = folder->intakes->len;

	check(store_cache_selected(cache, row->id, 1, count + 1, count, &now, &error), error);
	check(store_cache_intake(cache, row->id, folder->intakes, 1, count, NULL, &error), error);
	check(store_cache_settle_bulk(cache, &error), error);
	check(store_cache_synced(cache, row->id, 1, count + 1, TRUE, time(NULL), &error), error);
}

static void
fill_bodies(StoreCache *cache, StoreView *view, const Folder *folder)
{
	g_autoptr(StoreFolder) row = store_view_folder(view, folder->name);
	GError *error = NULL;

	for (guint i = 0; i < folder->octets->len; i++) {
		g_autoptr(StoreRow) message = store_view_row(view, ROW_ID(row->id, i + 1));
		gsize length;
		const void *octets = g_bytes_get_data(g_ptr_array_index(folder->octets, i), &length);

		check(message != NULL, error);
		check(store_cache_put_part(cache, message->cid, "", octets, length, &error), error);
	}
}

int
main(int argc, char **argv)
{
	g_autoptr(Paths) paths = paths_new();
	g_autofree char *journal_path = g_build_filename(paths->data, "posthorn.db", NULL);
	g_autofree char *cache_path = NULL;
	GPtrArray *folders = read_all();
	GError *error = NULL;
	Journal *journal;
	StoreCache *cache;
	StoreView *view;

	if (argc != 2)
		return 2;
	cache_path = g_build_filename(paths->cache, argv[1], NULL);
	journal = journal_open(journal_path, NULL, &error);
	check(journal != NULL, error);
	cache = store_cache_open(cache_path, journal_hash_key(journal), NULL, &error);
	check(cache != NULL, error);
	fill_folders(cache, folders);
	for (guint i = 0; i < folders->len; i++)
		fill_folder(cache, g_ptr_array_index(folders, i));
	view = store_view_open(cache_path, &error);
	check(view != NULL, error);
	for (guint i = 0; i < folders->len; i++)
		fill_bodies(cache, view, g_ptr_array_index(folders, i));
	store_view_close(view);
	store_cache_close(cache);
	journal_close(journal);
	return 0;
}
