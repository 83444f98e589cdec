/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "imap/response.h"

static const struct {
	const char *name;
	ImapAnswer answer;
} answers[] = {
	{"OK", IMAP_ANSWER_OK},
	{"NO", IMAP_ANSWER_NO},
	{"BAD", IMAP_ANSWER_BAD},
	{"BYE", IMAP_ANSWER_BYE},
	{"PREAUTH", IMAP_ANSWER_PREAUTH},
};

static const struct {
	const char *name;
	ImapData data;
	gboolean numbered;
} data_names[] = {
	{"FETCH", IMAP_DATA_FETCH, TRUE},
	{"EXISTS", IMAP_DATA_EXISTS, TRUE},
	{"EXPUNGE", IMAP_DATA_EXPUNGE, TRUE},
	{"RECENT", IMAP_DATA_RECENT, TRUE},
	{"CAPABILITY", IMAP_DATA_CAPABILITY, FALSE},
	{"ENABLED", IMAP_DATA_ENABLED, FALSE},
	{"ESEARCH", IMAP_DATA_ESEARCH, FALSE},
	{"FLAGS", IMAP_DATA_FLAGS, FALSE},
	{"ID", IMAP_DATA_ID, FALSE},
	{"LIST", IMAP_DATA_LIST, FALSE},
	{"LSUB", IMAP_DATA_LSUB, FALSE},
	{"NAMESPACE", IMAP_DATA_NAMESPACE, FALSE},
	{"SEARCH", IMAP_DATA_SEARCH, FALSE},
	{"STATUS", IMAP_DATA_STATUS, FALSE},
	{"VANISHED", IMAP_DATA_VANISHED, FALSE},
};

static const struct {
	const char *name;
	ImapCode code;
} codes[] = {
	{"ALERT", IMAP_CODE_ALERT},
	{"ALREADYEXISTS", IMAP_CODE_ALREADYEXISTS},
	{"APPENDUID", IMAP_CODE_APPENDUID},
	{"AUTHENTICATIONFAILED", IMAP_CODE_AUTHENTICATIONFAILED},
	{"AUTHORIZATIONFAILED", IMAP_CODE_AUTHORIZATIONFAILED},
	{"BADCHARSET", IMAP_CODE_BADCHARSET},
	{"CANNOT", IMAP_CODE_CANNOT},
	{"CAPABILITY", IMAP_CODE_CAPABILITY},
	{"CLIENTBUG", IMAP_CODE_CLIENTBUG},
	{"CLOSED", IMAP_CODE_CLOSED},
	{"COMPRESSIONACTIVE", IMAP_CODE_COMPRESSIONACTIVE},
	{"CONTACTADMIN", IMAP_CODE_CONTACTADMIN},
	{"COPYUID", IMAP_CODE_COPYUID},
	{"CORRUPTION", IMAP_CODE_CORRUPTION},
	{"EXPIRED", IMAP_CODE_EXPIRED},
	{"EXPUNGEISSUED", IMAP_CODE_EXPUNGEISSUED},
	{"HASCHILDREN", IMAP_CODE_HASCHILDREN},
	{"HIGHESTMODSEQ", IMAP_CODE_HIGHESTMODSEQ},
	{"INUSE", IMAP_CODE_INUSE},
	{"LIMIT", IMAP_CODE_LIMIT},
	{"MAILBOXID", IMAP_CODE_MAILBOXID},
	{"MODIFIED", IMAP_CODE_MODIFIED},
	{"NOMODSEQ", IMAP_CODE_NOMODSEQ},
	{"NONEXISTENT", IMAP_CODE_NONEXISTENT},
	{"NOPERM", IMAP_CODE_NOPERM},
	{"OVERQUOTA", IMAP_CODE_OVERQUOTA},
	{"PARSE", IMAP_CODE_PARSE},
	{"PERMANENTFLAGS", IMAP_CODE_PERMANENTFLAGS},
	{"PRIVACYREQUIRED", IMAP_CODE_PRIVACYREQUIRED},
	{"READ-ONLY", IMAP_CODE_READ_ONLY},
	{"READ-WRITE", IMAP_CODE_READ_WRITE},
	{"REFERRAL", IMAP_CODE_REFERRAL},
	{"SERVERBUG", IMAP_CODE_SERVERBUG},
	{"TOOBIG", IMAP_CODE_TOOBIG},
	{"TRYCREATE", IMAP_CODE_TRYCREATE},
	{"UIDNEXT", IMAP_CODE_UIDNEXT},
	{"UIDNOTSTICKY", IMAP_CODE_UIDNOTSTICKY},
	{"UIDVALIDITY", IMAP_CODE_UIDVALIDITY},
	{"UNAVAILABLE", IMAP_CODE_UNAVAILABLE},
	{"UNKNOWN-CTE", IMAP_CODE_UNKNOWN_CTE},
	{"UNSEEN", IMAP_CODE_UNSEEN},
	{"WEBALERT", IMAP_CODE_WEBALERT},
};

