/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A shim: all calls go on to the system's VFS. Only the main file's pages are
 * touched, and in the WAL modes those are written by checkpoints alone.
 */
#include "config.h"

#include "store/checksum.h"

#include <string.h>

#define NAME "posthorn"

typedef struct {
	sqlite3_file file;
	sqlite3_file *real; /* behind this struct */
	gboolean is_main;
} ChecksumFile;

static sqlite3_file *
real(sqlite3_file *file)
{
	return ((ChecksumFile *)(void *)file)->real;
}

/* As SQLite's WAL does it: two sums that depend on the order. */
static void
sum_page(const guint8 *page, guint32 number, guint8 sum[CHECKSUM_RESERVED])
{
	guint32 a = number, b = 0, words[2];

	for (gsize i = 0; i < CHECKSUM_PAGE - CHECKSUM_RESERVED; i += sizeof words) {
		memcpy(words, page + i, sizeof words);
		a += GUINT32_FROM_LE(words[0]) + b;
		b += GUINT32_FROM_LE(words[1]) + a;
	}
	words[0] = GUINT32_TO_LE(a);
	words[1] = GUINT32_TO_LE(b);
	memcpy(sum, words, sizeof words);
}

static gboolean
fits(const guint8 *page, guint32 number)
{
	guint8 sum[CHECKSUM_RESERVED];

	sum_page(page, number, sum);
	return memcmp(sum, page + CHECKSUM_PAGE - CHECKSUM_RESERVED, sizeof sum) == 0;
}

static gboolean
is_page(const sqlite3_file *file, int amount, sqlite3_int64 offset)
{
	return ((const ChecksumFile *)(const void *)file)->is_main && amount == CHECKSUM_PAGE &&
	       offset % CHECKSUM_PAGE == 0;
}

static int
shim_close(sqlite3_file *file)
{
	return real(file)->pMethods->xClose(real(file));
}

static int
shim_read(sqlite3_file *file, void *buffer, int amount, sqlite3_int64 offset)
{
	int code = real(file)->pMethods->xRead(real(file), buffer, amount, offset);

	if (code == SQLITE_OK && is_page(file, amount, offset) &&
		!fits(buffer, (guint32)(offset / CHECKSUM_PAGE)))
		return SQLITE_IOERR_DATA;
	return code;
}

static int
shim_write(sqlite3_file *file, const void *buffer, int amount, sqlite3_int64 offset)
{
	guint8 *page = (guint8 *)(guintptr)buffer;

	/* The reserved bytes are ours, also in SQLite's own memory. */
	if (is_page(file, amount, offset))
		sum_page(page, (guint32)(offset / CHECKSUM_PAGE), page + CHECKSUM_PAGE - CHECKSUM_RESERVED);
	return real(file)->pMethods->xWrite(real(file), buffer, amount, offset);
}

static int
shim_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return real(file)->pMethods->xTruncate(real(file), size);
}

static int
shim_sync(sqlite3_file *file, int flags)
{
	return real(file)->pMethods->xSync(real(file), flags);
}

static int
shim_file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return real(file)->pMethods->xFileSize(real(file), size);
}

static int
shim_lock(sqlite3_file *file, int lock)
{
	return real(file)->pMethods->xLock(real(file), lock);
}

static int
shim_unlock(sqlite3_file *file, int lock)
{
	return real(file)->pMethods->xUnlock(real(file), lock);
}

static int
shim_check_reserved_lock(sqlite3_file *file, int *result)
{
	return real(file)->pMethods->xCheckReservedLock(real(file), result);
}

static int
shim_file_control(sqlite3_file *file, int op, void *argument)
{
	return real(file)->pMethods->xFileControl(real(file), op, argument);
}

static int
shim_sector_size(sqlite3_file *file)
{
	return real(file)->pMethods->xSectorSize(real(file));
}

