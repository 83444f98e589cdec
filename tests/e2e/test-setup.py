# SPDX-License-Identifier: GPL-3.0-or-later
"""The live test and the logic of setup (src/account) against real servers, through setup-driver."""

import os
import subprocess
import tempfile

import harness
from harness import equal, test

DRIVER = os.path.join(os.environ.get("top_builddir", "."), "tests", "e2e", "setup-driver")
ALICE = "alice@example.org"


class Run:
    def __init__(self, running, imap=None, imap_security="-", smtp=None, smtp_security="-", password=None, ca=None,
                 trust=None):
        info = running.info()
        with tempfile.TemporaryDirectory() as folder:
            arguments = [DRIVER, folder, ALICE, imap or info["imap"], imap_security, smtp or info["smtp"], smtp_security,
                         ca or info["ca_file"]] + ([trust] if trust else [])
            process = subprocess.run(arguments, input=(password or running.passwords[ALICE]) + "\n", text=True,
                                     capture_output=True, timeout=120, check=False)
            self.out = process.stdout
            self.code = process.returncode
            self.files = {name: open(os.path.join(folder, name), "rb").read() for name in os.listdir(folder)}
        if self.code not in (0, 1):
            raise AssertionError(f"exit {self.code}\n{self.out}\n{process.stderr[-4000:]}")

    def says(self, words):
        if words not in self.out:
            raise AssertionError(f"no {words!r} in\n{self.out}")


def certificate_test(running, security):
    info = running.info()
    host = info["bad_certificates"]["self-signed"]
    port = running.ports["imaps" if security == "tls" else "imap"]
    found = Run(running, imap=f"{host}:{port}", imap_security=security)
    equal(found.code, 1)
    found.says("fault test trust")
    equal(found.files, {})
    fingerprint = found.out.rsplit("certificate ", 1)[1].split()[0]
    agreed = Run(running, imap=f"{host}:{port}", imap_security=security, trust=f"{host}:{port} {fingerprint}")
    agreed.says("imap login ok")


with harness.servers() as running:
    @test
    def an_account_is_tested_kept_and_works_again():
        done = Run(running)
        done.says("imap connect ok: TLSv1")
        done.says("smtp login ok")
        done.says("kept example")
        equal(done.code, 0)
        equal(running.passwords[ALICE].encode() in b"".join(done.files.values()), False)

    @test
    def starttls_ports_are_known_by_their_security():
        host = running.info()["host"]
        done = Run(running, imap=f"{host}:{running.ports['imap']}", imap_security="starttls",
                   smtp=f"{host}:{running.ports['submission']}", smtp_security="starttls")
        done.says("kept example")

    @test
    def plain_text_on_this_machine_works_when_asked_for():
        done = Run(running, imap=f"127.0.0.1:{running.ports['imap']}", imap_security="plain",
                   smtp=f"127.0.0.1:{running.ports['smtp']}", smtp_security="plain")
        done.says("imap login ok")

    @test
    def a_wrong_password_names_its_cause_and_keeps_nothing():
        done = Run(running, password="not-this-one")
        equal(done.code, 1)
        done.says("fault test auth")
        done.says("imap login failed")
        done.says("next: Check user name and password")
        equal(done.files, {})
        equal("not-this-one" in done.out, False)

    @test
    def a_tls_port_asked_for_starttls_is_explained():
        host = running.info()["host"]
        done = Run(running, imap=f"{host}:{running.ports['imap']}", imap_security="tls")
        equal(done.code, 1)
        done.says("imap connect failed")
        done.says("next: ")

    @test
    def a_certificate_is_asked_about_and_trusted_by_fingerprint():
        certificate_test(running, "tls")

    @test
    def the_same_by_starttls():
        certificate_test(running, "starttls")

harness.done()
