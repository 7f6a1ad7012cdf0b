#!/bin/sh
# A key program for KEY_PROVIDER=exec:… (docs/evidence.md, Keys): private keys in a folder that only this program's user
# reads, signatures by the openssl command. Set SHUHENG_KEY_FOLDER. Run it as another user (sudo, a socket, ssh) and the
# exchange never sees a private key.
set -eu
umask 077
verb=$1 label=$2 algorithm=$3
folder=${SHUHENG_KEY_FOLDER:?set SHUHENG_KEY_FOLDER}
key=$folder/$label.pem

case $label in '' | *[!a-z0-9-]*) echo "no label: $label" >&2; exit 2 ;; esac
case $algorithm in
  ed25519) make='-algorithm ED25519' sign='' ;;
  sm2) make='-algorithm EC -pkeyopt ec_paramgen_curve:SM2' sign='-digest sm3 -pkeyopt distid:1234567812345678' ;;
  *) echo "no algorithm: $algorithm" >&2; exit 2 ;;
esac
public() { openssl pkey -in "$key" -pubout; }

case $verb in
  public) [ -e "$key" ] || exit 3; public ;;
  create)
    mkdir -p "$folder"
    if [ ! -e "$key" ]; then
      making=$(mktemp "$folder/making.XXXXXX")
      openssl genpkey $make -out "$making"
      # Of two that create the same key, the first stays.
      ln "$making" "$key" 2> /dev/null || true
      rm "$making"
    fi
    public
    ;;
  sign)
    [ -e "$key" ] || exit 3
    message=$(mktemp)
    trap 'rm -f "$message"' EXIT
    cat > "$message"
    openssl pkeyutl -sign -rawin $sign -inkey "$key" -in "$message"
    ;;
  *) echo "no verb: $verb" >&2; exit 2 ;;
esac
