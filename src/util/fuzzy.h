/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzzy.h - find what was meant by a few letters, for palette and completion.
 *
 * Each word that was typed must stand in the candidate, letter by letter in
 * order, with gaps or without; words may overlap and come in any order. Case and
 * accents do not count. Better is: the whole, the beginning, beginnings of words,
 * letters in a row, short gaps, a short candidate.
 *
 *	g_autoptr(Fuzzy) fuzzy = fuzzy_new("mvtr");
 *	int score = fuzzy_score(fuzzy, "move-to-trash");
 */
#pragma once

#include <glib.h>

#define FUZZY_NONE G_MININT

typedef struct Fuzzy Fuzzy;

/* typed: UTF-8; at most its first 64 letters count. */
Fuzzy *fuzzy_new(const char *typed);
void fuzzy_free(Fuzzy *fuzzy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fuzzy, fuzzy_free)
/*
 * The higher the better; FUZZY_NONE: no match; 0 for all when nothing was
 * typed. Scores compare only under the same Fuzzy. Of a candidate (UTF-8) the
 * first 256 characters count. Linear in their number times the letters typed.
 */
int fuzzy_score(Fuzzy *fuzzy, const char *candidate);
/*
 * The same, and places (may be NULL) gets the byte offsets in candidate of the
 * characters that were matched, ascending: a GArray of gsize, emptied first.
 */
int fuzzy_match(Fuzzy *fuzzy, const char *candidate, GArray *places);
/*
 * Edits (insert, delete, replace, swap of neighbours) that make b of a, byte by byte,
 * for "did you mean": names of up to 32 bytes; G_MAXUINT for longer ones.
 */
guint fuzzy_distance(const char *a, const char *b);
