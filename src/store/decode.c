/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One pass over the fields, then each that matters is decoded by itself. Most
 * of mail is plain ASCII, and most From and To fields were met before: what a
 * raw one decoded to is remembered, and plain text does not go through the
 * full decoder.
 */
#include "config.h"

#include "store/cache-private.h"

#include "mime/header.h"
#include "store/view.h"
#include "util/dates.h"
#include "util/limits.h"

#include <string.h>

#define RECIPIENTS_BYTES 200
#define MESSAGE_ID_BYTES 995
#define RAW_ENTRIES 8192
#define KEPT_BYTES 4096
#define DAY_SECONDS 86400
/* Beside the person's number in the memory of raw From fields. */
#define RAW_SEVERAL (1ll << 40)

typedef enum {
	FIELD_FROM,
	FIELD_TO,
	FIELD_SUBJECT,
	FIELD_DATE,
	FIELD_MESSAGE_ID,
	FIELD_IN_REPLY_TO,
	FIELD_REFERENCES,
	FIELD_LIST_ID,
	FIELD_CONTENT_TYPE,
	FIELD_X_PRIORITY,
	FIELD_IMPORTANCE,
	FIELD_PRIORITY,
	FIELD_X_MSMAIL_PRIORITY,
	N_FIELDS
} Field;

static const struct {
	const char *name;
	gsize length;
} field_names[N_FIELDS] = {
#define NAME(text)                                                                                           \
	{                                                                                                    \
		text, sizeof text - 1                                                                        \
	}
	[FIELD_FROM] = NAME("From"),
	[FIELD_TO] = NAME("To"),
	[FIELD_SUBJECT] = NAME("Subject"),
	[FIELD_DATE] = NAME("Date"),
	[FIELD_MESSAGE_ID] = NAME("Message-ID"),
	[FIELD_IN_REPLY_TO] = NAME("In-Reply-To"),
	[FIELD_REFERENCES] = NAME("References"),
	[FIELD_LIST_ID] = NAME("List-Id"),
	[FIELD_CONTENT_TYPE] = NAME("Content-Type"),
	[FIELD_X_PRIORITY] = NAME("X-Priority"),
	[FIELD_IMPORTANCE] = NAME("Importance"),
	[FIELD_PRIORITY] = NAME("Priority"),
	[FIELD_X_MSMAIL_PRIORITY] = NAME("X-MSMail-Priority"),
#undef NAME
};

typedef struct {
	const char *at; /* NULL: there is none */
	gsize length;
} Slice;

/* Kept as they are, for queries and rules: to ask for them later would mean reading all headers again. */
static const char *const kept_names[] = {"Cc", "Bcc", "Reply-To", "Sender", "List-Post", "Mail-Followup-To",
	"Delivered-To", "X-Original-To", "Precedence", "Auto-Submitted", "Thread-Topic", "X-Label",
	"X-Spam-Status", "X-Spam-Score", "X-Spam-Flag", "List-Unsubscribe-Post"};

static void
keep_line(GString *kept, const char *name, const char *value, gsize length)
{
	if (kept->len + length > KEPT_BYTES || memchr(value, '\0', length) != NULL) {
		if (!g_str_has_suffix(kept->str, STORE_FIELDS_CUT))
			g_string_append(kept, STORE_FIELDS_CUT);
		return;
	}
	g_string_append(kept, name);
	g_string_append(kept, length > 0 && g_ascii_isspace(value[0]) ? ":" : ": ");
	g_string_append_len(kept, value, (gssize)length);
	g_string_append(kept, "\r\n");
}

static void
keep_field(GString *kept, const MimeField *field)
{
	for (guint i = 0; i < G_N_ELEMENTS(kept_names); i++)
		if (g_ascii_toupper(field->name[0]) == kept_names[i][0] &&
			mime_field_is(field, kept_names[i])) {
			keep_line(kept, kept_names[i], field->value, field->value_length);
			return;
		}
}

/* The first of each name; others are appended to kept (NULL: not asked for). Returns the number of From
 * fields. */
static guint
collect_fields(const char *block, gsize length, Slice slices[N_FIELDS], GString *kept)
{
	MimeFields fields;
	MimeField field;
	guint from_fields = 0;

	memset(slices, 0, N_FIELDS * sizeof *slices);
	mime_fields_init(&fields, block, length);
	while (mime_fields_next(&fields, &field)) {
		guint i;
		for (i = 0; i < N_FIELDS; i++) {
			if (field.name_length != field_names[i].length ||
				g_ascii_toupper(field.name[0]) != field_names[i].name[0] ||
				g_ascii_strncasecmp(field.name, field_names[i].name, field.name_length) != 0)
				continue;
			from_fields += i == FIELD_FROM;
			if (slices[i].at == NULL)
				slices[i] = (Slice){field.value, field.value_length};
			break;
		}
		if (i == N_FIELDS && kept != NULL)
			keep_field(kept, &field);
	}
	return from_fields;
}

