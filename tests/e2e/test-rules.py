# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules over mail as it comes: what counts as arrival, what is done once, undo, and what a burst costs."""

import re
import socket
import time

import harness
import rules
from harness import Home, Peer, equal, message, test
from screen import Screen

USER = "alice@example.org"

SORT = '''require ["fileinto", "imap4flags", "copy", "mailbox"];
# rule:[Bills]
if header :contains "subject" "invoice" { fileinto "Archive"; }
# rule:[Boss]
if address :is "from" "boss@example.org" { addflag "\\\\Flagged"; keep; }
# rule:[Made]
if header :contains "subject" "make" { fileinto :create "Made/By rules"; }
# rule:[Gone]
if header :contains "subject" "spam" { discard; }
# rule:[Nowhere]
if header :contains "subject" "nowhere" { fileinto "No such folder"; }
'''


class Case:
    """A home with the account, a script, and a second client of the emptied mailbox."""

    def __init__(self, running, text=SORT, user=USER, settings=()):
        self.running, self.user = running, user
        self.home, self.peer = Home(), Peer(running, user)
        rules.clear(self.peer)
        self.home.add_account(running, user)
        for section, *lines in settings:
            rules.setting(self.home, section, *lines)
        if text is not None:
            rules.script(self.home, text)

    def __enter__(self):
        self.home.json("sync")
        return self

    def __exit__(self, *_):
        self.peer.__exit__()
        self.home.__exit__()

    def add(self, subject, ident, folder="INBOX", **fields):
        return self.peer.append(folder, message(subject, ident=ident, **fields))

    def where(self, ident):
        return rules.where(self.peer, ident)


def moves(text):
    return len(re.findall(r"\bUID (?:MOVE|COPY) ", text))


