/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "util/paths.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/fault.h"
#include "util/limits.h"

typedef struct {
	char *folder;
} Place;

static void
remove_all(const char *path)
{
	g_autoptr(GDir) dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
	const char *name;
	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *inside = g_build_filename(path, name, NULL);
		remove_all(inside);
	}
	g_remove(path);
}

static void
set_up(Place *place, gconstpointer data)
{
	(void)data;
	place->folder = g_dir_make_tmp("posthorn-paths-XXXXXX", NULL);
}

static void
tear_down(Place *place, gconstpointer data)
{
	(void)data;
	remove_all(place->folder);
	g_free(place->folder);
}

static char *
inside(const Place *place, const char *name)
{
	return g_build_filename(place->folder, name, NULL);
}

static int
mode_of(const char *path)
{
	struct stat status;
	return lstat(path, &status) == 0 ? (int)(status.st_mode & 0777) : -1;
}

static void
assert_content(const char *path, const char *expected)
{
	g_autofree char *text = NULL;
	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_cmpstr(text, ==, expected);
}

static guint
count_files(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	guint count = 0;
	while (g_dir_read_name(dir))
		count++;
	return count;
}

static void
test_xdg(Place *place, gconstpointer data)
{
	(void)place;
	(void)data;
	g_setenv("HOME", "/home/alice", TRUE);
	g_setenv("XDG_CONFIG_HOME", "/c", TRUE);
	g_setenv("XDG_CACHE_HOME", "relative/is/ignored", TRUE);
	g_setenv("XDG_DATA_HOME", "", TRUE);
	g_unsetenv("XDG_STATE_HOME");
	g_unsetenv("XDG_RUNTIME_DIR");
	g_autoptr(Paths) paths = paths_new();
	g_assert_cmpstr(paths->config, ==, "/c/posthorn");
	g_assert_cmpstr(paths->cache, ==, "/home/alice/.cache/posthorn");
	g_assert_cmpstr(paths->data, ==, "/home/alice/.local/share/posthorn");
	g_assert_cmpstr(paths->state, ==, "/home/alice/.local/state/posthorn");
	g_assert_cmpstr(paths->runtime, ==, "/home/alice/.local/share/posthorn/run");
	g_setenv("XDG_RUNTIME_DIR", "/run/user/1000", TRUE);
	g_autoptr(Paths) again = paths_new();
	g_assert_cmpstr(again->runtime, ==, "/run/user/1000/posthorn");
}

static void
test_expand(Place *place, gconstpointer data)
{
	static const struct {
		const char *path, *expanded;
	} rows[] = {
		{"~", "/home/alice"},
		{"~/x y", "/home/alice/x y"},
		{"~bob/x", "~bob/x"},
		{"/a/~", "/a/~"},
		{"", ""},
	};
	(void)place;
	(void)data;
	g_setenv("HOME", "/home/alice", TRUE);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *expanded = paths_expand(rows[i].path);
		g_assert_cmpstr(expanded, ==, rows[i].expanded);
	}
}

static void
test_make_folder(Place *place, gconstpointer data)
{
	(void)data;
	g_autofree char *deep = inside(place, "a/b/c//");
	g_autofree char *middle = inside(place, "a/b");
	g_autoptr(GError) error = NULL;
	g_assert_true(paths_make_folder(deep, &error));
	g_assert_true(paths_make_folder(deep, &error));
	g_assert_no_error(error);
	g_assert_cmpint(mode_of(middle), ==, 0700);
}

static void
test_make_folder_refuses_links_and_files(Place *place, gconstpointer data)
{
	(void)data;
	g_autofree char *real = inside(place, "real");
	g_autofree char *link = inside(place, "link");
	g_autofree char *below = inside(place, "link/below");
	g_autofree char *file = inside(place, "file");
	g_autofree char *in_file = inside(place, "file/x/y");
	g_assert_true(paths_make_folder(real, NULL));
	g_assert_cmpint(symlink(real, link), ==, 0);
	g_assert_true(g_file_set_contents(file, "", 0, NULL));
	const char *const refused[] = {link, file, in_file, ""};
	for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_false(paths_make_folder(refused[i], &error));
		g_assert_nonnull(error);
	}
	/* A link higher up is the user's own affair. */
	g_assert_true(paths_make_folder(below, NULL));
}

static void
test_account_key(Place *place, gconstpointer data)
{
	static const struct {
		const char *key;
		gboolean good;
	} rows[] = {
		{"work", TRUE},
		{"a", TRUE},
		{"0_-z", TRUE},
		{"abcdefghijklmnopqrstuvwxyz012345", TRUE},
		{"abcdefghijklmnopqrstuvwxyz0123456", FALSE},
		{"", FALSE},
		{"-a", FALSE},
		{"_a", FALSE},
		{"Work", FALSE},
		{"a/b", FALSE},
		{"..", FALSE},
		{"a\n", FALSE},
		{"\303\274", FALSE},
	};
	(void)place;
	(void)data;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(paths_is_account_key(rows[i].key), ==, rows[i].good);
}

