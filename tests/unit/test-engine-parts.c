/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/compose.h"
#include "engine/folders.h"
#include "engine/registry.h"
#include "engine/structure.h"
#include "util/fault.h"

#include <string.h>

/* ---- structure -------------------------------------------------------------------------- */

static const char mail[] = "From: Ada <ada@example.org>\r\n"
			   "To: bob@example.org\r\n"
			   "Subject: numbers\r\n"
			   "Message-ID: <one@example.org>\r\n"
			   "MIME-Version: 1.0\r\n"
			   "Content-Type: multipart/mixed; boundary=x\r\n"
			   "\r\n"
			   "--x\r\n"
			   "Content-Type: multipart/alternative; boundary=y\r\n"
			   "\r\n"
			   "--y\r\n"
			   "Content-Type: text/plain; charset=utf-8\r\n"
			   "\r\n"
			   "Hello\r\n"
			   "--y\r\n"
			   "Content-Type: text/html\r\n"
			   "\r\n"
			   "<p>Hello\r\n"
			   "--y--\r\n"
			   "--x\r\n"
			   "Content-Type: application/pdf; name=\"a\tb=c.pdf\"\r\n"
			   "Content-Disposition: attachment; filename=\"a\tb=c.pdf\"\r\n"
			   "Content-Transfer-Encoding: base64\r\n"
			   "\r\n"
			   "AAAA\r\n"
			   "--x--\r\n";

static char *
describe(MimePart *root)
{
	GString *out = g_string_new(NULL);

	for (MimePart *part = root; part != NULL; part = mime_part_next(root, part))
		g_string_append_printf(out, "[%s %s/%s %s %s %d]", part->section, part->type, part->subtype,
			part->filename ? part->filename : "-", part->disposition ? part->disposition : "-",
			(int)part->encoding);
	return g_string_free(out, FALSE);
}

static void
test_structure_is_read_as_written(void)
{
	g_autoptr(MimeMessage) message = mime_message_parse_data(mail, strlen(mail));
	g_autoptr(GBytes) written = structure_write(mime_message_root(message));
	g_autoptr(MimePart) read = structure_read(written);
	g_autofree char *before = describe(mime_message_root(message));
	g_autofree char *after = NULL;

	g_assert_nonnull(read);
	after = describe(read);
	g_assert_cmpstr(before, ==, after);
	g_assert_true(mime_part_has_attachment(read));
}

static void
test_structure_refuses_what_is_not_ours(void)
{
	static const char *const bad[] = {"", "x", "posthorn-structure 1\n1\ttext/plain\n",
		"posthorn-structure 1\n0\ttext\n", "posthorn-structure 1\n0\ta/b\n0\tc/d\n",
		"posthorn-structure 1\n0\ta/b\n2\tc/d\n", "posthorn-structure 1\n0\ta/b\n99999\tc/d\n"};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GBytes) data = g_bytes_new_static(bad[i], strlen(bad[i]));
		g_autoptr(MimePart) part = structure_read(data);
		g_assert_null(part);
	}
}

/* ---- roles -------------------------------------------------------------------------------- */

static void
test_roles_by_name(void)
{
	static const struct {
		const char *name;
		char delimiter;
		FolderRole role;
	} rows[] = {
		{"INBOX", '/', ROLE_INBOX},
		{"inbox", '/', ROLE_INBOX},
		{"Gesendet", '/', ROLE_SENT},
		{"INBOX.Entwürfe", '.', ROLE_DRAFTS},
		{"Çöp Kutusu", '/', ROLE_TRASH},
		{"Отправленные", '/', ROLE_SENT},
		{"[Gmail]/Spam", '/', ROLE_JUNK},
		{"Archiv", 0, ROLE_ARCHIVE},
		{"Invoices", '/', ROLE_NONE},
		{"Sent to Bob", '/', ROLE_NONE},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpint(folders_guess_role(rows[i].name, rows[i].delimiter), ==, rows[i].role);
}

static ImapFolder *
listed(const char *name, const char *role)
{
	ImapFolder *folder = g_new0(ImapFolder, 1);

	folder->raw = g_strdup(name);
	folder->name = g_strdup(name);
	folder->delimiter = '/';
	folder->selectable = TRUE;
	folder->role = role;
	return folder;
}

static FolderRole
role_in(GPtrArray *folders, const char *name)
{
	for (guint i = 0; i < folders->len; i++) {
		const StoreFolder *folder = folders->pdata[i];
		if (strcmp(folder->name, name) == 0)
			return folder->role;
	}
	return ROLE_NONE;
}

static void
test_roles_configured_before_server_before_name(void)
{
	g_autoptr(AccountConfig) config = account_config_new("work");
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)imap_folder_free);
	g_autoptr(GPtrArray) folders = NULL;

	config->roles[ROLE_SENT] = g_strdup("Out");
	g_ptr_array_add(list, listed("INBOX", NULL));
	g_ptr_array_add(list, listed("Sent", "sent"));
	g_ptr_array_add(list, listed("Out", NULL));
	g_ptr_array_add(list, listed("Trash", NULL));
	g_ptr_array_add(list, listed("Bin", "trash"));
	folders = folders_settle(config, list);
	g_assert_cmpint(role_in(folders, "Out"), ==, ROLE_SENT);
	g_assert_cmpint(role_in(folders, "Sent"), ==, ROLE_NONE);
	g_assert_cmpint(role_in(folders, "Bin"), ==, ROLE_TRASH);
	g_assert_cmpint(role_in(folders, "Trash"), ==, ROLE_NONE);
	g_assert_cmpint(role_in(folders, "INBOX"), ==, ROLE_INBOX);
}

