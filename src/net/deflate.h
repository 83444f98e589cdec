/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * deflate.h - COMPRESS=DEFLATE (RFC 4978) as two pipes of bytes. Pure: no I/O.
 */
#pragma once

#include <glib.h>

typedef struct NetDeflate NetDeflate;

NetDeflate *net_deflate_new(void);
void net_deflate_free(NetDeflate *pipes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetDeflate, net_deflate_free)

/* data compressed and flushed, appended to out: a peer can read all of it. */
void net_deflate_pack(NetDeflate *pipes, const void *data, gsize length, GByteArray *out);
/*
 * Unpack into buffer. *used receives what was taken of data. Returns the bytes
 * made, 0 when more is needed, -1 when data is damaged or has ended. Call again
 * with the rest (also with none) while it returns size.
 */
gssize net_deflate_unpack(
	NetDeflate *pipes, const void *data, gsize length, gsize *used, void *buffer, gsize size);
