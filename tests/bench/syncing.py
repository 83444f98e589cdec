# SPDX-License-Identifier: GPL-3.0-or-later
"""The first start on a large folder, its whole sync, and a sync of what did not change."""

import subprocess
import time

import bench
import peers
import proxy as proxy_module

SYNC_SECONDS = 120
JOB = "headers of"


def _alpine(context, repeat):
    """Alpine on the large folder, once to let it make its own files."""
    running, user = context.running, bench.USERS["large"]
    times = []
    with bench.Home(running, user) as home:
        for _ in range(repeat + 1):
            with peers.start("alpine", home, running, user, running.ports["imaps"]) as terminal:
                times.append(terminal.painted(bench.NEWEST))
    return times[1:]


def _press_round(terminal, step, there):
    """Keys as somebody presses them who looks around; seconds that each took to show.
    step: presses a key that moves a row; there: what ? shows, and q takes away."""
    times = [step(key) for key in "jjkk"]
    times.append(terminal.key("?", lambda this: there(this)))
    times.append(terminal.key("q", lambda this: not there(this)))
    terminal.settle(0.02, 0.05)
    return times


def _press_through(terminal):
    """Keys all through the first sync: seconds that each took to show."""
    times = []
    terminal.wait_until(lambda this: JOB in this.text(), "the job of the first sync", SYNC_SECONDS)
    terminal.learn_selected()
    last = time.monotonic()
    while time.monotonic() - last < 1.0:
        times += _press_round(terminal, terminal.step, lambda this: bench.NEWEST not in this.text())
        if JOB in terminal.text():
            last = time.monotonic()
    return times


def _echo_beside_reader(context):
    """The same keys, by a program that only moves the cursor, beside a raw reader of the same headers."""
    running, user = context.running, bench.USERS["large"]
    times = []
    with bench.Home(running, user) as home:
        with bench.Terminal(home, program=bench.program("echo")) as terminal:
            terminal.painted("ready")

            def step(key):
                to = terminal.cursor[1] + (1 if key == "j" else -1)
                return terminal.key(key, lambda this: this.cursor[1] == to)

            with bench.raw_reader(running.ports["imaps"], user, running.passwords[user],
                                  ["SELECT INBOX", f"UID FETCH 1:* {context.items()}"]) as reader:
                while reader.poll() is None:
                    times += _press_round(terminal, step, lambda this: "help" in this.text())
            terminal.keys("\x04")
            terminal.wait_end(3)
    return times


def _cold_once(home):
    home.clear()
    with bench.Terminal(home) as terminal:
        with bench.Sampler(terminal.pid) as sampler:
            first = terminal.painted(bench.NEWEST)
            anon = bench.memory(terminal.pid)["RssAnon"]
            keys = _press_through(terminal)
            terminal.settle(0.5, 5)
        terminal.quit()
    return first, anon, keys, sampler.peak


def _turns(context):
    """(turns, octets, seconds) from the connect to the first rows on a line of 50 ms."""
    with proxy_module.Proxy(context.running.ports["imaps"], rtt_ms=50) as line:
        with bench.Home(context.running, bench.USERS["large"], imap=f"127.0.0.1:{line.port}") as home:
            with bench.Terminal(home) as terminal:
                seconds = terminal.painted(bench.NEWEST)
                first = line.connections[0]
                # What left within the last half turn could not have been answered on the screen; 1: TCP's own.
                turns = 1 + len([each for each in first.turn_times if each < terminal.stamp - line.rtt / 2])
                octets = sum(first.bytes.values())
    return turns, octets, seconds


def _report_keys(report, keys, floor):
    """Percentiles, each beside that of the program that only echoes: the machine's own share."""
    ours, echo = (f"{len(all_of)} keys, median {bench.median(all_of) * 1000:.1f}, slowest {max(all_of) * 1000:.1f} ms"
                  for all_of in (keys, floor))
    for share in (0.5, 0.95, 0.99):
        value, least = bench.percentile(keys, share), bench.percentile(floor, share)
        report.add(f"  keys while it syncs, {share * 100:.0f} of 100 (echo)", value, least,
                   "<= 0.016" if share > 0.9 else None, met=value <= 0.016 if share > 0.9 else None,
                   note=f"{ours}; echo {echo}" if share == 0.99 else "")


def cold(context, report):
    count = context.sizes["large"]
    first, keys, floor, anon, peak = [], [], [], 0, 0
    with bench.Home(context.running, bench.USERS["large"]) as home:
        for _ in range(context.repeat):
            seconds, at_first, pressed, highest = _cold_once(home)
            first.append(seconds)
            keys += pressed
            floor += _echo_beside_reader(context)
            anon, peak = max(anon, at_first), max(peak, highest)
    report.ratio(f"cold start, {count} messages, newest rows (alpine)", bench.median(first),
                 bench.median(_alpine(context, context.repeat)), 0.5)
    turns, octets, seconds = _turns(context)
    report.bound("  turns of the line to the first rows", turns, 7, "turns",
                 note=f"{octets} octets, {seconds * 1000:.0f} ms at 50 ms a turn")
    _report_keys(report, keys, floor)
    report.bound("  RssAnon at the first rows", anon, 12, "MiB")
    report.bound("  RssAnon through the sync", peak, 25, "MiB")


def sync_all(context, report):
    running, user = context.running, bench.USERS["large"]
    floor, ours = [], []
    commands = ["SELECT INBOX", f"UID FETCH 1:* {context.items()}"]
    with bench.Home(running, user) as home:
        for _ in range(context.repeat):
            read = bench.raw_read(running.ports["imaps"], user, running.passwords[user], commands)
            floor.append(read["seconds"])
            home.clear()
            start = time.monotonic()
            result = home.json("sync", seconds=SYNC_SECONDS)
            ours.append(time.monotonic() - start)
            if result["fetched"] < context.sizes["large"]:
                raise AssertionError(f"only {result['fetched']} messages were fetched")
    report.ratio(f"all headers of {context.sizes['large']} (raw reader, same FETCH)", bench.median(ours),
                 bench.median(floor), 1.3, note=f"{read['read'] / 1e6:.0f} MB, "
                 + " ".join(f"{a:.2f}/{b:.2f}" for a, b in zip(ours, floor)))


def resync(context, report):
    running, user = context.running, bench.USERS["large"]
    with proxy_module.Proxy(running.ports["imaps"]) as line:
        bench.raw_read(line.port, user, running.passwords[user], [])
        login = line.stats()
        with context.warm_home("large") as home:
            home.configure(imap=f"127.0.0.1:{line.port}")
            home.run("sync", "--debug", "imap", "--log", home.path + "/trace")
            total = line.stats()
            with open(home.path + "/trace", encoding="utf-8", errors="replace") as file:
                text = file.read()
    octets = sum(total[way] - 2 * login[way] for way in ("s2c", "c2s"))
    report.bound(f"resync of {context.sizes['large']} unchanged, turns after login", bench.turns_in(text), 3, "turns")
    report.bound("  octets after login", max(0, octets), 20000, "octets", note="TLS included")


def trace(home):
    """What posthorn says to the server in a cold sync."""
    path = home.path + "/trace"
    result = home.run("sync", "--debug", "imap", "--log", path, status=None)
    if result.status != 0:
        raise subprocess.SubprocessError(result.err)
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()
