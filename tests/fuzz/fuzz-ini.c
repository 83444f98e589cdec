/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is read is written byte for byte. After changes with names and values
 * taken from the input itself, what is written is read back as the model had it.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "util/ini.h"
#include "util/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_same(const Ini *ini, const Ini *again)
{
	gsize position = 0;
	gsize position_again = 0;
	IniLine line;
	IniLine other;
	while (ini_next(ini, &position, &line)) {
		g_assert(ini_next(again, &position_again, &other));
		g_assert(line.line == other.line && strcmp(line.section, other.section) == 0);
		g_assert(g_strcmp0(line.key, other.key) == 0 && g_strcmp0(line.value, other.value) == 0);
	}
	g_assert(!ini_next(again, &position_again, &other));
}

static void
check_written(const Ini *ini)
{
	gsize length;
	g_autofree char *text = ini_write(ini, &length);
	g_autoptr(Ini) again = ini_parse("again", text, length, NULL);
	g_assert(again && length <= LIMIT_CONFIG_FILE);
	check_same(ini, again);
}

static void
change(Ini *ini, const char *section, const char *key, const char *value, guint action)
{
	switch (action % 5) {
	case 0:
		if (ini_set(ini, section, key, value, NULL))
			g_assert(g_strcmp0(ini_get(ini, section, key), value) == 0);
		break;
	case 1:
		if (ini_add(ini, section, key, value, NULL))
			g_assert(g_strcmp0(ini_get(ini, section, key), value) == 0);
		break;
	case 2:
		ini_remove(ini, section, key, NULL);
		g_assert(ini_get(ini, section, key) == NULL);
		break;
	case 3:
		ini_remove_section(ini, section);
		g_assert(!*section || !ini_has_section(ini, section));
		break;
	default:
		if (ini_add_section(ini, section, NULL))
			g_assert(ini_has_section(ini, section));
	}
}

/* The first line of the input is the change, the rest the file: action, section, key, value, with | between.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
	gsize start = end ? (gsize)(end - data) + 1 : 0;
	const char *file = (const char *)data + start;
	g_autoptr(GError) error = NULL;
	g_autoptr(Ini) ini = ini_parse("x", file, size - start, &error);
	g_assert((ini == NULL) == (error != NULL));
	if (!ini)
		return 0;
	gsize length;
	g_autofree char *same = ini_write(ini, &length);
	g_assert(length == size - start && (length == 0 || memcmp(same, file, length) == 0));
	if (!end)
		return 0;
	g_autofree char *words = g_strndup((const char *)data, start - 1);
	g_auto(GStrv) parts = g_strsplit(words, "|", 4);
	if (g_strv_length(parts) == 4) {
		change(ini, parts[1], parts[2], parts[3], (guchar)parts[0][0]);
		check_written(ini);
		change(ini, parts[1], parts[3], parts[2], (guchar)parts[0][0] / 5u);
		check_written(ini);
	}
	return 0;
}
