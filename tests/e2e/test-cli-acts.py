# SPDX-License-Identifier: GPL-3.0-or-later
"""Acts: at once here, later on the server, with a line or without, and taken back."""

import hashlib
import os

import cli
import harness
from harness import Home, Peer, equal, message, test


def put(peer, folder, count, flags=()):
    """New messages in a folder. Returns their Message-IDs and UIDs."""
    idents = [f"<{folder.replace(' ', '.')}-{os.urandom(6).hex()}@example.org>" for _ in range(count)]
    return [(ident, peer.append(folder, message(f"Message {i}", ident=ident), flags))
            for i, ident in enumerate(idents)]


class Fresh:
    """A few new messages in the inbox, here and on the server."""

    def __init__(self, running, home, count=1, folder="INBOX", flags=()):
        self.peer = Peer(running)
        self.made = put(self.peer, folder, count, flags)
        home.json("sync")
        rows = {row["uid"]: row for row in home.json("list", folder)}
        self.rows = [rows[uid] for _, uid in self.made]
        self.ids = [row["id"] for row in self.rows]
        self.idents = [ident for ident, _ in self.made]
        self.uids = [uid for _, uid in self.made]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.peer.__exit__()

    def where(self, index=0):
        """The folders in which the server has the message."""
        return [folder for folder in cli.selectable(self.peer)
                for _ in self.peer.find(folder, self.idents[index])]


def here(home, ident):
    """The rows of a message here: [(folder, flags)]."""
    found = []
    for folder in home.json("folders"):
        if not folder["selectable"]:
            continue
        for row in home.json("list", folder["name"]):
            shown = home.run("show", row["id"], "--json", status=None)
            if shown.status == 0 and shown.json["message_id"] == ident.strip("<>"):
                found.append((folder["name"], row["flags"]))
    return found


def moving(running, home):
    @test
    def a_move_is_seen_at_once_and_later_on_the_server():
        with Fresh(running, home) as fresh:
            said = home.json("move", fresh.ids[0], "Archive")
            equal(said["state"], "pending")
            assert fresh.ids[0] not in [row["id"] for row in home.json("list", "INBOX")]
            moved = [row for row in home.json("list", "Archive") if row["uid"] is None]
            equal(len(moved), 1)
            equal(fresh.where(), ["INBOX"])
            equal([(row["operation"], row["state"]) for row in home.json("journal")],
                  [(said["operation"], "pending")])
            equal(home.json("sync")["replayed"], 1)
            equal(fresh.where(), ["Archive"])
            equal(home.json("journal"), [])
            cli.same_as_server(home, fresh.peer)
            # Both the id before and the one in between still name it.
            equal(home.json("show", fresh.ids[0])["folder"], "Archive")
            equal(home.json("show", moved[0]["id"])["folder"], "Archive")

    @test
    def with_wait_the_server_has_it_when_the_command_ends():
        with Fresh(running, home, 2) as fresh:
            equal(home.json("move", *fresh.ids, "Archive", "--wait")["state"], "done")
            equal([fresh.where(0), fresh.where(1)], [["Archive"], ["Archive"]])
            cli.same_as_server(home, fresh.peer)

    @test
    def a_copy_leaves_the_source():
        with Fresh(running, home) as fresh:
            equal(home.json("copy", f"INBOX:{fresh.uids[0]}", "Archive", "--wait")["state"], "done")
            equal(fresh.where(), ["Archive", "INBOX"])
            cli.same_as_server(home, fresh.peer)

    @test
    def a_message_is_named_by_its_message_id_too():
        with Fresh(running, home) as fresh:
            home.json("flag", "id:" + fresh.idents[0], "+flagged", "--wait")
            home.json("flag", "id:" + fresh.idents[0].strip("<>"), "+seen", "--wait")
            equal(fresh.peer.messages()[fresh.uids[0]], ["\\Flagged", "\\Seen"])

    @test
    def a_moved_message_keeps_its_body():
        with Fresh(running, home) as fresh:
            home.json("show", fresh.ids[0])
            home.json("move", fresh.ids[0], "Archive", "--wait")
            running.stop_imap()
            try:
                equal(home.json("show", fresh.ids[0])["text"], "Some text.\n")
            finally:
                running.start_imap()


