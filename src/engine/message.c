/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/message.h"

#include "engine/structure.h"
#include "mime/decode.h"
#include "util/fault.h"
#include "util/i18n.h"

struct EngineMessage {
	StoreRow *row;      /* NULL: from octets */
	MimeMessage *whole; /* NULL: only pieces are here */
	GBytes *octets;
	GBytes *header;
	MimePart *structure; /* of the pieces; the whole has its own */
	GHashTable *fields;  /* name -> unfolded value, filled as asked */
	GPtrArray *sections; /* of Piece: encoded octets of the parts that are here */
};

typedef struct {
	char *section;
	GBytes *octets;
} Piece;

static void
piece_free(gpointer data)
{
	Piece *piece = data;

	g_free(piece->section);
	g_bytes_unref(piece->octets);
	g_free(piece);
}

static EngineMessage *
message_new(void)
{
	EngineMessage *message = g_new0(EngineMessage, 1);

	message->fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	message->sections = g_ptr_array_new_with_free_func(piece_free);
	return message;
}

void
engine_message_free(EngineMessage *message)
{
	if (message == NULL)
		return;
	g_clear_pointer(&message->row, store_row_free);
	g_clear_pointer(&message->whole, mime_message_free);
	g_clear_pointer(&message->octets, g_bytes_unref);
	g_clear_pointer(&message->header, g_bytes_unref);
	g_clear_pointer(&message->structure, mime_part_free);
	g_hash_table_unref(message->fields);
	g_ptr_array_unref(message->sections);
	g_free(message);
}

static void
take_octets(EngineMessage *message, GBytes *octets)
{
	const char *header;
	gsize length;

	message->octets = octets;
	message->whole = mime_message_parse(octets);
	header = mime_message_header(message->whole, &length);
	message->header = g_bytes_new(header, length);
}

static void
take_pieces(EngineMessage *message, StoreView *view, gint64 cid)
{
	g_autoptr(GBytes) structure = store_view_part(view, cid, "STRUCTURE");

	message->header = store_view_part(view, cid, "HEADER");
	message->structure = structure ? structure_read(structure) : NULL;
	for (MimePart *part = message->structure; part != NULL;
		part = mime_part_next(message->structure, part)) {
		GBytes *octets = part->section[0] ? store_view_part(view, cid, part->section) : NULL;
		Piece *piece;
		if (octets == NULL)
			continue;
		piece = g_new0(Piece, 1);
		piece->section = g_strdup(part->section);
		piece->octets = octets;
		g_ptr_array_add(message->sections, piece);
	}
}

EngineMessage *
engine_message_load(StoreView *view, RowId id, GError **error)
{
	StoreRow *row = store_view_row(view, id);
	EngineMessage *message;
	GBytes *whole;

	if (row == NULL) {
		fault_set(error, FAULT_UNKNOWN, _("The message is not there any more."));
		return NULL;
	}
	message = message_new();
	message->row = row;
	whole = store_view_part(view, row->cid, "");
	if (whole != NULL) {
		take_octets(message, whole);
		if (g_bytes_get_size(whole) != row->size && row->size != 0)
			mime_message_warn(message->whole, "size-differs",
				_("The server announced %u octets and sent %zu."), row->size,
				g_bytes_get_size(whole));
	} else {
		take_pieces(message, view, row->cid);
	}
	return message;
}

EngineMessage *
engine_message_from_octets(GBytes *octets)
{
	EngineMessage *message = message_new();

	take_octets(message, g_bytes_ref(octets));
	return message;
}

const StoreRow *
engine_message_row(const EngineMessage *message)
{
	return message->row;
}

GBytes *
engine_message_octets(const EngineMessage *message)
{
	return message->octets;
}

MimeMessage *
engine_message_whole(const EngineMessage *message)
{
	return message->whole;
}

GBytes *
engine_message_header(const EngineMessage *message)
{
	return message->header;
}