/* ASCII without encoded-words, folds and controls: what it says is what it is. */
static gboolean
is_plain(Slice raw)
{
	for (gsize i = 0; i < raw.length; i++) {
		guchar c = (guchar)raw.at[i];
		if (c < ' ' || c >= 0x7f || (c == '=' && i + 1 < raw.length && raw.at[i + 1] == '?'))
			return FALSE;
	}
	return TRUE;
}

static Slice
trim(Slice raw)
{
	while (raw.length > 0 && g_ascii_isspace(raw.at[0]))
		raw.at++, raw.length--;
	while (raw.length > 0 && g_ascii_isspace(raw.at[raw.length - 1]))
		raw.length--;
	return raw;
}

static char *
decode_text(Slice raw)
{
	raw = trim(raw);
	return is_plain(raw) ? g_strndup(raw.at, raw.length) : mime_decode_text(raw.at, (gssize)raw.length);
}

/* ---- people ------------------------------------------------------------------------ */

static guint64
raw_hash(const StoreCache *cache, Slice raw, Field field)
{
	guint64 hash = hash_bytes(&cache->key, raw.at, raw.length) + field + 1;

	return hash != 0 ? hash : 1;
}

static void
remember_raw(StoreCache *cache, guint64 hash, gint64 value)
{
	if (cache->raw.used >= RAW_ENTRIES)
		store_map_clear(&cache->raw);
	store_map_put(&cache->raw, hash, value);
}

static void
count_seen(StoreCache *cache, gint64 person)
{
	gint64 *seen = store_map_find(&cache->seen, (guint64)person);

	store_map_put(&cache->seen, (guint64)person, seen != NULL ? *seen + 1 : 1);
}

static void
decode_from(StoreCache *cache, Slice raw, guint from_fields, DecodedHeader *decoded)
{
	g_autoptr(GPtrArray) list = NULL;
	guint64 hash;
	gint64 *known, value = 0;

	if (raw.at == NULL)
		return;
	hash = raw_hash(cache, raw, FIELD_FROM);
	known = store_map_find(&cache->raw, hash);
	if (known != NULL) {
		value = *known;
		count_seen(cache, value & ~RAW_SEVERAL);
	} else {
		list = mime_parse_addresses(raw.at, (gssize)raw.length, NULL);
		if (list->len > 0) {
			const MimeAddress *first = g_ptr_array_index(list, 0);
			value = intern_person(cache, first->name, first->address);
			count_seen(cache, value);
			value |= list->len > 1 ? RAW_SEVERAL : 0;
			remember_raw(cache, hash, value);
		}
	}
	decoded->person = value & ~RAW_SEVERAL;
	if (value & RAW_SEVERAL || from_fields > 1)
		decoded->look |= LOOK_SEVERAL_FROM;
}

