"""Runs the real maloted: starts it, waits until it is ready, stops or kills it; knows no mail."""

import os
import pathlib
import signal
import subprocess
import time

from . import control

READY = 30  # seconds
STOPPED = 20


class Daemon:
    """One maloted in a folder of its own, with all its runs in one log."""

    def __init__(self, binaries, folder, state=None, reserve=None):
        self.binaries = pathlib.Path(binaries)
        self.folder = pathlib.Path(folder)
        self.state = pathlib.Path(state or self.folder / "state")
        self.socket = str(self.folder / "control.sock")
        self.log = self.folder / "maloted.log"
        self.database = self.state / "malote.db"
        self.process = None
        self.config = self.folder / "malote.yaml"
        limits = "" if reserve is None else f"limits: {{disk-reserve: {reserve}}}\n"
        self.config.write_text(
            f"state: {self.state}\ncontrol: {self.socket}\nhttp: {{listen: '127.0.0.1:0'}}\n{limits}", encoding="utf-8"
        )

    def start(self, wrapper=(), environment=None, wait=True):
        """`wrapper` is a command that runs another one, such as strace. Returns whether maloted became ready."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [*wrapper, self.binaries / "maloted", "--config", self.config, "--log", "text"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env=os.environ | (environment or {}),
            )
        return self.wait_ready() if wait else True

    def wait_ready(self):
        deadline = time.monotonic() + READY
        while time.monotonic() < deadline and self.is_running():
            if self.is_answering():
                return True
            time.sleep(0.02)
        return False

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def is_answering(self):
        try:
            control.ask(self.socket, "GET", "/v1/status", timeout=5)
            return True
        except (OSError, control.Refused):
            return False

    # The processes: a master that waits, and its worker.

    def _family(self):
        """Processes of maloted at and below the one that was started, in order: master, worker."""
        found, todo = [], [self.process.pid]
        while todo:
            pid = todo.pop(0)
            try:
                name = pathlib.Path(f"/proc/{pid}/cmdline").read_text().partition("\0")[0]
                children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            except OSError:
                continue
            if pathlib.PurePath(name).name == "maloted":
                found.append(pid)
            todo += [int(child) for child in children]
        return found

    def master(self):
        return next(iter(self._family()), None)

    def worker(self):
        return next(iter(self._family()[1:2]), None)

    def signal_worker(self, number=signal.SIGKILL):
        """A rig that finds nothing to kill must not call it survived: raises where there is no worker."""
        worker = self.worker()
        if worker is None:
            raise AssertionError("there is no worker to signal: " + self.words()[-300:])
        os.kill(worker, number)

    def wait_end(self, seconds=STOPPED):
        """The exit status; 128 and the number for a signal. None if it goes on."""
        try:
            status = self.process.wait(seconds)
            return 128 - status if status < 0 else status
        except subprocess.TimeoutExpired:
            return None

    def stop(self):
        """In order. Returns the exit status."""
        if not self.is_running():
            return self.wait_end()
        for pid in self._family()[:1]:
            os.kill(pid, signal.SIGTERM)
        return self.wait_end()

    def kill(self):
        """Everything that was started, at once."""
        if self.process is None:
            return
        # A worker that its master leaves behind ends by itself, but slowly.
        family = self._family()
        for pid in [*family, self.process.pid]:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        self.process.wait()
        # The worker is nobody's child now: it is gone when its lock is.
        deadline = time.monotonic() + STOPPED
        while family and time.monotonic() < deadline:
            family = [pid for pid in family if _is_alive(pid)]
            time.sleep(0.01)

    def check(self):
        """What `maloted check` says of the store, beside a daemon or without one: its exit status and words."""
        done = subprocess.run(
            [self.binaries / "maloted", "check", "--json", "--config", self.config],
            capture_output=True, timeout=300, check=False, text=True)
        return done.returncode, (done.stdout + done.stderr).strip()

    def words(self, since=0):
        """The log from this octet on."""
        with open(self.log, "rb") as log:
            log.seek(since)
            return log.read().decode(errors="replace")


def _is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
