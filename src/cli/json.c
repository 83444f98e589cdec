/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The values of the store in JSON: keys and names are part of the contract, never translated. */
#include "config.h"

#include "cli/private.h"

#include <string.h>

#include "mime/header.h"
#include "util/dates.h"

/* How much of To the store keeps: a longer one is cut, and its last address is not whole. */
#define RECIPIENTS_CUT 197

static const struct {
	const char *name;
	guint32 flag;
} flag_names[] = {
	{"seen", MESSAGE_SEEN},
	{"flagged", MESSAGE_FLAGGED},
	{"answered", MESSAGE_ANSWERED},
	{"draft", MESSAGE_DRAFT},
	{"deleted", MESSAGE_DELETED},
	{"$Forwarded", MESSAGE_FORWARDED},
	{"$Junk", MESSAGE_JUNK},
};

guint32
cli_flag_of(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(flag_names); i++)
		if (g_ascii_strcasecmp(flag_names[i].name, name) == 0)
			return flag_names[i].flag;
	return 0;
}

void
cli_json_flags(Json *json, guint32 flags, const char *keywords)
{
	g_auto(GStrv) words = g_strsplit(keywords ? keywords : "", " ", -1);

	json_begin_array(json, "flags");
	for (gsize i = 0; i < G_N_ELEMENTS(flag_names); i++)
		if (flags & flag_names[i].flag)
			json_string(json, NULL, flag_names[i].name);
	for (guint i = 0; words[i] != NULL; i++)
		if (words[i][0] != '\0')
			json_string(json, NULL, words[i]);
	json_end_array(json);
}

static void
json_date(Json *json, const char *name, gint64 seconds, gint16 offset_minutes)
{
	DateTime date = {.seconds = seconds, .offset_minutes = offset_minutes};
	g_autofree char *text = dates_format_rfc3339(date);

	json_string(json, name, text);
}

void
cli_json_time(Json *json, const char *name, gint64 seconds)
{
	if (seconds == 0)
		json_null(json, name);
	else
		json_date(json, name, seconds, 0);
}

void
cli_json_strings(Json *json, const char *name, const GPtrArray *strings)
{
	json_begin_array(json, name);
	for (guint i = 0; strings != NULL && i < strings->len; i++)
		json_string(json, NULL, strings->pdata[i]);
	json_end_array(json);
}

static void
json_address(Json *json, const char *member, const char *name, const char *address)
{
	json_begin_object(json, member);
	json_string(json, "name", name && name[0] ? name : NULL);
	json_string(json, "address", address ? address : "");
	json_end_object(json);
}

void
cli_json_addresses(Json *json, const char *name, const GPtrArray *addresses)
{
	json_begin_array(json, name);
	for (guint i = 0; addresses != NULL && i < addresses->len; i++) {
		const MimeAddress *address = addresses->pdata[i];
		gboolean empty_group = address->group != NULL && address->address[0] == '\0';
		json_address(json, NULL, empty_group ? address->group : address->name, address->address);
	}
	json_end_array(json);
}

static void
json_recipients(Json *json, const char *to)
{
	g_autoptr(GPtrArray) list = mime_parse_addresses(to ? to : "", -1, NULL);

	if (to != NULL && strlen(to) >= RECIPIENTS_CUT && list->len > 1)
		g_ptr_array_set_size(list, (int)list->len - 1);
	cli_json_addresses(json, "to", list);
}

void
cli_json_row(Json *json, const char *account, const StoreRow *row, guint depth, RowId parent)
{
	static const char *const priorities[] = {"normal", "high", "low"};
	g_autofree char *id = cli_message_id(account, row->id);
	g_autofree char *above = parent ? cli_message_id(account, parent) : NULL;

	json_begin_object(json, NULL);
	json_string(json, "id", id);
	json_string(json, "folder", row->folder_name);
	if (ROW_UID(row->id) != 0)
		json_int(json, "uid", ROW_UID(row->id));
	else
		json_null(json, "uid");
	cli_json_time(json, "received", row->received);
	json_date(json, "date", row->sent, row->sent_offset);
	if (row->from_address != NULL || row->from_name != NULL)
		json_address(json, "from", row->from_name, row->from_address);
	else
		json_null(json, "from");
	json_recipients(json, row->to);
	json_string(json, "subject", row->subject);
	cli_json_flags(json, row->flags, row->keywords);
	json_int(json, "size", row->size);
	if (row->thread != 0)
		json_int(json, "thread", row->thread);
	else
		json_null(json, "thread");
	json_string(json, "parent", above);
	json_int(json, "depth", depth);
	json_string(json, "priority", priorities[MIN(row->priority, PRIORITY_LOW)]);
	json_bool(json, "attachment", row->attachment);
	json_end_object(json);
}
