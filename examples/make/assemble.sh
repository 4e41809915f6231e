#!/bin/bash
# assemble.sh OUT IMAGES SIDE - join the runs that record.sh left in OUT with a snapshot of the images.
#
# Writes examples/agente-SIDE.plimsoll and examples/agente-SIDE-memory.plimsoll (the runs without images). Opened files come
# from all runs; memory by mapped file and import times from the first one.
#
#   PLIMSOLL  the program (target/release/plimsoll if unset)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PLIMSOLL=${PLIMSOLL:-target/release/plimsoll}
out=$1 images=$2 side=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
label=$(sed -n 's/^LABEL="\(.*\)"$/\1/p' "$here/record.sh")
runs=()
for journal in "$out/$side"-*/"$side"-*.journal; do
  name=$(basename "$journal" .journal)
  # The label of the script is that of all runs.
  sed "s|\"label\":\"[^\"]*\"|\"label\":\"$label\"|g" "$journal" > "$work/$name.plimsoll.journal"
  "$PLIMSOLL" record --seal "$work/$name.plimsoll.journal" -o "$work/$name.plimsoll"
  runs+=("$work/$name.plimsoll")
done
seen=()
for service in backend frontend postgres; do
  cp "$out/$side-1/$service.smaps" "$work/$service.smaps"
  seen+=("$work/$service.smaps")
  if grep '^import time:' "$out/$side-1/$service.log" > "$work/$service.imports.log"; then
    seen+=("$work/$service.imports.log")
  fi
done
"$PLIMSOLL" snapshot --memory "${runs[@]}" --load "$label" -o "$here/../agente-$side-memory.plimsoll"
"$PLIMSOLL" snapshot "$images" --memory "${runs[@]}" "${seen[@]}" --load "$label" -o "$here/../agente-$side.plimsoll"
