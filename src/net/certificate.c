/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * certificate.c - a certificate put into words.
 */
#include "config.h"

#include "net/certificate.h"

#include <arpa/inet.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

#include "util/i18n.h"
#include "util/text.h"

/* Names shown of one certificate: some are made for hundreds. */
#define NAMES_SHOWN 12

static char *
name_words(X509_NAME *name)
{
	g_autoptr(GString) words = g_string_new(NULL);
	BIO *bio = BIO_new(BIO_s_mem());
	char *data = NULL;
	long length = 0;

	if (bio != NULL && X509_NAME_print_ex(bio, name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB) >= 0)
		length = BIO_get_mem_data(bio, &data);
	if (length > 0)
		text_safe_append(words, data, MIN(length, 1024), TEXT_MARKS);
	BIO_free(bio);
	return g_string_free(g_steal_pointer(&words), FALSE);
}

static void
add_name(GString *names, const GENERAL_NAME *name)
{
	char address[INET6_ADDRSTRLEN] = "";
	int type;
	const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);
	const unsigned char *data;
	int length;

	if (type != GEN_DNS && type != GEN_IPADD)
		return;
	data = ASN1_STRING_get0_data(value);
	length = ASN1_STRING_length(value);
	if (names->len > 0)
		g_string_append(names, ", ");
	if (type == GEN_DNS) {
		text_safe_append(names, (const char *)data, MIN(length, 255), TEXT_MARKS);
	} else if (length == 4 || length == 16) {
		inet_ntop(length == 4 ? AF_INET : AF_INET6, data, address, sizeof(address));
		g_string_append(names, address);
	}
}

static char *
alternative_names(X509 *x509)
{
	GString *names = g_string_new(NULL);
	GENERAL_NAMES *list = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
	int count = list ? sk_GENERAL_NAME_num(list) : 0;

	for (int i = 0; i < MIN(count, NAMES_SHOWN); i++)
		add_name(names, sk_GENERAL_NAME_value(list, i));
	if (count > NAMES_SHOWN)
		g_string_append(names, ", ...");
	GENERAL_NAMES_free(list);
	return g_string_free(names, FALSE);
}

static char *
fingerprint(X509 *x509)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int length = 0;
	GString *hex = g_string_new(NULL);

	if (!X509_digest(x509, EVP_sha256(), digest, &length))
		length = 0;
	for (unsigned int i = 0; i < length; i++)
		g_string_append_printf(hex, "%02X", digest[i]);
	return g_string_free(hex, FALSE);
}

static gint64
seconds_of(const ASN1_TIME *when)
{
	struct tm tm = {0};

	return ASN1_TIME_to_tm(when, &tm) ? timegm(&tm) : 0;
}

NetCertificate *
net_certificate_new(X509 *x509, const char *host, guint16 port)
{
	NetCertificate *certificate = g_new0(NetCertificate, 1);

	certificate->host = g_strdup(host);
	certificate->port = port;
	certificate->subject = name_words(X509_get_subject_name(x509));
	certificate->issuer = name_words(X509_get_issuer_name(x509));
	certificate->names = alternative_names(x509);
	certificate->fingerprint = fingerprint(x509);
	certificate->not_before = seconds_of(X509_get0_notBefore(x509));
	certificate->not_after = seconds_of(X509_get0_notAfter(x509));
	return certificate;
}

NetCertificate *
net_certificate_copy(const NetCertificate *certificate)
{
	NetCertificate *copy = g_memdup2(certificate, sizeof(*certificate));

	copy->host = g_strdup(certificate->host);
	copy->subject = g_strdup(certificate->subject);
	copy->issuer = g_strdup(certificate->issuer);
	copy->names = g_strdup(certificate->names);
	copy->fingerprint = g_strdup(certificate->fingerprint);
	copy->other = g_strdup(certificate->other);
	return copy;
}

void
net_certificate_free(NetCertificate *certificate)
{
	if (certificate == NULL)
		return;
	g_free(certificate->host);
	g_free(certificate->subject);
	g_free(certificate->issuer);
	g_free(certificate->names);
	g_free(certificate->fingerprint);
	g_free(certificate->other);
	g_free(certificate);
}

static char *
day(gint64 seconds)
{
	g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc(seconds);

	return when ? g_date_time_format(when, "%Y-%m-%d") : g_strdup("?");
}

char *
net_certificate_reason(const NetCertificate *certificate)
{
	g_autoptr(GPtrArray) reasons = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *from = day(certificate->not_before);
	g_autofree char *until = day(certificate->not_after);

	if (certificate->bad & NET_BAD_EXPIRED)
		g_ptr_array_add(reasons, g_strdup_printf(_("it expired on %s"), until));
	if (certificate->bad & NET_BAD_NOT_YET)
		g_ptr_array_add(reasons,
			g_strdup_printf(
				_("it is valid from %s on only (is the clock of this machine right?)"),
				from));
	if ((certificate->bad & NET_BAD_NAME) && certificate->names[0] == '\0')
		g_ptr_array_add(
			reasons, g_strdup_printf(_("it names no host at all, not %s"), certificate->host));
	else if (certificate->bad & NET_BAD_NAME)
		g_ptr_array_add(reasons, g_strdup_printf(_("it is for %s, not for %s"), certificate->names,
						 certificate->host));
	if (certificate->bad & NET_BAD_SELF_SIGNED)
		g_ptr_array_add(reasons, g_strdup(_("it is self-signed: no authority vouches for it")));
	else if (certificate->bad & NET_BAD_ISSUER)
		g_ptr_array_add(reasons, g_strdup(_("its issuer is not among the trusted authorities")));
	if (certificate->bad & NET_BAD_OTHER)
		g_ptr_array_add(
			reasons, g_strdup(certificate->other ? certificate->other : _("it is damaged")));
	g_ptr_array_add(reasons, NULL);
	return g_strjoinv("; ", (char **)reasons->pdata);
}
