/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What "${" means in strings: encoded characters (RFC 5228, 2.4.2.4), then variables (RFC 5229). */
#include "config.h"

#include "sieve/compile.h"

#include "sieve/run.h"
#include "util/i18n.h"
#include "util/limits.h"

#include <string.h>

gboolean
sieve_is_name(const char *text, gsize length)
{
	if (length == 0 || !(g_ascii_isalpha(*text) || *text == '_'))
		return FALSE;
	for (gsize i = 1; i < length; i++)
		if (!g_ascii_isalnum(text[i]) && text[i] != '_')
			return FALSE;
	return TRUE;
}

/* ---- encoded characters --------------------------------------------------------------- */

static gboolean
append_encoded(GString *out, const char *digits, gsize count, gboolean unicode)
{
	guint value = 0;

	if (count > (unicode ? 32u : 2u))
		return FALSE;
	for (gsize i = 0; i < count; i++)
		value = value >= 0x1000000 ? value : value * 16 + (guint)g_ascii_xdigit_value(digits[i]);
	if (!unicode)
		g_string_append_c(out, (char)value);
	else if (value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF))
		g_string_append_unichar(out, value);
	else
		return FALSE;
	return TRUE;
}

typedef enum { ENCODED_NOT, ENCODED_YES, ENCODED_BAD } Encoded;

/* "${hex:40 41}" or "${unicode:40}" at text. */
static Encoded
encoded(const char *text, const char *end, GString *out, const char **after)
{
	gboolean unicode = FALSE;
	const char *p;
	gsize before = out->len;
	guint count = 0;

	if (end - text >= 6 && g_ascii_strncasecmp(text, "${hex:", 6) == 0)
		p = text + 6;
	else if (end - text >= 10 && g_ascii_strncasecmp(text, "${unicode:", 10) == 0) {
		p = text + 10;
		unicode = TRUE;
	} else {
		return ENCODED_NOT;
	}
	for (;;) {
		const char *digits;
		while (p < end && strchr(" \t\r\n", *p) != NULL)
			p++;
		if (p < end && *p == '}' && count > 0)
			break;
		digits = p;
		while (p < end && g_ascii_isxdigit(*p))
			p++;
		if (p == digits || p == end || strchr(" \t\r\n}", *p) == NULL) {
			g_string_truncate(out, before);
			return ENCODED_NOT;
		}
		if (!append_encoded(out, digits, (gsize)(p - digits), unicode)) {
			g_string_truncate(out, before);
			return unicode ? ENCODED_BAD : ENCODED_NOT;
		}
		count++;
	}
	*after = p + 1;
	return ENCODED_YES;
}

static void
decode_characters(SieveCompiler *compiler, SieveString *string)
{
	g_autoptr(GString) out = g_string_sized_new(string->length);
	const char *p = string->text, *end = string->text + string->length;

	while (p < end) {
		Encoded is = *p == '$' ? encoded(p, end, out, &p) : ENCODED_NOT;
		if (is == ENCODED_BAD)
			sieve_compiler_complain(
				compiler, &string->place, _("There is no such Unicode character."));
		if (is != ENCODED_YES)
			g_string_append_c(out, *p++);
	}
	if (memchr(out->str, '\0', out->len) != NULL) {
		sieve_compiler_complain(compiler, &string->place, _("The string holds a NUL octet."));
		return;
	}
	if (!g_utf8_validate(out->str, (gssize)out->len, NULL)) {
		sieve_compiler_complain(compiler, &string->place, _("The string is not valid UTF-8."));
		return;
	}
	string->text = sieve_pool_text(compiler->pool, out->str, out->len);
	string->length = out->len;
}

/* ---- variables -------------------------------------------------------------------------- */

static guint
new_variable(SieveCompiler *compiler, gboolean global)
{
	guint index = compiler->script->variable_count++;

	if (!global)
		g_array_append_val(compiler->unit->locals, index);
	return index;
}

