/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store-mail.h - an account cache in a folder of its own, and mail to put into
 * it. For tests. At the end the cache is checked whole.
 */
#pragma once

#include "store/cache.h"
#include "store/view.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
	char *root, *folder;
	HashKey key;
	StoreCache *cache;
	StoreView *view;
	gboolean broken; /* not checked at the end */
} Mail;

static inline void
mail_open(Mail *mail)
{
	g_autoptr(GError) error = NULL;

	mail->cache = store_cache_open(mail->folder, &mail->key, NULL, &error);
	g_assert_no_error(error);
	mail->view = store_view_open(mail->folder, &error);
	g_assert_no_error(error);
}

static inline void
mail_close(Mail *mail)
{
	g_clear_pointer(&mail->view, store_view_close);
	g_clear_pointer(&mail->cache, store_cache_close);
}

static inline void
mail_reopen(Mail *mail)
{
	mail_close(mail);
	mail_open(mail);
}

static inline Mail *
mail_new(void)
{
	Mail *mail = g_new0(Mail, 1);

	mail->root = g_dir_make_tmp("posthorn-XXXXXX", NULL);
	mail->folder = g_build_filename(mail->root, "account", NULL);
	memset(mail->key.bytes, 7, sizeof mail->key.bytes);
	mail_open(mail);
	return mail;
}

static inline void
mail_check(Mail *mail)
{
	g_autoptr(GError) error = NULL;

	store_cache_check(mail->cache, &error);
	g_assert_no_error(error);
}

static inline void
mail_remove_folder(const char *path)
{
	g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
	const char *name;

	while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
		g_autofree char *inside = g_build_filename(path, name, NULL);
		if (g_unlink(inside) != 0)
			mail_remove_folder(inside);
	}
	g_rmdir(path);
}

static inline void
mail_free(Mail *mail)
{
	if (mail->cache != NULL && !mail->broken)
		mail_check(mail);
	mail_close(mail);
	mail_remove_folder(mail->root);
	g_free(mail->root);
	g_free(mail->folder);
	g_free(mail);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mail, mail_free)

/* ---- folders ------------------------------------------------------------------ */

/* The server's list: names as "INBOX:inbox", "Sent:sent", "Plain". */
static inline void
mail_set_folders(Mail *mail, const char *const *names)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)store_folder_free);
	g_autoptr(GError) error = NULL;

	for (; *names != NULL; names++) {
		g_auto(GStrv) parts = g_strsplit(*names, ":", 2);
		StoreFolder *folder = g_new0(StoreFolder, 1);
		folder->name = g_strdup(parts[0]);
		folder->raw = g_strdup(parts[0]);
		folder->delimiter = '/';
		folder->role = folder_role_from_name(parts[1]);
		folder->selectable = folder->subscribed = TRUE;
		g_ptr_array_add(list, folder);
	}
	store_cache_set_folders(mail->cache, list, TRUE, &error);
	g_assert_no_error(error);
}

static inline FolderId
mail_select(Mail *mail, const char *name, guint32 uidvalidity)
{
	g_autoptr(StoreFolder) folder = store_cache_folder(mail->cache, name);
	g_autoptr(GError) error = NULL;
	FolderId now;

	g_assert_nonnull(folder);
	store_cache_selected(mail->cache, folder->id, uidvalidity, 0, 0, &now, &error);
	g_assert_no_error(error);
	return now;
}

/* INBOX, Archive, Sent, Trash, each selected with uidvalidity 1. */
static inline FolderId
mail_usual_folders(Mail *mail)
{
	static const char *const names[] = {
		"INBOX:inbox", "Archive:archive", "Sent:sent", "Trash:trash", NULL};

	mail_set_folders(mail, names);
	mail_select(mail, "Archive", 1);
	mail_select(mail, "Sent", 1);
	mail_select(mail, "Trash", 1);
	return mail_select(mail, "INBOX", 1);
}

static inline FolderId
mail_folder(Mail *mail, const char *name)
{
	g_autoptr(StoreFolder) folder = store_cache_folder(mail->cache, name);

	g_assert_nonnull(folder);
	return folder->id;
}

