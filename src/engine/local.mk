# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += src/engine/libengine.a
src_engine_libengine_a_CFLAGS = $(AM_CFLAGS)
src_engine_libengine_a_SOURCES =
