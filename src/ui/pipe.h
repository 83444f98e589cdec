/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pipe.h - give messages and parts to a program, or to the printer.
 *
 * The program runs as a job: it can be seen and stopped among the jobs, and nothing waits for it. What it
 * prints is shown.
 */
#pragma once

#include "ui/view.h"

/*
 * Asks for the program (command NULL), then gives it the messages: one as it is, several as one
 * mbox; with a "-" before the command the text as it is shown. octets: of a message in a file; then rows
 * are NULL.
 */
void pipe_messages(View *view, UiAccount *account, const GArray *rows, GBytes *octets, const char *command);
/* Asks for the program, then gives it the octets. */
void pipe_octets(View *view, GBytes *octets);
/* The messages as they are shown to print-command; asks. subject: of the one message; NULL: several. */
void print_messages(View *view, UiAccount *account, const GArray *rows, GBytes *octets, const char *subject);
/* A part to print-command; asks. charset: of text, "" unknown; NULL: octets as they are. */
void print_octets(View *view, const char *name, GBytes *octets, const char *charset);
