# SPDX-License-Identifier: GPL-3.0-or-later
"""posthorn send: what goes out, what it says, and that nothing goes out twice."""

import email
import email.message
import email.policy
import hashlib
import os
import time

import cli
import harness
from harness import Home, Peer, equal, message, test, wait
from proxy import Proxy


def draft(ident, to="Bob Miller <bob@example.org>", **more):
    made = email.message.EmailMessage()
    made["From"] = "Alice Example <alice@example.org>"
    made["To"] = to
    for name, value in more.items():
        made[name] = value
    made["Subject"] = "Grüße aus Käse"
    made["Message-ID"] = ident
    made["Date"] = "Fri, 20 Nov 2026 09:12:00 +0100"
    made.set_content("Ein Text mit Umlauten: äöü.\n.\nEnde\n")
    return made


def write(home, made):
    path = home.path + "/draft.eml"
    with open(path, "wb") as file:
        file.write(made.as_bytes(policy=email.policy.SMTP) if not isinstance(made, bytes) else made)
    return path


def transactions(running, ident):
    """What the SMTP server took of this message."""
    taken = []
    for row in running.sent():
        with open(row["file"], "rb") as file:
            if ident.encode() in file.read():
                taken.append(row)
    return taken


def sent_copies(running, ident):
    with Peer(running) as peer:
        return peer.find("Sent", ident)


def going_out(running, home):
    @test
    def a_message_with_attachments_and_odd_names_arrives_whole():
        ident, data = "<send-1@example.org>", os.urandom(200_000)
        made = draft(ident, to="Jürgen Groß <bob@example.org>, carol@example.org", Cc="Dave <dave@example.org>")
        made.add_attachment(data, maintype="application", subtype="pdf", filename="Übersicht – Größe.pdf")
        said = home.json("send", write(home, made))
        equal((said["state"], said["message_id"]), ("sent", ident.strip("<>")))
        row, = transactions(running, ident)
        equal(row["from"], "alice@example.org")
        equal(sorted(row["to"]), ["bob@example.org", "carol@example.org", "dave@example.org"])
        for user in ("bob", "carol", "dave"):
            with Peer(running, user + "@example.org") as peer:
                uid, = wait(lambda: peer.find("INBOX", ident), "the message")
                got = email.message_from_bytes(peer.octets("INBOX", uid), policy=email.policy.default)
                equal(got["Subject"], "Grüße aus Käse")
                part = list(got.iter_attachments())[0]
                equal(part.get_filename(), "Übersicht – Größe.pdf")
                equal(hashlib.sha256(part.get_content()).hexdigest(), hashlib.sha256(data).hexdigest())
                equal(got.get_body().get_content().replace("\r\n", "\n"),
                      "Ein Text mit Umlauten: äöü.\n.\nEnde\n")
        equal(len(sent_copies(running, ident)), 1)
        equal(home.json("outbox"), [])

    @test
    def the_copy_in_sent_is_seen_and_there_is_one():
        ident = "<send-2@example.org>"
        home.json("send", input=draft(ident).as_bytes(policy=email.policy.SMTP))
        home.json("sync")
        home.json("sync")
        equal(len(sent_copies(running, ident)), 1)
        with Peer(running) as peer:
            uid, = peer.find("Sent", ident)
            equal(peer.messages("Sent")[uid], ["\\Seen"])
            cli.same_as_server(home, peer)

    @test
    def bcc_goes_to_the_envelope_and_to_the_copy_only():
        ident = "<send-3@example.org>"
        home.json("send", write(home, draft(ident, Bcc="Carol <carol@example.org>")))
        row, = transactions(running, ident)
        equal(sorted(row["to"]), ["bob@example.org", "carol@example.org"])
        with open(row["file"], "rb") as file:
            assert b"bcc" not in file.read().lower()
        with Peer(running) as peer:
            uid, = peer.find("Sent", ident)
            assert b"Bcc: Carol" in peer.octets("Sent", uid)

    @test
    def lines_end_in_crlf_whatever_the_file_has():
        ident = "<send-4@example.org>"
        octets = message("Bare", sender="alice@example.org", to="bob@example.org", ident=ident,
                         body="one\ntwo\n.\n..three\n").replace(b"\r\n", b"\n")
        home.json("send", write(home, octets))
        row, = transactions(running, ident)
        with open(row["file"], "rb") as file:
            kept = file.read()
        assert b"\n" not in kept.replace(b"\r\n", b""), kept
        assert kept.endswith(b"one\r\ntwo\r\n.\r\n..three\r\n"), kept

    @test
    def an_account_that_was_never_synced_files_its_copy_too():
        ident = "<send-5@example.org>"
        with Home() as other:
            other.add_account(running)
            equal(other.json("send", write(other, draft(ident)))["state"], "sent")
        equal(len(sent_copies(running, ident)), 1)

    @test
    def what_is_only_queued_goes_with_the_next_sync():
        ident = "<send-6@example.org>"
        said = home.json("send", "--queue", write(home, draft(ident)))
        equal(said["state"], "queued")
        equal(transactions(running, ident), [])
        waiting, = home.json("outbox")
        equal((waiting["operation"], waiting["state"], waiting["subject"]),
              (said["operation"], "queued", "Grüße aus Käse"))
        home.json("sync")
        equal(len(transactions(running, ident)), 1)
        equal(len(sent_copies(running, ident)), 1)

    @test
    def what_is_queued_is_taken_back():
        ident = "<send-7@example.org>"
        said = home.json("send", "--queue", write(home, draft(ident)))
        equal(home.json("outbox", "drop", str(said["operation"]))["state"], "canceled")
        home.json("sync")
        equal((transactions(running, ident), home.json("outbox")), ([], []))


