/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench-store [MESSAGES] - what the account cache takes in and gives back.
 *
 * Prints rates, and ratios against a baseline of the same run: intake beside
 * bare inserts of the same rows into a table without any index; the first
 * window and the order of the whole folder beside those of one a tenth as large.
 */
#include "config.h"

#include "store/cache.h"
#include "store/view.h"

#include "store/base.h"
#include "util/dates.h"

#include <glib/gstdio.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH 1000
#define PEOPLE 3000
#define REPEAT 20

typedef struct {
	guint64 state;
} Random;

static guint32
next_random(Random *random, guint32 limit)
{
	random->state ^= random->state << 13;
	random->state ^= random->state >> 7;
	random->state ^= random->state << 17;
	return (guint32)((random->state >> 16) % limit);
}

static double
now_ms(void)
{
	return (double)g_get_monotonic_time() / 1000;
}

/* Of this process: what others do on the machine does not count. */
static double
cpu_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1000000;
}

static long
rss_kib(const char *name)
{
	g_autofree char *text = NULL;
	const char *line;

	if (!g_file_get_contents("/proc/self/status", &text, NULL, NULL) ||
		(line = strstr(text, name)) == NULL)
		return 0;
	return strtol(line + strlen(name) + 1, NULL, 10);
}

/* ---- a corpus ------------------------------------------------------------------ */

/* Messages of a thread are near each other; a reply names all before it. */
static void
add_references(GString *header, const guint32 *parent, guint32 n)
{
	guint32 chain[20];
	guint depth = 0;

	for (guint32 at = parent[n]; at != 0 && depth < G_N_ELEMENTS(chain); at = parent[at])
		chain[depth++] = at;
	if (depth == 0)
		return;
	g_string_append_printf(
		header, "In-Reply-To: <%08x.message@mail.example.org>\r\nReferences:", chain[0]);
	while (depth > 0)
		g_string_append_printf(header, " <%08x.message@mail.example.org>", chain[--depth]);
	g_string_append(header, "\r\n");
}

static guint32
topic_of(const guint32 *parent, guint32 n)
{
	while (parent[n] != 0)
		n = parent[n];
	return n;
}

static StoreIntake *
make_message(Random *random, const guint32 *parent, guint32 n)
{
	static const char *const words[] = {"meeting", "invoice", "release", "schedule", "report", "question",
		"patch", "holiday", "review", "budget", "travel", "error"};
	StoreIntake *intake = g_new0(StoreIntake, 1);
	g_autoptr(GString) header = g_string_new(NULL);
	DateTime date = {
		.seconds = 1500000000 + (gint64)n * 600 + next_random(random, 900), .offset_minutes = 60};
	g_autofree char *when = dates_format_mail(date);
	guint32 topic = topic_of(parent, n), who = next_random(random, PEOPLE);

	g_string_append_printf(header, "From: \"Person %u Example\" <person%u@example.org>\r\n", who, who);
	g_string_append_printf(
		header, "To: me@example.org%s\r\n", n % 3 == 0 ? ", Other <other@example.net>" : "");
	if (topic % 20 == 0)
		g_string_append_printf(header, "Subject: %s=?utf-8?q?Gr=C3=BC=C3=9Fe_%u?=\r\n",
			parent[n] ? "Re: " : "", topic);
	else
		g_string_append_printf(header, "Subject: %s%s of %s %u\r\n", parent[n] ? "Re: " : "",
			words[topic % 12], words[topic / 12 % 12], topic);
	g_string_append_printf(
		header, "Date: %s\r\nMessage-ID: <%08x.message@mail.example.org>\r\n", when, n);
	add_references(header, parent, n);
	if (n % 4 == 0)
		g_string_append_printf(header, "List-Id: A list <list%u.example.org>\r\n", topic % 40);
	g_string_append(header, "Content-Type: text/plain; charset=utf-8\r\n\r\n");
	intake->uid = n;
	intake->flags = next_random(random, 10) ? MESSAGE_SEEN : 0;
	intake->received = date.seconds + 5;
	intake->size = 2000 + next_random(random, 60000);
	intake->header_length = header->len;
	intake->header = g_string_free(g_steal_pointer(&header), FALSE);
	return intake;
}

static guint32 *
make_parents(Random *random, guint32 count)
{
	guint32 *parent = g_new0(guint32, count + 1);

	for (guint32 n = 2; n <= count; n++)
		if (next_random(random, 100) < 45)
			parent[n] = n - 1 - next_random(random, MIN(n - 1, 60));
	return parent;
}

/* ---- intake ------------------------------------------------------------------------- */

