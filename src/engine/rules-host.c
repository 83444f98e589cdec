/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/rules-host.h"

#include <string.h>
#include <time.h>

#include "mime/header.h"
#include "util/dates.h"
#include "util/fault.h"
#include "util/i18n.h"

/* A row's recipients may be cut from here on: store/decode.c keeps 200 bytes. */
#define RECIPIENTS_SURE 190
#define ADDRESS_BOOK ":addrbook:default"

/* What the cache keeps of each message (store_view_fields); absent there is absent in the message. */
static const char *const kept[] = {"auto-submitted", "bcc", "cc", "date", "delivered-to", "from",
	"importance", "list-id", "list-post", "list-unsubscribe-post", "mail-followup-to", "message-id",
	"precedence", "priority", "reply-to", "sender", "subject", "thread-topic", "to", "x-label",
	"x-msmail-priority", "x-original-to", "x-priority", "x-spam-flag", "x-spam-score", "x-spam-status"};

struct RulesHost {
	SieveHost base;
	const RulesWorld *world;
	const StoreMail *mail;
	GHashTable *headers;   /* name -> GPtrArray of char *, or NULL: none */
	GHashTable *addresses; /* name -> GPtrArray of MimeAddress, or NULL */
	char **flags;
	char *envelope[2];
	GBytes *header; /* fetched; NULL: not looked for, or not here */
	GBytes *octets; /* the whole */
	MimeMessage *message;
	gboolean looked;    /* for octets and header */
	gboolean cut;       /* fields had no room for all */
	gboolean cut_known; /* that was looked at */
	gboolean wanted_program, wanted_whole;
	GPtrArray *sights;
	GHashTable *saw; /* set of "handle\nid" of messages before, in this run */
};

/* ---- octets that are here ----------------------------------------------------------- */

static void
look(RulesHost *host)
{
	StoreView *view = host->world->view;
	gint64 cid = host->mail->row->cid;

	if (host->looked || view == NULL)
		return;
	host->looked = TRUE;
	host->octets = store_view_part(view, cid, "");
	if (host->octets == NULL)
		host->header = store_view_part(view, cid, "HEADER");
}

/* The whole header block; NULL: not here. */
static const char *
whole_header(RulesHost *host, gsize *length)
{
	look(host);
	if (host->octets != NULL && host->message == NULL)
		host->message = mime_message_parse(host->octets);
	if (host->message != NULL)
		return mime_message_header(host->message, length);
	return host->header ? g_bytes_get_data(host->header, length) : NULL;
}

/* ---- header fields ------------------------------------------------------------------- */

static int
compare_kept(const void *name, const void *entry)
{
	return strcmp(name, *(const char *const *)entry);
}

static gboolean
is_kept(const char *name)
{
	return bsearch(name, kept, G_N_ELEMENTS(kept), sizeof *kept, compare_kept) != NULL;
}

static void
add_fields(GPtrArray *values, const char *block, gsize length, const char *name, gboolean decode)
{
	MimeFields fields;
	MimeField field;

	mime_fields_init(&fields, block, length);
	while (mime_fields_next(&fields, &field))
		if (mime_field_is(&field, name))
			g_ptr_array_add(values,
				decode ? g_strstrip(mime_decode_text(field.value, (gssize)field.value_length))
				       : g_strndup(field.value, field.value_length));
}

/* No room for all that was to be kept. */
static gboolean
is_cut(RulesHost *host)
{
	if (!host->cut_known && host->mail->fields != NULL)
		host->cut = g_str_has_prefix(host->mail->fields, STORE_FIELDS_CUT) ||
			    strstr(host->mail->fields, "\n" STORE_FIELDS_CUT) != NULL;
	host->cut_known = TRUE;
	return host->cut;
}

static char *
sender_of(const StoreRow *row)
{
	MimeAddress sender = {.name = row->from_name, .address = row->from_address};

	return mime_format_address(&sender);
}

