"""The payments of an order as its page lists them: their pages at the gateway, what it says of who paid, disputes."""

from __future__ import annotations

from dataclasses import dataclass

from tartib.cases.models import Case
from tartib.payments.gateways import gateways
from tartib.payments.models import Dispute, Payment
from tartib.payments.risk import Finding, read_risk
from tartib.web import audience


@dataclass(frozen=True, slots=True)
class Row:
    """A payment. `page` is its own page at the gateway, `panel` where else it is looked up there; "" for none."""

    payment: Payment
    page: str
    panel: str
    gateway: str
    risk: list[Finding]


@dataclass(frozen=True, slots=True)
class Contested:
    """A dispute, and its own page at the gateway."""

    dispute: Dispute
    page: str


def of(case: Case) -> list[Payment]:
    """The payments of an order, newest first, with all that is shown of them, in one query."""
    return list(Payment.objects.filter(case=case).select_related("attempt__account__shop", "dispute").order_by("-pk"))


def rows(payments: list[Payment]) -> list[Row]:
    """The payments as they are listed. What the gateway found out about a payer is said where the money came in."""
    return [_row(payment) for payment in payments]


def disputes(case: Case) -> list[Contested]:
    """The disputes about payments of an order, newest first."""
    found = Dispute.objects.filter(case=case).select_related("account__shop", "payment").order_by("-pk")
    known = gateways()
    return [
        Contested(one, known[one.account.gateway].page(one.account, one.reference) or "")
        for one in found
        if one.account.gateway in known
    ]


def _row(payment: Payment) -> Row:
    attempt = payment.attempt
    speaks = gateways().get(attempt.account.gateway) if attempt else None
    if attempt is None or speaks is None:
        return Row(payment, "", "", "", [])
    page = speaks.page(attempt.account, payment.reference) or speaks.page(attempt.account, attempt.reference) or ""
    came = payment.direction == "in"
    found = read_risk(attempt.risk, audience.current().language) if came else []
    return Row(payment, page, "" if page else speaks.panel, str(speaks.name), found)
