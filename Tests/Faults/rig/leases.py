"""What the leases of a cluster promise, as functions of histories and of the store's spans: complaints, and nothing else.

L1  no two spans of one share overlap, and whoever owns a share has its only open span
L2  a node works at an inbox, an outbox or an endpoint only within a span of its own; what the network has held up came later
"""

import collections

from . import checker

# Milliseconds by which a server may see what a node did before its share went: octets travel, and servers wait for a turn.
MARGIN = 250
WORK = ("fetched", "marked", "accepted", "event")


def overlaps(spans):
    """L1."""
    shares = collections.defaultdict(list)
    for span in spans:
        shares[span["share"]].append(span)
    for share, all_spans in sorted(shares.items()):
        all_spans.sort(key=lambda span: span["id"])
        for span in all_spans:
            if span["ended"] is not None and span["ended"] < span["began"]:
                yield f"L1: {share}: a span of {span['node']} ends before it begins"
        for place, earlier in enumerate(all_spans):
            for later in all_spans[place + 1:]:
                if later["began"] < (earlier["ended"] or float("inf")) and earlier["began"] < (later["ended"] or float("inf")):
                    yield f"L1: {share}: spans of {earlier['node']} ({earlier['token']}) and {later['node']} ({later['token']}) overlap"


def owned(spans, owners):
    """L1: `owners` is the token that each share has at the end, or None."""
    open_spans = collections.defaultdict(list)
    for span in spans:
        if span["ended"] is None:
            open_spans[span["share"]].append(span["token"])
    for share, token in sorted(owners.items()):
        wanted = [] if token is None else [token]
        if open_spans[share] != wanted:
            yield f"L1: {share} belongs to {token}, and the spans that have not ended are of {open_spans[share]}"


def within(acts, spans, shares):
    """L2. `shares` says which share an act is work on: by what it is and by its contract."""
    held_up = checker.late(acts)
    held = collections.defaultdict(list)
    for span in spans:
        held[span["share"], span["node"]].append(span)
    for act in acts:
        node = act.get("node")
        if node is None or act["act"] not in WORK or act.get("way") == "pulled" or act["number"] in held_up:
            continue
        share = shares[act["act"], act["contract"]]
        if not any(span["began"] - MARGIN <= act["clock"] <= (span["ended"] or float("inf")) + MARGIN for span in held[share, node]):
            ends = [span["ended"] for span in held[share, node] if span["ended"] and span["ended"] < act["clock"]]
            late = f", {act['clock'] - max(ends):.0f} ms after its last" if ends else ""
            yield f"L2: {node} did work ({act['act']}) on {share} outside of its spans{late}"


def named(acts):
    """L2 says nothing of work that nobody did: most of it must bear a node's name."""
    work = [act for act in acts if act["act"] in WORK and act.get("way") != "pulled"]
    nameless = sum(act.get("node") is None for act in work)
    if nameless > 5 + len(work) / 50:
        yield f"the rig: nobody knows who did {nameless} of {len(work)} pieces of work"


def judge(acts, spans, owners, shares):
    return [*overlaps(spans), *owned(spans, owners), *within(acts, spans, shares), *named(acts)]
