/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show.c - one message: as text, as JSON, as octets; and its parts saved. */
#include "config.h"

#include "cli/private.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/message.h"
#include "mime/decode.h"
#include "mime/head.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

#define TEXT_CELLS 78

/* ---- getting it --------------------------------------------------------------------- */

static gboolean
is_here(const EngineMessage *message, EngineWant want, const char *section)
{
	g_autoptr(GBytes) part = NULL;

	if (engine_message_octets(message) != NULL)
		return TRUE;
	if (want == WANT_TEXT)
		return engine_message_missing(message) == MESSAGE_MISSING_NOTHING;
	part = want == WANT_PART ? engine_message_part(message, section, NULL) : NULL;
	return part != NULL;
}

/* Fetch what is missing; as a guest the engine asks the holder. */
static gboolean
bring(Cli *cli, const CliMessage *what, EngineWant want, const char *section, GError **error)
{
	g_autoptr(EngineEvent) event = NULL;

	if (cli->engine == NULL && !cli_engine(cli, what->account->key, FALSE, error))
		return FALSE;
	event = cli_wait(cli, engine_want(cli->engine, what->account->key, what->row, want, section, NULL));
	if (event->error == NULL)
		return TRUE;
	g_propagate_error(error, g_error_copy(event->error));
	return FALSE;
}

/* The message with what is wanted of it, from the cache or the server. NULL with error. */
static EngineMessage *
load(Cli *cli, const CliMessage *what, EngineWant want, const char *section, GError **error)
{
	StoreView *view = cli_view(cli, what->account->key, error);
	g_autoptr(EngineMessage) message = view ? engine_message_load(view, what->row, error) : NULL;

	if (message == NULL || is_here(message, want, section))
		return g_steal_pointer(&message);
	if (!bring(cli, what, want, section, error))
		return NULL;
	g_clear_pointer(&message, engine_message_free);
	message = engine_message_load(view, what->row, error);
	if (message != NULL && !is_here(message, want, section)) {
		fault_set(error, FAULT_UNKNOWN, _("The message could not be fetched."));
		return NULL;
	}
	return g_steal_pointer(&message);
}

static EngineMessage *
load_file(const char *path, GError **error)
{
	gsize length = 0;
	char *octets = paths_read(path, LIMIT_IMAP_LITERAL, &length, error);
	g_autoptr(GBytes) bytes = NULL;

	if (octets == NULL)
		return NULL;
	bytes = g_bytes_new_take(octets, length);
	return engine_message_from_octets(bytes);
}

static MimeHead *
head_of(const EngineMessage *message)
{
	GBytes *header = engine_message_header(message);
	gsize length = 0;
	const char *block = header ? g_bytes_get_data(header, &length) : "";

	return mime_head_parse(block, length);
}

/* ---- JSON ------------------------------------------------------------------------------ */

/* One part without what is below it; leaves know their octets where these are here. */
static void
json_part_fields(Json *json, const EngineMessage *message, const MimePart *part)
{
	g_autofree char *type = mime_part_type_name(part);
	gboolean leaf = !mime_part_is(part, "multipart", NULL);
	g_autoptr(GBytes) octets = leaf ? engine_message_part(message, part->section, NULL) : NULL;
	g_autofree char *sha256 = octets ? mime_sha256(octets) : NULL;

	json_string(json, "id", part->section);
	json_string(json, "type", type);
	json_string(json, "charset", mime_part_param(part, "charset"));
	json_string(json, "encoding", part->encoding_name);
	json_string(json, "disposition", part->disposition);
	json_string(json, "filename", part->filename);
	if (octets != NULL)
		json_int(json, "size", (gint64)g_bytes_get_size(octets));
	else if (leaf)
		json_int(json, "size", (gint64)mime_part_decoded_size(part));
	else
		json_null(json, "size");
	json_string(json, "sha256", sha256);
}

/* The tree in preorder without recursion: a part's object stays open until all below it is written. */
static void
json_parts(Json *json, const EngineMessage *message)
{
	MimePart *root = (MimePart *)engine_message_structure(message);
	MimePart *part = root;

	json_begin_array(json, "parts");
	while (part != NULL) {
		json_begin_object(json, NULL);
		json_part_fields(json, message, part);
		json_begin_array(json, "parts");
		if (part->children->len > 0) {
			part = part->children->pdata[0];
			continue;
		}
		while (part != NULL) {
			json_end_array(json);
			json_end_object(json);
			if (part == root) {
				part = NULL;
			} else if (part->index + 1 < part->parent->children->len) {
				part = part->parent->children->pdata[part->index + 1];
				break;
			} else {
				part = part->parent;
			}
		}
	}
	json_end_array(json);
}

