# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal and the cache after a kill between the two: the journal counts, and the cache follows.

The instant is made by hand: what one of the two files would lack is taken out of it.
"""

import contextlib
import os
import shutil
import sqlite3

import cli
import harness
from harness import Home, Peer, equal, message, test


def subjects(home, folder):
    return sorted(row["subject"] for row in home.json("list", folder))


def change_journal(home, *statements):
    with contextlib.closing(sqlite3.connect(f"{home.path}/data/posthorn/posthorn.db", timeout=20)) as base:
        for statement in statements:
            base.execute(statement)
        base.commit()


class KeptCache:
    """The cache as it was when this was made."""

    def __init__(self, home):
        self.folder, self.kept = home.path + "/cache", home.path + "/cache-before"
        shutil.copytree(self.folder, self.kept)

    def restore(self):
        shutil.rmtree(self.folder)
        os.rename(self.kept, self.folder)


@contextlib.contextmanager
def mailbox(running, *names):
    """A home and a second client, with one message in INBOX for each name."""
    with Home() as home, Peer(running) as peer:
        home.add_account(running)
        for uid in peer.messages("INBOX"):
            peer.expunge("INBOX", uid)
        for name in names:
            peer.append("INBOX", message(name, ident=f"<{name}@example.org>"))
        home.json("sync")
        yield home, peer


with harness.servers() as SERVERS:
    @test
    def what_was_undone_comes_back_though_the_cache_had_not_heard_of_it():
        with mailbox(SERVERS, "one", "two") as (home, peer):
            home.json("move", "id:<one@example.org>", "Archive")
            equal(subjects(home, "INBOX"), ["two"])
            change_journal(home, "UPDATE op SET state = 4, undone_by = grp")
            home.json("flag", "id:<two@example.org>", "+flagged")
            equal(subjects(home, "INBOX"), ["one", "two"])
            equal(subjects(home, "Archive"), [])
            home.json("sync")
            cli.same_as_server(home, peer)

    @test
    def an_operation_that_the_cache_had_not_applied_can_be_undone():
        with mailbox(SERVERS, "one", "two") as (home, peer):
            before = KeptCache(home)
            moved = home.json("move", "id:<one@example.org>", "Archive")["operation"]
            home.json("flag", "id:<two@example.org>", "+flagged")
            before.restore()
            change_journal(home, "UPDATE op_msg SET new_row = 0")
            said = home.json("undo", str(moved))
            assert "changed elsewhere" not in said["words"], said
            equal(subjects(home, "INBOX"), ["one", "two"])
            home.json("sync")
            equal(subjects(home, "INBOX"), ["one", "two"])
            cli.same_as_server(home, peer)

    @test
    def a_row_that_the_journal_had_not_heard_of_is_told_at_the_next_start():
        with mailbox(SERVERS, "one", "two") as (home, peer):
            moved = home.json("move", "id:<one@example.org>", "Archive")["operation"]
            home.json("flag", "id:<two@example.org>", "+flagged")
            change_journal(home, "UPDATE op_msg SET new_row = 0")
            said = home.json("undo", str(moved))
            assert "changed elsewhere" not in said["words"], said
            equal(subjects(home, "INBOX"), ["one", "two"])
            home.json("sync")
            cli.same_as_server(home, peer)

    @test
    def what_is_done_on_the_server_and_not_in_the_cache_is_confirmed_there():
        with mailbox(SERVERS, "one") as (home, peer):
            home.json("move", "id:<one@example.org>", "Archive")
            before = KeptCache(home)
            home.json("sync")
            before.restore()
            home.json("sync")
            cli.same_as_server(home, peer)
            equal([row["flags"] for row in home.json("list", "Archive") if row["subject"] == "one"], [[]])

with harness.servers(without=("UIDPLUS", "MOVE")) as SERVERS:
    @test
    def a_stored_message_whose_row_the_journal_had_not_heard_of_is_stored_once():
        with mailbox(SERVERS, "one") as (home, peer):
            with open(home.path + "/new.eml", "wb") as file:
                file.write(message("new", ident="<new@example.org>"))
            home.json("append", "Archive", "new.eml")
            change_journal(home, "UPDATE op_msg SET new_row = 0")
            home.json("sync")
            equal(len(peer.find("Archive", "<new@example.org>")), 1)
            equal(home.json("journal"), [])
            equal(subjects(home, "Archive").count("new"), 1)
harness.done()
