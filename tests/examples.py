"""How many made-up examples a property is tried with: few in each run, many times as many where it is proved."""

from __future__ import annotations

import os

TIMES = int(os.environ.get("FUZZ_TIMES", "1"))
"""`make prove` sets it."""


def few(number: int) -> int:
    """So many examples, or as many times more as are asked for."""
    return number * TIMES
