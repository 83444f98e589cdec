/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/core.h"

#include <string.h>

#include "ui/folders.h"

void
ui_account_free(UiAccount *account)
{
	if (!account)
		return;
	store_view_close(account->view);
	g_ptr_array_unref(account->folders);
	g_free(account->key);
	g_free(account->label);
	g_free(account->link_words);
	g_free(account->trouble);
	g_free(account);
}

UiAccount *
app_account(App *app, const char *key)
{
	for (guint i = 0; key && i < app->accounts->len; i++) {
		UiAccount *account = g_ptr_array_index(app->accounts, i);

		if (strcmp(account->key, key) == 0)
			return account;
	}
	return NULL;
}

const AccountConfig *
app_account_config(App *app, const UiAccount *account)
{
	return account ? config_account(app->config, account->key) : NULL;
}

static GPtrArray *
no_folders(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)store_folder_free);
}

void
app_load_folders(App *app, UiAccount *account)
{
	GPtrArray *folders;

	if (!account->view) {
		g_autofree char *path = g_build_filename(app->paths->cache, account->key, NULL);

		account->view = store_view_open(path, NULL); /* none yet: the first sync makes one */
	} else {
		store_view_version(account->view); /* follows a cache that was made anew */
	}
	folders = account->view ? store_view_folders(account->view) : no_folders();
	if (app->folders)
		folders_release(app->folders);
	g_ptr_array_unref(account->folders);
	account->folders = folders;
	account->stale = FALSE;
	if (app->folders)
		folders_rebuild(app->folders);
}

void
app_refresh_folders(App *app)
{
	for (guint i = 0; i < app->accounts->len; i++) {
		UiAccount *account = g_ptr_array_index(app->accounts, i);

		if (account->stale)
			app_load_folders(app, account);
	}
}

void
app_load_accounts(App *app)
{
	GPtrArray *configs = config_accounts(app->config);

	for (guint i = 0; i < configs->len; i++) {
		const AccountConfig *config = g_ptr_array_index(configs, i);
		UiAccount *account = app_account(app, config->key);

		if (account)
			continue;
		account = g_new0(UiAccount, 1);
		account->key = g_strdup(config->key);
		account->label = g_strdup(config->label ? config->label : config->key);
		account->folders = no_folders();
		account->link = app->options->offline ? LINK_OFF : LINK_CONNECTING;
		g_ptr_array_add(app->accounts, account);
		app_load_folders(app, account);
	}
}

const StoreFolder *
account_folder(const UiAccount *account, const char *name)
{
	for (guint i = 0; name && i < account->folders->len; i++) {
		const StoreFolder *folder = g_ptr_array_index(account->folders, i);

		if (strcmp(folder->name, name) == 0 ||
			(folder->role == ROLE_INBOX && g_ascii_strcasecmp(name, "INBOX") == 0))
			return folder;
	}
	return NULL;
}

const StoreFolder *
account_folder_by_id(const UiAccount *account, FolderId id)
{
	for (guint i = 0; i < account->folders->len; i++) {
		const StoreFolder *folder = g_ptr_array_index(account->folders, i);

		if (folder->id == id)
			return folder;
	}
	return NULL;
}

const StoreFolder *
account_folder_by_role(const UiAccount *account, FolderRole role)
{
	for (guint i = 0; i < account->folders->len; i++) {
		const StoreFolder *folder = g_ptr_array_index(account->folders, i);

		if (folder->role == role)
			return folder;
	}
	return NULL;
}

static char *
look_key(const UiAccount *account, FolderId folder)
{
	return g_strdup_printf("%s/%" G_GINT64_FORMAT, account->key, (gint64)folder);
}

gboolean
app_looks_only(App *app, const UiAccount *account, FolderId folder)
{
	g_autofree char *key = look_key(account, folder);

	return g_hash_table_contains(app->look_only, key);
}

void
app_set_looks_only(App *app, const UiAccount *account, FolderId folder, gboolean on)
{
	char *key = look_key(account, folder);

	if (on) {
		g_hash_table_add(app->look_only, key);
	} else {
		g_hash_table_remove(app->look_only, key);
		g_free(key);
	}
}

gboolean
app_is_read_only(App *app, const UiAccount *account, FolderId folder)
{
	const AccountConfig *config = account ? app_account_config(app, account) : NULL;

	return !config || config->read_only || app_looks_only(app, account, folder);
}