def refused(running, home):
    @test
    def one_refused_recipient_and_nothing_is_sent():
        ident = "<refused-1@example.org>"
        said = home.json("send", write(home, draft(ident, to="bob@example.org, reject@example.com")), status=1)
        equal((said["error"]["code"], said["error"]["state"]), ("refused", "failed"))
        assert "reject@example.com" in said["error"]["message"], said
        assert "No such user" in said["error"]["message"], said
        equal(transactions(running, ident), [])
        waiting, = home.json("outbox")
        equal(waiting["state"], "failed")
        equal(sent_copies(running, ident), [])
        home.json("outbox", "drop", str(waiting["operation"]))
        equal(home.json("outbox"), [])

    @test
    def a_temporary_refusal_waits_and_goes_later():
        ident = "<refused-2@example.org>"
        running.smtp(data="451 4.3.0 Try again later")
        said = home.json("send", write(home, draft(ident)), status=1)
        equal((said["error"]["code"], said["error"]["state"]), ("retry", "queued"))
        waiting, = home.json("outbox")
        assert "Try again later" in waiting["message"], waiting
        running.smtp()
        equal(home.json("outbox", "retry", str(waiting["operation"]))["state"], "sent")
        with Peer(running, "bob@example.org") as peer:
            equal(len(peer.find("INBOX", ident)), 1)

    @test
    def a_refused_message_is_kept_with_the_servers_words():
        running.smtp(data="554 5.7.1 Message rejected as \x1b[31mspam")
        said = home.json("send", write(home, draft("<refused-3@example.org>")), status=1)
        running.smtp()
        equal(said["error"]["state"], "failed")
        assert "Message rejected" in said["error"]["message"] and "\x1b" not in said["error"]["message"], said
        home.json("outbox", "drop", str(said["error"]["operation"]))

    @test
    def no_line_and_it_waits():
        ident = "<refused-4@example.org>"
        running.stop_smtp()
        try:
            said = home.json("send", write(home, draft(ident)), status=1)
        finally:
            running.start_smtp()
        equal((said["error"]["code"], said["error"]["state"]), ("retry", "queued"))
        equal(home.json("outbox", "retry", str(said["error"]["operation"]))["state"], "sent")
        with Peer(running, "bob@example.org") as peer:
            equal(len(peer.find("INBOX", ident)), 1)

    @test
    def what_cannot_be_sent_is_said_before():
        for to in ("", "nobody", "bob@"):
            said = home.json("send", write(home, draft("<bad@example.org>", to="").as_bytes().replace(
                b"To: ", b"To: " + to.encode(), 1)), status=1)
            equal((to, said["error"]["code"]), (to, "input"))
        equal(home.json("outbox"), [])


