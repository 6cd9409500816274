#!/bin/sh
# Pins what requirements/*.in ask for, for every system and with hashes, and without any address of an index.
# An entry that is pinned already stays as it is; `tools/lock.sh --upgrade` takes the newest releases.
set -eu
cd "$(dirname "$0")/../requirements"
for name in uv app dev node; do
    extra=""
    [ "$name" = dev ] && extra="--constraints app.txt"
    # shellcheck disable=SC2086 # $extra is none or two words, on purpose
    "${UV:-../.venv/bin/uv}" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-annotate --custom-compile-command "make lock" --output-file "$name.txt" $extra "$@" "$name.in"
done