def flagging(running, home):
    @test
    def flags_and_keywords_are_set_and_cleared():
        with Fresh(running, home, flags=["\\Seen"]) as fresh:
            home.json("flag", fresh.ids[0], "-seen", "+flagged", "+answered", "+$Label1",
                      "+Green")
            row = next(row for row in home.json("list", "INBOX") if row["id"] == fresh.ids[0])
            equal(sorted(row["flags"]), ["$Label1", "Green", "answered", "flagged"])
            home.json("sync")
            equal(fresh.peer.messages()[fresh.uids[0]],
                  ["$Label1", "Green", "\\Answered", "\\Flagged"])
            home.json("flag", fresh.ids[0], "-$Label1", "-answered", "--wait")
            equal(fresh.peer.messages()[fresh.uids[0]], ["Green", "\\Flagged"])
            cli.same_as_server(home, fresh.peer)

    @test
    def what_others_flag_meanwhile_stays():
        with Fresh(running, home) as fresh:
            home.json("flag", fresh.ids[0], "+flagged")
            fresh.peer.store("INBOX", fresh.uids[0], "+FLAGS", "\\Seen $Other")
            home.json("sync")
            equal(fresh.peer.messages()[fresh.uids[0]], ["$Other", "\\Flagged", "\\Seen"])
            cli.same_as_server(home, fresh.peer)


def deleting(running, home):
    @test
    def deleting_moves_to_trash_and_there_deletes():
        with Fresh(running, home) as fresh:
            home.json("delete", fresh.ids[0], "--wait")
            equal(fresh.where(), ["Trash"])
            home.json("delete", fresh.ids[0], "--wait")
            equal(fresh.where(), [])
            cli.same_as_server(home, fresh.peer)
            # Neither can be taken back: the one is gone for good, the other not in Trash any more.
            equal(home.json("undo", status=1)["error"]["code"], "refused")

    @test
    def nobody_elses_deleted_mail_is_expunged():
        with Fresh(running, home, 2, folder="Trash") as fresh:
            fresh.peer.store("Trash", fresh.uids[1], "+FLAGS", "\\Deleted")
            home.json("delete", fresh.ids[0], "--wait")
            equal(list(fresh.peer.messages("Trash").items())[-1], (fresh.uids[1], ["\\Deleted"]))
            fresh.peer.expunge("Trash", fresh.uids[1])


def undoing(running, home):
    @test
    def what_did_not_go_out_yet_is_called_off():
        with Fresh(running, home) as fresh:
            home.json("move", fresh.ids[0], "Archive")
            said = home.json("undo")
            equal(said["state"], "undone")
            assert fresh.ids[0] in [row["id"] for row in home.json("list", "INBOX")]
            equal(home.json("sync")["replayed"], 0)
            equal(fresh.where(), ["INBOX"])
            cli.same_as_server(home, fresh.peer)

    @test
    def a_move_is_taken_back_after_the_server_confirmed_it():
        with Fresh(running, home, 3) as fresh:
            home.json("move", *fresh.ids, "Archive", "--wait")
            home.json("undo", "--wait")
            equal([fresh.where(i) for i in range(3)], [["INBOX"]] * 3)
            cli.same_as_server(home, fresh.peer)

    @test
    def a_move_into_a_folder_just_made_is_taken_back_after_it_synced():
        with Fresh(running, home, 2) as fresh:
            home.json("folder", "create", "Just made")
            done = home.json("move", *fresh.ids, "Just made")
            home.json("sync")
            home.json("undo", str(done["operation"]), "--wait")
            equal([fresh.where(0), fresh.where(1)], [["INBOX"], ["INBOX"]])
            home.json("folder", "delete", "Just made", "--wait")

    @test
    def the_operation_that_is_named_is_taken_back():
        with Fresh(running, home, 2) as fresh:
            first = home.json("flag", fresh.ids[0], "+flagged", "--wait")
            home.json("flag", fresh.ids[1], "+flagged", "--wait")
            home.json("undo", str(first["operation"]), "--wait")
            equal([fresh.peer.messages()[uid] for uid in fresh.uids], [[], ["\\Flagged"]])

    @test
    def only_flags_that_are_as_we_set_them_are_taken_back():
        with Fresh(running, home, 2, flags=["\\Seen"]) as fresh:
            done = home.json("flag", *fresh.ids, "-seen", "--wait")
            fresh.peer.store("INBOX", fresh.uids[0], "+FLAGS", "\\Seen")
            home.json("sync")
            said = home.json("undo", str(done["operation"]), "--wait")
            assert "1 of 2" in said["words"], said
            equal([fresh.peer.messages()[uid] for uid in fresh.uids], [["\\Seen"], ["\\Seen"]])

    @test
    def a_message_moved_on_by_others_is_left_where_it_is():
        with Fresh(running, home, 2) as fresh:
            done = home.json("move", *fresh.ids, "Archive", "--wait")
            fresh.peer.move("Archive", fresh.peer.find("Archive", fresh.idents[0])[0], "Junk")
            home.json("sync")
            said = home.json("undo", str(done["operation"]), "--wait")
            assert "1 of 2" in said["words"], said
            equal([fresh.where(0), fresh.where(1)], [["Junk"], ["INBOX"]])
            cli.same_as_server(home, fresh.peer)

    @test
    def undo_reaches_back_one_by_one():
        with Fresh(running, home) as fresh:
            home.json("flag", fresh.ids[0], "+flagged", "--wait")
            home.json("move", fresh.ids[0], "Archive", "--wait")
            home.json("undo", "--wait")
            equal(fresh.where(), ["INBOX"])
            home.json("undo", "--wait")
            uid = fresh.peer.find("INBOX", fresh.idents[0])[0]
            equal(fresh.peer.messages()[uid], [])


