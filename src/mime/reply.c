/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/reply.h"

#include "mime/subject.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

#include <string.h>

/* Lines wider than this are paragraphs of HTML or format=flowed: quoted in lines of QUOTE_WIDTH. Code stays
 * as it is. */
#define QUOTE_KEEP 100
#define QUOTE_WIDTH 74

/* --- To whom --- */

static gboolean
is_own(const char *address, const GPtrArray *own)
{
	for (guint i = 0; own != NULL && i < own->len; i++)
		if (mime_address_same(address, g_ptr_array_index(own, i)))
			return TRUE;
	return FALSE;
}

/* The same mailbox has the same key: looking up, not comparing each with each. */
static char *
key_of(const char *address)
{
	const char *at = strrchr(address, '@');
	g_autofree char *domain = at && !g_str_is_ascii(at) ? g_hostname_to_ascii(at + 1) : NULL;
	g_autofree char *whole =
		domain ? g_strdup_printf("%.*s@%s", (int)(at - address), address, domain) : NULL;

	return g_ascii_strdown(whole ? whole : address, -1);
}

/* Add those of from that are not own and not seen. */
static void
add(GPtrArray *to, GHashTable *seen, const GPtrArray *from, const GPtrArray *own)
{
	for (guint i = 0; i < from->len; i++) {
		const MimeAddress *address = g_ptr_array_index(from, i);
		if (*address->address == '\0' || is_own(address->address, own))
			continue;
		if (g_hash_table_add(seen, key_of(address->address))) {
			MimeAddress *copy = mime_address_copy(address);
			g_clear_pointer(&copy->group, g_free);
			g_ptr_array_add(to, copy);
		}
	}
}

static const GPtrArray *
answer_to(const MimeHead *head)
{
	for (guint i = 0; i < head->reply_to->len; i++)
		if (*((MimeAddress *)g_ptr_array_index(head->reply_to, i))->address)
			return head->reply_to;
	return head->from->len > 0 ? head->from : head->sender;
}

static gboolean
all_own(const GPtrArray *list, const GPtrArray *own)
{
	for (guint i = 0; i < list->len; i++)
		if (!is_own(((MimeAddress *)g_ptr_array_index(list, i))->address, own))
			return FALSE;
	return list->len > 0;
}

/* The address of List-Post, else one of To and Cc that List-Id names; NULL: none. The caller's. */
static char *
list_address(const MimeHead *head)
{
	const GPtrArray *const lists[] = {head->to, head->cc};
	g_autofree char *wanted = NULL;
	char *dot;

	for (guint i = 0; i < head->list_post->len; i++) {
		const char *url = g_ptr_array_index(head->list_post, i);
		if (g_ascii_strncasecmp(url, "mailto:", 7) == 0 && strchr(url, '@') != NULL) {
			g_autofree char *path = g_strndup(url + 7, strcspn(url + 7, "?"));
			g_autofree char *address = g_uri_unescape_string(path, NULL);
			if (address != NULL && mime_address_check(address, NULL))
				return g_steal_pointer(&address);
		}
	}
	wanted = g_strdup(head->list_id);
	if (wanted == NULL || (dot = strchr(wanted, '.')) == NULL)
		return NULL;
	*dot = '@';
	for (gsize l = 0; l < G_N_ELEMENTS(lists); l++)
		for (guint i = 0; i < lists[l]->len; i++) {
			const MimeAddress *address = g_ptr_array_index(lists[l], i);
			if (mime_address_same(address->address, wanted))
				return g_strdup(address->address);
		}
	return NULL;
}

gboolean
mime_reply_has_list(const MimeHead *head)
{
	g_autofree char *address = list_address(head);

	return address != NULL;
}

gboolean
mime_reply_to_differs(const MimeHead *head)
{
	const MimeAddress *from = mime_head_from(head);

	for (guint i = 0; i < head->reply_to->len; i++) {
		const MimeAddress *address = g_ptr_array_index(head->reply_to, i);
		if (*address->address &&
			(from == NULL || !mime_address_same(address->address, from->address)))
			return TRUE;
	}
	return FALSE;
}

