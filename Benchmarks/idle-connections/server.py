#!/usr/bin/env python3
"""An IMAPS server for benchmarks: takes any login, has an empty INBOX, and idles. Prints its port, then serves.

usage: server.py CERTIFICATE KEY
"""

import asyncio
import resource
import ssl
import sys

CAPABILITY = b"CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE LITERAL+ SASL-IR AUTH=PLAIN"


async def converse(reader, writer):
    def say(*lines):
        writer.write(b"".join(line + b"\r\n" for line in lines))

    say(b"* OK [" + CAPABILITY + b"] ready")
    while line := await reader.readline():
        words = line.split()
        if len(words) < 2:
            continue
        tag, verb = words[0], words[1].upper()
        if verb == b"CAPABILITY":
            say(b"* " + CAPABILITY)
        elif verb == b"AUTHENTICATE" and len(words) == 3:
            say(b"+ ")
            await reader.readline()
        elif verb in (b"SELECT", b"EXAMINE"):
            say(b"* 0 EXISTS", b"* OK [UIDVALIDITY 1] .", b"* OK [UIDNEXT 1] .", b"* FLAGS (\\Seen \\Deleted)")
        elif verb == b"IDLE":
            say(b"+ idling")
            await writer.drain()
            await reader.readline()
        elif verb == b"LOGOUT":
            say(b"* BYE")
        say(tag + b" OK done")
        await writer.drain()
    writer.close()


async def serve(certificate, key):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    async def one(reader, writer):
        try:
            await converse(reader, writer)
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
            pass

    server = await asyncio.start_server(one, "127.0.0.1", 0, ssl=context, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


asyncio.run(serve(*sys.argv[1:3]))
