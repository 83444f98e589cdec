/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which parts a reader shows, and which it lists. Trees are at most
 * LIMIT_MIME_NESTING deep; one made elsewhere is looked at to that depth.
 */
#include "config.h"

#include "mime/part.h"

#include "util/limits.h"

#include <string.h>

/* A longer start parameter of related is not looked for: every child is compared with it. */
#define CONTENT_ID_MAX 255

/* Text types that are shown as text; others of text/ are listed unless marked inline. */
static const char *const shown_types[] = {
	"plain", "html", "enriched", "richtext", "x-patch", "x-diff", "markdown"};

static gboolean
is_shown_type(const MimePart *part)
{
	if (mime_part_is(part, "message", "delivery-status") ||
		mime_part_is(part, "message", "disposition-notification"))
		return TRUE;
	if (!mime_part_is(part, "text", NULL))
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(shown_types); i++)
		if (strcmp(part->subtype, shown_types[i]) == 0)
			return TRUE;
	return part->disposition != NULL && strcmp(part->disposition, "inline") == 0 &&
	       !mime_part_is(part, "text", "calendar") && !mime_part_is(part, "text", "vcard");
}

static gboolean
is_attachment(const MimePart *part)
{
	return part->disposition != NULL && strcmp(part->disposition, "inline") != 0;
}

/* Holds a text/subtype that would be shown. A plain part of a few bytes beside HTML is only a placeholder. */
static gboolean
holds(MimePart *root, const char *subtype, guint64 least)
{
	for (MimePart *part = root; part != NULL; part = mime_part_next(root, part))
		if (mime_part_is(part, "text", subtype) && !is_attachment(part) && part->size_octets >= least)
			return TRUE;
	return FALSE;
}

static MimePart *
choose_alternative(MimePart *part, MimePrefer prefer)
{
	const char *const wanted[] = {prefer == MIME_PREFER_HTML ? "html" : "plain",
		prefer == MIME_PREFER_HTML ? "plain" : "html", NULL};

	for (guint w = 0; w < G_N_ELEMENTS(wanted); w++)
		for (guint i = part->children->len; i-- > 0;) {
			MimePart *child = g_ptr_array_index(part->children, i);
			if (holds(child, wanted[w], w == 0 ? 5 : 0))
				return child;
		}
	return part->children->len ? g_ptr_array_index(part->children, 0) : NULL;
}

static MimePart *
related_root(MimePart *part)
{
	const char *start = mime_part_param(part, "start");
	gsize length;

	if (part->children->len == 0)
		return NULL;
	if (start != NULL && *start == '<')
		start++;
	length = start ? strcspn(start, ">") : 0;
	if (length > CONTENT_ID_MAX)
		length = 0;
	for (guint i = 0; length > 0 && i < part->children->len; i++) {
		MimePart *child = g_ptr_array_index(part->children, i);
		if (child->content_id != NULL && strncmp(child->content_id, start, length) == 0 &&
			child->content_id[length] == '\0')
			return child;
	}
	return g_ptr_array_index(part->children, 0);
}

static void
collect(MimePart *part, MimePrefer prefer, GPtrArray *texts, guint depth)
{
	MimePart *only = NULL;

	if (depth > LIMIT_MIME_NESTING)
		return;
	if (!mime_part_is(part, "multipart", NULL)) {
		gboolean named = part->filename != NULL && part->disposition == NULL && texts->len > 0;
		if (is_shown_type(part) && !is_attachment(part) && !named && !part->opaque)
			g_ptr_array_add(texts, part);
		return;
	}
	if (strcmp(part->subtype, "encrypted") == 0)
		return;
	if (strcmp(part->subtype, "alternative") == 0)
		only = choose_alternative(part, prefer);
	else if (strcmp(part->subtype, "related") == 0)
		only = related_root(part);
	else if (strcmp(part->subtype, "signed") == 0 && part->children->len > 0)
		only = g_ptr_array_index(part->children, 0);
	if (only != NULL) {
		collect(only, prefer, texts, depth + 1);
		return;
	}
	for (guint i = 0; i < part->children->len; i++)
		collect(g_ptr_array_index(part->children, i), prefer, texts, depth + 1);
}

