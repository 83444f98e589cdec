# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that lie: a small scripted IMAP server over TLS, wrong in one thing at a time."""

import contextlib
import json
import os
import re
import shutil
import socket
import ssl
import tempfile
import threading

import harness
from harness import equal, test

import certificates  # its folder is known by harness

PASSWORD = "sekret-Pa55"
CAPABILITIES = "IMAP4rev1 UIDPLUS IDLE LITERAL+ AUTH=PLAIN SASL-IR"


def mail(number):
    return (f"From: Bob <bob@example.org>\r\nSubject: mail {number}\r\nMessage-ID: <h{number}@example.org>\r\n"
            f"Date: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\nbody {number}\r\n").encode()


def uids_of(words, box):
    """The UIDs of a set such as 1,3:5 or 7:* that the box holds."""
    found = set()
    for word in words.split(","):
        ends = [max(box, default=0) if end == "*" else int(end) for end in word.split(":")]
        found.update(uid for uid in box if min(ends) <= uid <= max(ends))
    return sorted(found)


class Server:
    """lie(server, tag, command, say) answers what it wants to, and returns whether it did."""

    def __init__(self, folder, lie):
        self.lie = lie
        self.boxes = {"INBOX": {number: mail(number) for number in range(1, 6)}, "Work": {}}
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(folder + "/good.pem", folder + "/good.key")
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                link = self.socket.accept()[0]
                threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link):
        with contextlib.suppress(OSError, EOFError), self.context.wrap_socket(link, server_side=True) as secure:
            self._session(secure)

    def _session(self, link):
        lines = link.makefile("rb")
        selected = "INBOX"

        def say(text):
            link.sendall(text if isinstance(text, bytes) else text.encode())

        say(f"* OK [CAPABILITY {CAPABILITIES}] hello\r\n")
        while line := lines.readline():
            tag, command = line.decode().rstrip("\r\n").split(" ", 1)
            named = re.search(r'"([^"]*)"', command)
            if command.startswith(("SELECT", "EXAMINE")):
                selected = named.group(1)
            if not self.lie(self, tag, command, say):
                self._answer(tag, command, selected, named and named.group(1), say)

    def _answer(self, tag, command, selected, named, say):
        box = self.boxes[selected]
        if command.startswith("CAPABILITY"):
            say(f"* CAPABILITY {CAPABILITIES}\r\n")
        elif command.startswith("LIST"):
            say("".join(f'* LIST () "/" "{name}"\r\n' for name in self.boxes))
        elif command.startswith("STATUS"):
            held = self.boxes[named]
            say(f'* STATUS "{named}" (MESSAGES {len(held)} UIDNEXT {max(held, default=0) + 1} UIDVALIDITY 77 UNSEEN 0)\r\n')
        elif command.startswith(("SELECT", "EXAMINE")):
            say(f"* FLAGS (\\Seen \\Deleted)\r\n* {len(box)} EXISTS\r\n* OK [UIDVALIDITY 77] x\r\n"
                f"* OK [UIDNEXT {max(box, default=0) + 1}] x\r\n")
        elif "FETCH" in command:
            self._fetch(command, box, say)
        elif command.startswith("UID SEARCH UID"):
            say(f"* SEARCH {' '.join(map(str, uids_of(command.split()[3], box)))}\r\n")
        elif command.startswith("UID EXPUNGE"):
            for uid in uids_of(command.split()[2], box):
                say(f"* {sorted(box).index(uid) + 1} EXPUNGE\r\n")
                del box[uid]
        say(f"{tag} OK done\r\n")

    @staticmethod
    def _fetch(command, box, say):
        by_uid = command.startswith("UID")
        words = command.split()[2 if by_uid else 1]
        order = sorted(box)
        uids = uids_of(words, box) if by_uid else [order[number - 1] for number in
                                                   uids_of(words, range(1, len(order) + 1))]
        for uid in uids:
            head = box[uid].split(b"\r\n\r\n")[0] + b"\r\n\r\n"
            section = re.search(r"BODY\.PEEK(\[[^\]]*\])", command)
            content = f" BODY{section.group(1)} {{{len(head)}}}\r\n".encode() + head if section else b""
            say(f'* {order.index(uid) + 1} FETCH (UID {uid} FLAGS () RFC822.SIZE {len(box[uid])} '
                f'INTERNALDATE "20-Nov-2026 10:00:00 +0000"'.encode() + content + b")\r\n")


