# SPDX-License-Identifier: GPL-3.0-or-later
"""The screen over a filled cache and no server at all: what is drawn, and that nothing can hurt it."""

import os
import re
import signal
import subprocess
import time

import harness
import offline
from screen import BACKSPACE, DOWN, ENTER, ESC, SPACE, TAB, UP, Screen, control, needed

needed()

SIZES = [(80, 24), (200, 50)]
HOME = harness.Home()
offline.fill(HOME)


def start(*arguments, columns=80, lines=24, **environment):
    return Screen(HOME, "--offline", *arguments, columns=columns, lines=lines, environment=environment)


def write_script(name, text):
    path = os.path.join(HOME.path, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o700)
    return path


EDITOR = write_script("editor", "#!/bin/sh\nprintf 'Written in the editor: Zo\\303\\253.\\n' > \"$1\"\n")


def columns_line_up(screen, left=0):
    """In every row of the list date, sender and subject begin where they begin in the first."""
    rows = [line[left:] for line in screen.lines() if re.match(r"^.{4} (\d\d:\d\d|\w{3} \d\d:\d\d|\d{1,2} \w{3})", line[left:])]
    assert len(rows) > 10, f"rows of the index:\n{screen.text()}"
    for row in rows:
        harness.equal(row[4:5], " ", f"the blank behind the marks in {row!r}")
        harness.equal(row[15:16], " ", f"the blank behind the date in {row!r}")


for columns, lines in SIZES:
    with start(columns=columns, lines=lines) as screen:
        screen.wait("INBOX", "Grace Okafor", "Server room: door alarm", "help")

        @harness.test
        def the_index_stands_in_columns():
            columns_line_up(screen, 25 if columns >= 100 else 0)

        @harness.test
        def the_folders_stand_beside_it_where_there_is_room():
            harness.equal("Archive" in screen.text(), columns >= 100, "the folders are there")

        @harness.test
        def the_cursor_stands_on_the_selected_row():
            row = screen.row_of("Server room: door alarm")
            harness.equal(screen.cursor[1], row)
            screen.keys("j")
            screen.wait_until(lambda s: s.cursor[1] == row + 1, "the cursor to follow")
            screen.keys("k")
            screen.wait_until(lambda s: s.cursor[1] == row, "the cursor to go back")

        @harness.test
        def a_message_opens_and_the_next_one_follows():
            screen.keys(ENTER)
            screen.wait("From     Grace Okafor <grace@example.com>", "The priority of this message is high.")
            screen.keys("j")
            screen.wait("message 2 of")
            screen.keys("q")
            screen.wait("Enter read")

        @harness.test
        def an_act_is_drawn_and_undone():
            screen.keys("=", "j")
            screen.wait("Receive season coffee")
            screen.keys("s", "Archive", ENTER)
            screen.wait("Moved 1 message to Archive", "u undoes")
            screen.wait_until(lambda s: s.row_of("Receive season coffee") is None, "the row to go")
            screen.keys("u")
            screen.wait("Receive season coffee")

        @harness.test
        def help_lists_the_keys_and_finds_words():
            screen.keys("?")
            # What a key does is said whole.
            screen.wait("Keys: index", "Search sender and subject: jumps, hides nothing")
            screen.keys("/", "junk", ENTER)
            screen.wait("Move to Junk")
            screen.keys("q")
            screen.wait("Enter read")

        @harness.test
        def the_palette_completes_with_meanings():
            screen.keys(":", "thrrd")
            screen.wait("thread-read", "Mark the whole thread as read", "^R")
            # Not Esc: with the next key it could be one of the two-stroke keys.
            screen.keys(control("G"))
            screen.wait_gone("Mark the whole thread as read")
            screen.wait("Enter read")

        @harness.test
        def a_limit_shows_fewer_rows_and_goes():
            screen.keys("l", "harbour", ENTER)
            screen.wait("▸ harbour", "Harbour walk on Saturday")
            screen.wait_gone("Server room")
            screen.keys("l", control("U"), ENTER)
            screen.wait("Server room")

        @harness.test
        def a_search_jumps_and_hides_nothing():
            screen.keys("=", "/", "piano", ENTER)
            screen.wait_until(lambda s: "Piano" in s.lines()[s.cursor[1]], "the cursor on a piano")

        @harness.test
        def threads_fold():
            screen.keys("=", ESC + "V")
            screen.wait("6▾ Harbour walk")
            screen.keys(ESC + "V")
            screen.wait("└ Re: Harbour walk")

        @harness.test
        def marks_are_acted_on():
            screen.keys("=", "t", "t", ";")
            screen.wait("on 2 marked:")
            screen.keys("F")
            screen.wait("Flagged 2", "u undoes")
            screen.keys("u", ESC + ";")
            screen.wait_gone("2 marked")

        @harness.test
        def the_pager_leaves_room_for_our_own_words():
            screen.keys("/", "Minutes and figures", ENTER)
            screen.wait_until(lambda s: "Minutes and figures" in s.lines()[s.cursor[1]], "the cursor there")
            screen.keys(ENTER)
            screen.wait("attachment")
            screen.keys("v")
            screen.wait("Parts of", "text/plain")
            # Not on the multipart, which has nothing to show.
            screen.wait_until(lambda s: "text/plain" in s.lines()[s.cursor[1]], "the cursor on the text")
            screen.keys("q", "q")
            screen.wait("Enter read")

        @harness.test
        def hostile_subjects_stay_in_their_cells():
            screen.keys("/", "cleared", ENTER)
            screen.wait_until(lambda s: "cleared" in s.lines()[s.cursor[1]], "the cursor there")
            assert b"\x1b]0;owned" not in screen.raw, "a title was set by a mail"
            assert b"\x1b[2Jcleared" not in screen.raw, "a mail cleared the screen"
            screen.keys(ENTER)
            screen.wait("From")
            screen.settle()
            assert b"\x1b]0;owned" not in screen.raw, "a title was set by a mail"
            screen.keys("q")
            screen.wait("Enter read")

        @harness.test
        def q_leaves_and_the_terminal_is_restored():
            screen.keys("q")
            harness.equal(screen.wait_end(), 0, "exit status")
            assert b"\x1b[?1049l" in screen.raw and b"\x1b[?2004l" in screen.raw


