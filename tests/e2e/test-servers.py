# SPDX-License-Identifier: GPL-3.0-or-later
"""The private servers do what the other tests rely on."""

import imaplib
import os
import smtplib
import socket
import ssl
import time

import harness
from harness import Peer, equal, message, test, wait
from proxy import Proxy


def trusting(running):
    return ssl.create_default_context(cafile=running.info()["ca_file"])


def submit(running, recipients, octets=None):
    """Send by implicit TLS as alice. Returns the refused recipients."""
    with smtplib.SMTP_SSL("127.0.0.1", running.ports["smtps"], context=trusting(running)) as link:
        link.login("alice@example.org", running.passwords["alice@example.org"])
        return link.sendmail("alice@example.org", recipients, octets or message())


def capabilities(running):
    with Peer(running) as peer:
        return set(peer.check(peer.link.capability())[0].decode().split())


def imap_tests(running):
    @test
    def the_certificate_is_good():
        imaplib.IMAP4_SSL("127.0.0.1", running.ports["imaps"],
                          ssl_context=trusting(running)).shutdown()

    @test
    def the_bad_certificates_are_refused_for_what_is_wrong_with_them():
        reasons = {"expired": "expired", "self-signed": "self-signed", "wrong-name": "match"}
        for port in ("imaps", "smtps"):
            for name, host in running.info()["bad_certificates"].items():
                try:
                    with socket.create_connection((host, running.ports[port]), 5) as link:
                        trusting(running).wrap_socket(link, server_hostname=host)
                except ssl.SSLCertVerificationError as error:
                    assert reasons[name] in error.verify_message, error.verify_message
                else:
                    raise AssertionError(f"{name} was accepted at {port}")

    @test
    def the_folders_of_every_role_exist():
        with Peer(running) as peer:
            equal(peer.folders(), ["Archive", "Drafts", "INBOX", "Junk", "Sent", "Trash"])
            listed = b" ".join(peer.check(peer.link.list()))
            for role in (b"\\Drafts", b"\\Sent", b"\\Trash", b"\\Junk", b"\\Archive"):
                assert role in listed, role

    @test
    def a_message_is_appended_flagged_moved_and_expunged():
        with Peer(running) as peer:
            octets = message("Appended")
            uid = peer.append("INBOX", octets, ["\\Seen"])
            equal(peer.messages()[uid], ["\\Seen"])
            equal(peer.octets("INBOX", uid), octets)
            peer.store("INBOX", uid, "+FLAGS", "\\Flagged")
            equal(peer.messages()[uid], ["\\Flagged", "\\Seen"])
            peer.move("INBOX", uid, "Archive")
            equal(list(peer.messages("INBOX")), [])
            moved = list(peer.messages("Archive"))
            equal(len(moved), 1)
            peer.expunge("Archive", moved[0])
            equal(peer.messages("Archive"), {})

    @test
    def what_the_client_is_to_use_is_offered():
        offered = capabilities(running)
        wanted = ("MOVE UIDPLUS CONDSTORE QRESYNC IDLE ESEARCH LIST-STATUS LIST-EXTENDED ENABLE ID "
                  "NAMESPACE SPECIAL-USE UNSELECT SASL-IR LITERAL+ COMPRESS=DEFLATE THREAD=REFS")
        equal(set(wanted.split()) - offered, set())

    @test
    def a_frozen_server_answers_after_it_thaws():
        with Peer(running) as peer:
            running.freeze()
            try:
                peer.link.send(b"x NOOP\r\n")
                peer.link.sock.settimeout(0.3)
                try:
                    raise AssertionError(f"it answered {peer.link.sock.recv(1)!r}")
                except TimeoutError:
                    pass
            finally:
                running.thaw()
            peer.link.sock.settimeout(5)
            assert peer.link.sock.recv(4096).startswith(b"x OK")


