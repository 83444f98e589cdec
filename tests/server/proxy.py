# SPDX-License-Identifier: GPL-3.0-or-later
"""A line between client and server that is slow, breaks, hangs, and is measured.

    with Proxy(993, rtt_ms=50, bits_per_second=20_000_000) as line:
        ...                               # connect to 127.0.0.1:line.port
        print(line.stats())
        line.arm("s2c", 1000, "cut")      # the next 1000 octets pass, then it breaks

Octets are not changed. rtt_ms is the way there and back, half of it each way;
opening a connection costs one, as TCP does. A turn is client -> server -> client:
counted when the client speaks first, or again after it was given something.
"""

import argparse
import asyncio
import json
import signal
import threading
import time

CHUNK = 65536
IN_FLIGHT = 128  # chunks


class Connection:
    def __init__(self, proxy, reader, writer):
        self.proxy = proxy
        self.client = (reader, writer)
        self.writers = [writer]
        self.turns = 0
        self.turn_times = []
        self.bytes = {"c2s": 0, "s2c": 0}
        self.client_spoke = False
        self.opened = time.monotonic()

    async def run(self):
        proxy = self.proxy
        await asyncio.sleep(proxy.rtt * 1.5)
        try:
            reader, writer = await asyncio.open_connection(proxy.host, proxy.target)
        except OSError:
            self.abort()
            return
        self.writers.append(writer)
        await asyncio.gather(self._pass("c2s", self.client[0], writer),
                             self._pass("s2c", reader, self.client[1]))

    def abort(self):
        for writer in self.writers:
            writer.transport.abort()

    async def _pass(self, direction, reader, writer):
        queue = asyncio.Queue(IN_FLIGHT)
        sender = asyncio.create_task(self._send(direction, queue, writer))
        free = time.monotonic()  # when the line can take the next octet
        try:
            while data := await reader.read(CHUNK):
                if direction == "c2s" and not self.client_spoke:
                    self.turns += 1
                    self.turn_times.append(time.monotonic())
                    self.client_spoke = True
                now = max(time.monotonic(), free)
                free = now + (len(data) * 8 / self.proxy.rate if self.proxy.rate else 0)
                await queue.put((free + self.proxy.rtt / 2, data))
        except OSError:
            pass
        await queue.put((0, None))
        await sender

    async def _send(self, direction, queue, writer):
        try:
            while True:
                due, data = await queue.get()
                if data is None:
                    writer.write_eof() if writer.can_write_eof() else writer.close()
                    return
                wait = due - time.monotonic()
                if wait > 0:
                    await asyncio.sleep(wait)
                data = await self._fault(direction, data, writer)
                if data is None:
                    return
                writer.write(data)
                await writer.drain()
                self.bytes[direction] += len(data)
                if direction == "s2c":
                    self.client_spoke = False
        except (OSError, RuntimeError):
            self.abort()

    async def _fault(self, direction, data, writer):
        """What may pass of data; None when the line broke or hangs for good."""
        armed = self.proxy.armed
        if armed is None or armed["direction"] != direction:
            return data
        if len(data) <= armed["left"]:
            armed["left"] -= len(data)
            return data
        writer.write(data[:armed["left"]])
        await writer.drain()
        self.proxy.armed = None
        self.proxy.faults += 1
        if armed["kind"] == "hang":
            await asyncio.Event().wait()
        self.abort()
        return None


class Proxy:
    def __init__(self, target, host="127.0.0.1", rtt_ms=0, bits_per_second=0, port=0):
        self.target, self.host, self.port = target, host, port
        self.rtt, self.rate = rtt_ms / 1000, bits_per_second
        self.armed = None
        self.faults = 0
        self.connections = []
        self.closed_to = False
        self.loop = asyncio.new_event_loop()
        self.thread = None
        self.server = None

    async def _accept(self, reader, writer):
        if self.closed_to:
            writer.transport.abort()
            return
        connection = Connection(self, reader, writer)
        self.connections.append(connection)
        await connection.run()

    def start(self):
        ready = threading.Event()

        async def listen():
            self.server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
            self.port = self.server.sockets[0].getsockname()[1]
            ready.set()

        def work():
            asyncio.set_event_loop(self.loop)
            self.loop.create_task(listen())
            self.loop.run_forever()
            tasks = asyncio.all_tasks(self.loop)
            for task in tasks:
                task.cancel()
            self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self.loop.close()

        self.thread = threading.Thread(target=work, daemon=True)
        self.thread.start()
        if not ready.wait(5):
            raise RuntimeError("the proxy cannot listen")
        return self

    def stop(self):
        self.cut()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)

    __enter__ = start

    def __exit__(self, *_):
        self.stop()

    def _in_loop(self, function):
        done = threading.Event()

        def work():
            function()
            done.set()

        self.loop.call_soon_threadsafe(work)
        done.wait(5)

    def arm(self, direction, octets, kind="cut"):
        """After so many octets more in this direction ("c2s", "s2c"), once: "cut" or "hang"."""
        def work():
            self.armed = {"direction": direction, "left": octets, "kind": kind}
        self._in_loop(work)

    def cut(self):
        """Break all connections now."""
        self._in_loop(lambda: [connection.abort() for connection in self.connections])

    def refuse(self, refused=True):
        """Break every new connection at once, until refuse(False)."""
        self.closed_to = refused

    def stats(self):
        """Sums over all connections so far."""
        return {
            "connections": len(self.connections),
            "turns": sum(each.turns for each in self.connections),
            "c2s": sum(each.bytes["c2s"] for each in self.connections),
            "s2c": sum(each.bytes["s2c"] for each in self.connections),
            "faults": self.faults,
        }

    def reset(self):
        """Count from here, open connections too."""
        def work():
            self.connections = [each for each in self.connections
                                if not each.writers[0].is_closing()]
            for each in self.connections:
                each.turns, each.bytes = 0, {"c2s": 0, "s2c": 0}
        self._in_loop(work)


def main():
    parser = argparse.ArgumentParser(description="A slow or breaking line to a port on loopback; "
                                     "prints its port, and at the end what passed.")
    parser.add_argument("target", type=int)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--rtt-ms", type=float, default=0)
    parser.add_argument("--mbit", type=float, default=0)
    parser.add_argument("--cut-after-bytes", metavar="DIRECTION:N", help="c2s:N or s2c:N")
    parser.add_argument("--hang-after-bytes", metavar="DIRECTION:N")
    arguments = parser.parse_args()
    with Proxy(arguments.target, rtt_ms=arguments.rtt_ms, port=arguments.port,
               bits_per_second=arguments.mbit * 1e6) as line:
        for kind in ("cut", "hang"):
            spec = getattr(arguments, f"{kind}_after_bytes")
            if spec:
                line.arm(spec.split(":")[0], int(spec.split(":")[1]), kind)
        print(json.dumps({"port": line.port}), flush=True)
        signal.sigwait({signal.SIGTERM, signal.SIGINT})
        print(json.dumps(line.stats()), flush=True)


if __name__ == "__main__":
    main()
