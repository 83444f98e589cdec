/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Content-Type and Content-Disposition with RFC 2231: decoded values are clean, names fit for saving. */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "mime/param.h"
#include "util/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(MimePart) part = mime_part_new("application", "octet-stream");
	g_autofree char *value =
		mime_split_params((const char *)data, (gssize)size, part->disposition_params);
	g_autofree char *saved = NULL;

	g_assert(strchr(value, ';') == NULL);
	g_assert(part->disposition_params->len <= LIMIT_MIME_PARAMS);
	mime_part_finish(part);
	for (guint i = 0; i < part->disposition_params->len; i++) {
		const MimeParam *param = g_ptr_array_index(part->disposition_params, i);
		g_assert(g_utf8_validate(param->value, -1, NULL));
		g_assert(strpbrk(param->value, "\r\n") == NULL);
	}
	saved = mime_part_save_name(part);
	g_assert(*saved && strlen(saved) <= LIMIT_FILE_NAME + 16);
	g_assert(strchr(saved, '/') == NULL && strchr(".-~ ", saved[0]) == NULL);
	return 0;
}
