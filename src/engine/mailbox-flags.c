/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/mailbox.h"

#include "imap/writer.h"

static const struct {
	guint32 ours;
	guint system;
	const char *keyword;
} flag_table[] = {
	{MESSAGE_SEEN, IMAP_FLAG_SEEN, NULL},
	{MESSAGE_FLAGGED, IMAP_FLAG_FLAGGED, NULL},
	{MESSAGE_ANSWERED, IMAP_FLAG_ANSWERED, NULL},
	{MESSAGE_DRAFT, IMAP_FLAG_DRAFT, NULL},
	{MESSAGE_DELETED, IMAP_FLAG_DELETED, NULL},
	{MESSAGE_FORWARDED, 0, "$Forwarded"},
	{MESSAGE_JUNK, 0, "$Junk"},
};

static guint32
keyword_flag(const char *keyword)
{
	for (gsize i = 0; i < G_N_ELEMENTS(flag_table); i++)
		if (flag_table[i].keyword != NULL && g_ascii_strcasecmp(flag_table[i].keyword, keyword) == 0)
			return flag_table[i].ours;
	return 0;
}

guint32
mailbox_flags(const ImapFlags *flags, char **keywords)
{
	GString *others = NULL;
	guint32 result = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(flag_table); i++)
		if (flags->system & flag_table[i].system)
			result |= flag_table[i].ours;
	for (guint i = 0; flags->keywords != NULL && i < flags->keywords->len; i++) {
		guint32 known = keyword_flag(flags->keywords->pdata[i]);
		result |= known;
		if (known)
			continue;
		if (others == NULL)
			others = g_string_new(flags->keywords->pdata[i]);
		else
			g_string_append_printf(others, " %s", (char *)flags->keywords->pdata[i]);
	}
	*keywords = others ? g_string_free(others, FALSE) : NULL;
	return result;
}

guint
mailbox_system_flags(guint32 flags, GPtrArray *keywords)
{
	guint system = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(flag_table); i++) {
		if (!(flags & flag_table[i].ours))
			continue;
		system |= flag_table[i].system;
		if (flag_table[i].keyword != NULL)
			g_ptr_array_add(keywords, (char *)flag_table[i].keyword);
	}
	return system;
}
