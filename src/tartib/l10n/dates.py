"""Dates, times, ranges and durations as a reader of the language and calendar says them.

A `moment` is an aware datetime, shown in `zone` (an IANA name or a tzinfo), or a plain date, shown as it is.
A day that a calendar does not reach (Hijri before 1924 or after 2077) is shown in the Gregorian calendar.
"""

from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

from babel.dates import format_timedelta, get_day_names
from babel.units import format_unit

from tartib.l10n import calendars, digits, typed_dates
from tartib.l10n.names import language, locale, month_first

Form = Literal["short", "medium", "long", "numeric", "tiny", "compact"]
_Width = Literal["full", "text", "table"]

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
_HIJRI_YEAR: Final = {"en": "{} AH", "ar": "{} هـ", "fa": "{} ه\u200d.ق.", "uk": "{} р. гіджри"}
_CHINESE_ERA: Final = {"gregorian": "", "jalali": "波斯曆", "hijri": "伊斯蘭曆"}


def show_date(moment: date | datetime, code: str, calendar: str, zone: str | tzinfo, form: Form = "medium") -> str:
    """The day, for sentences and, with its month shortened as the language has it, for tables.

    Short "12 Nov", medium "12 Nov 2025", long "Wednesday, 12 November 2025", numeric "2025-11-12"; for tables tiny
    («12 лист.») and compact («12 лист. 2025 р.»).
    """
    return _shown(_day(moment, zone), code, calendar, form)


@lru_cache(maxsize=4096)
def _shown(day: date, code: str, calendar: str, form: Form) -> str:
    calendar = calendar if calendars.reaches(day, calendar) else "gregorian"
    year, month, number = calendars.convert(day, calendar)
    if form == "numeric":
        return digits.local(_numeric(year, month, number, language(code)), code)
    width: _Width = "full" if form == "long" else "table" if form in ("tiny", "compact") else "text"
    text = _words(year, month, number, code, calendar, with_year=form not in ("short", "tiny"), width=width)
    if form == "long":
        weekday = get_day_names("wide", "format", locale(code))[day.weekday()]
        text = _with_weekday(text, weekday, language(code))
    return digits.local(text, code)


def numeric_pattern(code: str) -> str:
    """How a day is written in digits: "y-m-d", "d.m.y", "y/m/d"."""
    return {"en": "y-m-d", "uk": "d.m.y"}.get(language(code), "y/m/d")


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
    if not (calendars.reaches(first, calendar) and calendars.reaches(last, calendar)):
        calendar = "gregorian"
    year, month, number = calendars.convert(first, calendar)
    last_year, last_month, last_number = calendars.convert(last, calendar)
    several_years = year != last_year
    with_year = several_years or form == "medium"
    tongue, one_month = language(code), (year, month) == (last_year, last_month)
    if tongue == "zh-hant":
        head = _words(year, month, number, code, calendar, with_year=with_year)
        tail = f"{last_number}日" if one_month else f"{last_month}月{last_number}日"
        return f"{head}至{last_year}年{tail}" if several_years else f"{head}至{tail}"
    between = " تا " if tongue == "fa" else "–" if one_month else " – "
    ending = _words(last_year, last_month, last_number, code, calendar, with_year=with_year)
    if one_month and month_first(code):
        return _words(year, month, f"{number}{between}{last_number}", code, calendar, with_year=with_year)
    if one_month:
        return digits.local(f"{number}{between}{ending}", code)
    beginning = _words(year, month, number, code, calendar, with_year=several_years)
    return digits.local(f"{beginning}{between}{ending}", code)


def show_day(
    moment: date | datetime, now: datetime, code: str, calendar: str, zone: str | tzinfo, *, alone: bool = False,
    table: bool = False,
) -> str:  # fmt: skip
    """The day as seen from `now`: yesterday, today, tomorrow by name; else the date, with its year if it is another.

    As it stands inside a sentence; `alone` as it begins one, or a heading or a cell; `table` with its month shortened.
    """
    day, today = _day(moment, zone), _day(now, zone)
    distance = (day - today).days
    if -1 <= distance <= 1:
        name = _RELATIVE[language(code)][distance + 1]
        return name[0].upper() + name[1:] if alone else name
    same_year = period(day, calendar, zone)[0] == period(today, calendar, zone)[0]
    forms: tuple[Form, Form] = ("compact", "tiny") if table else ("medium", "short")
    return show_date(day, code, calendar, zone, forms[same_year])


