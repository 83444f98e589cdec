/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LIST, STATUS and NAMESPACE from behind their names; the name must be UTF-8. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>

#include "imap/folders.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ImapSlice text = {(const char *)data, size};
	g_auto(ImapParser) list;
	g_auto(ImapParser) status_parser;
	g_auto(ImapParser) namespace;
	g_autoptr(ImapFolder) folder = NULL;
	g_autofree char *mailbox = NULL;
	g_autofree char *prefix = NULL;
	g_autoptr(GPtrArray) others = g_ptr_array_new_with_free_func(g_free);
	ImapStatus status;
	char delimiter;

	imap_parser_init_slice(&list, text);
	imap_parser_init_slice(&status_parser, text);
	imap_parser_init_slice(&namespace, text);
	folder = imap_folder_parse(&list, NULL);
	if (folder != NULL && !g_utf8_validate(folder->name, -1, NULL))
		abort();
	imap_status_parse(&status_parser, &mailbox, &status, NULL);
	imap_namespace_parse(&namespace, &prefix, &delimiter, others, NULL);
	return 0;
}