def smtp_tests(running):
    @test
    def mail_sent_by_smtp_arrives_in_the_inbox_unchanged():
        octets = message("By SMTP", body=".dot\r\nGrüße\r\n", ident="<smtp-1@example.org>")
        equal(submit(running, ["bob@example.org"], octets), {})
        with Peer(running, "bob@example.org") as peer:
            uids = wait(lambda: peer.find("INBOX", "<smtp-1@example.org>"), "the message")
            assert peer.octets("INBOX", uids[0]).endswith(octets), "the message was changed"

    @test
    def recipients_are_refused_one_by_one():
        refused = submit(running, ["bob@example.org", "reject@example.com", "greylist@example.com",
                                   "nobody@example.org"])
        equal({address: code for address, (code, _) in refused.items()},
              {"reject@example.com": 550, "greylist@example.com": 451, "nobody@example.org": 550})
        equal(running.sent()[-1]["to"], ["bob@example.org"])

    @test
    def starttls_is_required_on_the_submission_port():
        with smtplib.SMTP("127.0.0.1", running.ports["submission"]) as link:
            link.ehlo()
            assert link.has_extn("starttls") and not link.has_extn("auth")
            equal(link.docmd("MAIL", "FROM:<alice@example.org>")[0], 530)
            link.starttls(context=trusting(running))
            link.login("alice@example.org", "alice-secret")

    @test
    def a_wrong_password_is_refused():
        with smtplib.SMTP_SSL("127.0.0.1", running.ports["smtps"], context=trusting(running)) as link:
            try:
                link.login("alice@example.org", "wrong")
            except smtplib.SMTPAuthenticationError as error:
                equal(error.smtp_code, 535)
            else:
                raise AssertionError("it was accepted")

    @test
    def the_link_breaks_after_the_final_dot_when_told_to():
        for knob, delivered in (("drop-before", False), ("drop-after", True)):
            running.smtp(dot=knob)
            ident = f"<{knob}@example.org>"
            try:
                submit(running, ["carol@example.org"], message(ident=ident))
            except (smtplib.SMTPServerDisconnected, OSError):
                pass
            else:
                raise AssertionError(f"{knob}: an answer came")
            finally:
                running.smtp()
            with Peer(running, "carol@example.org") as peer:
                equal(bool(peer.find("INBOX", ident)), delivered, knob)

    @test
    def dsn_parameters_are_taken_and_kept():
        with smtplib.SMTP_SSL("127.0.0.1", running.ports["smtps"], context=trusting(running)) as link:
            link.login("alice@example.org", "alice-secret")
            assert link.has_extn("dsn") and link.has_extn("pipelining")
            link.sendmail("alice@example.org", ["bob@example.org"], message(),
                          mail_options=["RET=HDRS", "ENVID=q1"], rcpt_options=["NOTIFY=FAILURE"])
        equal(running.sent()[-1]["mail_parameters"], "RET=HDRS ENVID=q1")
        equal(running.sent()[-1]["rcpt_parameters"], ["NOTIFY=FAILURE"])


def line_tests(running):
    @test
    def a_line_is_slow_and_counts_its_turns():
        with Proxy(running.ports["imap"], rtt_ms=40) as line:
            start = time.monotonic()
            link = imaplib.IMAP4("127.0.0.1", line.port)
            link.login("alice@example.org", "alice-secret")
            link.noop()
            took = time.monotonic() - start
            assert took > 0.040 * 4, f"only {took:.3f} s"
            # imaplib asks CAPABILITY first; then LOGIN and NOOP.
            equal(line.stats()["turns"], 3)
            link.shutdown()

    @test
    def a_line_breaks_after_so_many_octets():
        with Proxy(running.ports["imap"]) as line:
            line.arm("s2c", 10)
            with socket.create_connection(("127.0.0.1", line.port), 5) as link:
                data = b""
                try:
                    while more := link.recv(100):
                        data += more
                except ConnectionResetError:
                    pass
            assert len(data) <= 10, data
            equal(line.stats()["faults"], 1)


@test
def capabilities_can_be_taken_away():
    with harness.servers(without=("MOVE", "UIDPLUS", "COMPRESS=DEFLATE")) as running:
        offered = capabilities(running)
        equal({"MOVE", "UIDPLUS", "COMPRESS=DEFLATE"} & offered, set())
        assert "QRESYNC" in offered


@test
def login_is_disabled_before_starttls_when_told_to():
    with harness.servers(tls_required=True) as running:
        link = imaplib.IMAP4(running.info()["foreign_host"], running.ports["imap"])
        assert "LOGINDISABLED" in link.capabilities, link.capabilities
        link.starttls(trusting(running))
        link.login("alice@example.org", "alice-secret")
        link.logout()


@test
def no_process_stays_behind():
    with harness.servers() as running:
        pids = [running.imapd.pid, running.smtpd.pid,
                *harness.server_module.children(running.imapd.pid)]
        assert len(pids) > 3
    equal([pid for pid in pids if harness.server_module.runs(pid)], [])


@test
def postfix_delivers_and_refuses():
    if os.getuid() != 0:
        raise harness.Skip("Postfix runs as root only")
    with harness.servers(smtp="postfix") as running:
        refused = submit(running, ["bob@example.org", "reject@example.com"],
                         message(ident="<postfix@example.org>"))
        equal([code for code, _ in refused.values()], [550])
        with Peer(running, "bob@example.org") as peer:
            wait(lambda: peer.find("INBOX", "<postfix@example.org>"), "the message")


with harness.servers() as SERVERS:
    imap_tests(SERVERS)
    smtp_tests(SERVERS)
    line_tests(SERVERS)
harness.done()
