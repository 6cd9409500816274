"""Amounts and quantities as people and systems write them."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tartib.l10n import money, numbers
from tartib.l10n.names import LANGUAGES
from tartib.l10n.numbers import BadValueError


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("1,234.50", ".", "1234.50"),
        ("1.234,50", ".", "1234.50"),
        ("1 234,50", ",", "1234.50"),
        ("1\u00a0234,50 ₴", ".", "1234.50"),
        ("1'234.5", ".", "1234.5"),
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("1.234", ",", "1234"),
        ("12,5", ".", "12.5"),
        ("1,234,567", ".", "1234567"),
        ("HK$ 88", ".", "88"),
        ("ریال ۱۲۰٬۰۰۰", ".", "120000"),
        ("١٢٣٫٥٠", ".", "123.50"),
        ("\u200f١٬٢٣٤٫٥٠\u00a0ر.س.\u200f", ".", "1234.50"),
        ("(12.00)", ".", "-12.00"),
        ("-$5.00", ".", "-5.00"),
        ("\u22125", ".", "-5"),
        ("0.00", ".", "0.00"),
    ],
)
def test_amounts_are_read_however_they_are_written(text: str, mark: numbers.DecimalMark, expected: str) -> None:
    assert numbers.amount(text, mark) == Decimal(expected)


@pytest.mark.parametrize("value", [None, "", "  "])
def test_no_amount_is_none(value: str | None) -> None:
    assert numbers.amount(value) is None


@pytest.mark.parametrize(
    "value", ["free", "1 and 2", "1e99", "NaN", "Infinity", "--", "19 %", "٪10", str(10**13), True, [1]]
)
def test_what_is_no_amount_is_refused(value: object) -> None:
    with pytest.raises(BadValueError):
        numbers.amount(value)


@given(
    st.decimals(-(10**9), 10**9, places=2),
    st.sampled_from(("UAH", "HKD", "SAR", "USD")),
    st.sampled_from(LANGUAGES),
)
def test_amounts_that_the_product_shows_are_read_back(amount: Decimal, currency: str, code: str) -> None:
    mark: numbers.DecimalMark = "," if code == "uk" else "."
    assert numbers.amount(money.show(amount, currency, code), mark) == amount


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_is_refused(text: str) -> None:
    for read in (numbers.amount, numbers.quantity, numbers.measure):
        with contextlib.suppress(BadValueError):
            read(text)


@pytest.mark.parametrize(("text", "expected"), [("1", 1), ("۲", 2), ("3.0", 3), ("٤٫٠", 4), ("0", 0)])
def test_quantities(text: str, expected: int) -> None:
    assert numbers.quantity(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("½", "0.5"), ("1½", "1.5"), ("2 ¾", "2.75"), ("۱½", "1.5"), ("⅓", "0.333"), ("2,5", "2.5")]
)
def test_a_measure_may_be_written_with_the_sign_of_a_fraction(text: str, expected: str) -> None:
    assert numbers.measure(text, ",") == Decimal(expected)


@pytest.mark.parametrize("text", ["½½", "1/2½", "½ m²", "²", "x½"])
def test_what_is_no_measure_is_refused(text: str) -> None:
    with pytest.raises(BadValueError):
        numbers.measure(text)


def test_a_number_of_a_programs_own_is_an_amount_with_any_exponent() -> None:
    assert numbers.amount(Decimal("1.25E+3")) == 1250
    with pytest.raises(BadValueError):
        numbers.amount("1.25E+3")
