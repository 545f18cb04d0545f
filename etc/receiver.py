#!/usr/bin/env python3
"""A receiver of Malote's events, as a pattern for your own.

It takes POSTs on /, checks that Malote signed them (Standard Webhooks 1.0) not longer than five minutes ago, keeps each
event once in SQLite, and answers with an id of its own for the event's ticket, which Malote then links.

Only Python's standard library is needed. Let a web server such as nginx stand in front of it for https; Malote sends
events in clear to this machine's own loopback address only.
"""

import argparse
import base64
import hashlib
import hmac
import json
import sqlite3
import sys
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLERANCE = 300  # seconds: what was signed earlier may be somebody's recording
LARGEST = 32 * 1024 * 1024  # octets of a request

SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT, subject TEXT, received REAL NOT NULL,
    data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tickets (
    number INTEGER PRIMARY KEY, contract TEXT NOT NULL, key TEXT NOT NULL, UNIQUE (contract, key));
"""


class Refusal(Exception):
    """Why a request is not taken, and the status that says so."""

    def __init__(self, status, reason):
        super().__init__(reason)
        self.status = status


def secrets(paths):
    """The secrets in these files, read anew each time: rotating them needs no restart."""
    found = []
    for path in paths:
        with open(path, encoding="ascii") as file:
            text = file.read().strip()
        if text.startswith("whsec_"):
            found.append(base64.b64decode(text[6:] + "=" * (-len(text[6:]) % 4)))
        else:
            found.append(text.encode())
    return found


def verify(headers, body, keys, now):
    """Raises Refusal unless one of the signatures is by one of the keys, and fresh."""
    event, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not event or not stamp.isdigit():
        raise Refusal(400, "webhook-id or webhook-timestamp is missing")
    if abs(now - int(stamp)) > TOLERANCE:
        raise Refusal(400, "the signature is too old, or a clock is wrong")
    signed = f"{event}.{stamp}.".encode() + body
    given = [part[3:] for part in headers.get("webhook-signature", "").split(" ") if part.startswith("v1,")]
    for key in keys:
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
        # compare_digest takes the same time wherever the two differ.
        if any(hmac.compare_digest(expected, signature.encode()) for signature in given):
            return event
    raise Refusal(401, "no signature is by our secret")


def read_event(headers, body):
    """Type, subject and data of an event, structured or binary (CloudEvents 1.0 over HTTP)."""
    try:
        if headers.get("Content-Type", "").startswith("application/cloudevents+json"):
            event = json.loads(body)
            return event.get("type"), event.get("subject"), event.get("data") or {}
        kind, subject = (urllib.parse.unquote(headers.get(name, "")) for name in ("ce-type", "ce-subject"))
        return kind, subject, json.loads(body)
    except (ValueError, AttributeError) as error:
        raise Refusal(400, f"this is no event: {error}") from error


def keep(database, event, kind, subject, data, now):
    """Keeps the event unless it is known, and returns our own id for its ticket, if it has one."""
    with sqlite3.connect(database, timeout=10) as store:  # commits at the end: before the answer, never after it
        row = (event, kind, subject, now, json.dumps(data))
        new = store.execute(
            "INSERT OR IGNORE INTO events (id, type, subject, received, data) VALUES (?, ?, ?, ?, ?)", row).rowcount
        ticket = data.get("ticket") if isinstance(data, dict) else None
        if not isinstance(ticket, dict) or "key" not in ticket:
            return bool(new), None
        name = (str(data.get("contract")), str(ticket["key"]))
        store.execute("INSERT OR IGNORE INTO tickets (contract, key) VALUES (?, ?)", name)
        (number,) = store.execute("SELECT number FROM tickets WHERE contract = ? AND key = ?", name).fetchone()
        return bool(new), number


class Receiver(BaseHTTPRequestHandler):
    timeout = 30  # for a sender that says nothing
    options = None

    def do_POST(self):
        try:
            body = self.read_body()
            now = time.time()
            event = verify(self.headers, body, secrets(self.options.secret), now)
            kind, subject, data = read_event(self.headers, body)
            new, number = keep(self.options.database, event, kind, subject, data, now)
            self.log_message("%s %s %s%s", event, kind, subject, "" if new else " (known already)")
            self.answer(200, {} if number is None else {"ticket": f"{self.options.prefix}{number}"})
        except Refusal as refusal:
            self.log_message("refused: %s", refusal)
            self.answer(refusal.status, {"error": str(refusal)})
        except (OSError, sqlite3.Error, ValueError) as error:
            # Ours to mend: Malote comes again.
            self.log_message("not taken: %s", error)
            self.answer(503, {"error": "try again later"})

    def read_body(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            raise Refusal(411, "there is no Content-Length")
        if int(length) > LARGEST:
            raise Refusal(413, "that is too large")
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            raise Refusal(400, "the body is not whole")
        return body

    def answer(self, status, content):
        text = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_request(self, *_):
        """Said better by do_POST."""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listen", default="127.0.0.1:8600", metavar="ADDRESS:PORT", help="where to take requests")
    parser.add_argument("--secret", action="append", required=True, metavar="FILE",
                        help="a file with the endpoint's secret; give a second one while it is rotated")
    parser.add_argument("--database", default="events.db", metavar="FILE", help="where events are kept")
    parser.add_argument("--prefix", default="EXT-", help="what our own ticket ids begin with")
    Receiver.options = options = parser.parse_args()
    with sqlite3.connect(options.database) as store:
        store.executescript(SCHEMA)
    host, _, port = options.listen.rpartition(":")
    server = ThreadingHTTPServer((host, int(port)), Receiver)
    print(f"listening on {host}:{server.server_port}", file=sys.stderr, flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