static char *
format_recipients(Slice raw)
{
	g_autoptr(GPtrArray) list = mime_parse_addresses(raw.at, (gssize)raw.length, NULL);
	g_autoptr(GString) out = g_string_new(NULL);
	char *end;

	for (guint i = 0; i < list->len && out->len < RECIPIENTS_BYTES; i++) {
		const MimeAddress *address = g_ptr_array_index(list, i);
		g_autofree char *one = mime_format_address(address);
		if (out->len > 0)
			g_string_append(out, ", ");
		g_string_append(out, one);
	}
	if (out->len > RECIPIENTS_BYTES) {
		end = g_utf8_find_prev_char(out->str, out->str + RECIPIENTS_BYTES + 1);
		g_string_truncate(out, end != NULL ? (gsize)(end - out->str) : 0);
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static void
decode_to(StoreCache *cache, Slice raw, DecodedHeader *decoded)
{
	g_autofree char *text = NULL;
	guint64 hash;
	gint64 *known;

	if (raw.at == NULL)
		return;
	hash = raw_hash(cache, raw, FIELD_TO);
	known = store_map_find(&cache->raw, hash);
	if (known != NULL) {
		decoded->recipients = *known;
		return;
	}
	text = format_recipients(raw);
	if (text[0] == '\0')
		return;
	decoded->recipients = intern_text(cache, TEXT_RECIPIENTS, text);
	remember_raw(cache, hash, decoded->recipients);
}

/* ---- subject ------------------------------------------------------------------------- */

/* Without these there is nothing to take off (RFC 5256, 2.1). */
static gboolean
may_have_prefix(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if (*p == ':' || *p == '[' || *p == ']' || *p == '(' || *p == ')' || (*p & 0x80) ||
			(*p == ' ' && p[1] == ' '))
			return TRUE;
	return FALSE;
}

/*
 * Interned is the base subject where the whole is a prefix and the base, so
 * that a thread has one text; else the whole.
 */
static void
decode_subject(StoreCache *cache, Slice raw, DecodedHeader *decoded)
{
	g_autofree char *text = NULL;
	g_autofree char *base = NULL;
	const char *interned;

	if (raw.at == NULL)
		return;
	text = decode_text(raw);
	interned = text;
	if (may_have_prefix(text)) {
		base = mime_base_subject(text, NULL);
		if (base[0] != '\0' && g_str_has_suffix(text, base)) {
			interned = text + strlen(text) - strlen(base);
			decoded->prefix = interned > text ? g_strndup(text, (gsize)(interned - text)) : NULL;
		}
	}
	decoded->subject = intern_text(cache, TEXT_SUBJECT, interned);
}

/* ---- date, priority, type --------------------------------------------------------------- */

static void
decode_date(Slice raw, gint64 received, DecodedHeader *decoded)
{
	char text[256];
	gsize length = MIN(raw.length, sizeof text - 1);
	DateTime date;

	decoded->sent = received;
	decoded->dated = FALSE;
	if (raw.at == NULL)
		return;
	for (gsize i = 0; i < length; i++)
		text[i] = (guchar)raw.at[i] < ' ' ? ' ' : raw.at[i];
	text[length] = '\0';
	if (!dates_parse_mail(text, &date))
		return;
	decoded->zone = date.offset_minutes;
	decoded->dated = date.seconds >= 0 && date.seconds <= received + DAY_SECONDS;
	if (decoded->dated)
		decoded->sent = date.seconds;
}

static void
decode_priority(const Slice slices[N_FIELDS], DecodedHeader *decoded)
{
	g_autofree char *x = NULL, *importance = NULL, *priority = NULL, *msmail = NULL;
	MimePriority found;

	if (slices[FIELD_X_PRIORITY].at == NULL && slices[FIELD_IMPORTANCE].at == NULL &&
		slices[FIELD_PRIORITY].at == NULL && slices[FIELD_X_MSMAIL_PRIORITY].at == NULL)
		return;
	x = g_strndup(slices[FIELD_X_PRIORITY].at, slices[FIELD_X_PRIORITY].length);
	importance = g_strndup(slices[FIELD_IMPORTANCE].at, slices[FIELD_IMPORTANCE].length);
	priority = g_strndup(slices[FIELD_PRIORITY].at, slices[FIELD_PRIORITY].length);
	msmail = g_strndup(slices[FIELD_X_MSMAIL_PRIORITY].at, slices[FIELD_X_MSMAIL_PRIORITY].length);
	found = mime_priority(x, importance, priority, msmail);
	decoded->look |= found == MIME_PRIORITY_HIGH  ? PRIORITY_HIGH
			 : found == MIME_PRIORITY_LOW ? PRIORITY_LOW
						      : 0;
}

/* A guess, until the structure is known. */
static gboolean
suggests_attachment(Slice type)
{
	static const char *const heads[] = {"multipart/mixed", "application/", "image/", "audio/", "video/"};

	type = trim(type);
	for (gsize i = 0; type.at != NULL && i < G_N_ELEMENTS(heads); i++)
		if (type.length >= strlen(heads[i]) &&
			g_ascii_strncasecmp(type.at, heads[i], strlen(heads[i])) == 0)
			return TRUE;
	return FALSE;
}

static void
keep_slice(GString *kept, const Slice slices[N_FIELDS], Field field)
{
	if (slices[field].at != NULL)
		keep_line(kept, field_names[field].name, slices[field].at, slices[field].length);
}

/*
 * Of the type what precedes its parameters; recipients that the row had no room for;
 * what a row says in fewer words than the field, and rules ask for word by word; a Date that is none.
 */
static void
keep_more(GString *kept, const Slice slices[N_FIELDS], const DecodedHeader *decoded)
{
	Slice type = slices[FIELD_CONTENT_TYPE], to = slices[FIELD_TO];
	gsize length = 0;

	keep_slice(kept, slices, FIELD_LIST_ID);
	for (Field field = FIELD_X_PRIORITY; field <= FIELD_X_MSMAIL_PRIORITY; field++)
		keep_slice(kept, slices, field);
	if (decoded->look & LOOK_SEVERAL_FROM || decoded->person == 0)
		keep_slice(kept, slices, FIELD_FROM);
	if (slices[FIELD_DATE].at == NULL)
		keep_line(kept, field_names[FIELD_DATE].name, "", 0);
	else if (!decoded->dated)
		keep_slice(kept, slices, FIELD_DATE);

	while (type.at != NULL && length < type.length && type.at[length] != ';' &&
		!g_ascii_iscntrl(type.at[length]))
		length++;
	type = trim((Slice){type.at, length});
	if (type.length > 0)
		keep_line(kept, field_names[FIELD_CONTENT_TYPE].name, type.at, type.length);
	if (to.length > RECIPIENTS_BYTES)
		keep_line(kept, field_names[FIELD_TO].name, to.at, to.length);
}

/* ---- Message-IDs -------------------------------------------------------------------------- */

guint64
decode_content(const HashKey *key, const char *id)
{
	g_autofree char *text = g_strconcat("\x01"
					    "content:",
		id, NULL);

	return store_ids_hash(key, text, strlen(text));
}

guint64
decode_header_node(const HashKey *key, const char *block, gsize length)
{
	Slice slices[N_FIELDS];
	g_autofree char *text = NULL;

	if (block == NULL)
		return 0;
	collect_fields(block, length, slices, NULL);
	text = store_ids_first(slices[FIELD_MESSAGE_ID].at, slices[FIELD_MESSAGE_ID].length);
	return text != NULL ? store_ids_hash(key, text, strlen(text)) : 0;
}

static void
decode_message_id(const StoreCache *cache, Slice raw, DecodedHeader *decoded)
{
	g_autofree char *text = store_ids_first(raw.at, raw.length);

	if (text == NULL)
		return;
	decoded->node = store_ids_hash(&cache->key, text, strlen(text));
	if (strlen(text) <= MESSAGE_ID_BYTES)
		decoded->message_id = g_utf8_validate(text, -1, NULL) ? g_steal_pointer(&text)
								      : g_utf8_make_valid(text, -1);
}

void
decode_header(StoreCache *cache, const char *block, gsize length, gint64 received, DecodedHeader *decoded)
{
	g_autoptr(GString) kept = g_string_sized_new(256);
	Slice slices[N_FIELDS];
	guint from_fields = collect_fields(block, length, slices, kept);

	decoded->look = 0;
	decoded->zone = 0;
	decoded->person = decoded->subject = decoded->recipients = decoded->list = 0;
	decoded->prefix = decoded->message_id = NULL;
	decoded->node = 0;
	decode_from(cache, slices[FIELD_FROM], from_fields, decoded);
	decode_to(cache, slices[FIELD_TO], decoded);
	decode_subject(cache, slices[FIELD_SUBJECT], decoded);
	decode_date(slices[FIELD_DATE], received, decoded);
	decode_message_id(cache, slices[FIELD_MESSAGE_ID], decoded);
	decoded->n_refs = store_ids_parse(
		&cache->key, slices[FIELD_REFERENCES].at, slices[FIELD_REFERENCES].length, 0, decoded->refs);
	if (decoded->n_refs == 0)
		decoded->n_refs = store_ids_parse(&cache->key, slices[FIELD_IN_REPLY_TO].at,
			slices[FIELD_IN_REPLY_TO].length, 1, decoded->refs);
	if (slices[FIELD_LIST_ID].at != NULL) {
		g_autofree char *list = mime_parse_list_id(
			slices[FIELD_LIST_ID].at, (gssize)slices[FIELD_LIST_ID].length, NULL);
		if (list != NULL && list[0] != '\0')
			decoded->list = intern_text(cache, TEXT_LIST, list);
	}
	decode_priority(slices, decoded);
	keep_more(kept, slices, decoded);
	decoded->fields = kept->len > 0 ? intern_text(cache, TEXT_FIELDS, kept->str) : 0;
	if (suggests_attachment(slices[FIELD_CONTENT_TYPE]))
		decoded->look |= LOOK_ATTACHMENT;
}

void
decoded_header_clear(DecodedHeader *decoded)
{
	g_clear_pointer(&decoded->prefix, g_free);
	g_clear_pointer(&decoded->message_id, g_free);
}
