# SPDX-License-Identifier: GPL-3.0-or-later
"""From one account to another: fetched, stored there, and only then deleted here; whatever comes in between.

POSTHORN_SWEEP multiplies how many moments are tried.
"""

import contextlib
import os
import time

import cli
import harness
from harness import Home, Peer, equal, message, test
from liar import Liar
from proxy import Proxy
from screen import ENTER, Screen

SWEEP = float(os.environ.get("POSTHORN_SWEEP", "0.5"))
ALICE, BOB = "alice@example.org", "bob@example.org"


def points(count, most):
    count = max(2, round(count * SWEEP))
    return [most * i / (count - 1) for i in range(count)]


class Pair:
    """Two accounts in one home, alice's and bob's, and a second client of each."""

    def __init__(self, home, here, there):
        self.home, self.here, self.there = home, here, there
        self.number = 0

    def deliver(self, **more):
        """A new message in alice's INBOX; its Message-ID."""
        self.number += 1
        ident = f"<across-{self.number}-{os.urandom(4).hex()}@example.org>"
        self.here.append("INBOX", message(self.subject(ident), ident=ident, **more))
        return ident

    def act(self, verb, ident, target="Archive", *more, **options):
        return self.home.json(verb, "id:" + ident, target, "--account", "alice", "--to-account", "bob", *more,
                              **options)

    def where(self, ident):
        """Every place of the message, on both servers; without UIDPLUS the source stays, marked."""
        found = []
        for name, peer in (("alice", self.here), ("bob", self.there)):
            for folder in cli.selectable(peer):
                for uid in peer.find(folder, ident):
                    if "\\Deleted" not in peer.messages(folder)[uid]:
                        found.append(f"{name} {folder}")
        return found

    def shown(self, ident):
        """Every place where posthorn shows it."""
        found = []
        for name in ("alice", "bob"):
            for row in self.home.json("folders", "--account", name):
                found += [f"{name} {row['name']}" for one in self.home.json("list", row["name"], "--account", name)
                          if one["subject"] == self.subject(ident)]
        return found

    def subject(self, ident):
        return "Across " + ident.split("-", 1)[1].split("@")[0]

    def same(self):
        for name, peer in (("alice", self.here), ("bob", self.there)):
            for folder in cli.selectable(peer):
                rows = self.home.json("list", folder, "--account", name)
                equal({row["uid"]: sorted(row["flags"]) for row in rows},
                      {uid: cli.ours(flags) for uid, flags in peer.messages(folder).items()}, f"{name} {folder}")

    def waiting(self):
        return self.home.json("journal")


@contextlib.contextmanager
def pair(here, there=None, line=None, to_line=None, liar=None):
    there = there or here
    with Home() as home, Peer(here, ALICE) as one, Peer(there, BOB) as other:
        home.add_account(here, ALICE, imap=line and f"127.0.0.1:{line.port}", more=("--label", "alice"))
        port = (liar or to_line) and f"127.0.0.1:{(liar or to_line).port}"
        home.add_account(there, BOB, "Bob Miller", imap=port,
                         more=("--label", "bob", *(("--imap-security", "plain") if liar else ())))
        with open(home.config, encoding="utf-8") as file:
            text = file.read()
        keys = [line.split()[1].rstrip("]") for line in text.splitlines() if line.startswith("[account")]
        equal(len(keys), 2)
        for key, name in zip(keys, ("alice", "bob")):
            text = text.replace(f"[account {key}]", f"[account {name}]")
        with open(home.config, "w", encoding="utf-8") as file:
            file.write(text)
        home.json("sync")
        yield Pair(home, one, other)


