#!/bin/sh
# Prints a Python of version 3.11 or newer, or says what to install. $PYTHON, when set, is tried first.
for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        printf '%s\n' "$candidate"
        exit 0
    fi
done
echo "Tartib needs Python 3.11 or newer, and none was found." >&2
echo "Install one (for example: apt install python3 python3-venv, or brew install python), or set PYTHON=/path/to/python." >&2
exit 1
