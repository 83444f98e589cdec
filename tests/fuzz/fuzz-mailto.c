/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mailto: links: whatever is accepted can be built into a message, without a Bcc and without new lines in
 * fields. */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "mime/mailto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *rest = g_strndup((const char *)data, size);
	g_autofree char *url = g_strconcat("mailto:", rest, NULL);
	g_autofree char *refused = NULL;
	g_autoptr(MimeDraft) draft = mime_draft_new();

	if (!mime_mailto_parse(url, draft, &refused, NULL)) {
		g_assert(draft->to->len == 0 && draft->subject == NULL);
		return 0;
	}
	g_assert(draft->bcc->len == 0 && draft->attachments->len == 0 && draft->extra->len == 0);
	g_assert(draft->subject == NULL || strpbrk(draft->subject, "\r\n") == NULL);
	for (guint i = 0; i < draft->to->len; i++)
		g_assert(strpbrk(((MimeAddress *)g_ptr_array_index(draft->to, i))->address, "\r\n") == NULL);
	return 0;
}