@harness.test
def a_reply_is_written_and_kept_as_a_draft():
    with start(EDITOR=EDITOR) as screen:
        screen.wait("Server room")
        screen.keys("r")
        screen.wait("Re: Server room: door alarm", "Written in the editor: Zoë.", "kept as draft")
        screen.keys("q")
        screen.wait("k keep it as a draft")
        screen.keys("k")
        screen.wait("Kept as a draft")
        screen.keys("R")
        screen.wait("Drafts kept here", "Re: Server room: door alarm")
        screen.keys(ENTER)
        screen.wait("Written in the editor: Zoë.")
        screen.keys("q", "t")
        screen.wait("Enter read")


@harness.test
def a_message_without_recipients_is_not_sent():
    with start(EDITOR=EDITOR) as screen:
        screen.wait("Server room")
        screen.keys("m")
        screen.wait(" To:")
        screen.keys(ESC)
        screen.wait("y send")
        screen.keys("y")
        screen.wait("Nobody is named to send to")
        screen.keys("q")


@harness.test
def a_send_is_taken_back_within_its_delay():
    with start(EDITOR=EDITOR) as screen:
        screen.wait("Server room")
        screen.keys("r")
        screen.wait("Written in the editor")
        screen.keys("y")
        screen.wait("Leaves in", "u takes it back")
        screen.keys("u")
        screen.wait("Taken back", "Written in the editor")


@harness.test
def a_draft_survives_kill_in_the_composer():
    with start(EDITOR=EDITOR) as screen:
        screen.wait("Server room")
        screen.keys("j", "r")
        screen.wait("Written in the editor", "kept as draft")
        screen.kill(signal.SIGKILL)
        screen.wait_end()
    with start() as screen:
        screen.wait("Server room")
        screen.keys("R")
        screen.wait("Drafts kept here", "Re: Receive season coffee")


