# SPDX-License-Identifier: GPL-3.0-or-later
"""The server is stopped in the middle of something: keys, jobs, and what comes after it goes on."""

import contextlib
import time

import bench
import harness
import proxy as proxy_module
import reading

ENTER = "\r"
JOB = "headers of"
ARRIVES_SECONDS = 120


@contextlib.contextmanager
def _stopped(running, **options):
    """Stopped inside; whatever happens it goes on afterwards."""
    running.freeze(**options)
    try:
        yield
    finally:
        running.thaw(**options)


class Stop:
    """What is seen while the server is stopped, and how long the rest took from when it went on."""

    def __init__(self, terminal, seconds):
        self.terminal, self.until = terminal, time.monotonic() + seconds
        self.times, self.shown, self.canceled = [], False, None
        self.went_on = self.arrived = None

    def in_list(self):
        """Keys up and down a list until the time is over."""
        while time.monotonic() < self.until:
            self.times += [self.terminal.step(key) for key in "jk"]
            self.terminal.settle(0.3, 0.5)

    def in_help(self, word="Answer the sender"):
        """Help and away from it, where there is no list."""
        while time.monotonic() < self.until:
            self.times.append(self.terminal.key("?", lambda this: word in this.text()))
            self.times.append(self.terminal.key("q", lambda this: word not in this.text()))
            self.terminal.settle(0.3, 0.5)

    def look_for_job(self, words, cancel=False):
        """Whether the view of jobs shows one with these words; cancel: seconds until it says that it is stopped."""
        self.times.append(self.terminal.key("B", lambda this: "Jobs" in this.lines()[0]))
        self.terminal.settle(0.2, 1)
        rows = [row for row, line in enumerate(self.terminal.lines()) if row > 0 and words.lower() in line.lower()]
        self.shown = bool(rows)
        if cancel and rows:
            self._cancel(rows[0])
        self.terminal.key("q", lambda this: "Jobs" not in this.lines()[0])

    def _cancel(self, row):
        for _ in range(10):
            if self.terminal.cursor[1] == row:
                break
            self.terminal.keys("j" if self.terminal.cursor[1] < row else "k")
            self.terminal.settle(0.05, 0.3)
        before = self.terminal.line(row)
        self.canceled = self.terminal.key("d", lambda this: this.line(row) != before)

    def goes_on(self):
        self.went_on = time.monotonic()

    def wait(self, condition, what):
        """Until what was asked for is there; None in arrived where it never came."""
        try:
            harness.wait(lambda: self.terminal.pump(0.05) is None or condition(), what, ARRIVES_SECONDS)
            self.arrived = time.monotonic() - self.went_on
        except AssertionError:
            pass

    def report(self, report, what):
        canceled = "" if self.canceled is None else f", canceled within {self.canceled * 1000:.0f} ms"
        report.bound(f"server stopped while {what}: 99 of 100 keys", bench.percentile(self.times, 0.99), 0.016,
                     note=f"{len(self.times)} keys, median {bench.median(self.times) * 1000:.1f} ms, slowest "
                     f"{max(self.times) * 1000:.1f} ms; job {'shown' if self.shown else 'NOT SHOWN'}{canceled}")
        if self.canceled is not None and self.arrived is None:
            return
        if self.arrived is None:
            report.missing(f"  {what}: from going on to arrival", f"nothing came in {ARRIVES_SECONDS} s")
        else:
            report.add(f"  {what}: from going on to arrival", self.arrived)


def _while_syncing(context, report, cancel):
    running = context.running
    with bench.Home(running, bench.USERS["large"]) as home, bench.Terminal(home) as terminal:
        terminal.painted(bench.NEWEST)
        terminal.wait_until(lambda this: JOB in this.text(), "the job of the first sync")
        with _stopped(running):
            terminal.learn_selected()
            stop = Stop(terminal, 2 if cancel else context.hang_seconds)
            stop.in_list()
            stop.look_for_job(JOB, cancel)
        stop.goes_on()
        if not cancel:
            over = bench.settle_without(terminal, JOB, 1.0, ARRIVES_SECONDS)
            stop.arrived = over - stop.went_on if JOB not in terminal.text() else None
        terminal.quit()
        if not cancel and home.json("sync", seconds=ARRIVES_SECONDS)["fetched"] > 0:
            raise AssertionError("the job was over before all of the folder was there")
    stop.report(report, "syncing, its job canceled" if cancel else "syncing")


