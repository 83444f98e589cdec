# SPDX-License-Identifier: GPL-3.0-or-later
noinst_LIBRARIES += src/net/libnet.a
src_net_libnet_a_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS) $(OPENSSL_CFLAGS) $(ZLIB_CFLAGS)
src_net_libnet_a_SOURCES = \
	%D%/certificate.c %D%/certificate.h \
	%D%/check.c \
	%D%/connect.c \
	%D%/deflate.c %D%/deflate.h \
	%D%/http.c %D%/http.h \
	%D%/sasl.c %D%/sasl.h \
	%D%/saslprep.c %D%/saslprep.h \
	%D%/scram.c %D%/scram.h \
	%D%/secure.c \
	%D%/srv.c %D%/srv.h \
	%D%/stream.c %D%/stream.h %D%/stream-private.h \
	%D%/trace.c %D%/trace.h \
	%D%/trust.c %D%/trust.h %D%/trust-private.h \
	%D%/words.c
