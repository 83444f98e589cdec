/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The file that ncurses writes to is a descriptor of its own; for a frame its
 * number is given to a file in memory. Only the thread of the screen uses it.
 */
#include "config.h"

#include "ui/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

struct Frame {
	int terminal; /* the caller's */
	FILE *file;   /* a copy of it, but during a frame */
	int memory;   /* -1: there is none, all goes straight to the terminal */
	gboolean begun;
};

static int
memory_file(void)
{
#ifdef MFD_CLOEXEC
	return memfd_create("posthorn-frame", MFD_CLOEXEC);
#else
	return -1;
#endif
}

Frame *
frame_new(int terminal)
{
	int copy = fcntl(terminal, F_DUPFD_CLOEXEC, 3);
	FILE *file = copy >= 0 ? fdopen(copy, "w") : NULL;
	Frame *frame;

	if (file == NULL) {
		if (copy >= 0)
			close(copy);
		return NULL;
	}
	frame = g_new0(Frame, 1);
	frame->terminal = terminal;
	frame->file = file;
	frame->memory = memory_file();
	return frame;
}

void
frame_free(Frame *frame)
{
	if (frame == NULL)
		return;
	fclose(frame->file);
	if (frame->memory >= 0)
		close(frame->memory);
	g_free(frame);
}

FILE *
frame_file(const Frame *frame)
{
	return frame->file;
}

static gboolean
point_file(Frame *frame, int at)
{
	return dup3(at, fileno(frame->file), O_CLOEXEC) >= 0;
}

void
frame_begin(Frame *frame)
{
	if (frame->memory >= 0 && lseek(frame->memory, 0, SEEK_SET) == 0)
		frame->begun = point_file(frame, frame->memory);
}

/* FALSE: the terminal is gone. */
static gboolean
write_all(int terminal, const char *data, gsize length)
{
	while (length > 0) {
		ssize_t wrote = write(terminal, data, length);
		struct pollfd ready = {.fd = terminal, .events = POLLOUT};

		if (wrote < 0 && errno != EINTR && errno != EAGAIN)
			return FALSE;
		if (wrote < 0 && errno == EAGAIN)
			poll(&ready, 1, -1);
		if (wrote > 0) {
			data += wrote;
			length -= (gsize)wrote;
		}
	}
	return TRUE;
}

void
frame_send(Frame *frame)
{
	char chunk[16 * 1024];
	off_t length, at = 0;

	if (!frame->begun)
		return;
	frame->begun = FALSE;
	/* How far was written tells how much of the file is of this frame. */
	length = lseek(frame->memory, 0, SEEK_CUR);
	point_file(frame, frame->terminal);
	while (at < length) {
		ssize_t got = pread(frame->memory, chunk, MIN(sizeof chunk, (gsize)(length - at)), at);
		if (got <= 0 || !write_all(frame->terminal, chunk, (gsize)got))
			return;
		at += got;
	}
}
