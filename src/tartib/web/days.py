"""Days on pages: read as the shop's people type them, shown back in the shop's calendar, and picked from a calendar.

Every field of a day is the browser's own where the calendar is Gregorian. Elsewhere it is a text field, whole without
scripts; `web/days.js` puts a calendar beside it, which knows only what `picking` tells it of months and names.
"""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from itertools import pairwise

from django.utils.translation import gettext as _

from tartib.l10n import calendars, dates, digits, names, typed_dates
from tartib.l10n.typed_dates import Lean, NotADayError
from tartib.web import audience

# How far the calendar beside a field goes, in years either way.
_FAR = 20


def today() -> date:
    """Today in the zone of the page's shop."""
    reader = audience.current()
    return reader.now.astimezone(reader.zone).date()


def read_day(text: str, lean: Lean = "future") -> date:
    """A day as the page's reader types it, Gregorian. Raises NotADayError; see `typed_dates.read_date`."""
    reader = audience.current()
    return typed_dates.read_date(text, reader.calendar, reader.tag, today(), lean)


def typed(day: date) -> str:
    """A day as its field holds it: what the reader would type."""
    reader = audience.current()
    if reader.calendar == "gregorian":
        return day.isoformat()
    return dates.show_date(day, reader.tag, reader.calendar, reader.zone, "numeric")


def explain(problem: NotADayError) -> str:
    """Why a text is no day, and what to write, for whoever typed it."""
    reader = audience.current()
    match problem.reason:
        case "years":
            first, last = (names.isolate(digits.local(str(year), reader.tag)) for year in _ends(problem.years))
            return _("Write a year from %(first)s to %(last)s.") % {"first": first, "last": last}
        case "short-year":
            year = digits.local(str(calendars.convert(today(), reader.calendar)[0]), reader.tag)
            return _("Write the year in four digits, such as %(year)s.") % {"year": names.isolate(year)}
        case "era":
            shown = dates.show_date(today(), reader.tag, reader.calendar, reader.zone)
            return _("This year may be one of another calendar. Write the day in full, such as %(date)s.") % {
                "date": names.isolate(shown),
            }
        case "which-month":
            meant = [dates.month_name(month, reader.tag, problem.calendar) for month in problem.months]
            return _("Two months are called that. Write which one: %(first)s or %(second)s.") % {
                "first": meant[0], "second": meant[1],
            }  # fmt: skip
        case "weekday" if problem.day:
            shown = dates.show_date(problem.day, reader.tag, reader.calendar, reader.zone, "long")
            return _("The day of the week does not fit: this day is %(date)s.") % {"date": names.isolate(shown)}
        case "no-such-day":
            return _("There is no such day. Write a date, such as %(date)s.") % {"date": names.isolate(typed(today()))}
    return _("Write a date, such as %(date)s.") % {"date": names.isolate(typed(today()))}


def attributes() -> dict[str, str]:
    """What makes an `<input>` a field of a day for the page's reader."""
    common = {"dir": "ltr", "autocomplete": "off"}
    if audience.current().calendar == "gregorian":
        first, last = _ends(typed_dates.YEARS["gregorian"])
        return common | {"type": "date", "min": f"{first}-01-01", "max": f"{last}-12-31"}
    return common | {"type": "text", "placeholder": typed(today()), "data-day": ""}


def picking() -> str:
    """What the calendar beside a field has to know, as JSON: the months of some forty years, and how to say a day.

    `lengths` has a digit for each month from the first of `year` on, its days less 28; `first` is that day, ISO.
    `field` is how a field holds a day (y, m, d), `said` how it is said aloud; `week` the day a week begins with (0 is
    Monday), as `days` and `letters` count them.
    """
    reader = audience.current()
    now = today()
    year = calendars.convert(now, reader.calendar)[0]
    week = names.first_weekday(reader.shop.country if reader.shop else "")
    known = {"today": now.isoformat(), "week": week} | _calendar(reader.calendar, year)
    return json.dumps(known | _saying(reader.tag, reader.calendar), ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=8)
def _calendar(calendar: str, year: int) -> dict[str, object]:
    """The months of the years around one."""
    known = typed_dates.YEARS[calendar]
    # The day after the last month is looked up too, so that the last year known is left out.
    years = range(max(year - _FAR, known[0]), min(year + _FAR, known[-1] - 1) + 1)
    starts = [calendars.to_gregorian(each, month, 1, calendar) for each in years for month in range(1, 13)]
    starts.append(calendars.to_gregorian(years[-1] + 1, 1, 1, calendar))
    lengths = "".join(str((after - start).days - 28) for start, after in pairwise(starts))
    return {"first": starts[0].isoformat(), "year": years[0], "lengths": lengths}


@lru_cache(maxsize=64)
def _saying(tag: str, calendar: str) -> dict[str, object]:
    """Names and ways of writing."""
    days = names.locale(tag).days["stand-alone"]
    chinese = names.language(tag) == "zh-hant"
    return {
        "months": [dates.month_name(month, tag, calendar) for month in range(1, 13)],
        "days": [days["wide"][day] for day in range(7)],
        "letters": [days["narrow"][day] for day in range(7)],
        "field": dates.numeric_pattern(tag),
        "said": "{year}年{month}{day}日 {weekday}" if chinese else "{weekday} {day} {month} {year}",
        "digits": digits.local("0123456789", tag),
    }


def _ends(years: range) -> tuple[int, int]:
    return years[0], years[-1]
