/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check.c - whether the libraries found at run time can do what is needed.
 */
#include "config.h"

#include <curl/curl.h>
#include <openssl/crypto.h>
#include <string.h>
#include <zlib.h>

#include "net/stream.h"
#include "util/fault.h"
#include "util/i18n.h"

/* CURLOPT_QUICK_EXIT and CURLOPT_CA_CACHE_TIMEOUT. */
#define CURL_NEEDED 0x075700

static gboolean
knows(const curl_version_info_data *curl, const char *protocol)
{
	return curl->protocols != NULL && g_strv_contains(curl->protocols, protocol);
}

gboolean
net_check(GError **error)
{
	static const char *const protocols[] = {"imap", "imaps", "smtp", "smtps"};
	const curl_version_info_data *curl;
	const char *ssl;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		fault_set(error, FAULT_LOCAL, _("libcurl could not be started."));
		return FALSE;
	}
	curl = curl_version_info(CURLVERSION_NOW);
	ssl = curl->ssl_version ? curl->ssl_version : "none";
	if (curl->version_num < CURL_NEEDED) {
		fault_set(error, FAULT_LOCAL, _("libcurl %s is too old: 7.87 or newer is needed."),
			curl->version);
		return FALSE;
	}
	/* "(OpenSSL/3.0)" would be a second one that is not in use. */
	if (!g_str_has_prefix(ssl, "OpenSSL/") && !g_str_has_prefix(ssl, "LibreSSL/") &&
		!g_str_has_prefix(ssl, "BoringSSL")) {
		fault_set(error, FAULT_LOCAL,
			_("libcurl uses %s for TLS; OpenSSL is needed. On Debian and Ubuntu install "
			  "libcurl4, not "
			  "libcurl3-gnutls."),
			ssl);
		return FALSE;
	}
	if (!(curl->features & CURL_VERSION_ASYNCHDNS)) {
		fault_set(error, FAULT_LOCAL,
			_("libcurl was built without asynchronous DNS, which is needed."));
		return FALSE;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(protocols); i++) {
		if (!knows(curl, protocols[i])) {
			fault_set(error, FAULT_LOCAL, _("libcurl was built without %s, which is needed."),
				protocols[i]);
			return FALSE;
		}
	}
	return TRUE;
}

char *
net_versions(void)
{
	return g_strdup_printf("libcurl %s, %s, zlib %s", curl_version_info(CURLVERSION_NOW)->version,
		OpenSSL_version(OPENSSL_VERSION), zlibVersion());
}
