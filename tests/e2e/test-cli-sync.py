# SPDX-License-Identifier: GPL-3.0-or-later
"""What is here after a sync is what the server has: messages, flags, order, threads, changes by others."""

import datetime
import time

import cli
import fill
import harness
from harness import Home, Peer, equal, message, test

NOW = int(time.time())


def instant(text):
    return datetime.datetime.fromisoformat(text).timestamp()


def order_of(peer, folder):
    """UIDs newest first by Date, as the list shows them."""
    if peer.select(folder, readonly=True) == 0:
        return []
    data = peer.check(peer.link.uid("SORT", "(REVERSE DATE)", "UTF-8", "ALL"))
    return [int(word) for word in data[0].split()]


def first_sync(running, home):
    @test
    def the_first_sync_brings_everything():
        said = home.json("sync")
        with Peer(running) as peer:
            cli.same_as_server(home, peer)
            equal(said["fetched"], sum(map(len, cli.server_state(peer).values())), "fetched")
        equal(said["failed"], 0)

    @test
    def a_second_sync_fetches_nothing():
        equal(home.json("sync")["fetched"], 0)

    @test
    def the_order_is_that_of_the_dates():
        with Peer(running) as peer:
            for folder in peer.folders():
                rows = home.json("list", folder)
                dates = [instant(row["date"]) for row in rows]
                want = order_of(peer, folder)
                equal(len(rows), len(want))
                # Messages of the same second may stand either way round.
                index = {row["uid"]: instant(row["date"]) for row in rows}
                equal([index[uid] for uid in want], dates, folder)

    @test
    def threads_are_those_of_the_server():
        with Peer(running) as peer:
            for folder in peer.folders():
                parents, threads = cli.server_threads(peer, folder)
                ours, our_threads = cli.listed_threads(home, folder)
                equal(our_threads, threads, f"threads of {folder}")
                equal(ours, parents, f"parents in {folder}")

    @test
    def parents_are_the_same_in_either_order():
        with Peer(running) as peer:
            for folder in peer.folders():
                def places(*more):
                    return {row["id"]: (row["parent"], row["depth"], row["thread"])
                            for row in home.json("list", folder, *more)}  # pylint: disable=cell-var-from-loop
                equal(places("--threads"), places(), folder)

    @test
    def windows_of_a_list_join_to_the_whole():
        for more in ([], ["--threads"]):
            whole = home.json("list", "INBOX", *more)
            pieces = []
            for start in range(0, len(whole), 7):
                pieces += home.json("list", "INBOX", "--from", str(start), "--limit", "7", *more)
            equal(pieces, whole)

    @test
    def rows_say_what_the_headers_say():
        ident = "<rows-1@example.org>"
        with Peer(running) as peer:
            uid = peer.append("INBOX", (
                "From: =?utf-8?q?J=C3=BCrgen?= <j@example.net>\r\n"
                "To: Alice <alice@example.org>, =?utf-8?q?Erin_Nov=C3=A1k?= <erin@example.org>\r\n"
                "Subject: =?utf-8?b?R3LDvMOfZQ==?=\r\nDate: Fri, 20 Nov 2026 09:12:00 +0100\r\n"
                f"Message-ID: {ident}\r\nX-Priority: 1\r\n"
                "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n").encode(),
                ["\\Flagged", "$Label"])
        home.json("sync")
        row = next(row for row in home.json("list", "INBOX") if row["uid"] == uid)
        equal(row["from"], {"name": "Jürgen", "address": "j@example.net"})
        equal(row["to"], [{"name": "Alice", "address": "alice@example.org"},
                          {"name": "Erin Novák", "address": "erin@example.org"}])
        equal(row["subject"], "Grüße")
        equal(row["date"], "2026-11-20T09:12:00+01:00")
        equal(row["flags"], ["flagged", "$Label"])
        equal(row["priority"], "high")
        equal((row["folder"], row["parent"], row["depth"]), ("INBOX", None, 0))
        assert row["attachment"] in (True, False)
        equal(sorted(row), sorted(["id", "folder", "uid", "received", "date", "from", "to", "subject",
                                   "flags", "size", "thread", "parent", "depth", "priority",
                                   "attachment"]))


