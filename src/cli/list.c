/* SPDX-License-Identifier: GPL-3.0-or-later */
/* list.c - folders, and the messages of one: rows go out a window at a time, so that any folder costs the
 * same memory. */
#include "config.h"

#include "cli/private.h"

#include <string.h>

#include "mime/header.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/text.h"

/* Rows read at once. */
#define WINDOW 500
/* Messages above a message, when its parent in the folder is looked for. */
#define CLIMB_MAX 200

/* ---- folders --------------------------------------------------------------------------- */

static void
json_folders(const GPtrArray *folders)
{
	g_autoptr(Json) json = cli_json();

	json_begin_array(json, NULL);
	for (guint i = 0; i < folders->len; i++) {
		const StoreFolder *folder = folders->pdata[i];
		json_begin_object(json, NULL);
		json_string(json, "name", folder->name);
		json_string(json, "role", folder->role ? folder_role_name(folder->role) : NULL);
		json_int(json, "total", folder->total);
		json_int(json, "unread", folder->unread);
		json_bool(json, "subscribed", folder->subscribed);
		json_bool(json, "selectable", folder->selectable);
		json_end_object(json);
	}
	json_end_array(json);
}

static void
print_folders(const Cli *cli, const GPtrArray *folders)
{
	int name_cells = MAX(10, cli_width(cli, 80) - 30);
	int widest = 10;

	for (guint i = 0; i < folders->len; i++) {
		g_autofree char *safe = text_safe(((StoreFolder *)folders->pdata[i])->name, -1, TEXT_MARKS);
		widest = MAX(widest, text_cells(safe, -1));
	}
	name_cells = MIN(name_cells, widest);
	for (guint i = 0; i < folders->len; i++) {
		const StoreFolder *folder = folders->pdata[i];
		g_autofree char *safe = text_safe(folder->name, -1, TEXT_MARKS);
		g_autofree char *name = text_column(safe, name_cells, FALSE, FALSE);
		if (folder->selectable)
			cli_print("%s %8u %8u  %s\n", name, folder->total, folder->unread,
				folder_role_name(folder->role));
		else
			cli_print("%s %8s %8s\n", name, "-", "-");
	}
}

int
cli_folders(Cli *cli)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) folders = NULL;
	int status = CLI_DONE;
	const AccountConfig *account = cli_account(cli, &status);
	StoreView *view;

	if (account == NULL)
		return status;
	view = cli_view(cli, account->key, &error);
	if (view == NULL)
		return cli_fail(cli, error);
	folders = store_view_folders(view);
	if (cli->json)
		json_folders(folders);
	else
		print_folders(cli, folders);
	return CLI_DONE;
}

/* ---- list ------------------------------------------------------------------------------------ */

/* Where a row stands in its thread, rows of other folders left out. */
typedef struct {
	RowId id;
	RowId parent; /* 0: none */
	guint depth;
} Place;

typedef struct {
	Cli *cli;
	const char *account;
	StoreView *view;
	StoreFolder *folder;
	Json *json; /* NULL: for people */
	int width;
	gint64 now;
	GArray *above;  /* RowId of the last row at each depth, in the order of threads */
	GArray *places; /* of Place by id, for many rows that are not in the order of threads; NULL */
} Listing;

/* Above it in the same folder: a message elsewhere between the two is passed over. */
static RowId
parent_in_folder(const Listing *listing, RowId id)
{
	for (guint i = 0; i < CLIMB_MAX; i++) {
		id = store_view_parent(listing->view, id);
		if (id == 0 || ROW_FOLDER(id) == listing->folder->id)
			return id;
	}
	return 0;
}

static Place
climb(const Listing *listing, RowId id)
{
	Place place = {.id = id, .parent = parent_in_folder(listing, id)};
	RowId above = place.parent;

	while (above != 0 && ++place.depth < CLIMB_MAX)
		above = parent_in_folder(listing, above);
	return place;
}

/* In the order of a thread the parent is the last row that stood one level higher. */
static Place
place_below(Listing *listing, const StoreOrderEntry *entry)
{
	Place place = {.id = entry->id, .depth = entry->depth};

	g_array_set_size(listing->above, entry->depth + 1u);
	g_array_index(listing->above, RowId, entry->depth) = entry->id;
	if (entry->depth > 0)
		place.parent = g_array_index(listing->above, RowId, entry->depth - 1);
	return place;
}

static int
compare_places(gconstpointer a, gconstpointer b)
{
	const Place *left = a, *right = b;

	return (left->id > right->id) - (left->id < right->id);
}

/* For a whole folder one pass through its threads is faster than climbing from each row. */
static void
load_places(Listing *listing)
{
	StoreOrderSpec spec = {.key = SORT_DATE, .descending = TRUE, .threads = TRUE};
	g_autoptr(StoreOrder) order = store_view_order(listing->view, listing->folder->id, &spec, NULL);

	listing->places = g_array_new(FALSE, FALSE, sizeof(Place));
	for (gsize i = 0; order != NULL && i < order->length; i++) {
		Place place = place_below(listing, &order->entries[i]);
		g_array_append_val(listing->places, place);
	}
	g_array_sort(listing->places, compare_places);
}

static Place
place_of(Listing *listing, const StoreOrderEntry *entry)
{
	Place place = {.id = entry->id};
	guint index;

	if (listing->cli->threads)
		return place_below(listing, entry);
	if (listing->json == NULL)
		return place;
	if (listing->places == NULL)
		return climb(listing, entry->id);
	if (g_array_binary_search(listing->places, &place, compare_places, &index))
		place = g_array_index(listing->places, Place, index);
	return place;
}

