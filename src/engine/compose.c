/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/compose.h"

#include <gio/gio.h>
#include <string.h>

#include "account/identity.h"
#include "mime/reply.h"
#include "util/fault.h"
#include "util/hash.h"
#include "util/i18n.h"
#include "util/paths.h"

/* A file larger than this is refused as an attachment; no server takes it. */
#define ATTACH_LIMIT (256 * 1024 * 1024)

void
composition_free(Composition *composition)
{
	if (composition == NULL)
		return;
	g_free(composition->account);
	mime_draft_free(composition->draft);
	g_free(composition);
}

Composition *
composition_copy(const Composition *from)
{
	Composition *composition = g_memdup2(from, sizeof(*from));

	composition->account = g_strdup(from->account);
	composition->draft = mime_draft_copy(from->draft);
	return composition;
}

static Composition *
composition_new(const char *account, MimeDraft *draft)
{
	Composition *composition = g_new0(Composition, 1);

	composition->account = g_strdup(account);
	composition->draft = draft;
	return composition;
}

static void
set_from(MimeDraft *draft, const AccountConfig *account, const char *address)
{
	g_ptr_array_set_size(draft->from, 0);
	g_ptr_array_add(draft->from, mime_address_new(account->name, address ? address : account->address));
}

static void
set_message_id(MimeDraft *draft)
{
	guint8 random[16];
	const MimeAddress *from = draft->from->len ? draft->from->pdata[0] : NULL;

	hash_random(random, sizeof(random));
	g_free(draft->message_id);
	draft->message_id = mime_new_message_id(from ? from->address : "localhost", random);
}

/* The own address that a message came to, where it is not the main one. Borrowed. */
static const char *
address_met(const AccountConfig *account, const MimeHead *head)
{
	const GPtrArray *lists[] = {head->to, head->cc};

	for (gsize l = 0; l < G_N_ELEMENTS(lists); l++)
		for (guint i = 0; i < lists[l]->len; i++) {
			const MimeAddress *address = lists[l]->pdata[i];
			if (identity_is_me(account, address->address))
				return address->address;
		}
	return NULL;
}

static GPtrArray *
own_addresses(const AccountConfig *account, const MimeHead *head)
{
	GPtrArray *own = g_ptr_array_new_with_free_func(g_free);
	const GPtrArray *lists[] = {head->from, head->to, head->cc, head->reply_to};

	g_ptr_array_add(own, g_strdup(account->address));
	for (gsize l = 0; l < G_N_ELEMENTS(lists); l++)
		for (guint i = 0; i < lists[l]->len; i++) {
			const MimeAddress *address = lists[l]->pdata[i];
			if (identity_is_me(account, address->address))
				g_ptr_array_add(own, g_strdup(address->address));
		}
	return own;
}

/* %d %n %a %s of the setting. */
static char *
expand_attribution(const char *format, const MimeHead *head)
{
	const MimeAddress *from = mime_head_from(head);
	g_autofree char *date = dates_format_long(head->date);
	GString *out = g_string_new(NULL);

	for (const char *c = format; *c != '\0'; c++) {
		if (*c != '%' || c[1] == '\0') {
			g_string_append_c(out, *c);
			continue;
		}
		switch (*++c) {
		case 'd':
			g_string_append(out, head->dated ? date : "");
			break;
		case 'n':
			g_string_append(out, from == NULL ? "" : from->name ? from->name : from->address);
			break;
		case 'a':
			g_string_append(out, from ? from->address : "");
			break;
		case 's':
			g_string_append(out, head->subject ? head->subject : "");
			break;
		default:
			g_string_append_c(out, *c);
			break;
		}
	}
	return g_string_free(out, FALSE);
}

static void
append_signature(GString *body, const AccountConfig *account, Cancel *cancel)
{
	g_autofree char *signature = identity_signature(account, cancel, NULL);

	if (signature == NULL || signature[0] == '\0')
		return;
	g_string_append_printf(body, "\n-- \n%s", signature);
	if (body->str[body->len - 1] != '\n')
		g_string_append_c(body, '\n');
}

