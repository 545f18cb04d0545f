"""Several nodes over PostgreSQL: nodes that die, stand still, are cut off, drained, added."""

import contextlib
import signal
import time

from rig import network
from rig.case import Skipped, case
from rig.cluster import LEASE
from rig.node import KILLED, LEASE_LOST, NO_DATABASE

STANDS_STILL = (17, 25)  # seconds: others take over
OVER = (13, 25)  # its lease is over by its own reckoning, and perhaps nobody has seen it yet
SILENT = (LEASE_LOST, NO_DATABASE)  # how a node ends that has been without its database


@contextlib.contextmanager
def at_work(world, excused=(), first=None, **wishes):
    """A cluster that has found its order; its servers take their time, so that answers are outstanding."""
    with world.cluster(**wishes) as cluster:
        cluster.excused = {0, *excused}
        if not cluster.start(count=first):
            raise AssertionError("the nodes do not start: " + cluster.nodes[-1].words()[-300:])
        for server in cluster.outboxes.values():
            server.delay = world.random.choice([0, 0.02, 0.1, 0.4])
        cluster.receiver.delay = world.random.choice([0, 0.02])
        cluster.wave()
        if first is None:
            cluster.wait(cluster.is_even, 20)
        yield cluster


def any_node(world, cluster):
    return world.random.choice([node for node in cluster.nodes if node.is_running()])


def pause(world, low, high):
    time.sleep(low + world.random.random() * (high - low))


@case("nodes: SIGKILL under load", short=2, long=200)
def kills(world):
    done = 0
    while done < world.runs:
        with at_work(world, (KILLED,)) as cluster:
            for _ in range(min(20, world.runs - done)):
                with cluster.load(*((2, 3) if world.is_long else ())):
                    pause(world, 0.5, 3)
                    node = any_node(world, cluster)
                    if world.is_long and world.random.random() < 0.2:
                        node.pause = LEASE + 5  # others take over
                    node.signal_all(signal.SIGKILL)
                    # At times the next one dies while the first is still away.
                    pause(world, 0.3, 4)
                done += 1
                yield []
            yield cluster.verify()


@contextlib.contextmanager
def unanswered(cluster):
    """What happens in the block likely meets messages whose DATA is not answered yet."""
    for server in cluster.outboxes.values():
        server.hesitation = 0.5
    time.sleep(1.5)
    try:
        yield
        time.sleep(0.3)
    finally:
        for server in cluster.outboxes.values():
            server.hesitation = 0


def still(cluster, node):
    """From now on the node does nothing. What it has in flight may be sent again by who takes over."""
    with unanswered(cluster):  # when it moves again, no final dot may follow
        node.signal_all(signal.SIGSTOP)
    cluster.history.note("stands still", node=node.name)
    cluster.doubt(node)


def cut_off(cluster, node, lost="all"):
    """From the network: so much of it is lost. What the node has in flight may be sent again by who takes over."""
    with unanswered(cluster):  # the final dot may be on its way until the network is whole again
        node.link.lost = lost
    noted_as_cut_off(cluster, node, network=True)


def hold_up(cluster, node):
    """The same, and only from the database: it may go on with what does not need it."""
    node.way.mode = "hold"
    time.sleep(0.3)
    noted_as_cut_off(cluster, node, network=False)


def noted_as_cut_off(cluster, node, network):
    cluster.history.note("cut off", node=node.name, life=node.lives, network=network)
    cluster.doubt(node)


def rejoin(node):
    node.way.mode = "pass"
    if node.link:
        node.link.lost = None


@case("nodes: one stands still, one is cut off", short=1, long=10)
def both(world):
    for _ in range(world.runs):
        with at_work(world, SILENT) as cluster:
            first, second, _ = world.random.sample(cluster.nodes, 3)
            with cluster.load():
                still(cluster, first)
                pause(world, 0, 2)
                (cut_off if second.link else hold_up)(cluster, second)
                pause(world, *((17, 18) if not world.is_long else STANDS_STILL))
                first.signal_all(signal.SIGCONT)
                rejoin(second)
                pause(world, 1, 3)
            complaints = cluster.verify()
            yield complaints + ended_silent(first) + ended_silent(second)


def ended_silent(node):
    return [] if LEASE_LOST in node.ends else [f"{node.name} went on although its lease was over: {node.ends}"]


@case("nodes: SIGSTOP longer than the lease", short=0, long=30)
def stops(world):
    for _ in range(world.runs):
        with at_work(world, SILENT) as cluster:
            node = any_node(world, cluster)
            with cluster.load():
                pause(world, 0, 1)
                still(cluster, node)
                pause(world, *OVER)
                node.signal_all(signal.SIGCONT)
                pause(world, 1, 3)
            complaints = cluster.verify()
            yield complaints + ended_silent(node)


@case("nodes: SIGSTOP within the lease", short=0, long=20)
def short_stops(world):
    for _ in range(world.runs):
        with at_work(world) as cluster:
            with cluster.load():
                for _ in range(3):
                    node = any_node(world, cluster)
                    node.signal_all(signal.SIGSTOP)
                    pause(world, 1, 6)
                    node.signal_all(signal.SIGCONT)
                    pause(world, 3, 4)
            yield cluster.verify()