with harness.servers() as SERVERS:
    @test
    def a_move_takes_octets_date_flags_and_keywords_along():
        with pair(SERVERS) as both:
            ident = both.deliver(body="A line.\r\n.\r\nFrom here\r\n", extra="X-Odd:  kept \r\n")
            uid, = both.here.find("INBOX", ident)
            both.here.store("INBOX", uid, "+FLAGS", "\\Flagged \\Answered $Label")
            octets = both.here.octets("INBOX", uid)
            date = both.here.check(both.here.link.uid("FETCH", str(uid), "(INTERNALDATE)"))
            both.home.json("sync")
            said = both.act("move", ident, "Archive", "--wait")
            equal(said["state"], "done")
            equal(said["words"], "Moved 1 message to bob: Archive")
            equal(said["count"], 1)
            equal(both.where(ident), ["bob Archive"])
            new, = both.there.find("Archive", ident)
            equal(both.there.octets("Archive", new), octets)
            equal(both.there.messages("Archive")[new], ["$Label", "\\Answered", "\\Flagged"])
            there = both.there.check(both.there.link.uid("FETCH", str(new), "(INTERNALDATE)"))
            equal(there[0].split(b"INTERNALDATE")[1].split(b'"')[1], date[0].split(b"INTERNALDATE")[1].split(b'"')[1])
            both.home.json("sync")
            both.same()
            equal(both.waiting(), [])

    @test
    def a_copy_leaves_the_original():
        with pair(SERVERS) as both:
            ident = both.deliver()
            both.home.json("sync")
            both.act("copy", ident, "INBOX", "--wait")
            equal(both.where(ident), ["alice INBOX", "bob INBOX"])
            both.same()

    @test
    def it_is_shown_at_once_in_both_accounts_and_carried_out_by_a_sync():
        with pair(SERVERS) as both:
            ident = both.deliver()
            both.home.json("sync")
            equal(both.act("move", ident)["state"], "pending")
            equal(both.shown(ident), ["bob Archive"])
            equal(both.where(ident), ["alice INBOX"])
            equal([one["kind"] for one in both.waiting()], ["fetch", "remove", "append"])
            both.home.json("sync")
            equal(both.where(ident), ["bob Archive"])
            equal(both.waiting(), [])
            both.same()

    @test
    def what_was_not_sent_is_called_off():
        with pair(SERVERS) as both:
            ident = both.deliver()
            both.home.json("sync")
            both.act("move", ident)
            both.home.json("undo")
            equal(both.shown(ident), ["alice INBOX"])
            equal(both.waiting(), [])
            both.home.json("sync")
            equal(both.where(ident), ["alice INBOX"])
            both.same()

    @test
    def what_the_servers_did_is_moved_back():
        with pair(SERVERS) as both:
            ident = both.deliver()
            uid, = both.here.find("INBOX", ident)
            both.here.store("INBOX", uid, "+FLAGS", "\\Flagged")
            both.home.json("sync")
            both.act("move", ident, "Archive", "--wait")
            said = both.home.json("undo", "--wait")
            equal(said["words"], "Taken back: Moved 1 message to bob: Archive")
            equal(both.where(ident), ["alice INBOX"])
            uid, = both.here.find("INBOX", ident)
            equal(both.here.messages("INBOX")[uid], ["\\Flagged"])
            both.home.json("sync")
            both.same()
            equal(both.waiting(), [])

    @test
    def a_copy_that_is_taken_back_goes_to_the_other_trash():
        with pair(SERVERS) as both:
            ident = both.deliver()
            both.home.json("sync")
            both.act("copy", ident, "Archive", "--wait")
            both.home.json("undo", "--wait")
            equal(both.where(ident), ["alice INBOX", "bob Trash"])

    @test
    def what_was_moved_on_there_meanwhile_is_not_taken_back():
        with pair(SERVERS) as both:
            ident = both.deliver()
            both.home.json("sync")
            moved = both.act("move", ident, "Archive", "--wait")["operation"]
            uid, = both.there.find("Archive", ident)
            both.there.move("Archive", uid, "Junk")
            both.home.json("sync")
            said = both.home.json("undo", str(moved), status=1)
            assert "changed elsewhere" in said["error"]["message"], said
            equal(both.where(ident), ["bob Junk"])

    @test
    def a_flag_set_there_before_it_arrived_arrives_too():
        with pair(SERVERS) as both:
            ident = both.deliver()
            both.home.json("sync")
            both.act("move", ident)
            row, = [one for one in both.home.json("list", "Archive", "--account", "bob")
                    if one["subject"] == both.subject(ident)]
            both.home.json("flag", row["id"], "+flagged")
            both.home.json("move", row["id"], "Junk")
            both.home.json("sync")
            equal(both.where(ident), ["bob Junk"])
            uid, = both.there.find("Junk", ident)
            equal(both.there.messages("Junk")[uid], ["\\Flagged"])
            equal(both.waiting(), [])
            both.home.json("sync")
            both.same()

    @test
    def several_messages_are_one_act():
        with pair(SERVERS) as both:
            idents = [both.deliver() for _ in range(5)]
            both.home.json("sync")
            said = both.home.json("move", *["id:" + one for one in idents], "Archive", "--account", "alice",
                                  "--to-account", "bob")
            equal(said["words"], "Moved 5 messages to bob: Archive")
            equal(said["count"], 5)
            both.home.json("sync")
            equal([both.where(one) for one in idents], [["bob Archive"]] * 5)
            both.home.json("undo", "--wait")
            equal([both.where(one) for one in idents], [["alice INBOX"]] * 5)
            both.home.json("sync")
            both.same()

    @test
    def a_source_that_is_gone_fails_and_nothing_is_stored():
        with pair(SERVERS) as both:
            ident = both.deliver()
            both.home.json("sync")
            both.act("move", ident)
            uid, = both.here.find("INBOX", ident)
            both.here.expunge("INBOX", uid)
            both.home.json("sync", status=1)
            equal(both.where(ident), [])
            equal({one["state"] for one in both.waiting()}, {"failed"})
            failed = both.waiting()[0]["operation"]
            both.home.json("journal", "drop", str(failed))
            equal(both.waiting(), [])
            both.same()

    @test
    def a_target_that_refuses_leaves_the_original_and_can_be_tried_again():
        with pair(SERVERS) as both:
            ident = both.deliver()
            both.there.check(both.there.link.create("Gone"))
            both.home.json("sync")
            both.act("move", ident, "Gone")
            both.there.check(both.there.link.delete("Gone"))
            both.home.json("sync", status=1)
            equal(both.where(ident), ["alice INBOX"])
            equal(both.shown(ident), ["alice INBOX"])
            both.there.check(both.there.link.create("Gone"))
            failed = both.waiting()[0]["operation"]
            both.home.json("sync", status=None)
            both.home.json("journal", "retry", str(failed))
            both.home.json("sync")
            equal(both.where(ident), ["bob Gone"])
            equal(both.waiting(), [])

    @test
    def a_folder_made_anew_gives_no_other_message_away():
        with pair(SERVERS) as both:
            plain = message("No name", ident="<x@example.org>").replace(b"Message-ID: <x@example.org>\r\n", b"")
            both.here.check(both.here.link.create("Anew"))
            both.here.append("Anew", plain)
            both.home.json("sync")
            row, = both.home.json("list", "Anew", "--account", "alice")
            both.home.json("move", row["id"], "Archive", "--to-account", "bob")
            before = len(both.there.messages("Archive"))
            both.here.check(both.here.link.delete("Anew"))
            both.here.check(both.here.link.create("Anew"))
            both.here.append("Anew", plain.replace(b"No name", b"Another"))
            both.home.json("sync", status=None)
            both.home.json("sync", status=None)
            equal(len(both.there.messages("Archive")), before)
            equal(len(both.here.messages("Anew")), 1)
            both.here.check(both.here.link.delete("Anew"))

    @test
    def what_has_no_message_id_moves_too():
        with pair(SERVERS) as both:
            plain = message("Nameless", ident="<x@example.org>").replace(b"Message-ID: <x@example.org>\r\n", b"")
            uid = both.here.append("INBOX", plain)
            both.home.json("sync")
            before = set(both.there.messages("Archive"))
            both.home.json("move", f"INBOX:{uid}", "Archive", "--account", "alice", "--to-account", "bob", "--wait")
            new, = set(both.there.messages("Archive")) - before
            equal(both.there.octets("Archive", new), plain)
            assert uid not in both.here.messages("INBOX")

    @test
    def wrong_names_are_told():
        with pair(SERVERS) as both:
            ident = both.deliver()
            both.home.json("sync")
            said = both.act("move", ident, "Nowhere", status=1)
            equal(said["error"]["message"], 'There is no folder "Nowhere" in account bob.')
            said = both.home.json("move", "id:" + ident, "Archive", "--account", "alice", "--to-account", "carol",
                                  status=1)
            assert "carol" in said["error"]["message"]
            equal(both.waiting(), [])


    @test
    def on_the_screen_the_other_account_is_offered_and_u_moves_it_back():
        with pair(SERVERS) as both:
            ident = both.deliver()
            both.home.json("sync")
            with Screen(both.home, columns=100) as screen:
                screen.wait(both.subject(ident))
                screen.keys("l", both.subject(ident), ENTER)
                screen.wait("1 message")
                screen.keys("s")
                screen.wait("Move to:")
                screen.keys("bob: Arch")
                screen.wait("bob: Archive")
                screen.keys(ENTER)
                screen.wait("Moved 1 message to bob: Archive")
                harness.wait(lambda: screen.pump(0.05) is None or both.where(ident) == ["bob Archive"], "the move")
                screen.keys("u")
                screen.wait("Taken back")
                harness.wait(lambda: screen.pump(0.05) is None or both.where(ident) == ["alice INBOX"], "the way back")


