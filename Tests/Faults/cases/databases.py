"""A database that crashes, is gone, refuses, loses its power, or hands over to a standby, under several nodes."""

import contextlib

from rig import database
from rig.case import case
from rig.disk import CuttableDisk, SmallDisk
from rig.standby import Pair

from .nodes import SILENT, at_work, pause


@case("nodes: the database crashes and is back", short=1, long=30)
def crashes(world):
    """Nobody's lease is over: nothing is in doubt."""
    for _ in range(world.runs):
        with at_work(world) as cluster:
            with cluster.load():
                for _ in range(3 if world.is_long else 1):
                    pause(world, 0.5, 2)
                    cluster.server.stop(world.random.choice(["immediate", "immediate", "fast"]))
                    pause(world, 0, 3)
                    cluster.server.start()
                    pause(world, 2, 4)
            yield cluster.verify()


@case("nodes: the database is gone for longer than the lease", short=0, long=10)
def outages(world):
    for _ in range(world.runs):
        with at_work(world, SILENT) as cluster:
            with cluster.load():
                pause(world, 0.5, 2)
                cluster.server.stop()
                pause(world, 18, 25)
                cluster.reopen()
                pause(world, 2, 4)
            yield cluster.verify()


def end_connections(cluster, how_many):
    with contextlib.suppress(database.Lost):
        cluster.rows(
            "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'maloted%' "
            f"AND datname = current_database() ORDER BY random() LIMIT {how_many}) AS chosen")


@case("nodes: connections end, answers to COMMIT are lost", short=1, long=30)
def lost_commits(world):
    """A COMMIT whose answer is lost has happened or not: whichever, nothing is done twice, and nobody's life ends."""
    for _ in range(world.runs):
        with at_work(world, tls=False) as cluster:
            with cluster.load():
                for _ in range(60 if world.is_long else 16):
                    for node in cluster.nodes:
                        if world.random.random() < 0.5:
                            node.way.lose_commit(happens=world.random.random() < 0.6)
                    if world.random.random() < 0.5:
                        end_connections(cluster, world.random.randint(1, 3))
                    pause(world, 0.2, 0.6)
            lost = sum(node.way.commits_lost for node in cluster.nodes)
            world.count("COMMITs without an answer", lost)
            complaints = [] if lost else ["the rig: no COMMIT was lost"]
            yield complaints + cluster.verify()


def set_everywhere(cluster, setting, value):
    cluster.rows(f"ALTER SYSTEM SET {setting} = {value}")
    cluster.rows("SELECT pg_reload_conf()")


@case("nodes: the database is read-only for a while", short=0, long=10)
def read_only(world):
    for number in range(world.runs):
        with at_work(world, SILENT if number % 2 else ()) as cluster:
            with cluster.load():
                set_everywhere(cluster, "default_transaction_read_only", "on")
                try:
                    if number % 2:
                        pause(world, 17, 22)
                        # What they had in flight as they ended.
                        cluster.doubt()
                    else:
                        pause(world, 2, 6)
                finally:
                    set_everywhere(cluster, "default_transaction_read_only", "off")
                pause(world, 1, 3)
            yield cluster.verify()


@case("nodes: the database's disk is full", short=0, long=10)
def full_disk(world):
    for _ in range(world.runs):
        with SmallDisk(256) as disk:
            server = database.Postgres(disk.mount / "pg")
            server.start()
            try:
                with at_work(world, SILENT, server=server) as cluster:
                    with cluster.load(mails=4):
                        pause(world, 0.5, 1)
                        disk.fill()
                        pause(world, 6, 20)
                        disk.free()
                        cluster.reopen()
                        pause(world, 2, 4)
                    said = any("No space left" in node.words() for node in cluster.nodes)
                    yield ([] if said else ["no node says that the disk is full"]) + cluster.verify()
            finally:
                server.stop()


@case("nodes: failover to a standby", short=0, long=12)
def failover(world):
    """The primary dies, or is gone without a word; until the standby is promoted nodes find it, and it takes no writes.

    Every fourth time the standby's clock is ahead by more than a lease: no lease is over for that.
    """
    for number in range(world.runs):
        kind = ("quick", "slow", "silent", "ahead")[number % 4]
        is_quick = kind in ("quick", "ahead")
        with Pair(30 if kind == "ahead" else 0) as pair, at_work(world, () if is_quick else SILENT, server=pair) as cluster:
            with cluster.load():
                pause(world, 0.5, 2)
                for node in cluster.nodes:
                    node.lose_way(is_silent=kind == "silent")
                pair.lose_first()
                pause(world, *((1, 4) if is_quick else (16, 22)))
                if is_quick:
                    pair.promote()
                else:
                    cluster.reopen(pair.promote)
                pause(world, 3, 5)
            yield cluster.verify()


POWERED = "fsync=on", "max_wal_size=96MB", "min_wal_size=32MB"


@case("nodes: power cut of the database server", short=0, long=10)
def power_cut(world):
    """It loses what it had not synced, and is back within the lease: no node ends, and nothing is in doubt."""
    for _ in range(world.runs):
        with CuttableDisk(512) as disk:
            server = database.Postgres(disk.mount / "pg", POWERED)
            server.start()
            disk.sync()
            try:
                with at_work(world, server=server) as cluster:
                    with cluster.load(mails=4):
                        for _ in range(2 if world.is_long else 1):
                            pause(world, 1, 4)
                            disk.cut()
                            server.kill()
                            disk.off()
                            disk.on()
                            server.start()
                            pause(world, 2, 4)
                    yield cluster.verify()
            finally:
                server.stop()
