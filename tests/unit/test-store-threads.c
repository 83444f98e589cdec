/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Threads: by hand-made cases, and against a plain THREAD=REFS that sees all
 * messages of a folder at once, whatever order and batches they come in.
 */
#include "config.h"

#include "store-mail.h"

#include <stdlib.h>

/* ---- hand-made ------------------------------------------------------------------- */

typedef struct {
	const char *name;
	/* "uid:id:references", references joined by "+" ; blank between messages; in order of arrival. */
	const char *messages;
	const char *order;
} Case;

static const Case cases[] = {
	{"alone", "1:a 2:b", "1;2"},
	{"reply", "1:a 2:b:a", "1 2[1]"},
	{"chain", "1:a 2:b:a 3:c:a+b", "1 2[1] 3[2]"},
	{"newest-first", "3:c:a+b 2:b:a 1:a", "1 2[1] 3[2]"},
	{"by-parent-only", "3:c:b 1:a 2:b:a", "1 2[1] 3[2]"},
	{"siblings-by-date", "1:a 4:d:a 2:b:a 3:c:a", "1 2[1] 3[1] 4[1]"},
	{"orphans-under-a-ghost", "2:b:a 3:c:a", "2 3"},
	{"ghost-in-between", "1:a 3:c:a+b 4:d:b", "1 3[1] 4[1]"},
	{"ghost-in-between-later", "4:d:b 3:c:a+b 1:a", "1 3[1] 4[1]"},
	{"two-threads-joined", "1:a 2:c:b 3:b:a", "1 3[1] 2[2]"},
	/* What was joined by a contradiction stays one thread; the tree in it is that of REFS. */
	{"own-references-win", "1:a 2:x 3:c:a+b 4:b:x", "1 2 4[1] 3[2]"},
	{"loop", "1:a:b 2:b:a", "2 1[1]"},
	{"loop-of-one", "1:a:a", "1"},
	{"duplicate-stands-alone", "1:a 2:a 3:r:a", "2;1 3[1]"},
	{"duplicate-came-first", "2:a 3:r:a 1:a", "2;1 3[1]"},
	{"duplicate-reply", "1:a 2:b:a 3:b:a", "1 2[1] 3[1]"},
	{"no-message-id", "1:: 2:: 3::a 4:a", "1;2;4 3[1]"},
};

static StoreIntake *
parse_message(const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, ":", 3);
	guint32 uid = (guint32)strtoul(parts[0], NULL, 10);
	const char *id = parts[1] != NULL && parts[1][0] != '\0' ? parts[1] : NULL;
	g_autofree char *references = NULL;

	if (parts[1] != NULL && parts[2] != NULL && parts[2][0] != '\0')
		references = g_strdup(g_strdelimit(parts[2], "+", ' '));
	return mail_message(uid, 0, uid, "about", id, references);
}

static void
test_case(gconstpointer data)
{
	const Case *one = data;
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	g_auto(GStrv) messages = g_strsplit(one->messages, " ", -1);

	for (guint i = 0; messages[i] != NULL; i++)
		mail_put(mail, inbox, parse_message(messages[i]));
	mail_assert_threads(mail, inbox, one->order);
}

static void
test_case_in_one_batch(gconstpointer data)
{
	const Case *one = data;
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	g_auto(GStrv) messages = g_strsplit(one->messages, " ", -1);
	GPtrArray *batch = mail_batch();

	for (guint i = 0; messages[i] != NULL; i++)
		g_ptr_array_add(batch, parse_message(messages[i]));
	mail_take(mail, inbox, batch);
	mail_assert_threads(mail, inbox, one->order);
}

/* ---- over folders -------------------------------------------------------------------- */

static void
test_own_reply_stands_in_its_thread(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail), sent = mail_folder(mail, "Sent");
	StoreOrderSpec spec = {.key = SORT_DATE, .threads = TRUE, .elsewhere = TRUE};

	mail_put(mail, inbox, mail_message(1, 0, 1, "about", "a", NULL));
	mail_put(mail, inbox, mail_message(2, 0, 3, "about", "c", "a b"));
	mail_put(mail, sent, mail_message(7, 0, 2, "about", "b", "a"));
	mail_assert_order(mail, inbox, &spec, "1 *7[1] 2[2]");
	mail_assert_threads(mail, inbox, "1 2[1]");
	mail_assert_order(mail, sent, &spec, "*1 7[1] *2[2]");
}

