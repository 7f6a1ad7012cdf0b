#!/bin/sh
# A court bundle verified on a machine with nothing but Go, and on one with nothing but a shell, coreutils and openssl;
# then a byte of every file is flipped and every verifier must notice.
#
#   bundle.sh [bundle.zip]     of an exchange; without one a bundle over a log in memory is made
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
node scripts/build.mjs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ $# -ge 1 ]; then
  cp "$1" "$work/bundle.zip"
  mkdir "$work/bundle"
  (cd "$work/bundle" && python3 -m zipfile -e ../bundle.zip .)
  cp "$work/bundle/policy" "$work/policy"
else
  node --import tsx conformance/bundle/make.ts "$work" "${RECEIPTS:-12}"
fi

# --- Nothing but Go: the standard library alone, no module, no network, an empty environment. ------------------------
go=$(command -v go)
env -i HOME="$work" PATH=/nowhere GOPROXY=off GOFLAGS=-mod=mod GOCACHE="$work/go-cache" GOTOOLCHAIN=local \
  "$go" build -o "$work/verify-go" "$work/bundle/verify.go"
by_go() { env -i "$work/verify-go" "$@"; }
by_go -policy "$work/policy" "$work/bundle.zip"
by_go "$work/bundle" > /dev/null
echo "ok: Go ($("$go" version | cut -d' ' -f3)) proves the archive and the unpacked folder"

# --- Nothing but a shell, coreutils and openssl: their names are all that PATH holds. ----------------------------------
mkdir "$work/bin"
for tool in openssl base64 cat comm cut date dirname head mktemp od rm sha256sum sort tail tr wc; do
  ln -s "$(command -v "$tool")" "$work/bin/$tool"
done
shells=$(for shell in dash bash busybox; do command -v "$shell" || true; done)
by_shell() { # shell, arguments of verify.sh
  shell=$1
  shift
  case $shell in *busybox) set -- sh "$work/bundle/verify.sh" "$@" ;; *) set -- "$work/bundle/verify.sh" "$@" ;; esac
  env -i PATH="$work/bin" "$shell" "$@"
}
for shell in $shells; do
  by_shell "$shell" "$work/policy" > "$work/said" || { cat "$work/said"; exit 1; }
  by_shell "$shell" > /dev/null
done
cat "$work/said"
echo "ok: openssl ($(openssl version | cut -d' ' -f2)) and coreutils prove it under $(echo $shells)"

# --- Our own verifier, as a process. -------------------------------------------------------------------------------------
bin/shuheng verify "$work/bundle.zip" --policy "$work/policy" > /dev/null
echo "ok: bin/shuheng verify proves it"

# --- A policy that asks for more than is there, and one that trusts another log. ------------------------------------------
sed "s|^quorum .*|group impossible all nobody\nquorum impossible|; s|^log .*|&\nwitness nobody $(cat conformance/bundle/stranger.vkey)|" "$work/policy" > "$work/strict"
sed "s|^log .*|log $(cat conformance/bundle/other-log.vkey)|" "$work/policy" > "$work/foreign"
refused() { # words, command…
  what=$1
  shift
  if "$@" > /dev/null 2>&1; then echo "$what was accepted" >&2; exit 1; fi
}
for policy in strict foreign; do
  refused "$policy policy by Go" by_go -policy "$work/$policy" "$work/bundle.zip"
  for shell in $shells; do refused "$policy policy by $shell" by_shell "$shell" "$work/$policy"; done
  refused "$policy policy by shuheng" bin/shuheng verify "$work/bundle.zip" --policy "$work/$policy"
done
echo "ok: too few witnesses and another log are refused by all"

# --- A byte flipped in each file, and in the archive itself. -------------------------------------------------------------
flip() { # file, offset, bit
  byte=$(od -An -tu1 -j"$2" -N1 "$1" | tr -d ' ')
  printf "$(printf '\\%03o' $((byte ^ (1 << $3))))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2> /dev/null
}
shell=$(command -v dash)
caught=0 part=0
for file in $(cd "$work/bundle" && find . -type f | sort); do
  path="$work/bundle/$file"
  size=$(wc -c < "$path")
  case $file in ./seal.*) places=${SEAL_FLIPS:-40} ;; *) places=1 ;; esac
  cp "$path" "$work/sound"
  for place in $(seq "$places"); do
    part=$((part + 1))
    offset=$(((size - 1) * place / (places + 1)))
    flip "$path" "$offset" $((part % 8))
    refused "a flipped bit in $file at byte $offset by Go" by_go "$work/bundle"
    # A verifier cannot vouch for itself: whoever fears for it takes another copy.
    [ "$file" = ./verify.sh ] || refused "a flipped bit in $file at byte $offset by the shell" by_shell "$shell"
    cp "$work/sound" "$path"
    caught=$((caught + 1))
  done
done
by_go "$work/bundle" > /dev/null
echo "ok: $caught flipped bits in the files caught by Go and by the shell"

size=$(wc -c < "$work/bundle.zip")
caught=0
for part in $(seq "${ARCHIVE_FLIPS:-200}"); do
  offset=$((size * part / (${ARCHIVE_FLIPS:-200} + 1)))
  cp "$work/bundle.zip" "$work/flipped.zip"
  flip "$work/flipped.zip" "$offset" $((part % 8))
  refused "a flipped bit of the archive at byte $offset by Go" by_go "$work/flipped.zip"
  caught=$((caught + 1))
done
node --import tsx conformance/bundle/flip.ts "$work/bundle.zip" "${ARCHIVE_FLIPS:-200}"
echo "ok: $caught flipped bits in the archive caught by Go"
