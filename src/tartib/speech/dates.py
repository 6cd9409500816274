"""Dates, times, ranges and durations as a reader of the language and calendar says them.

A `moment` is an aware datetime, shown in `zone` (an IANA name or a tzinfo), or a plain date, shown as it is.
A day that a calendar does not reach (Hijri before 1924 or after 2077) is shown in the Gregorian calendar.
"""

import re
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

from babel.dates import format_timedelta, get_day_names
from babel.units import format_unit

from tartib.speech import calendars, digits
from tartib.speech.fold import fold
from tartib.speech.names import language, locale

Form = Literal["short", "medium", "long", "numeric"]

_RELATIVE: Final = {
    "en": ("yesterday", "today", "tomorrow"),
    "ar": ("أمس", "اليوم", "غدًا"),
    "fa": ("دیروز", "امروز", "فردا"),
    "uk": ("учора", "сьогодні", "завтра"),
    "zh-hant": ("昨日", "今日", "明日"),
}

_LESS_THAN_A_MINUTE: Final = {
    "en": "< 1 m",
    "ar": "أقل من دقيقة",
    "fa": "کمتر از ۱ دقیقه",
    "uk": "< 1 хв",
    "zh-hant": "不足 1 分鐘",
}

_BETWEEN_DATE_AND_TIME: Final = {"en": ", ", "ar": "، ", "fa": "، ", "uk": ", ", "zh-hant": " "}
_HIJRI_YEAR: Final = {"en": "{} AH", "ar": "{} هـ", "fa": "{} ق.", "uk": "{} р. гіджри"}
_CHINESE_ERA: Final = {"gregorian": "", "jalali": "伊朗曆", "hijri": "伊斯蘭曆"}


def show_date(moment: date | datetime, code: str, calendar: str, zone: str | tzinfo, form: Form = "medium") -> str:
    """The day: short "12 Nov", medium "12 Nov 2025", long "Wednesday, 12 November 2025", numeric "2025-11-12"."""
    return _shown(_day(moment, zone), language(code), calendar, form)


@lru_cache(maxsize=4096)
def _shown(day: date, tongue: str, calendar: str, form: Form) -> str:
    calendar = calendar if calendars.reaches(day, calendar) else "gregorian"
    year, month, number = calendars.convert(day, calendar)
    if form == "numeric":
        return digits.local(_numeric(year, month, number, tongue), tongue)
    text = _words(year, month, number, tongue, calendar, with_year=form != "short", full=form == "long")
    if form == "long":
        weekday = get_day_names("wide", "format", locale(tongue))[day.weekday()]
        text = _with_weekday(text, weekday, tongue)
    return digits.local(text, tongue)


def show_time(moment: datetime, code: str, zone: str | tzinfo) -> str:
    """The time of day, 24 hours: "14:20", "۱۴:۲۰"."""
    return digits.local(moment.astimezone(_zone(zone)).strftime("%H:%M"), code)


def show_datetime(moment: datetime, code: str, calendar: str, zone: str | tzinfo, form: Form = "medium") -> str:
    """The day in the given form, and the time: "12 Nov 2025, 14:20"."""
    day = show_date(moment, code, calendar, zone, form)
    return f"{day}{_BETWEEN_DATE_AND_TIME[language(code)]}{show_time(moment, code, zone)}"


def show_range(
    start: date | datetime,
    end: date | datetime,
    code: str,
    calendar: str,
    zone: str | tzinfo,
    form: Literal["short", "medium"] = "short",
) -> str:
    """From one day to another, saying once what both share: "12–14 Nov", "30 Nov – 2 Dec", "۱۲ تا ۱۴ آبان".

    The medium form has the year; the short one only when the years differ.
    """
    first, last = sorted((_day(start, zone), _day(end, zone)))
    if first == last:
        return show_date(first, code, calendar, zone, form)
    tongue = language(code)
    if not (calendars.reaches(first, calendar) and calendars.reaches(last, calendar)):
        calendar = "gregorian"
    year, month, number = calendars.convert(first, calendar)
    last_year, last_month, last_number = calendars.convert(last, calendar)
    several_years = year != last_year
    with_year = several_years or form == "medium"
    if tongue == "zh-hant":
        head = _words(year, month, number, tongue, calendar, with_year=with_year)
        tail = f"{last_number}日" if (year, month) == (last_year, last_month) else f"{last_month}月{last_number}日"
        return f"{head}至{last_year}年{tail}" if several_years else f"{head}至{tail}"
    ending = _words(last_year, last_month, last_number, tongue, calendar, with_year=with_year)
    if (year, month) == (last_year, last_month):
        between = " تا " if tongue == "fa" else "–"
        return digits.local(f"{number}{between}{ending}", tongue)
    beginning = _words(year, month, number, tongue, calendar, with_year=several_years)
    between = " تا " if tongue == "fa" else " – "
    return digits.local(f"{beginning}{between}{ending}", tongue)


def show_day(
    moment: date | datetime, now: datetime, code: str, calendar: str, zone: str | tzinfo, *, alone: bool = False
) -> str:
    """The day as seen from `now`: yesterday, today, tomorrow by name; else the date, with its year if it is another.

    As it stands inside a sentence; `alone` as it begins one, or a heading or a cell of a table.
    """
    day, today = _day(moment, zone), _day(now, zone)
    distance = (day - today).days
    if -1 <= distance <= 1:
        name = _RELATIVE[language(code)][distance + 1]
        return name[0].upper() + name[1:] if alone else name
    same_year = period(day, calendar, zone)[0] == period(today, calendar, zone)[0]
    return show_date(day, code, calendar, zone, "short" if same_year else "medium")


