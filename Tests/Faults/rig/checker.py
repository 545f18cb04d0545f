"""The four promises as functions of histories and a snapshot of the store: each returns its complaints. Does nothing else.

I1  what was acknowledged is there: events seen, mail marked on a server, notifications with a receipt, and these are sent
I2  one ticket event a message; a second acceptance by a server only for an attempt whose answer was lost, same octets
I3  nothing is marked on a server before it can be read from the store
I4  every mail ends as one message with its octets: one event, or in quarantine
"""

import collections

TICKET_EVENTS = ("ticket.opened", "ticket.replied")


def _by(rows, *keys):
    groups = collections.defaultdict(list)
    for row in rows:
        groups[tuple(row[key] for key in keys)].append(row)
    return groups


def acknowledged(acts, store):
    """I1, at any moment."""
    events = {event["event"] for event in store.events}
    held = {(message["contract"], message["held"]) for message in store.messages}
    notifications = {notification["id"] for notification in store.notifications}
    for act in acts:
        if act["act"] == "event" and act["event"] not in events:
            yield f"I1: event {act['event']} was seen ({act['way']}) and is not in the store"
        if act["act"] == "marked" and (act["contract"], act["digest"]) not in held:
            yield f"I1: a mail of {act['contract']} was marked {act['how']} and is not in the store: {act['digest'][:12]}"
        if act["act"] == "receipt" and act["notification"] not in notifications:
            yield f"I1: notification {act['notification']} has a receipt and is not in the store"


def sent(acts, store):
    """I1, at the end: every notification was taken by a server, and `sent` is said of no other."""
    taken = collections.Counter(
        (act["message_id"], act["recipient"]) for act in acts if act["act"] == "accepted" and not act["lost"]
    )
    lost = collections.Counter(
        (act["message_id"], act["recipient"]) for act in acts if act["act"] == "doubt" or act["act"] == "accepted" and act["lost"]
    )
    names = {notification["id"]: notification["message_id"] for notification in store.notifications}
    for delivery in store.deliveries:
        place = (names.get(delivery["notification"]), delivery["recipient"])
        if delivery["state"] == "unknown" and lost[place] >= 2:
            continue  # never by itself after two lost answers: a person decides (docs/queue.md)
        if delivery["state"] != "sent":
            yield f"I1: delivery {delivery['id']} to {delivery['recipient']} ended as {delivery['state']}"
        elif not taken[place]:
            yield f"I1: delivery {delivery['id']} is called sent, and no server took it"


def once(acts, store):
    """I2, at any moment."""
    for (contract, message), events in _by(
        [event for event in store.events if event["kind"] in TICKET_EVENTS], "contract", "message"
    ).items():
        if len(events) > 1:
            yield f"I2: message {message} of {contract} has {len(events)} ticket events"
    known = {notification["message_id"]: notification["id"] for notification in store.notifications}
    for (contract, key), twins in _by([n for n in store.notifications if n["key"]], "contract", "key").items():
        if len(twins) > 1:
            yield f"I2: key {key} of {contract} made {len(twins)} notifications"
    attempts = {(delivery["notification"], delivery["recipient"]): delivery["attempts"] for delivery in store.deliveries}
    doubts = collections.Counter((act["message_id"], act["recipient"]) for act in acts if act["act"] == "doubt")
    accepted = [act for act in acts if act["act"] == "accepted"]
    last = {act["connection"]: act["number"] for act in accepted}
    for (message_id, recipient), taken in _by(accepted, "message_id", "recipient").items():
        where = f"{message_id} to {recipient}"
        if message_id not in known:
            yield f"I2: a server took {where}, which is no notification of the store"
            continue
        if len({act["digest"] for act in taken}) > 1:
            yield f"I2: {where} was sent with different octets"
        lost = sum(act["lost"] for act in taken)
        if len(taken) - 1 > lost + doubts[message_id, recipient]:
            yield f"I2: {where} was taken {len(taken)} times, with {lost + doubts[message_id, recipient]} answers in doubt"
        if len(taken) > attempts.get((known[message_id], recipient), 0):
            yield f"I2: {where} was taken {len(taken)} times, and the store counts fewer attempts"
        for act in taken[:-1]:
            if not act["lost"] and last[act["connection"]] != act["number"] and not _cut(acts, act):
                yield f"I2: {where} was sent again, although its connection went on after the answer"


