/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a transaction does to the maps in memory is not undone when it fails:
 * the cache is then stale, and the next transaction begins by reading anew
 * what the file has (settle_catch_up).
 *
 * bodies.db belongs to one headers.db: both hold the same random generation,
 * because a cid means nothing in another one.
 */
#include "config.h"

#include "store/cache-private.h"

#include "util/fault.h"
#include "util/i18n.h"
#include "util/log.h"
#include "util/paths.h"

#include <glib/gstdio.h>
#include <string.h>

/*
 * Folder ids begin anywhere, so that a row id of a cache that was thrown away names nothing in the next. They
 * must stay below 2^28: nodes.c keeps row ids with two bits more.
 */
#define FIRST_FOLDER_MAX (1 << 27)

typedef struct {
	const char *name;
	gsize offset; /* of the gint64 in StoreCache */
} Counter;

static const Counter counters[] = {
	{"next_cid", G_STRUCT_OFFSET(StoreCache, next_cid)},
	{"next_provisional", G_STRUCT_OFFSET(StoreCache, next_provisional)},
	{"next_thread", G_STRUCT_OFFSET(StoreCache, next_thread)},
	{"applied", G_STRUCT_OFFSET(StoreCache, applied)},
	{"next_text", G_STRUCT_OFFSET(StoreCache, next_text)},
	{"next_person", G_STRUCT_OFFSET(StoreCache, next_person)},
	{"text_settled", G_STRUCT_OFFSET(StoreCache, text_settled)},
	{"person_settled", G_STRUCT_OFFSET(StoreCache, person_settled)},
	{"text_indexed", G_STRUCT_OFFSET(StoreCache, text_indexed)},
	{"person_indexed", G_STRUCT_OFFSET(StoreCache, person_indexed)},
};

G_STATIC_ASSERT(G_N_ELEMENTS(counters) == G_N_ELEMENTS(((StoreCache *)NULL)->saved));

static gint64 *
counter_value(StoreCache *cache, gsize i)
{
	return (gint64 *)((char *)cache + counters[i].offset);
}

static void
load_counters(StoreCache *cache)
{
	StoreBase *base = cache->headers;

	for (gsize i = 0; i < G_N_ELEMENTS(counters); i++) {
		cache->saved[i] =
			base_integer(base, 0, "SELECT value FROM meta WHERE name = ?", "t", counters[i].name);
		*counter_value(cache, i) = cache->saved[i];
	}
	cache->pending_rows = base_integer(base, 0, "SELECT count(*) FROM pending", "");
	cache->awaited_rows = base_integer(base, 0, "SELECT count(*) FROM awaited", "");
	cache->provisional_rows = base_integer(base, 0, "SELECT count(*) FROM provisional", "");
	cache->hidden_rows = base_integer(base, 0, "SELECT count(*) FROM hidden", "");
	cache->mid_used = base_integer(base, 0, "SELECT 1 FROM mid LIMIT 1", "") != 0;
}

static void
save_counters(StoreCache *cache)
{
	for (gsize i = 0; i < G_N_ELEMENTS(counters); i++)
		if (*counter_value(cache, i) != cache->saved[i])
			base_run(cache->headers, "UPDATE meta SET value = ? WHERE name = ?", "it",
				*counter_value(cache, i), counters[i].name);
}

static void
forget_memory(StoreCache *cache)
{
	store_map_clear(&cache->nodes);
	store_map_clear(&cache->ghosts);
	store_map_clear(&cache->texts);
	store_map_clear(&cache->persons);
	store_map_clear(&cache->seen);
	store_map_clear(&cache->raw);
	store_filter_clear(&cache->settled);
	cache->unsettled = 0;
}

static gboolean
reload(StoreCache *cache, GError **error)
{
	forget_memory(cache);
	load_counters(cache);
	if (base_failed(cache->headers, error))
		return FALSE;
	cache->stale = FALSE;
	if (settle_catch_up(cache, error))
		return TRUE;
	cache->stale = TRUE;
	return FALSE;
}

