# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmarks share: servers with big mailboxes, a clock on the screen,
samples of memory, and the table in which the figures stand.

Everything is kept in `bench` of the build folder: mail is made once.
"""

import base64
import collections
import contextlib
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
sys.setswitchinterval(0.0005)  # the thread with the clock must not wait for the emulator
HERE = os.path.dirname(os.path.abspath(__file__))
for below in ("server", "e2e"):
    sys.path.insert(0, os.path.join(os.path.dirname(HERE), below))

import fetch  # noqa: E402
import fill  # noqa: E402
import harness  # noqa: E402
import mailgen  # noqa: E402
import screen as screen_module  # noqa: E402
import servers as server_module  # noqa: E402

FOLDER = os.path.join(os.path.abspath(fetch.build_folder()), "bench")
USERS = {"large": "alice@example.org", "small": "bob@example.org", "special": "carol@example.org"}
NEWEST = "Zuletzt eingeworfen"  # in the subject of every big folder's newest message


# ---- mail

def _newest(user):
    return harness.message(f"{NEWEST} 4711", to=user, body="The newest of them all.\r\n",
                           ident=f"<newest.{user}>")


def _attached(now):
    """A text of three lines and a file of 4 MB, as (subject, octets)."""
    data = os.urandom(3_000_000)
    lines = base64.encodebytes(data).replace(b"\n", b"\r\n")
    head = (f"From: Bob Miller <bob@example.org>\r\nTo: carol@example.org\r\nSubject: Heavy luggage\r\n"
            f"Date: {mailgen.rfc_date(now)}\r\nMessage-ID: <heavy@example.org>\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/mixed; boundary="cut"\r\n\r\n--cut\r\n'
            "Content-Type: text/plain; charset=utf-8\r\n\r\nThe words before the luggage.\r\n\r\n--cut\r\n"
            'Content-Type: application/octet-stream; name="luggage.bin"\r\n'
            'Content-Disposition: attachment; filename="luggage.bin"\r\n'
            "Content-Transfer-Encoding: base64\r\n\r\n").encode()
    return head + lines + b"\r\n--cut--\r\n"


def _long():
    body = "".join(f"Line {number} of many, with some words to fill it up to a usual width.\r\n"
                   for number in range(1, 10001))
    return harness.message("Ten thousand lines", to="carol@example.org", body=body, ident="<long@example.org>")


def _fill_special(running):
    """The newest of few messages: a short one, a long one, one with 4 MB attached."""
    with harness.Peer(running, USERS["special"]) as peer:
        if peer.select() > 0:
            return
        now = time.time() - 86400
        for number in range(30):
            body = f"Short text {number}.\r\n"
            peer.append("INBOX", harness.message(f"Small letter {number}", body=body,
                                                 ident=f"<small{number}@example.org>"), ("\\Seen",), now + number)
        peer.append("INBOX", _long(), ("\\Seen",), now + 100)
        peer.append("INBOX", _attached(now), ("\\Seen",), now + 101)
        peer.append("INBOX", _newest(USERS["special"]), ("\\Seen",), now + 102)


def fill_all(running, sizes):
    """Bring the big folders to their sizes, each with the same newest message."""
    for name, count in sizes.items():
        user = USERS[name]
        with harness.Peer(running, user) as peer:
            have = peer.select()
        if have >= count:
            continue
        print(f"filling a folder with {count} messages", file=sys.stderr)
        fill.fill_bulk(running, user, "INBOX", count - 1)
        with harness.Peer(running, user) as peer:
            peer.append("INBOX", _newest(user), ("\\Seen",))
    _fill_special(running)


def servers(sizes, **options):
    """The private servers with mail of these sizes ({"large": 100000, ...}), not started anew
    when their folder is there already."""
    digest = "-".join(str(count) for count in sizes.values())
    running = server_module.Servers(os.path.join(FOLDER, f"servers-{digest}"), mechanisms="plain", **options)
    try:
        running.start()
    except server_module.Unavailable as error:
        sys.exit(f"no servers: {error}")
    try:
        fill_all(running, sizes)
    except BaseException:
        running.stop()
        raise
    return running


# ---- posthorn

class Home(harness.Home):
    """A home with one account, written without setup; `keep` makes its caches stay for the next run."""

    def __init__(self, running, user, imap=None, read_only=True, keep=None):
        super().__init__()
        self.running, self.user, self.imap = running, user, imap or running.info()["imap"]
        self.read_only = read_only
        if keep:
            shutil.copytree(keep, self.path, symlinks=True, dirs_exist_ok=True)
        os.makedirs(os.path.dirname(self.config), mode=0o700, exist_ok=True)
        self.configure()

    def configure(self, imap=None):
        info = self.running.info()
        self.imap = imap or self.imap
        secret = self.path + "/password"
        with open(secret, "w", encoding="utf-8") as file:
            file.write(self.running.passwords[self.user] + "\n")
        os.chmod(secret, 0o600)
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(f"[account bench]\nlabel = Bench\nname = Bench\naddress = {self.user}\n"
                       f"imap = {self.imap}\nimap-security = tls\nsmtp = {info['smtp']}\nsmtp-security = tls\n"
                       f"password-command = cat {secret}\nca-file = {info['ca_file']}\n"
                       f"read-only = {'yes' if self.read_only else 'no'}\n")
        os.chmod(self.config, 0o600)

    def clear(self):
        """Forget all that was read: the next start is a cold one."""
        for name in ("cache", "data", "state"):
            shutil.rmtree(f"{self.path}/{name}", ignore_errors=True)


class Terminal(screen_module.Screen):
    """A program on a terminal, with a clock: a thread reads what it writes, and `stamp` is
    when the last octets that are on the emulated screen came. The emulator's own time is
    thus not the program's."""

    def __init__(self, home, *arguments, columns=130, lines=40, program=None, environment=None):
        self.stamp = 0.0
        self.selected = None
        self.chunks, self.arrived = collections.deque(), threading.Condition()
        self.reader = None
        self.start = time.monotonic()
        super().__init__(home, *arguments, columns=columns, lines=lines, program=program,
                         environment=environment)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        """The thread that only reads and looks at the clock."""
        while True:
            try:
                data = os.read(self.terminal, 65536)
            except OSError:
                data = b""
            with self.arrived:
                self.chunks.append((time.monotonic(), data))
                self.arrived.notify()
            if not data:
                return

    def pump(self, seconds=0.0):
        """Show the next octets on the emulated screen. Returns whether there were any."""
        with self.arrived:
            if not self.chunks:
                self.arrived.wait(seconds)
            if not self.chunks or not self.chunks[0][1]:
                return False
            self.stamp, data = self.chunks.popleft()
        self.raw += data
        self.stream.feed(data)
        return True

    def close(self):
        if self.terminal >= 0 and self.reader:
            self.kill()
            self.reader.join(5)
        super().close()

    def painted(self, *texts, seconds=60):
        """Wait for texts on the screen; seconds from the start of the program."""
        self.wait(*texts, seconds=seconds)
        return self.stamp - self.start

    def key(self, key, condition=None, seconds=10):
        """Press a key; seconds until the screen changed (or the condition held)."""
        while self.pump(0):
            pass
        before = self.raw_length()
        start = time.monotonic()
        self.keys(key)
        if condition is None:
            self.wait_until(lambda this: this.raw_length() > before, f"an answer to {key!r}", seconds)
        else:
            self.wait_until(condition, f"what {key!r} does", seconds)
        return self.stamp - start

    def line(self, row):
        """The text of one row: cheaper than all of them, for who looks at each piece of a picture."""
        cells = self.emulator.buffer[row]
        return "".join(cells[column].data for column in range(self.emulator.columns)).rstrip()

    def _shade(self, row):
        """What tells the selected row of a list from the others."""
        cells = self.emulator.buffer[row]
        return {(cells[column].bg, cells[column].reverse) for column in (40, 60, 90)}

    def learn_selected(self):
        """Before the first step(), with the list at rest."""
        self.settle(0.1, 1)
        self.selected = self._shade(self.cursor[1])

    def step(self, key):
        """Press a key that moves the selection of a list; seconds until another row is drawn as
        the selected one. The cursor alone does not tell: it wanders while a picture is drawn.
        Nor does the place: rows that arrive push others away."""
        self.wait_until(lambda this: this._shade(this.cursor[1]) == this.selected, "the cursor on the selected row")
        while self.pump(0):
            pass
        was = self.line(self.cursor[1])
        return self.key(key, lambda this: this._shade(this.cursor[1]) == this.selected
                        and this.line(this.cursor[1]) != was)

    def raw_length(self):
        return len(self.raw)

    def quit(self):
        """Leave the program as its user does; by force when that takes too long."""
        self.keys("q")
        try:
            if self.wait_end(3) != 0:
                raise AssertionError(f"the program ended with {self.status}")
        except AssertionError:
            if self.status is not None:
                raise
            print("the program did not end", file=sys.stderr)


