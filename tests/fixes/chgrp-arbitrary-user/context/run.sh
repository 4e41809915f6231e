#!/bin/sh
set -e
touch new && test "$(stat -c %g data.bin)" = 0
