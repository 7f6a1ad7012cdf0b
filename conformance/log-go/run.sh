#!/bin/sh
# Verifies the evidence log with Go's sumdb/tlog and sumdb/note, from Debian packages (no network, no Go modules).
#
#   run.sh <log folder> <vkey> [receipts folder]   verify a log, and receipts kept as <id>.tlog-proof with <id>.json
#   run.sh [entries [receipts]]                    build a log (default 100000 entries), verify every tile, every checkpoint
#                                                  it published, inclusion proofs, receipts and tile paths; then flip bits
#                                                  and see that Go refuses each
set -eu
here=$(cd "$(dirname "$0")" && pwd)

if [ ! -d /usr/share/gocode/src/golang.org/x/mod/sumdb ] || [ ! -x /usr/bin/go ]; then
  command -v apt-get > /dev/null || { echo "needs the Debian packages golang-go and golang-golang-x-mod-dev" >&2; exit 2; }
  apt-get update > /dev/null && apt-get install -y golang-go golang-golang-x-mod-dev > /dev/null ||
    { echo "could not install golang-go and golang-golang-x-mod-dev; install them as root" >&2; exit 2; }
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$here" && GO111MODULE=off GOFLAGS= GOPATH="$work/gopath:/usr/share/gocode" GOCACHE="$work/cache" /usr/bin/go build -o "$work/log-go" main.go)
log_go="$work/log-go"

if [ -d "${1:-}" ]; then
  "$log_go" log "$1" "$2"
  [ $# -lt 3 ] || "$log_go" receipts "$3" "$2"
  exit 0
fi

root=$(cd "$here/../.." && pwd)
(cd "$root" && node --import tsx conformance/log-go/build-log.ts "$work/built" "${1:-100000}" "${2:-500}")
cd "$work/built"
vkey=$(cat vkey)
"$log_go" log log "$vkey"
"$log_go" receipts receipts "$vkey"
"$log_go" history checkpoints log "$vkey"
"$log_go" samples log "$vkey" checkpoints 2000
"$log_go" paths paths

# Flips the lowest bit of one byte of a copy, then expects Go to refuse.
flip() { # file, offset
  byte=$(od -An -tu1 -j"$2" -N1 "$1" | tr -d ' ')
  [ -n "$byte" ] || { echo "$1 has no byte $2" >&2; exit 1; }
  printf "$(printf '\\%03o' $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2> /dev/null
}
refused=0
refuses() { # what is flipped, offset, then the command
  file=$1; offset=$2; shift 2
  cp "$file" "$work/sound"
  flip "$file" "$offset"
  if "$@" > /dev/null 2>&1; then echo "Go accepted a flipped bit in $file at byte $offset" >&2; exit 1; fi
  cp "$work/sound" "$file"
  refused=$((refused + 1))
}
one=$(ls receipts/*.tlog-proof | sed -n 7p)
for offset in 10 30 60 100 200 500 650; do refuses "$one" "$offset" "$log_go" receipts receipts "$vkey"; done
for offset in 0 50 150; do refuses "${one%.tlog-proof}.json" "$offset" "$log_go" receipts receipts "$vkey"; done
for offset in 3 22 40 100 150; do refuses log/checkpoint "$offset" "$log_go" log log "$vkey"; done
older=$(ls checkpoints | sort -n | sed -n 20p)
for offset in 22 40; do refuses "checkpoints/$older" "$offset" "$log_go" history checkpoints log "$vkey"; done
# Partial tiles of earlier sizes stay for whoever holds those checkpoints; the tree of the present one does not read them.
size=$(sed -n 2p log/checkpoint)
present() {
  case $1 in *.p/*) ;; *) return 0 ;; esac
  count=$size
  case $1 in tile/[1-9]*) level=${1#tile/}; level=${level%%/*}; while [ "$level" -gt 0 ]; do count=$((count / 256)); level=$((level - 1)); done ;; esac
  [ "${1##*/}" = $((count % 256)) ]
}
for tile in $(cd log && find tile -type f | sort | awk 'NR % 37 == 1'); do
  present "$tile" || continue; refuses "log/$tile" 9 "$log_go" log log "$vkey"; done
"$log_go" log log "$vkey" > /dev/null
echo "ok: Go refused each of $refused flipped bits in receipts, entries, checkpoint and tiles"
