/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * providers.c - the table.
 *
 * The facts are those that the providers publish for mail programs. A host that
 * begins with "%" takes the address's domain in its place (imap.%: imap.free.fr).
 */
#include "config.h"

#include "account/providers.h"

#include <string.h>

#include "util/i18n.h"

#define TLS(host, port) host, port, NET_TLS
#define START(host, port) host, port, NET_STARTTLS

#define HINT_APP                                                                                             \
	N_("This provider wants an app password, made for this program on its site, in place of your usual " \
	   "password.")
#define HINT_IMAP_OFF N_("IMAP is off here until you switch it on in the settings of the web mail.")
#define HINT_MICROSOFT                                                                                       \
	N_("Microsoft takes no passwords from mail programs any more: sign in with an access token "         \
	   "(token-command).")

/* clang-format off */
static const Provider providers[] = {
	{"Gmail", "gmail.com googlemail.com",
	 TLS("imap.gmail.com", 993), TLS("smtp.gmail.com", 465), USER_FULL, USER_FULL,
	 LOGIN_APP_PASSWORD | LOGIN_OAUTH2, QUIRK_FILES_SENT, "https://myaccount.google.com/apppasswords",
	 N_("Google wants an app password (with 2-step verification switched on) in place of your usual password."),
	 "*.google.com *.googlemail.com"},
	{"Outlook.com", "outlook.com hotmail.com live.com msn.com passport.com outlook.de hotmail.de live.de "
	 "outlook.fr hotmail.fr live.fr hotmail.co.uk live.co.uk outlook.es hotmail.es outlook.it hotmail.it",
	 TLS("outlook.office365.com", 993), START("smtp-mail.outlook.com", 587), USER_FULL, USER_FULL,
	 LOGIN_OAUTH2, QUIRK_FILES_SENT | QUIRK_IMAP_OFF, "https://outlook.live.com/mail/options/mail/forwarding", HINT_MICROSOFT},
	{"Microsoft 365", "*.onmicrosoft.com",
	 TLS("outlook.office365.com", 993), START("smtp.office365.com", 587), USER_FULL, USER_FULL,
	 LOGIN_OAUTH2, QUIRK_FILES_SENT, NULL, HINT_MICROSOFT,
	 "*.mail.protection.outlook.com"},
	{"Yahoo", "yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.es yahoo.it yahoo.ca yahoo.in yahoo.co.in yahoo.com.br "
	 "yahoo.com.au yahoo.com.ar yahoo.com.mx ymail.com rocketmail.com",
	 TLS("imap.mail.yahoo.com", 993), TLS("smtp.mail.yahoo.com", 465), USER_FULL, USER_FULL,
	 LOGIN_APP_PASSWORD | LOGIN_OAUTH2, 0, "https://login.yahoo.com/account/security", HINT_APP},
	{"AOL", "aol.com aim.com aol.de aol.fr aol.co.uk verizon.net",
	 TLS("imap.aol.com", 993), TLS("smtp.aol.com", 465), USER_FULL, USER_FULL,
	 LOGIN_APP_PASSWORD | LOGIN_OAUTH2, 0, "https://login.aol.com/account/security", HINT_APP},
	{"iCloud", "icloud.com me.com mac.com",
	 TLS("imap.mail.me.com", 993), START("smtp.mail.me.com", 587), USER_LOCAL, USER_FULL,
	 LOGIN_APP_PASSWORD, 0, "https://account.apple.com/account/manage", HINT_APP,
	 "*.mail.icloud.com"},
	{"Fastmail", "fastmail.com fastmail.fm fastmail.net fastmail.org fastmail.de fastmail.co.uk fastmail.com.au "
	 "messagingengine.com fastmail.us fastmail.in fastmail.jp sent.com",
	 TLS("imap.fastmail.com", 993), TLS("smtp.fastmail.com", 465), USER_FULL, USER_FULL,
	 LOGIN_APP_PASSWORD | LOGIN_OAUTH2, 0, "https://app.fastmail.com/settings/security/apps", HINT_APP,
	 "*.messagingengine.com"},
	{"GMX", "gmx.net gmx.de gmx.at gmx.ch gmx.org gmx.eu gmx.info gmx.biz",
	 TLS("imap.gmx.net", 993), TLS("mail.gmx.net", 465), USER_FULL, USER_FULL,
	 LOGIN_PASSWORD | LOGIN_APP_PASSWORD, QUIRK_IMAP_OFF, "https://hilfe.gmx.net/pop-imap/einschalten.html", HINT_IMAP_OFF},
	{"GMX", "gmx.com gmx.us gmx.co.uk gmx.fr gmx.es",
	 TLS("imap.gmx.com", 993), TLS("mail.gmx.com", 465), USER_FULL, USER_FULL,
	 LOGIN_PASSWORD | LOGIN_APP_PASSWORD, QUIRK_IMAP_OFF, "https://support.gmx.com/pop-imap/toggle.html", HINT_IMAP_OFF},
	{"WEB.DE", "web.de",
	 TLS("imap.web.de", 993), TLS("smtp.web.de", 465), USER_LOCAL, USER_LOCAL,
	 LOGIN_PASSWORD | LOGIN_APP_PASSWORD, QUIRK_IMAP_OFF, "https://hilfe.web.de/pop-imap/einschalten.html", HINT_IMAP_OFF},
	{"Zoho", "zoho.com zohomail.com",
	 TLS("imap.zoho.com", 993), TLS("smtp.zoho.com", 465), USER_FULL, USER_FULL,
	 LOGIN_PASSWORD | LOGIN_APP_PASSWORD, QUIRK_IMAP_OFF, "https://www.zoho.com/mail/help/imap-access.html", HINT_IMAP_OFF,
	 "mx.zoho.com mx2.zoho.com mx3.zoho.com"},
	{"Zoho", "zoho.eu zohomail.eu",
	 TLS("imap.zoho.eu", 993), TLS("smtp.zoho.eu", 465), USER_FULL, USER_FULL,
	 LOGIN_PASSWORD | LOGIN_APP_PASSWORD, QUIRK_IMAP_OFF, "https://www.zoho.com/mail/help/imap-access.html", HINT_IMAP_OFF,
	 "mx.zoho.eu mx2.zoho.eu mx3.zoho.eu"},
	{"Zoho", "zoho.in zohomail.in",
	 TLS("imap.zoho.in", 993), TLS("smtp.zoho.in", 465), USER_FULL, USER_FULL,
	 LOGIN_PASSWORD | LOGIN_APP_PASSWORD, QUIRK_IMAP_OFF, "https://www.zoho.com/mail/help/imap-access.html", HINT_IMAP_OFF,
	 "mx.zoho.in mx2.zoho.in mx3.zoho.in"},
	{"Yandex", "yandex.com yandex.ru yandex.by yandex.kz yandex.ua ya.ru narod.ru",
	 TLS("imap.yandex.com", 993), TLS("smtp.yandex.com", 465), USER_FULL, USER_FULL,
	 LOGIN_APP_PASSWORD | LOGIN_OAUTH2, QUIRK_IMAP_OFF, "https://id.yandex.com/security/app-passwords", HINT_APP,
	 "mx.yandex.net mx.yandex.ru"},
	{"Mail.ru", "mail.ru inbox.ru bk.ru list.ru internet.ru",
	 TLS("imap.mail.ru", 993), TLS("smtp.mail.ru", 465), USER_FULL, USER_FULL,
	 LOGIN_APP_PASSWORD | LOGIN_OAUTH2, 0, "https://account.mail.ru/user/2-step-auth/passwords", HINT_APP},
	{"Proton Mail", "proton.me protonmail.com protonmail.ch pm.me",
	 START("127.0.0.1", 1143), START("127.0.0.1", 1025), USER_FULL, USER_FULL,
	 LOGIN_APP_PASSWORD, QUIRK_BRIDGE, "https://proton.me/mail/bridge",
	 N_("Proton Mail Bridge must run on this machine; the password is the one that Bridge shows."),
	 "mail.protonmail.ch mailsec.protonmail.ch"},
	{"Posteo", "posteo.de posteo.net posteo.org posteo.eu posteo.at posteo.ch posteo.us",
	 TLS("posteo.de", 993), TLS("posteo.de", 465), USER_FULL, USER_FULL, LOGIN_PASSWORD, 0, NULL, NULL},
	{"mailbox.org", "mailbox.org secure.mailbox.org",
	 TLS("imap.mailbox.org", 993), TLS("smtp.mailbox.org", 465), USER_FULL, USER_FULL, LOGIN_PASSWORD, 0, NULL, NULL,
	 "*.mailbox.org"},
	{"Migadu", "migadu.com",
	 TLS("imap.migadu.com", 993), TLS("smtp.migadu.com", 465), USER_FULL, USER_FULL, LOGIN_PASSWORD, 0, NULL, NULL,
	 "*.migadu.com"},
	{"T-Online", "t-online.de magenta.de",
	 TLS("secureimap.t-online.de", 993), TLS("securesmtp.t-online.de", 465), USER_FULL, USER_FULL,
	 LOGIN_APP_PASSWORD, 0, "https://www.telekom.de/hilfe/apps-dienste/e-mail/passwort",
	 N_("T-Online wants the separate e-mail password (E-Mail-Passwort); the web password never works here.")},
	{"Orange", "orange.fr wanadoo.fr",
	 TLS("imap.orange.fr", 993), TLS("smtp.orange.fr", 465), USER_FULL, USER_FULL, LOGIN_PASSWORD, 0, NULL, NULL},
	{"Free", "free.fr",
	 TLS("imap.%", 993), TLS("smtp.%", 465), USER_LOCAL, USER_LOCAL, LOGIN_PASSWORD, 0, NULL, NULL},
	{"La Poste", "laposte.net",
	 TLS("imap.%", 993), TLS("smtp.%", 465), USER_LOCAL, USER_LOCAL, LOGIN_PASSWORD, 0, NULL, NULL},
	{"SFR", "sfr.fr",
	 TLS("imap.%", 993), TLS("smtp.%", 465), USER_FULL, USER_FULL, LOGIN_PASSWORD, 0, NULL, NULL},
	{"Naver", "naver.com",
	 TLS("imap.naver.com", 993), TLS("smtp.naver.com", 465), USER_LOCAL, USER_LOCAL,
	 LOGIN_APP_PASSWORD, QUIRK_IMAP_OFF, "https://nid.naver.com/user2/help/myInfoV2?m=viewSecurity", HINT_APP},
	{"QQ Mail", "qq.com foxmail.com",
	 TLS("imap.qq.com", 993), TLS("smtp.qq.com", 465), USER_FULL, USER_FULL,
	 LOGIN_APP_PASSWORD, QUIRK_ID_FIRST, "https://service.mail.qq.com/",
	 N_("QQ Mail wants the authorization code from its web settings in place of your password.")},
	{"NetEase 163", "163.com",
	 TLS("imap.%", 993), TLS("smtp.%", 465), USER_FULL, USER_FULL,
	 LOGIN_APP_PASSWORD, QUIRK_ID_FIRST | QUIRK_NO_SASL_IR | QUIRK_IMAP_OFF, "https://mail.163.com/",
	 N_("NetEase wants the authorization code from its web settings in place of your password.")},
	{"NetEase 126, Yeah", "126.com yeah.net",
	 TLS("imap.%", 993), TLS("smtp.%", 465), USER_FULL, USER_FULL,
	 LOGIN_APP_PASSWORD, QUIRK_ID_FIRST | QUIRK_NO_SASL_IR | QUIRK_IMAP_OFF, "https://mail.126.com/",
	 N_("NetEase wants the authorization code from its web settings in place of your password.")},
	{"Comcast", "comcast.net",
	 TLS("imap.comcast.net", 993), TLS("smtp.comcast.net", 465), USER_FULL, USER_FULL,
	 LOGIN_PASSWORD | LOGIN_OAUTH2, QUIRK_IMAP_OFF, "https://connect.xfinity.com/",
	 N_("Access for other mail programs must be allowed in the web mail's settings.")},
	{"IONOS", "1und1.de online.de onlinehome.de",
	 TLS("imap.1und1.de", 993), TLS("smtp.1und1.de", 465), USER_FULL, USER_FULL, LOGIN_PASSWORD, 0, NULL, NULL},
	{"Strato", "strato.de",
	 TLS("imap.strato.de", 993), TLS("smtp.strato.de", 465), USER_FULL, USER_FULL, LOGIN_PASSWORD, 0, NULL, NULL},
	{"OVH", "ovh.net ovh.com",
	 TLS("ssl0.ovh.net", 993), TLS("ssl0.ovh.net", 465), USER_FULL, USER_FULL, LOGIN_PASSWORD, 0, NULL, NULL,
	 "*.mail.ovh.net"},
	{"mail.com", "mail.com email.com usa.com post.com europe.com",
	 TLS("imap.mail.com", 993), TLS("smtp.mail.com", 465), USER_FULL, USER_FULL,
	 LOGIN_PASSWORD | LOGIN_APP_PASSWORD, QUIRK_IMAP_OFF, "https://support.mail.com/pop-imap/index.html", HINT_IMAP_OFF},
	{"Libero", "libero.it iol.it inwind.it blu.it giallo.it",
	 TLS("imapmail.libero.it", 993), TLS("smtp.libero.it", 465), USER_FULL, USER_FULL, LOGIN_PASSWORD, 0, NULL, NULL},
	{"Seznam", "seznam.cz email.cz post.cz spoluzaci.cz",
	 TLS("imap.seznam.cz", 993), TLS("smtp.seznam.cz", 465), USER_FULL, USER_FULL, LOGIN_PASSWORD, 0, NULL, NULL},
};
/* clang-format on */

