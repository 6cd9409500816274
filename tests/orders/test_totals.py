"""What an order comes to: exact in every currency, whatever is taken off and however it is taxed (E1)."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tartib.l10n import money
from tartib.orders.totals import Item, Off, Reduction, add_up, spread

D = Decimal
CURRENCIES = ("UAH", "KWD", "IRT", "HKD")


def test_tax_in_the_prices_changes_no_total() -> None:
    sums = add_up([Item(D("120.00"), 2, D(20))], D("12.00"), [], "UAH", tax_included=True, shipping_tax_percent=D(20))
    assert (sums.subtotal, sums.shipping, sums.tax, sums.total) == (D(240), D(12), D("42.00"), D(252))


def test_tax_on_top_is_added() -> None:
    sums = add_up([Item(D("100.00"), 1, D("7.5"))], D("10.00"), [], "UAH", tax_included=False)
    assert (sums.tax, sums.total) == (D("7.50"), D("117.50"))


@pytest.mark.parametrize(
    ("reduction", "discount", "shipping", "total"),
    [
        (Reduction(Off.PERCENT, D(15)), "4.50", "5.00", "30.50"),
        (Reduction(Off.AMOUNT, D(10)), "10.00", "5.00", "25.00"),
        (Reduction(Off.AMOUNT, D(99)), "30.00", "5.00", "5.00"),
        (Reduction(Off.SHIPPING), "0.00", "0.00", "30.00"),
    ],
)
def test_what_is_taken_off(reduction: Reduction, discount: str, shipping: str, total: str) -> None:
    sums = add_up([Item(D("10.00"), 3)], D("5.00"), [reduction], "UAH", tax_included=True)
    assert (sums.discount, sums.shipping, sums.total) == (D(discount), D(shipping), D(total))


def test_one_reduction_after_another() -> None:
    """An amount, such as points, is taken from what a code has left."""
    half, ten = Reduction(Off.PERCENT, D(50), "HALF"), Reduction(Off.AMOUNT, D(10), "points")
    sums = add_up([Item(D("100.00"), 1)], D(0), [half, ten], "UAH", tax_included=True)
    assert sums.taken == ((half, D("50.00")), (ten, D("10.00")))
    assert sums.total == D("40.00")


_items = st.lists(
    st.builds(
        Item,
        price=st.integers(0, 10**7).map(lambda number: D(number) / 1000),
        quantity=st.integers(1, 40),
        tax_percent=st.sampled_from([D(0), D(5), D("7.5"), D(20)]),
    ),
    min_size=1,
    max_size=8,
)
_reductions = st.lists(
    st.builds(
        Reduction, off=st.sampled_from(list(Off)), value=st.integers(0, 10**5).map(lambda number: D(number) / 1000)
    ),
    max_size=3,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_items, _reductions, st.integers(0, 10**5), st.sampled_from(CURRENCIES), st.booleans())
def test_the_positions_are_the_total(
    items: list[Item], reductions: list[Reduction], shipping: int, currency: str, included: bool
) -> None:
    """E1: no sum has a fraction of the smallest coin, nothing is below nought, and the parts make up the whole."""
    sums = add_up(
        items, D(shipping) / 1000, reductions, currency, tax_included=included, shipping_tax_percent=D(20)
    )  # fmt: skip
    for amount in (sums.subtotal, sums.discount, sums.shipping, sums.tax, sums.total):
        assert amount >= 0
        assert amount == money.rounded(amount, currency)
    assert sums.subtotal == sum(position.amount for position in sums.positions)
    assert sums.discount == sum(position.off for position in sums.positions)
    assert all(0 <= position.off <= position.amount for position in sums.positions)
    added = 0 if included else sums.tax
    assert sums.total == sums.subtotal - sums.discount + sums.shipping + added
    assert not included or sums.tax <= sums.total


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12), st.data(), st.sampled_from(CURRENCIES))
def test_sharing_out_loses_nothing(weights: list[int], data: st.DataObject, currency: str) -> None:
    quantum = money.quantum(currency)
    over = [weight * quantum for weight in weights]
    amount = data.draw(st.integers(0, sum(weights))) * quantum
    shares = spread(amount, over, currency)
    assert sum(shares) == amount
    assert all(0 <= share <= weight for share, weight in zip(shares, over, strict=True))