with harness.servers() as servers:

    @test
    def mail_that_comes_is_filed_and_flagged_and_what_was_there_is_not():
        with Case(servers, text=None) as case:
            case.add("old invoice", "<old@x>")
            case.home.json("sync")
            rules.script(case.home, SORT)
            case.home.json("sync")
            case.add("new invoice", "<new@x>")
            case.add("a word", "<boss@x>", sender="Boss <boss@example.org>")
            case.add("make one", "<made@x>")
            case.add("spam", "<spam@x>")
            case.add("nothing", "<none@x>")
            case.home.json("sync")
            equal(case.where("<old@x>"), ["INBOX"])
            equal(case.where("<new@x>"), ["Archive"])
            equal(case.where("<made@x>"), ["Made/By rules"])
            equal(case.where("<spam@x>"), ["Trash"])
            equal(case.where("<none@x>"), ["INBOX"])
            equal(rules.flags(case.peer, "<boss@x>"), ["flagged"])

    @test
    def mail_that_came_between_the_saving_of_a_rule_and_the_next_connection_is_filed():
        with Case(servers, text=None) as case:
            case.add("old invoice", "<old@x>")
            case.home.json("sync")
            rules.script(case.home, SORT)
            case.add("new invoice", "<new@x>")
            case.home.json("sync")
            equal(case.where("<old@x>"), ["INBOX"])
            equal(case.where("<new@x>"), ["Archive"])

    @test
    def a_first_sync_runs_nothing():
        with Home() as home, Peer(servers, USER) as peer:
            rules.clear(peer)
            peer.append("INBOX", message("an invoice", ident="<first@x>"))
            home.add_account(servers, USER)
            rules.script(home, SORT)
            home.json("sync")
            equal(rules.where(peer, "<first@x>"), ["INBOX"])

    @test
    def a_rebuilt_cache_catches_up_with_what_came_meanwhile_and_nothing_older():
        with Case(servers, text=None) as case:
            for number in range(3):
                case.add("invoice", f"<before{number}@x>")
            case.home.json("sync")
            rules.script(case.home, SORT)
            case.home.json("sync")
            for number in range(450):  # more than one batch, newest first
                case.add("invoice" if number % 50 == 0 else "x", f"<between{number}@x>")
            case.home.forget_cache()
            case.home.json("sync")
            case.home.json("sync")
            for number in range(3):
                equal(case.where(f"<before{number}@x>"), ["INBOX"])
            for number in range(0, 450, 50):
                equal(case.where(f"<between{number}@x>"), ["Archive"], number)

    @test
    def another_uidvalidity_runs_nothing_over_old_mail():
        with Case(servers, text=None) as case:
            case.peer.check(case.peer.link.create("Work"))
            rules.setting(case.home, "folder Work", "run-rules = arrival")
            rules.script(case.home, SORT)
            case.home.json("sync")
            case.peer.check(case.peer.link.delete("Work"))
            case.peer.check(case.peer.link.create("Work"))
            case.add("invoice", "<renumbered@x>", folder="Work")
            case.home.json("sync")
            equal(case.where("<renumbered@x>"), ["Work"])
            case.add("invoice", "<after@x>", folder="Work")
            case.home.json("sync")
            equal(case.where("<after@x>"), ["Archive"])
            case.peer.check(case.peer.link.delete("Work"))

    @test
    def a_script_that_does_not_compile_is_said_and_its_mail_is_judged_once_it_does():
        with Case(servers) as case:
            rules.script(case.home, SORT + "\nif header ;")
            case.add("invoice", "<broken@x>")
            said = case.home.run("sync")
            assert "rules.sieve:" in said.err, said.err
            equal(case.where("<broken@x>"), ["INBOX"])
            rules.script(case.home, SORT)
            case.add("hello", "<other@x>")
            case.home.json("sync")
            equal(case.where("<broken@x>"), ["Archive"])

    @test
    def a_folder_that_is_not_there_leaves_the_mail_and_is_said_with_its_line():
        with Case(servers) as case:
            case.add("nowhere", "<nowhere@x>")
            said = case.home.run("sync")
            assert 'line 11: there is no folder "No such folder"' in said.err, said.err
            equal(case.where("<nowhere@x>"), ["INBOX"])
            why, = case.home.json("rules", "why", "id:<nowhere@x>")
            assert "No such folder" in why["did"] and why["operation"] is None, why

    @test
    def a_folder_that_cannot_be_made_brings_the_mail_back():
        with Case(servers, 'require ["fileinto", "mailbox"];\n'
                  'fileinto :create "INBOX/" ;\n') as case:
            case.add("x", "<back@x>")
            case.home.json("sync", status=None)
            equal(case.where("<back@x>"), ["INBOX"])

    @test
    def a_run_is_undone_as_one_and_plain_undo_passes_it_by():
        with Case(servers) as case:
            case.add("invoice 1", "<one@x>")
            case.add("invoice 2", "<two@x>")
            case.add("hello", "<mine@x>")
            case.home.json("sync")
            mine = case.home.json("list", "INBOX")[0]["id"]
            case.home.json("flag", mine, "+flagged", "--wait")
            equal(case.home.json("undo", "--wait")["words"], "Taken back: Flagged 1 message")
            group = case.home.json("rules", "why", "id:<one@x>")[0]["operation"]
            case.home.json("undo", str(group), "--wait")
            equal([case.where("<one@x>"), case.where("<two@x>")], [["INBOX"], ["INBOX"]])
            equal(case.home.json("rules", "why", "id:<one@x>")[0]["undone"], True)
            # What was taken back is not done again, by this cache or by another.
            case.home.json("sync")
            case.home.forget_cache()
            case.home.json("sync")
            case.home.json("sync")
            equal([case.where("<one@x>"), case.where("<two@x>")], [["INBOX"], ["INBOX"]])

    @test
    def why_tells_the_rule_and_what_else_matched():
        with Case(servers) as case:
            case.add("invoice", "<why@x>", sender="Boss <boss@example.org>")
            case.home.json("sync")
            why, = case.home.json("rules", "why", "id:<why@x>")
            equal([why["rule"], why["also"], why["undone"]], ["Bills", "Boss", False])
            assert why["did"].startswith("copied to Archive") or "Archive" in why["did"], why
            equal(why["host"], socket.gethostname())

    @test
    def two_machines_file_a_message_once():
        with Case(servers) as case, Case(servers) as other:
            other.add("invoice", "<both@x>")
            other.add("boss", "<bothboss@x>", sender="boss@example.org")
            case.home.json("sync")
            other.home.json("sync")
            case.home.json("sync")
            equal(case.where("<both@x>"), ["Archive"])
            equal(rules.flags(case.peer, "<bothboss@x>"), ["flagged"])

    @test
    def a_dry_run_does_nothing_and_tells_counts_shadowed_rules_and_folders():
        text = SORT + '''# rule:[Stop]
if header :contains "subject" "big" { fileinto "Archive"; stop; }
# rule:[Late]
if header :contains "subject" "big sale" { fileinto "Trash"; }
'''
        with Case(servers, text=None) as case:
            for number in range(4):
                case.add("big sale", f"<sale{number}@x>")
            case.add("nowhere", "<dry@x>")
            case.add("make", "<drymake@x>")
            case.home.json("sync")
            rules.script(case.home, text)
            said = case.home.json("rules", "run", "--dry-run", "INBOX")
            counts = {rule["name"]: rule for rule in said["rules"]}
            equal([counts["Stop"]["matched"], counts["Stop"]["acted"]], [4, 4])
            equal([counts["Late"]["matched"], counts["Late"]["taken"], counts["Late"]["taken_by"]],
                  [4, 4, "Stop"])
            equal(sorted((folder["folder"], folder["create"], folder["messages"])
                         for folder in said["folders"]),
                  [("Made/By rules", True, 1), ("No such folder", False, 1)])
            equal(said["messages"], 6)
            equal(case.where("<sale0@x>"), ["INBOX"])
            case.home.json("rules", "run", "INBOX", "--wait", status=1)
            equal(case.where("<sale0@x>"), ["Archive"])
            equal(case.where("<dry@x>"), ["INBOX"])
            equal(case.where("<drymake@x>"), ["Made/By rules"])
            # The user's own act: plain undo takes it back.
            case.home.json("undo", "--wait")
            equal(case.where("<sale0@x>"), ["INBOX"])

    @test
    def what_is_not_kept_of_a_header_is_fetched_and_only_that():
        with Case(servers, 'require "fileinto";\nif header :contains "x-mailer" "robot" '
                  '{ fileinto "Archive"; }\n') as case:
            case.add("a", "<robot@x>", extra="X-Mailer: Robot 2\r\n", body="secret-body\r\n" * 3000)
            case.add("b", "<person@x>", body="secret-body\r\n" * 3000)
            log = case.home.path + "/imap.log"
            case.home.json("sync", "--log", log, "--debug", "imap")
            equal([case.where("<robot@x>"), case.where("<person@x>")], [["Archive"], ["INBOX"]])
            with open(log, encoding="utf-8") as file:
                text = file.read()
            assert "BODY.PEEK[HEADER]" in text and "BODY.PEEK[]" not in text, "more than headers came"

    @test
    def old_mail_is_filed_once_a_day_and_undone_as_one():
        text = '''require ["fileinto", "date", "relational", "variables", "mailbox"];
# rule:[Old]
if currentdate :value "ge" "date" "2000-01-01" {
    if date :matches "date" "year" "*" { set "year" "${1}"; }
    if date :value "lt" "date" "date" "2020-01-01" { fileinto :create "Old/${year}"; }
}
'''
        with Case(servers, text=text, settings=[("folder Archive", "run-rules = daily")]) as case:
            for year in (2015, 2015, 2018, 2024):
                octets = message("dated", ident=f"<{year}-{time.monotonic_ns()}@x>")
                octets = re.sub(rb"Date: .*\r\n", f"Date: Thu, 15 Jan {year} 10:00:00 +0000\r\n".encode(), octets)
                case.peer.append("Archive", octets)
            case.home.json("sync")
            equal(len(case.peer.messages("Old/2015")), 2)
            equal(len(case.peer.messages("Old/2018")), 1)
            equal(len(case.peer.messages("Archive")), 1)
            # Once a day.
            octets = re.sub(rb"Date: .*\r\n", b"Date: Thu, 15 Jan 2015 10:00:00 +0000\r\n", message("late"))
            case.peer.append("Archive", octets)
            case.home.json("sync")
            equal(len(case.peer.messages("Archive")), 2)
            # At once, by hand.
            case.home.json("rules", "run", "Archive", "--wait")
            equal(len(case.peer.messages("Archive")), 1)
            case.home.json("undo", "--wait")
            equal(len(case.peer.messages("Archive")), 2)

    BURST = [f"Burst{number}" for number in range(5)]

    def burst_case():
        """A case with five folders, and a rule to each."""
        case = Case(servers, text=None)
        for name in BURST:
            case.peer.check(case.peer.link.create(name))
        rules.script(case.home, 'require "fileinto";\n' + "".join(
            f'if header :contains "subject" "[{name}]" {{ fileinto "{name}"; }}\n' for name in BURST))
        return case

    def add_burst(case, count):
        for number in range(count):
            case.add(f"[{BURST[number % 5]}] {number}", f"<burst{number}@x>")

    def assert_burst(case, count, log):
        with open(log, encoding="utf-8") as file:
            text = file.read()
        commands = moves(text)
        print(f"# {commands} commands")
        assert commands <= 10, f"{commands} commands"
        for name in BURST:
            equal(len(case.peer.messages(name)), count // 5, name)

    @test
    def a_burst_of_1000_to_five_folders_takes_at_most_ten_commands():
        with burst_case() as case:
            add_burst(case, 1000)
            log = case.home.path + "/imap.log"
            case.home.json("sync", "--log", log, "--debug", "imap")
            assert_burst(case, 1000, log)

    @test
    def a_burst_of_1000_into_a_running_program_takes_at_most_ten_commands():
        with burst_case() as case:
            case.add("stays here", "<before@x>")
            case.home.json("sync")
            log = case.home.path + "/imap.log"
            with Screen(case.home, "--log", log, "--debug", "imap") as screen:
                screen.wait("stays here")
                began = time.monotonic()
                add_burst(case, 1000)
                print(f"# delivered in {time.monotonic() - began:.1f} s")
                harness.wait(lambda: (screen.pump(0.05), len(case.peer.messages("INBOX")) == 1)[1], "the moves", 60)
                assert "[Burst" not in screen.text(), screen.text()
            assert_burst(case, 1000, log)

    @test
    def keywords_between_programs_are_no_labels_and_scripts_get_them_all():
        keywords = ["$PosthornFiltered", "Mine", "$PosthornBy00c0ffee", "$Forwarded"]
        with Case(servers) as case:
            case.peer.append("INBOX", message("labelled", ident="<label@x>"), flags=keywords)
            case.peer.append("INBOX", message("claimed only", ident="<claimed@x>"), flags=keywords[:1])
            case.home.json("sync")
            flags = {row["subject"]: row["flags"] for row in case.home.json("list", "INBOX")}
            assert "$PosthornFiltered" in flags["claimed only"] and "Mine" in flags["labelled"], flags
            assert "$Posthorn" not in case.home.run("list", "INBOX").out
            with Screen(case.home, columns=160) as screen:
                screen.wait("labelled", "claimed only", "Mine")
                assert "$" not in screen.text(), screen.text()

    @test
    def what_a_rule_moves_is_never_seen_in_the_inbox():
        with Case(servers) as case:
            case.add("stays here", "<shown@x>")
            case.home.json("sync")
            with Screen(case.home) as screen:
                screen.wait("stays here")
                case.add("an invoice for you", "<live@x>")
                harness.wait(lambda: (screen.pump(0.02), case.where("<live@x>") == ["Archive"])[1], "the move")
                assert "an invoice for you" not in screen.text(), screen.text()
                case.add("also stays", "<shown2@x>")
                screen.wait("also stays")
                assert "an invoice for you" not in screen.text()
harness.done()