guint
sieve_compiler_variable(SieveCompiler *compiler, const char *name, gsize length, const SievePlace *place)
{
	g_autofree char *lower = g_ascii_strdown(name, (gssize)length);
	gboolean global = g_str_has_prefix(lower, "global.");
	const char *plain = global ? lower + strlen("global.") : lower;
	GHashTable *table;
	guint index;

	if (global && !sieve_compiler_requires(compiler, "include")) {
		sieve_compiler_complain(compiler, place, _("\"global.\" needs: require \"include\";"));
		return G_MAXUINT;
	}
	if (!sieve_is_name(plain, strlen(plain))) {
		sieve_compiler_complain(compiler, place,
			strchr(plain, '.') != NULL ? _("There is no such namespace of variables: \"%.60s\".")
						   : _("\"%.60s\" is no name of a variable."),
			lower);
		return G_MAXUINT;
	}
	global = global || g_hash_table_contains(compiler->global, plain);
	table = global ? compiler->shared->globals : compiler->names;
	index = GPOINTER_TO_UINT(g_hash_table_lookup(table, plain));
	if (index > 0)
		return index - 1;
	if (g_hash_table_size(table) >= LIMIT_SIEVE_VARIABLES) {
		sieve_compiler_complain(
			compiler, place, _("A script may have at most %d variables."), LIMIT_SIEVE_VARIABLES);
		return G_MAXUINT;
	}
	index = new_variable(compiler, global);
	g_hash_table_insert(table, g_strdup(plain), GUINT_TO_POINTER(index + 1));
	return index;
}

static void
add_text(GArray *pieces, const char *text, gsize length)
{
	SievePiece piece = {.kind = SIEVE_PIECE_TEXT, .text = text, .length = length};

	if (length > 0)
		g_array_append_val(pieces, piece);
}

/* "${name}", "${3}" at text; FALSE: neither, it stands for itself. */
static gboolean
variable(SieveCompiler *compiler, const char *text, const char *end, const SievePlace *place,
	SievePiece *piece, const char **after)
{
	const char *name = text + 2, *p = name;

	while (p < end && (g_ascii_isalnum(*p) || *p == '_' || *p == '.'))
		p++;
	if (p == name || p >= end || *p != '}')
		return FALSE;
	*after = p + 1;
	if (g_ascii_isdigit(*name)) {
		guint number = 0;
		for (const char *digit = name; digit < p; digit++) {
			if (!g_ascii_isdigit(*digit))
				return FALSE;
			number = MIN(number * 10 + (guint)(*digit - '0'), SIEVE_CAPTURES);
		}
		if (number >= SIEVE_CAPTURES)
			sieve_compiler_complain(compiler, place, _("Match variables go from ${0} to ${%d}."),
				SIEVE_CAPTURES - 1);
		*piece = (SievePiece){.kind = SIEVE_PIECE_MATCH, .index = MIN(number, SIEVE_CAPTURES - 1)};
		compiler->script->captures = TRUE;
		return TRUE;
	}
	/* What has not the form of a name is text: "${a..b}", "${.a}". */
	for (const char *part = name, *dot; part <= p; part = dot + 1) {
		dot = memchr(part, '.', (gsize)(p - part));
		if (dot == NULL)
			dot = p;
		if (!sieve_is_name(part, (gsize)(dot - part)))
			return FALSE;
	}
	*piece = (SievePiece){.kind = SIEVE_PIECE_VARIABLE,
		.index = sieve_compiler_variable(compiler, name, (gsize)(p - name), place)};
	return TRUE;
}

static void
split_variables(SieveCompiler *compiler, SieveString *string)
{
	g_autoptr(GArray) pieces = g_array_new(FALSE, FALSE, sizeof(SievePiece));
	const char *end = string->text + string->length, *plain = string->text, *after;
	gboolean found = FALSE;

	for (const char *p = plain; p + 2 < end;) {
		SievePiece piece;
		if (p[0] != '$' || p[1] != '{' ||
			!variable(compiler, p, end, &string->place, &piece, &after)) {
			p++;
			continue;
		}
		add_text(pieces, plain, (gsize)(p - plain));
		if (piece.index != G_MAXUINT)
			g_array_append_val(pieces, piece);
		p = plain = after;
		found = TRUE;
	}
	if (!found)
		return;
	add_text(pieces, plain, (gsize)(end - plain));
	string->piece_count = pieces->len;
	string->pieces = sieve_pool_copy(compiler->pool, pieces->data, pieces->len * sizeof(SievePiece));
}

void
sieve_compiler_string(SieveCompiler *compiler, SieveString *string)
{
	if (memmem(string->text, string->length, "${", 2) == NULL)
		return;
	if (sieve_compiler_requires(compiler, "encoded-character"))
		decode_characters(compiler, string);
	if (sieve_compiler_requires(compiler, "variables"))
		split_variables(compiler, string);
}

gboolean
sieve_compiler_constant(SieveCompiler *compiler, const SieveString *string, const char *what)
{
	if (string->pieces == NULL)
		return TRUE;
	sieve_compiler_complain(
		compiler, &string->place, _("%s must be written out; no variable can stand there."), what);
	return FALSE;
}
