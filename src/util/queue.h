/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * queue.h - the only place where threads meet: a bounded queue of messages.
 *
 * A message is handed over whole: after a push the sender must not touch it.
 * Built on pthread mutex and condition (which ThreadSanitizer sees), with an
 * eventfd for those who poll.
 */
#pragma once

#include <glib.h>

typedef struct Queue Queue;

/* capacity: messages, 0 is unbounded. free_message frees what is left at the end. */
Queue *queue_new(gsize capacity, GDestroyNotify free_message);
/* Nobody may be waiting in it any more. */
void queue_free(Queue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Queue, queue_free)

/*
 * Append message, waiting while the queue is full. FALSE when the queue is
 * closed: the message was freed with free_message.
 */
gboolean queue_push(Queue *queue, gpointer message);
/* As queue_push, but never waits and ignores the capacity. */
gboolean queue_push_now(Queue *queue, gpointer message);
/* Put message before all others, never waiting. */
gboolean queue_push_front(Queue *queue, gpointer message);
/*
 * Take the first message. timeout_ms: 0 does not wait, -1 waits for ever.
 * NULL when none came, or when the queue is closed and empty.
 */
gpointer queue_pop(Queue *queue, int timeout_ms);
gsize queue_length(Queue *queue);
/* Readable while the queue holds a message or is closed. Never read from it. */
int queue_fd(Queue *queue);
/* No push succeeds from now on; what is in it can still be taken. */
void queue_close(Queue *queue);
gboolean queue_is_closed(Queue *queue);
