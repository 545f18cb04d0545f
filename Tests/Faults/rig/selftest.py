"""Shows that the checker can fail: a sound history with one thing broken must bring exactly the complaint that is named."""

import copy
import types

from . import checker, leases

A, B = "a" * 64, "b" * 64


def _sound():
    """A mail that opened a ticket, one in quarantine, a confirmation sent, one notification submitted by hand."""
    acts = [
        {"act": "arrived", "contract": "acme", "digest": A},
        {"act": "arrived", "contract": "acme", "digest": B},
        {"act": "marked", "contract": "acme", "digest": A, "how": "seen", "stored": True},
        {"act": "marked", "contract": "acme", "digest": B, "how": "seen", "stored": True},
        {"act": "event", "event": "e1", "way": "pulled"},
        {"act": "accepted", "connection": "1", "message_id": "<n1>", "recipient": "r1", "digest": "c1", "lost": False},
        {"act": "receipt", "notification": 2},
        {"act": "accepted", "connection": "1", "message_id": "<n2>", "recipient": "r2", "digest": "c2", "lost": False},
    ]
    for number, act in enumerate(acts):
        act["number"] = number
    message = {"contract": "acme", "size": 1}
    store = types.SimpleNamespace(
        messages=[
            {"id": 1, "sha256": A, "held": A, "fate": "opened", "ticket": 1} | message,
            {"id": 2, "sha256": B, "held": B, "fate": "quarantined", "ticket": None} | message,
        ],
        events=[
            {"event": "e1", "contract": "acme", "kind": "ticket.opened", "message": "1"},
            {"event": "e2", "contract": "acme", "kind": "message.quarantined", "message": "2"},
        ],
        notifications=[
            {"id": 1, "contract": "acme", "message_id": "<n1>", "key": None},
            {"id": 2, "contract": "acme", "message_id": "<n2>", "key": "k"},
        ],
        deliveries=[
            {"id": 1, "notification": 1, "recipient": "r1", "state": "sent", "attempts": 1},
            {"id": 2, "notification": 2, "recipient": "r2", "state": "sent", "attempts": 1},
        ],
        ledger=[{"inbox": 1, "uid": "1", "state": "stored", "settled": 1}],
        integrity=["ok"],
    )
    return acts, store


def _again(acts, place, **changes):
    acts.append(acts[place] | {"number": len(acts)} | changes)


def _told_late(acts):
    """An event whose node was cut off and has ended, that another node told meanwhile: sound."""
    acts[0].update(act="cut off", node="node1", life=1, network=True)
    acts[1].update(act="killed", node="node1", life=1)
    acts[4].update(way="endpoint")
    _again(acts, 4, node="node1", life=1)


# What is broken, and the start of the complaint that must come.
BREAKS = [
    (lambda acts, store: store.events.pop(0), "I1: event e1 was seen"),
    (lambda acts, store: store.messages.pop(0), "I1: a mail of acme was marked seen and is not in the store"),
    (lambda acts, store: store.notifications.pop(1), "I1: notification 2 has a receipt"),
    (lambda acts, store: store.deliveries[0].update(state="failed"), "I1: delivery 1 to r1 ended as failed"),
    (lambda acts, store: store.deliveries[0].update(state="queued"), "I1: delivery 1 to r1 ended as queued"),
    (lambda acts, store: store.deliveries[0].update(state="unknown"), "I1: delivery 1 to r1 ended as unknown"),
    (lambda acts, store: acts.pop(5), "I1: delivery 1 is called sent, and no server took it"),
    (lambda acts, store: acts[5].update(lost=True), "I1: delivery 1 is called sent, and no server took it"),
    (lambda acts, store: store.events.append(store.events[0] | {"event": "e3"}), "I2: message 1 of acme has 2 ticket events"),
    (lambda acts, store: store.notifications.append(store.notifications[1] | {"id": 3}), "I2: key k of acme made 2"),
    (lambda acts, store: acts[5].update(message_id="<other>"), "I2: a server took <other>"),
    (lambda acts, store: _again(acts, 7, digest="c3", lost=True), "I2: <n2> to r2 was sent with different octets"),
    (lambda acts, store: _again(acts, 7), "I2: <n2> to r2 was taken 2 times, with 0 answers in doubt"),
    (lambda acts, store: _again(acts, 7, lost=True), "I2: <n2> to r2 was taken 2 times, and the store counts fewer"),
    (lambda acts, store: (acts.append({"act": "doubt", "message_id": "<n1>", "recipient": "r1"}), _again(acts, 5)),
     "I2: <n1> to r1 was sent again, although its connection went on"),
    (lambda acts, store: (acts[4].update(way="endpoint"), _again(acts, 4)), "I2: event e1 was delivered twice without a crash"),
    (lambda acts, store: (_told_late(acts), acts[-1].update(life=2)), "I2: event e1 was delivered twice without a crash"),
    (lambda acts, store: acts[2].update(stored=False), "I3: a mail of acme was marked seen before it was stored"),
    (lambda acts, store: store.messages[0].update(held=B), "I4: message 1 of acme does not hold the octets"),
    (lambda acts, store: store.messages[0].update(held=None), "I4: message 1 of acme does not hold the octets"),
    (lambda acts, store: store.messages.append(store.messages[0] | {"id": 3}), "I4: a mail of acme ended as 2 messages"),
    (lambda acts, store: store.messages.pop(1), "I4: a mail of acme ended as 0 messages"),
    (lambda acts, store: store.events.pop(1), "I4: message 2 of acme (quarantined) has 0 ticket events, 0 of quarantine"),
    (lambda acts, store: store.messages.append(store.messages[0] | {"id": 3, "sha256": "d" * 64}), "I4: a message of acme never arrived"),
    (lambda acts, store: store.ledger[0].update(state="wanted"), "I4: 1 of inbox 1 is still wanted"),
    (lambda acts, store: store.ledger[0].update(settled=0), "I4: 1 of inbox 1 is still stored, not settled"),
    (lambda acts, store: store.integrity.insert(0, "page 7"), "I4: the database is damaged: page 7"),
]