/* ---- composing ------------------------------------------------------------------------------ */

static AccountConfig *
account(void)
{
	AccountConfig *config = account_config_new("work");

	config->name = g_strdup("Bob");
	g_free(config->address);
	config->address = g_strdup("bob@example.org");
	g_free(config->signature);
	config->signature = g_strdup("Bob's signature");
	return config;
}

static Preferences *
preferences(void)
{
	g_autoptr(Config) config = config_load("/nonexistent/posthorn.conf", NULL);

	g_assert_nonnull(config);
	return config_preferences(config, NULL, NULL);
}

static Composition *
reply(ComposeKind kind)
{
	g_autoptr(AccountConfig) config = account();
	g_autoptr(Preferences) settings = preferences();
	g_autoptr(GBytes) octets = g_bytes_new_static(mail, strlen(mail));
	g_autoptr(EngineMessage) message = engine_message_from_octets(octets);
	g_autoptr(GError) error = NULL;
	Composition *composition = compose_begin(config, settings, kind, message, NULL, &error);

	g_assert_no_error(error);
	return composition;
}

static void
test_reply_quotes_and_threads(void)
{
	g_autoptr(Composition) composition = reply(COMPOSE_REPLY);
	const MimeDraft *draft = composition->draft;
	const MimeAddress *to = draft->to->pdata[0];

	g_assert_cmpuint(draft->to->len, ==, 1);
	g_assert_cmpstr(to->address, ==, "ada@example.org");
	g_assert_cmpstr(draft->subject, ==, "Re: numbers");
	g_assert_cmpstr(draft->in_reply_to, ==, "one@example.org");
	g_assert_nonnull(strstr(draft->body, "> Hello"));
	g_assert_nonnull(strstr(draft->body, "\n-- \nBob's signature\n"));
	g_assert_nonnull(draft->message_id);
}

static void
test_forward_takes_the_attachment(void)
{
	g_autoptr(Composition) composition = reply(COMPOSE_FORWARD);

	g_assert_cmpstr(composition->draft->subject, ==, "Fwd: numbers");
	g_assert_cmpuint(composition->draft->attachments->len, ==, 1);
	g_assert_nonnull(strstr(composition->draft->body, "Hello"));
}

static void
test_draft_comes_back_as_it_was(void)
{
	g_autoptr(Composition) composition = reply(COMPOSE_REPLY);
	g_autoptr(StoreDraft) draft = NULL;
	g_autoptr(Composition) again = NULL;

	composition->answers = 4711;
	draft = compose_to_draft(composition, FALSE, NULL);
	g_assert_nonnull(draft);
	again = compose_from_draft(draft, NULL);
	g_assert_cmpstr(again->draft->body, ==, composition->draft->body);
	g_assert_cmpstr(again->draft->subject, ==, composition->draft->subject);
	g_assert_cmpstr(again->draft->message_id, ==, composition->draft->message_id);
	g_assert_cmpint(again->answers, ==, 4711);
}

