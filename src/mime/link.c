/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "mime/link.h"

#include "mime/header.h"
#include "mime/layout.h"
#include "util/i18n.h"
#include "util/text.h"

#include <string.h>

/* Behind "http://", "https://", "//"; NULL: no such URL. */
static const char *
after_scheme(const char *url)
{
	if (g_ascii_strncasecmp(url, "http://", 7) == 0)
		return url + 7;
	if (g_ascii_strncasecmp(url, "https://", 8) == 0)
		return url + 8;
	return NULL;
}

/* The host of a URL, user part and port taken off; NULL: none. Browsers take '\' for '/'. */
static char *
host_of(const char *url)
{
	const char *p = after_scheme(url);
	const char *at;
	g_autofree char *authority = NULL;

	if (p == NULL) {
		if (g_ascii_strncasecmp(url, "mailto:", 7) != 0)
			return NULL;
		p = url + 7;
		authority = g_strndup(p, strcspn(p, "?,"));
		at = strrchr(authority, '@');
		return at && at[1] ? g_strdup(at + 1) : NULL;
	}
	p += strspn(p, "/\\");
	authority = g_strndup(p, strcspn(p, "/\\?#"));
	at = strrchr(authority, '@');
	at = at ? at + 1 : authority;
	if (*at == '\0')
		return NULL;
	return *at == '[' ? g_strndup(at, strcspn(at, "]") + 1) : g_strndup(at, strcspn(at, ":"));
}

/* "report.pdf" is a file, not a host. */
static gboolean
is_file_ending(const char *ending)
{
	static const char *const endings[] = {"c", "cc", "css", "csv", "doc", "docx", "eml", "exe", "gif",
		"gz", "h", "htm", "html", "ics", "jpeg", "jpg", "js", "json", "md", "mp3", "mp4", "odt",
		"pdf", "php", "pl", "png", "ppt", "pptx", "py", "rs", "sh", "svg", "tar", "txt", "xls",
		"xlsx", "xml", "zip"};

	for (gsize i = 0; i < G_N_ELEMENTS(endings); i++)
		if (g_ascii_strcasecmp(ending, endings[i]) == 0)
			return TRUE;
	return FALSE;
}

/* What a label claims: "https://bank.example/x", "www.bank.example" or "bank.example"; NULL: no host. */
static char *
claimed_host(const char *label)
{
	g_autofree char *text = g_strstrip(g_strdup(label));
	gsize size;
	const char *dot;

	if (after_scheme(text) != NULL)
		return host_of(text);
	size = strcspn(text, "/?#:");
	text[size] = '\0';
	if (strpbrk(text, " @,()<>") != NULL || (dot = strrchr(text, '.')) == NULL || dot == text)
		return NULL;
	for (const char *p = dot + 1; *p; p++)
		if (!g_ascii_isalpha(*p))
			return NULL;
	if (strlen(dot + 1) < 2 || is_file_ending(dot + 1))
		return NULL;
	return g_strdup(text);
}

static const char *
without_www(const char *host)
{
	return g_ascii_strncasecmp(host, "www.", 4) == 0 ? host + 4 : host;
}

/* The claimed host is the real one, or the real one lies below it. */
static gboolean
same_site(const char *claimed, const char *real)
{
	gsize c, r;

	claimed = without_www(claimed);
	real = without_www(real);
	c = strlen(claimed);
	r = strlen(real);
	if (r < c || g_ascii_strcasecmp(real + r - c, claimed) != 0)
		return FALSE;
	return r == c || real[r - c - 1] == '.';
}

MimeLink *
mime_link_new(guint number, const char *label, gsize label_length, const char *target)
{
	MimeLink *link = g_new0(MimeLink, 1);
	g_autofree char *host = host_of(target);
	g_autofree char *claimed = NULL;

	link->number = number;
	link->text = text_safe(label, (gssize)label_length, TEXT_MARKS);
	link->target = text_safe(target, -1, TEXT_MARKS);
	link->openable = after_scheme(target) != NULL || g_ascii_strncasecmp(target, "mailto:", 7) == 0;
	if (host != NULL)
		link->host = mime_domain_display(host);
	claimed = after_scheme(target) != NULL ? claimed_host(link->text) : NULL;
	if (claimed != NULL && host != NULL && !same_site(claimed, host))
		link->warning =
			g_strdup_printf(_("Careful: the link says %s and goes to %s."), claimed, link->host);
	return link;
}

void
mime_link_free(MimeLink *link)
{
	if (link == NULL)
		return;
	g_free(link->text);
	g_free(link->target);
	g_free(link->host);
	g_free(link->warning);
	g_free(link);
}

/* --- URLs in plain text --- */

static gsize
url_body(const char *p, gsize length)
{
	gsize size, open = 0;

	for (size = 0; size < length && (guint8)p[size] > 32 && strchr("<>\"`", p[size]) == NULL; size++)
		open += p[size] == '(';
	while (size > 0 && strchr(".,;:!?'*_]}", p[size - 1]) != NULL)
		size--;
	if (size > 0 && p[size - 1] == ')' && open == 0)
		size--;
	return size;
}

gsize
mime_url_length(const char *text, gsize length)
{
	static const char *const schemes[] = {"https://", "http://", "ftp://", "mailto:", "www."};

	for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++) {
		gsize scheme = strlen(schemes[i]);
		if (length > scheme && g_ascii_strncasecmp(text, schemes[i], scheme) == 0) {
			gsize body = url_body(text + scheme, length - scheme);
			return body > 0 ? scheme + body : 0;
		}
	}
	return 0;
}

gboolean
mime_url_find(const char *text, gsize length, gsize *start, gsize *size)
{
	for (gsize i = *start; i + 5 < length; i++) {
		if (strchr("hHfFmMwW", text[i]) == NULL || (i > 0 && g_ascii_isalnum(text[i - 1])))
			continue;
		*size = mime_url_length(text + i, length - i);
		if (*size > 0) {
			*start = i;
			return TRUE;
		}
	}
	return FALSE;
}
