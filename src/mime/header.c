/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/header.h"

#include "util/limits.h"

#include <string.h>

/* --- Message-IDs and lists --- */

typedef struct {
	const char *start, *end;
} Slice;

/* The text of a slice without blanks (an id folded by a careless mailer). */
static char *
squeeze(const Slice *slice)
{
	char *out = g_malloc((gsize)(slice->end - slice->start) + 1);
	char *to = out;

	for (const char *p = slice->start; p < slice->end; p++)
		if (*p != ' ' && *p != '\t')
			*to++ = *p;
	*to = '\0';
	if (!g_utf8_validate(out, -1, NULL)) {
		char *valid = g_utf8_make_valid(out, -1);
		g_free(out);
		out = valid;
	}
	return out;
}

/* Next "<...>" at or after *p; the innermost '<' counts. */
static gboolean
next_bracketed(const char **p, Slice *slice)
{
	const char *open = strchr(*p, '<');
	const char *close = open ? strchr(open, '>') : NULL;

	if (close == NULL)
		return FALSE;
	for (const char *q = open; q < close; q++)
		if (*q == '<')
			open = q;
	slice->start = open + 1;
	slice->end = close;
	*p = close + 1;
	return TRUE;
}

static void
add_once(GPtrArray *ids, char *id)
{
	if (*id != '\0' && !g_ptr_array_find_with_equal_func(ids, id, g_str_equal, NULL))
		g_ptr_array_add(ids, id);
	else
		g_free(id);
}

GPtrArray *
mime_parse_message_ids(const char *raw, gssize length)
{
	g_autofree char *text = mime_unfold(raw, length);
	g_autoptr(GArray) slices = g_array_new(FALSE, FALSE, sizeof(Slice));
	GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
	const char *p = text;
	Slice slice;

	while (next_bracketed(&p, &slice))
		g_array_append_val(slices, slice);
	if (slices->len == 0 && strchr(text, '@') != NULL && strpbrk(text, " \t<>,;") == NULL) {
		slice.start = text;
		slice.end = text + strlen(text);
		g_array_append_val(slices, slice);
	}
	for (guint i = 0; i < slices->len; i++) {
		if (i >= LIMIT_REFERENCES_FIRST && i + LIMIT_REFERENCES_LAST < slices->len)
			i = slices->len - LIMIT_REFERENCES_LAST;
		add_once(ids, squeeze(&g_array_index(slices, Slice, i)));
	}
	return ids;
}

char *
mime_parse_message_id(const char *raw, gssize length)
{
	g_autoptr(GPtrArray) ids = mime_parse_message_ids(raw, length);

	return ids->len > 0 ? g_strdup(g_ptr_array_index(ids, 0)) : NULL;
}

static char *
unquote(const char *text, gsize length)
{
	g_autofree char *part = g_strstrip(g_strndup(text, length));
	gsize size = strlen(part);

	if (size >= 2 && part[0] == '"' && part[size - 1] == '"') {
		part[size - 1] = '\0';
		return mime_decode_text(part + 1, -1);
	}
	return mime_decode_text(part, -1);
}

char *
mime_parse_list_id(const char *raw, gssize length, char **name)
{
	g_autofree char *text = mime_unfold(raw, length);
	char *open = strrchr(text, '<');
	char *close = open ? strchr(open, '>') : NULL;
	g_autofree char *id = NULL, *label = NULL, *lower = NULL;

	if (close != NULL) {
		Slice slice = {open + 1, close};
		id = squeeze(&slice);
		label = unquote(text, (gsize)(open - text));
	} else {
		Slice slice = {text, text + strcspn(text, " \t")};
		id = squeeze(&slice);
	}
	if (*id == '\0')
		return NULL;
	lower = g_ascii_strdown(id, -1);
	if (name != NULL)
		*name = label && *label ? g_steal_pointer(&label) : NULL;
	return g_steal_pointer(&lower);
}

GPtrArray *
mime_parse_list_urls(const char *raw, gssize length)
{
	g_autofree char *text = mime_unfold(raw, length);
	GPtrArray *urls = g_ptr_array_new_with_free_func(g_free);
	const char *p = text;
	Slice slice;

	while (urls->len < LIMIT_REFERENCES_LAST && next_bracketed(&p, &slice))
		add_once(urls, squeeze(&slice));
	return urls;
}

/* --- Priority --- */

/* A word alone, or before a blank or a comment: no more than the tests of a rule can say (form.h). */
static MimePriority
priority_word(const char *value)
{
	static const struct {
		const char *word;
		MimePriority priority;
	} words[] = {
		{"high", MIME_PRIORITY_HIGH},
		{"highest", MIME_PRIORITY_HIGH},
		{"urgent", MIME_PRIORITY_HIGH},
		{"1", MIME_PRIORITY_HIGH},
		{"2", MIME_PRIORITY_HIGH},
		{"low", MIME_PRIORITY_LOW},
		{"lowest", MIME_PRIORITY_LOW},
		{"non-urgent", MIME_PRIORITY_LOW},
		{"4", MIME_PRIORITY_LOW},
		{"5", MIME_PRIORITY_LOW},
	};
	g_autofree char *text = value ? g_strstrip(mime_decode_text(value, -1)) : NULL;
	gsize length = text ? strcspn(text, " (") : 0;

	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if (strlen(words[i].word) == length && g_ascii_strncasecmp(text, words[i].word, length) == 0)
			return words[i].priority;
	return MIME_PRIORITY_NORMAL;
}

MimePriority
mime_priority(
	const char *x_priority, const char *importance, const char *priority, const char *x_msmail_priority)
{
	const char *const fields[] = {x_priority, importance, priority, x_msmail_priority};

	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
		MimePriority found = priority_word(fields[i]);
		if (found != MIME_PRIORITY_NORMAL)
			return found;
	}
	return MIME_PRIORITY_NORMAL;
}

const char *
mime_priority_name(MimePriority priority)
{
	return priority == MIME_PRIORITY_HIGH ? "high" : priority == MIME_PRIORITY_LOW ? "low" : "normal";
}
