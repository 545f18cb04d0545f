"""Disks: power cuts, full ones, failing syncs and writes, one that turns read-only."""

import os
import shutil
import time

from rig.case import Skipped, case
from rig.disk import CuttableDisk, SmallDisk
from rig.tracer import SYNCS, Attached, calls_of


NOTICED = 6  # seconds within which maloted looks at its disk


def another_boot(house):
    """A wrapper under which the kernel calls this another boot: the machine was off, and the journal vouches for nothing."""
    if shutil.which("unshare") is None:
        raise Skipped("unshare is not installed")
    boot = house.folder / "boot_id"
    boot.write_text(f"00000000-0000-4000-8000-{time.time_ns() & 0xFFFFFFFFFFFF:012x}\n")
    script = 'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"'
    return ["unshare", "-m", "sh", "-c", script, str(boot)]


@case("power cut", short=3, long=100)
def power_cut(world):
    for number in range(world.runs):
        with CuttableDisk() as disk, world.house(disk.mount) as house:
            house.start()
            for server in house.outboxes.values():
                server.delay = world.random.choice([0, 0.02, 0.1])
            for _ in range(number % 4 + 1):
                house.wave(mails=3)
                time.sleep(world.random.random() * 0.2)
            disk.cut()
            house.daemon.kill()
            disk.off()
            disk.on()
            complaints = house.crashed("power cut")
            if not house.start(another_boot(house)):
                yield [*complaints, "maloted does not start after a power cut: " + house.daemon.words()[-300:]]
                continue
            house.wave(mails=1)
            complaints += house.verify()
            house.daemon.stop()
            yield complaints


@case("disk full for a while", short=1, long=20)
def full_disk(world):
    for _ in range(world.runs):
        # Without the reserve, which would keep it from ever being full.
        with SmallDisk(48) as disk, world.house(disk.mount, reserve=0) as house:
            house.start()
            house.wave()
            disk.fill()
            before = house.daemon.log.stat().st_size
            for _ in range(3):
                house.wave()
                time.sleep(0.5)
            complaints = []
            if not house.daemon.is_running():
                complaints = ["maloted has ended on a full disk"]
            words = house.daemon.words(before)
            if "disk" not in words and "space" not in words:
                complaints.append("maloted does not say that the disk is full")
            disk.free()
            # By itself: no restart.
            yield complaints + house.verify()
            house.daemon.stop()


@case("low disk: sends and does not fetch", short=1, long=10)
def low_disk(world):
    for _ in range(world.runs):
        with SmallDisk(64) as disk, world.house(disk.mount) as house:
            house.start()
            house.wave()
            house.rest()
            disk.fill(but=4)
            time.sleep(NOTICED)
            fetched = len(house.history.acts("fetched"))
            for name, drop in house.drops.items():
                drop.arrive(house.makers[name].wave(3))
            sent = len(house.history.acts("accepted"))
            house.wave(mails=0, sends=3)
            time.sleep(8)  # longer than the interval of polls
            complaints = []
            if len(house.history.acts("fetched")) > fetched:
                complaints.append("mail was fetched although the disk is low")
            if len(house.history.acts("accepted")) < sent + 3:
                complaints.append("what was submitted was not sent on a low disk")
            if "disk" not in house.status():
                complaints.append("status does not tell of the low disk")
            disk.free()
            # By itself: no poll is asked for.
            yield complaints + house.verify(pushes=False)
            house.daemon.stop()


@case("ENOSPC at a write", short=1, long=200)
def no_space(world):
    for point in world.points():
        with world.house() as house:
            house.start()
            with Attached(house.daemon.worker(), house.folder / "strace", "pwrite64", "error=ENOSPC", f"{point}..{point + 3}"):
                for _ in range(4):
                    house.wave(mails=2)
                    time.sleep(0.1)
                house.rest(3)
            struck = any(broken for _, broken in calls_of(house.folder / "strace"))
            complaints = house.verify()
            yield [f"{complaint} (write {point})" for complaint in complaints]
        if not struck:
            return


@case("EIO at a sync", short=3, long=200)
def failing_sync(world):
    """Once: the kernel has dropped what it could not write, so a second sync would be a lie."""
    for point in world.points():
        with world.house() as house:
            house.start()
            with Attached(house.daemon.worker(), house.folder / "strace", SYNCS, "error=EIO", str(point)):
                for _ in range(6):
                    house.wave(mails=2)
                    time.sleep(0.1)
                time.sleep(0.5)
            calls = calls_of(house.folder / "strace")
            place = next((place for place, (_, broken) in enumerate(calls) if broken), None)
            complaints = []
            if place is not None:
                status = house.daemon.wait_end()
                complaints = after_failed_sync(house, calls_of(house.folder / "strace")[place:])
                if status != os.EX_IOERR:
                    complaints.append(f"D2: maloted does not end by itself, for a new start to go on: status {status}")
                    house.daemon.kill()
                complaints += house.crashed()
                house.start()
            complaints += house.verify()
        yield [f"{complaint} (sync {point})" for complaint in complaints]
        if place is None:
            return


def after_failed_sync(house, calls):
    """The file whose sync failed may not be synced again in this life."""
    failed = calls[0][0].partition("<")[2].partition(">")[0]
    again = [call for call, _ in calls[1:] if f"<{failed}>" in call]
    complaints = [f"D2: {failed.rpartition('/')[2]} was synced {len(again)} times after its sync had failed"] if again else []
    if "Nothing more is written" not in house.daemon.words():
        complaints.append("D2: maloted does not say that a sync failed")
    return complaints


@case("the file system turns read-only", short=1, long=10)
def read_only(world):
    for _ in range(world.runs):
        with CuttableDisk() as disk, world.house(disk.mount) as house:
            house.start()
            house.wave()
            time.sleep(world.random.random() * 0.3)
            disk.turn_read_only()
            before = house.daemon.log.stat().st_size
            for _ in range(3):
                house.wave()
                time.sleep(0.3)
            words = house.daemon.words(before).lower()
            complaints = []
            if not any(word in words for word in ("read-only", "readonly", "i/o error", "database refused")):
                complaints.append("maloted does not say that it cannot write")
            house.daemon.kill()
            disk.off()
            disk.repair()
            disk.on()
            complaints += house.crashed("power cut")
            house.start(another_boot(house))
            yield complaints + house.verify()
            house.daemon.stop()
