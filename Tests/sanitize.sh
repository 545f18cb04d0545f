#!/usr/bin/env bash
# Builds all tests under a sanitizer of the compiler's and runs the suites, one process each. The end-to-end tests are left
# out: their servers and time limits are for programs at full speed.
# Usage: Tests/sanitize.sh thread|address [SUITE...]
set -uo pipefail
cd "$(dirname "$0")/.."
kind=$1
shift
folder=.work/$kind
suites=("$@")
[ ${#suites[@]} -gt 0 ] || suites=(MaloteCoreTests MaloteWireTests MaloteMessageTests MaloteDeskTests MaloteRuntimeTests
  MaloteStoreTests MaloteEngineTests MaloteTransportTests MaloteAdminTests SimulationTests SeedTests WireReplayTests)

swift build --build-tests --sanitize="$kind" --scratch-path "$folder" || exit 1
# What it reports is judged below, not by its exit status.
export TSAN_OPTIONS="halt_on_error=0 exitcode=0 history_size=4"
export ASAN_OPTIONS="detect_leaks=0"
# For tests that are large on purpose.
export MALOTE_SANITIZER=$kind
status=0
for suite in "${suites[@]}"; do
  log=$folder/$suite.log
  echo "$suite under the $kind sanitizer:"
  swift test --skip-build --no-parallel --sanitize="$kind" --scratch-path "$folder" --filter "^$suite\\." >"$log" 2>&1 \
    || { status=1; grep -a '✘' "$log" | head -20; }
  grep -aoE 'Test run with .*' "$log" | tail -1
  Tests/sanitizers/judge.py "$log" || status=1
done
exit "$status"
