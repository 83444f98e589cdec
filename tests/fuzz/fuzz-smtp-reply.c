/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz-smtp-reply.c - answers of a hostile server; the first byte is the size of the pieces. */
#include "config.h"

#include <stdint.h>

#include "smtp/reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(SmtpReader) reader = smtp_reader_new();
	gsize step;

	if (size == 0)
		return 0;
	step = (gsize)data[0] + 1;
	for (gsize at = 1; at < size; at += step) {
		SmtpReply *reply = NULL;

		smtp_reader_feed(reader, (const char *)data + at, MIN(step, size - at));
		while (smtp_reader_next(reader, &reply, NULL) == SMTP_READER_REPLY) {
			g_free(smtp_reply_text(reply));
			smtp_reply_free(reply);
		}
	}
	return 0;
}