static void
test_foreign_row_does_not_move_the_thread(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail), sent = mail_folder(mail, "Sent");
	StoreOrderSpec spec = {.key = SORT_DATE, .threads = TRUE, .elsewhere = TRUE};

	mail_put(mail, inbox, mail_message(1, 0, 1, "about", "a", NULL));
	mail_put(mail, inbox, mail_message(2, 0, 2, "other", "x", NULL));
	mail_put(mail, sent, mail_message(7, 0, 9, "about", "b", "a"));
	mail_assert_order(mail, inbox, &spec, "1 *7[1];2");
}

static void
test_copy_elsewhere_is_not_shown_twice(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail), archive = mail_folder(mail, "Archive");
	StoreOrderSpec spec = {.key = SORT_DATE, .threads = TRUE, .elsewhere = TRUE};

	mail_put(mail, inbox, mail_message(1, 0, 1, "about", "a", NULL));
	mail_put(mail, archive, mail_message(4, 0, 1, "about", "a", NULL));
	mail_put(mail, archive, mail_message(5, 0, 2, "about", "b", "a"));
	mail_put(mail, inbox, mail_message(2, 0, 3, "about", "c", "a b"));
	mail_assert_order(mail, inbox, &spec, "1 *5[1] 2[2]");
}

static void
test_trash_is_not_shown_elsewhere(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail), trash = mail_folder(mail, "Trash");
	StoreOrderSpec spec = {.key = SORT_DATE, .threads = TRUE, .elsewhere = TRUE};

	mail_put(mail, inbox, mail_message(1, 0, 1, "about", "a", NULL));
	mail_put(mail, trash, mail_message(4, 0, 2, "about", "b", "a"));
	mail_put(mail, inbox, mail_message(2, 0, 3, "about", "c", "b"));
	mail_assert_order(mail, inbox, &spec, "1 2[1]");
}

static void
test_expunged_parent_keeps_the_thread(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	UidRange gone = {2, 2};

	mail_put(mail, inbox, mail_message(1, 0, 1, "about", "a", NULL));
	mail_put(mail, inbox, mail_message(2, 0, 2, "about", "b", "a"));
	mail_put(mail, inbox, mail_message(3, 0, 3, "about", "c", "a b"));
	g_assert_true(store_cache_expunge(mail->cache, inbox, &gone, 1, NULL));
	mail_assert_threads(mail, inbox, "1 3[1]");
	mail_check(mail);
	mail_put(mail, inbox, mail_message(4, 0, 4, "about", "d", "b"));
	mail_assert_threads(mail, inbox, "1 3[1] 4[1]");
}

static void
test_parent_of(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	RowId a = mail_put(mail, inbox, mail_message(1, 0, 1, "about", "a", NULL));
	RowId c = mail_put(mail, inbox, mail_message(2, 0, 2, "about", "c", "a b"));

	g_assert_cmpint(store_view_parent(mail->view, c), ==, a);
	g_assert_cmpint(store_view_parent(mail->view, a), ==, 0);
}

static void
test_uidvalidity_does_not_join_strangers(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail), archive = mail_folder(mail, "Archive");
	StoreOrderSpec spec = {.key = SORT_DATE, .threads = TRUE, .elsewhere = TRUE};

	/* The thread is named by a row of INBOX, and lives on in Archive. */
	mail_put(mail, inbox, mail_message(1, 0, 1, "about", "a", NULL));
	mail_put(mail, archive, mail_message(2, 0, 2, "about", "b", "a"));
	inbox = mail_select(mail, "INBOX", 2);
	mail_check(mail);
	mail_put(mail, inbox, mail_message(1, 0, 3, "another", "z", NULL));
	mail_assert_order(mail, inbox, &spec, "1");
	mail_assert_order(mail, archive, &spec, "2");
}