/* ---- beginning ------------------------------------------------------------------------- */

static void
write_reply_body(MimeDraft *draft, const AccountConfig *account, const Preferences *preferences,
	const MimeHead *head, const char *text, Cancel *cancel)
{
	GString *body = g_string_new(NULL);
	g_autofree char *quote = mime_reply_quote(text, preferences->quote_prefix, TRUE);
	g_autofree char *attribution = preferences->attribution && preferences->attribution[0]
					       ? expand_attribution(preferences->attribution, head)
					       : mime_reply_attribution(head);

	if (preferences->reply_style == REPLY_BELOW)
		g_string_append_printf(body, "%s\n%s\n", attribution, quote);
	else
		g_string_append_c(body, '\n');
	append_signature(body, account, cancel);
	if (preferences->reply_style == REPLY_ABOVE)
		g_string_append_printf(body, "\n%s\n%s", attribution, quote);
	g_free(draft->body);
	draft->body = g_string_free(body, FALSE);
}

/* Attachments of what is forwarded inline; FALSE when one is not here. */
static gboolean
take_attachments(MimeDraft *draft, const EngineMessage *message, GError **error)
{
	MimePart *root = (MimePart *)engine_message_structure(message);
	g_autoptr(GPtrArray) parts = root ? mime_part_attachments(root) : NULL;

	for (guint i = 0; parts != NULL && i < parts->len; i++) {
		MimePart *part = parts->pdata[i];
		g_autoptr(GBytes) data = engine_message_part(message, part->section, error);
		g_autofree char *name = mime_part_save_name(part);
		g_autofree char *type = mime_part_type_name(part);
		if (data == NULL)
			return FALSE;
		mime_draft_attach(draft, name, type, data);
	}
	return TRUE;
}

static gboolean
write_forward(MimeDraft *draft, const AccountConfig *account, const EngineMessage *message,
	const MimeHead *head, gboolean attached, Cancel *cancel, GError **error)
{
	GString *body = g_string_new("\n");
	g_autofree char *text = NULL;
	g_autofree char *inline_text = NULL;
	gboolean ok = TRUE;

	draft->subject = mime_reply_subject(head->subject, "Fwd: ");
	append_signature(body, account, cancel);
	if (attached) {
		GBytes *octets = engine_message_octets(message);
		if (octets == NULL) {
			fault_set(error, FAULT_UNKNOWN, _("The whole message is not here yet."));
			ok = FALSE;
		} else {
			mime_draft_attach(draft, NULL, "message/rfc822", octets);
		}
	} else {
		text = engine_message_plain(message, MIME_PREFER_PLAIN);
		inline_text = mime_forward_text(head, text ? text : "");
		g_string_append_printf(body, "\n%s", inline_text);
		ok = take_attachments(draft, message, error);
	}
	g_free(draft->body);
	draft->body = g_string_free(body, FALSE);
	return ok;
}

static MimeHead *
head_of(const EngineMessage *message)
{
	GBytes *header = engine_message_header(message);
	gsize length = 0;
	const char *block = header ? g_bytes_get_data(header, &length) : NULL;

	return mime_head_parse(block ? block : "", length);
}

static gboolean
begin_reply(Composition *composition, const AccountConfig *account, const Preferences *preferences,
	ComposeKind kind, const EngineMessage *message, const MimeHead *head, Cancel *cancel, GError **error)
{
	static const MimeReplyKind kinds[] = {
		[COMPOSE_REPLY] = MIME_REPLY_SENDER,
		[COMPOSE_REPLY_ALL] = MIME_REPLY_ALL,
		[COMPOSE_REPLY_LIST] = MIME_REPLY_LIST,
	};
	g_autoptr(GPtrArray) own = own_addresses(account, head);
	g_autofree char *text = engine_message_plain(message, MIME_PREFER_PLAIN);

	if (text == NULL) {
		fault_set(error, FAULT_UNKNOWN, _("The text is not here yet."));
		return FALSE;
	}
	mime_reply_fill(composition->draft, head, kinds[kind], own);
	composition->elsewhere = mime_head_answers_elsewhere(head) != NULL;
	composition->list_missing = kind == COMPOSE_REPLY_LIST && !mime_reply_has_list(head);
	write_reply_body(composition->draft, account, preferences, head, text, cancel);
	composition->answers = engine_message_row(message) ? engine_message_row(message)->id : 0;
	return TRUE;
}

