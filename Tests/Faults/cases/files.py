"""The store's own files: damaged, cut short, too new, locked by somebody, used twice, half migrated."""

import pathlib
import re
import sqlite3
import subprocess
import sys
import time

from rig import store
from rig.case import case
from rig.tracer import SYNCS, tracer

EX_IOERR = 74
PAGE = 4096


def filled(house):
    """A house with a life behind it, stopped in order."""
    house.start()
    house.wave(mails=6)
    complaints = house.verify()
    house.daemon.stop()
    return complaints


def pages_of(database):
    """A page of each table that there is something in: what a damage may hit."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        roots = dict(connection.execute("SELECT name, rootpage FROM sqlite_master WHERE type = 'table' AND rootpage > 0"))
    connection.close()
    return {name: page for name, page in roots.items()
            if name in ("registry", "messages", "raw_sources", "events", "deliveries", "ledger", "notifications", "counters")}


@case("a damaged page", short=4, long=8)
def damaged(world):
    for table in ["registry", "messages", "ledger", "events", "deliveries", "raw_sources", "counters", "notifications"][: world.runs]:
        with world.house() as house:
            complaints = filled(house)
            page = pages_of(house.daemon.database)[table]
            with open(house.daemon.database, "r+b") as file:
                file.seek((page - 1) * PAGE)
                file.write(world.random.randbytes(PAGE))
            before = house.daemon.log.stat().st_size
            if house.start():
                for _ in range(2):
                    house.wave(mails=2)
                    house.pull()
                    time.sleep(0.5)
                answered = house.daemon.is_running() and asks_all(house)
            else:
                answered = ""
            status = house.daemon.wait_end(0.1)
            words = house.daemon.words(before) + answered
            if status is not None and status >= 128:
                complaints.append(f"D7: maloted crashed by signal {status - 128}")
            if status is not None and status != EX_IOERR:
                complaints.append(f"D7: maloted ended with {status}, not {EX_IOERR}")
            if "damaged" not in words and "malformed" not in words:
                complaints.append("D7: nobody was told of the damage")
            complaints += [act for act in told_last(house)]
            status, said = house.daemon.check()
            if status == 0:
                complaints.append(f"D7: maloted check finds nothing wrong: {said[:200]}")
        yield [f"{complaint} (table {table})" for complaint in complaints]


def told_last(house):
    return [f"I3: a mail was marked {act['how']} before it was stored" for act in house.history.acts("marked") if not act["stored"]]


def asks_all(house):
    """What malotectl says when it is asked for everything."""
    said = ""
    for words in (["status"], ["message", "list"], ["events"], ["queue", "list"], ["message", "raw", "1"]):
        done = subprocess.run(
            [house.daemon.binaries / "malotectl", "--socket", house.daemon.socket, *words],
            capture_output=True, timeout=60, check=False)
        said += done.stderr.decode()
    return said


@case("a log cut short", short=2, long=20)
def cut_log(world):
    """A part of the log is gone: what is left must be whole, and what is still on the servers comes again."""
    for _ in range(world.runs):
        with world.house() as house:
            house.start()
            for name in ("globex", "initech"):
                house.outboxes[name].refuses = True
            house.wave(mails=6)
            time.sleep(0.3)
            house.daemon.signal_worker()
            house.daemon.wait_end()
            log = pathlib.Path(str(house.daemon.database) + "-wal")
            with open(log, "r+b") as file:
                file.truncate(int(log.stat().st_size * world.random.random()))
            complaints = []
            if house.start():
                time.sleep(0.5)
            with store.beside(house.daemon.database) as database:
                state = database.execute("PRAGMA quick_check").fetchone()[0]
            if state != "ok":
                complaints.append(f"D7: a log cut short leaves a database that is not sound: {state}")
            status = house.daemon.wait_end(0.1)
            if status is not None and status >= 128:
                complaints.append(f"D7: maloted crashed by signal {status - 128}")
            yield complaints


@case("an older maloted on a newer schema", short=1, long=1)
def newer_schema(world):
    with world.house() as house:
        complaints = filled(house)
        with sqlite3.connect(house.daemon.database) as database:
            version = database.execute("PRAGMA user_version").fetchone()[0]
            database.execute(f"PRAGMA user_version = {version + 1}")
        database.close()
        before = house.daemon.log.stat().st_size
        started = house.daemon.start()
        status = house.daemon.wait_end()
        if started or status != EX_IOERR:
            complaints.append(f"D10: maloted ends with {status}, not {EX_IOERR}")
        if f"schema {version + 1}" not in house.daemon.words(before):
            complaints.append("D10: maloted does not say which schema it found")
        with sqlite3.connect(house.daemon.database) as database:
            database.execute(f"PRAGMA user_version = {version}")
        database.close()
        house.start()
        yield complaints + house.verify()


@case("two copies started", short=1, long=3)
def two_copies(world):
    for _ in range(world.runs):
        with world.house() as house:
            house.start()
            house.wave()
            began = time.monotonic()
            second = subprocess.run(
                [house.daemon.binaries / "maloted", "--config", house.daemon.config, "--log", "text"],
                capture_output=True, timeout=60, check=False, text=True)
            complaints = []
            if second.returncode != EX_IOERR or "Another maloted" not in second.stderr:
                complaints.append(f"P7: the second maloted ends with {second.returncode}: {second.stderr[-200:]}")
            if time.monotonic() - began > 10:
                complaints.append("P7: the second maloted takes too long to give up")
            house.wave()
            yield complaints + house.verify()


LOCK = """
import sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], timeout=10, isolation_level=None)
database.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
database.execute("ROLLBACK")
"""


@case("the database is locked by another", short=1, long=3)
def locked(world):
    for _ in range(world.runs):
        with world.house() as house:
            house.start()
            house.wave()
            # Another process: the locks of SQLite are a process's own.
            other = subprocess.Popen(
                [sys.executable, "-c", LOCK, house.daemon.database, "30" if world.is_long else "8"], stdout=subprocess.PIPE)
            other.stdout.readline()
            while other.poll() is None:
                house.wave(mails=1)
                time.sleep(0.5)
            complaints = [] if house.daemon.is_running() else ["D6: maloted ended because of a lock"]
            yield complaints + house.verify()


# Old schemas

MIGRATIONS = pathlib.Path(__file__).resolve().parents[3] / "Sources/MaloteStore/Schema/Migrations.swift"
OLD_ROWS = """
INSERT INTO counters VALUES ('message', 1), ('ticket', 1), ('notification', 1);
INSERT INTO ledger (id, inbox, folder, validity, uid, state, attempts, settled, message) VALUES (1, 1, 'INBOX', 1, '1', 'stored', 0, 1, 1);
INSERT INTO messages (id, contract, inbox, message_id, sha256, size, sender, subject, received, fate, ticket)
    VALUES (1, 1, 1, '<old@x.example>', x'{digest}', 3, 'a@x.example', 'Old', 0, 'opened', 1);
