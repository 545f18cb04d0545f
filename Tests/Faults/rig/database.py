"""A real PostgreSQL for the nodes of a cluster, and a connection of the rig's own to look into it; knows no maloted."""

import atexit
import contextlib
import ctypes
import ctypes.util
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from .case import Skipped

LAUNCHER = pathlib.Path(__file__).resolve().parents[2] / "Servers/postgres"
OCTETS, FLAG, NUMBERS = 17, 16, (20, 21, 23)  # types of columns (pg_type.dat)


def _libpq():
    library = ctypes.CDLL(ctypes.util.find_library("pq") or "libpq.so.5")
    for name in ("PQconnectdb", "PQexec"):
        getattr(library, name).restype = ctypes.c_void_p
    for name in ("PQerrorMessage", "PQresultErrorMessage", "PQfname", "PQgetvalue"):
        getattr(library, name).restype = ctypes.c_char_p
    return library


# What the server remarks (that it is stopped) is not printed.
_SILENT = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_char_p)(lambda _, __: None)


class Lost(ConnectionError):
    """The server did not answer, or refused."""


class Rows(list):
    """What a query found: rows as tuples, with the names of their columns."""

    def __init__(self, names, rows):
        super().__init__(rows)
        self.description = [(name,) for name in names]

    def fetchone(self):
        return self[0] if self else None


class Connection:
    """One connection past all forwarders, used by one thread at a time; it speaks as sqlite3 does, as far as the rig does."""

    def __init__(self, words):
        self._pq = _libpq()
        self._handle = ctypes.c_void_p(self._pq.PQconnectdb(words.encode()))
        self._pq.PQsetNoticeProcessor(self._handle, _SILENT, None)
        if self._pq.PQstatus(self._handle) != 0:
            message = self._pq.PQerrorMessage(self._handle).decode()
            self.close()
            raise Lost(message.strip())

    def execute(self, sql):
        result = ctypes.c_void_p(self._pq.PQexec(self._handle, sql.encode()))
        try:
            if self._pq.PQresultStatus(result) not in (1, 2):  # PGRES_COMMAND_OK, PGRES_TUPLES_OK
                raise Lost(self._pq.PQresultErrorMessage(result).decode().strip())
            columns = range(self._pq.PQnfields(result))
            types = [self._pq.PQftype(result, column) for column in columns]
            return Rows(
                [self._pq.PQfname(result, column).decode() for column in columns],
                [tuple(self._value(result, row, column, types[column]) for column in columns)
                 for row in range(self._pq.PQntuples(result))])
        finally:
            self._pq.PQclear(result)

    def _value(self, result, row, column, kind):
        if self._pq.PQgetisnull(result, row, column):
            return None
        text = self._pq.PQgetvalue(result, row, column).decode()
        if kind in NUMBERS:
            return int(text)
        if kind == OCTETS:
            return bytes.fromhex(text[2:])
        return text == "t" if kind == FLAG else text

    def close(self):
        if self._handle:
            self._pq.PQfinish(self._handle)
            self._handle = None


class Postgres:
    """A server in a folder of its own, or in one whose file system the case breaks; `settings` are PostgreSQL's."""

    # A kill of its processes is a crash, not a power cut: the kernel keeps what was written without a sync.
    def __init__(self, folder=None, settings=("fsync=off",)):
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="malote-pg."))
        self.folder.mkdir(exist_ok=True)
        self.folder.chmod(0o755)
        self.port = self._pid = None
        self._settings = settings
        self.environment = {}
        self._made = 0

    def _launch(self, *words):
        done = subprocess.run(
            [LAUNCHER, words[0], self.folder, *words[1:]],
            env=os.environ | self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90, check=False)
        if done.returncode:
            if not list(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres")):
                raise Skipped("PostgreSQL is not installed")
            raise AssertionError(f"PostgreSQL does not {words[0]}: {done.stderr[-300:]}")
        return done.stdout

    def start(self):
        told = self._launch("start", "max_connections=80", *self._settings)
        self.port = int(told.split("pgsql=")[1].split()[0])
        self._pid = self._first()

    def follow(self, primary):
        """Starts as a standby of the other, with all that it has."""
        self._launch("follow", primary.folder)
        self.start()

    def promote(self):
        """From a standby to a server that takes writes."""
        self._launch("promote")

    def stop(self, mode="immediate"):
        subprocess.run([LAUNCHER, "stop", self.folder, mode], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)

    def kill(self):
        """All its processes at once, as when its machine is off. Its files are not asked: they may be out of reach."""
        children = pathlib.Path(f"/proc/{self._pid}/task/{self._pid}/children").read_text().split()
        family = [self._pid, *map(int, children)]
        for pid in family:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        # A start would take one that nobody has buried yet for a server at work.
        deadline = time.monotonic() + 10
        while any(pathlib.Path(f"/proc/{pid}").exists() for pid in family) and time.monotonic() < deadline:
            time.sleep(0.01)

    @property
    def ports(self):
        return [self.port]

    def is_running(self):
        """Whether its first process lives: a panic for want of room ends it."""
        try:
            os.kill(self._first(), 0)
            return True
        except (OSError, ValueError, IndexError):
            return False

    def _first(self):
        return int((self.folder / "data/postmaster.pid").read_text().split()[0])

    def true_time(self, moment):
        """What this machine's clock says at a moment of the server's clock."""
        return moment

    def make(self):
        """A new, empty database. Returns its name."""
        self._made += 1
        name = f"malote_{os.getpid()}_{self._made}"
        database = self.connect("postgres")
        database.execute(f"CREATE DATABASE {name}")
        database.close()
        return name

    def drop(self, name):
        database = self.connect("postgres")
        database.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        database.close()

    def connect(self, name):
        return Connection(f"host={self.folder} port={self.port} user=malote dbname={name} connect_timeout=5")

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


_shared = []
_lock = threading.Lock()


def shared():
    """One server for all clusters that do not break its disk: each has a database of its own on it."""
    with _lock:
        if not _shared:
            server = Postgres()
            atexit.register(server.remove)
            server.start()
            _shared.append(server)
        if not _shared[0].is_running():
            _shared[0].start()
        return _shared[0]
