/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * message-acts.h - commands that change messages: move, delete, flag, label.
 */
#pragma once

#include "ui/command.h"

void message_delete_message(View *view, const CommandCall *call);
void message_archive(View *view, const CommandCall *call);
void message_junk_toggle(View *view, const CommandCall *call);
void message_delete_thread(View *view, const CommandCall *call);
void message_delete_subthread(View *view, const CommandCall *call);
void message_thread_read(View *view, const CommandCall *call);
void message_subthread_read(View *view, const CommandCall *call);
void message_move_message(View *view, const CommandCall *call);
void message_copy_message(View *view, const CommandCall *call);
void message_flag_toggle(View *view, const CommandCall *call);
void message_unread_toggle(View *view, const CommandCall *call);
void message_flag_set(View *view, const CommandCall *call);
void message_flag_clear(View *view, const CommandCall *call);
void message_label_edit(View *view, const CommandCall *call);
