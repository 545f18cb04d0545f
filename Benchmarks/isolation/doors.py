"""Doors before servers, which stay shut in every way that servers fail: one process, one thread, any number of doors.

    doors.py    reads lines of JSON from standard input: {"host": ..., "port": ..., "mode": ..., "to": [host, port]}

A door opens at its first line; a later line of the same address changes what it does to connections from then on, and ends
those that there are. Modes:

open        hands everything on to the server behind it
refuse      nobody listens
black-hole  the kernel drops what asks for a connection: its queue is full, as behind a firewall that says nothing
mute        takes the connection and never says a word
greet       greets and never says another word
drip        greets and then sends one octet a second, without end
garbage     answers a TLS handshake with something else
refuse-login  speaks enough IMAP and SMTP to refuse every login
"""

import asyncio
import json
import socket
import sys

GREETING = {"imap": b"* OK ready\r\n", "smtp": b"220 mx.example ESMTP\r\n"}


class Door:
    def __init__(self, host, port, protocol):
        self.host, self.port, self.protocol = host, port, protocol
        self.server = self.plug = None
        self.fillers, self.tasks = [], set()

    async def turn(self, mode, to):
        await self.shut()
        self.mode, self.to = mode, to
        if mode == "refuse":
            return
        if mode == "black-hole":
            return self.clog()
        self.server = await asyncio.start_server(self.welcome, self.host, self.port, backlog=200)

    def clog(self):
        """A queue of one place, which is taken: further requests are dropped by the kernel."""
        self.plug = socket.socket()
        self.plug.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.plug.bind((self.host, self.port))
        self.plug.listen(0)
        for _ in range(2):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex((self.host, self.port))
            self.fillers.append(filler)

    async def shut(self):
        for one in [self.plug, *self.fillers]:
            if one:
                one.close()
        self.plug, self.fillers = None, []
        if self.server:
            self.server.close()
            self.server = None
        for task in list(self.tasks):
            task.cancel()

    async def welcome(self, reader, writer):
        task = asyncio.current_task()
        self.tasks.add(task)
        try:
            await getattr(self, self.mode.replace("-", "_"))(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, OSError):
            pass
        except asyncio.CancelledError:
            pass
        finally:
            self.tasks.discard(task)
            writer.close()

    async def open(self, reader, writer):
        far_reader, far_writer = await asyncio.open_connection(*self.to)

        async def pump(source, sink):
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
            sink.close()

        try:
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
        finally:
            far_writer.close()

    async def mute(self, reader, writer):
        while await reader.read(65536):
            pass

    async def greet(self, reader, writer):
        writer.write(GREETING[self.protocol])
        await self.mute(reader, writer)

    async def drip(self, reader, writer):
        writer.write(GREETING[self.protocol])
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(1)

    async def garbage(self, reader, writer):
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()

    async def refuse_login(self, reader, writer):
        writer.write(GREETING[self.protocol])
        while line := await reader.readline():
            words = line.split()
            if self.protocol == "smtp":
                greets = words and words[0].upper() in (b"EHLO", b"HELO")
                writer.write(b"250-mx.example\r\n250 AUTH PLAIN LOGIN\r\n" if greets else b"535 5.7.8 no\r\n")
            elif len(words) > 1 and words[1].upper() == b"CAPABILITY":
                writer.write(b"* CAPABILITY IMAP4rev1\r\n" + words[0] + b" OK done\r\n")
            elif words:
                writer.write(words[0] + b" NO [AUTHENTICATIONFAILED] no\r\n")
            await writer.drain()


async def main():
    doors = {}
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        order = json.loads(line)
        key = (order["host"], order["port"])
        door = doors.setdefault(key, Door(*key, order["protocol"]))
        await door.turn(order["mode"], order.get("to"))
        print("done", flush=True)


asyncio.run(main())
