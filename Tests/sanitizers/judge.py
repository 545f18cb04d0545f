#!/usr/bin/python3
"""Reads the log of a suite that ran under a sanitizer, prints the reports that count, and exits with 1 if there are any.

A lock of Swift's Synchronization library that is waited for changes hands inside of the library and the kernel, where the
thread sanitizer does not see it: it takes what the lock guards for a race (four threads that count under one Mutex are
enough to show it). So a race between two accesses that both hold the same lock, by the lines in their stacks, is none.

Usage: judge.py LOG
"""

import functools
import re
import sys


@functools.cache
def lines(file):
    try:
        with open(file) as source:
            return source.read().splitlines()
    except OSError:
        return []


def locks(stack):
    """The locks that are held, as (file, words before `withLock`)."""
    held = set()
    for file, line in re.findall(r"(/\S+\.swift):(\d+)", stack):
        source = lines(file)
        text = source[int(line) - 1] if int(line) <= len(source) else ""
        found = re.search(r"([\w.]+)\??\.withLock\b", text)
        if found:
            held.add((file, found.group(1).removeprefix("self.")))
    return held


def is_guarded(report):
    """Whether each of the accesses holds a lock that all of them hold."""
    accesses = re.findall(
        r"^  (?:Modifying access|Previous|Read|Write|Atomic)[^\n]*\n((?:    #[^\n]*\n)+)", report, re.MULTILINE)
    return len(accesses) >= 2 and bool(set.intersection(*map(locks, accesses)))


with open(sys.argv[1], errors="replace") as file:
    log = file.read()
reports = re.findall(r"^WARNING: ThreadSanitizer.*?^SUMMARY:[^\n]*$", log, re.MULTILINE | re.DOTALL)
reports += re.findall(r"^==\d+==ERROR: AddressSanitizer.*?^SUMMARY:[^\n]*$", log, re.MULTILINE | re.DOTALL)
# A report that could not end, because the process did.
broken = len(re.findall(r"WARNING: ThreadSanitizer|ERROR: AddressSanitizer", log)) - len(reports)
counted = [report for report in reports if not is_guarded(report)]
for report in counted[:5]:
    print(report[:4000], end="\n\n")
print(f"{len(counted) + broken} reports that count, {len(reports) - len(counted)} of a Mutex that changed hands")
sys.exit(bool(counted or broken))
