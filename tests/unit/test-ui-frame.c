/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/frame.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* A packet pipe keeps writes apart: each read gives one. */
typedef struct {
	int ends[2];
	Frame *frame;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
	(void)data;
	g_assert_cmpint(pipe2(fixture->ends, O_DIRECT | O_NONBLOCK | O_CLOEXEC), ==, 0);
	fixture->frame = frame_new(fixture->ends[1]);
	g_assert_nonnull(fixture->frame);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
	(void)data;
	frame_free(fixture->frame);
	close(fixture->ends[0]);
	close(fixture->ends[1]);
}

static void
put(Fixture *fixture, const char *text)
{
	FILE *file = frame_file(fixture->frame);

	g_assert_cmpint(write(fileno(file), text, strlen(text)), ==, (ssize_t)strlen(text));
}

static void
assert_read(Fixture *fixture, const char *text)
{
	char got[256] = "";
	ssize_t length = read(fixture->ends[0], got, sizeof got - 1);

	g_assert_cmpint(length, ==, text != NULL ? (ssize_t)strlen(text) : -1);
	if (text != NULL)
		g_assert_cmpstr(got, ==, text);
}

static void
test_one_piece(Fixture *fixture, gconstpointer data)
{
	(void)data;
	for (int i = 0; i < 2; i++) {
		frame_begin(fixture->frame);
		put(fixture, "one ");
		put(fixture, i == 0 ? "two three" : "two");
		assert_read(fixture, NULL);
		frame_send(fixture->frame);
		assert_read(fixture, i == 0 ? "one two three" : "one two");
		assert_read(fixture, NULL);
	}
}

static void
test_outside(Fixture *fixture, gconstpointer data)
{
	(void)data;
	put(fixture, "at once");
	assert_read(fixture, "at once");
	frame_send(fixture->frame);
	assert_read(fixture, NULL);
}

static void
test_nothing(Fixture *fixture, gconstpointer data)
{
	(void)data;
	frame_begin(fixture->frame);
	frame_send(fixture->frame);
	assert_read(fixture, NULL);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/ui/frame/a-picture-is-one-write", Fixture, NULL, set_up, test_one_piece, tear_down);
	g_test_add("/ui/frame/between-pictures-all-goes-straight", Fixture, NULL, set_up, test_outside,
		tear_down);
	g_test_add(
		"/ui/frame/an-empty-picture-writes-nothing", Fixture, NULL, set_up, test_nothing, tear_down);
	return g_test_run();
}