def _while_opening(context, report, cancel):
    """A line so slow that nothing is fetched in advance before the server is stopped."""
    running = context.running
    with proxy_module.Proxy(running.ports["imaps"], rtt_ms=200) as line:
        with bench.Home(running, bench.USERS["special"], imap=f"127.0.0.1:{line.port}") as home:
            with bench.Terminal(home) as terminal:
                terminal.painted(reading.LUGGAGE)
                with _stopped(running):
                    stop = Stop(terminal, 2 if cancel else context.hang_seconds)
                    reading._go_to(terminal, reading.LUGGAGE)
                    terminal.keys(ENTER)
                    terminal.settle(1, 2)
                    if reading.LUGGAGE_TEXT in terminal.text():
                        raise AssertionError("the text was there before the server was stopped")
                    stop.in_help()
                    stop.look_for_job(reading.LUGGAGE, cancel)
                stop.goes_on()
                if cancel:
                    terminal.keys("$")
                stop.wait(lambda: reading.LUGGAGE_TEXT in terminal.text(), "the text")
                terminal.key("q", lambda this: reading.LUGGAGE_TEXT not in this.text())
                terminal.quit()
    stop.report(report, "opening a message, its job canceled" if cancel else "opening a message")


def _in_folder(running, folder, subject):
    with harness.Peer(running, bench.USERS["special"]) as peer:
        peer.select(folder, readonly=True)
        return bool(peer.check(peer.link.uid("SEARCH", "SUBJECT", f'"{subject}"'))[0].split())


def _while_moving(context, report):
    running, subject = context.running, f"Removal {time.monotonic_ns()}"
    with harness.Peer(running, bench.USERS["special"]) as peer:
        peer.append("INBOX", harness.message(subject, to=bench.USERS["special"]), ("\\Seen",))
    with bench.Home(running, bench.USERS["special"], read_only=False) as home:
        home.run("sync")
        with bench.Terminal(home) as terminal:
            terminal.painted(subject)
            terminal.settle(0.5, 3)
            reading._go_to(terminal, subject)
            terminal.learn_selected()
            with _stopped(running):
                stop = Stop(terminal, context.hang_seconds)
                stop.times.append(terminal.key("A", lambda this: not any(subject in line for line in this.lines()[1:-3])))
                stop.in_list()
                stop.look_for_job("Archive")
            stop.goes_on()
            stop.wait(lambda: _in_folder(running, "Archive", subject), "the message in its folder")
            terminal.quit()
    with harness.Peer(running, bench.USERS["special"]) as peer:
        peer.select("Archive")
        for uid in peer.check(peer.link.uid("SEARCH", "SUBJECT", '"Removal"'))[0].split():
            peer.expunge("Archive", uid.decode())
    stop.report(report, "moving a message")


def _while_sending(context, report):
    running, subject = context.running, f"Letter {time.monotonic_ns()}"
    with bench.Home(running, bench.USERS["special"], read_only=False) as home:
        home.run("sync")
        before = len(running.sent())
        home.run("send", "--queue", input=harness.message(subject, sender="carol@example.org"))
        with _stopped(running, smtp=True):
            with bench.Terminal(home) as terminal:
                terminal.painted(bench.NEWEST)
                terminal.learn_selected()
                stop = Stop(terminal, context.hang_seconds)
                stop.in_list()
                stop.look_for_job("send")
                running.thaw(smtp=True)
                stop.goes_on()
                stop.wait(lambda: len(running.sent()) > before, "the letter")
                terminal.quit()
    stop.report(report, "sending")


def hang(context, report):
    _while_syncing(context, report, False)
    _while_syncing(context, report, True)
    _while_opening(context, report, False)
    _while_opening(context, report, True)
    _while_moving(context, report)
    _while_sending(context, report)