/* What the row itself says of a field. FALSE: not here. */
static gboolean
add_from_row(RulesHost *host, GPtrArray *values, const char *name)
{
	const StoreRow *row = host->mail->row;
	DateTime date = {.seconds = row->sent, .offset_minutes = row->sent_offset};

	if (strcmp(name, "subject") == 0) {
		if (row->subject != NULL)
			g_ptr_array_add(values, g_strdup(row->subject));
	} else if (strcmp(name, "from") == 0) {
		if (row->from_address != NULL)
			g_ptr_array_add(values, sender_of(row));
	} else if (strcmp(name, "to") == 0) {
		if (row->to != NULL && strlen(row->to) > RECIPIENTS_SURE)
			return FALSE;
		if (row->to != NULL)
			g_ptr_array_add(values, g_strdup(row->to));
	} else if (strcmp(name, "message-id") == 0) {
		if (host->mail->message_id != NULL)
			g_ptr_array_add(values, g_strconcat("<", host->mail->message_id, ">", NULL));
	} else if (strcmp(name, "date") == 0) {
		g_ptr_array_add(values, dates_format_mail(date));
	}
	return TRUE;
}

/* From what the cache keeps. FALSE: it does not keep this one. */
static gboolean
add_kept(RulesHost *host, GPtrArray *values, const char *name, gboolean decode)
{
	const char *fields = host->mail->fields;

	if (!is_kept(name))
		return FALSE;
	if (fields != NULL)
		add_fields(values, fields, strlen(fields), name, decode);
	if (values->len > 0 && strcmp(name, "date") == 0 && *(const char *)values->pdata[0] == '\0')
		g_ptr_array_set_size(values, 0); /* kept empty: there is none */
	else if (values->len == 0 && !add_from_row(host, values, name))
		return FALSE;
	return values->len > 0 || !is_cut(host);
}

/* FALSE: missing. */
static gboolean
field_values(RulesHost *host, GPtrArray *values, const char *name, gboolean decode)
{
	gsize length;
	const char *block;

	if (add_kept(host, values, name, decode))
		return TRUE;
	g_ptr_array_set_size(values, 0);
	/* The header fetched whole has all; the type that is kept lacks its parameters. */
	block = whole_header(host, &length);
	if (block == NULL)
		return FALSE;
	add_fields(values, block, length, name, decode);
	return TRUE;
}

static GPtrArray *
none_if_empty(GPtrArray *array)
{
	if (array->len > 0)
		return array;
	g_ptr_array_unref(array);
	return NULL;
}

static SieveAnswer
host_header(SieveHost *base, const char *name, const GPtrArray **values)
{
	RulesHost *host = (RulesHost *)base;
	gpointer known = NULL;
	g_autoptr(GPtrArray) found = NULL;

	if (!g_hash_table_lookup_extended(host->headers, name, NULL, &known)) {
		found = g_ptr_array_new_with_free_func(g_free);
		if (!field_values(host, found, name, TRUE))
			return SIEVE_MISSING;
		known = none_if_empty(g_steal_pointer(&found));
		g_hash_table_insert(host->headers, g_strdup(name), known);
	}
	*values = known;
	return SIEVE_HERE;
}

/* A single sender needs no parsing: the row has it. */
static gboolean
sender_is_plain(const RulesHost *host, const char *name)
{
	return strcmp(name, "from") == 0 && host->mail->row->from_address != NULL &&
	       !host->mail->row->several_from;
}

static gboolean
find_addresses(RulesHost *host, const char *name, GPtrArray **addresses)
{
	g_autoptr(GPtrArray) raw = g_ptr_array_new_with_free_func(g_free);

	*addresses = NULL;
	if (sender_is_plain(host, name)) {
		*addresses = mime_addresses_new();
		g_ptr_array_add(*addresses,
			mime_address_new(host->mail->row->from_name, host->mail->row->from_address));
		return TRUE;
	}
	if (!field_values(host, raw, name, FALSE))
		return FALSE;
	for (guint i = 0; i < raw->len; i++) {
		g_autoptr(GPtrArray) list = mime_parse_addresses(raw->pdata[i], -1, NULL);
		if (*addresses == NULL)
			*addresses = mime_addresses_new();
		g_ptr_array_extend_and_steal(*addresses, g_steal_pointer(&list));
	}
	return TRUE;
}

static SieveAnswer
host_addresses(SieveHost *base, const char *name, const GPtrArray **addresses)
{
	RulesHost *host = (RulesHost *)base;
	gpointer known = NULL;
	GPtrArray *found;

	if (!g_hash_table_lookup_extended(host->addresses, name, NULL, &known)) {
		if (!find_addresses(host, name, &found))
			return SIEVE_MISSING;
		known = found;
		g_hash_table_insert(host->addresses, g_strdup(name), known);
	}
	*addresses = known;
	return SIEVE_HERE;
}

