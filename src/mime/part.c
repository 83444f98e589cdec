/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/part.h"

#include "mime/decode.h"
#include "mime/header.h"
#include "mime/param.h"
#include "util/limits.h"

#include <string.h>

MimePart *
mime_part_new(const char *type, const char *subtype)
{
	MimePart *part = g_new0(MimePart, 1);

	part->section = g_strdup("");
	part->type = g_ascii_strdown(type && *type ? type : "text", -1);
	part->subtype = g_ascii_strdown(subtype && *subtype ? subtype : "plain", -1);
	part->params = mime_params_new();
	part->disposition_params = mime_params_new();
	part->children = g_ptr_array_new();
	return part;
}

void
mime_envelope_free(MimeEnvelope *envelope)
{
	if (envelope == NULL)
		return;
	g_free(envelope->subject);
	g_free(envelope->message_id);
	if (envelope->from != NULL)
		g_ptr_array_unref(envelope->from);
	g_free(envelope);
}

static void
free_one(MimePart *part)
{
	g_free(part->section);
	g_free(part->type);
	g_free(part->subtype);
	g_ptr_array_unref(part->params);
	g_ptr_array_unref(part->disposition_params);
	g_free(part->encoding_name);
	g_free(part->disposition);
	g_free(part->filename);
	g_free(part->content_id);
	g_free(part->description);
	g_free(part->language);
	g_free(part->location);
	mime_envelope_free(part->envelope);
	g_ptr_array_unref(part->children);
	g_free(part);
}

void
mime_part_free(MimePart *part)
{
	g_autoptr(GPtrArray) all = NULL;

	if (part == NULL)
		return;
	all = g_ptr_array_new();
	for (MimePart *p = part; p != NULL; p = mime_part_next(part, p))
		g_ptr_array_add(all, p);
	for (guint i = 0; i < all->len; i++)
		free_one(g_ptr_array_index(all, i));
}

gboolean
mime_part_add_child(MimePart *parent, MimePart *child)
{
	guint depth = 1;

	for (const MimePart *p = parent; p != NULL; p = p->parent)
		depth++;
	if (depth > LIMIT_MIME_NESTING) {
		parent->opaque = TRUE;
		mime_part_free(child);
		return FALSE;
	}
	child->parent = parent;
	child->index = parent->children->len;
	g_ptr_array_add(parent->children, child);
	return TRUE;
}

void
mime_part_add_param(MimePart *part, const char *name, const char *value)
{
	mime_params_add(part->params, name, strlen(name), value, strlen(value));
}

void
mime_part_add_disposition_param(MimePart *part, const char *name, const char *value)
{
	mime_params_add(part->disposition_params, name, strlen(name), value, strlen(value));
}

static void
replace(char **field, char *value)
{
	g_free(*field);
	*field = value;
}

void
mime_part_set_encoding(MimePart *part, const char *name)
{
	replace(&part->encoding_name, name ? g_strstrip(g_ascii_strdown(name, -1)) : NULL);
	part->encoding = mime_encoding_parse(name);
}

void
mime_part_set_disposition(MimePart *part, const char *name)
{
	replace(&part->disposition, name && *name ? g_ascii_strdown(name, -1) : NULL);
}

void
mime_part_set_content_id(MimePart *part, const char *raw)
{
	replace(&part->content_id, raw ? mime_parse_message_id(raw, -1) : NULL);
}

void
mime_part_set_description(MimePart *part, const char *raw)
{
	replace(&part->description, raw ? mime_decode_text(raw, -1) : NULL);
}

void
mime_part_take_envelope(MimePart *part, MimeEnvelope *envelope)
{
	mime_envelope_free(part->envelope);
	part->envelope = envelope;
}

gboolean
mime_part_is(const MimePart *part, const char *type, const char *subtype)
{
	return strcmp(part->type, type) == 0 && (subtype == NULL || strcmp(part->subtype, subtype) == 0);
}

/* --- Finishing --- */

static char *
section_of(const MimePart *part)
{
	const MimePart *parent = part->parent;
	gboolean multipart = mime_part_is(part, "multipart", NULL);
	gsize base;

	if (parent == NULL)
		return g_strdup(multipart ? "" : "1");
	if (mime_part_is(parent, "message", NULL) && !mime_part_is(parent, "multipart", NULL))
		return g_strconcat(parent->section, multipart ? ".TEXT" : ".1", NULL);
	base = strlen(parent->section);
	if (g_str_has_suffix(parent->section, ".TEXT"))
		base -= strlen(".TEXT");
	return g_strdup_printf("%.*s%s%u", (int)base, parent->section, base ? "." : "", part->index + 1);
}

static void
finish_one(MimePart *part)
{
	const char *name;

	replace(&part->section, section_of(part));
	mime_params_decode(part->params);
	mime_params_decode(part->disposition_params);
	name = mime_params_get(part->disposition_params, "filename");
	if (name == NULL || *name == '\0')
		name = mime_params_get(part->params, "name");
	replace(&part->filename, name && *name ? g_strdup(name) : NULL);
}

void
mime_part_finish(MimePart *root)
{
	for (MimePart *part = root; part != NULL; part = mime_part_next(root, part))
		finish_one(part);
}

/* --- Questions --- */

const char *
mime_part_param(const MimePart *part, const char *name)
{
	return mime_params_get(part->params, name);
}

char *
mime_part_type_name(const MimePart *part)
{
	return g_strconcat(part->type, "/", part->subtype, NULL);
}

