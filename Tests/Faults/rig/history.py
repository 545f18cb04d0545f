"""What happened, in the order it happened, as the world around maloted saw it; judges nothing."""

import itertools
import threading
import time


class History:
    """Acts of servers, receivers and submitters. Each has a number of its own, larger than all before it."""

    def __init__(self):
        self._acts = []
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)

    def note(self, act, **facts):
        """Keeps an act with the facts given, and returns it."""
        with self._lock:
            entry = {"number": next(self._numbers), "time": time.monotonic(), "act": act, **facts}
            self._acts.append(entry)
            return entry

    def acts(self, *kinds):
        """All acts of these kinds, oldest first; all acts without a kind."""
        with self._lock:
            return [entry for entry in self._acts if not kinds or entry["act"] in kinds]
