/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * content.h - what the pager and the list of parts show of a message, worked out
 * on the reader's thread and handed over whole.
 */
#pragma once

#include "account/conf.h"
#include "engine/message.h"
#include "ui/view.h"

typedef struct {
	char *name;  /* as it is shown */
	char *value; /* safe */
} ContentField;

typedef struct {
	char *section;
	char *type;    /* "text/plain" */
	char *name;    /* for saving; safe */
	char *words;   /* file name, description or type, for people; safe */
	char *charset; /* may be NULL */
	guint64 size;  /* decoded, about */
	guint depth;
	gboolean container;  /* multipart or message: folds */
	gboolean attachment; /* listed below the message */
} ContentPart;

/* Never changed once it is handed over: several threads may look at it. */
typedef struct {
	gint references;       /* atomic */
	MimeText *text;        /* NULL: missing */
	gboolean missing;      /* the octets must come first */
	GPtrArray *fields;     /* of ContentField: chosen ones, in order */
	GPtrArray *all_fields; /* of ContentField: every one */
	GPtrArray *parts;      /* of ContentPart, the tree in its order */
	guint attachments;
	GPtrArray *warnings; /* of char *: "Careful: ...", safe */
	GPtrArray *notes;    /* of char *: what else is to be said, safe */
	char *subject;       /* safe */
	char *from_address;  /* safe; may be NULL */
	MimePriority priority;
	GBytes *octets; /* whole; NULL: not here */
	GError *error;
} Content;

Content *content_ref(Content *content);
void content_unref(Content *content); /* NULL is fine */

typedef void (*ContentDone)(App *app, View *view, Content *content, gpointer data);

typedef struct {
	char *account; /* key; NULL: octets */
	RowId row;
	GBytes *octets;
	int width;
	gboolean html, no_reflow;
	char **headers; /* names in order; may be NULL */
} ContentWish;

void content_wish_clear(ContentWish *wish);
/* Work it out on the reader's thread; done (in the main thread, view NULL when closed) owns the content. wish
 * is copied. */
void content_load(
	App *app, View *view, const ContentWish *wish, ContentDone done, gpointer data, Cancel *cancel);

typedef void (*PartDone)(App *app, View *view, GBytes *octets, const GError *error, gpointer data);
/* The decoded octets of a part (section "" or NULL: the whole message), fetched when they are not here. */
void content_part(App *app, View *view, const char *account, RowId row, GBytes *message, const char *section,
	PartDone done, gpointer data, GDestroyNotify free_data);
