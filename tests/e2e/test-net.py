# SPDX-License-Identifier: GPL-3.0-or-later
"""net/ and smtp/ against real servers, through net-driver."""

import os
import subprocess
import tempfile
import time

import harness
from harness import Peer, equal, message, test, wait

DRIVER = os.path.join(os.environ.get("top_builddir", "."), "tests", "e2e", "net-driver")
ALICE, BOB, CAROL = "alice@example.org", "bob@example.org", "carol@example.org"


class Run:
    def __init__(self, *arguments, input=b"", seconds=60, log=None, patience_ms=None):
        environment = dict(os.environ, LC_ALL="C.UTF-8")
        if patience_ms:
            environment["DRIVER_MS"] = str(patience_ms)
        if log:
            environment["DRIVER_LOG"] = log
        began = time.monotonic()
        process = subprocess.run([DRIVER, *map(str, arguments)], input=input, env=environment,
                                 capture_output=True, timeout=seconds, check=False)
        self.seconds = time.monotonic() - began
        self.out = process.stdout.decode("utf-8", "replace")
        self.lines = self.out.splitlines()
        if process.returncode not in (0, 1):
            raise AssertionError(f"exit {process.returncode}\n{self.out}\n"
                                 f"{process.stderr.decode('utf-8', 'replace')[-4000:]}")

    @property
    def fault(self):
        found = [line[6:] for line in self.lines if line.startswith("fault ")]
        return found[0] if found else None

    def has(self, line):
        if line not in self.lines:
            raise AssertionError(f"no line {line!r} in\n{self.out}")

    def says(self, words):
        if words not in self.out:
            raise AssertionError(f"no {words!r} in\n{self.out}")


def send(running, octets, *to, security="tls", user=ALICE, password=None, sender=ALICE, **more):
    port = {"tls": "smtps", "starttls": "submission", "plain": "smtp"}[security]
    secret = running.passwords[user] if password is None else password
    return Run("send", security, "127.0.0.1", running.ports[port], running.info()["ca_file"], user,
               sender, *to, input=secret.encode() + b"\n" + octets, **more)


PORTS = {("imap", "tls"): "imaps", ("imap", "starttls"): "imap", ("imap", "plain"): "imap",
         ("smtp", "tls"): "smtps", ("smtp", "starttls"): "submission", ("smtp", "plain"): "smtp"}


def hello(running, scheme, security, host="127.0.0.1", *more):
    return Run("hello", scheme, security, host, running.ports[PORTS[scheme, security]],
               running.info()["ca_file"], *more)


def arrives(running, user, ident):
    """The octets of the message once it stands in the user's INBOX."""
    def look():
        with Peer(running, user) as peer:
            found = peer.find("INBOX", ident)
            return peer.octets("INBOX", found[0]) if found else None
    return wait(look, f"{ident} at {user}")


def fresh():
    return f"<{time.monotonic_ns()}@example.org>"


def stream_tests(running):
    @test
    def every_kind_of_security_reaches_the_servers():
        for scheme in ("imap", "smtp"):
            for security in ("tls", "starttls", "plain"):
                run = hello(running, scheme, security)
                equal(run.fault, None, f"{scheme} {security}")
                run.says("CAPABILITY IMAP4rev1" if scheme == "imap" else "250")
                equal("TLSv1.3" in run.lines, security != "plain", f"TLS of {scheme} {security}")

    @test
    def bad_certificates_are_refused_with_the_reason_and_can_be_accepted():
        reasons = {"expired": "it expired on", "self-signed": "self-signed",
                   "wrong-name": "it is for elsewhere.example.com, not for"}
        for name, host in running.info()["bad_certificates"].items():
            for scheme, security in (("imap", "tls"), ("smtp", "starttls")):
                run = hello(running, scheme, security, host)
                equal(run.fault, "trust", f"{name} {scheme}")
                run.says(reasons[name])
                line = run.out.split('"trust = ')[1].split('"')[0]
                equal(hello(running, scheme, security, host, line).fault, None, f"accepted {name}")

    @test
    def starttls_that_is_not_offered_is_refused():
        run = Run("hello", "smtp", "starttls", "127.0.0.1", running.ports["smtp"],
                  running.info()["ca_file"])
        equal(run.fault, "refused")
        run.says("STARTTLS")

    @test
    def tls_on_a_port_without_it_is_named():
        run = Run("hello", "imap", "tls", "127.0.0.1", running.ports["imap"],
                  running.info()["ca_file"])
        equal(run.fault, "refused")
        run.says("does not speak TLS")

    @test
    def starttls_on_a_tls_port_ends_in_time():
        run = Run("hello", "imap", "starttls", "127.0.0.1", running.ports["imaps"],
                  running.info()["ca_file"], patience_ms=1000)
        equal(run.fault, "retry")
        run.says("needs security tls")
        assert run.seconds < 10, run.seconds


