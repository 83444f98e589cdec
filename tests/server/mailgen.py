# SPDX-License-Identifier: GPL-3.0-or-later
"""Sample mail: the same messages for the same seed, dated backwards from `now`.

    demo(now)            about 200 varied messages in several folders
    bulk(count, now)     many plausible ones, fast, for one folder
    arrivals(now)        a few, as if they came now

All give Mail(folder, flags, date, octets): flags as IMAP spells them, date in
seconds since 1970 (INTERNALDATE), octets with CRLF.
"""

import base64
import datetime
import email.message
import email.policy
import random
import struct
import zlib
from collections import namedtuple

import samples

Mail = namedtuple("Mail", "folder flags date octets")
DAY = 86400
ZONES = [0, 60, 120, -300, -480, 330, 540]


def rfc_date(seconds, zone=0):
    """The Date field for a moment, in a zone given in minutes."""
    moment = datetime.datetime.fromtimestamp(
        seconds, datetime.timezone(datetime.timedelta(minutes=zone)))
    return moment.strftime("%a, %d %b %Y %H:%M:%S %z")


def picture(width=64, height=48):
    """A small PNG."""
    rows = b"".join(b"\0" + bytes((x * 4 % 256, y * 5 % 256, 128)[i] for x in range(width)
                                  for i in range(3)) for y in range(height))

    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data
                + struct.pack(">I", zlib.crc32(kind + data)))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Builder:
    """Makes messages with Python's email package, with ids that do not change."""

    def __init__(self, seed, now):
        self.random = random.Random(seed)
        self.now = now
        self.count = 0

    def new(self, sender, subject, date, to=samples.ALICE, text=None, charset="utf-8", **fields):
        self.count += 1
        message = email.message.EmailMessage(policy=email.policy.SMTP.clone(max_line_length=78))
        message["Date"] = rfc_date(date, self.random.choice(ZONES))
        message["From"] = email.headerregistry.Address(sender[0], addr_spec=sender[1])
        message["To"] = email.headerregistry.Address(to[0], addr_spec=to[1])
        message["Subject"] = subject
        message["Message-ID"] = f"<{self.count:06d}.{self.random.getrandbits(48):012x}@{sender[1].split('@')[1]}>"
        for name, value in fields.items():
            message[name.replace("_", "-")] = value
        if text is not None:
            message.set_content(text, charset=charset)
        return message

    def reply(self, parent, sender, text, date, to=samples.ALICE):
        subject = parent["Subject"]
        if not subject.startswith("Re: "):
            subject = "Re: " + subject
        references = f"{parent['References'] or ''} {parent['Message-ID']}".split()
        quoted = "".join(f"> {line}\n".replace("> >", ">>") for line in
                         parent.get_content().splitlines())
        body = f"{parent['From'].addresses[0].display_name or 'You'} wrote:\n{quoted}\n{text}"
        return self.new(sender, subject, date, to, body, In_Reply_To=str(parent["Message-ID"]),
                        References=" ".join(references))

    def mail(self, folder, message, date, flags=()):
        return Mail(folder, tuple(flags), int(date), message.as_bytes())


def _threads(build, mails):
    for number, (subject, turns) in enumerate(samples.THREADS):
        date = build.now - (number + 1) * 2.2 * DAY
        message = None
        for turn, (who, text) in enumerate(turns):
            sender = samples.PEOPLE[who] if who >= 0 else samples.ALICE
            to = samples.ALICE if who >= 0 else samples.PEOPLE[turns[0][0]]
            date += build.random.uniform(0.5, 9) * 3600
            date = min(date, build.now - 600)
            text = f"{text}\n-- \n{sender[0]}\n"
            message = (build.new(sender, subject, date, to, text) if message is None
                       else build.reply(message, sender, text, date, to))
            seen = number > 1 or turn < len(turns) - 2
            answered = ("\\Answered",) if turn + 1 < len(turns) and turns[turn + 1][0] < 0 else ()
            mails.append(build.mail("Sent" if who < 0 else "INBOX", message, date,
                                    ("\\Seen", *answered) if seen or who < 0 else ()))


def _languages(build, mails):
    for number, (subject, name, address, text, charset) in enumerate(samples.LANGUAGES):
        date = build.now - (0.4 + number * 0.9) * DAY
        message = build.new((name, address), subject, date, text=text, charset=charset)
        mails.append(build.mail("INBOX", message, date, ("\\Seen",) if number % 3 else ()))


