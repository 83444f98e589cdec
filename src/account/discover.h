/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * discover.h - from an address to its servers, on a worker.
 *
 * All sources are asked at once, each in a thread of its own, within a budget
 * of LIMIT_DISCOVER_MS. It ends as soon as no better source can still answer,
 * or when the user takes what is there. The first source in this order that
 * has an answer wins; one whose answer nobody vouches for only where no later
 * one but guesses has an answer that somebody does:
 *
 *	table    the built-in providers, by the domain of the address; nobody is asked then
 *	srv      _imaps, _imap, _submissions, _submission (RFC 6186, 8314)
 *	provider https://autoconfig.DOMAIN/..., https://DOMAIN/.well-known/...
 *	ispdb    the shared database of providers
 *	mx       the provider whose MX patterns fit; else autoconfig and ispdb of the MX's domain
 *	guess    imap., mail., the domain itself: whoever answers by TLS
 *
 * The domain alone is sent to anybody; the address only where send_address is
 * set, after the user's yes. Credentials never go to a host that only an
 * unauthenticated source named (an SRV target or MX in another domain) without
 * the user's yes: see `sure`.
 */
#pragma once

#include "account/conf.h"
#include "account/providers.h"
#include "net/srv.h"
#include "util/cancel.h"

typedef enum {
	SOURCE_TABLE,
	SOURCE_SRV,
	SOURCE_PROVIDER,
	SOURCE_ISPDB,
	SOURCE_MX,
	SOURCE_GUESS,
	SOURCE_COUNT,
} DiscoverSource;

/* "table", "srv", ...; untranslated, static. */
const char *discover_source_name(DiscoverSource source);
/* "built-in list of providers"; translated, static. */
const char *discover_source_words(DiscoverSource source);

typedef enum {
	DISCOVER_RUNNING,
	DISCOVER_FOUND,
	DISCOVER_NOTHING,   /* asked, and it knows of no servers */
	DISCOVER_FAILED,    /* could not be asked: words say why */
	DISCOVER_LATE,      /* no answer within the budget */
	DISCOVER_PASSED_BY, /* a better source had an answer, or the user took what was there */
} DiscoverState;

/* "running", "found", ...; untranslated, static. */
const char *discover_state_name(DiscoverState state);

typedef struct {
	HostPort server; /* host NULL: not known */
	NetSecurity security;
	char *user;
} DiscoverServer;

typedef struct {
	DiscoverSource source;
	gboolean sure; /* authenticated: our own table, https of the domain itself or of the database, or a
			  host in the address's own domain */
	char *why_not; /* translated, for the question: which host, and who named it; NULL where sure */
	const Provider *provider; /* NULL: none known */
	DiscoverServer imap, smtp;
	guint logins; /* ProviderLogin; 0: not said */
	char *issuer; /* of OAuth2, from XML, safe; NULL */
	char *help;   /* https URL of instructions, safe; NULL */
	char *words;  /* the provider's own instructions, safe; NULL */
	char *origin; /* host or URL that it came from, safe; NULL for table and guess */
} DiscoverResult;

DiscoverResult *discover_result_copy(const DiscoverResult *result);
void discover_result_free(DiscoverResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DiscoverResult, discover_result_free)

/* One line of the search; borrowed during the callback, which runs on the calling worker. */
typedef struct {
	DiscoverSource source;
	DiscoverState state;
	const char *words; /* translated, safe: what was found, or why not; NULL while running */
	guint ms;
} DiscoverReport;

typedef void (*DiscoverFunc)(const DiscoverReport *report, gpointer user);

typedef struct {
	const char *address;
	gboolean send_address; /* the user said yes */
	NetRoots *roots;
	const NetResolver *resolver; /* for SRV and MX, in place of the system's; NULL */
	const char *ispdb;           /* URL it is below; NULL: the one that is built in */
	DiscoverFunc report;         /* may be NULL */
	gpointer user;
	Cancel *enough; /* triggered: take what is there; may be NULL */
} DiscoverOptions;

/*
 * Of DiscoverResult, best first; empty: nothing found (then *offline, which may be NULL, says whether nothing
 * could be reached at all). NULL: FAULT_INPUT (not an address), FAULT_CANCELED.
 */
GPtrArray *discover_run(const DiscoverOptions *options, gboolean *offline, Cancel *cancel, GError **error);

/*
 * Read one autoconfig document (clientConfig 1.1) for address. Pure. Left out are servers in clear text,
 * hosts that are no names or begin with "-", and users with placeholders other than the three. source,
 * sure and origin are the caller's to set. FAULT_INPUT: malformed, entities, no usable server for reading;
 * FAULT_LIMIT.
 */
DiscoverResult *discover_parse(const char *xml, gsize length, const char *address, GError **error);
