/* SPDX-License-Identifier: GPL-3.0-or-later */
/* net-common.h - what the tests of the stream share. */
#pragma once

#include "net/stream.h"
#include "peer.h"
#include "util/cancel.h"
#include "util/fault.h"

/* g_test_init(), and the certificates of peer_make_certificates() in a folder of their own. */
void init_tests(int *argc, char ***argv);
/* g_test_run(), and the end of the folder. */
int run_tests(void);

/* The path of a certificate. The caller's. */
char *pem_path(const char *file);
/* Trusts ca.pem. */
NetTrust *trust_new(void);
/* 127.0.0.1, deadlines short. */
NetTarget target_of(NetScheme scheme, NetSecurity security, guint16 port, NetTrust *trust);
void assert_fault(const GError *error, Fault code, const char *words);

/* Greeting and capabilities, as libcurl asks for them. */
void serve_imap(Peer *peer);
/* Echo every line, until "end". */
void echo(Peer *peer);
/* A script: TLS with the certificate named by user, then an echo. */
void script_tls_echo(Peer *peer, gpointer user);

/* Open, which must fail. */
GError *open_fails(NetTarget *target, Cancel *cancel);
/* Open to script_tls_echo(). */
NetStream *open_echo(Peer *peer, NetTrust *trust, Cancel *cancel);
void read_exactly(NetStream *stream, const char *expected);
void write_text(NetStream *stream, const char *text);
/* A thread's function: trigger the Cancel user after 100 ms. */
void *trigger_soon(void *user);