# ---- memory

def memory(pid):
    """{"RssAnon": MiB, "VmRSS": MiB, "VmHWM": MiB}, zeros when the process is gone."""
    values = dict.fromkeys(("RssAnon", "VmRSS", "VmHWM"), 0.0)
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            for line in file:
                name, _, rest = line.partition(":")
                if name in values:
                    values[name] = int(rest.split()[0]) / 1024
    except (OSError, ValueError):
        pass
    return values


class Sampler:
    """The highest RssAnon of a process while it is watched."""

    def __init__(self, pid, every=0.005):
        self.pid, self.every, self.peak = pid, every, 0.0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._work, daemon=True)

    def _work(self):
        while not self.over.wait(self.every):
            self.peak = max(self.peak, memory(self.pid)["RssAnon"])

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


# ---- baselines

def program(name):
    """A program of tests/bench in the build folder, made when it is not there."""
    path = os.path.join(os.path.dirname(FOLDER), "tests", "bench", name)
    subprocess.run(["make", "-s", "-C", os.path.dirname(FOLDER), f"tests/bench/{name}"], check=True,
                   stdout=sys.stderr)
    return path


@contextlib.contextmanager
def raw_reader(port, user, password, commands):
    """The process that sends commands and throws the answers away, beside what is done meanwhile."""
    with subprocess.Popen([program("raw-reader"), str(port), user, password], stdin=subprocess.PIPE,
                          stdout=subprocess.DEVNULL) as process:
        process.stdin.write("".join(command + "\n" for command in commands).encode())
        process.stdin.close()
        try:
            yield process
        finally:
            process.kill()


