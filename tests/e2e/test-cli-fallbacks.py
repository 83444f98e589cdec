# SPDX-License-Identifier: GPL-3.0-or-later
"""The same ends on servers that offer less: each extension taken away, and nearly all of them."""

import cli
import harness
from harness import Home, Peer, equal, message

ALONE = ["MOVE", "UIDPLUS", "QRESYNC", "ESEARCH", "LIST-EXTENDED", "LIST-STATUS", "SPECIAL-USE",
         "LITERAL+", "SASL-IR", "ENABLE", "UNSELECT", "NAMESPACE", "ID"]
SETS = [(word,) for word in ALONE] + [
    ("QRESYNC", "CONDSTORE"),
    ("MOVE", "UIDPLUS"),
    ("LIST-EXTENDED", "LIST-STATUS", "SPECIAL-USE"),
    ("MOVE", "UIDPLUS", "QRESYNC", "CONDSTORE", "ESEARCH", "LIST-EXTENDED", "LIST-STATUS", "SPECIAL-USE",
     "LITERAL+", "SASL-IR", "ENABLE", "UNSELECT", "NAMESPACE", "ID", "IDLE", "COMPRESS=DEFLATE"),
]


def put(peer, folder, count, prefix):
    return [(f"<{prefix}-{i}@example.org>",
             peer.append(folder, message(f"{prefix} {i}", ident=f"<{prefix}-{i}@example.org>")))
            for i in range(count)]


def where(peer, ident):
    """The folders that hold it; a message marked \\Deleted counts as gone where nothing else is possible."""
    found = []
    for folder in cli.selectable(peer):
        for uid in peer.find(folder, ident):
            if "\\Deleted" not in peer.messages(folder)[uid]:
                found.append(folder)
    return found


def unmarked(messages):
    return {uid: flags for uid, flags in messages.items() if "deleted" not in flags}


def compare(home, peer, bare):
    """As the server; without UIDPLUS what was moved away stays there, marked, and is not listed here."""
    if not bare:
        cli.same_as_server(home, peer)
        return
    for folder, messages in cli.server_state(peer).items():
        equal(unmarked(cli.listed(home, cli.decoded(folder))), unmarked(messages), folder)


def use_a_day(running, home, without):
    """Everything that a day brings, on this server."""
    bare = "UIDPLUS" in without
    with Peer(running) as peer:
        made = put(peer, "INBOX", 130, "day")
        idents = [ident for ident, _ in made]
        uids = [uid for _, uid in made]
        equal(home.json("sync")["fetched"], 130)
        compare(home, peer, bare)
        rows = {row["uid"]: row["id"] for row in home.json("list", "INBOX")}
        roles = {row["role"]: row["name"] for row in home.json("folders")}
        equal((roles["sent"], roles["trash"], roles["archive"]), ("Sent", "Trash", "Archive"))

        # Acts, and what others do at the same time.
        home.json("move", rows[uids[0]], rows[uids[1]], "Archive")
        home.json("copy", rows[uids[2]], "Archive")
        home.json("flag", rows[uids[3]], "+flagged", "+$Label")
        home.json("delete", rows[uids[4]])
        home.json("folder", "create", "Neu/Größe")
        home.json("move", rows[uids[5]], "Neu/Größe")
        peer.store("INBOX", uids[6], "+FLAGS", "\\Seen")
        peer.check(peer.link.uid("COPY", str(uids[7]), "Junk"))
        peer.store("INBOX", uids[7], "+FLAGS", "\\Deleted")
        peer.check(peer.link.expunge())
        late = put(peer, "INBOX", 3, "late")
        said = home.json("sync")
        equal(said["failed"], 0)
        compare(home, peer, bare)
        equal([where(peer, ident) for ident in idents[:8]],
              [["Archive"], ["Archive"], ["Archive", "INBOX"], ["INBOX"], ["Trash"],
               ["Neu/Gr&APYA3w-e"], ["INBOX"], ["Junk"]])
        equal(where(peer, late[0][0]), ["INBOX"])
        equal(sorted(peer.messages()[uids[3]]), ["$Label", "\\Flagged"])

        # And back again.
        home.json("undo", "--wait")
        equal(where(peer, idents[5]), ["INBOX"])
        compare(home, peer, bare)

        # Once more: nothing new, and nothing is read twice.
        home.json("sync")
        equal(home.json("sync")["fetched"], 0)
        compare(home, peer, bare)

        # A message that is deleted for good.
        trash = home.json("list", "Trash")
        if not bare:
            home.json("delete", trash[0]["id"], "--wait")
            equal(where(peer, idents[4]), [])

        with open(home.path + "/new.eml", "wb") as file:
            file.write(message("From a file", ident="<file@example.org>"))
        home.json("append", "Archive", "new.eml", "--wait")
        equal(where(peer, "<file@example.org>"), ["Archive"])
        compare(home, peer, bare)


def day_without(without):
    def run():
        with harness.servers(without=without) as running, Home() as home:
            home.add_account(running)
            use_a_day(running, home, without)
    run.__name__ = "a day without " + (" ".join(without) if len(without) < 5 else "nearly all")
    return run


def day_with(name, **options):
    def run():
        with harness.servers(**options) as running, Home() as home:
            home.add_account(running)
            with Peer(running) as peer:
                put(peer, "INBOX", 5, "other")
                home.json("sync")
                row = home.json("list", "INBOX")[0]
                roles = {each["role"]: each["name"] for each in home.json("folders")}
                assert roles.get("archive"), roles
                home.json("move", row["id"], roles["archive"], "--wait")
                home.json("sync")
                equal(len(home.json("list", roles["archive"])), 1)
                equal(len(home.json("list", "INBOX")), 4)
    run.__name__ = name
    return run


for names in SETS:
    harness.test(day_without(names))
harness.test(day_with("folders below INBOX with dots", prefix="INBOX.", separator="."))
harness.test(day_with("maildir on the server", format="maildir"))
harness.done()