INSERT INTO raw_sources VALUES (1, 'old');
INSERT INTO tickets (id, contract, number, key, subject) VALUES (1, 1, 1, 'OLD-1', 'Old');
INSERT INTO events (id, event, contract, kind, subject, time, json) VALUES (1, 'old', 1, 'ticket.opened', 'OLD-1', 0, '{{}}');
"""
OLD_DIGEST = "cba06b5736faf67e54b07b561eae94395e774c517a7d910a54369e1263ccfbd4"


def old_database(path, schema):
    """A database as an early version left it, with a mail, its ticket and its event."""
    steps = re.findall(r'^        """\n(.*?)^        """', MIGRATIONS.read_text(encoding="utf-8"), re.S | re.M)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with sqlite3.connect(path) as database:
        for step in steps[:schema]:
            database.executescript(step)
        database.executescript(OLD_ROWS.format(digest=OLD_DIGEST))
        database.execute(f"PRAGMA user_version = {schema}")
        database.execute(f"PRAGMA application_id = {0x6D616C6F}")
    database.close()
    return len(steps)


@case("SIGKILL while an old schema is brought up to date", short=4, long=200)
def migrations(world):
    for point in world.points():
        with world.house() as house:
            schema = world.random.choice([4, 6, 8, 10])
            steps = old_database(house.daemon.database, schema)
            house.daemon.start(tracer(house.folder / "strace", SYNCS, "signal=SIGKILL", point * 2))
            unharmed = house.daemon.stop() == 0
            complaints = [] if house.start() else ["maloted does not start after it: " + house.daemon.words()[-300:]]
            house.daemon.stop()
            with sqlite3.connect(house.daemon.database) as database:
                one = lambda sql: database.execute(sql).fetchone()[0]
                found = (one("PRAGMA user_version"), one("SELECT count(*) FROM messages WHERE message_id = '<old@x.example>'"),
                         one("SELECT count(*) FROM events WHERE event = 'old'"), one("SELECT bytes FROM raw_sources"),
                         one("PRAGMA integrity_check"))
            database.close()
            if found[1:] != (1, 1, "old", "ok") or found[0] < steps:
                complaints.append(f"from schema {schema}: {found}, {steps} steps are known")
        yield [f"{complaint} (call {point})" for complaint in complaints]
        if unharmed:
            return
