# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line beside a running screen: the screen holds the account, the commands ask it."""

import os
import pty
import signal
import threading

import cli
import harness
from harness import Home, Peer, equal, message, test, wait


class Holder:
    """posthorn on a terminal that nobody looks at."""

    def __init__(self, home):
        self.home = home
        control, terminal = pty.openpty()
        self.control = control
        self.process = home.popen("--log", home.path + "/screen.log", "--debug", "imap",
                                  stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True)
        os.close(terminal)
        self.reader = threading.Thread(target=self._drain, daemon=True)
        self.reader.start()

    def _drain(self):
        try:
            while os.read(self.control, 65536):
                pass
        except OSError:
            pass

    def connections(self):
        """How often it logged in."""
        try:
            with open(self.home.path + "/screen.log", encoding="utf-8", errors="replace") as file:
                return file.read().count("AUTHENTICATE")
        except FileNotFoundError:
            return 0

    def __enter__(self):
        wait(lambda: os.path.exists(self.home.path + "/run/posthorn/example.sock") and self.connections() > 0,
             "the screen to hold the account")
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except harness.subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.control)


def beside(running, home):
    with Holder(home) as holder, Peer(running) as peer:
        @test
        def a_sync_is_done_by_the_holder():
            uid = peer.append("INBOX", message("While a screen is open"))
            log = home.path + "/guest.log"
            home.json("sync", "--log", log, "--debug", "all")
            assert uid in cli.listed(home, "INBOX")
            with open(log, encoding="utf-8") as file:
                assert "AUTHENTICATE" not in file.read(), "a guest connected"

        @test
        def acts_are_done_by_the_holder_at_once():
            row = home.json("list", "INBOX")[0]
            equal(home.json("flag", row["id"], "+flagged", "--wait")["state"], "done")
            equal(peer.messages()[row["uid"]], ["\\Flagged"])
            home.json("move", row["id"], "Archive")
            wait(lambda: row["uid"] not in peer.messages(), "the holder to move it")
            home.json("undo", "--wait")
            wait(lambda: "flagged" in str(cli.listed(home, "INBOX")), "the undone move here")

        @test
        def a_message_is_fetched_by_the_holder():
            data = os.urandom(1_500_000)
            import email.message  # pylint: disable=import-outside-toplevel
            import email.policy  # pylint: disable=import-outside-toplevel
            made = email.message.EmailMessage()
            made["From"], made["Subject"], made["Message-ID"] = "a@example.org", "Big", "<big@example.org>"
            made.set_content("Text.\n")
            made.add_attachment(data, maintype="application", subtype="zip", filename="x.zip")
            octets = made.as_bytes(policy=email.policy.SMTP)
            uid = peer.append("INBOX", octets)
            home.json("sync")
            equal(home.json("show", f"INBOX:{uid}")["text"].strip().split("\n")[0], "Text.")
            equal(home.json("save", f"INBOX:{uid}", "2", "--to", ".")[0]["size"], len(data))
            equal(home.run("show", f"INBOX:{uid}", "--raw").out.encode() == octets, True)

        @test
        def a_message_is_sent_by_the_holder_once():
            ident = "<guest-send@example.org>"
            made = message("From a guest", sender="alice@example.org", to="bob@example.org", ident=ident)
            equal(home.json("send", input=made)["state"], "sent")
            with Peer(running, "bob@example.org") as bob:
                equal(len(bob.find("INBOX", ident)), 1)
            wait(lambda: len(peer.find("Sent", ident)) == 1, "the copy in Sent")

        @test
        def what_is_queued_is_sent_by_the_holder():
            ident = "<guest-queue@example.org>"
            home.json("send", "--queue", input=message("Queued", sender="alice@example.org",
                                                       to="bob@example.org", ident=ident))
            with Peer(running, "bob@example.org") as bob:
                wait(lambda: bob.find("INBOX", ident), "the holder to send it")

        @test
        def many_guests_at_once():
            rows = home.json("list", "INBOX")[:6]
            started = [home.popen("flag", row["id"], "+answered", "--wait", stdout=-3, stderr=-3, stdin=-3)
                       for row in rows]
            equal({process.wait(60) for process in started}, {0})
            have = peer.messages()
            for row in rows:
                assert "\\Answered" in have[row["uid"]], have[row["uid"]]

        @test
        def the_holder_killed_leaves_all_to_the_next():
            row = home.json("list", "INBOX")[0]
            holder.process.kill()
            holder.process.wait()
            equal(home.json("flag", row["id"], "+$After", "--wait")["state"], "done")
            assert "$After" in peer.messages()[row["uid"]]
            home.json("sync")
            cli.same_as_server(home, peer)


with harness.servers() as SERVERS, Home() as HOME:
    HOME.add_account(SERVERS)
    with Peer(SERVERS) as PEER:
        for NUMBER in range(8):
            PEER.append("INBOX", message(f"Message {NUMBER}"))
    HOME.json("sync")
    beside(SERVERS, HOME)
harness.done()
