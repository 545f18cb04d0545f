"""Two versions of Malote over one database: a schema that is newer than its nodes, and an upgrade node by node."""

from rig.case import Skipped, case
from rig.node import NO_DATABASE

from .nodes import any_node, at_work, pause

# What a later version may add beside nodes at work: columns of tables that they use all the time, and a table.
GROWN = ("notifications", "deliveries", "messages", "ledger", "events", "tickets", "shares", "nodes")
ADDS = "".join(f"ALTER TABLE {table} ADD COLUMN newer TEXT; " for table in GROWN) + "CREATE TABLE newer (id BIGINT PRIMARY KEY); "
BEGIN = "BEGIN; SELECT pg_advisory_xact_lock(x'6D616C6F00000001'::bigint); "


def migrate(cluster, sql, is_additive):
    """As a newer version's start does it, one step. Returns its number."""
    known = cluster.rows("SELECT MAX(step) AS step, MAX(needs) AS needs FROM schema_version")[0]
    step = known["step"] + 1
    version = f"INSERT INTO schema_version VALUES ({step}, {known['needs'] if is_additive else step}); COMMIT"
    # It may meet nodes' transactions crosswise, and be the one that is refused.
    if not cluster.wait(lambda: cluster.rows(BEGIN + sql + version) is not None, 30):
        raise AssertionError("the newer schema cannot be made")
    return step


def restarted(node, binaries=None):
    """In order; with another build, if one is named."""
    status = node.stop()
    node.binaries = binaries or node.binaries
    complaints = [f"the stop of {node.name} ended with {status}"] if status != 0 else []
    return complaints if node.start() else [*complaints, f"{node.name} does not start: {node.words()[-300:]}"]


def refused(cluster, node, step):
    """A node that starts anew must not touch what it does not know."""
    node.stop()
    since = node.log.stat().st_size
    node.start(wait=False)
    if not cluster.wait(lambda: node.ends, 30):
        return [f"{node.name} starts on schema {step}, which says that it must not"]
    told = f"The database has schema {step}, this version knows"
    return [] if told in node.words(since) else [f"{node.name} does not say why it refuses: {node.words(since)[-300:]}"]


@case("nodes: the schema of a newer version", short=0, long=10)
def newer_schema(world):
    """What it adds disturbs nobody. With what it changes a node that starts refuses, and those at work go on."""
    for _ in range(world.runs):
        with at_work(world, (NO_DATABASE,)) as cluster:
            first, second, _ = world.random.sample(cluster.nodes, 3)
            with cluster.load():
                pause(world, 0.5, 1.5)
                migrate(cluster, ADDS, is_additive=True)
                pause(world, 1, 2)
                complaints = restarted(first)
                pause(world, 0.5, 1)
                step = migrate(cluster, "", is_additive=False)
                complaints += refused(cluster, second, step)
                pause(world, 1, 3)
                # Else there would be no end in which all nodes are there.
                cluster.rows(f"DELETE FROM schema_version WHERE step = {step}")
                pause(world, 0.5, 1)
            yield complaints + cluster.verify()


@case("nodes: old and new binaries side by side", short=1, long=10)
def side_by_side(world):
    """One of three nodes runs the other build; then each changes places, and in the end all run this one."""
    if world.other is None:
        raise Skipped("no other build of maloted was named (--other DIR, or OTHER=)")
    for _ in range(world.runs):
        with at_work(world, other=world.other) as cluster:
            complaints = []
            with cluster.load():
                pause(world, 1, 2)
                for node in world.random.sample(cluster.nodes, 3):
                    is_other = node.binaries == world.other
                    complaints += restarted(node, world.binaries if is_other else world.other)
                    pause(world, 1, 3)
                for node in cluster.nodes:
                    if node.binaries == world.other:
                        complaints += restarted(node, world.binaries)
                        pause(world, 1, 3)
            yield complaints + cluster.verify()
