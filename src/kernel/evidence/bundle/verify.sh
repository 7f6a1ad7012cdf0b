#!/bin/sh
# 用 POSIX shell、coreutils 与 openssl 3 核验本司法包，无需联网。
# Verifies this court bundle with a POSIX shell, coreutils and openssl 3; no network.
#
#   sh verify.sh [policy file]
#
# 不给策略文件时采用包内的 policy，请与别处公布的核对。Without a policy file the bundle's own is taken: compare it with
# one published elsewhere. 退出码 Exit codes: 0 核验通过 proven · 1 不属实 not true · 2 无法核验 cannot be verified.
#
# Formats: C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof, tlog-policy; RFC 6962 Merkle tree.
set -u
LC_ALL=C
export LC_ALL

untrue() { printf '\n核验不通过：%s\nNot true: %s\n' "$1" "$2" >&2; exit 1; }
unusable() { printf '\n无法核验：%s\nCannot be verified: %s\n' "$1" "$2" >&2; exit 2; }

for tool in base64 cat comm cut date dirname head mktemp od openssl rm sha256sum sort tail tr wc; do
  command -v "$tool" >/dev/null 2>&1 || unusable "缺少命令 $tool" "the command $tool is missing"
done
case ${1:-} in
  '') policy=policy own=yes ;;
  /*) policy=$1 own=no ;;
  *) policy=$PWD/$1 own=no ;;
esac
cd "$(dirname "$0")" || exit 2
[ -f manifest.json ] || unusable '这里没有 manifest.json' 'there is no manifest.json here'
[ -f "$policy" ] || unusable "没有策略文件 $policy" "there is no policy file $policy"
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 2' HUP INT TERM

# Bytes written as hex become escapes for printf %b: od and base64 only go the other way.
escaped() { # hex → $escapes
  escapes= rest=$1
  while [ -n "$rest" ]; do
    two=${rest%"${rest#??}"} rest=${rest#??}
    byte=$((0x$two))
    escapes="$escapes\\0$((byte / 64))$((byte / 8 % 8))$((byte % 8))"
  done
}
hex_of() { od -An -v -tx1 | tr -d ' \n'; }

# --- 1. The files are the listed ones: every line of manifest.json after the first names one. -------------------------
: >"$tmp/sums"
while IFS= read -r line; do
  case $line in
    '{"path":"'*)
      path=${line#'{"path":"'} path=${path%%'"'*}
      sum=${line##*'"sha256":"'} sum=${sum%%'"'*}
      printf '%s  %s\n' "$sum" "$path" >>"$tmp/sums"
      ;;
  esac
done <manifest.json
[ -s "$tmp/sums" ] || unusable 'manifest.json 没有列出文件' 'manifest.json lists no files'
sha256sum --check --strict --quiet "$tmp/sums" >&2 || untrue '有文件缺失或被改动' 'a file is missing or was changed'
{
  cut -c67- "$tmp/sums"
  printf '%s\n' manifest.json seal.json seal.tlog-proof
} | sort >"$tmp/listed"
for file in * .[!.]* */* */.[!.]* */*/*; do
  if [ -f "$file" ]; then printf '%s\n' "$file"; fi
done | sort >"$tmp/present"
extra=$(comm -13 "$tmp/listed" "$tmp/present" | head -n 1)
[ -z "$extra" ] || untrue "多出了文件 $extra" "the file $extra does not belong to the bundle"
printf '✓ %s 个文件与清单一致。%s files are as listed.\n' "$(wc -l <"$tmp/sums")" "$(wc -l <"$tmp/sums")"

# --- 2. The policy: keys of logs and witnesses, groups, quorum (C2SP tlog-policy). ------------------------------------
ED25519_DER='\060\052\060\005\006\003\053\145\160\003\041\000'
keys=0 quorum=

add_key() { # kind, name in the policy, vkey
  name=${3%%+*} id=${3#*+} id=${id%%+*} key=${3#*+} key=${key#*+}
  printf '%s' "$key" | base64 -d >"$tmp/raw" 2>/dev/null || unusable "公钥无法读取 $3" "the key cannot be read: $3"
  right=$({ printf '%s\n' "$name"; cat "$tmp/raw"; } | sha256sum | cut -c1-8)
  [ "$right" = "$id" ] || unusable "公钥编号不符 $3" "the key does not have the id it claims: $3"
  type=$(head -c 1 "$tmp/raw" | hex_of)
  [ "$1" = log ] && [ "$type" = ff ] && return 0 # SM2 and other kinds: openssl needs more than is worth doing here
  case $1$type in log01 | witness04) ;; *) unusable "不支持的公钥 $3" "a key of an unknown kind: $3" ;; esac
  { printf "$ED25519_DER"; tail -c 32 "$tmp/raw"; } >"$tmp/key.$keys"
  eval "kind_$keys=\$1 name_$keys=\$name id_$keys=\$id as_$keys=\$2"
  keys=$((keys + 1))
}

while read -r keyword first second rest || [ -n "$keyword" ]; do
  case $keyword in
    log) add_key log - "$first" ;;
    witness) add_key witness "$first" "$second" ;;
    quorum) quorum=$first ;;
    group | '' | '#'*) ;;
    *) unusable "策略中不认识“$keyword”" "unknown word “$keyword” in the policy" ;;
  esac
done <"$policy"
[ -n "$quorum" ] || unusable '策略没有 quorum 行' 'the policy has no quorum line'

# Whether the witnesses named in $met (one a line) make the quorum: groups refer to what stands above them only.
quorum_met() {
  [ "$quorum" = none ] && return 0
  set -f # a name may look like a pattern
  while read -r keyword name count members || [ -n "$keyword" ]; do
    [ "$keyword" = group ] || continue
    have=0 of=0
    for member in $members; do
      of=$((of + 1))
      case $met in *"
$member
"*) have=$((have + 1)) ;; esac
    done
    case $count in
      all) count=$of ;;
      any) count=1 ;;
      '' | *[!0-9]*) unusable "策略的组 $name 有误" "the group $name of the policy is wrong" ;;
    esac
    if [ "$have" -ge "$count" ]; then
      met="$met$name
"
    fi
  done <"$policy"
  set +f
  case $met in *"
$quorum
"*) return 0 ;; esac
  return 1
}

# --- 3. Checkpoints: signed by the log, cosigned by enough witnesses. -------------------------------------------------
verified() { # key number, file, signature file
  openssl pkeyutl -verify -pubin -keyform DER -inkey "$tmp/key.$1" -rawin -in "$2" -sigfile "$3" >/dev/null 2>&1
}

witnessed_by=
check_checkpoint() { # file, strict or not: sets $size and $root (hex)
  n=0 split=0
  while IFS= read -r line; do
    n=$((n + 1))
    [ -n "$line" ] || split=$n
  done <"$1"
  [ "$split" -gt 3 ] || unusable '检查点不完整' 'a checkpoint is not whole'
  head -n $((split - 1)) "$1" >"$tmp/text"
  tail -n +$((split + 1)) "$1" >"$tmp/signatures"
  { IFS= read -r origin && IFS= read -r size && IFS= read -r root; } <"$tmp/text"
  case $size in '' | *[!0-9]* | 0?*) unusable '检查点不完整' 'a checkpoint is not whole' ;; esac
  root=$(printf '%s' "$root" | base64 -d 2>/dev/null | hex_of)
  signed=no times=
  met='
'
  while IFS= read -r line; do
    signer=${line#'— '} signature=${signer##* } signer=${signer%% *}
    [ "$2" = no ] || [ "$line" = "— $signer $signature" ] || untrue '封存回执的签名行损坏' 'a signature line of the seal is damaged'
    [ "$2" = no ] || exact "$signature" seal.tlog-proof
    printf '%s' "$signature" | base64 -d >"$tmp/line" 2>/dev/null || untrue '签名行损坏' 'a signature line is damaged'
    id=$(head -c 4 "$tmp/line" | hex_of) i=0 known=no
    while [ "$i" -lt "$keys" ]; do
      eval "key_kind=\$kind_$i key_name=\$name_$i key_id=\$id_$i key_as=\$as_$i"
      if [ "$signer" = "$key_name" ] && [ "$id" = "$key_id" ]; then
        known=yes
        if [ "$key_kind" = log ]; then
          tail -c +5 "$tmp/line" >"$tmp/sig"
          verified "$i" "$tmp/text" "$tmp/sig" || untrue '日志的签名不真实' "the log's signature is forged"
          [ "$key_name" = "$origin" ] && signed=yes
        else
          tail -c +13 "$tmp/line" >"$tmp/sig"
          time=$((0x$(tail -c +5 "$tmp/line" | head -c 8 | hex_of)))
          { printf 'cosignature/v1\ntime %s\n' "$time"; cat "$tmp/text"; } >"$tmp/cosigned"
          verified "$i" "$tmp/cosigned" "$tmp/sig" || untrue "见证方 $key_as 的联署不真实" "the cosignature of $key_as is forged"
          met="$met$key_as
"
          times="$times $key_as $(date -u -d "@$time" +%Y-%m-%dT%H:%M:%SZ);"
        fi
      fi
      i=$((i + 1))
    done
    # Only the seal's receipt stands outside the list of files: there every line must be accounted for.
    [ "$known" = yes ] || [ "$2" != strict ] || untrue '封存回执有来历不明的签名行' 'the receipt of the seal has an unknown signature line'
  done <"$tmp/signatures"
  [ "$signed" = yes ] || untrue "日志 $origin 没有签署检查点" "the checkpoint is not signed by the log $origin"
  quorum_met || untrue '联署的见证方不足' 'too few witnesses cosigned'
  witnessed_by=$times
}

# --- 4. Receipts: an entry's hash leads to the signed root (RFC 6962). ------------------------------------------------
exact() { # base64 has one spelling only; text, file
  [ "$(printf '%s' "$1" | base64 -d 2>/dev/null | base64 -w 0)" = "$1" ] || untrue "$2 损坏" "$2 is damaged"
}

node_hash() { # left, right → $root
  escaped "01$1$2"
  root=$(printf '%b' "$escapes" | sha256sum) root=${root%% *}
}

check_receipt() { # entry file, proof file, strict or not
  [ -f "$1" ] && [ -f "$2" ] || untrue "缺少 $1 或 $2" "$1 or $2 is missing"
  index= n=0 hashes=
  while IFS= read -r line; do
    n=$((n + 1))
    case $n:$line in
      1:c2sp.org/tlog-proof@v1) ;;
      1:*) untrue "$2 不是回执" "$2 is no receipt" ;;
      *:'') break ;;
      *:'index '*) index=${line#'index '} ;;
      *:'extra '*) [ "$3" = no ] || untrue "$2 含未经签署的内容" "$2 holds content that nothing signs" ;;
      *)
        [ "$3" = no ] || exact "$line" "$2"
        hashes="$hashes$line"
        ;;
    esac
  done <"$2"
  case $index in '' | *[!0-9]* | 0?*) untrue "$2 没有序号" "$2 has no index" ;; esac
  tail -n +$((n + 1)) "$2" >"$tmp/checkpoint"
  seen=$(sha256sum "$tmp/checkpoint") seen=$tmp/seen.${seen%% *}
  if [ "$3" = no ] && [ -f "$seen" ]; then
    { read -r size && read -r root; } <"$seen"
  else
    check_checkpoint "$tmp/checkpoint" "$3"
    printf '%s\n%s\n' "$size" "$root" >"$seen"
  fi
  signed_root=$root
  [ "$index" -lt "$size" ] || untrue "$2 的序号超出日志" "the index in $2 lies beyond the log"
  root=$({ printf '\000'; cat "$1"; } | sha256sum) root=${root%% *}
  node=$index last=$((size - 1))
  for sibling in $(printf '%s' "$hashes" | base64 -d 2>/dev/null | od -An -v -tx1 -w32 | tr -d ' '); do
    [ "$last" -gt 0 ] || untrue "$2 的证明过长" "the proof in $2 is too long"
    if [ $((node % 2)) -eq 1 ] || [ "$node" -eq "$last" ]; then
      node_hash "$sibling" "$root"
      while [ "$node" -gt 0 ] && [ $((node % 2)) -eq 0 ]; do node=$((node / 2)) last=$((last / 2)); done
    else
      node_hash "$root" "$sibling"
    fi
    node=$((node / 2)) last=$((last / 2))
  done
  [ "$last" -eq 0 ] && [ "$root" = "$signed_root" ] ||
    untrue "$1 不在日志的该位置" "$1 does not stand at that place in the log"
}

check_receipt seal.json seal.tlog-proof strict
entry=$(cat seal.json)
manifest=$(sha256sum manifest.json | cut -c1-64)
case $entry in '{"act":"evidence.seal-bundle",'*'"manifest":"sha256:'"$manifest"'"'*) ;; *)
  untrue '清单不是日志中封存的那一份' 'the list of files is not the one the log holds' ;;
esac
printf '✓ 清单已封存于日志 %s 的第 %s 条。The list is sealed in the log.\n' "$origin" "$index"

receipts=0
for entry in entries/*.json; do
  [ -f "$entry" ] || continue
  name=${entry#entries/} name=${name%.json}
  check_receipt "$entry" "proofs/$name.tlog-proof" no
  receipts=$((receipts + 1))
  if [ -t 2 ]; then printf '\r  %s' "$receipts" >&2; fi
done
for proof in proofs/*.tlog-proof; do
  [ -f "$proof" ] || continue
  name=${proof#proofs/} name=${name%.tlog-proof}
  [ -f "entries/$name.json" ] || untrue "回执 $name 没有条目" "the receipt $name has no entry"
done
if [ -t 2 ]; then printf '\r' >&2; fi
printf '✓ %s 张回执全部在日志中。All %s receipts are in the log.\n' "$receipts" "$receipts"

# --- 5. Openings: SHA-256 of salt and canonical value is what the entry committed to. ---------------------------------
openings=0
for file in openings/*.json; do
  [ -f "$file" ] || continue
  name=${file#openings/} name=${name%.json}
  entry=$(cat "entries/$name.json" 2>/dev/null) || untrue "开示 $name 没有条目" "the opening $name has no entry"
  sealed=${entry##*'"sealed":{'} sealed=${sealed%%'}'*}
  while IFS= read -r line; do
    case $line in '{"name":"'*'","salt":"'*'","value":'*) ;; *) continue ;; esac
    field=${line#'{"name":"'} field=${field%%'"'*}
    salt=${line#*'","salt":"'} salt=${salt%%'"'*}
    value=${line#*'","value":'} value=${value%,} value=${value%'}'}
    case $salt in *[!0-9a-f]*) untrue "$file 的盐损坏" "a salt in $file is damaged" ;; esac
    escaped "$salt"
    sum=$({ printf '%b' "$escapes"; printf '%s' "$value"; } | sha256sum) sum=${sum%% *}
    case ",$sealed," in *",\"$field\":\"sha256:$sum\","*) openings=$((openings + 1)) ;; *)
      untrue "$file 的“$field”与承诺值不符" "“$field” in $file is not what was sealed" ;;
    esac
  done <"$file"
done
printf '✓ 开示 %s 项与承诺值一致。All %s values shown are what was sealed.\n' "$openings" "$openings"

printf '\n司法包核验通过。The bundle is proven.\n  日志 log: %s\n  见证 witnesses:%s\n  策略 policy: %s  SHA-256 %s\n' \
  "$origin" "${witnessed_by:- 无 none}" "$policy" "$(sha256sum "$policy" | cut -c1-64)"
if [ "$own" = yes ]; then
  printf '  注意：策略出自包内，请与别处公布的核对，或给出自己的策略文件。\n  Careful: the policy comes with the bundle. Compare it, or name your own policy file.\n'
fi
