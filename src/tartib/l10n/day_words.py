"""The words in which people type days: months, weekdays, eras and days near today, in each of the languages.

Names come from CLDR and from `calendars`; here stand the other spellings in use. `lexicon` has them folded, with the
words of a name joined, as `typed_dates` looks them up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from babel import Locale

from tartib.l10n import calendars
from tartib.l10n.fold import fold

# Where the names of the months of the Gregorian calendar are looked up: the Levant, Iraq and the Maghreb have own ones.
_GREGORIAN: Final = ("en", "en_GB", "ar_EG", "ar_SY", "ar_DZ", "ar_MA", "ar_MR", "fa", "fa_AF", "uk")

# calendar -> number of the month -> other spellings, parted by "|".
_OTHERS: Final[dict[str, tuple[str, ...]]] = {
    "gregorian": (
        "січ|جانفی|كانون الثاني|كانون ثاني",
        "лют|فوریه|فبریه|شباط",
        "бер|آذار",
        "кві|نیسان",
        "тра|می|ماه مه|أيار|ماي",
        "чер|جون|حزيران",
        "лип|جولای|ژوئیه|تموز",
        "сер|آگوست|اگوست|آب",
        "вер|sept|أيلول",
        "жов|اکتوبر|تشرين الأول|تشرين أول",
        "лис|نومبر|تشرين الثاني|تشرين ثاني",
        "гру|دسمبر|كانون الأول|كانون أول",
    ),
    "jalali": (
        "far|فرفردن|фарвардін|حمل",
        "ord|أذربيهشت|ордібехешт|أردیبهشت|ثور",
        "kho|хордад|جوزا|خورداد",
        "тір|تار|tyr|سرطان",
        "mor|amordad|мордад|امرداد|اسد",
        "shahr|شهرفار|шахрівер|سنبله|شهریور ماه",
        "meh|мехр|میزان",
        "aba|آيان|абан|عقرب",
        "aza|азер|قوس",
        "dei|дей|جدی|ديماه",
        "bah|бахман|دلو",
        "esf|اسفندار|есфанд|حوت|إسفند|اسپند",
    ),
    "hijri": (
        "muh|moharram|мухаррам|المحرم|محرم الحرام",
        "saf|сафар|صفر الخير|صفر المظفر",
        "rab i|rabi al awwal|rabi ul awwal|rabi i|рабі аль авваль|рабі уль авваль|ربيع أول|ربيع اول|ربیع الاول",
        "rab ii|rabi al thani|rabi ath thani|rabi al akhir|rabi us sani|rabi ul akhir|рабі ас сані|рабі аль ахір"
        "|ربيع ثاني|ربيع ثان|ربيع آخر|ربيع الثاني|ربیع الآخر",
        "jum i|jumada al ula|jumada al awwal|jumada ul awwal|джумада аль уля|джумада аль авваль|джумада i"
        "|جمادى الأول|جمادى أول|جمادى أولى|جمادی الاولی",
        "jum ii|jumada al akhirah|jumada al akhira|jumada al thani|jumada al thaniyah|jumada ath thaniyah"
        "|джумада ас сані|джумада аль ахіра|джумада ii|جمادى الآخر|جمادى الثانية|جمادى الثاني|جمادى ثاني|جمادى ثانية"
        "|جمادی الثانیه",
        "raj|радж|раджаб|رجب المرجب",
        "shaaban|шаабан|شعبان المعظم",
        "ram|ramadhan|ramazan|рам|рамадан|رمضان المبارك",
        "shaw|shawal|shavval|шаввал|даввал",
        "dhu al qidah|dhul qadah|dhul qidah|dhul qada|zul qadah|zulqadah|zu al qadah|зу ль каада|зуль каада"
        "|ذي القعدة|ذى القعدة|ذو القعده|ذوالقعده|ذی القعده|ذیقعده",
        "dhul hijjah|dhul hijja|dhu al hijja|zul hijjah|zul hijja|zilhajj|zu al hijjah|зу ль хіджа|зуль хіджа"
        "|ذي الحجة|ذى الحجة|ذوالحجه|ذی الحجه|ذیحجه|ذی حجه",
    ),
}

# The first words of two months: which is meant has to be asked.
_EITHER: Final = {
    "rabi|рабі|ربيع": ("hijri", (3, 4)), "jumada|джумада|جمادى": ("hijri", (5, 6)),
    "تشرين": ("gregorian", (10, 11)), "كانون": ("gregorian", (12, 1)),
}  # fmt: skip

_WEEKDAYS: Final = (
    "mo|الإثنين|اثنين|إثنين|دوشنبه|понеділок|понеділка|пон",
    "tue|tues|tu|ثلاثاء|الثلثاء|ثلثاء|سه شنبه|вівторок|вівторка",
    "weds|we|أربعاء|چهارشنبه|چهار شنبه|середа|середи|середу",
    "thur|thurs|خميس|پنجشنبه|پنج شنبه|четвер|четверга",
    "fr|جمعة|الجمعه|جمعه|آدینه|пятниця|пятниці|пятницю",
    "sa|سبت|شنبه|субота|суботи|суботу",
    "su|أحد|الاحد|یکشنبه|یک شنبه|неділя|неділі|неділю",
)

# Days from today.
_NEAR: Final = {
    -2: "day before yesterday|the day before yesterday|أول أمس|أول من أمس|پریروز|позавчора|前日|前天|前晚",
    -1: "yesterday|أمس|البارحة|دیروز|вчора|учора|昨日|昨天|尋日|琴日",
    0: "today|now|اليوم|امروز|сьогодні|今日|今天",
    1: "tomorrow|غدا|فردا|завтра|明日|明天|聽日",
    2: "day after tomorrow|the day after tomorrow|بعد غد|پس فردا|післязавтра|後日|後天",
}

# A number of days, with the number left out: "in 3 days", "3 дні тому".
_DAYS: Final = {
    1: "in days|in day|days from now|day from now|days later|day later|بعد يوم|بعد يوما|بعد أيام|روز دیگر|روز بعد"
    "|через день|через дні|через днів|日後|天後|日之後|天之後",
    -1: "days ago|day ago|قبل يوم|قبل يوما|قبل أيام|منذ يوم|منذ يوما|منذ أيام|روز پیش|روز قبل"
    "|день тому|дні тому|днів тому|日前|天前|日之前|天之前",
}
_PLAIN_DAYS: Final = "d|day|days|يوم|يوما|أيام|روز|день|дні|днів|дн|日|天"

_ERAS: Final = {
    "gregorian": "ad|ce|anno domini|common era|н е|нашої ери|م|ميلادي|ميلادية|میلادی|西曆|公曆|西元|公元",
    "jalali": "ap|sh|ه ش|ش|هجري شمسي|هجرية شمسية|هجری شمسی|هجری خورشیدی|شمسی|خورشیدی|伊朗曆|波斯曆",
    "hijri": "ah|ه ق|ق|هجري قمري|هجری قمری|قمری|гіджри|хіджри|伊斯蘭曆|回曆",
    # Of the flight to Medina, from which both count: which of them depends on who writes.
    "": "ه|هجري|هجرية|هجری",
}

_SAYING_NOTHING: Final = "st|nd|rd|th|of|the|on|р|рік|року|го|ого|ше|те|ге|тє|ме|من|سنة|عام|سال|ماه|شهر|يوم|روز|مورخ|ام"

# Days of the month in words, from the first: of those above twenty the ones alone, which follow a word for the tens.
_ORDINALS: Final = {
    "en": "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth",
    "fa": "یکم دوم سوم چهارم پنجم ششم هفتم هشتم نهم دهم یازدهم دوازدهم سیزدهم چهاردهم پانزدهم شانزدهم هفدهم هجدهم "
    "نوزدهم بیستم",
    "uk": "перше друге третє четверте пяте шосте сьоме восьме девяте десяте одинадцяте дванадцяте тринадцяте "
    "чотирнадцяте пятнадцяте шістнадцяте сімнадцяте вісімнадцяте девятнадцяте двадцяте",
    "ar": "الأول الثاني الثالث الرابع الخامس السادس السابع الثامن التاسع العاشر الحادي_عشر الثاني_عشر الثالث_عشر "
    "الرابع_عشر الخامس_عشر السادس_عشر السابع_عشر الثامن_عشر التاسع_عشر العشرون",
}
_TENS: Final = {
    "en": ("twenty {}", "thirtieth", "thirty {}"),
    "fa": ("بیست و {}", "سی ام", "سی و {}"),
    "uk": ("двадцять {}", "тридцяте", "тридцять {}"),
    "ar": ("{} والعشرون", "الثلاثون", "{} والثلاثون"),
}

APOSTROPHES: Final = re.compile("['’‘ʼʻʿʾ`´]")
_GENITIVE: Final = re.compile("[еє]$")
_WORD: Final = re.compile(r"[^\W\d_]+")
# "Rabi I" is not "Rab. II". Ukrainian keyboards have a letter that looks the same.
_ROMAN: Final = {"i": "1", "ii": "2", "і": "1", "іі": "2"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name says: a month (or one of several) of a calendar, a weekday (0 is Monday), an era, or nothing.

    An ordinal is a day of the month in words.
    """

    kind: Literal["month", "weekday", "ordinal", "era", "nothing"]
    calendar: str = ""
    numbers: tuple[int, ...] = ()


