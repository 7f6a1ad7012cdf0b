#!/bin/sh
# SM2 with SM3 on the evidence log, checked with the openssl command (code by others), both ways: the lines we signed
# verify with openssl, what openssl signed verifies with us, and changed or wrongly named ones do with neither. Go's
# sumdb/note, which knows nothing of SM2, goes on accepting the same log. Needs openssl 3, coreutils and, for Go, the
# packages of log-go/run.sh.
#
#   sm2.sh [entries]                    build a log (default 300 entries) with CRYPTO_SUITE=sm and check it
#   sm2.sh note <signed note> <vkey.sm2>   check the SM2 line of one note, such as /log/checkpoint, with openssl alone
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)
ID=1234567812345678
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL

hex() { od -An -v -tx1 | tr -d ' \n'; }
unhex() { tr 'a-f' 'A-F' | basenc --base16 -d; }

# The point of a vkey as PEM: the last 65 bytes after the type and its identifier, behind the fixed header of SM2 keys.
pem_of() { # vkey
  bytes=$(printf %s "$1" | cut -d+ -f3- | base64 -d | hex)
  [ "${bytes%"${bytes#??????????????????????????????????????}"}" = ff"$(printf shuheng/sm2-sm3/v1 | hex)" ] ||
    { echo "this is no SM2 key: $1" >&2; exit 2; }
  der=3059301306072a8648ce3d020106082a811ccf5501822d034200$(printf %s "$bytes" | tail -c 130)
  printf -- '-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n' "$(printf %s "$der" | unhex | base64 -w 64)"
}
# One number as DER: no leading zeros, but one where the top bit would read as a minus sign.
integer() { # 64 hex digits
  digits=$1
  while [ ${#digits} -gt 2 ] && [ "${digits#00}" != "$digits" ]; do digits=${digits#00}; done
  case $digits in [89a-f]*) digits=00$digits ;; esac
  printf '02%02x%s' $((${#digits} / 2)) "$digits"
}
der_of() { # 128 hex digits of r and s
  r=$(integer "$(printf %s "$1" | cut -c1-64)") s=$(integer "$(printf %s "$1" | cut -c65-128)")
  printf '30%02x%s%s' $(((${#r} + ${#s}) / 2)) "$r" "$s" | unhex
}
text_of() { awk '/^$/ { n = NR } { line[NR] = $0 } END { for (i = 1; i < n; i++) print line[i] }' "$1"; }
# 128 hex digits of the line by this key id, or nothing.
signature_of() { # note, key id
  sed -n 's/^— [^ ]* //p' "$1" | while read -r line; do
    bytes=$(printf %s "$line" | base64 -d | hex)
    [ "${bytes%"${bytes#????????}"}" != "$2" ] || printf %s "${bytes#????????}"
  done
}
openssl_verifies() { # text, signature in DER, public key, user id
  openssl pkeyutl -verify -rawin -digest sm3 -pkeyopt "distid:$4" -pubin -inkey "$3" -in "$1" -sigfile "$2" > /dev/null 2>&1
}
# Checks the SM2 line of one signed note.
check_note() { # note, vkey
  text_of "$1" > "$work/text"
  pem_of "$2" > "$work/public.pem"
  signature=$(signature_of "$1" "$(printf %s "$2" | cut -d+ -f2)")
  [ ${#signature} = 128 ] || { echo "$1 has no SM2 line by this key" >&2; exit 1; }
  der_of "$signature" > "$work/signature.der"
  openssl_verifies "$work/text" "$work/signature.der" "$work/public.pem" $ID
}

if [ "${1:-}" = note ]; then
  check_note "$2" "$(cat "$3")" || { echo "openssl: the SM2 signature does not verify" >&2; exit 1; }
  echo "ok: openssl verified the SM2 signature with SM3 under the user id $ID"
  exit 0
fi

cd "$root"
node scripts/build.mjs
SUITE=sm node --import tsx conformance/log-go/build-log.ts "$work/built" "${1:-300}"
vkey=$(cat "$work/built/vkey.sm2")
echo "SM2 key of the log: $vkey"

# 1. Ours, checked by openssl. A receipt carries a checkpoint behind its first empty line.
checked=0 refused=0
for receipt in "$work"/built/log/checkpoint $(ls "$work"/built/receipts/*.tlog-proof | awk 'NR % 15 == 1'); do
  case $receipt in *.tlog-proof) sed '1,/^$/d' "$receipt" > "$work/note" ;; *) cp "$receipt" "$work/note" ;; esac
  check_note "$work/note" "$vkey" || { echo "openssl refused the SM2 line of $receipt" >&2; exit 1; }
  checked=$((checked + 1))
  for id in "" 1234567812345679 ALICE123@YAHOO.COM; do
    if openssl_verifies "$work/text" "$work/signature.der" "$work/public.pem" "$id"; then
      echo "openssl accepted the user id '$id'" >&2; exit 1
    fi
    refused=$((refused + 1))
  done
done
echo "ok: openssl verified the SM2 lines of $checked checkpoints, and refused all $refused with another user id"
changed=0
for at in 1 9 31 63 64 65 97 128; do
  digit=$(printf %s "$signature" | cut -c$at)
  other=$(printf %s "$signature" | sed "s/./$(printf %x $((0x$digit ^ 1)))/$at")
  der_of "$other" > "$work/changed.der"
  ! openssl_verifies "$work/text" "$work/changed.der" "$work/public.pem" $ID || { echo "openssl accepted a changed signature" >&2; exit 1; }
  changed=$((changed + 1))
done
size=$(wc -c < "$work/text")
for at in 0 $((size / 2)) $((size - 2)); do
  byte=$(od -An -tu1 -j$at -N1 "$work/text" | tr -d ' ')
  cp "$work/text" "$work/changed"
  printf "$(printf '\\%03o' $((byte ^ 1)))" | dd of="$work/changed" bs=1 seek=$at conv=notrunc 2> /dev/null
  ! openssl_verifies "$work/changed" "$work/signature.der" "$work/public.pem" $ID || { echo "openssl accepted a changed text" >&2; exit 1; }
  changed=$((changed + 1))
done
echo "ok: openssl refused each of $changed changed signatures and texts"

# 2. Theirs, checked by us: openssl signs the same checkpoint under a key of its own.
name=$(sed -n 1p "$work/text")
receipt=$(ls "$work"/built/receipts/*.tlog-proof | sed -n 1p)
sed '1,/^$/d' "$receipt" > "$work/note"
text_of "$work/note" > "$work/text"
proven=0 rejected=0
for round in 1 2 3 4 5 6; do
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -out "$work/private.pem" 2> /dev/null
  point=$(openssl pkey -in "$work/private.pem" -pubout -outform DER | tail -c 65 | hex)
  key=ff$(printf shuheng/sm2-sm3/v1 | hex)$point
  keyid=$({ printf '%s\n' "$name"; printf %s "$key" | unhex; } | sha256sum | cut -c1-8)
  theirs=$name+$keyid+$(printf %s "$key" | unhex | base64 -w 0)
  sign() { # user id
    openssl pkeyutl -sign -rawin -digest sm3 -pkeyopt "distid:$1" -inkey "$work/private.pem" -in "$work/text" -out "$work/theirs.der"
    raw=$(openssl asn1parse -inform DER -in "$work/theirs.der" | sed -n 's/.*INTEGER *://p' |
      while read -r n; do printf '%64s' "$n" | tr ' A-F' '0a-f'; done)
    { sed '/^$/q' "$receipt"; cat "$work/text"; echo
      printf '— %s %s\n' "$name" "$(printf %s "$keyid$raw" | unhex | base64 -w 0)"; } > "$work/theirs.tlog-proof"
  }
  ours() { bin/shuheng verify --proof "$work/theirs.tlog-proof" --entry "${receipt%.tlog-proof}.json" --key "$1" > /dev/null 2>&1; }
  sign $ID
  ours "$theirs" || { echo "our verifier refused what openssl signed" >&2; exit 1; }
  proven=$((proven + 1))
  ! ours "$vkey" || { echo "our verifier took another key's signature" >&2; exit 1; }
  sign 1234567812345679
  ! ours "$theirs" || { echo "our verifier took another user id" >&2; exit 1; }
  rejected=$((rejected + 2))
done
echo "ok: our verifier proved a receipt signed by openssl $proven times, and refused $rejected with another key or user id"

# 3. Verifiers that know nothing of SM2.
sh "$here/log-go/run.sh" "$work/built/log" "$(cat "$work/built/vkey")" "$work/built/receipts"
echo "ok: Go's sumdb/note and sumdb/tlog accept the log and all its receipts with the SM2 line beside the Ed25519 line"
