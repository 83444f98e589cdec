/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * types.h - the values that IMAP responses carry, as the engine sees them.
 */
#pragma once

#include <glib.h>

#include "imap/sets.h"
#include "util/dates.h"

/* Structure of a message: mime/part.h. */
typedef struct MimePart MimePart;

/* Borrowed bytes, not NUL-terminated; data NULL is NIL. */
typedef struct {
	const char *data;
	gsize length;
} ImapSlice;

typedef enum {
	IMAP_FLAG_SEEN = 1 << 0,
	IMAP_FLAG_ANSWERED = 1 << 1,
	IMAP_FLAG_FLAGGED = 1 << 2,
	IMAP_FLAG_DELETED = 1 << 3,
	IMAP_FLAG_DRAFT = 1 << 4,
	IMAP_FLAG_RECENT = 1 << 5,
	IMAP_FLAG_ANY = 1 << 6, /* "\*" in PERMANENTFLAGS: new keywords can be made */
} ImapFlag;

/* System flags as bits, keywords as the server spells them ("$Label1", "NonJunk"). */
typedef struct {
	guint system;        /* ImapFlag */
	GPtrArray *keywords; /* of char*, never NULL; at most LIMIT_KEYWORDS_MESSAGE, in the server's order */
} ImapFlags;

/* What a FETCH response told: ImapRow.has. */
typedef enum {
	IMAP_HAS_FLAGS = 1 << 0,
	IMAP_HAS_DATE = 1 << 1,
	IMAP_HAS_SIZE = 1 << 2,
	IMAP_HAS_MODSEQ = 1 << 3,
	IMAP_HAS_FIELDS = 1 << 4,
	IMAP_HAS_STRUCTURE = 1 << 5,
	IMAP_HAS_EMAILID = 1 << 6,
	IMAP_HAS_THREADID = 1 << 7,
	IMAP_HAS_GM_MSGID = 1 << 8,
	IMAP_HAS_GM_THRID = 1 << 9,
	IMAP_HAS_GM_LABELS = 1 << 10,
	IMAP_HAS_SECTION = 1 << 11,
	/* The structure was past a limit or malformed: structure is NULL, the rest of the row holds. */
	IMAP_HAS_BAD_STRUCTURE = 1 << 12,
	/* Octets came that were more than was bounded (ImapFetch.size): where they belong data is NULL. */
	IMAP_HAS_DROPPED = 1 << 13,
} ImapHas;

/* One BODY[section]<origin> of a row. */
typedef struct {
	char *section;    /* "" the whole message, "HEADER", "1.2", "1.2.MIME"; never NULL */
	gint64 origin;    /* first octet of a partial fetch; -1: the whole section */
	ImapSlice octets; /* data NULL: the server said NIL, it has no such section */
} ImapSection;

/*
 * One FETCH response. Everything in it is borrowed: it lives until the callback
 * returns. (structure alone may be kept: set it to NULL and free it yourself.)
 */
typedef struct {
	guint32 sequence;
	guint32 uid; /* 0: not told */
	guint has;   /* ImapHas */
	ImapFlags flags;
	DateTime received; /* INTERNALDATE */
	guint64 size;      /* RFC822.SIZE, octets */
	guint64 modseq;
	ImapSlice fields;    /* BODY[HEADER.FIELDS (...)]: a header block */
	MimePart *structure; /* BODYSTRUCTURE */
	char *email_id;      /* RFC 8474; NULL: none */
	char *thread_id;
	guint64 gm_msgid; /* Gmail's X-GM-EXT-1 */
	guint64 gm_thrid;
	GPtrArray *gm_labels; /* of char*, UTF-8; NULL unless IMAP_HAS_GM_LABELS */
	GArray *sections;     /* of ImapSection; NULL: none */
} ImapRow;

typedef enum {
	IMAP_FOLDER_NOSELECT = 1 << 0, /* \Noselect or \NonExistent */
	IMAP_FOLDER_NOINFERIORS = 1 << 1,
	IMAP_FOLDER_HAS_CHILDREN = 1 << 2,
	IMAP_FOLDER_HAS_NO_CHILDREN = 1 << 3,
	IMAP_FOLDER_MARKED = 1 << 4,
	IMAP_FOLDER_UNMARKED = 1 << 5,
	IMAP_FOLDER_SUBSCRIBED = 1 << 6,
	IMAP_FOLDER_NONEXISTENT = 1 << 7,
	IMAP_FOLDER_REMOTE = 1 << 8,
} ImapFolderAttribute;

