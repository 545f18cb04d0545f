"""File systems to be broken: a small tmpfs, and an ext4 on a loop device; knows no maloted."""

import fcntl
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile
import time

from .case import Skipped

SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN, linux/fs/ext4
NO_LOG_FLUSH = 2  # what a power cut does: nothing more reaches the disk


def _do(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Skipped(f"{words[0]} is not permitted here: {done.stderr.strip()[:80]}")


class SmallDisk:
    """A tmpfs of so many MiB."""

    def __init__(self, size):
        self._size = size

    def __enter__(self):
        if os.geteuid() != 0:
            raise Skipped("only root may mount")
        self.mount = pathlib.Path(tempfile.mkdtemp(prefix="malote-disk."))
        try:
            _do("mount", "-t", "tmpfs", "-o", f"size={self._size}m", "malote", self.mount)
        except Skipped:
            self.mount.rmdir()
            raise
        return self

    def __exit__(self, *_):
        _unmount(self.mount)

    def fill(self, but=0):
        """To the last octet, or so many MiB before it."""
        if but:
            (self.mount / "spare").write_bytes(bytes(but << 20))
        with open(self.mount / "filler", "wb", buffering=0) as file:
            piece = 1 << 16
            while piece:
                try:
                    file.write(bytes(piece))
                except OSError:
                    piece //= 2
        if but:
            (self.mount / "spare").unlink()

    def free(self):
        (self.mount / "filler").unlink()


class CuttableDisk:
    """An ext4 on a loop device. `cut` is a power cut; `on` mounts what has reached the disk by then."""

    def __init__(self, size=96):
        self._size = size

    def __enter__(self):
        if os.geteuid() != 0:
            raise Skipped("only root may mount")
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="malote-disk."))
        self._folder.chmod(0o755)  # a server may have another user
        self.mount = self._folder / "mount"
        self.mount.mkdir()
        try:
            with open(self._image, "wb") as file:
                file.truncate(self._size << 20)
            _do("mkfs.ext4", "-q", "-F", self._image)
            self.on()
        except Skipped:
            shutil.rmtree(self._folder)
            raise
        return self

    @property
    def _image(self):
        return self._folder / "image"

    def on(self):
        _do("mount", "-o", "loop,errors=remount-ro", self._image, self.mount)

    def off(self):
        """Unmounts; nobody may use it any more."""
        for _ in range(100):
            if subprocess.run(["umount", self.mount], check=False, capture_output=True).returncode == 0:
                return
            time.sleep(0.1)  # a server may still be asking the store
        raise AssertionError(f"{self.mount} is still in use")

    def sync(self):
        """What is there by now survives a cut, whether or not its owner asked for that."""
        _do("sync", "-f", self.mount)

    def cut(self):
        descriptor = os.open(self.mount, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        except OSError as error:
            raise Skipped(f"ext4 cannot be shut down here: {error}") from error
        finally:
            os.close(descriptor)

    def turn_read_only(self):
        """As ext4 does by itself when it finds an error. Writable again after `off`, `repair`, `on`."""
        device = subprocess.run(
            ["findmnt", "-no", "SOURCE", self.mount], check=True, capture_output=True, text=True).stdout.strip()
        knob = pathlib.Path(f"/sys/fs/ext4/{pathlib.Path(device).name}/trigger_fs_error")
        try:
            knob.write_text("1")
        except OSError as error:
            raise Skipped(f"an error of ext4 cannot be made here: {error}") from error

    def repair(self):
        subprocess.run(["e2fsck", "-fy", self._image], check=False, capture_output=True)

    def __exit__(self, *_):
        _unmount(self.mount)
        shutil.rmtree(self._folder, ignore_errors=True)


def _unmount(mount):
    # Lazily: whoever still holds a file there must not keep the machine from being cleaned.
    subprocess.run(["umount", "-l", mount], check=False, capture_output=True)
    if mount.exists() and not any(mount.iterdir()):
        mount.rmdir()
