#!/usr/bin/env bash
# Calls `plimsoll ci` with the inputs of the action. They come as variables, and none of them is run or taken for a flag.
set -euo pipefail

flags=()
images=()

# A flag with a value, if the input has one.
value() {
  if [ -n "$2" ]; then
    flags+=("$1=$2")
  fi
}

# A flag for each line of an input.
lines() {
  local line
  while IFS= read -r line; do
    value "$1" "$line"
  done <<< "$2"
}

# A flag without a value.
switch() {
  case "$2" in
    true) flags+=("--$1") ;;
    false | "") ;;
    *)
      printf '::error title=Plimsoll::the input "%s" is neither true nor false\n' "$1"
      exit 2
      ;;
  esac
}

while IFS= read -r line; do
  if [ -n "$line" ]; then
    images+=("$line")
  fi
done <<< "${INPUT_IMAGES:-}"

lines --dockerfile "${INPUT_DOCKERFILE:-}"
lines --baseline "${INPUT_BASELINE:-}"
value --targets "${INPUT_TARGETS:-}"
value --before "${INPUT_BEFORE:-}"
value --history "${INPUT_HISTORY:-}"
value --max-size "${INPUT_MAX_SIZE:-}"
value --max-growth "${INPUT_MAX_GROWTH:-}"
value --max-own-growth "${INPUT_MAX_OWN_GROWTH:-}"
value --max-hidden "${INPUT_MAX_HIDDEN:-}"
value --max-layers "${INPUT_MAX_LAYERS:-}"
value --fail-on "${INPUT_FAIL_ON:-}"
value --also "${INPUT_ALSO:-}"
value --comment-above "${INPUT_COMMENT_ABOVE:-}"
value --comment-key "${INPUT_COMMENT_KEY:-}"
value --language "${INPUT_LANGUAGE:-}"
value --output "${INPUT_OUTPUT:-}"
switch strict "${INPUT_STRICT:-}"
switch allow-first "${INPUT_ALLOW_FIRST:-}"
switch record "${INPUT_RECORD:-}"
switch post "${INPUT_COMMENT:-}"

exec "$PLIMSOLL" ci "${flags[@]}" -- ${images[@]+"${images[@]}"}
