"""What a case is, and what it may use; knows no fault."""

import collections
import dataclasses
import random

from .house import House


class Skipped(Exception):
    """This machine does not permit the fault; the text says why."""


@dataclasses.dataclass
class Case:
    name: str
    function: object
    short: int  # runs; none: not in the short form
    long: int


CASES = []


def case(name, short, long):
    """Registers a generator that takes a World and yields, for each run, its complaints."""

    def register(function):
        CASES.append(Case(name, function, short, long))
        return function

    return register


class World:
    """What a case gets: how many runs it has, its seed and chance, and houses to break."""

    def __init__(self, binaries, seed, runs, is_long, other=None):
        self.binaries = binaries
        self.other = other  # a folder with another build
        self.seed = seed
        self.runs = runs
        self.is_long = is_long
        self.random = random.Random(seed)
        self._histories = []
        self._clusters = []
        self._counts = collections.Counter()

    def house(self, mount=None, reserve=None):
        house = House(self.binaries, self.seed, mount, reserve)
        self._histories.append(house.history)
        return house

    def cluster(self, **wishes):
        from .cluster import Cluster  # it may skip a case, as this file says

        cluster = Cluster(self.binaries, self.random.randrange(1_000_000), **wishes)
        self._histories.append(cluster.history)
        self._clusters.append(cluster)
        return cluster

    def count(self, what, number=1):
        """For the verdict."""
        self._counts[what] += number

    def _lives(self):
        if not self._clusters:
            return ""
        ends = sum((cluster.seen_ends for cluster in self._clusters), collections.Counter())
        told = [f"{count} ended with {status}" for status, count in sorted(ends.items())]
        held_up = sum(cluster.held_up for cluster in self._clusters)
        told += [f"{held_up} acts held up by the network"] * bool(held_up)
        doubts = sum(len(history.acts("doubt")) for history in self._histories)
        told += [f"{doubts} deliveries in doubt"] * bool(doubts)
        told += [f"{count} {what}" for what, count in sorted(self._counts.items())]
        lives = sum(node.lives for cluster in self._clusters for node in cluster.nodes)
        spans = sum(cluster.spans for cluster in self._clusters)
        return "; " + ", ".join([f"{lives} lives of nodes", *told, f"{spans} spans of leases"])

    def amount(self):
        """What went through all the houses, so that nobody takes an idle one for a safe one."""
        arrived = sum(len(history.acts("arrived")) for history in self._histories)
        accepted = [(place, act["message_id"], act["recipient"]) for place, history in enumerate(self._histories)
                    for act in history.acts("accepted")]
        return f"{arrived} mails in, {len(set(accepted))} out, {len(accepted) - len(set(accepted))} of them twice{self._lives()}"

    def points(self):
        """Where a sweep strikes: every point in the long form, ever fewer of the later ones in the short one."""
        point, step = 1, 1.0
        for _ in range(self.runs):
            yield int(point)
            if not self.is_long:
                step *= 1.25
            point += step
