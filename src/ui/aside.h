/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * aside.h - work off the main thread, whether there is an engine or not.
 *
 * Without an account there is no engine; a file that is looked at then has a thread of its own.
 */
#pragma once

#include "ui/core.h"

typedef void (*AsideRun)(EngineWorker *worker, gpointer data, Cancel *cancel);

/*
 * As engine_run(). where: ENGINE_READER or ENGINE_WRITER. worker is NULL in run when there is no
 * engine. cancel may be NULL.
 */
void app_aside(App *app, EngineWhere where, AsideRun run, void (*done)(gpointer data), gpointer data,
	GDestroyNotify free_data, Cancel *cancel);
/* As engine_run_job(); without an engine it is not listed anywhere, and stopped at the end only. */
void app_aside_job(App *app, const char *title, const GError *(*run)(gpointer data, Cancel *cancel),
	void (*done)(gpointer data), gpointer data, GDestroyNotify free_data);
/* At the end: what runs is stopped and waited for; done is not called any more. */
void app_aside_end(App *app);
