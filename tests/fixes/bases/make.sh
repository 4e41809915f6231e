#!/bin/sh
# Builds the base images of the cases: make.sh DIRECTORY
#
# Debian comes from the mirror of this machine, Python and Node from its own installations. An image that exists stays.
set -eu
directory=$1
here=$(cd "$(dirname "$0")" && pwd)
export DEBIAN_FRONTEND=noninteractive DOCKER_BUILDKIT=1

has() { docker image inspect "$1" > /dev/null 2>&1; }
build() { docker build --quiet --network host "$@" > /dev/null; }
needs() { command -v "$1" > /dev/null || { echo "\`$1\` is missing: $2" >&2; exit 1; }; }

mkdir -p "$directory/debian" "$directory/python/usr/local" "$directory/node/usr/local"
cd "$directory"

if ! has debian:bookworm-slim; then
  needs mmdebstrap 'apt-get install mmdebstrap'
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Codename: bookworm' | sort -u | head -n 1)
  [ -s debian/rootfs.tar ] || mmdebstrap --quiet --variant=minbase --include=ca-certificates \
    bookworm debian/rootfs.tar ${mirror:+"$mirror"}
  cp /etc/ssl/certs/ca-certificates.crt debian/
  build --tag debian:bookworm-slim --tag debian:bookworm --file "$here/debian.Dockerfile" debian
fi

if ! has python:3.11-slim; then
  needs python3.11 'install Python 3.11'
  prefix=$(python3.11 -c 'import sys; print(sys.base_prefix)')
  if [ ! -e python/usr/local/bin/python ]; then
    mkdir -p python/usr/local/bin python/usr/local/lib python/usr/local/include
    cp -a "$prefix/bin/python3.11" python/usr/local/bin/
    ln -s python3.11 python/usr/local/bin/python3
    cp -a "$prefix/include/python3.11" python/usr/local/include/
    cp -a "$prefix/lib/python3.11" python/usr/local/lib/
    cp -a "$prefix"/lib/libpython3.11* python/usr/local/lib/ 2> /dev/null || true
    rm -rf python/usr/local/lib/python3.11/test python/usr/local/lib/python3.11/site-packages/*
    find python -name __pycache__ -prune -exec rm -rf {} +
    ln -s python3 python/usr/local/bin/python
  fi
  build --tag python:3.11-slim --tag python:3.11-slim-bookworm --file "$here/python.Dockerfile" python
fi

if ! has node:20-slim; then
  needs node 'install Node 20'
  if [ ! -e node/usr/local/bin/npx ]; then
    mkdir -p node/usr/local/bin node/usr/local/lib/node_modules
    cp -aL "$(command -v node)" node/usr/local/bin/node
    cp -a "$(npm root --global)/npm" node/usr/local/lib/node_modules/
    ln -s ../lib/node_modules/npm/bin/npm-cli.js node/usr/local/bin/npm
    ln -s ../lib/node_modules/npm/bin/npx-cli.js node/usr/local/bin/npx
  fi
  build --tag node:20-slim --file "$here/node.Dockerfile" node
fi