def joined(*names: str) -> str:
    """Names folded, and all their letters in one: "Dhu al-Hijjah" as "dhualhijjah"; a Roman I or II as a digit."""
    words = (word for name in names for word in _WORD.findall(APOSTROPHES.sub("", fold(name))))
    return "".join(_ROMAN.get(word, word) for word in words)


@lru_cache(maxsize=8)
def lexicon(calendar: str) -> dict[str, Meaning]:
    """Every name by its joined spelling; one that means months of two calendars is taken for the given one's."""
    found: dict[str, Meaning] = {}
    for kept in (*(other for other in calendars.CALENDARS if other != calendar), calendar):
        for number, others in enumerate(_OTHERS.get(kept, ()), start=1):
            own = [months[number - 1] for months in calendars.MONTHS.get(kept, {}).values()]
            own += _from_cldr("months", number) if kept == "gregorian" else []
            own += [months[number - 1] for months in calendars.SHORT_MONTHS.get(kept, {}).values()]
            own += others.split("|")
            if kept == "jalali":
                own += [f"{name}ماه" for name in own if not name.isascii()]
            found |= {joined(name): Meaning("month", kept, (number,)) for name in own}
    for names, (of, numbers) in _EITHER.items():
        found |= {joined(name): Meaning("month", of, numbers) for name in names.split("|")}
    for number, others in enumerate(_WEEKDAYS):
        all_names = (*_from_cldr("days", number), *others.split("|"))
        found |= {joined(name): Meaning("weekday", numbers=(number,)) for name in all_names}
    found |= {joined(name): Meaning("ordinal", numbers=(day,)) for name, day in _ordinals()}
    for era, others in _ERAS.items():
        found |= {joined(name): Meaning("era", era) for name in others.split("|")}
    found |= {joined(name): Meaning("nothing") for name in _SAYING_NOTHING.split("|")}
    found.pop("", None)
    return found


