# SPDX-License-Identifier: GPL-3.0-or-later
"""The same script, run here and by Dovecot's Pigeonhole over the same messages: same folders, same flags.

Each group of tests is one script: a test that holds sets a flag of its number. One
user a script, one delivery of a message to all of them. Where Pigeonhole does other
than the RFC says, the RFC counts: DIFFERENT says where and why.
"""

import os
import re
import smtplib
import subprocess
import sys
import tempfile

import harness
import mailgen
import sieve_samples as samples

DRIVER = os.path.join(os.path.dirname(os.path.dirname(harness.POSTHORN)), "tests", "e2e", "sieve-driver")
SENDER = "sender+tag@envelope.example"
SECRET = "secret"


def users(count):
    return [f"user{number:03}+detail@example.org" for number in range(count)]


def mailbox_of(address):
    return address.replace("+detail", "")


def read_server(running, user):
    """{Message-ID: sorted [(folder, flags)]} of a mailbox."""
    found = {}
    with harness.Peer(running, user) as peer:
        for folder in peer.folders():
            status, count = peer.link.select(f'"{folder}"', readonly=True)
            if status != "OK" or int(count[0]) == 0:
                continue  # a folder that only holds others, or an empty one
            data = peer.check(peer.link.fetch(
                "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"))
            for row in data:
                if not isinstance(row, tuple):
                    continue
                flags = re.search(rb"FLAGS \(([^)]*)\)", row[0]).group(1).decode().split()
                ident = re.search(rb"<[^>]+>", row[1]).group().decode()
                found.setdefault(ident, []).append(
                    (folder, " ".join(sorted(flag for flag in flags if flag != "\\Recent"))))
    return {ident: sorted(places) for ident, places in found.items()}


def read_here(script, names, sender, receiver):
    """The same, as posthorn would have it; names: {path: Message-ID}."""
    ran = subprocess.run([DRIVER, "-f", sender, "-r", receiver, script, *names], capture_output=True,
                         text=True, check=False)
    if ran.returncode:
        raise AssertionError(f"{script}: {ran.stderr}")
    found = {}
    for line in ran.stdout.splitlines():
        path, *actions = line.split("\t")
        if actions and actions[0].startswith("error: "):
            actions = ["keep"]  # as the server does with a script that fails
        for action in actions:
            what, flags = re.fullmatch(r"(.*?)(?: \[(.*)\])?", action).groups()
            flags = " ".join(sorted((flags or "").split()))
            if what == "keep":
                found.setdefault(names[path], set()).add(("INBOX", flags))
            elif what.startswith("fileinto "):
                found.setdefault(names[path], set()).add((what[len("fileinto "):], flags))
    return {ident: sorted(places) for ident, places in found.items()}


def script_of(group):
    """Tests as a script that keeps, with a flag for each that holds."""
    lines = [f"require [{', '.join(repr(name) for name in group.requires)}];".replace("'", '"')]
    lines += group.before
    for number, test in enumerate(group.tests):
        lines.append(f'if {test} {{ addflag "t{number}"; }}')
    return "\n".join(lines) + "\n"


def compare(here, there, idents, tests=None, different=()):
    """Lines about what differs: a test that holds on one side only, or the places of a message."""
    lines, only = [], {}
    for ident, name in idents.items():
        mine, theirs = here.get(ident, []), there.get(ident, [])
        if mine == theirs:
            continue
        if tests is None or len(mine) != 1 or len(theirs) != 1:
            lines.append(f"{name}: here {mine}, there {theirs}")
            continue
        mine_flags, their_flags = set(mine[0][1].split()), set(theirs[0][1].split())
        for flag in sorted(mine_flags ^ their_flags):
            side = "here" if flag in mine_flags else "there"
            test = tests[int(flag[1:])] if re.fullmatch(r"t\d+", flag) else flag
            if (test, side) not in different:
                only.setdefault((test, side), []).append(name)
    lines += [f"{test} holds {side} only: {', '.join(names[:5])} ({len(names)})"
              for (test, side), names in only.items()]
    return lines


