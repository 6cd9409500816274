"""Named conditions on the facts of a case. Each answers yes (None) or says, by a reason's code, what stands in the way.

The engine reads `Guard.asks` to learn which facts to fetch, for all cases of an act at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from tartib.flow.facts import Facts, Refusal, fact_names
from tartib.flow.workflow import later

_LONGEST_HOLD = 24 * 366  # hours: a hold of more than a year is a mistake, not a rule
_MOST_DIGITS = 25  # no currency needs more, and exact arithmetic holds within 28


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition: the fact names it asks, the guards that can never hold together with it, and its test."""

    name: str
    asks: tuple[str, ...]
    test: Callable[[Facts, datetime], Refusal | None]
    excludes: frozenset[str] = frozenset()


_PAID = ("total", "paid", "refunded", "credited")


def _paid(facts: Facts, now: datetime) -> Refusal | None:
    amounts = {name: _money(facts, name) for name in _PAID}
    for name, amount in amounts.items():
        if amount is None:
            return _unknown(name)
    total, paid, refunded, credited = (amount or Decimal(0) for amount in amounts.values())
    cost, kept = total - credited, paid - refunded
    if kept >= cost:
        return None
    return Refusal("not-paid", {"paid": kept, "total": cost, "due": cost - kept})


def _settled(facts: Facts, now: datetime) -> Refusal | None:
    if facts.values.get("pays_on_receipt") is True:
        return None
    return _paid(facts, now)


def _prepaid(facts: Facts, now: datetime) -> Refusal | None:
    on_receipt = facts.values.get("pays_on_receipt")
    if not isinstance(on_receipt, bool):
        return _unknown("pays_on_receipt")
    return Refusal("pays-on-receipt") if on_receipt else None


def _pays_on_receipt(facts: Facts, now: datetime) -> Refusal | None:
    on_receipt = facts.values.get("pays_on_receipt")
    if not isinstance(on_receipt, bool):
        return _unknown("pays_on_receipt")
    return None if on_receipt else Refusal("pays-in-advance")


def _tracked(facts: Facts, now: datetime) -> Refusal | None:
    number = facts.values.get("tracking_number")
    return None if isinstance(number, str) and number.strip() else Refusal("no-tracking-number")


def _hold_passed(facts: Facts, now: datetime) -> Refusal | None:
    hours = facts.values.get("hold_hours")
    if not isinstance(hours, int) or isinstance(hours, bool) or not 0 <= hours <= _LONGEST_HOLD:
        return _unknown("hold_hours")
    # A shop that counts in working hours says itself when they are over.
    counted = facts.values.get("hold_until")
    until = counted if isinstance(counted, datetime) else later(facts.placed_at, timedelta(hours=hours))
    return None if now >= until else Refusal("on-hold-until", {"hours": hours, "until": until})


def _refunded(facts: Facts, now: datetime) -> Refusal | None:
    refunded = _money(facts, "refunded")
    if refunded is None:
        return _unknown("refunded")
    return None if refunded > 0 else Refusal("nothing-refunded")


def _refunded_in_full(facts: Facts, now: datetime) -> Refusal | None:
    paid, refunded = _money(facts, "paid"), _money(facts, "refunded")
    if paid is None or refunded is None:
        return _unknown("paid" if paid is None else "refunded")
    if refunded <= 0:
        return Refusal("nothing-refunded")
    if refunded >= paid:
        return None
    return Refusal("refunded-in-part", {"refunded": refunded, "paid": paid, "left": paid - refunded})


GUARDS: Mapping[str, Guard] = {
    guard.name: guard
    for guard in (
        Guard("paid", _PAID, _paid),
        Guard("settled", (*_PAID, "pays_on_receipt"), _settled),
        Guard("prepaid", ("pays_on_receipt",), _prepaid, frozenset({"pays-on-receipt"})),
        Guard("pays-on-receipt", ("pays_on_receipt",), _pays_on_receipt, frozenset({"prepaid"})),
        Guard("tracked", ("tracking_number",), _tracked),
        Guard("hold-passed", ("hold_hours",), _hold_passed),
        Guard("refunded", ("refunded",), _refunded),
        Guard("refunded-in-full", ("paid", "refunded"), _refunded_in_full),
    )
}


def _money(facts: Facts, name: str) -> Decimal | None:
    """The amount, or None when the fact is missing or is not an amount (binary floats are not)."""
    value = facts.values.get(name)
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount.adjusted() < _MOST_DIGITS else None


def _unknown(fact: str) -> Refusal:
    return Refusal("fact-unknown", {"fact": fact_names()[fact]})