def _ordinals() -> Iterator[tuple[str, int]]:
    """Days of the month in words, each with its number."""
    yield "اول", 1
    for language, names in _ORDINALS.items():
        twenties, thirtieth, thirties = _TENS[language]
        ones = [name.replace("_", " ") for name in names.split()]
        # After which Arabic has another word for the first.
        first = {"ar": "الحادي"}.get(language, ones[0])
        nominative = [
            *enumerate(ones, start=1),
            *((20 + day, twenties.format(name)) for day, name in enumerate([first, *ones[1:9]], start=1)),
            (30, thirtieth),
            (31, thirties.format(first)),
        ]
        for day, name in nominative:
            yield name, day
            if language == "uk":
                yield _GENITIVE.sub(lambda ending: "ього" if ending[0] == "є" else "ого", name), day
            elif language == "ar" and name.endswith("ون"):
                yield f"{name[:-2]}ين", day


@lru_cache(maxsize=1)
def near() -> dict[str, int]:
    """Joined names of days near today -> how many days from it."""
    return {joined(name): distance for distance, names in _NEAR.items() for name in names.split("|")}


@lru_cache(maxsize=1)
def distances() -> dict[str, int]:
    """Joined words around a number of days -> 1 ahead, -1 back."""
    return {joined(words): way for way, every in _DAYS.items() for words in every.split("|")}


@lru_cache(maxsize=1)
def plain_days() -> frozenset[str]:
    """Joined words for "days" that may follow "+3"."""
    return frozenset(joined(word) for word in _PLAIN_DAYS.split("|"))


def _from_cldr(what: Literal["months", "days"], number: int) -> list[str]:
    """The names CLDR has of a month (1-12) or a weekday (0-6), in full and short."""
    found = []
    for code in _GREGORIAN:
        names = getattr(Locale.parse(code), what)
        for use in ("format", "stand-alone"):
            found += [str(names[use][width][number]) for width in ("wide", "abbreviated")]
    return found
