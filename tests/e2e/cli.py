# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the command line share: what it says compared with what a server says."""

import base64
import re

from harness import equal

# How the command line calls them.
FLAGS = {"\\Seen": "seen", "\\Flagged": "flagged", "\\Answered": "answered", "\\Draft": "draft",
         "\\Deleted": "deleted"}


def ours(flags):
    """IMAP's flags as posthorn list prints them, sorted."""
    return sorted(FLAGS.get(flag, flag) for flag in flags)


def decoded(name):
    """A folder's name from IMAP's modified UTF-7 (RFC 3501, 5.1.3)."""
    def part(match):
        octets = match.group(1).replace(",", "/")
        return base64.b64decode(octets + "=" * (-len(octets) % 4)).decode("utf-16-be") if octets else "&"
    return re.sub(r"&([^-]*)-", part, name)


def listed(home, folder, *more):
    """{uid: sorted flags} of a folder as posthorn list prints it; rows without a UID under their id."""
    return {row["uid"] or row["id"]: sorted(row["flags"])
            for row in home.json("list", folder, *more)}


def state(home, folders):
    return {folder: listed(home, folder) for folder in folders}


def selectable(peer):
    """Names of the folders that hold messages, as the server spells them."""
    names = []
    for line in peer.check(peer.link.list()):
        flags, name = re.match(rb'\(([^)]*)\) \S+ (.*)$', line).groups()
        if b"\\noselect" not in flags.lower() and b"\\nonexistent" not in flags.lower():
            names.append(name.strip(b'"').decode())
    return sorted(names)


def server_state(peer, folders=None):
    """{folder: {uid: sorted flags}} as the server has it, in our words."""
    return {folder: {uid: ours(flags) for uid, flags in peer.messages(folder).items()}
            for folder in (folders or selectable(peer))}


def same_as_server(home, peer):
    """Folders, messages, flags and counts are the server's."""
    there = server_state(peer)
    rows = home.json("folders")
    equal(sorted(row["name"] for row in rows), sorted(map(decoded, peer.folders())), "folders")
    folders = {row["name"]: row for row in rows if row["selectable"]}
    equal(sorted(folders), sorted(map(decoded, there)), "folders that hold messages")
    for raw, messages in there.items():
        name = decoded(raw)
        equal(listed(home, name), messages, f"messages of {name}")
        equal(folders[name]["total"], len(messages), f"total of {name}")
        equal(folders[name]["unread"], sum("seen" not in flags for flags in messages.values()),
              f"unread of {name}")


def contents(peer, folders=None):
    """Message-IDs in each folder, sorted: what must be neither lost nor doubled."""
    found = {}
    for folder in folders or selectable(peer):
        found[folder] = []
        if peer.select(folder, readonly=True) == 0:
            continue
        data = peer.check(peer.link.uid("FETCH", "1:*", "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"))
        for item in data:
            if isinstance(item, tuple):
                match = re.search(rb"<[^>]*>", item[1])
                found[folder].append(match.group().decode() if match else "")
        found[folder].sort()
    return found


def parse_threads(text):
    """The answer to THREAD (RFC 5256) as (uid, parent) pairs and sets of one thread's uids. A missing parent is None."""
    parents, threads = {}, []
    tokens = re.findall(r"\(|\)|\d+", text)
    stack = []  # the last uid of each open list
    members = set()
    for token in tokens:
        if token == "(":
            stack.append(stack[-1] if stack else None)
            if len(stack) == 1:
                members = set()
        elif token == ")":
            stack.pop()
            if not stack:
                threads.append(frozenset(members))
        else:
            parents[int(token)] = stack[-1]
            stack[-1] = int(token)
            members.add(int(token))
    return parents, set(threads)


def server_threads(peer, folder):
    if peer.select(folder, readonly=True) == 0:
        return {}, set()
    data = peer.check(peer.link.uid("THREAD", "REFS", "UTF-8", "ALL"))
    return parse_threads(data[0].decode() if data[0] else "")


def listed_threads(home, folder):
    rows = home.json("list", folder, "--threads")
    uids = {row["id"]: row["uid"] for row in rows}
    parents = {row["uid"]: uids.get(row["parent"]) for row in rows}
    groups = {}
    for row in rows:
        groups.setdefault(row["thread"], set()).add(row["uid"])
    return parents, {frozenset(group) for group in groups.values()}