Composition *
compose_begin(const AccountConfig *account, const Preferences *preferences, ComposeKind kind,
	const EngineMessage *message, Cancel *cancel, GError **error)
{
	g_autoptr(Composition) composition = NULL;
	g_autoptr(MimeHead) head = message ? head_of(message) : NULL;
	GString *body;
	gboolean ok = TRUE;

	if (kind == COMPOSE_RESEND && message != NULL)
		return compose_from_message(account, message, error);
	composition = composition_new(account->key, mime_draft_new());
	set_from(composition->draft, account, head ? address_met(account, head) : NULL);
	set_message_id(composition->draft);
	if (message == NULL) {
		body = g_string_new(NULL);
		append_signature(body, account, cancel);
		g_free(composition->draft->body);
		composition->draft->body = g_string_free(body, FALSE);
	} else if (kind == COMPOSE_FORWARD || kind == COMPOSE_FORWARD_ATTACHED) {
		ok = write_forward(composition->draft, account, message, head,
			kind == COMPOSE_FORWARD_ATTACHED, cancel, error);
		composition->forwards = engine_message_row(message) ? engine_message_row(message)->id : 0;
	} else {
		ok = begin_reply(composition, account, preferences, kind, message, head, cancel, error);
	}
	return ok ? g_steal_pointer(&composition) : NULL;
}

Composition *
compose_mailto(const AccountConfig *account, const Preferences *preferences, const char *url, Cancel *cancel,
	GError **error)
{
	g_autoptr(Composition) composition =
		compose_begin(account, preferences, COMPOSE_NEW, NULL, cancel, error);
	g_autofree char *refused = NULL;
	g_autofree char *signed_body = NULL;
	g_autoptr(GPtrArray) to = NULL;

	if (composition == NULL)
		return NULL;
	if (!g_str_has_prefix(url, "mailto:")) {
		to = mime_parse_addresses(url, -1, NULL);
		g_ptr_array_unref(composition->draft->to);
		composition->draft->to = g_steal_pointer(&to);
		return g_steal_pointer(&composition);
	}
	signed_body = g_strdup(composition->draft->body);
	if (!mime_mailto_parse(url, composition->draft, &refused, error))
		return NULL;
	if (composition->draft->body[0] == '\0') {
		g_free(composition->draft->body);
		composition->draft->body = g_steal_pointer(&signed_body);
	}
	return g_steal_pointer(&composition);
}

Composition *
compose_from_message(const AccountConfig *account, const EngineMessage *message, GError **error)
{
	MimeMessage *whole = engine_message_whole(message);
	Composition *composition;

	if (whole == NULL) {
		fault_set(error, FAULT_UNKNOWN, _("The whole message is not here yet."));
		return NULL;
	}
	composition = composition_new(account->key, mime_draft_from_message(whole));
	if (composition->draft->from->len == 0)
		set_from(composition->draft, account, NULL);
	set_message_id(composition->draft);
	return composition;
}

/* ---- drafts --------------------------------------------------------------------------------- */

/* What is not in the message, a line each: "answers=123". */
static GString *
write_state(const Composition *composition)
{
	GString *state = g_string_new(NULL);

	g_string_append_printf(state,
		"answers=%" G_GINT64_FORMAT "\nforwards=%" G_GINT64_FORMAT "\nreport=%d\nelsewhere=%d\n",
		composition->answers, composition->forwards, composition->delivery_report,
		composition->elsewhere);
	return state;
}

