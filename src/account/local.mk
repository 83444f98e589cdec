# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += src/account/libaccount.a
src_account_libaccount_a_CFLAGS = $(AM_CFLAGS) $(OPENSSL_CFLAGS) $(SECRET_CFLAGS) $(JSON_CFLAGS)
src_account_libaccount_a_SOURCES = \
	%D%/address.c \
	%D%/causes.c \
	%D%/conf.c \
	%D%/conf-write.c \
	%D%/control.c \
	%D%/credentials.c \
	%D%/discover.c %D%/discover.h %D%/discover-private.h \
	%D%/discover-parse.c \
	%D%/discover-sources.c \
	%D%/identity.c \
	%D%/keyring.c \
	%D%/link.c \
	%D%/lock.c \
	%D%/probe.c \
	%D%/providers.c \
	%D%/scout.c \
	%D%/settings.c \
	%D%/settings-manual.c \
	%D%/settings-values.c \
	%D%/sieve-place.c %D%/sieve-place.h \
	%D%/setup.c \
	%D%/setup-search.c \
	%D%/vault.c
