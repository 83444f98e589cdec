/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flipped bytes, cut files, kills, a full disk: opening works, what was committed is there or is made anew.
 */
#include "config.h"

#include "store-mail.h"

#include "util/fault.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define MESSAGES 300
#define FLIPS 200
#define CUTS 50

static GPtrArray *
some_messages(guint32 from, guint32 to)
{
	GPtrArray *batch = mail_batch();

	for (guint32 n = from; n <= to; n++) {
		g_autofree char *id = g_strdup_printf("m%u", n);
		g_autofree char *up = n % 3 ? g_strdup_printf("m%u", n / 2) : NULL;
		g_autofree char *subject = g_strdup_printf("subject %u of many", n / 2);
		g_ptr_array_add(batch, mail_message(n, n % 2, 1 + n % 28, subject, id, up));
	}
	return batch;
}

/* A filled cache, closed, without a WAL. */
static Mail *
filled(void)
{
	Mail *mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);

	mail_take(mail, inbox, some_messages(1, MESSAGES));
	for (guint32 n = 1; n <= 20; n++) {
		g_autoptr(StoreRow) row = store_view_row(mail->view, ROW_ID(inbox, n));
		g_autofree char *text = g_strnfill(2000, (char)('a' + n % 26));
		g_assert_true(store_cache_put_part(mail->cache, row->cid, "1", text, 2000, NULL));
	}
	store_view_close(g_steal_pointer(&mail->view));
	store_cache_checkpoint(mail->cache, TRUE);
	mail_close(mail);
	mail->broken = TRUE;
	return mail;
}

typedef struct {
	char *path;
	char *octets;
	gsize length;
} SavedFile;

static void
save_file(const Mail *mail, const char *name, SavedFile *saved)
{
	saved->path = g_build_filename(mail->folder, name, NULL);
	g_assert_true(g_file_get_contents(saved->path, &saved->octets, &saved->length, NULL));
}

static void
saved_clear(SavedFile *saved)
{
	g_free(saved->path);
	g_free(saved->octets);
}

