# SPDX-License-Identifier: GPL-3.0-or-later
"""From an address to its servers: private DNS, private https, private mail servers, in posthorn setup and the wizard."""

import os
import time

import harness
from harness import Home, equal, test
from screen import ENTER, ESC, TAB, Screen, control

import detour
import fetch
from detour import MAIL, Page

SECRET = "alice-secret"
HOST = "mail.example.org"
ISPDB = "live.thunderbird.net"
WELL_KNOWN = "/.well-known/autoconfig/mail/config-v1.1.xml"
CONFIG = "/mail/config-v1.1.xml"
SRV = [f"--srv-host=_imaps._tcp.example.org,{HOST},993,0,1", f"--srv-host=_submissions._tcp.example.org,{HOST},465,0,1"]


def document(host=HOST, port=993, kind="SSL", more="", user="%EMAILADDRESS%"):
    return f"""<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="example.org"><domain>example.org</domain>
<incomingServer type="imap"><hostname>{host}</hostname><port>{port}</port><socketType>{kind}</socketType>
<username>{user}</username><authentication>password-cleartext</authentication></incomingServer>
<outgoingServer type="smtp"><hostname>{host}</hostname><port>465</port><socketType>SSL</socketType>
<username>{user}</username><authentication>password-cleartext</authentication></outgoingServer>{more}
</emailProvider></clientConfig>"""


def mail_ports(running, **changed):
    ports = {993: running.ports["imaps"], 465: running.ports["smtps"], 143: running.ports["imap"],
             587: running.ports["submission"], **{int(name[1:]): value for name, value in changed.items()}}
    return {(MAIL, port): local for port, local in ports.items() if local is not None}


class Run:
    """posthorn setup in that network."""

    def __init__(self, running, address="alice@example.org", more=(), status=0, hosts=None, ports=None, **network):
        hosts = {HOST: MAIL} if hosts is None else hosts
        with detour.Detour(running, hosts=hosts, ports=mail_ports(running) if ports is None else ports,
                           **network) as net, Home() as home:
            home.environment.update(net.environment)
            began = time.monotonic()
            self.said = home.json("setup", "--address", address, "--name", "Alice", "--password-command",
                                  f"echo {SECRET}", "--ca-file", running.info()["ca_file"], *more, status=status)
            self.seconds = time.monotonic() - began
            self.written = os.path.exists(home.config)
            self.asked, self.names = list(net.asked), net.names
        self.body = self.said.get("error", self.said)
        self.states = {look["source"]: look["state"] for look in self.body.get("search", [])}
        self.found = self.body.get("found")

    def says(self, *words):
        for word in words:
            assert word in self.body["message"], self.body["message"]

    def refused(self, code):
        equal(self.body["code"], code, "code")
        equal(self.written, False, "a configuration was written")
        assert not any(step["step"] == "login" for step in self.body.get("steps", [])), self.body


