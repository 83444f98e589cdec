# SPDX-License-Identifier: GPL-3.0-or-later
"""Killed, or cut off from the server, at any moment: what comes out in the end is what would have without.

POSTHORN_SWEEP multiplies how many moments are tried.
"""

import os
import time

import cli
import fill
import harness
from harness import Home, Peer, equal, message, test
from proxy import Proxy

SWEEP = float(os.environ.get("POSTHORN_SWEEP", "0.5"))


def points(count, most):
    """So many moments from 0 to most."""
    count = max(2, round(count * SWEEP))
    return [most * i / (count - 1) for i in range(count)]


def killed_after(home, seconds, *words):
    """Run posthorn and kill it after so long. TRUE: it was still running."""
    process = home.popen(*words, stdin=-3, stdout=-3, stderr=-3)
    try:
        process.wait(seconds)
    except harness.subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


def duration(home, *words):
    start = time.monotonic()
    home.run(*words)
    return time.monotonic() - start


def synced(home):
    """Sync until it is through; a cut line may be met once."""
    said = home.json("sync", status=None)
    if "error" in said:
        equal(said["error"]["code"], "retry")
        said = home.json("sync")
    return said


# ---- the first sync

def kill_sync(running, user):
    @test
    def a_first_sync_killed_anywhere_goes_on_where_it_was():
        with Home() as home, Peer(running, user) as peer:
            home.add_account(running, user)
            longest = duration(home, "sync")
            home.forget_cache()
            hit = 0
            for number, moment in enumerate(points(24, longest)):
                hit += killed_after(home, moment, "sync")
                if number % 4 == 3:
                    home.json("sync")
                    cli.same_as_server(home, peer)
                    home.forget_cache()
            assert hit > 3, f"only {hit} were killed"
            home.json("sync")
            cli.same_as_server(home, peer)

    @test
    def a_first_sync_cut_anywhere_goes_on_where_it_was():
        with Proxy(running.ports["imaps"]) as line, Home() as home, Peer(running, user) as peer:
            home.add_account(running, user, imap=f"127.0.0.1:{line.port}")
            line.reset()
            home.json("sync")
            whole = line.stats()["s2c"]
            for number, octets in enumerate(points(20, whole)):
                if number % 5 == 0:
                    home.forget_cache()
                line.arm("s2c", int(octets))
                home.json("sync", status=None)
                line.armed = None
                if number % 5 == 4:
                    home.json("sync")
                    cli.same_as_server(home, peer)

    @test
    def a_sync_that_changes_much_killed_anywhere():
        with Home() as home, Peer(running, user) as peer:
            home.add_account(running, user)
            home.json("sync")
            for moment in points(10, 0.3):
                uids = sorted(peer.messages("INBOX"))
                peer.store("INBOX", f"{uids[0]}:{uids[len(uids) // 2]}", "FLAGS",
                           "\\Seen" if moment * 100 % 2 < 1 else "\\Flagged")
                peer.expunge("INBOX", uids[1])
                peer.append("INBOX", message("While it is being killed"))
                killed_after(home, moment, "sync")
                home.json("sync")
                cli.same_as_server(home, peer)


# ---- replay

class Batch:
    """Messages, what is done with them, and where they then have to be."""

    COUNT = 7

    def __init__(self, home, peer, number):
        self.home, self.peer = home, peer
        self.idents = [f"<b{number}-{i}-{os.urandom(4).hex()}@example.org>" for i in range(self.COUNT)]
        for ident in self.idents:
            peer.append("INBOX", message("Batch", ident=ident))
        self.new = f"<b{number}-new@example.org>"

    def act(self):
        rows = {}
        for row in self.home.json("list", "INBOX"):
            rows[row["uid"]] = row["id"]
        ids = [rows[self.peer.find("INBOX", ident)[0]] for ident in self.idents]
        self.home.json("move", ids[0], ids[1], "Archive")
        self.home.json("copy", ids[2], "Archive")
        self.home.json("flag", ids[3], "+flagged", "+$Label")
        self.home.json("delete", ids[4])
        self.home.json("move", ids[5], "Archive")
        self.home.json("move", ids[5], "Junk")
        with open(self.home.path + "/new.eml", "wb") as file:
            file.write(message("New", ident=self.new))
        self.home.json("append", "Archive", "new.eml")

    def where(self, ident):
        found = []
        for folder in cli.selectable(self.peer):
            for uid in self.peer.find(folder, ident):
                # Without UIDPLUS the source stays, marked.
                if "\\Deleted" not in self.peer.messages(folder)[uid]:
                    found.append(folder)
        return found

    def check(self, what):
        equal([self.where(ident) for ident in [*self.idents, self.new]],
              [["Archive"], ["Archive"], ["Archive", "INBOX"], ["INBOX"], ["Trash"], ["Junk"], ["INBOX"],
               ["Archive"]], what)
        uid, = self.peer.find("INBOX", self.idents[3])
        equal(self.peer.messages("INBOX")[uid], ["$Label", "\\Flagged"], what)
        equal(self.home.json("journal"), [], what)


