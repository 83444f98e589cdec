# SPDX-License-Identifier: GPL-3.0-or-later
"""A home with the sample mail in its cache, and no server anywhere: for tests of the screen."""

import os
import subprocess
import time

import harness
import mailgen

FLAGS = {"\\Seen": 1, "\\Flagged": 2, "\\Answered": 4, "\\Draft": 8, "\\Deleted": 16, "$Forwarded": 32, "$Junk": 64}
ROLES = {"INBOX": "inbox", "Drafts": "drafts", "Sent": "sent", "Archive": "archive", "Junk": "junk", "Trash": "trash"}
FILL = os.path.join(os.path.dirname(os.path.dirname(harness.POSTHORN)), "tests", "e2e", "cache-fill")


def stream(mails):
    """The input of cache-fill."""
    for name, role in ROLES.items():
        yield f"{name}\t{role}\t0\t0\t0\n".encode()
    for mail in sorted(mails, key=lambda one: one.date):
        bits = sum(FLAGS.get(flag, 0) for flag in mail.flags)
        yield f"{mail.folder}\t{ROLES.get(mail.folder, '')}\t{bits}\t{int(mail.date)}\t{len(mail.octets)}\n".encode()
        yield mail.octets


def fill(home, mails=None, account="work"):
    """Write the configuration of one account and fill its cache."""
    os.makedirs(os.path.dirname(home.config), mode=0o700, exist_ok=True)
    with open(home.config, "w", encoding="utf-8") as file:
        file.write(f"[account {account}]\nlabel = {account}\nname = Alice Example\naddress = alice@example.org\n"
                   "imap = 127.0.0.1:9\nimap-security = plain\nsmtp = 127.0.0.1:9\nsmtp-security = plain\n"
                   "password-command = echo none\n")
    os.chmod(home.config, 0o600)
    mails = mailgen.demo(int(time.time())) if mails is None else mails
    subprocess.run([FILL, account], input=b"".join(stream(mails)), env=home.environment, check=True)
