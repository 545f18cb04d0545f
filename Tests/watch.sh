#!/usr/bin/env bash
# Runs a command and ends it once it has said nothing for so many seconds: a test that hangs is named, not waited for.
# Usage: Tests/watch.sh SECONDS COMMAND...
set -uo pipefail
limit=$1
shift
said=$(mktemp)
trap 'rm -f "$said"' EXIT

# Lines must leave at once: what a killed process still holds in its buffer is the very place where it hung.
set -m
stdbuf -oL "$@" > >(tee "$said") 2>&1 &
command=$!
trap 'kill -TERM -- -"$command" 2>/dev/null' INT TERM

while kill -0 "$command" 2>/dev/null; do
  sleep 1
  silence=$(($(date +%s) - $(stat -c %Y "$said")))
  [ "$silence" -gt "$limit" ] || continue
  echo "Nothing was said for $limit s: the last line above is where it hangs. What its threads do:"
  for process in $(pgrep -f 'PackageTests.xctest'); do
    ps -o pid,stat,pcpu,etime,args -p "$process"
    if command -v eu-stack >/dev/null; then eu-stack -n 40 -p "$process" 2>/dev/null | swift demangle --simplified; fi
  done
  kill -KILL -- -"$command"
  wait "$command"
  exit 1
done
wait "$command"
