# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules on the screen: made from a message, tried, changed as a form and as text, taken back, explained, uploaded."""

import os
import re
import time

import harness
import fill
from screen import ENTER, ESC, SPACE, Screen, needed

needed()

# The editor does the next thing it is told: each is a shell command with the file as $1.
EDITOR = '#!/bin/sh\nfor last; do :; done\nset -- "$last"\n. "$HOME_OF_TEST/next"\n'

HAND = """# rule:[By hand]
# Not for a form: two branches.
if header :contains "subject" "[PATCH" {
	fileinto "Archive";
} elsif header :is "reply-to" "nobody@example.com" {
	discard;
}
"""


def count(servers, folder):
    with harness.Peer(servers) as peer:
        return len(peer.messages(folder)) if folder in peer.folders() else 0


class Editor:
    """$EDITOR that does what it was told last."""

    def __init__(self, home):
        self.path, self.next = os.path.join(home.path, "editor"), os.path.join(home.path, "next")
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(EDITOR.replace("$HOME_OF_TEST", home.path))
        os.chmod(self.path, 0o700)

    def will(self, command):
        with open(self.next, "w", encoding="utf-8") as file:
            file.write(command + "\n")


def script(home):
    path = os.path.join(os.path.dirname(home.config), ACCOUNT, "rules.sieve")
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def on(screen, text):
    """Go to the first row of the list with this text."""
    screen.keys("=")
    screen.wait_until(lambda s: s.row_of(text) is not None, text)
    for _ in range(screen.row_of(text) - 1):
        screen.keys("j")
    screen.wait_until(lambda s: text in s.lines()[s.cursor[1]], f"the cursor on {text!r}")


