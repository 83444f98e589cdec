/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/folders.h"

#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

/* Names as text_fold() makes them: small letters, no accents. */
static const struct {
	FolderRole role;
	const char *names;
} role_names[] = {
	{ROLE_SENT, "sent|sent items|sent messages|sent mail|gesendet|gesendete objekte|gesendete "
		    "elemente|envoyes|"
		    "elements envoyes|messages envoyes|enviados|elementos enviados|itens enviados|posta "
		    "inviata|inviata|"
		    "inviati|verzonden|verzonden items|wyslane|elementy "
		    "wyslane|skickat|skickade|sendt|sendte elementer|"
		    "lahetetyt|gonderilmis ogeler|gonderilenler|gonderilmis "
		    "postalar|отправленные|надіслані|odeslane|"
		    "odoslane|elkuldott|已发送|已发送邮件|已傳送|送信済み|보낸편지함|보낸메일함"},
	{ROLE_DRAFTS,
		"drafts|draft|entwurfe|entwurf|brouillons|borradores|rascunhos|bozze|concepten|szkice|utkast|"
		"kladder|luonnokset|taslaklar|taslak|черновики|чернетки|koncepty|piszkozatok|草稿|草稿箱|"
		"下書き|"
		"임시보관함"},
	{ROLE_TRASH,
		"trash|deleted|deleted items|deleted messages|bin|papierkorb|geloscht|geloschte elemente|"
		"geloschte objekte|corbeille|elements supprimes|papelera|elementos eliminados|lixeira|"
		"itens excluidos|cestino|posta eliminata|prullenbak|verwijderde items|kosz|elementy usuniete|"
		"papperskorgen|slettet post|papirkurv|roskakori|cop kutusu|cop|silinmis ogeler|корзина|кошик|"
		"удаленные|kos|kuka|已删除|已删除邮件|垃圾桶|ゴミ箱|휴지통"},
	{ROLE_JUNK, "junk|spam|junk email|junk e-mail|bulk|bulk mail|spamverdacht|unerwunscht|courrier "
		    "indesirable|"
		    "indesirables|correo no deseado|lixo eletronico|posta indesiderata|ongewenste e-mail|"
		    "wiadomosci-smieci|skrappost|uonsket post|roskaposti|istenmeyen|gereksiz|gereksiz "
		    "e-posta|спам|"
		    "nevyzadana posta|垃圾邮件|迷惑メール|스팸메일함|스팸편지함"},
	{ROLE_ARCHIVE,
		"archive|archives|archiv|archivo|arquivo|archivio|archief|archiwum|arkiv|arkisto|arsiv|архив|"
		"архів|存档|归档|アーカイブ|보관함"},
};

/* name is one of names, whole. */
static gboolean
is_in(const char *names, const char *name)
{
	gsize length = strlen(name);

	for (const char *at = strstr(names, name); length > 0 && at != NULL; at = strstr(at + 1, name)) {
		if ((at == names || at[-1] == '|') && (at[length] == '|' || at[length] == '\0'))
			return strchr(name, '|') == NULL;
	}
	return FALSE;
}

FolderRole
folders_guess_role(const char *name, char delimiter)
{
	const char *last = delimiter ? strrchr(name, delimiter) : NULL;
	g_autofree char *folded = NULL;

	if (g_ascii_strcasecmp(name, "INBOX") == 0)
		return ROLE_INBOX;
	folded = text_fold(last ? last + 1 : name);
	for (gsize i = 0; i < G_N_ELEMENTS(role_names); i++)
		if (is_in(role_names[i].names, folded))
			return role_names[i].role;
	return ROLE_NONE;
}

static StoreFolder *
from_listed(const ImapFolder *listed)
{
	StoreFolder *folder = g_new0(StoreFolder, 1);
	const ImapStatus *status = &listed->status;

	folder->raw = g_strdup(listed->raw);
	folder->name = g_strdup(g_ascii_strcasecmp(listed->name, "INBOX") == 0 ? "INBOX" : listed->name);
	folder->delimiter = listed->delimiter;
	folder->role = listed->role ? folder_role_from_name(listed->role) : ROLE_NONE;
	folder->subscribed = listed->subscribed;
	folder->selectable = listed->selectable;
	folder->server_messages = status->messages;
	folder->server_unseen = status->unseen;
	folder->server_uidnext = status->uidnext;
	folder->server_modseq = status->highestmodseq;
	folder->server_uidvalidity = status->uidvalidity;
	return folder;
}

