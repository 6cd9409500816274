"""Fields of days in forms, as the people of a shop type them (X5)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django import forms

from tartib.desk.days import Day
from tartib.shops.models import Shop
from tartib.web import audience

NOW = datetime(2026, 11, 30, 22, tzinfo=UTC)


class Form(forms.Form):
    """A form with a day."""

    day = Day(required=False)


def filled(text: str, calendar: str, language: str) -> Form:
    """The form as a reader of the shop sends it."""
    shop = Shop(calendar=calendar, timezone="Asia/Tehran", country="IR", language=language)
    with audience.reading(shop, language, now=NOW):
        form = Form({"day": text})
        form.is_valid()
        str(form)
    return form


@pytest.mark.parametrize(
    ("text", "calendar", "language", "day"),
    [
        ("۱۴۰۵/۰۹/۰۹", "jalali", "fa", date(2026, 11, 30)),
        ("2026-11-30", "jalali", "fa", date(2026, 11, 30)),
        ("9 Azar", "jalali", "en", date(2026, 11, 30)),
        ("today", "jalali", "en", date(2026, 12, 1)),
        ("٢٠ جمادى الآخرة ١٤٤٨", "hijri", "ar", date(2026, 11, 30)),
        ("2026-11-30", "gregorian", "uk", date(2026, 11, 30)),
        ("", "jalali", "fa", None),
    ],
)
def test_a_day_is_read_in_the_shops_calendar_and_zone(text: str, calendar: str, language: str, day: date) -> None:
    assert filled(text, calendar, language).cleaned_data["day"] == day


@pytest.mark.parametrize(
    ("text", "calendar", "language", "words"),
    [
        ("2648-02-19", "gregorian", "en", "Write a year from \u20681950\u2069 to \u20682080\u2069."),
        ("soon", "jalali", "en", "Write a date, such as \u20681405-09-10\u2069."),
        ("31.02.2026", "gregorian", "uk", "Такого дня немає. Напишіть дату, наприклад \u20682026-12-01\u2069."),
        ("٢٠ جمادى", "hijri", "en", "Two months are called that. Write which one: Jumada I or Jumada II."),
        ("Friday 30 Nov 2026", "gregorian", "en", "this day is \u2068Monday, 30 November 2026\u2069."),
    ],
)
def test_what_is_no_day_is_told_and_stays_in_the_field(text: str, calendar: str, language: str, words: str) -> None:
    form = filled(text, calendar, language)
    assert words in form.errors["day"][0]
    assert form["day"].value() == text


def test_the_field_is_the_browsers_own_where_the_calendar_is() -> None:
    for calendar, kind in (("gregorian", 'type="date"'), ("jalali", "data-day"), ("hijri", "data-day")):
        shop = Shop(calendar=calendar, timezone="Asia/Tehran", country="IR")
        with audience.reading(shop, "fa", now=NOW):
            shown = str(Form(initial={"day": date(2026, 11, 30)})["day"])
        assert kind in shown
        assert ("2026-11-30" in shown) == (calendar == "gregorian")
