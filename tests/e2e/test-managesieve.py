# SPDX-License-Identifier: GPL-3.0-or-later
"""posthorn rules upload, fetch, list, activate against Dovecot's ManageSieve."""

import base64
import os
import re
import socket

import harness
from harness import Home, Peer, equal, message, test
from proxy import Proxy

FIRST = 'require "fileinto";\n# rule:[Käse]\nif header :contains "subject" "cheese" {\n\tfileinto "Archive";\n}\n'
SECOND = FIRST.replace("cheese", "bread")
PARTS = 8  # of a conversation, at whose borders it is cut
FOREIGN = 'require "fileinto";\r\nfileinto "Junk";\r\n'


class Sieve:
    """Another client of the same scripts, of the simplest kind."""

    def __init__(self, running, user="alice@example.org"):
        self.link = socket.create_connection(("127.0.0.1", running.ports["sieve"]), 10)
        self.file = self.link.makefile("rb")
        self.answer()
        words = base64.b64encode(f"\0{user}\0{running.passwords[user]}".encode()).decode()
        self.ask(f'AUTHENTICATE "PLAIN" "{words}"')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.link.close()

    def answer(self):
        """The lines before OK, literals as they are; a NO is a failure."""
        lines = []
        while True:
            line = self.file.readline().decode()
            size = re.search(r"\{(\d+)\}\r\n$", line)
            if size:
                line = line[:size.start()] + self.file.read(int(size.group(1))).decode()
                self.file.readline()
                lines.append(line)
            elif re.match(r"(OK|NO|BYE)\b", line):
                assert line.startswith("OK"), line
                return lines
            else:
                lines.append(line.rstrip("\r\n"))

    def ask(self, command):
        self.link.sendall(command.encode() + b"\r\n")
        return self.answer()

    def put(self, name, text):
        self.ask(f"PUTSCRIPT {_string(name)} {_string(text)}")

    def get(self, name):
        return self.ask(f"GETSCRIPT {_string(name)}")[0]

    def names(self):
        return sorted(self.ask("LISTSCRIPTS"))

    def activate(self, name):
        self.ask(f"SETACTIVE {_string(name)}")

    def clear(self):
        self.activate("")
        for line in self.names():
            self.ask("DELETESCRIPT " + line)


def _string(text):
    octets = text.encode()
    return f"{{{len(octets)}+}}\r\n{text}"


def write_rules(home, text):
    folder = home.path + "/config/posthorn/example"
    os.makedirs(folder, 0o700, exist_ok=True)
    with open(folder + "/rules.sieve", "w", encoding="utf-8", newline="") as file:
        file.write(text)


def prepare(running, home, more="", port=None, user="alice@example.org", host="127.0.0.1"):
    """An account, and its rules; what another test left on the server goes."""
    home.add_account(running, user)
    with open(home.config, "a", encoding="utf-8") as file:
        file.write(f"sieve = {host}:{port or running.ports['sieve']}\n{more}\n")
    write_rules(home, FIRST)
    with Sieve(running, user) as other:
        other.clear()


def refused(home, *words):
    """The error of a command that must fail."""
    return home.run("rules", *words, "--json", status=1).json["error"]


def same_lines(have, want):
    equal(have.replace("\r\n", "\n"), want.replace("\r\n", "\n"))