def _html(title, paragraphs, link):
    body = "".join(f"<p>{text}</p>\n" for text in paragraphs)
    return (f"<html><head><title>{title}</title><style>p {{ margin: 1em }}</style></head><body>\n"
            f"<h1>{title}</h1>\n{body}<ul><li>First point</li><li>Second &amp; last point</li></ul>\n"
            f"<table><tr><th>Day</th><th>Hours</th></tr><tr><td>Mon</td><td>9&ndash;17</td></tr></table>\n"
            f'<p><a href="{link}">Read on</a> &middot; '
            f'<img src="{link}pixel.gif" width="1" height="1" alt=""></p>\n</body></html>\n')


def _sentences(build, count):
    words = build.random.choices(samples.WORDS, k=count * 9)
    return " ".join(" ".join(words[i * 9:i * 9 + 9]).capitalize() + "." for i in range(count))


def _newsletters(build, mails):
    for list_id, name, sender, topics in samples.NEWSLETTERS:
        for number in range(14):
            date = build.now - (number * 7 + build.random.uniform(0, 3)) * DAY
            title = f"{name}: {topics[number % len(topics)]}"
            link = f"https://{sender.split('@')[1]}/issue/{100 - number}/"
            message = build.new(
                (name, sender), title, date, List_Id=f"{name} <{list_id}>", Precedence="bulk",
                List_Unsubscribe=f"<mailto:leave@{list_id}>, <{link}unsubscribe>",
                List_Unsubscribe_Post="List-Unsubscribe=One-Click",
                text=f"{title}\n\n{_sentences(build, 12)}\n\nRead on: {link}\n")
            message.add_alternative(
                _html(title, [_sentences(build, 4) for _ in range(3)], link), subtype="html")
            mails.append(build.mail("INBOX" if number < 3 else "Archive", message, date,
                                    ("\\Seen",) if number else ()))


def _attachments(build, mails):
    rows = [
        ("Photos from the lock", [("lock.png", "image", "png", picture())]),
        ("Minutes and figures", [
            ("minutes.pdf", "application", "pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"),
            ("Zahlen für März.csv", "text", "csv", "Tag;Gäste\nMo;12\nDi;30\n".encode())]),
        ("Die Noten – Übersicht", [("Übersicht 日本語 – №1.txt", "text", "plain",
                                    "Violine: Käthe\nBratsche: Jürgen\n".encode())]),
        ("../../etc/passwd as an attachment", [("../../etc/passwd", "application", "octet-stream",
                                                b"not really\n")]),
        ("A file of 300 kB", [("noise.bin", "application", "octet-stream",
                               build.random.randbytes(300_000))]),
    ]
    for number, (subject, files) in enumerate(rows):
        date = build.now - (0.3 + number * 1.7) * DAY
        message = build.new(samples.PEOPLE[number], subject, date,
                            text="Here it is, see below.\n\n-- \n" + samples.PEOPLE[number][0] + "\n")
        for name, kind, subtype, data in files:
            message.add_attachment(data, maintype=kind, subtype=subtype, filename=name)
        mails.append(build.mail("INBOX", message, date, () if number < 2 else ("\\Seen",)))
    inner = build.new(samples.PEOPLE[6], "The first letter", build.now - 40 * DAY,
                      text="This is the letter that is forwarded.\n")
    outer = build.new(samples.PEOPLE[1], "Fwd: The first letter", build.now - 3 * DAY,
                      text="See the letter below.\n")
    outer.add_attachment(inner)
    mails.append(build.mail("INBOX", outer, build.now - 3 * DAY, ("\\Seen", "\\Flagged")))


def _priorities(build, mails):
    rows = [
        ("Server room: door alarm", "high", {"X_Priority": "1 (Highest)", "Importance": "high"}),
        ("Urgent: signature needed today", "high", {"Priority": "urgent"}),
        ("When you have time: old chairs", "low", {"X_Priority": "5", "X_MSMail_Priority": "Low"}),
        ("No hurry at all", "low", {"Importance": "low"}),
    ]
    for number, (subject, level, fields) in enumerate(rows):
        date = build.now - (0.1 + number * 2.5) * DAY
        message = build.new(samples.PEOPLE[number + 5], subject, date,
                            text=f"The priority of this message is {level}.\n", **fields)
        mails.append(build.mail("INBOX", message, date, ("\\Flagged",) if number == 1 else ()))


def _flowed(build, mails):
    date = build.now - 1.3 * DAY
    lines = [_sentences(build, 8) for _ in range(3)]
    text = "\n".join(_wrap_flowed(line) for line in lines)
    message = build.new(samples.PEOPLE[4], "A long letter that flows", date,
                        text=f"> {_wrap_flowed(_sentences(build, 4), '> ')}\n\n{text}\n-- \nFrank\n")
    message.set_param("format", "flowed")
    mails.append(build.mail("INBOX", message, date, ("\\Seen",)))


