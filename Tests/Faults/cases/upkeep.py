"""What operators do to a store: restoring a backup, turning its key; killed in the midst of it."""

import signal
import sqlite3
import subprocess
import time

from rig.case import Skipped, case
from rig.tracer import SYNCS, Attached, tracer


def backup_of(house):
    """The database as it is, as one file."""
    file = house.folder / "backup.db"
    source, target = sqlite3.connect(house.daemon.database), sqlite3.connect(file)
    source.backup(target)
    source.close()
    target.close()
    return file


@case("SIGKILL during maloted restore", short=2, long=60)
def restores(world):
    """The backup holds what the store holds, so whichever of the two is there in the end, nothing may be missing."""
    for point in world.points():
        with world.house() as house:
            house.start()
            house.wave()
            complaints = house.verify()
            house.daemon.stop()
            words = [house.daemon.binaries / "maloted", "restore", "--config", house.daemon.config, backup_of(house)]
            calls = SYNCS + ",rename,unlink"
            killed = subprocess.run(
                [*tracer(house.folder / "strace", calls, "signal=SIGKILL", point), *words],
                capture_output=True, timeout=60, check=False, text=True)
            if killed.returncode not in (0, -signal.SIGKILL, 128 + signal.SIGKILL):
                complaints.append(f"maloted restore ends with {killed.returncode}: {killed.stderr[-200:]}")
            if killed.returncode != 0:
                again = subprocess.run(words, capture_output=True, timeout=60, check=False, text=True)
                if again.returncode != 0:
                    complaints.append(f"the second restore ends with {again.returncode}: {again.stderr[-200:]}")
            house.start()
            house.wave(mails=1)
            complaints += house.verify()
        yield [f"{complaint} (call {point})" for complaint in complaints]
        if killed.returncode == 0:
            return


@case("SIGKILL during malotectl key rotate", short=3, long=60)
def rotations(world):
    """The servers take no other password than the right one: each must come out of the store as it went in."""
    for point in world.points():
        with world.house() as house:
            words = [house.daemon.binaries / "malotectl", "--socket", house.daemon.socket, "key", "rotate"]
            house.start()
            house.wave()
            with Attached(house.daemon.worker(), house.folder / "strace", SYNCS + ",rename", "signal=SIGKILL", point):
                turned = subprocess.run(words, capture_output=True, timeout=60, check=False, text=True)
                time.sleep(0.2)
            if turned.returncode == 2:
                raise Skipped("this malotectl has no key rotate")
            if house.daemon.wait_end(0.1) is None:
                complaints, unharmed = [], True
            else:
                complaints, unharmed = house.crashed(), False
                house.start()
            house.wave(mails=1)
            complaints += house.verify()
            # And once more, in peace.
            turned = subprocess.run(words, capture_output=True, timeout=60, check=False, text=True)
            if turned.returncode:
                complaints.append(f"the second rotation ends with {turned.returncode}: {turned.stderr[-200:]}")
            house.wave(mails=1)
            complaints += house.verify()
        yield [f"{complaint} (call {point})" for complaint in complaints]
        if unharmed:
            return
