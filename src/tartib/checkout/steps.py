"""The steps of a checkout: which a cart has to take, and at which it stands."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from tartib.checkout.queries import Review
from tartib.orders.paying import Way


class Step(StrEnum):
    """A page of the checkout, in their order."""

    CART = "cart"
    DETAILS = "details"
    DELIVERY = "delivery"
    PAYMENT = "payment"
    CHECK = "check"


def steps(review: Review, ways: Sequence[Way]) -> list[Step]:
    """The steps this cart takes: what needs no delivery or no payment passes over that step."""
    passed_over = set()
    if not review.sent:
        passed_over.add(Step.DELIVERY)
    if not ways or not review.totals.total:
        passed_over.add(Step.PAYMENT)
    return [step for step in Step if step not in passed_over]


def missing(review: Review, ways: Sequence[Way]) -> Step | None:
    """The first step that is not done; None when the cart can be confirmed."""
    done = {
        Step.CART: any(row.quantity for row in review.rows),
        Step.DETAILS: review.details.ready,
        Step.DELIVERY: review.offer is not None,
        Step.PAYMENT: chosen(review, ways) is not None,
        Step.CHECK: True,
    }
    return next((step for step in steps(review, ways) if not done[step]), None)


def chosen(review: Review, ways: Sequence[Way]) -> Way | None:
    """The way to pay that was chosen, if it still can be."""
    return next((way for way in ways if way.account.pk == review.cart.account_id), None)