/* Address lists of a draft, by the names under which what cannot be written is kept beside it. */
static const struct {
	const char *name;
	gsize offset;
} address_lists[] = {
	{"from=", G_STRUCT_OFFSET(MimeDraft, from)},
	{"reply-to=", G_STRUCT_OFFSET(MimeDraft, reply_to)},
	{"to=", G_STRUCT_OFFSET(MimeDraft, to)},
	{"cc=", G_STRUCT_OFFSET(MimeDraft, cc)},
	{"bcc=", G_STRUCT_OFFSET(MimeDraft, bcc)},
};

static GPtrArray *
address_list(const MimeDraft *draft, gsize n)
{
	return G_STRUCT_MEMBER(GPtrArray *, draft, address_lists[n].offset);
}

static gboolean
cannot_be_written(const MimeAddress *address)
{
	return !(address->group != NULL && address->address[0] == '\0') &&
	       !mime_address_check(address->address, NULL);
}

/* A recipient half typed must not keep the rest from being kept: it stands in the state. */
static void
set_aside(MimeDraft *draft, GString *state)
{
	for (gsize n = 0; n < G_N_ELEMENTS(address_lists); n++) {
		GPtrArray *list = address_list(draft, n);

		for (guint i = 0; i < list->len;) {
			const MimeAddress *address = list->pdata[i];
			g_autofree char *text = NULL, *escaped = NULL;

			if (!cannot_be_written(address)) {
				i++;
				continue;
			}
			text = mime_format_address(address);
			escaped = g_uri_escape_string(text, " @<>,", TRUE);
			g_string_append_printf(state, "%s%s\n", address_lists[n].name, escaped);
			g_ptr_array_remove_index(list, i);
		}
	}
}

static void
take_back_address(Composition *composition, const char *line)
{
	for (gsize n = 0; n < G_N_ELEMENTS(address_lists); n++) {
		gsize length = strlen(address_lists[n].name);
		g_autofree char *text = g_str_has_prefix(line, address_lists[n].name)
						? g_uri_unescape_string(line + length, NULL)
						: NULL;
		g_autoptr(GPtrArray) more = text ? mime_parse_addresses(text, -1, NULL) : NULL;

		for (guint i = 0; more != NULL && i < more->len; i++)
			g_ptr_array_add(
				address_list(composition->draft, n), mime_address_copy(more->pdata[i]));
	}
}

static void
read_state(Composition *composition, const char *state)
{
	g_auto(GStrv) lines = g_strsplit(state ? state : "", "\n", -1);

	for (guint i = 0; lines[i] != NULL; i++) {
		const char *equals = strchr(lines[i], '=');
		gint64 value = equals ? g_ascii_strtoll(equals + 1, NULL, 10) : 0;
		if (g_str_has_prefix(lines[i], "answers="))
			composition->answers = value;
		else if (g_str_has_prefix(lines[i], "forwards="))
			composition->forwards = value;
		else if (g_str_has_prefix(lines[i], "report="))
			composition->delivery_report = value != 0;
		else if (g_str_has_prefix(lines[i], "elsewhere="))
			composition->elsewhere = value != 0;
		else
			take_back_address(composition, lines[i]);
	}
}

static guint64
random_seed(void)
{
	guint64 seed;

	hash_random(&seed, sizeof(seed));
	return seed;
}

StoreDraft *
compose_to_draft(const Composition *composition, gboolean postponed, GError **error)
{
	MimeBuildOptions options = {.eight_bit = TRUE, .utf8 = TRUE, .keep_bcc = TRUE, .seed = random_seed()};
	g_autoptr(MimeDraft) copy = mime_draft_copy(composition->draft);
	GString *state = write_state(composition);
	StoreDraft *draft;
	GBytes *message;

	copy->date = dates_now();
	set_aside(copy, state);
	message = mime_build(copy, &options, error);
	if (message == NULL) {
		g_string_free(state, TRUE);
		return NULL;
	}
	draft = g_new0(StoreDraft, 1);
	draft->id = composition->draft_id;
	draft->account = g_strdup(composition->account);
	draft->message_id = g_strdup(copy->message_id);
	draft->server_uid = composition->server_uid;
	draft->server_uidvalidity = composition->server_uidvalidity;
	draft->postponed = postponed;
	draft->saved = copy->date.seconds;
	draft->subject = g_strdup(copy->subject);
	draft->state = g_string_free(state, FALSE);
	draft->message = message;
	return draft;
}