static SieveAnswer
host_size(SieveHost *base, guint64 *octets)
{
	*octets = ((RulesHost *)base)->mail->row->size;
	return SIEVE_HERE;
}

static SieveAnswer
host_whole(SieveHost *base, MimeMessage **message)
{
	RulesHost *host = (RulesHost *)base;
	gsize length;

	(void)whole_header(host, &length);
	if (host->message == NULL) {
		host->wanted_whole = TRUE;
		return SIEVE_MISSING;
	}
	*message = host->message;
	return SIEVE_HERE;
}

/* ---- the envelope --------------------------------------------------------------------- */

/* The address in the first field of that name; "" in <>. NULL: none. */
static char *
bare_address(const GPtrArray *values)
{
	const char *text = values && values->len > 0 ? values->pdata[0] : NULL;
	g_autoptr(GPtrArray) list = text ? mime_parse_addresses(text, -1, NULL) : NULL;

	if (text == NULL)
		return NULL;
	return g_strdup(list->len > 0 ? ((MimeAddress *)list->pdata[0])->address : "");
}

static SieveAnswer
host_envelope(SieveHost *base, SieveEnvelopePart part, const char **address)
{
	static const char *const from[] = {"return-path", NULL};
	static const char *const to[] = {"delivered-to", "x-original-to", NULL};
	RulesHost *host = (RulesHost *)base;
	char **slot = &host->envelope[part == SIEVE_ENVELOPE_TO];

	for (const char *const *name = part == SIEVE_ENVELOPE_TO ? to : from; *slot == NULL && *name != NULL;
		name++) {
		const GPtrArray *values = NULL;
		if (host_header(base, *name, &values) == SIEVE_MISSING)
			return SIEVE_MISSING;
		*slot = bare_address(values);
	}
	if (*slot == NULL && part == SIEVE_ENVELOPE_TO)
		*slot = g_strdup(host->world->address);
	*address = *slot;
	return SIEVE_HERE;
}

/* ---- flags and folders ------------------------------------------------------------------- */

char **
rules_flags_of(const StoreRow *row)
{
	static const struct {
		guint32 flag;
		const char *name;
	} names[] = {
		{MESSAGE_SEEN, "\\Seen"},
		{MESSAGE_FLAGGED, "\\Flagged"},
		{MESSAGE_ANSWERED, "\\Answered"},
		{MESSAGE_DRAFT, "\\Draft"},
		{MESSAGE_DELETED, "\\Deleted"},
		{MESSAGE_FORWARDED, "$Forwarded"},
		{MESSAGE_JUNK, "$Junk"},
	};
	GStrvBuilder *builder = g_strv_builder_new();
	g_auto(GStrv) keywords = g_strsplit(row->keywords ? row->keywords : "", " ", -1);
	char **flags;

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (row->flags & names[i].flag)
			g_strv_builder_add(builder, names[i].name);
	for (guint i = 0; keywords[i] != NULL; i++)
		if (keywords[i][0] != '\0')
			g_strv_builder_add(builder, keywords[i]);
	flags = g_strv_builder_end(builder);
	g_strv_builder_unref(builder);
	return flags;
}

static const char *const *
host_flags(SieveHost *base)
{
	RulesHost *host = (RulesHost *)base;

	if (host->flags == NULL)
		host->flags = rules_flags_of(host->mail->row);
	return (const char *const *)host->flags;
}

static gboolean
same_name(const StoreFolder *folder, const char *name)
{
	const char *a = folder->name;

	if (g_ascii_strcasecmp(name, "INBOX") == 0)
		return g_ascii_strcasecmp(a, "INBOX") == 0;
	for (; *a != '\0' && *name != '\0'; a++, name++)
		if (*a != *name && !(*a == folder->delimiter && (*name == '/' || *name == '.')))
			return FALSE;
	return *a == *name;
}

const StoreFolder *
rules_find_folder(const GPtrArray *folders, const char *name)
{
	const StoreFolder *near = NULL;

	for (guint i = 0; folders != NULL && i < folders->len; i++) {
		const StoreFolder *folder = folders->pdata[i];
		if (!folder->selectable)
			continue;
		if (strcmp(folder->name, name) == 0)
			return folder;
		if (near == NULL && same_name(folder, name))
			near = folder;
	}
	return near;
}

