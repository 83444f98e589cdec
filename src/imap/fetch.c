/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "imap/fetch.h"

#include "imap/structure.h"
#include "imap/writer.h"
#include "mime/part.h"

static void
section_clear(gpointer item)
{
	g_free(((ImapSection *)item)->section);
}

void
imap_row_init(ImapRow *row)
{
	*row = (ImapRow){0};
	imap_flags_init(&row->flags);
}

/* Empty for the next response; the keyword array stays. */
static void
row_empty(ImapRow *row)
{
	GPtrArray *keywords = row->flags.keywords;
	GArray *sections = row->sections;

	g_ptr_array_set_size(keywords, 0);
	if (sections != NULL)
		g_array_set_size(sections, 0);
	g_clear_pointer(&row->structure, mime_part_free);
	g_clear_pointer(&row->gm_labels, g_ptr_array_unref);
	g_free(row->email_id);
	g_free(row->thread_id);
	*row = (ImapRow){.flags.keywords = keywords, .sections = sections};
}

void
imap_row_clear(ImapRow *row)
{
	row_empty(row);
	g_clear_pointer(&row->sections, g_array_unref);
	imap_flags_clear(&row->flags);
}

const ImapSection *
imap_row_section(const ImapRow *row, const char *section)
{
	for (guint i = 0; row->sections != NULL && i < row->sections->len; i++) {
		const ImapSection *found = &g_array_index(row->sections, ImapSection, i);
		if (g_ascii_strcasecmp(found->section, section) == 0)
			return found;
	}
	return NULL;
}

static gboolean
take_date(ImapParser *parser, ImapRow *row)
{
	ImapSlice text;

	if (!imap_take_nstring(parser, &text))
		return FALSE;
	if (text.data != NULL && dates_parse_imap(text.data, text.length, &row->received))
		row->has |= IMAP_HAS_DATE;
	return TRUE;
}

static gboolean
take_flags(ImapParser *parser, ImapRow *row)
{
	gboolean damaged = FALSE;

	row->has |= IMAP_HAS_FLAGS;
	return imap_take_flags(parser, &row->flags, &damaged) && !damaged;
}

static gboolean
take_uid(ImapParser *parser, ImapRow *row)
{
	return imap_take_nz_number(parser, &row->uid);
}

static gboolean
take_rfc822_size(ImapParser *parser, ImapRow *row)
{
	row->has |= IMAP_HAS_SIZE;
	return imap_take_size(parser, &row->size);
}

static gboolean
take_modseq(ImapParser *parser, ImapRow *row)
{
	gboolean listed = imap_take_char(parser, '(');

	if (!imap_take_number63(parser, &row->modseq) || (listed && !imap_take_char(parser, ')'))) {
		row->modseq = 0;
		return FALSE;
	}
	row->has |= IMAP_HAS_MODSEQ;
	return TRUE;
}

/* "(F12)", "F12" or NIL. */
static gboolean
take_object_id(ImapParser *parser, char **id)
{
	gboolean listed = imap_take_char(parser, '(');
	ImapSlice text;

	if (!imap_take_astring(parser, &text))
		return FALSE;
	g_clear_pointer(id, g_free);
	if (!imap_slice_is(text, "NIL") && text.length > 0 && text.length <= 255)
		*id = imap_slice_dup(text);
	return !listed || imap_take_char(parser, ')');
}

static gboolean
take_email_id(ImapParser *parser, ImapRow *row)
{
	if (!take_object_id(parser, &row->email_id))
		return FALSE;
	row->has |= IMAP_HAS_EMAILID;
	return TRUE;
}

static gboolean
take_thread_id(ImapParser *parser, ImapRow *row)
{
	if (!take_object_id(parser, &row->thread_id))
		return FALSE;
	row->has |= IMAP_HAS_THREADID;
	return TRUE;
}

/* Gmail's ids are 64 bits, unsigned. */
static gboolean
take_gm_id(ImapParser *parser, guint64 *id)
{
	ImapSlice text;
	char digits[24];

	if (!imap_take_atom(parser, &text) || text.length >= sizeof digits)
		return FALSE;
	memcpy(digits, text.data, text.length);
	digits[text.length] = '\0';
	return g_ascii_string_to_unsigned(digits, 10, 0, G_MAXUINT64, id, NULL);
}

