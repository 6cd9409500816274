"""Fields of money: in which currency an amount is, and how it may be written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation

from tartib.web.forms import Amount, Dressed


class Priced(Dressed):
    """A form with one amount."""

    price = Amount(label="X")


def priced(currency: str, data: dict[str, str] | None = None) -> Priced:
    form = Priced(data)
    form.fields["price"].currency = currency  # type: ignore[attr-defined]
    return form


@pytest.mark.parametrize(
    ("language", "currency", "label"),
    [
        ("en", "UAH", "X (₴)"),
        ("en", "GBP", "X (£)"),
        ("uk", "UAH", "X (₴)"),
        ("uk", "IRT", "X (томанів)"),
        ("fa", "IRT", "X (تومان)"),
        ("fa", "AED", "X (درهم)"),
        ("ar", "IRR", "X (ريال إيراني)"),
        ("zh-hant", "HKD", "X（HK$）"),
        ("en", "", "X"),
    ],
)
def test_the_label_of_an_amount_names_its_currency_as_its_reader_does(language: str, currency: str, label: str) -> None:
    with translation.override(language):
        form = priced(currency)
        assert form["price"].label == label
        assert f">{label}</label>" in form["price"].label_tag()


@pytest.mark.parametrize(
    ("currency", "written", "said"),
    [
        ("UAH", "1.005", "Amounts in ₴ have at most 2 decimals."),
        ("KWD", "1.2345", "Amounts in KWD have at most 3 decimals."),
        ("IRT", "1200.5", "Amounts in Toman have no decimals."),
    ],
)
def test_decimals_that_a_currency_does_not_have_are_refused_in_words(currency: str, written: str, said: str) -> None:
    assert priced(currency, {"price": written}).errors["price"] == [said]


def test_an_amount_is_read_with_the_sign_that_its_label_shows() -> None:
    form = priced("UAH", {"price": "1 240,50 ₴"})
    assert form.is_valid()
    assert form.cleaned_data["price"] == Decimal("1240.50")
