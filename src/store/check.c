/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Count everything again and compare. A rule is a query that finds its
 * violations; those about mid hold once all is settled.
 */
#include "config.h"

#include "store/cache-private.h"

#include "util/fault.h"

static const struct {
	const char *rule;
	const char *violations; /* counts them */
} rules[] = {
	{"counters of folders", "SELECT count(*) FROM folder f LEFT JOIN (SELECT folder, count(*) AS total,"
				" sum((flags & 1) = 0) AS unread, sum((flags & 2) <> 0) AS flagged FROM "
				"message GROUP BY folder) c"
				" ON c.folder = f.id WHERE f.total <> coalesce(c.total, 0) OR f.unread <> "
				"coalesce(c.unread, 0)"
				" OR f.flagged <> coalesce(c.flagged, 0)"},
	{"rows are in their folder", "SELECT count(*) FROM message WHERE folder <> id >> 33"},
	{"rows have a folder", "SELECT count(*) FROM message WHERE folder NOT IN (SELECT id FROM folder)"},
	{"a row is visible or hidden", "SELECT count(*) FROM hidden WHERE id IN (SELECT id FROM message)"},
	{"a thread's own row has no tid", "SELECT count(*) FROM message WHERE tid = id"},
	{"every id is in mid", "SELECT count(*) FROM message m WHERE node IS NOT NULL AND NOT EXISTS"
			       " (SELECT 1 FROM mid WHERE h = m.node AND id = m.id)"},
	{"every content id is in mid",
		"SELECT count(*) FROM message m WHERE content IS NOT NULL AND NOT EXISTS"
		" (SELECT 1 FROM mid WHERE h = m.content AND id = m.id)"},
	{"mid names rows",
		"SELECT count(*) FROM mid WHERE id <> 0 AND NOT EXISTS (SELECT 1 FROM message m WHERE"
		" m.id = mid.id AND h IN (m.node, m.content)) AND NOT EXISTS (SELECT 1 FROM hidden m WHERE"
		" m.id = mid.id AND h IN (m.node, m.content))"},
	{"a ghost has no rows",
		"SELECT count(*) FROM mid g JOIN mid r ON r.h = g.h WHERE g.id = 0 AND r.id <> 0"},
	{"ghosts with a parent are ghosts", "SELECT count(*) FROM ghost g WHERE NOT EXISTS"
					    " (SELECT 1 FROM mid WHERE h = g.h AND id = 0 AND tid = g.tid)"},
	{"a row is in the thread of its parent",
		"SELECT count(*) FROM message m WHERE up IS NOT NULL AND NOT EXISTS"
		" (SELECT 1 FROM mid JOIN message p ON p.id = mid.id WHERE mid.h = m.up AND coalesce(p.tid, "
		"p.id) ="
		"  coalesce(m.tid, m.id)) AND NOT EXISTS (SELECT 1 FROM mid JOIN hidden p ON p.id = mid.id "
		"WHERE"
		"  mid.h = m.up AND p.tid = coalesce(m.tid, m.id)) AND NOT EXISTS"
		" (SELECT 1 FROM mid WHERE h = m.up AND id = 0 AND tid = coalesce(m.tid, m.id))"},
	{"a ghost is in the thread of its parent",
		"SELECT count(*) FROM ghost g WHERE NOT EXISTS"
		" (SELECT 1 FROM mid JOIN message p ON p.id = mid.id WHERE mid.h = g.up AND coalesce(p.tid, "
		"p.id) = g.tid)"
		" AND NOT EXISTS (SELECT 1 FROM mid JOIN hidden p ON p.id = mid.id WHERE mid.h = g.up AND "
		"p.tid = g.tid)"
		" AND NOT EXISTS (SELECT 1 FROM mid WHERE h = g.up AND id = 0 AND tid = g.tid)"},
	{"texts are there",
		"SELECT count(*) FROM message m WHERE (subject IS NOT NULL AND subject NOT IN"
		" (SELECT id FROM text WHERE kind = 0)) OR (recipients IS NOT NULL AND recipients NOT IN"
		" (SELECT id FROM text WHERE kind = 1)) OR (list IS NOT NULL AND list NOT IN"
		" (SELECT id FROM text WHERE kind = 2)) OR (fields IS NOT NULL AND fields NOT IN (SELECT id "
		"FROM text WHERE kind = 3))"},
	{"people are there", "SELECT count(*) FROM message WHERE person IS NOT NULL AND person NOT IN"
			     " (SELECT id FROM person)"},
	{"texts are distinct", "SELECT count(*) - count(DISTINCT kind || ' ' || text) FROM text"},
	{"people are distinct",
		"SELECT count(*) - count(DISTINCT coalesce(name, '') || char(10) || address) FROM person"},
	{"hashes of texts", "SELECT (SELECT count(*) FROM text) - (SELECT count(*) FROM text_hash)"},
	{"hashes of people", "SELECT (SELECT count(*) FROM person) - (SELECT count(*) FROM person_hash)"},
	{"what is pending has a row", "SELECT count(*) FROM pending WHERE id NOT IN (SELECT id FROM message)"
				      " AND id NOT IN (SELECT id FROM hidden)"},
	{"what is pending has an operation",
		"SELECT count(*) FROM pending WHERE operation NOT IN (SELECT id FROM operation)"},
	{"what the server has is beneath what is pending",
		"SELECT (SELECT count(*) FROM server WHERE id NOT IN (SELECT id FROM pending WHERE field = "
		"1)) +"
		" (SELECT count(*) FROM pending WHERE field = 1 AND id NOT IN (SELECT id FROM server))"},
	{"provisional rows are noted",
		"SELECT (SELECT count(*) FROM message WHERE id >> 32 & 1 AND id NOT IN (SELECT id FROM "
		"provisional)) +"
		" (SELECT count(*) FROM provisional WHERE id NOT IN (SELECT id FROM message) AND id NOT IN"
		"  (SELECT id FROM hidden))"},
	{"nothing is unsettled", "SELECT count(*) FROM unsettled"},
};

static gboolean
check_counted(StoreCache *cache, const char *what, gint64 held, const char *sql, GError **error)
{
	gint64 there = base_integer(cache->headers, -1, sql, "");

	if (held == there)
		return TRUE;
	fault_set(error, FAULT_DAMAGED,
		"%s: %" G_GINT64_FORMAT " in memory, %" G_GINT64_FORMAT " in the file", what, held, there);
	return FALSE;
}

gboolean
store_cache_check(StoreCache *cache, GError **error)
{
	if (!store_cache_settle_bulk(cache, error) || !base_check(cache->headers, error) ||
		!base_check(cache->bodies, error))
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
		gint64 violations = base_integer(cache->headers, -1, rules[i].violations, "");
		if (violations == 0)
			continue;
		if (!base_failed(cache->headers, error))
			fault_set(error, FAULT_DAMAGED, "%s: %" G_GINT64_FORMAT " wrong", rules[i].rule,
				violations);
		return FALSE;
	}
	return check_counted(cache, "pending", cache->pending_rows, "SELECT count(*) FROM pending", error) &&
	       check_counted(cache, "awaited", cache->awaited_rows, "SELECT count(*) FROM awaited", error) &&
	       check_counted(cache, "provisional", cache->provisional_rows,
		       "SELECT count(*) FROM provisional", error) &&
	       check_counted(cache, "hidden", cache->hidden_rows, "SELECT count(*) FROM hidden", error);
}
