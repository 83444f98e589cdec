/* SPDX-License-Identifier: GPL-3.0-or-later */
/* body (RFC 5173). */
#include "config.h"

#include "sieve/mime-part.h"

#include <string.h>

#define KEPT_OCTETS (8 * 1024 * 1024) /* of the texts that are kept for the next test */

typedef struct {
	SieveMatcher *matcher;
	SieveTag what; /* RAW, CONTENT, TEXT */
	const SieveArgument *types;
} BodyTest;

static gboolean
check_body(SieveCompiler *compiler, SieveItem *item)
{
	BodyTest *test = sieve_pool_zeroed(compiler->pool, 1, sizeof *test);

	item->bound->data = test;
	compiler->script->needs |= SIEVE_NEEDS_BODY;
	test->what = SIEVE_TAG_TEXT;
	for (guint i = 0; i < item->bound->tag_count; i++)
		if (item->bound->tags[i].tag >= SIEVE_TAG_RAW && item->bound->tags[i].tag <= SIEVE_TAG_TEXT) {
			test->what = item->bound->tags[i].tag;
			test->types = item->bound->tags[i].argument;
		}
	test->matcher = sieve_matcher_new(compiler, item, item->bound->arguments[0]);
	if (test->matcher == NULL)
		return FALSE;
	sieve_matcher_forget(test->matcher);
	return TRUE;
}

static gboolean
match_octets(SieveRun *run, const BodyTest *test, SieveMatching *matching, const char *text, gsize length)
{
	SievePoolMark mark = sieve_pool_mark(run->scratch);
	SieveValues values = sieve_values_new(run, 1);
	gboolean holds;

	sieve_values_set(&values, 0, text != NULL ? text : "", length);
	holds = sieve_match_add(run, test->matcher, matching, &values);
	sieve_pool_release(run->scratch, mark);
	return holds;
}

static gboolean
test_raw(SieveRun *run, const BodyTest *test, MimeMessage *message)
{
	const MimePart *root = mime_message_root(message);
	gsize length;
	const char *octets = g_bytes_get_data(mime_message_octets(message), &length);
	gsize start = MIN(root->header_start + root->header_length, length);
	SieveMatching matching = {.count = 0};

	return match_octets(run, test, &matching, octets != NULL ? octets + start : "", length - start) ||
	       sieve_match_end(run, test->matcher, &matching);
}

/* "": any; "text": any below; "text/plain" (RFC 5173, 5.2). */
static gboolean
wanted(SieveRun *run, const BodyTest *test, const MimePart *part)
{
	for (guint i = 0; i < test->types->count; i++) {
		const char *type = sieve_run_text(run, &test->types->strings[i], NULL);
		const char *slash = strchr(type, '/');
		g_autofree char *major =
			slash != NULL ? g_strndup(type, (gsize)(slash - type)) : g_strdup(type);
		if (*type == '\0')
			return TRUE;
		/* One that begins or ends with a slash, or has two, matches nothing. */
		if (slash != NULL && (slash == type || slash[1] == '\0' || strchr(slash + 1, '/') != NULL))
			continue;
		if (g_ascii_strcasecmp(major, part->type) == 0 &&
			(slash == NULL || g_ascii_strcasecmp(slash + 1, part->subtype) == 0))
			return TRUE;
	}
	return FALSE;
}

/* The words of a part; several tests want them. The caller's. */
static GBytes *
kept_text(SieveRun *run, MimeMessage *message, MimePart *part)
{
	GBytes *text = run->texts != NULL ? g_hash_table_lookup(run->texts, part) : NULL;

	if (text != NULL)
		return g_bytes_ref(text);
	if (!sieve_run_charge(run, part->body_length * 4))
		return g_bytes_new_static("", 0);
	text = sieve_part_text(message, part);
	if (run->texts == NULL)
		run->texts = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_bytes_unref);
	if (run->text_octets + g_bytes_get_size(text) <= KEPT_OCTETS) {
		run->text_octets += g_bytes_get_size(text);
		g_hash_table_insert(run->texts, part, g_bytes_ref(text));
	}
	return text;
}

static gboolean
test_body(SieveRun *run, const SieveItem *item)
{
	const BodyTest *test = item->bound->data;
	MimeMessage *message = sieve_run_message(run);
	SieveMatching matching = {.count = 0};
	MimePart *root;

	if (message == NULL)
		return FALSE;
	if (test->what == SIEVE_TAG_RAW)
		return test_raw(run, test, message);
	root = mime_message_root(message);
	for (MimePart *part = root; part != NULL && !sieve_run_failed(run);
		part = mime_part_next(root, part)) {
		g_autoptr(GBytes) text = NULL;
		gsize length;
		const char *octets;
		if (test->what == SIEVE_TAG_CONTENT) {
			if (!sieve_run_charge(run, (guint64)test->types->count * 256) ||
				!wanted(run, test, part) || !sieve_run_charge(run, part->body_length * 2))
				continue;
			text = sieve_part_content(message, part);
		} else if (mime_part_is(part, "text", NULL)) {
			text = kept_text(run, message, part);
		} else {
			continue;
		}
		octets = g_bytes_get_data(text, &length);
		if (match_octets(run, test, &matching, octets, length))
			return TRUE;
	}
	return !sieve_run_failed(run) && sieve_match_end(run, test->matcher, &matching);
}

static const SieveRow rows[] = {
	{.name = "body",
		.extension = "body",
		.signature = "S",
		.accepts = SIEVE_TAGS_MATCH | SIEVE_TAGS_BODY,
		.check = check_body,
		.test = test_body},
	{NULL},
};

static const SieveTagRow tags[] = {
	{"raw", SIEVE_TAG_RAW, NULL, SIEVE_TAGS_BODY, 0, 4},
	{"content", SIEVE_TAG_CONTENT, NULL, SIEVE_TAGS_BODY, 'S', 4},
	{"text", SIEVE_TAG_TEXT, NULL, SIEVE_TAGS_BODY, 0, 4},
	{NULL},
};

const SieveModule sieve_module_body = {.rows = rows, .tags = tags};
