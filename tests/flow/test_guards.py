"""Guards: each says yes, or what stands in the way, for any value of its facts (A3, E9, X1)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tartib.flow import GUARDS, LANGUAGES, Facts
from tartib.flow.facts import reasons

PLACED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HELD = PLACED + timedelta(hours=23)


def verdict(name: str, values: dict[str, object], now: datetime = HELD) -> str | None:
    """The code of the refusal, None for yes."""
    refusal = GUARDS[name].test(Facts("pending", PLACED, PLACED, values), now)
    return refusal.code if refusal else None


@pytest.mark.parametrize(
    ("name", "values", "code"),
    [
        ("paid", {"total": Decimal("10.00"), "paid": Decimal("10.00")}, None),
        ("paid", {"total": Decimal("10.00"), "paid": Decimal("10.01")}, None),
        ("paid", {"total": Decimal("10.00"), "paid": Decimal("9.99")}, "not-paid"),
        ("paid", {"total": Decimal(0), "paid": Decimal(0)}, None),
        ("paid", {"total": Decimal(10)}, "fact-unknown"),
        ("paid", {"total": None, "paid": Decimal(10)}, "fact-unknown"),
        ("paid", {"total": 0.1, "paid": Decimal(1)}, "fact-unknown"),
        ("paid", {"total": True, "paid": Decimal(1)}, "fact-unknown"),
        ("paid", {"total": "much", "paid": Decimal(1)}, "fact-unknown"),
        ("paid", {"total": Decimal("NaN"), "paid": Decimal(1)}, "fact-unknown"),
        ("paid", {"total": Decimal("1E400"), "paid": Decimal(1)}, "fact-unknown"),
        ("settled", {"total": Decimal(10), "paid": Decimal(0), "pays_on_receipt": True}, None),
        ("settled", {"total": Decimal(10), "paid": Decimal(10), "pays_on_receipt": False}, None),
        ("settled", {"total": Decimal(10), "paid": Decimal(0), "pays_on_receipt": False}, "not-paid"),
        ("settled", {"total": Decimal(10), "paid": Decimal(10)}, None),
        ("settled", {"total": Decimal(10), "paid": Decimal(0), "pays_on_receipt": "yes"}, "not-paid"),
        ("prepaid", {"pays_on_receipt": False}, None),
        ("prepaid", {"pays_on_receipt": True}, "pays-on-receipt"),
        ("prepaid", {}, "fact-unknown"),
        ("pays-on-receipt", {"pays_on_receipt": True}, None),
        ("pays-on-receipt", {"pays_on_receipt": False}, "pays-in-advance"),
        ("pays-on-receipt", {"pays_on_receipt": 1}, "fact-unknown"),
        ("tracked", {"tracking_number": "2045"}, None),
        ("tracked", {"tracking_number": " "}, "no-tracking-number"),
        ("tracked", {}, "no-tracking-number"),
        ("hold-passed", {"hold_hours": 23}, None),
        ("hold-passed", {"hold_hours": 0}, None),
        ("hold-passed", {"hold_hours": 24}, "on-hold-until"),
        ("hold-passed", {"hold_hours": -1}, "fact-unknown"),
        ("hold-passed", {"hold_hours": 10**9}, "fact-unknown"),
        ("hold-passed", {"hold_hours": True}, "fact-unknown"),
        ("hold-passed", {"hold_hours": 99, "hold_until": HELD}, None),
        ("hold-passed", {"hold_hours": 0, "hold_until": HELD + timedelta(seconds=1)}, "on-hold-until"),
        ("hold-passed", {"hold_hours": 24, "hold_until": None}, "on-hold-until"),
        ("hold-passed", {}, "fact-unknown"),
        ("refunded", {"refunded": Decimal("0.01")}, None),
        ("refunded", {"refunded": Decimal(0)}, "nothing-refunded"),
        ("refunded", {}, "fact-unknown"),
        ("refunded-in-full", {"paid": Decimal(10), "refunded": Decimal(10)}, None),
        ("refunded-in-full", {"paid": Decimal(10), "refunded": Decimal(4)}, "refunded-in-part"),
        ("refunded-in-full", {"paid": Decimal(0), "refunded": Decimal(0)}, "nothing-refunded"),
        ("refunded-in-full", {"refunded": Decimal(4)}, "fact-unknown"),
    ],
)
def test_what_each_guard_answers(name: str, values: dict[str, object], code: str | None) -> None:
    """A3, E9: the borders, and what is missing or no amount at all."""
    nothing_back = {"refunded": Decimal(0), "credited": Decimal(0)} if name in {"paid", "settled"} else {}
    assert verdict(name, nothing_back | values) == code


@pytest.mark.parametrize(
    ("refunded", "credited", "code"),
    [("4.00", "4.00", None), ("4.00", "0.00", "not-paid"), ("4.00", "3.99", "not-paid"), ("10.00", "10.00", None)],
)
def test_what_went_back_is_not_paid_and_what_was_credited_is_not_due(
    refunded: str, credited: str, code: str | None
) -> None:
    paid: dict[str, object] = {"total": Decimal("10.00"), "paid": Decimal("10.00")}
    assert verdict("paid", paid | {"refunded": Decimal(refunded), "credited": Decimal(credited)}) == code


def test_a_hold_near_the_end_of_the_calendar_has_an_end() -> None:
    """X1: no date can break a guard."""
    placed = datetime.max.replace(tzinfo=UTC) - timedelta(hours=1)
    refusal = GUARDS["hold-passed"].test(Facts("pending", placed, placed, {"hold_hours": 24}), placed)
    assert refusal is not None
    assert refusal.params["until"] == datetime.max.replace(tzinfo=UTC)


anything = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.decimals()


@given(st.sampled_from(sorted(GUARDS)), st.data())
def test_a_guard_answers_for_any_value_in_words(name: str, data: st.DataObject) -> None:
    """X1: total; a refusal has a reason in every language, with every place filled."""
    values: dict[str, object] = {fact: data.draw(anything) for fact in GUARDS[name].asks}
    refusal = GUARDS[name].test(Facts("pending", PLACED, PLACED, values), HELD)
    if refusal:
        assert refusal.code in reasons()
        for language in LANGUAGES:
            assert "—" not in refusal.say(language) and "{" not in refusal.say(language)


@given(st.sampled_from(sorted(GUARDS)), st.data())
def test_guards_that_exclude_each_other_never_both_agree(name: str, data: st.DataObject) -> None:
    """X1: `check` trusts this when two automatic moves answer one event."""
    for other in GUARDS[name].excludes:
        values: dict[str, object] = {fact: data.draw(anything) for fact in {*GUARDS[name].asks, *GUARDS[other].asks}}
        assert verdict(name, values) is not None or verdict(other, values) is not None
        assert name in GUARDS[other].excludes
