#!/bin/sh
set -e
touch new && test "$(stat -c %U:%G data.bin)" = web:web && echo ok
