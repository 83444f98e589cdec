# SPDX-License-Identifier: GPL-3.0-or-later
"""What the end-to-end tests share: TAP, a private home, posthorn on a screen, a second client.

    import harness

    with harness.servers() as servers, harness.Home() as home:
        @harness.test
        def lists_the_inbox():
            ...
    harness.done()

A test is a function; its name is the fact it shows. It fails by any exception
(harness.equal and harness.wait word the usual ones) and is skipped by
harness.Skip. Waiting is always for a condition, with a deadline.
"""

import contextlib
import imaplib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "server"))

import servers as server_module  # noqa: E402

POSTHORN = os.environ.get("POSTHORN") or os.path.join(
    os.environ.get("top_builddir", os.path.join(os.path.dirname(os.path.dirname(HERE)), "build")),
    "src", "posthorn")
WAIT_SECONDS = float(os.environ.get("POSTHORN_TEST_WAIT", "20"))
IN_CI = os.environ.get("CI", "") not in ("", "false", "0")


class Skip(Exception):
    """The test cannot run here; the text says why."""


_count = 0
_failed = 0


def _line(good, name, note=""):
    global _count, _failed
    _count += 1
    _failed += not good
    print(f"{'ok' if good else 'not ok'} {_count} - {name}{note}", flush=True)


def _explain(text):
    for line in str(text).rstrip("\n").split("\n"):
        print(f"# {line}", flush=True)


def test(function):
    """Run a function as one test, now."""
    name = function.__name__.replace("_", " ")
    try:
        function()
    except Skip as reason:
        _line(True, name, f" # SKIP {reason}")
    except Exception:  # whatever it is, this test failed and the next one runs
        _line(False, name)
        _explain(traceback.format_exc())
    else:
        _line(True, name)
    return function


def done():
    """Print the plan and leave; the last thing that a test program does."""
    print(f"1..{_count}", flush=True)
    sys.exit(1 if _failed else 0)


def skip_all(reason):
    """None of the tests can run here. In CI that is a failure."""
    if IN_CI:
        _line(False, f"the tests can run: {reason}")
        done()
    print(f"1..0 # SKIP {reason}", flush=True)
    sys.exit(0)


def missing(reason):
    """What a single test raises that lacks a tool: Skip, or in CI a failure."""
    return AssertionError(reason) if IN_CI else Skip(reason)


def equal(have, want, what="value"):
    if have != want:
        raise AssertionError(f"{what}\n  is     {have!r}\n  wanted {want!r}")


def wait(condition, what, seconds=WAIT_SECONDS):
    """Wait until condition() gives something true, and return that."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain for {what}")
        time.sleep(0.02)


@contextlib.contextmanager
def servers(**options):
    """Private mail servers, with the options of servers.Options."""
    try:
        started = server_module.Servers(**options)
        started.start()
    except server_module.Unavailable as error:
        skip_all(f"no test servers: {error}")
    try:
        yield started
    finally:
        started.__exit__()


class Result:
    """How a run of posthorn ended."""

    def __init__(self, process):
        self.status = process.returncode
        self.out = process.stdout.decode("utf-8", "replace")
        self.err = process.stderr.decode("utf-8", "replace")

    @property
    def json(self):
        try:
            return json.loads(self.out)
        except ValueError as error:
            raise AssertionError(f"not one JSON value: {error}\nstdout {self.out[:2000]!r}\n"
                                 f"stderr {self.err[:2000]!r}") from error


class Home:
    """A private home with its XDG folders; removed at the end."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="posthorn-home-")
        kept = {name: value for name, value in os.environ.items()
                if name.startswith(("ASAN_", "UBSAN_", "TSAN_", "LSAN_")) or name == "PATH"}
        self.environment = {
            **kept, "HOME": self.path, "TZ": "UTC", "LC_ALL": "C.UTF-8",
            "TERM": "xterm-256color", "POSTHORN_TEST": "1",
            **{f"XDG_{name}_HOME": f"{self.path}/{name.lower()}"
               for name in ("CONFIG", "CACHE", "DATA", "STATE")},
            "XDG_RUNTIME_DIR": self.path + "/run",
        }
        os.mkdir(self.path + "/run", 0o700)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    @property
    def config(self):
        return self.path + "/config/posthorn/posthorn.conf"

    def forget_cache(self):
        """As if the copy of the mail had never been."""
        shutil.rmtree(self.path + "/cache", ignore_errors=True)

    def popen(self, *arguments, **options):
        return subprocess.Popen([POSTHORN, *arguments], env=self.environment, cwd=self.path,
                                **options)

    def run(self, *arguments, input=None, status=0, seconds=60):
        """Run posthorn; a status other than the wanted one (None: any) is a failure."""
        octets = input.encode() if isinstance(input, str) else input
        process = subprocess.run([POSTHORN, *arguments], env=self.environment, cwd=self.path,
                                 input=octets or b"", capture_output=True, timeout=seconds,
                                 check=False)
        result = Result(process)
        if status is not None and result.status != status:
            raise AssertionError(f"posthorn {' '.join(arguments)}: exit {result.status}, wanted "
                                 f"{status}\nstdout {result.out[-2000:]}\nstderr {result.err[-4000:]}")
        return result

    def json(self, *arguments, **options):
        """Run posthorn with --json and return the value that it printed."""
        return self.run(*arguments, "--json", **options).json

    def add_account(self, running, user="alice@example.org", name="Alice Example", imap=None,
                    smtp=None, more=()):
        """Configure an account on the private servers by `posthorn setup`."""
        secret = self.path + "/" + user.split("@")[0] + ".password"
        with open(secret, "w", encoding="utf-8") as file:
            file.write(running.passwords[user] + "\n")
        os.chmod(secret, 0o600)
        info = running.info()
        return self.json("setup", "--address", user, "--name", name,
                         "--password-command", f"cat {secret}", "--imap", imap or info["imap"],
                         "--smtp", smtp or info["smtp"], "--ca-file", info["ca_file"], *more)


