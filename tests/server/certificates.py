# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate authority of the tests, and the certificates a client must refuse.

make(FOLDER) writes ca.pem, and NAME.pem with NAME.key for each NAME in HOSTS:
good, and expired, self-signed, wrong-name, each wrong in this one thing. Every
certificate is served on an address of its own, which it names.
"""

import os
import subprocess

HOSTS = {
    "good": "127.0.0.1",
    "expired": "127.0.0.2",
    "self-signed": "127.0.0.3",
    "wrong-name": "127.0.0.4",
}
# Has the good certificate too. Dovecot takes a connection from its own address
# as secure; one from 127.0.0.1 to here is not.
FOREIGN = "127.0.0.5"


def _openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True,
                   stdin=subprocess.DEVNULL)


def _key(path):
    _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path)


def _names(name):
    if name == "wrong-name":
        return "DNS:elsewhere.example.com"
    more = f",IP:{FOREIGN}" if name == "good" else ""
    return f"DNS:localhost,DNS:mail.example.org,IP:{HOSTS[name]}{more}"


def _authority(folder):
    _key(folder + "/ca.key")
    _openssl("req", "-x509", "-new", "-key", folder + "/ca.key", "-days", "30", "-sha256",
             "-subj", "/O=Posthorn tests/CN=Posthorn test authority", "-out", folder + "/ca.pem",
             "-addext", "keyUsage=critical,keyCertSign,cRLSign")


def _certificate(folder, name):
    base = f"{folder}/{name}"
    subject = f"/O=Posthorn tests/CN={'elsewhere.example.com' if name == 'wrong-name' else 'localhost'}"
    _key(base + ".key")
    if name == "self-signed":
        _openssl("req", "-x509", "-new", "-key", base + ".key", "-days", "30", "-sha256",
                 "-subj", subject, "-addext", "subjectAltName=" + _names(name),
                 "-out", base + ".pem")
        return
    with open(base + ".ext", "w", encoding="ascii") as file:
        file.write(f"subjectAltName={_names(name)}\nbasicConstraints=CA:FALSE\n"
                   "extendedKeyUsage=serverAuth\n")
    _openssl("req", "-new", "-key", base + ".key", "-subj", subject, "-out", base + ".csr")
    _openssl("x509", "-req", "-in", base + ".csr", "-CA", folder + "/ca.pem",
             "-CAkey", folder + "/ca.key", "-set_serial", str(1000 + list(HOSTS).index(name)),
             "-days", "-1" if name == "expired" else "30", "-sha256",
             "-extfile", base + ".ext", "-out", base + ".pem")


def site(authority, base, names):
    """Write base.pem and base.key: a good certificate for these names, from the authority in its folder."""
    _key(base + ".key")
    with open(base + ".ext", "w", encoding="ascii") as file:
        file.write("subjectAltName=" + ",".join("DNS:" + name for name in names) + "\nbasicConstraints=CA:FALSE\n"
                   "extendedKeyUsage=serverAuth\n")
    _openssl("req", "-new", "-key", base + ".key", "-subj", "/O=Posthorn tests/CN=sites", "-out", base + ".csr")
    _openssl("x509", "-req", "-in", base + ".csr", "-CA", authority + "/ca.pem", "-CAkey", authority + "/ca.key",
             "-set_serial", "2000", "-days", "30", "-sha256", "-extfile", base + ".ext", "-out", base + ".pem")


def make(folder):
    """Make the authority and all certificates, unless they are there."""
    if os.path.exists(folder + "/done"):
        return
    os.makedirs(folder, exist_ok=True)
    _authority(folder)
    for name in HOSTS:
        _certificate(folder, name)
    with open(folder + "/done", "w", encoding="ascii"):
        pass