/* Put it back as it was, its first length bytes, with one bit of the byte at flip changed (-1: none). */
static void
write_back(const SavedFile *saved, gsize length, gssize flip)
{
	static const char *const tails[] = {"-wal", "-shm", ".check"};
	g_autofree char *octets = g_memdup2(saved->octets, saved->length);
	int fd;

	if (flip >= 0)
		octets[flip] = (char)(octets[flip] ^ 1 << g_test_rand_int_range(0, 8));
	for (gsize i = 0; i < G_N_ELEMENTS(tails); i++) {
		g_autofree char *beside = g_strconcat(saved->path, tails[i], NULL);
		g_unlink(beside);
	}
	fd = open(saved->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(write(fd, octets, length), ==, (gssize)length);
	close(fd);
}

static void
assert_rebuilt(Mail *mail)
{
	g_autofree char *aside = g_build_filename(mail->folder, "headers.db.damaged", NULL);
	g_autoptr(GError) error = NULL;
	gboolean rebuilt = FALSE;

	mail->cache = store_cache_open(mail->folder, &mail->key, &rebuilt, &error);
	g_assert_no_error(error);
	g_assert_true(rebuilt);
	g_assert_true(g_file_test(aside, G_FILE_TEST_EXISTS));
	mail_usual_folders(mail);
	mail_put(mail, mail_folder(mail, "INBOX"), mail_message(1, 0, 1, "about", "a", NULL));
	g_clear_pointer(&mail->cache, store_cache_close);
	g_unlink(aside);
}

static void
test_flipped(void)
{
	g_autoptr(Mail) mail = filled();
	SavedFile saved;

	save_file(mail, "headers.db", &saved);
	for (int i = 0; i < FLIPS; i++) {
		write_back(&saved, saved.length, g_test_rand_int_range(0, (gint)saved.length));
		assert_rebuilt(mail);
	}
	saved_clear(&saved);
}

static void
test_cut(void)
{
	g_autoptr(Mail) mail = filled();
	SavedFile saved;

	save_file(mail, "headers.db", &saved);
	for (gsize i = 0; i < CUTS; i++) {
		write_back(&saved, 1 + i * (saved.length - 1) / CUTS, -1);
		assert_rebuilt(mail);
	}
	saved_clear(&saved);
}

static void
test_not_a_database(void)
{
	g_autoptr(Mail) mail = filled();
	g_autofree char *path = g_build_filename(mail->folder, "headers.db", NULL);

	g_assert_true(g_file_set_contents(path, "hello\n", -1, NULL));
	assert_rebuilt(mail);
}

static void
test_whole_file_is_found_sound(void)
{
	g_autoptr(Mail) mail = filled();
	gboolean rebuilt = TRUE;

	mail->cache = store_cache_open(mail->folder, &mail->key, &rebuilt, NULL);
	g_assert_false(rebuilt);
	mail_check(mail);
}

/* A reader meets it first: it gives nothing wrong, and the next writer makes it anew. */
static void
test_reader_of_a_flipped_file(void)
{
	g_autoptr(Mail) mail = filled();
	StoreOrderSpec specs[] = {
		{.key = SORT_DATE}, {.key = SORT_DATE, .threads = TRUE}, {.key = SORT_SUBJECT}};
	SavedFile saved;

	save_file(mail, "headers.db", &saved);
	for (int i = 0; i < 60; i++) {
		g_autoptr(StoreView) view = NULL;
		g_autoptr(GPtrArray) folders = NULL;
		write_back(&saved, saved.length, g_test_rand_int_range(0, (gint)saved.length));
		view = store_view_open(mail->folder, NULL);
		if (view == NULL)
			continue;
		folders = store_view_folders(view);
		for (guint n = 0; n < folders->len; n++) {
			FolderId id = ((StoreFolder *)g_ptr_array_index(folders, n))->id;
			for (gsize s = 0; s < G_N_ELEMENTS(specs); s++) {
				g_autoptr(StoreOrder) order = store_view_order(view, id, &specs[s], NULL);
				G_GNUC_UNUSED g_autoptr(StoreOrder) first =
					store_view_first(view, id, &specs[s], 20);
				for (gsize e = 0; order != NULL && e < order->length; e += 17)
					g_ptr_array_unref(store_view_rows(view, &order->entries[e].id, 1));
			}
		}
		store_view_version(view);
	}
	write_back(&saved, saved.length, -1);
	saved_clear(&saved);
}

static void
test_flipped_body_is_never_wrong(void)
{
	g_autoptr(Mail) mail = filled();
	SavedFile saved;
	guint lost = 0;

	save_file(mail, "bodies.db", &saved);
	for (int i = 0; i < 60; i++) {
		write_back(&saved, saved.length, g_test_rand_int_range(0, (gint)saved.length));
		mail_open(mail);
		for (gint64 cid = 1; cid <= MESSAGES; cid++) {
			g_autoptr(GBytes) part = store_view_part(mail->view, cid, "1");
			const char *text = part != NULL ? g_bytes_get_data(part, NULL) : NULL;
			lost += part == NULL;
			if (part == NULL)
				continue;
			g_assert_cmpuint(g_bytes_get_size(part), ==, 2000);
			for (gsize n = 1; n < 2000; n++)
				g_assert_cmpint(text[n], ==, text[0]);
		}
		mail_close(mail);
	}
	g_assert_cmpuint(lost, >, 0);
	saved_clear(&saved);
}

static void
test_flipped_wal(void)
{
	g_autoptr(Mail) mail = filled();
	SavedFile head, wal;
	FolderId inbox;

	mail_open(mail);
	inbox = mail_folder(mail, "INBOX");
	for (guint32 n = 1; n <= 10; n++)
		mail_take(mail, inbox, some_messages(MESSAGES + n * 20, MESSAGES + n * 20 + 15));
	mail_close(mail);
	save_file(mail, "headers.db", &head);
	save_file(mail, "headers.db-wal", &wal);
	g_assert_cmpuint(wal.length, >, 0);
	for (int i = 0; i < 40; i++) {
		write_back(&head, head.length, -1);
		write_back(&wal, wal.length, g_test_rand_int_range(0, (gint)wal.length));
		mail_open(mail);
		mail_check(mail);
		mail_close(mail);
	}
	saved_clear(&head);
	saved_clear(&wal);
}

/* ---- replaced beneath a reader --------------------------------------------------------- */

static void
test_reader_finds_the_new_file(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	g_autofree char *path = g_build_filename(mail->folder, "headers.db", NULL);
	guint64 version;

	mail_put(mail, inbox, mail_message(1, 0, 1, "about", "a", NULL));
	version = store_view_version(mail->view);
	g_clear_pointer(&mail->cache, store_cache_close);
	g_assert_true(g_file_set_contents(path, "damaged", -1, NULL));
	mail->cache = store_cache_open(mail->folder, &mail->key, NULL, NULL);
	inbox = mail_usual_folders(mail);
	mail_put(mail, inbox, mail_message(8, 0, 1, "again", "a", NULL));
	g_assert_cmpuint(store_view_version(mail->view), !=, version);
	mail_assert_threads(mail, mail_folder(mail, "INBOX"), "8");
}

/* ---- kill -9 ----------------------------------------------------------------------------- */

/* Commits batches for ever, and says each one when it is committed. */
static void
commit_for_ever(const Mail *mail, FolderId inbox, int said)
{
	StoreCache *cache = store_cache_open(mail->folder, &mail->key, NULL, NULL);

	for (guint32 from = 1; cache != NULL; from += 400) {
		g_autoptr(GPtrArray) batch = some_messages(from, from + 399);
		guint32 last = from + 399;
		if (!store_cache_intake(cache, inbox, batch, from, last, NULL, NULL) ||
			write(said, &last, sizeof last) != sizeof last)
			break;
		store_cache_checkpoint(cache, from % 5 == 0);
	}
	_exit(1);
}

static void
test_killed(void)
{
	for (int round = 0; round < 8; round++) {
		g_autoptr(Mail) mail = mail_new();
		FolderId inbox = mail_usual_folders(mail);
		guint32 last = 0, next;
		int said[2], status;
		pid_t child;
		g_autoptr(StoreFolder) folder = NULL;

		mail_close(mail);
		g_assert_cmpint(pipe(said), ==, 0);
		child = fork();
		if (child == 0)
			commit_for_ever(mail, inbox, said[1]);
		close(said[1]);
		g_usleep((gulong)g_test_rand_int_range(20000, 150000));
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		g_assert_true(WIFSIGNALED(status));
		while (read(said[0], &next, sizeof next) == sizeof next)
			last = next;
		close(said[0]);
		mail_open(mail);
		mail_check(mail);
		folder = store_view_folder(mail->view, "INBOX");
		g_assert_cmpuint(folder->total, >=, last);
		g_assert_cmpuint(folder->total % 400, ==, 0);
	}
}

/* ---- a full disk --------------------------------------------------------------------------- */

static void
limit_file_size(rlim_t limit)
{
	struct rlimit size;

	g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &size), ==, 0);
	size.rlim_cur = MIN(limit, size.rlim_max);
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &size), ==, 0);
}

