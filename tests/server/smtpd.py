# SPDX-License-Identifier: GPL-3.0-or-later
"""The SMTP server of the tests: aiosmtpd, with what a client must cope with.

    smtpd.py CONFIG.json

CONFIG names listeners, users and the LMTP port of Dovecot. Its `control` file
(JSON, looked at whenever it is used, may be absent) turns the knobs:

    refuse            {address: answer to RCPT}; reject@, greylist@ are built in
    greeting          seconds before the greeting
    delay             seconds before the answer to the final dot
    dot               "drop-before": the link breaks, nothing was delivered
                      "drop-after": delivered, and the link breaks unanswered
    mail, data        an answer to MAIL, to the final dot, in place of ours
    without           EHLO keywords that are not offered

Each transaction is a line of JSON in `log`, its octets a file in `outgoing`.
"""

import asyncio
import json
import logging
import os
import smtplib
import ssl
import sys
import time

from aiosmtpd.smtp import SMTP, AuthResult

BUILT_IN = {
    "reject": "550 5.1.1 No such user here",
    "greylist": "451 4.7.1 Greylisted, try again later",
    "full": "452 4.2.2 Mailbox full",
}
OFFERED = ["PIPELINING", "DSN", "ENHANCEDSTATUSCODES"]


class Server:
    """What all connections share."""

    def __init__(self, config):
        self.config = config
        self.count = 0
        os.makedirs(config["outgoing"], exist_ok=True)

    def knob(self, name, default=None):
        try:
            with open(self.config["control"], encoding="utf-8") as file:
                return json.load(file).get(name, default)
        except (FileNotFoundError, json.JSONDecodeError):
            return default

    def authenticate(self, _server, _session, _envelope, _mechanism, data):
        """aiosmtpd's authenticator; AUTH LOGIN and PLAIN give bytes."""
        try:
            login, password = data.login.decode(), data.password.decode()
        except (AttributeError, UnicodeDecodeError):
            return AuthResult(success=False)
        good = self.config["users"].get(login) == password
        return AuthResult(success=good, handled=False)

    def refusal(self, address):
        local = address.split("@")[0]
        answer = self.knob("refuse", {}).get(address) or BUILT_IN.get(local)
        if not answer and self.is_local(address):
            user = local.split("+")[0] + "@" + address.split("@", 1)[1]
            if user not in self.config["users"]:
                answer = BUILT_IN["reject"]
        return answer

    def is_local(self, address):
        return address.rpartition("@")[2].lower() == self.config["domain"]

    def deliver(self, sender, recipients, content):
        """Hand the message to Dovecot. Returns an SMTP answer."""
        local = [address for address in recipients if self.is_local(address)]
        if not local:
            return "250 2.0.0 Ok: kept, nobody here is addressed"
        refused = {}
        try:
            with smtplib.LMTP(self.config["host"], self.config["lmtp"], timeout=30) as link:
                # LMTP answers for each recipient, smtplib hears one answer: one at a time.
                for address in local:
                    try:
                        link.sendmail(sender, [address], content)
                    except smtplib.SMTPRecipientsRefused as error:
                        refused.update(error.recipients)
        except (OSError, smtplib.SMTPException) as error:
            return f"451 4.3.0 Not delivered: {type(error).__name__}"
        for code, text in refused.values():
            return f"{code} {text.decode('utf-8', 'replace')}"
        return f"250 2.0.0 Ok: queued as {self.count}"

    def keep(self, envelope, answer):
        self.count += 1
        name = os.path.join(self.config["outgoing"], f"{self.count:04}.eml")
        with open(name, "wb") as file:
            file.write(envelope.original_content)
        row = {"from": envelope.mail_from, "to": envelope.rcpt_tos,
               "mail_parameters": envelope.mail_parameters,
               "rcpt_parameters": envelope.rcpt_parameters,
               "file": name, "answer": answer, "time": time.time()}
        with open(self.config["log"], "a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


class Handler:
    """aiosmtpd's hooks."""

    def __init__(self, server):
        self.server = server

    async def handle_EHLO(self, smtp, session, _envelope, hostname, responses):
        session.host_name = hostname
        without = {word.upper() for word in self.server.knob("without", [])}
        extra = [f"250-{word}" for word in OFFERED]
        lines = [responses[0], *extra, *responses[1:]]
        kept = [line for line in lines[1:] if line[4:].split(" ")[0] not in without]
        return [lines[0], *kept]

    async def handle_MAIL(self, smtp, _session, envelope, address, options):
        answer = self.server.knob("mail")
        if answer:
            return answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(self, smtp, _session, envelope, address, options):
        answer = self.server.refusal(address)
        if answer:
            envelope.rcpt_parameters.pop()
            return answer
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, smtp, _session, envelope):
        server = self.server
        dot = server.knob("dot")
        await asyncio.sleep(server.knob("delay", 0))
        if dot == "drop-before":
            smtp.transport.abort()
            return "421 4.3.0 Gone"
        answer = server.knob("data")
        if not answer:
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(None, server.deliver, envelope.mail_from,
                                                envelope.rcpt_tos, envelope.original_content)
        server.keep(envelope, answer)
        if dot == "drop-after":
            smtp.transport.abort()
        return answer


class Connection(SMTP):
    """aiosmtpd's connection, with DSN parameters and a greeting that can be late."""

    def __init__(self, server, **options):
        super().__init__(Handler(server), **options)
        self.server = server

    def _create_envelope(self):
        envelope = super()._create_envelope()
        envelope.mail_parameters = ""
        envelope.rcpt_parameters = []
        return envelope

    async def _handle_client(self):
        await asyncio.sleep(self.server.knob("greeting", 0))
        await super()._handle_client()

    @staticmethod
    def _split(arg, names):
        """The argument without the parameters that aiosmtpd does not know; those."""
        known, ours = [], []
        for word in (arg or "").split(" "):
            (ours if word.split("=")[0].upper() in names else known).append(word)
        return " ".join(known), " ".join(ours)

    async def smtp_MAIL(self, arg):
        arg, parameters = self._split(arg, ("RET", "ENVID"))
        await super().smtp_MAIL(arg)
        self.envelope.mail_parameters = parameters

    async def smtp_RCPT(self, arg):
        arg, parameters = self._split(arg, ("NOTIFY", "ORCPT"))
        self.envelope.rcpt_parameters.append(parameters)
        await super().smtp_RCPT(arg)


def _context(listener):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(listener["certificate"], listener["key"])
    return context


async def _listen(server, listener):
    loop = asyncio.get_running_loop()
    security = listener["security"]
    context = _context(listener) if security != "plain" else None

    def connection():
        return Connection(
            server, hostname="smtp." + server.config["domain"], ident="ESMTP",
            enable_SMTPUTF8=True, data_size_limit=server.config["size"], timeout=600,
            tls_context=context if security == "starttls" else None,
            require_starttls=security == "starttls", auth_required=True,
            auth_require_tls=security == "starttls", authenticator=server.authenticate,
            loop=loop)

    await loop.create_server(connection, listener["host"], listener["port"], backlog=20,
                             ssl=context if security == "tls" else None)


async def _main(config):
    server = Server(config)
    for listener in config["listeners"]:
        await _listen(server, listener)
    await asyncio.Event().wait()


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    with open(sys.argv[1], encoding="utf-8") as settings:
        CONFIG = json.load(settings)
    try:
        asyncio.run(_main(CONFIG))
    except KeyboardInterrupt:
        pass
