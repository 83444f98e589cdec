# SPDX-License-Identifier: GPL-3.0-or-later
"""The IMAP session of src/imap against real Dovecots: whole, and with capabilities cut down."""

import os
import subprocess
import sys

import harness

LIVE = os.path.join(os.environ.get("top_builddir", "."), "tests", "e2e", "imap-live")
USER = "alice@example.org"
EXTENSIONS = ("QRESYNC", "CONDSTORE", "ENABLE", "LITERAL+", "SASL-IR", "ID", "NAMESPACE", "LIST-EXTENDED",
              "LIST-STATUS", "SPECIAL-USE", "UIDPLUS", "MOVE", "ESEARCH", "UNSELECT", "COMPRESS=DEFLATE")


def run(running, *paths):
    """Run tests of the program by their paths (none: all); one line of TAP for each."""
    info = running.info()
    environment = dict(
        os.environ, LIVE_HOST=info["host"], LIVE_IMAP=str(running.ports["imap"]),
        LIVE_IMAPS=str(running.ports["imaps"]), LIVE_CA=info["ca_file"], LIVE_USER=USER,
        LIVE_PASSWORD=running.passwords[USER])
    arguments = [LIVE, *(word for path in paths for word in ("-p", "/imap/live/" + path))]
    process = subprocess.Popen(arguments, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    said = []
    try:
        for line in process.stderr:
            if line.startswith("> "):
                {"freeze": running.freeze, "thaw": running.thaw}[line[2:].strip()]()
                process.stdin.write("done\n")
                process.stdin.flush()
            else:
                said.append(line)
    finally:
        running.thaw()
        process.stdin.close()
    output = process.stdout.read()
    if process.wait(60) != 0:
        raise AssertionError(output[-3000:] + "".join(said)[-4000:])
    return output.count("\nok ")


@harness.test
def the_whole_session_on_a_server_that_offers_all():
    with harness.servers() as running:
        assert run(running) > 15


@harness.test
def the_whole_session_on_cyrus():
    with harness.servers(imap="cyrus") as running:
        assert run(running) > 15


@harness.test
def the_fallbacks_on_a_server_that_offers_little():
    with harness.servers(without=EXTENSIONS) as running:
        run(running, "login-over-tls", "login-over-starttls", "wrong-password", "list", "unknown-folder",
            "append-and-fetch", "pipelined-fetches", "store", "copy-move-expunge", "search", "push", "compress",
            "pipelined-start", "resync-of-another-mailbox-is-none")


@harness.test
def expunges_become_uids_without_qresync():
    with harness.servers(without=("QRESYNC",)) as running:
        run(running, "expunge-elsewhere", "resync-of-another-mailbox-is-none", "copy-move-expunge", "store")


@harness.test
def news_come_without_idle():
    with harness.servers(without=("IDLE",)) as running:
        run(running, "wake", "cancel-within-100-ms")


for mechanism in ("plain", "login", "scram-sha-256", "scram-sha-1", "plain scram-sha-256"):
    def logs_in(mechanism=mechanism):
        with harness.servers(mechanisms=mechanism) as running:
            run(running, "login-over-tls", "login-over-starttls", "wrong-password")
    logs_in.__name__ = "the_login_by_" + mechanism.replace("-", "_").replace(" ", "_or_")
    harness.test(logs_in)

harness.done()