def appending(running, home):
    @test
    def files_are_stored_and_can_be_taken_back():
        octets = message("Appended from files", ident="<append-1@example.org>", body="ä\r\n.\r\n")
        for name, data in (("crlf", octets), ("lf", octets.replace(b"\r\n", b"\n").replace(b"append-1", b"append-2"))):
            with open(f"{home.path}/{name}.eml", "wb") as file:
                file.write(data)
        equal(home.json("append", "Archive", "crlf.eml", "lf.eml", "--wait")["state"], "done")
        with Peer(running) as peer:
            for number in (1, 2):
                uids = peer.find("Archive", f"<append-{number}@example.org>")
                equal(len(uids), 1)
                equal(peer.octets("Archive", uids[0]), octets.replace(b"append-1", b"append-%d" % number))
            cli.same_as_server(home, peer)
            home.json("undo", "--wait")
            equal(peer.find("Archive", "<append-2@example.org>"), [])
            equal(len(peer.find("Trash", "<append-2@example.org>")), 1)

    @test
    def a_bad_file_stores_nothing():
        with open(f"{home.path}/nul.eml", "wb") as file:
            file.write(b"Subject: x\r\n\r\n\0\r\n")
        with open(f"{home.path}/good.eml", "wb") as file:
            file.write(message("Good", ident="<append-3@example.org>"))
        equal(home.json("append", "Archive", "good.eml", "nul.eml", status=1)["error"]["code"], "input")
        equal(home.json("append", "Archive", "good.eml", "absent.eml", status=1)["error"]["code"], "unknown")
        equal(home.json("append", "No such folder", "good.eml", status=1)["error"]["code"], "unknown")
        equal(home.json("journal"), [])


def folders(running, home):
    @test
    def folders_are_made_renamed_subscribed_and_deleted():
        with Peer(running) as peer:
            equal(home.json("folder", "create", "Größe/Neu", "--wait")["state"], "done")
            names = {row["name"]: row for row in home.json("folders")}
            assert names["Größe/Neu"]["subscribed"], names
            assert "Gr&APYA3w-e/Neu" in peer.folders(), peer.folders()
            home.json("folder", "rename", "Größe/Neu", "Plain", "--wait")
            assert "Plain" in peer.folders() and "Gr&APYA3w-e/Neu" not in peer.folders()
            home.json("folder", "unsubscribe", "Plain", "--wait")
            subscribed = b" ".join(peer.check(peer.link.lsub()))
            assert b"Plain" not in subscribed, subscribed
            home.json("folder", "subscribe", "Plain", "--wait")
            assert b"Plain" in b" ".join(peer.check(peer.link.lsub()))
            home.json("folder", "delete", "Plain", "--wait")
            assert "Plain" not in peer.folders()
            home.json("sync")
            cli.same_as_server(home, peer)

    @test
    def a_folder_made_offline_takes_mail_at_once():
        with Fresh(running, home) as fresh:
            home.json("folder", "create", "Offline")
            home.json("move", fresh.ids[0], "Offline")
            equal(len(home.json("list", "Offline")), 1)
            equal(home.json("sync")["failed"], 0)
            equal(fresh.where(), ["Offline"])
            cli.same_as_server(home, fresh.peer)
            home.json("folder", "delete", "Offline", "--wait")

    @test
    def making_a_folder_is_taken_back():
        with Peer(running) as peer:
            home.json("folder", "create", "Passing", "--wait")
            home.json("undo", "--wait")
            assert "Passing" not in peer.folders()

    @test
    def inbox_stays():
        for words in (["delete", "INBOX"], ["rename", "INBOX", "Other"]):
            equal(home.json("folder", *words, status=1)["error"]["code"], "input")


