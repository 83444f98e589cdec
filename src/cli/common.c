/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which account, which message. */
#include "config.h"

#include "cli/private.h"

#include <string.h>

#include "util/fault.h"
#include "util/i18n.h"

/* ---- accounts ---------------------------------------------------------------------- */

static char *
account_names(Cli *cli)
{
	GPtrArray *accounts = config_accounts(cli->config);
	GString *names = g_string_new(NULL);

	for (guint i = 0; i < accounts->len; i++) {
		const AccountConfig *account = accounts->pdata[i];
		g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", account->key);
	}
	return g_string_free(names, FALSE);
}

const AccountConfig *
cli_account_named(Cli *cli, const char *key, GError **error)
{
	const AccountConfig *account = config_account(cli->config, key);
	g_autofree char *names = NULL;

	if (account != NULL)
		return account;
	names = account_names(cli);
	if (names[0] == '\0')
		fault_set(error, FAULT_UNKNOWN, _("No account is set up yet: posthorn setup does it."));
	else
		fault_set(error, FAULT_UNKNOWN, _("There is no account \"%s\"; there is: %s."), key, names);
	return NULL;
}

/* FAULT_INPUT: which of several was not said. */
static const AccountConfig *
choose_account(Cli *cli, GError **error)
{
	GPtrArray *accounts = config_accounts(cli->config);
	g_autofree char *names = NULL;

	if (cli->account != NULL)
		return cli_account_named(cli, cli->account, error);
	if (accounts->len == 1)
		return accounts->pdata[0];
	names = account_names(cli);
	if (accounts->len == 0)
		fault_set(error, FAULT_UNKNOWN, _("No account is set up yet: posthorn setup does it."));
	else
		fault_set(error, FAULT_INPUT, _("Which account? Name it with --account: %s."), names);
	return NULL;
}

const AccountConfig *
cli_account(Cli *cli, int *status)
{
	g_autoptr(GError) error = NULL;
	const AccountConfig *account = choose_account(cli, &error);

	if (account == NULL)
		*status = cli_fail_input(cli, error);
	return account;
}

StoreView *
cli_view(Cli *cli, const char *account, GError **error)
{
	StoreView *view = cli->views ? g_hash_table_lookup(cli->views, account) : NULL;
	g_autofree char *folder = g_build_filename(cli->paths->cache, account, NULL);
	g_autoptr(GError) failure = NULL;

	if (view != NULL)
		return view;
	view = store_view_open(folder, &failure);
	if (view == NULL) {
		if (fault_of(failure) == FAULT_UNKNOWN)
			fault_set(error, FAULT_UNKNOWN,
				_("Account %s was never synced: posthorn sync fetches it."), account);
		else if (fault_of(failure) == FAULT_DAMAGED)
			fault_set(error, FAULT_DAMAGED, _("%s posthorn sync makes it anew; nothing is lost."),
				failure->message);
		else
			g_propagate_error(error, g_steal_pointer(&failure));
		return NULL;
	}
	if (cli->views == NULL)
		cli->views = g_hash_table_new_full(
			g_str_hash, g_str_equal, g_free, (GDestroyNotify)store_view_close);
	g_hash_table_insert(cli->views, g_strdup(account), view);
	return view;
}

/* ---- messages ----------------------------------------------------------------------- */

char *
cli_message_id(const char *account, RowId row)
{
	return g_strdup_printf("%s.%" G_GINT64_FORMAT, account, row);
}

static gboolean
unknown(const char *word, GError **error)
{
	fault_set(error, FAULT_UNKNOWN,
		_("There is no message \"%s\". A message is an id as posthorn list prints it, FOLDER:UID, or "
		  "id:MESSAGE-ID."),
		word);
	return FALSE;
}

/* "work.8589934593". FALSE: it does not look like one. */
static gboolean
split_id(const char *word, char **account, RowId *row)
{
	const char *dot = strrchr(word, '.');
	g_autofree char *key = NULL;
	gint64 number;

	if (dot == NULL || !g_ascii_isdigit(dot[1]) ||
		!g_ascii_string_to_signed(dot + 1, 10, 1, G_MAXINT64, &number, NULL))
		return FALSE;
	key = g_strndup(word, (gsize)(dot - word));
	if (!paths_is_account_key(key))
		return FALSE;
	*account = g_steal_pointer(&key);
	*row = number;
	return TRUE;
}

static gboolean
by_row(Cli *cli, const char *word, const char *key, RowId row, CliMessage *message, GError **error)
{
	StoreView *view;

	message->account = cli_account_named(cli, key, error);
	view = message->account ? cli_view(cli, key, error) : NULL;
	if (view == NULL)
		return FALSE;
	message->row = store_view_current(view, row);
	return message->row != 0 ? TRUE : unknown(word, error);
}

static gboolean
by_message_id(StoreView *view, const char *word, CliMessage *message, GError **error)
{
	g_autoptr(GArray) rows = store_view_by_message_id(view, 0, word + strlen("id:"));

	if (rows == NULL || rows->len == 0)
		return unknown(word, error);
	message->row = g_array_index(rows, RowId, 0);
	return TRUE;
}

static gboolean
by_folder(StoreView *view, const char *word, CliMessage *message, GError **error)
{
	const char *colon = strrchr(word, ':');
	g_autoptr(StoreFolder) folder = NULL;
	g_autofree char *name = NULL;
	guint64 uid = 0;

	if (colon == NULL || !g_ascii_string_to_unsigned(colon + 1, 10, 1, G_MAXUINT32, &uid, NULL))
		return unknown(word, error);
	name = g_strndup(word, (gsize)(colon - word));
	folder = store_view_folder(view, name);
	if (folder == NULL) {
		fault_set(error, FAULT_UNKNOWN, _("There is no folder \"%s\"."), name);
		return FALSE;
	}
	message->row = store_view_current(view, ROW_ID(folder->id, uid));
	/* Where it was moved to is another FOLDER:UID. */
	if (message->row == 0 || ROW_FOLDER(message->row) != folder->id)
		return unknown(word, error);
	return TRUE;
}

gboolean
cli_message(Cli *cli, const char *word, CliMessage *message, GError **error)
{
	g_autofree char *key = NULL;
	StoreView *view;
	RowId row;

	if (split_id(word, &key, &row))
		return by_row(cli, word, key, row, message, error);
	message->account = choose_account(cli, error);
	view = message->account ? cli_view(cli, message->account->key, error) : NULL;
	if (view == NULL)
		return FALSE;
	if (g_str_has_prefix(word, "id:"))
		return by_message_id(view, word, message, error);
	return by_folder(view, word, message, error);
}

GArray *
cli_messages(Cli *cli, char **words, int count, const AccountConfig **account, GError **error)
{
	g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(RowId));
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

	*account = NULL;
	for (int i = 0; i < count; i++) {
		CliMessage message;
		if (!cli_message(cli, words[i], &message, error))
			return NULL;
		if (*account != NULL && *account != message.account) {
			fault_set(error, FAULT_INPUT,
				_("These messages are of several accounts; name those of one at a time."));
			return NULL;
		}
		*account = message.account;
		if (g_hash_table_add(seen, g_memdup2(&message.row, sizeof(message.row))))
			g_array_append_val(rows, message.row);
	}
	return g_steal_pointer(&rows);
}
