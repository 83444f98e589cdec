/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An address field is read in one pass without recursion: what was read since
 * the last separator is kept in three buffers, and becomes a mailbox at the
 * next ',', ';' or the end.
 *
 * phrase   words outside of brackets, quotes taken off: the display name
 * bare     the same words as written: an address without brackets
 * angle    what stood in <>
 */
#include "config.h"

#include "mime/header.h"
#include "mime/words.h"
#include "util/limits.h"

#include <string.h>

typedef struct {
	const char *p, *end;
	GPtrArray *list;
	GString *phrase, *bare, *angle, *comment;
	char *group; /* decoded name of the open group; NULL: none */
	guint group_start;
	gboolean has_angle;
	gboolean quoted;   /* the phrase holds a quoted string */
	gboolean blank;    /* a blank stood before what comes */
	gboolean no_quote; /* a quote was never closed: quotes are passed over from there */
	gboolean damaged;
} Reader;

MimeAddress *
mime_address_new(const char *name, const char *address)
{
	MimeAddress *self = g_new0(MimeAddress, 1);

	self->name = name && *name ? g_strdup(name) : NULL;
	self->address = g_strdup(address ? address : "");
	return self;
}

MimeAddress *
mime_address_copy(const MimeAddress *address)
{
	MimeAddress *self = mime_address_new(address->name, address->address);

	self->group = g_strdup(address->group);
	return self;
}

void
mime_address_free(MimeAddress *address)
{
	if (address == NULL)
		return;
	g_free(address->name);
	g_free(address->address);
	g_free(address->group);
	g_free(address);
}

GPtrArray *
mime_addresses_new(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)mime_address_free);
}

GPtrArray *
mime_addresses_copy(const GPtrArray *list)
{
	GPtrArray *copy = mime_addresses_new();

	for (guint i = 0; list != NULL && i < list->len; i++)
		g_ptr_array_add(copy, mime_address_copy(g_ptr_array_index(list, i)));
	return copy;
}

/* Behind "(": to behind its ")". Deeper parentheses than the limit are text. */
static void
read_comment(Reader *self)
{
	guint depth = 1;

	g_string_truncate(self->comment, 0);
	while (self->p < self->end && depth > 0) {
		char c = *self->p++;
		if (c == '\\' && self->p < self->end) {
			c = *self->p++;
		} else if (c == '(' && depth < LIMIT_COMMENT_NESTING) {
			depth++;
		} else if (c == '(') {
			self->damaged = TRUE;
		} else if (c == ')' && --depth == 0) {
			break;
		}
		g_string_append_c(self->comment, c);
	}
	if (depth > 0)
		self->damaged = TRUE;
}

/* Behind the opening quote, which counts for nothing when it is never closed: appends the text to phrase and
 * the text as written to bare; each may be NULL. */
static void
read_quoted(Reader *self, GString *phrase, GString *bare)
{
	const char *start = self->p - 1;

	gsize length = phrase ? phrase->len : 0;

	while (!self->no_quote && self->p < self->end && *self->p != '"') {
		if (*self->p == '\\' && self->p + 1 < self->end)
			self->p++;
		if (phrase != NULL)
			g_string_append_c(phrase, *self->p);
		self->p++;
	}
	if (self->no_quote || self->p == self->end) {
		self->no_quote = self->damaged = TRUE;
		self->p = start + 1;
		if (phrase != NULL)
			g_string_truncate(phrase, length);
		return;
	}
	self->p++;
	if (bare != NULL)
		g_string_append_len(bare, start, self->p - start);
}

/* Behind "<": the address without blanks, comments and route. */
static void
read_angle(Reader *self)
{
	GString *angle = self->angle;
	const char *route;

	g_string_truncate(angle, 0);
	self->has_angle = TRUE;
	while (self->p < self->end && *self->p != '>') {
		char c = *self->p++;
		if (c == '"')
			read_quoted(self, NULL, angle);
		else if (c == '(')
			read_comment(self);
		else if (c == ',' && angle->len > 0 && angle->str[0] != '@')
			break;
		else if (c == '<' || c == ' ' || c == '\t')
			continue;
		else
			g_string_append_c(angle, c);
	}
	if (self->p < self->end && *self->p == '>')
		self->p++;
	else
		self->damaged = TRUE;
	if (self->p > self->end)
		self->p = self->end;
	if (angle->str[0] == '@' && (route = strchr(angle->str, ':')) != NULL)
		g_string_erase(angle, 0, route - angle->str + 1);
}