def _wrap_flowed(text, prefix=""):
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) > 66:
            lines.append(line)
            line = ""
        line += word + " "
    return ("\n" + prefix).join([*lines, line.rstrip()])


def _patches(build, mails):
    date = build.now - 1.9 * DAY
    first = None
    for number, (subject, diff) in enumerate(samples.PATCHES):
        text = f"{_sentences(build, 3)}\n\nSigned-off-by: Ivan Petrov <ivan@example.com>\n---\n"
        text += (diff or " src/reader.c | 5 +++--\n 1 file changed, 3 insertions(+), 2 deletions(-)\n")
        fields = {"List_Id": "Reader development <devel.reader.example.com>",
                  "List_Post": "<mailto:devel@reader.example.com>"}
        if first is not None:
            fields["In_Reply_To"] = fields["References"] = str(first["Message-ID"])
        message = build.new(samples.PEOPLE[7], subject, date + number * 60,
                            ("Reader", "devel@reader.example.com"), text + "-- \n2.39.2\n", **fields)
        first = first or message
        mails.append(build.mail("INBOX", message, date + number * 60, ()))


def _hostile(build, mails):
    for number, (line, what) in enumerate(samples.HOSTILE):
        date = build.now - (4 + number) * DAY
        message = build.new(("Mallory", "mallory@example.com"), "PLACE", date,
                            text=f"{what}: \x1b[31mred\x1b[0m \x1b]8;;https://evil.example.com\x07link\x1b]8;;\x07\n"
                                 "\u202etxt.exe\u202c \u200bzero width\u200b\n")
        octets = message.as_bytes().replace(b"Subject: PLACE", line.encode(), 1)
        mails.append(Mail("Junk" if number % 2 else "INBOX", (), int(date), octets))
    date = build.now - 5.5 * DAY
    message = build.new(("alice@example.org", "mallory@example.com"), "I am not who I seem", date,
                        text="The name in From looks like an address.\n")
    mails.append(build.mail("INBOX", message, date))
    broken = (b"From: nobody@example.com\r\nSubject: No blank line, no end of multipart\r\n"
              b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
              b"--x\r\nContent-Type: text/plain; charset=utf-8\r\n"
              b"Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8*\r\n")
    mails.append(Mail("INBOX", ("\\Seen",), int(build.now - 8 * DAY), broken))


