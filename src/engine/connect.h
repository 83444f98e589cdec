/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * connect.h - getting a worker on line, and the one policy of trying again.
 */
#pragma once

#include "engine/worker.h"

/*
 * One attempt: stream, TLS, login. TRUE: worker->session is there. Tells main the
 * state of the account's link (the sync connection only).
 */
gboolean connect_try(Worker *worker, GError **error);
/*
 * After a failed attempt or a broken line: wait as the fault asks for - back-off
 * 1, 2, 4 ... 300 s with jitter; until the user answered the question - or
 * until RECONNECT. FALSE: the end has come.
 */
gboolean connect_wait(Worker *worker, const GError *fault);
/* The line broke or shall end: drop the session. */
void connect_drop(Worker *worker);
/* Handle what is in worker->control without waiting. TRUE: RECONNECT or an answer came. */
gboolean connect_control(Worker *worker);
/* Ask the user about fault (FAULT_AUTH, FAULT_TRUST); once until answered. */
void connect_ask(Worker *worker, const GError *fault, guint16 port, const char *host);