static void
fill_to_list(MimeDraft *draft, GHashTable *seen, const char *address)
{
	g_autoptr(GPtrArray) list = mime_addresses_new();

	g_ptr_array_add(list, mime_address_new(NULL, address));
	add(draft->to, seen, list, NULL);
}

static void
fill_recipients(MimeDraft *draft, const MimeHead *head, MimeReplyKind kind, const GPtrArray *own)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autofree char *list = kind == MIME_REPLY_LIST ? list_address(head) : NULL;
	gboolean mine = all_own(answer_to(head), own);

	g_ptr_array_set_size(draft->to, 0);
	g_ptr_array_set_size(draft->cc, 0);
	if (list != NULL) {
		fill_to_list(draft, seen, list);
		return;
	}
	if (kind != MIME_REPLY_SENDER && head->mail_followup_to->len > 0) {
		add(draft->to, seen, head->mail_followup_to, own);
	} else if (kind == MIME_REPLY_SENDER) {
		add(draft->to, seen, mine ? head->to : answer_to(head), own);
	} else {
		if (!mine)
			add(draft->to, seen, answer_to(head), own);
		add(mine ? draft->to : draft->cc, seen, head->to, own);
		add(draft->cc, seen, head->cc, own);
	}
	if (draft->to->len == 0 && draft->cc->len > 0) {
		GPtrArray *swap = draft->to;
		draft->to = draft->cc;
		draft->cc = swap;
	}
	if (draft->to->len == 0)
		add(draft->to, seen, answer_to(head), NULL);
}

/* --- Threads and subjects --- */

void
mime_reply_thread(MimeDraft *draft, const MimeHead *head)
{
	const GPtrArray *known = head->references->len > 0     ? head->references
				 : head->in_reply_to->len == 1 ? head->in_reply_to
							       : NULL;

	g_ptr_array_set_size(draft->references, 0);
	g_clear_pointer(&draft->in_reply_to, g_free);
	for (guint i = 0; known != NULL && i < known->len; i++) {
		if (i >= LIMIT_REFERENCES_FIRST && i + LIMIT_REFERENCES_LAST < known->len + 1)
			continue;
		g_ptr_array_add(draft->references, g_strdup(g_ptr_array_index(known, i)));
	}
	if (head->message_id == NULL)
		return;
	draft->in_reply_to = g_strdup(head->message_id);
	g_ptr_array_add(draft->references, g_strdup(head->message_id));
}

char *
mime_reply_subject(const char *subject, const char *prefix)
{
	gboolean forward, wanted = FALSE;
	const char *p = subject ? subject : "", *next;

	mime_skip_mark(prefix, &wanted);
	p += strspn(p, " ");
	while ((next = mime_skip_mark(p, &forward)) != NULL && forward == wanted)
		p = next;
	return g_strconcat(prefix, p, NULL);
}

void
mime_reply_fill(MimeDraft *draft, const MimeHead *head, MimeReplyKind kind, const GPtrArray *own)
{
	fill_recipients(draft, head, kind, own);
	mime_reply_thread(draft, head);
	g_free(draft->subject);
	draft->subject = mime_reply_subject(head->subject, "Re: ");
}

/* --- Text --- */

/* Bytes of text up to its signature and without empty lines at its end. */
static gsize
length_to_quote(const char *text, gboolean cut_signature)
{
	const char *mark = text, *found = NULL;
	gsize length;

	if (cut_signature && g_str_has_prefix(text, "-- \n"))
		return 0;
	while (cut_signature && (mark = strstr(mark, "\n-- \n")) != NULL)
		found = mark++;
	length = found ? (gsize)(found - text) : strlen(text);
	while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == ' '))
		length--;
	return length;
}

/*
 * One line broken at blanks, behind prefix and its own quote marks, which are
 * repeated. soft: as format=flowed wants it, with a blank at each break.
 */
