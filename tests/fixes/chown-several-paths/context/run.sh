#!/bin/sh
set -e
touch new && test "$(stat -c %U:%G data.bin)" = app:app && echo ok
touch /var/lib/app/x
