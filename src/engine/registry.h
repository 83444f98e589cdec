/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * registry.h - numbers for tickets and jobs, and the switch that stops each.
 *
 * Safe from any thread.
 */
#pragma once

#include "util/cancel.h"

typedef struct Registry Registry;

Registry *registry_new(void);
void registry_free(Registry *registry);
/* A new number, never 0. */
guint registry_next(Registry *registry);
/* Keep cancel (referenced) under id. */
void registry_add(Registry *registry, guint id, Cancel *cancel);
/* FALSE: it was not there. */
gboolean registry_remove(Registry *registry, guint id);
/* Trigger what stands under id; FALSE: nothing. */
gboolean registry_trigger(Registry *registry, guint id);
void registry_trigger_all(Registry *registry);
