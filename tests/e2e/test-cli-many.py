# SPDX-License-Identifier: GPL-3.0-or-later
"""More folders than anybody has: listed in seconds, and past the limit that is said."""

import harness
from harness import Home, Peer, equal, message, test
from liar import Liar

LIMIT = 100_000
MORE = 120_000
COUNTS = b"(MESSAGES 0 UNSEEN 0 UIDNEXT 1 UIDVALIDITY 7 HIGHESTMODSEQ 1)"


def many(count):
    """Lines about so many empty folders."""
    return b"".join(b'* LIST (\\HasNoChildren) "/" "Big/%d"\r\n* STATUS "Big/%d" %s\r\n' % (i, i, COUNTS)
                    for i in range(count))


with harness.servers() as SERVERS, Liar(SERVERS.ports["imap"]) as LIAR, Home() as HOME:
    HOME.add_account(SERVERS, imap=f"127.0.0.1:{LIAR.port}", more=["--imap-security", "plain"])
    OWN = len(HOME.json("sync") and HOME.json("folders"))

    with Peer(SERVERS) as PEER:
        PEER.append("INBOX", message("Among many"))

    @test
    def past_the_limit_of_folders_that_is_said_and_the_rest_goes_on():
        LIAR.more = {b"OK List completed": many(MORE)}
        said = HOME.run("sync", status=1).err
        assert f"{MORE + OWN - LIMIT} folders" in said and f"{LIMIT}" in said, said
        equal(len(HOME.json("folders")), LIMIT)
        equal([row["subject"] for row in HOME.json("list", "INBOX")], ["Among many"])

    @test
    def folders_that_are_gone_again_are_removed():
        LIAR.more = {b"OK List completed": many(10)}
        HOME.json("sync")
        equal(len(HOME.json("folders")), OWN + 10)

harness.done()
