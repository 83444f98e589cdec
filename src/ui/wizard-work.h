/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wizard-work.h - the live test and the writing of an account, on a thread of
 * their own: there is no engine before there is an account.
 */
#pragma once

#include "account/setup.h"
#include "util/queue.h"

typedef enum {
	WORK_LOOK,    /* one line of the search: title, words, look */
	WORK_FOUND,   /* found: the search is over; NULL: nothing was found, or nothing was looked for */
	WORK_STEP,    /* one line of the test */
	WORK_TESTED,  /* choices completed; error when it failed */
	WORK_WRITTEN, /* key; error when it failed */
} WorkKind;

typedef struct {
	WorkKind kind;
	DiscoverState look;
	DiscoverResult *found; /* of FOUND; of TESTED: servers to be asked about */
	ProbeState state;
	ProbeStep step;
	AccountServer server;
	char *title, *words;
	guint ms;
	SetupChoices *choices;
	GError *error;
	char *next, *link; /* of the cause; may be NULL */
	char *trust;       /* "host:port sha256:..." of a certificate to be asked about; NULL */
	char *certificate; /* words about it */
	char *key;
} WorkMessage;

void work_message_free(WorkMessage *message);

typedef struct WizardWork WizardWork;

/* choices is copied. write: after a test that went well the account is written; test FALSE: only written. */
WizardWork *wizard_work_start(
	const SetupChoices *choices, const char *config_path, const Paths *paths, gboolean test);
/* Take of the search what is there. */
void wizard_work_enough(WizardWork *work);
/* Of WorkMessage; the last one is WRITTEN, or TESTED with an error. */
Queue *wizard_work_messages(WizardWork *work);
/* Stops it and waits for its end (at most about 100 ms). */
void wizard_work_free(WizardWork *work);