static void
json_head(Json *json, const EngineMessage *message, const MimeHead *head)
{
	const StoreRow *row = engine_message_row(message);
	g_autofree char *date = head->dated ? dates_format_rfc3339(head->date) : NULL;

	json_string(json, "subject", head->subject);
	cli_json_addresses(json, "from", head->from);
	cli_json_addresses(json, "sender", head->sender);
	cli_json_addresses(json, "reply_to", head->reply_to);
	cli_json_addresses(json, "to", head->to);
	cli_json_addresses(json, "cc", head->cc);
	cli_json_addresses(json, "bcc", head->bcc);
	json_string(json, "date", date);
	cli_json_time(json, "received", row ? row->received : 0);
	json_string(json, "message_id", head->message_id);
	cli_json_strings(json, "in_reply_to", head->in_reply_to);
	cli_json_strings(json, "references", head->references);
	json_string(json, "list_id", head->list_id);
	json_string(json, "priority", mime_priority_name(head->priority));
}

static void
json_warnings(Json *json, const EngineMessage *message)
{
	MimeMessage *whole = engine_message_whole(message);
	const GPtrArray *warnings = whole ? mime_message_warnings(whole) : NULL;

	json_begin_array(json, "warnings");
	for (guint i = 0; warnings != NULL && i < warnings->len; i++) {
		const MimeWarning *warning = warnings->pdata[i];
		json_begin_object(json, NULL);
		json_string(json, "code", warning->code);
		json_string(json, "text", warning->text);
		json_end_object(json);
	}
	json_end_array(json);
}

/* Where it lies, for a message that is no file. */
static void
json_place(Json *json, const CliMessage *what, const EngineMessage *message)
{
	const StoreRow *row = engine_message_row(message);
	g_autofree char *id = row ? cli_message_id(what->account->key, row->id) : NULL;

	if (row == NULL)
		return;
	json_string(json, "id", id);
	json_string(json, "folder", row->folder_name);
	if (ROW_UID(row->id) != 0)
		json_int(json, "uid", ROW_UID(row->id));
	else
		json_null(json, "uid");
	cli_json_flags(json, row->flags, row->keywords);
}

static void
json_message(const CliMessage *what, const EngineMessage *message, const char *text)
{
	g_autoptr(Json) json = cli_json();
	g_autoptr(MimeHead) head = head_of(message);

	json_begin_object(json, NULL);
	json_place(json, what, message);
	json_head(json, message, head);
	json_parts(json, message);
	json_string(json, "text", text);
	json_warnings(json, message);
	json_end_object(json);
}

/* ---- for people ---------------------------------------------------------------------------- */

static void
print_addresses(const char *label, const GPtrArray *addresses)
{
	g_autofree char *text = addresses->len > 0 ? mime_format_addresses(addresses) : NULL;
	g_autofree char *safe = text ? text_safe(text, -1, TEXT_MARKS) : NULL;

	if (safe != NULL)
		cli_print("%s: %s\n", label, safe);
}

static void
print_attachments(const EngineMessage *message)
{
	MimePart *root = (MimePart *)engine_message_structure(message);
	g_autoptr(GPtrArray) parts = root ? mime_part_attachments(root) : NULL;

	for (guint i = 0; parts != NULL && i < parts->len; i++) {
		const MimePart *part = parts->pdata[i];
		g_autofree char *name = mime_part_save_name(part);
		g_autofree char *type = mime_part_type_name(part);
		g_autofree char *size = text_size(mime_part_decoded_size(part));
		cli_print("[%s] %s  %s  %s\n", part->section, name, type, size);
	}
}

static void
print_message(const EngineMessage *message, const char *text)
{
	g_autoptr(MimeHead) head = head_of(message);
	g_autofree char *date = head->dated ? dates_format_long(head->date) : NULL;
	g_autofree char *subject = text_safe(head->subject ? head->subject : "", -1, TEXT_MARKS);
	MimeMessage *whole = engine_message_whole(message);
	const GPtrArray *warnings = whole ? mime_message_warnings(whole) : NULL;

	print_addresses(_("From"), head->from);
	print_addresses(_("To"), head->to);
	print_addresses(_("Cc"), head->cc);
	if (date != NULL)
		cli_print("%s: %s\n", _("Date"), date);
	cli_print("%s: %s\n\n%s", _("Subject"), subject, text);
	print_attachments(message);
	for (guint i = 0; warnings != NULL && i < warnings->len; i++)
		cli_say("%s", ((MimeWarning *)warnings->pdata[i])->text);
}

/* A terminal is given nothing raw. */
static void
print_raw(const EngineMessage *message)
{
	gsize length;
	const char *data = g_bytes_get_data(engine_message_octets(message), &length);

	if (isatty(STDOUT_FILENO)) {
		g_autofree char *safe = text_safe(data, (gssize)length, TEXT_LINES);
		fputs(safe, stdout);
	} else {
		fwrite(data, 1, length, stdout);
	}
}

