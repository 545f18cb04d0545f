"""The rig's own look into the database of a cluster, past all faults on the way; judges nothing."""

import contextlib
import threading

from . import database, store

# `hex`, as SQLite has it, so that both kinds of stores are read with the same words.
HEX = ("CREATE SCHEMA rig; CREATE FUNCTION rig.hex(BYTEA) RETURNS TEXT LANGUAGE sql IMMUTABLE AS "
       "$$ SELECT encode($1, 'hex') $$")


class View:
    """One connection for all threads, made anew once it is lost: then with whichever server serves by then.

    Whatever asks raises Lost where the database cannot be asked.
    """

    def __init__(self, server, base):
        self._server = server
        self._base = base
        self._lock = threading.RLock()
        self._connection = None

    @contextlib.contextmanager
    def open(self):
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = self._server.connect(self._base)
                    if not self._connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'rig'"):
                        self._connection.execute(HEX)
                    self._connection.execute("SET search_path = malote, rig")
                yield self._connection
            except database.Lost:
                self.close()
                raise

    def close(self):
        with self._lock:
            if self._connection:
                self._connection.close()
            self._connection = None

    def rows(self, sql):
        """Dicts."""
        with self.open() as connection:
            found = connection.execute(sql)
        return [dict(zip([column[0] for column in found.description], row)) for row in found]

    def stored(self, digests):
        """Those of the digests whose octets can be read now, whole."""
        listed = ", ".join(f"'\\x{digest}'::bytea" for digest in digests)
        if not listed:
            return set()
        with self.open() as connection:
            pieces = connection.execute(
                f"SELECT r.bytes FROM messages m JOIN raw_sources r ON r.message = m.id WHERE m.sha256 IN ({listed})")
            whole = {store.digest(row[0]) for row in pieces}
            if not whole >= set(digests):  # long ones are in pieces
                whole |= {digest for digest, in connection.execute(
                    "SELECT encode(sha256(r.bytes || p.bytes), 'hex') FROM messages m "
                    "JOIN raw_sources r ON r.message = m.id JOIN (SELECT message, string_agg(bytes, '' ORDER BY start) AS bytes "
                    f"FROM raw_pieces GROUP BY message) p ON p.message = m.id WHERE m.sha256 IN ({listed})")}
        return whole & set(digests)

    def snapshot(self):
        with self.open() as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                return store.Snapshot(connection, is_file=False)
            finally:
                connection.execute("COMMIT")