GPtrArray *
mime_part_texts(MimePart *root, MimePrefer prefer)
{
	GPtrArray *texts = g_ptr_array_new();

	collect(root, prefer, texts, 0);
	return texts;
}

MimePart *
mime_part_text(MimePart *root, MimePrefer prefer)
{
	g_autoptr(GPtrArray) texts = mime_part_texts(root, prefer);

	return texts->len ? g_ptr_array_index(texts, 0) : NULL;
}

/* Wrapping that nobody wants to save: signatures, the version part, pictures of HTML, unchosen alternatives.
 */
static gboolean
is_wrapping(MimePart *part)
{
	MimePart *child = part;
	gboolean picture = part->content_id != NULL && !is_attachment(part);

	if (mime_part_is(part, "application", "pgp-encrypted"))
		return TRUE;
	for (MimePart *parent = part->parent; parent != NULL; child = parent, parent = parent->parent) {
		if (!mime_part_is(parent, "multipart", NULL))
			continue;
		if (strcmp(parent->subtype, "signed") == 0 && child == part && part->index > 0)
			return TRUE;
		if (strcmp(parent->subtype, "related") == 0 && picture && child == part &&
			related_root(parent) != part)
			return TRUE;
		if (strcmp(parent->subtype, "alternative") == 0 && is_shown_type(part) &&
			part->filename == NULL)
			return TRUE;
	}
	return FALSE;
}

static MimePart *
last_below(MimePart *part)
{
	while (part->children->len > 0)
		part = g_ptr_array_index(part->children, part->children->len - 1);
	return part;
}

GPtrArray *
mime_part_attachments(MimePart *root)
{
	g_autoptr(GPtrArray) texts = mime_part_texts(root, MIME_PREFER_PLAIN);
	g_autoptr(GPtrArray) html = mime_part_texts(root, MIME_PREFER_HTML);
	GPtrArray *list = g_ptr_array_new();
	MimePart *part = root;

	while (part != NULL) {
		MimePart *next = mime_part_next(root, part);
		gboolean whole = part->opaque || mime_part_is(part, "message", NULL);
		if ((whole || !mime_part_is(part, "multipart", NULL)) &&
			!g_ptr_array_find(texts, part, NULL) && !g_ptr_array_find(html, part, NULL) &&
			!is_wrapping(part))
			g_ptr_array_add(list, part);
		if (whole && part->children->len > 0) /* a message inside is one attachment */
			next = mime_part_next(root, last_below(part));
		part = next;
	}
	return list;
}

gboolean
mime_part_has_attachment(MimePart *root)
{
	g_autoptr(GPtrArray) list = mime_part_attachments(root);

	return list->len > 0;
}

static MimeProtection
protection_of(const MimePart *part)
{
	const char *protocol = mime_part_param(part, "protocol");
	const char *kind = mime_part_param(part, "smime-type");
	gboolean smime = protocol != NULL && strstr(protocol, "pkcs7") != NULL;

	if (mime_part_is(part, "multipart", "signed"))
		return smime ? MIME_SIGNED_SMIME : MIME_SIGNED_PGP;
	if (mime_part_is(part, "multipart", "encrypted"))
		return MIME_ENCRYPTED_PGP;
	if (mime_part_is(part, "application", "pkcs7-mime") ||
		mime_part_is(part, "application", "x-pkcs7-mime"))
		return kind && g_ascii_strcasecmp(kind, "signed-data") == 0 ? MIME_SIGNED_SMIME
									    : MIME_ENCRYPTED_SMIME;
	return 0;
}

MimeProtection
mime_part_protection(MimePart *root)
{
	MimeProtection all = 0;

	for (MimePart *part = root; part != NULL; part = mime_part_next(root, part)) {
		MimeProtection one = protection_of(part);
		if (one != 0 && part != root)
			one |= MIME_PARTLY;
		all |= one;
	}
	return all;
}