/* ---- against a plain THREAD=REFS -------------------------------------------------------- */

typedef struct {
	guint32 uid; /* 0: a ghost */
	gint parent; /* node; -1 */
} RefNode;

typedef struct {
	GHashTable *by_id; /* id -> node + 1 */
	GArray *nodes;
} Refs;

static gint
ref_node(Refs *refs, const char *id)
{
	gint at = GPOINTER_TO_INT(g_hash_table_lookup(refs->by_id, id));
	RefNode node = {0, -1};

	if (at != 0)
		return at - 1;
	g_array_append_val(refs->nodes, node);
	g_hash_table_insert(refs->by_id, g_strdup(id), GINT_TO_POINTER((gint)refs->nodes->len));
	return (gint)refs->nodes->len - 1;
}

static void
ref_link(Refs *refs, gint parent, gint child)
{
	RefNode *nodes = (RefNode *)(void *)refs->nodes->data;

	if (nodes[child].parent >= 0)
		return;
	for (gint at = parent; at >= 0; at = nodes[at].parent)
		if (at == child)
			return;
	nodes[child].parent = parent;
}

static void
ref_add(Refs *refs, guint32 uid, const char *id, const char *references)
{
	g_auto(GStrv) ids = g_strsplit(references != NULL ? references : "", " ", -1);
	gint self = ref_node(refs, id), parent = -1;

	g_array_index(refs->nodes, RefNode, self).uid = uid;
	for (guint i = 0; ids[i] != NULL && ids[i][0] != '\0'; i++) {
		gint node = ref_node(refs, ids[i]);
		if (parent >= 0)
			ref_link(refs, parent, node);
		parent = node;
	}
	g_array_index(refs->nodes, RefNode, self).parent = -1;
	if (parent >= 0)
		ref_link(refs, parent, self);
}

/* The nearest ancestor that is a message, and the root of all. */
static void
ref_place(const Refs *refs, gint node, guint32 *parent, gint *root)
{
	*parent = 0;
	for (*root = node; g_array_index(refs->nodes, RefNode, *root).parent >= 0;) {
		*root = g_array_index(refs->nodes, RefNode, *root).parent;
		if (*parent == 0)
			*parent = g_array_index(refs->nodes, RefNode, *root).uid;
	}
}

#define COUNT 600

typedef struct {
	char *id[COUNT + 1];
	char *references[COUNT + 1]; /* NULL: none */
	gboolean missing[COUNT + 1];
} Corpus;

/* full: every ancestor is named, and some messages are not there; else some name only their parent, and all
 * are there. */
static void
make_corpus(Corpus *corpus, gboolean full)
{
	guint parent[COUNT + 1] = {0};

	for (guint n = 1; n <= COUNT; n++) {
		g_autoptr(GString) references = g_string_new(NULL);
		corpus->id[n] = g_strdup_printf("m%u@x", n);
		corpus->missing[n] = full && g_test_rand_int_range(0, 5) == 0;
		if (n > 1 && g_test_rand_int_range(0, 10) < 7)
			parent[n] = (guint)g_test_rand_int_range(MAX(1, (gint)n - 30), (gint)n);
		for (guint at = parent[n]; at != 0; at = parent[at]) {
			g_string_prepend(references, corpus->id[at]);
			if (!full && g_test_rand_bit())
				break;
			if (parent[at] != 0)
				g_string_prepend_c(references, ' ');
		}
		corpus->references[n] = references->len > 0 ? g_strdup(references->str) : NULL;
	}
}

static void
clear_corpus(Corpus *corpus)
{
	for (guint n = 1; n <= COUNT; n++) {
		g_free(corpus->id[n]);
		g_free(corpus->references[n]);
	}
}

typedef enum { UPWARDS, DOWNWARDS, ANYHOW } Arrival;