class Peer:
    """A second client of the same mailbox, by imaplib."""

    def __init__(self, running, user="alice@example.org"):
        self.link = imaplib.IMAP4("127.0.0.1", running.ports["imap"])
        self.link.login(user, running.passwords[user])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            self.link.logout()

    def check(self, answer):
        status, data = answer
        if status != "OK":
            raise AssertionError(f"the server said {status} {data!r}")
        return data

    def folders(self):
        """Names of all folders, sorted."""
        lines = self.check(self.link.list())
        return sorted(re.search(rb'(?:"((?:[^"\\]|\\.)*)"|([^ ]+))$', line).group().strip(b'"').decode()
                      for line in lines if line)

    def select(self, folder="INBOX", readonly=False):
        return int(self.check(self.link.select(f'"{folder}"', readonly))[0])

    def messages(self, folder="INBOX"):
        """{uid: sorted flags} of a folder, \\Recent left out."""
        if self.select(folder, readonly=True) == 0:
            return {}
        rows = {}
        for line in self.check(self.link.uid("FETCH", "1:*", "(UID FLAGS)")):
            uid = int(re.search(rb"UID (\d+)", line).group(1))
            flags = re.search(rb"FLAGS \(([^)]*)\)", line).group(1).decode().split()
            rows[uid] = sorted(flag for flag in flags if flag != "\\Recent")
        return rows

    def octets(self, folder, uid):
        self.select(folder, readonly=True)
        return self.check(self.link.uid("FETCH", str(uid), "(BODY.PEEK[])"))[0][1]

    def append(self, folder, octets, flags=(), date=None):
        """Put a message there. Returns its UID."""
        data = self.check(self.link.append(f'"{folder}"', f"({' '.join(flags)})",
                                           imaplib.Time2Internaldate(date or time.time()), octets))
        return int(re.search(rb"APPENDUID \d+ (\d+)", data[0]).group(1))

    def store(self, folder, uid, change, flags):
        self.select(folder)
        self.check(self.link.uid("STORE", str(uid), change, f"({flags})"))

    def move(self, folder, uid, target):
        self.select(folder)
        self.check(self.link.uid("MOVE", str(uid), f'"{target}"'))

    def expunge(self, folder, uid):
        self.store(folder, uid, "+FLAGS", "\\Deleted")
        self.check(self.link.uid("EXPUNGE", str(uid)))

    def find(self, folder, message_id):
        """UIDs of the messages with this Message-ID."""
        self.select(folder, readonly=True)
        data = self.check(self.link.uid("SEARCH", "HEADER", "Message-ID", f'"{message_id}"'))
        return [int(word) for word in data[0].split()]


def message(subject="A subject", sender="Bob Miller <bob@example.org>",
            to="Alice Example <alice@example.org>", body="Some text.\r\n", ident=None, extra=""):
    """The octets of a small message."""
    ident = ident or f"<{time.monotonic_ns()}@example.org>"
    date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
    return (f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nDate: {date}\r\n"
            f"Message-ID: {ident}\r\n{extra}\r\n{body}").encode()