static FolderId
make_folder(StoreCache *cache, guint32 count)
{
	g_autoptr(GPtrArray) folders = g_ptr_array_new();
	StoreFolder archive = {.name = (char *)"Archive",
		.raw = (char *)"Archive",
		.role = ROLE_ARCHIVE,
		.selectable = TRUE};
	StoreFolder inbox = {.name = (char *)"INBOX",
		.raw = (char *)"INBOX",
		.delimiter = '/',
		.role = ROLE_INBOX,
		.selectable = TRUE};
	g_autoptr(StoreFolder) folder = NULL;
	FolderId now;

	g_ptr_array_add(folders, &inbox);
	g_ptr_array_add(folders, &archive);
	if (!store_cache_set_folders(cache, folders, TRUE, NULL))
		exit(1);
	folder = store_cache_folder(cache, "INBOX");
	if (!store_cache_selected(cache, folder->id, 1, count + 1, count, &now, NULL))
		exit(1);
	return folder->id;
}

/* Newest first, as a first sync does. The time of making messages is not counted. */
static double
fill(StoreCache *cache, FolderId folder, guint32 count, double *cpu)
{
	Random random = {.state = 88172645463325252u};
	g_autofree guint32 *parent = make_parents(&random, count);
	double spent = 0;

	for (guint32 high = count; high > 0;) {
		guint32 low = high > BATCH ? high - BATCH + 1 : 1;
		g_autoptr(GPtrArray) batch =
			g_ptr_array_new_with_free_func((GDestroyNotify)store_intake_free);
		g_autoptr(GError) error = NULL;
		double start, cpu_start;

		for (guint32 n = low; n <= high; n++)
			g_ptr_array_add(batch, make_message(&random, parent, n));
		start = now_ms();
		cpu_start = cpu_ms();
		if (!store_cache_intake(cache, folder, batch, low, high, NULL, &error)) {
			fprintf(stderr, "%s\n", error->message);
			exit(1);
		}
		store_cache_checkpoint(cache, FALSE);
		spent += now_ms() - start;
		*cpu += cpu_ms() - cpu_start;
		high = low - 1;
	}
	return spent;
}

/* The baseline: as many rows of the same width into a bare table. */
static double
fill_bare(const char *folder, guint32 count)
{
	static const BaseOptions options = {
		.schema = "CREATE TABLE bare(id INTEGER PRIMARY KEY, a, b, c, d, text)",
		.version = 1,
		.flags = BASE_REBUILD,
		.cache_kib = 2048};
	g_autofree char *path = g_build_filename(folder, "bare.db", NULL);
	g_autoptr(StoreBase) base = base_open(path, &options, NULL, NULL, NULL);
	double start = now_ms();

	for (guint32 n = 1; n <= count; n++) {
		if (n % BATCH == 1)
			base_begin(base, NULL);
		base_run(base, "INSERT INTO bare VALUES(?, ?, ?, ?, ?, ?)", "iiiiit", (gint64)n,
			(gint64)n * 600, (gint64)n * 7919, (gint64)n * 104729, (gint64)n % 3000,
			"a text that is about as long as what a message's row holds, Message-ID and all: "
			"0123456789");
		if (n % BATCH == 0 || n == count)
			base_commit(base, NULL);
		if (n % BATCH == 0)
			base_checkpoint(base, FALSE);
	}
	return now_ms() - start;
}

/* ---- reading --------------------------------------------------------------------------- */

typedef struct {
	double first_flat, first_threads, order_flat, order_threads, search, open; /* ms */
} Timing;

static double
time_first(StoreView *view, FolderId folder, gboolean threads)
{
	StoreOrderSpec spec = {
		.key = SORT_DATE, .descending = TRUE, .threads = threads, .elsewhere = threads};
	double best = 1e9;

	for (int i = 0; i < REPEAT; i++) {
		double start = now_ms();
		g_autoptr(StoreOrder) order = store_view_first(view, folder, &spec, 50);
		g_autofree RowId *ids = g_new(RowId, order->length);
		for (gsize n = 0; n < order->length; n++)
			ids[n] = order->entries[n].id;
		g_ptr_array_unref(store_view_rows(view, ids, order->length));
		best = MIN(best, now_ms() - start);
	}
	return best;
}

static double
time_order(StoreView *view, FolderId folder, gboolean threads, const char *words)
{
	StoreOrderSpec spec = {.key = SORT_DATE,
		.descending = TRUE,
		.threads = threads,
		.elsewhere = threads,
		.words = (char *)words};
	double best = 1e9;

	for (int i = 0; i < REPEAT / 4; i++) {
		double start = now_ms();
		g_autoptr(StoreOrder) order = store_view_order(view, folder, &spec, NULL);
		best = MIN(best, now_ms() - start);
	}
	return best;
}

static Timing
time_reading(const char *folder, FolderId id)
{
	Timing timing;
	double start = now_ms();
	g_autoptr(StoreView) view = store_view_open(folder, NULL);

	timing.open = now_ms() - start;
	timing.first_flat = time_first(view, id, FALSE);
	timing.first_threads = time_first(view, id, TRUE);
	printf("    reader's RssAnon after the first windows %ld KiB\n", rss_kib("RssAnon:"));
	timing.order_flat = time_order(view, id, FALSE, NULL);
	timing.order_threads = time_order(view, id, TRUE, NULL);
	timing.search = time_order(view, id, FALSE, "invoice travel");
	printf("    reader's RssAnon after whole orders %ld KiB\n", rss_kib("RssAnon:"));
	return timing;
}

