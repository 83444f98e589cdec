/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * probe.h - the live test of an account: every step with its state, time and words.
 *
 * Runs on a worker and takes as long as the network does; cancellable at any
 * time. Changes nothing on the server and sends no mail. Where servers are not
 * given they are looked for: the provider's row, else the guesses of
 * providers_guess(), never without TLS; a guess that cannot be reached gives way to
 * the next, and a password goes only to a server whose certificate passed.
 */
#pragma once

#include "account/causes.h"
#include "account/conf.h"
#include "util/cancel.h"
#include "util/secret.h"

typedef enum {
	STEP_CONNECT, /* name, TCP, TLS and greeting, words name host, port and protection */
	STEP_LOGIN,
	STEP_FOLDERS, /* IMAP only: how many, and which roles */
} ProbeStep;

typedef enum {
	STEP_RUNNING,
	STEP_OK,
	STEP_FAILED,
	STEP_PASSED_BY, /* a guess that was not the one */
	STEP_SKIPPED,   /* could not be tried because of an earlier failure */
} ProbeState;

/* One line of the test. All borrowed during the callback. */
typedef struct {
	AccountServer server;
	ProbeStep step;
	ProbeState state;
	const char *title; /* translated: "Connect to imap.example.org:993" */
	const char *words; /* translated, safe: what was found or what failed; NULL while running */
	guint ms;          /* how long it took */
} ProbeReport;

/* Called on the worker that runs the probe: at the beginning and the end of each step. */
typedef void (*ProbeFunc)(const ProbeReport *report, gpointer user);

typedef struct {
	const AccountConfig *account; /* servers without host are looked for */
	const Secret *secret;         /* password or token; NULL: stops before the logins */
	NetRoots *roots;              /* the system's */
	ProbeFunc report;             /* may be NULL */
	gpointer user;
	gboolean imap_only;
	gboolean found; /* the servers given were found and not typed: where one's port is blocked, its other
			   port is tried */
} ProbeOptions;

/* What was found; clear with probe_result_clear(). */
typedef struct {
	HostPort imap, smtp;
	NetSecurity imap_security, smtp_security;
	char *imap_user, *smtp_user;
	guint folders; /* 0: not asked */
	char *roles;   /* "inbox, drafts, sent": found by the server's marks; may be NULL */
	gboolean imap_ok, smtp_ok;
	AccountServer failed;        /* where error came from */
	NetCertificate *certificate; /* the one that was not trusted: may be asked for; else NULL */
	Cause *cause;                /* of the failure; NULL when all is well */
} ProbeResult;

void probe_result_clear(ProbeResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ProbeResult, probe_result_clear)

/* result must be zeroed. FALSE: the error of the first step that failed; result->cause says it in plain
 * words. */
gboolean probe_run(const ProbeOptions *options, ProbeResult *result, Cancel *cancel, GError **error);