const Provider *
providers_all(gsize *count)
{
	*count = G_N_ELEMENTS(providers);
	return providers;
}

/* Is domain one of the blank-separated patterns? */
static gboolean
is_listed(const char *patterns, const char *domain)
{
	gsize length = strlen(domain);

	while (*patterns != '\0') {
		gsize word = strcspn(patterns, " ");
		if (patterns[0] == '*') {
			gsize tail = word - 1; /* with its dot */
			if (length > tail && strncmp(domain + length - tail, patterns + 1, tail) == 0)
				return TRUE;
		} else if (word == length && strncmp(patterns, domain, word) == 0) {
			return TRUE;
		}
		patterns += word;
		patterns += strspn(patterns, " ");
	}
	return FALSE;
}

static const Provider *
find_by_domain(const char *domain)
{
	for (gsize i = 0; i < G_N_ELEMENTS(providers); i++)
		if (is_listed(providers[i].domains, domain))
			return &providers[i];
	return NULL;
}

const Provider *
providers_find(const char *address)
{
	g_autofree char *domain = NULL;

	if (address == NULL || !address_split(address, NULL, &domain, NULL))
		return NULL;
	return find_by_domain(domain);
}

const Provider *
providers_find_mx(const char *host)
{
	g_autofree char *lower = g_ascii_strdown(host, -1);

	for (gsize i = 0; i < G_N_ELEMENTS(providers); i++)
		if (providers[i].mx != NULL && is_listed(providers[i].mx, lower))
			return &providers[i];
	return NULL;
}