static void
test_a_draft_keeps_what_is_no_address_yet(void)
{
	g_autoptr(Composition) composition = reply(COMPOSE_REPLY);
	g_autoptr(StoreDraft) draft = NULL;
	g_autoptr(Composition) again = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *to = NULL, *cc = NULL;

	g_ptr_array_add(composition->draft->to, mime_address_new(NULL, "carol"));
	g_ptr_array_add(composition->draft->cc, mime_address_new("Dave\nto=x", "d@"));
	draft = compose_to_draft(composition, FALSE, &error);
	g_assert_no_error(error);
	again = compose_from_draft(draft, &error);
	g_assert_no_error(error);
	to = mime_format_addresses(again->draft->to);
	cc = mime_format_addresses(again->draft->cc);
	g_assert_true(g_str_has_suffix(to, ", carol"));
	g_assert_nonnull(strstr(cc, "<d@>"));
	g_assert_cmpuint(again->draft->to->len, ==, composition->draft->to->len);
}

static void
test_bcc_stays_at_home(void)
{
	g_autoptr(AccountConfig) config = account();
	g_autoptr(Preferences) settings = preferences();
	g_autoptr(Composition) composition = reply(COMPOSE_REPLY);
	g_autoptr(OutboxMessage) message = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *sent = NULL;
	g_autofree char *kept = NULL;

	g_ptr_array_add(composition->draft->bcc, mime_address_new(NULL, "secret@example.org"));
	message = compose_finish(composition, config, settings, TRUE, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(message->recipients->len, ==, 2);
	sent = g_strndup(g_bytes_get_data(message->message, NULL), g_bytes_get_size(message->message));
	kept = g_strndup(g_bytes_get_data(message->copy, NULL), g_bytes_get_size(message->copy));
	g_assert_null(strstr(sent, "secret@"));
	g_assert_nonnull(strstr(kept, "secret@"));
}

static void
test_nothing_is_sent_to_nobody(void)
{
	g_autoptr(AccountConfig) config = account();
	g_autoptr(Preferences) settings = preferences();
	g_autoptr(Composition) composition = compose_begin(config, settings, COMPOSE_NEW, NULL, NULL, NULL);
	g_autoptr(GError) error = NULL;

	g_assert_null(compose_finish(composition, config, settings, TRUE, &error));
	g_assert_error(error, POSTHORN_FAULT, FAULT_INPUT);
}

static void
test_warnings_look_at_own_text_only(void)
{
	g_autoptr(Composition) composition = reply(COMPOSE_REPLY);
	MimeDraft *draft = composition->draft;

	g_free(draft->body);
	draft->body = g_strdup("> see the attachment\nthanks\n-- \nattached to nothing\n");
	g_assert_cmpuint(compose_warnings(composition), ==, 0);
	g_free(draft->body);
	draft->body = g_strdup("see the attachment\n");
	g_assert_cmpuint(compose_warnings(composition), ==, COMPOSE_NO_ATTACHMENT);
	g_free(draft->subject);
	draft->subject = NULL;
	g_free(draft->body);
	draft->body = g_strdup("\n");
	g_assert_cmpuint(compose_warnings(composition), ==, COMPOSE_NO_SUBJECT | COMPOSE_EMPTY);
}

/* ---- registry ---------------------------------------------------------------------------------- */

static void
test_registry_stops_what_it_names(void)
{
	Registry *registry = registry_new();
	g_autoptr(Cancel) cancel = cancel_new();
	guint id = registry_next(registry);

	registry_add(registry, id, cancel);
	g_assert_false(registry_trigger(registry, id + 1));
	g_assert_false(cancel_is_triggered(cancel));
	g_assert_true(registry_trigger(registry, id));
	g_assert_true(cancel_is_triggered(cancel));
	registry_remove(registry, id);
	g_assert_false(registry_trigger(registry, id));
	registry_free(registry);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/engine/structure/read-as-written", test_structure_is_read_as_written);
	g_test_add_func("/engine/structure/refuses", test_structure_refuses_what_is_not_ours);
	g_test_add_func("/engine/roles/by-name", test_roles_by_name);
	g_test_add_func("/engine/roles/order", test_roles_configured_before_server_before_name);
	g_test_add_func("/engine/compose/reply", test_reply_quotes_and_threads);
	g_test_add_func("/engine/compose/forward", test_forward_takes_the_attachment);
	g_test_add_func("/engine/compose/draft", test_draft_comes_back_as_it_was);
	g_test_add_func("/engine/compose/draft-no-address-yet", test_a_draft_keeps_what_is_no_address_yet);
	g_test_add_func("/engine/compose/bcc", test_bcc_stays_at_home);
	g_test_add_func("/engine/compose/nobody", test_nothing_is_sent_to_nobody);
	g_test_add_func("/engine/compose/warnings", test_warnings_look_at_own_text_only);
	g_test_add_func("/engine/registry", test_registry_stops_what_it_names);
	return g_test_run();
}