def _signed(build, mails):
    date = build.now - 2.8 * DAY
    text = (b"Content-Type: multipart/signed; boundary=s; micalg=pgp-sha256;\r\n"
            b" protocol=\"application/pgp-signature\"\r\n\r\n"
            b"--s\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nThis text is signed.\r\n"
            b"--s\r\nContent-Type: application/pgp-signature; name=signature.asc\r\n\r\n"
            b"-----BEGIN PGP SIGNATURE-----\r\n\r\niQEzBAEBCAAdFiEE\r\n-----END PGP SIGNATURE-----\r\n--s--\r\n")
    locked = (b"Content-Type: multipart/encrypted; boundary=e;\r\n"
              b" protocol=\"application/pgp-encrypted\"\r\n\r\n"
              b"--e\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
              b"--e\r\nContent-Type: application/octet-stream\r\n\r\n"
              b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----\r\n--e--\r\n")
    for subject, body in (("Signed, not checked", text), ("Encrypted for you", locked)):
        head = build.new(samples.PEOPLE[5], subject, date, MIME_Version="1.0").as_bytes()
        mails.append(Mail("INBOX", ("\\Seen",), int(date), head.rstrip(b"\r\n") + b"\r\n" + body))


def _service(build, mails):
    for number in range(24):
        subject, name, address = samples.SALES[number % len(samples.SALES)]
        date = build.now - (number * 3.1 + 0.2) * DAY
        message = build.new((name, address), subject, date, Auto_Submitted="auto-generated")
        message.set_content(_html(subject, [_sentences(build, 3)],
                                  f"https://{address.split('@')[1]}/{number}/"), subtype="html")
        mails.append(build.mail("INBOX" if number < 6 else "Trash" if number % 4 == 0 else "Archive",
                                message, date, ("\\Seen",)))


def _everyday(build, mails, count):
    for number in range(count):
        date = build.now - (number * 1.1 + build.random.uniform(0.05, 1)) * DAY
        sender = build.random.choice(samples.PEOPLE)
        subject = " ".join(build.random.choices(samples.WORDS, k=build.random.randint(2, 6))).capitalize()
        message = build.new(sender, subject, date,
                            text=f"Hi Alice,\n\n{_wrap_flowed(_sentences(build, 6))}\n\n{sender[0]}\n")
        flags = ["\\Seen"] * (number > 6) + ["\\Flagged"] * (number % 17 == 3)
        mails.append(build.mail("INBOX" if number < 50 else "Archive", message, date, flags))


def demo(now, seed=1):
    """About 200 messages of all sorts, oldest first."""
    build, mails = Builder(seed, now), []
    for part in (_threads, _languages, _newsletters, _attachments, _priorities, _flowed, _patches,
                 _hostile, _signed, _service):
        part(build, mails)
    _everyday(build, mails, 70)
    return sorted(mails, key=lambda mail: mail.date)


def arrivals(now, seed=3):
    """A few messages that come to INBOX, for rules to sort."""
    build = Builder(seed, now)
    for name, sender, subject, list_id, fields in samples.ARRIVALS:
        fields = {**fields, **({"List_Id": f"{name} <{list_id}>"} if list_id else {})}
        message = build.new((name, sender), subject, now, text=_sentences(build, 6) + "\n", **fields)
        yield build.mail("INBOX", message, now)


_NAMES = ["Anna", "Björn", "Chloé", "Diego", "Elif", "Farid", "Gül", "Hana", "Ilse", "João",
          "Kofi", "Lena", "Mikael", "Noor", "Olga", "Pavel", "Quinn", "Rosa", "Søren", "Tomás"]


def _encoded(text):
    if text.isascii():
        return text
    return "=?utf-8?b?" + base64.b64encode(text.encode()).decode() + "?="


def bulk(count, now, seed=7, size=2500):
    """count messages in threads, oldest first, one a minute up to now; `size` is
    about the mean. Made from parts, not by the email package: 100k in seconds."""
    chance = random.Random(seed)
    people = [f"{_encoded(chance.choice(_NAMES) + ' ' + word.capitalize())} <{word}{n}@example.{tld}>"
              for n, word in enumerate(samples.WORDS * 8) for tld in ("com", "net", "org")[n % 3:n % 3 + 1]]
    block = [" ".join(chance.choices(samples.WORDS, k=11)) + ".\r\n" for _ in range(400)]
    attachment = base64.encodebytes(chance.randbytes(size * 3)).replace(b"\n", b"\r\n").decode()
    open_threads = []
    for number in range(count):
        date = now - (count - number) * 60
        ident = f"<{number}.{chance.getrandbits(40):x}@example.com>"
        head = [f"Return-Path: <bounce{number % 97}@example.com>",
                f"Received: from mx{number % 9}.example.net by mail.example.org; {rfc_date(date)}"]
        if open_threads and chance.random() < 0.55:
            slot = chance.randrange(len(open_threads))
            subject, references = open_threads[slot]
            references = [*references[-8:], ident]
            open_threads[slot] = (subject, references)
            head += [f"Subject: Re: {subject}", f"In-Reply-To: {references[-2]}",
                     "References: " + "\r\n ".join(references[:-1])]
        else:
            words = chance.choices(samples.WORDS, k=3 + number % 4)
            subject = _encoded(" ".join(words) + (" – größer" if number % 5 == 0 else f" {number}"))
            open_threads.append((subject, [ident]))
            if len(open_threads) > 200:
                open_threads.pop(0)
            head.append(f"Subject: {subject}")
        head += [f"From: {people[chance.randrange(len(people))]}",
                 "To: Alice Example <alice@example.org>", f"Date: {rfc_date(date)}",
                 f"Message-ID: {ident}", "MIME-Version: 1.0"]
        if number % 10 == 4:
            head += [f"List-Id: <list{number % 30}.example.com>",
                     f"List-Unsubscribe: <https://example.com/leave/{number}>"]
        start = chance.randrange(300)
        text = "".join(block[start:start + max(1, size // 90)])
        if number % 12 == 7:
            head.append('Content-Type: multipart/mixed; boundary="b"')
            text = (f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n--b\r\n"
                    f'Content-Type: application/octet-stream; name="file{number}.bin"\r\n'
                    f'Content-Disposition: attachment; filename="file{number}.bin"\r\n'
                    f"Content-Transfer-Encoding: base64\r\n\r\n{attachment}\r\n--b--\r\n")
        else:
            head.append("Content-Type: text/plain; charset=utf-8")
        octets = ("\r\n".join(head) + "\r\n\r\n" + text).encode()
        flags = ("\\Seen",) if number < count - 30 and number % 11 else ()
        yield Mail("INBOX", flags, date, octets)
