#!/bin/sh
# Makes sure that browser tests find a Chromium: the system's, else the package manager's, else Playwright's own.
set -eu
cd "$(dirname "$0")/.."
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done
if [ -d "/Applications/Google Chrome.app" ]; then
    exit 0
fi
as_root=""
if [ "$(id -u)" -ne 0 ]; then
    as_root="sudo -n"
fi
if command -v apt-get >/dev/null 2>&1 && $as_root apt-get update -q && $as_root apt-get install -qy chromium; then
    exit 0
fi
if command -v dnf >/dev/null 2>&1 && $as_root dnf install -qy chromium; then
    exit 0
fi
exec .venv/bin/playwright install chromium
