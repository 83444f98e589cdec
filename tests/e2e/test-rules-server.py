# SPDX-License-Identifier: GPL-3.0-or-later
"""One script, run by Posthorn and by the server: the same messages end in the same folders with the same flags."""

import os
import re
import time

import cli
import harness
import mailgen
import rules
from harness import Home, Peer, equal, test

HERE, THERE = "alice@example.org", "bob@example.org"
MESSAGES = 500

SCRIPT = r'''
require ["fileinto", "imap4flags", "copy", "envelope", "regex", "relational", "comparator-i;ascii-numeric",
         "variables", "subaddress", "date", "mailbox", "body"];

# rule:[Lists]
if header :contains "list-id" ["announce", "news"] {
    addflag "\\Seen";
    fileinto :create "Lists";
    stop;
}
# rule:[Urgent]
if anyof (header :matches "x-priority" "1*", header :is "importance" "high") {
    addflag ["\\Flagged", "$Urgent"];
    keep;
}
# rule:[Numbers]
if header :regex "subject" "number ([0-9]+)7$" {
    fileinto "Archive";
}
# rule:[Large]
elsif size :over 20K {
    fileinto :copy :flags "\\Flagged" "Archive";
}
# rule:[People]
if address :domain :is "from" "books.example" {
    fileinto :create "People";
}
# rule:[Words]
if body :text :contains "xylophone" {
    fileinto "Trash";
}
# rule:[Name]
if header :matches "subject" "Order * from *" {
    set :lower "shop" "${2}";
    fileinto :create "Shops-${shop}";
}
# rule:[Junk]
if allof (header :value "ge" :comparator "i;ascii-numeric" "x-score" "5", not exists "list-id") {
    discard;
}
'''


def mails():
    """Messages of which each rule has its share."""
    now = time.time()
    for number in range(MESSAGES):
        extra, sender, subject, body = "", "Bob <bob@example.org>", f"Message number {number}", "Some text.\r\n"
        if number % 11 == 0:
            extra += f"List-Id: Things <{['announce', 'talk', 'news'][number % 3]}.example.org>\r\n"
        if number % 13 == 0:
            extra += ["X-Priority: 1 (Highest)\r\n", "Importance: High\r\n", "X-Priority: 5\r\n"][number % 3]
        if number % 17 == 0:
            body = "A longer line of text than the others have.\r\n" * 700
        if number % 19 == 0:
            sender = "=?utf-8?q?B=C3=BCcher?= <order@books.example>"
        if number % 23 == 0:
            body += "Here is a xylophone.\r\n"
        if number % 29 == 0:
            subject = f"=?utf-8?q?Order_{number}_from_K=C3=B6nig?="
        if number % 31 == 0:
            extra += f"X-Score: {number % 10}\r\n"
        date = mailgen.rfc_date(now - number * 60)
        yield (f"From: {sender}\r\nTo: Someone <someone@example.org>\r\nSubject: {subject}\r\nDate: {date}\r\n"
               f"Message-ID: <{number}@rules.example>\r\n{extra}\r\n{body}").encode()


def state(peer):
    """{Message-ID: sorted [(folder, flags)]}."""
    found = {}
    for folder in cli.selectable(peer):
        if peer.select(folder, readonly=True) == 0:
            continue
        data = peer.check(peer.link.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"))
        for item in data:
            if not isinstance(item, tuple):
                continue
            ident = re.search(rb"<[^>]*>", item[1]).group().decode()
            flags = re.search(rb"FLAGS \(([^)]*)\)", item[0]).group(1).decode().split()
            kept = sorted(flag for flag in flags if flag != "\\Recent" and not flag.startswith("$Posthorn"))
            found.setdefault(ident, []).append((cli.decoded(folder), kept))
    return {ident: sorted(places) for ident, places in found.items()}


def server_script(running, user, text):
    folder = f"{running.root}/mail/{user.split('@')[0]}"
    running._own(folder, 0o700)
    path = folder + "/active.sieve"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o644)


with harness.servers() as servers:
    server_script(servers, THERE, SCRIPT)
    with Home() as home, Peer(servers, HERE) as here, Peer(servers, THERE) as there:
        home.add_account(servers, HERE)
        rules.script(home, SCRIPT)
        home.json("sync")
        for octets in mails():
            rules.deliver(servers, octets, HERE)
            rules.deliver(servers, octets, THERE)
        home.json("sync")

        @test
        def the_server_and_posthorn_file_500_messages_alike():
            ours, theirs = state(here), state(there)
            equal(len(ours), MESSAGES, "messages here")
            assert 0 < MESSAGES - len(theirs) < 30, f"{MESSAGES - len(theirs)} were discarded there"
            # What the server discards is gone there, and in Trash here.
            for ident, places in ours.items():
                if ident not in theirs:
                    equal([folder for folder, _ in places], ["Trash"], ident)
            differing = {ident: (ours.get(ident), places) for ident, places in theirs.items()
                         if ours.get(ident) != places}
            equal(differing, {}, "placed otherwise")

        @test
        def every_rule_had_its_share():
            folders = {folder for places in state(here).values() for folder, _ in places}
            equal(sorted(folders), ["Archive", "INBOX", "Lists", "People", "Shops-könig", "Trash"])

        @test
        def a_second_run_moves_nothing():
            before = state(here)
            home.json("sync")
            said = home.json("rules", "run", "INBOX", "--wait")
            equal(said["operation"], 0)
            equal(state(here), before)
harness.done()