/* Bits of ImapStatus.has. */
typedef enum {
	IMAP_STATUS_MESSAGES = 1 << 0,
	IMAP_STATUS_UNSEEN = 1 << 1,
	IMAP_STATUS_UIDNEXT = 1 << 2,
	IMAP_STATUS_UIDVALIDITY = 1 << 3,
	IMAP_STATUS_HIGHESTMODSEQ = 1 << 4,
	IMAP_STATUS_MAILBOXID = 1 << 5,
	IMAP_STATUS_DELETED = 1 << 6,
	IMAP_STATUS_SIZE = 1 << 7,
} ImapStatusHas;

typedef struct {
	guint has; /* ImapStatusHas */
	guint32 messages;
	guint32 unseen;
	guint32 uidnext;
	guint32 uidvalidity;
	guint32 deleted;
	guint64 highestmodseq;
	guint64 size;
} ImapStatus;

/* One folder of LIST. Free with imap_folder_free. */
typedef struct {
	char *raw;        /* as the server spells it: what every call of the session takes */
	char *name;       /* UTF-8, by modified UTF-7; raw's bytes made valid where it is malformed */
	char delimiter;   /* 0: flat */
	guint attributes; /* ImapFolderAttribute */
	/* "inbox", "sent", "drafts", "trash", "junk", "archive", "all", "flagged", "important"; static; NULL:
	 * none */
	const char *role;
	gboolean subscribed;
	gboolean selectable;
	ImapStatus status; /* status.has 0: not told */
} ImapFolder;

void imap_folder_free(ImapFolder *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapFolder, imap_folder_free)

/* Response codes that callers act on (RFC 9051, 7.1; RFC 5530). */
typedef enum {
	IMAP_CODE_NONE,
	IMAP_CODE_OTHER, /* one we do not know */
	IMAP_CODE_ALERT,
	IMAP_CODE_ALREADYEXISTS,
	IMAP_CODE_APPENDUID,
	IMAP_CODE_AUTHENTICATIONFAILED,
	IMAP_CODE_AUTHORIZATIONFAILED,
	IMAP_CODE_BADCHARSET,
	IMAP_CODE_CANNOT,
	IMAP_CODE_CAPABILITY,
	IMAP_CODE_CLIENTBUG,
	IMAP_CODE_CLOSED,
	IMAP_CODE_COMPRESSIONACTIVE,
	IMAP_CODE_CONTACTADMIN,
	IMAP_CODE_COPYUID,
	IMAP_CODE_CORRUPTION,
	IMAP_CODE_EXPIRED,
	IMAP_CODE_EXPUNGEISSUED,
	IMAP_CODE_HASCHILDREN,
	IMAP_CODE_HIGHESTMODSEQ,
	IMAP_CODE_INUSE,
	IMAP_CODE_LIMIT,
	IMAP_CODE_MAILBOXID,
	IMAP_CODE_MODIFIED,
	IMAP_CODE_NOMODSEQ,
	IMAP_CODE_NONEXISTENT,
	IMAP_CODE_NOPERM,
	IMAP_CODE_OVERQUOTA,
	IMAP_CODE_PARSE,
	IMAP_CODE_PERMANENTFLAGS,
	IMAP_CODE_PRIVACYREQUIRED,
	IMAP_CODE_READ_ONLY,
	IMAP_CODE_READ_WRITE,
	IMAP_CODE_REFERRAL,
	IMAP_CODE_SERVERBUG,
	IMAP_CODE_TOOBIG,
	IMAP_CODE_TRYCREATE,
	IMAP_CODE_UIDNEXT,
	IMAP_CODE_UIDNOTSTICKY,
	IMAP_CODE_UIDVALIDITY,
	IMAP_CODE_UNAVAILABLE,
	IMAP_CODE_UNKNOWN_CTE,
	IMAP_CODE_UNSEEN,
	IMAP_CODE_WEBALERT,
} ImapCode;

/* A message and its copy, from COPYUID. */
typedef struct {
	guint32 from;
	guint32 to;
} ImapUidPair;
