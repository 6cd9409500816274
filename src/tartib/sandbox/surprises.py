"""Money that nobody expects in a practice shop, for staff to practise on: paid twice, and for no order at all."""

from __future__ import annotations

from datetime import datetime, timedelta

from tartib.cases.hooks import NotifyOptions
from tartib.cases.models import Case, PaymentState
from tartib.journal.operations import Actor
from tartib.orders import ORDER
from tartib.payments.attempts import apply_notice
from tartib.payments.gateways.protocol import Fate, GatewayNotice
from tartib.payments.models import Account
from tartib.payments.operations import record_payment
from tartib.sandbox.opening import Opened
from tartib.sandbox.samples import Sample

_TWICE, _FOR_NOTHING = timedelta(hours=5), timedelta(hours=2)
_SILENT = NotifyOptions(channels=frozenset())


def surprise(sample: Sample, opened: Opened, now: datetime) -> None:
    """Let the customer of an open order pay a second time, and the gateway tell of money that no order is known of."""
    shop = opened.shop
    orders = Case.objects.filter(shop=shop, kind=ORDER, closed_at=None, updated_at__lt=now - _TWICE)
    case = orders.filter(payment=PaymentState.PAID).order_by("-placed_at", "pk").first()
    account = Account.objects.get(shop=shop, gateway="practice")
    if case is not None and case.amount is not None:
        record_payment(
            shop, case.pk, case.amount, case.currency, Actor("event", sample.gateway), now=now - _TWICE,
            method=sample.gateway, reference=f"{sample.code}T0001", notify_options=_SILENT,
        )  # fmt: skip
    told = GatewayNotice(
        f"{sample.code}-stray", Fate.DONE, reference=f"{sample.code}S0001", amount=opened.products[0].price,
        currency=shop.currency,
    )  # fmt: skip
    apply_notice(account, told, now=now - _FOR_NOTHING)
