# SPDX-License-Identifier: GPL-3.0-or-later
EXTRA_DIST += contrib/packages .ci/run contrib/rules/classify.py contrib/rules/rules.sieve
dist_noinst_SCRIPTS += contrib/quickstart contrib/check contrib/update-potfiles
