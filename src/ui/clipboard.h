/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clipboard.h - what is shown, into the clipboard of the user's terminal (OSC 52): also over ssh.
 */
#pragma once

#include "ui/view.h"

/* Asks what of the message at hand: address, subject, Message-ID, text. */
void clipboard_copy_message(View *view, const CommandCall *call);
/* These words; says what was copied. */
void clipboard_copy_words(App *app, const char *words);
