"""Kills: at chosen system calls, at any time, of either process, and stops in the midst of work."""

import os
import signal
import time

from rig.case import case
from rig.tracer import SYNCS, Attached, tracer


def live(house, mails=2):
    """Waves of mail for as long as maloted lives; it may come to rest before."""
    for _ in range(6):
        if not house.daemon.is_running():
            return
        house.wave(mails)
        time.sleep(0.05)
    house.rest(10)


def aftermath(house):
    """Stops it. Returns None if that went in order, else the complaints after a new life in peace."""
    if house.daemon.stop() == 0:
        return None
    complaints = house.crashed()
    if not house.start():
        return [*complaints, "maloted does not start after the kill: " + house.daemon.words()[-300:]]
    house.wave(mails=1)
    return complaints + house.verify()


def struck(house, calls, point):
    """A life under the tracer, from its first call on, until it is killed."""
    house.start(tracer(house.folder / "strace", calls, "signal=SIGKILL", point))
    live(house)
    return aftermath(house)


def struck_at_work(house, calls, point):
    """A life that meets the tracer when it is at work already."""
    house.start()
    with Attached(house.daemon.worker(), house.folder / "strace", calls, "signal=SIGKILL", point):
        live(house)
    return aftermath(house)


def sweep(world, life, calls):
    """Kills at the first call, the second, and so on, until lives end unharmed."""
    unharmed = 0
    for point in world.points():
        with world.house() as house:
            complaints = life(house, calls, point)
        yield [f"{complaint} (call {point})" for complaint in complaints or []]
        # Which thread makes how many calls differs from life to life.
        unharmed = unharmed + 1 if complaints is None else 0
        if unharmed == 3:
            return


@case("SIGKILL at a sync of the first start", short=5, long=300)
def at_first_syncs(world):
    yield from sweep(world, struck, SYNCS)


@case("SIGKILL at a sync under load", short=6, long=300)
def at_syncs(world):
    yield from sweep(world, struck_at_work, SYNCS)


@case("SIGKILL at a write of the store", short=6, long=1000)
def at_writes(world):
    yield from sweep(world, struck_at_work, "pwrite64")


@case("SIGKILL at a write of the journal", short=4, long=200)
def at_journal(world):
    yield from sweep(world, struck_at_work, "write")


@case("SIGKILL at a send to a server", short=4, long=300)
def at_sends(world):
    yield from sweep(world, struck_at_work, "sendto")


@case("SIGKILL at a sync of the start after a crash", short=3, long=60)
def at_recovery(world):
    for point in world.points():
        with world.house() as house:
            house.start()
            house.outboxes["acme"].delay = 0.2
            house.wave(mails=6)
            time.sleep(0.3)
            house.daemon.signal_worker()
            house.daemon.wait_end()
            complaints = house.crashed()
            again = struck(house, SYNCS, point)
        yield complaints + (again or [])
        if again is None:
            return


@case("random kills under load", short=15, long=1000)
def at_random(world):
    done = 0
    while done < world.runs:
        with world.house() as house:
            house.start()
            for server in house.outboxes.values():
                server.delay = world.random.choice([0, 0.005, 0.05])
            house.receiver.delay = world.random.choice([0, 0.01])
            complaints = []
            for _ in range(min(50, world.runs - done)):
                house.wave(mails=world.random.randint(0, 5))
                time.sleep(world.random.random() * 0.3)
                house.daemon.signal_worker()
                house.daemon.wait_end()
                complaints += house.crashed()
                done += 1
                if not house.start():
                    yield [*complaints, "maloted does not start after a kill: " + house.daemon.words()[-300:]]
                    return
                yield complaints
                complaints = []
            yield house.verify()


@case("the master alone is killed", short=1, long=20)
def of_the_master(world):
    for _ in range(world.runs):
        with world.house() as house:
            house.start()
            house.outboxes["globex"].delay = 0.3
            house.wave(mails=5)
            time.sleep(world.random.random() * 0.4)
            worker = house.daemon.worker()
            os.kill(house.daemon.master(), signal.SIGKILL)
            house.daemon.wait_end()
            complaints = [] if ended(worker, 10) else ["the worker lives on without its master"]
            # It ended in order, so nothing is in doubt: no second acceptance is excused.
            house.start()
            yield complaints + house.verify()


def ended(pid, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@case("SIGTERM during fetch, DATA and webhook", short=3, long=60)
def stops(world):
    for number in range(world.runs):
        with world.house() as house:
            house.start()
            for server in house.outboxes.values():
                server.delay = 0.3 if number % 3 == 1 else 0
            house.receiver.delay = 0.3 if number % 3 == 2 else 0
            house.wave(mails=40 if number % 3 == 0 else 6)
            time.sleep(world.random.random() * 0.5)
            began = time.monotonic()
            status = house.daemon.stop()
            took = time.monotonic() - began
            complaints = [] if status == 0 else [f"a stop ended with {status}"]
            if took > 10:
                complaints.append(f"a stop took {took:.1f} s")
            # In order: no doubt is noted, so no second acceptance is excused.
            house.start()
            yield complaints + house.verify()


@case("SIGSTOP, then SIGCONT", short=1, long=5)
def stands_still(world):
    for _ in range(world.runs):
        with world.house() as house:
            house.start()
            house.wave()
            house.daemon.signal_worker(signal.SIGSTOP)
            worker = house.daemon.worker()
            for name, drop in house.drops.items():
                drop.arrive(house.makers[name].wave(3))
            time.sleep(90 if world.is_long else 3)
            os.kill(worker, signal.SIGCONT)
            yield house.verify()


@case("a crash loop does not hammer servers", short=1, long=3)
def crash_loop(world):
    starts = 12
    for _ in range(world.runs):
        with world.house() as house:
            house.start()
            house.inboxes["acme"].refuses = True
            house.poll()
            time.sleep(0.5)
            before = {name: inbox.connections for name, inbox in house.inboxes.items()}
            for _ in range(starts):
                house.daemon.signal_worker()
                house.daemon.wait_end()
                house.daemon.start()
                time.sleep(0.2)
            grown = {name: inbox.connections - before[name] for name, inbox in house.inboxes.items()}
            complaints = [
                f"P8: {starts} starts made {count} connections to {name}"
                for name, count in grown.items() if count > (3 if name == "acme" else starts + 2)
            ]
            house.inboxes["acme"].refuses = False
            yield complaints + house.verify()
