# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input and bad luck: each a message that names the cause, a status that is not 0, and one JSON value."""

import json
import os
import pty
import subprocess
import time

import cli
import harness
from harness import Home, Peer, equal, message, test

EVERY = [
    ["folders"], ["list", "INBOX"], ["show", "INBOX:1"], ["save", "INBOX:1", "1", "--to", "."],
    ["move", "INBOX:1", "Archive"], ["copy", "INBOX:1", "Archive"], ["flag", "INBOX:1", "+seen"],
    ["delete", "INBOX:1"], ["undo"], ["append", "INBOX", "x.eml"], ["folder", "create", "X"],
    ["journal"], ["outbox"], ["send", "x.eml"], ["sync"],
]


def wrong_usage(home):
    @test
    def wrong_words_are_status_2():
        for words in (["list"], ["list", "a", "b"], ["list", "INBOX", "--bogus"], ["list", "INBOX", "--limit", "-1"],
                      ["list", "INBOX", "--limit", "x"], ["show"], ["show", "x", "--file", "y"],
                      ["show", "INBOX:1", "--raw", "--json"], ["flag", "INBOX:1"], ["flag", "+seen"],
                      ["flag", "INBOX:1", "+seen", "INBOX:2"], ["flag", "INBOX:1", "+a b"],
                      ["flag", "INBOX:1", "+seen", "-seen"], ["folder", "explode", "X"],
                      ["folder", "rename", "X"], ["journal", "retry"], ["journal", "drop", "x"],
                      ["outbox", "eat", "1"], ["undo", "x"], ["sync", "a", "b"], ["save", "INBOX:1", "1"],
                      ["list", "INBOX", "--debug", "nonsense"], ["sync", "--wait"]):
            result = home.run(*words, status=2)
            assert result.err.startswith("posthorn: "), (words, result.err)
            if "--json" not in words:
                said = home.json(*words, status=2)
                equal((words, said["error"]["code"]), (words, "usage"))

    @test
    def an_unknown_command_names_the_nearest():
        result = home.run("fodlers", status=2)
        assert "folders" in result.err, result.err
        home.run("zzzzzzzzzz", status=2)

    @test
    def an_unknown_command_with_words_and_options_is_named():
        for words in (["fodlers", "--json"], ["fodlers", "INBOX"]):
            result = home.run(*words, status=2)
            assert 'no command "fodlers"' in result.err and "folders" in result.err, (words, result.err)

    @test
    def version_and_help_need_nothing():
        with Home() as other:
            assert "libcurl" in other.run("--version").out
            text = other.run("--help").out
            for words in EVERY:
                assert f"  {words[0]}" in text, words
                assert "--json" in other.run(words[0], "--help").out, words
            assert not os.path.exists(other.path + "/config"), "something was written"


def without_account():
    @test
    def without_an_account_setup_is_named():
        with Home() as home:
            with open(home.path + "/x.eml", "wb") as file:
                file.write(message())
            for words in EVERY:
                if words[0] in ("journal", "outbox", "undo"):
                    continue
                said = home.json(*words, status=1)
                equal((words, said["error"]["code"]), (words, "unknown"))
                assert "posthorn setup" in said["error"]["message"], said
            equal((home.json("journal"), home.json("outbox")), ([], []))


def unknown_things(running, home):
    @test
    def unknown_folders_messages_and_accounts_are_said():
        for words in (["list", "No such"], ["show", "INBOX:4000000"], ["show", "No such:1"], ["show", "example.1"],
                      ["show", "nobody.8589934593"], ["show", "id:<none@example.org>"], ["show", "x"],
                      ["move", "INBOX:1", "No such"], ["move", "INBOX:4000000", "Archive"],
                      ["folder", "delete", "No such"], ["folder", "rename", "No such", "X"],
                      ["journal", "drop", "99999"], ["outbox", "retry", "99999"], ["undo", "99999"],
                      ["save", "INBOX:1", "77", "--to", "."], ["sync", "nobody"], ["list", "INBOX", "--account", "nobody"],
                      ["show", "--file", "/no/such.eml"], ["send", "/no/such.eml"]):
            result = home.run(*words, "--json", status=1)
            equal((words, result.json["error"]["code"]), (words, "unknown"))
            assert result.err.startswith("posthorn: "), result.err

    @test
    def names_from_outside_reach_the_terminal_safely():
        for words in (["list", "\x1b[2J\u202eevil"], ["show", "x\x1b]0;t\x07"], ["folder", "delete", "\x9bm"]):
            result = home.run(*words, status=1)
            assert "\x1b" not in result.err and "\u202e" not in result.err, repr(result.err)

    @test
    def what_a_message_holds_reaches_the_terminal_safely():
        evil = "\x1b[31m\x07\u202e"
        with Peer(running) as peer:
            uid = peer.append("INBOX", (
                f"From: \"{evil}\" <evil@example.org>\r\nSubject: {evil}subject\r\nTo: {evil}@x\r\n"
                f"Message-ID: <evil@example.org>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
                f"text {evil}\r\n").encode())
        home.json("sync")
        for words in (["list", "INBOX"], ["show", f"INBOX:{uid}"], ["list", "INBOX", "--json"],
                      ["show", f"INBOX:{uid}", "--json"]):
            out = home.run(*words).out
            for bad in "\x1b\x07\u202e":
                assert bad not in out, (words, repr(out))

    @test
    def a_terminal_is_given_nothing_raw():
        with Peer(running) as peer:
            uid = peer.append("INBOX", b"Subject: raw\r\n\r\n\x1b[2J\r\n")
        home.json("sync")
        home.json("show", f"INBOX:{uid}")
        control, terminal = pty.openpty()
        process = home.popen("show", f"INBOX:{uid}", "--raw", stdin=terminal, stdout=terminal, stderr=terminal)
        os.close(terminal)
        seen = b""
        try:
            while data := os.read(control, 4096):
                seen += data
        except OSError:
            pass
        process.wait(20)
        assert b"\x1b" not in seen and b"raw" in seen, seen
        assert b"\x1b" in home.run("show", f"INBOX:{uid}", "--raw").out.encode()

    @test
    def human_lists_fit_the_width():
        for width in (40, 80, 120):
            for line in home.run("folders", "--width", str(width)).out.split("\n"):
                assert len(line) <= width, (width, line)
        for line in home.run("list", "INBOX", "--width", "100").out.split("\n"):
            assert len(line) <= 100, line


