"""Breaks system calls of maloted with strace: from its start on, or from now on; knows no case."""

import pathlib
import shutil
import subprocess
import time

from .case import Skipped

SYNCS = "fsync,fdatasync"


def _words(log, calls, fault, when):
    if shutil.which("strace") is None:
        raise Skipped("strace is not installed")
    # Not --seccomp-bpf: with it strace 6.1 counts `when` wrongly.
    return ["strace", "-f", "-qq", "-y", "-o", str(log), "-e", f"trace={calls}", "-e", f"inject={calls}:{fault}:when={when}"]


def tracer(log, calls, fault, when):
    """A wrapper for Daemon.start. `when` counts a thread's own calls: `3`, `3+` or `3..9` (strace(1))."""
    return _words(log, calls, fault, when)


class Attached:
    """Breaks calls of a process that runs, until the block ends."""

    def __init__(self, pid, log, calls, fault, when):
        self._pid = pid
        self._log = pathlib.Path(log)
        self._words = [*_words(log, calls, fault, when), "-p", str(pid)]
        self._process = None

    def __enter__(self):
        self._process = subprocess.Popen(self._words, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while not self._is_attached():
            if self._process.poll() is not None and "killed by" in self._log.read_text():
                break  # struck already
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise Skipped("strace may not attach to a process here")
            time.sleep(0.01)
        return self

    def _is_attached(self):
        # To all threads: one that is still free would not count.
        try:
            tasks = list(pathlib.Path(f"/proc/{self._pid}/task").iterdir())
            return all("TracerPid:\t0\n" not in (task / "status").read_text() for task in tasks)
        except OSError:
            return not pathlib.Path(f"/proc/{self._pid}").exists()  # struck already; else a thread has ended

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()


def calls_of(log):
    """What the tracer saw, as (call with its arguments, whether it was broken), in order."""
    lines = pathlib.Path(log).read_text(encoding="utf-8", errors="replace").splitlines() if pathlib.Path(log).exists() else []
    return [(line.partition(" ")[2].strip(), "INJECTED" in line) for line in lines if "(" in line or "resumed" in line]
