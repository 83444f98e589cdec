/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * places.h - where the messages of an operation are on the server.
 */
#pragma once

#include "engine/worker.h"

typedef struct {
	FolderId folder; /* 0: not found */
	guint32 uid;
} Place;

/*
 * One place a message, as the server has it before the operation is carried out: the UID
 * it was made for while UIDVALIDITY holds; the UID that an earlier operation gave it; or a unique
 * match by key.
 */
gboolean places_resolve(Worker *worker, const Operation *operation, Place *places, GError **error);
/* After the target was brought up to date: messages whose provisional row became a real one there are done.
 */
gboolean places_find_arrived(Worker *worker, Operation *operation, FolderId target, GError **error);