void
server_guess_free(ServerGuess *guess)
{
	if (guess == NULL)
		return;
	g_free(guess->server.host);
	g_free(guess->user);
	g_free(guess);
}

static char *
fill_host(const char *pattern, const char *domain)
{
	const char *mark = strchr(pattern, '%');

	if (mark == NULL)
		return g_strdup(pattern);
	return g_strdup_printf("%.*s%s%s", (int)(mark - pattern), pattern, domain, mark + 1);
}

static ServerGuess *
guess_new(char *take_host, guint16 port, NetSecurity security, const char *user)
{
	ServerGuess *guess = g_new0(ServerGuess, 1);

	guess->server.host = take_host;
	guess->server.port = port;
	guess->security = security;
	guess->user = g_strdup(user);
	return guess;
}

ServerGuess *
providers_server(const Provider *row, const char *address, gboolean smtp)
{
	ProviderUser user = smtp ? row->smtp_user : row->imap_user;
	g_autofree char *local = NULL;
	g_autofree char *domain = NULL;

	if (!address_split(address, &local, &domain, NULL))
		return NULL;
	return guess_new(fill_host(smtp ? row->smtp_host : row->imap_host, domain),
		smtp ? row->smtp_port : row->imap_port, smtp ? row->smtp_security : row->imap_security,
		user == USER_LOCAL ? local : address);
}