static gboolean
take_gm_msgid(ImapParser *parser, ImapRow *row)
{
	if (!take_gm_id(parser, &row->gm_msgid))
		return FALSE;
	row->has |= IMAP_HAS_GM_MSGID;
	return TRUE;
}

static gboolean
take_gm_thrid(ImapParser *parser, ImapRow *row)
{
	if (!take_gm_id(parser, &row->gm_thrid))
		return FALSE;
	row->has |= IMAP_HAS_GM_THRID;
	return TRUE;
}

static gboolean
take_gm_labels(ImapParser *parser, ImapRow *row)
{
	ImapSlice label;
	g_autoptr(GPtrArray) labels = g_ptr_array_new_with_free_func(g_free);

	if (!imap_take_char(parser, '('))
		return FALSE;
	while (!imap_take_char(parser, ')')) {
		g_autofree char *raw = NULL;
		if (!imap_take_astring(parser, &label))
			return FALSE;
		raw = label.data ? imap_slice_dup(label) : g_strdup("");
		g_ptr_array_add(labels, imap_name_utf8(raw));
	}
	g_clear_pointer(&row->gm_labels, g_ptr_array_unref);
	row->gm_labels = g_steal_pointer(&labels);
	row->has |= IMAP_HAS_GM_LABELS;
	return TRUE;
}

static gboolean
take_structure(ImapParser *parser, ImapRow *row)
{
	ImapParser saved = *parser;

	g_clear_pointer(&row->structure, mime_part_free);
	row->structure = imap_structure_parse(parser);
	if (row->structure != NULL) {
		row->has |= IMAP_HAS_STRUCTURE;
		return TRUE;
	}
	row->has |= IMAP_HAS_BAD_STRUCTURE;
	imap_parser_rewind(parser, &saved);
	return imap_skip_value(parser);
}

/* What stands between "BODY[" and its "]"; the parser is left behind it. */
static gboolean
take_section_name(ImapParser *parser, ImapSlice *name)
{
	gsize left = (gsize)(parser->end - parser->at);
	const char *close = memchr(parser->at, ']', left);
	gboolean quoted = FALSE;

	name->data = parser->at;
	/* Names of fields are rarely quoted, and each row repeats them all. */
	if (close == NULL)
		return FALSE;
	if (memchr(parser->at, '"', (gsize)(close - parser->at)) == NULL)
		parser->at = close;
	for (; parser->at < parser->end; parser->at++) {
		if (*parser->at == '"')
			quoted = !quoted;
		else if (*parser->at == ']' && !quoted)
			break;
	}
	if (parser->at == parser->end)
		return FALSE;
	name->length = (gsize)(parser->at++ - name->data);
	return TRUE;
}

static void
add_section(ImapRow *row, ImapSlice name, gint64 origin, ImapSlice octets)
{
	ImapSection section = {imap_slice_dup(name), origin, octets};

	if (row->sections == NULL) {
		row->sections = g_array_new(FALSE, FALSE, sizeof(ImapSection));
		g_array_set_clear_func(row->sections, section_clear);
	}
	g_array_append_val(row->sections, section);
	row->has |= IMAP_HAS_SECTION;
}

/* "[section]<origin> nstring" behind "BODY" or "BINARY". A value that is none of these reads as NIL. */
static gboolean
take_section(ImapParser *parser, ImapRow *row)
{
	static const char fields[] = "HEADER.FIELDS ";
	gboolean partial, sound;
	guint64 origin = 0;
	ImapParser value;
	ImapSlice name, octets;

	parser->at++;
	if (!take_section_name(parser, &name))
		return FALSE;
	partial = parser->at < parser->end && *parser->at == '<';
	if (partial) {
		parser->at++;
		if (!imap_take_number63(parser, &origin) || !imap_take_char(parser, '>'))
			return FALSE;
	}
	value = *parser;
	sound = imap_take_nstring(parser, &octets);
	if (!sound) {
		octets = (ImapSlice){NULL, 0};
		imap_parser_rewind(parser, &value);
	}
	if (name.length >= strlen(fields) && g_ascii_strncasecmp(name.data, fields, strlen(fields)) == 0) {
		row->fields = octets;
		row->has |= IMAP_HAS_FIELDS;
		return sound;
	}
	add_section(row, name, partial ? (gint64)origin : -1, octets);
	return sound;
}

