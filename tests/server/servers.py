# SPDX-License-Identifier: GPL-3.0-or-later
"""Private mail servers on loopback, for tests, benchmarks and the demo.

    with Servers("/some/folder") as servers:
        print(servers.info())           # hosts, ports, users, passwords, CA file
        servers.freeze()                # the IMAP server hangs ...
        servers.thaw()                  # ... and goes on

Dovecot (IMAP, ManageSieve, LMTP) and an SMTP server that delivers to it run
from the unpacked packages (fetch.py) and keep everything in the folder: mail,
users, certificates, logs. The ports stay the same from stop() to start(). All
processes end with the one that started them, whatever way it ends.
"""

import ctypes
import dataclasses
import grp
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import certificates  # noqa: E402
import cyrus  # noqa: E402
import dovecot  # noqa: E402
import fetch  # noqa: E402
import postfix  # noqa: E402
from fetch import Unavailable  # noqa: E402,F401

DOMAIN = "example.org"
USERS = ["alice", "bob", "carol", "dave", "erin", "frank"]
PORTS = ["imap", "imaps", "sieve", "lmtp", "smtp", "smtps", "submission"]
START_SECONDS = 20
START_ATTEMPTS = 3


@dataclasses.dataclass
class Options:
    """What a test may ask of the servers."""
    without: tuple = ()          # IMAP capabilities not offered; STARTTLS: no TLS on that port
    tls_required: bool = False   # LOGINDISABLED until STARTTLS, at foreign_host
    mechanisms: str = ""         # Dovecot's auth_mechanisms
    format: str = "sdbox"        # sdbox, mdbox or maildir
    separator: str = "/"         # of folder names
    prefix: str = ""             # of folder names, such as "INBOX/"
    roles: bool = True           # Drafts, Sent, ... exist and have their SPECIAL-USE
    public: bool = False         # a namespace of folders for all users
    rawlog: bool = False         # what each client says after login is kept (see rawlog())
    sieve: str = ""              # more lines for Dovecot's plugin section; fileinto then makes folders
    imap: str = "dovecot"        # or cyrus; what is above is Dovecot's but without, separator, roles
    smtp: str = "aiosmtpd"       # or postfix, for root only
    smtp_size: int = 20_000_000


def _die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def free_ports(count):
    """Ports that nobody listens on at this moment."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def children(pid):
    """All processes below pid, nearest first."""
    parents = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                parent = int(file.read().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        parents.setdefault(parent, []).append(int(name))
    found, wanted = [], [pid]
    while wanted:
        below = parents.get(wanted.pop(0), [])
        found += below
        wanted += below
    return found


def signal_all(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def runs(pid):
    """Is there such a process, and not only what its parent has to collect?"""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (OSError, IndexError):
        return False


def wait_gone(pids, seconds=5):
    deadline = time.monotonic() + seconds
    while any(runs(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.01)


def account():
    """(user, group, uid, gid) the servers run as: ours, for root nobody's."""
    try:
        entry = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        return entry.pw_name, grp.getgrgid(entry.pw_gid).gr_name, entry.pw_uid, entry.pw_gid
    except KeyError as error:
        raise Unavailable("Dovecot needs a user and a group that have names") from error


def reachable(folder):
    """Can any user pass through the folder and all above it?"""
    while folder != "/":
        if os.path.exists(folder) and not os.stat(folder).st_mode & 0o001:
            return False
        folder = os.path.dirname(folder)
    return True


def unpacked(extra=()):
    """The unpacked servers, in a place that the servers' user can read."""
    if os.getuid() == 0 and "POSTHORN_SERVERS" not in os.environ \
            and not reachable(os.path.abspath(fetch.build_folder())):
        folder = "/var/tmp/posthorn-servers-root"
        os.makedirs(folder, mode=0o755, exist_ok=True)
        if os.lstat(folder).st_uid != 0:
            raise Unavailable(f"{folder} belongs to somebody else")
        os.environ["POSTHORN_SERVERS"] = folder
    return fetch.servers(extra)


