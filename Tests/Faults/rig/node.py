"""One maloted of a cluster, with a network and ways to the database of its own; knows no mail and no other node."""

import os
import pathlib
import shutil
import signal
import time

from .daemon import Daemon
from .forwarder import Forwarder
from .network import HOST, Link, obstacle

PAUSE = 2  # seconds before it is started anew, as systemd does after five


class Node(Daemon):
    """`database` is the server, `base` the name of the database on it. With TLS nobody on the way can read along.

    `link` is its way out of its network namespace; None where there are none.
    """

    def __init__(self, binaries, folder, name, database, base, tls, per_host=None):
        pathlib.Path(folder).mkdir()
        super().__init__(binaries, folder)
        self.name = name
        self.link = None if obstacle() else Link()
        self.ways = [Forwarder(port) for port in database.ports]  # one to each server
        self._lost_ways = []
        self.way = self.ways[0]
        self.is_wanted = False
        self.ends = []  # exit statuses, oldest first
        self.lives = 0
        self.pause = PAUSE
        self._down = None
        mode = "verify-full" if tls else "disable"
        hosts = ",".join(f"localhost:{way.port}" for way in self.ways)
        addresses = ",".join(HOST for _ in self.ways)
        address = f"postgres://malote@{hosts}/{base}?hostaddr={addresses}&sslmode={mode}"
        secret = pathlib.Path(folder) / "database.password"
        secret.write_text("secret\n", encoding="utf-8")
        secret.chmod(0o600)
        # A copy: the server's disk may be gone for a while.
        shutil.copy(database.folder / "tls/ca.pem", folder)
        authority = f", ca: {folder}/ca.pem" if tls else ""
        with open(self.config, "a", encoding="utf-8") as config:
            if per_host:
                config.write(f"limits: {{per-host: {per_host}}}\n")
            config.write(
                f"database: {{url: '{address}', password: {{file: {secret}}}{authority}}}\ncluster: {{name: {name}}}\n")

    def share_key(self, key):
        """All nodes must have the same."""
        folder = self.folder / "credentials"
        folder.mkdir()
        (folder / "malote.key").write_bytes(key)
        (folder / "malote.key").chmod(0o400)
        self._credentials = {"CREDENTIALS_DIRECTORY": str(folder)}

    def start(self, wrapper=(), environment=None, wait=True):
        self.lives += 1
        self._down = None
        self.pause = PAUSE
        inside = self.link.words() if self.link else []
        super().start([*inside, *wrapper], self._credentials | (environment or {}), wait=False)
        self.is_wanted = True
        return self.wait_ready() if wait else True

    def set_ways(self, mode):
        """To all servers that are not lost."""
        for way in self.ways:
            way.mode = mode

    def lose_way(self, is_silent):
        """To the first server, for good: connections to it are refused, or, where it is silent, not even that."""
        lost = self.ways.pop(0)
        self._lost_ways.append(lost)
        self.way = self.ways[0]
        if is_silent:
            lost.mode = "hold"
        else:
            lost.close()

    @property
    def is_cut(self):
        return self.link is not None and self.link.lost is not None

    def close(self):
        """It has ended, for good."""
        for way in self.ways + self._lost_ways:
            way.close()
        if self.link:
            self.link.close()

    def owns(self, descriptor):
        """Whether a process of this node has the socket of this inode open."""
        for pid in self._family():
            try:
                with os.scandir(f"/proc/{pid}/fd") as files:
                    if any(os.readlink(file.path) == f"socket:[{descriptor}]" for file in files):
                        return True
            except OSError:
                pass
        return False

    def signal_all(self, number):
        """Master and worker together: they are a group."""
        os.killpg(self.process.pid, number)

    def kill(self):
        """For good, also if it stands still."""
        self.is_wanted = False
        if self.process is not None:
            super().kill()

    def stop(self):
        self.is_wanted = False
        return super().stop()

    def tend(self):
        """Starts it anew where it has ended, after a pause. Returns the status with which it ended, once each time."""
        if not self.is_wanted or self.is_running():
            return None
        if self._down is None:
            self._down = time.monotonic()
            status = self.wait_end(0)
            self.ends.append(status)
            return status
        if time.monotonic() - self._down > self.pause:
            self.start(wait=False)
        return None


KILLED = 128 + signal.SIGKILL
LEASE_LOST, NO_DATABASE = 75, 74
