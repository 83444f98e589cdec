# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that say yes and do something else: nothing is lost, and it is said.

A line in the middle answers some commands itself; all others reach the real server.
"""

import os
import shutil

import cli
import harness
from harness import Home, Peer, equal, message, test
from liar import Liar


def where(peer, ident):
    return [folder for folder in cli.selectable(peer) for uid in peer.find(folder, ident)
            if "\\Deleted" not in peer.messages(folder)[uid]]


def with_liar(running, rules, run):
    with Liar(running.ports["imap"]) as liar, Home() as home, Peer(running) as peer:
        home.add_account(running, imap=f"127.0.0.1:{liar.port}", more=["--imap-security", "plain"])
        ident = f"<liar-{os.urandom(5).hex()}@example.org>"
        peer.append("INBOX", message("Worth keeping", ident=ident))
        home.json("sync")
        liar.rules = rules
        run(liar, home, peer, ident)


def lies(running, bare):
    @test
    def a_copy_that_was_not_made_loses_nothing():
        def run(liar, home, peer, ident):
            said = home.json("copy", "id:" + ident, "Archive", "--wait", status=1)
            equal(said["error"]["state"], "failed")
            equal(where(peer, ident), ["INBOX"])
            liar.rules = []
            home.json("sync", status=None)
            equal(len(home.json("list", "Archive")), len(peer.messages("Archive")))
        with_liar(running, [(r"UID COPY", "OK Copy completed")], run)

    @test
    def a_move_that_was_not_made_leaves_the_message_where_it_is():
        def run(liar, home, peer, ident):
            said = home.json("move", "id:" + ident, "Archive", "--wait", status=1)
            equal(said["error"]["state"], "failed")
            equal(where(peer, ident), ["INBOX"])
            row, = [row for row in home.json("list", "INBOX") if row["subject"] == "Worth keeping"
                    and home.json("show", row["id"])["message_id"] == ident.strip("<>")]
            equal(row["flags"], [])
            liar.rules = []
            failed, = home.json("journal")
            home.json("journal", "retry", str(failed["operation"]), "--json")
            home.json("sync")
            equal(where(peer, ident), ["Archive"])
            home.json("move", "id:" + ident, "INBOX", "--wait")
        with_liar(running, [(r"UID (COPY|MOVE)", "OK Completed")], run)

    @test
    def a_delete_that_was_not_made_leaves_the_message_where_it_is():
        def run(_liar, home, peer, ident):
            home.json("delete", "id:" + ident, "--wait", status=1)
            equal(where(peer, ident), ["INBOX"])
        with_liar(running, [(r"UID (COPY|MOVE)", "OK Completed")], run)

    @test
    def a_message_that_was_not_stored_is_kept_and_said():
        def run(liar, home, peer, _ident):
            ident = f"<stored-{os.urandom(5).hex()}@example.org>"
            with open(home.path + "/x.eml", "wb") as file:
                file.write(message("To be stored", ident=ident))
            said = home.json("append", "Archive", "x.eml", "--wait", status=1)
            equal(said["error"]["state"], "failed")
            liar.rules = []
            failed, = home.json("journal")
            home.json("journal", "retry", str(failed["operation"]))
            home.json("sync")
            equal(where(peer, ident), ["Archive"])
        with_liar(running, [(r"APPEND", "OK Append completed")], run)

    @test
    def what_is_refused_is_said_in_the_servers_words():
        def run(_liar, home, peer, ident):
            said = home.json("move", "id:" + ident, "Archive", "--wait", status=1)
            assert "over quota" in said["error"]["message"], said
            assert "\x1b" not in said["error"]["message"]
            equal(where(peer, ident), ["INBOX"])
        with_liar(running, [(r"UID (COPY|MOVE)", "NO [OVERQUOTA] You are \x1b[1mover quota")], run)

    @test
    def flags_that_are_refused_come_back():
        def run(_liar, home, peer, ident):
            said = home.json("flag", "id:" + ident, "+flagged", "--wait", status=1)
            equal(said["error"]["state"], "failed")
            rows = [row for row in home.json("list", "INBOX") if "flagged" in row["flags"]]
            equal(rows, [])
            del peer
        with_liar(running, [(r"UID STORE", "NO [NOPERM] You may not")], run)

    if bare:
        @test
        def without_uidplus_the_source_is_only_marked():
            def run(_liar, home, peer, ident):
                home.json("move", "id:" + ident, "Archive", "--wait")
                equal(where(peer, ident), ["Archive"])
                uid, = peer.find("INBOX", ident)
                equal(peer.messages("INBOX")[uid], ["\\Deleted"])
            with_liar(running, [(r"EXPUNGE", "BAD nobody expunges all"), (r"CLOSE", "BAD nor so")], run)


def damaged(running):
    def bent(folder, bends, check, status=1):
        """Three messages in a folder that is read through bends: what the sync says, and the rows."""
        with Liar(running.ports["imap"]) as liar, Home() as home, Peer(running) as peer:
            home.add_account(running, imap=f"127.0.0.1:{liar.port}", more=["--imap-security", "plain"])
            peer.check(peer.link.create(folder))
            for i in range(3):
                peer.append(folder, message(f"Number {i}", ident=f"<{folder}-{i}@example.org>"))
            liar.bends = bends
            said = home.run("sync", status=status).err
            rows = sorted(home.json("list", folder), key=lambda row: row["subject"])
            check(said, rows, home)
            liar.bends = []
            peer.check(peer.link.delete(folder))

    @test
    def a_row_without_a_uid_costs_that_message_alone():
        def check(said, rows, home):
            assert "cannot be understood" in said and "Bad-Uid" in said, said
            equal([row["subject"] for row in rows], ["Number 0", "Number 2"])
            assert len(home.json("list", "INBOX")) > 0
        bent("Bad-Uid", [(rb"^\* 2 FETCH \(UID 2 ", rb"* 2 FETCH (UID 0 ")], check)

    @test
    def a_keyword_with_a_control_character_costs_that_keyword_alone():
        def check(said, rows, _home):
            assert "cannot be understood" in said, said
            equal([(row["subject"], "ok" in row["flags"]) for row in rows],
                  [("Number 0", True), ("Number 1", True), ("Number 2", True)])
        bent("Bad-Keyword", [(rb"FLAGS \([^)]*\)", b"FLAGS (b\x07d ok)")], check)

    @test
    def numbers_and_dates_that_are_none_cost_themselves_alone():
        def check(_said, rows, _home):
            equal([row["subject"] for row in rows], ["Number 0", "Number 1", "Number 2"])
            equal([row["size"] for row in rows], [0, 0, 0])
        bent("Bad-Number", [(rb"RFC822.SIZE \d+", rb"RFC822.SIZE -7"),
                            (rb'INTERNALDATE "[^"]*"', rb'INTERNALDATE "99-Foo-99999 99:99:99 +9999"'),
                            (rb"MODSEQ \(\d+\)", rb"MODSEQ (99999999999999999999)")], check)

    @test
    def a_folder_whose_line_is_damaged_costs_that_folder_alone():
        def check(said, rows, home):
            assert "1 folder" in said, said
            equal(len(rows), 3)
            assert "Sent" not in [row["name"] for row in home.json("folders")]
        bent("Beside", [(rb'LIST (\([^)]*\)) "/" Sent', rb'LIST \1 "//" Sent')], check)

    @test
    def a_folder_that_was_known_stays_while_its_line_is_damaged():
        with Liar(running.ports["imap"]) as liar, Home() as home:
            home.add_account(running, imap=f"127.0.0.1:{liar.port}", more=["--imap-security", "plain"])
            home.json("sync")
            before = home.json("folders")
            liar.bends = [(rb'LIST (\([^)]*\)) "/" Sent', rb'LIST \1 "/" "Sent')]
            home.run("sync", status=1)
            equal([row["name"] for row in home.json("folders")], [row["name"] for row in before])

    @test
    def counts_that_are_damaged_do_not_keep_the_mail_away():
        def check(_said, rows, _home):
            equal(len(rows), 3)
        bent("Bad-Counts", [(rb"MESSAGES \d+", rb"MESSAGES -4"), (rb"UIDNEXT \d+ ", rb"UIDNEXT 5000000000 ")],
             check, status=None)


def unnumbered(running):
    @test
    def a_folder_without_uidvalidity_can_be_read_and_nothing_in_it_changed():
        with Liar(running.ports["imap"]) as liar, Home() as home, Peer(running) as peer:
            home.add_account(running, imap=f"127.0.0.1:{liar.port}", more=["--imap-security", "plain"])
            peer.check(peer.link.create("Loose"))
            for i in range(3):
                peer.append("Loose", message(f"Number {i}", body=f"Text {i}\r\n", ident=f"<loose-{i}@example.org>"))
            liar.bends = [(rb"^\* OK \[UIDVALIDITY \d+\]", b"* OK [UIDVALIDITY 0]")]
            said = home.run("sync").err
            assert '"Loose" no lasting numbers' in said, said
            before = {row["subject"]: row["id"] for row in home.json("list", "Loose")}
            equal(sorted(before), ["Number 0", "Number 1", "Number 2"])
            # Each time that it is opened it is numbered anew: the message is found by its key.
            peer.check(peer.link.select("Loose"))
            peer.check(peer.link.uid("STORE", "1", "+FLAGS.SILENT", "(\\Deleted)"))
            peer.check(peer.link.expunge())
            shown = home.json("show", before["Number 1"])
            equal((shown["subject"], shown["text"].strip()), ("Number 1", "Text 1"))
            home.json("show", before["Number 0"], status=1)
            after = {row["subject"]: row["id"] for row in home.json("list", "Loose")}
            refused = home.json("flag", after["Number 2"], "+flagged", "--wait", status=1)
            assert "no lasting numbers" in refused["error"]["message"], refused
            equal(["\\Flagged" in flags for flags in peer.messages("Loose").values()], [False, False])
            liar.bends = []
            home.json("sync", status=None)
            equal(sorted(row["subject"] for row in home.json("list", "Loose")), ["Number 1", "Number 2"])
            peer.check(peer.link.delete("Loose"))


def renumbered(running):
    @test
    def an_id_of_before_names_no_message_of_a_folder_that_was_made_anew():
        with Home() as home, Peer(running) as peer:
            home.add_account(running)
            peer.check(peer.link.create("Again"))
            peer.append("Again", message("The one of before", ident="<again-1@example.org>"))
            home.json("sync")
            row, = home.json("list", "Again")
            peer.check(peer.link.delete("Again"))
            peer.check(peer.link.create("Again"))
            peer.append("Again", message("Another one", ident="<again-2@example.org>"))
            home.json("sync")
            new, = home.json("list", "Again")
            equal((row["uid"], new["uid"]), (1, 1))
            said = home.json("show", row["id"], status=1)
            equal(said["error"]["code"], "unknown")
            home.json("flag", row["id"], "+flagged", status=1)
            equal(home.json("show", new["id"])["subject"], "Another one")
            # Nor does a cache that was thrown away leave ids that mean something in the next.
            shutil.rmtree(home.path + "/cache")
            home.json("sync")
            home.json("show", new["id"], status=1)
            peer.check(peer.link.delete("Again"))

    @test
    def a_folder_that_was_made_anew_finds_messages_by_their_ids():
        with Home() as home, Peer(running) as peer:
            home.add_account(running)
            idents = [f"<renew-{i}@example.org>" for i in range(3)]
            peer.check(peer.link.create("Renew"))
            for ident in idents:
                peer.append("Renew", message("In a folder that is made anew", ident=ident))
            home.json("sync")
            ids = {home.json("show", row["id"])["message_id"]: row["id"] for row in home.json("list", "Renew")}
            home.json("flag", ids["renew-0@example.org"], "+flagged")
            home.json("move", ids["renew-1@example.org"], "Archive")
            peer.check(peer.link.delete("Renew"))
            peer.check(peer.link.create("Renew"))
            for ident in reversed(idents):
                peer.append("Renew", message("In a folder that is made anew", ident=ident))
            home.json("sync", status=None)
            home.json("sync", status=None)
            # The same messages, or none: never another one.
            flagged = [uid for uid, flags in peer.messages("Renew").items() if "\\Flagged" in flags]
            for uid in flagged:
                equal(uid, peer.find("Renew", idents[0])[0])
            for ident in idents:
                equal(len(peer.find("Renew", ident)) + len(peer.find("Archive", ident)), 1, ident)
            assert not peer.find("Archive", idents[0]) and not peer.find("Archive", idents[2])
            states = [row["state"] for row in home.json("journal")]
            equal((len(flagged), len(peer.find("Archive", idents[1])), states), (1, 1, []))
            cli.same_as_server(home, peer)


with harness.servers() as SERVERS:
    lies(SERVERS, False)
    damaged(SERVERS)
    unnumbered(SERVERS)
    renumbered(SERVERS)
with harness.servers(without=("MOVE", "UIDPLUS")) as SERVERS:
    lies(SERVERS, True)
harness.done()