@case("nodes: cut off from the database", short=0, long=30)
def partitions(world):
    """Behind a cable that was pulled, or with connections that are refused; longer than the lease, or not."""
    for number in range(world.runs):
        with at_work(world, SILENT if number % 3 < 2 else ()) as cluster:
            node = any_node(world, cluster)
            with cluster.load():
                if number % 3 == 2:
                    node.way.mode = "hold" if world.random.random() < 0.5 else "refuse"
                    pause(world, 1, 6)
                else:
                    hold_up(cluster, node)
                    node.way.mode = "hold" if number % 3 == 0 else "refuse"
                    pause(world, 16, 25)
                node.way.mode = "pass"
                pause(world, 1, 3)
            complaints = cluster.verify()
            yield complaints + (ended_silent(node) if number % 3 < 2 else [])


LOSSES = ("all", "to", "from")  # a pulled cable; packets that are lost in one direction


@case("nodes: cut off from the network", short=0, long=30)
def cuts(world):
    """From servers as well as from the database; every fourth time for a while that its lease bears with."""
    if obstacle := network.obstacle():
        raise Skipped(f"no network namespaces: {obstacle}")
    for number in range(world.runs):
        is_short = number % 4 == 3
        with at_work(world, () if is_short else SILENT) as cluster:
            node = any_node(world, cluster)
            with cluster.load():
                pause(world, 0, 1)
                if is_short:
                    node.link.lost = world.random.choice(LOSSES)
                    pause(world, 1, 4)
                else:
                    cut_off(cluster, node, LOSSES[number % 4])
                    pause(world, 16, 25)
                rejoin(node)
                pause(world, 1, 3)
            complaints = cluster.verify()
            yield complaints + ([] if is_short else ended_silent(node))


MOST_STILL = 20  # seconds for which the others may be held up: the server bears with an idle transaction for 10


@case("nodes: cut off in the midst of a transaction", short=0, long=20)
def held_locks(world):
    """What it has locked stays locked until the server ends it; the others must go on all the same."""
    for number in range(world.runs):
        with at_work(world, SILENT, tls=False) as cluster:
            node = any_node(world, cluster)
            with cluster.load():
                node.way.hold_at_commit("writer" if number % 2 else "lease")
                while node.way.mode != "hold":
                    time.sleep(0.01)
                hold_up(cluster, node)
                began = time.monotonic()
                pause(world, 20, 25)
                node.way.mode = "pass"
                pause(world, 1, 3)
            others = [act["time"] for act in cluster.history.acts("accepted") if act["node"] != node.name and act["time"] > began]
            still_for = max(later - earlier for earlier, later in zip([began, *others], [*others, time.monotonic()]))
            complaints = [f"the others did nothing for {still_for:.1f} s"] if still_for > MOST_STILL else []
            world.count("seconds at most without a mail out", round(still_for))
            yield complaints + cluster.verify() + ended_silent(node)


@case("nodes: a slow way to the database", short=0, long=10)
def slow(world):
    for _ in range(world.runs):
        with at_work(world) as cluster:
            node = any_node(world, cluster)
            with cluster.load():
                node.way.delay = world.random.choice([0.02, 0.1])
                node.way.mode = "slow"
                time.sleep(20)
                node.way.mode = "pass"
            yield cluster.verify()


@case("nodes: drained and resumed", short=1, long=20)
def drains(world):
    """In order: nothing is in doubt."""
    for _ in range(world.runs):
        with at_work(world) as cluster:
            node = any_node(world, cluster)
            complaints = []
            with cluster.load():
                pause(world, 0.3, 1)
                cluster.tell("cluster", "drain", node.name)
                if not cluster.wait(lambda: holds_nothing(cluster, node), 20):
                    complaints.append(f"{node.name} drains and has shares still: {cluster.holders()}")
                pause(world, 0.5, 1)
                cluster.tell("cluster", "resume", node.name)
                pause(world, 1, 2)
            yield complaints + cluster.verify()


def holds_nothing(cluster, node):
    return not cluster.rows(
        f"SELECT 1 FROM shares s JOIN nodes o ON o.token = s.owner WHERE o.name = '{node.name}'")


@case("nodes: one joins, one leaves", short=0, long=20)
def joins(world):
    for _ in range(world.runs):
        with at_work(world, first=2) as cluster:
            with cluster.load():
                cluster.nodes[2].start()
                complaints = [] if cluster.wait(cluster.is_even, 25) else [f"not even after a join: {cluster.holders()}"]
                leaving = world.random.choice(cluster.nodes[1:])
                if (status := leaving.stop()) != 0:
                    complaints.append(f"the stop of {leaving.name} ended with {status}")
                pause(world, 2, 5)
                leaving.start()
                pause(world, 0.5, 2)
            yield complaints + cluster.verify()


PLACES = 4


@case("nodes: a host with too few places for all", short=0, long=10)
def crowded(world):
    """Three inboxes and three outboxes, and fewer connections for all nodes together than there are mailboxes."""
    for _ in range(world.runs):
        with at_work(world, (KILLED,), per_host=PLACES) as cluster:
            with cluster.load(mails=3, sends=6):
                pause(world, 10, 20)
                any_node(world, cluster).signal_all(signal.SIGKILL)
                pause(world, 10, 20)
            complaints = cluster.verify(seconds=180)
            most = cluster.most_connections
            world.count(f"connections at most to a host with {PLACES} places", most)
            yield complaints + [f"L4: {most} connections were open to a host with {PLACES} places"] * (most > PLACES)
