"""Reading letters within bounds: by a process of its own, which is ended when a letter costs too much.

The process gets the letter on its input and says on its output, a JSON object a line, first what the letter's head says
and then what it holds. So a letter that cannot be read in time is still known by its head.
"""

from __future__ import annotations

import base64
import contextlib
import json
import signal
import subprocess
import sys
import traceback
from dataclasses import asdict, dataclass
from typing import Any

from tartib.mailbox.letters import Body, File, Head, TooMuch, body_of, head_of, text_of

SECONDS = 10
"""Of the processor's time: a letter of 40 MB takes two."""
PATIENCE = 60
"""Seconds by the clock, on a machine that does much else."""
MEMORY = 2 * 1024**3
_TEXT = "text"
_FROM_OUTSIDE = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it was read; without a `body` where that costs more than a letter is worth."""

    head: Head
    body: Body | None


class Interrupted(Exception):
    """The process could not be started, or was ended from outside: nothing is known of the letter yet."""


def read_letter(raw: bytes) -> Letter:
    """Read a letter. Never raises for what the letter holds, and takes a bounded time. Raises `Interrupted`."""
    head, body = Head(), None
    for number, line in enumerate(_answered(raw)):
        told: Any = json.loads(line)
        if number == 0:
            head = Head(**told)
        else:
            files = tuple(File(one["name"], base64.b64decode(one["content"]), one["inline"]) for one in told["files"])
            body = Body(**told | {"files": files})
    return Letter(head, body)


def text(raw: bytes) -> str | None:
    """All that a letter says, to be read by staff; None where it cannot be read in time. Raises `Interrupted`."""
    lines = _answered(raw, _TEXT)
    return str(json.loads(lines[0])) if lines else None


def _answered(raw: bytes, *wish: str) -> list[bytes]:
    """What the process said, in whole lines, until it was done or was ended."""
    command = [sys.executable, "-m", "tartib.mailbox.reading", *wish]
    try:
        done = subprocess.run(command, input=raw, stdout=subprocess.PIPE, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired as late:
        said = late.stdout or b""
    else:
        if done.returncode > 0 or -done.returncode in _FROM_OUTSIDE:
            raise Interrupted(done.returncode)
        said = done.stdout
    *whole, _cut = said.split(b"\n")
    return whole


def main() -> None:
    """What the process does."""
    raw = sys.stdin.buffer.read()
    _limit()
    try:
        if sys.argv[1:] == [_TEXT]:
            _say(text_of(raw))
        else:
            _say(asdict(head_of(raw)))
            _say(_packed(body_of(raw)))
    except (TooMuch, RecursionError, MemoryError):
        return
    except Exception:  # a letter that our reading trips over is one that cannot be read, and to be looked into
        traceback.print_exc()


def _packed(body: Body) -> dict[str, Any]:
    told = asdict(body)
    for file in told["files"]:
        file["content"] = base64.b64encode(file["content"]).decode()
    return told


def _say(told: object) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def _limit() -> None:
    """Let the system end this process when it takes more than it should, where the system does that."""
    try:
        import resource
    except ImportError:  # on Windows
        return
    for what, least, most in (
        (resource.RLIMIT_CPU, SECONDS, SECONDS + 1),
        (resource.RLIMIT_AS, MEMORY, MEMORY),
    ):
        # Not every system has every limit.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (least, most))


if __name__ == "__main__":
    main()