/* A word, an encoded-word whole; blanks around '@' and '.' of a bare address fall away. */
static void
read_word(Reader *self)
{
	gsize length = *self->p == '=' ? mime_word_length(self->p, self->end) : 0;
	gboolean joins;

	if (length == 0)
		for (length = 1; self->p + length < self->end; length++)
			if (strchr("()<>,;:\" \t@.=[", self->p[length]) != NULL)
				break;
	joins = *self->p == '@' || *self->p == '.' ||
		(self->bare->len > 0 && strchr("@.", self->bare->str[self->bare->len - 1]) != NULL);
	if (self->blank && self->phrase->len > 0)
		g_string_append_c(self->phrase, ' ');
	if (self->blank && self->bare->len > 0 && !joins)
		g_string_append_c(self->bare, ' ');
	g_string_append_len(self->phrase, self->p, (gssize)length);
	g_string_append_len(self->bare, self->p, (gssize)length);
	self->p += length;
	self->blank = FALSE;
}

static void
read_literal(Reader *self)
{
	const char *stop = memchr(self->p, ']', (gsize)(self->end - self->p));
	gsize length = stop ? (gsize)(stop - self->p) + 1 : 1;

	g_string_append_len(self->phrase, self->p, (gssize)length);
	g_string_append_len(self->bare, self->p, (gssize)length);
	self->p += length;
	self->blank = FALSE;
}

/* Bare words: the one with '@' is the address, the others are a name; a single word is an address. */
static char *
split_bare(Reader *self, GString *name)
{
	const char *word, *next;
	char *address = NULL;

	if (self->bare->len == 0)
		return g_strdup("");
	if (self->bare->str[0] == '"' || strchr(self->bare->str, ' ') == NULL) {
		if (strchr(self->bare->str, '@') != NULL || !self->quoted)
			return g_strdup(self->bare->str);
		g_string_assign(name, self->phrase->str);
		self->damaged = TRUE;
		return g_strdup("");
	}
	self->damaged = TRUE;
	for (word = self->bare->str; word != NULL; word = next ? next + 1 : NULL) {
		gsize length;
		next = strchr(word, ' ');
		length = next ? (gsize)(next - word) : strlen(word);
		if (address == NULL && memchr(word, '@', length) != NULL) {
			address = g_strndup(word, length);
			continue;
		}
		if (name->len > 0)
			g_string_append_c(name, ' ');
		g_string_append_len(name, word, (gssize)length);
	}
	return address ? address : g_strdup("");
}

static char *
decode_name(const char *raw)
{
	char *name;

	if (*raw == '\0')
		return NULL;
	name = g_strstrip(mime_decode_text(raw, -1));
	if (*name != '\0')
		return name;
	g_free(name);
	return NULL;
}

static void
clear(Reader *self)
{
	g_string_truncate(self->phrase, 0);
	g_string_truncate(self->bare, 0);
	g_string_truncate(self->angle, 0);
	g_string_truncate(self->comment, 0);
	self->has_angle = self->quoted = self->blank = FALSE;
}

/* What was read becomes a mailbox. */
static void
end_mailbox(Reader *self)
{
	g_autoptr(GString) name = g_string_new(NULL);
	g_autofree char *address = NULL;
	MimeAddress *mailbox;

	if (!self->has_angle && self->bare->len == 0) {
		clear(self);
		return;
	}
	if (self->has_angle) {
		g_string_assign(name, self->phrase->str);
		address = g_strdup(self->angle->str);
		self->damaged |= *address == '\0';
	} else {
		address = split_bare(self, name);
	}
	if (name->len == 0)
		g_string_assign(name, self->comment->str);
	if (!g_utf8_validate(address, -1, NULL)) {
		char *valid = g_utf8_make_valid(address, -1);
		g_free(address);
		address = valid;
		self->damaged = TRUE;
	}
	mailbox = g_new0(MimeAddress, 1);
	mailbox->name = decode_name(name->str);
	mailbox->address = g_steal_pointer(&address);
	mailbox->group = g_strdup(self->group);
	g_ptr_array_add(self->list, mailbox);
	clear(self);
}

static void
begin_group(Reader *self)
{
	g_free(self->group);
	self->group = decode_name(self->phrase->str);
	if (self->group == NULL)
		self->group = g_strdup("");
	self->group_start = self->list->len;
	clear(self);
}

static void
end_group(Reader *self)
{
	if (self->group == NULL)
		return;
	if (self->list->len == self->group_start) {
		MimeAddress *empty = mime_address_new(NULL, "");
		empty->group = g_strdup(self->group);
		g_ptr_array_add(self->list, empty);
	}
	g_clear_pointer(&self->group, g_free);
}

static void
read_colon(Reader *self)
{
	if (!self->quoted && self->bare->len == 6 && g_ascii_strcasecmp(self->bare->str, "mailto") == 0) {
		clear(self);
	} else if (self->group != NULL || strchr(self->bare->str, '@') != NULL) {
		self->damaged = TRUE;
		g_string_append_c(self->phrase, ':');
	} else {
		begin_group(self);
	}
}

