"""Reads the store's file, beside maloted or after it, and changes nothing in it; judges nothing."""

import contextlib
import hashlib
import json
import pathlib
import shutil
import sqlite3
import tempfile


class Snapshot:
    """What the store holds at one moment, as plain lists of dicts; a digest is worked out, never believed."""

    def __init__(self, database, is_file=True):
        def rows(sql):
            cursor = database.execute(sql)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row)) for row in cursor]

        named = dict(database.execute("SELECT id, name FROM registry WHERE kind = 'contract'"))
        self.messages = rows("SELECT id, contract, message_id, lower(hex(sha256)) AS sha256, size, fate, ticket FROM messages")
        held = _digests(database)
        for message in self.messages:
            message["held"] = held.get(message["id"])  # the digest of the octets that are there
        self.events = rows("SELECT event, contract, kind, subject, json FROM events ORDER BY id")
        for event in self.events:
            event["message"] = _message_of(event.pop("json"))
        self.notifications = rows("SELECT id, contract, message_id, idempotency_key AS key, ticket FROM notifications")
        self.deliveries = rows("SELECT id, notification, recipient, state, attempts FROM deliveries")
        self.ledger = rows("SELECT inbox, uid, state, settled FROM ledger")
        for table in (self.messages, self.events, self.notifications):
            for row in table:
                row["contract"] = named.get(row["contract"], row["contract"])
        # A server checks its own files.
        self.integrity = [row[0] for row in database.execute("PRAGMA quick_check")] if is_file else ["ok"]


def digest(octets):
    return hashlib.sha256(octets).hexdigest()


def _message_of(text):
    """The id of the message that an event tells of; a long text may be cut out of its JSON, its head never is."""
    try:
        return json.loads(text)["data"]["message"]["id"]
    except (ValueError, KeyError, TypeError):
        head = text.partition('"message":{"id":"')[2]
        return head.partition('"')[0] or None


def _digests(database):
    further = {}
    for message, octets in database.execute("SELECT message, bytes FROM raw_pieces ORDER BY message, start"):
        further.setdefault(message, []).append(octets)
    digests = {}
    for message, octets in database.execute("SELECT message, bytes FROM raw_sources"):
        digest = hashlib.sha256(octets)
        for piece in further.get(message, []):
            digest.update(piece)
        digests[message] = digest.hexdigest()
    return digests


@contextlib.contextmanager
def beside(path):
    """A connection that can only read, beside a maloted that runs."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10, check_same_thread=False)
    try:
        yield database
    finally:
        database.close()


@contextlib.contextmanager
def copied(path):
    """A connection to a copy: what a crash has left is looked at, and not touched."""
    with tempfile.TemporaryDirectory() as folder:
        for end in ("", "-wal"):
            source = pathlib.Path(str(path) + end)
            if source.exists():
                shutil.copyfile(source, f"{folder}/copy.db{end}")
        database = sqlite3.connect(f"{folder}/copy.db")
        try:
            yield database
        finally:
            database.close()


def stored_digests(path, digests):
    """Those of the digests whose octets can be read now, whole, through a connection of our own."""
    wanted = [bytes.fromhex(digest) for digest in digests]
    with beside(path) as database:
        found = set()
        for digest in wanted:
            for (message,) in database.execute(
                "SELECT id FROM messages WHERE sha256 = ? ORDER BY id", (digest,)
            ).fetchall():
                octets = hashlib.sha256()
                for table, order in (("raw_sources", "message"), ("raw_pieces", "start")):
                    for (piece,) in database.execute(
                        f"SELECT bytes FROM {table} WHERE message = ? ORDER BY {order}", (message,)
                    ):
                        octets.update(piece)
                if octets.digest() == digest:
                    found.add(digest.hex())
        return found


def unanswered(state):
    """Attempts of the journal whose final dot left and whose answer was not heard, as (delivery, number)."""
    left, heard = set(), set()
    for name in ("flight.old", "flight"):
        file = pathlib.Path(state) / name
        octets = file.read_bytes() if file.exists() else b""
        for start in range(0, len(octets) - 63, 64):
            words = octets[start : start + 64].decode(errors="replace").split()
            if len(words) >= 3 and words[0] in "DA":
                (left if words[0] == "D" else heard).add((int(words[1]), int(words[2])))
    return left - heard
