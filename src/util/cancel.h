/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cancel.h - a switch that one thread throws and another polls.
 *
 * Reference counted and safe from any thread. Once triggered it stays so.
 */
#pragma once

#include <glib.h>

typedef struct Cancel Cancel;

Cancel *cancel_new(void);
Cancel *cancel_ref(Cancel *cancel);
void cancel_unref(Cancel *cancel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cancel, cancel_unref)

void cancel_trigger(Cancel *cancel);
/* NULL is never triggered. */
gboolean cancel_is_triggered(const Cancel *cancel);
/* A descriptor that is readable from the trigger on; -1 for NULL. */
int cancel_fd(const Cancel *cancel);
/* When triggered: sets FAULT_CANCELED and returns TRUE. */
gboolean cancel_check(const Cancel *cancel, GError **error);
