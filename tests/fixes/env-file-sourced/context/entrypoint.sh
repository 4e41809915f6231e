#!/bin/sh
set -e
. ./.env
test "$GREETING" = hello
