#!/bin/sh
set -e
touch new && test "$(stat -c %u:%g:%a data.bin)" = 1000:1000:750