static Composition *
from_octets(const char *account, GBytes *octets)
{
	g_autoptr(MimeMessage) message = mime_message_parse(octets);

	return composition_new(account, mime_draft_from_message(message));
}

Composition *
compose_from_draft(const StoreDraft *draft, GError **error)
{
	Composition *composition;

	if (draft->message == NULL) {
		fault_set(error, FAULT_DAMAGED, _("The draft's text is not there."));
		return NULL;
	}
	composition = from_octets(draft->account, draft->message);
	composition->draft_id = draft->id;
	composition->server_uid = draft->server_uid;
	composition->server_uidvalidity = draft->server_uidvalidity;
	g_free(composition->draft->message_id);
	composition->draft->message_id = g_strdup(draft->message_id);
	read_state(composition, draft->state);
	return composition;
}

Composition *
compose_from_outbox(const OutboxMessage *message, GError **error)
{
	GBytes *octets = message->copy ? message->copy : message->message;
	Composition *composition;

	if (octets == NULL) {
		fault_set(error, FAULT_DAMAGED, _("The message's text is not there."));
		return NULL;
	}
	composition = from_octets(message->account, octets);
	g_free(composition->draft->message_id);
	composition->draft->message_id = g_strdup(message->message_id);
	composition->answers = message->answers;
	composition->forwards = message->forwards;
	composition->draft_id = message->draft;
	composition->delivery_report = message->dsn;
	return composition;
}

/* ---- sending ------------------------------------------------------------------------------------ */

/* What was written: without quotes and without the signature. */
static char *
own_text(const char *body)
{
	g_auto(GStrv) lines = g_strsplit(body, "\n", -1);
	GString *text = g_string_new(NULL);

	for (guint i = 0; lines[i] != NULL && strcmp(lines[i], "-- ") != 0; i++)
		if (lines[i][0] != '>')
			g_string_append_printf(text, "%s\n", lines[i]);
	return g_string_free(text, FALSE);
}

static gboolean
speaks_of_attachment(const char *text)
{
	/* translators: words, separated by |, that mean that a file is attached, in small letters */
	g_auto(GStrv) words = g_strsplit(_("attached|attachment|enclosed"), "|", -1);
	g_autofree char *folded = g_utf8_casefold(text, -1);

	for (guint i = 0; words[i] != NULL; i++)
		if (words[i][0] != '\0' && strstr(folded, words[i]) != NULL)
			return TRUE;
	return FALSE;
}

guint
compose_warnings(const Composition *composition)
{
	const MimeDraft *draft = composition->draft;
	g_autofree char *text = own_text(draft->body);
	g_autofree char *trimmed = g_strstrip(g_strdup(text));
	g_autoptr(GPtrArray) recipients = mime_draft_recipients(draft);
	guint warnings = 0;

	if (draft->subject == NULL || draft->subject[0] == '\0')
		warnings |= COMPOSE_NO_SUBJECT;
	if (draft->attachments->len == 0 && speaks_of_attachment(text))
		warnings |= COMPOSE_NO_ATTACHMENT;
	if (recipients->len > 10)
		warnings |= COMPOSE_MANY_RECIPIENTS;
	if (trimmed[0] == '\0' && draft->attachments->len == 0)
		warnings |= COMPOSE_EMPTY;
	if (composition->elsewhere)
		warnings |= COMPOSE_ELSEWHERE;
	return warnings;
}

