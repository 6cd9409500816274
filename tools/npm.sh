#!/bin/sh
# Runs npm: the machine's own, else the one that comes as a Python wheel, kept apart in .node/.
set -eu
cd "$(dirname "$0")/.."
if command -v npm >/dev/null 2>&1; then
    exec npm "$@"
fi
if [ ! -x .node/bin/npm ]; then
    .venv/bin/python -m venv .node
    .venv/bin/uv pip install --quiet --python .node/bin/python --require-hashes -r requirements/node.txt
fi
PATH="$PWD/.node/bin:$PATH" exec .node/bin/npm "$@"
