/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/html-page.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
	const char *name;
	HtmlTag tag;
} TagRow;

/* Sorted by name. */
static const TagRow rows[] = {
	{"a", TAG_A},
	{"address", TAG_DIV},
	{"applet", TAG_SKIP},
	{"area", TAG_VOID},
	{"article", TAG_DIV},
	{"aside", TAG_DIV},
	{"audio", TAG_SKIP},
	{"b", TAG_B},
	{"base", TAG_VOID},
	{"basefont", TAG_VOID},
	{"blockquote", TAG_BLOCKQUOTE},
	{"body", TAG_DIV},
	{"br", TAG_BR},
	{"caption", TAG_DIV},
	{"center", TAG_DIV},
	{"cite", TAG_I},
	{"col", TAG_VOID},
	{"colgroup", TAG_OTHER},
	{"dd", TAG_DD},
	{"details", TAG_DIV},
	{"dir", TAG_LIST},
	{"div", TAG_DIV},
	{"dl", TAG_P},
	{"dt", TAG_DT},
	{"em", TAG_I},
	{"embed", TAG_VOID},
	{"fieldset", TAG_DIV},
	{"figcaption", TAG_DIV},
	{"figure", TAG_DIV},
	{"font", TAG_FONT},
	{"footer", TAG_DIV},
	{"form", TAG_DIV},
	{"frame", TAG_VOID},
	{"frameset", TAG_SKIP},
	{"h1", TAG_HEADING},
	{"h2", TAG_HEADING},
	{"h3", TAG_HEADING},
	{"h4", TAG_HEADING},
	{"h5", TAG_HEADING},
	{"h6", TAG_HEADING},
	{"head", TAG_OTHER},
	{"header", TAG_DIV},
	{"hr", TAG_HR},
	{"html", TAG_OTHER},
	{"i", TAG_I},
	{"iframe", TAG_SKIP},
	{"img", TAG_IMG},
	{"input", TAG_VOID},
	{"ins", TAG_U},
	{"legend", TAG_DIV},
	{"li", TAG_LI},
	{"link", TAG_VOID},
	{"listing", TAG_PRE},
	{"main", TAG_DIV},
	{"map", TAG_OTHER},
	{"math", TAG_SKIP},
	{"menu", TAG_LIST},
	{"meta", TAG_VOID},
	{"nav", TAG_DIV},
	{"noembed", TAG_SKIP},
	{"noframes", TAG_SKIP},
	{"object", TAG_SKIP},
	{"ol", TAG_ORDERED},
	{"optgroup", TAG_DIV},
	{"option", TAG_DIV},
	{"p", TAG_P},
	{"param", TAG_VOID},
	{"pre", TAG_PRE},
	{"script", TAG_SKIP},
	{"section", TAG_DIV},
	{"select", TAG_DIV},
	{"source", TAG_VOID},
	{"strong", TAG_B},
	{"style", TAG_SKIP},
	{"summary", TAG_DIV},
	{"svg", TAG_SKIP},
	{"table", TAG_TABLE},
	{"tbody", TAG_OTHER},
	{"td", TAG_TD},
	{"template", TAG_SKIP},
	{"textarea", TAG_PRE},
	{"tfoot", TAG_OTHER},
	{"th", TAG_TH},
	{"thead", TAG_OTHER},
	{"title", TAG_SKIP},
	{"tr", TAG_TR},
	{"track", TAG_VOID},
	{"u", TAG_U},
	{"ul", TAG_LIST},
	{"var", TAG_I},
	{"video", TAG_SKIP},
	{"wbr", TAG_VOID},
	{"xmp", TAG_PRE},
};

static int
compare(const void *a, const void *b)
{
	return strcmp(((const TagRow *)a)->name, ((const TagRow *)b)->name);
}

HtmlTag
html_tag_of(const char *name, gsize length)
{
	char lower[12];
	TagRow key = {.name = lower};
	const TagRow *row;

	if (length >= sizeof lower)
		return TAG_OTHER;
	for (gsize i = 0; i < length; i++)
		lower[i] = g_ascii_tolower(name[i]);
	lower[length] = '\0';
	row = bsearch(&key, rows, G_N_ELEMENTS(rows), sizeof rows[0], compare);
	return row ? row->tag : TAG_OTHER;
}

guint32
html_name_hash(const char *name, gsize length)
{
	guint32 hash = 2166136261u;

	for (gsize i = 0; i < length; i++)
		hash = (hash ^ (guint8)g_ascii_tolower(name[i])) * 16777619u;
	return hash;
}

gboolean
html_is_block(HtmlTag tag)
{
	switch (tag) {
	case TAG_BLOCKQUOTE:
	case TAG_DD:
	case TAG_DIV:
	case TAG_DT:
	case TAG_HEADING:
	case TAG_HR:
	case TAG_LI:
	case TAG_LIST:
	case TAG_ORDERED:
	case TAG_P:
	case TAG_PRE:
	case TAG_TABLE:
	case TAG_TD:
	case TAG_TH:
	case TAG_TR:
		return TRUE;
	default:
		return FALSE;
	}
}