with harness.servers() as SERVERS:
    def nothing_was_stored(answer):
        with Liar(SERVERS.ports["imap"]) as liar, pair(SERVERS, liar=liar) as both:
            ident = both.deliver()
            both.home.json("sync")
            liar.rules = [("APPEND", answer)]
            both.act("move", ident)
            both.home.json("sync", status=1)
            equal(both.where(ident), ["alice INBOX"])
            equal(both.shown(ident), ["alice INBOX"])
            equal({one["state"] for one in both.waiting()}, {"failed"})

    @test
    def a_server_that_says_stored_and_stored_nothing_does_not_cost_the_original():
        nothing_was_stored("OK stored")

    @test
    def nor_does_one_that_names_a_place_where_it_is_not():
        nothing_was_stored("OK [APPENDUID 1 1] stored")
        nothing_was_stored("OK [APPENDUID 1 4000000] stored")

    @test
    def without_appenduid_it_is_found_by_its_message_id():
        with Liar(SERVERS.ports["imap"]) as liar, pair(SERVERS, liar=liar) as both:
            liar.tagged = [(rb"\[APPENDUID [^]]*\] ?", b"")]
            ident = both.deliver()
            both.home.json("sync")
            both.act("move", ident, "Archive", "--wait")
            equal(both.where(ident), ["bob Archive"])

    @test
    def what_cannot_be_found_there_is_kept_here():
        with Liar(SERVERS.ports["imap"]) as liar, pair(SERVERS, liar=liar) as both:
            liar.tagged = [(rb"\[APPENDUID [^]]*\] ?", b"")]
            plain = message("Nameless", ident="<x@example.org>").replace(b"Message-ID: <x@example.org>\r\n", b"")
            uid = both.here.append("INBOX", plain)
            both.home.json("sync")
            both.home.json("move", f"INBOX:{uid}", "Archive", "--account", "alice", "--to-account", "bob")
            said = both.home.json("sync", status=1)
            equal(said["error"]["failed"], 1)
            assert uid in both.here.messages("INBOX")
            assert "cannot be proved" in both.waiting()[0]["message"]


