/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * core.h - the application behind the views: accounts, the stack of views, the message line, answers.
 */
#pragma once

#include "ui/app.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/view.h"

struct UiAccount {
	char *key, *label;
	StoreView *view;    /* NULL: no cache yet */
	GPtrArray *folders; /* of StoreFolder, as last read; never NULL */
	gboolean stale;     /* they changed since: read again before the next picture */
	EngineLink link;
	char *link_words; /* may be NULL */
	gint64 link_until;
	char *trouble; /* why there was no line, as last said; NULL: there was one since */
};

typedef struct {
	gint64 when;
	gboolean is_error;
	char *words;
} UiNote;

/* An act of the user in this run. What goes by itself (a message was read) is none. */
typedef struct {
	gint64 group;
	guint count; /* of messages */
	gint64 when; /* monotonic */
} UiAct;

typedef struct {
	guint id; /* of the engine */
	EngineQuestion question;
} UiQuestion;

struct App {
	const UiOptions *options;
	Config *config;
	const Paths *paths;
	Engine *engine; /* NULL while there is no account */
	GMainLoop *loop;
	int result;

	Screen *screen;
	Grid *grid;
	KeyReader *reader;
	gboolean foreground; /* another program has the terminal */
	gboolean touched;    /* a key was pressed */
	GPtrArray *accounts; /* of UiAccount, owned */
	GPtrArray *stack;    /* of View, owned; the last is on top */
	GPtrArray *closed;   /* of View: freed when nothing is in them any more */
	View *folders;       /* owned; a pane, or whole while `in_folders` and narrow */
	gboolean in_folders; /* the folders have the keys */
	gboolean no_folder_pane;
	Layout layout;  /* chosen for this run */
	Prompt *prompt; /* owned; NULL: none */
	guint next_view_id;

	GPtrArray *jobs;      /* of EngineJob, newest last */
	GPtrArray *questions; /* of EngineQuestion-holding events (EngineEvent), owned */
	GPtrArray *notes;     /* of UiNote */
	GHashTable *waiting;  /* ticket -> Waiting */

	char *message; /* the message line; NULL */
	StyleId message_style;
	gint64 message_until; /* monotonic; 0: until the next act */
	guint count;          /* digits typed */
	gboolean mark_prefix;
	GHashTable *histories; /* name -> GPtrArray of char* */
	char *last_target;     /* folder of the last move */
	GHashTable *targets;   /* sender or list -> folder, for this run */
	GHashTable *look_only; /* set of "account/folder id": nothing is changed there, for this run */

	gint64 last_draw; /* monotonic */
	guint draw_source, esc_source, tick_source, stdin_source, events_source, bury_source;
	int cursor_y, cursor_x;
	gboolean cursor_visible;

	/* A message on its way: taken back by u within the delay. */
	gint64 sending;     /* outbox id; 0 */
	gint64 sending_due; /* real time */
	gint64 sending_draft;
	char *sending_words;
	guint sending_source;
	/* What was typed when the account was set up answers the engine's first questions about it. */
	char *fresh_account; /* key; NULL: none */
	Secret *fresh_password, *fresh_phrase;
	GArray *acts;           /* of UiAct: what u takes back, the last act last */
	gboolean last_is_final; /* the last act cannot be taken back */
	GPtrArray
		*rules_before; /* changes of rules that can be taken back (rules-edit.c); the last one last */
	GPtrArray *asides;     /* work without an engine (aside.c); NULL: there was none */
	Queue *asides_done;
	guint asides_source;
	gboolean quitting;
};

/* ---- accounts (accounts.c) --------------------------------------------------------------- */

UiAccount *app_account(App *app, const char *key); /* NULL: unknown */
const AccountConfig *app_account_config(App *app, const UiAccount *account);
/* Read the configuration's accounts; opens caches that are there. */
void app_load_accounts(App *app);
/* Read an account's folders again. */
void app_load_folders(App *app, UiAccount *account);
/* The same for all accounts where something changed. */
void app_refresh_folders(App *app);
const StoreFolder *account_folder(const UiAccount *account, const char *name);
const StoreFolder *account_folder_by_id(const UiAccount *account, FolderId id);
const StoreFolder *account_folder_by_role(const UiAccount *account, FolderRole role);
void ui_account_free(UiAccount *account);
/* Nothing may be changed: by the configuration, or since the folder is only looked at. */
gboolean app_is_read_only(App *app, const UiAccount *account, FolderId folder);
gboolean app_looks_only(App *app, const UiAccount *account, FolderId folder);
void app_set_looks_only(App *app, const UiAccount *account, FolderId folder, gboolean on);

/* ---- views (app.c) ----------------------------------------------------------------------- */

