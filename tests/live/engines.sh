#!/bin/bash
# engines.sh ARCHIVE... - images of real engines against archives of them.
. "$(dirname "$0")/lib.sh"
need jq curl

LARGEST=${LARGEST:-300000000}

# Docker: each image against what `docker save` gives, that is, the same request by curl.
for socket in ${DOCKER_SOCKETS:-/var/run/docker.sock}; do
  [ -S "$socket" ] || { echo "there is no Docker engine at $socket"; continue; }
  export DOCKER_HOST=unix://$socket
  version=$(curl -s --unix-socket "$socket" http://docker/version | jq -r .Version)
  version="$version $(curl -s --unix-socket "$socket" http://docker/info | jq -r .Driver)"
  while read -r tag; do
    curl -s --unix-socket "$socket" "http://docker/images/$tag/get" > "$WORK/save.tar"
    inspect "$WORK/save.tar" > "$WORK/expected.json"
    compare "docker $version: docker-daemon:$tag" "$WORK/expected.json" "docker-daemon:$tag"
    compare "docker $version: $tag" "$WORK/expected.json" "$tag"
    grep -q 'found in the Docker engine' "$WORK/stderr" || row "  note of $tag" "WRONG"
  done < <(curl -s --unix-socket "$socket" http://docker/images/json |
    jq -r --argjson largest "$LARGEST" '.[] | select(.Size < $largest) | .RepoTags // [] | .[] | select(. != "<none>:<none>")')
  rm -f "$WORK/save.tar"
  refuse "docker $version: no such image" "no image .test/none." docker-daemon:test/none
  unset DOCKER_HOST
done
DOCKER_HOST=unix://$WORK/none.sock refuse "no engine" "cannot reach the Docker engine" docker-daemon:test/none

# Podman: the archives are loaded into a storage that is thrown away.
if command -v podman > /dev/null; then
  podman_here() { podman --root "$WORK/storage" --runroot "$WORK/run" --storage-driver vfs "$@"; }
  podman_here system service --time=0 "unix://$WORK/podman.sock" > "$WORK/podman.log" 2>&1 &
  STARTED+=($!)
  export CONTAINER_HOST=unix://$WORK/podman.sock
  wait_for curl -s --unix-socket "$WORK/podman.sock" http://podman/_ping
  version=$(curl -s --unix-socket "$WORK/podman.sock" http://podman/version | jq -r .Version)
  for archive in "$@"; do
    case $archive in oci-archive:*) continue ;; esac
    (unset CONTAINER_HOST; podman_here load --quiet --input "$(plain "$archive")" > /dev/null) || continue
    while read -r source name; do
      inspect "$source" > "$WORK/expected.json"
      reference=${source#docker-archive:*:}
      compare "podman $version: podman:$reference" "$WORK/expected.json" "podman:$reference"
      compare "podman $version: containers-storage:$reference" "$WORK/expected.json" "containers-storage:$reference"
    done < <(each_image "$archive")
  done
  refuse "podman $version: no such image" "no image .test/none." podman:test/none
else
  echo "there is no podman here"
fi
finish
