# SPDX-License-Identifier: GPL-3.0-or-later
# One archive a layer, in the order of the layers: each links those above it here.
include %D%/util/local.mk
include %D%/mime/local.mk
include %D%/net/local.mk
include %D%/imap/local.mk
include %D%/smtp/local.mk
include %D%/sieve/local.mk
include %D%/store/local.mk
include %D%/account/local.mk
include %D%/engine/local.mk
include %D%/ui/local.mk
include %D%/cli/local.mk

LINK_UTIL = src/util/libutil.a $(PCRE2_LIBS) $(GLIB_LIBS) $(LTLIBICONV) $(LIBICONV) $(LIBINTL)
LINK_MIME = src/mime/libmime.a $(GMIME_LIBS) $(XML_LIBS) $(LINK_UTIL)
LINK_NET = src/net/libnet.a $(CURL_LIBS) $(OPENSSL_LIBS) $(ZLIB_LIBS) $(RESOLVER_LIBS) $(LINK_UTIL)
LINK_IMAP = src/imap/libimap.a src/net/libnet.a $(CURL_LIBS) $(OPENSSL_LIBS) $(ZLIB_LIBS) $(RESOLVER_LIBS) $(LINK_MIME)
LINK_SMTP = src/smtp/libsmtp.a src/net/libnet.a $(CURL_LIBS) $(OPENSSL_LIBS) $(ZLIB_LIBS) $(RESOLVER_LIBS) $(LINK_MIME)
LINK_SIEVE = src/sieve/libsieve.a src/net/libnet.a $(CURL_LIBS) $(OPENSSL_LIBS) $(ZLIB_LIBS) $(RESOLVER_LIBS) $(LINK_MIME)
LINK_STORE = src/store/libstore.a $(SQLITE_LIBS) $(LINK_MIME)
LINK_ACCOUNT = src/account/libaccount.a src/store/libstore.a src/smtp/libsmtp.a $(LINK_IMAP) \
	$(SQLITE_LIBS) $(SECRET_LIBS) $(JSON_LIBS)
LINK_ENGINE = src/engine/libengine.a src/sieve/libsieve.a $(LINK_ACCOUNT)
LINK_CLI = src/cli/libcli.a $(LINK_ENGINE)
LINK_UI = src/ui/libui.a $(NCURSES_LIBS) $(LINK_ENGINE)

bin_PROGRAMS += src/posthorn
src_posthorn_SOURCES = %D%/main.c
src_posthorn_LDADD = src/ui/libui.a src/cli/libcli.a $(NCURSES_LIBS) $(LINK_ENGINE)

# Headers go into the tarball wherever they are; no list of them is kept.
dist-hook:
	cd $(srcdir) && find src tests -name '*.h' | while read -r header; do \
		mkdir -p "$(abs_top_builddir)/$(distdir)/$$(dirname "$$header")" && \
		cp -p "$$header" "$(abs_top_builddir)/$(distdir)/$$header" || exit 1; done
