/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trust.h - which certificates are trusted: the roots, and those the user accepted.
 *
 * NetRoots are root certificates, read once, at the first handshake, on the
 * worker that makes it; one object serves all accounts without a ca-file.
 * NetTrust belongs to one account: roots, and fingerprints that the user
 * accepted for a host and port. Both are reference counted and safe from any
 * thread; an accepted certificate holds from the next connection on.
 *
 * A server's certificate passes when its chain leads to a root, now lies
 * within its dates, and the host stands in its subject alternative names (never
 * in the common name alone; an international name as its A-label), or when its
 * SHA-256 fingerprint was accepted for that host and port. (SECURITY 2)
 */
#pragma once

#include <glib.h>

typedef struct NetRoots NetRoots;
typedef struct NetTrust NetTrust;

/* ca_file NULL: the system's (SSL_CERT_DIR, SSL_CERT_FILE, libcurl's, OpenSSL's default). Reads nothing yet.
 */
NetRoots *net_roots_new(const char *ca_file);
NetRoots *net_roots_ref(NetRoots *roots);
void net_roots_unref(NetRoots *roots);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetRoots, net_roots_unref)
/* Read them now. FAULT_LOCAL: none on this system, or the ca-file cannot be read; FAULT_INPUT: it holds no
 * certificate. */
gboolean net_roots_load(NetRoots *roots, GError **error);

NetTrust *net_trust_new(NetRoots *roots); /* takes a reference */
NetTrust *net_trust_ref(NetTrust *trust);
void net_trust_unref(NetTrust *trust);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetTrust, net_trust_unref)

/*
 * Trust the certificate with this fingerprint for host and port. fingerprint:
 * 64 hex digits, colons allowed, "sha256:" before it allowed. FALSE with
 * FAULT_INPUT when malformed.
 */
gboolean net_trust_accept(
	NetTrust *trust, const char *host, guint16 port, const char *fingerprint, GError **error);
/* As in the configuration: "imap.example.org:993 sha256:AB12...". */
gboolean net_trust_accept_line(NetTrust *trust, const char *line, GError **error);

/* What is wrong with a certificate. */
typedef enum {
	NET_BAD_ISSUER = 1 << 0,      /* the chain leads to no root */
	NET_BAD_SELF_SIGNED = 1 << 1, /* issued by itself */
	NET_BAD_EXPIRED = 1 << 2,
	NET_BAD_NOT_YET = 1 << 3, /* valid in the future only: a clock is wrong */
	NET_BAD_NAME = 1 << 4,    /* made for other names */
	NET_BAD_OTHER = 1 << 5,   /* weak key, wrong purpose, damaged: OpenSSL's words in other */
} NetBad;

/* A certificate, for people; every string has passed text_safe(). */
typedef struct {
	guint bad; /* NetBad, 0 for a good one */
	char *host;
	guint16 port;
	char *subject;
	char *issuer;
	char *names;       /* the names it is for, comma separated, "" for none */
	char *fingerprint; /* SHA-256, 64 upper-case hex digits */
	char *other;       /* words for NET_BAD_OTHER, or NULL */
	gint64 not_before; /* seconds since 1970 */
	gint64 not_after;
} NetCertificate;

NetCertificate *net_certificate_copy(const NetCertificate *certificate);
void net_certificate_free(NetCertificate *certificate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NetCertificate, net_certificate_free)
/* The reasons in words: "expired on 2026-01-02; made for a.example, not for b.example". The caller's. */
char *net_certificate_reason(const NetCertificate *certificate);

/* The certificate of the last connection to host and port that failed with FAULT_TRUST, for the question to
 * the user; NULL: none. The caller's. */
NetCertificate *net_trust_refused(NetTrust *trust, const char *host, guint16 port);
