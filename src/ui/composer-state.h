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
	guint scroll;             /* of the text below */
	GArray *typed;            /* of Key: typed while busy, pressed when it is ready */
} ComposerView;

/* composer.c */
ComposerView *composer_open(App *app, UiAccount *account, Composition *composition);
GPtrArray **composer_addresses(ComposerView *composer, ComposerField field); /* NULL: the subject */
char *composer_field_text(ComposerView *composer, ComposerField field);      /* the caller's */
/* The worker is done: what was typed meanwhile is pressed now. */
void composer_ready(ComposerView *composer);
/* composer-edit.c */
void composer_edit(ComposerView *composer);
/* Keep it as a draft; postponed: also in Drafts on the server. close: when durable. */
void composer_keep(ComposerView *composer, gboolean postponed, gboolean close);
/* Ask for a field; then, where next is set, go on to the subject and the editor. */
void composer_ask_field(ComposerView *composer, ComposerField field, gboolean next);
/* composer-send.c */
void composer_send(ComposerView *composer);
