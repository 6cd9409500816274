"""The books of the practice gateway: what it took, what it sent back, and how it says so."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from tartib.payments.gateways.practice import SIGNATURE, sign
from tartib.payments.gateways.protocol import About, Fate
from tartib.payments.models import Account
from tartib.sandbox.models import Charge, Contest, SentBack
from tartib.shops import providers
from tartib.shops.providers import Unreachable

WAIT = 10
"""Seconds the gateway waits for a shop to take in a notice."""
EVIDENCE = timedelta(days=7)
"""How long a shop has to answer a dispute."""
CONTESTED = "-dispute"
"""What the name of a dispute ends with, after that of its payment."""

RISK = {
    "risk_level": "elevated", "three_d_secure": "none", "cvc_check": "pass", "postcode_check": "fail",
    "card_country": "CA",
}  # fmt: skip
"""What it found out about whoever pays: something to look at."""

logger = logging.getLogger(__name__)


class TooMuch(Exception):
    """More than the gateway took."""


def charge(
    account: Account, order: str, amount: int, currency: str, *, now: datetime, paid: bool = True, reason: str = ""
) -> Charge:
    """Take `amount`, in the currency's smallest units, for an order of the shop's; or fail to."""
    return Charge.objects.create(
        shop_id=account.shop_id,
        account=account,
        order=order,
        amount=amount,
        currency=currency,
        paid=paid,
        reason=reason,
        at=now,
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
    gone = sum(charge.sent_back.filter(failed_at=None).values_list("amount", flat=True))
    if amount <= 0 or amount > charge.amount - gone:
        raise TooMuch
    return SentBack.objects.create(shop_id=charge.shop_id, charge=charge, key=key, amount=amount, at=now)


@transaction.atomic
def fail_back(charge: Charge, reference: str, *, now: datetime) -> SentBack | None:
    """Have the bank fail to deliver money that was sent back; None where there is none, or that has happened before."""
    found = charge.sent_back.select_for_update().filter(reference=reference, failed_at=None).first()
    if found is not None:
        found.failed_at = now
        found.save(update_fields=["failed_at"])
    return found


@transaction.atomic
def contest(charge: Charge, how: str, *, now: datetime) -> bool:
    """Have the customer dispute a payment, or have that decided; whether that was possible."""
    charge = Charge.objects.select_for_update().get(pk=charge.pk)
    if not charge.paid or charge.contest != ("" if how == Contest.OPEN else Contest.OPEN):
        return False
    charge.contest, charge.contest_told_at = how, now
    charge.contested_at = charge.contested_at or now
    charge.save(update_fields=["contest", "contest_told_at", "contested_at"])
    return True


def find(account: Account, reference: str) -> Charge | None:
    """The payment of that name, or the one that money of that name was sent back of, or a dispute is about."""
    charges = Charge.objects.filter(account=account)
    return (
        charges.filter(reference=reference.removesuffix(CONTESTED)).first()
        or charges.filter(sent_back__reference=reference).first()
    )


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
    ) | {"at": charge.at.isoformat(), "risk": RISK if charge.paid else {}}  # fmt: skip


def said_of_refund(account: Account, key: str) -> dict[str, object]:
    """What it says of a refund; of one it does not know, that it failed."""
    known = SentBack.objects.select_related("charge").filter(charge__account=account, key=key).first()
    if known is None:
        return _said(f"none:{key}", Fate.FAILED, "", "", 0, account.shop.currency, About.REFUND, key)
    return said_back(known)


def said_back(sent: SentBack) -> dict[str, object]:
    """What it says of money it sent back."""
    of, failed = sent.charge, sent.failed_at is not None
    return _said(
        f"{sent.reference}:{'failed' if failed else 'done'}", Fate.FAILED if failed else Fate.DONE, of.order,
        sent.reference, sent.amount, of.currency, About.REFUND, sent.key, "account closed" if failed else "",
    ) | {"at": (sent.failed_at or sent.at).isoformat()}  # fmt: skip


def said_of_dispute(account: Account, reference: str) -> dict[str, object]:
    """What it says of a dispute. Raises `Charge.DoesNotExist`."""
    charges = Charge.objects.filter(account=account).exclude(contest="")
    return said_contested(charges.get(reference=reference.removesuffix(CONTESTED)))


def said_contested(charge: Charge) -> dict[str, object]:
    """What it says of the dispute about a payment: the money is taken at once, and comes back when the shop wins."""
    assert charge.contested_at is not None
    assert charge.contest_told_at is not None
    claim = {
        "payment": charge.reference, "contest": charge.contest, "until": (charge.contested_at + EVIDENCE).isoformat(),
        "taken": charge.amount, "returned": charge.amount if charge.contest == Contest.WON else 0,
    }  # fmt: skip
    return _said(
        f"{charge.reference}{CONTESTED}:{charge.contest}", Fate.DONE, charge.order, f"{charge.reference}{CONTESTED}",
        charge.amount, charge.currency, About.DISPUTE, reason="product not received",
    ) | {"at": charge.contest_told_at.isoformat(), "claim": claim}  # fmt: skip


def disputes(account: Account, since: datetime, until: datetime) -> list[dict[str, object]]:
    """The disputes that were opened between two moments."""
    found = Charge.objects.filter(account=account, contested_at__range=(since, until)).exclude(contest="")
    return [said_contested(charge) for charge in found.order_by("pk")]


def movements(account: Account, since: datetime, until: datetime) -> list[dict[str, object]]:
    """What it took and sent back between two moments."""
    span = (since, until)
    taken = [
        said(charge) | {"at": charge.at.isoformat()}
        for charge in Charge.objects.filter(account=account, paid=True, at__range=span)
    ]
    back = [
        said_back(sent) | {"at": sent.at.isoformat()}
        for sent in SentBack.objects.select_related("charge").filter(
            charge__account=account, at__range=span, failed_at=None
        )
    ]
    return taken + back


def tell(account: Account, told: Mapping[str, object]) -> bool:
    """Tell the shop, over HTTP and signed; whether it took it in."""
    body = json.dumps(told).encode()
    headers = {SIGNATURE: sign(account.settings.get("secret", ""), body), "Content-Type": "application/json"}
    where = settings.TARTIB_URL + reverse("portal:notices", args=[account.token])
    try:
        answer = providers.post("POST", where, body, headers, within=WAIT, inside=True)
    except Unreachable as problem:
        logger.warning("a practice notice was not taken in: %s", problem)
        return False
    return answer.status == 200 and answer.text == "OK"


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
        "currency": currency, "refund": refund, "reason": reason, "card_country": "", "risk": {}, "at": "",
        "claim": None,
    }  # fmt: skip
