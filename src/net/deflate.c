/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "net/deflate.h"

#include <zlib.h>

#define PACK_CHUNK (16 * 1024)

struct NetDeflate {
	z_stream in;
	z_stream out;
};

NetDeflate *
net_deflate_new(void)
{
	NetDeflate *pipes = g_new0(NetDeflate, 1);

	/* Negative window bits: no zlib header. RFC 4978, 3. */
	if (inflateInit2(&pipes->in, -MAX_WBITS) != Z_OK ||
		deflateInit2(&pipes->out, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8,
			Z_DEFAULT_STRATEGY) != Z_OK)
		g_error("zlib: no memory");
	return pipes;
}

void
net_deflate_free(NetDeflate *pipes)
{
	if (pipes == NULL)
		return;
	inflateEnd(&pipes->in);
	deflateEnd(&pipes->out);
	g_free(pipes);
}

void
net_deflate_pack(NetDeflate *pipes, const void *data, gsize length, GByteArray *out)
{
	z_stream *z = &pipes->out;
	guint8 chunk[PACK_CHUNK];

	g_assert(length <= G_MAXUINT);
	z->next_in = (Bytef *)data;
	z->avail_in = (uInt)length;
	do {
		z->next_out = chunk;
		z->avail_out = sizeof(chunk);
		deflate(z, Z_SYNC_FLUSH);
		g_byte_array_append(out, chunk, sizeof(chunk) - z->avail_out);
	} while (z->avail_out == 0);
}

gssize
net_deflate_unpack(NetDeflate *pipes, const void *data, gsize length, gsize *used, void *buffer, gsize size)
{
	z_stream *z = &pipes->in;
	int result;

	length = MIN(length, G_MAXINT);
	size = MIN(size, G_MAXINT);
	z->next_in = (Bytef *)data;
	z->avail_in = (uInt)length;
	z->next_out = buffer;
	z->avail_out = (uInt)size;
	result = inflate(z, Z_SYNC_FLUSH);
	*used = length - z->avail_in;
	if (result != Z_OK && result != Z_BUF_ERROR && size == z->avail_out)
		return -1;
	return (gssize)(size - z->avail_out);
}
