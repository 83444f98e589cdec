/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Opening: make, step up, refuse, or set aside and make anew.
 *
 * Damage shows here as a head that is no SQLite's or not ours, as a schema that
 * cannot be read, or by the mark that a connection left when a statement met it
 * later (then the file is read whole first).
 */
#include "config.h"

#include "store/base-private.h"
#include "store/checksum.h"

#include "util/i18n.h"
#include "util/log.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SMALLEST_PAGE 512
#define BUSY_NAP_US 400
/* A writer waits for another writer; a reader only while a WAL is recovered, and it may be the screen. */
#define BUSY_WRITER_US (20 * G_USEC_PER_SEC)
#define BUSY_READER_US (G_USEC_PER_SEC / 4)

static gpointer
configure_sqlite(gpointer data)
{
	(void)data;
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_initialize();
	return NULL;
}

static int
wait_while_busy(void *user, int count)
{
	StoreBase *base = user;

	if (base->no_wait || (gint64)count * BUSY_NAP_US > base->busy_us)
		return 0;
	g_usleep(BUSY_NAP_US);
	return 1;
}

/* ---- files ------------------------------------------------------------------- */

static gboolean
refuse_link(const char *path, GError **error)
{
	struct stat status;

	if (lstat(path, &status) != 0 || S_ISREG(status.st_mode))
		return TRUE;
	fault_set(error, FAULT_LOCAL, _("%s is not a plain file. Move it out of the way."), path);
	return FALSE;
}

/* SQLite gives -wal and -shm the mode of the file. */
static gboolean
make_file(const char *path, gboolean *made, GError **error)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	*made = fd >= 0;
	if (fd >= 0) {
		close(fd);
		return TRUE;
	}
	if (errno == EEXIST)
		return TRUE;
	fault_set(error, FAULT_LOCAL, _("Cannot create %s: %s."), path, g_strerror(errno));
	return FALSE;
}

static char *
aside_name(const char *path, gboolean keep)
{
	char *name = g_strconcat(path, ".damaged", NULL);

	for (int i = 1; keep && i < 10000; i++) {
		g_free(name);
		name = g_strdup_printf("%s.damaged-%d", path, i);
		if (!g_file_test(name, G_FILE_TEST_EXISTS))
			break;
	}
	return name;
}

static gboolean
set_aside(const char *path, gboolean keep, char **aside, GError **error)
{
	g_autofree char *to = aside_name(path, keep);
	g_autofree char *wal = g_strconcat(path, "-wal", NULL);
	g_autofree char *wal_to = g_strconcat(to, "-wal", NULL);
	g_autofree char *shm = g_strconcat(path, "-shm", NULL);
	g_autofree char *mark = g_strconcat(path, BASE_MARK, NULL);

	if (g_rename(path, to) != 0) {
		fault_set(error, FAULT_LOCAL, _("The damaged file %s cannot be renamed: %s."), path,
			g_strerror(errno));
		return FALSE;
	}
	if (g_rename(wal, wal_to) != 0)
		g_unlink(wal_to); /* of an earlier one */
	g_unlink(shm);
	g_unlink(mark);
	log_line(LOG_GENERAL, "%s is damaged: set aside as %s", path, to);
	if (aside != NULL) {
		g_free(*aside);
		*aside = g_steal_pointer(&to);
	}
	return TRUE;
}

/* ---- one connection ------------------------------------------------------------ */

static gboolean
fail(StoreBase *base, int code, GError **error)
{
	base_set_error(error, base->path, code, sqlite3_errmsg(base->db));
	return FALSE;
}

static gboolean
set_synchronous(StoreBase *base, const BaseOptions *options, GError **error)
{
	const char *sql =
		options->flags & BASE_DURABLE ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL";
	int code = sqlite3_exec(base->db, sql, NULL, NULL, NULL);

	return code == SQLITE_OK || fail(base, code, error);
}

