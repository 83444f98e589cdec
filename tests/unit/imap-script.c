/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "imap-script.h"

#include "net/stream.h"

static void
play(Peer *peer, gpointer user)
{
	const char *const *script = user;

	for (; *script != NULL; script++) {
		const char *words = *script + 2;
		switch (**script) {
		case 'S': {
			g_autofree char *line = g_strconcat(words, "\r\n", NULL);
			peer_say(peer, line);
			break;
		}
		case 'C':
			if (!peer_expect(peer, words)) {
				g_autofree char *line =
					g_strdup_printf("* BYE the script wanted: %s\r\n", words);
				peer_say(peer, line);
				return;
			}
			break;
		default:
			peer_close(peer);
			return;
		}
	}
	peer_hang(peer);
}

static void
add_lines(Script *script, const char *const *lines)
{
	gsize at = 0;

	while (script->lines[at] != NULL)
		at++;
	while (lines != NULL && *lines != NULL)
		script->lines[at++] = *lines++;
	g_assert_cmpuint(at, <, G_N_ELEMENTS(script->lines));
}

void
line_clear(Line *line)
{
	imap_session_free(line->session);
	g_clear_pointer(&line->peer, peer_stop);
	g_clear_error(&line->error);
	g_free(line->caps);
}
void
line_open(Line *line, const char *caps, const char *const *rest)
{
	NetTarget target = {.scheme = NET_IMAP, .security = NET_PLAIN, .host = "127.0.0.1"};
	NetStream *stream;

	line->caps = g_strconcat("S * CAPABILITY ", caps, NULL);
	add_lines(&line->script, (const char *const[]){"S * OK hello", "C A001 CAPABILITY", line->caps,
					 "S A001 OK done", NULL});
	add_lines(&line->script, rest);
	line->peer = peer_start(play, line->script.lines);
	target.port = peer_port(line->peer);
	stream = net_stream_open(&target, NULL, &line->error);
	g_assert_no_error(line->error);
	line->session = imap_session_new(stream, "test");
	imap_session_set_patience(line->session, 5000);
}

gboolean
line_login(Line *line, const char *password)
{
	g_autoptr(Secret) secret = secret_new(password, -1);
	ImapLogin login = {.user = "ann", .secret = secret, .host = "127.0.0.1", .port = 143};

	return imap_session_login(line->session, &login, NULL, &line->error);
}

/* Logged in on a server with everything, INBOX selected with 3 messages. */
static const char *const selected[] = {
	"C P1 AUTHENTICATE PLAIN ",
	"S P1 OK [CAPABILITY " ALL_CAPS "] in",
	"C P2 ENABLE QRESYNC",
	"C P3 NAMESPACE",
	"C P4 SELECT \"INBOX\"",
	"S * ENABLED QRESYNC",
	"S P2 OK",
	"S * NAMESPACE ((\"\" \"/\")) NIL NIL",
	"S P3 OK",
	"S * 3 EXISTS",
	"S * OK [UIDVALIDITY 9] x",
	"S * OK [UIDNEXT 40] x",
	"S * OK [HIGHESTMODSEQ 77] x",
	"S P4 OK [READ-WRITE] done",
	NULL,
};

void
line_select(Line *line, const char *const *rest)
{
	g_auto(ImapSelected) box = {0};
	Script both = {0};

	add_lines(&both, selected);
	add_lines(&both, rest);
	line_open(line, ALL_CAPS, both.lines);
	line_login(line, "sesame");
	g_assert_no_error(line->error);
	imap_session_select(line->session, "INBOX", NULL, &box, NULL, &line->error);
	g_assert_no_error(line->error);
	g_assert_cmpuint(box.exists, ==, 3);
	g_assert_cmpuint(box.uidvalidity, ==, 9);
	g_assert_cmpuint(box.uidnext, ==, 40);
	g_assert_cmpuint(box.highestmodseq, ==, 77);
}

void
assert_fault(const Line *line, Fault code, const char *words)
{
	g_assert_nonnull(line->error);
	g_test_message("%s", line->error->message);
	g_assert_cmpstr(fault_name(fault_of(line->error)), ==, fault_name(code));
	if (words != NULL && strstr(line->error->message, words) == NULL)
		g_error("\"%s\" does not say \"%s\"", line->error->message, words);
}
