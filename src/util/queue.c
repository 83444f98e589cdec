/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A ring that doubles when it is full. Everything, the eventfd included,
 * changes under the one mutex: settle() makes the descriptor agree with the
 * ring before the mutex is let go.
 */
#include "config.h"

#include "util/queue.h"

#include <errno.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define RING_START 16

struct Queue {
	pthread_mutex_t mutex;
	pthread_cond_t filled;  /* a message came, or the queue was closed */
	pthread_cond_t drained; /* a message went, or the queue was closed */
	gpointer *ring;
	gsize size;  /* slots of ring, a power of two */
	gsize first; /* index of the first message */
	gsize length;
	gsize capacity; /* 0: unbounded */
	gboolean closed;
	gboolean raised; /* fd is readable */
	int fd;
	GDestroyNotify free_message;
};

Queue *
queue_new(gsize capacity, GDestroyNotify free_message)
{
	Queue *queue = g_new0(Queue, 1);
	queue->capacity = capacity;
	queue->free_message = free_message;
	queue->size = RING_START;
	queue->ring = g_new(gpointer, queue->size);
	queue->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (queue->fd < 0)
		g_error("eventfd: %s", g_strerror(errno));
	pthread_mutex_init(&queue->mutex, NULL);
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&queue->filled, &attributes);
	pthread_cond_init(&queue->drained, &attributes);
	pthread_condattr_destroy(&attributes);
	return queue;
}

/* Make the descriptor readable exactly while there is a message or the end. */
static void
settle(Queue *queue)
{
	gboolean wanted = queue->length > 0 || queue->closed;
	if (wanted == queue->raised)
		return;
	guint64 count = 1;
	ssize_t done;
	do {
		done = wanted ? write(queue->fd, &count, sizeof count)
			      : read(queue->fd, &count, sizeof count);
	} while (done < 0 && errno == EINTR);
	queue->raised = wanted;
}

static gpointer
take_first(Queue *queue)
{
	gpointer message = queue->ring[queue->first];
	queue->first = (queue->first + 1) & (queue->size - 1);
	queue->length--;
	return message;
}

void
queue_free(Queue *queue)
{
	if (!queue)
		return;
	while (queue->length > 0) {
		gpointer message = take_first(queue);
		if (queue->free_message)
			queue->free_message(message);
	}
	pthread_cond_destroy(&queue->filled);
	pthread_cond_destroy(&queue->drained);
	pthread_mutex_destroy(&queue->mutex);
	close(queue->fd);
	g_free(queue->ring);
	g_free(queue);
}

static void
grow(Queue *queue)
{
	gpointer *ring = g_new(gpointer, queue->size * 2);
	for (gsize i = 0; i < queue->length; i++)
		ring[i] = queue->ring[(queue->first + i) & (queue->size - 1)];
	g_free(queue->ring);
	queue->ring = ring;
	queue->first = 0;
	queue->size *= 2;
}

static gboolean
push(Queue *queue, gpointer message, gboolean wait, gboolean front)
{
	g_assert(message);
	pthread_mutex_lock(&queue->mutex);
	while (wait && !queue->closed && queue->capacity && queue->length >= queue->capacity)
		pthread_cond_wait(&queue->drained, &queue->mutex);
	gboolean open = !queue->closed;
	if (open) {
		if (queue->length == queue->size)
			grow(queue);
		if (front)
			queue->first = (queue->first - 1) & (queue->size - 1);
		gsize slot = front ? queue->first : (queue->first + queue->length) & (queue->size - 1);
		queue->ring[slot] = message;
		queue->length++;
		settle(queue);
		pthread_cond_signal(&queue->filled);
	}
	pthread_mutex_unlock(&queue->mutex);
	if (!open && queue->free_message)
		queue->free_message(message);
	return open;
}

gboolean
queue_push(Queue *queue, gpointer message)
{
	return push(queue, message, TRUE, FALSE);
}

gboolean
queue_push_now(Queue *queue, gpointer message)
{
	return push(queue, message, FALSE, FALSE);
}

gboolean
queue_push_front(Queue *queue, gpointer message)
{
	return push(queue, message, FALSE, TRUE);
}

static struct timespec
deadline_after(int timeout_ms)
{
	struct timespec at;
	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += timeout_ms / 1000;
	at.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000;
	}
	return at;
}

/* Wait, the mutex held, until there is something to take, the end, or the deadline. */
static void
wait_filled(Queue *queue, int timeout_ms)
{
	struct timespec deadline = {0};
	if (timeout_ms > 0)
		deadline = deadline_after(timeout_ms);
	while (queue->length == 0 && !queue->closed) {
		if (timeout_ms < 0)
			pthread_cond_wait(&queue->filled, &queue->mutex);
		else if (pthread_cond_timedwait(&queue->filled, &queue->mutex, &deadline) == ETIMEDOUT)
			return;
	}
}

gpointer
queue_pop(Queue *queue, int timeout_ms)
{
	gpointer message = NULL;
	pthread_mutex_lock(&queue->mutex);
	if (timeout_ms != 0)
		wait_filled(queue, timeout_ms);
	if (queue->length > 0) {
		message = take_first(queue);
		settle(queue);
		pthread_cond_signal(&queue->drained);
	}
	pthread_mutex_unlock(&queue->mutex);
	return message;
}

gsize
queue_length(Queue *queue)
{
	pthread_mutex_lock(&queue->mutex);
	gsize length = queue->length;
	pthread_mutex_unlock(&queue->mutex);
	return length;
}

int
queue_fd(Queue *queue)
{
	return queue->fd;
}

void
queue_close(Queue *queue)
{
	pthread_mutex_lock(&queue->mutex);
	queue->closed = TRUE;
	settle(queue);
	pthread_cond_broadcast(&queue->filled);
	pthread_cond_broadcast(&queue->drained);
	pthread_mutex_unlock(&queue->mutex);
}

gboolean
queue_is_closed(Queue *queue)
{
	pthread_mutex_lock(&queue->mutex);
	gboolean closed = queue->closed;
	pthread_mutex_unlock(&queue->mutex);
	return closed;
}
