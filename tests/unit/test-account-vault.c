/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "account/vault.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/fault.h"

typedef struct {
	char *folder, *path;
	Secret *phrase;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer unused)
{
	(void)unused;
	fixture->folder = g_dir_make_tmp("posthorn-XXXXXX", NULL);
	fixture->path = g_build_filename(fixture->folder, "vault", NULL);
	fixture->phrase = secret_new("correct horse", -1);
}

static void
tear_down(Fixture *fixture, gconstpointer unused)
{
	g_autofree char *lock = g_strconcat(fixture->path, ".lock", NULL);

	(void)unused;
	g_unlink(fixture->path);
	g_unlink(lock);
	g_rmdir(fixture->folder);
	g_free(fixture->path);
	g_free(fixture->folder);
	secret_free(fixture->phrase);
}

static void
put(Fixture *fixture, const char *name, const char *text)
{
	g_autoptr(Secret) secret = text != NULL ? secret_new(text, -1) : NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(vault_put(fixture->path, fixture->phrase, name, secret, &error));
	g_assert_no_error(error);
}

static void
assert_holds(Fixture *fixture, const char *name, const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Secret) secret = vault_get(fixture->path, fixture->phrase, name, &error);

	if (text == NULL) {
		g_assert_error(error, POSTHORN_FAULT, FAULT_UNKNOWN);
		return;
	}
	g_assert_no_error(error);
	g_assert_cmpstr(secret_text(secret), ==, text);
}

static void
test_put_get_change_forget(Fixture *fixture, gconstpointer unused)
{
	struct stat status;

	(void)unused;
	assert_holds(fixture, "work", NULL);
	put(fixture, "work", "hunter2");
	put(fixture, "home", "swördfish");
	put(fixture, "work", "hunter3");
	assert_holds(fixture, "work", "hunter3");
	assert_holds(fixture, "home", "swördfish");
	put(fixture, "work", NULL);
	assert_holds(fixture, "work", NULL);
	assert_holds(fixture, "home", "swördfish");
	g_assert_cmpint(g_stat(fixture->path, &status), ==, 0);
	g_assert_cmpuint(status.st_mode & 0777, ==, 0600);
}

static void
test_nothing_stands_there_in_clear(Fixture *fixture, gconstpointer unused)
{
	g_autofree char *data = NULL;
	gsize length = 0;

	(void)unused;
	put(fixture, "workaccount", "hunter2hunter2");
	g_assert_true(g_file_get_contents(fixture->path, &data, &length, NULL));
	g_assert_null(g_strstr_len(data, (gssize)length, "hunter2"));
	g_assert_null(memmem(data, length, "hunter", 6));
	g_assert_null(memmem(data, length, "workaccount", 11));
	g_assert_null(memmem(data, length, "correct", 7));
}

static void
test_a_wrong_phrase_changes_nothing(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(Secret) wrong = secret_new("correct horsf", -1);
	g_autoptr(Secret) empty = secret_new("", 0);
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) refused = NULL;

	(void)unused;
	put(fixture, "work", "hunter2");
	g_assert_null(vault_get(fixture->path, wrong, "work", &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_AUTH);
	g_clear_error(&error);
	g_assert_false(vault_put(fixture->path, wrong, "work", wrong, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_AUTH);
	g_assert_false(vault_put(fixture->path, empty, "work", wrong, &refused));
	g_assert_error(refused, POSTHORN_FAULT, FAULT_INPUT);
	assert_holds(fixture, "work", "hunter2");
	g_assert_true(vault_check(fixture->path, fixture->phrase, NULL));
}

/* With the cheapest parameters: hundreds of keys are made here. */
static GBytes *
seal_cheaply(const Secret *phrase, const Secret *payload)
{
	g_autoptr(GError) error = NULL;
	GBytes *sealed = vault_seal(phrase, payload, 10, &error);

	g_assert_no_error(error);
	return sealed;
}

static void
test_every_changed_byte_is_noticed(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(Secret) payload = secret_new("\0\1a\0\0\0\1b", 8);
	g_autoptr(GBytes) sealed = seal_cheaply(fixture->phrase, payload);
	gsize length;
	const guint8 *data = g_bytes_get_data(sealed, &length);
	g_autoptr(Secret) good = vault_unseal(data, length, fixture->phrase, NULL);

	(void)unused;
	g_assert_nonnull(good);
	for (gsize i = 0; i < length; i++) {
		g_autofree guint8 *copy = g_memdup2(data, length);
		g_autoptr(GError) error = NULL;
		g_autoptr(Secret) bad = NULL;
		/* The cost of a key stays small: the parameters' high bits are left alone. */
		copy[i] ^= i == 8 ? 1 : 2;
		bad = vault_unseal(copy, length, fixture->phrase, &error);
		g_assert_null(bad);
		g_assert_true(fault_of(error) == FAULT_AUTH || fault_of(error) == FAULT_DAMAGED ||
			      fault_of(error) == FAULT_NEWER);
	}
	for (gsize cut = 0; cut < length; cut += 3) {
		g_autoptr(Secret) bad = vault_unseal(data, cut, fixture->phrase, NULL);
		g_assert_null(bad);
	}
}

static void
test_absurd_headers_are_refused_before_any_work(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(Secret) payload = secret_new("", 0);
	g_autoptr(GBytes) sealed = seal_cheaply(fixture->phrase, payload);
	static const struct {
		gsize offset;
		guint8 value;
		Fault fault;
	} rows[] = {{0, 'Q', FAULT_DAMAGED}, {7, 2, FAULT_NEWER}, {7, 0, FAULT_DAMAGED},
		{8, 63, FAULT_DAMAGED}, {8, 0, FAULT_DAMAGED}, {9, 0, FAULT_DAMAGED}, {9, 255, FAULT_DAMAGED},
		{10, 0, FAULT_DAMAGED}, {10, 255, FAULT_DAMAGED}, {11, 1, FAULT_DAMAGED}};

	(void)unused;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		gsize length = g_bytes_get_size(sealed);
		g_autofree guint8 *copy = g_memdup2(g_bytes_get_data(sealed, NULL), length);
		g_autoptr(GError) error = NULL;
		copy[rows[i].offset] = rows[i].value;
		g_assert_false(vault_check_header(copy, length, &error));
		g_assert_cmpint(fault_of(error), ==, rows[i].fault);
	}
}

