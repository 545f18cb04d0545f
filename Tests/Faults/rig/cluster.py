"""Several nodes over one PostgreSQL, with the same world around them as one maloted has; knows no case.

Each node has a network namespace of its own, where that is permitted; else they share this machine's network. A node's work
in the histories bears its name: whose connection it is, its address tells, or its socket (/proc). What is in doubt when
a life ends is noted before the next one begins.
"""

import collections
import contextlib
import os
import random
import subprocess
import threading
import time

from . import checker, control, database, leases, network, store
from .house import House
from .node import KILLED, Node
from .view import View

LEASE = 15  # seconds by the database's clock
LONGEST = 600  # seconds that a backlog may take
EVEN = 25  # seconds within which shares are spread again
LATEST = 30  # seconds after which nothing comes any more that was on its way


class Cluster(House):
    """`server` is the database's, where the case breaks it; else one server is shared with other clusters.

    `other` is another build of maloted, which the first node runs at first.
    """

    def __init__(self, binaries, seed, count=3, tls=True, server=None, per_host=None, other=None):
        self.server = server or database.shared()
        self._base = self.server.make()
        self._count = count
        self._tls = tls
        self._per_host = per_host
        self._other = other
        self._random = random.Random(f"{seed} nodes")
        self._doubted = set()
        self.view = View(self.server, self._base)
        self._untold_ends = 0
        self._cut = set()  # lives that ended while their packets were lost
        self.most_connections = 0
        self.spans = 0  # of leases, as they were checked
        self.held_up = 0  # acts that came after the end of their node's life
        self.seen_ends = collections.Counter()
        self.excused = set()  # statuses with which a node may end here
        self.complaints = []
        super().__init__(binaries, seed)
        self.patience = 3
        self._silent = {}  # until when a node that gave no answer is not asked
        self._is_kept = True
        for listener in self.servers():
            listener.who = self._who
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    def _settle(self, binaries, _, __):
        key = os.urandom(32)
        self.nodes = [
            Node(self._other if self._other and number == 1 else binaries, self.folder / f"node{number}", f"node{number}",
                 self.server, self._base, self._tls, self._per_host)
            for number in range(1, self._count + 1)
        ]
        for node in self.nodes:
            node.share_key(key)
        return self.nodes[0]

    def __exit__(self, kind, *details):
        self._is_kept = False
        self._keeper.join()
        for node in self.nodes:
            node.kill()
            node.close()
        self.view.close()
        with contextlib.suppress(OSError):
            self.server.drop(self._base)
        super().__exit__(kind or (AssertionError if self.complaints else None), *details)

    # What is stored

    def _beside(self):
        return self.view.open()

    def rows(self, sql):
        """Dicts. Raises Lost where the database cannot be asked."""
        return self.view.rows(sql)

    def _stored(self, digests):
        return self.view.stored(digests)

    def snapshot(self):
        return self.view.snapshot()

    # Running

    def start(self, wrapper=(), environment=None, count=None):
        """Starts the nodes, or the first of them. Returns whether all are ready and know the registry."""
        chosen = self.nodes[:count]
        for node in chosen:
            node.start(wrapper, environment, wait=False)
        ready = all([node.wait_ready() for node in chosen])
        return ready and self.register()

    def _who(self, connection):
        """The node that has the client's end of a connection, and which of its lives this is."""
        address = connection.getpeername()[0]
        for node in self.nodes:
            if node.link and node.link.address == address:
                return node.name, node.lives
        for _ in range(5):  # the kernel's list is no snapshot: a line may be missing while others come and go
            if descriptor := network.client_of(connection):
                for node in self.nodes:
                    if node.owns(descriptor):
                        return node.name, node.lives
        return None, None

    def _try(self, method, target, body=None):
        # Any node answers for all.
        now = time.monotonic()
        running = [node for node in self.nodes if node.is_running() and self._silent.get(node.name, 0) < now]
        if not running:
            return None
        node = self._random.choice(running)
        try:
            return control.ask(node.socket, method, target, body, timeout=self.patience)[0]
        except OSError:
            self._silent[node.name] = now + 5  # others meanwhile: the load goes on
        except control.Refused:
            pass
        return None

    @contextlib.contextmanager
    def load(self, mails=2, sends=2, pause=0.4):
        """Mail in both directions, for as long as the block lasts."""
        ends = threading.Event()

        def run():
            while not ends.wait(pause * (0.5 + self._random.random())):
                self.wave(mails, sends)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ends.set()
            thread.join()

    def tell(self, *words):
        """What malotectl says, over some node's socket. Raises AssertionError where it refuses."""
        node = self._random.choice([node for node in self.nodes if node.is_running()])
        done = subprocess.run(
            [node.binaries / "malotectl", "--socket", node.socket, *words],
            capture_output=True, timeout=60, check=False, text=True)
        if done.returncode:
            raise AssertionError(f"malotectl {' '.join(words)} (at {node.name}): {done.stdout}{done.stderr}")
        return done.stdout

    # Lives that end, and begin again

    def _keep(self):
        while self._is_kept:
            for node in self.nodes:
                status = node.tend()
                if status is not None:
                    self._ended(node, status)
            self.most_connections = max(self.most_connections, self._connections())
            time.sleep(0.1)

    def _connections(self):
        """How many are open to the mail servers' host, as their clients see it: a server's thread may be late."""
        ports = {f"{server.port:04X}" for server in self.servers() if server is not self.receiver}
        seen = [node.process.pid for node in self.nodes if node.link and node.is_running()] or ["self"]
        lines = [words for pid in seen for words in network.connections(pid)]
        # ESTABLISHED, and still somebody's: what the dead leave behind belongs to nobody.
        return sum(words[2].rpartition(":")[2] in ports and words[3] == "01" and words[9] != "0" for words in lines)

    def _ended(self, node, status):
        self.seen_ends[status] += 1
        if status not in self.excused:
            self.complaints.append(f"{node.name} ended with {status}: " + " | ".join(node.words().splitlines()[-2:])[-300:])
        life = (node.name, node.lives)
        if node.is_cut:
            self._cut.add(life)  # what it had sent may still come
        else:
            # What the dead had sent counts as done before its end.
            self._drain(life)
        self.history.note("killed", node=node.name, life=node.lives, status=status)
        # A kill leaves the journal to the next life if that begins before the lease is over. Else others take over.
        self.doubt(node, unproved=status != KILLED or node.pause > LEASE / 2)

    def _drain(self, life, seconds=5):
        for server in self.servers():
            server.drain(seconds, life)

    def doubt(self, node=None, unproved=True):
        """Notes what a node (or all of them) has in flight as in doubt: it may be sent once more.

        `unproved`: no journal will tell what was answered. Where the database cannot be asked it must be later.
        """
        whose = f"AND o.name = '{node.name}'" if node else ""
        try:
            found = self.rows(
                "SELECT d.id, d.attempts, d.recipient, n.message_id FROM deliveries d JOIN notifications n ON n.id = d.notification "
                "LEFT JOIN shares s ON s.share = 'mailbox ' || d.outbox LEFT JOIN nodes o ON o.token = s.owner "
                f"WHERE d.state = 'sending' {whose}")
        except database.Lost:
            self._untold_ends += 1
            return
        proof = store.unanswered(node.state) if not unproved else set()
        for row in found:
            attempt = (row["id"], row["attempts"])
            if attempt not in self._doubted and (unproved or attempt in proof):
                self._doubted.add(attempt)
                self.history.note("doubt", message_id=row["message_id"], recipient=row["recipient"], unproved=unproved)

    def reopen(self, opens=None):
        """The database is there again after it was gone: what is in doubt is noted before a node reaches it.

        `opens` brings it back, if a start of the server does not.
        """
        for node in self.nodes:
            node.set_ways("refuse")
        if opens:
            opens()
        elif not self.server.is_running():
            self.server.start()
        self.wait(lambda: self.rows("SELECT 1"), 30)
        if self._untold_ends:
            self._untold_ends = 0
            self.doubt()
        for node in self.nodes:
            node.set_ways("pass")

    def wait(self, holds, seconds):
        """Whether it holds before so many seconds are over. A database that is gone says no."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(database.Lost):
                if holds():
                    return True
            time.sleep(0.1)
        return False

    # The end

    def _unrest(self):
        waiting = [node.name for node in self.nodes if node.is_wanted and not (node.is_running() and node.is_answering())]
        try:
            left = super()._unrest() if self.daemon.is_running() else ["node1 is not running"]
        except database.Lost as error:
            left = [f"the database: {error}"]
        return left + [f"{name} does not answer" for name in waiting]

    def rest(self, seconds=90, pushes=True):
        """Waits until all has come to rest; for longer than the time given only while servers take something every 20 seconds."""
        end, longest = time.monotonic() + seconds, time.monotonic() + LONGEST
        while True:
            taken = len(self.history.acts("accepted", "fetched"))
            left = super().rest(20, pushes)
            now = time.monotonic()
            is_stuck = len(self.history.acts("accepted", "fetched")) == taken
            if not left or now > longest or now > end and is_stuck:
                return left

    def holders(self):
        """How many mailboxes each node has: inboxes and outboxes."""
        held = {node.name: [0, 0] for node in self.nodes}
        for row in self.rows(
            "SELECT o.name, r.name AS mailbox FROM shares s JOIN nodes o ON o.token = s.owner "
            "JOIN registry r ON r.kind = 'mailbox' AND s.share = 'mailbox ' || r.id"
        ):
            held[row["name"]][row["mailbox"].endswith("-out")] += 1
        return held

    def is_even(self):
        held = self.holders().values()
        return all(max(part) - min(part) <= 1 for part in zip(*held)) and sum(map(sum, held)) == 2 * len(self.drops)

    def verify(self, seconds=90, pushes=True):
        """Brings everything to rest and checks all promises, those of leases too. Returns the complaints."""
        for life in self._cut:
            self._drain(life, LATEST)
        left = self.rest(seconds, pushes)
        complaints = [f"no rest: {', '.join(left)}"] if left else []
        if not self.wait(self.is_even, EVEN):
            complaints.append(f"L3: shares are not spread evenly in the end: {self.holders()}")
        complaints += checker.end(self.history.acts(), self.snapshot())
        complaints += self.lease_complaints()
        status, words = self.daemon.check()
        if status != 0:
            complaints.append(f"maloted check ends with {status}: {words[:500]}")
        complaints += self._leaving()
        self.complaints += complaints
        if self.complaints:
            self.complaints.append(f"logs are in {self.folder}")
        return self.complaints

    def lease_complaints(self):
        spans = self.rows("SELECT id, share, node, token, began, ended, how FROM lease_spans ORDER BY id")
        for span in spans:
            span |= {end: self.server.true_time(span[end]) for end in ("began", "ended") if span[end] is not None}
        owners = {row["share"]: row["owner"] for row in self.rows("SELECT share, owner FROM shares")}
        shares = {}
        for row in self.rows("SELECT kind, name, id FROM registry WHERE kind IN ('mailbox', 'contract')"):
            contract, _, way = row["name"].partition("-")
            acts = {"in": ("fetched", "marked"), "out": ("accepted",), "": ("event",)}[way]
            share = f"mailbox {row['id']}" if way else f"endpoint {row['id']}"
            shares |= {(act, contract): share for act in acts}
        self.spans = len(spans)
        self.held_up = len(checker.late(self.history.acts(*leases.WORK, "cut off", "killed")))
        return leases.judge(self.history.acts(), spans, owners, shares)

    def _leaving(self):
        """Every node stops in order, and nothing is left in anybody's hands."""
        complaints = []
        for node in self.nodes:
            if node.is_wanted and (status := node.stop()) != 0:
                complaints.append(f"the stop of {node.name} ended with {status}")
        held = self.rows("SELECT share, owner FROM shares WHERE owner IS NOT NULL")
        if held:
            complaints.append(f"L3: {held[0]['share']} belongs to {held[0]['owner']} although every node has left")
        return complaints + self.lease_complaints()