class Servers:
    def __init__(self, root=None, options=None, **more):
        self.options = options or Options(**more)
        self.temporary = root is None
        self.root = os.path.abspath(root or tempfile.mkdtemp(prefix="posthorn-servers-"))
        self.ports = {}
        self.folder = self.account = None
        self.imapd = self.smtpd = None
        self.base = None
        self.passwords = {f"{name}@{DOMAIN}": f"{name}-secret"
                          for name in [*USERS, *([cyrus.ADMIN] if self.options.imap == "cyrus" else [])]}

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        if self.temporary:
            shutil.rmtree(self.root, ignore_errors=True)

    # -- starting

    def start(self):
        if self.options.smtp == "postfix" and os.getuid() != 0:
            raise Unavailable("Postfix runs as root only")
        self.folder = unpacked([*(fetch.POSTFIX if self.options.smtp == "postfix" else ()),
                                *(fetch.CYRUS if self.options.imap == "cyrus" else ())])
        self.account = account()
        self._prepare()
        for attempt in reversed(range(START_ATTEMPTS)):
            try:
                self.start_imap()
                self.start_smtp()
                return
            except RuntimeError as error:
                # Somebody took one of the free ports first.
                self.stop()
                if not attempt or "already in use" not in str(error):
                    raise
                self._choose_ports()
            except BaseException:
                self.stop()
                raise

    def _own(self, path, mode=0o755):
        os.makedirs(path, exist_ok=True)
        os.chmod(path, mode)
        if os.getuid() == 0:
            os.chown(path, self.account[2], self.account[3])

    def _prepare(self):
        if os.getuid() == 0 and not os.path.exists(self.root) \
                and not reachable(os.path.dirname(self.root)):
            os.makedirs(os.path.dirname(self.root), exist_ok=True)
            os.symlink(tempfile.mkdtemp(prefix="posthorn-servers-"), self.root)
        self.root = os.path.realpath(self.root)
        self._own(self.root)
        self._own(self.root + "/mail")
        self._own(self.root + "/public")
        self._choose_ports()
        certificates.make(self.root + "/ca")
        with open(self.root + "/users", "w", encoding="utf-8") as file:
            for address, password in self.passwords.items():
                file.write(f"{address}:{{PLAIN}}{password}\n")
        for name in os.listdir(self.root + "/ca"):
            os.chmod(f"{self.root}/ca/{name}", 0o644)

    def _choose_ports(self):
        """The ports of last time, so that what was set up with them goes on working."""
        path = self.root + "/ports.json"
        try:
            with open(path, encoding="utf-8") as file:
                self.ports = json.load(file)
            if all(is_free(port) for port in self.ports.values()):
                return
        except (OSError, ValueError):
            pass
        self.ports = dict(zip(PORTS, free_ports(len(PORTS))))
        with open(path, "w", encoding="utf-8") as file:
            json.dump(self.ports, file)

    def start_imap(self):
        """The IMAP server alone; start() does it."""
        # Its sockets have names of at most 107 bytes: they get a short place.
        self.base = tempfile.mkdtemp(prefix="phorn-", dir="/tmp")
        self._own(self.base)
        if self.options.imap == "cyrus":
            self._start_cyrus()
            return
        libraries = fetch.library_path(self.folder)
        path = self.root + "/dovecot.conf"
        with open(path, "w", encoding="utf-8") as file:
            file.write(dovecot.configuration(self.folder, libraries, self.root, self.base,
                                             self.account, self.ports, DOMAIN, self.options))
        environment = {"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": libraries,
                       "LD_PRELOAD": self.folder + "/redirect.so"}
        self.imapd = self._run([self.folder + "/usr/sbin/dovecot", "-F", "-c", path],
                                 environment, "dovecot.log")
        self._wait(self.imapd, "imap", b"* OK", "dovecot.log")

    def _start_cyrus(self):
        for name in cyrus.FOLDERS:
            self._own(f"{self.base}/{name}", 0o700)
        self._own(self.root + "/spool", 0o700)
        self._own(self.root + "/sieve", 0o700)
        command, environment = cyrus.prepare(
            self.folder, fetch.library_path(self.folder), self.root, self.base, self.account,
            self.ports, DOMAIN, self.passwords, self.options)
        if os.getuid() == 0:
            os.chown(self.base + "/sasldb", self.account[2], self.account[3])
        self.imapd = self._run(command, environment, "cyrus.log")
        self._wait(self.imapd, "imap", b"* OK", "cyrus.log")

    def start_smtp(self):
        if self.options.smtp == "postfix":
            self.smtpd = postfix.start(
                self.folder, self.base, fetch.library_path(self.folder), self.root + "/postfix",
                self.root + "/ca", DOMAIN, self.passwords,
                self.options.smtp_size, self.ports)
            self._wait(self.smtpd, "smtp", b"220 ", "postfix/master.log")
            return
        config = {
            "host": certificates.HOSTS["good"], "lmtp": self.ports["lmtp"], "domain": DOMAIN,
            "users": self.passwords, "size": self.options.smtp_size,
            "control": self.root + "/smtp-control.json", "log": self.root + "/smtp.log",
            "outgoing": self.root + "/outgoing",
            "listeners": [
                {"host": host, "port": self.ports[port], "security": security,
                 "certificate": f"{self.root}/ca/{name}.pem", "key": f"{self.root}/ca/{name}.key"}
                for name, host in certificates.HOSTS.items()
                for port, security in (("smtp", "plain"), ("smtps", "tls"),
                                       ("submission", "starttls"))]}
        self._own(self.root + "/outgoing")
        path = self.root + "/smtpd.json"
        with open(path, "w", encoding="utf-8") as file:
            json.dump(config, file)
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": fetch.python_path(self.folder),
                       "PYTHONDONTWRITEBYTECODE": "1"}
        # The servers' user may be kept out of the source folder: it gets a copy.
        script = shutil.copy(HERE + "/smtpd.py", self.root)
        self.smtpd = self._run(["/usr/bin/python3", script, path], environment, "smtpd.log")
        self._wait(self.smtpd, "smtp", b"220 ", "smtpd.log")

    def _run(self, arguments, environment, log):
        identity = {}
        if os.getuid() == 0:
            identity = {"user": self.account[2], "group": self.account[3], "extra_groups": []}
        path = f"{self.root}/{log}"
        with open(path, "ab") as file:
            if os.getuid() == 0:
                os.chown(path, self.account[2], self.account[3])
            return subprocess.Popen(arguments, env=environment, stdin=subprocess.DEVNULL,
                                    stdout=file, stderr=file, cwd="/", start_new_session=True,
                                    preexec_fn=_die_with_parent, **identity)

    def _wait(self, process, port, greeting, log):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.ports[port]), 5) as link:
                    if link.recv(len(greeting)).startswith(greeting):
                        return
            except OSError:
                pass
            time.sleep(0.02)
        with open(f"{self.root}/{log}", encoding="utf-8", errors="replace") as file:
            raise RuntimeError(f"{log}: no greeting on port {self.ports[port]}\n{file.read()[-2000:]}")

    # -- stopping

    def _end(self, process):
        if process is None:
            return
        below = children(process.pid)
        signal_all([process.pid, *below], signal.SIGCONT)
        process.terminate()
        try:
            process.wait(3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        signal_all(below, signal.SIGKILL)
        wait_gone(below)

    def stop_imap(self):
        self._end(self.imapd)
        self.imapd = None
        if self.base:
            shutil.rmtree(self.base, ignore_errors=True)
            self.base = None

    def stop_smtp(self):
        self._end(self.smtpd)
        self.smtpd = None

    def stop(self):
        self.stop_imap()
        self.stop_smtp()

    # -- what tests do with them

    def freeze(self, smtp=False):
        """The server hangs: connections stay, nothing is answered, until thaw()."""
        process = self.smtpd if smtp else self.imapd
        signal_all([process.pid, *children(process.pid)], signal.SIGSTOP)

    def thaw(self, smtp=False):
        process = self.smtpd if smtp else self.imapd
        signal_all([process.pid, *children(process.pid)], signal.SIGCONT)

    def smtp(self, **knobs):
        """Turn the knobs of smtpd.py, all others back."""
        temporary = self.root + "/smtp-control.new"
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump(knobs, file)
        os.chmod(temporary, 0o644)
        os.rename(temporary, self.root + "/smtp-control.json")

    def sent(self):
        """What the SMTP server took, oldest first."""
        try:
            with open(self.root + "/smtp.log", encoding="utf-8") as file:
                return [json.loads(line) for line in file]
        except FileNotFoundError:
            return []

    def rawlog(self, user):
        """What clients of the user said to IMAP after login, with option rawlog."""
        folder = f"{self.root}/mail/{user.split('@')[0]}/rawlog"
        text = b""
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            if name.endswith(".in"):
                with open(f"{folder}/{name}", "rb") as file:
                    text += file.read()
        return text.decode("utf-8", "replace")

    def record_rawlog(self, user):
        """With option rawlog, keep what this user's clients say from now on."""
        folder = f"{self.root}/mail/{user.split('@')[0]}"
        self._own(folder, 0o700)
        self._own(folder + "/rawlog", 0o700)

    def info(self):
        good = certificates.HOSTS["good"]
        return {
            "root": self.root, "host": good, "foreign_host": certificates.FOREIGN, "ports": self.ports, "domain": DOMAIN,
            "ca_file": self.root + "/ca/ca.pem", "users": self.passwords,
            "imap": f"{good}:{self.ports['imaps']}", "smtp": f"{good}:{self.ports['smtps']}",
            "bad_certificates": {name: host for name, host in certificates.HOSTS.items()
                                 if name != "good"},
            "log": self.root + "/dovecot.log",
        }
