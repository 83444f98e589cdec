# SPDX-License-Identifier: GPL-3.0-or-later
"""The screen on real servers: the wizard, mail that comes, acts by a second client, sending, a server that stops."""

import os
import socket
import time

import harness
import fill
from screen import ENTER, ESC, TAB, Screen, control, needed

needed()

SECRET = "alice-secret"


def editor(home, text):
    path = os.path.join(home.path, "editor")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\nprintf '{text}' > \"$1\"\n")
    os.chmod(path, 0o700)
    return path


def log_count(home, word):
    path = os.path.join(home.path, "state", "posthorn", "log")
    with open(path, encoding="utf-8") as file:
        return file.read().count(word)


def flags_of(servers, folder, uid):
    with harness.Peer(servers) as peer:
        return peer.messages(folder).get(uid)


with harness.servers() as servers:
    fill.fill_demo(servers)
    info = servers.info()

    @harness.test
    def the_wizard_sets_up_an_account_with_a_certificate_trusted_by_its_word():
        with harness.Home() as home, Screen(home) as screen:
            screen.wait("Set up a mail account", "Mail address")
            screen.keys("alice@example.org", TAB, control("U"), "Alice Example", TAB)
            screen.keys(control("E"), info["imap"], TAB, "tls", TAB, info["smtp"], TAB, "tls", TAB, TAB, TAB, TAB, TAB)
            screen.keys("wrong" + control("U") + SECRET, ENTER)
            screen.wait("is not trusted", "Type trust")
            screen.keys("yes", ENTER)
            screen.wait("Not trusted")
            screen.keys(ENTER)
            screen.wait("Type trust")
            screen.keys("trust", ENTER)
            screen.wait_gone(info["imap"] + " is not trusted")
            screen.wait(info["smtp"] + " is not trusted")
            screen.keys("trust", ENTER)
            screen.wait("Vault phrase")
            screen.keys("a phrase", ENTER)
            screen.wait("Server room: door alarm", "INBOX")
            with open(home.config, encoding="utf-8") as file:
                assert SECRET not in file.read(), "the password is in the configuration"
            screen.keys("q")
            harness.equal(screen.wait_end(), 0, "exit status")

    @harness.test
    def a_wrong_password_is_said_in_plain_words_and_tried_again():
        with harness.Home() as home, Screen(home) as screen:
            screen.wait("Mail address")
            screen.keys("alice@example.org", TAB, control("U"), "Alice", TAB, "wrong", control("E"))
            screen.keys(info["imap"], TAB, "tls", TAB, info["smtp"], TAB, "tls", ENTER)
            screen.wait("Type trust")
            screen.keys("trust", ENTER)
            # Another form of the user name is tried before the verdict.
            screen.wait("✗ Log in as", "Check user name and password", seconds=60)
            screen.keys(control("U"), SECRET, ENTER)
            screen.wait("Type trust", seconds=60)

    @harness.test
    def a_server_that_is_gone_is_named_once_with_what_goes_on():
        with harness.Home() as home:
            home.add_account(servers)
            with open(home.config, encoding="utf-8") as file:
                words = file.read()
            # A port that is bound and does not listen refuses.
            with socket.socket() as closed:
                closed.bind(("127.0.0.1", 0))
                port = info["imap"].rpartition(":")[2]
                assert port in words, words
                with open(home.config, "w", encoding="utf-8") as file:
                    file.write(words.replace(port, str(closed.getsockname()[1])))
                with Screen(home, "--debug", "engine", columns=200) as screen:
                    screen.wait("Posthorn works on with what is here", "offline")
                    # Later tries say nothing new.
                    harness.wait(lambda: screen.pump(0.1) is None or log_count(home, "example: ") >= 3, "more tries", 40)
                    screen.keys("E")
                    screen.wait("Errors and warnings", "1 of this run", "127.0.0.1")
                    assert "refuses another connection" not in screen.text(), screen.text()

    with harness.Home() as home:
        home.add_account(servers)
        with Screen(home, environment={"EDITOR": editor(home, "Hello from the screen.\\n")}) as screen:

            @harness.test
            def the_first_start_shows_mail_without_a_key():
                screen.wait("Server room: door alarm", "Grace Okafor")

            @harness.test
            def new_mail_is_drawn_while_nothing_is_done():
                screen.settle(0.5)
                took = []
                for number in range(3):
                    with harness.Peer(servers) as peer:
                        peer.append("INBOX", harness.message(subject=f"Pushed number {number}"))
                        begun = time.monotonic()
                        screen.wait(f"Pushed number {number}")
                        took.append(time.monotonic() - begun)
                # Dovecot itself waits 0.5 s before it tells who idles.
                assert min(took) < 0.7, f"took {took}"

            @harness.test
            def a_second_clients_changes_show():
                with harness.Peer(servers) as peer:
                    uid = max(peer.messages("INBOX"))
                    peer.store("INBOX", uid, "+FLAGS", "\\Flagged")
                    screen.wait_until(lambda s: "!" in s.lines()[s.row_of("Pushed number 2")][:4], "the flag")
                    peer.expunge("INBOX", uid)
                screen.wait_gone("Pushed number 2")

            @harness.test
            def reading_marks_as_read_on_the_server():
                with harness.Peer(servers) as peer:
                    uid = peer.append("INBOX", harness.message(subject="Read me", body="The text of it.\r\n"))
                screen.wait("Read me")
                screen.keys("=")
                screen.wait_until(lambda s: "Read me" in s.lines()[s.cursor[1]], "the cursor on it")
                screen.keys(ENTER)
                screen.wait("The text of it.")
                harness.wait(lambda: screen.pump(0.01) is None or "\\Seen" in (flags_of(servers, "INBOX", uid) or []), "\\Seen")
                screen.keys("q")
                screen.wait("Enter read")

            @harness.test
            def a_move_arrives_and_its_undo_as_well():
                with harness.Peer(servers) as peer:
                    before = len(peer.messages("Archive"))
                screen.keys("A")
                screen.wait("u undoes")

                def count(folder):
                    screen.pump(0.01)
                    with harness.Peer(servers) as peer:
                        return len(peer.messages(folder))

                harness.wait(lambda: count("Archive") == before + 1, "the message in Archive")
                screen.keys("u")
                screen.wait("Taken back")
                harness.wait(lambda: count("Archive") == before, "the message to be back")
                screen.wait("Read me")

            @harness.test
            def a_message_is_written_sent_and_comes_back_by_push():
                screen.keys("m")
                screen.wait(" To:")
                screen.keys("alice@example.org", ENTER)
                screen.wait("Subject:")
                screen.keys("Note to Zoë: 明日", ENTER)
                screen.wait("Hello from the screen.", "y send")
                screen.keys("y")
                screen.wait("Leaves in")
                screen.wait("Note to Zoë: 明日", seconds=40)
                with harness.Peer(servers) as peer:
                    harness.wait(lambda: screen.pump(0.01) is None or len(peer.messages("Sent")) > 6, "the copy in Sent")

            @harness.test
            def a_stopped_server_stops_no_key():
                screen.keys("=")
                screen.settle(0.3)
                servers.freeze()
                try:
                    screen.keys("$")
                    took = []
                    for step in range(20):
                        before = screen.cursor
                        begun = time.monotonic()
                        screen.keys("j" if step % 2 == 0 else "k")
                        screen.wait_until(lambda s: s.cursor != before, "the cursor to move")
                        took.append(time.monotonic() - begun)
                    assert sorted(took)[10] < 0.05, f"{took}"
                    screen.keys("B")
                    screen.wait("Jobs")
                    screen.keys("q", "F")
                    screen.wait("lagged")
                finally:
                    servers.thaw()
                with harness.Peer(servers) as peer:
                    harness.wait(lambda: screen.pump(0.05) is None or any(
                        "\\Flagged" in flags for uid, flags in peer.messages("INBOX").items() if uid > 120), "the flag")

            @harness.test
            def an_act_that_waits_for_the_server_is_taken_back_from_the_jobs():
                screen.keys("=")
                screen.settle(0.3)
                with harness.Peer(servers) as peer:
                    before = peer.messages("INBOX")
                servers.freeze()
                try:
                    screen.keys("F", "B")
                    screen.wait("Jobs", "waits; d takes it back")
                    screen.keys("d")
                    screen.wait("Taken back")
                    screen.keys("q")
                finally:
                    servers.thaw()
                with harness.Peer(servers) as peer:
                    harness.wait(lambda: screen.pump(0.05) is None or not home.json("journal"), "the journal")
                    harness.equal(peer.messages("INBOX"), before)

            @harness.test
            def it_leaves_at_once():
                screen.keys("q")
                harness.equal(screen.wait_end(6), 0, "exit status")

        def opens_far_away(screen):
            screen.wait("Enter read")
            screen.keys("c", "Archive", ENTER)
            screen.wait("Far away")
            screen.keys("=")
            screen.wait_until(lambda s: "Far away" in s.lines()[s.cursor[1]], "the cursor on it")
            screen.keys(ENTER)
            screen.wait("q back", "Subject  Far away")

        def listed(screen):
            screen.keys("B")
            screen.wait("Jobs", 'message "Far away"', "waits for the line")

        @harness.test
        def a_message_that_is_opened_while_the_server_is_stopped_is_a_job_and_arrives_later():
            with harness.Peer(servers) as peer:
                peer.append("Archive", harness.message(subject="Far away", body="It came at last.\r\n"))
            with harness.Home() as other:
                other.add_account(servers)
                other.run("sync")
                servers.freeze()
                try:
                    with Screen(other) as screen:
                        opens_far_away(screen)
                        listed(screen)
                        screen.keys("d")
                        screen.wait_gone("waits for the line", seconds=2)
                        screen.keys("q")
                        screen.wait("could not be fetched", "Canceled.")
                        screen.keys("$")
                        screen.wait_gone("Canceled.")
                        screen.keys(ESC)
                        screen.wait("Stopped.", seconds=2)
                        screen.keys("B")
                        screen.wait("0 waiting")
                        screen.keys("q", "$")
                        screen.wait_gone("Stopped.")
                        listed(screen)
                        screen.keys("q")
                        servers.thaw()
                        screen.wait("It came at last.", seconds=60)
                        screen.keys("B")
                        screen.wait("0 waiting")
                        screen.keys("q", "q", "q")
                        harness.equal(screen.wait_end(), 0, "exit status")
                finally:
                    servers.thaw()

        @harness.test
        def a_letter_leaves_within_seconds_once_the_smtp_server_goes_on():
            ident = "<thawed-1@example.org>"
            servers.freeze(smtp=True)
            try:
                home.run("send", "--queue", input=harness.message("Thawed", sender="alice@example.org", to="bob@example.org", ident=ident))
                with Screen(home) as screen:
                    screen.keys("B")
                    screen.wait("Jobs", 'sending "Thawed"')
                    # Until a first attempt was given up.
                    harness.wait(lambda: screen.pump(0.1) is None or any("✗" in line and "Thawed" in line
                                 for line in screen.lines()), "the first attempt to end", 40)
                    servers.thaw(smtp=True)
                    begun = time.monotonic()
                    harness.wait(lambda: screen.pump(0.1) is None or not home.json("outbox"), "the letter to go", 30)
                    assert time.monotonic() - begun < 10, "it took long"
                    screen.keys("q", "q")
                    harness.equal(screen.wait_end(), 0, "exit status")
            finally:
                servers.thaw(smtp=True)

        @harness.test
        def it_starts_offline_with_all_of_it():
            with Screen(home, "--offline") as again:
                again.wait("Read me", "offline")
                again.keys(ENTER)
                again.wait("From")
                again.keys("Q")
                harness.equal(again.wait_end(), 0, "exit status")

        @harness.test
        def an_act_without_a_line_stands_among_the_jobs():
            with open(home.config, encoding="utf-8") as file:
                words = file.read()
            with socket.socket() as closed:
                closed.bind(("127.0.0.1", 0))
                port = info["imap"].rpartition(":")[2]
                with open(home.config, "w", encoding="utf-8") as file:
                    file.write(words.replace(port, str(closed.getsockname()[1])))
                try:
                    with Screen(home) as screen:
                        screen.wait("Read me", "offline")
                        screen.keys("F", "B")
                        screen.wait("Jobs", "the flag off 1 message", "d takes it back", "again in")
                        screen.keys("q", "q")
                        harness.equal(screen.wait_end(), 0, "exit status")
                finally:
                    with open(home.config, "w", encoding="utf-8") as file:
                        file.write(words)

        @harness.test
        def a_cache_that_is_damaged_while_it_runs_is_made_anew():
            with Screen(home) as screen:
                screen.wait("Read me")
                headers = next(os.path.join(top, name) for top, _, names in os.walk(os.path.join(home.path, "cache"))
                               for name in names if name == "headers.db")
                # What is in the WAL goes into the file when nothing else is to be done.
                harness.wait(lambda: screen.pump(0.1) is None or os.path.getsize(headers + "-wal") == 0, "the WAL to be empty")
                with open(headers, "r+b") as file:
                    for page in range(8192, os.path.getsize(headers), 4096):
                        file.seek(page + 50)
                        file.write(b"\xff" * 400)
                screen.keys("N", "j", "G")
                harness.wait(lambda: screen.pump(0.1) is None or os.path.exists(headers + ".damaged"), "it to be set aside")
                screen.wait("Read me", "INBOX")
                screen.keys("E")
                screen.wait("set aside", "nothing is")
                screen.keys("q", "q")
                harness.equal(screen.wait_end(), 0, "exit status")

harness.done()
