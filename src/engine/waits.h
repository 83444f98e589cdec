/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * waits.h - the jobs of what waits for a connection.
 *
 * From the call on the job is in the list, whatever the connection does. It
 * belongs to who takes it: the connection that begins, or main, which cancels
 * it at once while the connection hangs. Safe from any thread.
 */
#pragma once

#include "engine/private.h"

Waits *waits_new(void);
/* Those still there end without a word; the engine's events and registry must be there. NULL is fine. */
void waits_free(Waits *waits);
/* A new waiting job (title is taken, cancel referenced) under ticket; kind: the event that answers it. */
void waits_begin(
	Engine *engine, EngineEventKind kind, const char *account, guint ticket, char *title, Cancel *cancel);
/* Take it out; NULL: there is none, or somebody was faster. The caller's, to job_end() or waits_put_back().
 */
Job *waits_take(Engine *engine, guint ticket);
/* The line broke: it waits again. job is taken. */
void waits_put_back(Engine *engine, EngineEventKind kind, guint ticket, Job *job);
/* Nobody asks any more: the job leaves the list. */
void waits_forget(Engine *engine, guint ticket);
/* The job's number: it is over, and who asked hears FAULT_CANCELED. FALSE: no such job waits. */
gboolean waits_cancel(Engine *engine, guint job);
