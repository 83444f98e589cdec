/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace.h - the protocol log: what went over the line, without what is secret.
 *
 * A command is built in two forms at once, the wire's and the log's, so that a
 * secret is marked where it is put in and never has to be looked for:
 *
 *	NetText text;
 *	net_text_init(&text);
 *	net_text_add(&text, "AUTH PLAIN ");
 *	net_text_add_secret(&text, line);
 *	net_text_add(&text, "\r\n");
 *	net_trace(LOG_SMTP, "work/1", 'C', text.shown->str, text.shown->len);
 *	net_stream_write(stream, text.wire->str, text.wire->len, &error);
 *	net_text_clear(&text);
 */
#pragma once

#include <glib.h>

#include "util/log.h"
#include "util/secret.h"

typedef struct {
	GString *wire;  /* what is sent; wiped by net_text_clear() when secret */
	GString *shown; /* the same with "***" for each secret */
	gboolean secret;
} NetText;

void net_text_init(NetText *text);
void net_text_add(NetText *text, const char *words);
void net_text_add_bytes(NetText *text, const void *data, gsize length);
void net_text_addf(NetText *text, const char *format, ...) G_GNUC_PRINTF(2, 3);
void net_text_add_secret(NetText *text, const Secret *secret);
void net_text_clear(NetText *text);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(NetText, net_text_clear)

/*
 * Log each line of data as "NAME C: line" (direction 'C' what we say, 'S' the
 * server), when category is on. name tells connections apart. Lines are
 * sanitised and cut by log_line().
 */
void net_trace(LogCategory category, const char *name, char direction, const char *data, gsize length);