def late(acts):
    """Numbers of acts that a server saw after the end of the life that did them: packets were lost, and sent again."""
    cut, gone, numbers = set(), set(), set()
    for act in acts:
        life = (act.get("node"), act.get("life"))
        if act["act"] == "cut off" and act["network"]:
            cut.add(life)
        elif act["act"] == "killed" and life in cut:
            gone.add(life)
        elif life in gone:
            numbers.add(act["number"])
    return numbers


def told_again(acts):
    """I2, at any moment: an endpoint gets an event a second time only if a crash came between, or a cut held it up."""
    held_up = late(acts)
    crashes = [act["number"] for act in acts if act["act"] in ("killed", "power cut", "stands still", "cut off")]
    seen = {}
    for act in acts:
        if act["act"] != "event" or act["way"] != "endpoint":
            continue
        before = seen.get(act["event"])
        if before is not None and act["number"] not in held_up and not any(before < crash < act["number"] for crash in crashes):
            yield f"I2: event {act['event']} was delivered twice without a crash between"
        seen[act["event"]] = act["number"]


def _cut(acts, accepted):
    """Whether the answer was heard by one whose journal proves nothing: the power was cut, or another node took over."""
    place = (accepted["message_id"], accepted["recipient"])
    return any(
        act["act"] == "power cut" and act["number"] > accepted["number"]
        or act["act"] == "doubt" and act.get("unproved") and (act["message_id"], act["recipient"]) == place
        for act in acts)


def told_last(acts):
    """I3."""
    for act in acts:
        if act["act"] == "marked" and not act["stored"]:
            yield f"I3: a mail of {act['contract']} was marked {act['how']} before it was stored: {act['digest'][:12]}"


def whole(store):
    """I4, at any moment: the octets are those that the digest was taken of, and the file is sound."""
    for message in store.messages:
        if message["held"] != message["sha256"]:
            yield f"I4: message {message['id']} of {message['contract']} does not hold the octets of its digest"
    if store.integrity != ["ok"]:
        yield f"I4: the database is damaged: {store.integrity[0]}"


def ended(acts, store):
    """I4, at the end: every mail that arrived became one message with its event, and no other is there."""
    arrived = {(act["contract"], act["digest"]) for act in acts if act["act"] == "arrived"}
    kept = _by(store.messages, "contract", "sha256")
    told = collections.Counter((event["contract"], event["message"]) for event in store.events if event["kind"] in TICKET_EVENTS)
    held = collections.Counter(
        (event["contract"], event["message"]) for event in store.events if event["kind"] == "message.quarantined"
    )
    for place in sorted(arrived):
        messages = kept.get(place, [])
        if len(messages) != 1:
            yield f"I4: a mail of {place[0]} ended as {len(messages)} messages: {place[1][:12]}"
            continue
        message = messages[0]
        name = (message["contract"], str(message["id"]))
        wanted = (0, 1) if message["fate"] == "quarantined" else (1, 0)
        if (told[name], held[name]) != wanted:
            yield f"I4: message {name[1]} of {name[0]} ({message['fate']}) has {told[name]} ticket events, {held[name]} of quarantine"
    for place in kept.keys() - arrived:
        yield f"I4: a message of {place[0]} never arrived: {place[1][:12]}"
    for row in store.ledger:
        if row["state"] == "wanted" or not row["settled"]:
            yield f"I4: {row['uid']} of inbox {row['inbox']} is still {row['state']}{'' if row['settled'] else ', not settled'}"


def now(acts, store):
    """All that holds at any moment, also right after a crash."""
    return [*acknowledged(acts, store), *once(acts, store), *told_again(acts), *told_last(acts), *whole(store)]


def end(acts, store):
    """All that holds when every fault is over and everything has come to rest."""
    return [*now(acts, store), *sent(acts, store), *ended(acts, store)]
