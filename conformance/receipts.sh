#!/bin/sh
# Verifies every receipt of an exchange with the server stopped: with Go's sumdb (code by others) and with our own command
# line; then flips bits in receipts, entries, checkpoint and tiles and sees each caught. Prints the counts.
#
#   receipts.sh [data folder]     of a stopped exchange; without one the sample exchange is built anew (SIZE=full for all of it)
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
node scripts/build.mjs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
data=${1:-$work/data}
[ $# -ge 1 ] || node --import tsx conformance/receipts/sample.ts "$data" "${SIZE:-small}"
node --import tsx conformance/receipts/export.ts "$data" "$work/out"
vkey=$(cat "$work/out/vkey")

sh conformance/log-go/run.sh "$work/out/log" "$vkey" "$work/out/receipts"

proven=0
for proof in "$work"/out/receipts/*.tlog-proof; do
  bin/shuheng verify --proof "$proof" --entry "${proof%.tlog-proof}.json" --key "$work/out/vkey" > /dev/null
  proven=$((proven + 1))
done
echo "ok: bin/shuheng verify proved $proven receipts"
node --import tsx conformance/receipts/flip.ts "$work/out" "${FLIPPED_RECEIPTS:-2}"

# The public files: Go makes the tree again from the entries, so a flipped bit in any tile or in the checkpoint is a difference.
(cd conformance/log-go && GO111MODULE=off GOFLAGS= GOPATH="$work/gopath:/usr/share/gocode" GOCACHE="$work/cache" /usr/bin/go build -o "$work/log-go" main.go)
caught=0
for file in $(cd "$work/out/log" && find . -type f ! -name vkey | sort); do
  path="$work/out/log/$file"
  cp "$path" "$work/sound"
  size=$(wc -c < "$path")
  for part in 0 1 2 3 4 5 6 7; do
    offset=$((size * part / 8))
    byte=$(od -An -tu1 -j"$offset" -N1 "$path" | tr -d ' ')
    printf "$(printf '\\%03o' $((byte ^ (1 << part))))" | dd of="$path" bs=1 seek="$offset" conv=notrunc 2> /dev/null
    if "$work/log-go" log "$work/out/log" "$vkey" > /dev/null 2>&1; then
      echo "Go accepted a flipped bit in $file at byte $offset" >&2
      exit 1
    fi
    cp "$work/sound" "$path"
    caught=$((caught + 1))
  done
done
"$work/log-go" log "$work/out/log" "$vkey"
echo "ok: Go caught $caught of $caught flipped bits in the checkpoint and the tiles"
