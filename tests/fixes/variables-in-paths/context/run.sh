#!/bin/sh
set -e
touch new && test "$(stat -c %U:%G data.bin)" = svc:svc && echo ok
