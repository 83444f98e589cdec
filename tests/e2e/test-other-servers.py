# SPDX-License-Identifier: GPL-3.0-or-later
"""Another server than Dovecot (Cyrus), and namespaces: the same promises hold there."""

import os
import re
import smtplib

import cli
import harness
from harness import Home, Peer, equal, message, test
from screen import Screen

FOLDERS = ["Archive", "Drafts", "INBOX", "Junk", "Sent", "Trash"]


def ident():
    return f"<other-{os.urandom(6).hex()}@example.org>"


def deliver(running, octets, user="alice@example.org"):
    with smtplib.LMTP("127.0.0.1", running.ports["lmtp"]) as link:
        link.sendmail("bob@example.org", [user], octets)


def log_of(home, *arguments):
    """What was said to the IMAP server during a command."""
    path = home.path + "/imap.log"
    if os.path.exists(path):
        os.unlink(path)
    home.json(*arguments, "--debug", "imap", "--log", path)
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def reading(running, home, peer):
    @test
    def the_first_sync_brings_everything():
        for i in range(30):
            peer.append("INBOX", message(f"Number {i}", ident=ident()), ["\\Seen"] if i % 3 else [])
        for i in range(5):
            peer.append("Archive", message(f"Kept {i}", ident=ident()), ["\\Flagged"])
        deliver(running, message("By LMTP", ident=ident()))
        home.json("sync")
        equal(sorted(row["name"] for row in home.json("folders")), FOLDERS)
        cli.same_as_server(home, peer)

    @test
    def roles_are_the_servers():
        equal({row["role"]: row["name"] for row in home.json("folders")},
              {"archive": "Archive", "drafts": "Drafts", "inbox": "INBOX", "junk": "Junk",
               "sent": "Sent", "trash": "Trash"})

    @test
    def threads_are_those_of_the_server():
        first = ident()
        peer.append("INBOX", message("A question", ident=first))
        peer.append("INBOX", message("Re: A question", extra=f"References: {first}\r\n", ident=ident()))
        home.json("sync")
        parents, threads = cli.listed_threads(home, "INBOX")
        there, groups = cli.server_threads(peer, "INBOX")
        equal(threads, groups)
        equal({uid: parent for uid, parent in parents.items() if parent},
              {uid: parent for uid, parent in there.items() if parent})

    @test
    def a_second_sync_fetches_nothing_and_resyncs_by_qresync():
        uid = peer.append("INBOX", message("Seen elsewhere", ident=ident()))
        gone = peer.append("INBOX", message("Gone elsewhere", ident=ident()))
        home.json("sync")
        equal(home.json("sync")["fetched"], 0)
        peer.store("INBOX", uid, "+FLAGS", "\\Seen $Label1")
        peer.expunge("INBOX", gone)
        log = log_of(home, "sync")
        assert "(QRESYNC (" in log and "FLAGS MODSEQ) (CHANGEDSINCE" not in log, log
        cli.same_as_server(home, peer)

    @test
    def a_text_is_read():
        name = ident()
        deliver(running, message("To be read", body="Words of it.\r\n", ident=name))
        home.json("sync")
        equal(home.json("show", "id:" + name)["text"], "Words of it.\n")