/* ---- operations and resync ------------------------------------------------------------ */

static void
time_changes(StoreCache *cache, const char *folder, FolderId id, guint32 count)
{
	guint32 some = MIN(count / 10, 10000);
	g_autofree StoreFlagUpdate *updates = g_new0(StoreFlagUpdate, count);
	g_autoptr(StoreView) view = store_view_open(folder, NULL);
	g_autoptr(Operation) operation = operation_new(OPERATION_MOVE, "bench");
	UidRange gone = {count / 2, count / 2 + some};
	double start, flags, apply, confirm;

	for (guint32 i = 0; i < count; i++)
		updates[i].uid = i + 1;
	start = now_ms();
	store_cache_update_flags(cache, id, updates, count, NULL);
	flags = now_ms() - start;
	operation->id = 1;
	operation->target = g_strdup("Archive");
	for (guint32 uid = 1; uid <= some; uid++)
		store_view_describe(view, ROW_ID(id, uid), operation_add_message(operation));
	start = now_ms();
	store_cache_apply(cache, operation, NULL);
	apply = now_ms() - start;
	for (guint32 i = 0; i < some; i++)
		((OperationMessage *)g_ptr_array_index(operation->messages, i))->new_uid = i + 1;
	start = now_ms();
	store_cache_confirm(cache, operation, -1, 0, NULL);
	confirm = now_ms() - start;
	start = now_ms();
	store_cache_expunge(cache, id, &gone, 1, NULL);
	printf("    flags of all %.0f ms; %u moved: shown %.0f ms, confirmed %.0f ms; expunged: %.0f ms\n",
		flags, some, apply, confirm, now_ms() - start);
}

static Timing
measure(const char *root, const char *name, guint32 count)
{
	g_autofree char *folder = g_build_filename(root, name, NULL);
	HashKey key = {{1, 2, 3}};
	StoreCache *cache = store_cache_open(folder, &key, NULL, NULL);
	g_autoptr(GError) error = NULL;
	FolderId id;
	Timing timing;
	double spent, bare, settle, cpu = 0;

	if (cache == NULL)
		exit(1);
	id = make_folder(cache, count);
	spent = fill(cache, id, count, &cpu);
	printf("%u messages\n    intake %.0f/s, %.0f for each second of a core; RssAnon %ld KiB, peak RSS "
	       "%ld KiB\n",
		count, count / spent * 1000, count / cpu * 1000, rss_kib("RssAnon:"), rss_kib("VmHWM:"));
	settle = now_ms();
	if (!store_cache_settle_bulk(cache, &error)) {
		fprintf(stderr, "%s\n", error->message);
		exit(1);
	}
	settle = now_ms() - settle;
	store_cache_checkpoint(cache, TRUE);
	bare = fill_bare(folder, count);
	printf("    settling %.0f ms; intake takes %.1f times a bare table's %.0f/s\n", settle, spent / bare,
		count / bare * 1000);
	if (g_getenv("BENCH_CHECK") != NULL && !store_cache_check(cache, &error))
		printf("    CHECK: %s\n", error->message);
	store_cache_close(cache);
	malloc_trim(0);
	timing = time_reading(folder, id);
	cache = store_cache_open(folder, &key, NULL, NULL);
	time_changes(cache, folder, id, count);
	if (g_getenv("BENCH_CHECK") != NULL && !store_cache_check(cache, &error))
		printf("    CHECK: %s\n", error->message);
	store_cache_close(cache);
	return timing;
}

static void
compare(const char *what, double small, double large)
{
	printf("  %-24s %8.2f ms %8.2f ms   ratio %.2f\n", what, small, large, large / small);
}

int
main(int argc, char **argv)
{
	guint32 count = argc > 1 ? (guint32)strtoul(argv[1], NULL, 10) : 100000;
	g_autofree char *root = g_dir_make_tmp("bench-store-XXXXXX", NULL);
	g_autofree char *remove = g_strdup_printf("rm -r %s", root);
	Timing small, large;

	/* What is large goes back to the system when it is freed. */
	mallopt(M_MMAP_THRESHOLD, 128 * 1024);
	small = measure(root, "small", MAX(count / 10, 1));
	large = measure(root, "large", count);
	printf("%u messages beside %u\n", count, count / 10);
	compare("open", small.open, large.open);
	compare("first window, flat", small.first_flat, large.first_flat);
	compare("first window, threads", small.first_threads, large.first_threads);
	compare("whole order, flat", small.order_flat, large.order_flat);
	compare("whole order, threads", small.order_threads, large.order_threads);
	compare("words, flat", small.search, large.search);
	if (g_getenv("BENCH_KEEP") == NULL && g_spawn_command_line_sync(remove, NULL, NULL, NULL, NULL))
		return 0;
	printf("kept in %s\n", root);
	return 0;
}
