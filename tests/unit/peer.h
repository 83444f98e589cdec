/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peer.h - a server for one connection that does what no real one can be made to do.
 *
 * It runs a script, a C function, in a thread of its own on a port of
 * 127.0.0.1. Where a real server serves, the tests use that.
 */
#pragma once

#include <glib.h>

typedef struct Peer Peer;
typedef void (*PeerScript)(Peer *peer, gpointer user);

Peer *peer_start(PeerScript script, gpointer user);
/* Cuts the connection and waits for the script's end. */
void peer_stop(Peer *peer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Peer, peer_stop)
/* Wait for the script's end by itself: it sees all that was sent to it. */
void peer_wait(Peer *peer);
guint16 peer_port(const Peer *peer);

/* For scripts. After a failure each does nothing, so that a script need not look. */
void peer_say(Peer *peer, const char *text);
void peer_send(Peer *peer, const void *data, gsize length);
/* The next line without CRLF, NULL at the end. The caller's. */
char *peer_line(Peer *peer);
/* TRUE when the next line begins with prefix. */
gboolean peer_expect(Peer *peer, const char *prefix);
/* Up to size bytes as they come, 0 at the end. */
gsize peer_read(Peer *peer, void *buffer, gsize size);
/* Serve TLS from here on, with a file of peer_make_certificates(). version 0: any. */
gboolean peer_tls(Peer *peer, const char *pem, int version);
/* Do nothing until the other side closes, or the test ends. */
void peer_hang(Peer *peer);
/* Read nothing until the test ends. */
void peer_sleep(Peer *peer);
void peer_close(Peer *peer);
/* For peer_send(): a small send buffer, so that the peer blocks soon. */
void peer_small_buffer(Peer *peer);

/* A free port where nobody listens. */
guint16 peer_closed_port(void);

/*
 * Write into folder: ca.pem, and certificates with keys: good.pem (localhost,
 * 127.0.0.1), expired.pem, future.pem, wrong.pem (other.example), bare.pem (no
 * subject alternative name, common name 127.0.0.1), self.pem (self-signed).
 */
void peer_make_certificates(const char *folder);
