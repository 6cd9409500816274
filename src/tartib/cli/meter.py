"""A progress line on the terminal: bar, count, rate and time left; in a log, a line now and then."""

from __future__ import annotations

import sys
from time import monotonic
from typing import TextIO

_WIDTH = 30
_SECONDS_ON_TERMINAL = 0.1
_SECONDS_IN_LOG = 10.0


class Meter:
    """Shows how far something is; `total` is in any unit (bytes of a file), the count is of what is counted."""

    def __init__(self, total: int, unit: str = "orders", out: TextIO | None = None) -> None:
        self._total = total
        self._unit = unit
        self._out = out or sys.stderr
        self._live = self._out.isatty()
        self._began = self._shown = monotonic()
        self._first: tuple[int, int] | None = None
        self._text = ""

    def show(self, count: int, done: int) -> None:
        """Say that `count` are done, which is `done` of the total; too often is no harm."""
        now = monotonic()
        if self._first is None:
            # What an earlier run did says nothing of this one's speed.
            self._first = (count, done)
        self._text = self._line(count, done, now)
        if now - self._shown >= (_SECONDS_ON_TERMINAL if self._live else _SECONDS_IN_LOG):
            self._shown = now
            self._out.write(f"\r\x1b[K{self._text}" if self._live else f"{self._text}\n")
            self._out.flush()

    def end(self) -> None:
        """Show the last state for good."""
        if self._text:
            self._out.write(f"\r\x1b[K{self._text}\n" if self._live else f"{self._text}\n")
            self._out.flush()

    def _line(self, count: int, done: int, now: float) -> str:
        assert self._first is not None
        share = min(1.0, done / self._total) if self._total else 1.0
        bar = "█" * round(share * _WIDTH) + "░" * (_WIDTH - round(share * _WIDTH))
        spent = now - self._began
        rate = (count - self._first[0]) / spent if spent > 0 else 0
        gained = done - self._first[1]
        left = f", {_clock(spent * (self._total - done) / gained)} left" if gained > 0 and share < 1 else ""
        return f"{bar} {share:4.0%}  {count:,} {self._unit}, {rate:,.0f}/s{left}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
