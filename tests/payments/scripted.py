"""A gateway that does as a test tells it, and the way a test speaks in its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import count

import pytest

from tartib.payments import accounts
from tartib.payments.gateways import gateways
from tartib.payments.gateways.protocol import About, Ask, Fate, Gateway, GatewayNotice, Movement, Setting, Started
from tartib.payments.gateways.records import Account, Attempt, Refund
from tartib.payments.models import Account as KeptAccount
from tartib.shops.models import Shop
from tests.factories import NOW

_number = count(1)


def _pending(account: Account, attempt: Attempt) -> GatewayNotice:
    return GatewayNotice(f"asked-{next(_number)}", Fate.PENDING)


def _refunded(account: Account, attempt: Attempt, amount: Decimal, key: str) -> GatewayNotice:
    return GatewayNotice(
        f"refund-{key}", Fate.DONE, About.REFUND, attempt.key, f"re-{key}", amount, attempt.currency, refund=key
    )


class Scripted(Gateway):
    """Answers as the test has set it to; keeps what it was asked."""

    code = "scripted"
    name = "Scripted"
    settings = (Setting("secret", "Secret", secret=True),)

    def __init__(self) -> None:
        self.asked: list[Ask] = []
        self.starts: Callable[[Account, Ask], Started] = lambda _account, ask: Started(f"https://pay.example/{ask.key}")
        self.answers: Callable[[Account, Attempt], GatewayNotice] = _pending
        self.refunded: list[tuple[str, Decimal, str]] = []
        self.refunds_as: Callable[[Account, Attempt, Decimal, str], GatewayNotice] = _refunded
        self.refund_answers: Callable[[Account, Refund], GatewayNotice] | None = None
        self.books: list[Movement] = []

    def start(self, account: Account, ask: Ask) -> Started:
        self.asked.append(ask)
        return self.starts(account, ask)

    def query(self, account: Account, attempt: Attempt) -> GatewayNotice:
        return self.answers(account, attempt)

    def refund(self, account: Account, attempt: Attempt, amount: Decimal, key: str) -> GatewayNotice:
        self.refunded.append((attempt.reference, amount, key))
        return self.refunds_as(account, attempt, amount, key)

    def query_refund(self, account: Account, refund: Refund) -> GatewayNotice:
        assert self.refund_answers is not None
        return self.refund_answers(account, refund)

    def movements(self, account: Account, since: datetime, until: datetime) -> Iterable[Movement]:
        return [movement for movement in self.books if since <= movement.at <= until]


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    """The gateway, among the others for the time of a test."""
    gateway = Scripted()
    gateways()[gateway.code] = gateway
    yield gateway
    del gateways()[gateway.code]


def make_account(shop: Shop, code: str = "scripted") -> KeptAccount:
    """An account of the shop at a gateway of which a secret is all it needs."""
    return accounts.add(shop, code, {"secret": "a long word"}, now=NOW)


def paid(
    attempt: Attempt, reference: str = "money-1", *, event: str = "", amount: Decimal | None = None
) -> GatewayNotice:
    """The gateway tells that an attempt is paid."""
    return GatewayNotice(
        event or f"event-{next(_number)}", Fate.DONE, attempt=attempt.key, reference=reference,
        amount=attempt.amount if amount is None else amount, currency=attempt.currency,
    )  # fmt: skip


def told(attempt: Attempt, fate: Fate, *, event: str = "", reason: str = "") -> GatewayNotice:
    """The gateway tells something else of an attempt."""
    return GatewayNotice(event or f"event-{next(_number)}", fate, attempt=attempt.key, reason=reason)
