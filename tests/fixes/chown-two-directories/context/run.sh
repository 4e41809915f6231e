#!/bin/sh
set -e
touch new && test "$(stat -c %U:%G data.bin)" = app:app && echo ok
touch /data/x && test "$(stat -c %U /data/made.bin)" = app
