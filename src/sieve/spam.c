/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spamtest and virustest (RFC 5235). */
#include "config.h"

#include "sieve/match.h"
#include "sieve/spam.h"

#include "util/i18n.h"

#include <math.h>
#include <string.h>

/* ---- what filters leave behind -------------------------------------------------------------- */

/* The number behind name in text ("score=7.2"); name "": at its beginning. */
static gboolean
number_behind(const char *text, const char *name, double *number)
{
	const char *found = text != NULL ? strstr(text, name) : NULL;
	char *end;

	if (found == NULL)
		return FALSE;
	found += strlen(name);
	*number = g_ascii_strtod(found, &end);
	return end != found && isfinite(*number);
}

void
sieve_spam_score(const char *status, const char *score, const char *flag, int *out, int *percent)
{
	double value = 0, needed = 5;
	gboolean scored = number_behind(status, "score=", &value) || number_behind(score, "", &value);
	gboolean spam = (flag != NULL && g_ascii_strncasecmp(flag, "yes", 3) == 0) ||
			(status != NULL && g_ascii_strncasecmp(status, "yes", 3) == 0);

	*out = *percent = -1;
	if (!number_behind(status, "required=", &needed) || needed <= 0)
		needed = 5;
	/* What is needed to be spam is the middle of the scale. */
	if (scored)
		*percent = (int)CLAMP(value / needed * 50, 0, 100);
	else if (flag != NULL || status != NULL)
		*percent = spam ? 100 : 0;
	if (*percent >= 0)
		*out = (*percent + 5) / 10;
}

/* ---- the tests -------------------------------------------------------------------------------- */

static gboolean
check_value(SieveCompiler *compiler, SieveItem *item)
{
	item->bound->data = sieve_matcher_new(compiler, item, item->bound->arguments[0]);
	return item->bound->data != NULL;
}

static gboolean
test_spam(SieveRun *run, const SieveItem *item)
{
	const SieveHostClass *class = run->host->class;
	gboolean plus = sieve_item_tag(item, SIEVE_TAG_PERCENT) != NULL;
	int score = -1, percent = -1;
	SieveValues values;
	char digits[16];

	if (class->spam != NULL && class->spam(run->host, &score, &percent) == SIEVE_MISSING) {
		sieve_run_missing(run, _("The spam score"));
		return FALSE;
	}
	/* Not tested: "0", and of :percent no value at all. Tested: from 1 on. */
	if (score < 0)
		score = 0;
	else
		score = CLAMP(score, 1, 10);
	values = sieve_values_new(run, plus && percent < 0 ? 0 : 1);
	g_snprintf(digits, sizeof digits, "%d", plus ? percent : score);
	sieve_values_set(&values, 0, digits, strlen(digits));
	return !sieve_run_failed(run) && sieve_match(run, item->bound->data, &values);
}

/* Nothing here looks for viruses: "0" says that. */
static gboolean
test_virus(SieveRun *run, const SieveItem *item)
{
	SieveValues values = sieve_values_new(run, 1);

	sieve_values_set(&values, 0, "0", 1);
	return sieve_match(run, item->bound->data, &values);
}

static const SieveRow rows[] = {
	{.name = "spamtest",
		.extension = "spamtest|spamtestplus",
		.signature = "s",
		.accepts = SIEVE_TAGS_MATCH | SIEVE_TAGS_PERCENT,
		.check = check_value,
		.test = test_spam},
	{.name = "virustest",
		.extension = "virustest",
		.signature = "s",
		.accepts = SIEVE_TAGS_MATCH,
		.check = check_value,
		.test = test_virus},
	{NULL},
};

static const SieveTagRow tags[] = {
	{"percent", SIEVE_TAG_PERCENT, "spamtestplus", SIEVE_TAGS_PERCENT, 0, 0},
	{NULL},
};

const SieveModule sieve_module_spam = {.rows = rows, .tags = tags};
