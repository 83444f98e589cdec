/* SPDX-License-Identifier: GPL-3.0-or-later */
/* composer-state.h - what the files of the composer share. */
#pragma once

#include "ui/composer.h"
#include "ui/core.h"

typedef enum {
	FIELD_FROM,
	FIELD_TO,
	FIELD_CC,
	FIELD_BCC,
	FIELD_REPLY_TO,
	FIELD_SUBJECT,
	FIELD_COUNT,
} ComposerField;

/* Rows: the fields, then the attachments. */
typedef struct {
	View view;
	List list;
	UiAccount *account;
	Composition *composition; /* NULL: being prepared */
	gboolean busy;            /* a worker has the composition: nothing else touches it */
	gboolean changed;         /* since it was last kept */
	gboolean written;         /* the editor was used, or it is a draft: leaving asks */
	gboolean closing;         /* closes when what it waits for is durable */
	char *file;               /* the editor's file, kept until the draft is durable */
	gsize scroll;             /* of the text below: octets above it, whole lines */
	guint keeps;              /* copies on their way to the journal */
	guint revision, saved; /* copies are counted; saved: at the end, older ones are not kept any more */
	gint64 due;            /* of what is being sent: the time that was asked for; 0: after undo-send */
	gboolean dropping;     /* thrown away as soon as no copy is on its way */
	GArray *typed;         /* of Key: typed while busy, pressed when it is ready */
} ComposerView;

/* The largest text taken from the editor. */
#define COMPOSER_TEXT_LIMIT ((gsize)32 * 1024 * 1024)

/* composer.c */
ComposerView *composer_open(App *app, UiAccount *account, Composition *composition);
GPtrArray **composer_addresses(ComposerView *composer, ComposerField field); /* NULL: the subject */
char *composer_field_text(ComposerView *composer, ComposerField field);      /* the caller's */
/* composer-begin.c: attach messages of the store, one after the other as they come. */
void composer_attach_rows(ComposerView *composer, UiAccount *account, const GArray *rows);
/* composer.c: the worker is done: what was typed meanwhile is pressed now. */
void composer_ready(ComposerView *composer);
/* composer-build.c */
/* message is the callee's. Called in the main thread, the composer not busy any more. */
typedef void (*ComposerBuilt)(ComposerView *composer, OutboxMessage *message, guint warnings);
/*
 * Build what would be sent, to leave at composer->due, on the writer; the composer is busy meanwhile.
 * What is wrong with it is said, and done not called.
 */
void composer_build(ComposerView *composer, ComposerBuilt done);
/* Keep it as a draft; postponed: also in Drafts on the server. close: when durable. */
void composer_keep(ComposerView *composer, gboolean postponed, gboolean close);
/* Throw it and its draft away. */
void composer_drop(ComposerView *composer);
/* composer-edit.c */
void composer_edit(ComposerView *composer);
/* With the header fields above the text. */
void composer_edit_headers(ComposerView *composer);
void composer_spell(ComposerView *composer);
/* composer-recover.c: where the editor's files lie, and how one is called: short, for editors show it; who
 * wrote it, and how the draft's Message-ID begins. The caller's. */
char *composer_folder(App *app);
char *composer_file_name(const Composition *composition);
/* composer-fields.c */
void composer_set_field(ComposerView *composer, ComposerField field, const char *text);
/* Ask for a field; then, where next is set, go on to the subject and the editor. */
void composer_ask_field(ComposerView *composer, ComposerField field, gboolean next);
/* composer-attach.c */
void composer_attach_ask(ComposerView *composer, const char *path);
void composer_attach_messages(ComposerView *composer);
/* composer-send.c */
void composer_send(ComposerView *composer);
/* At a time that is asked for. */
void composer_send_later(ComposerView *composer, const char *when);
