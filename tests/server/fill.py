# SPDX-License-Identifier: GPL-3.0-or-later
"""Put sample mail into the private Dovecot, by APPEND of many messages at once."""

import imaplib
import re
import time

import mailgen

BATCH_OCTETS = 4_000_000


def _connect(servers, user):
    link = imaplib.IMAP4("127.0.0.1", servers.ports["imap"])
    link.login(user, servers.passwords[user])
    return link


def _date(seconds):
    return time.strftime("%d-%b-%Y %H:%M:%S +0000", time.gmtime(seconds))


class Appender:
    """One APPEND with as many messages as come (MULTIAPPEND, LITERAL+)."""

    def __init__(self, link, folder):
        self.link, self.folder = link, folder
        self.parts, self.size, self.count = [], 0, 0

    def add(self, mail):
        head = f' ({" ".join(mail.flags)}) "{_date(mail.date)}" {{{len(mail.octets)}+}}\r\n'
        self.parts += [head.encode(), mail.octets]
        self.size += len(mail.octets)
        self.count += 1
        if self.size > BATCH_OCTETS:
            self.flush()

    def flush(self):
        if not self.parts:
            return
        tag = f"f{self.count}".encode()
        self.link.send(tag + b' APPEND "' + self.folder.encode() + b'"' + b"".join(self.parts) + b"\r\n")
        while True:
            line = self.link.readline()
            if line.startswith(tag):
                break
        if not line.startswith(tag + b" OK"):
            raise RuntimeError(f"APPEND failed: {line!r}")
        self.parts, self.size = [], 0


def fill_demo(servers, user="alice@example.org", now=None):
    """The ~200 varied messages, unless the user has mail already. Returns their number."""
    link = _connect(servers, user)
    _, data = link.status("INBOX", "(MESSAGES)")
    if b"MESSAGES 0)" not in data[0]:
        link.logout()
        return 0
    appenders = {}
    count = 0
    for mail in mailgen.demo(now or time.time()):
        appenders.setdefault(mail.folder, Appender(link, mail.folder)).add(mail)
        count += 1
    for appender in appenders.values():
        appender.flush()
    link.logout()
    return count


def deliver(servers, user="alice@example.org"):
    """The messages that the demo's rules sort, as if they came now. Returns their number."""
    link = _connect(servers, user)
    appender = Appender(link, "INBOX")
    for mail in mailgen.arrivals(time.time()):
        appender.add(mail)
    appender.flush()
    link.logout()
    return appender.count


def fill_bulk(servers, user, folder, count, now=None, size=2500):
    """Bring a folder to count messages and read it through once, so that
    Dovecot's index and cache are warm. Returns how many were added."""
    link = _connect(servers, user)
    if folder != "INBOX":
        link.create(folder)
    _, data = link.status(f'"{folder}"', "(MESSAGES)")
    have = int(re.search(rb"MESSAGES (\d+)", data[0]).group(1))
    appender = Appender(link, folder)
    for mail in mailgen.bulk(max(0, count - have), now or time.time(), size=size):
        appender.add(mail)
    appender.flush()
    link.select(f'"{folder}"', readonly=True)
    link.send(b"w FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS "
              b"(From Subject Date Message-ID References)])\r\n")
    while not link.readline().startswith(b"w "):
        pass
    link.logout()
    return appender.count