MimePart *
mime_part_next(MimePart *root, MimePart *part)
{
	if (part->children->len > 0)
		return g_ptr_array_index(part->children, 0);
	while (part != root) {
		MimePart *parent = part->parent;
		if (part->index + 1 < parent->children->len)
			return g_ptr_array_index(parent->children, part->index + 1);
		part = parent;
	}
	return NULL;
}

MimePart *
mime_part_find(MimePart *root, const char *section)
{
	for (MimePart *part = root; part != NULL; part = mime_part_next(root, part))
		if (strcmp(part->section, section) == 0)
			return part;
	return NULL;
}

guint
mime_part_count(MimePart *root)
{
	guint count = 0;

	for (MimePart *part = root; part != NULL; part = mime_part_next(root, part))
		count++;
	return count;
}

guint64
mime_part_decoded_size(const MimePart *part)
{
	guint64 size = part->size_octets;

	switch (part->encoding) {
	case MIME_ENCODING_BASE64:
		/* Lines of 76 and CRLF: 57 octets in 78. */
		return size / 78 * 57 + size % 78 * 3 / 4;
	case MIME_ENCODING_UUENCODE:
		return size / 63 * 45;
	default:
		return size;
	}
}

/* --- Names for files --- */

static gboolean
fits_file_name(gunichar c)
{
	GUnicodeType type = g_unichar_type(c);

	return c >= 32 && c != 127 && strchr("/\\:*?\"<>|", c < 128 ? (int)c : 'a') == NULL && c != 0xfffd &&
	       type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT && type != G_UNICODE_UNASSIGNED &&
	       type != G_UNICODE_SURROGATE && type != G_UNICODE_PRIVATE_USE &&
	       type != G_UNICODE_LINE_SEPARATOR && type != G_UNICODE_PARAGRAPH_SEPARATOR;
}

/* Blanks that look like nothing, and the look-alikes of a slash. */
static gboolean
deceives_eye(gunichar c)
{
	switch (c) {
	case 0x115f:
	case 0x1160:
	case 0x2044:
	case 0x2215:
	case 0x2800:
	case 0x29f8:
	case 0x3164:
	case 0xff0f:
	case 0xffa0:
		return TRUE;
	default:
		return c > 127 && g_unichar_isspace(c);
	}
}

static GString *
clean_name(const char *name)
{
	GString *out = g_string_new(NULL);

	for (const char *p = name; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		g_string_append_unichar(out, fits_file_name(c) && !deceives_eye(c) ? c : '_');
	}
	while (out->len > 0 && strchr(". ", out->str[out->len - 1]) != NULL)
		g_string_truncate(out, out->len - 1);
	while (out->len > 0 && strchr(".-~ ", out->str[0]) != NULL)
		g_string_erase(out, 0, 1);
	return out;
}

/* At most LIMIT_FILE_NAME bytes, whole characters, the extension kept. */
static void
shorten_name(GString *name)
{
	const char *dot = strrchr(name->str, '.');
	gsize extension = dot ? strlen(dot) : 0;
	gsize keep;

	if (name->len <= LIMIT_FILE_NAME)
		return;
	if (extension > 20)
		extension = 0;
	keep = LIMIT_FILE_NAME - extension;
	while (keep > 0 && ((guint8)name->str[keep] & 0xc0) == 0x80)
		keep--;
	g_string_erase(name, (gssize)keep, (gssize)(name->len - extension - keep));
}

static const char *
default_extension(const MimePart *part)
{
	static const struct {
		const char *type, *subtype, *extension;
	} rows[] = {
		{"text", "plain", "txt"},
		{"text", "html", "html"},
		{"text", "calendar", "ics"},
		{"text", "csv", "csv"},
		{"text", "x-patch", "patch"},
		{"text", "x-diff", "patch"},
		{"text", NULL, "txt"},
		{"message", "rfc822", "eml"},
		{"message", "global", "eml"},
		{"message", NULL, "txt"},
		{"image", "jpeg", "jpg"},
		{"image", "png", "png"},
		{"image", "gif", "gif"},
		{"image", "webp", "webp"},
		{"image", "svg+xml", "svg"},
		{"application", "pdf", "pdf"},
		{"application", "zip", "zip"},
		{"application", "pgp-signature", "asc"},
		{"application", "pkcs7-mime", "p7m"},
		{"application", "pkcs7-signature", "p7s"},
		{"audio", "mpeg", "mp3"},
		{"video", "mp4", "mp4"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (mime_part_is(part, rows[i].type, rows[i].subtype))
			return rows[i].extension;
	return "bin";
}

char *
mime_part_save_name(const MimePart *part)
{
	const char *name = part->filename;
	GString *clean = NULL;

	if (name == NULL && mime_part_is(part, "message", NULL) && part->envelope &&
		part->envelope->subject && *part->envelope->subject) {
		clean = clean_name(part->envelope->subject);
		if (clean->len > 0)
			g_string_append(clean, ".eml");
	} else if (name != NULL) {
		for (const char *p = name; *p; p++)
			if ((*p == '/' || *p == '\\') && p[1] != '\0')
				name = p + 1;
		clean = clean_name(name);
	}
	if (clean == NULL || clean->len == 0) {
		if (clean != NULL)
			g_string_free(clean, TRUE);
		return g_strdup_printf(
			"part-%s.%s", *part->section ? part->section : "0", default_extension(part));
	}
	shorten_name(clean);
	return g_string_free(clean, FALSE);
}