def since(delta: timedelta, code: str) -> str:
    """How long, in its two largest units: "3 h 10 m", "2 d", "۳ ساعت و ۱۰ دقیقه", "3 год 10 хв"; never negative."""
    tongue = language(code)
    minutes = max(0, int(delta.total_seconds()) // 60)
    if minutes == 0:
        return digits.local(digits.latin(_LESS_THAN_A_MINUTE[tongue]), code)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = (("day", days), ("hour", hours)) if days else (("hour", hours), ("minute", minutes))
    shown = [_unit(amount, unit, tongue) for unit, amount in parts if amount]
    return digits.local({"fa": " و ", "ar": " و"}.get(tongue, " ").join(shown), code)


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
    return f"{month}月" if language(code) == "zh-hant" else _month(month, code, calendar, "full")


def parse_date(text: str, calendar: str = "gregorian", order: Literal["dmy", "mdy"] = "dmy") -> date:
    """Read a day of the calendar as files have it, in digits of any script, and give it as a Gregorian date.

    Year first (2025-11-12, 1404/8/21, 20251112, 2025年11月12日), year last (12.11.2025; `order` says which of the
    other two comes first), or with the month's name in any of the languages (12 Nov 2025, ۲۱ آبان ۱۴۰۴); the year has
    four digits. What people type into pages is read by `typed_dates.read_date`.
    Raises ValueError when it is not such a day.
    """
    try:
        return typed_dates.full(text, calendar, order)
    except typed_dates.NotADayError as problem:
        if problem.reason == "no-such-day":
            raise ValueError(f"{text!r} is not a day of the {calendar} calendar") from problem
        raise ValueError(f"{text!r} is not a date; write it as 2025-11-12") from problem


def _month(month: int, code: str, calendar: str, width: _Width) -> str:
    """A month's name: in full, as texts have it (English shortens), or as tables do."""
    tongue = language(code)
    if calendar == "gregorian":
        short = width == "table" or (width == "text" and tongue == "en")
        return str(locale(code).months["format"]["abbreviated" if short else "wide"][month])
    known = calendars.SHORT_MONTHS.get(calendar, {}) if width == "table" else {}
    return known.get(tongue, calendars.MONTHS[calendar][tongue])[month - 1]


def _words(
    year: int, month: int, day: int | str, code: str, calendar: str, *, with_year: bool, width: _Width = "text"
) -> str:
    """A day (or days) with its month in words, in Latin digits."""
    tongue = language(code)
    if tongue == "zh-hant":
        # Its months are numbers: without the name of the calendar they would be read as Gregorian ones.
        return f"{_CHINESE_ERA[calendar]}{f'{year}年' if with_year else ''}{month}月{day}日"
    name = _month(month, code, calendar, width)
    head = f"{name} {day}" if month_first(code) else f"{day} {name}"
    if not with_year:
        return head
    if calendar == "hijri":
        return f"{head}{',' if month_first(code) else ''} {_HIJRI_YEAR[tongue].format(year)}"
    if month_first(code):
        return f"{head}, {year}"
    return f"{head} {year} р." if tongue == "uk" else f"{head} {year}"


def _with_weekday(text: str, weekday: str, tongue: str) -> str:
    if tongue == "zh-hant":
        return f"{text}{weekday}"
    return {"ar": f"{weekday}، {text}", "fa": f"{weekday} {text}"}.get(tongue, f"{weekday}, {text}")


def _numeric(year: int, month: int, day: int, tongue: str) -> str:
    return numeric_pattern(tongue).replace("y", str(year)).replace("m", f"{month:02}").replace("d", f"{day:02}")


@lru_cache(maxsize=1024)
def _unit(amount: int, unit: str, tongue: str) -> str:
    if tongue == "en":
        return f"{amount} {unit[0]}"
    return format_unit(amount, f"duration-{unit}", "short", locale=locale(tongue))


def _day(moment: date | datetime, zone: str | tzinfo) -> date:
    return moment.astimezone(_zone(zone)).date() if isinstance(moment, datetime) else moment


def _zone(zone: str | tzinfo) -> tzinfo:
    return ZoneInfo(zone) if isinstance(zone, str) else zone
