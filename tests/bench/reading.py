# SPDX-License-Identifier: GPL-3.0-or-later
"""Opening and scrolling messages, and new mail that comes by itself."""

import queue
import smtplib
import threading
import time

import bench
import harness
import peers
import proxy as proxy_module

LUGGAGE, LUGGAGE_TEXT = "Heavy luggage", "The words before the luggage."
LONG, LINE = "Ten thousand lines", "Line 1 of many"
ENTER, DOWN, HOME, END = "\r", "j", "\x1bOH", "\x1bOF"
RTT_MS, BITS = 50, 20_000_000


def _go_to(terminal, subject):
    """The cursor on the row with this subject."""
    for _ in range(60):
        row = terminal.row_of(subject)
        if row is not None and terminal.cursor[1] == row:
            return
        before = terminal.cursor[1]
        terminal.keys(DOWN if row is None or row > before else "k")
        terminal.settle(0.05, 0.3)
    raise AssertionError(f"no way to {subject!r}:\n{terminal.text()}")


def _open_fetched(context):
    """Seconds from Enter to the text, of messages that were fetched in advance."""
    times = []
    with bench.Home(context.running, bench.USERS["special"]) as home:
        with bench.Terminal(home) as terminal:
            terminal.painted(bench.NEWEST)
            terminal.settle(1.0, 6)
            for number in range(29, 29 - 10, -1):
                _go_to(terminal, f"Small letter {number}")
                times.append(terminal.key(ENTER, lambda this, n=number: f"Short text {n}." in this.text()))
                terminal.key("q", lambda this, n=number: f"Short text {n}." not in this.text())
            scrolled = _scroll(terminal)
            terminal.quit()
    return times, scrolled


def _scroll(terminal):
    """Seconds that each key takes in the long message."""
    terminal.keys(HOME)
    terminal.settle(0.1, 1)
    _go_to(terminal, LONG)
    opened = terminal.key(ENTER, lambda this: LINE in this.text())
    times = []
    for key in [" "] * 30 + [ENTER] * 30 + ["-"] * 10:
        before = terminal.text()
        times.append(terminal.key(key, lambda this, was=before: this.text() != was))
    for key, text in ((END, "Line 10000 of"), (HOME, LINE)):
        times.append(terminal.key(key, lambda this, text=text: text in this.text()))
    terminal.key("q", None)
    return opened, times


def _luggage_ours(context):
    """Enter as soon as the index of a cold start stands, on the slow line."""
    running = context.running
    with proxy_module.Proxy(running.ports["imaps"], rtt_ms=RTT_MS, bits_per_second=BITS) as line:
        with bench.Home(running, bench.USERS["special"], imap=f"127.0.0.1:{line.port}") as home:
            with bench.Terminal(home) as terminal:
                terminal.painted(LUGGAGE)
                terminal.settle(0.02, 0.1)
                _go_to(terminal, LUGGAGE)
                return terminal.key(ENTER, lambda this: LUGGAGE_TEXT in this.text(), 30)


def _luggage_alpine(context):
    running, user = context.running, bench.USERS["special"]
    times = []
    with proxy_module.Proxy(running.ports["imaps"], rtt_ms=RTT_MS, bits_per_second=BITS) as line:
        with bench.Home(running, user) as home:
            for _ in range(2):  # the first makes its files
                with peers.start("alpine", home, running, user, line.port) as terminal:
                    terminal.painted(LUGGAGE)
                    terminal.settle(0.3, 3)
                    terminal.keys("n")
                    terminal.settle(0.3, 2)
                    times.append(terminal.key(ENTER, lambda this: LUGGAGE_TEXT in this.text(), 30))
    return times[-1]


def read(context, report):
    times, (opened, scrolled) = _open_fetched(context)
    report.bound("opening a message fetched in advance, slowest", max(times), 0.016,
                 note=f"{len(times)} messages, median {bench.median(times) * 1000:.1f} ms")
    report.add("  the one of 10,000 lines", opened)
    report.bound("  scrolling it, slowest key", max(scrolled), 0.016,
                 note=f"{len(scrolled)} keys, median {bench.median(scrolled) * 1000:.1f} ms")
    ours = bench.median([_luggage_ours(context) for _ in range(context.repeat)])
    report.ratio("text of a mail with 4 MB attached, 50 ms (alpine)", ours,
                 bench.median([_luggage_alpine(context) for _ in range(context.repeat)]), 1.0)


# ---- new mail

class Idler:
    """A raw client in IDLE, in a thread of its own: when does the server tell?"""

    def __init__(self, running, user):
        self.peer = harness.Peer(running, user)
        self.peer.select(readonly=True)
        self.link = self.peer.link
        self.link.send(b"i IDLE\r\n")
        self.link.readline()
        self.told = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        try:
            while line := self.link.readline():
                if b"EXISTS" in line:
                    self.told.put(time.monotonic())
        except (OSError, self.link.abort):
            pass

    def wait(self):
        return self.told.get(timeout=30)

    def end(self):
        self.link.send(b"DONE\r\n")
        self.link.sock.close()


def _deliver(running, user, subject):
    octets = harness.message(subject, to=user)
    with smtplib.LMTP("127.0.0.1", running.ports["lmtp"]) as lmtp:
        lmtp.sendmail("bob@example.org", [user], octets)
        return time.monotonic()


def _push(running, user, repeat):
    """(seconds from delivery to the screen, to a raw client), a pair a message."""
    took = []
    with bench.Home(running, user) as home, bench.Terminal(home) as terminal:
        terminal.painted(bench.NEWEST)
        terminal.settle(1.0, 6)
        idler = Idler(running, user)
        for _ in range(repeat):
            subject = f"Fresh {time.monotonic_ns()}"
            delivered = _deliver(running, user, subject)
            terminal.wait(subject[-9:], seconds=30)
            took.append((terminal.stamp - delivered, idler.wait() - delivered))
            terminal.settle(0.3, 2)
        idler.end()
        terminal.quit()
    with harness.Peer(running, user) as peer:
        peer.select()
        for uid in peer.check(peer.link.uid("SEARCH", "SUBJECT", "Fresh"))[0].split():
            peer.expunge("INBOX", uid.decode())
    return took


def _report_push(report, server, took):
    ours, floor = zip(*took)
    behind = [mine - theirs for mine, theirs in took]
    report.bound(f"new mail drawn after its delivery ({server}), slowest", max(ours), 0.2,
                 note=f"median {bench.median(ours) * 1000:.0f} ms; raw IDLE {bench.median(floor) * 1000:.0f}, at most "
                      f"{max(floor) * 1000:.0f} ms; behind it {bench.median(behind) * 1000:.1f} ms")


def push(context, report):
    _report_push(report, "Dovecot", _push(context.running, bench.USERS["special"], context.repeat))


def push_cyrus(context, report):
    """Where the server tells at once who idles."""
    user = bench.USERS["special"]
    with harness.servers(imap="cyrus") as running:
        with harness.Peer(running, user) as peer:
            peer.append("INBOX", harness.message(f"{bench.NEWEST} 4711", to=user, ident="<newest@example.org>"))
        _report_push(report, "Cyrus", _push(running, user, context.repeat))
