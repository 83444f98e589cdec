/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is understood lies ahead, by at most a year and a day. */
#include "config.h"

#include <stdint.h>

#include "util/when.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const gint64 now = G_GINT64_CONSTANT(1795615200);
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(GError) error = NULL;
	gint64 at = when_parse(text, now, &error);

	g_assert((at == 0) == (error != NULL));
	g_assert(at == 0 || (at > now && at <= now + 367 * G_GINT64_CONSTANT(24) * 3600));
	return 0;
}
