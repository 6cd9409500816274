"""What a delivery costs, by weight, amount and place (E1)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tartib.shipping.quoting import Parcel, Tier, quote

WHOLE_WORLD = Tier(Decimal(40))
COUNTRY = Tier(Decimal(20), country="UA")
REGION = Tier(Decimal(9), country="UA", region="Київська область")
LIGHT = Tier(Decimal(5), weight_to=1_000)
HEAVY = Tier(Decimal(12), weight_from=1_000, weight_to=30_000)


@pytest.mark.parametrize(
    ("parcel", "price"),
    [
        (Parcel(0, Decimal(1), "UA", "київська  область"), 9),
        (Parcel(0, Decimal(1), "UA", "Львівська область"), 20),
        (Parcel(0, Decimal(1), "PL", "Київська область"), 40),
        (Parcel(0, Decimal(1)), 40),
    ],
)
def test_the_rate_that_names_the_place_most_exactly_counts(parcel: Parcel, price: int) -> None:
    assert quote([WHOLE_WORLD, COUNTRY, REGION], parcel) == price


@pytest.mark.parametrize(("weight", "price"), [(0, 5), (999, 5), (1_000, 12), (29_999, 12), (30_000, None)])
def test_weights_are_from_one_bound_up_to_the_next(weight: int, price: int | None) -> None:
    assert quote([LIGHT, HEAVY], Parcel(weight, Decimal(1))) == price


def test_amounts_are_from_one_bound_up_to_the_next() -> None:
    tiers = [Tier(Decimal(8), amount_to=Decimal(50)), Tier(Decimal(3), amount_from=Decimal(50))]
    assert quote(tiers, Parcel(0, Decimal("49.99"))) == 8
    assert quote(tiers, Parcel(0, Decimal(50))) == 3


def test_from_an_amount_on_it_is_free_wherever_it_is_sent() -> None:
    assert quote([COUNTRY], Parcel(0, Decimal(500), "UA"), free_from=Decimal(500)) == 0
    assert quote([COUNTRY], Parcel(0, Decimal(499), "UA"), free_from=Decimal(500)) == 20
    assert quote([COUNTRY], Parcel(0, Decimal(500), "PL"), free_from=Decimal(500)) is None


_tiers = st.lists(
    st.builds(
        Tier,
        price=st.integers(0, 99).map(Decimal),
        country=st.sampled_from(["", "UA", "IR"]),
        weight_from=st.integers(0, 5),
        weight_to=st.none() | st.integers(6, 9),
    ),
    max_size=6,
)


@given(_tiers, st.integers(0, 9), st.sampled_from(["UA", "IR", "HK"]))
def test_a_quote_is_the_price_of_a_rate_that_fits_and_does_not_depend_on_the_order(
    tiers: list[Tier], weight: int, country: str
) -> None:
    parcel = Parcel(weight, Decimal(10), country)
    price = quote(tiers, parcel)
    assert price == quote(tiers[::-1], parcel)
    fitting = [tier.price for tier in tiers if quote([tier], parcel) is not None]
    assert (price is None) == (not fitting)
    assert price is None or price in fitting