static void
arrive(Mail *mail, FolderId folder, const Corpus *corpus, Arrival arrival)
{
	guint order[COUNT];
	guint n = 0;

	for (guint i = 1; i <= COUNT; i++)
		if (!corpus->missing[i])
			order[n++] = i;
	for (guint i = 0; i < n && arrival == DOWNWARDS; i++)
		if (i < n - 1 - i) {
			guint swap = order[i];
			order[i] = order[n - 1 - i];
			order[n - 1 - i] = swap;
		}
	for (guint i = n; i > 1 && arrival == ANYHOW; i--) {
		guint other = (guint)g_test_rand_int_range(0, (gint)i), swap = order[i - 1];
		order[i - 1] = order[other];
		order[other] = swap;
	}
	for (guint i = 0; i < n;) {
		GPtrArray *batch = mail_batch();
		guint size = (guint)g_test_rand_int_range(1, 300);
		for (guint k = 0; k < size && i < n; k++, i++)
			g_ptr_array_add(batch, mail_message(order[i], 0, 1 + order[i] % 28, "about",
						       corpus->id[order[i]], corpus->references[order[i]]));
		mail_take(mail, folder, batch);
		if (g_test_rand_int_range(0, 4) == 0)
			mail_reopen(mail);
	}
}

static void
compare_with_reference(Mail *mail, FolderId folder, const Corpus *corpus)
{
	Refs refs = {g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
		g_array_new(FALSE, FALSE, sizeof(RefNode))};
	g_autoptr(GHashTable) thread_of_root = g_hash_table_new(NULL, NULL);
	guint32 parent;
	gint root;

	for (guint n = 1; n <= COUNT; n++)
		if (!corpus->missing[n])
			ref_add(&refs, n, corpus->id[n], corpus->references[n]);
	for (guint n = 1; n <= COUNT; n++) {
		g_autoptr(StoreRow) row = NULL;
		gpointer known;
		if (corpus->missing[n])
			continue;
		row = store_view_row(mail->view, ROW_ID(folder, n));
		g_assert_nonnull(row);
		ref_place(&refs, ref_node(&refs, corpus->id[n]), &parent, &root);
		g_assert_cmpuint(ROW_UID(store_view_parent(mail->view, row->id)), ==, parent);
		known = g_hash_table_lookup(thread_of_root, GINT_TO_POINTER(root + 1));
		if (known == NULL)
			g_hash_table_insert(thread_of_root, GINT_TO_POINTER(root + 1),
				GSIZE_TO_POINTER((gsize)row->thread));
		else
			g_assert_cmpint((gint64)GPOINTER_TO_SIZE(known), ==, row->thread);
	}
	/* As many threads as roots: no two were joined that are apart there. */
	{
		StoreOrderSpec spec = {.key = SORT_DATE, .threads = TRUE};
		g_autoptr(StoreOrder) order = store_view_order(mail->view, folder, &spec, NULL);
		guint threads = 0;
		for (gsize i = 0; i < order->length; i++)
			threads += order->entries[i].thread_rows > 0;
		g_assert_cmpuint(threads, ==, g_hash_table_size(thread_of_root));
	}
	g_hash_table_unref(refs.by_id);
	g_array_unref(refs.nodes);
}

static void
test_equals_refs(gconstpointer data)
{
	guint way = GPOINTER_TO_UINT(data);
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	Corpus corpus;

	make_corpus(&corpus, way & 1);
	arrive(mail, inbox, &corpus, (Arrival)(way >> 1));
	compare_with_reference(mail, inbox, &corpus);
	clear_corpus(&corpus);
}

