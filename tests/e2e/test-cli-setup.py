# SPDX-License-Identifier: GPL-3.0-or-later
"""posthorn setup: an account by options alone, and plain words when it cannot be."""

import configparser
import os
import socket
import stat

import harness
from harness import Home, equal, test

ADDRESS = "alice@example.org"
PASSWORD = "alice-secret"


def options(running, **changed):
    """The options that set the account up; None takes one away."""
    info = running.info()
    given = {"address": ADDRESS, "name": "Alice Example", "imap": info["imap"], "smtp": info["smtp"],
             "ca-file": info["ca_file"], "password-command": f"echo {PASSWORD}"}
    given.update({name.replace("_", "-"): value for name, value in changed.items()})
    words = []
    for name, value in given.items():
        if value is True:
            words.append(f"--{name}")
        elif value is not None:
            words += [f"--{name}", value]
    return words


def refused(running, code, words=(), server=None, **changed):
    """It fails for this reason, says so, and leaves nothing behind."""
    with Home() as home:
        said = home.json("setup", *options(running, **changed), status=1)
        error = said["error"]
        equal(error["code"], code)
        for word in words:
            assert word.lower() in error["message"].lower(), error["message"]
        if server:
            equal(error["server"], server)
        assert not os.path.exists(home.config), "a configuration was written"
        assert PASSWORD not in str(said)
        return error


def good(running):
    @test
    def tls_and_starttls_work():
        ports = running.ports
        for more in ({}, {"imap": f"127.0.0.1:{ports['imap']}", "imap_security": "starttls",
                          "smtp": f"127.0.0.1:{ports['submission']}", "smtp_security": "starttls"},
                     {"imap": f"127.0.0.1:{ports['imap']}", "imap_security": "plain"}):
            with Home() as home:
                said = home.json("setup", *options(running, **more))
                equal([(step["server"], step["step"], step["state"]) for step in said["steps"]],
                      [("imap", "connect", "ok"), ("imap", "login", "ok"), ("imap", "folders", "ok"),
                       ("smtp", "connect", "ok"), ("smtp", "login", "ok")])
                home.json("sync")
                assert home.json("folders")

    @test
    def the_configuration_says_what_was_asked_for():
        with Home() as home:
            home.json("setup", *options(running, label="Work", read_only=True))
            parser = configparser.RawConfigParser()
            parser.read(home.config)
            equal(dict(parser["account example"]), {
                "label": "Work", "name": "Alice Example", "address": ADDRESS,
                "imap": running.info()["imap"], "imap-security": "tls",
                "smtp": running.info()["smtp"], "smtp-security": "tls",
                "password-command": f"echo {PASSWORD}", "ca-file": running.info()["ca_file"],
                "read-only": "yes"})
            equal(stat.S_IMODE(os.stat(home.config).st_mode), 0o600)
            equal(stat.S_IMODE(os.stat(os.path.dirname(home.config)).st_mode), 0o700)

    @test
    def a_password_from_standard_input_goes_into_the_vault():
        with Home() as home:
            with open(home.path + "/phrase", "w", encoding="utf-8") as file:
                file.write("a long phrase\nnot this\n")
            said = home.json("setup", *options(running, password_command=None, password_stdin=True,
                                               vault_phrase_file="phrase"), input=PASSWORD + "\n")
            equal(said["password"], "vault")
            for folder, _, names in os.walk(home.path):
                for name in names:
                    with open(os.path.join(folder, name), "rb") as file:
                        assert PASSWORD.encode() not in file.read(), name
            home.json("sync")

    @test
    def without_a_place_for_the_password_both_remedies_are_named():
        with Home() as home:
            said = home.json("setup", *options(running, password_command=None, password_stdin=True),
                             input=PASSWORD + "\n", status=1)
            error = said["error"]
            assert not os.path.exists(home.config)
        assert "--vault-phrase-file" in error["message"] and "--password-command" in error["message"], error

    @test
    def a_second_account_has_to_be_named():
        with Home() as home:
            home.json("setup", *options(running))
            equal(home.json("setup", *options(running), status=1)["error"]["code"], "input")
            home.json("setup", *options(running, address="bob@example.org",
                                        password_command="echo bob-secret", account="bob"))
            said = home.json("folders", status=2)
            assert "bob" in said["error"]["message"] and "example" in said["error"]["message"], said
            said = home.json("folders", "--account", "carol", status=1)
            equal(said["error"]["code"], "unknown")
            home.json("sync")
            assert home.json("folders", "--account", "bob")

    @test
    def no_test_writes_without_a_line():
        with Home() as home:
            said = home.json("setup", *options(running, imap="127.0.0.1:1", no_test=True))
            equal((said["tested"], said["steps"], said["imap"]), (False, [], "127.0.0.1:1"))


