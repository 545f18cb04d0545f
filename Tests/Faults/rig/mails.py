"""Mails to be sent to the inboxes, made from a seed: the same seed makes the same octets; knows no server."""

import hashlib
import random

LARGE = 400_000  # octets: more than what is kept in memory, so that it goes through the spool


class Mail:
    """One mail as it lies on a server."""

    def __init__(self, octets, message_id, kind):
        self.octets = octets
        self.message_id = message_id
        self.kind = kind
        self.digest = hashlib.sha256(octets).hexdigest()


class MailMaker:
    """Makes mails that differ from each other: new requests, answers to earlier ones, large ones, held ones."""

    def __init__(self, seed, contract):
        self._random = random.Random(f"{seed} {contract}")
        self._contract = contract
        self._made = []

    def wave(self, count):
        return [self._make() for _ in range(count)]

    def _make(self):
        number = len(self._made) + 1
        chance = self._random.random()
        kind = "large" if chance < 0.04 else "held" if chance < 0.12 else "reply" if chance < 0.25 else "new"
        if kind == "reply" and not self._made:
            kind = "new"
        message_id = f"<{number}.{self._random.getrandbits(64):x}@{self._contract}.example>"
        sender = f"person{number}@{self._contract}-people.example"
        lines = [
            f"Message-ID: {message_id}",
            f"From: Person {number} <{sender}>",
            f"To: help@{self._contract}.example",
            "Date: Sun, 01 Nov 2026 08:00:00 +0000",
            f"Subject: {'held' if kind == 'held' else 'Request'} {number}",
        ]
        if kind == "reply":
            lines.append(f"In-Reply-To: {self._random.choice(self._made).message_id}")
        lines += ["", f"Request {number}: {self._random.getrandbits(128):x}", ".a line that begins with a dot"]
        if kind == "large":
            lines += [f"{self._random.getrandbits(280):070x}" for _ in range(LARGE // 72)]
        mail = Mail("\r\n".join(lines + [""]).encode(), message_id, kind)
        self._made.append(mail)
        return mail