def act_offline(home, fresh):
    home.json("move", fresh.ids[0], "Archive")
    home.json("flag", fresh.ids[1], "+flagged", "+$Later")
    home.json("delete", fresh.ids[2])
    home.json("copy", fresh.ids[3], "Archive")
    home.json("move", fresh.ids[4], "Archive")
    home.json("move", fresh.ids[4], "Junk")
    home.json("flag", fresh.ids[4], "+seen")
    home.json("flag", fresh.ids[5], "+flagged")
    home.json("flag", fresh.ids[5], "-flagged")
    pending = home.json("journal")
    equal(len(pending), 9)
    equal({row["state"] for row in pending}, {"pending"})
    said = home.json("sync", status=1)
    equal(said["error"]["code"], "retry")
    said = home.json("move", fresh.ids[1], "Archive", "--wait", status=1)
    equal((said["error"]["code"], said["error"]["state"] in ("pending", "in-flight")), ("retry", True))


def offline(running, home):
    @test
    def what_is_done_without_a_line_is_done_when_it_is_back():
        with Fresh(running, home, 6) as fresh:
            running.stop_imap()
            try:
                act_offline(home, fresh)
            finally:
                running.start_imap()
            fresh.peer = Peer(running)
            said = home.json("sync")
            equal((said["replayed"], said["failed"]), (10, 0))
            equal([fresh.where(i) for i in range(6)],
                  [["Archive"], ["Archive"], ["Trash"], ["Archive", "INBOX"], ["Junk"], ["INBOX"]])
            with Peer(running) as peer:
                cli.same_as_server(home, peer)
                junk = peer.find("Junk", fresh.idents[4])[0]
                equal(peer.messages("Junk")[junk], ["\\Seen"])
                later = peer.find("Archive", fresh.idents[1])[0]
                equal(peer.messages("Archive")[later], ["$Later", "\\Flagged"])

    @test
    def a_message_that_is_gone_on_the_server_fails_with_words():
        with Fresh(running, home, 2) as fresh:
            home.json("move", *fresh.ids, "Archive")
            fresh.peer.expunge("INBOX", fresh.uids[0])
            said = home.json("sync", status=1)
            equal((said["error"]["code"], said["error"]["failed"]), ("refused", 1))
            failed = home.json("journal")
            equal([row["state"] for row in failed], ["failed"])
            assert failed[0]["message"], failed
            equal([fresh.where(0), fresh.where(1)], [[], ["Archive"]])
            home.json("journal", "drop", str(failed[0]["operation"]))
            equal(home.json("journal"), [])
            home.json("sync")
            cli.same_as_server(home, fresh.peer)

    @test
    def a_folder_that_is_gone_fails_and_is_repeated_when_it_is_back():
        with Fresh(running, home) as fresh:
            home.json("folder", "create", "Target", "--wait")
            home.json("move", fresh.ids[0], "Target")
            fresh.peer.check(fresh.peer.link.delete("Target"))
            home.json("sync", status=1)
            equal(fresh.where(), ["INBOX"])
            failed = home.json("journal")
            equal([row["state"] for row in failed], ["failed"])
            fresh.peer.check(fresh.peer.link.create("Target"))
            home.json("sync")
            equal(home.json("journal", "retry", str(failed[0]["operation"]), "--json")["state"]
                  in ("pending", "done"), True)
            home.json("sync")
            equal(fresh.where(), ["Target"])
            equal(home.json("journal"), [])
            cli.same_as_server(home, fresh.peer)
            home.json("folder", "delete", "Target", "--wait")