def raw_read(port, user, password, commands, wait=False):
    """Send commands, throw the answers away; what raw-reader prints."""
    more = ["wait"] if wait else []
    result = subprocess.run([program("raw-reader"), str(port), user, password, *more],
                            input="".join(command + "\n" for command in commands), check=True,
                            capture_output=True, text=True)
    return json.loads(result.stdout)


def turns_in(trace):
    """Turns of the line after the login, by the protocol log of one connection: how often the
    client spoke after it was answered. The goodbye does not count."""
    turns, client_spoke, logged_in = 0, False, False
    for line in trace.split("\n"):
        who = re.search(r" ([CS]): (.*)", line)
        if not who:
            continue
        if not logged_in:
            logged_in = who.group(1) == "S" and bool(re.match(r"P\d+ OK", who.group(2)))
            continue
        if who.group(1) == "C" and not client_spoke and "LOGOUT" not in who.group(2):
            turns += 1
        client_spoke = who.group(1) == "C"
    return turns


def median(values):
    return statistics.median(values)


def settle_without(terminal, text, quiet=1.0, seconds=120):
    """Wait until a text was not on the screen for a while; when it was there last."""
    deadline = time.monotonic() + seconds
    last = time.monotonic()
    while time.monotonic() - last < quiet and time.monotonic() < deadline:
        terminal.pump(0.05)
        if text in terminal.text():
            last = time.monotonic()
    return last


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


# ---- the table

class Report:
    def __init__(self):
        self.rows = []

    def add(self, figure, value, baseline=None, goal=None, unit="s", met=None, note=""):
        """A row. goal: text; met: True, False or None (nothing asked)."""
        ratio = value / baseline if baseline and isinstance(value, (int, float)) else None
        row = {"figure": figure, "value": value, "unit": unit, "baseline": baseline, "ratio": ratio,
               "goal": goal, "met": met, "note": note}
        self.rows.append(row)
        print(self.line(row), flush=True, file=sys.stderr)

    def bound(self, figure, value, limit, unit="s", note=""):
        self.add(figure, value, None, f"<= {limit:g}", unit, value <= limit, note)

    def ratio(self, figure, value, baseline, limit, unit="s", note=""):
        self.add(figure, value, baseline, f"<= {limit:g} x", unit, value <= limit * baseline, note)

    def missing(self, figure, why):
        self.add(figure, None, met=None, note=f"not measured: {why}")

    @staticmethod
    def _number(value, unit):
        if value is None:
            return "-"
        if unit == "s":
            return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.2f} s"
        return f"{value:.1f} {unit}" if isinstance(value, float) else f"{value} {unit}"

    def line(self, row):
        ratio = f"{row['ratio']:.2f}" if row["ratio"] is not None else "-"
        met = {True: "met", False: "NOT MET", None: ""}[row["met"]]
        return (f"{row['figure']:<52} {self._number(row['value'], row['unit']):>11} "
                f"{self._number(row['baseline'], row['unit']):>11} {ratio:>6} {row['goal'] or '-':>10} {met:<8}"
                f"{row['note']}").rstrip()

    def print(self, as_json):
        if as_json:
            print(json.dumps(self.rows, indent=2))
            return
        print(f"{'figure':<52} {'posthorn':>11} {'baseline':>11} {'ratio':>6} {'goal':>10}")
        for row in self.rows:
            print(self.line(row))


def temporary(prefix):
    return tempfile.mkdtemp(prefix=prefix)