@harness.test
def the_text_of_an_editor_that_died_with_us_is_found():
    stuck = write_script("stuck", "#!/bin/sh\necho 'typed but never saved by us' > \"$1\"\ntouch \"$0.ready\"\nexec sleep 60\n")
    with start(EDITOR=stuck) as screen:
        screen.wait("Server room")
        screen.keys("r")
        harness.wait(lambda: os.path.exists(stuck + ".ready"), "the editor")
        screen.kill(signal.SIGKILL)
        screen.wait_end()
    with start() as screen:
        screen.wait("kept as a draft")
        screen.keys("R")
        screen.wait("Drafts kept here", "Re: Server room")
        screen.keys(ENTER)
        screen.wait("typed but never saved by us")


@harness.test
def hanging_up_keeps_the_draft():
    with start(EDITOR=EDITOR) as screen:
        screen.wait("Server room")
        screen.keys("m", "bob@example.org", ENTER, "About the hangup", ENTER)
        screen.wait("Written in the editor")
        screen.keys("c", "carol@example.org", ENTER)
        screen.wait("carol@example.org")
        screen.kill(signal.SIGHUP)
        harness.equal(screen.wait_end(), 0, "exit status")
    with start() as screen:
        screen.wait("Server room")
        screen.keys("R")
        screen.wait("About the hangup")


@harness.test
def a_crash_gives_the_terminal_back():
    with start() as screen:
        screen.wait("Server room", "Enter read")
        screen.kill(signal.SIGBUS)
        harness.wait(lambda: screen.pump(0.02) is not None and b"\x1b[?1049l" in screen.raw, "the old screen")
        assert b"\x1b[?2004l" in screen.raw, bytes(screen.raw[-200:])
        harness.equal(screen.wait_end(), -signal.SIGBUS, "exit status")


@harness.test
def a_small_terminal_is_said_and_outlived():
    with start() as screen:
        screen.wait("Server room")
        screen.resize(20, 4)
        screen.wait("too small")
        screen.resize(80, 24)
        screen.wait("Server room", "Enter read")


@harness.test
def sizes_of_all_kinds_are_outlived():
    with start() as screen:
        screen.wait("Server room")
        screen.keys(ENTER)
        for columns, lines in [(1, 1), (30, 6), (31, 7), (99, 30), (100, 30), (160, 29), (300, 100), (119, 10), (80, 24)]:
            screen.resize(columns, lines)
            screen.settle(0.05, 1)
            assert not screen.ended(), f"ended at {columns}x{lines}"
        screen.wait("Server room", "door alarm")


@harness.test
def suspended_and_resumed():
    with Screen(HOME, "--norc", "-i", program="/bin/bash", environment={"PS1": "shell> "}) as screen:
        screen.wait("shell>")
        screen.keys(f"{harness.POSTHORN} --offline\r")
        screen.wait("Server room", "Enter read")
        screen.keys(control("Z"))
        screen.wait("Stopped")
        screen.keys("fg\r")
        screen.wait("Server room", "Enter read")
        prompts = screen.raw.count(b"shell>")
        screen.keys("q")
        screen.wait_until(lambda s: s.raw.count(b"shell>") > prompts, "the shell")


@harness.test
def control_c_never_ends_it():
    with start() as screen:
        screen.wait("Server room")
        screen.keys(control("C"), control("C"), "\\", control("G"), ESC, ESC)
        screen.settle()
        assert not screen.ended()
        screen.keys("=", "j")
        screen.wait("Server room")


@harness.test
def pasted_text_is_no_command():
    with start() as screen:
        screen.wait("Server room")
        screen.keys("\x1b[200~dddq\rq\x1b[201~")
        screen.wait("Pasted text goes into fields only")
        assert screen.row_of("Server room") is not None and not screen.ended()
        screen.keys("/", "\x1b[200~har\nbour\x1b[201~")
        screen.wait("har bour")