static inline void
mail_assert_counts(Mail *mail, const char *name, guint32 total, guint32 unread, guint32 flagged)
{
	g_autoptr(StoreFolder) folder = store_view_folder(mail->view, name);

	g_assert_nonnull(folder);
	g_assert_cmpuint(folder->total, ==, total);
	g_assert_cmpuint(folder->unread, ==, unread);
	g_assert_cmpuint(folder->flagged, ==, flagged);
}

/* ---- messages ------------------------------------------------------------------- */

/* With day as the day of January 2026 it was sent; id and references without brackets, NULL: none. */
static inline StoreIntake *
mail_message(
	guint32 uid, guint32 flags, guint day, const char *subject, const char *id, const char *references)
{
	StoreIntake *intake = g_new0(StoreIntake, 1);
	g_autoptr(GString) header =
		g_string_new("From: Ada Example <ada@example.org>\r\nTo: me@example.org\r\n");

	g_string_append_printf(header, "Subject: %s\r\nDate: %u Jan 2026 12:00:00 +0000\r\n", subject, day);
	if (id != NULL)
		g_string_append_printf(header, "Message-ID: <%s>\r\n", id);
	if (references != NULL) {
		g_auto(GStrv) ids = g_strsplit(references, " ", -1);
		g_autofree char *joined = g_strjoinv("> <", ids);
		g_string_append_printf(header, "References: <%s>\r\n", joined);
	}
	g_string_append(header, "\r\n");
	intake->uid = uid;
	intake->flags = flags;
	intake->received = 1767225600 + (gint64)(day - 1) * 86400 + 43200;
	intake->size = 1000 + uid;
	intake->header_length = header->len;
	intake->header = g_string_free(g_steal_pointer(&header), FALSE);
	return intake;
}

static inline GPtrArray *
mail_batch(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)store_intake_free);
}

/* Takes the batch. */
static inline void
mail_take(Mail *mail, FolderId folder, GPtrArray *batch)
{
	g_autoptr(GError) error = NULL;

	store_cache_intake(mail->cache, folder, batch, 0, 0, NULL, &error);
	g_assert_no_error(error);
	g_ptr_array_unref(batch);
}

/* Takes the message. */
static inline RowId
mail_put(Mail *mail, FolderId folder, StoreIntake *message)
{
	GPtrArray *batch = mail_batch();
	RowId id = ROW_ID(folder, message->uid);

	g_ptr_array_add(batch, message);
	mail_take(mail, folder, batch);
	return id;
}

/* ---- orders ------------------------------------------------------------------------ */

/*
 * An order as text: uid, "*" before foreign ones, depth in brackets where not 0;
 * threads end with ";" : "5 7[1];9;". Provisional rows are "p".
 */
static inline char *
mail_order_text(const StoreOrder *order, gboolean threads)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (gsize i = 0; i < order->length; i++) {
		const StoreOrderEntry *entry = &order->entries[i];
		if (i > 0)
			g_string_append_c(out, threads && entry->thread_rows > 0 ? ';' : ' ');
		if (entry->foreign)
			g_string_append_c(out, '*');
		if (ROW_IS_PROVISIONAL(entry->id))
			g_string_append_c(out, 'p');
		else
			g_string_append_printf(out, "%u", ROW_UID(entry->id));
		if (entry->depth > 0)
			g_string_append_printf(out, "[%u]", entry->depth);
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static inline void
mail_assert_order(Mail *mail, FolderId folder, const StoreOrderSpec *spec, const char *expected)
{
	g_autoptr(StoreOrder) order = store_view_order(mail->view, folder, spec, NULL);
	g_autoptr(StoreOrder) first = store_view_first(mail->view, folder, spec, 1000000);
	g_autofree char *whole = mail_order_text(order, spec->threads);
	g_autofree char *window = mail_order_text(first, spec->threads);

	g_assert_cmpstr(whole, ==, expected);
	g_assert_cmpstr(window, ==, expected);
	g_assert_true(order->complete);
	g_assert_true(first->complete);
}

static inline void
mail_assert_threads(Mail *mail, FolderId folder, const char *expected)
{
	StoreOrderSpec spec = {.key = SORT_DATE, .threads = TRUE};

	mail_assert_order(mail, folder, &spec, expected);
}
