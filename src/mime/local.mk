# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += src/mime/libmime.a
src_mime_libmime_a_CFLAGS = $(AM_CFLAGS) $(GMIME_CFLAGS) $(XML_CFLAGS)
src_mime_libmime_a_SOURCES =
