"""A node's way to its database, which can be cut, filled up or slowed down; knows PostgreSQL's COMMIT and nothing else."""

import socket
import threading
import time

from .network import HOST

COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"  # PostgreSQL 15, 55.7: Query


class Forwarder:
    """Connections to `port` go on to `target`.

    `mode` is what becomes of octets in both directions, from now on:
    pass; hold (nothing arrives, nothing is closed, as behind a cable that was pulled; what was on its way then comes late,
    also after its sender has died); refuse (what is open is cut, what
    comes is closed); slow (each piece takes `delay` seconds).
    """

    def __init__(self, target):
        self.target = target
        self.delay = 0.05
        self.commits_lost = 0
        self._mode = "pass"
        self._losses = []  # what shall become of the next COMMITs
        self._holds_at = None
        self._pairs = set()
        self._lock = threading.Lock()
        self._socket = socket.create_server((HOST, 0), backlog=64)
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def mode(self):
        return self._mode

    @mode.setter
    def mode(self, mode):
        self._mode = mode
        if mode == "refuse":
            self.cut()

    def cut(self):
        """Every connection that is open now."""
        with self._lock:
            pairs, self._pairs = self._pairs, set()
        for pair in pairs:
            _close(pair)

    def lose_commit(self, happens):
        """The next COMMIT of something written gets no answer, and its connection is cut.

        Whether it `happens` before that only the server knows.
        """
        self._losses.append(happens)

    def hold_at_commit(self, whose):
        """Holds everything from the next COMMIT of these on (`writer` or `lease`): what they have locked stays locked."""
        self._holds_at = whose.encode() + b"\x00"

    def close(self):
        """Nobody listens any more: who comes is refused by the kernel."""
        self._mode = "refuse"
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()
        self.cut()

    def _accept(self):
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._join, args=(client,), daemon=True).start()

    def _join(self, client):
        try:
            while self._mode == "hold":
                time.sleep(0.05)
            if self._mode == "refuse":
                client.close()
                return
            server = socket.create_connection(("127.0.0.1", self.target), timeout=5)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        pair = (client, server)
        for end in pair:
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._pairs.add(pair)
        threading.Thread(target=self._pump, args=(client, server, pair), daemon=True).start()
        self._pump(server, client, pair)

    def _pump(self, source, target, pair):
        writes, name = False, b""
        try:
            while octets := source.recv(1 << 16):
                # The first octets say who it is (55.2.1: application_name); those who only read have nothing to lose.
                name = name or octets
                writes = b"writer\x00" in name or b"lease\x00" in name
                if self._holds_at and self._holds_at in name and octets.endswith(COMMIT):
                    self._holds_at, self._mode = None, "hold"
                while self._mode == "hold":
                    time.sleep(0.02)
                if self._mode == "slow":
                    time.sleep(self.delay)
                if source is pair[0] and writes and octets.endswith(COMMIT) and self._losses:
                    self._lose(octets, pair)
                    break
                target.sendall(octets)
        except OSError:
            pass
        with self._lock:
            self._pairs.discard(pair)
        _close(pair)

    def _lose(self, octets, pair):
        self.commits_lost += 1
        if not self._losses.pop(0):
            return
        # The client must not hear the answer: its side is cut first. The server has the whole request, and does it.
        try:
            pair[0].shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        pair[1].sendall(octets)
        time.sleep(0.3)


def _close(pair):
    for end in pair:
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        end.close()
