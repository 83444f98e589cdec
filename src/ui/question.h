/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * question.h - what the engine must know from the user: a certificate, a password, the vault's phrase.
 *
 * A question is a row in Jobs and a line of words; it never steals keys.
 */
#pragma once

#include "ui/view.h"

/* Takes event: kept until answered. */
void question_take(App *app, EngineEvent *event);
/* One line for the row. The caller's. */
char *question_brief(const EngineQuestion *question);
void question_ask(App *app, const EngineQuestion *question);
/* What was typed when the account was set up answers its first questions. Secrets are copied; account NULL
 * forgets. */
void question_know(App *app, const char *account, const Secret *password, const Secret *phrase);
