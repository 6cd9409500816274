"""Reads of payments: a shop's accounts, attempts by their key, what came in and what needs a look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from tartib.cases.models import Case, PaymentState
from tartib.payments.gateways import gateways
from tartib.payments.gateways.protocol import About, Way
from tartib.payments.models import (
    Account,
    Attempt,
    Difference,
    Direction,
    Dispute,
    DisputeState,
    Notice,
    NoticeState,
    Payment,
    Refund,
    State,
)
from tartib.shops.models import Shop


def offered(shop: Shop, currency: str) -> list[Account]:
    """The accounts by which a customer may pay an order from afar, in the shop's order."""
    return [account for account in active(shop, currency) if from_afar(account, currency)]


def active_by_shop(shop_ids: Iterable[int]) -> dict[int, list[Account]]:
    """The accounts that several shops offer, whatever the currency, in the shops' order; one query."""
    found: dict[int, list[Account]] = {}
    for account in Account.objects.filter(shop__in=shop_ids, active=True).order_by("position", "pk"):
        found.setdefault(account.shop_id, []).append(account)
    return found


def active(shop: Shop, currency: str) -> list[Account]:
    """The accounts that a shop offers for a currency, those paid on receipt included, in the shop's order."""
    accounts = Account.objects.filter(shop=shop, active=True).order_by("position", "pk")
    return [account for account in accounts if takes(account, currency)]


def takes(account: Account, currency: str) -> bool:
    """Whether an account's gateway is known, and takes that currency."""
    way = gateways().get(account.gateway)
    return way is not None and (not way.currencies or currency in way.currencies)


def from_afar(account: Account, currency: str) -> bool:
    """Whether an account takes that currency from somebody who is not there."""
    return takes(account, currency) and gateways()[account.gateway].way != Way.ON_RECEIPT


def attempt(key: str) -> Attempt | None:
    """The attempt of that key, with its account, shop and order."""
    wanted = Attempt.objects.select_related("account", "shop", "case__shop", "case__customer", "slip")
    return wanted.filter(key=key).first()


def account_of(token: str) -> Account | None:
    """The account of that notice address."""
    return Account.objects.select_related("shop").filter(token=token).first()


def money_gone(case: Case) -> bool:
    """Whether all that was paid for a case went back, or a bank decides about some of it, or has taken some that nobody
    has paid anew: one query."""
    taken = Payment.objects.filter(dispute=OuterRef("pk"), state=State.CONFIRMED, credit__gt=0)
    disputed = Dispute.objects.filter(Q(state=DisputeState.OPEN) | Exists(taken), case=case)
    return case.payment == PaymentState.REFUNDED or disputed.exists()


@dataclass(frozen=True, slots=True)
class WithBanks:
    """What banks have taken of a case's money for disputes, in its currency; `deciding` while one of them is open.

    `let_off` is how much of it the case is let off, since nobody has paid that anew.
    """

    amount: Decimal = Decimal(0)
    deciding: bool = False
    let_off: Decimal = Decimal(0)


def with_banks(cases: Sequence[Case]) -> dict[int, WithBanks]:
    """What of each case's money its customer has from their bank, or may get, and not from the shop. One query."""
    taken = Payment.objects.filter(
        case__in=cases, dispute__isnull=False, direction=Direction.OUT, state=State.CONFIRMED,
        currency=F("case__currency"),
    ).values_list("case_id", "amount", "dispute__state", "credit")  # fmt: skip
    found = {case.pk: WithBanks() for case in cases}
    for case_id, amount, state, credit in taken:
        so_far, deciding = found[case_id], state == DisputeState.OPEN
        found[case_id] = WithBanks(so_far.amount + amount, so_far.deciding or deciding, so_far.let_off + credit)
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of a shop's money is looked for. `kind` is one of `KINDS`; times bound when it moved."""

    kind: str = "all"
    account_id: int | None = None
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, newest first, and the cursor of the rest; "" at the end."""

    rows: list[Any]
    following: str


KINDS = ("all", "verify", "look", "refunds", "tries")
"""All money; what waits to be verified; what somebody should look at; refunds asked for; tries to pay."""
ROWS = 50


def payment_page(shop: Shop, wanted: Wanted, cursor: str = "", size: int = ROWS) -> Page:
    """A part of a shop's list of money: payments, refunds or attempts, with their orders, in one query."""
    rows = list(_sought(shop, wanted, _after(cursor))[: size + 1])
    last = rows[size - 1] if len(rows) > size else None
    at = getattr(last, _NAMES[wanted.kind][0]) if last is not None else None
    return Page(rows[:size], f"{at.isoformat()}~{last.pk}" if at and last else "")


