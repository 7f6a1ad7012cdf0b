#!/bin/sh
# A key program for KEY_PROVIDER=exec:… (docs/evidence.md, Keys): Ed25519 keys in a PKCS#11 token, where they are made,
# stay and sign; none can be read out. Needs pkcs11-tool (Debian: opensc) and the token's module; to try it without
# hardware, softhsm2. PKCS#11 has no common mechanism for SM2: a cryptographic device of a Chinese vendor comes with its
# own program. pkcs11-tool signs at most 1,024 bytes this way; checkpoints and certificate notes are shorter.
#   SHUHENG_KEY_MODULE=/usr/lib/softhsm/libsofthsm2.so  SHUHENG_KEY_TOKEN=<label>  SHUHENG_KEY_PIN=<pin>
set -eu
umask 077
verb=$1 label=$2 algorithm=$3
[ -z "${SHUHENG_KEY_SOFTHSM2_CONF:-}" ] || export SOFTHSM2_CONF="$SHUHENG_KEY_SOFTHSM2_CONF"
: "${SHUHENG_KEY_MODULE:?}" "${SHUHENG_KEY_TOKEN:?}" "${SHUHENG_KEY_PIN:?}"

case $label in '' | *[!a-z0-9-]*) echo "no label: $label" >&2; exit 2 ;; esac
[ "$algorithm" = ed25519 ] || { echo "this token makes Ed25519 keys only, not $algorithm" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
token() { pkcs11-tool --module "$SHUHENG_KEY_MODULE" --token-label "$SHUHENG_KEY_TOKEN" "$@"; }
# The number of objects with exactly this label; without it the token would take the first key it has.
known() { token --list-objects --type pubkey 2> /dev/null | grep -c "^  label: *$label\$" || true; }
public() { token --read-object --type pubkey --label "$label" --output-file "$work/key" > /dev/null 2>&1 && cat "$work/key"; }

case $verb in
  public) [ "$(known)" -gt 0 ] || exit 3; public ;;
  create)
    [ "$(known)" -gt 0 ] ||
      token --login --pin env:SHUHENG_KEY_PIN --keypairgen --key-type EC:edwards25519 --label "$label" > /dev/null
    public
    ;;
  sign)
    [ "$(known)" -gt 0 ] || exit 3
    cat > "$work/message"
    token --login --pin env:SHUHENG_KEY_PIN --sign --mechanism EDDSA --label "$label" \
      --input-file "$work/message" --output-file "$work/signature" > /dev/null 2> "$work/trouble" || { cat "$work/trouble" >&2; exit 1; }
    cat "$work/signature"
    ;;
  *) echo "no verb: $verb" >&2; exit 2 ;;
esac
