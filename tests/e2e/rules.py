# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of rules share: a script put in place, who stands where."""

import os
import smtplib

import cli


def script(home, text, account="example", name="rules.sieve"):
    """Write a script beside the configuration."""
    folder = f"{home.path}/config/posthorn/{account}"
    os.makedirs(folder, mode=0o700, exist_ok=True)
    with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
        file.write(text)


def setting(home, section, *lines):
    """Append lines to a section of the configuration, which is begun."""
    with open(home.config, "a", encoding="utf-8") as file:
        file.write(f"\n[{section}]\n" + "".join(line + "\n" for line in lines))


def deliver(running, octets, user="alice@example.org", sender="bob@example.org"):
    """By LMTP, as a mail server does: the user's Sieve script runs."""
    with smtplib.LMTP("127.0.0.1", running.ports["lmtp"]) as link:
        refused = link.sendmail(sender, [user], octets)
        if refused:
            raise AssertionError(f"not delivered: {refused}")


def where(peer, ident):
    """Folders that hold a message, sorted."""
    return sorted(folder for folder in cli.selectable(peer) for _ in peer.find(folder, ident))


def flags(peer, ident):
    """Flags of the one message of that id, in our words."""
    folder, = where(peer, ident)
    uid, = peer.find(folder, ident)
    return cli.ours(peer.messages(folder)[uid])


USUAL = ["Archive", "Drafts", "INBOX", "Junk", "Sent", "Trash"]


def clear(peer):
    """No mail in any folder, and none but the usual folders."""
    for folder in sorted(cli.selectable(peer), reverse=True):
        if peer.select(folder):
            peer.check(peer.link.uid("STORE", "1:*", "+FLAGS", "(\\Deleted)"))
            peer.check(peer.link.expunge())
        peer.check(peer.link.unselect() if hasattr(peer.link, "unselect") else peer.link.close())
        if folder not in USUAL:
            peer.check(peer.link.delete(f'"{folder}"'))
