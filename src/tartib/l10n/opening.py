"""Opening hours as a reader of the language says them: "Mon–Fri 09:00–18:00"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from tartib.l10n import digits
from tartib.l10n.names import language, locale

_BETWEEN_SPANS = {"ar": "، ", "fa": "، ", "zh-hant": "、"}
_BETWEEN_DAYS = {"ar": " – ", "fa": " تا ", "zh-hant": "至"}


def show_week(week: Sequence[Sequence[Sequence[int]]], code: str) -> list[str]:
    """The hours of a week, given for each day from Monday as spans of minutes.

    A line for each group of like days that follow each other, from the first after a day off; closed days are left out.
    """
    tongue = language(code)
    names = locale(tongue).days["stand-alone"]["abbreviated"]
    first = next((day for day in range(7) if week[day] and not week[day - 1]), 0)
    days = [(first + step) % 7 for step in range(7)]
    lines = []
    for spans, group in groupby(days, key=lambda day: [tuple(span) for span in week[day]]):
        alike = list(group)
        if not spans:
            continue
        between = _BETWEEN_DAYS.get(tongue, "–") if len(alike) > 1 else ""
        last = names[alike[-1]] if len(alike) > 1 else ""
        hours = _BETWEEN_SPANS.get(tongue, ", ").join(f"{_clock(opens)}–{_clock(closes)}" for opens, closes in spans)
        lines.append(digits.local(f"{names[alike[0]]}{between}{last} {hours}", tongue))
    return lines


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
