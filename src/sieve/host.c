/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A host over octets. */
#include "config.h"

#include "sieve/host.h"

#include "sieve/run.h"
#include "sieve/spam.h"
#include "util/dates.h"

#include <string.h>

typedef struct {
	SieveHost base;
	GBytes *octets;
	char *from, *to;
	gint64 now;
	char **known;
	MimeMessage *message;
	GHashTable *present;   /* names of the fields that are there, lower case */
	GHashTable *values;    /* name -> GPtrArray */
	GHashTable *addresses; /* the same */
} OctetsHost;

static GHashTable *
names_present(MimeMessage *message)
{
	GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	MimeFields fields;
	MimeField field;
	gsize length;
	const char *block = mime_message_header(message, &length);

	mime_fields_init(&fields, block, length);
	while (mime_fields_next(&fields, &field))
		g_hash_table_add(names, g_ascii_strdown(field.name, (gssize)field.name_length));
	return names;
}

/* What table knows of name, or find made of it. A script may ask for any number of names that are not there.
 */
static const GPtrArray *
remembered(OctetsHost *host, GHashTable *table, const char *name,
	GPtrArray *(*find)(const char *block, gsize length, const char *name))
{
	GPtrArray *found = g_hash_table_lookup(table, name);
	gsize length;
	const char *block;

	if (found != NULL || !g_hash_table_contains(host->present, name))
		return found;
	block = mime_message_header(host->message, &length);
	found = find(block, length, name);
	if (found != NULL)
		g_hash_table_insert(table, g_strdup(name), found);
	return found;
}

static SieveAnswer
octets_header(SieveHost *base, const char *name, const GPtrArray **values)
{
	OctetsHost *host = (OctetsHost *)base;

	*values = remembered(host, host->values, name, sieve_block_values);
	return SIEVE_HERE;
}

static SieveAnswer
octets_addresses(SieveHost *base, const char *name, const GPtrArray **addresses)
{
	OctetsHost *host = (OctetsHost *)base;

	*addresses = remembered(host, host->addresses, name, sieve_block_addresses);
	return SIEVE_HERE;
}

static SieveAnswer
octets_size(SieveHost *base, guint64 *size)
{
	*size = g_bytes_get_size(((OctetsHost *)base)->octets);
	return SIEVE_HERE;
}

static SieveAnswer
octets_whole(SieveHost *base, MimeMessage **message)
{
	*message = ((OctetsHost *)base)->message;
	return SIEVE_HERE;
}

/* The first address of a field; an empty path ("<>") is "". */
static char *
path_of(OctetsHost *host, const char *name)
{
	g_autofree char *text = mime_message_field(host->message, name);
	g_autoptr(GPtrArray) list = NULL;

	if (text == NULL)
		return NULL;
	if (strcmp(text, "<>") == 0)
		return g_strdup("");
	list = mime_parse_addresses(text, -1, NULL);
	return list->len > 0 ? g_strdup(((MimeAddress *)g_ptr_array_index(list, 0))->address) : NULL;
}

static SieveAnswer
octets_envelope(SieveHost *base, SieveEnvelopePart part, const char **address)
{
	OctetsHost *host = (OctetsHost *)base;

	if (part == SIEVE_ENVELOPE_FROM && host->from == NULL)
		host->from = path_of(host, "return-path");
	if (part == SIEVE_ENVELOPE_TO && host->to == NULL)
		host->to = path_of(host, "delivered-to");
	*address = part == SIEVE_ENVELOPE_FROM ? host->from : host->to;
	return SIEVE_HERE;
}

static gboolean
octets_folder_exists(SieveHost *base, const char *folder)
{
	(void)base;
	(void)folder;
	return TRUE;
}

static gboolean
octets_role_exists(SieveHost *base, const char *folder, const char *special_use)
{
	(void)base;
	(void)folder;
	(void)special_use;
	return TRUE;
}

static gboolean
octets_listed(SieveHost *base, const char *list, const char *address, gboolean *known)
{
	OctetsHost *host = (OctetsHost *)base;

	*known = sieve_list_is_addrbook(list);
	for (guint i = 0; *known && host->known != NULL && host->known[i] != NULL; i++)
		if (mime_address_same(host->known[i], address))
			return TRUE;
	return FALSE;
}

static SieveAnswer
octets_spam(SieveHost *base, int *score, int *percent)
{
	OctetsHost *host = (OctetsHost *)base;
	g_autofree char *status = mime_message_field(host->message, "x-spam-status");
	g_autofree char *points = mime_message_field(host->message, "x-spam-score");
	g_autofree char *flag = mime_message_field(host->message, "x-spam-flag");

	sieve_spam_score(status, points, flag, score, percent);
	return SIEVE_HERE;
}

static gint64
octets_now(SieveHost *base)
{
	OctetsHost *host = (OctetsHost *)base;

	return host->now != 0 ? host->now : dates_now().seconds;
}

static int
octets_zone(SieveHost *base, gint64 when)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(when);

	(void)base;
	return time != NULL ? (int)(g_date_time_get_utc_offset(time) / G_TIME_SPAN_MINUTE) : 0;
}

static const SieveHostClass octets_class = {
	.header = octets_header,
	.addresses = octets_addresses,
	.size = octets_size,
	.whole = octets_whole,
	.envelope = octets_envelope,
	.folder_exists = octets_folder_exists,
	.role_exists = octets_role_exists,
	.listed = octets_listed,
	.spam = octets_spam,
	.now = octets_now,
	.zone = octets_zone,
};

SieveHost *
sieve_host_from_octets(const SieveOctets *octets)
{
	OctetsHost *host = g_new0(OctetsHost, 1);

	host->base.class = &octets_class;
	host->octets = g_bytes_ref(octets->octets);
	host->from = g_strdup(octets->from);
	host->to = g_strdup(octets->to);
	host->now = octets->now;
	host->known = g_strdupv((char **)octets->known);
	host->message = mime_message_parse(octets->octets);
	host->values =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
	host->addresses =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
	host->present = names_present(host->message);
	return &host->base;
}

void
sieve_host_free(SieveHost *base)
{
	OctetsHost *host = (OctetsHost *)base;

	if (host == NULL)
		return;
	g_assert(base->class == &octets_class);
	g_hash_table_unref(host->present);
	g_hash_table_unref(host->values);
	g_hash_table_unref(host->addresses);
	mime_message_free(host->message);
	g_bytes_unref(host->octets);
	g_strfreev(host->known);
	g_free(host->from);
	g_free(host->to);
	g_free(host);
}
