#!/usr/bin/env bash
# Takes into the seeds of a target what the fuzzer found and what reaches code that no seed reaches: as few inputs as reach
# it all, those first that reach most.
# A seed is never removed. The limits keep the repository small and the tests that play the seeds quick.
# Usage: Fuzz/corpus.sh FUZZER TARGET FOUND
set -euo pipefail
cd "$(dirname "$0")/.."
fuzzer=$1
export MALOTE_FUZZ=$2
found=$3
seeds=Fuzz/seeds/$2
# Octets of one input, new inputs of one call, octets of all inputs of a target.
length=1500 new=150 total=400000

merged=$(mktemp -d)
trap 'rm -rf "$merged"' EXIT
mkdir "$merged/all"
cp "$seeds"/* "$merged/all"
# Without counters an input counts for the code it reaches, not for how often; files are written in the order of what they add.
"$fuzzer" -set_cover_merge=1 -use_counters=0 -max_len="$length" -timeout=20 "$merged/all" "$found" >"$merged/log" 2>&1 \
  || { tail -20 "$merged/log"; exit 1; }

taken=0
left=0
while read -r _ size file; do
  [ ! -e "$seeds/$file" ] || continue
  if [ "$taken" -lt "$new" ] && [ "$size" -le "$length" ] \
    && [ $(($(cat "$seeds"/* | wc -c) + size)) -le "$total" ]; then
    cp "$merged/all/$file" "$seeds/$file"
    taken=$((taken + 1))
  else
    left=$((left + 1))
  fi
done < <(find "$merged/all" -type f -printf '%T@ %s %f\n' | sort -n)
echo "$MALOTE_FUZZ: $taken taken of $(find "$found" -type f | wc -l) found, $left left out," \
  "$(find "$seeds" -type f | wc -l) seeds of $(cat "$seeds"/* | wc -c) octets," \
  "$(grep -oE 'cov: [0-9]+' "$merged/log" | tail -1)"
