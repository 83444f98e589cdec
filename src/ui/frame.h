/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frame.h - what is written for one picture reaches the terminal in one piece.
 *
 * ncurses flushes at every movement of the cursor, which makes a hundred small
 * writes of a picture: each wakes the terminal, and the terminal takes the
 * processor from who draws. Between frame_begin() and frame_send() what is
 * written to frame_file() is kept in memory instead.
 */
#pragma once

#include <glib.h>
#include <stdio.h>

typedef struct Frame Frame;

/* On the terminal's descriptor, which is the caller's; NULL: there are no more descriptors. */
Frame *frame_new(int terminal);
void frame_free(Frame *frame);
/* Writes to the terminal, but for the time of a frame; for newterm(), which keeps it until delscreen(). */
FILE *frame_file(const Frame *frame);
/* Where the system keeps nothing in memory both do nothing. */
void frame_begin(Frame *frame);
void frame_send(Frame *frame);