/* The "]" that ends a response code: not one in quotes or parentheses (keywords may hold brackets). */
static const char *
code_end(const char *p, const char *end)
{
	gboolean quoted = FALSE;
	guint depth = 0;

	for (; p < end; p++) {
		if (quoted) {
			if (*p == '\\' && p + 1 < end)
				p++;
			else if (*p == '"')
				quoted = FALSE;
		} else if (*p == '"') {
			quoted = TRUE;
		} else if (*p == '(') {
			depth++;
		} else if (*p == ')' && depth > 0) {
			depth--;
		} else if (*p == ']' && depth == 0) {
			return p;
		}
	}
	return NULL;
}

/* "[CODE args] text" behind a status. A code that never ends is text. */
static void
take_status_text(ImapParser *parser, ImapLine *line)
{
	const char *end, *name;

	imap_skip_blanks(parser);
	end = parser->at < parser->end && *parser->at == '[' ? code_end(parser->at + 1, parser->end) : NULL;
	if (end != NULL) {
		ImapSlice word = {.data = parser->at + 1};
		for (name = word.data; name < end && *name != ' ';)
			name++;
		word.length = (gsize)(name - word.data);
		line->code = IMAP_CODE_OTHER;
		for (gsize i = 0; i < G_N_ELEMENTS(codes); i++) {
			if (imap_slice_is(word, codes[i].name))
				line->code = codes[i].code;
		}
		line->code_args = (ImapSlice){name, (gsize)(end - name)};
		parser->at = end + 1;
	}
	line->text = imap_rest(parser);
}

static ImapAnswer
answer_of(ImapSlice word)
{
	for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
		if (imap_slice_is(word, answers[i].name))
			return answers[i].answer;
	}
	return IMAP_ANSWER_NONE;
}

/* The number in front of a name. One that is too large or has a sign is stepped over; *bad. FALSE: none. */
static gboolean
take_line_number(ImapParser *parser, guint32 *number, gboolean *bad)
{
	const char *p = parser->at;
	ImapParser saved = *parser;
	ImapSlice word;

	if (p < parser->end && (*p == '-' || *p == '+'))
		p++;
	if (p == parser->end || !g_ascii_isdigit(*p))
		return FALSE;
	*bad = !imap_take_number(parser, number);
	if (*bad) {
		imap_parser_rewind(parser, &saved);
		imap_take_atom(parser, &word);
	}
	return TRUE;
}

static gboolean
parse_untagged(ImapParser *parser, ImapLine *line)
{
	gboolean bad = FALSE;
	gboolean numbered = take_line_number(parser, &line->number, &bad);
	ImapSlice word;

	line->kind = IMAP_LINE_DATA;
	if (!imap_take_atom(parser, &word))
		return FALSE;
	line->answer = numbered ? IMAP_ANSWER_NONE : answer_of(word);
	if (line->answer != IMAP_ANSWER_NONE) {
		line->kind = IMAP_LINE_STATUS;
		take_status_text(parser, line);
		return TRUE;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(data_names); i++) {
		if (data_names[i].numbered == numbered && imap_slice_is(word, data_names[i].name))
			line->data = data_names[i].data;
	}
	/* No message has the number 0. */
	return !bad &&
	       (line->number > 0 || !(line->data == IMAP_DATA_FETCH || line->data == IMAP_DATA_EXPUNGE));
}

gboolean
imap_line_parse(ImapParser *parser, ImapLine *line, GError **error)
{
	ImapSlice word;

	*line = (ImapLine){0};
	if (parser->at < parser->end && *parser->at == '+') {
		parser->at++;
		line->kind = IMAP_LINE_CONTINUE;
		line->text = imap_rest(parser);
		return TRUE;
	}
	if (parser->end - parser->at >= 2 && parser->at[0] == '*' && parser->at[1] == ' ') {
		parser->at += 2;
		imap_skip_blanks(parser);
		return parse_untagged(parser, line) || imap_parser_fail(parser, "untagged", error);
	}
	line->kind = IMAP_LINE_TAGGED;
	if (!imap_take_atom(parser, &line->tag) || !imap_take_atom(parser, &word))
		return imap_parser_fail(parser, "tagged", error);
	line->answer = answer_of(word);
	if (line->answer == IMAP_ANSWER_NONE || line->answer > IMAP_ANSWER_BAD)
		return imap_parser_fail(parser, "tagged", error);
	take_status_text(parser, line);
	return TRUE;
}