FolderRole
rules_role_of(const char *special_use)
{
	g_autofree char *name =
		special_use && special_use[0] == '\\' ? g_ascii_strdown(special_use + 1, -1) : NULL;

	return name ? folder_role_from_name(name) : ROLE_NONE;
}

static gboolean
host_folder_exists(SieveHost *base, const char *folder)
{
	return rules_find_folder(((RulesHost *)base)->world->folders, folder) != NULL;
}

static gboolean
host_role_exists(SieveHost *base, const char *folder, const char *special_use)
{
	const GPtrArray *folders = ((RulesHost *)base)->world->folders;
	FolderRole role = rules_role_of(special_use);
	const StoreFolder *named = folder ? rules_find_folder(folders, folder) : NULL;

	if (role == ROLE_NONE || (folder != NULL && named == NULL))
		return FALSE;
	if (named != NULL)
		return named->role == role;
	for (guint i = 0; folders != NULL && i < folders->len; i++)
		if (((StoreFolder *)folders->pdata[i])->role == role)
			return TRUE;
	return FALSE;
}

/* ---- the world ------------------------------------------------------------------------------ */

static char *
sight_key(const char *handle, const char *id)
{
	return g_strconcat(handle ? handle : "", "\n", id, NULL);
}

static void
sight_free(gpointer data)
{
	RulesSight *sight = data;

	g_free(sight->handle);
	g_free(sight->id);
	g_free(sight);
}

static gboolean
host_seen(SieveHost *base, const char *handle, const char *id, guint64 seconds, gboolean last)
{
	RulesHost *host = (RulesHost *)base;
	g_autofree char *key = sight_key(handle, id);
	RulesSight *sight = g_new0(RulesSight, 1);

	sight->handle = g_strdup(handle);
	sight->id = g_strdup(id);
	sight->seconds = seconds;
	sight->last = last;
	g_ptr_array_add(host->sights, sight);
	return g_hash_table_contains(host->saw, key) ||
	       (host->world->seen != NULL && host->world->seen(handle, id, host->world->user));
}

static gboolean
host_listed(SieveHost *base, const char *list, const char *address, gboolean *known)
{
	GHashTable *people = ((RulesHost *)base)->world->people;
	g_autofree char *folded = NULL;

	*known = g_ascii_strcasecmp(list, ADDRESS_BOOK) == 0 ||
		 g_ascii_strcasecmp(list, "urn:ietf:params:sieve" ADDRESS_BOOK) == 0;
	if (!*known || people == NULL)
		return FALSE;
	folded = g_utf8_casefold(address, -1);
	return g_hash_table_contains(people, folded);
}

static const char *
host_environment(SieveHost *base, const char *name)
{
	const RulesHost *host = (const RulesHost *)base;
	const char *at = host->world->address ? strrchr(host->world->address, '@') : NULL;

	if (strcmp(name, "name") == 0)
		return "Posthorn";
	if (strcmp(name, "version") == 0)
		return PACKAGE_VERSION;
	if (strcmp(name, "location") == 0)
		return "MUA";
	if (strcmp(name, "phase") == 0)
		return "post";
	if (strcmp(name, "host") == 0)
		return g_get_host_name();
	return strcmp(name, "domain") == 0 && at != NULL ? at + 1 : NULL;
}

/* A number behind "name=" in an X-Spam-Status. */
static gboolean
status_number(const char *status, const char *name, double *number)
{
	const char *at = strstr(status, name);
	char *end;

	if (at == NULL)
		return FALSE;
	*number = g_ascii_strtod(at + strlen(name), &end);
	return end != at + strlen(name);
}

/* The server's threshold is 5 of 10 (50 %), twice that is 10. */
static SieveAnswer
host_spam(SieveHost *base, int *score, int *percent)
{
	const GPtrArray *status = NULL, *points = NULL, *flag = NULL;
	double value = 0, required = 5, share;
	gboolean known = FALSE;

	*score = *percent = -1;
	if (host_header(base, "x-spam-status", &status) == SIEVE_MISSING ||
		host_header(base, "x-spam-score", &points) == SIEVE_MISSING ||
		host_header(base, "x-spam-flag", &flag) == SIEVE_MISSING)
		return SIEVE_MISSING;
	if (status != NULL) {
		known = status_number(status->pdata[0], "score=", &value);
		if (!status_number(status->pdata[0], "required=", &required) || required <= 0)
			required = 5;
	}
	if (!known && points != NULL) {
		char *end;
		value = g_ascii_strtod(points->pdata[0], &end);
		known = end != points->pdata[0];
	}
	if (!known && flag != NULL) {
		value = g_ascii_strncasecmp(flag->pdata[0], "yes", 3) == 0 ? required : 0;
		known = TRUE;
	}
	if (!known)
		return SIEVE_HERE;
	share = CLAMP(value / (2 * required), 0, 1);
	*score = MAX(1, (int)(share * 10 + 0.5));
	*percent = (int)(share * 100 + 0.5);
	return SIEVE_HERE;
}

