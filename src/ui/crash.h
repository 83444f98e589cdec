/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * crash.h - a program that dies gives the terminal back.
 *
 * SIGSEGV, SIGBUS, SIGABRT, SIGFPE and SIGILL write a text and set a mode of the
 * terminal, then end the program as they would have. A signal's handler can be
 * handed nothing, so both are kept in this file, one for the whole program.
 */
#pragma once

#include <glib.h>
#include <termios.h>

/* From now on: text (at most 255 bytes) goes to standard output and mode to standard input's terminal. */
void crash_prepare(const struct termios *mode, const char *text);