static void
break_line(GString *out, const char *prefix, const char *line, gsize length, int width, gboolean soft)
{
	gsize marks = 0, from;
	int cells;

	while (marks < length && line[marks] == '>')
		marks++;
	from = marks + (marks > 0 && marks < length && line[marks] == ' ');
	cells = MAX(width - (int)marks - (int)strlen(prefix) - 2, 10);
	for (;;) {
		g_autofree char *rest = g_strndup(line + from, MIN(length - from, (gsize)cells * 8));
		gsize fit = text_fit(rest, -1, cells, NULL), cut = fit;
		g_string_append(out, prefix);
		g_string_append_len(out, line, (gssize)marks);
		if (marks > 0 && length > from)
			g_string_append_c(out, ' ');
		if (from + fit < length)
			while (cut > 0 && line[from + cut] != ' ')
				cut--;
		if (from + fit >= length || cut == 0) {
			g_string_append_len(out, line + from, (gssize)(length - from));
			g_string_append_c(out, '\n');
			return;
		}
		g_string_append_len(out, line + from, (gssize)cut);
		g_string_append(out, soft ? " \n" : "\n");
		from += cut + 1;
	}
}

char *
mime_reply_quote(const char *text, const char *prefix, gboolean cut_signature)
{
	gsize length = length_to_quote(text, cut_signature);
	g_autofree char *tight = g_strchomp(g_strdup(prefix));
	const char *end = text + length;
	GString *out = g_string_sized_new(length + length / 8 + 16);

	while (text < end) {
		const char *stop = memchr(text, '\n', (gsize)(end - text));
		gsize size = (gsize)((stop ? stop : end) - text);
		const char *before = size == 0 || *text == '>' ? tight : prefix;
		if (size > QUOTE_KEEP && text_cells(text, (gssize)size) > QUOTE_KEEP) {
			break_line(out, before, text, size, QUOTE_WIDTH, FALSE);
		} else {
			g_string_append(out, before);
			g_string_append_len(out, text, (gssize)size);
			g_string_append_c(out, '\n');
		}
		text += size + (stop != NULL);
	}
	return g_string_free(out, FALSE);
}

char *
mime_reply_flow(const char *text, int width)
{
	GString *out = g_string_sized_new(strlen(text) + 64);

	while (*text) {
		gsize size = strcspn(text, "\n"), length = size;
		if (!(size == 3 && strncmp(text, "-- ", 3) == 0))
			while (length > 0 && text[length - 1] == ' ')
				length--;
		break_line(out, "", text, length, width, TRUE);
		text += size + (text[size] == '\n');
	}
	return g_string_free(out, FALSE);
}

/* A name for prose: safe, the address where there is none. */
static char *
who(const MimeHead *head)
{
	const MimeAddress *from = mime_head_from(head);

	if (from == NULL)
		return g_strdup(_("somebody"));
	if (from->name != NULL)
		return text_safe(from->name, -1, TEXT_MARKS);
	return mime_address_display(from->address);
}

char *
mime_reply_attribution(const MimeHead *head)
{
	g_autofree char *name = who(head);
	g_autofree char *date = head->dated ? dates_format_long(head->date) : NULL;

	if (date == NULL)
		return g_strdup_printf(_("%s wrote:"), name);
	/* TRANSLATORS: a date, then a name */
	return g_strdup_printf(_("On %s, %s wrote:"), date, name);
}

static void
append_field(GString *out, const char *name, char *take_value)
{
	g_autofree char *safe = take_value ? text_safe(take_value, -1, TEXT_MARKS) : NULL;

	if (safe != NULL && *safe)
		g_string_append_printf(out, "%s: %s\n", name, safe);
	g_free(take_value);
}

char *
mime_forward_text(const MimeHead *head, const char *text)
{
	GString *out = g_string_new(NULL);

	g_string_append_printf(out, "----- %s -----\n", _("Forwarded message"));
	append_field(out, _("From"), mime_format_addresses(head->from));
	append_field(out, _("Date"), head->dated ? dates_format_long(head->date) : NULL);
	append_field(out, _("Subject"), g_strdup(head->subject));
	append_field(out, _("To"), mime_format_addresses(head->to));
	append_field(out, _("Cc"), mime_format_addresses(head->cc));
	g_string_append_printf(out, "\n%s", text);
	if (out->str[out->len - 1] != '\n')
		g_string_append_c(out, '\n');
	g_string_append_printf(out, "\n----- %s -----\n", _("End of the forwarded message"));
	return g_string_free(out, FALSE);
}