/* Which folder has each role: what the user says counts most, then the server, then the name. */
static void
settle_roles(const AccountConfig *config, GPtrArray *folders)
{
	gboolean taken[ROLE_IMPORTANT + 1] = {FALSE};

	for (guint i = 0; i < folders->len; i++) {
		StoreFolder *folder = folders->pdata[i];
		for (int role = ROLE_INBOX; role <= ROLE_IMPORTANT; role++) {
			if (config->roles[role] == NULL)
				continue;
			if (folder->role == (FolderRole)role)
				folder->role = ROLE_NONE;
			if (strcmp(config->roles[role], folder->name) == 0)
				folder->role = role;
		}
		if (strcmp(folder->name, "INBOX") == 0)
			folder->role = ROLE_INBOX;
		if (folder->role != ROLE_NONE && taken[folder->role])
			folder->role = ROLE_NONE;
		taken[folder->role] = TRUE;
	}
	for (guint i = 0; i < folders->len; i++) {
		StoreFolder *folder = folders->pdata[i];
		FolderRole guess = folders_guess_role(folder->name, folder->delimiter);
		if (folder->role != ROLE_NONE || guess == ROLE_NONE || taken[guess] ||
			config->roles[guess] != NULL)
			continue;
		folder->role = guess;
		taken[guess] = TRUE;
	}
}

GPtrArray *
folders_settle(const AccountConfig *config, GPtrArray *listed)
{
	GPtrArray *folders = g_ptr_array_new_with_free_func((GDestroyNotify)store_folder_free);

	for (guint i = 0; i < listed->len; i++) {
		const ImapFolder *folder = listed->pdata[i];
		if (!(folder->attributes & IMAP_FOLDER_NONEXISTENT))
			g_ptr_array_add(folders, from_listed(folder));
	}
	settle_roles(config, folders);
	return folders;
}

typedef struct {
	GPtrArray *folders; /* of StoreFolder */
	gboolean all;       /* one that is missing is not there any more */
} Listed;

static gboolean
store_folders(EngineAccount *account, StoreCache *cache, gpointer data, GError **error)
{
	const Listed *listed = data;

	if (!store_cache_set_folders(cache, listed->folders, listed->all, error))
		return FALSE;
	engine_post_folders(account);
	return TRUE;
}

gboolean
folders_begin(Worker *worker, GError **error)
{
	g_autoptr(GPtrArray) folders = g_ptr_array_new_with_free_func((GDestroyNotify)store_folder_free);
	StoreFolder *inbox = g_new0(StoreFolder, 1);

	inbox->raw = g_strdup("INBOX");
	inbox->name = g_strdup("INBOX");
	inbox->role = ROLE_INBOX;
	inbox->subscribed = inbox->selectable = TRUE;
	g_ptr_array_add(folders, inbox);
	return cache_call(worker->account, store_folders, &(Listed){folders, TRUE}, error);
}

/* Once a connection, and again when it is another number. */
static void
note_lost(Worker *worker, guint lost)
{
	imap_session_take_damage(worker->session, NULL);
	if (lost != 0 && lost != worker->folders_lost && worker->left_out == NULL)
		fault_set(&worker->left_out, FAULT_LIMIT,
			P_("%u folder of the server is not shown: its name is damaged, or there are more "
			   "than %u.",
				"%u folders of the server are not shown: their names are damaged, or there "
				"are more than %u.",
				lost),
			lost, LIMIT_FOLDERS);
	worker->folders_lost = lost;
}

gboolean
folders_take(Worker *worker, ImapTicket ticket, GError **error)
{
	guint lost = 0;
	g_autoptr(GPtrArray) listed =
		imap_session_list_finish(worker->session, ticket, &lost, worker->cancel, error);
	g_autoptr(GPtrArray) folders = NULL;

	if (listed == NULL)
		return FALSE;
	note_lost(worker, lost);
	folders = folders_settle(worker->account->config, listed);
	worker->list_known = TRUE;
	return cache_call(worker->account, store_folders, &(Listed){folders, lost == 0}, error);
}

gboolean
folders_refresh(Worker *worker, gboolean status, GError **error)
{
	ImapList list = {.status = status};
	ImapTicket ticket = imap_session_list_start(worker->session, &list, worker->cancel, error);

	return ticket != 0 && folders_take(worker, ticket, error);
}

gboolean
folders_differs(const StoreFolder *folder)
{
	if (folder->server_uidvalidity != 0 && folder->uidvalidity != 0 &&
		folder->server_uidvalidity != folder->uidvalidity)
		return TRUE;
	/* An empty one is left alone, once it is told that it is: of 100,000 folders most are. */
	if (folder->low_uid != 1)
		return folder->server_messages > 0 || (folder->synced == 0 && folder->server_uidnext == 0);
	if (folder->server_uidnext != 0 && folder->server_uidnext != folder->uidnext)
		return TRUE;
	if (folder->server_modseq != 0)
		return folder->server_modseq != folder->modseq;
	return folder->server_messages != folder->total || folder->server_unseen != folder->unread;
}