with harness.servers() as servers, harness.Home() as home:
    fill.fill_demo(servers)
    home.add_account(servers)
    with open(home.config, "r+", encoding="utf-8") as file:
        ACCOUNT = re.search(r"\[account (\S+)\]", file.read()).group(1)
        file.write(f"sieve = 127.0.0.1:{servers.ports['sieve']}\n")
    editor = Editor(home)
    with Screen(home, environment={"EDITOR": editor.path}) as screen:
        screen.wait("Server room: door alarm", "The Garden Weekly")

        @harness.test
        def a_rule_from_a_message_takes_four_answers_and_less_than_ten_seconds():
            on(screen, "The Garden Weekly: ")
            begun = time.monotonic()
            screen.keys("I")
            screen.wait("list is weekly.gardens.example.com", "here", "everywhere")
            screen.keys(ENTER)
            screen.wait("Move such mail to:")
            screen.keys("Gardens", ENTER)
            screen.wait("would touch 3 of the last", "nothing has been done yet", "folder Gardens will be made")
            screen.keys("y")
            screen.wait("Rules: 3 moved", "u undoes")
            assert time.monotonic() - begun < 10, "too slow"
            harness.wait(lambda: screen.pump(0.01) is None or count(servers, "Gardens") == 3, "3 in Gardens")

        @harness.test
        def nothing_was_written_but_the_rule():
            text = script(home)
            assert text.startswith('require ["fileinto", "mailbox"];'), text
            assert '# rule:[weekly]\nif header :matches "list-id"' in text, text
            assert 'fileinto :create "Gardens";\n\tstop;' in text, text

        @harness.test
        def mail_that_comes_later_is_sorted_by_it():
            # What is there at the first look at the folder with rules is old mail.
            screen.keys("$")
            screen.wait("All is as on the server.")
            with harness.Peer(servers) as peer:
                peer.append("INBOX", b"From: G <news@gardens.example.com>\r\nSubject: Later one\r\n"
                            b"List-Id: W <weekly.gardens.example.com>\r\nMessage-ID: <later@example.com>\r\n\r\nx\r\n")
            harness.wait(lambda: screen.pump(0.01) is None or count(servers, "Gardens") == 4, "4 in Gardens")

        @harness.test
        def why_names_the_rule():
            screen.keys("c")
            screen.wait("Open folder")
            screen.keys("Gardens", ENTER)
            screen.wait("Later one")
            on(screen, "Later one")
            screen.keys(ESC + "I")
            screen.wait("Why is this here?", "weekly", "moved to Gardens")
            screen.keys("q", "c")
            screen.wait("Open folder")
            screen.keys("INBOX", ENTER)
            screen.wait("Server room: door alarm")

        @harness.test
        def undo_brings_the_messages_back_and_leaves_the_rule():
            screen.keys("u")
            screen.wait("Taken back: Rules: 3 moved")
            harness.wait(lambda: screen.pump(0.01) is None or count(servers, "Gardens") == 1, "1 in Gardens")
            assert "rule:[weekly]" in script(home)

        @harness.test
        def the_list_shows_what_each_rule_matched():
            screen.keys(ESC + "R")
            screen.wait("Rules", "counted over the last", "list is weekly")
            row = screen.lines()[screen.row_of("list is weekly")]
            assert row.endswith(" 3"), row

        @harness.test
        def a_condition_is_changed_in_the_form():
            screen.keys(ENTER)
            screen.wait("all of these hold", 'fileinto :create "Gardens";')
            screen.keys("C")
            screen.wait("Condition on:")
            screen.keys("subject", ENTER)
            screen.wait("contains")
            screen.keys("contains", ENTER)
            screen.wait("What to look for:")
            screen.keys('pear "tree"', ENTER)
            screen.wait('subject contains pear "tree"', "allof (")
            screen.keys(SPACE)
            screen.wait('subject does not contain pear "tree"')
            screen.keys("y")
            screen.wait("kept, for mail to come")
            assert 'not header :contains "subject" "pear \\"tree\\"")' in script(home), script(home)

        @harness.test
        def a_bad_text_is_shown_at_its_place_and_edited_again():
            editor.will(f"cat >>\"$1\" <<'END'\n{HAND}# rule:[bad]\nif header :is \"x\" \"y\" {{ fyleinto \"Z\"; }}\nEND")
            screen.keys("e")
            screen.wait("rules.sieve:", "fyleinto", "^", "e edit again")
            shown = screen.lines()
            caret = next(number for number, line in enumerate(shown) if line.strip(" |") == "^")
            harness.equal(shown[caret - 1].index("fyleinto"), shown[caret].index("^"), "place of the caret")
            assert "By hand" not in script(home), "a bad text was written"
            editor.will('sed -i s/fyleinto/fileinto/ "$1"')
            screen.keys("e")
            screen.wait("The rules are kept", "By hand", "hand-written", "x is y")
            assert HAND in script(home), script(home)

        @harness.test
        def a_bad_text_can_be_kept_with_its_rule_off():
            before = script(home)
            editor.will('printf \'# rule:[worse]\\nif { keep; }\\n\' >>"$1"')
            screen.keys("e")
            screen.wait("e edit again")
            screen.keys("k")
            screen.wait("switched off until mended: worse")
            assert script(home).startswith(before), script(home)
            assert "#off: if { keep; }" in script(home), script(home)

        @harness.test
        def u_takes_back_changes_of_rules_one_by_one():
            screen.keys("u")
            screen.wait_gone("worse")
            screen.keys("u")
            screen.wait_gone("By hand")
            screen.keys("u")
            screen.wait_gone("pear")
            harness.equal(script(home).count("rule:["), 1, "rules left")

        @harness.test
        def rules_are_switched_and_ordered_and_hand_written_text_stays():
            editor.will(f"cat >>\"$1\" <<'END'\n{HAND}END")
            screen.keys("e")
            screen.wait("The rules are kept", "By hand")
            screen.keys("=", SPACE)
            screen.wait("Off.")
            assert "if false # header :matches" in script(home), script(home)
            screen.keys(ESC + "j")
            screen.wait("Moved: earlier rules act first")
            text = script(home)
            assert text.index("By hand") < text.index("weekly"), text
            assert HAND in text, text
            screen.keys(SPACE)
            screen.wait("On.")
            screen.keys(ESC + "k")
            screen.wait_until(lambda s: (s.row_of("weekly") or 99) < (s.row_of("By hand") or 0), "the old order")

        @harness.test
        def a_rule_is_deleted_and_comes_back():
            on(screen, "By hand")
            screen.keys("d")
            screen.wait('Rule "By hand" deleted')
            assert "By hand" not in script(home)
            screen.keys("u")
            screen.wait("Taken back: rule By hand deleted")
            assert HAND in script(home)

        @harness.test
        def a_dry_run_leaves_out_what_is_unmarked():
            on(screen, "list is weekly")
            screen.keys("T")
            screen.wait("would touch 3 of the last", "3 would be changed")
            screen.keys("t")
            screen.wait("left out", "2 would be changed, 1 left out")
            screen.keys("y")
            screen.wait("Rules: 2 moved")
            harness.wait(lambda: screen.pump(0.01) is None or count(servers, "Gardens") == 3, "3 in Gardens")

        @harness.test
        def the_server_takes_the_rules_after_a_question():
            screen.keys(ESC + "R")
            screen.wait("By hand")
            screen.keys("w")
            screen.wait("The rules go to 127.0.0.1", "let the server run them?")
            screen.keys(ENTER)
            screen.wait("Nothing was done.")
            screen.keys("w")
            screen.wait("let the server run them?")
            screen.keys("y")
            screen.wait("runs the rules from now on")
            with open(home.config, encoding="utf-8") as file:
                assert "rules = server" in file.read(), "they would run here as well"
            screen.keys("w")
            screen.wait("The same rules are active on")

        @harness.test
        def what_is_on_the_server_is_fetched_after_a_look_at_the_difference():
            screen.keys("=", SPACE)
            screen.wait("Off.")
            screen.keys("G")
            screen.wait("Take the script", "v show the difference")
            screen.keys("v")
            screen.wait('- if false # header :matches "list-id"', '+ if header :matches "list-id"')
            screen.keys("q", "G")
            screen.wait("Take the script")
            screen.keys("y")
            screen.wait("are those of the server now")
            assert "if false" not in script(home), script(home)

        screen.keys("q")

    @harness.test
    def both_sizes_show_all_columns():
        for columns, lines in ((80, 24), (200, 50)):
            with Screen(home, columns=columns, lines=lines) as screen:
                screen.wait("Server room")
                screen.keys(ESC + "R")
                screen.wait("weekly", "counted over the last")
                screen.wait("? help")
                row = screen.lines()[screen.row_of("weekly")]
                assert " on " in row and "list is" in row and "move to" in row, row
harness.done()
