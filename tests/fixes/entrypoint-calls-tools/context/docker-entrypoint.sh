#!/bin/sh
set -e
git --version
curl --version
