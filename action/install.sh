#!/usr/bin/env bash
# Finds the program: the one that is named, or a download whose SHA-256 this action carries.
set -euo pipefail

fail() {
  printf '::error title=Plimsoll::%s\n' "$1"
  exit 2
}

found() {
  printf 'program=%s\n' "$1" >> "$GITHUB_OUTPUT"
}

if [ -n "${INPUT_PROGRAM:-}" ]; then
  program=$(realpath -- "$INPUT_PROGRAM") || fail "the input \`program\` names a file that does not exist"
  [ -x "$program" ] || fail "the input \`program\` names a file that cannot be run"
  found "$program"
  exit 0
fi

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) target=x86_64-unknown-linux-musl ;;
  Linux-aarch64 | Linux-arm64) target=aarch64-unknown-linux-musl ;;
  *) fail "there is no program for this runner: use Linux on x86-64 or ARM64, or the input \`program\`" ;;
esac

line=$(grep -E "^[0-9a-f]{64} +$target +https://" "$ACTION_PATH/action/checksums.txt" || true)
[ -n "$line" ] || fail "this commit of the action is not a release: pin one by its commit, or use the input \`program\`"
read -r sum _ address <<< "$line"

directory=$(mktemp -d "${RUNNER_TEMP:-/tmp}/plimsoll.XXXXXX")
curl --proto '=https' --proto-redir '=https' --fail --silent --show-error --location --retry 3 \
  --output "$directory/archive.tar.gz" -- "$address" || fail "the program cannot be downloaded"
printf '%s  %s\n' "$sum" "$directory/archive.tar.gz" | sha256sum --check --status \
  || fail "the program that was downloaded is not the one of this release"
tar --extract --gzip --no-same-owner --directory "$directory" --file "$directory/archive.tar.gz"
program=$(find "$directory" -type f -name plimsoll -perm -u+x | head -n 1)
[ -n "$program" ] || fail "the archive has no program"
found "$program"
