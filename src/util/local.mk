# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += src/util/libutil.a
src_util_libutil_a_CFLAGS = $(AM_CFLAGS)
src_util_libutil_a_SOURCES =
