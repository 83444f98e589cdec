/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "util/log.h"

#include <glib/gstdio.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/fault.h"
#include "util/limits.h"

typedef struct {
	char *folder, *path, *old;
} Place;

static void
set_up(Place *place, gconstpointer data)
{
	(void)data;
	place->folder = g_dir_make_tmp("posthorn-log-XXXXXX", NULL);
	place->path = g_build_filename(place->folder, "log", NULL);
	place->old = g_build_filename(place->folder, "log.old", NULL);
}

static void
tear_down(Place *place, gconstpointer data)
{
	(void)data;
	log_close();
	g_unlink(place->path);
	g_unlink(place->old);
	g_rmdir(place->folder);
	g_free(place->folder);
	g_free(place->path);
	g_free(place->old);
}

static void
open_log(const Place *place, guint categories)
{
	g_autoptr(GError) error = NULL;
	g_assert_true(log_open(place->path, categories, &error));
	g_assert_no_error(error);
}

static char *
content(const char *path)
{
	char *text = NULL;
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}

static void
test_categories(Place *place, gconstpointer data)
{
	(void)data;
	g_assert_false(log_on(LOG_GENERAL));
	open_log(place, LOG_IMAP);
	g_assert_true(log_on(LOG_GENERAL));
	g_assert_true(log_on(LOG_IMAP));
	g_assert_false(log_on(LOG_SMTP));
	log_line(LOG_IMAP, "%s", "yes");
	log_line(LOG_SMTP, "no");
	g_autofree char *text = content(place->path);
	g_assert_true(g_str_has_suffix(text, " imap yes\n"));
	g_assert_null(strstr(text, "no\n"));
	log_close();
	g_assert_false(log_on(LOG_GENERAL));
	g_assert_cmpuint(log_category("imap"), ==, LOG_IMAP);
	g_assert_cmpuint(log_category("nonsense"), ==, 0);
	g_assert_cmpuint(log_category("all") & LOG_UI, ==, LOG_UI);
}

static void
test_file_is_private(Place *place, gconstpointer data)
{
	(void)data;
	struct stat status;
	g_assert_true(g_file_set_contents(place->path, "", 0, NULL));
	g_assert_cmpint(g_chmod(place->path, 0644), ==, 0);
	open_log(place, 0);
	g_assert_cmpint(stat(place->path, &status), ==, 0);
	g_assert_cmpint(status.st_mode & 0777, ==, 0600);
}

static void
test_lines_are_sanitised_and_cut(Place *place, gconstpointer data)
{
	(void)data;
	open_log(place, 0);
	g_autofree char *flood = g_strnfill(5000, 'x');
	g_autoptr(GString) wide = g_string_new(NULL);
	for (int i = 0; i < 600; i++)
		g_string_append(wide, "ü");
	log_line(LOG_GENERAL, "a\033[31mb\nc");
	log_line(LOG_GENERAL, "%s", flood);
	log_line(LOG_GENERAL, "%s", wide->str);
	g_autofree char *text = content(place->path);
	g_assert_nonnull(strstr(text, " a\357\277\275[31mb c\n"));
	g_assert_true(g_utf8_validate(text, -1, NULL));
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, 4);
	g_assert_true(g_str_has_suffix(lines[1], "x... (5000 bytes)"));
	g_assert_true(g_str_has_suffix(lines[2], "ü... (1200 bytes)"));
	g_assert_cmpuint(strlen(lines[1]), <, LIMIT_LOG_LINE + 80);
	g_assert_cmpuint(strlen(lines[2]), <, LIMIT_LOG_LINE + 80);
}

static void
test_rotates(Place *place, gconstpointer data)
{
	(void)data;
	struct stat status;
	open_log(place, 0);
	g_autofree char *line = g_strnfill(1000, 'x');
	for (int i = 0; i < 5000; i++)
		log_line(LOG_GENERAL, "%s", line);
	g_assert_cmpint(stat(place->old, &status), ==, 0);
	g_assert_cmpint(status.st_size, >=, 4 * 1024 * 1024);
	g_assert_cmpint(status.st_size, <, 4 * 1024 * 1024 + 2000);
	g_assert_cmpint(stat(place->path, &status), ==, 0);
	g_assert_cmpint(status.st_size, >, 0);
	g_assert_cmpint(status.st_size, <, 1024 * 1024);
}

static void *
write_lines(void *data)
{
	for (int i = 0; i < 500; i++)
		log_line(LOG_NET, "thread %s line %d end", (const char *)data, i);
	return NULL;
}

static void
test_threads_do_not_mix_lines(Place *place, gconstpointer data)
{
	(void)data;
	pthread_t threads[3];
	static char *const names[] = {"one", "two", "three"};
	open_log(place, LOG_NET);
	for (int i = 0; i < 3; i++)
		g_assert_cmpint(pthread_create(&threads[i], NULL, write_lines, names[i]), ==, 0);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	g_autofree char *text = content(place->path);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), ==, 1501);
	for (int i = 0; i < 1500; i++)
		g_assert_true(g_str_has_suffix(lines[i], " end"));
}

static void
test_refuses_links_and_bad_places(Place *place, gconstpointer data)
{
	(void)data;
	g_autoptr(GError) link_error = NULL;
	g_autoptr(GError) folder_error = NULL;
	g_assert_cmpint(symlink(place->old, place->path), ==, 0);
	g_assert_false(log_open(place->path, 0, &link_error));
	g_assert_error(link_error, POSTHORN_FAULT, FAULT_LOCAL);
	g_assert_false(log_open(place->folder, 0, &folder_error));
	g_assert_error(folder_error, POSTHORN_FAULT, FAULT_LOCAL);
	g_assert_true(log_open(NULL, LOG_IMAP, NULL));
	g_assert_false(log_on(LOG_IMAP));
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*test)(Place *place, gconstpointer data);
	} rows[] = {
		{"/log/categories", test_categories},
		{"/log/file-is-private", test_file_is_private},
		{"/log/lines-are-sanitised-and-cut", test_lines_are_sanitised_and_cut},
		{"/log/rotates", test_rotates},
		{"/log/threads-do-not-mix-lines", test_threads_do_not_mix_lines},
		{"/log/refuses-links-and-bad-places", test_refuses_links_and_bad_places},
	};
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_test_add(rows[i].path, Place, NULL, set_up, rows[i].test, tear_down);
	return g_test_run();
}