def breaking(running, home):
    @test
    def a_break_after_the_dot_is_uncertain_and_asks():
        for knob, delivered in (("drop-before", 0), ("drop-after", 1)):
            ident = f"<uncertain-{knob}@example.org>"
            running.smtp(dot=knob)
            said = home.json("send", write(home, draft(ident)), status=1)
            running.smtp()
            equal((said["error"]["code"], said["error"]["state"]), ("uncertain", "uncertain"))
            home.json("sync", status=None)
            with Peer(running, "bob@example.org") as peer:
                equal(len(peer.find("INBOX", ident)), delivered, knob)
            waiting, = home.json("outbox")
            equal(waiting["state"], "uncertain")
            if delivered:
                home.json("outbox", "drop", str(waiting["operation"]))
            else:
                equal(home.json("outbox", "retry", str(waiting["operation"]))["state"], "sent")
            with Peer(running, "bob@example.org") as peer:
                equal(len(peer.find("INBOX", ident)), 1, knob)

    @test
    def wherever_the_line_breaks_it_is_sent_at_most_once_and_never_lost():
        with Proxy(running.ports["smtps"]) as line, Home() as other:
            other.add_account(running, smtp=f"127.0.0.1:{line.port}")
            for number in range(14):
                ident = f"<cut-{number}@example.org>"
                line.arm("c2s" if number % 2 else "s2c", 300 + number * 200)
                said = other.json("send", write(other, draft(ident)), status=None)
                line.armed = None
                state = said.get("state") or said["error"]["state"]
                rows = other.json("outbox")
                with Peer(running, "bob@example.org") as peer:
                    there = len(peer.find("INBOX", ident))
                assert there <= 1, (number, state, there)
                if state == "queued":
                    equal(there, 0, f"{number}")
                    equal(other.json("outbox", "retry", str(rows[-1]["operation"]))["state"], "sent")
                elif state == "uncertain":
                    other.json("outbox", "drop" if there else "retry", str(rows[-1]["operation"]))
                else:
                    equal(state, "sent")
                with Peer(running, "bob@example.org") as peer:
                    equal(len(peer.find("INBOX", ident)), 1, f"{number} {state}")
                equal(other.json("outbox"), [])

    @test
    def killed_at_any_time_it_is_sent_at_most_once_and_never_lost():
        running.smtp(delay=0.3)
        for number in range(12):
            ident = f"<kill-{number}@example.org>"
            path = write(home, draft(ident))
            process = home.popen("send", path, stdout=-3, stderr=-3, stdin=-3)
            time.sleep(number * 0.05)
            process.kill()
            process.wait()
            rows = home.json("outbox")
            state = rows[-1]["state"] if rows else None
            if state in ("sending", "dot", "queued"):
                home.json("sync", status=None)
                rows = home.json("outbox")
                state = rows[-1]["state"] if rows else None
            wait(lambda: time.sleep(0.35) or True, "the server's answer to what was under way")
            with Peer(running, "bob@example.org") as peer:
                there = len(peer.find("INBOX", ident))
            assert there <= 1, (number, there)
            if state == "uncertain":
                home.json("outbox", "drop" if there else "retry", str(rows[-1]["operation"]))
            elif not there:
                # It was killed before the command had written it down.
                equal(state, None)
                continue
            with Peer(running, "bob@example.org") as peer:
                equal(len(peer.find("INBOX", ident)), 1, f"{number} {state}")
            equal(home.json("outbox"), [])
            home.json("sync")
            assert len(sent_copies(running, ident)) <= 1
        running.smtp()


with harness.servers() as SERVERS, Home() as HOME:
    HOME.add_account(SERVERS)
    HOME.json("sync")
    going_out(SERVERS, HOME)
    refused(SERVERS, HOME)
    breaking(SERVERS, HOME)
harness.done()