def since(delta: timedelta, code: str) -> str:
    """How long, in its two largest units: "3 h 10 m", "2 d", "۳ ساعت و ۱۰ دقیقه", "3 год 10 хв"; never negative."""
    tongue = language(code)
    minutes = max(0, int(delta.total_seconds()) // 60)
    if minutes == 0:
        return _LESS_THAN_A_MINUTE[tongue]
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = (("day", days), ("hour", hours)) if days else (("hour", hours), ("minute", minutes))
    shown = [_unit(amount, unit, tongue) for unit, amount in parts if amount]
    return digits.local((" و " if tongue == "fa" else " ").join(shown), tongue)


def ago(moment: datetime, now: datetime, code: str) -> str:
    """How far from `now`, in one unit: "3 hours ago", "۲ دقیقه پیش"; ahead "in 2 days"."""
    text = format_timedelta(moment - now, granularity="minute", add_direction=True, locale=locale(code))
    return digits.local(text, code)


def period(moment: date | datetime, calendar: str, zone: str | tzinfo) -> tuple[int, int]:
    """The year and month of the moment in the shop's calendar, as tracking codes count them."""
    day = _day(moment, zone)
    year, month, _ = calendars.convert(day, calendar if calendars.reaches(day, calendar) else "gregorian")
    return year, month


def month_name(month: int, code: str, calendar: str) -> str:
    """The name of a month (1-12) as it stands in a date; Chinese numbers it ("8月")."""
    tongue = language(code)
    return f"{month}月" if tongue == "zh-hant" else calendars.MONTHS[calendar][tongue][month - 1]


def parse_date(text: str, calendar: str = "gregorian", order: Literal["dmy", "mdy"] = "dmy") -> date:
    """Read a day of the calendar, in digits of any script, and give it as a Gregorian date.

    Year first (2025-11-12, 1404/8/21, 20251112, 2025年11月12日), year last (12.11.2025; `order` says which of the
    other two comes first), or with the month's name in any of the languages (12 Nov 2025, ۲۱ آبان ۱۴۰۴).
    Raises ValueError, with words for the person who typed it, when it is not such a day.
    """
    folded = fold(digits.latin(text)).strip()
    numbers = _NUMBERS.findall(folded)
    if len(numbers) == 1 and len(numbers[0]) == 8:
        numbers = [numbers[0][:4], numbers[0][4:6], numbers[0][6:]]
    elif len(numbers) == 2:
        month = _named_month(folded, calendar)
        if month:
            day, year = sorted(numbers, key=len)
            numbers = [year, str(month), day]
    if len(numbers) != 3 or sum(len(number) == 4 for number in numbers) != 1 or len(numbers[1]) == 4:
        raise ValueError(f"{text!r} is not a date; write it as 2025-11-12")
    if len(numbers[0]) == 4:
        year, month_number, day = numbers
    elif order == "dmy":
        day, month_number, year = numbers
    else:
        month_number, day, year = numbers
    try:
        return calendars.to_gregorian(int(year), int(month_number), int(day), calendar)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a day of the {calendar} calendar") from error


_NUMBERS: Final = re.compile(r"\d+")
_LETTERS: Final = re.compile(r"[^\W\d_]+")


def _named_month(folded: str, calendar: str) -> int | None:
    """The month that a folded text names, if it names one."""
    words = "".join(_LETTERS.findall(folded))
    for name, month in _month_names(calendar):
        if words.startswith(name):
            return month
    return None


@lru_cache(maxsize=8)
def _month_names(calendar: str) -> tuple[tuple[str, int], ...]:
    """Folded month names of all languages, longest first ("jumadaii" before "jumadai"), and English abbreviations."""
    found: dict[str, int] = {}
    for tongue, months in calendars.MONTHS.get(calendar, {}).items():
        for month, name in enumerate(months, start=1):
            found["".join(_LETTERS.findall(fold(name)))] = month
            if tongue == "en" and calendar == "gregorian":
                found[name[:3].lower()] = month
    return tuple(sorted(found.items(), key=lambda item: -len(item[0])))


def _words(year: int, month: int, day: int, tongue: str, calendar: str, *, with_year: bool, full: bool = False) -> str:
    """A day with its month in words, in Latin digits."""
    if tongue == "zh-hant":
        return f"{_CHINESE_ERA[calendar]}{year}年{month}月{day}日" if with_year else f"{month}月{day}日"
    name = calendars.MONTHS[calendar][tongue][month - 1]
    if tongue == "en" and calendar == "gregorian" and not full:
        name = name[:3]
    if not with_year:
        return f"{day} {name}"
    if calendar == "hijri":
        return f"{day} {name} {_HIJRI_YEAR[tongue].format(year)}"
    return f"{day} {name} {year} р." if tongue == "uk" else f"{day} {name} {year}"


def _with_weekday(text: str, weekday: str, tongue: str) -> str:
    if tongue == "zh-hant":
        return f"{text}{weekday}"
    return {"ar": f"{weekday}، {text}", "fa": f"{weekday} {text}"}.get(tongue, f"{weekday}, {text}")


def _numeric(year: int, month: int, day: int, tongue: str) -> str:
    if tongue == "uk":
        return f"{day:02}.{month:02}.{year}"
    return f"{year}-{month:02}-{day:02}" if tongue == "en" else f"{year}/{month:02}/{day:02}"


@lru_cache(maxsize=1024)
def _unit(amount: int, unit: str, tongue: str) -> str:
    if tongue == "en":
        return f"{amount} {unit[0]}"
    return format_unit(amount, f"duration-{unit}", "short", locale=locale(tongue))


def _day(moment: date | datetime, zone: str | tzinfo) -> date:
    return moment.astimezone(_zone(zone)).date() if isinstance(moment, datetime) else moment


def _zone(zone: str | tzinfo) -> tzinfo:
    return ZoneInfo(zone) if isinstance(zone, str) else zone