static void
test_two_seals_share_nothing(Fixture *fixture, gconstpointer unused)
{
	g_autoptr(Secret) payload = secret_new("same", -1);
	g_autoptr(GBytes) one = seal_cheaply(fixture->phrase, payload);
	g_autoptr(GBytes) two = seal_cheaply(fixture->phrase, payload);

	(void)unused;
	g_assert_cmpint(memcmp((const guint8 *)g_bytes_get_data(one, NULL) + 12,
				(const guint8 *)g_bytes_get_data(two, NULL) + 12, 16),
		!=, 0);
	g_assert_false(g_bytes_equal(one, two));
}

static void
test_a_damaged_payload_is_said(void)
{
	static const struct {
		const char *octets;
		gsize length;
		Fault fault;
	} rows[] = {
		{"", 0, FAULT_UNKNOWN},
		{"\0\1a\0\0\0\1b", 8, FAULT_UNKNOWN},
		{"\0", 1, FAULT_DAMAGED},
		{"\0\5abc", 5, FAULT_DAMAGED},
		{"\0\1a\0\0\0\2b", 8, FAULT_DAMAGED},
		{"\0\1a\xff\xff\xff\xff"
		 "b",
			8, FAULT_DAMAGED},
		{"\xff\xff"
		 "aaaaaaaa",
			10, FAULT_DAMAGED},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Secret) payload = secret_new(rows[i].octets, (gssize)rows[i].length);
		g_autoptr(GError) error = NULL;
		g_assert_null(vault_find(payload, "x", &error));
		g_assert_cmpint(fault_of(error), ==, rows[i].fault);
	}
}

static void
test_a_full_disk_keeps_the_old_vault(Fixture *fixture, gconstpointer unused)
{
	pid_t child;
	int status = 0;

	(void)unused;
	put(fixture, "work", "hunter2");
	child = fork();
	if (child == 0) {
		struct rlimit limit = {16, 16};
		Secret *secret = secret_new("other", -1);
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		_exit(vault_put(fixture->path, fixture->phrase, "work", secret, NULL) ? 1 : 0);
	}
	waitpid(child, &status, 0);
	g_assert_cmpint(WEXITSTATUS(status), ==, 0);
	assert_holds(fixture, "work", "hunter2");
}

#define ADD(path, test) g_test_add(path, Fixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("/vault/entries", test_put_get_change_forget);
	ADD("/vault/not-in-clear", test_nothing_stands_there_in_clear);
	ADD("/vault/wrong-phrase", test_a_wrong_phrase_changes_nothing);
	ADD("/vault/tampered", test_every_changed_byte_is_noticed);
	ADD("/vault/header", test_absurd_headers_are_refused_before_any_work);
	ADD("/vault/salt", test_two_seals_share_nothing);
	g_test_add_func("/vault/payload", test_a_damaged_payload_is_said);
	ADD("/vault/full-disk", test_a_full_disk_keeps_the_old_vault);
	return g_test_run();
}
