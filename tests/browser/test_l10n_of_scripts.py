"""What scripts write is what the server writes: numbers, shares, amounts, times, plurals, and the calendar of days."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page

import tartib.web
from tartib.l10n import dates, digits, money, names
from tartib.shops.models import Shop
from tartib.web import audience, days
from tests.axe import load, violations

SCRIPTS = Path(tartib.web.__file__).parent / "static/web"
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
READERS = [
    ("en", "US"), ("en", "GB"), ("en", "IN"), ("ar", "AE"), ("ar", "KW"), ("ar", "SA"), ("ar", "MA"), ("fa", "IR"),
    ("uk", "UA"), ("zh-hant", "HK"), ("zh-hant", "TW"),
]  # fmt: skip
NUMBERS = [0, 1, 2, 3, 11, 21, 1234567, -42.5]
SHARES = [0, 7, 55, 100]
AMOUNTS = [0, 88, 1200, 1234567.5, -1234.56]
CURRENCIES = ["USD", "GBP", "UAH", "IRR", "IRT", "SAR", "AED", "KWD", "HKD", "TWD"]
TIMES = [(2, "minute"), (11, "hour"), (5, "hour"), (-3, "day"), (-12, "minute")]
# Marks of direction that browsers put beside a sign: nobody sees them.
MARKS = dict.fromkeys(map(ord, "\u061c\u200e\u200f"))

SAY = """([numbers, shares, amounts, forms, times]) => [
  ...numbers.map((value) => tartib.number(value)),
  ...shares.map((value) => tartib.number(value / 100, { style: "percent" })),
  ...forms.flatMap((form) => amounts.map((value) => tartib.money(value, form))),
  ...times.map(([value, unit]) => tartib.relative(value, unit)),
  ...Array.from({ length: 120 }, (_, value) => new Intl.PluralRules(document.documentElement.lang).select(value)),
]"""
# Walk through the calendar by its keys from the day in the field; each day as it is said, and as it is picked.
WALK = """([text, keys]) => {
  const field = document.querySelector("input"), opener = document.querySelector(".day-open");
  field.value = text;
  return keys.map((key) => {
    opener.click();
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    const said = document.activeElement.getAttribute("aria-label");
    document.activeElement.click();
    return [said, field.value];
  });
}"""


def write(page: Page, tag: str, body: str, *scripts: str) -> None:
    """A page in the language of the tag with these scripts."""
    page.set_content(f'<html lang="{tag}" data-digits="{names.numbering(tag)}"><body>{body}</body></html>')
    for script in scripts:
        page.add_script_tag(path=SCRIPTS / script)


def test_scripts_write_numbers_amounts_and_times_as_the_server_does(page: Page) -> None:
    for language, country in READERS:
        tag = names.tag(language, country)
        forms = [asdict(money.form(currency, tag)) for currency in CURRENCIES]
        write(page, tag, "", "l10n.js")
        said = page.evaluate(SAY, [NUMBERS, SHARES, AMOUNTS, forms, TIMES])
        expected = [digits.number(Decimal(str(value)), tag) for value in NUMBERS]
        expected += [digits.percent(value, tag) for value in SHARES]
        expected += [money.show(Decimal(str(amount)), currency, tag) for currency in CURRENCIES for amount in AMOUNTS]
        expected += [dates.ago(NOW + timedelta(**{f"{unit}s": value}), NOW, tag) for value, unit in TIMES]
        expected += [names.locale(tag).plural_form(value) for value in range(120)]
        differing = [
            (ours, theirs)
            for ours, theirs in zip(expected, said, strict=True)
            if ours.translate(MARKS) != theirs.translate(MARKS)
        ]
        assert not differing, tag


@pytest.mark.parametrize(
    ("language", "country", "calendar"),
    [("fa", "IR", "jalali"), ("ar", "SA", "hijri"), ("uk", "UA", "hijri")],
)
def test_the_calendar_beside_a_field_says_and_picks_the_days_of_the_server(
    page: Page, language: str, country: str, calendar: str
) -> None:
    """X5: by keys alone, over months and years, to the last day of a leap year."""
    shop = Shop(country=country, calendar=calendar, timezone="UTC", language=language)
    keys = ["ArrowDown", "PageDown", "PageDown", "PageUp", "ArrowUp", "Home", "End", *["PageDown"] * 30]
    with audience.reading(shop, language, now=NOW) as reader:
        field = '<title>Days</title><main><h1>Days</h1><label for="day">Day</label><input id="day" data-day></main>'
        write(page, reader.tag, render_to_string("web/parts/days.html") + field, "days.js")
        walked = page.evaluate(WALK, [days.typed(date(2026, 11, 18)), keys])
        assert len({said for said, _written in walked}) > 30
        for said, written in walked:
            day = days.read_day(written)
            assert days.typed(day) == written
            assert days.read_day(said) == day, said
        first = days.read_day(walked[0][1])
        assert first == date(2026, 11, 25)
        page.locator(".day-open").click()
        load(page)
        assert violations(page) == []
