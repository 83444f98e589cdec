/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * command.h - commands as rows of tables; dispatch, hints, help, palette and manual read them.
 *
 * A view names its tables from the most general to its own; a lower row wins
 * where it is marked `overrides`, else no key may stand twice.
 */
#pragma once

#include "ui/keys.h"

typedef struct View View;

/* What must hold for a command to make sense; checked by the dispatcher, which words the refusal. */
typedef enum {
	NEEDS_ENTRY = 1 << 0,    /* a selected row */
	NEEDS_MESSAGE = 1 << 1,  /* a message at hand */
	NEEDS_ACCOUNT = 1 << 2,  /* any account */
	NEEDS_WRITABLE = 1 << 3, /* account and folder may be changed */
	NEEDS_MARKS = 1 << 4,    /* marked rows */
	NEEDS_THREADS = 1 << 5,  /* the list is threaded */
	NEEDS_FOLDER = 1 << 6,   /* a folder that can be opened */
	NEEDS_TEXT = 1 << 7,     /* the text of the message is here */
	NEEDS_LINKS = 1 << 8,
	NEEDS_SEARCH = 1 << 9,   /* something was searched for */
	NEEDS_SENDING = 1 << 10, /* the account can send */
} CommandNeeds;

/* What an argument is, for completion at the palette. */
typedef enum {
	ARGUMENT_NONE,
	ARGUMENT_TEXT,
	ARGUMENT_FOLDER,
	ARGUMENT_NUMBER,
} CommandArgument;

typedef struct {
	guint count;          /* number typed before it; 0: none */
	const char *argument; /* given at the palette; NULL: none. Borrowed */
	gboolean marked;      /* after the mark prefix: on all that is marked */
	Key key;              /* that called it; 0: by name */
} CommandCall;

typedef struct {
	const char *name;  /* thing-act, or the act alone; never translated */
	const char *keys;  /* default keys, "; " between; "" none */
	const char *hint;  /* N_(): a word or two for the bottom line; NULL: the brief is not shortened, never
			      a hint */
	const char *brief; /* N_(): one line */
	guint needs;       /* CommandNeeds */
	CommandArgument argument;
	gboolean on_marked; /* makes sense behind the mark prefix */
	gboolean overrides; /* takes its keys from rows of more general tables */
	void (*run)(View *view, const CommandCall *call);
} Command;

typedef struct {
	const char *name; /* "any", "list", "index": the section of its keys */
	const Command *rows;
	gsize count;
} CommandTable;

/* A view's tables joined: which command a key means, all commands in the order of the tables, own first. */
typedef struct Keymap Keymap;

/* tables: NULL-ended, most general first. */
Keymap *keymap_new(const CommandTable *const *tables);
void keymap_free(Keymap *keymap);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Keymap, keymap_free)
const Command *keymap_find(const Keymap *keymap, Key key); /* NULL: not bound */
const Command *keymap_named(const Keymap *keymap, const char *name);
/* Of const Command *: the view's own table first. Borrowed. */
const GPtrArray *keymap_commands(const Keymap *keymap);
/* Keys of a command as it stands, "j, Down"; "" when it has none. The caller's. */
char *keymap_keys(const Keymap *keymap, const Command *command, gboolean first_only);
/* Keys that can follow Esc: array of Key, the caller's. */
GArray *keymap_after_esc(const Keymap *keymap);
/* What is wrong with tables: a key that is none, a key twice, a name twice. NULL: nothing. The caller's. */
char *keymap_check(const CommandTable *const *tables);

/* The refusal for the first need that is not in has; NULL: all hold. Translated, static. */
const char *command_refusal(const Command *command, guint has);