gboolean
cache_begin(StoreCache *cache, GError **error)
{
	if (cache->stale && !reload(cache, error))
		return FALSE;
	return base_begin(cache->headers, error);
}

gboolean
cache_commit(StoreCache *cache, GError **error)
{
	node_flush_ghosts(cache);
	save_counters(cache);
	if (!base_commit(cache->headers, error)) {
		cache->stale = TRUE;
		return FALSE;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(counters); i++)
		cache->saved[i] = *counter_value(cache, i);
	return TRUE;
}

void
cache_abort(StoreCache *cache)
{
	base_rollback(cache->headers);
	cache->stale = TRUE;
}

/* ---- opening ------------------------------------------------------------------ */

static void
unlink_all(const char *path)
{
	static const char *const tails[] = {"", "-wal", "-shm"};

	for (gsize i = 0; i < G_N_ELEMENTS(tails); i++) {
		g_autofree char *name = g_strconcat(path, tails[i], NULL);
		g_unlink(name);
	}
}

static gint64
random_number(gint64 limit)
{
	guint64 value;

	hash_random(&value, sizeof value);
	return (gint64)(value % (guint64)limit);
}

static gboolean
fill_meta(StoreCache *cache, GError **error)
{
	StoreBase *base = cache->headers;
	static const struct {
		const char *name;
		gint64 value;
	} first[] = {{"next_cid", 1}, {"next_provisional", 1}, {"next_thread", -1}, {"next_text", 1},
		{"next_person", 1}};

	if (!base_begin(base, error))
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(counters); i++)
		base_run(base, "INSERT INTO meta VALUES(?, 0)", "t", counters[i].name);
	for (gsize i = 0; i < G_N_ELEMENTS(first); i++)
		base_run(base, "UPDATE meta SET value = ? WHERE name = ?", "it", first[i].value,
			first[i].name);
	base_run(base, "INSERT INTO meta VALUES('key', ?)", "b", cache->key.bytes, sizeof cache->key.bytes);
	base_run(base, "INSERT INTO meta VALUES('generation', ?)", "i", random_number(G_MAXINT64));
	base_run(
		base, "INSERT INTO meta VALUES('first_folder', ?)", "i", 1 + random_number(FIRST_FOLDER_MAX));
	return base_commit(base, error);
}

static gboolean
key_matches(StoreCache *cache)
{
	sqlite3_stmt *query = base_query(cache->headers, "SELECT value FROM meta WHERE name = 'key'", "");
	gboolean matches = FALSE;

	if (base_step(cache->headers, query)) {
		matches =
			sqlite3_column_bytes(query, 0) == sizeof cache->key.bytes &&
			memcmp(sqlite3_column_blob(query, 0), cache->key.bytes, sizeof cache->key.bytes) == 0;
		base_reset(query);
	}
	return matches;
}

static gboolean
open_headers(StoreCache *cache, gboolean *rebuilt, GError **error)
{
	g_autofree char *path = g_build_filename(cache->folder, SCHEMA_HEADERS_FILE, NULL);
	BaseOutcome outcome;

	cache->headers = base_open(path, &schema_headers, &outcome, NULL, error);
	if (cache->headers == NULL)
		return FALSE;
	if (outcome == BASE_REBUILT)
		*rebuilt = TRUE;
	if (base_integer(cache->headers, 0, "SELECT count(*) FROM meta", "") == 0)
		return !base_failed(cache->headers, error) && fill_meta(cache, error);
	if (key_matches(cache))
		return TRUE;
	if (base_failed(cache->headers, error))
		return FALSE;
	/* The data folder is another one, or was lost: no hash in here means anything any more. */
	log_line(LOG_GENERAL, "%s belongs to another key: made anew", path);
	g_clear_pointer(&cache->headers, base_close);
	unlink_all(path);
	*rebuilt = TRUE;
	cache->headers = base_open(path, &schema_headers, &outcome, NULL, error);
	return cache->headers != NULL && fill_meta(cache, error);
}

