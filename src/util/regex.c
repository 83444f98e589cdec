/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "util/regex.h"

#include "util/fault.h"
#include "util/i18n.h"
#include "util/limits.h"
#include "util/text.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <string.h>

struct Regex {
	pcre2_code *code;
	guint groups;
};

static pcre2_code *
compile(const char *pattern, gsize length, guint32 options, gsize *offset, GError **error)
{
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	pcre2_code *code;
	PCRE2_UCHAR raw[256];
	g_autofree char *words = NULL;
	int fault;

	pcre2_set_max_pattern_length(context, LIMIT_REGEX_TRANSLATED);
	pcre2_set_parens_nest_limit(context, LIMIT_REGEX_NESTING);
	code = pcre2_compile((PCRE2_SPTR)pattern, length, options, &fault, offset, context);
	pcre2_compile_context_free(context);
	if (code != NULL)
		return code;
	if (pcre2_get_error_message(fault, raw, sizeof raw) < 0)
		raw[0] = '\0';
	words = text_safe((const char *)raw, -1, TEXT_MARKS);
	if (fault == PCRE2_ERROR_PATTERN_TOO_LARGE || fault == PCRE2_ERROR_PATTERN_STRING_TOO_LONG ||
		fault == PCRE2_ERROR_HEAP_FAILED)
		fault_set(error, FAULT_LIMIT, _("The regular expression is too large."));
	else
		fault_set(error, FAULT_INPUT, _("The regular expression is wrong: %s."), words);
	return NULL;
}

Regex *
regex_compile(const char *pattern, gssize length, RegexFlags flags, gsize *offset, GError **error)
{
	gsize size = length < 0 ? strlen(pattern) : (gsize)length, place = 0;
	guint32 options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DOTALL | PCRE2_DOLLAR_ENDONLY |
			  PCRE2_NEVER_BACKSLASH_C;
	g_autofree char *translated = NULL;
	pcre2_code *code;
	Regex *regex;
	guint32 groups = 0;

	if (offset == NULL)
		offset = &place;
	*offset = 0;
	if (size > LIMIT_REGEX_PATTERN) {
		fault_set(error, FAULT_LIMIT, _("The regular expression is longer than %d octets."),
			LIMIT_REGEX_PATTERN);
		return NULL;
	}
	if (flags & REGEX_CASELESS)
		options |= PCRE2_CASELESS;
	if (flags & REGEX_POSIX) {
		translated = regex_from_posix(pattern, size, offset, error);
		if (translated == NULL)
			return NULL;
		code = compile(translated, strlen(translated), options, &place, error);
		*offset = MIN(place, size);
	} else {
		code = compile(pattern, size, options, offset, error);
	}
	if (code == NULL)
		return NULL;
	pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
	regex = g_new0(Regex, 1);
	regex->code = code;
	regex->groups = groups;
	return regex;
}

void
regex_free(Regex *regex)
{
	if (regex == NULL)
		return;
	pcre2_code_free(regex->code);
	g_free(regex);
}

guint
regex_groups(const Regex *regex)
{
	return regex->groups;
}

static void
give_spans(pcre2_match_data *data, guint known, RegexSpan *spans, guint span_count)
{
	const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(data);

	for (guint i = 0; i < span_count; i++) {
		gboolean set = i < known && ends[2 * i] != PCRE2_UNSET;
		/* \K in a look-ahead can put the start behind the end. */
		gboolean sane = set && ends[2 * i] <= ends[2 * i + 1];
		spans[i].start = sane ? ends[2 * i] : G_MAXSIZE;
		spans[i].end = sane ? ends[2 * i + 1] : G_MAXSIZE;
	}
}

RegexResult
regex_match(const Regex *regex, const char *subject, gsize length, guint steps, RegexSpan *spans,
	guint span_count)
{
	pcre2_match_context *context = pcre2_match_context_create(NULL);
	pcre2_match_data *data =
		pcre2_match_data_create(spans != NULL ? MAX(1, MIN(span_count, regex->groups + 1)) : 1, NULL);
	RegexResult result = REGEX_LIMIT;
	int found;

	if (steps == 0 || steps > LIMIT_REGEX_STEPS)
		steps = LIMIT_REGEX_STEPS;
	pcre2_set_match_limit(context, steps);
	pcre2_set_depth_limit(context, MIN(steps, LIMIT_REGEX_DEPTH));
	pcre2_set_heap_limit(context, LIMIT_REGEX_HEAP / 1024);
	found = pcre2_match(regex->code, (PCRE2_SPTR)subject, length, 0, 0, data, context);
	if (found >= 0) {
		result = REGEX_YES;
		if (spans != NULL)
			/* 0: there are more groups than were asked for. */
			give_spans(data, found == 0 ? pcre2_get_ovector_count(data) : (guint)found, spans,
				span_count);
	} else if (found == PCRE2_ERROR_NOMATCH) {
		result = REGEX_NO;
	}
	pcre2_match_data_free(data);
	pcre2_match_context_free(context);
	return result;
}

gboolean
regex_matches(const Regex *regex, const char *subject, gssize length, GError **error)
{
	RegexResult result =
		regex_match(regex, subject, length < 0 ? strlen(subject) : (gsize)length, 0, NULL, 0);

	if (result == REGEX_LIMIT)
		fault_set(error, FAULT_LIMIT, _("The regular expression takes too long on this text."));
	return result == REGEX_YES;
}

char *
regex_quote(const char *text, gssize length)
{
	gsize size = length < 0 ? strlen(text) : (gsize)length;
	GString *out = g_string_sized_new(size + 16);

	for (gsize i = 0; i < size; i++) {
		if (text[i] != '\0' && strchr("\\^$.[]|()?*+{}", text[i]) != NULL)
			g_string_append_c(out, '\\');
		g_string_append_c(out, text[i]);
	}
	return g_string_free(out, FALSE);
}
