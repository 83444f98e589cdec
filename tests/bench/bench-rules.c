/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench-rules [MESSAGES [RULES]] - a dry run of rules over cached headers, beside reading the same rows.
 *
 * The real engine, offline: engine_rules_look() over a folder. Its time is told as
 * the ratio to reading those rows by store_view_rows(), and by store_view_mails().
 */
#include "config.h"

#include "engine/rules.h"
#include "store/cache.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/fault.h"

#define BATCH 1000
#define REPEAT 3

static const char *const words[] = {"report", "meeting", "garden", "release", "holiday", "budget", "train",
	"window", "letter", "music", "bridge", "lunch", "server", "photo", "ticket", "school"};

static double
now_ms(void)
{
	return (double)g_get_monotonic_time() / 1000;
}

static const char *
word(guint n)
{
	return words[n % G_N_ELEMENTS(words)];
}

static StoreIntake *
make_intake(guint32 uid)
{
	StoreIntake *intake = g_new0(StoreIntake, 1);

	intake->uid = uid;
	intake->received = 1700000000 + uid;
	intake->size = 2000 + uid % 30000;
	intake->header =
		g_strdup_printf("From: Person %u <p%u@d%u.example>\r\nTo: Alice <alice@example.org>\r\n"
				"Subject: %s %s %u\r\nDate: Tue, 14 Nov 2023 22:13:20 +0000\r\n"
				"Message-ID: <%u@bench.example>\r\n%s\r\n",
			uid % 3000, uid % 3000, uid % 200, word(uid), word(uid / 16), uid, uid,
			uid % 10 == 0 ? "List-Id: News <news.example.org>\r\nPrecedence: bulk\r\n" : "");
	intake->header_length = strlen(intake->header);
	return intake;
}

static FolderId
fill(const char *folder, const HashKey *key, guint messages)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(StoreCache) cache = store_cache_open(folder, key, NULL, &error);
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)store_folder_free);
	g_autoptr(StoreFolder) inbox = NULL;
	StoreFolder *entry = g_new0(StoreFolder, 1);
	FolderId now;

	g_assert_no_error(error);
	entry->name = g_strdup("INBOX");
	entry->raw = g_strdup("INBOX");
	entry->delimiter = '/';
	entry->role = ROLE_INBOX;
	entry->selectable = TRUE;
	g_ptr_array_add(list, entry);
	g_assert_true(store_cache_set_folders(cache, list, TRUE, &error));
	inbox = store_cache_folder(cache, "INBOX");
	g_assert_true(store_cache_selected(cache, inbox->id, 1, messages + 1, messages, &now, &error));
	for (guint first = 1; first <= messages; first += BATCH) {
		g_autoptr(GPtrArray) intakes =
			g_ptr_array_new_with_free_func((GDestroyNotify)store_intake_free);
		for (guint uid = first; uid < first + BATCH && uid <= messages; uid++)
			g_ptr_array_add(intakes, make_intake(uid));
		g_assert_true(store_cache_intake(cache, now, intakes, first, 0, NULL, &error));
	}
	g_assert_true(store_cache_settle_bulk(cache, &error));
	return now;
}

/* As people write them: sender, domain, list, subject, priority; the last few act on much. */
static char *
make_script(guint rules)
{
	GString *text = g_string_new("require [\"fileinto\", \"imap4flags\"];\n");

	for (guint i = 0; i < rules; i++) {
		g_string_append_printf(text, "# rule:[Rule %u]\n", i);
		switch (i % 5) {
		case 0:
			g_string_append_printf(
				text, "if header :contains \"subject\" \"%s %s\"", word(i), word(i + 3));
			break;
		case 1:
			g_string_append_printf(
				text, "if address :is \"from\" \"p%u@d%u.example\"", i * 7, i * 7);
			break;
		case 2:
			g_string_append_printf(text, "if address :domain :is \"from\" \"d%u.example\"", i);
			break;
		case 3:
			g_string_append_printf(text, "if header :contains \"list-id\" \"list%u\"", i);
			break;
		default:
			g_string_append_printf(text,
				"if anyof (header :matches \"x-priority\" \"1*\", size :over %uK)", 28 + i);
			break;
		}
		g_string_append(text, " { addflag \"\\\\Flagged\"; keep; }\n");
	}
	return g_string_free(text, FALSE);
}

