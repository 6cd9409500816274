"""Who reads this page: the language, and the calendar, time zone and currency of the shop it is about.

A face enters a shop once (`enter`), then every tag and filter shows dates, digits and money as that shop's reader
expects, without being told each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from tartib.l10n import names
from tartib.shops.models import Calendar, Shop


@dataclass(frozen=True, slots=True)
class Reading:
    """How things are shown to the reader of the current page. `now` is asked of the clock once a page."""

    language: str
    calendar: str
    zone: ZoneInfo
    now: datetime
    shop: Shop | None = None

    @property
    def direction(self) -> Literal["rtl", "ltr"]:
        """The direction in which the reader's language is written."""
        return names.direction(self.language)

    @property
    def tag(self) -> str:
        """The reader's language as it is written in the shop's country (BCP 47): what dates, digits and money go by."""
        return names.tag(self.language, self.shop.country if self.shop else "")

    @property
    def territory(self) -> str:
        """The reader's language and the shop's country as other sites are told them (Open Graph): "zh_HK"."""
        known = names.locale(self.tag)
        return f"{known.language}_{known.territory}" if known.territory else str(known.language)

    @property
    def digits(self) -> str:
        """The reader's digits, as scripts ask for them ("latn", "arab", "arabext")."""
        return names.numbering(self.tag)


_UTC = ZoneInfo("UTC")
_entered: ContextVar[Reading | None] = ContextVar("tartib_reading", default=None)


def current() -> Reading:
    """The reader of the page being made: the active language, and the shop's ways once a shop was entered."""
    language = names.language(translation.get_language() or "en")
    entered = _entered.get()
    if entered is None:
        return Reading(language, Calendar.GREGORIAN, _UTC, timezone.now())
    # A page asks hundreds of times, and hardly ever in another language than it was entered in.
    return entered if entered.language == language else replace(entered, language=language)


def enter(shop: Shop, language: str | None = None, *, now: datetime | None = None, calendar: str = "") -> Reading:
    """From here on the page speaks of `shop`, in `language` or the one that is active.

    Dates are in the reader's own `calendar`, or the shop's for "".
    """
    if language:
        translation.activate(language)
    timezone.activate(ZoneInfo(shop.timezone))
    _entered.set(_reading(shop, now, calendar))
    return current()


def forget(**_signal: object) -> None:
    """Speak of no shop, in UTC: how every request starts."""
    _entered.set(None)
    timezone.deactivate()


@contextmanager
def reading(shop: Shop, language: str, *, now: datetime | None = None) -> Iterator[Reading]:
    """Speak of `shop` in `language` for a while, and as before afterwards: for jobs and tests that render pages."""
    before = _entered.get()
    with translation.override(language), timezone.override(ZoneInfo(shop.timezone)):
        _entered.set(_reading(shop, now))
        try:
            yield current()
        finally:
            _entered.set(before)


def _reading(shop: Shop, now: datetime | None, calendar: str = "") -> Reading:
    language = names.language(translation.get_language() or "en")
    return Reading(language, calendar or shop.calendar, ZoneInfo(shop.timezone), now or timezone.now(), shop)
