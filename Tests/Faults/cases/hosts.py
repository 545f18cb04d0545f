"""The machine around it: clocks that jump, no descriptors, no memory."""

import pathlib
import resource
import time

from rig.case import case
from rig.clock import false_clock

HOUR, DAY = 3600, 86400


@case("the wall clock jumps", short=2, long=12)
def clock(world):
    for number in range(world.runs):
        jump = [-DAY, HOUR, -HOUR, DAY][number % 4]
        with world.house() as house:
            environment, file = false_clock(house.folder)
            house.start(environment=environment)
            house.wave()
            house.rest()
            before = {name: inbox.logins for name, inbox in house.inboxes.items()}
            file.write_text(f"{jump:+d}\n")
            time.sleep(3)
            complaints = [f"P6: {inbox.logins - before[name]} logins to {name} in 3 s"
                          for name, inbox in house.inboxes.items() if inbox.logins - before[name] > 3]
            for name, drop in house.drops.items():
                drop.arrive(house.makers[name].wave(2))
            # No push: the schedule alone must bring it all in and out.
            complaints += house.verify(seconds=25, pushes=False)
        yield [f"{complaint} (jump of {jump} s)" for complaint in complaints]


def limit(pid, which, soft):
    """Sets a soft limit of a process that runs; returns the one before."""
    before = resource.prlimit(pid, which)
    resource.prlimit(pid, which, (soft, before[1]))
    return before


@case("no descriptors left for a while", short=1, long=10)
def descriptors(world):
    for _ in range(world.runs):
        with world.house() as house:
            house.start()
            house.wave()
            worker = house.daemon.worker()
            used = len(list(pathlib.Path(f"/proc/{worker}/fd").iterdir()))
            before = limit(worker, resource.RLIMIT_NOFILE, used + world.random.randint(-4, 1))
            for _ in range(4):
                house.wave(mails=2)
                time.sleep(0.4)
            complaints = [] if house.daemon.is_running() else ["P5: maloted ended without descriptors"]
            if not complaints:
                limit(worker, resource.RLIMIT_NOFILE, before[0])
            yield complaints + house.verify()


@case("no memory left", short=2, long=20)
def memory(world):
    """It may die of it; nothing may be lost."""
    for _ in range(world.runs):
        with world.house() as house:
            house.start()
            worker = house.daemon.worker()
            size = int(pathlib.Path(f"/proc/{worker}/statm").read_text().split()[0]) * resource.getpagesize()
            house.patience = 0.3  # it may not answer at all
            limit(worker, resource.RLIMIT_AS, size + (world.random.choice([0, 1, 4, 16]) << 20))
            for _ in range(4):
                if not house.daemon.is_running():
                    break
                house.wave(mails=20)
                time.sleep(0.1)
            if house.daemon.is_running():
                house.daemon.signal_worker()
            house.daemon.wait_end()
            house.patience = 10
            complaints = house.crashed()
            house.start()
            yield complaints + house.verify()
