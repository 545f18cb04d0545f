#!/usr/bin/env python3
"""Says to maloted's two doors what no honest client says: requests damaged at random, cut, endless, held open.

Every answer must be HTTP, none an internal error, and afterwards both doors must answer as before.
Usage: Tests/API/hostile.py PORT SOCKET TOKEN [SECONDS] [SEED]
"""

import random
import re
import socket
import sys
import time

PORT, CONTROL, TOKEN = int(sys.argv[1]), sys.argv[2], sys.argv[3]
SECONDS = float(sys.argv[4]) if len(sys.argv) > 4 else 20
SEED = int(sys.argv[5]) if len(sys.argv) > 5 else random.randrange(1_000_000)
chance = random.Random(SEED)

PATHS = [
    "/", "/healthz", "/readyz", "/metrics", "/sign-in", "/mailboxes", "/contracts/acme", "/messages/1", "/quarantine",
    "/v1/status", "/v1/doctor", "/v1/registry?format=yaml&dry-run=true", "/v1/mailboxes/acme", "/v1/contracts/acme/events?after=x",
    "/v1/messages/1/raw", "/v1/queue?state=failed&limit=10", "/v1/audit?since=2026-01-01", "/v1/tickets/ACME-1", "/a/x",
    "/%2e%2e/%2e%2e/etc/passwd", "/v1/" + "a" * 3000, "/v1/contracts/%00/moved", "/?" + "&".join(f"q{n}={n}" for n in range(200)),
]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "\x00", "A" * 500]
BODIES = [
    b"", b"{}", b"[]", b"null", b'{"mailboxes": [{"name": "x"}]}', b"mailboxes: [{name: x, type: inbox}]", b"&a [*a]", b"\xff\xfe",
    b'{"a":' * 2000, b"[" * 20000, b"a=b&c=%zz&csrf=", b"x" * 70000, b'{"data": "' + b"\\u0000" * 300 + b'"}',
]
HEADERS = [
    "Content-Type: application/json", "Content-Type: application/x-www-form-urlencoded", "Content-Type: \x00", "Expect: 100-continue",
    "Content-Length: -1", "Content-Length: 99999999999999999999", "Content-Length: 5\r\nContent-Length: 6", "Host: evil.example",
    "Transfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 3", "Cookie: malote=" + "a" * 4000, "If-Match: \"\x01\"",
    "Authorization: Bearer " + "z" * 5000, "Authorization: Basic Og==", "Idempotency-Key: " + "k" * 300, "Accept: " + "a/b," * 900,
    "Range: bytes=0-0,-1", "X: " + "y" * 60000, " folded: x", "NoColon", "Connection: upgrade\r\nUpgrade: h2c", "Origin: https://evil.example",
]
TELLING = b"\x00\r\n\t :;,%/?#&=\"'<>{}[]\\\xff\x7f0-9aA"


def request():
    """A request that begins as an honest one does."""
    lines = [f"{chance.choice(METHODS[:7] if chance.random() < 0.8 else METHODS)} {chance.choice(PATHS)} HTTP/1.{chance.choice('0112')}", "Host: malote"]
    if chance.random() < 0.7:
        lines.append(f"Authorization: Bearer {TOKEN}")
    lines += chance.sample(HEADERS, chance.randrange(4))
    body = chance.choice(BODIES)
    if chance.random() < 0.6 and not any("Content-Length" in line for line in lines):
        lines.append(f"Content-Length: {len(body)}")
    text = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    if any("chunked" in line for line in lines):
        size = chance.choice([b"%x" % len(body), b"-1", b"fffffffffffffffff", b"0;x=" + b"y" * 2000, b"\x00"])
        body = size + b"\r\n" + body + b"\r\n" + chance.choice([b"0\r\n\r\n", b"", b"zz\r\n"])
    return text + body


def damaged(octets):
    octets = bytearray(octets)
    for _ in range(chance.randrange(6)):
        place = chance.randrange(len(octets) + 1)
        kind = chance.randrange(4)
        if kind == 0:
            octets[place:place] = bytes([chance.choice(TELLING)])
        elif kind == 1:
            del octets[place:place + chance.randrange(40)]
        elif kind == 2:
            octets[place:place] = octets[max(0, place - 30):place] * chance.randrange(1, 40)
        elif place < len(octets):
            octets[place] = chance.choice(TELLING)
    return bytes(octets) if chance.random() < 0.8 else bytes(octets[:chance.randrange(len(octets) + 1)])


def connect(isControl):
    if isControl:
        door = socket.socket(socket.AF_UNIX)
        door.settimeout(10)
        door.connect(CONTROL)
        return door
    return socket.create_connection(("127.0.0.1", PORT), timeout=10)


def say(door, octets):
    """All that is answered to it."""
    answer = b""
    try:
        door.sendall(octets)
        if chance.random() < 0.7:
            door.shutdown(socket.SHUT_WR)
        door.settimeout(chance.choice([0.02, 0.3]))
        while len(answer) < 1 << 20:
            part = door.recv(65536)
            if not part:
                break
            answer += part
    except OSError:
        pass
    return answer


def complaint(answer):
    if not answer:
        return None
    found = re.match(rb"HTTP/1\.[01] (\d{3}) ", answer)
    if not found:
        return f"no HTTP: {answer[:80]!r}"
    status = int(found[1])
    return f"{status}: {answer[:300]!r}" if status >= 500 and status not in (501, 503, 505, 507) else None


def isWell(isControl):
    for _ in range(100):
        try:
            with connect(isControl) as door:
                door.sendall(b"GET /healthz HTTP/1.1\r\nHost: malote\r\nConnection: close\r\n\r\n")
                if door.recv(100).startswith(b"HTTP/1.1 200"):
                    return True
        except OSError:
            pass
        time.sleep(0.5)
    return False


def main():
    print(f"Hostile clients for {SECONDS:g} s (SEED={SEED})")
    end, said, answered, held = time.monotonic() + SECONDS, 0, 0, []
    while time.monotonic() < end:
        isControl = chance.random() < 0.4
        octets = b"".join(damaged(request()) for _ in range(chance.choice([1, 1, 1, 3])))
        try:
            door = connect(isControl)
        except OSError:
            continue
        if chance.random() < 0.05:
            # Begun and never ended.
            door.send(octets[:chance.randrange(1, 200)])
            held = (held + [door])[-120:]
            continue
        answer = say(door, octets)
        door.close()
        said, answered = said + 1, answered + bool(answer)
        wrong = complaint(answer)
        if wrong:
            print(f"to {octets[:400]!r}\n{wrong}")
            return 1
    for isControl in (False, True):
        if not isWell(isControl):
            print(f"The {'control socket' if isControl else 'port'} does not answer any more.")
            return 1
    print(f"{said} requests, {answered} of them answered; {len(held)} held open; both doors are well.")
    return 0 if answered > said / 10 else 1


sys.exit(main())