def showing(running, home):
    @test
    def parts_are_shown_and_saved():
        data = os.urandom(3000)
        import email.message  # pylint: disable=import-outside-toplevel
        made = email.message.EmailMessage()
        made["From"], made["To"], made["Subject"] = "a@example.org", "alice@example.org", "Parts"
        made["Message-ID"], made["Date"] = "<parts@example.org>", "Fri, 20 Nov 2026 09:12:00 +0100"
        made.set_content("Das ist der Text: äöü.\n")
        made.add_attachment(data, maintype="application", subtype="pdf", filename="Bücher/../x.pdf")
        made.add_attachment("notes\n", filename="notes.txt")
        octets = made.as_bytes(policy=email.policy.SMTP)
        with Peer(running) as peer:
            uid = peer.append("INBOX", octets)
        home.json("sync")
        shown = home.json("show", f"INBOX:{uid}")
        equal(shown["text"].strip().split("\n")[0], "Das ist der Text: äöü.")
        root, = shown["parts"]
        equal((root["id"], root["type"]), ("", "multipart/mixed"))
        equal([part["id"] for part in root["parts"]], ["1", "2", "3"])
        pdf = root["parts"][1]
        equal((pdf["type"], pdf["disposition"], pdf["size"], pdf["sha256"]),
              ("application/pdf", "attachment", 3000, hashlib.sha256(data).hexdigest()))
        os.mkdir(home.path + "/saved")
        first = home.json("save", f"INBOX:{uid}", "2", "3", "--to", "saved")
        again = home.json("save", f"INBOX:{uid}", "2", "--to", "saved")
        assert first[0]["path"] != again[0]["path"], again
        for row in (first[0], again[0]):
            path = os.path.join(home.path, row["path"])
            equal(os.path.dirname(os.path.realpath(path)), os.path.realpath(home.path + "/saved"))
            with open(path, "rb") as file:
                equal(file.read() == data, True)
            equal(os.stat(path).st_mode & 0o777, 0o600)
        raw = home.run("show", f"INBOX:{uid}", "--raw")
        equal(raw.out.encode(), octets)
        equal(home.json("save", f"INBOX:{uid}", "9", "--to", "saved", status=1)["error"]["code"], "unknown")
        equal(home.run("save", f"INBOX:{uid}", "2", status=2).out, "")

    @test
    def a_file_is_shown_without_an_account():
        with Home() as other:
            with open(other.path + "/x.eml", "wb") as file:
                file.write(message("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", body="\x1b[2Jx\r\n"))
            shown = other.json("show", "--file", "x.eml")
            equal((shown["subject"], shown["received"]), ("Grüße", None))
            assert "\x1b" not in other.run("show", "--file", "x.eml").out

    @test
    def only_what_is_asked_for_of_a_large_message_is_fetched():
        import email.message  # pylint: disable=import-outside-toplevel
        made = email.message.EmailMessage()
        made["From"], made["Subject"], made["Message-ID"] = "a@example.org", "Large", "<large@example.org>"
        made.set_content("Small text.\n")
        made.add_attachment(os.urandom(2_000_000), maintype="application", subtype="zip", filename="l.zip")
        with Peer(running) as peer:
            uid = peer.append("INBOX", made.as_bytes(policy=email.policy.SMTP))
        home.json("sync")
        shown = home.json("show", f"INBOX:{uid}")
        equal(shown["text"].strip().split("\n")[0], "Small text.")
        equal(shown["parts"][0]["parts"][1]["sha256"], None)
        size = sum(os.stat(f"{home.path}/cache/posthorn/example/{name}").st_size
                   for name in os.listdir(f"{home.path}/cache/posthorn/example"))
        assert size < 2_000_000, size
        equal(home.json("save", f"INBOX:{uid}", "2", "--to", ".")[0]["size"], 2_000_000)


def read_only(running):
    @test
    def a_read_only_account_changes_nothing():
        with Home() as home:
            home.add_account(running, more=["--read-only"])
            with Fresh(running, home) as fresh:
                for words in (["move", fresh.ids[0], "Archive"], ["flag", fresh.ids[0], "+seen"],
                              ["delete", fresh.ids[0]], ["folder", "create", "X"]):
                    equal(home.json(*words, status=1)["error"]["code"], "refused")
                home.json("show", fresh.ids[0])
                equal(fresh.peer.messages()[fresh.uids[0]], [])


def two_at_once(running, home):
    @test
    def many_commands_at_once_lose_nothing():
        with Fresh(running, home, 12) as fresh:
            started = [home.popen("flag", ident, "+flagged", "--json", stdout=-3, stderr=-3)
                       for ident in fresh.ids]
            equal({process.wait(60) for process in started}, {0})
            equal(home.json("sync")["failed"], 0)
            equal([fresh.peer.messages()[uid] for uid in fresh.uids], [["\\Flagged"]] * 12)
            cli.same_as_server(home, fresh.peer)


with harness.servers() as SERVERS, Home() as HOME:
    HOME.add_account(SERVERS)
    moving(SERVERS, HOME)
    flagging(SERVERS, HOME)
    deleting(SERVERS, HOME)
    undoing(SERVERS, HOME)
    appending(SERVERS, HOME)
    folders(SERVERS, HOME)
    offline(SERVERS, HOME)
    showing(SERVERS, HOME)
    two_at_once(SERVERS, HOME)
    read_only(SERVERS)
harness.done()