def sources(running):
    @test
    def srv_records_in_the_own_domain_are_used_without_a_question():
        run = Run(running, dns=SRV)
        equal((run.found["source"], run.found["sure"]), ("srv", True))
        equal((run.said["imap"], run.said["smtp"], run.said["imap_security"]), (f"{HOST}:993", f"{HOST}:465", "tls"))

    @test
    def srv_for_starttls_alone_takes_starttls():
        run = Run(running, dns=[f"--srv-host=_imap._tcp.example.org,{HOST},143,0,1",
                                f"--srv-host=_submission._tcp.example.org,{HOST},587,0,1",
                                "--srv-host=_imaps._tcp.example.org"])
        equal((run.said["imap_security"], run.said["smtp"], run.said["smtp_security"]),
              ("starttls", f"{HOST}:587", "starttls"))

    @test
    def a_domain_that_says_that_it_has_no_imap_is_believed():
        run = Run(running, status=1, hosts={}, dns=["--srv-host=_imaps._tcp.example.org", "--srv-host=_imap._tcp.example.org"])
        look = [look for look in run.body["search"] if look["source"] == "srv"][0]
        assert "offers no IMAP" in look["words"], look

    @test
    def the_providers_own_description_is_read_and_only_the_domain_is_sent():
        run = Run(running, sites={("autoconfig.example.org", CONFIG): Page(document(more=(
            '<enable visiturl="https://example.org/imap"><instruction>Switch IMAP on.</instruction></enable>')))})
        equal((run.found["source"], run.found["sure"]), ("provider", True))
        equal((run.found["words"], run.found["help"]), ("Switch IMAP on.", "https://example.org/imap"))
        equal(run.asked, ["autoconfig.example.org" + CONFIG])
        assert not any("alice" in line for line in run.names), run.names

    @test
    def the_address_is_sent_only_after_a_yes():
        path = CONFIG + "?emailaddress=alice%40example.org"
        run = Run(running, more=("--send-address",), sites={("autoconfig.example.org", path): Page(document())})
        equal((run.found["source"], run.asked), ("provider", ["autoconfig.example.org" + path]))

    @test
    def the_well_known_place_serves_too_also_through_a_redirect():
        run = Run(running, sites={("example.org", WELL_KNOWN): Page(status=301, location="https://www.example.org/x"),
                                  ("www.example.org", "/x"): Page(document())})
        equal((run.found["source"], run.found["origin"]), ("provider", "https://www.example.org/x"))

    @test
    def the_public_database_is_asked_for_the_domain():
        run = Run(running, sites={(ISPDB, "/autoconfig/v1.1/example.org"): Page(document())})
        equal((run.found["source"], run.found["sure"]), ("ispdb", True))

    @test
    def the_mx_of_a_known_provider_is_a_question():
        run = Run(running, status=1, dns=["--mx-host=example.org,aspmx.l.google.com,1"])
        equal((run.found["source"], run.found["imap"], run.found["sure"]), ("mx", "imap.gmail.com:993", False))
        run.refused("trust")
        run.says("imap.gmail.com:993", "app password", "--trust-servers")

    @test
    def the_mx_of_a_hoster_leads_to_its_description():
        run = Run(running, dns=["--mx-host=example.org,mx1.mx.hoster.example,1"],
                  sites={("autoconfig.hoster.example", CONFIG): Page(document())})
        equal((run.found["source"], run.found["sure"]), ("mx", True))

    @test
    def without_any_source_the_usual_names_are_tried():
        run = Run(running)
        equal((run.found["source"], run.said["imap"], run.said["smtp"]), ("guess", f"{HOST}:993", f"{HOST}:465"))
        equal(run.said["user"], "alice@example.org")

    @test
    def a_better_source_wins_over_a_faster_one():
        run = Run(running, dns=["--mx-host=example.org,aspmx.l.google.com,1"],
                  sites={("autoconfig.example.org", CONFIG): Page(document(), seconds=1)})
        equal(run.found["source"], "provider")
        assert run.states["mx"] == "found", run.states

    @test
    def an_international_domain_is_asked_for_by_its_ascii_name():
        ascii_name = "xn--bcher-kva.example"
        run = Run(running, address="alice@bücher.example", more=("--user", "alice@example.org"),
                  sites={("autoconfig." + ascii_name, CONFIG): Page(document())})
        equal(run.found["source"], "provider")
        assert f"dns _imaps._tcp.{ascii_name}" in run.names, run.names

    @test
    def an_address_with_a_tag_is_kept_whole():
        run = Run(running, address="alice+x@example.org", more=("--user", "alice@example.org"), dns=SRV)
        equal((run.said["address"], run.found["source"]), ("alice+x@example.org", "srv"))


def hostile(running):
    @test
    def a_stranger_named_by_dns_gets_no_password_without_a_yes():
        records = [f"--srv-host=_imaps._tcp.kunde.example,{HOST},993,0,1",
                   f"--srv-host=_submissions._tcp.kunde.example,{HOST},465,0,1"]
        address, user = "alice@kunde.example", ("--user", "alice@example.org")
        run = Run(running, address=address, more=user, dns=records, status=1)
        run.refused("trust")
        run.says(HOST, "kunde.example", "--trust-servers")
        assert not any(line.startswith("connect " + MAIL) for line in run.names), run.names
        run = Run(running, address=address, more=(*user, "--trust-servers"), dns=records)
        equal((run.found["sure"], run.said["imap"]), (False, f"{HOST}:993"))

    @test
    def a_source_that_is_vouched_for_spares_the_question():
        run = Run(running, address="alice@kunde.example", more=("--user", "alice@example.org"),
                  dns=[f"--srv-host=_imaps._tcp.kunde.example,{HOST},993,0,1"],
                  sites={("autoconfig.kunde.example", CONFIG): Page(document(), seconds=0.5)})
        equal((run.found["source"], run.found["sure"]), ("provider", True))

    @test
    def documents_that_are_damaged_or_lie_are_passed_by():
        bad = {"malformed": "<clientConfig><a></b></clientConfig>", "a page": "<html><body>hello</body></html>",
               "entities": '<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + document("&x;"),
               "huge": document(more=" " * 200_000), "in the clear": document(kind="plain", port=143),
               "an option": document("-oProxyCommand=x")}
        for name, body in bad.items():
            run = Run(running, dns=["--mx-host=example.org,mx.example.org,1"],
                      sites={("autoconfig.example.org", CONFIG): Page(body),
                             ("example.org", WELL_KNOWN): Page(body, type="text/html"),
                             (ISPDB, "/autoconfig/v1.1/example.org"): Page(document())})
            equal((run.found["source"], run.states["provider"]), ("ispdb", "failed"), name)

    @test
    def redirects_to_clear_text_or_to_private_addresses_are_not_followed():
        for location in ("http://www.example.org/x", "https://127.0.0.1/x", "https://10.0.0.1/x", "file:///etc/passwd"):
            run = Run(running, sites={("autoconfig.example.org", CONFIG): Page(status=302, location=location)})
            equal((run.found["source"], run.states["provider"]), ("guess", "failed"), location)
            equal(run.asked, ["autoconfig.example.org" + CONFIG])
            assert not any(line.startswith("connect 10.") for line in run.names), run.names

    @test
    def a_site_that_never_answers_costs_no_more_than_the_budget():
        run = Run(running, sites={("autoconfig.example.org", CONFIG): Page(document(), seconds=60)})
        equal((run.found["source"], run.states["provider"]), ("guess", "late"))
        assert run.seconds < 20, run.seconds

    @test
    def what_is_no_address_is_refused_with_a_reason():
        for address in ("alice", "a@b@example.org", "alice@", "@example.org"):
            with Home() as home:
                said = home.json("setup", "--address", address, "--name", "A", "--password-command", "echo x", status=2)
                assert "is not a mail address" in said["error"]["message"], said


