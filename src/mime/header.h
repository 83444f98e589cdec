/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * header.h - single header fields: split, unfolded, decoded.
 *
 * Pure, and each function stands alone: intake decodes the few fields it needs
 * from 100k messages without building a message. Results are UTF-8 but not yet
 * safe for a terminal: what is displayed passes text_safe(). A length of -1
 * means NUL-terminated. Raw input may be folded or not, with CRLF or LF.
 */
#pragma once

#include <glib.h>

/* --- Splitting a header block --- */

/* One field; the slices borrow the block. value is raw: folds inside, without the final line end. */
typedef struct {
	const char *name;
	gsize name_length;
	const char *value;
	gsize value_length;
} MimeField;

/*
 * Walks the fields of a header block. On the stack; no clean-up.
 *
 *	mime_fields_init(&fields, block, length);
 *	while (mime_fields_next(&fields, &field))
 *		...
 *
 * Ends at the empty line or the end. A line that is no field is
 * skipped and sets damaged, but for the "From " line of mbox at the start. limited: the block was larger than
 * LIMIT_HEADER_BLOCK, had more than LIMIT_HEADER_FIELDS fields, or a field was
 * cut at LIMIT_HEADER_FIELD.
 */
typedef struct {
	const char *block;
	gsize length;
	gsize offset; /* of the next line; after the end: of the body, when the block has one */
	guint count;
	gboolean damaged;
	gboolean limited;
} MimeFields;

void mime_fields_init(MimeFields *fields, const char *block, gsize length);
gboolean mime_fields_next(MimeFields *fields, MimeField *field);
/* Whether the field has this name, in any case. */
gboolean mime_field_is(const MimeField *field, const char *name);
/* The first field of that name in a block, unfolded (not decoded); NULL: none. The caller's. */
char *mime_fields_find(const char *block, gsize length, const char *name);

/* Unfold (RFC 5322, 2.2.3) and trim; NUL, stray CR and LF become a blank. The caller's. */
char *mime_unfold(const char *raw, gssize length);

/* --- Values --- */

/*
 * RFC 2047 unstructured text to UTF-8. Octets of adjacent encoded-words are
 * joined before their charset is read. Raw 8-bit: UTF-8 if valid, else
 * windows-1252. Decoded CR, LF and NUL become U+FFFD; at most
 * LIMIT_ENCODED_WORDS are decoded, the rest stays as it is. The caller's.
 */
char *mime_decode_text(const char *raw, gssize length);

/* A mailbox. An empty group ("undisclosed-recipients:;") is one entry with address "" and group set. */
typedef struct {
	char *name;    /* decoded display name, or a comment behind a bare address; NULL: none */
	char *address; /* local@domain as written, without blanks, comments and route; never decoded, never
			  NULL */
	char *group;   /* decoded name of the group around it; NULL: none */
} MimeAddress;

MimeAddress *mime_address_new(const char *name, const char *address);
MimeAddress *mime_address_copy(const MimeAddress *address);
void mime_address_free(MimeAddress *address);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MimeAddress, mime_address_free)
/* Two addr-specs name the same mailbox: local part exactly (ASCII case ignored), domain in any case or IDNA
 * form. */
gboolean mime_address_same(const char *a, const char *b);
/* Of MimeAddress, free func set; empty. */
GPtrArray *mime_addresses_new(void);
/* A deep copy; NULL gives an empty list. */
GPtrArray *mime_addresses_copy(const GPtrArray *list);

/*
 * An address list (RFC 5322, 3.4 with obsolete forms, lenient). Never recursive.
 * Past LIMIT_ADDRESSES the rest is left out, a comment nested deeper than
 * LIMIT_COMMENT_NESTING ends at that depth; *damaged (may be NULL) says that, and
 * that something was not an address (it is kept as one if it has an '@', else as a name with
 * address ""). Of MimeAddress, free func set; never NULL. The caller's.
 */
GPtrArray *mime_parse_addresses(const char *raw, gssize length, gboolean *damaged);
/* As people read it: Name <address>, ...; UTF-8, names quoted where needed. Not for the wire. The caller's.
 */
char *mime_format_address(const MimeAddress *address);
char *mime_format_addresses(const GPtrArray *list);

/*
 * The ids of Message-ID, In-Reply-To or References, without angle brackets, in
 * order, each once: the first LIMIT_REFERENCES_FIRST and the last
 * LIMIT_REFERENCES_LAST. Words outside of brackets are ignored; a field without
 * brackets that holds one word with '@' is taken as it is. Of char*, free func set; never NULL.
 */
GPtrArray *mime_parse_message_ids(const char *raw, gssize length);
/* The first id, or NULL. The caller's. */
char *mime_parse_message_id(const char *raw, gssize length);

/* List-Id (RFC 2919): the id without brackets, in lower case, and *name (may be NULL) decoded or NULL. NULL:
 * none. The caller's. */
char *mime_parse_list_id(const char *raw, gssize length, char **name);

/* The URLs of List-Post, List-Unsubscribe, ... (RFC 2369), in order. Of char*, free func set; never NULL. */
GPtrArray *mime_parse_list_urls(const char *raw, gssize length);

/*
 * The subject without "Re:", "Fwd:", "[list]", "(fwd)" (RFC 5256, 2.1) in the
 * languages mailers write (AW, SV, VS, Antw, R, RIF, TR, WG, 回复, 答复, ...),
 * blanks collapsed. subject is decoded. *replied (may be NULL): something that
 * means a reply or a forward was taken off. The caller's.
 */
char *mime_base_subject(const char *subject, gboolean *replied);

typedef enum { MIME_PRIORITY_LOW = -1, MIME_PRIORITY_NORMAL = 0, MIME_PRIORITY_HIGH = 1 } MimePriority;

/* From the raw fields, each may be NULL; the first that says high or low decides. */
MimePriority mime_priority(
	const char *x_priority, const char *importance, const char *priority, const char *x_msmail_priority);
/* "high", "normal", "low"; untranslated. */
const char *mime_priority_name(MimePriority priority);

/* --- What a name may claim --- */

/*
 * What a list shows for a sender: the name, or the address where the name could
 * deceive: it holds an '@' or looks like another address, or several is set
 * (more than one From field or address). Safe (text_safe with TEXT_MARKS). The caller's.
 */
char *mime_sender_display(const char *name, const char *address, gboolean several);
/* The address for display: safe, domains as mime_domain_display(). The caller's. */
char *mime_address_display(const char *address);
/* A domain for display: Unicode where each label is of one script (Latin with none but its own), else
 * A-labels. Safe. The caller's. */
char *mime_domain_display(const char *domain);