/* Put a view on top; the app owns it. */
void app_push(App *app, View *view);
/* Close a view, wherever it is. */
void app_close(App *app, View *view);
View *app_top(App *app);
/* Who gets the keys. */
View *app_focus(App *app);
View *app_view(App *app, guint id); /* NULL: closed */
/* The first view of that class from the top; NULL: none. */
View *app_find(App *app, const ViewClass *class);
void app_quit(App *app);
/* Read keys from the terminal (again, after another program had it). */
void app_watch_keys(App *app);

/* ---- drawing (draw.c) -------------------------------------------------------------------- */

/* Something changed: draw soon. */
void app_dirty(App *app);
/* The same from the engine: at most every 50 ms. */
void app_dirty_later(App *app);
void app_draw(App *app);
/* The terminal got another size, or its program back. */
void app_resized(App *app);
/* Put the cursor (only the focused view may). */
void app_cursor(App *app, int y, int x, gboolean visible);
/* The folders stand beside the index. */
gboolean app_has_folder_pane(App *app);
gboolean app_is_split(App *app);

/* ---- words (say.c) ----------------------------------------------------------------------- */

void app_say(App *app, const char *format, ...) G_GNUC_PRINTF(2, 3);
void app_warn(App *app, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* To the message line and the list of errors. Not freed. */
void app_error(App *app, const GError *error);
void app_say_style(App *app, StyleId style, const char *words);
void app_unsay(App *app);
void ui_note_free(UiNote *note);

/* ---- keys and commands (input.c) --------------------------------------------------------- */

void app_feed(App *app, Key raw);
/* A whole key, as the reader gives it. */
void app_press(App *app, Key key);
/* Run a command as if its key had been pressed: checks its needs. */
void app_run(App *app, View *view, const Command *command, const CommandCall *call);
gboolean app_run_named(App *app, const char *name, const char *argument);
/* The bottom line: keys and words for the focused view. The caller's: "key\tword\n"... */
GPtrArray *app_hints(App *app);

/* ---- the engine (events.c) --------------------------------------------------------------- */

typedef void (*AppAnswer)(App *app, View *view, const EngineEvent *event, gpointer data);
/* Call answer with the event of this ticket; view (may be NULL) is given if it still is there. */
void app_expect(
	App *app, guint ticket, View *view, AppAnswer answer, gpointer data, GDestroyNotify free_data);
/* engine_want(), with the message's subject as the name of its job. */
guint app_want(App *app, const char *account, RowId row, EngineWant want, const char *section);
void app_forget(App *app, guint ticket);
void app_handle_event(App *app, EngineEvent *event);
/* What an act came to: words, and something that u can take back. An AppAnswer; data: TRUE when it cannot. */
void app_acted(App *app, View *view, const EngineEvent *event, gpointer data);
/* An act whose words go to the message line. Returns the ticket. */
guint app_act(App *app, View *view, const EngineAct *act);
/* The engine, started; FALSE with words said when it cannot. */
gboolean app_start_engine(App *app);

/* ---- asking (prompt.c, ask.c) ------------------------------------------------------------ */

/* See prompt.h; the prompt gets the keys until it is answered. */
void app_prompt(App *app, const PromptSpec *spec);
typedef void (*AppChoice)(App *app, View *view, gunichar choice, gpointer data);
/*
 * "Delete folder Lists?" with choices "yn"; the first is the default for Enter;
 * Esc and other keys are the last. choice gets one of the letters.
 */
void app_choose(App *app, View *view, const char *words, const char *choices, AppChoice choice, gpointer data,
	GDestroyNotify free_data);
/* Only y runs yes; "no" is the default. */
void app_confirm(
	App *app, View *view, const char *words, AppChoice yes, gpointer data, GDestroyNotify free_data);
typedef void (*AppFolderChosen)(App *app, View *view, UiAccount *account, const char *folder, gpointer data);
/* The folder's name in "account: Folder"; account is left alone where none is named. Borrowed from text. */
const char *app_split_folder(App *app, const char *text, UiAccount **account);
/* first: offered first, taken by Enter alone; NULL. */
void app_choose_folder(App *app, View *view, const char *label, const char *first, UiAccount *account,
	AppFolderChosen chosen, gpointer data, GDestroyNotify free_data);

/* Files and folders that complete a path. */
void path_complete(const char *text, gsize *start, GPtrArray *candidates);

/* ---- programs (program.c) ---------------------------------------------------------------- */

typedef void (*AppProgramDone)(App *app, View *view, int status, gpointer data);
/* Give the terminal to a program; done with its wait status. FALSE with words said: it cannot start. */
gboolean app_run_program(App *app, View *view, char *const *argv, AppProgramDone done, gpointer data,
	GDestroyNotify free_data);
/* A folder of this run that nobody else can read, for file_write_private(); removed at the end, and at the
 * next start where we died. The caller's. */
char *app_private_folder(App *app);
void app_remove_private(App *app);
/* A program of its own window (a picture viewer): not waited for. FALSE: said. */
gboolean app_open_with(App *app, char *const *argv, const char *file);