static gboolean
host_execute(SieveHost *base, SieveProgram *program, GError **error)
{
	RulesHost *host = (RulesHost *)base;
	MimeMessage *message = NULL;

	if (host->world->execute == NULL) {
		host->wanted_program = TRUE;
		fault_set(error, FAULT_UNKNOWN, _("Programs do not run here."));
		return FALSE;
	}
	if (program->pipe_message && host_whole(base, &message) == SIEVE_MISSING) {
		fault_set(error, FAULT_UNKNOWN, _("The message is not here yet."));
		return FALSE;
	}
	return host->world->execute(program, host->octets, host->world->user, error);
}

static gint64
host_now(SieveHost *base)
{
	return ((RulesHost *)base)->world->now;
}

static int
host_zone(SieveHost *base, gint64 when)
{
	time_t seconds = (time_t)when;
	struct tm local;

	(void)base;
	return localtime_r(&seconds, &local) ? (int)(local.tm_gmtoff / 60) : 0;
}

static gint64
host_arrived(SieveHost *base)
{
	return ((RulesHost *)base)->mail->row->received;
}

static const SieveHostClass host_class = {
	.header = host_header,
	.addresses = host_addresses,
	.size = host_size,
	.whole = host_whole,
	.envelope = host_envelope,
	.flags = host_flags,
	.folder_exists = host_folder_exists,
	.role_exists = host_role_exists,
	.seen = host_seen,
	.listed = host_listed,
	.environment = host_environment,
	.spam = host_spam,
	.execute = host_execute,
	.now = host_now,
	.zone = host_zone,
	.arrived = host_arrived,
};

/* ---- its life --------------------------------------------------------------------------------- */

static void
unref_array(gpointer array)
{
	if (array != NULL)
		g_ptr_array_unref(array);
}

RulesHost *
rules_host_new(const RulesWorld *world)
{
	RulesHost *host = g_new0(RulesHost, 1);

	host->base.class = &host_class;
	host->world = world;
	host->headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_array);
	host->addresses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_array);
	host->sights = g_ptr_array_new_with_free_func(sight_free);
	host->saw = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return host;
}

static void
forget_message(RulesHost *host)
{
	g_hash_table_remove_all(host->headers);
	g_hash_table_remove_all(host->addresses);
	g_clear_pointer(&host->flags, g_strfreev);
	g_clear_pointer(&host->envelope[0], g_free);
	g_clear_pointer(&host->envelope[1], g_free);
	g_clear_pointer(&host->message, mime_message_free);
	g_clear_pointer(&host->octets, g_bytes_unref);
	g_clear_pointer(&host->header, g_bytes_unref);
	g_ptr_array_set_size(host->sights, 0);
	host->looked = host->cut = host->cut_known = host->wanted_program = host->wanted_whole = FALSE;
}

void
rules_host_free(RulesHost *host)
{
	if (host == NULL)
		return;
	forget_message(host);
	g_hash_table_unref(host->headers);
	g_hash_table_unref(host->addresses);
	g_ptr_array_unref(host->sights);
	g_hash_table_unref(host->saw);
	g_free(host);
}

SieveHost *
rules_host_set(RulesHost *host, const StoreMail *mail)
{
	forget_message(host);
	host->mail = mail;
	return &host->base;
}

gboolean
rules_host_wanted_program(const RulesHost *host)
{
	return host->wanted_program;
}

gboolean
rules_host_wanted_whole(const RulesHost *host)
{
	return host->wanted_whole;
}

const GPtrArray *
rules_host_sights(const RulesHost *host)
{
	return host->sights;
}

void
rules_host_saw(RulesHost *host)
{
	for (guint i = 0; i < host->sights->len; i++) {
		const RulesSight *sight = host->sights->pdata[i];
		g_hash_table_add(host->saw, sight_key(sight->handle, sight->id));
	}
}
