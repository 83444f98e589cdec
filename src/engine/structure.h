/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * structure.h - a message's structure as it is kept in the store.
 *
 * One line a part, "depth TAB type/subtype TAB key=value TAB ...", values with
 * %XX for what would break that; read back with the same limits as from a server.
 */
#pragma once

#include "mime/part.h"

/* The caller's. */
GBytes *structure_write(MimePart *root);
/* NULL: not one of ours. The caller's. */
MimePart *structure_read(GBytes *data);
