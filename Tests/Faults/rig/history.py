"""What happened, in the order it happened, as the world around maloted saw it; judges nothing."""

import itertools
import threading
import time


class Served(threading.local):
    """Whom a listener's thread talks to, where it knows: a node, in which of its lives."""

    node = life = None


served = Served()


class History:
    """Acts of servers, receivers and submitters. Each has a number of its own, larger than all before it."""

    def __init__(self):
        self._acts = []
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)

    def note(self, act, **facts):
        """Keeps an act with the facts given, and returns it. `clock` is wall time in milliseconds, for comparison with what a database notes."""
        with self._lock:
            entry = {"number": next(self._numbers), "time": time.monotonic(), "clock": time.time() * 1000, "act": act,
                     "node": served.node, "life": served.life, **facts}
            self._acts.append(entry)
            return entry

    def acts(self, *kinds):
        """All acts of these kinds, oldest first; all acts without a kind."""
        with self._lock:
            return [entry for entry in self._acts if not kinds or entry["act"] in kinds]
