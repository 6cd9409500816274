"""Days and moments as files write them: the one place where imports read a date.

ISO 8601 and what platforms and spreadsheets make of it, names of months in more languages than the product speaks,
years of two digits, and the serial numbers that a spreadsheet shows of a date whose cell lost its format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal

from babel.dates import get_month_names

from tartib.imports.reading.values import clean
from tartib.l10n import dates, digits
from tartib.l10n.fold import fold
from tartib.l10n.numbers import LONGEST, BadValueError

DateOrder = Literal["auto", "dmy", "mdy"]

_TIME: Final = re.compile(
    r"(?:[T\s,،]|^)\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?"
    r"(?:\s*(am|pm|a\.\s?m\.|p\.\s?m\.|AM|PM|ÖÖ|ÖS|ص|م|ق\.ظ|ب\.ظ|дп|пп))?"
    r"(?:\s*(?:Uhr|hrs?\.?|hs\.?|h))?(?:\s*(?:(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})|(Z|[A-Z]{3})))?\s*$"
)
# "10.22" and "10h22" after a day are times.
_POINTED_TIME: Final = re.compile(r"(?<=[\dà][ T])(\d{1,2})[.h](\d{2})(?:\.(\d{2}))?(?=\s*(?:[AaPp][Mm])?$)")
# "(Arabian Standard Time)" behind an offset.
_NAME_OF_ZONE: Final = re.compile(r"\s*\([^()\d]*\)$")
# Names of zones that mean one offset in hours (RFC 5322, 4.3); others are several zones'.
_ZONES: Final = {
    "Z": 0, "UTC": 0, "GMT": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
# Words that lead from a day to its time.
_AT: Final = re.compile(r"[\s,،]+(?:ساعت|الساعة|в|о|об|at|um|a las|à|saat|kl)\s*$", re.IGNORECASE)
_CHINESE_HALF: Final = re.compile(r"(上午|下午)\s*(\d{1,2}):(\d{2})(?::(\d{2}))?\s*$")
_AFTERNOON: Final = frozenset({"pm", "p.m.", "ös", "م", "ب.ظ", "пп", "下午"})
# Days since the end of 1899, as spreadsheets count them; those of 1954 to 2119.
_SERIAL: Final = re.compile(r"[2-7]\d{4}(?:[.,]\d+)?")
_SERIAL_EPOCH: Final = date(1899, 12, 30)
_RUN_TOGETHER: Final = re.compile(r"20\d{12}")
_TWO_DIGITS: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{2})\.?")


def moment(value: object, zone: tzinfo = UTC, calendar: str = "auto", order: DateOrder = "dmy") -> datetime | None:
    """A moment in UTC; None when the value is empty. Text without an offset is in `zone`.

    ISO 8601 and what platforms and spreadsheets make of it; seconds or milliseconds since 1970; a spreadsheet's serial
    number of a day; otherwise a date as `l10n.dates.parse_date` reads it, with or without a time. `order` says which
    of day and month comes first where a date alone could be read both ways. The calendar "auto" takes the years
    1300-1420 for Jalali and 1421-1500 for Hijri, which is right for anything since the year 2000.
    """
    text = clean(value)
    if not text:
        return None
    if len(text) > LONGEST:
        raise BadValueError("bad-date", value)
    text = _POINTED_TIME.sub(_colons, _NAME_OF_ZONE.sub("", text))
    try:
        found = datetime.fromisoformat(text) if text.isascii() and text[:1] in "12" and len(text) > 9 else None
        if found is not None and calendar in ("auto", "gregorian") and found.year > 1500:
            return _aware(found, zone)
    except ValueError:
        pass
    try:
        found = _spelled(digits.latin(text), zone, calendar, order)
    except (ValueError, KeyError, OverflowError) as error:
        raise BadValueError("bad-date", value) from error
    if not 1970 <= found.year <= 2200:
        raise BadValueError("bad-date", value)
    return found


def _colons(found: re.Match[str]) -> str:
    return ":".join(filter(None, found.groups()))


def _aware(found: datetime, zone: tzinfo) -> datetime:
    if not 1970 <= found.year <= 2200:
        raise BadValueError("bad-date", found)
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _spelled(text: str, zone: tzinfo, calendar: str, order: DateOrder) -> datetime:
    if text.isascii() and text.isdigit() and len(text) in (10, 13):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    if _RUN_TOGETHER.fullmatch(text):
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=zone).astimezone(UTC)
    if _SERIAL.fullmatch(text):
        seconds = round(Decimal(text.replace(",", ".")) * 86_400)
        return (datetime.combine(_SERIAL_EPOCH, time(), zone) + timedelta(seconds=seconds)).astimezone(UTC)
    clock = time()
    if half := _CHINESE_HALF.search(text):
        text = text[: half.start()]
        clock = _clock(half[2], half[3], half[4], half[1])
    elif found := _TIME.search(text):
        text = _AT.sub("", text[: found.start()])
        clock = _clock(found[1], found[2], found[3], re.sub(r"\s", "", found[4] or "").lower())
        if found[8]:
            zone = timezone(timedelta(hours=_ZONES[found[8]]))
        elif found[5]:
            shift = timedelta(hours=int(found[6]), minutes=int(found[7]))
            zone = timezone(shift if found[5] == "+" else -shift)
    return datetime.combine(_date(text, calendar, order), clock, zone).astimezone(UTC)


def _clock(hour: str, minute: str, second: str | None, half: str) -> time:
    hours = int(hour)
    if half:
        hours = hours % 12 + (12 if half in _AFTERNOON else 0)
    return time(hours, int(minute), int(second or 0))


@lru_cache(maxsize=4096)
def _date(text: str, calendar: str, order: DateOrder) -> date:
    text = text.strip().strip(",،")
    if found := _TWO_DIGITS.fullmatch(text):
        text = f"{found[1]}.{found[3]}.{2000 + int(found[4])}"
    text = _with_number_of_month(text)
    if calendar == "auto":
        year = next((int(number) for number in re.findall(r"\d{4}", text)), 0)
        calendar = "jalali" if 1300 <= year <= 1420 else "hijri" if 1421 <= year <= 1500 else "gregorian"
    first: Literal["dmy", "mdy"] = "mdy" if order == "mdy" else "dmy"
    try:
        return dates.parse_date(text, calendar, first)
    except ValueError:
        # 13/01 is a day whatever the rest of the file writes first.
        if not _EITHER_ORDER.match(text):
            raise
        return dates.parse_date(text, calendar, "dmy" if first == "mdy" else "mdy")


# Of exports in these languages; those of the product are known to `l10n.dates`.
_LANGUAGES: Final = ("es", "de", "ru", "tr", "fr", "it", "pt", "pl")
_WORD: Final = re.compile(r"[^\W\d_]+")


def _with_number_of_month(text: str) -> str:
    """ "13 de enero de 2026" as "2026-01-13", since its day and month are no question; any other text as it is."""
    numbers = re.findall(r"\d+", text)
    if len(numbers) != 2:
        return text
    day, year = sorted(numbers, key=len)
    for word in reversed(_WORD.findall(fold(text))):
        if month := _months().get(word):
            return f"{int(year) if len(year) == 4 else 2000 + int(numbers[1])}-{month:02}-{int(day):02}"
    return text


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    found: dict[str, int] = {}
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for month, name in get_month_names(width, context, language).items():
                    found.setdefault(fold(name).strip("."), month)
    return found


_EITHER_ORDER: Final = re.compile(r"\D{0,6}(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?(\d{4}|\d{2})(?!\d)")


class OrderEvidence:
    """Whether the dates of a file have the day or the month first, by all of them.

    A number above 12 decides. Where none is, the orders of a file mostly follow each other in time: the reading under
    which they go back and forth less is the right one.
    """

    def __init__(self) -> None:
        self.day_first = 0
        self.month_first = 0
        self._last: tuple[int, int, int] | None = None
        self._turns = {"dmy": [0, 0], "mdy": [0, 0]}  # forwards, backwards

    def add(self, cell: str) -> None:
        """Take one more date into account."""
        found = _EITHER_ORDER.match(cell if cell.isascii() else digits.latin(cell))
        if not found:
            return
        one, two, year = int(found[1]), int(found[2]), int(found[3])
        if one > 12 >= two:
            self.day_first += 1
        elif two > 12 >= one:
            self.month_first += 1
        elif one <= 12:
            self._follow((year, one, two))

    def _follow(self, now: tuple[int, int, int]) -> None:
        if self._last is not None and self._last != now:
            year, one, two = self._last
            for order, before, after in (
                ("mdy", self._last, now),
                ("dmy", (year, two, one), (now[0], now[2], now[1])),
            ):
                self._turns[order][before > after] += before != after
        self._last = now

    @property
    def contradictory(self) -> bool:
        """Whether some dates can only be read one way, and others only the other way."""
        return bool(self.day_first and self.month_first)

    def order(self, otherwise: DateOrder) -> DateOrder:
        """The order that the dates show, else the other one given."""
        if self.day_first or self.month_first:
            return "dmy" if self.day_first >= self.month_first else "mdy"
        back = {order: min(turns) for order, turns in self._turns.items()}
        if back["dmy"] == back["mdy"]:
            return otherwise
        return "dmy" if back["dmy"] < back["mdy"] else "mdy"


def order_of(cells: Iterable[str]) -> DateOrder:
    """The order that these dates show for certain; "auto" where they do not decide, or contradict each other."""
    evidence = OrderEvidence()
    for cell in cells:
        evidence.add(cell)
    return evidence.order("auto") if bool(evidence.day_first) != bool(evidence.month_first) else "auto"
