/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where a message goes: keep, fileinto, discard, redirect (RFC 5228, 4), :copy
 * (RFC 3894), :create and mailboxexists (RFC 5490), :specialuse and
 * specialuse_exists (RFC 8579).
 */
#include "config.h"

#include "sieve/run.h"

#include "util/i18n.h"
#include "util/limits.h"

#include <string.h>

#define FOLDER_MAX 1000 /* octets of a name */

/* ---- folders -------------------------------------------------------------------------------- */

static gboolean
is_folder_name(const char *name)
{
	if (*name == '\0' || strlen(name) > FOLDER_MAX || !g_utf8_validate(name, -1, NULL))
		return FALSE;
	for (const char *p = name; *p != '\0'; p = g_utf8_next_char(p))
		if (g_unichar_iscntrl(g_utf8_get_char(p)))
			return FALSE;
	return TRUE;
}

static gboolean
check_folder(SieveCompiler *compiler, SieveItem *item)
{
	const SieveString *name = sieve_item_string(item, 0);

	if (name->pieces != NULL || is_folder_name(name->text))
		return TRUE;
	sieve_compiler_complain(
		compiler, &name->place, _("\"%.60s\" cannot be the name of a folder."), name->text);
	return FALSE;
}

/* Did an earlier fileinto of the same kind put it there? Then it is there once (RFC 5228, 2.10.3). */
static SieveAction *
find_filed(SieveRun *run, const char *folder)
{
	for (guint i = 0; i < run->result->actions->len; i++) {
		SieveAction *action = g_ptr_array_index(run->result->actions, i);
		if (action->kind == SIEVE_FILEINTO && strcmp(action->folder, folder) == 0)
			return action;
	}
	return NULL;
}

static SieveFlow
run_fileinto(SieveRun *run, const SieveItem *item)
{
	const char *folder = sieve_run_text(run, sieve_item_string(item, 0), NULL);
	const SieveString *use = sieve_item_tag_string(item, SIEVE_TAG_SPECIALUSE);
	gboolean copy = sieve_item_tag(item, SIEVE_TAG_COPY) != NULL;
	SieveAction *action;

	if (sieve_run_failed(run))
		return SIEVE_FLOW_FAIL;
	if (!is_folder_name(folder)) {
		sieve_run_fail(run, FAULT_INPUT, _("\"%.60s\" cannot be the name of a folder."), folder);
		return SIEVE_FLOW_FAIL;
	}
	if (g_ascii_strcasecmp(folder, "INBOX") == 0)
		folder = "INBOX";
	run->kept = run->kept && copy;
	action = find_filed(run, folder);
	if (action != NULL) {
		action->copy = action->copy && copy;
		run->changes++;
	} else {
		action = sieve_run_act(run, SIEVE_FILEINTO);
		if (action == NULL)
			return SIEVE_FLOW_FAIL;
		action->folder = g_strdup(folder);
		action->copy = copy;
	}
	action->create = action->create || sieve_item_tag(item, SIEVE_TAG_CREATE) != NULL;
	if (use != NULL && action->special_use == NULL)
		action->special_use = g_strdup(sieve_run_text(run, use, NULL));
	g_strfreev(action->flags);
	action->flags = sieve_run_flags(run, item);
	return SIEVE_FLOW_ON;
}

static SieveFlow
run_keep(SieveRun *run, const SieveItem *item)
{
	SieveAction *action = NULL;

	for (guint i = 0; i < run->result->actions->len && action == NULL; i++) {
		SieveAction *before = g_ptr_array_index(run->result->actions, i);
		if (before->kind == SIEVE_KEEP)
			action = before;
	}
	if (action == NULL)
		action = sieve_run_act(run, SIEVE_KEEP);
	if (action == NULL)
		return SIEVE_FLOW_FAIL;
	run->kept = FALSE;
	g_strfreev(action->flags);
	action->flags = sieve_run_flags(run, item);
	return SIEVE_FLOW_ON;
}

static SieveFlow
run_discard(SieveRun *run, const SieveItem *item)
{
	(void)item;
	if (sieve_run_act(run, SIEVE_DISCARD) == NULL)
		return SIEVE_FLOW_FAIL;
	run->kept = FALSE;
	return SIEVE_FLOW_ON;
}

/* ---- redirect ------------------------------------------------------------------------------------ */

/* The one addr-spec that text is; NULL: it is none, or several. The caller's. */
static char *
single_address(const char *text)
{
	gboolean damaged = FALSE;
	g_autoptr(GPtrArray) list = mime_parse_addresses(text, -1, &damaged);
	const MimeAddress *address;
	const char *at;

	if (damaged || list->len != 1)
		return NULL;
	address = g_ptr_array_index(list, 0);
	at = strrchr(address->address, '@');
	if (at == NULL || at == address->address || at[1] == '\0' || address->group != NULL ||
		strpbrk(address->address, "\r\n") != NULL)
		return NULL;
	return g_strdup(address->address);
}

