"""The books of the practice gateway: what it took, what it sent back, and how it says so."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime

import requests
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from tartib.payments.gateways.practice import SIGNATURE, sign
from tartib.payments.gateways.protocol import About, Fate
from tartib.payments.models import Account
from tartib.practice.models import Charge, SentBack

WAIT = 10
"""Seconds the gateway waits for a shop to take in a notice."""

logger = logging.getLogger(__name__)


class TooMuch(Exception):
    """More than the gateway took."""


def charge(
    account: Account, order: str, amount: int, currency: str, *, now: datetime, paid: bool = True, reason: str = ""
) -> Charge:
    """Take `amount`, in the currency's smallest units, for an order of the shop's; or fail to."""
    return Charge.objects.create(
        account=account, order=order, amount=amount, currency=currency, paid=paid, reason=reason, at=now
    )


@transaction.atomic
def send_back(account: Account, order: str, reference: str, amount: int, key: str, *, now: datetime) -> SentBack:
    """Send money back, once for a key. Raises `Charge.DoesNotExist` and `TooMuch`."""
    charge = (
        Charge.objects.select_for_update().filter(account=account, order=order, paid=True, reference=reference).get()
    )
    known = SentBack.objects.filter(charge__account=account, key=key).first()
    if known is not None:
        return known
    if amount <= 0 or amount > charge.amount - sum(charge.sent_back.values_list("amount", flat=True)):
        raise TooMuch
    return SentBack.objects.create(charge=charge, key=key, amount=amount, at=now)


def said_of(account: Account, order: str) -> dict[str, object]:
    """What it says of an order when it is asked: the newest payment, or that there is none yet."""
    newest = Charge.objects.filter(account=account, order=order).order_by("-paid", "-pk").first()
    return said(newest) if newest else _said(f"none:{order}", Fate.PENDING, order, "", 0, account.shop.currency)


def said(charge: Charge) -> dict[str, object]:
    """What it says of a payment."""
    fate = Fate.DONE if charge.paid else Fate.FAILED
    return _said(
        f"{charge.reference}:{fate}", fate, charge.order, charge.reference, charge.amount, charge.currency,
        reason=charge.reason,
    )  # fmt: skip


def said_of_refund(account: Account, key: str) -> dict[str, object]:
    """What it says of a refund; of one it does not know, that it failed."""
    known = SentBack.objects.select_related("charge").filter(charge__account=account, key=key).first()
    if known is None:
        return _said(f"none:{key}", Fate.FAILED, "", "", 0, account.shop.currency, About.REFUND, key)
    return said_back(known)


def said_back(sent: SentBack) -> dict[str, object]:
    """What it says of money it sent back."""
    of = sent.charge
    return _said(
        f"{sent.reference}:done", Fate.DONE, of.order, sent.reference, sent.amount, of.currency, About.REFUND, sent.key
    )


def movements(account: Account, since: datetime, until: datetime) -> list[dict[str, object]]:
    """What it took and sent back between two moments."""
    span = (since, until)
    taken = [
        said(charge) | {"at": charge.at.isoformat()}
        for charge in Charge.objects.filter(account=account, paid=True, at__range=span)
    ]
    back = [
        said_back(sent) | {"at": sent.at.isoformat()}
        for sent in SentBack.objects.select_related("charge").filter(charge__account=account, at__range=span)
    ]
    return taken + back


def tell(account: Account, told: Mapping[str, object]) -> bool:
    """Tell the shop, over HTTP and signed; whether it took it in."""
    body = json.dumps(told).encode()
    headers = {SIGNATURE: sign(account.settings.get("secret", ""), body), "Content-Type": "application/json"}
    where = settings.TARTIB_URL + reverse("portal:notices", args=[account.token])
    try:
        answer = requests.post(where, data=body, headers=headers, timeout=WAIT, allow_redirects=False)
    except requests.RequestException as problem:
        logger.warning("a practice notice was not taken in: %s", type(problem).__name__)
        return False
    return answer.status_code == 200 and answer.text == "OK"


def _said(
    event: str,
    fate: Fate,
    order: str,
    reference: str,
    amount: int,
    currency: str,
    about: About = About.PAYMENT,
    refund: str = "",
    reason: str = "",
) -> dict[str, object]:
    return {
        "event": event, "fate": fate, "about": about, "order": order, "reference": reference, "amount": amount,
        "currency": currency, "refund": refund, "reason": reason, "card_country": "",
    }  # fmt: skip
