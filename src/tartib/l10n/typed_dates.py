"""The one reader of days that people type: any script's digits, any of the languages, the shop's calendar.

Whatever the page, "30.11.26", "۱ آذر", "1 вересня", "2026年11月30日", "Monday" and "+3" mean the same day everywhere.
Nothing is read as another era in silence: a year is one of the shop's calendar (`YEARS`), or one that can belong to no
other calendar, or refused with the years that are meant. Pages show what was read in the shop's own way of writing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

from tartib.l10n import calendars, day_words, digits
from tartib.l10n.fold import fold
from tartib.l10n.names import Order, date_order, language

Lean = Literal["past", "future"]
Reason = Literal["unreadable", "no-such-day", "years", "short-year", "era", "which-month", "weekday"]

# The years a shop can mean, in each calendar; the same stretch of time, as far as the tables of Umm al-Qura reach.
YEARS: Final = {"gregorian": range(1950, 2081), "jalali": range(1329, 1460), "hijri": range(1370, 1501)}

# A year of another calendar is taken for one only so near to today, and so is a year of two digits: Jalali and Hijri
# years are 43 apart, so that no year is near in both.
_NEAR: Final = 20
_LONGEST: Final = 80

# Months and weekdays in Chinese are numbers; from here on each is one character that nobody types.
_MONTH: Final = 0xE000
_WEEKDAY: Final = 0xE010
_CHINESE_WEEKDAY: Final = re.compile("(?:星期|禮拜|週|周)([一二三四五六日天])")
_CHINESE_NUMBER: Final = re.compile("[〇零一二三四五六七八九十廿卅]+(?=[年月日號])")
_CHINESE_DATE: Final = re.compile(r"(?:(\d{2,4})\s*年\s*)?(\d{1,2})\s*月\s*(\d{1,2})\s*[日號]?")
_CHINESE_DIGITS: Final = str.maketrans("〇零一二三四五六七八九", "00123456789")

# Folded, as it leads to a day: "on Tuesday", «у вівторок», «في ١ مايو», «در ۱ دی».
_ON: Final = re.compile(r"^(?:on|у|в|فی|در)\s+")
# Keyboards and papers of some languages have a slash of their own.
_SLASHES: Final = str.maketrans("؍⁄∕", "///")
_STRANGE: Final = re.compile(r"[^\w\s/.,،、٫+()·‐‑‒–—−-]|_")
_PART: Final = re.compile(r"\d+|[^\W\d_]+|[\ue000-\ue020]")
_DISTANCE: Final = re.compile(r"([+‐‑‒–—−-])\s*(\d{1,4})\s*([^\W\d_]*)")


class NotADayError(ValueError):
    """What was typed is no day that could be meant.

    `reason`: "unreadable"; "no-such-day" (31 February); "years", outside `years` of the calendar; "short-year", two
    digits that are no year near today; "era", a year far from today that is near in another calendar; "which-month",
    the name may be any of `months` of `calendar`; "weekday", `day` is another weekday than was typed.
    """

    def __init__(
        self,
        reason: Reason,
        *,
        years: range = range(0),
        months: tuple[int, ...] = (),
        calendar: str = "",
        day: date | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason, self.years, self.months, self.calendar, self.day = reason, years, months, calendar, day


@dataclass(frozen=True, slots=True)
class _Parts:
    """A text taken apart: its numbers, and what its names say.

    `ordinal` is the day of the month in words, `of` the month's calendar; weekday 0 is Monday.
    """

    numbers: tuple[str, ...] = ()
    ordinal: int = 0
    month: int = 0
    of: str = ""
    era: str = ""
    weekday: int | None = None


def read_date(text: str, calendar: str, code: str, today: date, lean: Lean = "future") -> date:
    """The Gregorian date of a day as somebody types it.

    `calendar` is the shop's, `code` the reader's language (with its region: "en-US" writes the month first), `today`
    the shop's. A weekday alone is the next such day, or with `lean` "past" the last; today is both. A day without a
    year is of this year. Two digits of a year are the nearest such year, within twenty. "+3" is in three days.
    Raises NotADayError with the reason for every other text, whatever its length and letters.
    """
    plain = _plain(text)
    day = _near(plain, today, lean)
    if day is None:
        parts = _taken_apart(plain, calendar, code)
        day = _dated(parts, calendar, date_order(code), today)
        if parts.weekday is not None and day.weekday() != parts.weekday:
            raise NotADayError("weekday", day=day)
    if day.year not in YEARS["gregorian"]:
        raise NotADayError("years", years=YEARS[calendar])
    return day


def full(text: str, calendar: str, order: Order = "dmy") -> date:
    """A day of the calendar with four digits of the year, as files have it; Gregorian. Raises NotADayError."""
    parts = _taken_apart(_plain(text), calendar, "en")
    if sum(len(number) == 4 for number in parts.numbers) != 1 or parts.of not in ("", calendar):
        raise NotADayError("unreadable")
    year, month, day = _in_places(parts, order)
    return _gregorian(int(year), month, day, calendar)


def _plain(text: str) -> str:
    """The text folded, with Latin digits, its Chinese months and weekdays as one character each."""
    if len(text) > _LONGEST:
        raise NotADayError("unreadable")
    plain = _ON.sub("", day_words.APOSTROPHES.sub("", fold(digits.latin(text).translate(_SLASHES))).strip())
    if _STRANGE.search(plain):
        raise NotADayError("unreadable")
    if not plain.isascii():
        plain = _CHINESE_WEEKDAY.sub(lambda found: chr(_WEEKDAY + "一二三四五六日天".index(found[1]) % 7), plain)
        plain = _CHINESE_NUMBER.sub(lambda found: _chinese(found[0]), plain.replace("元月", "一月"))
        plain = _CHINESE_DATE.sub(_numbered_month, plain)
    return plain


def _numbered_month(found: re.Match[str]) -> str:
    """A Chinese date with its year last, as dates with a month's name have it."""
    year, month, day = found.groups()
    return f" {day}{chr(_MONTH + int(month))}{year or ''} " if 1 <= int(month) <= 12 else " ? "


