#!/usr/bin/env bash
# Prints how much of Sources/ the suites run, room by room, in lines, and the files with most lines that they do not. The
# end-to-end tests are left out: what they run is in processes of their own, which are killed. Usage: Tests/coverage.sh
set -euo pipefail
cd "$(dirname "$0")/.."
folder=.work/coverage
swift build --build-tests --enable-code-coverage --scratch-path "$folder"
status=0
swift test --skip-build --no-parallel --enable-code-coverage --scratch-path "$folder" --skip '^EndToEnd\.' \
  >"$folder/log" 2>&1 || { status=$?; grep -a '✘' "$folder/log" | head -20; }
python3 - "$(find "$folder" -path '*codecov/malote.json')" <<'PYTHON'
import collections
import json
import sys

SHOWN = 20  # files
rooms = collections.defaultdict(lambda: [0, 0])
files = []
with open(sys.argv[1]) as file:
    report = json.load(file)
for entry in report["data"][0]["files"]:
    if "/Sources/" not in entry["filename"]:
        continue
    room = entry["filename"].split("/Sources/")[1].split("/")[0]
    # The programs' wiring runs in processes of its own; the kit is for tests.
    if room in ("maloted", "malotectl", "MaloteTestKit"):
        continue
    lines = entry["summary"]["lines"]
    files.append((lines["count"] - lines["covered"], lines["percent"], entry["filename"].split("/Sources/")[1]))
    for name in (room, "all rooms"):
        rooms[name][0] += lines["covered"]
        rooms[name][1] += lines["count"]
for room in sorted(rooms, key=lambda name: (name == "all rooms", name)):
    covered, count = rooms[room]
    print(f"{room:18} {100 * covered / count:5.1f} %   {covered:6} of {count} lines")
print("\nlines not run, of a file that is covered by so much")
for missing, percent, file in sorted(files, reverse=True)[:SHOWN]:
    print(f"{missing:5}   {percent:5.1f} %   {file}")
PYTHON
exit "$status"