@harness.test
def no_colour_is_honoured_and_state_is_in_letters():
    with start(NO_COLOR="1") as screen:
        screen.wait("Server room", "Photos from the lock", "Enter read")
        assert not re.search(rb"\x1b\[([0-9]*;)*(3[0-8]|4[0-8])(;[0-9]*)*m", screen.raw), "colours were sent"
        harness.equal(screen.lines()[screen.row_of("Photos from the lock")][0], "○", "the mark of an unread message")
        harness.equal(screen.lines()[screen.row_of("Server room")][2], "^", "the mark of high priority")


@harness.test
def eight_colours_will_do():
    with start(TERM="xterm") as screen:
        screen.wait("Server room", "Enter read")
        assert b"38;5;" not in screen.raw


@harness.test
def ascii_will_do():
    with start(LC_ALL="C") as screen:
        screen.wait("Server room", "Enter read")
        outside = [line for line in screen.lines() if not line.isascii()]
        harness.equal(outside, [], "rows with more than ASCII")
        harness.equal(screen.lines()[screen.row_of("Photos from the lock")][0], "O", "the mark of an unread message")


@harness.test
def wide_signs_in_a_terminal_give_ascii():
    with start() as screen:
        screen.wait("Server room")
        screen.wait_until(lambda s: b"\x1b[6n" in s.raw, "the question where the cursor stands")
        screen.keys("\x1b[9;3R")
        screen.wait_until(lambda s: s.lines()[s.row_of("Photos from the lock")][0] == "O", "letters in place of signs")


@harness.test
def unknown_sequences_are_no_commands():
    with start() as screen:
        screen.wait("Server room")
        screen.keys("\x1b[1;9Z", "\x1b[<0;10;10M")
        screen.settle()
        screen.keys("j")
        screen.wait("Server room")


@harness.test
def without_a_terminal_it_says_so():
    result = HOME.run("--offline", status=1)
    assert "terminal" in result.err, result.err
    harness.equal(result.out, "", "standard output")


@harness.test
def an_unknown_terminal_is_said():
    with start(TERM="no-such-terminal") as screen:
        harness.equal(screen.wait_end(), 1, "exit status")
        assert "TERM" in screen.text(), screen.text()


@harness.test
def a_message_in_a_file_opens():
    path = os.path.join(HOME.path, "one.eml")
    with open(path, "wb") as file:
        file.write(b"From: Zoe <zoe@example.org>\r\nTo: alice@example.org\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
                   b"Date: Fri, 20 Nov 2026 09:12:00 +0100\r\n\r\nA text in a file.\r\n")
    with start(path) as screen:
        screen.wait("Grüße", "A text in a file.", "zoe@example.org")


@harness.test
def a_mailto_opens_the_composer():
    with start("mailto:bob@example.org?subject=Tea%20at%20four", EDITOR=EDITOR) as screen:
        screen.wait("Tea at four", "bob@example.org")


@harness.test
def a_part_is_saved_and_never_overwrites():
    target = os.path.join(HOME.path, "saved")
    os.makedirs(target, exist_ok=True)
    with start() as screen:
        screen.wait("Server room")
        screen.keys("/", "Minutes and figures", ENTER)
        screen.wait_until(lambda s: "Minutes and figures" in s.lines()[s.cursor[1]], "the cursor there")
        screen.keys("v")
        screen.wait("Parts of", "@ ")
        row = next(number for number, line in enumerate(screen.lines()) if "@" in line and number > 0)
        screen.keys("=", *"j" * (row - 1))
        for count in (1, 2):
            screen.keys("s")
            screen.wait("Save as:")
            screen.keys(control("U"), target + "/", ENTER)
            screen.wait("Saved as")
            harness.equal(len(os.listdir(target)), count, "files")
            screen.keys("k", "j")
            screen.wait("Enter view")
        names = sorted(os.listdir(target))
        assert any("(1)" in name for name in names), names
        for name in names:
            harness.equal(os.stat(os.path.join(target, name)).st_mode & 0o777, 0o600, name)


