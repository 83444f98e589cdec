# SPDX-License-Identifier: GPL-3.0-or-later
"""What must happen once: mail sent on, notifications and programs, over several machines and after kills."""

import email
import os
import shutil
import stat

import harness
import rules
from harness import Home, Peer, equal, message, test

USER = "alice@example.org"
HERE = os.path.dirname(os.path.abspath(__file__))
CONTRIB = os.path.join(os.path.dirname(os.path.dirname(HERE)), "contrib", "rules")

FORWARD = '''require ["copy"];
# rule:[On]
if header :contains "subject" "forward" { redirect :copy "carol@example.org"; }
# rule:[Away]
if header :contains "subject" "away" { redirect "dave@example.org"; }
'''


def program(home, name, text):
    path = f"{home.path}/{name}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, stat.S_IRWXU)
    return path


def sent_to(running, address):
    return [mail for mail in running.sent() if address in str(mail)]


class Case:
    def __init__(self, running, text, *lines):
        self.home, self.peer = Home(), Peer(running, USER)
        rules.clear(self.peer)
        self.home.add_account(running, USER)
        if lines:
            rules.setting(self.home, "posthorn", *[line.format(home=self.home.path) for line in lines])
        rules.script(self.home, text)

    def __enter__(self):
        self.home.json("sync")
        return self

    def __exit__(self, *_):
        self.peer.__exit__()
        self.home.__exit__()

    def add(self, subject, ident, **fields):
        return self.peer.append("INBOX", message(subject, ident=ident, **fields))

    def why(self, ident):
        return [line["did"] for line in self.home.json("rules", "why", f"id:{ident}")]