static double
dry_run(Engine *engine, FolderId folder, const char *text, guint *hits)
{
	RulesLook look = {.account = "bench", .folder = folder, .text = text};
	guint ticket = engine_rules_look(engine, &look);
	double took = -1;

	while (took < 0) {
		g_autoptr(EngineEvent) event = queue_pop(engine_events(engine), -1);
		if (engine_event_dispatch(engine, event) || event->ticket != ticket)
			continue;
		g_assert_no_error(event->error);
		took = (double)event->rules->took_us / 1000;
		*hits = event->rules->hits->len;
	}
	return took;
}

static double
read_rows(const char *folder, const RowId *ids, gsize count)
{
	g_autoptr(StoreView) view = store_view_open(folder, NULL);
	double began = now_ms();

	for (gsize i = 0; i < count; i += 500) {
		GPtrArray *rows = store_view_rows(view, ids + i, MIN(count - i, (gsize)500));
		g_ptr_array_unref(rows);
	}
	return now_ms() - began;
}

static double
read_mails(const char *folder, FolderId id)
{
	g_autoptr(StoreView) view = store_view_open(folder, NULL);
	double began = now_ms();
	RowId below = 0;

	for (;;) {
		g_autoptr(GPtrArray) mails = store_view_mails(view, id, below, 500);
		if (mails->len == 0)
			return now_ms() - began;
		below = ((StoreMail *)mails->pdata[mails->len - 1])->row->id;
	}
}

static double
best(double a, double b)
{
	return a == 0 || b < a ? b : a;
}

static void
write_config(const Paths *paths)
{
	g_autofree char *path = g_build_filename(paths->config, "posthorn.conf", NULL);

	g_assert_true(paths_make_folder(paths->config, NULL));
	g_assert_true(g_file_set_contents(path,
		"[account bench]\naddress = alice@example.org\nimap = imap.example.org:993\n", -1, NULL));
}

static void
measure(Engine *engine, const char *folder, FolderId id, guint messages, guint rules)
{
	g_autofree RowId *ids = g_new(RowId, messages);
	g_autofree char *text = make_script(rules);
	double run = 0, rows = 0, mails = 0;
	guint hits = 0;

	for (guint i = 0; i < messages; i++)
		ids[i] = ROW_ID(id, messages - i);
	for (guint i = 0; i < REPEAT; i++) {
		run = best(run, dry_run(engine, id, text, &hits));
		rows = best(rows, read_rows(folder, ids, messages));
		mails = best(mails, read_mails(folder, id));
	}
	printf("%u rules over %u messages, %u hits: %.0f ms\n", rules, messages, hits, run);
	printf("reading those rows: %.0f ms; with all that is kept of the header, in pages: %.0f ms\n", rows,
		mails);
	printf("ratio: %.2f; to the pages: %.2f\n", run / rows, run / mails);
}

int
main(int argc, char **argv)
{
	guint messages = argc > 1 ? (guint)atoi(argv[1]) : 100000;
	guint rules = argc > 2 ? (guint)atoi(argv[2]) : 20;
	g_autofree char *home = g_dir_make_tmp("posthorn-bench-XXXXXX", NULL);
	g_autoptr(Paths) paths = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Config) config = NULL;
	g_autoptr(Engine) engine = NULL;
	g_autofree char *database = NULL, *folder = NULL, *remove = NULL;
	HashKey key;
	FolderId id;

	g_setenv("HOME", home, TRUE);
	for (const char *const *name = (const char *const[]){"XDG_CONFIG_HOME", "XDG_CACHE_HOME",
		     "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", NULL};
		*name != NULL; name++)
		g_setenv(*name, home, TRUE);
	paths = paths_new();
	write_config(paths);
	database = g_build_filename(paths->data, "posthorn.db", NULL);
	{
		g_autoptr(Journal) journal = journal_open(database, NULL, &error);
		g_assert_no_error(error);
		key = *journal_hash_key(journal);
	}
	folder = g_build_filename(paths->cache, "bench", NULL);
	id = fill(folder, &key, messages);
	remove = g_build_filename(paths->config, "posthorn.conf", NULL);
	config = config_load(remove, &error);
	g_assert_no_error(error);
	engine =
		engine_new(&(EngineOptions){.config = config, .paths = paths, .offline = TRUE, .batch = TRUE},
			NULL, &error);
	g_assert_no_error(error);
	engine_start(engine);
	measure(engine, folder, id, messages, rules);
	printf("files are left in %s\n", home);
	return 0;
}
