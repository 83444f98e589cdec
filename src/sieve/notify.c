/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * enotify (RFC 5435). One method is done here: "desktop:", a notification on the
 * screen at which Posthorn runs. Others, such as mailto (RFC 5436), need a server.
 */
#include "config.h"

#include "sieve/match.h"

#include "util/i18n.h"

#include <string.h>

#define DESKTOP "desktop:"

static gboolean
is_desktop(const char *method)
{
	return g_ascii_strncasecmp(method, DESKTOP, strlen(DESKTOP)) == 0;
}

static gboolean
check_notify(SieveCompiler *compiler, SieveItem *item)
{
	const SieveString *importance = sieve_item_tag_string(item, SIEVE_TAG_IMPORTANCE);
	const SieveString *method = sieve_item_string(item, 0);
	g_autofree char *scheme = NULL;

	compiler->script->needs |= SIEVE_NEEDS_ONCE;
	if (importance != NULL && importance->pieces == NULL && strcmp(importance->text, "1") != 0 &&
		strcmp(importance->text, "2") != 0 && strcmp(importance->text, "3") != 0) {
		sieve_compiler_complain(compiler, &importance->place,
			_("\"1\", \"2\" or \"3\" was expected, not \"%.60s\"."), importance->text);
		return FALSE;
	}
	scheme = g_uri_parse_scheme(method->text);
	if (method->pieces == NULL && scheme == NULL) {
		sieve_compiler_complain(compiler, &method->place,
			_("A way to notify is written as a URI, such as \"desktop:\"; \"%.60s\" is none."),
			method->text);
		return FALSE;
	}
	return TRUE;
}

/* A string behind a tag; NULL: not there. The caller's. */
static char *
tag_text(SieveRun *run, const SieveItem *item, SieveTag tag)
{
	const SieveString *string = sieve_item_tag_string(item, tag);

	return string != NULL ? g_strdup(sieve_run_text(run, string, NULL)) : NULL;
}

static SieveFlow
run_notify(SieveRun *run, const SieveItem *item)
{
	const char *method = sieve_run_text(run, sieve_item_string(item, 0), NULL);
	const SieveTagged *options = sieve_item_tag(item, SIEVE_TAG_OPTIONS);
	g_autofree char *importance = tag_text(run, item, SIEVE_TAG_IMPORTANCE);
	SieveAction *action;

	if (!sieve_run_failed(run) && !is_desktop(method)) {
		sieve_run_fail(run, FAULT_REFUSED,
			_("\"%.60s\" can only be notified by a server; here \"desktop:\" is known."), method);
		return SIEVE_FLOW_FAIL;
	}
	action = sieve_run_act(run, SIEVE_NOTIFY);
	if (action == NULL)
		return SIEVE_FLOW_FAIL;
	action->method = g_strdup(method);
	action->text = tag_text(run, item, SIEVE_TAG_MESSAGE);
	action->address = tag_text(run, item, SIEVE_TAG_FROM);
	action->importance = importance == NULL ? 2 : *importance == '1' ? 1 : *importance == '3' ? 3 : 2;
	if (options != NULL) {
		action->options = g_new0(char *, options->argument->count + 1);
		for (guint i = 0; i < options->argument->count; i++)
			action->options[i] =
				g_strdup(sieve_run_text(run, &options->argument->strings[i], NULL));
	}
	return SIEVE_FLOW_ON;
}

static gboolean
test_valid(SieveRun *run, const SieveItem *item)
{
	const SieveArgument *methods = item->bound->arguments[0];

	for (guint i = 0; i < methods->count; i++)
		if (!is_desktop(sieve_run_text(run, &methods->strings[i], NULL)))
			return FALSE;
	return TRUE;
}

static gboolean
check_capability(SieveCompiler *compiler, SieveItem *item)
{
	item->bound->data = sieve_matcher_new(compiler, item, item->bound->arguments[2]);
	return item->bound->data != NULL;
}

/* "online" is the one capability that is defined: who reads here may or may not sit at the screen. */
static gboolean
test_capability(SieveRun *run, const SieveItem *item)
{
	const char *method = sieve_run_text(run, sieve_item_string(item, 0), NULL);
	const char *capability = sieve_run_text(run, sieve_item_string(item, 1), NULL);
	SieveValues values;

	if (!is_desktop(method) || g_ascii_strcasecmp(capability, "online") != 0)
		return FALSE;
	values = sieve_values_new(run, 1);
	sieve_values_set(&values, 0, "maybe", strlen("maybe"));
	return !sieve_run_failed(run) && sieve_match(run, item->bound->data, &values);
}

static const SieveRow rows[] = {
	{.name = "notify",
		.extension = "enotify",
		.signature = "s",
		.accepts = SIEVE_TAGS_NOTIFY,
		.check = check_notify,
		.run = run_notify},
	{.name = "valid_notify_method", .extension = "enotify", .signature = "S", .test = test_valid},
	{.name = "notify_method_capability",
		.extension = "enotify",
		.signature = "ssS",
		.accepts = SIEVE_TAGS_MATCH,
		.check = check_capability,
		.test = test_capability},
	{NULL},
};

static const SieveTagRow tags[] = {
	{"from", SIEVE_TAG_FROM, NULL, SIEVE_TAGS_NOTIFY, 's', 0},
	{"importance", SIEVE_TAG_IMPORTANCE, NULL, SIEVE_TAGS_NOTIFY, 's', 0},
	{"options", SIEVE_TAG_OPTIONS, NULL, SIEVE_TAGS_NOTIFY, 'S', 0},
	{"message", SIEVE_TAG_MESSAGE, NULL, SIEVE_TAGS_NOTIFY, 's', 0},
	{NULL},
};

const SieveModule sieve_module_notify = {.rows = rows, .tags = tags};
