/* SPDX-License-Identifier: GPL-3.0-or-later */
/* i18n.h - the marks of translated text. P_(one, many, n) chooses the plural. */
#pragma once

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) (text)
#define P_(one, many, n) ngettext(one, many, n)
