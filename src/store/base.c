/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A failure sticks to the transaction it happened in, so that callers write
 * straight chains of statements and ask once, at the commit. Opening is in
 * base-open.c, checkpoints are in base-checkpoint.c.
 */
#include "config.h"

#include "store/base-private.h"

#include "util/fault.h"
#include "util/i18n.h"
#include "util/log.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

void
base_close(StoreBase *base)
{
	if (base == NULL)
		return;
	if (base->db != NULL && base->depth > 0)
		base_rollback(base);
	g_clear_pointer(&base->statements, g_hash_table_unref);
	g_clear_pointer(&base->nothing, sqlite3_finalize);
	sqlite3_close(base->db);
	if (base->checkpoint_fd >= 0)
		close(base->checkpoint_fd);
	g_clear_error(&base->failure);
	g_free(base->path);
	g_free(base);
}

const char *
base_path(const StoreBase *base)
{
	return base->path;
}

sqlite3 *
base_handle(StoreBase *base)
{
	return base->db;
}

gboolean
base_is_damaged(const StoreBase *base)
{
	return base->damaged;
}

Fault
base_fault_of_code(int code)
{
	if (code == SQLITE_IOERR_DATA)
		return FAULT_DAMAGED;
	switch (code & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return FAULT_DAMAGED;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return FAULT_BUSY;
	default:
		return FAULT_LOCAL;
	}
}

void
base_set_error(GError **error, const char *path, int code, const char *words)
{
	Fault fault = base_fault_of_code(code);

	if (fault == FAULT_DAMAGED)
		fault_set(error, fault, _("The file %s is damaged (%s)."), path, words);
	else if (fault == FAULT_BUSY)
		fault_set(error, fault, _("The file %s is in use by another Posthorn for too long."), path);
	else if ((code & 0xff) == SQLITE_FULL)
		fault_set(error, fault, _("The disk is full: %s cannot be written. Make room and try again."),
			path);
	else if ((code & 0xff) == SQLITE_READONLY || (code & 0xff) == SQLITE_PERM)
		fault_set(error, fault,
			_("No permission to write %s. Check its owner and mode, and those of its folder."),
			path);
	else
		fault_set(error, fault, _("The file %s cannot be read or written (%s). Check the disk."),
			path, words);
}

/* So that the next one who opens it reads it whole. */
gboolean
base_is_suspect(const StoreBase *base)
{
	g_autofree char *mark = g_strconcat(base->path, BASE_MARK, NULL);

	return g_file_test(mark, G_FILE_TEST_EXISTS);
}

static void
leave_mark(const StoreBase *base)
{
	g_autofree char *mark = g_strconcat(base->path, BASE_MARK, NULL);
	int fd = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd >= 0)
		close(fd);
}

void
base_note_failure(StoreBase *base, int code, const char *sql)
{
	if (base_fault_of_code(code) == FAULT_DAMAGED && !base->damaged) {
		base->damaged = TRUE;
		leave_mark(base);
	}
	if (base->failure != NULL)
		return;
	base_set_error(&base->failure, base->path, code, sqlite3_errmsg(base->db));
	log_line(LOG_STORE, "%s: error %d in: %.120s", base->failure->message,
		sqlite3_extended_errcode(base->db), sql != NULL ? sql : "-");
}

gboolean
base_check(StoreBase *base, GError **error)
{
	g_autofree char *words = base_text(base, "PRAGMA integrity_check(1)", "");

	if (g_strcmp0(words, "ok") == 0)
		return TRUE;
	base->damaged = TRUE;
	base_clear(base);
	base_set_error(error, base->path, SQLITE_CORRUPT, words != NULL ? words : "-");
	return FALSE;
}

/* ---- transactions --------------------------------------------------------- */

static gboolean
execute(StoreBase *base, const char *sql)
{
	int code = sqlite3_exec(base->db, sql, NULL, NULL, NULL);

	if (code != SQLITE_OK)
		base_note_failure(base, code, sql);
	return code == SQLITE_OK;
}

gboolean
base_begin(StoreBase *base, GError **error)
{
	if (base->depth++ > 0)
		return TRUE;
	base_clear(base);
	if (execute(base, "BEGIN IMMEDIATE"))
		return TRUE;
	base->depth = 0;
	base_failed(base, error);
	base_clear(base);
	return FALSE;
}

gboolean
base_commit(StoreBase *base, GError **error)
{
	g_assert(base->depth > 0);
	if (base->depth > 1) {
		base->depth--;
		return !base_failed(base, error);
	}
	if (base->failure == NULL)
		execute(base, "COMMIT");
	if (base->failure == NULL) {
		base->depth = 0;
		return TRUE;
	}
	base_failed(base, error);
	base_rollback(base);
	return FALSE;
}

static void
reset_statement(gpointer key, gpointer value, gpointer user)
{
	(void)key;
	(void)user;
	sqlite3_reset(value);
}

void
base_rollback(StoreBase *base)
{
	g_hash_table_foreach(base->statements, reset_statement, NULL);
	if (!sqlite3_get_autocommit(base->db))
		sqlite3_exec(base->db, "ROLLBACK", NULL, NULL, NULL);
	base->depth = 0;
	base_clear(base);
}

void
base_snapshot(StoreBase *base)
{
	if (base->depth++ > 0)
		return;
	base_clear(base);
	execute(base, "BEGIN");
}