static gboolean
open_bodies(StoreCache *cache, GError **error)
{
	g_autofree char *path = g_build_filename(cache->folder, SCHEMA_BODIES_FILE, NULL);
	gint64 generation =
		base_integer(cache->headers, 0, "SELECT value FROM meta WHERE name = 'generation'", "");

	for (int tries = 0; tries < 2; tries++) {
		cache->bodies = base_open(path, &schema_bodies, NULL, NULL, error);
		if (cache->bodies == NULL)
			return FALSE;
		base_run(
			cache->bodies, "INSERT OR IGNORE INTO meta VALUES('generation', ?)", "i", generation);
		if (base_integer(cache->bodies, 0, "SELECT value FROM meta WHERE name = 'generation'", "") ==
			generation)
			return TRUE;
		g_clear_pointer(&cache->bodies, base_close);
		unlink_all(path);
	}
	fault_set(error, FAULT_LOCAL, _("Cannot write %s."), path);
	return FALSE;
}

static StoreCache *
open_once(const char *folder, const HashKey *key, gboolean *rebuilt, GError **error)
{
	g_autoptr(StoreCache) cache = g_new0(StoreCache, 1);

	cache->folder = g_strdup(folder);
	cache->key = *key;
	if (!open_headers(cache, rebuilt, error) || !open_bodies(cache, error) || !reload(cache, error))
		return NULL;
	if (cache->next_cid > 0 && cache->next_text > 0 && cache->next_person > 0)
		return g_steal_pointer(&cache);
	fault_set(error, FAULT_DAMAGED, _("The file %s is damaged (%s)."), base_path(cache->headers), "meta");
	return NULL;
}

StoreCache *
store_cache_open(const char *folder, const HashKey *key, gboolean *rebuilt, GError **error)
{
	g_autoptr(GError) problem = NULL;
	gboolean anew = FALSE;
	StoreCache *cache = NULL;

	if (!paths_make_folder(folder, error))
		return NULL;
	/* Damage that shows only now: the mark left by it makes the second try read the file whole. */
	for (int tries = 0; cache == NULL && tries < 3; tries++) {
		g_clear_error(&problem);
		cache = open_once(folder, key, &anew, &problem);
		if (cache != NULL || fault_of(problem) != FAULT_DAMAGED)
			break;
		if (tries == 1) {
			g_autofree char *path = g_build_filename(folder, SCHEMA_HEADERS_FILE, NULL);
			unlink_all(path);
			anew = TRUE;
		}
	}
	if (rebuilt != NULL)
		*rebuilt = anew;
	if (cache == NULL)
		g_propagate_error(error, g_steal_pointer(&problem));
	return cache;
}

void
store_cache_close(StoreCache *cache)
{
	if (cache == NULL)
		return;
	forget_memory(cache);
	base_close(cache->headers);
	base_close(cache->bodies);
	g_free(cache->folder);
	g_free(cache);
}

void
store_cache_checkpoint(StoreCache *cache, gboolean idle)
{
	if (idle && !cache->stale)
		store_cache_settle_bulk(cache, NULL);
	base_checkpoint(cache->headers, idle);
	base_checkpoint(cache->bodies, idle);
}

gint64
store_cache_applied(StoreCache *cache)
{
	return cache->applied;
}

gboolean
store_cache_is_suspect(StoreCache *cache)
{
	return base_is_suspect(cache->headers) || base_is_suspect(cache->bodies);
}

RowId
store_cache_became(StoreCache *cache, RowId provisional)
{
	RowId real = base_integer(cache->headers, 0, "SELECT new FROM alias WHERE old = ?", "i", provisional);

	return ROW_IS_PROVISIONAL(real) ? 0 : real;
}