/* Pragmas that a damaged head makes fail: so this is the first test of the file. */
static gboolean
set_pragmas(StoreBase *base, const BaseOptions *options, GError **error)
{
	gboolean writes = !(options->flags & BASE_READ_ONLY);
	g_autofree char *sql =
		g_strdup_printf("PRAGMA cache_size=-%d; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;"
				"PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
				"%s PRAGMA query_only=%s;"
				"SELECT count(*) FROM sqlite_schema",
			options->cache_kib > 0 ? options->cache_kib : 512,
			writes && options->flags & BASE_VACUUM
				? "PRAGMA page_size=4096; PRAGMA auto_vacuum=INCREMENTAL;"
			: writes ? "PRAGMA page_size=4096;"
				 : "",
			writes ? "OFF" : "ON");
	int reserved = CHECKSUM_RESERVED;
	int code;

	if (options->flags & BASE_CHECKED)
		sqlite3_file_control(base->db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
	sqlite3_db_config(base->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_db_config(base->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	base_watch_wal(base);
	code = sqlite3_exec(base->db, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? set_synchronous(base, options, error) : fail(base, code, error);
}

/*
 * A cache that was just made holds nothing that could be lost: it need not
 * wait for the disk six times before the first connection is opened. What a
 * power cut leaves of it is empty, or damaged and made anew.
 */
static gboolean
begin_unsynced(StoreBase *base, const BaseOptions *options, GError **error)
{
	int code = SQLITE_OK;

	if (options->flags & BASE_REBUILD)
		code = sqlite3_exec(base->db, "PRAGMA synchronous=OFF", NULL, NULL, NULL);
	return code == SQLITE_OK || fail(base, code, error);
}

static gboolean
set_journal(StoreBase *base, const BaseOptions *options, GError **error)
{
	int code;

	if (options->flags & BASE_READ_ONLY)
		return TRUE;
	/* Where WAL is refused (a network file system) another mode stays: one instance, no readers beside.
	 */
	code = sqlite3_exec(base->db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
	if (code != SQLITE_OK && base_fault_of_code(code) != FAULT_DAMAGED)
		code = sqlite3_exec(base->db, "PRAGMA journal_mode=TRUNCATE", NULL, NULL, NULL);
	return code == SQLITE_OK || fail(base, code, error);
}

static StoreBase *
connect_file(const char *path, const BaseOptions *options, GError **error)
{
	static GOnce once = G_ONCE_INIT;
	g_autoptr(StoreBase) base = g_new0(StoreBase, 1);
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
	int code;

	g_once(&once, configure_sqlite, NULL);
	flags |= options->flags & BASE_READ_ONLY ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	base->path = g_strdup(path);
	base->checkpoint_fd = -1;
	base->busy_us = options->flags & BASE_READ_ONLY ? BUSY_READER_US : BUSY_WRITER_US;
	base->statements =
		g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)(void (*)(void))sqlite3_finalize);
	code = sqlite3_open_v2(path, &base->db, flags, options->flags & BASE_CHECKED ? checksum_vfs() : NULL);
	if (code == SQLITE_OK) {
		sqlite3_extended_result_codes(base->db, 1);
		sqlite3_busy_handler(base->db, wait_while_busy, base);
	}
	if (code != SQLITE_OK) {
		fail(base, code, error);
		return NULL;
	}
	if (!set_pragmas(base, options, error))
		return NULL;
	if (sqlite3_prepare_v2(base->db, "SELECT 1 WHERE 0", -1, &base->nothing, NULL) != SQLITE_OK) {
		fail(base, SQLITE_CORRUPT, error);
		return NULL;
	}
	return g_steal_pointer(&base);
}

/* ---- versions --------------------------------------------------------------------- */

static gboolean
set_version(StoreBase *base, int version)
{
	g_autofree char *sql = g_strdup_printf(
		"PRAGMA user_version=%d; PRAGMA application_id=%d", version, BASE_APPLICATION);

	return base_script(base, sql, NULL);
}

static gboolean
create(StoreBase *base, const BaseOptions *options, GError **error)
{
	if (!base_begin(base, error))
		return FALSE;
	/* Another process may have been first. */
	if (base_integer(base, 0, "PRAGMA user_version", "") == 0) {
		base_script(base, options->schema, NULL);
		set_version(base, options->version);
	}
	return base_commit(base, error);
}

static gboolean
copy_before_upgrade(StoreBase *base, gint64 version, GError **error)
{
	g_autofree char *to = g_strdup_printf("%s.v%" G_GINT64_FORMAT, base->path, version);

	if (g_file_test(to, G_FILE_TEST_EXISTS))
		return TRUE;
	base_run(base, "VACUUM INTO ?", "t", to);
	if (g_chmod(to, 0600) != 0)
		log_line(LOG_STORE, "cannot set the mode of %s", to);
	return !base_failed(base, error);
}

static gboolean
upgrade(StoreBase *base, const BaseOptions *options, gint64 from, GError **error)
{
	if (options->flags & BASE_KEEP && !copy_before_upgrade(base, from, error))
		return FALSE;
	if (!base_begin(base, error))
		return FALSE;
	from = base_integer(base, 0, "PRAGMA user_version", "");
	for (gint64 version = from; version < options->version; version++)
		base_script(base, options->upgrades[version - 1], NULL);
	set_version(base, options->version);
	return base_commit(base, error);
}

static gboolean
can_upgrade(const BaseOptions *options, gint64 from)
{
	if (options->upgrades == NULL)
		return FALSE;
	for (gint64 version = from; version < options->version; version++)
		if (options->upgrades[version - 1] == NULL)
			return FALSE;
	return TRUE;
}

/* Which of the four ways to go; FAULT_DAMAGED: set it aside. */
static gboolean
settle_version(StoreBase *base, const BaseOptions *options, BaseOutcome *outcome, GError **error)
{
	gint64 version = base_integer(base, 0, "PRAGMA user_version", "");
	gint64 application = base_integer(base, 0, "PRAGMA application_id", "");
	gint64 tables = base_integer(base, 0, "SELECT count(*) FROM sqlite_schema", "");
	gboolean reads = (options->flags & BASE_READ_ONLY) != 0;

	if (base_failed(base, error))
		return FALSE;
	if (tables == 0 && version == 0 && !reads) {
		*outcome = BASE_CREATED;
		return create(base, options, error);
	}
	if (version == 0 && reads) {
		fault_set(error, FAULT_UNKNOWN, _("%s is not filled yet."), base->path);
		return FALSE;
	}
	if (application != BASE_APPLICATION || version <= 0) {
		fault_set(error, FAULT_DAMAGED, _("%s is damaged, or not a file of Posthorn's."), base->path);
		return FALSE;
	}
	if (version == options->version)
		return TRUE;
	if (version > options->version) {
		fault_set(error, FAULT_NEWER,
			_("%s was written by a newer Posthorn. Start that one, or remove the file."),
			base->path);
		return FALSE;
	}
	if (reads) {
		fault_set(error, FAULT_UNKNOWN,
			_("%s was written by an older Posthorn and is not brought up yet."), base->path);
		return FALSE;
	}
	if (!can_upgrade(options, version)) {
		fault_set(error, FAULT_DAMAGED, _("%s was written by an older Posthorn."), base->path);
		return FALSE;
	}
	*outcome = BASE_UPGRADED;
	return upgrade(base, options, version, error);
}

/* All that a database consists of, as text; NULL where it cannot be read. */
static char *
schema_text(sqlite3 *db)
{
	static const char sql[] = "SELECT group_concat(name || ':' || ifnull(sql, ''), char(10)) FROM"
				  " (SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite#_%' "
				  "ESCAPE '#' ORDER BY name)";
	sqlite3_stmt *row = NULL;
	char *text = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) == SQLITE_OK && sqlite3_step(row) == SQLITE_ROW)
		text = base_column_text(row, 0);
	sqlite3_finalize(row);
	return text;
}

/* A damaged letter of the schema leaves a file that is sound in itself, and not ours. */
static gboolean
has_our_schema(StoreBase *base, const BaseOptions *options)
{
	g_autofree char *found = schema_text(base->db);
	g_autofree char *wanted = NULL;
	sqlite3 *fresh = NULL;

	/* Steps up leave the same tables in other words. */
	if (options->upgrades != NULL || base_integer(base, 0, "PRAGMA user_version", "") != options->version)
		return TRUE;
	if (sqlite3_open(":memory:", &fresh) == SQLITE_OK &&
		sqlite3_exec(fresh, options->schema, NULL, NULL, NULL) == SQLITE_OK)
		wanted = schema_text(fresh);
	sqlite3_close(fresh);
	return wanted == NULL || g_strcmp0(found, wanted) == 0;
}

/* Someone met damage in it: is it so? */
static gboolean
check_marked(StoreBase *base, const BaseOptions *options, GError **error)
{
	g_autofree char *mark = g_strconcat(base->path, BASE_MARK, NULL);

	if (options->flags & BASE_READ_ONLY || !g_file_test(mark, G_FILE_TEST_EXISTS))
		return TRUE;
	if (!base_check(base, error))
		return FALSE;
	if (!has_our_schema(base, options)) {
		base_set_error(error, base->path, SQLITE_CORRUPT, "schema");
		return FALSE;
	}
	g_unlink(mark);
	return TRUE;
}

/* What the WAL holds is newer than the pages beneath: it goes there first. */
static gboolean
verify(StoreBase *base, const BaseOptions *options, GError **error)
{
	g_autofree char *wal = g_strconcat(base->path, "-wal", NULL);
	GStatBuf status;
	int code;

	if (options->flags & BASE_READ_ONLY || !(options->flags & BASE_VERIFY))
		return TRUE;
	base_checkpoint(base, TRUE);
	if (base_failed(base, error))
		return FALSE;
	if (g_stat(wal, &status) == 0 && status.st_size > 0)
		return TRUE; /* a reader is at it: another time */
	code = checksum_verify(base->db);
	if (code == SQLITE_OK)
		return TRUE;
	base_set_error(error, base->path, code, sqlite3_errstr(code));
	return FALSE;
}

/* SQLite takes a stump for an empty file. */
static gboolean
refuse_stump(const char *path, GError **error)
{
	GStatBuf status;

	if (g_stat(path, &status) != 0 || status.st_size == 0 || status.st_size >= SMALLEST_PAGE)
		return TRUE;
	fault_set(error, FAULT_DAMAGED, _("%s is damaged, or not a file of Posthorn's."), path);
	return FALSE;
}

static StoreBase *
open_once(const char *path, const BaseOptions *options, BaseOutcome *outcome, GError **error)
{
	g_autoptr(StoreBase) base = NULL;
	gboolean made = FALSE;

	if (!refuse_link(path, error))
		return NULL;
	if (options->flags & BASE_READ_ONLY) {
		if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
			fault_set(error, FAULT_UNKNOWN, _("There is no %s yet."), path);
			return NULL;
		}
	} else if (!make_file(path, &made, error) || !refuse_stump(path, error)) {
		return NULL;
	}
	base = connect_file(path, options, error);
	if (base == NULL || (made && !begin_unsynced(base, options, error)) ||
		!set_journal(base, options, error) || !check_marked(base, options, error) ||
		(!made && !verify(base, options, error)) || !settle_version(base, options, outcome, error) ||
		(made && !set_synchronous(base, options, error)))
		return NULL;
	return g_steal_pointer(&base);
}

StoreBase *
base_open(const char *path, const BaseOptions *options, BaseOutcome *outcome, char **aside, GError **error)
{
	g_autoptr(GError) problem = NULL;
	BaseOutcome way = BASE_FOUND;
	StoreBase *base;

	if (aside != NULL)
		*aside = NULL;
	base = open_once(path, options, &way, &problem);
	if (base == NULL && options->flags & (BASE_REBUILD | BASE_KEEP) &&
		fault_of(problem) == FAULT_DAMAGED) {
		if (!set_aside(path, (options->flags & BASE_KEEP) != 0, aside, error))
			return NULL;
		g_clear_error(&problem);
		base = open_once(path, options, &way, &problem);
		way = BASE_REBUILT;
	}
	if (outcome != NULL)
		*outcome = way;
	if (base == NULL)
		g_propagate_error(error, g_steal_pointer(&problem));
	return base;
}