static void
test_safe_name(Place *place, gconstpointer data)
{
	static const struct {
		const char *name, *safe;
	} rows[] = {
		{"report.pdf", "report.pdf"},
		{"Grüße 日本.txt", "Grüße 日本.txt"},
		{"../../etc/passwd", "passwd"},
		{"/etc/passwd", "passwd"},
		{"C:\\Users\\x\\evil.exe", "evil.exe"},
		{"folder/", "folder"},
		{"..", "unnamed"},
		{"", "unnamed"},
		{"///", "unnamed"},
		{"....", "unnamed"},
		{".bashrc", "bashrc"},
		{"-rf", "rf"},
		{"~root", "root"},
		{" . -~x ", "x"},
		{"a\nb\tc\033d\177", "a_b_c_d_"},
		{"a\302\233b", "a_b"},
		{"\342\200\256fdp.exe", "_fdp.exe"},
		{"a\377b", "a_b"},
		{"two  blanks", "two  blanks"},
	};
	(void)place;
	(void)data;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *safe = paths_safe_name(rows[i].name);
		g_assert_cmpstr(safe, ==, rows[i].safe);
		g_autofree char *again = paths_safe_name(safe);
		g_assert_cmpstr(again, ==, safe);
	}
}

static void
test_safe_name_keeps_the_extension(Place *place, gconstpointer data)
{
	(void)place;
	(void)data;
	for (gsize length = LIMIT_FILE_NAME - 10; length < LIMIT_FILE_NAME + 10; length++) {
		g_autoptr(GString) name = g_string_new(NULL);
		while (name->len < length)
			g_string_append(name, "ü");
		g_string_append(name, ".pdf");
		g_autofree char *safe = paths_safe_name(name->str);
		g_assert_cmpuint(strlen(safe), <=, LIMIT_FILE_NAME);
		g_assert_true(g_str_has_suffix(safe, "ü.pdf"));
		g_assert_true(g_utf8_validate(safe, -1, NULL));
	}
	g_autofree char *dots = g_strnfill(1000, 'x');
	dots[1] = '.';
	g_autofree char *safe = paths_safe_name(dots);
	g_assert_cmpuint(strlen(safe), ==, LIMIT_FILE_NAME);
}

static void
test_write_new_never_overwrites(Place *place, gconstpointer data)
{
	static const char *const expected[] = {"a.tar.gz", "a.tar (1).gz", "a.tar (2).gz"};
	(void)data;
	for (gsize i = 0; i < G_N_ELEMENTS(expected); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *path = paths_write_new(place->folder, "../a.tar.gz", "x\0y", 3, &error);
		g_autofree char *wanted = inside(place, expected[i]);
		g_assert_no_error(error);
		g_assert_cmpstr(path, ==, wanted);
		g_assert_cmpint(mode_of(path), ==, 0600);
	}
}

static void
test_write_new_does_not_follow_links(Place *place, gconstpointer data)
{
	(void)data;
	g_autofree char *victim = inside(place, "victim");
	g_autofree char *link = inside(place, "name");
	g_assert_cmpint(symlink(victim, link), ==, 0);
	g_autofree char *path = paths_write_new(place->folder, "name", "x", 1, NULL);
	g_assert_true(g_str_has_suffix(path, "/name (1)"));
	g_assert_false(g_file_test(victim, G_FILE_TEST_EXISTS));
}

