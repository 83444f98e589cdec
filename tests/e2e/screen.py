# SPDX-License-Identifier: GPL-3.0-or-later
"""posthorn in a pseudo-terminal, its screen read back by the emulator pyte.

    with Screen(home, columns=80, lines=24) as screen:
        screen.wait("INBOX")
        screen.keys("j", ENTER)
        print(screen.text())
"""

import errno
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time

import harness

try:
    import pyte
except ImportError:
    pyte = None

if pyte is not None:
    class _Emulator(pyte.Screen):
        """pyte knows no scrolling by SU and SD, which xterm's description promises."""

        def scroll_up(self, count=1):
            self._scroll(count, (self.margins or pyte.screens.Margins(0, self.lines - 1)).bottom, self.index)

        def scroll_down(self, count=1):
            self._scroll(count, (self.margins or pyte.screens.Margins(0, self.lines - 1)).top, self.reverse_index)

        def _scroll(self, count, row, step):
            kept, self.cursor.y = self.cursor.y, row
            for _ in range(count or 1):
                step()
            self.cursor.y = kept

    class _Stream(pyte.ByteStream):
        csi = {**pyte.ByteStream.csi, "S": "scroll_up", "T": "scroll_down"}
        events = pyte.ByteStream.events | {"scroll_up", "scroll_down"}

MISSING = "python3-pyte is missing"

ENTER, ESC, TAB, SPACE, BACKSPACE = "\r", "\x1b", "\t", " ", "\x7f"
UP, DOWN, RIGHT, LEFT = "\x1bOA", "\x1bOB", "\x1bOC", "\x1bOD"
PAGE_UP, PAGE_DOWN, HOME, END = "\x1b[5~", "\x1b[6~", "\x1bOH", "\x1bOF"


def needed():
    """All tests of this program are on the screen: without an emulator none can run."""
    if pyte is None:
        harness.skip_all(MISSING)


def control(letter):
    """The key Ctrl-letter."""
    return chr(ord(letter.upper()) - 64)


class Screen:
    def __init__(self, home, *arguments, columns=80, lines=24, program=None, environment=None):
        if pyte is None:
            raise harness.missing(MISSING)
        self.emulator = _Emulator(columns, lines)
        self.stream = _Stream(self.emulator)
        self.raw = bytearray()  # all that the program wrote
        self.status = None
        argv = [program or harness.POSTHORN, *arguments]
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            try:
                os.chdir(home.path)
                self._set_size(0, columns, lines)
                os.execve(argv[0], argv, {**home.environment, **(environment or {})})
            finally:
                os._exit(127)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @staticmethod
    def _set_size(descriptor, columns, lines):
        fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def pump(self, seconds=0.0):
        """Take what the program wrote, waiting at most so long for the first of it.
        Returns whether anything came."""
        ready, _, _ = select.select([self.terminal], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.terminal, 65536)
        except OSError as error:
            if error.errno == errno.EIO:
                return False
            raise
        self.raw += data
        self.stream.feed(data)
        return bool(data)

    def keys(self, *keys):
        """Press keys, one write each."""
        for key in keys:
            os.write(self.terminal, key.encode())

    def lines(self):
        """The rows as text, blanks at their ends removed."""
        return [line.rstrip() for line in self.emulator.display]

    def text(self):
        return "\n".join(self.lines())

    def row_of(self, text):
        """The number of the first row that holds text, else None."""
        return next((number for number, line in enumerate(self.lines()) if text in line), None)

    def cell(self, column, row):
        """What stands there: pyte's Char with data, fg, bg, bold, reverse, ..."""
        return self.emulator.buffer[row][column]

    @property
    def cursor(self):
        """(column, row)"""
        return self.emulator.cursor.x, self.emulator.cursor.y

    def wait_until(self, condition, what, seconds=harness.WAIT_SECONDS):
        """Wait until condition(self) is true of the screen. Returns the seconds it took."""
        start = time.monotonic()
        while not condition(self):
            left = start + seconds - time.monotonic()
            if left <= 0 or (not self.pump(min(left, 0.1)) and self.ended()):
                raise AssertionError(f"waited {time.monotonic() - start:.1f} s in vain for {what}"
                                     f"{' (the program has ended)' if self.status is not None else ''}"
                                     f"; the screen:\n{self.text()}")
        return time.monotonic() - start

    def wait(self, *texts, seconds=harness.WAIT_SECONDS):
        """Wait until all texts are on the screen."""
        return self.wait_until(lambda screen: all(text in screen.text() for text in texts),
                               repr(texts), seconds)

    def wait_gone(self, text, seconds=harness.WAIT_SECONDS):
        return self.wait_until(lambda screen: text not in screen.text(), f"{text!r} to go", seconds)

    def settle(self, quiet=0.15, seconds=5):
        """Take what comes until nothing came for a while."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.pump(quiet):
            pass

    def resize(self, columns, lines):
        self.emulator.resize(lines, columns)
        self._set_size(self.terminal, columns, lines)

    def ended(self):
        """Has the program ended? Then `status` is its exit status, negative for a signal."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def wait_end(self, seconds=harness.WAIT_SECONDS):
        """Wait for the program's end. Returns its exit status."""
        deadline = time.monotonic() + seconds
        while not self.ended():
            self.pump(0.05)
            if time.monotonic() > deadline:
                raise AssertionError(f"still running after {seconds:g} s; the screen:\n{self.text()}")
        return self.status

    def kill(self, number=signal.SIGKILL):
        if not self.ended():
            os.kill(self.pid, number)

    def close(self):
        self.kill()
        if self.terminal >= 0:
            self.wait_end(5)
            os.close(self.terminal)
            self.terminal = -1