def changes(running, home):
    @test
    def changes_by_a_second_client_arrive():
        with Peer(running) as peer:
            uids = sorted(peer.messages("INBOX"))
            peer.store("INBOX", uids[0], "+FLAGS", "\\Seen \\Flagged $Work")
            peer.store("INBOX", uids[1], "FLAGS", "\\Answered")
            peer.move("INBOX", uids[2], "Archive")
            peer.expunge("INBOX", uids[3])
            peer.append("INBOX", message("A new one"))
            peer.check(peer.link.create('"Projects/2026"'))
            peer.append("Projects/2026", message("In a new folder"))
            home.json("sync")
            cli.same_as_server(home, peer)

    @test
    def a_renamed_and_a_deleted_folder_are_followed():
        with Peer(running) as peer:
            peer.check(peer.link.rename('"Projects/2026"', '"Projects/Old"'))
            home.json("sync")
            cli.same_as_server(home, peer)
            peer.check(peer.link.delete('"Projects/Old"'))
            peer.check(peer.link.delete('"Projects"'))
            home.json("sync")
            cli.same_as_server(home, peer)

    @test
    def both_sides_change_and_agree():
        with Peer(running) as peer:
            rows = home.json("list", "INBOX")
            home.json("flag", rows[0]["id"], "+flagged")
            home.json("flag", rows[1]["id"], "+seen")
            peer.store("INBOX", rows[0]["uid"], "+FLAGS", "\\Answered")
            peer.store("INBOX", rows[2]["uid"], "+FLAGS", "\\Seen")
            home.json("sync")
            cli.same_as_server(home, peer)
            flags = peer.messages("INBOX")
            assert {"\\Flagged", "\\Answered"} <= set(flags[rows[0]["uid"]]), flags[rows[0]["uid"]]

    @test
    def a_folder_that_is_made_anew_is_read_anew():
        with Peer(running) as peer:
            peer.check(peer.link.create("Anew"))
            peer.append("Anew", message("Before"))
            home.json("sync")
            peer.check(peer.link.delete("Anew"))
            peer.check(peer.link.create("Anew"))
            peer.append("Anew", message("After 1"))
            peer.append("Anew", message("After 2"))
            home.json("sync")
            cli.same_as_server(home, peer)
            equal(sorted(row["subject"] for row in home.json("list", "Anew")), ["After 1", "After 2"])
            peer.check(peer.link.delete("Anew"))

    @test
    def names_of_any_script_are_the_same_here():
        with Peer(running) as peer:
            peer.check(peer.link.create('"Entw&APw-rfe &- Pl&AOQ-ne"'))
            peer.append("Entw&APw-rfe &- Pl&AOQ-ne", message("In there"))
        home.json("sync")
        names = [row["name"] for row in home.json("folders")]
        assert "Entwürfe & Pläne" in names, names
        equal([row["subject"] for row in home.json("list", "Entwürfe & Pläne")], ["In there"])
        with Peer(running) as peer:
            peer.check(peer.link.delete('"Entw&APw-rfe &- Pl&AOQ-ne"'))

    @test
    def the_cache_can_be_thrown_away():
        old = home.json("list", "INBOX")
        home.forget_cache()
        home.run("list", "INBOX", "--json", status=1)
        home.json("sync")
        with Peer(running) as peer:
            cli.same_as_server(home, peer)
        for row in old[:5]:
            said = home.json("show", row["id"], status=1)
            equal(said["error"]["code"], "unknown")

    @test
    def a_damaged_cache_is_fetched_again():
        path = home.path + "/cache/posthorn/example/headers.db"
        with open(path, "r+b") as file:
            file.seek(100)
            file.write(b"\xff" * 4000)
        home.run("list", "INBOX", status=None)
        said = home.run("sync", "--json")
        assert "set aside" in said.err, said.err
        with Peer(running) as peer:
            cli.same_as_server(home, peer)


with harness.servers() as SERVERS, Home() as HOME:
    fill.fill_demo(SERVERS, now=NOW)
    HOME.add_account(SERVERS)
    first_sync(SERVERS, HOME)
    changes(SERVERS, HOME)
harness.done()