/* References that contradict each other and themselves: nothing is lost or told twice. */
static void
test_garbage_is_shown_once(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId folders[] = {
		mail_usual_folders(mail), mail_folder(mail, "Archive"), mail_folder(mail, "Sent")};
	StoreOrderSpec spec = {.key = SORT_DATE, .threads = TRUE};
	guint32 uid = 1;

	for (guint round = 0; round < 30; round++) {
		GPtrArray *batch = mail_batch();
		FolderId folder = folders[g_test_rand_int_range(0, 3)];
		for (guint i = 0; i < 20; i++) {
			g_autofree char *id = g_strdup_printf("m%d", g_test_rand_int_range(0, 60));
			g_autoptr(GString) references = g_string_new(NULL);
			for (gint r = g_test_rand_int_range(0, 5); r > 0; r--)
				g_string_append_printf(references, "%sm%d", references->len ? " " : "",
					g_test_rand_int_range(0, 60));
			g_ptr_array_add(
				batch, mail_message(uid, 0, 1 + uid % 28, "about", uid % 9 ? id : NULL,
					       references->len ? references->str : NULL));
			uid++;
		}
		mail_take(mail, folder, batch);
		if (round % 5 == 4) {
			UidRange gone = {uid - 30, uid - 25};
			g_assert_true(store_cache_expunge(mail->cache, folder, &gone, 1, NULL));
		}
		mail_check(mail);
	}
	for (guint i = 0; i < 3; i++) {
		g_autoptr(StoreFolder) folder = store_view_folder_by_id(mail->view, folders[i]);
		g_autoptr(StoreOrder) order = store_view_order(mail->view, folders[i], &spec, NULL);
		g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
		for (gsize n = 0; n < order->length; n++)
			g_assert_true(g_hash_table_add(seen, GSIZE_TO_POINTER((gsize)order->entries[n].id)));
		g_assert_cmpuint(order->length, ==, folder->total);
	}
}

static void
test_one_huge_thread(void)
{
	g_autoptr(Mail) mail = mail_new();
	FolderId inbox = mail_usual_folders(mail);
	GPtrArray *batch = mail_batch();
	StoreOrderSpec spec = {.key = SORT_DATE, .threads = TRUE, .descending = TRUE};

	/* Each answers the one before: as deep as it is long. */
	for (guint32 n = 1; n <= 3000; n++) {
		g_autofree char *id = g_strdup_printf("m%u", n);
		g_autofree char *up = n > 1 ? g_strdup_printf("m%u", n - 1) : NULL;
		g_ptr_array_add(batch, mail_message(n, 0, 1, "about", id, up));
	}
	mail_take(mail, inbox, batch);
	g_autoptr(StoreOrder) order = store_view_order(mail->view, inbox, &spec, NULL);
	g_assert_cmpuint(order->length, ==, 3000);
	g_assert_cmpuint(order->entries[0].thread_rows, ==, 3000);
	g_assert_cmpuint(order->entries[100].depth, ==, 100);
	g_assert_cmpuint(order->entries[2999].depth, ==, 255);
}

int
main(int argc, char **argv)
{
	static const char *const ways[] = {"upwards", "upwards-with-gaps", "downwards", "downwards-with-gaps",
		"anyhow", "anyhow-with-gaps"};

	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path = g_strconcat("/store/threads/", cases[i].name, NULL);
		g_autofree char *batch = g_strconcat("/store/threads/batch/", cases[i].name, NULL);
		g_test_add_data_func(path, &cases[i], test_case);
		g_test_add_data_func(batch, &cases[i], test_case_in_one_batch);
	}
	g_test_add_func("/store/threads/own-reply", test_own_reply_stands_in_its_thread);
	g_test_add_func("/store/threads/foreign-does-not-move", test_foreign_row_does_not_move_the_thread);
	g_test_add_func("/store/threads/copy-elsewhere", test_copy_elsewhere_is_not_shown_twice);
	g_test_add_func("/store/threads/trash-elsewhere", test_trash_is_not_shown_elsewhere);
	g_test_add_func("/store/threads/expunged-parent", test_expunged_parent_keeps_the_thread);
	g_test_add_func("/store/threads/parent", test_parent_of);
	g_test_add_func("/store/threads/uidvalidity", test_uidvalidity_does_not_join_strangers);
	for (guint way = 0; way < G_N_ELEMENTS(ways); way++) {
		g_autofree char *path = g_strconcat("/store/threads/refs/", ways[way], NULL);
		g_test_add_data_func(path, GUINT_TO_POINTER(way), test_equals_refs);
	}
	g_test_add_func("/store/threads/garbage", test_garbage_is_shown_once);
	g_test_add_func("/store/threads/huge", test_one_huge_thread);
	return g_test_run();
}
