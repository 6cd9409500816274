"""The three calendars: conversion of days, and the names of months in each language.

Hijri is the Umm al-Qura calendar, which is computed for 1343-1500 AH (1 August 1924 to 16 November 2077); Jalali is the
Solar Hijri calendar of Iran. Both come from libraries that carry the published tables.
"""

from datetime import date
from functools import lru_cache
from typing import Final

from hijridate import Gregorian, Hijri
from persiantools.jdatetime import JalaliDate

CALENDARS: Final = ("gregorian", "jalali", "hijri")

_JALALI_FROM: Final = date(622, 3, 22)
_JALALI_TO: Final = date(9999, 3, 19)
_HIJRI_FROM: Final = date(1924, 8, 1)
_HIJRI_TO: Final = date(2077, 11, 16)

# calendar -> language -> the twelve months as they stand in a date (Ukrainian: genitive). Chinese numbers its months;
# those of the Gregorian calendar come from CLDR, as each region calls them.
MONTHS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "jalali": {
        "en": (
            "Farvardin",
            "Ordibehesht",
            "Khordad",
            "Tir",
            "Mordad",
            "Shahrivar",
            "Mehr",
            "Aban",
            "Azar",
            "Dey",
            "Bahman",
            "Esfand",
        ),
        "ar": (
            "فروردين",
            "أرديبهشت",
            "خرداد",
            "تير",
            "مرداد",
            "شهريور",
            "مهر",
            "آبان",
            "آذر",
            "دي",
            "بهمن",
            "إسفند",
        ),
        "fa": (
            "فروردین",
            "اردیبهشت",
            "خرداد",
            "تیر",
            "مرداد",
            "شهریور",
            "مهر",
            "آبان",
            "آذر",
            "دی",
            "بهمن",
            "اسفند",
        ),
        "uk": (
            "фарвардіна",
            "ордібехешта",
            "хордада",
            "тіра",
            "мордада",
            "шахрівера",
            "мехра",
            "абана",
            "азера",
            "дея",
            "бахмана",
            "есфанда",
        ),
    },
    "hijri": {
        "en": (
            "Muharram",
            "Safar",
            "Rabi I",
            "Rabi II",
            "Jumada I",
            "Jumada II",
            "Rajab",
            "Shaban",
            "Ramadan",
            "Shawwal",
            "Dhu al-Qadah",
            "Dhu al-Hijjah",
        ),
        "ar": (
            "محرم",
            "صفر",
            "ربيع الأول",
            "ربيع الآخر",
            "جمادى الأولى",
            "جمادى الآخرة",
            "رجب",
            "شعبان",
            "رمضان",
            "شوال",
            "ذو القعدة",
            "ذو الحجة",
        ),
        "fa": (
            "محرم",
            "صفر",
            "ربیع‌الاول",
            "ربیع‌الثانی",
            "جمادی‌الاول",
            "جمادی‌الثانی",
            "رجب",
            "شعبان",
            "رمضان",
            "شوال",
            "ذیقعده",
            "ذیحجه",
        ),
        "uk": (
            "мухаррама",
            "сафара",
            "рабі I",
            "рабі II",
            "джумади I",
            "джумади II",
            "раджаба",
            "шаабана",
            "рамадану",
            "шаввалу",
            "зу-ль-каади",
            "зу-ль-хіджі",
        ),
    },
}


# Where a month is shortened in tables. Chinese has numbers; Arabic and Persian shorten no month.
SHORT_MONTHS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "hijri": {
        "en": (
            "Muh.", "Saf.", "Rab. I", "Rab. II", "Jum. I", "Jum. II", "Raj.", "Sha.", "Ram.", "Shaw.", "Dhu\u02bbl-Q.",
            "Dhu\u02bbl-H.",
        ),
        "uk": (
            "мух.", "саф.", "рабі I", "рабі II", "джум. I", "джум. II", "радж.", "шааб.", "рам.", "шав.", "зу-ль-к.",
            "зу-ль-х.",
        ),
    },
    "jalali": {
        "uk": (
            "фарв.", "орд.", "хорд.", "тіра", "морд.", "шахр.", "мехра", "абана", "азера", "дея", "бахм.", "есф.",
        ),
    },
}  # fmt: skip


@lru_cache(maxsize=4096)
def convert(day: date, calendar: str) -> tuple[int, int, int]:
    """Year, month and day of a Gregorian date in the calendar.

    Raises ValueError for a calendar that is not one of CALENDARS, and for a day that the calendar does not reach.
    """
    if calendar == "gregorian":
        return day.year, day.month, day.day
    if calendar == "jalali":
        jalali = JalaliDate.to_jalali(day.year, day.month, day.day)  # type: ignore[no-untyped-call]
        return jalali.year, jalali.month, jalali.day
    if calendar == "hijri":
        if not reaches(day, calendar):
            raise ValueError(f"the Umm al-Qura calendar does not reach {day.isoformat()}")
        year, month, number = Gregorian(day.year, day.month, day.day).to_hijri().datetuple()
        return year, month, number
    raise ValueError(f"{calendar!r} is not a calendar; choose one of {', '.join(CALENDARS)}")


def to_gregorian(year: int, month: int, day: int, calendar: str) -> date:
    """The Gregorian date of a day of the calendar. Raises ValueError when there is no such day."""
    if calendar == "gregorian":
        return date(year, month, day)
    if calendar == "jalali":
        gregorian: date = JalaliDate(year, month, day).to_gregorian()  # type: ignore[no-untyped-call]
        return gregorian
    if calendar == "hijri":
        try:
            return date(*Hijri(year, month, day).to_gregorian().datetuple())
        except OverflowError as error:
            raise ValueError(f"the Umm al-Qura calendar does not reach the year {year}") from error
    raise ValueError(f"{calendar!r} is not a calendar; choose one of {', '.join(CALENDARS)}")


def reaches(day: date, calendar: str) -> bool:
    """Whether the calendar's tables reach the day."""
    if calendar == "hijri":
        return _HIJRI_FROM <= day <= _HIJRI_TO
    return calendar != "jalali" or _JALALI_FROM <= day <= _JALALI_TO