with harness.servers() as running, harness.servers(
        sieve="sieve_quota_max_scripts = 1\n  sieve_max_script_size = 1k") as small:
    @test
    def the_rules_are_uploaded_and_made_active():
        with Home() as home:
            prepare(running, home)
            said = home.json("rules", "upload")
            equal((said["state"], said["name"], said["lacks"]), ("same", "posthorn", None))
            assert "Pigeonhole" in said["server"], said
            with Sieve(running) as other:
                equal(other.names(), ['"posthorn" ACTIVE'])
                same_lines(other.get("posthorn"), FIRST)
            equal(home.json("rules", "list"), [{"name": "posthorn", "active": True}])

    @test
    def the_login_is_scram_inside_tls_and_no_secret_is_in_the_log():
        with Home() as home:
            prepare(running, home)
            home.run("rules", "upload", "--log", home.path + "/log", "--debug", "sieve")
            with open(home.path + "/log", encoding="utf-8") as file:
                log = file.read()
            assert "C: STARTTLS" in log and 'C: AUTHENTICATE "SCRAM-SHA-256" "***"' in log, log
            assert running.passwords["alice@example.org"] not in log
            assert "cheese" not in log, "the script is in the log"

    @test
    def the_same_again_changes_nothing_and_a_new_one_of_ours_replaces_the_old():
        with Home() as home:
            prepare(running, home)
            home.json("rules", "upload")
            equal(home.json("rules", "upload")["state"], "same")
            write_rules(home, SECOND)
            equal(home.json("rules", "upload")["state"], "same")
            with Sieve(running) as other:
                same_lines(other.get("posthorn"), SECOND)

    @test
    def what_another_client_changed_is_asked_about_and_replaced_only_when_told():
        with Home() as home:
            prepare(running, home)
            home.json("rules", "upload")
            with Sieve(running) as other:
                other.put("posthorn", FOREIGN)
            write_rules(home, SECOND)
            error = refused(home, "upload")
            equal((error["code"], error["state"]), ("refused", "changed"))
            assert "changed by somebody else" in error["message"], error
            with Sieve(running) as other:
                equal(other.get("posthorn"), FOREIGN)
            equal(home.json("rules", "upload", "--overwrite")["state"], "same")
            with Sieve(running) as other:
                same_lines(other.get("posthorn"), SECOND)

    @test
    def another_active_script_is_not_switched_off_unasked():
        with Home() as home:
            prepare(running, home)
            with Sieve(running) as other:
                other.put("webmail", FOREIGN)
                other.activate("webmail")
            error = refused(home, "upload")
            equal((error["state"], error["other"]), ("changed", "webmail"))
            with Sieve(running) as other:
                equal(other.names(), ['"webmail" ACTIVE'])
            home.json("rules", "upload", "--overwrite")
            with Sieve(running) as other:
                equal(other.names(), ['"posthorn" ACTIVE', '"webmail"'])

    @test
    def a_cut_anywhere_leaves_a_whole_script_there_and_the_next_upload_goes():
        for direction in ("s2c", "c2s"):
            with Home() as home, Proxy(running.ports["sieve"]) as line:
                prepare(running, home, port=line.port)
                home.json("rules", "upload")
                whole = line.stats()[direction]
                for part in range(PARTS):
                    now, before = (SECOND, FIRST) if part % 2 == 0 else (FIRST, SECOND)
                    write_rules(home, now)
                    line.arm(direction, whole * part // PARTS, "cut")
                    cut = home.run("rules", "upload", "--json", status=None)
                    # Only what comes behind the last answer can be lost without harm.
                    if cut.status != 0:
                        equal(cut.json["error"]["code"], "retry", f"{direction}, part {part}")
                    with Sieve(running) as other:
                        text = other.get("posthorn").replace("\r\n", "\n")
                    assert text in (before, now), text
                    equal(home.json("rules", "upload")["state"], "same")
                assert line.stats()["faults"] == PARTS, line.stats()

    @test
    def a_server_that_stops_answering_in_the_handshake_is_given_up():
        with Home() as home, Proxy(running.ports["sieve"]) as line:
            prepare(running, home, port=line.port)
            line.arm("s2c", 900, "hang")
            error = refused(home, "list")
            equal(error["code"], "retry")
            assert "TLS handshake" in error["message"], error

    @test
    def fetch_gives_the_active_script_or_the_one_named():
        with Home() as home:
            prepare(running, home)
            with Sieve(running) as other:
                other.put('of "J\u00f6rg" \\', FOREIGN)
                other.put("active", FIRST.replace("\n", "\r\n"))
                other.activate("active")
            said = home.json("rules", "fetch")
            equal((said["name"], said["active"]), ("active", True))
            same_lines(said["text"], FIRST)
            said = home.json("rules", "fetch", 'of "J\u00f6rg" \\')
            equal((said["active"], said["text"]), (False, FOREIGN))
            equal(home.run("rules", "fetch", 'of "J\u00f6rg" \\').out, FOREIGN)
            equal(refused(home, "fetch", "missing")["code"], "unknown")

    @test
    def activate_switches_and_none_is_no_script():
        with Home() as home:
            prepare(running, home)
            with Sieve(running) as other:
                other.put("a", FOREIGN)
                other.put("b \u00e9", FOREIGN)
            equal(home.json("rules", "activate", "b \u00e9"),
                  [{"name": "a", "active": False}, {"name": "b \u00e9", "active": True}])
            assert "b \u00e9 (active)" in home.run("rules", "list").out
            assert not any(row["active"] for row in home.json("rules", "activate", "none"))
            equal(refused(home, "activate", "missing")["code"], "unknown")
            equal(refused(home, "fetch")["code"], "unknown")

    @test
    def a_name_with_a_line_end_goes_nowhere():
        with Home() as home:
            prepare(running, home)
            home.json("rules", "upload")
            error = refused(home, "activate", 'x"\r\nSETACTIVE ""')
            equal(error["code"], "input")
            with Sieve(running) as other:
                equal(other.names(), ['"posthorn" ACTIVE'])

    @test
    def what_the_server_lacks_is_named_and_nothing_is_sent():
        with Home() as home:
            prepare(running, home)
            write_rules(home, 'require ["fileinto", "vnd.dovecot.execute", "x-new"];\nkeep;\n')
            error = refused(home, "upload")
            equal((error["code"], error["lacks"]), ("refused", "vnd.dovecot.execute, x-new"))
            with Sieve(running) as other:
                equal(other.names(), [])

    @test
    def a_script_that_the_server_finds_wrong_is_refused_with_its_words():
        with Home() as home:
            prepare(running, home)
            write_rules(home, 'fileinto "x";\n')
            error = refused(home, "upload")
            equal(error["code"], "refused")
            assert "fileinto" in error["message"], error
            with Sieve(running) as other:
                equal(other.names(), [])

    @test
    def no_room_on_the_server_is_said():
        with Home() as home:
            prepare(small, home)
            write_rules(home, FIRST + "# " + "long " * 500 + "\n")
            equal(refused(home, "upload")["code"], "limit")
            write_rules(home, FIRST)
            with Sieve(small) as other:
                other.put("mine", FOREIGN)
            error = refused(home, "upload")
            equal(error["code"], "limit")
            assert "no room" in error["message"], error
            with Sieve(small) as other:
                equal(other.names(), ['"mine"'])
                other.clear()
            equal(home.json("rules", "upload")["state"], "same")

    @test
    def a_wrong_password_is_said_to_be_about_rules():
        with Home() as home:
            prepare(running, home)
            with open(home.path + "/alice.password", "w", encoding="utf-8") as file:
                file.write("wrong\n")
            error = refused(home, "list")
            equal(error["code"], "auth")
            assert "about rules only" in error["message"], error
            assert "wrong" not in error["message"], error

    @test
    def a_read_only_account_changes_nothing_there():
        with Home() as home:
            prepare(running, home, more="read-only = yes")
            equal(refused(home, "upload")["code"], "refused")
            equal(refused(home, "activate", "none")["code"], "refused")
            equal(home.json("rules", "list"), [])

    @test
    def a_certificate_that_is_not_trusted_ends_it():
        with Home() as home:
            bad = running.info()["bad_certificates"]["expired"]
            prepare(running, home, host=bad)
            equal(refused(home, "list")["code"], "trust")

    @test
    def without_a_server_that_is_said_with_what_was_tried():
        with Home() as home:
            home.add_account(running)
            write_rules(home, FIRST)
            error = refused(home, "upload")
            equal(error["code"], "unknown")
            assert "127.0.0.1" in error["message"] and "sieve" in error["message"], error

    @test
    def what_the_server_runs_is_not_run_here_as_well():
        for user, where, folder in (("bob@example.org", "server", "INBOX"),
                                    ("carol@example.org", "client", "Archive")):
            with Home() as home, Peer(running, user) as other:
                prepare(running, home, more=f"rules = {where}", user=user)
                home.run("sync")
                other.append("INBOX", message(subject="More cheese", ident=f"<{where}@example.org>"))
                home.run("sync")
                home.run("sync")
                equal([folder], [name for name in ("INBOX", "Archive")
                                 if other.find(name, f"<{where}@example.org>")], where)

    @test
    def no_rules_and_wrong_usage_are_said():
        with Home() as home:
            prepare(running, home)
            write_rules(home, "")
            equal(refused(home, "upload")["code"], "input")
            home.run("rules", status=2)
            home.run("rules", "frobnicate", status=2)
            home.run("rules", "activate", status=2)
            home.run("rules", "list", "more", status=2)

harness.done()
