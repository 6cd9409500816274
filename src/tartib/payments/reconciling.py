"""Comparing the shop's books with its gateways': what one side has and the other has not, and settling it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, Q

from tartib.journal.operations import SYSTEM, Actor
from tartib.payments import alarms, attempts
from tartib.payments.attempts import NoticeOutcome
from tartib.payments.gateways import gateway
from tartib.payments.gateways.protocol import About, Fate, GatewayNotice, Movement, Refused, Unsupported
from tartib.payments.models import (
    Account,
    Attempt,
    Difference,
    Direction,
    Dispute,
    DisputeState,
    Lack,
    Payment,
    State,
)
from tartib.shops.models import Shop
from tartib.shops.providers import Unreachable

SINCE, UNTIL = timedelta(days=3), timedelta(minutes=30)
"""How far back books are compared, and what is too young to be missed: a notice may still be under way."""
MARGIN = timedelta(days=2)
"""A payment at the edge of what is compared may lie beyond it in the other books."""

_DIRECTIONS = {About.PAYMENT: Direction.IN, About.REFUND: Direction.OUT}
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Compared:
    """How many accounts were compared and how many new differences that showed."""

    accounts: int = 0
    differences: int = 0


def compare_all(*, now: datetime, shop: Shop | None = None) -> Compared:
    """Compare the books of all accounts (of `shop`) whose gateway has a report, except those that do not answer."""
    accounts = Account.objects.select_related("shop").order_by("pk")
    compared = found = 0
    for account in accounts.filter(shop=shop) if shop else accounts.iterator():
        if not gateway(account.gateway).reports:
            continue
        try:
            found += compare(account, now - SINCE, now - UNTIL, now=now)
        except (Unreachable, Refused, Unsupported) as problem:
            logger.warning("account %s could not be compared: %s", account.pk, type(problem).__name__)
        else:
            compared += 1
    return Compared(compared, found)


def compare(account: Account, since: datetime, until: datetime, *, now: datetime) -> int:
    """Compare the books of one account between two moments; returns how many differences are new.

    A difference that is no more is settled by itself. Speaks to the gateway, so it is called outside of transactions.
    Raises `Unreachable`, `Refused` and `Unsupported`.
    """
    try:
        read_disputes(account, since, until, now=now)
    except Refused:
        # A key may be let to read payments and no disputes: the books are compared all the same.
        logger.warning("account %s may not read disputes", account.pk)
    theirs = list(gateway(account.gateway).movements(account, since, until))
    return _compare(account, theirs, since, until, now)


def read_disputes(account: Account, since: datetime, until: datetime, *, now: datetime) -> None:
    """Take in the disputes that were opened between two moments, and how all stand that are open here.

    What a gateway cannot say is left as it is. Raises `Unreachable` and `Refused`.
    """
    speaks = gateway(account.gateway)
    for notice in speaks.disputes(account, since, until):
        attempts.apply_notice(account, notice, now=now)
    for dispute in Dispute.objects.filter(account=account, state=DisputeState.OPEN).order_by("pk"):
        try:
            attempts.apply_notice(account, speaks.query_dispute(account, dispute.reference), now=now)
        except Unsupported:
            return


@transaction.atomic
def take_over(shop: Shop, difference_id: int, actor: Actor, *, now: datetime) -> NoticeOutcome | None:
    """Record here what the gateway has, as if it had told of it; the payment follows its order.

    None where there is no order to record it for, or it is not there that something lacks.
    Raises `Difference.DoesNotExist`.
    """
    difference = _open(shop, difference_id)
    if difference.lack != Lack.HERE or difference.attempt is None or difference.attempt.case_id is None:
        return None
    about = About.REFUND if difference.direction == Direction.OUT else About.PAYMENT
    notice = GatewayNotice(
        f"books:{difference.direction}:{difference.reference}", Fate.DONE, about, difference.attempt.key,
        difference.reference, difference.amount, difference.currency,
    )  # fmt: skip
    outcome = attempts.apply_notice(difference.account, notice, now=now)
    _settle([difference], actor, now)
    return outcome


@transaction.atomic
def dismiss(shop: Shop, difference_id: int, actor: Actor, *, now: datetime) -> None:
    """Somebody has seen to a difference in another way. Raises `Difference.DoesNotExist`."""
    _settle([_open(shop, difference_id)], actor, now)


def _open(shop: Shop, difference_id: int) -> Difference:
    return (
        Difference.objects.select_for_update(of=("self",))
        .select_related("attempt", "account__shop")
        .get(pk=difference_id, shop=shop, settled_at=None)
    )


@transaction.atomic
def _compare(account: Account, theirs: Sequence[Movement], since: datetime, until: datetime, now: datetime) -> int:
    here: dict[tuple[str, str], list[Payment]] = {}
    named = {movement.reference for movement in theirs}
    for payment in Payment.objects.filter(
        Q(at__gte=since - MARGIN) | Q(reference__in=named), attempt__account=account, dispute=None,
        state__in=(State.CONFIRMED, State.ASIDE),
    ).select_related("attempt"):  # fmt: skip
        here.setdefault((payment.direction, payment.reference), []).append(payment)
    there = {(_direction(movement), movement.reference): movement for movement in theirs}
    tried = {
        attempt.key: attempt
        for attempt in Attempt.objects.filter(account=account, key__in={m.attempt for m in theirs if m.attempt})
    }
    found = [
        _difference(account, Lack.AMOUNT if ours else Lack.HERE, movement, tried, ours, now)
        for key, movement in there.items()
        for ours in (here.get(key, []),)
        if (not ours and not movement.undone)
        or (ours and (_sum(ours), ours[0].currency) != (movement.amount, movement.currency))
    ]
    whole = {direction for about, direction in _DIRECTIONS.items() if about in gateway(account.gateway).whole}
    found += [
        Difference(
            account=account, shop_id=account.shop_id, lack=Lack.THERE, direction=direction, reference=reference,
            attempt=ours[-1].attempt, amount=_sum(ours), ours=_sum(ours), currency=ours[-1].currency,
            at=ours[-1].at, found_at=now,
        )
        for (direction, reference), ours in here.items()
        if direction in whole and (direction, reference) not in there and since + MARGIN <= ours[-1].at <= until
    ]  # fmt: skip
    before = Difference.objects.filter(account=account).count()
    newest = Difference.objects.filter(account=account).aggregate(newest=Max("pk"))["newest"] or 0
    Difference.objects.bulk_create(found, ignore_conflicts=True)
    fresh = Difference.objects.filter(account=account, pk__gt=newest).select_related("account__shop", "attempt")
    alarms.differences(fresh, SYSTEM, now)
    _settle(_gone(account, found, since, until), SYSTEM, now)
    return Difference.objects.filter(account=account).count() - before


def _difference(
    account: Account,
    lack: str,
    movement: Movement,
    tried: dict[str, Attempt],
    ours: Sequence[Payment],
    now: datetime,
) -> Difference:
    return Difference(
        account=account, shop_id=account.shop_id, lack=lack, direction=_direction(movement),
        reference=movement.reference, attempt=tried.get(movement.attempt), amount=movement.amount,
        ours=_sum(ours) if ours else None, currency=movement.currency, at=movement.at, found_at=now,
    )  # fmt: skip


def _gone(account: Account, found: Iterable[Difference], since: datetime, until: datetime) -> list[Difference]:
    """The open differences of that time that are there no more."""
    there = {(difference.direction, difference.reference) for difference in found}
    former = Difference.objects.filter(account=account, settled_at=None, at__gte=since + MARGIN, at__lte=until)
    former = former.select_related("account__shop", "attempt")
    return [one for one in former if (one.direction, one.reference) not in there]


def _settle(differences: Sequence[Difference], actor: Actor, now: datetime) -> None:
    found = Difference.objects.filter(pk__in=[one.pk for one in differences])
    found.update(settled_at=now, settled_by=actor.name)
    alarms.differences(differences, actor, now, over=True)


def _direction(movement: Movement) -> str:
    return _DIRECTIONS[movement.about]


def _sum(payments: Iterable[Payment]) -> Decimal:
    """What came or went under one reference: some gateways give the refunds of a payment no names of their own."""
    return sum((payment.amount for payment in payments), Decimal(0))