with harness.servers() as servers:

    @test
    def a_message_is_sent_on_once_and_a_second_machine_leaves_it():
        with Case(servers, FORWARD) as case, Case(servers, FORWARD) as other:
            case.add("forward this", "<on@x>")
            case.home.json("sync")
            other.home.json("sync")
            case.home.json("sync")
            for home in (case.home, other.home):
                for entry in home.json("outbox"):
                    assert entry["state"] in ("sent",), entry
            mails = [mail for mail in servers.sent() if "carol@example.org" in str(mail.get("recipients", mail))]
            equal(len(mails), 1, "sent on")
            equal(rules.where(case.peer, "<on@x>"), ["INBOX"])
            with Peer(servers, "carol@example.org") as carol:
                uid, = carol.find("INBOX", "<on@x>")
                octets = carol.octets("INBOX", uid)
            equal(email.message_from_bytes(octets)["X-Sieve-Redirected-From"], USER)

    @test
    def what_is_sent_on_without_a_copy_goes_to_trash():
        with Case(servers, FORWARD) as case:
            case.add("away with it", "<away@x>")
            case.home.json("sync")
            case.home.json("sync")
            equal(rules.where(case.peer, "<away@x>"), ["Trash"])
            with Peer(servers, "dave@example.org") as dave:
                equal(len(dave.find("INBOX", "<away@x>")), 1)

    @test
    def what_goes_in_a_circle_stays_and_says_so():
        loops = {"mark": f"X-Sieve-Redirected-From: {USER}\r\n", "loop": f"X-Loop: {USER}\r\n",
                 "hops": "Received: from a by b; Thu, 1 Jan 2026 00:00:00 +0000\r\n" * 60,
                 "answer": "Auto-Submitted: auto-replied\r\n"}
        with Case(servers, FORWARD) as case:
            before = len(servers.sent())
            for name, extra in loops.items():
                case.add("away", f"<{name}@x>", extra=extra)
            case.home.run("sync")
            case.home.run("sync")
            for name in loops:
                equal(rules.where(case.peer, f"<{name}@x>"), ["INBOX"], name)
                assert "redirect" in " ".join(case.why(f"<{name}@x>")), name
            equal(len(servers.sent()), before)

    @test
    def a_notification_gets_subject_and_sender_made_safe():
        text = 'require "enotify";\nif header :contains "subject" "tell" { notify "desktop:"; }\n'
        with Case(servers, text, "notify-command = {home}/notify") as case:
            program(case.home, "notify", '#!/bin/sh\nprintf "%s|%s\\n" "$1" "$2" >> "$HOME/notified"\n')
            case.add("=?utf-8?q?tell=1B[31m_me?=", "<tell@x>", sender='"Bob" <bob@example.org>')
            case.home.json("sync")
            case.home.json("sync")
            with open(case.home.path + "/notified", encoding="utf-8") as file:
                lines = file.read().splitlines()
            equal(len(lines), 1)
            assert "\x1b" not in lines[0] and "Bob" in lines[0] and "tell" in lines[0], lines

    @test
    def what_a_message_says_is_no_option_of_the_program_that_notifies():
        text = 'require ["enotify", "variables"];\nif header :matches "subject" "*" { notify :message "${1}" "desktop:"; }\n'
        with Case(servers, text, "notify-command = {home}/notify --") as case:
            program(case.home, "notify", '#!/bin/sh\nfor word; do printf "<%s>" "$word"; done >> "$HOME/notified"\n')
            case.add("--icon=/etc/passwd", "<option@x>", sender='"-e --help" <bob@example.org>')
            case.add("-x", "<option2@x>", sender="<-h@example.org>")
            case.home.json("sync")
            with open(case.home.path + "/notified", encoding="utf-8") as file:
                words = file.read()[1:-1].split("><")
            equal(words, ["--", " --icon=/etc/passwd", " -e --help", "--", " -x", " -h@example.org"])

    @test
    def programs_do_not_run_unless_they_are_named():
        text = 'require ["vnd.dovecot.execute", "fileinto"];\nif execute :pipe "sort" { fileinto "Archive"; }\n'
        with Case(servers, text) as case:
            case.add("x", "<unnamed@x>")
            said = case.home.run("sync")
            assert "rules-program" in said.err, said.err
            equal(rules.where(case.peer, "<unnamed@x>"), ["INBOX"])

    @test
    def a_program_gets_the_message_and_its_answer_is_a_variable():
        text = ('require ["vnd.dovecot.execute", "fileinto", "variables", "mailbox"];\n'
                'if execute :pipe :output "where" "sort" ["--fast"] { fileinto :create "P/${where}"; }\n')
        with Case(servers, text, "rules-program = sort {home}/sort fixed") as case:
            program(case.home, "sort", '#!/bin/sh\n[ "$1 $2" = "fixed --fast" ] || exit 2\n'
                    'if grep -q xylophone; then printf music; else exit 1; fi\n')
            case.add("a", "<music@x>", body="A xylophone.\r\n")
            case.add("b", "<silent@x>", body="Nothing.\r\n")
            case.home.json("sync")
            equal(rules.where(case.peer, "<music@x>"), ["P/music"])
            equal(rules.where(case.peer, "<silent@x>"), ["INBOX"])

    @test
    def a_program_that_hangs_or_prints_escapes_leaves_the_mail_and_is_ended():
        text = ('require ["vnd.dovecot.pipe", "copy"];\n'
                'if header :contains "subject" "hang" { pipe "hang"; }\n'
                'if header :contains "subject" "fail" { pipe "fail"; }\n')
        with Case(servers, text, "rules-program = hang {home}/hang", "rules-program = fail {home}/fail") as case:
            program(case.home, "hang", "#!/bin/sh\nexec sleep 3600\n")
            program(case.home, "fail", "#!/bin/sh\nprintf '\\033[31mred' >&2\nexit 3\n")
            case.add("fail", "<fail@x>")
            said = case.home.run("sync")
            equal(rules.where(case.peer, "<fail@x>"), ["INBOX"])
            assert "\x1b" not in said.err + said.out and "pipe" in said.err, said.err
            case.add("hang", "<hang@x>")
            case.home.run("sync", seconds=120)
            equal(rules.where(case.peer, "<hang@x>"), ["INBOX"])
            assert "pipe" in " ".join(case.why("<hang@x>")), case.why("<hang@x>")

    @test
    def the_classifier_sorts_what_it_learned():
        with open(os.path.join(CONTRIB, "rules.sieve"), encoding="utf-8") as file:
            text = file.read()
        with Case(servers, text, "rules-program = classify python3 {home}/classify.py --model {home}/model") as case:
            shutil.copy(os.path.join(CONTRIB, "classify.py"), case.home.path)
            samples = {"money": "Invoice and payment due, bank transfer", "sport": "The match, goal and team"}
            for category, body in samples.items():
                for number in range(3):
                    case_input = message(f"{category} {number}", body=body + "\r\n")
                    harness.subprocess.run(["python3", case.home.path + "/classify.py", "--model",
                                            case.home.path + "/model", "--train", category],
                                           input=case_input, check=True)
            case.add("hello", "<m@x>", body="Your bank transfer: invoice attached, payment is due.\r\n")
            case.add("hello", "<s@x>", body="What a goal by the team in that match!\r\n")
            case.home.json("sync")
            equal(rules.where(case.peer, "<m@x>"), ["Sorted/money"])
            equal(rules.where(case.peer, "<s@x>"), ["Sorted/sport"])

with harness.servers(without=("CONDSTORE", "QRESYNC")) as servers:

    @test
    def without_condstore_it_is_refused_with_the_reason():
        with Case(servers, FORWARD) as case:
            case.add("away", "<refused@x>")
            said = case.home.run("sync")
            assert "rules-host" in said.err, said.err
            equal(rules.where(case.peer, "<refused@x>"), ["INBOX"])
            equal(servers.sent(), [])
harness.done()
