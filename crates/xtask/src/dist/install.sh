#!/bin/sh
# Installs Plimsoll: downloads one archive, verifies its SHA-256, and copies the program into one directory.
# The checksums are part of this script, so that nothing else has to be trusted.
set -eu

version='@VERSION@'
base='@BASE@'

usage() {
  cat <<'TEXT'
Install Plimsoll, without root rights

Usage: install.sh [--directory DIRECTORY] [--dry-run]

Options:
  --directory DIRECTORY  Where to put the program [default: ~/.local/bin]
  --dry-run              Show what would happen, and change nothing
  -h, --help             Print this help

Variables:
  PLIMSOLL_DOWNLOAD_URL  Directory of a mirror with the files of the release
TEXT
}

fail() {
  printf 'error: %s\n' "$1" >&2
  printf '  hint: %s\n' "$2" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# The archive of a platform, and its SHA-256.
archive_of() {
  case $1 in
@ARCHIVES@
    *) return 1 ;;
  esac
}

# The names that systems give to the same machine.
machine() {
  case $1 in
    amd64 | x64) echo x86_64 ;;
    aarch64 | arm64) if [ "$2" = Darwin ]; then echo arm64; else echo aarch64; fi ;;
    *) echo "$1" ;;
  esac
}

digest_of() {
  if has sha256sum; then sha256sum "$1"; elif has shasum; then shasum -a 256 "$1"; else openssl dgst -r -sha256 "$1"; fi |
    cut -d ' ' -f 1
}

download() {
  case $1 in
    https://*) scheme='=https' ;;
    http://127.0.0.1:* | http://localhost:*) scheme='=http' ;;
    *) fail "\`$1\` is not an HTTPS address" 'give an address that begins with https://' ;;
  esac
  if has curl; then
    curl --fail --silent --show-error --location --proto "$scheme" --proto-redir "$scheme" --output "$2" -- "$1"
  elif has wget; then
    wget -q -O "$2" "$1"
  else
    fail 'neither curl nor wget was found' 'install one of them, or download the archive yourself and unpack it'
  fi
}

main() {
  directory=${HOME:+$HOME/.local/bin}
  dry_run=
  while [ $# -gt 0 ]; do
    case $1 in
      --directory)
        [ $# -ge 2 ] || fail '--directory needs a value' 'install.sh --directory /opt/bin'
        directory=$2
        shift
        ;;
      --dry-run) dry_run=yes ;;
      -h | --help)
        usage
        exit 0
        ;;
      *) fail "unknown option \`$1\`" 'install.sh --help lists the options' ;;
    esac
    shift
  done
  [ -n "$directory" ] || fail 'the home directory is unknown' 'name a directory: install.sh --directory /opt/bin'

  system=$(uname -s)
  platform="$system $(machine "$(uname -m)" "$system")"
  found=$(archive_of "$platform") || fail "there is no program for $platform" \
    'build it: https://rustup.rs, then cargo xtask build in the sources'
  archive=${found% *}
  expected=${found#* }
  url="${PLIMSOLL_DOWNLOAD_URL:-$base}/$archive"

  printf 'Plimsoll %s for %s\n' "$version" "$platform"
  printf '  download  %s\n' "$url"
  printf '  verify    SHA-256 %s\n' "$expected"
  if [ -e "$directory/plimsoll" ]; then
    printf '  replace   %s\n' "$directory/plimsoll"
  else
    printf '  install   %s\n' "$directory/plimsoll"
  fi
  printf 'Nothing else changes.\n'
  [ -z "$dry_run" ] || exit 0

  has sha256sum || has shasum || has openssl ||
    fail 'no program for SHA-256 was found' 'install coreutils, perl or openssl'
  has tar || fail 'tar was not found' 'install tar'
  if ! mkdir -p "$directory" 2>/dev/null || [ ! -w "$directory" ]; then
    fail "\`$directory\` cannot be written" 'choose another: install.sh --directory DIRECTORY'
  fi

  work=$(mktemp -d)
  trap 'rm -rf "$work" "$directory/.plimsoll.$$"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  download "$url" "$work/$archive" ||
    fail "\`$url\` cannot be downloaded" 'check the network and proxy, or set PLIMSOLL_DOWNLOAD_URL to a mirror'
  actual=$(digest_of "$work/$archive")
  [ "$actual" = "$expected" ] ||
    fail "the download has SHA-256 $actual, but $expected is expected: nothing was installed" \
      'run it again; if it fails again, the file was changed: report it'
  tar -xzf "$work/$archive" -C "$work"
  # Copied beside its place and renamed: a running program stays whole.
  cp "$work/${archive%.tar.gz}/plimsoll" "$directory/.plimsoll.$$" ||
    fail "\`$directory\` cannot be written" 'check the free space, or choose another: install.sh --directory DIRECTORY'
  chmod 755 "$directory/.plimsoll.$$"
  shown=$("$directory/.plimsoll.$$" --version) ||
    fail 'the program does not run on this machine: nothing was installed' \
      "the directory may forbid programs (noexec): choose another with --directory"
  mv -f "$directory/.plimsoll.$$" "$directory/plimsoll"
  printf 'Installed %s.\n' "$shown"
  case ":$PATH:" in
    *":$directory:"*) printf 'Next: plimsoll --help\n' ;;
    *) printf 'Next: add %s to PATH, or run %s/plimsoll --help\n' "$directory" "$directory" ;;
  esac
}

# At the end, so that a script that was cut off does nothing.
main "$@"