static void
test_write_new_says_why_not(Place *place, gconstpointer data)
{
	(void)data;
	g_autoptr(GError) error = NULL;
	g_autofree char *missing = inside(place, "mis\033sing");
	g_assert_null(paths_write_new(missing, "name", "x", 1, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_UNKNOWN);
	g_assert_nonnull(strstr(error->message, "mis\357\277\275sing/name"));
}

/* A full disk leaves nothing behind; /dev/full stands in where the folder can be it. */
static void
test_write_error_is_told(Place *place, gconstpointer data)
{
	(void)data;
	g_autofree char *path = inside(place, "full");
	g_autoptr(GError) error = NULL;
	if (symlink("/dev/full", path) != 0 || !g_file_test("/dev/full", G_FILE_TEST_EXISTS)) {
		g_test_skip("no /dev/full");
		return;
	}
	/* It is no regular file: replacing it would destroy a device. */
	g_assert_false(paths_replace(path, "x", 1, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_LOCAL);
	g_assert_true(g_file_test(path, G_FILE_TEST_IS_SYMLINK));
	g_assert_cmpuint(count_files(place->folder), ==, 1);
}

static void
test_replace_keeps_the_mode(Place *place, gconstpointer data)
{
	(void)data;
	g_autofree char *path = inside(place, "conf");
	g_autoptr(GError) error = NULL;
	g_assert_true(paths_replace(path, "one", 3, &error));
	g_assert_cmpint(mode_of(path), ==, 0600);
	g_assert_cmpint(g_chmod(path, 0640), ==, 0);
	g_assert_true(paths_replace(path, "two", 3, &error));
	g_assert_no_error(error);
	g_assert_cmpint(mode_of(path), ==, 0640);
	assert_content(path, "two");
	g_assert_cmpuint(count_files(place->folder), ==, 1);
}

static void
test_replace_follows_one_link(Place *place, gconstpointer data)
{
	(void)data;
	g_autofree char *target = inside(place, "sub/target");
	g_autofree char *sub = inside(place, "sub");
	g_autofree char *link = inside(place, "link");
	g_autofree char *second = inside(place, "second");
	g_autoptr(GError) error = NULL;
	g_assert_true(paths_make_folder(sub, NULL));
	g_assert_true(g_file_set_contents(target, "old", 3, NULL));
	g_assert_cmpint(symlink("sub/target", link), ==, 0);
	g_assert_cmpint(symlink(link, second), ==, 0);
	g_assert_true(paths_replace(link, "new", 3, &error));
	g_assert_no_error(error);
	g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
	assert_content(target, "new");
	g_assert_false(paths_replace(second, "no", 2, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_LOCAL);
	assert_content(target, "new");
}

static void
test_replace_creates_behind_a_dangling_link(Place *place, gconstpointer data)
{
	(void)data;
	g_autofree char *link = inside(place, "link");
	g_autofree char *target = inside(place, "target");
	g_assert_cmpint(symlink("target", link), ==, 0);
	g_assert_true(paths_replace(link, "new", 3, NULL));
	assert_content(target, "new");
}

static void
test_replace_refuses_a_folder(Place *place, gconstpointer data)
{
	(void)data;
	g_autoptr(GError) error = NULL;
	g_assert_false(paths_replace(place->folder, "x", 1, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_LOCAL);
}

static void
test_read(Place *place, gconstpointer data)
{
	(void)data;
	g_autofree char *path = inside(place, "file");
	g_autofree char *big = g_strnfill(100000, 'x');
	gsize length;
	g_assert_true(g_file_set_contents(path, big, 100000, NULL));
	g_autofree char *whole = paths_read(path, 100000, &length, NULL);
	g_assert_cmpuint(length, ==, 100000);
	g_assert_cmpstr(whole, ==, big);
}

static void
test_read_refuses(Place *place, gconstpointer data)
{
	(void)data;
	g_autofree char *path = inside(place, "file");
	g_autofree char *missing = inside(place, "missing");
	g_assert_true(g_file_set_contents(path, "12345", 5, NULL));
	const struct {
		const char *path;
		gsize limit;
		Fault fault;
	} rows[] = {
		{path, 4, FAULT_LIMIT},
		{path, 0, FAULT_LIMIT},
		{missing, 100, FAULT_UNKNOWN},
		{place->folder, 100, FAULT_LOCAL},
		{"/dev/zero", 100000, FAULT_LIMIT},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_assert_null(paths_read(rows[i].path, rows[i].limit, NULL, &error));
		g_assert_error(error, POSTHORN_FAULT, (int)rows[i].fault);
	}
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*test)(Place *place, gconstpointer data);
	} rows[] = {
		{"/paths/xdg", test_xdg},
		{"/paths/expand", test_expand},
		{"/paths/make-folder", test_make_folder},
		{"/paths/make-folder-refuses-links-and-files", test_make_folder_refuses_links_and_files},
		{"/paths/account-key", test_account_key},
		{"/paths/safe-name", test_safe_name},
		{"/paths/safe-name-keeps-the-extension", test_safe_name_keeps_the_extension},
		{"/paths/write-new-never-overwrites", test_write_new_never_overwrites},
		{"/paths/write-new-does-not-follow-links", test_write_new_does_not_follow_links},
		{"/paths/write-new-says-why-not", test_write_new_says_why_not},
		{"/paths/write-error-is-told", test_write_error_is_told},
		{"/paths/replace-keeps-the-mode", test_replace_keeps_the_mode},
		{"/paths/replace-follows-one-link", test_replace_follows_one_link},
		{"/paths/replace-creates-behind-a-dangling-link",
			test_replace_creates_behind_a_dangling_link},
		{"/paths/replace-refuses-a-folder", test_replace_refuses_a_folder},
		{"/paths/read", test_read},
		{"/paths/read-refuses", test_read_refuses},
	};
	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_test_add(rows[i].path, Place, NULL, set_up, rows[i].test, tear_down);
	return g_test_run();
}