def networks(running):
    @test
    def offline_is_said_as_such():
        run = Run(running, status=1, offline=True, hosts={})
        run.refused("retry")
        run.says("offline")

    @test
    def where_port_465_is_blocked_587_is_taken():
        run = Run(running, dns=SRV, ports=mail_ports(running, p465=0))
        equal((run.said["smtp"], run.said["smtp_security"]), (f"{HOST}:587", "starttls"))
        assert [step for step in run.said["steps"] if step["state"] == "passed-by"], run.said["steps"]

    @test
    def where_all_ports_of_mail_are_blocked_that_is_said():
        run = Run(running, status=1, dns=SRV, ports=mail_ports(running, p993=0, p143=0))
        equal(run.body["code"], "retry")
        assert "block" in run.body["next"], run.body
        equal(run.written, False)


def wizard(running):
    def open_wizard(home, net):
        home.environment.update(net.environment)
        return Screen(home, lines=30, columns=100)

    def fill(screen, address="alice@example.org"):
        screen.wait("Mail address")
        screen.keys(address, TAB, control("U"), "Alice", TAB, SECRET, ENTER)

    @test
    def the_wizard_shows_each_source_and_sets_the_account_up():
        with detour.Detour(running, hosts={HOST: MAIL}, ports=mail_ports(running), dns=SRV) as net, Home() as home, \
                open_wizard(home, net) as screen:
            fill(screen)
            screen.wait("DNS records of the domain", "vouched for", "Vault phrase", seconds=60)

    @test
    def the_wizard_asks_before_a_password_goes_to_a_stranger():
        records = [f"--srv-host=_imaps._tcp.kunde.example,{HOST},993,0,1",
                   f"--srv-host=_submissions._tcp.kunde.example,{HOST},465,0,1"]
        with detour.Detour(running, hosts={HOST: MAIL}, ports=mail_ports(running), dns=records) as net, \
                Home() as home, open_wizard(home, net) as screen:
            fill(screen, "alice@kunde.example")
            screen.wait("Type yes", seconds=60)
            screen.wait_until(lambda shown: "lies outside of kunde.example" in " ".join(shown.text().split()),
                              "the reason")
            screen.keys("no", ENTER)
            screen.wait("Nothing was sent")
            assert not any(line.startswith("connect " + MAIL) for line in net.names), net.names
            screen.keys(ENTER)
            screen.wait("Type yes", seconds=60)
            screen.keys("yes", ENTER)
            screen.wait("Log in as", seconds=60)

    @test
    def esc_takes_what_is_there():
        with detour.Detour(running, hosts={HOST: MAIL}, ports=mail_ports(running), sites={
                ("autoconfig.example.org", CONFIG): Page(document(), seconds=60)}) as net, \
                Home() as home, open_wizard(home, net) as screen:
            fill(screen)
            screen.wait("Esc takes what is there", seconds=60)
            began = time.monotonic()
            screen.keys(ESC)
            screen.wait("Vault phrase", seconds=60)
            assert time.monotonic() - began < 7, "Esc did not end the search"


try:
    fetch.servers(extra=detour.PACKAGES)
except fetch.Unavailable as error:
    harness.skip_all(f"no DNS server: {error}")
with harness.servers() as SERVERS:
    sources(SERVERS)
    hostile(SERVERS)
    networks(SERVERS)
    wizard(SERVERS)
harness.done()