static void
read_one(Reader *self)
{
	char c = *self->p;

	switch (c) {
	case ' ':
	case '\t':
		self->blank = TRUE;
		self->p++;
		break;
	case '(':
		self->p++;
		read_comment(self);
		self->blank = TRUE;
		break;
	case '"':
		self->p++;
		if (self->blank && self->phrase->len > 0)
			g_string_append_c(self->phrase, ' ');
		if (self->blank && self->bare->len > 0 && self->bare->str[self->bare->len - 1] != '.')
			g_string_append_c(self->bare, ' ');
		self->quoted = TRUE;
		self->blank = FALSE;
		read_quoted(self, self->phrase, self->bare);
		break;
	case '<':
		self->p++;
		if (self->has_angle) { /* a comma is missing */
			self->damaged = TRUE;
			end_mailbox(self);
		}
		read_angle(self);
		break;
	case ',':
		self->p++;
		end_mailbox(self);
		break;
	case ';':
		self->p++;
		end_mailbox(self);
		end_group(self);
		break;
	case ':':
		self->p++;
		read_colon(self);
		break;
	case '[':
		read_literal(self);
		break;
	case '>':
	case ')':
		self->p++;
		self->damaged = TRUE;
		break;
	default:
		if (self->has_angle) {
			self->damaged = TRUE;
			self->p++;
		} else {
			read_word(self);
		}
	}
}

GPtrArray *
mime_parse_addresses(const char *raw, gssize length, gboolean *damaged)
{
	gsize size = length < 0 ? strlen(raw) : (gsize)length;
	g_autofree char *text = mime_unfold(raw, (gssize)MIN(size, LIMIT_HEADER_FIELD));
	Reader self = {
		.p = text,
		.end = text + strlen(text),
		.list = mime_addresses_new(),
		.phrase = g_string_sized_new(64),
		.bare = g_string_sized_new(64),
		.angle = g_string_sized_new(64),
		.comment = g_string_new(NULL),
		.damaged = size > LIMIT_HEADER_FIELD,
	};

	while (self.p < self.end && self.list->len < LIMIT_ADDRESSES)
		read_one(&self);
	if (self.list->len < LIMIT_ADDRESSES) {
		end_mailbox(&self);
		end_group(&self);
	} else if (self.p < self.end) {
		self.damaged = TRUE;
	}
	g_free(self.group);
	g_string_free(self.phrase, TRUE);
	g_string_free(self.bare, TRUE);
	g_string_free(self.angle, TRUE);
	g_string_free(self.comment, TRUE);
	if (damaged != NULL)
		*damaged = self.damaged;
	return self.list;
}

/* The domain of an addr-spec, behind its last '@'; NULL: none. */
static const char *
domain_of(const char *address)
{
	const char *at = strrchr(address, '@');

	return at ? at + 1 : NULL;
}

gboolean
mime_address_same(const char *a, const char *b)
{
	const char *da = domain_of(a), *db = domain_of(b);
	g_autofree char *ascii_a = NULL, *ascii_b = NULL;

	if (g_ascii_strcasecmp(a, b) == 0)
		return TRUE;
	if (da == NULL || db == NULL || da - a != db - b || g_ascii_strncasecmp(a, b, (gsize)(da - a)) != 0)
		return FALSE;
	ascii_a = g_hostname_to_ascii(da);
	ascii_b = g_hostname_to_ascii(db);
	return ascii_a != NULL && ascii_b != NULL && g_ascii_strcasecmp(ascii_a, ascii_b) == 0;
}

static void
append_name(GString *out, const char *name)
{
	if (strpbrk(name, ",;:<>@()[]\"\\") == NULL) {
		g_string_append(out, name);
		return;
	}
	g_string_append_c(out, '"');
	for (; *name; name++) {
		if (*name == '"' || *name == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *name);
	}
	g_string_append_c(out, '"');
}

static void
append_address(GString *out, const MimeAddress *address)
{
	if (address->address[0] == '\0') {
		append_name(out, address->name ? address->name : address->group ? address->group : "");
		if (address->name == NULL && address->group != NULL)
			g_string_append(out, ":;");
	} else if (address->name != NULL) {
		append_name(out, address->name);
		g_string_append_printf(out, " <%s>", address->address);
	} else {
		g_string_append(out, address->address);
	}
}

char *
mime_format_address(const MimeAddress *address)
{
	GString *out = g_string_new(NULL);

	append_address(out, address);
	return g_string_free(out, FALSE);
}

char *
mime_format_addresses(const GPtrArray *list)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < list->len; i++) {
		if (i > 0)
			g_string_append(out, ", ");
		append_address(out, g_ptr_array_index(list, i));
	}
	return g_string_free(out, FALSE);
}
