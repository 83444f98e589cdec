/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A BODYSTRUCTURE: a tree within the limits, or none. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>

#include "imap/structure.h"
#include "mime/part.h"
#include "util/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_auto(ImapParser) parser;
	g_autoptr(MimePart) root = NULL;

	imap_parser_init_slice(&parser, (ImapSlice){(const char *)data, size});
	root = imap_structure_parse(&parser);
	if (root == NULL)
		return 0;
	if (mime_part_count(root) > LIMIT_MIME_PARTS)
		abort();
	for (MimePart *part = root; part != NULL; part = mime_part_next(root, part)) {
		if (part->section == NULL || mime_part_find(root, part->section) == NULL)
			abort();
	}
	return 0;
}
