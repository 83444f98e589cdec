# SPDX-License-Identifier: GPL-3.0-or-later
# Private mail servers for tests, benchmarks and the demo.
EXTRA_DIST += \
	tests/server/demo.sieve \
	tests/server/certificates.py \
	tests/server/cyrus.py \
	tests/server/detour.c \
	tests/server/detour.py \
	tests/server/dovecot.py \
	tests/server/fetch.py \
	tests/server/fill.py \
	tests/server/mailgen.py \
	tests/server/postfix.py \
	tests/server/proxy.py \
	tests/server/redirect.c \
	tests/server/samples.py \
	tests/server/servers.py \
	tests/server/smtpd.py
dist_noinst_SCRIPTS += tests/server/run

# What the tests and the demo unpack into the build folder.
distclean-local:
	-rm -rf servers demo