static gboolean
check_addresses(const MimeDraft *draft, const GPtrArray *recipients, GError **error)
{
	const MimeAddress *from = draft->from->len ? draft->from->pdata[0] : NULL;
	const GPtrArray *lists[] = {draft->to, draft->cc, draft->bcc};
	static const char *const names[] = {"To", "Cc", "Bcc"};

	if (from == NULL || !mime_address_check(from->address, error)) {
		if (from == NULL)
			fault_set(error, FAULT_INPUT, _("From is missing."));
		else
			g_prefix_error(error, "From: ");
		return FALSE;
	}
	for (gsize l = 0; l < G_N_ELEMENTS(lists); l++)
		for (guint i = 0; i < lists[l]->len; i++) {
			const MimeAddress *address = lists[l]->pdata[i];
			if (address->group != NULL && address->address[0] == '\0')
				continue;
			if (!mime_address_check(address->address, error)) {
				g_prefix_error(error, "%s: ", names[l]);
				return FALSE;
			}
		}
	if (recipients->len > 0)
		return TRUE;
	fault_set(error, FAULT_INPUT, _("Nobody is named to send to: fill in To, Cc or Bcc."));
	return FALSE;
}

static OutboxMessage *
outgoing(const char *account, const char *sender, GPtrArray *recipients, GBytes *message, GBytes *copy)
{
	OutboxMessage *out = outbox_message_new();

	out->account = g_strdup(account);
	out->sender = g_strdup(sender);
	if (out->recipients != NULL)
		g_ptr_array_unref(out->recipients);
	out->recipients = recipients;
	out->message = message;
	out->copy = copy;
	out->made = g_get_real_time() / G_USEC_PER_SEC;
	out->due = out->made;
	return out;
}

OutboxMessage *
compose_finish(const Composition *composition, const AccountConfig *account, const Preferences *preferences,
	gboolean at_once, GError **error)
{
	MimeDraft *draft = composition->draft;
	g_autoptr(GPtrArray) recipients = mime_draft_recipients(draft);
	MimeBuildOptions options = {.utf8 = mime_draft_needs_utf8(draft), .seed = random_seed()};
	g_autoptr(GBytes) message = NULL;
	g_autoptr(GBytes) copy = NULL;
	OutboxMessage *out;

	if (!check_addresses(draft, recipients, error))
		return NULL;
	draft->date = dates_now();
	options.eight_bit = options.utf8;
	message = mime_build(draft, &options, error);
	if (message == NULL)
		return NULL;
	if (draft->bcc->len > 0) {
		options.keep_bcc = TRUE;
		copy = mime_build(draft, &options, error);
		if (copy == NULL)
			return NULL;
	}
	out = outgoing(composition->account, ((MimeAddress *)draft->from->pdata[0])->address,
		g_steal_pointer(&recipients), g_steal_pointer(&message), g_steal_pointer(&copy));
	out->subject = g_strdup(draft->subject);
	out->message_id = g_strdup(draft->message_id);
	out->answers = composition->answers;
	out->forwards = composition->forwards;
	out->draft = composition->draft_id;
	out->dsn = composition->delivery_report;
	if (preferences->sent_copy == SENT_COPY_NONE)
		out->filed = TRUE;
	if (!at_once)
		out->due += (preferences->undo_send_ms + 999) / 1000;
	(void)account;
	return out;
}

static GPtrArray *
recipients_of(const GPtrArray *addresses, GError **error)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < addresses->len; i++) {
		const MimeAddress *address = addresses->pdata[i];
		if (!mime_address_check(address->address, error))
			return NULL;
		g_ptr_array_add(list, g_strdup(address->address));
	}
	if (list->len == 0) {
		fault_set(error, FAULT_INPUT, _("Nobody is named to send to."));
		return NULL;
	}
	return g_steal_pointer(&list);
}