static void
test_full_disk(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	guint32 failures = 0;

	signal(SIGXFSZ, SIG_IGN);
	mail_take(mail, inbox, some_messages(1, 600));
	for (guint32 round = 0; round < 30; round++) {
		g_autoptr(GPtrArray) batch = some_messages(601, 1200);
		g_autoptr(GArray) fresh = g_array_new(FALSE, FALSE, sizeof(gint64));
		g_autoptr(GError) error = NULL;
		gboolean done;
		limit_file_size(40000 + round * 20000);
		done = store_cache_intake(mail->cache, inbox, batch, 601, 1200, fresh, &error);
		limit_file_size(RLIM_INFINITY);
		if (done)
			break;
		failures++;
		g_assert_cmpint(fault_of(error), ==, FAULT_LOCAL);
		g_assert_cmpuint(fresh->len, ==, 0);
		mail_check(mail);
		mail_assert_counts(mail, "INBOX", 600, 300, 0);
	}
	g_assert_cmpuint(failures, >, 0);
	mail_take(mail, inbox, some_messages(601, 1200));
	mail_assert_counts(mail, "INBOX", 1200, 600, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/damage/flipped", test_flipped);
	g_test_add_func("/store/damage/cut", test_cut);
	g_test_add_func("/store/damage/not-a-database", test_not_a_database);
	g_test_add_func("/store/damage/sound", test_whole_file_is_found_sound);
	g_test_add_func("/store/damage/reader", test_reader_of_a_flipped_file);
	g_test_add_func("/store/damage/body", test_flipped_body_is_never_wrong);
	g_test_add_func("/store/damage/wal", test_flipped_wal);
	g_test_add_func("/store/damage/replaced", test_reader_finds_the_new_file);
	g_test_add_func("/store/damage/killed", test_killed);
	g_test_add_func("/store/damage/full-disk", test_full_disk);
	return g_test_run();
}