def acting(home, peer):
    def fresh():
        name = ident()
        uid = peer.append("INBOX", message("To be acted on", ident=name))
        home.json("sync")
        return name, uid

    def where(name):
        return [folder for folder in cli.selectable(peer) for _ in peer.find(folder, name)]

    @test
    def flags_go_both_ways():
        name, uid = fresh()
        home.json("flag", "id:" + name, "+seen", "+flagged", "+$Work", "--wait")
        equal(peer.messages()[uid], ["$Work", "\\Flagged", "\\Seen"])
        peer.store("INBOX", uid, "-FLAGS", "\\Seen")
        home.json("sync")
        cli.same_as_server(home, peer)

    @test
    def a_move_arrives_and_is_taken_back():
        name, _ = fresh()
        home.json("move", "id:" + name, "Archive", "--wait")
        equal(where(name), ["Archive"])
        home.json("undo", "--wait")
        equal(where(name), ["INBOX"])
        home.json("sync")
        cli.same_as_server(home, peer)

    @test
    def a_copy_leaves_the_source():
        name, _ = fresh()
        home.json("copy", "id:" + name, "Archive", "--wait")
        equal(where(name), ["Archive", "INBOX"])
        home.json("sync")
        cli.same_as_server(home, peer)

    @test
    def what_is_deleted_lies_in_trash_and_comes_back():
        name, _ = fresh()
        home.json("delete", "id:" + name, "--wait")
        equal(where(name), ["Trash"])
        home.json("undo", "--wait")
        equal(where(name), ["INBOX"])

    @test
    def a_move_by_a_second_client_is_followed():
        name, uid = fresh()
        peer.move("INBOX", uid, "Archive")
        home.json("sync")
        cli.same_as_server(home, peer)
        equal(home.json("show", "id:" + name)["folder"], "Archive")

    @test
    def folders_are_made_renamed_and_deleted():
        home.json("folder", "create", "Work/Plans", "--wait")
        home.json("folder", "rename", "Work/Plans", "Work/Done", "--wait")
        home.json("sync")
        assert "Work/Done" in peer.folders()
        home.json("folder", "delete", "Work/Done", "--wait")
        home.json("sync")
        cli.same_as_server(home, peer)


def by_content(running):
    @test
    def headers_of_a_content_that_is_here_are_not_fetched_again():
        user = "carol@example.org"
        with Home() as home, Peer(running, user) as peer:
            for i in range(260):
                peer.append("INBOX", message(f"In two folders {i}", ident=ident()))
            peer.select("INBOX")
            peer.check(peer.link.copy("1:*", "Archive"))
            alone = [peer.append("Junk", message(f"In one folder {i}", ident=ident())) for i in range(2)]
            home.add_account(running, user)
            log = log_of(home, "sync")
            # The newest of each folder come with their headers at once, whatever is known.
            asked = [len(part.split(" FETCH (")) - 1 for part in re.split(r" C: P\d+ (?:UID )?FETCH ", log)[1:]
                     if "BODY.PEEK[HEADER.FIELDS" in part.split("\n")[0]]
            assert sum(asked) <= 260 + 200 + len(alone) + 10, asked
            equal(home.json("sync")["fetched"], 0)
            cli.same_as_server(home, peer)
            rows = home.json("list", "Archive")
            equal(sorted(row["subject"] for row in rows), sorted(f"In two folders {i}" for i in range(260)))


def on_the_line(running, home, peer):
    @test
    def new_mail_is_drawn_while_nothing_is_done():
        with Screen(home) as screen:
            screen.wait("To be read")
            deliver(running, message("Pushed by IDLE", ident=ident()))
            screen.wait("Pushed by IDLE")
            name = ident()
            peer.append("INBOX", message("And one more", ident=name))
            screen.wait("And one more")
            uid, = peer.find("INBOX", name)
            peer.expunge("INBOX", uid)
            screen.wait_gone("And one more")
            screen.keys("q")
            screen.wait_end()


def namespaces(running, prefix, share):
    @test
    def folders_of_every_namespace_are_listed_and_read():
        with Home() as home, Peer(running) as peer:
            home.add_account(running)
            share(peer)
            peer.append(prefix + "Team", message("For all of us", ident=ident()))
            home.json("sync")
            names = [row["name"] for row in home.json("folders")]
            assert prefix + "Team" in names, names
            equal([row["subject"] for row in home.json("list", prefix + "Team")], ["For all of us"])


def cyrus():
    with harness.servers(imap="cyrus") as running, Home() as home, Peer(running) as peer:
        home.add_account(running)
        reading(running, home, peer)
        acting(home, peer)
        on_the_line(running, home, peer)
        by_content(running)

        def share(_peer):
            admin = Peer(running, user="postmaster@example.org")
            with admin:
                admin.check(admin.link.create("Team"))
                admin.check(admin.link.setacl("Team", "anyone", "lrswipte"))
        namespaces(running, "Shared Folders/", share)

        def lend(_peer):
            with Peer(running, user="bob@example.org") as bob:
                bob.check(bob.link.create("Team"))
                bob.check(bob.link.setacl("Team", "alice", "lrswipte"))
        namespaces(running, "Other Users/bob/", lend)


def dovecot():
    with harness.servers(public=True) as running:
        namespaces(running, "Public/", lambda peer: peer.check(peer.link.create("Public/Team")))


dovecot()
cyrus()
harness.done()