def _chinese(number: str) -> str:
    """A number in Chinese characters, up to 99 or a year digit by digit, in Latin digits."""
    number = number.replace("廿", "二十").replace("卅", "三十")
    if "十" not in number:
        return number.translate(_CHINESE_DIGITS)
    tens, _ten, ones = number.translate(_CHINESE_DIGITS).partition("十")
    return f"{tens or 1}{ones or 0}"


def _near(plain: str, today: date, lean: Lean) -> date | None:
    """A day told by its distance from today; None where the text is no such day."""
    distance: int | None
    if signed := _DISTANCE.fullmatch(plain):
        if signed[3] and signed[3] not in day_words.plain_days():
            return None
        return _moved(today, int(signed[2]) if signed[1] == "+" else -int(signed[2]))
    parts = _PART.findall(plain)
    numbers = [part for part in parts if part.isdecimal()]
    words = "".join(part for part in parts if not part.isdecimal())
    if len(numbers) == 1 and len(numbers[0]) <= 4 and (way := day_words.distances().get(words)):
        return _moved(today, way * int(numbers[0]))
    if numbers:
        return None
    if (distance := day_words.near().get(words)) is not None:
        return _moved(today, distance)
    weekday = _weekday(words)
    if weekday is None:
        return None
    ahead = (weekday - today.weekday()) % 7
    return _moved(today, ahead if lean == "future" else -((7 - ahead) % 7))


def _weekday(words: str) -> int | None:
    if _numbered(words) and ord(words) >= _WEEKDAY:
        return ord(words) - _WEEKDAY
    meaning = day_words.lexicon("gregorian").get(words)
    return meaning.numbers[0] if meaning and meaning.kind == "weekday" else None


def _moved(day: date, days: int) -> date:
    return day + timedelta(days)


def _taken_apart(plain: str, calendar: str, code: str) -> _Parts:
    """Numbers and names of a text; every name must be known, and no two of them may say the same thing."""
    found, words, numbers = _Parts(), [], []
    for part in [*_PART.findall(plain), "0"]:
        if not part.isdecimal():
            words.append(part)
            continue
        found = _named(words, found, calendar, code)
        words = []
        numbers.append(part)
    if "?" in plain:
        raise NotADayError("no-such-day")
    return replace(found, numbers=_split(numbers[:-1]))


def _split(numbers: list[str]) -> tuple[str, ...]:
    """20261130 as year, month and day."""
    if len(numbers) == 1 and len(numbers[0]) == 8:
        return numbers[0][:4], numbers[0][4:6], numbers[0][6:]
    return tuple(numbers)


def _named(words: list[str], found: _Parts, calendar: str, code: str) -> _Parts:
    """What was found so far, and what these words between two numbers say."""
    lexicon = day_words.lexicon(calendar)
    start = 0
    while start < len(words):
        # The longest name that begins here: "Jumada II" before "Jumada".
        for end in range(min(len(words), start + 4), start, -1):
            name = words[start] if _numbered(words[start]) else day_words.joined(*words[start:end])
            if name in lexicon or (_numbered(name) and end == start + 1):
                found = _with(found, name, lexicon.get(name), calendar, code)
                break
        else:
            raise NotADayError("unreadable")
        start = end
    return found


def _numbered(name: str) -> bool:
    """Whether it is a Chinese month or weekday, as `_plain` writes them."""
    return len(name) == 1 and _MONTH < ord(name) < _WEEKDAY + 7