static int
show(Cli *cli, const CliMessage *what, const EngineMessage *message)
{
	MimeShowOptions options = {.width = cli->json ? TEXT_CELLS : MIN(cli_width(cli, TEXT_CELLS), 1000)};
	g_autoptr(MimeText) text = NULL;
	g_autofree char *lines = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Preferences) preferences = NULL;

	if (what->account != NULL) {
		preferences = config_preferences(cli->config, what->account->key, NULL);
		options.prefer = preferences->prefer == PREFER_HTML ? MIME_PREFER_HTML : MIME_PREFER_PLAIN;
	}
	if (cli->width > 0)
		options.width = cli->width;
	else if (!cli->json)
		options.width = MIN(options.width, 100);
	text = engine_message_text(message, &options, &error);
	if (text == NULL)
		return cli_fail(cli, error);
	lines = mime_text_string(text);
	if (cli->json)
		json_message(what, message, lines);
	else
		print_message(message, lines);
	return CLI_DONE;
}

int
cli_show(Cli *cli)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(EngineMessage) message = NULL;
	CliMessage what = {0};

	if ((cli->file == NULL) != (cli->count == 1))
		return cli_usage(cli, _("posthorn show takes either a MESSAGE or --file FILE.eml"));
	if (cli->raw && cli->json)
		return cli_usage(cli, _("--raw gives octets, --json does not: choose one"));
	if (cli->file != NULL)
		message = load_file(cli->file, &error);
	else if (cli_message(cli, cli->words[0], &what, &error))
		message = load(cli, &what, cli->raw ? WANT_WHOLE : WANT_TEXT, NULL, &error);
	if (message == NULL)
		return fault_of(error) == FAULT_INPUT && cli->file == NULL
			       ? cli_usage(cli, "%s", error->message)
			       : cli_fail(cli, error);
	if (!cli->raw)
		return show(cli, &what, message);
	print_raw(message);
	return CLI_DONE;
}

/* ---- save ----------------------------------------------------------------------------------- */

static MimePart *
find_part(const EngineMessage *message, const char *section, GError **error)
{
	MimePart *root = (MimePart *)engine_message_structure(message);
	MimePart *part = root ? mime_part_find(root, section) : NULL;

	if (part == NULL)
		fault_set(error, FAULT_UNKNOWN, _("The message has no part %s; posthorn show lists them."),
			section);
	return part;
}

/* All parts are there before the first is written. */
static gboolean
load_parts(Cli *cli, const CliMessage *what, GPtrArray *octets, GPtrArray *names, GError **error)
{
	for (int i = 1; i < cli->count; i++) {
		g_autoptr(EngineMessage) message = load(cli, what, WANT_TEXT, NULL, error);
		const char *section = cli->words[i];
		const MimePart *part = message ? find_part(message, section, error) : NULL;
		GBytes *data;
		if (part == NULL)
			return FALSE;
		g_ptr_array_add(names, mime_part_save_name(part));
		g_clear_pointer(&message, engine_message_free);
		message = load(cli, what, WANT_PART, section, error);
		data = message ? engine_message_part(message, section, error) : NULL;
		if (data == NULL)
			return FALSE;
		g_ptr_array_add(octets, data);
	}
	return TRUE;
}

static gboolean
write_parts(Cli *cli, const GPtrArray *octets, const GPtrArray *names, GPtrArray *paths, GError **error)
{
	for (guint i = 0; i < octets->len; i++) {
		gsize length;
		gconstpointer data = g_bytes_get_data(octets->pdata[i], &length);
		char *path = paths_write_new(cli->to, names->pdata[i], data, length, error);
		if (path == NULL)
			return FALSE;
		g_ptr_array_add(paths, path);
	}
	return TRUE;
}

static void
write_saved(Json *json, Cli *cli, const GPtrArray *octets, const GPtrArray *paths)
{
	json_begin_array(json, NULL);
	for (guint i = 0; i < paths->len; i++) {
		g_autofree char *sha256 = mime_sha256(octets->pdata[i]);
		json_begin_object(json, NULL);
		json_string(json, "id", cli->words[i + 1]);
		json_string(json, "path", paths->pdata[i]);
		json_int(json, "size", (gint64)g_bytes_get_size(octets->pdata[i]));
		json_string(json, "sha256", sha256);
		json_end_object(json);
	}
	json_end_array(json);
}

int
cli_save(Cli *cli)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) octets = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
	CliMessage what;

	if (cli->to == NULL)
		return cli_usage(cli, _("posthorn save needs --to DIR: the folder to save into"));
	if (!cli_message(cli, cli->words[0], &what, &error))
		return cli_fail_input(cli, error);
	if (!load_parts(cli, &what, octets, names, &error) || !write_parts(cli, octets, names, paths, &error))
		return cli_fail(cli, error);
	if (cli->json) {
		g_autoptr(Json) json = cli_json();
		write_saved(json, cli, octets, paths);
	} else {
		for (guint i = 0; i < paths->len; i++)
			cli_print("%s\n", (char *)paths->pdata[i]);
	}
	return CLI_DONE;
}
