# lib.sh - what both scripts share: sourced, not run.
set -uo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
PLIMSOLL=${PLIMSOLL:-${CARGO_TARGET_DIR:-$ROOT/target}/release/plimsoll}
WORK=$(mktemp -d)
TABLE=$WORK/table
STARTED=()

# Logins and sockets of whoever runs this have no part in it.
export HOME=$WORK/home DOCKER_CONFIG=$WORK/home/.docker
unset REGISTRY_AUTH_FILE XDG_RUNTIME_DIR XDG_CONFIG_HOME DOCKER_HOST DOCKER_CONTEXT CONTAINER_HOST
mkdir -p "$DOCKER_CONFIG"

clean_up() {
  for pid in "${STARTED[@]}"; do kill "$pid" 2> /dev/null && wait "$pid" 2> /dev/null; done
  rm -rf "$WORK"
}
trap clean_up EXIT

# need TOOL...: passes the test where a tool is missing.
need() {
  for tool in "$@"; do
    command -v "$tool" > /dev/null || { echo "skipped: there is no $tool here"; exit 0; }
  done
  [ -x "$PLIMSOLL" ] || { echo "there is no $PLIMSOLL: build it first" >&2; exit 1; }
}

# inspect SOURCE...: what has to be the same wherever an image is read from.
inspect() {
  "$PLIMSOLL" inspect --format json "$@" 2> "$WORK/stderr" | jq -S '
    .images[] |= (del(.source, .reference, .service, .compressed_bytes)
      | .layers[] |= del(.digest, .blob_bytes, .compressed_bytes, .compression))'
}

# row WHAT RESULT MILLISECONDS
row() {
  printf '%s\t%s\t%s\n' "$1" "$2" "${3:-}" >> "$TABLE"
}

# compare WHAT EXPECTED_JSON_FILE SOURCE...: reads the source and adds a row.
compare() {
  local what=$1 expected=$2 start
  shift 2
  start=$(date +%s%N)
  if inspect "$@" > "$WORK/found.json" && cmp -s "$expected" "$WORK/found.json"; then
    row "$what" "same, $(jq -r '.images[0] | "\(.size_bytes) bytes, \(.hidden_bytes) hidden"' "$expected")" \
      "$((($(date +%s%N) - start) / 1000000)) ms"
  else
    row "$what" "DIFFERENT $(tail -1 "$WORK/stderr")"
    diff "$expected" "$WORK/found.json" | head -20 >&2
  fi
}

# refuse WHAT WORDS SOURCE...: the source must not be read; the error has the words in it, and nothing else comes out.
refuse() {
  local what=$1 words=$2 code
  shift 2
  "$PLIMSOLL" snapshot -o "$WORK/none.json" "$@" > "$WORK/stdout" 2> "$WORK/stderr"
  code=$?
  if [ $code = 2 ] && [ ! -s "$WORK/stdout" ] && [ ! -e "$WORK/none.json" ] && grep -q "$words" "$WORK/stderr"; then
    row "$what" "fails as it should: $(head -1 "$WORK/stderr" | cut -c-110)"
  else
    row "$what" "WRONG, exit $code: $(head -1 "$WORK/stderr")"
  fi
}

# wait_for COMMAND...: until it succeeds.
wait_for() {
  for _ in $(seq 100); do "$@" > /dev/null 2>&1 && return; sleep 0.1; done
  echo "nothing answers: $*" >&2
  exit 1
}

# plain FILE: the file, or an uncompressed copy of it. Not every skopeo and podman reads compressed archives.
plain() {
  gzip -t "$1" 2> /dev/null || { echo "$1"; return; }
  zcat "$1" > "$WORK/plain.tar"
  echo "$WORK/plain.tar"
}

# each_image ARCHIVE: prints, for each image of an archive, what skopeo calls it, and the last part of its name.
each_image() {
  local archive=$1 file transport=docker-archive reference references
  file=${archive#oci-archive:}
  [ "$file" = "$archive" ] || transport=oci-archive
  references=$("$PLIMSOLL" inspect --format json "$archive" | jq -r '.images[] | .reference // ""')
  file=$(plain "$file")
  while read -r reference; do
    local name=${reference##*/}
    # In a layout of one image, tools disagree on what its name is.
    [ "$transport:$references" != "oci-archive:$reference" ] || reference=
    echo "$transport:$file${reference:+:$reference} ${name%%:*}"
  done <<< "$references"
}

finish() {
  column -t -s "$(printf '\t')" "$TABLE"
  grep -qE 'DIFFERENT|WRONG' "$TABLE" && exit 1
  exit 0
}