def same(home, peer, bare):
    if not bare:
        cli.same_as_server(home, peer)
        return
    for folder, messages in cli.server_state(peer).items():
        marked = {uid for uid, flags in messages.items() if "deleted" in flags}
        ours = {uid: flags for uid, flags in cli.listed(home, folder).items() if uid not in marked}
        equal(ours, {uid: flags for uid, flags in messages.items() if uid not in marked}, folder)


def kill_replay(running, bare, name):
    def killed():
        with Home() as home, Peer(running) as peer:
            home.add_account(running)
            home.json("sync")
            batch = Batch(home, peer, 0)
            home.json("sync")
            batch.act()
            longest = duration(home, "sync")
            batch.check("undisturbed")
            hit = 0
            for number, moment in enumerate(points(20, longest)):
                batch = Batch(home, peer, number + 1)
                home.json("sync")
                batch.act()
                hit += killed_after(home, moment, "sync")
                synced(home)
                batch.check(f"killed after {moment:.3f} s")
            assert hit > 3, f"only {hit} were killed"
            same(home, peer, bare)

    def cut():
        with Proxy(running.ports["imaps"]) as line, Home() as home, Peer(running) as peer:
            home.add_account(running, imap=f"127.0.0.1:{line.port}")
            home.json("sync")
            batch = Batch(home, peer, 100)
            home.json("sync")
            batch.act()
            line.reset()
            home.json("sync")
            passed = line.stats()
            for direction in ("c2s", "s2c"):
                for number, octets in enumerate(points(16, passed[direction])):
                    batch = Batch(home, peer, f"{direction}{number}")
                    home.json("sync")
                    batch.act()
                    line.arm(direction, int(octets))
                    home.json("sync", status=None)
                    line.armed = None
                    synced(home)
                    batch.check(f"{direction} cut after {int(octets)} octets")
            same(home, peer, bare)

    killed.__name__ = f"a replay killed anywhere does each thing once, {name}"
    cut.__name__ = f"a replay cut anywhere does each thing once, {name}"
    test(killed)
    test(cut)


def kill_acts(running):
    @test
    def a_command_killed_anywhere_is_done_whole_or_not_at_all():
        with Home() as home, Peer(running) as peer:
            home.add_account(running)
            home.json("sync")
            idents = [f"<act-{i}@example.org>" for i in range(3)]
            for ident in idents:
                peer.append("INBOX", message("To be moved", ident=ident))
            home.json("sync")
            folders = ["Archive", "INBOX"]
            longest = 0.15
            for number, moment in enumerate(points(24, longest)):
                there, target = folders[number % 2 - 1], folders[number % 2]
                # Wherever the last one left them.
                ids = ["id:" + ident for ident in idents]
                killed_after(home, moment, "move", *ids, target)
                waiting = home.json("journal")
                home.json("sync")
                for ident in idents:
                    found = [folder for folder in folders for _ in peer.find(folder, ident)]
                    equal(len(found), 1, f"{ident} after {moment:.3f} s, {there} to {target}, {waiting}")
                equal(len({folder for ident in idents for folder in folders if peer.find(folder, ident)}), 1)
                cli.same_as_server(home, peer)
                home.run("move", *ids, target, "--wait", status=None)

    @test
    def undo_killed_anywhere_takes_back_once():
        with Home() as home, Peer(running) as peer:
            home.add_account(running)
            peer.append("INBOX", message("To be undone", ident="<undo@example.org>"))
            home.json("sync")
            for moment in points(12, 0.12):
                home.json("move", "id:<undo@example.org>", "Archive", "--wait")
                killed_after(home, moment, "undo")
                home.json("sync")
                found = [folder for folder in cli.selectable(peer) for _ in peer.find(folder, "<undo@example.org>")]
                equal(len(found), 1)
                if found == ["Archive"]:
                    home.json("undo", "--wait")
                equal(len(peer.find("INBOX", "<undo@example.org>")), 1)
                cli.same_as_server(home, peer)


with harness.servers() as SERVERS:
    fill.fill_bulk(SERVERS, "bob@example.org", "INBOX", 3000, size=400)
    kill_sync(SERVERS, "bob@example.org")
    kill_replay(SERVERS, False, "with all extensions")
    kill_acts(SERVERS)
with harness.servers(without=("MOVE", "UIDPLUS", "QRESYNC", "CONDSTORE")) as SERVERS:
    kill_replay(SERVERS, True, "without MOVE and UIDPLUS")
harness.done()
