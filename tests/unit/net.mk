# SPDX-License-Identifier: GPL-3.0-or-later
# Unit tests of src/net: one program a module, linked with its own layer and those below.
check_LIBRARIES += tests/unit/libpeer.a
tests_unit_libpeer_a_SOURCES = %D%/peer.c %D%/peer.h
tests_unit_libpeer_a_CFLAGS = $(AM_CFLAGS) $(OPENSSL_CFLAGS)
LINK_PEER = tests/unit/libpeer.a

check_PROGRAMS += tests/unit/test-net-connect tests/unit/test-net-stream
TESTS += tests/unit/test-net-connect tests/unit/test-net-stream
tests_unit_test_net_connect_SOURCES = %D%/test-net-connect.c %D%/net-common.c %D%/net-common.h
tests_unit_test_net_connect_CFLAGS = $(AM_CFLAGS) $(OPENSSL_CFLAGS)
tests_unit_test_net_connect_LDADD = $(LINK_PEER) $(LINK_NET)
tests_unit_test_net_stream_SOURCES = %D%/test-net-stream.c %D%/net-common.c %D%/net-common.h
tests_unit_test_net_stream_CFLAGS = $(AM_CFLAGS) $(OPENSSL_CFLAGS)
tests_unit_test_net_stream_LDADD = $(LINK_PEER) $(LINK_NET)

check_PROGRAMS += tests/unit/test-net-sasl
TESTS += tests/unit/test-net-sasl
tests_unit_test_net_sasl_SOURCES = %D%/test-net-sasl.c
tests_unit_test_net_sasl_LDADD = $(LINK_NET)

check_PROGRAMS += tests/unit/test-net-secure
TESTS += tests/unit/test-net-secure
tests_unit_test_net_secure_SOURCES = %D%/test-net-secure.c %D%/net-common.c %D%/net-common.h
tests_unit_test_net_secure_CFLAGS = $(AM_CFLAGS) $(OPENSSL_CFLAGS)
tests_unit_test_net_secure_LDADD = $(LINK_PEER) $(LINK_NET)

check_PROGRAMS += tests/unit/test-net-srv
TESTS += tests/unit/test-net-srv
tests_unit_test_net_srv_SOURCES = %D%/test-net-srv.c %D%/dns-peer.c %D%/dns-peer.h
tests_unit_test_net_srv_LDADD = $(LINK_NET)

check_PROGRAMS += tests/unit/test-net-http
TESTS += tests/unit/test-net-http
tests_unit_test_net_http_SOURCES = %D%/test-net-http.c %D%/net-common.c %D%/net-common.h
tests_unit_test_net_http_CFLAGS = $(AM_CFLAGS) $(OPENSSL_CFLAGS)
tests_unit_test_net_http_LDADD = $(LINK_PEER) $(LINK_NET)