def sweep(running, other, what):
    def killed():
        with pair(running, other) as both:
            ident = both.deliver()
            both.home.json("sync")
            both.act("move", ident)
            start = time.monotonic()
            both.home.json("sync")
            longest = time.monotonic() - start
            hit = 0
            for number, moment in enumerate(points(20, longest)):
                idents = [both.deliver(), both.deliver()]
                copied = both.deliver()
                both.home.json("sync")
                for one in idents:
                    both.act("move", one)
                both.act("copy", copied)
                process = both.home.popen("sync", stdin=-3, stdout=-3, stderr=-3)
                try:
                    process.wait(moment)
                except harness.subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                    hit += 1
                both.home.json("sync")
                if number % 3 == 2:
                    # Or the user thinks better of it.
                    both.home.json("undo", "--wait", status=None)
                    continue
                equal([both.where(one) for one in [*idents, copied]],
                      [["bob Archive"], ["bob Archive"], ["alice INBOX", "bob Archive"]], f"after {moment:.3f} s")
                equal(both.waiting(), [])
            assert hit > 2, f"only {hit} were killed"

    def undone():
        with pair(running, other) as both:
            for moment in points(10, 0.5):
                ident = both.deliver()
                both.home.json("sync")
                both.act("move", ident)
                process = both.home.popen("sync", stdin=-3, stdout=-3, stderr=-3)
                try:
                    process.wait(moment)
                except harness.subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                both.home.json("undo")
                both.home.json("sync")
                equal(both.where(ident), ["alice INBOX"], f"undone after {moment:.3f} s")
                equal(both.waiting(), [])

    def cut():
        with Proxy(running.ports["imaps"]) as line, Proxy(other.ports["imaps"]) as to_line, \
                pair(running, other, line, to_line) as both:
            ident = both.deliver()
            both.home.json("sync")
            both.act("move", ident)
            line.reset()
            to_line.reset()
            both.home.json("sync")
            for which in (line, to_line):
                passed = which.stats()
                for direction in ("c2s", "s2c"):
                    for octets in points(8, passed[direction]):
                        ident = both.deliver()
                        both.home.json("sync")
                        both.act("move", ident)
                        which.arm(direction, int(octets))
                        both.home.json("sync", status=None)
                        which.armed = None
                        both.home.json("sync", status=None)
                        both.home.json("sync")
                        equal(both.where(ident), ["bob Archive"], f"{direction} cut after {int(octets)} octets")
                        equal(both.waiting(), [])

    killed.__name__ = f"killed anywhere each arrives once and none is lost, {what}"
    undone.__name__ = f"killed anywhere and undone it is back once, {what}"
    cut.__name__ = f"cut anywhere each arrives once and none is lost, {what}"
    test(killed)
    test(undone)
    test(cut)


with harness.servers() as SERVERS:
    sweep(SERVERS, SERVERS, "with all extensions")
with harness.servers() as SERVERS, harness.servers(without=("MOVE", "UIDPLUS", "QRESYNC", "CONDSTORE")) as BARE:
    sweep(SERVERS, BARE, "to a server without UIDPLUS")
harness.done()
