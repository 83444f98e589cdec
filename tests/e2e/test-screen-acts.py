# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done with a message and in the composer, over a filled cache and no server: programs, printing,
looking only, editing, the clipboard, times of sending."""

import base64
import os
import types

import harness
import offline
from screen import DOWN, ENTER, ESC, TAB, Screen, control, needed

needed()

HOME = harness.Home()


def mail(subject, body="Some text.\r\n", extra="", folder="INBOX", flags=(), age=3600, sender="Bob Miller <bob@example.org>"):
    mail.count += 1
    return types.SimpleNamespace(
        folder=folder, flags=flags, date=offline.time.time() - age,
        octets=harness.message(subject=subject, sender=sender, body=body, extra=extra,
                               ident=f"<acts-{mail.count}@example.org>"))


mail.count = 0

HTML = ("MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n",
        "<p>A page of <a href='https://pay.example.net/x'>a shop</a></p>\r\n")
offline.fill(HOME, [
    mail("Oldest of all", age=90000, flags=("\\Seen",)),
    mail("A page", extra=HTML[0], body=HTML[1], age=80000, flags=("\\Seen",)),
    mail("Plain words", body="First line.\r\nFrom here on.\r\n", age=7000),
    mail("Newest", body="Nothing special.\r\n", age=60),
])


def script(name, text):
    path = os.path.join(HOME.path, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\n" + text)
    os.chmod(path, 0o700)
    return path


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


PAPER = os.path.join(HOME.path, "paper")
PRINTER = script("printer", f"cat >> {PAPER}\n")
SPELLER = script("speller", "sed -i 's/wrnog/wrong/' \"$1\"\n")
EDITOR = script("editor", "printf 'This is wrnog.\\n' > \"$1\"\n")
BROWSED = os.path.join(HOME.path, "browsed")
BROWSER = script("browser", f"cp \"$1\" {BROWSED}.tmp && mv {BROWSED}.tmp {BROWSED}\n")
with open(HOME.config, "a", encoding="utf-8") as config:
    config.write(f"[posthorn]\nprint-command = {PRINTER}\nspell-command = {SPELLER}\nbrowser = {BROWSER}\n")


def start(*arguments, columns=80, lines=24, **environment):
    return Screen(HOME, "--offline", *arguments, columns=columns, lines=lines, environment={"EDITOR": EDITOR, **environment})


def go(screen, subject):
    """Put the cursor on a message of the index."""
    screen.wait("Newest")
    screen.keys("/", control("U"), subject, ENTER)
    # While a picture is drawn the cursor stands anywhere: it counts when nothing moves any more.
    there = lambda s: subject in s.lines()[s.cursor[1]] and not s.pump(0.15) and subject in s.lines()[s.cursor[1]]
    screen.wait_until(there, f"the cursor on {subject}")


def compose(screen, to="carol@example.org", subject="A letter"):
    screen.wait("Newest", "Enter read")
    screen.keys("m")
    screen.wait(" To:")
    screen.keys(to, ENTER)
    screen.wait(" Subject:")
    screen.keys(subject, ENTER)
    screen.wait("This is wrnog.", "kept as draft")


def throw_away(screen):
    screen.keys("q")
    screen.wait("t throw it away")
    screen.keys("t")
    screen.wait("Enter read")


@harness.test
def who_only_looks_changes_nothing_not_even_what_is_read():
    with start() as screen:
        go(screen, "Plain words")
        unread = "2 unread"
        screen.wait(unread)
        screen.keys("%")
        screen.wait("Only looked at", "read-only")
        screen.keys(ENTER)
        screen.wait("First line.")
        screen.keys("d")
        screen.wait("Read-only: nothing is changed here")
        screen.keys("q")
        screen.wait("Enter read", unread)
        screen.keys("%")
        screen.wait("Changes are made again")
        screen.keys(ENTER)
        screen.wait("First line.")
        screen.keys("q")
        screen.wait("1 unread")


@harness.test
def a_folder_is_opened_only_to_look():
    with start() as screen:
        screen.wait("Newest")
        screen.keys(ESC + "c")
        screen.wait("only to look")
        screen.keys("Archive", ENTER)
        screen.wait("▸ Archive", "read-only")


@harness.test
def printing_asks_and_gives_the_text_that_is_shown():
    with start() as screen:
        go(screen, "Plain words")
        screen.keys("p")
        screen.wait('Print "Plain words" with', "printer", "y/n")
        screen.keys(ENTER)
        screen.wait("Nothing was done")
        assert not os.path.exists(PAPER), "it was printed without a yes"
        screen.keys("p")
        screen.wait("y/n")
        screen.keys("y")
        screen.wait("printer took it")
        text = read(PAPER)
        assert "Subject: Plain words\n" in text and "\nFirst line.\n" in text, text
        assert "Message-ID" not in text, text


@harness.test
def marked_messages_are_printed_page_by_page():
    if os.path.exists(PAPER):
        os.unlink(PAPER)
    with start() as screen:
        go(screen, "Plain words")
        screen.keys("t")
        go(screen, "Oldest of all")
        screen.keys("t", ";", "p")
        screen.wait("Print 2 messages with")
        screen.keys("y")
        screen.wait("printer took it")
        harness.equal(len(read(PAPER).split("\f")), 2, "pages")


@harness.test
def a_part_is_printed():
    if os.path.exists(PAPER):
        os.unlink(PAPER)
    with start() as screen:
        go(screen, "A page")
        screen.keys("v")
        screen.wait("Parts of A page")
        screen.keys("p")
        screen.wait("y/n")
        screen.keys("y")
        screen.wait("printer took it")
        assert "pay.example.net" in read(PAPER), read(PAPER)


@harness.test
def a_program_that_takes_its_time_stops_no_search_and_is_stopped_among_the_jobs():
    with start() as screen:
        go(screen, "Plain words")
        screen.keys("|")
        screen.wait("Give it to the program:")
        screen.keys("sleep 25", ENTER)
        screen.wait("sleep works")
        screen.keys("l", "oldest", ENTER)
        took = screen.wait("▸ oldest", "Oldest of all")
        assert took < 10, f"the limit waited {took:.1f} s for the program"
        screen.keys("B")
        screen.wait("Jobs", "program sleep", "1 running")
        screen.keys("d")
        screen.wait("sleep was stopped")
        screen.wait_gone("1 running")


@harness.test
def a_program_gets_the_message_or_with_a_dash_the_text():
    with start() as screen:
        go(screen, "Plain words")
        screen.keys("|", "cat", ENTER)
        screen.wait("What cat says", "Message-ID: <acts-3@example.org>", "From here on.")
        screen.keys("q")
        screen.wait("Enter read")
        screen.keys("|", control("U"), "-cat", ENTER)
        screen.wait("What cat says", "From here on.")
        assert "acts-3" not in screen.text(), screen.text()


@harness.test
def a_failing_program_says_so_and_is_kept_among_the_errors():
    failing = script("failing", "echo no paper >&2; exit 3\n")
    with start() as screen:
        go(screen, "Plain words")
        screen.keys("|", failing, ENTER)
        screen.wait("no paper")
        screen.keys("E")
        screen.wait("no paper")


@harness.test
def address_subject_id_and_text_go_to_the_clipboard():
    with start() as screen:
        go(screen, "Plain words")
        screen.keys(ENTER)
        screen.wait("First line.")
        for letter, words in (("a", "bob@example.org"), ("s", "Plain words"), ("i", "<acts-3@example.org>")):
            screen.keys(ESC + "y")
            screen.wait("Copy what?")
            screen.keys(letter)
            screen.wait("clipboard: " + words)
            code = base64.b64encode(words.encode())
            assert b"\x1b]52;c;" + code + b"\x07" in screen.raw, f"{words} was not sent"
        screen.keys(ESC + "y", "t")
        screen.wait("clipboard: First line.")


@harness.test
def a_link_goes_to_the_clipboard():
    with start() as screen:
        go(screen, "A page")
        screen.keys(ENTER)
        screen.wait("[1] https://pay.example.net/x")
        screen.keys(control("B"))
        screen.wait("1 link")
        screen.keys(ESC + "y")
        screen.wait("clipboard: https://pay.example.net/x")
        assert b"\x1b]52;c;" + base64.b64encode(b"https://pay.example.net/x") in screen.raw


@harness.test
def an_html_part_is_shown_in_the_browser_only_after_a_yes():
    with start() as screen:
        go(screen, "A page")
        screen.keys(control("V"))
        screen.wait("may tell the sender", "y/n")
        screen.keys(ENTER)
        screen.wait("Nothing was done")
        assert not os.path.exists(BROWSED), "it was opened without a yes"
        screen.keys(control("V"))
        screen.wait("y/n")
        screen.keys("y")
        harness.wait(lambda: screen.pump(0.02) is not None and os.path.exists(BROWSED), "the browser")
        assert "pay.example.net" in read(BROWSED)
        screen.keys("=", control("V"))
        screen.wait("has no HTML part")


@harness.test
def a_message_is_edited_as_it_came_and_the_old_one_goes_to_trash():
    changer = script("changer", "grep -q \"$(printf '\\r')\" \"$1\" && echo 'has CR' >> \"$1\"\nsed -i 's/Nothing special/Something else/' \"$1\"\n")
    with start(EDITOR=changer) as screen:
        go(screen, "Newest")
        screen.keys("e")
        screen.wait("Moved 1 message to Trash")
        screen.wait_until(lambda s: any("⋯" in line[:4] and "Newest" in line for line in s.lines()), "the new one")
        go(screen, "Newest")
        screen.keys(ENTER)
        screen.wait("Something else.")
        assert "has CR" not in screen.text(), "the editor was shown CRs"
        screen.keys("q", "c")
        screen.wait("Open folder")
        screen.keys("Trash", ENTER)
        screen.wait("▸ Trash", "Newest")
        screen.keys(ENTER)
        screen.wait("Nothing special.")


@harness.test
def an_editor_that_changes_nothing_changes_nothing():
    with start(EDITOR="true") as screen:
        go(screen, "Newest")
        screen.keys("e")
        screen.wait("Nothing was changed.")


@harness.test
def spelling_is_checked_by_the_program_that_is_set():
    with start() as screen:
        compose(screen)
        screen.keys("i")
        screen.wait("This is wrong.", "kept as draft")
        throw_away(screen)


@harness.test
def priority_and_delivery_report_stand_in_the_composer_and_in_the_message():
    with start() as screen:
        compose(screen)
        screen.keys(ESC + "p")
        screen.wait("Priority:")
        screen.keys("h")
        screen.wait("high priority")
        screen.keys(ESC + "n")
        screen.wait("delivery report asked for")
        screen.keys("v")
        screen.wait("As the recipients will see it")
        screen.keys("h")
        screen.wait("X-Priority", "Importance")
        screen.keys("q")
        screen.wait("y send")
        screen.keys(ESC + "p", "l")
        screen.wait("low priority")
        throw_away(screen)


@harness.test
def keys_typed_while_it_is_built_answer_no_question():
    with start() as screen:
        compose(screen)
        screen.keys("s", control("U"), ENTER)
        screen.wait_gone("A letter")
        os.write(screen.terminal, b"yyyyyy")
        screen.wait("The subject is empty.", "Send it? y/n")
        screen.keys("n")
        screen.wait("Nothing was done")
        throw_away(screen)


@harness.test
def a_message_is_sent_at_a_time_that_is_asked_for():
    with start() as screen:
        compose(screen, subject="For tomorrow")
        screen.keys("Y")
        screen.wait("Send at")
        screen.keys("soon", ENTER)
        screen.wait("This is no time")
        screen.keys("Y")
        screen.wait("Send at")
        screen.keys(control("U"), "tomorrow 9:00", ENTER)
        screen.wait("Leaves ", "Esc o shows it", "Newest")
        screen.keys(ESC + "o")
        screen.wait("1 message on its way", "For tomorrow", "leaves ")
        screen.keys(ENTER)
        screen.wait("Taken back", "This is wrnog.")
        screen.keys("q", "t")
        screen.wait("No message waits to be sent.")


@harness.test
def fields_are_written_in_the_editor_above_the_text():
    fields = script("fields", "sed -i -e 's/^Subject:.*/Subject: Written above/' -e 's/^Cc:.*/Cc: dave@example.org,\\n  erin@example.org/' "
                    "-e 's/wrnog/right/' -e '1i X-Pseudo: attach' \"$1\"\n")
    both = script("both", f"case $(cat \"$1\") in *Subject:*) exec {fields} \"$1\";; *) exec {EDITOR} \"$1\";; esac\n")
    with start(EDITOR=both) as screen:
        compose(screen)
        screen.keys("E")
        screen.wait("This is right.", "Subject   Written above", "Cc        dave@example.org, erin@example.org")
        screen.wait("Not a field that can be written here: X-Pseudo: attach")
        throw_away(screen)


@harness.test
def a_recipient_half_typed_keeps_no_text_from_being_kept():
    with start() as screen:
        compose(screen, to="caro, Dave <d@", subject="Half typed")
        screen.kill()
    with start() as screen:
        screen.wait("Newest", "Enter read")
        screen.keys("R")
        screen.wait("Half typed")
        screen.keys(ENTER)
        screen.wait("This is wrnog.", "caro", "d@")
        throw_away(screen)


@harness.test
def messages_of_the_list_are_attached():
    with start() as screen:
        go(screen, "Oldest of all")
        screen.keys("t")
        go(screen, "A page")
        screen.keys("t")
        compose(screen)
        screen.keys("A")
        screen.wait("2 messages attached", "message-1.eml", "message-2.eml")
        screen.keys(*[DOWN] * 8, control("T"))
        screen.wait("Type:")
        screen.keys(control("U"), "nonsense", ENTER)
        screen.wait("A type is two words")
        throw_away(screen)


@harness.test
def a_folder_and_a_missing_file_are_not_attached():
    with start() as screen:
        compose(screen)
        screen.keys("a", HOME.path, ENTER)
        screen.wait("is a folder: only files can be attached")
        screen.keys("a", control("U"), HOME.path + "/nowhere", ENTER)
        screen.wait("nowhere")
        screen.keys("k", "j")
        screen.wait("y send")
        throw_away(screen)


@harness.test
def a_large_attachment_is_built_while_keys_are_answered():
    large = os.path.join(HOME.path, "large.bin")
    with open(large, "wb") as file:
        file.write(os.urandom(1024 * 1024) * 60)
    with start() as screen:
        compose(screen)
        screen.keys("a", large, ENTER)
        screen.wait("60M", "large.bin", seconds=30)
        screen.keys("v")
        # Help is answered although the message is being built.
        screen.keys("\x1bOP")
        took = screen.wait("Keys: composer", seconds=30)
        assert took < 1, f"help took {took:.2f} s"
        screen.keys("q")
        screen.wait("large.bin", seconds=60)
    os.unlink(large)


@harness.test
def a_whole_folder_is_read_from_the_list_of_folders():
    many = harness.Home()
    offline.fill(many, [mail(f"Unread {number}", age=100 + number) for number in range(30)] +
                 [mail("In the archive", folder="Archive")])
    with Screen(many, "--offline") as screen:
        screen.wait("30 unread")
        screen.keys("y")
        screen.wait("Folders")
        screen.keys(control("R"))
        screen.wait("Mark 30 messages in INBOX as read? y/n")
        screen.keys("y")
        screen.wait("u undoes")
        screen.keys("/", "Archive", ENTER)
        screen.wait_until(lambda s: "Archive" in s.lines()[s.cursor[1]], "the cursor there")
        screen.keys(control("R"))
        screen.wait_until(lambda s: not any(line[60:70].strip() for line in s.lines() if " INBOX " in line or "Archive" in line), "no counts")
        screen.keys(control("R"))
        screen.wait("Nothing is unread in Archive")


@harness.test
def the_place_in_the_pager_counts_the_folders_own_messages():
    threaded = harness.Home()
    root = mail("A walk", age=5000)
    answer = mail("Re: A walk", folder="Sent", flags=("\\Seen",), age=4000, sender="Alice Example <alice@example.org>",
                  extra=f"In-Reply-To: <acts-{mail.count}@example.org>\r\n")
    offline.fill(threaded, [root, answer, mail("Another", age=3000)])
    with Screen(threaded, "--offline") as screen:
        screen.wait("2 messages", "A walk", "└ Re: A walk")
        screen.keys(ENTER)
        screen.wait("of 2 ")


@harness.test
def a_text_is_searched_off_the_main_thread():
    with start() as screen:
        go(screen, "Plain words")
        screen.keys(ENTER)
        screen.wait("From here on.")
        screen.keys("/", control("U"), "nowhere to be seen", ENTER)
        screen.wait('"nowhere to be seen" is not in this message')
        screen.keys("/", control("U"), "here on", ENTER)
        screen.wait_gone("is not in this message")
        screen.keys("n", "E")
        screen.wait("0 of this run")


harness.done()
