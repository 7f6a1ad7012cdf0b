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
# A folder laid out before, by export.ts, can be given as OUT.
[ $# -ge 1 ] || [ -n "${OUT:-}" ] || node --import tsx conformance/receipts/sample.ts "$data" "${SIZE:-small}"
if [ -n "${OUT:-}" ]; then cp -r "$OUT" "$work/out"; else node --import tsx conformance/receipts/export.ts "$data" "$work/out"; fi
vkey=$(cat "$work/out/vkey")

sh conformance/log-go/run.sh "$work/out/log" "$vkey" "$work/out/receipts"

node --import tsx conformance/receipts/verify.ts "$work/out"
# The program itself, as a person calls it: a process for each takes a second, so a few.
proven=0
for proof in $(ls "$work"/out/receipts/*.tlog-proof | awk 'NR % 50 == 1'); do
  bin/shuheng verify --proof "$proof" --entry "${proof%.tlog-proof}.json" --key "$work/out/vkey" > /dev/null
  proven=$((proven + 1))
done
echo "ok: bin/shuheng verify, as a process, proved $proven of them"
node --import tsx conformance/receipts/flip.ts "$work/out" "${FLIPPED_RECEIPTS:-2}"

# The public files: Go makes the tree again from the entries, so a flipped bit in any tile or in the checkpoint is a difference.
(cd conformance/log-go && GO111MODULE=off GOFLAGS= GOPATH="$work/gopath:/usr/share/gocode" GOCACHE="$work/cache" /usr/bin/go build -o "$work/log-go" main.go)
caught=0
# Partial tiles of earlier checkpoints stay for whoever holds those; the tree of the present one does not read them
# (`shuheng log fsck` compares them too).
size_of_log=$(sed -n 2p "$work/out/log/checkpoint")
present() {
  case $1 in *.p/*) ;; *) return 0 ;; esac
  count=$size_of_log
  case $1 in ./tile/[1-9]*) level=${1#./tile/}; level=${level%%/*}; while [ "$level" -gt 0 ]; do count=$((count / 256)); level=$((level - 1)); done ;; esac
  [ "${1##*/}" = $((count % 256)) ]
}
for file in $(cd "$work/out/log" && find . -type f ! -name vkey | sort); do
  present "$file" || continue
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
