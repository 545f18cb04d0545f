#!/usr/bin/python3
"""Writes a store as the first version of the schema had it, with a contract, a ticket and an event in it.

Usage: old-store.py Migrations.swift FILE
"""

import json
import re
import sqlite3
import sys

with open(sys.argv[1]) as file:
    source = file.read()
application = int(re.search(r"applicationID = (0x[0-9A-Fa-f_]+)", source).group(1).replace("_", ""), 16)
first = re.search(r'static let steps: \[String\] = \[\s*"""(.*?)"""', source, re.DOTALL).group(1)

contract = {
    "name": "oldest", "title": "The oldest customer", "prefix": "OLD", "inboxes": [], "people": [], "groups": [],
    "language": "en"}
event = {
    "specversion": "1.0", "id": "evt-1", "source": "/contracts/oldest/inboxes/none", "type": "malote.ticket.opened.v1",
    "subject": "OLD-1", "time": "2026-01-01T00:00:00Z", "datacontenttype": "application/json",
    "data": {"contract": "oldest", "ticket": {"key": "OLD-1", "external": None}}}
store = sqlite3.connect(sys.argv[2])
store.executescript(first)
store.execute("INSERT INTO counters VALUES ('contract', 1)")
store.execute("INSERT INTO registry VALUES ('contract', 'oldest', 1, ?)", [json.dumps(contract)])
store.execute("INSERT INTO tickets VALUES (1, 1, 1, 'OLD-1', NULL, 'Ana', 'ana@old.example', 'Help')")
store.execute(
    "INSERT INTO events VALUES (1, 'evt-1', 1, 'ticket.opened', 'OLD-1', 1767225600000, ?)", [json.dumps(event)])
store.execute("PRAGMA user_version = 1")
store.execute(f"PRAGMA application_id = {application}")
store.commit()