def _with(found: _Parts, name: str, meaning: day_words.Meaning | None, calendar: str, code: str) -> _Parts:
    """What was found, with what one more name says."""
    month: int | None = None
    weekday: int | None = None
    if meaning is None:
        number = ord(name)
        if number < _WEEKDAY:
            month = number - _MONTH
        else:
            weekday = number - _WEEKDAY
    elif meaning.kind == "month":
        if len(meaning.numbers) > 1:
            raise NotADayError("which-month", months=meaning.numbers, calendar=meaning.calendar)
        month = meaning.numbers[0]
        found = replace(found, of=meaning.calendar) if not found.month else found
    elif meaning.kind == "weekday":
        weekday = meaning.numbers[0]
    elif meaning.kind == "ordinal":
        if found.ordinal:
            raise NotADayError("unreadable")
        return replace(found, ordinal=meaning.numbers[0])
    elif meaning.kind == "era":
        if found.era:
            raise NotADayError("unreadable")
        return replace(found, era=meaning.calendar or _flight(calendar, code))
    else:
        return found
    if (month is not None and found.month) or (weekday is not None and found.weekday is not None):
        raise NotADayError("unreadable")
    return replace(found, weekday=weekday) if month is None else replace(found, month=month)


def _flight(calendar: str, code: str) -> str:
    """Which calendar "of the flight" (هـ) says: the sun's in Iran's own shops, else the moon's."""
    return "jalali" if calendar == "jalali" and language(code) != "ar" else "hijri"


def _dated(parts: _Parts, calendar: str, order: Order, today: date) -> date:
    """The day that numbers, month and era say."""
    if parts.of and parts.era and parts.of != parts.era:
        raise NotADayError("unreadable")
    sure = parts.of or parts.era
    year, month, day = _in_places(parts, order, swapping=True)
    if not year:
        of = sure or calendar
        return _gregorian(_this_year(of, today), month, day, of)
    if len(year) == 2:
        of = sure or calendar
        return _gregorian(_nearest(int(year), of, today), month, day, of)
    number = int(year)
    of = sure or _calendar_of(number, calendar, today)
    if number not in YEARS[of]:
        raise NotADayError("years", years=YEARS[of])
    return _gregorian(number, month, day, of)


def _calendar_of(year: int, calendar: str, today: date) -> str:
    """The calendar of a year in four digits where nothing else says it; the shop's, unless it can be no year there."""
    near = next((known for known in YEARS if abs(year - _this_year(known, today)) <= _NEAR), "")
    if year not in YEARS[calendar]:
        return "gregorian" if year in YEARS["gregorian"] else near or calendar
    if near not in ("", calendar):
        raise NotADayError("era")
    return calendar


def _in_places(parts: _Parts, order: Order, *, swapping: bool = False) -> tuple[str, int, int]:
    """Year (as typed, "" where there is none), month and day.

    With `swapping`, day and month change places where the order of the language cannot be meant ("11/30/2026").
    """
    numbers, year = list(parts.numbers), ""
    fixed = bool(parts.month)
    if parts.ordinal:
        if not fixed:
            raise NotADayError("unreadable")
        numbers.insert(0, str(parts.ordinal))
    if len(numbers) == (2 if fixed else 3):
        places = [place for place, number in enumerate(numbers) if len(number) == 4]
        if places:
            at = places[0]
        elif fixed:
            at = 0 if int(numbers[0]) > 31 else 1
        else:
            at = 0 if order == "ymd" else 2
        if not fixed and at == 1:
            raise NotADayError("unreadable")
        year = numbers.pop(at)
        if at == 0:
            order, swapping = "ymd", False
        elif order == "ymd":
            order = "dmy"
    if len(numbers) != (1 if fixed else 2) or len(year) not in (0, 2, 4) or any(len(each) > 2 for each in numbers):
        raise NotADayError("unreadable")
    if fixed:
        return year, parts.month, int(numbers[0])
    month, day = int(numbers[0]), int(numbers[1])
    if order == "dmy":
        month, day = day, month
    if swapping and month > 12 and 1 <= day <= 12:
        month, day = day, month
    return year, month, day


def _this_year(calendar: str, today: date) -> int:
    return calendars.convert(today, calendar)[0]


def _nearest(digits_of_year: int, calendar: str, today: date) -> int:
    """The year near this one that ends in the two digits."""
    this = _this_year(calendar, today)
    earlier = this - (this - digits_of_year) % 100
    for year in (earlier, earlier + 100):
        if abs(year - this) <= _NEAR:
            return year
    raise NotADayError("short-year")


def _gregorian(year: int, month: int, day: int, calendar: str) -> date:
    try:
        return calendars.to_gregorian(year, month, day, calendar)
    except (ValueError, OverflowError) as error:
        raise NotADayError("no-such-day") from error
