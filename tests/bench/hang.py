# SPDX-License-Identifier: GPL-3.0-or-later
"""The server is stopped in the middle of something: keys, jobs, and what comes after."""

import time

import bench
import harness
import reading

ENTER = "\r"


def _press(terminal, seconds, home_text):
    """Press a key every half second; seconds that each took to show."""
    times, deadline = [], time.monotonic() + seconds
    while time.monotonic() < deadline:
        for key in "jk":
            row = terminal.cursor[1]
            times.append(terminal.key(key, lambda this, row=row: this.cursor[1] != row))
        terminal.settle(0.5, 0.5)
    return times


def _jobs(terminal):
    """What the view of jobs shows."""
    terminal.keys("B")
    terminal.settle(0.2, 1)
    text = terminal.text()
    terminal.keys("q")
    terminal.settle(0.2, 1)
    return text


def _row(report, what, times, shown, arrived):
    report.bound(f"stopped while {what}: slowest key", max(times), 0.016,
                 note=f"{len(times)} keys; job {'shown' if shown else 'NOT SHOWN'}; then it arrived "
                 + (f"after {arrived:.1f} s" if arrived is not None else "NEVER"))


def _while_syncing(context, report):
    running = context.running
    with bench.Home(running, bench.USERS["large"]) as home, bench.Terminal(home) as terminal:
        terminal.painted(bench.NEWEST)
        terminal.wait("headers of")
        running.freeze()
        try:
            times = _press(terminal, context.hang_seconds, bench.NEWEST)
            shown = "headers of" in _jobs(terminal)
        finally:
            running.thaw()
        thawed = time.monotonic()
        arrived = bench.settle_without(terminal, "headers of", 2.0) - thawed
        if home.json("list", "INBOX", "--limit", "1") == [] or "headers of" in terminal.text():
            arrived = None
        terminal.quit()
    _row(report, "syncing", times, shown, arrived)


def _while_opening(context, report):
    running = context.running
    with bench.Home(running, bench.USERS["special"]) as home:
        home.run("sync")
        with bench.Terminal(home) as terminal:
            terminal.painted(bench.NEWEST)
            terminal.settle(0.3, 2)
            reading._go_to(terminal, reading.LUGGAGE)
            running.freeze()
            try:
                terminal.keys(ENTER)
                terminal.settle(0.5, 1)
                times = []
                deadline = time.monotonic() + context.hang_seconds
                while time.monotonic() < deadline:
                    times.append(terminal.key("?", None))
                    terminal.settle(0.2, 0.4)
                    times.append(terminal.key("q", None))
                    terminal.settle(0.4, 0.6)
                shown = "luggage" in _jobs(terminal).lower()
            finally:
                running.thaw()
            try:
                arrived = terminal.wait(reading.LUGGAGE_TEXT, seconds=90)
            except AssertionError:
                arrived = None
            terminal.quit()
    _row(report, "opening", times, shown, arrived)


def _while_sending(context, report):
    running, subject = context.running, f"Letter {time.monotonic_ns()}"
    with bench.Home(running, bench.USERS["special"], read_only=False) as home:
        home.run("sync")
        home.run("send", "--queue", input=harness.message(subject, sender="carol@example.org"))
        running.freeze(smtp=True)
        try:
            with bench.Terminal(home) as terminal:
                terminal.painted(bench.NEWEST)
                terminal.settle(0.5, 3)
                times = _press(terminal, context.hang_seconds, bench.NEWEST)
                jobs = _jobs(terminal)
                shown = subject in jobs or "Sending" in jobs or "send" in jobs.lower()
                running.thaw(smtp=True)
                start = time.monotonic()
                try:
                    harness.wait(lambda: terminal.pump(0.1) is None or any(
                        subject in str(each) for each in running.sent()), "the letter", 90)
                    arrived = time.monotonic() - start
                except AssertionError:
                    arrived = None
                terminal.quit()
        finally:
            running.thaw(smtp=True)
    _row(report, "sending", times, shown, arrived)


def hang(context, report):
    _while_syncing(context, report)
    _while_opening(context, report)
    _while_sending(context, report)
