"""A TCP server on loopback with a thread a connection; knows no protocol."""

import collections
import socket
import sqlite3
import threading
import time

from .history import served
from .network import HOST


class Conversation:
    """Lines over one connection."""

    def __init__(self, connection):
        self.connection = connection
        self.reader = connection.makefile("rb")

    def line(self):
        """The next line without its end; raises ConnectionError where there is none."""
        line = self.reader.readline(1 << 20)
        if not line.endswith(b"\n"):
            raise ConnectionError("closed")
        return line.rstrip(b"\r\n")

    def octets(self, count):
        octets = self.reader.read(count)
        if len(octets) != count:
            raise ConnectionError("closed")
        return octets

    def say(self, *parts):
        self.connection.sendall(b"".join(part if isinstance(part, bytes) else part.encode() for part in parts))


class Listener:
    """Serves each connection with `serve(conversation)`, which a subclass writes.

    `who` says which node a connection is from, and which of its lives; nobody asks where there is one maloted.
    """

    def __init__(self):
        self._socket = socket.create_server((HOST, 0), backlog=256)
        self.port = self._socket.getsockname()[1]
        self.connections = 0
        self.who = None
        self._open = collections.Counter()  # by node and life
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.settimeout(120)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client = self._client(connection)
            with self._lock:
                self._open[client] += 1
            threading.Thread(target=self._run, args=(connection, client), daemon=True).start()

    def _client(self, connection):
        try:
            return self.who(connection) if self.who else (None, None)
        except OSError:
            return None, None  # gone already

    def _run(self, connection, client):
        served.node, served.life = client
        conversation = Conversation(connection)
        try:
            self.serve(conversation)
        except (OSError, ValueError, sqlite3.Error):
            pass  # whoever was killed has closed it, or the store could not be asked: then nothing is marked
        finally:
            conversation.reader.close()
            connection.close()
            with self._lock:
                self._open[client] -= 1

    def drain(self, seconds=5, client=(None, None)):
        """Waits until every client (of this node, in this life) has gone and all that they had sent is dealt with."""
        deadline = time.monotonic() + seconds
        while self._open[client] and time.monotonic() < deadline:
            time.sleep(0.002)

    def serve(self, conversation):
        raise NotImplementedError

    def close(self):
        # A thread that waits in accept keeps a socket alive that is only closed.
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()
