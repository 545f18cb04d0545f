"""The network between nodes and servers: a namespace for each node, with a link that can fail; knows no maloted.

Servers listen on HOST, which is loopback here. In a namespace the way there goes over the link, whose far end alone may
reach loopback (route_localnet): nobody else on this machine's networks gets anywhere.
"""

import functools
import itertools
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys

HOST = "127.77.0.1"
NOBODY = "02:00:00:00:00:99"  # a MAC address that no link has: packets to it are lost on the way, and nobody is told
OURS = re.compile(r"(?:malote-|ml)(\d+)-\d+")  # namespaces, and the links' ends here
_numbers = itertools.count(1)


class NotPermitted(Exception):
    """This machine does not let namespaces be made; the text says why."""


class Link:
    """A namespace of its own, with one way out of it: to HOST.

    `lost` is what becomes of packets, from now on: `all` are lost (the cable is pulled), or only those `to` the namespace,
    or `from` it; None: they arrive. What was sent meanwhile is sent again by the kernels, also after its sender has died.
    """

    def __init__(self):
        number = next(_numbers)
        self.name = f"malote-{os.getpid()}-{number}"
        self._end = f"ml{os.getpid()}-{number}"  # 15 octets at most
        self._lost = None
        _ip("netns", "add", self.name)
        try:
            self._join()
        except Exception:
            self.close()
            raise

    def _join(self):
        _ip("link", "add", self._end, "type", "veth", "peer", "name", "eth0", "netns", self.name)
        # No two interfaces of a machine have the same number: so no two rigs choose the same addresses (RFC 2544).
        place = socket.if_nametoindex(self._end) % 0x8000 * 4
        here, self.address = [f"198.{18 + (place >> 16)}.{place >> 8 & 255}.{(place & 255) + one}" for one in (1, 2)]
        _allow_loopback(self._end)
        _ip("address", "add", here, "peer", self.address, "dev", self._end)
        _ip("link", "set", self._end, "up")
        inside = ("-n", self.name)
        _ip(*inside, "link", "set", "lo", "up")
        # Else all of 127.0.0.0/8 would be within.
        _ip(*inside, "address", "delete", "127.0.0.1/8", "dev", "lo")
        _ip(*inside, "address", "add", "127.0.0.1/32", "dev", "lo")
        _ip(*inside, "address", "add", f"{self.address}/32", "dev", "eth0")
        _ip(*inside, "link", "set", "eth0", "up")
        _allow_loopback("eth0", self.words())
        _ip(*inside, "route", "add", HOST, "dev", "eth0", "src", self.address)

    def words(self):
        """A command that runs another one inside."""
        return ["nsenter", f"--net=/run/netns/{self.name}"]

    @property
    def lost(self):
        return self._lost

    @lost.setter
    def lost(self, what):
        if self._lost == "all":
            _ip("link", "set", self._end, "up")
        elif self._lost:
            _ip(*self._neighbour("delete", self._lost))
        self._lost = what
        if what == "all":
            _ip("link", "set", self._end, "down")
        elif what:
            _ip(*self._neighbour("replace", what), "lladdr", NOBODY, "nud", "permanent")

    def _neighbour(self, verb, which):
        if which == "to":
            return ["neighbour", verb, self.address, "dev", self._end]
        return ["-n", self.name, "neighbour", verb, HOST, "dev", "eth0"]

    def close(self):
        """Whoever is in the namespace must have ended."""
        _remove(self._end)
        _remove(self.name)


def _ip(*words):
    done = subprocess.run(["ip", *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotPermitted(f"ip {' '.join(words[:2])}: {done.stderr.strip()[:100]}")
    return done.stdout


def _allow_loopback(interface, words=()):
    file = f"/proc/sys/net/ipv4/conf/{interface}/route_localnet"
    done = subprocess.run([*words, "sh", "-c", f"echo 1 >{file}"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotPermitted(f"{file} cannot be set: {done.stderr.strip()[:100]}")


def _remove(name):
    # A link's end would go with its namespace, but later.
    words = ["netns", "delete"] if name.startswith("malote-") else ["link", "delete"]
    subprocess.run(["ip", *words, name], capture_output=True, check=False)


@functools.cache
def obstacle():
    """Why nodes cannot have namespaces here; None: they can."""
    if os.geteuid() != 0:
        return "only root may make them"
    for program in ("ip", "nsenter"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    try:
        Link().close()
    except (NotPermitted, OSError) as error:
        return str(error)
    return None


def sweep():
    """Removes what rigs that are dead have left here: namespaces, with whoever is in them, and links."""
    for place in ("/run/netns", "/sys/class/net"):
        for name in os.listdir(place) if os.path.isdir(place) else ():
            match = OURS.fullmatch(name)
            if match and not pathlib.Path(f"/proc/{match[1]}").exists():
                _end_all(name)
                _remove(name)


def _end_all(name):
    listed = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True, check=False).stdout
    for pid in listed.split():
        try:
            os.kill(int(pid), signal.SIGKILL)
        except OSError:
            pass


def client_of(connection):
    """The inode of the other end of a connection between two processes of this machine; None if it is not there."""
    ends = [_hex(connection.getpeername()), _hex(connection.getsockname())]
    return next((words[9] for words in connections() if words[1:3] == ends), None)


def _hex(end):
    return f"{int.from_bytes(socket.inet_aton(end[0]), sys.byteorder):08X}:{end[1]:04X}"


def connections(pid="self"):
    """TCP's table as this process sees it, each line in words: (place, here, there, state, ...); proc(5)."""
    try:
        return [line.split() for line in pathlib.Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    except OSError:
        return []
