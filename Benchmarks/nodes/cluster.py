"""A PostgreSQL of its own, and nodes of the release build that work on it."""

import os
import pathlib
import secrets
import subprocess

from kit import SERVERS, Malote, run

TICK = os.sysconf("SC_CLK_TCK")


class Postgres:
    def __init__(self, folder):
        self.folder = folder
        # Not a pipe: the server keeps it open.
        run(SERVERS / "postgres", "start", folder, "shared_buffers=512MB", "max_wal_size=4GB",
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.port = (folder / "ports").read_text().strip().split("=")[1]

    def sql(self, text):
        return run("psql", "-qtAX", "-h", self.folder, "-p", self.port, "-U", "malote", "-d", "malote", "-c", text,
                   capture_output=True, text=True).stdout.strip()

    def config(self):
        place = str(self.folder).replace("/", "%2F")
        return f'database: "postgres://malote@/malote?host={place}&port={self.port}"\n'

    def facts(self):
        """Processor seconds of all its processes, octets of log written so far, octets of the database."""
        log, size = self.sql(
            "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint, pg_database_size('malote')").split("|")
        seconds = 0
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                if b"postgres" not in (stat.parent / "cmdline").read_bytes().split(b"\0")[0]:
                    continue
                rest = stat.read_text().rsplit(") ", 1)[1].split()
            except (OSError, IndexError):
                continue
            # Its own, and those of backends that have ended.
            seconds += sum(int(ticks) for ticks in rest[11:15]) / TICK
        return seconds, int(log), int(size)

    def stop(self):
        run(SERVERS / "postgres", "stop", self.folder, "fast", stdin=subprocess.DEVNULL)


def start(folder, postgres, count):
    """The nodes, each with the same key; on SQLite there is one."""
    key, nodes = secrets.token_bytes(32), []
    for number in range(count):
        place = folder / f"node{number + 1}"
        config = f"{postgres.config()}cluster: {{name: node{number + 1}}}\n" if postgres else ""
        secret = place / "state" / "malote.key"
        place.mkdir()
        secret.parent.mkdir(mode=0o700)
        secret.write_bytes(key)
        secret.chmod(0o400)
        node = Malote.__new__(Malote)
        (place / "malote.yaml").write_text(f"state: {place}/state\ncontrol: {place}/control.sock\n{config}")
        node.start(place)
        nodes.append(node)
    return nodes
