/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ini.h - the configuration file as lines: bytes in, model out, bytes out.
 *
 *	# a comment: only where # is the first thing on a line
 *	[account work]
 *	label = Work
 *	trust = one
 *	trust = another
 *
 * A value is what stands behind the first "=" to the end of the line, without
 * blanks around it; # and quotes mean nothing in it. A key that stands several
 * times is a list. Lines before the first section belong to the section "". A
 * section may stand in several places. Runs of blanks in a section's name are
 * one blank. Names of sections and keys keep their case; both have no controls,
 * a section no brackets, a key no "=" and no leading "[" or "#".
 *
 * The model keeps every line. ini_write() gives back what was read, byte for
 * byte, but for the lines that were changed; a changed line keeps its
 * indentation, the blanks around its "=", and its line end.
 *
 * Pure: no files. The whole is at most LIMIT_CONFIG_FILE bytes.
 */
#pragma once

#include <glib.h>

typedef struct Ini Ini;

/*
 * name stands before the line number in messages ("name:12: ..."); data may be
 * NULL when length is 0. NULL with FAULT_INPUT: a line that is none of the
 * above, is not UTF-8, or has a control character other than tab; FAULT_LIMIT.
 */
Ini *ini_parse(const char *name, const char *data, gsize length, GError **error);
void ini_free(Ini *ini);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ini, ini_free)
/* The caller's, NUL-terminated; length (may be NULL) receives its bytes. */
char *ini_write(const Ini *ini, gsize *length);

/* One line that says something; borrowed until the next change. */
typedef struct {
	const char *section;
	const char *key;   /* NULL: the line opens the section */
	const char *value; /* "" when there is none; NULL with key */
	guint line;        /* from 1 */
} IniLine;

/* Walk in the order of the file: start with *position 0; FALSE at the end. */
gboolean ini_next(const Ini *ini, gsize *position, IniLine *line);
/* The value of key's last line in section, borrowed until the next change; NULL: none. */
const char *ini_get(const Ini *ini, const char *section, const char *key);
/* All values, in order; the caller's (g_strfreev), never NULL. */
char **ini_get_list(const Ini *ini, const char *section, const char *key);
gboolean ini_has_section(const Ini *ini, const char *section);

/*
 * Make value the only one of key: its first line is changed, further ones go;
 * without one it is added. FALSE with FAULT_INPUT when section, key or value
 * cannot stand in a file (line breaks, other controls, blanks at the ends, not
 * UTF-8), FAULT_LIMIT when the file would become too big; nothing was changed.
 */
gboolean ini_set(Ini *ini, const char *section, const char *key, const char *value, GError **error);
/*
 * Add a line behind the last key of section (the last place of it), which is
 * made at the end of the file where there is none. Errors as ini_set().
 */
gboolean ini_add(Ini *ini, const char *section, const char *key, const char *value, GError **error);
/* Open section at the end of the file, unless it is there. Errors as ini_set(). */
gboolean ini_add_section(Ini *ini, const char *section, GError **error);
/* Remove the lines of key, or with value only those that have it. Returns how many went. */
guint ini_remove(Ini *ini, const char *section, const char *key, const char *value);
/*
 * Remove section with all that is in it, comments too, but not those that stand
 * directly above the next section. FALSE: there was none.
 */
gboolean ini_remove_section(Ini *ini, const char *section);