def bad(running):
    @test
    def a_wrong_password():
        error = refused(running, "auth", ["password"], "imap", password_command="echo wrong")
        assert error["next"], error
        assert ("login", "failed") in [(step["step"], step["state"]) for step in error["steps"]], error

    @test
    def an_unknown_host():
        refused(running, "retry", ["nowhere.invalid"], "imap", imap="nowhere.invalid:993")
        refused(running, "retry", ["nowhere.invalid"], "smtp", smtp="nowhere.invalid:465")

    @test
    def a_closed_port():
        refused(running, "retry", ["refuses connections"], "imap", imap="127.0.0.1:1")

    @test
    def certificates_that_are_wrong():
        for name, host in running.info()["bad_certificates"].items():
            word = {"expired": "expired", "self-signed": "self-signed", "wrong-name": "elsewhere"}[name]
            error = refused(running, "trust", [word], "imap", imap=f"{host}:{running.ports['imaps']}")
            assert error["fingerprint"].startswith("sha256:"), error
            refused(running, "trust", [word], "smtp", smtp=f"{host}:{running.ports['smtps']}")

    @test
    def the_systems_certificates_do_not_know_the_tests_authority():
        refused(running, "trust", [], "imap", ca_file=None)

    @test
    def tls_where_the_server_speaks_plainly():
        refused(running, "refused", ["TLS"], "imap", imap=f"127.0.0.1:{running.ports['imap']}")

    @test
    def a_server_that_says_nothing():
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            with Home() as home:
                process = home.popen("setup", "--json", *options(running, imap=f"127.0.0.1:{listener.getsockname()[1]}"),
                                     stdout=-1, stderr=-1, stdin=-3)
                try:
                    out, _ = process.communicate(timeout=40)
                finally:
                    process.kill()
                equal(process.returncode, 1)
                assert b'"retry"' in out, out

    @test
    def plain_text_to_another_machine_is_refused():
        with Home() as home:
            said = home.json("setup", *options(running, imap="imap.example.com:143", imap_security="plain"),
                             status=2)
            assert "tls" in said["error"]["message"], said

    @test
    def a_command_that_fails():
        refused(running, "local", ["false"], password_command="false")
        refused(running, "local", [], password_command="/no/such/program")

    @test
    def wrong_usage_is_told_before_anything_is_done():
        for changed in ({"address": None}, {"password_command": None}, {"imap_security": "maybe"},
                        {"address": "nobody"}, {"token_command": "echo x"}, {"imap": "host:99999"}):
            with Home() as home:
                equal(home.json("setup", *options(running, **changed), status=2)["error"]["code"], "usage")
                assert not os.path.exists(home.config)
        with Home() as home:
            said = home.json("setup", *options(running, ca_file="/no/such/file"), status=None)
            assert "error" in said and "/no/such/file" in said["error"]["message"], said


with harness.servers() as SERVERS:
    good(SERVERS)
    bad(SERVERS)
with harness.servers(without=("STARTTLS",)) as SERVERS:
    @test
    def starttls_that_is_not_offered():
        refused(SERVERS, "refused", ["STARTTLS"], "imap",
                imap=f"127.0.0.1:{SERVERS.ports['imap']}", imap_security="starttls")
harness.done()