def login_tests(running):
    def login(mechanism, password, user=ALICE):
        return Run("login", "tls", "127.0.0.1", running.ports["imaps"], running.info()["ca_file"],
                   user, mechanism, input=password.encode() + b"\n")

    @test
    def every_mechanism_logs_in():
        for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN"):
            run = login(mechanism, running.passwords[ALICE])
            assert run.out.startswith("t1 OK"), f"{mechanism}: {run.out}"

    @test
    def a_wrong_password_is_refused_by_every_mechanism():
        for mechanism in ("SCRAM-SHA-256", "PLAIN"):
            run = login(mechanism, "not-it")
            assert "t1 NO" in run.out, f"{mechanism}: {run.out}"


def send_tests(running):
    @test
    def mail_arrives_octet_for_octet_by_every_kind_of_security():
        for security in ("tls", "starttls"):
            ident = fresh()
            body = "..dots\r\n.\r\nbare\nand\rends\r\n\r\n.. end without newline"
            run = send(running, message(ident=ident, body=body), BOB, security=security)
            for line in ("sent", f"to {BOB} 250 2.1.5", "dot", "alive 1"):
                run.has(line)
            octets = arrives(running, BOB, ident)
            assert octets.endswith(b"..dots\r\n.\r\nbare\r\nand\r\nends\r\n\r\n.. end without newline\r\n"), octets

    @test
    def a_large_message_arrives():
        ident = fresh()
        body = "".join(f"line {i} of the large message\r\n" for i in range(300_000))
        send(running, message(ident=ident, body=body), BOB).has("sent")
        octets = arrives(running, BOB, ident)
        assert octets.endswith(body.encode()), len(octets)

    @test
    def international_text_and_addresses_are_sent():
        ident = fresh()
        octets = message(ident=ident, body="Grüße\r\n")
        run = send(running, octets, BOB, "jörg@bücher.example")
        run.has("sent")
        parameters = running.sent()[-1]
        equal(sorted(parameters["to"]), [BOB, "jörg@bücher.example"])
        assert "Grüße".encode() in arrives(running, BOB, ident)

    @test
    def notifications_are_asked_for():
        send(running, message(), BOB, "-notify").has("sent")
        row = running.sent()[-1]
        equal(row["mail_parameters"], "RET=HDRS ENVID=one+2Btwo")
        equal(row["rcpt_parameters"], ["NOTIFY=SUCCESS,FAILURE"])

    @test
    def the_login_is_refused_with_the_servers_words():
        run = send(running, message(), BOB, password="not-the-secret")
        equal(run.fault, "auth")
        run.says("535")
        assert "not-the-secret" not in run.out

    @test
    def nothing_is_sent_when_one_recipient_is_refused():
        before = len(running.sent())
        run = send(running, message(), BOB, "nobody@example.org")
        for line in ("not-sent", f"to {BOB} 250 2.1.5", "to nobody@example.org 550 5.1.1", "alive 1"):
            run.has(line)
        equal(run.fault, "refused")
        equal(len(running.sent()), before, "messages taken")

    @test
    def the_others_get_it_when_told_so():
        ident = fresh()
        run = send(running, message(ident=ident), "nobody@example.org", BOB, "-partial")
        run.has("sent")
        run.has("to nobody@example.org 550 5.1.1")
        equal(running.sent()[-1]["to"], [BOB])
        arrives(running, BOB, ident)

    @test
    def a_greylisted_recipient_can_be_tried_again():
        run = send(running, message(), "greylist@example.org")
        equal(run.fault, "retry")
        run.says("Greylisted")

    @test
    def too_large_a_message_is_not_begun():
        before = len(running.sent())
        run = send(running, message(body="x" * 70 + "\r\n" * 11_000_000), BOB)
        run.has("not-sent")
        equal(run.fault, "refused")
        run.says("too large")
        equal(len(running.sent()), before, "messages taken")

    @test
    def a_refused_message_is_not_sent():
        running.smtp(data="554 5.7.1 Looks like spam")
        run = send(running, message(), BOB)
        running.smtp()
        run.has("not-sent")
        equal(run.fault, "refused")
        run.says("Looks like spam")

    @test
    def a_line_that_dies_after_the_dot_leaves_it_uncertain():
        for knob in ("drop-before", "drop-after"):
            running.smtp(dot=knob)
            run = send(running, message(), BOB)
            running.smtp()
            for line in ("dot", "uncertain", "alive 0"):
                run.has(line)
            equal(run.fault, "uncertain")

    @test
    def a_cancel_after_the_dot_is_heard_at_once():
        running.smtp(delay=20)
        run = send(running, message(), BOB, "-cancel-ms", 800)
        running.smtp()
        run.has("uncertain")
        assert run.seconds < 10, run.seconds

    @test
    def a_dot_that_cannot_be_recorded_is_not_sent():
        before = len(running.sent())
        run = send(running, message(), BOB, "-dot-fails")
        run.has("not-sent")
        equal(run.fault, "local")
        run.says("the disk is full")
        equal(len(running.sent()), before, "messages taken")

    @test
    def servers_without_extensions_are_served():
        running.smtp(without=["PIPELINING", "DSN", "SIZE", "ENHANCEDSTATUSCODES"])
        ident = fresh()
        run = send(running, message(ident=ident), BOB, CAROL, "-notify")
        running.smtp()
        run.has("sent")
        for user in (BOB, CAROL):
            arrives(running, user, ident)

    @test
    def a_server_without_8bitmime_gets_no_8_bit():
        running.smtp(without=["8BITMIME"])
        run = send(running, message(body="Grüße\r\n"), BOB)
        running.smtp()
        equal(run.fault, "refused")

    @test
    def the_log_holds_the_dialogue_and_no_secret():
        with tempfile.TemporaryDirectory() as folder:
            path = folder + "/log"
            send(running, message(body="the text of the message\r\n"), BOB, log=path).has("sent")
            with open(path, encoding="utf-8") as file:
                log = file.read()
        for words in ("C: AUTH PLAIN ***", f"C: RCPT TO:<{BOB}>", "S: 235 ", "C: ."):
            assert words in log, f"{words!r} not in\n{log}"
        secret = running.passwords[ALICE]
        for words in (secret, "the text of the message", "YWxpY2Ut"):
            assert words not in log, f"{words!r} in\n{log}"

    @test
    def a_hanging_server_is_left_in_time():
        running.freeze(smtp=True)
        try:
            run = Run("hello", "smtp", "tls", "127.0.0.1", running.ports["smtps"],
                      running.info()["ca_file"], patience_ms=1000)
        finally:
            running.thaw(smtp=True)
        equal(run.fault, "retry")
        assert run.seconds < 10, run.seconds


def postfix_tests(running):
    @test
    def postfix_takes_mail_and_it_arrives():
        for security in ("tls", "starttls"):
            ident = fresh()
            run = send(running, message(ident=ident, body=".\r\nGrüße\r\n"), BOB, CAROL, "-notify",
                       security=security)
            run.has("sent")
            for user in (BOB, CAROL):
                assert ".\r\nGrüße\r\n".encode() in arrives(running, user, ident)

    @test
    def postfix_refuses_a_login_with_a_wrong_password():
        run = send(running, message(), BOB, password="not-the-secret")
        equal(run.fault, "auth")
        run.says("535")

    @test
    def postfix_refuses_too_large_a_message():
        run = send(running, message(body="x" * 70 + "\r\n" * 11_000_000), BOB)
        equal(run.fault, "refused")


def main():
    with harness.servers() as running:
        stream_tests(running)
        login_tests(running)
        send_tests(running)
    if os.getuid() == 0:
        with harness.servers(smtp="postfix") as running:
            postfix_tests(running)
    harness.done()


main()