void
base_release(StoreBase *base)
{
	g_assert(base->depth > 0);
	if (--base->depth > 0)
		return;
	g_hash_table_foreach(base->statements, reset_statement, NULL);
	if (!sqlite3_get_autocommit(base->db))
		sqlite3_exec(base->db, "ROLLBACK", NULL, NULL, NULL);
}

/* ---- statements ------------------------------------------------------------ */

static sqlite3_stmt *
prepare(StoreBase *base, const char *sql)
{
	sqlite3_stmt *statement = g_hash_table_lookup(base->statements, sql);
	int code;

	if (statement != NULL) {
		sqlite3_reset(statement);
		return statement;
	}
	code = sqlite3_prepare_v3(base->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
	if (code != SQLITE_OK) {
		/* The statement is a constant: what it does not fit is the file's schema. */
		base_note_failure(base, code == SQLITE_ERROR ? SQLITE_CORRUPT : code, sql);
		return base->nothing;
	}
	g_hash_table_insert(base->statements, (gpointer)sql, statement);
	return statement;
}

static void
bind(sqlite3_stmt *statement, const char *types, va_list *values)
{
	const char *text;
	const void *octets;
	gsize length;

	for (int i = 1; types[i - 1] != '\0'; i++) {
		switch (types[i - 1]) {
		case 'i':
			sqlite3_bind_int64(statement, i, va_arg(*values, gint64));
			break;
		case 'r':
			sqlite3_bind_double(statement, i, va_arg(*values, double));
			break;
		case 't':
			text = va_arg(*values, const char *);
			sqlite3_bind_text(statement, i, text, -1, SQLITE_STATIC);
			break;
		case 'b':
			octets = va_arg(*values, const void *);
			length = va_arg(*values, gsize);
			sqlite3_bind_blob64(statement, i, octets, length, SQLITE_STATIC);
			break;
		default:
			g_assert_not_reached();
		}
	}
}

static sqlite3_stmt *
query(StoreBase *base, const char *sql, const char *types, va_list *values)
{
	sqlite3_stmt *statement;

	if (base->failure != NULL && base->depth == 0)
		base_clear(base);
	if (base->failure != NULL)
		return base->nothing;
	statement = prepare(base, sql);
	if (statement != base->nothing)
		bind(statement, types, values);
	return statement;
}

sqlite3_stmt *
base_query(StoreBase *base, const char *sql, const char *types, ...)
{
	va_list values;
	sqlite3_stmt *statement;

	va_start(values, types);
	statement = query(base, sql, types, &values);
	va_end(values);
	return statement;
}

gboolean
base_step(StoreBase *base, sqlite3_stmt *statement)
{
	int code;

	if (statement == base->nothing)
		return FALSE;
	code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		return TRUE;
	if (code != SQLITE_DONE)
		base_note_failure(base, code, sqlite3_sql(statement));
	sqlite3_reset(statement);
	return FALSE;
}

void
base_reset(sqlite3_stmt *statement)
{
	sqlite3_reset(statement);
}

gboolean
base_run(StoreBase *base, const char *sql, const char *types, ...)
{
	va_list values;
	sqlite3_stmt *statement;

	va_start(values, types);
	statement = query(base, sql, types, &values);
	va_end(values);
	while (base_step(base, statement))
		;
	return base->failure == NULL;
}

gint64
base_integer(StoreBase *base, gint64 otherwise, const char *sql, const char *types, ...)
{
	va_list values;
	sqlite3_stmt *statement;
	gint64 result = otherwise;

	va_start(values, types);
	statement = query(base, sql, types, &values);
	va_end(values);
	if (base_step(base, statement)) {
		if (sqlite3_column_type(statement, 0) != SQLITE_NULL)
			result = sqlite3_column_int64(statement, 0);
		sqlite3_reset(statement);
	}
	return result;
}

char *
base_text(StoreBase *base, const char *sql, const char *types, ...)
{
	va_list values;
	sqlite3_stmt *statement;
	char *result = NULL;

	va_start(values, types);
	statement = query(base, sql, types, &values);
	va_end(values);
	if (base_step(base, statement)) {
		result = base_column_text(statement, 0);
		sqlite3_reset(statement);
	}
	return result;
}

gboolean
base_script(StoreBase *base, const char *sql, GError **error)
{
	if (base->depth == 0)
		base_clear(base);
	if (base->failure == NULL)
		execute(base, sql);
	return !base_failed(base, error);
}

char *
base_column_text(sqlite3_stmt *statement, int column)
{
	return g_strdup((const char *)sqlite3_column_text(statement, column));
}

GBytes *
base_column_bytes(sqlite3_stmt *statement, int column)
{
	const void *octets = sqlite3_column_blob(statement, column);

	if (sqlite3_column_type(statement, column) == SQLITE_NULL)
		return NULL;
	return g_bytes_new(octets, (gsize)sqlite3_column_bytes(statement, column));
}

gboolean
base_failed(StoreBase *base, GError **error)
{
	if (base->failure == NULL)
		return FALSE;
	if (error != NULL && *error == NULL)
		*error = g_error_copy(base->failure);
	return TRUE;
}

void
base_clear(StoreBase *base)
{
	g_clear_error(&base->failure);
}

gint64
base_data_version(StoreBase *base)
{
	return base_integer(base, 0, "PRAGMA data_version", "");
}
