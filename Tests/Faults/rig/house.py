"""A maloted with the world around it: three contracts, their servers and receivers, and the load on them; knows no fault."""

import json
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time

from . import checker, control, store
from .daemon import Daemon
from .history import History
from .imap import IMAPServer
from .maildrop import Maildrop
from .mails import MailMaker
from .network import HOST
from .pop3 import POP3Server
from .receiver import EventReceiver
from .smtp import SMTPServer

CONTRACTS = ("acme", "globex", "initech")  # IMAP and seen, with an endpoint; IMAP and delete; POP3 and delete
REST = 60  # seconds until everything has come to rest


class House:
    """`mount` is a folder whose file system the case breaks: the state lies there, all else beside it.

    `reserve` is what maloted keeps free of new mail on that disk, where it is not to be its own choice.
    """

    def __init__(self, binaries, seed, mount=None, reserve=None):
        self.seed = seed
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="malote-fault."))
        self.daemon = self._settle(binaries, mount, reserve)
        self.history = History()
        self.makers = {name: MailMaker(seed, name) for name in CONTRACTS}
        self.drops = {name: Maildrop(name, self.history, self._stored) for name in CONTRACTS}
        self.inboxes = {
            name: (POP3Server if name == "initech" else IMAPServer)(self.drops[name]) for name in CONTRACTS
        }
        self.outboxes = {name: SMTPServer(name, self.history) for name in CONTRACTS}
        self.receiver = EventReceiver("acme", self.history)
        self.is_registered = False
        self.patience = 10  # seconds for an answer on the control socket
        self._position = {}
        self._keys = 0
        self._pending = []
        self._lock = threading.Lock()

    def _settle(self, binaries, mount, reserve):
        return Daemon(binaries, self.folder, pathlib.Path(mount) / "state" if mount else None, reserve)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.daemon.kill()
        for server in self.servers():
            server.close()
        if kind is None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def servers(self):
        return [*self.inboxes.values(), *self.outboxes.values(), self.receiver]

    def _stored(self, digests):
        return store.stored_digests(self.daemon.database, digests)

    # Running

    def start(self, wrapper=(), environment=None):
        """Returns whether maloted is ready and knows its registry."""
        return self.daemon.start(wrapper, environment) and self.register()

    def register(self):
        if self.is_registered:
            return True
        file = self.folder / "registry.json"
        file.write_text(json.dumps(self._registry()), encoding="utf-8")
        done = subprocess.run(
            [self.daemon.binaries / "malotectl", "--socket", self.daemon.socket, "apply", "-f", file],
            capture_output=True, timeout=60, check=False, text=True,
        )
        self.is_registered = done.returncode == 0
        if not self.is_registered and self.daemon.is_running() and self.daemon.wait_end(1) is None:
            raise AssertionError(f"the registry was refused: {done.stdout}{done.stderr}")
        return self.is_registered

    def _registry(self):
        mailboxes, contracts, flows = [], [], []
        for name in CONTRACTS:
            mailboxes.append({
                "name": f"{name}-in", "type": "inbox", "server": HOST, "port": self.inboxes[name].port,
                "provider": "pop" if name == "initech" else "imap", "tls": "none", "user": name, "password": self.drops[name].password,
                "poll": "5s", "start": "all", "after": "seen" if name == "acme" else "delete",
                "rules": [{"name": "held", "when": {"subject": {"contains": "held"}}, "do": "quarantine"}],
            })
            mailboxes.append({
                "name": f"{name}-out", "type": "outbox", "server": HOST, "port": self.outboxes[name].port,
                "tls": "none", "auth": False, "senders": [f"help@{name}.example"],
            })
            contracts.append({
                "name": name, "title": name.title(), "prefix": name.upper(), "inboxes": [f"{name}-in"],
                "outbox": f"{name}-out", "language": "en", "answers": {"address": 1000, "ticket": 1000, "contract": 100000},
            })
            step = {"email": {"outbox": "contract", "to": ["requester"], "template": "opened"}}
            flows.append({"name": f"{name}-confirm", "contract": name, "on": "ticket.opened", "steps": [step]})
        secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        contracts[0]["events"] = {"url": f"http://{HOST}:{self.receiver.port}/", "secret": secret}
        template = {"name": "opened", "language": "en", "subject": "[{{ticket.key}}]", "text": "We have it: {{ticket.key}}."}
        return {"mailboxes": mailboxes, "contracts": contracts, "flows": flows, "templates": [template]}

    # The load

    def wave(self, mails=4, sends=1):
        """Mail arrives at each inbox, polls are asked for, notifications are submitted, events are pulled."""
        for name in CONTRACTS:
            self.drops[name].arrive(self.makers[name].wave(mails))
        with self._lock:
            for _ in range(sends):
                self._keys += 1
                self._pending.append((CONTRACTS[self._keys % 3], f"key-{self._keys}"))
        self.poll()
        self.submit()
        self.pull()

    def poll(self):
        for name in CONTRACTS:
            self._try("POST", f"/v1/mailboxes/{name}-in/poll")

    def submit(self):
        """Submits what has no receipt yet, each under its own key, as a ticket system does after a crash, too."""
        with self._lock:
            pending, self._pending = self._pending, []
        for contract, key in pending:
            wish = {"contract": contract, "to": [f"{key}@{contract}-people.example"], "subject": key, "text": "By hand.",
                    "idempotencyKey": key}
            answer = self._try("POST", "/v1/notifications", wish)
            if answer is None:
                with self._lock:
                    self._pending.append((contract, key))
            else:
                self.history.note("receipt", notification=json.loads(answer)["notification"], key=key)

    def pull(self):
        for name in CONTRACTS[1:]:
            while True:
                after = self._position.get(name)
                target = f"/v1/events?contract={name}&limit=1000" + (f"&after={after}" if after else "")
                lines = (self._try("GET", target) or "").splitlines()
                for line in lines:
                    event = json.loads(line)
                    self.history.note("event", contract=name, event=event["id"], kind=event["type"], way="pulled")
                    self._position[name] = event["id"]
                if len(lines) < 1000:
                    break

    def _try(self, method, target, body=None):
        try:
            return control.ask(self.daemon.socket, method, target, body, timeout=self.patience)[0]
        except (OSError, control.Refused):
            return None

    def status(self):
        return self._try("GET", "/v1/status") or ""

    # After a crash

    def crashed(self, act="killed"):
        """Maloted is gone: what it leaves in doubt is noted, and what holds at any moment is checked.

        In doubt after a kill is an attempt whose final dot has left and whose answer was not heard; after a power cut,
        each that was under way.
        """
        # What the dead had sent counts as done before its end, however late a server comes to it.
        for server in self.servers():
            server.drain()
        self.history.note(act)
        if not self.daemon.database.exists():
            return []
        with store.copied(self.daemon.database) as database:
            tables = database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alerts'").fetchone()[0]
            if not tables:
                return []
            snapshot = store.Snapshot(database)
        names = {notification["id"]: notification["message_id"] for notification in snapshot.notifications}
        unanswered = store.unanswered(self.daemon.state)
        for delivery in snapshot.deliveries:
            attempt = (delivery["id"], delivery["attempts"])
            if delivery["state"] == "sending" and (act == "power cut" or attempt in unanswered):
                self.history.note("doubt", message_id=names[delivery["notification"]], recipient=delivery["recipient"])
        return checker.now(self.history.acts(), snapshot)

    # The end

    def _beside(self):
        return store.beside(self.daemon.database)

    def snapshot(self):
        with store.beside(self.daemon.database) as database:
            database.execute("BEGIN")
            return store.Snapshot(database)

    def rest(self, seconds=REST, pushes=True):
        """Waits until everything has come to rest. Returns what stands in the way.

        `pushes`: asks for polls and tries again and again, so that no schedule is waited for.
        """
        deadline = time.monotonic() + seconds
        while True:
            left = self._unrest()
            if not left or time.monotonic() > deadline:
                return left
            if pushes:
                self.poll()
                self._try("POST", "/v1/queue/retry", {"state": "queued"})
            self.submit()
            self.pull()
            time.sleep(0.1)

    def _unrest(self):
        if not self.daemon.is_running():
            return ["maloted is not running"]
        with self._beside() as database:
            one = lambda sql: database.execute(sql).fetchone()[0]
            known = {(row[0], row[1]) for row in database.execute(
                "SELECT r.name, lower(hex(m.sha256)) FROM messages m JOIN registry r ON r.kind = 'contract' AND r.id = m.contract")}
            left = {
                "mails": sum((act["contract"], act["digest"]) not in known for act in self.history.acts("arrived")),
                "rows not settled": one("SELECT count(*) FROM ledger WHERE settled = 0 OR state = 'wanted'"),
                "deliveries": one("SELECT count(*) FROM deliveries WHERE state NOT IN ('sent', 'failed', 'unknown')"),
                "submissions": len(self._pending),
                "events": self._untold(database),
            }
        return [f"{count} {what}" for what, count in left.items() if count]

    def _untold(self, database):
        wanted = {row[0] for row in database.execute("SELECT event FROM events")}
        return len(wanted - {act["event"] for act in self.history.acts("event")})

    def verify(self, seconds=REST, pushes=True):
        """Brings everything to rest and checks all promises. Returns the complaints."""
        left = self.rest(seconds, pushes)
        if not self.daemon.is_running():
            return ["maloted has ended: " + " | ".join(self.daemon.words().splitlines()[-3:])]
        complaints = checker.end(self.history.acts(), self.snapshot())
        status, words = self.daemon.check()
        if status != 0:
            complaints.append(f"maloted check ends with {status}: {words[:500]}")
        return [f"no rest: {', '.join(left)}" for _ in left[:1]] + complaints
