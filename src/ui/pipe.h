/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pipe.h - give octets to a program and show what it says.
 */
#pragma once

#include "ui/view.h"

/* Asks for the program (command NULL), then gives it the messages: one as it is, several as one mbox. */
void pipe_messages(View *view, UiAccount *account, const GArray *rows, GBytes *octets, const char *command);
/* Asks for the program, then gives it the octets. */
void pipe_octets(View *view, GBytes *octets);
