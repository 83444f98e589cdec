# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules killed at any moment, or cut off from the server: in the end each is done once.

POSTHORN_SWEEP multiplies how many moments are tried.
"""

import os
import time

import harness
import rules
from harness import Home, Peer, equal, message, test
from proxy import Proxy

USER = "alice@example.org"
SWEEP = float(os.environ.get("POSTHORN_SWEEP", "0.5"))
SCRIPT = '''require ["fileinto", "imap4flags", "copy", "mailbox", "body", "vnd.dovecot.pipe"];
# rule:[File]
if header :contains "subject" "file" { fileinto "Archive"; }
# rule:[Flag]
elsif header :contains "subject" "flag" { addflag ["\\\\Flagged", "$Urgent"]; keep; }
# rule:[Copy]
elsif header :contains "subject" "copy" { fileinto :copy "Archive"; }
# rule:[Make]
elsif header :contains "subject" "make" { fileinto :create "Made"; }
# rule:[Body]
elsif body :text :contains "xylophone" { fileinto "Archive"; }
# rule:[Send]
elsif header :contains "subject" "send" { redirect :copy "carol@example.org"; }
# rule:[Program]
elsif header :contains "subject" "pipe" { pipe :copy "note"; }
# rule:[Gone]
elsif header :contains "subject" "gone" { discard; }
'''
KINDS = {"file": ["Archive"], "flag": ["INBOX"], "copy": ["Archive", "INBOX"], "make": ["Made"],
         "body": ["Archive"], "send": ["INBOX"], "pipe": ["INBOX"], "gone": ["Trash"], "none": ["INBOX"]}


def killed_after(home, seconds):
    process = home.popen("sync", stdin=-3, stdout=-3, stderr=-3)
    try:
        process.wait(seconds)
    except harness.subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


class Round:
    """One message of each kind."""

    def __init__(self, running, home, peer, number):
        self.running, self.home, self.peer = running, home, peer
        self.idents = {kind: f"<{kind}-{number}-{os.urandom(4).hex()}@x>" for kind in KINDS}
        for kind, ident in self.idents.items():
            peer.append("INBOX", message("hello" if kind == "body" else kind, ident=ident,
                                         body="A xylophone.\r\n" if kind == "body" else "Text.\r\n"))

    def sent(self):
        with Peer(self.running, "carol@example.org") as carol:
            return len(carol.find("INBOX", self.idents["send"]))

    def piped(self):
        try:
            with open(self.home.path + "/noted", encoding="utf-8") as file:
                return file.read().count(self.idents["pipe"])
        except FileNotFoundError:
            return 0

    def check(self, what):
        equal({kind: rules.where(self.peer, ident) for kind, ident in self.idents.items()}, KINDS, what)
        uid, = self.peer.find("INBOX", self.idents["flag"])
        equal(self.peer.messages("INBOX")[uid], ["$Urgent", "\\Flagged"], what)
        equal(self.home.json("journal"), [], what)
        states = [entry["state"] for entry in self.home.json("outbox")]
        # Killed between the final dot and its answer, nobody can know: that is asked, never sent twice.
        assert self.sent() == 1 or (self.sent() == 0 and "uncertain" in states), f"{what}: sent {self.sent()}, {states}"
        told = " ".join(line["did"] for line in self.home.json("rules", "why", f"id:{self.idents['pipe']}"))
        assert self.piped() == 1 or (self.piped() == 0 and "not run twice" in told), f"{what}: ran {self.piped()}, {told}"


def prepare(running, home, peer, **options):
    rules.clear(peer)
    home.add_account(running, USER, **options)
    note = home.path + "/note"
    with open(note, "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\ngrep -i "^message-id" >> {home.path}/noted\n')
    os.chmod(note, 0o700)
    rules.setting(home, "posthorn", f"rules-program = note {note}")
    rules.script(home, SCRIPT)
    home.json("sync")


def points(count, most):
    count = max(2, round(count * SWEEP))
    return [most * i / (count - 1) for i in range(count)]


with harness.servers() as servers:

    @test
    def a_run_killed_anywhere_does_each_thing_once():
        with Home() as home, Peer(servers, USER) as peer:
            prepare(servers, home, peer)
            whole = Round(servers, home, peer, "whole")
            start = time.monotonic()
            home.json("sync")
            longest = time.monotonic() - start
            whole.check("undisturbed")
            hit = 0
            for number, moment in enumerate(points(30, longest)):
                now = Round(servers, home, peer, number)
                hit += killed_after(home, moment)
                hit += killed_after(home, longest - moment)
                home.json("sync", status=None)
                home.json("sync", status=None)
                now.check(f"killed after {moment:.3f} s of {longest:.3f}")
            assert hit > 3, f"only {hit} were killed"

    @test
    def a_run_cut_off_from_the_server_anywhere_does_each_thing_once():
        with Proxy(servers.ports["imaps"]) as line, Home() as home, Peer(servers, USER) as peer:
            prepare(servers, home, peer, imap=f"127.0.0.1:{line.port}")
            whole = Round(servers, home, peer, "whole")
            line.reset()
            home.json("sync")
            octets = line.stats()["s2c"]
            whole.check("undisturbed")
            for number, cut in enumerate(points(24, octets)):
                now = Round(servers, home, peer, f"cut{number}")
                line.arm("s2c", int(cut))
                home.json("sync", status=None)
                line.armed = None
                home.json("sync", status=None)
                home.json("sync", status=None)
                now.check(f"cut after {int(cut)} of {octets} octets")
harness.done()