class Run:
    """All scripts over all messages, once."""

    def __init__(self, running, folder):
        self.running, self.folder = running, folder
        self.scripts = [(group.name, script_of(group), group) for group in samples.GROUPS]
        self.scripts += [(name, text, None) for name, text in samples.SCRIPTS]
        self.scripts.append(("twenty rules over 500 messages", samples.RULES, None))
        self.users = users(len(self.scripts))
        self.names = {}      # of what all got: {path: (Message-ID, title)}
        self.many = {}       # and of what the last user got besides

    def install(self):
        uid = self.running.account[2], self.running.account[3]
        for user, (_, text, _) in zip(self.users, self.scripts):
            home = f"{self.running.root}/mail/{mailbox_of(user).split('@')[0]}"
            os.makedirs(home, exist_ok=True)
            for path, content in [(home + "/active.sieve", text),
                                  *((f"{home}/sieve/{name}.sieve", text)
                                    for name, text in samples.INCLUDED.items())]:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(content)
            if os.getuid() == 0:
                for place, _, inside in os.walk(home):
                    for path in [place, *(os.path.join(place, name) for name in inside)]:
                        os.chown(path, *uid)

    def deliver(self, messages, scripts, names):
        """To the users of scripts (numbers); names gets them."""
        for number, (name, octets) in enumerate(messages, len(self.names)):
            ident = f"<conformance-{number}@example.org>"
            octets = re.sub(rb"^Message-ID:[^\n]*\n", b"", octets, flags=re.M | re.I)
            octets = b"Message-ID: " + ident.encode() + b"\r\n" + octets
            path = os.path.join(self.folder, f"{number}.eml")
            with open(path, "wb") as file:
                file.write(octets)
            names[path] = (ident, name)
            with smtplib.LMTP("127.0.0.1", self.running.ports["lmtp"]) as link:
                link.ehlo("test.example.org")
                link.mail(SENDER)
                for script in scripts:
                    code, words = link.rcpt(self.users[script])
                    if code != 250:
                        raise AssertionError(f"{self.users[script]}: {code} {words}")
                link.putcmd("DATA")
                link.getreply()
                link.send(re.sub(rb"(?m)^\.", b"..", octets) + b"\r\n.\r\n")
                answers = [link.getreply() for _ in scripts]
            for script, (code, words) in zip(scripts, answers):
                if code != 250:
                    raise AssertionError(f"{name}, {self.scripts[script][0]}: {code} {words}")

    def check_log(self, user):
        """The server writes beside the script why it did not compile."""
        home = f"{self.running.root}/mail/{mailbox_of(user).split('@')[0]}"
        for place, _, names in os.walk(home):
            for name in names:
                if name.endswith(".sieve.log"):
                    with open(os.path.join(place, name), encoding="utf-8", errors="replace") as file:
                        text = file.read()
                    if "validation failed" in text:
                        raise AssertionError(text[:1000])

    def differences(self, number):
        _, text, group = self.scripts[number]
        self.check_log(self.users[number])
        path = os.path.join(self.folder, f"script{number}.sieve")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        for included, content in samples.INCLUDED.items():
            with open(os.path.join(self.folder, included + ".sieve"), "w", encoding="utf-8") as file:
                file.write(content)
        names = {**self.names, **(self.many if number == len(self.scripts) - 1 else {})}
        idents = dict(names.values())
        here = read_here(path, {file: ident for file, (ident, _) in names.items()}, SENDER,
                         self.users[number])
        there = read_server(self.running, mailbox_of(self.users[number]))
        return compare(here, there, idents, group.tests if group else None, samples.DIFFERENT)


def servers():
    running = harness.server_module.Servers(sieve=samples.SETTINGS)
    count = len(samples.GROUPS) + len(samples.SCRIPTS) + 1
    running.passwords = {mailbox_of(user): SECRET for user in users(count)}
    try:
        running.start()
    except harness.server_module.Unavailable as error:
        harness.skip_all(f"no test servers: {error}")
    return running


def bulk(seed, count):
    return [(f"bulk {seed}.{number}", mail.octets)
            for number, mail in enumerate(mailgen.bulk(count, samples.NOW, seed))]


def main():
    running = servers()
    try:
        with tempfile.TemporaryDirectory() as folder:
            run = Run(running, folder)
            run.install()
            everybody = range(len(run.scripts))
            run.deliver(samples.MESSAGES + bulk(1, samples.BULK), everybody, run.names)
            run.deliver(bulk(2, samples.MANY), everybody[-1:], run.many)
            for number, (name, _, _) in enumerate(run.scripts):
                def same(number=number):
                    lines = run.differences(number)
                    if lines:
                        raise AssertionError("\n" + "\n".join(lines))
                same.__name__ = f"the same folders and flags: {name}"
                harness.test(same)
    finally:
        running.__exit__()
    harness.done()


sys.dont_write_bytecode = True
main()