def waiting(shop: Shop) -> dict[str, int]:
    """How many payments wait to be verified, how many somebody should look at, and how much was told of no order."""
    return {
        "verify": Payment.objects.filter(shop=shop, state=State.UNVERIFIED).count(),
        "look": Payment.objects.filter(shop=shop).exclude(flag="").count(),
        "unmatched": Notice.objects.filter(
            account__shop=shop, state=NoticeState.UNMATCHED, told__about=About.PAYMENT
        ).count(),
    }


def sums(shop: Shop, wanted: Wanted) -> list[Any]:
    """What came in and what went back, confirmed, a row for each currency."""
    money = _payments(shop, wanted).filter(state=State.CONFIRMED).order_by()
    return list(
        money.values("currency")
        .annotate(
            came=Sum("amount", filter=Q(direction=Direction.IN)), back=Sum("amount", filter=Q(direction=Direction.OUT))
        )
        .order_by("currency")
    )


def differences(shop: Shop) -> list[Difference]:
    """Where the books of the gateways and the shop's do not agree and nobody has settled it, newest first."""
    return list(
        Difference.objects.filter(shop=shop, settled_at=None)
        .select_related("account", "attempt__case")
        .order_by("-found_at", "-pk")[:200]
    )


# When a row happened, whose account it is, and the order's code, by their columns.
_NAMES = {
    "refunds": ("asked_at", "payment__attempt__account", "case__code"),
    "tries": ("started_at", "account", "code"),
} | dict.fromkeys(("all", "verify", "look"), ("at", "attempt__account", "case__code"))
_NARROWED = {"verify": Q(state=State.UNVERIFIED), "look": ~Q(flag="")}


def _sought(shop: Shop, wanted: Wanted, after: tuple[datetime, int] | None) -> QuerySet[Any]:
    moment, account, code = _NAMES[wanted.kind]
    rows: QuerySet[Any]
    if wanted.kind == "refunds":
        rows = Refund.objects.filter(shop=shop).select_related("case__customer", "payment__attempt__account")
    elif wanted.kind == "tries":
        rows = Attempt.objects.filter(shop=shop).select_related("case__customer", "account")
    else:
        rows = Payment.objects.filter(shop=shop).select_related("case__customer", "attempt__account")
    rows = rows.filter(_NARROWED[wanted.kind]) if wanted.kind in _NARROWED else _within(rows, moment, wanted)
    if wanted.account_id:
        rows = rows.filter(**{account: wanted.account_id})
    if wanted.text:
        by_number = Q(case__order__number=wanted.text)
        rows = rows.filter(Q(**{f"{code}__iexact": wanted.text}) | Q(reference=wanted.text) | by_number)
    if after is not None:
        at, pk = after
        rows = rows.filter(Q(**{f"{moment}__lt": at}) | Q(**{moment: at, "pk__lt": pk}))
    return rows.order_by(f"-{moment}", "-pk")


def _payments(shop: Shop, wanted: Wanted) -> QuerySet[Payment]:
    return _sought(shop, replace(wanted, kind="all"), None)


def _within(rows: QuerySet[Any], moment: str, wanted: Wanted) -> QuerySet[Any]:
    if wanted.since:
        rows = rows.filter(**{f"{moment}__gte": wanted.since})
    return rows.filter(**{f"{moment}__lt": wanted.until}) if wanted.until else rows


def _after(cursor: str) -> tuple[datetime, int] | None:
    """The place a cursor names; None for none, and for what is not one."""
    moment, _mark, pk = cursor.partition("~")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    if at.tzinfo is None or not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    return at, int(pk)