static gboolean
check_redirect(SieveCompiler *compiler, SieveItem *item)
{
	const SieveString *name = sieve_item_string(item, 0);
	g_autofree char *address = NULL;

	compiler->script->needs |= SIEVE_NEEDS_ONCE;
	if (name->pieces != NULL || sieve_item_tag(item, SIEVE_TAG_LIST) != NULL)
		return TRUE;
	address = single_address(name->text);
	if (address != NULL)
		return TRUE;
	sieve_compiler_complain(compiler, &name->place, _("\"%.60s\" is no address."), name->text);
	return FALSE;
}

static gboolean
redirected_before(SieveRun *run, const char *address, gboolean copy)
{
	for (guint i = 0; i < run->result->actions->len; i++) {
		SieveAction *action = g_ptr_array_index(run->result->actions, i);
		if (action->kind == SIEVE_REDIRECT && mime_address_same(action->address, address)) {
			action->copy = action->copy && copy;
			return TRUE;
		}
	}
	return FALSE;
}

static SieveFlow
run_redirect(SieveRun *run, const SieveItem *item)
{
	const char *text = sieve_run_text(run, sieve_item_string(item, 0), NULL);
	g_autofree char *address = NULL;
	gboolean copy = sieve_item_tag(item, SIEVE_TAG_COPY) != NULL;
	SieveAction *action;

	if (sieve_item_tag(item, SIEVE_TAG_LIST) != NULL) {
		sieve_run_fail(run, FAULT_REFUSED,
			_("\"redirect :list\" cannot be done here: only a server can send to a list."));
		return SIEVE_FLOW_FAIL;
	}
	address = single_address(text);
	if (address == NULL) {
		sieve_run_fail(run, FAULT_INPUT, _("\"%.60s\" is no address to send to."), text);
		return SIEVE_FLOW_FAIL;
	}
	run->kept = run->kept && copy;
	if (redirected_before(run, address, copy))
		return SIEVE_FLOW_ON;
	if (run->redirects >= LIMIT_SIEVE_REDIRECTS) {
		sieve_run_fail(run, FAULT_LIMIT, _("The script sends the message on more than %d times."),
			LIMIT_SIEVE_REDIRECTS);
		return SIEVE_FLOW_FAIL;
	}
	action = sieve_run_act(run, SIEVE_REDIRECT);
	if (action == NULL)
		return SIEVE_FLOW_FAIL;
	run->redirects++;
	action->address = g_steal_pointer(&address);
	action->copy = copy;
	return SIEVE_FLOW_ON;
}

/* ---- tests ---------------------------------------------------------------------------------------- */

static gboolean
test_mailboxexists(SieveRun *run, const SieveItem *item)
{
	const SieveHostClass *class = run->host->class;
	const SieveArgument *names = item->bound->arguments[0];

	for (guint i = 0; i < names->count; i++)
		if (class->folder_exists == NULL ||
			!class->folder_exists(run->host, sieve_run_text(run, &names->strings[i], NULL)))
			return FALSE;
	return TRUE;
}

static gboolean
test_specialuse_exists(SieveRun *run, const SieveItem *item)
{
	const SieveHostClass *class = run->host->class;
	const SieveString *folder = sieve_item_string(item, 0);
	const SieveArgument *uses = item->bound->arguments[1];
	const char *name = folder != NULL ? sieve_run_text(run, folder, NULL) : NULL;

	for (guint i = 0; i < uses->count; i++)
		if (class->role_exists == NULL ||
			!class->role_exists(run->host, name, sieve_run_text(run, &uses->strings[i], NULL)))
			return FALSE;
	return TRUE;
}

static const SieveRow rows[] = {
	{.name = "keep", .signature = "", .accepts = SIEVE_TAGS_FLAGS, .run = run_keep},
	{.name = "fileinto",
		.extension = "fileinto",
		.signature = "s",
		.accepts = SIEVE_TAGS_FLAGS | SIEVE_TAGS_COPY | SIEVE_TAGS_FILE,
		.check = check_folder,
		.run = run_fileinto},
	{.name = "discard", .signature = "", .run = run_discard},
	{.name = "redirect",
		.signature = "s",
		.accepts = SIEVE_TAGS_COPY | SIEVE_TAGS_LIST,
		.check = check_redirect,
		.run = run_redirect},
	{.name = "mailboxexists", .extension = "mailbox", .signature = "S", .test = test_mailboxexists},
	{.name = "specialuse_exists",
		.extension = "special-use",
		.signature = "?sS",
		.test = test_specialuse_exists},
	{NULL},
};

static const SieveTagRow tags[] = {
	{"copy", SIEVE_TAG_COPY, "copy", SIEVE_TAGS_COPY, 0, 0},
	{"create", SIEVE_TAG_CREATE, "mailbox", SIEVE_TAGS_FILE, 0, 0},
	{"specialuse", SIEVE_TAG_SPECIALUSE, "special-use", SIEVE_TAGS_FILE, 's', 0},
	{"list", SIEVE_TAG_LIST, "extlists", SIEVE_TAGS_LIST, 0, 0},
	{NULL},
};

const SieveModule sieve_module_file = {.rows = rows, .tags = tags};
