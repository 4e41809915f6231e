#!/bin/bash
# record.sh OUT SECONDS BATCH... - record the example stack: runs of both sides, which take turns.
#
# A BATCH is a list of runs that begin one after the other and overlap: "before:1:ENGINE after:1:ENGINE …". Each run is a
# stack on an engine with a storage of its own, so that no run reads files from the page cache of another. What an engine
# has cached of its images is dropped before each run: every start is a cold one.
#
# Writes to OUT, for each run, `SIDE-N.plimsoll`, and in `SIDE-N/` the `smaps` of each service and its log with import
# times. A run that exists is kept, so the script can be started again. Needs root, Python 3 and, on each engine, the images
# that the compose files name.
#
#   ENGINES   the folder of the engines: `ENGINE/docker.sock`, `ENGINE/docker.pid`, `ENGINE/data`
#   PLIMSOLL  the program (target/release/plimsoll if unset); engines in a mount namespace of their own must see it there
#   STAGGER   seconds between two starts (45)
set -u
here=$(cd "$(dirname "$0")" && pwd)
PLIMSOLL=${PLIMSOLL:-target/release/plimsoll}
LABEL="10 requests and 1 run of the page each second, over loopback"
out=$1 seconds=$2
shift 2
mkdir -p "$out"

note() { echo "$(date +%T) $*"; }

# inside ENGINE COMMAND...: in the mount namespace of the engine, where its overlays are visible.
inside() {
  local engine=$1
  shift
  DOCKER_HOST=unix://$ENGINES/$engine/docker.sock nsenter -t "$(cat "$ENGINES/$engine/docker.pid")" -m -- "$@"
}

# Only the files of this engine leave the page cache; nothing else on the machine becomes slower.
cool() {
  sync -f "$ENGINES/$1"
  python3 - "$ENGINES/$1/data/overlay2" <<'PYTHON'
import os, stat, sys
for folder, _, files in os.walk(sys.argv[1]):
    for name in files:
        path = os.path.join(folder, name)
        if stat.S_ISREG(os.lstat(path).st_mode):
            file = os.open(path, os.O_RDONLY)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(file)
PYTHON
}

# container ENGINE NAME FORMAT
asked() { inside "$1" docker inspect -f "$3" "$2" 2> /dev/null; }

# The memory of every process of the container, by mapped file.
smaps() { # ENGINE CONTAINER FILE
  local pid
  for pid in $(inside "$1" docker top "$2" -eo pid | tail -n +2); do
    cat "/proc/$pid/smaps"
  done > "$3" 2> /dev/null
}

run() { # SIDE N ENGINE
  local side=$1 n=$2 engine=$3 name=$1-$2 project=agente_$1 folder pid service begin left
  [ -s "$out/$name.plimsoll" ] && { note "$name is there"; return; }
  folder=$out/$name
  rm -rf "$folder" "$ENGINES/$name".*
  mkdir -p "$folder"
  cp "$here/compose.$side.yml" "$ENGINES/compose.$side.$n.yml"
  local compose="docker compose -f $ENGINES/compose.$side.$n.yml"
  inside "$engine" $compose down -v > /dev/null 2>&1
  cool "$engine"
  note "$name begins on $engine"
  begin=$(date +%s)
  inside "$engine" env -C "$ENGINES" "$PLIMSOLL" record --project $project --files --interval 1s --load "$LABEL" \
    --while "e=\$((\$(date +%s) + $seconds)); $compose up -d --no-color && while [ \$(date +%s) -lt \$e ]; do sleep 1; done" \
    -o "$ENGINES/$name.plimsoll" > "$folder/record.log" 2>&1 &
  local recorder=$!
  # The journal is what the recording is made of: a later program may read more of it.
  until ln "$ENGINES/$name.plimsoll.journal" "$ENGINES/$name.journal" 2> /dev/null; do
    kill -0 $recorder 2> /dev/null || { cat "$folder/record.log"; return 1; }
    sleep 0.1
  done
  until pid=$(asked "$engine" $project-postgres-1 '{{.State.Pid}}') && [ "$pid" -gt 0 ]; do sleep 0.2; done
  left=$((begin + seconds - $(date +%s) + 5))
  nsenter -t "$pid" -n python3 "$here/load.py" $left > "$folder/load.log" 2>&1 &
  local load=$!
  sleep $((left - 60))
  for service in backend frontend postgres; do
    smaps "$engine" $project-$service-1 "$folder/$service.smaps"
    inside "$engine" docker logs $project-$service-1 > "$folder/$service.log" 2>&1
  done
  inside "$engine" docker inspect $project-{backend,frontend,postgres}-1 > "$folder/inspect.json"
  wait $recorder && mv "$ENGINES/$name.plimsoll" "$out/"
  mv "$ENGINES/$name.journal" "$folder/"
  wait $load
  inside "$engine" $compose down -v > /dev/null 2>&1
  note "$name: $(tail -1 "$folder/record.log"); $(cat "$folder/load.log")"
}

for batch in "$@"; do
  for one in $batch; do
    IFS=: read -r side n engine <<< "$one"
    run "$side" "$n" "$engine" &
    sleep "${STAGGER:-45}"
  done
  wait
done
note "all runs are done"
