/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * part.h - the structure of a message: a tree of plain structs.
 *
 * Made from octets (message.h), or field by field from a server's
 * BODYSTRUCTURE:
 *
 *	part = mime_part_new("text", "plain");
 *	mime_part_add_param(part, "charset", "utf-8");    // raw, as the server gave it
 *	mime_part_set_encoding(part, "base64");
 *	mime_part_set_disposition(part, "attachment");
 *	mime_part_add_disposition_param(part, "filename*0*", "utf-8''r%C3");
 *	part->size_octets = 1234;
 *	mime_part_add_child(parent, part);
 *	...
 *	mime_part_finish(root);
 *
 * Strings are UTF-8, not yet safe for a terminal.
 */
#pragma once

#include "util/dates.h"

#include <glib.h>

typedef struct {
	char *name;  /* lower case */
	char *value; /* before mime_part_finish() raw, then decoded UTF-8 */
} MimeParam;

typedef enum {
	MIME_ENCODING_7BIT, /* and 8bit, binary: octets as they are */
	MIME_ENCODING_BASE64,
	MIME_ENCODING_QUOTED_PRINTABLE,
	MIME_ENCODING_UUENCODE,
	MIME_ENCODING_UNKNOWN, /* not to be decoded */
} MimeEncoding;

/* What a message/rfc822 part says of the message inside; decoded. */
typedef struct {
	char *subject;
	GPtrArray *from; /* of MimeAddress */
	char *message_id;
	DateTime date;
	gboolean dated;
} MimeEnvelope;

typedef struct MimePart MimePart;
struct MimePart {
	char *section; /* IMAP (RFC 9051, 6.4.5): "" the multipart root, "1", "1.2"; "2.TEXT" the multipart in
			  the message at 2 */
	char *type;    /* lower case, never NULL */
	char *subtype; /* lower case, never NULL */
	GPtrArray *params;             /* of MimeParam: Content-Type */
	GPtrArray *disposition_params; /* of MimeParam: Content-Disposition */
	char *encoding_name;           /* as written, lower case; NULL: none said */
	MimeEncoding encoding;
	char *disposition; /* lower case: "inline", "attachment", ...; NULL: none said */
	char *filename; /* from filename, else name; decoded, only its last path component is yet to be taken;
			   NULL */
	char *content_id;       /* without brackets; NULL */
	char *description;      /* decoded; NULL */
	char *language;         /* NULL */
	char *location;         /* NULL */
	guint64 size_octets;    /* encoded, as BODYSTRUCTURE counts it */
	guint64 lines;          /* of text and message/rfc822; else 0 */
	MimeEnvelope *envelope; /* of message/rfc822; else NULL */
	gboolean opaque;        /* past a limit: what is inside was not looked at */

	MimePart *parent;    /* NULL: root */
	guint index;         /* among the parent's children, from 0 */
	GPtrArray *children; /* of MimePart, owned; never NULL, mostly empty. One for message/rfc822 */

	/* Where it lies in the octets of its message; all 0 when made from BODYSTRUCTURE. */
	gsize header_start;
	gsize header_length; /* with the empty line */
	gsize body_start;
	gsize body_length;
};

MimePart *mime_part_new(const char *type, const char *subtype);
/* Frees the tree below; only for a root. */
void mime_part_free(MimePart *part);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimePart, mime_part_free)
/* Takes child. FALSE, and child freed, past LIMIT_MIME_NESTING; the parent is then opaque. */
gboolean mime_part_add_child(MimePart *parent, MimePart *child);
void mime_part_add_param(MimePart *part, const char *name, const char *value);
void mime_part_add_disposition_param(MimePart *part, const char *name, const char *value);
void mime_part_set_encoding(MimePart *part, const char *name);
void mime_part_set_disposition(MimePart *part, const char *name);
void mime_part_set_content_id(MimePart *part, const char *raw);
void mime_part_set_description(MimePart *part, const char *raw);
/* Takes envelope; NULL takes it away. */
void mime_part_take_envelope(MimePart *part, MimeEnvelope *envelope);
void mime_envelope_free(MimeEnvelope *envelope);
/* Once, on the root, when the tree is whole: numbers the sections, joins and decodes parameters (RFC 2231),
 * finds file names. */
void mime_part_finish(MimePart *root);
/*
 * Join and decode a raw parameter list in place (RFC 2231 continuations in any
 * order, at most LIMIT_RFC2231_SECTIONS; RFC 2047 in values, as many mailers
 * write it; raw 8-bit). FALSE: something was left out.
 */
gboolean mime_params_decode(GPtrArray *params);
/* Of MimeParam, free func set. */
GPtrArray *mime_params_new(void);

gboolean mime_part_is(const MimePart *part, const char *type, const char *subtype); /* subtype NULL: any */
/* Decoded value of a Content-Type parameter, or NULL. Borrowed. */
const char *mime_part_param(const MimePart *part, const char *name);
/* "text/plain"; the caller's. */
char *mime_part_type_name(const MimePart *part);
/* Preorder: root first; NULL at the end. Iterative. */
MimePart *mime_part_next(MimePart *root, MimePart *part);
/* By section; NULL: none. */
MimePart *mime_part_find(MimePart *root, const char *section);
guint mime_part_count(MimePart *root);
/* Octets after decoding: exact for 7bit, about right else. */
guint64 mime_part_decoded_size(const MimePart *part);

typedef enum { MIME_PREFER_PLAIN, MIME_PREFER_HTML } MimePrefer;

/*
 * The parts that a reader shows as the message's text, in order: the preferred
 * one of each alternative, the root of related, what signed covers, further
 * inline text of mixed. A part named attachment is none. Empty: nothing to show.
 * Of MimePart, borrowed; the array is the caller's.
 */
GPtrArray *mime_part_texts(MimePart *root, MimePrefer prefer);
/* The first of them, or NULL. */
MimePart *mime_part_text(MimePart *root, MimePrefer prefer);
/*
 * What a reader lists as attachments: named or marked parts and all that is not
 * shown, without the wrapping of multiparts, alternatives that were not chosen,
 * signatures, and pictures that the HTML refers to. Same ownership.
 */
GPtrArray *mime_part_attachments(MimePart *root);
gboolean mime_part_has_attachment(MimePart *root);

typedef enum {
	MIME_SIGNED_PGP = 1 << 0,
	MIME_SIGNED_SMIME = 1 << 1,
	MIME_ENCRYPTED_PGP = 1 << 2,
	MIME_ENCRYPTED_SMIME = 1 << 3,
	MIME_PARTLY = 1 << 4, /* not the whole message, but a part of it */
} MimeProtection;

/* By structure only: nothing is checked. (RFC 3156, RFC 8551) */
MimeProtection mime_part_protection(MimePart *root);

/*
 * A name under which a part can be saved: the file name's last component, safe
 * in every respect of SECURITY (attachments): separators, controls and marks to
 * '_', no leading '.', '-', '~' or blank, at most LIMIT_FILE_NAME bytes with its
 * extension kept; without a name "part-1.2.txt" by section and type. The caller's.
 */
char *mime_part_save_name(const MimePart *part);