def _sound_leases():
    """A share that went from node1, which died, over node2, which gave it back, to node1's next life."""
    spans = [
        {"id": 1, "share": "mailbox 1", "node": "node1", "token": 1, "began": 1000, "ended": 5000, "how": "expelled"},
        {"id": 2, "share": "mailbox 2", "node": "node2", "token": 2, "began": 1000, "ended": None, "how": None},
        {"id": 3, "share": "mailbox 1", "node": "node2", "token": 2, "began": 5000, "ended": 9000, "how": "released"},
        {"id": 4, "share": "mailbox 1", "node": "node1", "token": 3, "began": 9000, "ended": None, "how": None},
    ]
    acts = [
        {"act": "accepted", "contract": "acme", "node": node, "clock": clock, "number": number}
        for number, (node, clock) in enumerate([("node1", 2000), ("node2", 6000), ("node1", 9500)])
    ]
    # What it had sent when it was cut off comes when others have its work already.
    acts += [
        {"act": "cut off", "node": "node1", "life": 1, "network": True, "number": 3},
        {"act": "killed", "node": "node1", "life": 1, "number": 4},
        {"act": "accepted", "contract": "acme", "node": "node1", "life": 1, "clock": 8000, "number": 5},
    ]
    return acts, spans, {"mailbox 1": 3, "mailbox 2": 2}, {("accepted", "acme"): "mailbox 1"}


LEASE_BREAKS = [
    (lambda acts, spans, owners: spans[2].update(began=4999), "L1: mailbox 1: spans of node1 (1) and node2 (2) overlap"),
    (lambda acts, spans, owners: spans[0].update(ended=None), "L1: mailbox 1: spans of node1 (1) and node2 (2) overlap"),
    # Not only of neighbours.
    (lambda acts, spans, owners: spans[0].update(ended=9500), "L1: mailbox 1: spans of node1 (1) and node1 (3) overlap"),
    (lambda acts, spans, owners: spans[2].update(ended=4000), "L1: mailbox 1: a span of node2 ends before it begins"),
    (lambda acts, spans, owners: owners.update({"mailbox 2": 1}), "L1: mailbox 2 belongs to 1, and the spans"),
    (lambda acts, spans, owners: owners.update({"mailbox 2": None}), "L1: mailbox 2 belongs to None, and the spans"),
    (lambda acts, spans, owners: spans.pop(), "L1: mailbox 1 belongs to 3, and the spans"),
    (lambda acts, spans, owners: acts[0].update(clock=5600), "L2: node1 did work (accepted) on mailbox 1 outside of its spans, 600 ms"),
    (lambda acts, spans, owners: acts[1].update(node="node1"), "L2: node1 did work (accepted) on mailbox 1 outside of its spans"),
    (lambda acts, spans, owners: acts[2].update(clock=8000), "L2: node1 did work (accepted) on mailbox 1 outside of its spans"),
    (lambda acts, spans, owners: acts[2].update(node="node3"), "L2: node3 did work (accepted) on mailbox 1 outside of its spans"),
    (lambda acts, spans, owners: acts[5].update(life=2), "L2: node1 did work (accepted) on mailbox 1 outside of its spans"),
    (lambda acts, spans, owners: acts[3].update(network=False), "L2: node1 did work (accepted) on mailbox 1 outside of its spans"),
    (lambda acts, spans, owners: acts.pop(4), "L2: node1 did work (accepted) on mailbox 1 outside of its spans"),
    (lambda acts, spans, owners: acts.extend([acts[0] | {"node": None}] * 6), "the rig: nobody knows who did 6 of 10"),
]


def _of_leases():
    wrong = [f"complains of sound leases: {complaint}" for complaint in leases.judge(*_sound_leases())]
    for place, (breaks, wanted) in enumerate(LEASE_BREAKS):
        acts, spans, owners, shares = _sound_leases()
        breaks(acts, spans, owners)
        complaints = leases.judge(acts, spans, owners, shares)
        if not any(complaint.startswith(wanted) for complaint in complaints):
            wrong.append(f"break {place} of leases brings {complaints}, not \"{wanted}\"")
    return wrong


def count():
    return len(BREAKS) + len(LEASE_BREAKS)


def run():
    """Returns what is wrong with the checker."""
    acts, store = _sound()
    wrong = [f"complains of a sound history: {complaint}" for complaint in checker.end(acts, store)]
    for place, (breaks, wanted) in enumerate(BREAKS):
        acts, store = copy.deepcopy(_sound())
        breaks(acts, store)
        complaints = checker.end(acts, store)
        if not any(complaint.startswith(wanted) for complaint in complaints):
            wrong.append(f"break {place} brings {complaints}, not \"{wanted}\"")
    return wrong + _of_leases()