OutboxMessage *
compose_bounce(const AccountConfig *account, GBytes *octets, const char *recipients, GError **error)
{
	g_autoptr(GPtrArray) to = mime_parse_addresses(recipients, -1, NULL);
	g_autoptr(GPtrArray) envelope = recipients_of(to, error);
	g_autoptr(MimeAddress) from = mime_address_new(account->name, account->address);
	g_autofree char *id = NULL;
	g_autofree char *subject = NULL;
	guint8 random[16];
	gsize length;
	const char *data = g_bytes_get_data(octets, &length);
	GBytes *message;
	OutboxMessage *out;

	if (envelope == NULL)
		return NULL;
	hash_random(random, sizeof(random));
	id = mime_new_message_id(account->address, random);
	message = mime_resend(octets, from, to, dates_now(), id, error);
	if (message == NULL)
		return NULL;
	out = outgoing(account->key, account->address, g_steal_pointer(&envelope), message, NULL);
	subject = mime_fields_find(data, length, "Subject");
	out->subject = subject ? mime_decode_text(subject, -1) : NULL;
	out->message_id = g_strdup(id);
	/* A resent message is not one of ours: no copy in Sent. */
	out->filed = TRUE;
	return out;
}

OutboxMessage *
compose_from_file(const AccountConfig *account, GBytes *octets, GError **error)
{
	g_autoptr(Composition) composition = from_octets(account->key, octets);
	MimeDraft *draft = composition->draft;
	g_autoptr(GPtrArray) recipients = mime_draft_recipients(draft);
	gsize length;
	const char *data = g_bytes_get_data(octets, &length);
	g_autofree char *id = mime_fields_find(data, length, "Message-ID");
	OutboxMessage *out;

	if (draft->from->len == 0)
		set_from(draft, account, NULL);
	if (!check_addresses(draft, recipients, error))
		return NULL;
	if (id == NULL) {
		/* Without the fields that a message must have it is built anew. */
		MimeBuildOptions options = {.utf8 = mime_draft_needs_utf8(draft), .seed = random_seed()};
		set_message_id(draft);
		draft->date = draft->date.seconds ? draft->date : dates_now();
		g_autoptr(GBytes) built = mime_build(draft, &options, error);
		if (built == NULL)
			return NULL;
		out = outgoing(account->key, ((MimeAddress *)draft->from->pdata[0])->address,
			g_steal_pointer(&recipients), g_steal_pointer(&built), NULL);
	} else {
		out = outgoing(account->key, ((MimeAddress *)draft->from->pdata[0])->address,
			g_steal_pointer(&recipients), mime_strip_bcc(octets), g_bytes_ref(octets));
	}
	out->subject = g_strdup(draft->subject);
	out->message_id = id ? mime_parse_message_id(id, -1) : g_strdup(draft->message_id);
	return out;
}

MimeAttachment *
compose_read_file(const char *path, GError **error)
{
	g_autofree char *expanded = paths_expand(path);
	g_autofree char *name = g_path_get_basename(expanded);
	g_autofree char *content_type = NULL;
	MimeAttachment *attachment;
	gsize length = 0;
	char *octets;

	if (g_file_test(expanded, G_FILE_TEST_IS_DIR)) {
		fault_set(error, FAULT_INPUT, _("%s is a folder: only files can be attached."), expanded);
		return NULL;
	}
	octets = paths_read(expanded, ATTACH_LIMIT, &length, error);
	if (octets == NULL)
		return NULL;
	content_type = g_content_type_guess(name, (const guchar *)octets, MIN(length, 4096), NULL);
	attachment = g_new0(MimeAttachment, 1);
	attachment->name = g_steal_pointer(&name);
	attachment->type = g_content_type_get_mime_type(content_type);
	if (attachment->type == NULL)
		attachment->type = g_strdup("application/octet-stream");
	attachment->data = g_bytes_new_take(octets, length);
	return attachment;
}

gboolean
compose_attach_file(Composition *composition, const char *path, GError **error)
{
	MimeAttachment *attachment = compose_read_file(path, error);

	if (attachment != NULL)
		g_ptr_array_add(composition->draft->attachments, attachment);
	return attachment != NULL;
}