static gboolean
take_rfc822(ImapParser *parser, ImapRow *row)
{
	ImapSlice octets;

	if (!imap_take_nstring(parser, &octets))
		return FALSE;
	add_section(row, (ImapSlice){"", 0}, -1, octets);
	return TRUE;
}

static gboolean
take_rfc822_header(ImapParser *parser, ImapRow *row)
{
	ImapSlice octets;

	if (!imap_take_nstring(parser, &octets))
		return FALSE;
	add_section(row, (ImapSlice){"HEADER", 6}, -1, octets);
	return TRUE;
}

static const struct {
	const char *name;
	gboolean (*take)(ImapParser *parser, ImapRow *row);
} items[] = {
	{"UID", take_uid},
	{"FLAGS", take_flags},
	{"INTERNALDATE", take_date},
	{"RFC822.SIZE", take_rfc822_size},
	{"MODSEQ", take_modseq},
	{"BODYSTRUCTURE", take_structure},
	{"EMAILID", take_email_id},
	{"THREADID", take_thread_id},
	{"X-GM-MSGID", take_gm_msgid},
	{"X-GM-THRID", take_gm_thrid},
	{"X-GM-LABELS", take_gm_labels},
	{"RFC822", take_rfc822},
	{"RFC822.HEADER", take_rfc822_header},
};

static gboolean
is_item_char(char c)
{
	return (guchar)c > ' ' && c != '[' && c != '(' && c != ')' && c != '"';
}

/* An item's name: an atom that ends before "[" too. */
static ImapSlice
take_item_name(ImapParser *parser)
{
	ImapSlice name;

	imap_skip_blanks(parser);
	name.data = parser->at;
	while (parser->at < parser->end && is_item_char(*parser->at))
		parser->at++;
	name.length = (gsize)(parser->at - name.data);
	return name;
}

static gboolean
take_item(ImapParser *parser, ImapRow *row, ImapSlice name)
{
	if (name.length == 0)
		return FALSE;
	if (parser->at < parser->end && *parser->at == '[') {
		ImapSlice other, value;
		if (imap_slice_is(name, "BODY"))
			return take_section(parser, row);
		/* BINARY[1] and its like. */
		parser->at++;
		if (!take_section_name(parser, &other))
			return FALSE;
		if (parser->at < parser->end && *parser->at == '<' && !imap_take_atom(parser, &value))
			return FALSE;
		return imap_skip_value(parser);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(items); i++) {
		if (imap_slice_is(name, items[i].name))
			return items[i].take(parser, row);
	}
	return imap_skip_value(parser);
}

/* An item that could not be taken, its value beginning at value: find where it ends. FALSE: nowhere. */
static gboolean
leave_item(ImapParser *parser, const ImapParser *value, ImapRow *row, ImapSlice name, gboolean *without_uid)
{
	gboolean section = value->at < value->end && *value->at == '[';
	ImapSlice other;

	*without_uid = *without_uid || imap_slice_is(name, "UID");
	/* What was asked for, and is not to be had: the rest of the row holds. */
	if (imap_slice_is(name, "RFC822.SIZE")) {
		row->size = 0;
		row->has |= IMAP_HAS_SIZE;
	}
	imap_parser_rewind(parser, value);
	if (section) {
		parser->at++;
		if (!take_section_name(parser, &other))
			return FALSE;
		if (parser->at < parser->end && *parser->at == '<')
			imap_take_atom(parser, &other);
	}
	return imap_skip_damaged(parser);
}

gboolean
imap_row_parse(ImapRow *row, guint32 sequence, ImapParser *parser, GError **error)
{
	gboolean sound = TRUE, without_uid = FALSE, open = TRUE;

	row_empty(row);
	row->sequence = sequence;
	if (!imap_take_char(parser, '('))
		return imap_parser_fail(parser, "FETCH", error);
	while (open && !imap_take_char(parser, ')')) {
		ImapSlice name = take_item_name(parser);
		ImapParser value = *parser;
		if (take_item(parser, row, name))
			continue;
		if (sound)
			imap_parser_fail(parser, "FETCH", error);
		sound = FALSE;
		open = leave_item(parser, &value, row, name, &without_uid);
	}
	if (sound && !imap_parser_at_end(parser))
		sound = imap_parser_fail(parser, "FETCH", error);
	if (parser->dropped)
		row->has |= IMAP_HAS_DROPPED;
	if (without_uid) {
		row_empty(row);
		row->sequence = sequence;
	}
	return sound;
}
