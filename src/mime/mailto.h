/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mailto.h - mailto: URLs (RFC 6068), with what they must not do refused.
 */
#pragma once

#include "mime/build.h"

/*
 * Fill a draft's to, cc, subject, body and in_reply_to. bcc, attach and every
 * other field are left out, and named in *refused (may be NULL; translated, NULL
 * when there is nothing to say; the caller's). FALSE with FAULT_INPUT: no
 * mailto:, or it holds encoded NUL, or line ends outside of the body; the draft is then unchanged.
 */
gboolean mime_mailto_parse(const char *url, MimeDraft *draft, char **refused, GError **error);