/* All hosts by implicit TLS first, and only then any by STARTTLS. */
static void
guess_from_domain(GPtrArray *guesses, gboolean smtp, const char *address, const char *domain)
{
	static const NetSecurity securities[] = {NET_TLS, NET_STARTTLS};
	const char *const prefixes[] = {smtp ? "smtp." : "imap.", "mail.", ""};

	for (gsize s = 0; s < G_N_ELEMENTS(securities); s++)
		for (gsize p = 0; p < G_N_ELEMENTS(prefixes); p++)
			g_ptr_array_add(guesses,
				guess_new(g_strconcat(prefixes[p], domain, NULL),
					server_default_port(smtp, securities[s]), securities[s], address));
}

GPtrArray *
providers_guess(const char *address, gboolean smtp, GError **error)
{
	g_autofree char *domain = NULL;
	const Provider *row;
	GPtrArray *guesses;

	if (!address_split(address, NULL, &domain, error))
		return NULL;
	guesses = g_ptr_array_new_with_free_func((GDestroyNotify)server_guess_free);
	row = find_by_domain(domain);
	if (row != NULL)
		g_ptr_array_add(guesses, providers_server(row, address, smtp));
	else if (domain[0] != '[')
		guess_from_domain(guesses, smtp, address, domain);
	return guesses;
}