/* For people: INBOX:585 where the server has numbered it, else the whole id. */
static char *
short_reference(const Listing *listing, const StoreRow *row)
{
	g_autofree char *folder = NULL;

	if (row->id <= 0 || ROW_FOLDER(row->id) != listing->folder->id || ROW_IS_PROVISIONAL(row->id))
		return cli_message_id(listing->account, row->id);
	folder = text_safe(listing->folder->name, -1, TEXT_MARKS);
	if (strcmp(folder, listing->folder->name) != 0 || strpbrk(folder, " \t'\"$\\") != NULL)
		return cli_message_id(listing->account, row->id);
	return g_strdup_printf("%s:%u", folder, (guint)ROW_UID(row->id));
}

static void
print_row(const Listing *listing, const StoreRow *row, guint depth)
{
	g_autofree char *date = dates_format_short(row->sent, listing->now);
	g_autofree char *when = text_column(date, 10, FALSE, FALSE);
	g_autofree char *sender = mime_sender_display(row->from_name, row->from_address, row->several_from);
	g_autofree char *from = text_column(sender, 18, FALSE, FALSE);
	g_autofree char *bytes = text_size(row->size);
	g_autofree char *size = text_column(bytes, 5, TRUE, FALSE);
	g_autofree char *safe = text_safe(row->subject ? row->subject : "", -1, TEXT_MARKS);
	g_autofree char *indented = g_strdup_printf("%*s%s", (int)MIN(depth, 20) * 2, "", safe);
	g_autofree char *id = short_reference(listing, row);
	int left = listing->width - 5 - 10 - 18 - 5 - 5 - (int)strlen(id);
	g_autofree char *subject = text_column(indented, MAX(left, 10), FALSE, FALSE);
	char marks[] = {
		row->flags & MESSAGE_DELETED    ? 'D'
		: !(row->flags & MESSAGE_SEEN)  ? 'N'
		: row->flags & MESSAGE_ANSWERED ? 'r'
						: ' ',
		row->flags & MESSAGE_FLAGGED ? '!' : ' ',
		row->attachment ? '+' : ' ',
		row->flags & (MESSAGE_PENDING | MESSAGE_FAILED) ? '~' : ' ',
		'\0',
	};

	cli_print("%s %s %s %s %s %s\n", marks, when, from, size, subject, id);
}

static void
list_row(Listing *listing, const StoreRow *row, const StoreOrderEntry *entry)
{
	Place place = place_of(listing, entry);

	if (listing->json == NULL)
		print_row(listing, row, place.depth);
	else
		cli_json_row(listing->json, listing->account, row, place.depth, place.parent);
}

static void
list_window(Listing *listing, const StoreOrderEntry *entries, gsize count)
{
	RowId ids[WINDOW];
	g_autoptr(GPtrArray) rows = NULL;

	for (gsize i = 0; i < count; i++)
		ids[i] = entries[i].id;
	rows = store_view_rows(listing->view, ids, count);
	for (gsize i = 0; i < count && i < rows->len; i++)
		if (rows->pdata[i] != NULL)
			list_row(listing, rows->pdata[i], &entries[i]);
}

static void
list_entries(Listing *listing, const StoreOrder *order)
{
	gsize from = MIN((gsize)listing->cli->from, order->length);
	gsize limit = listing->cli->limit > 0 ? (gsize)listing->cli->limit : order->length;
	gsize end = MIN(order->length, from + limit);

	/* What stands above the first row may be its parent. */
	for (gsize i = 0; listing->cli->threads && i < from; i++)
		place_below(listing, &order->entries[i]);
	if (listing->json != NULL && !listing->cli->threads && end - from > WINDOW)
		load_places(listing);
	while (from < end) {
		gsize count = MIN(WINDOW, end - from);
		list_window(listing, order->entries + from, count);
		from += count;
	}
}

static StoreOrder *
load_order(const Listing *listing)
{
	const Cli *cli = listing->cli;
	g_autoptr(Preferences) preferences =
		config_preferences(cli->config, listing->account, listing->folder->name);
	StoreOrderSpec spec = {
		.key = preferences->sort.key,
		.descending = preferences->sort.descending,
		.threads = cli->threads,
	};
	gsize wanted = (gsize)cli->from + (gsize)cli->limit;

	if (cli->limit > 0 && wanted <= WINDOW)
		return store_view_first(listing->view, listing->folder->id, &spec, wanted);
	return store_view_order(listing->view, listing->folder->id, &spec, NULL);
}

static void
list_folder(Listing *listing)
{
	g_autoptr(StoreOrder) order = load_order(listing);
	g_autoptr(Json) json = listing->cli->json ? cli_json() : NULL;
	g_autoptr(GArray) above = g_array_new(FALSE, TRUE, sizeof(RowId));

	listing->json = json;
	listing->above = above;
	listing->width = cli_width(listing->cli, 80);
	listing->now = g_get_real_time() / G_USEC_PER_SEC;
	if (json != NULL)
		json_begin_array(json, NULL);
	if (order != NULL)
		list_entries(listing, order);
	if (json != NULL)
		json_end_array(json);
	g_clear_pointer(&listing->places, g_array_unref);
}

int
cli_list(Cli *cli)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(StoreFolder) folder = NULL;
	int status = CLI_DONE;
	const AccountConfig *account = cli_account(cli, &status);
	Listing listing = {.cli = cli};

	if (account == NULL)
		return status;
	listing.account = account->key;
	listing.view = cli_view(cli, account->key, &error);
	if (listing.view == NULL)
		return cli_fail(cli, error);
	folder = listing.folder = store_view_folder(listing.view, cli->words[0]);
	if (folder == NULL) {
		fault_set(&error, FAULT_UNKNOWN,
			_("There is no folder \"%s\"; posthorn folders lists those that there are."),
			cli->words[0]);
		return cli_fail(cli, error);
	}
	list_folder(&listing);
	return CLI_DONE;
}
