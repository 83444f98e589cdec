/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lock.h - one Posthorn an account connects; the others ask it.
 *
 * The holder has the flock on $XDG_DATA_HOME/posthorn/ACCOUNT/lock (the kernel
 * lets go of it when the process dies), and listens on
 * $XDG_RUNTIME_DIR/posthorn/ACCOUNT.sock, 0600, peers of the same user only.
 * One request a line, one answer a line:
 *
 *	wake                 there is something new in the journal
 *	sync                 sync all folders now; answered when it is over
 *	fetch ID [PART]      bring content into the store; answered when it is there. PART 0: all octets
 *	-> ok | no
 *
 * Data goes through the store, never through the socket.
 */
#pragma once

#include <glib.h>

#include "util/cancel.h"
#include "util/paths.h"

typedef struct AccountLock AccountLock;

/*
 * Take the account's lock, waiting up to wait_ms (0: at once or not). NULL with FAULT_BUSY (the
 * message names the holder's process), FAULT_LOCAL, FAULT_CANCELED.
 */
AccountLock *account_lock_take(
	const Paths *paths, const char *account, guint wait_ms, Cancel *cancel, GError **error);
void account_lock_free(AccountLock *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AccountLock, account_lock_free)

typedef enum {
	CONTROL_WAKE,
	CONTROL_SYNC,
	CONTROL_FETCH,
} ControlVerb;

typedef struct {
	ControlVerb verb;
	gint64 id;      /* FETCH: RowId */
	char *part;     /* FETCH: section; NULL: the text */
	guint64 client; /* internal */
} ControlRequest;

void control_request_free(ControlRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ControlRequest, control_request_free)

#define CONTROL_WHOLE "0"

typedef struct ControlServer ControlServer;

/* Listen; only while the lock is held (a stale socket is replaced). Belongs to one thread. FAULT_LOCAL. */
ControlServer *control_server_new(const Paths *paths, const char *account, GError **error);
/* Removes the socket. */
void control_server_free(ControlServer *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ControlServer, control_server_free)
/* Readable when control_server_next() has something to do. */
int control_server_fd(const ControlServer *server);
/* Accept and read, without waiting: the next request, the caller's; NULL: none now (call until then). Bad
 * lines are answered `no` here. */
ControlRequest *control_server_next(ControlServer *server);
/* Answer it, now or later; frees it. A peer that is gone is no error. */
void control_server_answer(ControlServer *server, ControlRequest *request, gboolean ok);

/*
 * Ask the holder; waits for the answer up to timeout_ms (a worker's business; wake
 * is answered at once). TRUE: `ok`. FAULT_UNKNOWN: nobody listens; FAULT_REFUSED: `no`; FAULT_RETRY:
 * no answer in time; FAULT_CANCELED.
 */
gboolean control_ask(const Paths *paths, const char *account, ControlVerb verb, gint64 id, const char *part,
	guint timeout_ms, Cancel *cancel, GError **error);
