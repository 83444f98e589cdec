# SPDX-License-Identifier: GPL-3.0-or-later
"""A line between a client and the plain IMAP port that does not tell the truth.

    with Liar(port) as liar:
        liar.rules = [(r"UID COPY", "OK Copy completed")]        # answered here, the server sees nothing
        liar.bends = [(rb"UID 2 ", b"UID 0 ")]                   # what the server says is altered
        liar.more = {b"OK List completed": b"* LIST () NIL x\r\n"}  # and more than it says is told
"""

import re
import socket
import threading


class Liar:
    """Between a client and the plain IMAP port: commands that match get an answer of ours."""

    def __init__(self, port):
        self.port_there = port
        self.rules = []  # (pattern of the command without tag, answer without tag)
        self.bends = []  # (pattern in an untagged line, what stands there in its place)
        self.tagged = []  # as bends, in the lines that end a command
        self.more = {}   # the beginning of a tagged answer's words -> untagged octets told before it
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen()
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.port_there))
            threading.Thread(target=self._copy, args=(server, client), daemon=True).start()
            threading.Thread(target=self._listen, args=(client, server), daemon=True).start()

    def _copy(self, source, target):
        file = source.makefile("rb")
        try:
            while line := file.readline():
                for pattern, bent in self.bends if line.startswith(b"* ") else self.tagged:
                    line = re.sub(pattern, bent, line)
                for words, octets in self.more.items():
                    if line.partition(b" ")[2].startswith(words):
                        target.sendall(octets)
                target.sendall(line)
        except OSError:
            pass
        for each in (source, target):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _answer(self, line):
        tag, _, command = line.decode("latin-1").rstrip("\r\n").partition(" ")
        for pattern, answer in self.rules:
            if re.match(pattern, command, re.IGNORECASE):
                return f"{tag} {answer}\r\n".encode()
        return None

    def _listen(self, client, server):
        file = client.makefile("rb")
        try:
            while line := file.readline():
                answer = self._answer(line)
                literal = re.search(rb"\{(\d+)(\+?)\}\r?\n$", line)
                if answer is None:
                    server.sendall(line)
                    if literal:
                        # What a literal holds is no command.
                        if literal.group(2):
                            server.sendall(file.read(int(literal.group(1))))
                    continue
                if literal:
                    if not literal.group(2):
                        client.sendall(b"+ go on\r\n")
                    file.read(int(literal.group(1)))
                    file.readline()
                client.sendall(answer)
        except OSError:
            pass
        for each in (client, server):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