gboolean
imap_code_number(const ImapLine *line, guint32 *number)
{
	g_auto(ImapParser) parser;

	imap_parser_init_slice(&parser, line->code_args);
	return imap_take_number(&parser, number);
}

gboolean
imap_code_modseq(const ImapLine *line, guint64 *modseq)
{
	g_auto(ImapParser) parser;

	imap_parser_init_slice(&parser, line->code_args);
	return imap_take_number63(&parser, modseq);
}

gboolean
imap_code_flags(const ImapLine *line, ImapFlags *flags)
{
	g_auto(ImapParser) parser;

	imap_parser_init_slice(&parser, line->code_args);
	return imap_take_flags(&parser, flags, NULL);
}

gboolean
imap_code_set(const ImapLine *line, ImapSet **set)
{
	g_auto(ImapParser) parser;

	imap_parser_init_slice(&parser, line->code_args);
	return imap_take_set(&parser, set);
}

gboolean
imap_code_word(const ImapLine *line, char **word)
{
	g_auto(ImapParser) parser;
	ImapSlice value;

	imap_parser_init_slice(&parser, line->code_args);
	imap_take_char(&parser, '(');
	if (!imap_take_astring(&parser, &value) || value.length > 255)
		return FALSE;
	*word = imap_slice_dup(value);
	return TRUE;
}

gboolean
imap_code_appenduid(const ImapLine *line, guint32 *uidvalidity, guint32 *uid)
{
	g_auto(ImapParser) parser;

	imap_parser_init_slice(&parser, line->code_args);
	return imap_take_nz_number(&parser, uidvalidity) && imap_take_nz_number(&parser, uid);
}

/* The next member of a set as written, in its own order; 0 at the end or where it is malformed. */
static guint32
next_member(const char **at, const char *end, ImapRange *range, gboolean *within)
{
	guint64 value[2] = {0, 0};

	if (*within && range->first != range->last) {
		range->first += range->first < range->last ? 1 : -1;
		return range->first;
	}
	*within = FALSE;
	for (int i = 0; i < 2; i++) {
		for (; *at < end && g_ascii_isdigit(**at) && value[i] <= G_MAXUINT32; (*at)++)
			value[i] = value[i] * 10 + (guint)(**at - '0');
		if (value[i] > G_MAXUINT32 || *at == end || **at != ':')
			break;
		(*at)++;
	}
	if (*at < end && *(*at)++ != ',')
		return 0;
	if (value[0] > G_MAXUINT32 || value[1] > G_MAXUINT32)
		return 0;
	*range = (ImapRange){(guint32)value[0], (guint32)(value[1] ? value[1] : value[0])};
	*within = TRUE;
	return range->first;
}

gboolean
imap_code_copyuid(const ImapLine *line, const ImapSet *asked, guint32 *uidvalidity, GArray *pairs)
{
	g_auto(ImapParser) parser;
	g_autoptr(ImapSet) from_set = NULL;
	g_autoptr(ImapSet) to_set = NULL;
	ImapRange from_range = {0, 0}, to_range = {0, 0};
	gboolean from_within = FALSE, to_within = FALSE;
	const char *from_at, *to_at;
	ImapSlice from, to;

	imap_parser_init_slice(&parser, line->code_args);
	if (!imap_take_nz_number(&parser, uidvalidity) || !imap_take_atom(&parser, &from) ||
		!imap_take_atom(&parser, &to))
		return FALSE;
	from_set = imap_set_parse(from.data, (gssize)from.length, 0, NULL);
	to_set = imap_set_parse(to.data, (gssize)to.length, 0, NULL);
	if (from_set == NULL || to_set == NULL || imap_set_count(from_set) != imap_set_count(to_set) ||
		imap_set_count(from_set) > imap_set_count(asked))
		return FALSE;
	from_at = from.data;
	to_at = to.data;
	/* No more steps than messages were asked, whatever the sets span. */
	for (guint64 left = imap_set_count(from_set); left > 0; left--) {
		ImapUidPair pair;
		pair.from = next_member(&from_at, from.data + from.length, &from_range, &from_within);
		pair.to = next_member(&to_at, to.data + to.length, &to_range, &to_within);
		if (pair.from == 0 || pair.to == 0)
			return FALSE;
		if (imap_set_contains(asked, pair.from))
			g_array_append_val(pairs, pair);
	}
	return TRUE;
}
