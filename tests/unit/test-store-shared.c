/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One writer and two readers at once, each in its thread with objects of its own. For ThreadSanitizer above
 * all. */
#include "config.h"

#include "store-mail.h"

#include "util/queue.h"

#define BATCHES 40
#define BATCH 60

typedef struct {
	const Mail *mail;
	FolderId inbox;
	Queue *stop; /* closed when the writer is done */
	guint rounds;
} Reader;

static gpointer
read_on(gpointer data)
{
	Reader *reader = data;
	StoreView *view = store_view_open(reader->mail->folder, NULL);
	StoreOrderSpec threads = {.key = SORT_DATE, .threads = TRUE, .elsewhere = TRUE, .descending = TRUE};
	StoreOrderSpec flat = {.key = SORT_DATE, .words = (char *)"about"};
	gboolean more = TRUE;

	g_assert_nonnull(view);
	while (more) {
		g_autoptr(StoreOrder) first = NULL, whole = NULL;
		more = !queue_is_closed(reader->stop);
		first = store_view_first(view, reader->inbox, &threads, 30);
		whole = store_view_order(view, reader->inbox, &flat, NULL);
		/* A batch is seen whole or not at all. */
		g_assert_cmpuint(whole->length % BATCH, ==, 0);
		for (gsize i = 0; i < first->length; i++) {
			g_autoptr(GPtrArray) rows = store_view_rows(view, &first->entries[i].id, 1);
			g_assert_nonnull(g_ptr_array_index(rows, 0));
		}
		reader->rounds++;
	}
	store_view_close(view);
	return NULL;
}

static void
test_one_writer_two_readers(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	g_autoptr(Queue) stop = queue_new(0, NULL);
	Reader readers[2] = {{mail, inbox, stop, 0}, {mail, inbox, stop, 0}};
	GThread *threads[2];

	for (int i = 0; i < 2; i++)
		threads[i] = g_thread_new("reader", read_on, &readers[i]);
	for (guint32 n = BATCHES; n-- > 0;) {
		GPtrArray *batch = mail_batch();
		for (guint32 uid = n * BATCH + 1; uid <= (n + 1) * BATCH; uid++) {
			g_autofree char *id = g_strdup_printf("m%u", uid);
			g_autofree char *up = g_strdup_printf("m%u", uid - uid % 7);
			g_ptr_array_add(
				batch, mail_message(uid, 0, 1 + uid % 28, "about", id, uid % 7 ? up : NULL));
		}
		mail_take(mail, inbox, batch);
		store_cache_checkpoint(mail->cache, n % 8 == 0);
	}
	queue_close(stop);
	for (int i = 0; i < 2; i++) {
		g_thread_join(threads[i]);
		g_assert_cmpuint(readers[i].rounds, >, 0);
	}
	mail_assert_counts(mail, "INBOX", BATCHES * BATCH, BATCHES * BATCH, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/shared/readers", test_one_writer_two_readers);
	return g_test_run();
}