const char *
engine_message_field(const EngineMessage *message, const char *name)
{
	g_autofree char *key = g_ascii_strdown(name, -1);
	const char *known = g_hash_table_lookup(message->fields, key);
	gsize length;
	const char *block;
	char *value;

	if (known != NULL || message->header == NULL)
		return known;
	block = g_bytes_get_data(message->header, &length);
	value = mime_fields_find(block, length, name);
	if (value != NULL)
		g_hash_table_insert(message->fields, g_steal_pointer(&key), value);
	return value;
}

static MimePart *
root_of(const EngineMessage *message)
{
	return message->whole ? mime_message_root(message->whole) : message->structure;
}

const MimePart *
engine_message_structure(const EngineMessage *message)
{
	return root_of(message);
}

static GBytes *
piece_of(const EngineMessage *message, const char *section)
{
	for (guint i = 0; i < message->sections->len; i++) {
		const Piece *piece = message->sections->pdata[i];
		if (strcmp(piece->section, section) == 0)
			return piece->octets;
	}
	return NULL;
}

EngineMissing
engine_message_missing(const EngineMessage *message)
{
	g_autoptr(GPtrArray) texts = NULL;

	if (message->whole != NULL)
		return MESSAGE_MISSING_NOTHING;
	if (message->structure == NULL || message->header == NULL)
		return MESSAGE_MISSING_TEXT;
	texts = mime_part_texts(message->structure, MIME_PREFER_PLAIN);
	for (guint i = 0; i < texts->len; i++)
		if (piece_of(message, ((MimePart *)texts->pdata[i])->section) == NULL)
			return MESSAGE_MISSING_TEXT;
	return MESSAGE_MISSING_NOTHING;
}

GBytes *
engine_message_part(const EngineMessage *message, const char *section, GError **error)
{
	MimePart *root = root_of(message);
	MimePart *part = root ? mime_part_find(root, section) : NULL;
	GBytes *octets;
	gconstpointer data;
	gsize length;

	if (root != NULL && part == NULL) {
		fault_set(error, FAULT_UNKNOWN, _("The message has no part %s."), section);
		return NULL;
	}
	if (message->whole != NULL)
		return mime_message_decode(message->whole, part);
	octets = part ? piece_of(message, section) : NULL;
	if (octets == NULL) {
		fault_set(error, FAULT_UNKNOWN, _("Part %s is not here yet."), section);
		return NULL;
	}
	data = g_bytes_get_data(octets, &length);
	return mime_decode_body(data, length, part->encoding, NULL);
}

/* The shown parts as they were fetched. */
static GArray *
shown_parts(const EngineMessage *message, MimePrefer prefer)
{
	g_autoptr(GPtrArray) texts = mime_part_texts(message->structure, prefer);
	GArray *shown = g_array_new(FALSE, TRUE, sizeof(MimeShownPart));

	for (guint i = 0; i < texts->len; i++) {
		MimeShownPart part = {.part = texts->pdata[i]};
		part.octets = piece_of(message, part.part->section);
		g_array_append_val(shown, part);
	}
	return shown;
}

MimeText *
engine_message_text(const EngineMessage *message, const MimeShowOptions *options, GError **error)
{
	g_autoptr(GArray) shown = NULL;

	if (message->whole != NULL)
		return mime_show_message(message->whole, options);
	if (engine_message_missing(message) != MESSAGE_MISSING_NOTHING) {
		fault_set(error, FAULT_UNKNOWN, _("The text is not here yet."));
		return NULL;
	}
	shown = shown_parts(message, options ? options->prefer : MIME_PREFER_PLAIN);
	return mime_show_parts(message->structure, (MimeShownPart *)shown->data, shown->len, options);
}

char *
engine_message_plain(const EngineMessage *message, MimePrefer prefer)
{
	g_autoptr(GArray) shown = NULL;

	if (message->whole != NULL)
		return mime_plain_text(message->whole, prefer);
	if (engine_message_missing(message) != MESSAGE_MISSING_NOTHING)
		return NULL;
	shown = shown_parts(message, prefer);
	return mime_plain_parts((MimeShownPart *)shown->data, shown->len);
}