static int
shim_device_characteristics(sqlite3_file *file)
{
	return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static int
shim_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **memory)
{
	return real(file)->pMethods->xShmMap(real(file), page, size, extend, memory);
}

static int
shim_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
	return real(file)->pMethods->xShmLock(real(file), offset, n, flags);
}

static void
shim_shm_barrier(sqlite3_file *file)
{
	real(file)->pMethods->xShmBarrier(real(file));
}

static int
shim_shm_unmap(sqlite3_file *file, int remove)
{
	return real(file)->pMethods->xShmUnmap(real(file), remove);
}

/* Version 2: without memory mapping, which would go past the checks. */
static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = shim_close,
	.xRead = shim_read,
	.xWrite = shim_write,
	.xTruncate = shim_truncate,
	.xSync = shim_sync,
	.xFileSize = shim_file_size,
	.xLock = shim_lock,
	.xUnlock = shim_unlock,
	.xCheckReservedLock = shim_check_reserved_lock,
	.xFileControl = shim_file_control,
	.xSectorSize = shim_sector_size,
	.xDeviceCharacteristics = shim_device_characteristics,
	.xShmMap = shim_shm_map,
	.xShmLock = shim_shm_lock,
	.xShmBarrier = shim_shm_barrier,
	.xShmUnmap = shim_shm_unmap,
};

static int
shim_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
	ChecksumFile *shim = (ChecksumFile *)(void *)file;
	sqlite3_vfs *below = vfs->pAppData;
	int code;

	memset(shim, 0, sizeof *shim);
	shim->real = (sqlite3_file *)(void *)(shim + 1);
	shim->is_main = (flags & SQLITE_OPEN_MAIN_DB) != 0;
	code = below->xOpen(below, name, shim->real, flags, out_flags);
	if (shim->real->pMethods != NULL)
		shim->file.pMethods = &methods;
	return code;
}

static gpointer
register_vfs(gpointer data)
{
	sqlite3_vfs *below = sqlite3_vfs_find(NULL);
	sqlite3_vfs *vfs; /* SQLite's from now on */

	(void)data;
	if (below == NULL)
		return NULL;
	/* All but xOpen work on names or on nothing, and are the system's own. */
	vfs = g_memdup2(below, sizeof *below);
	vfs->pNext = NULL;
	vfs->zName = NAME;
	vfs->szOsFile = (int)sizeof(ChecksumFile) + below->szOsFile;
	vfs->pAppData = below;
	vfs->xOpen = shim_open;
	return sqlite3_vfs_register(vfs, 0) == SQLITE_OK ? (gpointer)NAME : NULL;
}

const char *
checksum_vfs(void)
{
	static GOnce once = G_ONCE_INIT;

	return g_once(&once, register_vfs, NULL);
}

/* ---- the whole file --------------------------------------------------------------- */

static guint32
head_page_count(const guint8 *head)
{
	return (guint32)head[28] << 24 | (guint32)head[29] << 16 | (guint32)head[30] << 8 | head[31];
}

/* By SQLite's own descriptor: to close another one would let go of its locks. */
int
checksum_verify(sqlite3 *db)
{
	g_autofree guint8 *page = g_malloc(CHECKSUM_PAGE);
	sqlite3_file *file = NULL;
	sqlite3_int64 size = 0;
	int code = sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);

	if (code == SQLITE_OK)
		code = file->pMethods->xFileSize(file, &size);
	if (code == SQLITE_OK && size % CHECKSUM_PAGE != 0)
		code = SQLITE_IOERR_DATA;
	for (sqlite3_int64 at = 0; code == SQLITE_OK && at < size; at += CHECKSUM_PAGE) {
		code = file->pMethods->xRead(file, page, CHECKSUM_PAGE, at);
		if (code == SQLITE_OK && at == 0 &&
			(sqlite3_int64)head_page_count(page) * CHECKSUM_PAGE != size)
			code = SQLITE_IOERR_DATA;
	}
	return code;
}
