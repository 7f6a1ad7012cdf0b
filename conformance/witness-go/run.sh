#!/bin/sh
# Witnessing with Go's sumdb/note and sumdb/tlog on the other side (Debian packages, no network, no Go modules):
# a Go witness and ours together cosign our log, and Go verifies the receipts against the policy; our witness cosigns a
# log made by Go, and refuses its lies; then bits are flipped in cosigned receipts and Go refuses each, as we do.
#
#   run.sh [entries]     200 without
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
if [ ! -d /usr/share/gocode/src/golang.org/x/mod/sumdb ] || [ ! -x /usr/bin/go ]; then
  echo "needs the Debian packages golang-go and golang-golang-x-mod-dev" >&2
  exit 2
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$here" && GO111MODULE=off GOFLAGS= GOPATH="$work/gopath:/usr/share/gocode" GOCACHE="$work/cache" /usr/bin/go build -o "$work/witness-go" main.go)
cd "$root"
node --import tsx conformance/witness-go/run.ts "$work" "${1:-200}"
