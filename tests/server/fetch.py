# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetch the packages of the test servers and unpack them; nothing is installed.

    folder = fetch.servers()     # the folder with usr/sbin/dovecot in it

The folder is $POSTHORN_SERVERS, else `servers` in the build folder. A package
that the unpacked ones need and the system lacks is fetched too.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

DOVECOT = ["dovecot-core", "dovecot-imapd", "dovecot-lmtpd", "dovecot-sieve",
           "dovecot-managesieved"]
SMTP = ["python3-aiosmtpd"]
POSTFIX = ["postfix"]
CYRUS = ["cyrus-imapd", "cyrus-common", "sasl2-bin", "libsasl2-modules", "libsasl2-modules-db"]

# Needed only to install the packages into a system.
UNNEEDED = re.compile(r"adduser|debconf.*|ucf|lsb-base|ssl-cert|init-system-helpers|dpkg|cpio"
                      r"|e2fsprogs|netbase|libjs-.*|sphinx-.*|python3|libc6|libpam-.*|openssl"
                      r"|sysvinit-utils|db-util|default-mta|mail-transport-agent|gawk|perl(:any)?")
FORMAT = "3"  # changes when a folder that was unpacked before must not be used


class Unavailable(Exception):
    """The servers cannot be had here; the text says why and what helps."""


def _run(arguments, **options):
    try:
        return subprocess.run(arguments, check=True, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, **options).stdout
    except FileNotFoundError as error:
        raise Unavailable(f"{arguments[0]} is not here; the test servers are unpacked from "
                          "Debian's packages") from error
    except subprocess.CalledProcessError as error:
        reason = (error.stderr or error.stdout).strip()
        raise Unavailable(f"{' '.join(arguments[:3])} failed: {reason[-400:]} "
                          "(if the package lists are old: apt-get update)") from error


def _installed(package):
    result = subprocess.run(["dpkg-query", "-W", "-f", "${Status}", package],
                            capture_output=True, text=True, check=False)
    return result.stdout.endswith(" installed")


def _dependencies(deb):
    """The packages that a .deb file needs: the first of each list of alternatives."""
    text = _run(["dpkg-deb", "-f", deb, "Depends"])
    for clause in filter(None, (part.strip() for part in text.split(","))):
        names = [re.split(r"[ (:]", choice.strip())[0] for choice in clause.split("|")]
        if not any(UNNEEDED.fullmatch(name) or _installed(name) for name in names):
            yield names[0]


def _fetch(packages, folder):
    debs = os.path.join(folder, "debs")
    shutil.rmtree(debs, ignore_errors=True)
    os.makedirs(debs)
    have, wanted = set(), list(packages)
    while wanted:
        have.update(wanted)
        before = set(os.listdir(debs))
        _run(["apt-get", "-qq", "download", *wanted], cwd=debs)
        needed = []
        for name in sorted(set(os.listdir(debs)) - before):
            path = os.path.join(debs, name)
            _run(["dpkg-deb", "-x", path, folder])
            needed += _dependencies(path)
            os.unlink(path)
        wanted = [name for name in dict.fromkeys(needed) if name not in have]
    shutil.rmtree(debs)


def _compile_redirect(folder):
    _run([*os.environ.get("CC_SERVERS", "cc").split(), "-shared", "-fPIC", "-O2",
          f'-DUNPACKED="{folder}"', "-o", os.path.join(folder, "redirect.so"),
          os.path.join(HERE, "redirect.c")])


def build_folder():
    """The build folder: where make runs, or BUILD of contrib/quickstart."""
    top = os.environ.get("top_builddir")
    return top or os.path.join(os.path.dirname(os.path.dirname(HERE)), "build")


def _unpacked(stamp):
    """What a folder was unpacked as, and its packages."""
    try:
        with open(stamp, encoding="utf-8") as file:
            lines = file.read().splitlines()
        return lines[:2], lines[2:]
    except FileNotFoundError:
        return [], []


def servers(extra=()):
    """The folder of the unpacked servers, fetched now if it is not there."""
    folder = os.environ.get("POSTHORN_SERVERS") or os.path.join(build_folder(), "servers")
    # By whatever link it is reached, it is the same folder.
    folder = os.path.realpath(folder)
    stamp = os.path.join(folder, "unpacked")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kind, have = _unpacked(stamp)
        if kind != [FORMAT, folder]:
            have = []
        wanted = [name for name in [*DOVECOT, *SMTP, *extra] if name not in have]
        if wanted:
            print(f"fetching {' '.join(wanted)}", file=sys.stderr)
            _fetch(wanted, folder)
            _compile_redirect(folder)
            with open(stamp, "w", encoding="utf-8") as file:
                file.write("\n".join([FORMAT, folder, *have, *wanted]))
    return folder


def library_path(folder):
    """LD_LIBRARY_PATH for programs from the folder."""
    triplet = [os.path.join(folder, "usr/lib", name) for name in os.listdir(folder + "/usr/lib")
               if "-linux-" in name]
    own = ["dovecot", "dovecot/modules/old-stats", "postfix"]
    return ":".join([*(f"{folder}/usr/lib/{name}" for name in own), *triplet])


def python_path(folder):
    """PYTHONPATH for modules from the folder."""
    return os.path.join(folder, "usr/lib/python3/dist-packages")


if __name__ == "__main__":
    try:
        print(servers(POSTFIX if os.getuid() == 0 else ()))
    except Unavailable as error:
        sys.exit(str(error))
