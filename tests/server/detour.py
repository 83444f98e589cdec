# SPDX-License-Identifier: GPL-3.0-or-later
"""A network of a test's own making: DNS records, https sites, and mail servers under any name.

    with Detour(running, dns=["--srv-host=..."], sites={("autoconfig.example.org", "/x"): Page("<a/>")}) as detour:
        home.environment.update(detour.environment)

dnsmasq answers DNS; one https server is all sites; detour.c, preloaded into the
program, leads it there. Nothing that the program asks or connects to leaves
this machine.
"""

import dataclasses
import grp
import http.server
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time

import certificates
import fetch

HERE = os.path.dirname(os.path.abspath(__file__))
# Documentation addresses (RFC 5737): not on this machine, and nowhere else either.
WEB, MAIL = "203.0.113.10", "203.0.113.20"
PACKAGES = ("dnsmasq-base",)
DNS_SECONDS = 10
DNS_ATTEMPTS = 5


@dataclasses.dataclass
class Page:
    body: str = ""
    status: int = 200
    type: str = "text/xml"
    location: str = None
    seconds: float = 0  # how long it takes; ends with the server


class Sites:
    """All https sites, by (host, path). asked: what was, in order."""

    def __init__(self, sites, certificate, key):
        outer = self
        self.sites, self.asked, self.over = sites, [], threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                host = self.headers["Host"].split(":")[0]
                outer.asked.append(host + self.path)
                page = outer.sites.get((host, self.path), Page(status=404))
                outer.over.wait(page.seconds)
                octets = page.body.encode()
                try:
                    self.send_response(page.status)
                    self.send_header("Content-Type", page.type)
                    if page.location:
                        self.send_header("Location", page.location)
                    self.send_header("Content-Length", str(len(octets)))
                    self.end_headers()
                    self.wfile.write(octets)
                except OSError:
                    pass

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server = Server(("127.0.0.1", 0), Handler)
        # The handshake is the connection's own thread's business.
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                 do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def stop(self):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def _free_port():
    """One that is free for datagrams and for connections."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams, socket.socket() as stream:
            datagrams.bind(("127.0.0.1", 0))
            try:
                stream.bind(datagrams.getsockname())
            except OSError:
                continue
            return stream.getsockname()[1]


class Silence:
    """A port where a connection is never answered, as behind a firewall: its queue is full."""

    def __init__(self):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(0)
        self.port = self.listener.getsockname()[1]
        self.waiting = []
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", self.port))
            self.waiting.append(client)

    def stop(self):
        for each in (*self.waiting, self.listener):
            each.close()


class Detour:
    """hosts: name -> address of mail hosts (default MAIL); ports: (address, port) -> local port, 0: no answer."""

    def __init__(self, running, dns=(), sites=None, hosts=None, ports=None, offline=False):
        self.folder = tempfile.mkdtemp(prefix="posthorn-detour-")
        sites = sites or {}
        names = sorted({host for host, _ in sites})
        authority = running.root + "/ca"
        if names:
            certificates.site(authority, self.folder + "/site", names)
        self.sites = Sites(sites, self.folder + "/site.pem", self.folder + "/site.key") if names else None
        self.dnsmasq = None
        self.silence = Silence()
        lines = [f"host {name} {WEB}" for name in names]
        lines += [f"host {name} {address}" for name, address in (hosts or {}).items()]
        if self.sites:
            lines.append(f"port {WEB} 443 {self.sites.port}")
        lines += [f"port {address} {port} {local or self.silence.port}" for (address, port), local in (ports or {}).items()]
        if not offline:
            lines.append(f"dns {self._start_dns(dns)}")
        self.file = self.folder + "/detour"
        with open(self.file, "w", encoding="ascii") as file:
            file.write("\n".join(lines) + "\n")
        library = self.folder + "/detour.so"
        subprocess.run([*os.environ.get("CC_SERVERS", "cc").split(), "-shared", "-fPIC", "-O2", "-o", library,
                        HERE + "/detour.c"], check=True, capture_output=True)
        self.environment = {"DETOUR": self.file, "LD_PRELOAD": library,
                            "SSL_CERT_FILE": authority + "/ca.pem"}
        # The sanitizer's library would rather be the first.
        asan = os.environ.get("ASAN_OPTIONS", "")
        self.environment["ASAN_OPTIONS"] = ":".join(filter(None, [asan, "verify_asan_link_order=0"]))

    def _start_dns(self, records):
        unpacked = fetch.servers(extra=PACKAGES)
        for _ in range(DNS_ATTEMPTS):
            port = _free_port()
            said = self._try_dns(unpacked, port, records)
            if "started" in said:
                return port
            if "already in use" not in said:
                break
        raise AssertionError(f"dnsmasq did not start: {said}")

    def _try_dns(self, unpacked, port, records):
        """What it says when it has started, or ended."""
        user = pwd.getpwuid(os.getuid()).pw_name
        path = self.folder + "/dnsmasq.log"
        with open(path, "w", encoding="utf-8") as log:
            self.dnsmasq = subprocess.Popen(
                [unpacked + "/usr/sbin/dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv",
                 "--no-hosts", f"--port={port}", "--listen-address=127.0.0.1", "--bind-interfaces", "--pid-file=",
                 f"--user={user}", "--group=" + grp.getgrgid(os.getgid()).gr_name, "--local=/#/",
                 "--log-facility=-", *records],
                env={**os.environ, "LD_LIBRARY_PATH": fetch.library_path(unpacked)}, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log)
        deadline = time.monotonic() + DNS_SECONDS
        while True:
            ended = self.dnsmasq.poll() is not None
            with open(path, encoding="utf-8", errors="replace") as file:
                said = file.read()
            if "started" in said or ended or time.monotonic() > deadline:
                return said
            time.sleep(0.02)

    @property
    def asked(self):
        """host and path of each https request."""
        return self.sites.asked if self.sites else []

    @property
    def names(self):
        """Lines of what was resolved, asked of DNS, and connected to."""
        try:
            with open(self.file + ".log", encoding="ascii") as file:
                return file.read().splitlines()
        except FileNotFoundError:
            return []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.silence.stop()
        if self.sites:
            self.sites.stop()
        if self.dnsmasq:
            self.dnsmasq.send_signal(signal.SIGKILL)
            self.dnsmasq.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