def bad_luck(running, home):
    @test
    def a_bad_configuration_is_told_with_its_line():
        with Home() as other:
            other.add_account(running)
            with open(other.config, "a", encoding="utf-8") as file:
                file.write("[posthorn]\nthreeds = yes\n")
            result = other.run("folders", "--json", status=1)
            line = sum(1 for _ in open(other.config, encoding="utf-8"))
            for word in (f"posthorn.conf:{line}", "threeds", "threads"):
                assert word in result.json["error"]["message"], result.json
            equal(result.json["error"]["code"], "input")

    @test
    def a_configuration_that_cannot_be_read():
        if os.getuid() == 0:
            raise harness.Skip("root reads everything")
        with Home() as other:
            other.add_account(running)
            os.chmod(other.config, 0)
            equal(other.json("folders", status=1)["error"]["code"], "local")

    @test
    def a_full_disk_loses_nothing():
        with Home() as other:
            other.add_account(running)
            other.json("sync")
            ident = next(row["id"] for row in other.json("list", "INBOX"))
            # A file larger than this is like a full disk for whoever writes it.
            limited = subprocess.run(["sh", "-c", 'ulimit -f 1; exec "$0" "$@"', harness.POSTHORN, "flag", ident,
                                      "+flagged", "--json"], env=other.environment, cwd=other.path,
                                     capture_output=True, check=False)
            assert limited.returncode != 0, limited
            said = json.loads(limited.stdout) if limited.returncode == 1 else None
            assert said is None or said["error"]["code"] in ("local", "damaged"), said
            other.json("flag", ident, "+flagged", "--wait")
            with Peer(running) as peer:
                cli.same_as_server(other, peer)

    @test
    def standard_output_that_is_full_is_said():
        with open("/dev/full", "wb") as full:
            process = subprocess.run([harness.POSTHORN, "list", "INBOX", "--json"], env=home.environment,
                                     stdout=full, stderr=subprocess.PIPE, check=False)
        equal(process.returncode, 1)
        assert b"posthorn: " in process.stderr

    @test
    def a_reader_that_goes_away_ends_it_quietly():
        process = home.popen("list", "INBOX", "--json", stdout=-1, stderr=-1)
        process.stdout.close()
        process.wait(20)

    @test
    def a_journal_that_is_damaged_is_set_aside_and_said():
        with Home() as other:
            other.add_account(running)
            other.json("sync")
            path = other.path + "/data/posthorn/posthorn.db"
            with open(path, "r+b") as file:
                file.write(b"\0" * 2000)
            result = other.run("sync", "--json", status=None)
            assert "posthorn.db" in result.err, result.err
            kept = [name for name in os.listdir(os.path.dirname(path)) if "damaged" in name]
            assert kept, os.listdir(os.path.dirname(path))
            other.json("sync")
            with Peer(running) as peer:
                cli.same_as_server(other, peer)

    @test
    def a_server_that_stops_answering_can_be_left():
        with Home() as other:
            other.add_account(running)
            running.freeze()
            try:
                process = other.popen("sync", stdout=-3, stderr=-3)
                time.sleep(1)
                start = time.monotonic()
                process.terminate()
                process.wait(10)
                assert time.monotonic() - start < 3
            finally:
                running.thaw()
            other.json("sync")
            with Peer(running) as peer:
                cli.same_as_server(other, peer)

    @test
    def no_core_is_left_behind():
        running.freeze()
        try:
            process = home.popen("sync", stdout=-3, stderr=-3)
            time.sleep(0.5)
            with open(f"/proc/{process.pid}/limits", encoding="utf-8") as file:
                core = next(line for line in file if line.startswith("Max core"))
            equal(core.split()[4:6], ["0", "0"])
            process.kill()
            process.wait()
        finally:
            running.thaw()

    @test
    def what_is_written_is_the_users_alone():
        for folder, folders, files in os.walk(home.path):
            if not folder.endswith("posthorn") and "/posthorn/" not in folder:
                continue
            equal(os.stat(folder).st_mode & 0o077, 0, folder)
            for name in files:
                equal(os.stat(os.path.join(folder, name)).st_mode & 0o077, 0, name)

    @test
    def the_log_holds_no_password():
        home.json("sync", "--debug", "all", "--log", "debug.log")
        with open(home.path + "/debug.log", encoding="utf-8") as file:
            text = file.read()
        assert "SELECT" in text or "LIST" in text
        import base64  # pylint: disable=import-outside-toplevel
        for secret in ("alice-secret", base64.b64encode(b"\0alice@example.org\0alice-secret").decode()):
            assert secret not in text


with harness.servers() as SERVERS, Home() as HOME:
    HOME.add_account(SERVERS)
    with open(HOME.path + "/x.eml", "wb") as FILE:
        FILE.write(message())
    with Peer(SERVERS) as PEER:
        PEER.append("INBOX", message("First"))
        PEER.append("INBOX", message("Second"))
    HOME.json("sync")
    wrong_usage(HOME)
    without_account()
    unknown_things(SERVERS, HOME)
    bad_luck(SERVERS, HOME)
harness.done()
