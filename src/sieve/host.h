/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * host.h - what a running script may ask: of its message, and of the world.
 *
 * A struct that begins with SieveHost answers; a NULL function means that
 * nothing is known. Every answer is borrowed until the host moves on to
 * another message. An answer of SIEVE_MISSING ends the run with FAULT_UNKNOWN:
 * the caller fetches what is missing and runs the script again.
 */
#pragma once

#include <glib.h>

#include "mime/message.h"

typedef enum {
	SIEVE_HERE,
	SIEVE_MISSING, /* not here yet; on the server */
} SieveAnswer;

typedef enum {
	SIEVE_ENVELOPE_FROM,
	SIEVE_ENVELOPE_TO,
} SieveEnvelopePart;

/* One run of a program for execute or filter. */
typedef struct {
	const char *program;
	const char *const *arguments; /* NULL-terminated, without the program */
	const char *input;            /* NULL: the message */
	gboolean pipe_message;        /* RFC 5228 octets on its standard input */
	/* The answer: */
	int status;   /* 0: success */
	char *output; /* standard output, the runner's (g_free); may be NULL */
	gsize output_length;
} SieveProgram;

typedef struct SieveHost SieveHost;

typedef struct {
	/* Decoded values (RFC 2047, unfolded, UTF-8) of all fields of that name, in order; *values NULL:
	 * none. name is lower case. Of char *. */
	SieveAnswer (*header)(SieveHost *host, const char *name, const GPtrArray **values);
	/* The mailboxes of all fields of that name; *addresses NULL: no such field. Of MimeAddress. */
	SieveAnswer (*addresses)(SieveHost *host, const char *name, const GPtrArray **addresses);
	SieveAnswer (*size)(SieveHost *host, guint64 *octets);
	/* The whole message, for body, mime, foreverypart. */
	SieveAnswer (*whole)(SieveHost *host, MimeMessage **message);
	/* NULL: not known (a client sees no envelope: take Return-Path and Delivered-To). */
	SieveAnswer (*envelope)(SieveHost *host, SieveEnvelopePart part, const char **address);
	/* Flags and keywords as IMAP spells them, NULL-terminated; internal keywords included. */
	const char *const *(*flags)(SieveHost *host);
	/* mailboxexists (RFC 5490), specialuse_exists (RFC 8579; folder NULL: anywhere). */
	gboolean (*folder_exists)(SieveHost *host, const char *folder);
	gboolean (*role_exists)(SieveHost *host, const char *folder, const char *special_use);
	/*
	 * duplicate (RFC 7352): was id seen in the last seconds; it is noted as seen by who carries
	 * the result out. handle may be NULL; last: the time counts from the last sight.
	 */
	gboolean (*seen)(SieveHost *host, const char *handle, const char *id, guint64 seconds, gboolean last);
	/* extlists (RFC 6134): is address in the list; *known FALSE: there is no such list. */
	gboolean (*listed)(SieveHost *host, const char *list, const char *address, gboolean *known);
	/* environment (RFC 5183): NULL: unknown. */
	const char *(*environment)(SieveHost *host, const char *name);
	/* spamtest (RFC 5235): *score 0 to 10 and *percent 0 to 100, -1: not tested. */
	SieveAnswer (*spam)(SieveHost *host, int *score, int *percent);
	/* Run a program; FALSE with error: it could not be run, ran too long, said too much. */
	gboolean (*execute)(SieveHost *host, SieveProgram *program, GError **error);
	/* Now (seconds since 1970) and the local zone's offset in minutes at a time. */
	gint64 (*now)(SieveHost *host);
	int (*zone)(SieveHost *host, gint64 when);
	/* INTERNALDATE, for "date" tests of the pseudo-field received where it is asked; 0: unknown. */
	gint64 (*arrived)(SieveHost *host);
} SieveHostClass;

struct SieveHost {
	const SieveHostClass *class;
};

/* Does a list's name mean the people one wrote to: ":addrbook:default", or the URN of it (RFC 6134, 2.6)? */
gboolean sieve_list_is_addrbook(const char *list);

/*
 * A host over octets alone, for `rules test` and unit tests: all of the message
 * is here; folders all exist; nothing was seen; programs are refused. from and
 * to: the envelope; NULL: Return-Path and Delivered-To of the message. now 0: the clock's.
 */
typedef struct {
	GBytes *octets;
	const char *from, *to;
	gint64 now;
	const char *const *known; /* addresses in :addrbook:default; NULL: none */
} SieveOctets;
SieveHost *sieve_host_from_octets(const SieveOctets *octets);
/* Of sieve_host_from_octets() only. */
void sieve_host_free(SieveHost *host);
