"""Tags and filters show things as the reader of the page writes them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.template import Context, Template

from tartib.flow.facts import Refusal
from tartib.flow.presets import preset
from tartib.flow.words import Words
from tartib.shops.models import Shop
from tartib.web import audience, icons
from tartib.web.templatetags.tartib import links_apart

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def shop(**changes: object) -> Shop:
    return Shop(**({"name": "S", "currency": "UAH", "timezone": "Europe/Kyiv"} | changes))


def show(source: str, language: str, of: Shop | None = None, **context: object) -> str:
    with audience.reading(of or shop(), language, now=NOW):
        return Template("{% load tartib %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("language", "calendar", "expected"),
    [("en", "gregorian", "12 Nov 2026, 16:20"), ("fa", "jalali", "۲۱ آبان ۱۴۰۵"), ("uk", "gregorian", "12 листопада")],
)
def test_moments_are_in_the_shops_calendar_and_zone(language: str, calendar: str, expected: str) -> None:
    moment = datetime(2026, 11, 12, 14, 20, tzinfo=UTC)
    assert expected in show("{{ m|moment }}", language, shop(calendar=calendar), m=moment)


def test_money_has_the_readers_digits_and_keeps_together() -> None:
    assert show("{{ a|money:'UAH' }}", "en", a=Decimal("1240")) == '<bdi class="money">₴1,240.00</bdi>'
    assert show("{{ a|money:'IRT' }}", "fa", a=Decimal("1240")) == '<bdi class="money" dir="rtl">۱٬۲۴۰\xa0تومان</bdi>'
    assert show("{{ a|money }}", "en", a=None) == ""


def test_a_chip_says_status_colour_and_age() -> None:
    status = preset("delivery").status("received")
    chip = show("{% status_chip s since %}", "en", s=status, since=NOW - timedelta(hours=3, minutes=10))
    assert 'class="chip c-amber"' in chip
    assert "Received" in chip
    assert ">3 h<" in chip
    assert "<svg" in chip


def test_words_and_refusals_are_said_in_the_readers_language() -> None:
    assert show("{% say w %}", "fa", w=Words({"en": "Yes", "fa": "بله"})) == "بله"
    refusal = Refusal("not-paid", {"total": Decimal("12.5"), "paid": Decimal(0)})
    assert "12.5" not in show("{{ r|said }}", "fa", r=refusal)


def test_names_in_markup_are_escaped() -> None:
    status = preset("delivery").status("received")
    hostile = type(status)(**{**{f: getattr(status, f) for f in status.__slots__}, "name": Words({"en": "<b>x</b>"})})
    assert "<b>" not in show("{% status_chip s %}", "en", s=hostile)


@pytest.mark.parametrize("name", ["no-such-icon", "../../etc/passwd", ""])
def test_an_unknown_icon_is_a_plain_one(name: str) -> None:
    assert "<path" in icons.svg(name)


@pytest.mark.parametrize("code", ["essential", "delivery", "checkout"])
def test_every_icon_of_the_presets_exists(code: str) -> None:
    fallback = icons.svg(icons.FALLBACK)
    for status in preset(code).statuses.values():
        assert icons.svg(status.icon) != fallback, status.icon


def test_a_reading_ends_where_it_began() -> None:
    audience.forget()
    with audience.reading(shop(calendar="jalali"), "fa"):
        assert audience.current().direction == "rtl"
    assert audience.current().shop is None
    assert audience.current().calendar == "gregorian"


@pytest.mark.parametrize(
    ("country", "tag", "shown"),
    [
        ("AE", "ar-AE", "1,250.00"),
        ("KW", "ar-KW", "1,250.00"),
        ("SA", "ar-SA", "١٬٢٥٠٫٠٠"),
        ("UA", "ar-EG", "١٬٢٥٠٫٠٠"),
    ],
)
def test_a_reader_gets_the_digits_of_the_shops_country(country: str, tag: str, shown: str) -> None:
    """X5: the page says its region, and tags and filters write as is usual there."""
    there = shop(country=country, currency="AED")
    assert show("{% reader as reader %}{{ reader.tag }}", "ar", there) == tag
    assert shown in show("{{ amount|money:'AED' }}", "ar", there, amount=Decimal(1250))
    seven = show("{{ n|number }}{{ n|digits }}{{ n|percent }}", "ar", there, n=7)
    assert seven == ("777%" if shown.isascii() else "٧٧٧٪")


def test_web_addresses_in_a_text_keep_their_own_direction() -> None:
    shown = links_apart("سفارش شما: https://shop.example/t/abc/\n<b> & http://a.example/?x=1&y=2")
    assert '<bdi dir="ltr">https://shop.example/t/abc/</bdi>\n&lt;b&gt; &amp; ' in shown
    assert shown.endswith('<bdi dir="ltr">http://a.example/?x=1&amp;y=2</bdi>')
