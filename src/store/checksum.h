/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * checksum.h - a checksum on every page of a file of SQLite's.
 *
 * SQLite notices damage to its structure, not to what is stored in it. Under
 * this VFS each page of the main file carries a sum of its octets and its
 * number in 8 reserved bytes: written when the page is, checked whenever it is
 * read. A page that does not fit is SQLITE_IOERR_DATA. The WAL has checksums of
 * its own.
 */
#pragma once

#include <glib.h>
#include <sqlite3.h>

/* Bytes at the end of each page that SQLite must leave alone (SQLITE_FCNTL_RESERVE_BYTES). */
#define CHECKSUM_RESERVED 8
#define CHECKSUM_PAGE 4096

/* The VFS's name, for sqlite3_open_v2(); registered by the first call, any thread. NULL: SQLite has no VFS to
 * stand on. */
const char *checksum_vfs(void);
/*
 * Read the whole file of an open database whose WAL is empty. SQLITE_OK;
 * SQLITE_IOERR_DATA: a page does not fit, or the length is not what its head
 * says; another code: it cannot be read.
 */
int checksum_verify(sqlite3 *db);
