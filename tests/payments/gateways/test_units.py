"""Amounts become what gateways count in and come back, and nothing is rounded on the way."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tartib.payments.gateways.protocol import Refused
from tartib.payments.gateways.units import from_rials, major, minor, plain, rials


@pytest.mark.parametrize(
    ("amount", "currency", "places", "number"),
    [
        ("1240.50", "UAH", None, 124_050),
        ("200", "SAR", None, 20_000),
        ("12.345", "KWD", None, 12_345),
        ("120000", "IRR", None, 120_000),
        ("88.00", "HKD", None, 8_800),
        ("1500.00", "TWD", 0, 1_500),
    ],
)
def test_each_currency_is_counted_in_its_own_units(amount: str, currency: str, places: int | None, number: int) -> None:
    assert minor(Decimal(amount), currency, places) == number
    assert major(number, currency, places) == Decimal(amount)


@pytest.mark.parametrize(("amount", "currency", "places"), [("0.001", "UAH", None), ("10.50", "TWD", 0)])
def test_what_a_gateway_cannot_express_is_refused_and_not_rounded(
    amount: str, currency: str, places: int | None
) -> None:
    with pytest.raises(Refused):
        minor(Decimal(amount), currency, places)


def test_a_toman_is_ten_rials_both_ways() -> None:
    assert rials(Decimal("120000"), "IRT") == 1_200_000
    assert rials(Decimal("120000"), "IRR") == 120_000
    assert from_rials(1_200_000, "IRT") == Decimal(120_000)
    assert from_rials("1200005", "IRT") == Decimal("120000.5")
    with pytest.raises(Refused):
        rials(Decimal(1), "UAH")


def test_decimal_text_has_the_places_of_its_currency() -> None:
    assert plain(Decimal("1240"), "UAH") == "1240.00"
    assert plain(Decimal("12.5"), "KWD") == "12.500"
    assert plain(Decimal("1500.000"), "IRR") == "1500"


@given(st.integers(1, 10**14), st.sampled_from(["UAH", "KWD", "IRR", "IRT", "SAR", "TWD", "USD"]))
def test_every_amount_comes_back_as_it_went(number: int, currency: str) -> None:
    assert minor(major(number, currency), currency) == number