@harness.test
def parts_and_links_open_only_when_asked():
    opener = write_script("opener", "#!/bin/sh\nstat -c '%a %n' \"$1\" >> \"$0.log\" 2>/dev/null || echo \"$1\" >> \"$0.log\"\n")
    log = opener + ".log"
    with open(HOME.config, "a", encoding="utf-8") as file:
        file.write(f"[posthorn]\nopen-command = {opener}\nbrowser = {opener}\n")
    with start() as screen:
        screen.wait("Server room")
        screen.keys("/", "Minutes and figures", ENTER)
        screen.wait_until(lambda s: "Minutes and figures" in s.lines()[s.cursor[1]], "the cursor there")
        screen.keys("v")
        screen.wait("Parts of", "@ ")
        row = next(number for number, line in enumerate(screen.lines()) if "@" in line and number > 0)
        screen.keys("=", *"j" * (row - 1), "m")
        screen.wait("Open ", "y/n")
        screen.keys(ENTER)
        screen.wait("Nothing was done")
        assert not os.path.exists(log), "it was opened without a yes"
        screen.keys("m")
        screen.wait("y/n")
        screen.keys("y")
        harness.wait(lambda: screen.pump(0.02) is not None and os.path.exists(log), "the opener")
        mode, path = harness.wait(lambda: open(log, encoding="utf-8").read(), "its words").split(" ", 1)
        harness.equal(mode, "600", "the mode of the file")
        screen.keys("q", "/", "Nur heute", ENTER)
        screen.wait_until(lambda s: "Nur heute" in s.lines()[s.cursor[1]], "the cursor there")
        screen.keys(ENTER)
        screen.wait("[1] https://")
        screen.keys("l")
        screen.wait("Link:", "https://shop.example.com/")
        screen.keys("1", ENTER)
        screen.wait("It goes to the host shop.example.com", "Open it? y/n")
        screen.keys("y")
        harness.wait(lambda: screen.pump(0.02) is not None and "https://shop.example.com/" in open(log, encoding="utf-8").read(),
                     "the browser")
        screen.keys("Q")
        screen.wait_end()
    assert not os.path.exists(path.strip()), "the opened file was left behind"


@harness.test
def folders_are_made_renamed_and_deleted_with_questions():
    with start() as screen:
        screen.wait("Server room")
        screen.keys("y")
        screen.wait("Folders")
        screen.keys("C")
        screen.wait("New folder:")
        screen.keys("Plans", ENTER)
        screen.wait_until(lambda s: "Plans" in s.text() and "New folder:" not in s.text(), "the folder")
        screen.settle()
        screen.keys("/", "Plans", ENTER)
        screen.wait_until(lambda s: "Plans" in s.lines()[s.cursor[1]], "the cursor on it")
        screen.keys("r")
        screen.wait("Rename to: Plans")
        screen.keys(control("U"), "Plans and more", ENTER)
        screen.wait_until(lambda s: "Plans and more" in s.text() and "Rename to:" not in s.text(), "the name")
        screen.settle()
        screen.keys("/", "Plans and", ENTER)
        screen.wait_until(lambda s: "Plans and" in s.lines()[s.cursor[1]], "the cursor on it")
        screen.keys("d")
        screen.wait("Delete the empty folder Plans and more?")
        screen.keys("n")
        screen.wait("Nothing was done")
        screen.keys("/", "Archive", ENTER)
        screen.wait_until(lambda s: "Archive" in s.lines()[s.cursor[1]], "the cursor on it")
        screen.keys("d")
        screen.wait("Type its name")
        screen.keys("archive", ENTER)
        screen.wait("nothing was deleted")


@harness.test
def a_key_is_answered_at_once():
    with start() as screen:
        screen.wait("Server room")
        screen.settle()
        took = []
        for step in range(30):
            before = screen.cursor
            begun = time.monotonic()
            screen.keys("j" if step % 2 == 0 else "k")
            screen.wait_until(lambda s: s.cursor != before, "the cursor to move")
            took.append(time.monotonic() - begun)
        took.sort()
        assert took[len(took) // 2] < 0.05, f"median {took[len(took) // 2] * 1000:.1f} ms"


harness.done()
