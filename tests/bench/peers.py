# SPDX-License-Identifier: GPL-3.0-or-later
"""Other mail programs, fetched from Debian, unpacked below the build folder and
never installed, each driven on the emulated terminal of bench.py.

    peers.unpack()
    with peers.start("alpine", home, user, password, port) as terminal:
        seconds = terminal.painted(bench.NEWEST)

All have their caches on, in the home that they are given, and are otherwise left as
they come; certificates are not checked by those that take no CA file.
"""

import fcntl
import os
import sys

import bench
import fetch

NAMES = ["alpine", "mutt", "neomutt", "aerc"]
ENTER = "\r"

MUTT = """\
set folder="imaps://{quoted}@127.0.0.1:{port}/"
set spoolfile="imaps://{quoted}@127.0.0.1:{port}/INBOX"
set imap_user="{user}"
set imap_pass="{password}"
set ssl_ca_certificates_file="{ca}"
set certificate_file="{home}/mutt-certificates"
set header_cache="{home}/headers"
set message_cachedir="{home}/bodies"
set sort=reverse-date-received
set from="{user}"
set realname="Bench"
set record=""
"""

ALPINE = """\
personal-name=Bench
user-domain=example.org
inbox-path={{127.0.0.1:{port}/ssl/novalidate-cert/user={user}}}INBOX
sort-key=Arrival/Reverse
feature-list=quit-without-confirm,enable-full-header-cmd,expunge-without-confirm,disable-password-file-saving
last-time-prune-questioned=126.11
last-version-used=6.26
ssh-open-timeout=0
"""

AERC = """\
[bench]
source = imaps://{quoted}:{password}@127.0.0.1:{port}
default = INBOX
from = Bench <{user}>
cache-headers = true
"""


def unpack():
    """The folder with usr/bin/alpine and the others in it."""
    folder = os.path.join(bench.FOLDER, "peers")
    os.makedirs(folder, exist_ok=True)
    with open(folder + "/lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(folder + "/unpacked"):
            print(f"fetching {' '.join(NAMES)}", file=sys.stderr)
            fetch._fetch(NAMES, folder)
            with open(folder + "/unpacked", "w", encoding="ascii"):
                pass
    return folder


def _write(path, content, **values):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(content.format(**values) if values else content)
    os.chmod(path, 0o600)


def _configure(name, home, values):
    """Returns the arguments and the environment of the program."""
    if name in ("mutt", "neomutt"):
        _write(home.path + "/muttrc", MUTT, **values)
        os.makedirs(home.path + "/headers", exist_ok=True)
        os.makedirs(home.path + "/bodies", exist_ok=True)
        return ["-n", "-F", home.path + "/muttrc"], {}
    if name == "alpine":
        _write(home.path + "/.pinerc", ALPINE, **values)
        return ["-i", "-p", home.path + "/.pinerc"], {}
    config = home.environment["XDG_CONFIG_HOME"] + "/aerc"
    shared = values["folder"] + "/usr/share/aerc"
    _write(config + "/accounts.conf", AERC, **values)
    _write(config + "/aerc.conf", "[ui]\nstylesets-dirs={shared}/stylesets\nsort=-r arrival\n[templates]\n"
           "template-dirs={shared}/templates\n[filters]\ntext/plain=cat\n", shared=shared)
    with open(shared + "/binds.conf", encoding="utf-8") as file:
        _write(config + "/binds.conf", file.read())
    return [], {"SSL_CERT_FILE": values["ca"]}


class Peer(bench.Terminal):
    """A peer on its terminal; alpine asks for the password each time, and is told at once."""

    def __init__(self, name, home, arguments, environment, password, **options):
        self.password = password
        self.asked = name == "alpine"
        super().__init__(home, *arguments, environment=environment, **options)

    def pump(self, seconds=0.0):
        came = super().pump(seconds)
        if self.asked and came and "PASSWORD" in self.text():
            self.asked = False
            self.keys(self.password + ENTER)
        return came


def start(name, home, running, user, port, columns=130, lines=40):
    folder = unpack()
    values = {"user": user, "quoted": user.replace("@", "%40"), "password": running.passwords[user],
              "port": port, "ca": running.info()["ca_file"], "home": home.path, "folder": folder}
    arguments, environment = _configure(name, home, values)
    triplet = [f"{folder}/usr/lib/{each}" for each in os.listdir(folder + "/usr/lib") if "-linux-" in each]
    environment["LD_LIBRARY_PATH"] = ":".join(triplet)
    return Peer(name, home, arguments, environment, values["password"], columns=columns, lines=lines,
                program=f"{folder}/usr/bin/{name}")