@contextlib.contextmanager
def account(lie):
    """A home with an account on a server that lies."""
    folder = tempfile.mkdtemp(prefix="posthorn-hostile-")
    try:
        certificates.make(folder)
        server = Server(folder, lie)
        with harness.Home() as home:
            os.makedirs(os.path.dirname(home.config), mode=0o700)
            with open(home.config, "w", encoding="utf-8") as file:
                file.write(f"[account x]\nname = Al\naddress = al@example.org\nimap = 127.0.0.1:{server.port}\n"
                           f"smtp = 127.0.0.1:9\nca-file = {folder}/ca.pem\npassword-command = echo {PASSWORD}\n")
            os.chmod(home.config, 0o600)
            yield server, home
        server.socket.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def move_first(home):
    """Move "mail 1" to Work; what came of it."""
    home.run("sync")
    rows = json.loads(home.run("list", "INBOX", "--json").out)
    rows = rows if isinstance(rows, list) else rows["messages"]
    row = next(row for row in rows if row["subject"] == "mail 1")
    return home.run("move", str(row["id"]), "Work", "--wait", status=None)


def copying(answer, uid=None):
    """A lie about COPY: the copy, if there is one, gets this uid."""
    def lie(server, tag, command, say):
        if not command.startswith("UID COPY"):
            return False
        if uid:
            server.boxes["Work"][uid] = server.boxes["INBOX"][1]
        say(f"{tag} OK {answer} copied\r\n")
        return True
    return lie


@test
def a_copy_that_was_not_made_costs_no_message():
    with account(copying("")) as (server, home):
        equal(move_first(home).status, 1)
        equal(sorted(server.boxes["INBOX"]), [1, 2, 3, 4, 5])


@test
def nor_does_one_that_copyuid_vouches_for():
    with account(copying("[COPYUID 77 1 1]")) as (server, home):
        equal(move_first(home).status, 1)
        equal(sorted(server.boxes["INBOX"]), [1, 2, 3, 4, 5])


@test
def nor_does_a_copyuid_that_names_an_older_message():
    with account(copying("[COPYUID 77 1 3]")) as (server, home):
        server.boxes["Work"][3] = mail(9)
        equal(move_first(home).status, 1)
        equal(sorted(server.boxes["INBOX"]), [1, 2, 3, 4, 5])


@test
def a_copy_with_a_true_copyuid_takes_its_source_away():
    with account(copying("[COPYUID 77 1 101]", 101)) as (server, home):
        equal(move_first(home).status, 0)
        equal(sorted(server.boxes["INBOX"]), [2, 3, 4, 5])


@test
def a_copy_with_a_false_copyuid_is_found_by_itself():
    with account(copying("[COPYUID 77 1 4000000000]", 101)) as (server, home):
        equal(move_first(home).status, 0)
        equal(sorted(server.boxes["INBOX"]), [2, 3, 4, 5])


@test
def a_password_in_the_servers_words_is_shown_nowhere():
    def lie(_, tag, command, say):
        if command.startswith("SELECT"):
            say(f"* OK [ALERT] think of {PASSWORD}\r\n{tag} NO your password is {PASSWORD} \x1b[31m\r\n")
            return True
        return False

    with account(lie) as (_, home):
        result = home.run("sync", "--debug", "all", status=1)
        with open(home.path + "/state/posthorn/log", encoding="utf-8") as file:
            log = file.read()
        equal("your password is ***" in result.err, True)
        equal([text for text in (result.out, result.err, log) if PASSWORD in text or "\x1b" in text], [])


harness.done()
