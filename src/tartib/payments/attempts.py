"""Trying to pay: starting at a gateway, hearing what it tells, and asking it what is not known.

`hear` is the one door for everything a gateway says, by notice or in answer to a question. It counts money once however
often, late or out of order it is told of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from tartib.cases.models import Case
from tartib.cases.operations import lock_case
from tartib.files.models import Upload
from tartib.journal.models import ActorKind
from tartib.journal.operations import Actor
from tartib.payments import alarms, disputes, enqueue, incoming, refund_states, refunds, sql
from tartib.payments.balance import balance
from tartib.payments.gateways import gateway
from tartib.payments.gateways.protocol import About, Ask, Fate, GatewayNotice, Refused, Started, Unsupported, Way
from tartib.payments.incoming import change, voice
from tartib.payments.models import (
    OPEN_ATTEMPTS,
    Account,
    Attempt,
    AttemptState,
    Notice,
    NoticeState,
    State,
)
from tartib.payments.operations import NothingDue, record_payment
from tartib.shops.models import Shop
from tartib.shops.providers import Unreachable

SAME = timedelta(minutes=10)
"""For how long somebody who asks to pay again is sent to the same page of the gateway."""


class NotOffered(Exception):
    """The account cannot be paid by: it is switched off, another shop's, or does not take the currency."""


class NotStarted(Exception):
    """The gateway did not open a payment; the attempt is kept with the reason."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__(attempt.reason)
        self.attempt = attempt


@dataclass(frozen=True, slots=True)
class NoticeOutcome:
    """What came of something told: whether it changed anything, and the attempt it was about."""

    state: str
    attempt: Attempt | None = None
    repeated: bool = False


def start(
    shop: Shop,
    case_id: int,
    account: Account,
    *,
    now: datetime,
    language: str = "",
    until: datetime | None = None,
) -> Attempt:
    """Open a payment of what is due of a case; where its customer goes is in `Attempt.leave` (empty: they stay here).

    Speaks to the gateway, so it is called outside of transactions. Asked again soon, it answers with the same attempt.
    Raises `Case.DoesNotExist`, `NothingDue`, `NotOffered`, and `NotStarted` when the gateway did not open one.
    """
    attempt, case, fresh = _begin(shop, case_id, account, now, language, until)
    if not fresh:
        return attempt
    ask = _ask(case, account, attempt, now)
    try:
        started = gateway(account.gateway).start(account, ask)
    except (Refused, Unreachable, Unsupported) as problem:
        reason = problem.reason if isinstance(problem, Refused) else ""
        changes: dict[str, object] = {
            "state": AttemptState.FAILED, "reason": reason[:250], "settled_at": now, "ask_at": None,
        }  # fmt: skip
        change(attempt, changes)
        raise NotStarted(attempt) from problem
    change(attempt, {"leave": _leave(started), "reference": started.reference[:120]})
    return attempt


@transaction.atomic
def apply_notice(account: Account, notice: GatewayNotice, *, now: datetime) -> NoticeOutcome:
    """Take in what a gateway told, once. Money counts as what it is: see `incoming`.

    Raises `ValueError` when money is told of without its amount.
    """
    notice_id = sql.take_in(account, notice.event[:160], NoticeState.IGNORED, _kept(notice), now)
    if notice_id is None:
        return NoticeOutcome(NoticeState.IGNORED, repeated=True)
    attempt = _matching(account, notice)
    if attempt is None or attempt.case_id is None:
        state = NoticeState.UNMATCHED if notice.fate == Fate.DONE else NoticeState.IGNORED
        if attempt is not None and notice.fate == Fate.DONE and notice.about == About.PAYMENT:
            change(attempt, {"state": AttemptState.PAID, "settled_at": now, "ask_at": None})
        if attempt is not None and notice.about == About.DISPUTE:
            state = NoticeState.APPLIED if disputes.apply_notice(account, attempt, notice, now) else NoticeState.IGNORED
    else:
        lock_case(account.shop, attempt.case_id)
        attempt = Attempt.objects.select_for_update(of=("self",)).select_related("case").get(pk=attempt.pk)
        apply = {About.REFUND: refunds.apply_notice, About.DISPUTE: disputes.apply_notice}.get(
            notice.about, incoming.apply_notice
        )
        state = NoticeState.APPLIED if apply(account, attempt, notice, now) else NoticeState.IGNORED
    Notice.objects.filter(pk=notice_id).update(state=state, attempt=attempt)
    if state == NoticeState.UNMATCHED and notice.about == About.PAYMENT:
        kept = Notice.objects.select_related("account__shop", "attempt").get(pk=notice_id)
        alarms.unmatched(kept, voice(account), now)
    return NoticeOutcome(state, attempt)


def forged(account: Account, *, now: datetime) -> None:
    """Keep that somebody spoke in the gateway's name."""
    Notice.objects.create(shop_id=account.shop_id, account=account, state=NoticeState.FORGED, at=now)


def ask_again(attempt_id: int, *, now: datetime) -> NoticeOutcome | None:
    """Ask the gateway how an attempt stands, and again later while that is open; None where it said nothing.

    Speaks to the gateway, so it is called outside of transactions.
    """
    attempt = Attempt.objects.select_related("account__shop").get(pk=attempt_id)
    account = attempt.account
    if quiet(account, now):
        Attempt.objects.filter(pk=attempt.pk, ask_at__isnull=False).update(ask_at=account.quiet_until)
        return None
    outcome = None
    try:
        notice = gateway(account.gateway).query(account, attempt)
    except Unsupported:
        Attempt.objects.filter(pk=attempt.pk).update(ask_at=None)
        return None
    except (Unreachable, Refused) as problem:
        reason = problem.reason if isinstance(problem, Refused) else ""
        Attempt.objects.filter(pk=attempt.pk, state__in=OPEN_ATTEMPTS).update(
            state=AttemptState.UNKNOWN, reason=reason[:250]
        )
        if isinstance(problem, Unreachable):
            refund_states.hush(account, problem, now)
    else:
        outcome = apply_notice(account, replace(notice, attempt=attempt.key), now=now)
    _ask_later(attempt.pk, now)
    return outcome


def quiet(account: Account, now: datetime) -> bool:
    """Whether the gateway of an account wants to be asked nothing now."""
    return account.quiet_until is not None and account.quiet_until > now


def ask_soon(attempt: Attempt, *, now: datetime) -> None:
    """Have the worker ask the gateway at once, as when a customer comes back from it, or as soon as it may be asked."""
    speaks = gateway(attempt.account.gateway)
    if attempt.state in OPEN_ATTEMPTS and speaks.way == Way.ONLINE:
        when = now if speaks.polling.at_once else max(now, attempt.started_at + speaks.polling.first)
        Attempt.objects.filter(pk=attempt.pk, state__in=OPEN_ATTEMPTS, ask_at__gt=when).update(ask_at=when)
        if when <= now:
            enqueue.asking()


LOOKS_FOR_NEWS = 4
"""How often a page looks for the payment of whoever comes back, before it offers to pay again."""


def awaited(attempt: Attempt, *, left: bool = False, looks: int = 0) -> bool:
    """Whether whoever came back from a gateway waits for its word: they may have paid, and it is the one who knows.

    Nobody waits who says to have `left` without paying, nor when it has no news of a payment after some `looks`.
    """
    if left or gateway(attempt.account.gateway).way != Way.ONLINE:
        return False
    begun = attempt.state == AttemptState.STARTED and looks < LOOKS_FOR_NEWS
    return begun or (attempt.state in (AttemptState.PENDING, AttemptState.UNKNOWN) and not has_number(attempt))


def has_number(attempt: Attempt) -> bool:
    """Whether the customer was given a number to pay at a bank or a shop by `payable_until`, and has not paid yet."""
    return attempt.state == AttemptState.PENDING and attempt.payable_until is not None


def expire(case_id: int, *, now: datetime) -> int:
    """Close the attempts of a case that are open; money that comes for them all the same is still counted."""
    return Attempt.objects.filter(case_id=case_id, state__in=OPEN_ATTEMPTS).update(
        state=AttemptState.EXPIRED, settled_at=now
    )


@transaction.atomic
def hand_in(attempt: Attempt, slip: Upload, *, now: datetime) -> None:
    """Take in the slip of a transfer: the payment waits for staff to verify it. A newer slip replaces an older one.

    Raises `NothingDue` when the transfer has been reviewed already or its order is gone.
    """
    if attempt.case_id is None:
        raise NothingDue
    case = lock_case(attempt.shop, attempt.case_id)
    attempt = Attempt.objects.select_for_update(of=("self",)).select_related("account").get(pk=attempt.pk)
    if attempt.state not in (AttemptState.STARTED, AttemptState.REVIEW):
        raise NothingDue
    change(attempt, {"state": AttemptState.REVIEW, "slip": slip})
    customer = Actor(ActorKind.CUSTOMER, case.customer.name if case.customer else "")
    record_payment(
        attempt.shop, case.pk, attempt.amount, attempt.currency, customer, now=now, state=State.UNVERIFIED,
        method=attempt.account.label, key=f"attempt:{attempt.key}", attempt=attempt,
    )  # fmt: skip


def address(attempt: Attempt) -> str:
    """The page from which a customer goes on to pay."""
    return settings.TARTIB_URL + reverse("portal:pay", args=[attempt.key])


@transaction.atomic
def _begin(
    shop: Shop, case_id: int, account: Account, now: datetime, language: str, until: datetime | None
) -> tuple[Attempt, Case, bool]:
    case = lock_case(shop, case_id)
    way = gateway(account.gateway)
    if account.shop_id != shop.pk or not account.active or (way.currencies and case.currency not in way.currencies):
        raise NotOffered
    owed = balance(case).due
    if owed <= 0:
        raise NothingDue
    same = Attempt.objects.filter(
        case=case, account=account, state=AttemptState.STARTED, amount=owed, currency=case.currency,
        started_at__gt=now - SAME,
    )  # fmt: skip
    ready = same.exclude(leave={}) if way.way == Way.ONLINE else same
    for attempt in ready.order_by("-pk")[:1]:
        if attempt.until is None or attempt.until > now:
            return attempt, case, False
    attempt = Attempt.objects.create(
        shop=shop, account=account, case=case, code=case.code, amount=owed, currency=case.currency,
        key=get_random_string(*way.keys), language=language or case.language, started_at=now, until=until,
        ask_at=now + way.polling.first if way.way == Way.ONLINE else None,
    )  # fmt: skip
    return attempt, case, True


def _ask(case: Case, account: Account, attempt: Attempt, now: datetime) -> Ask:
    person = case.customer
    with override(attempt.language):
        title = _("Order %(code)s, %(shop)s") % {"code": case.code, "shop": case.shop.name}
    return Ask(
        key=attempt.key, amount=attempt.amount, currency=attempt.currency, title=title, language=attempt.language,
        return_url=settings.TARTIB_URL + reverse("portal:pay-return", args=[attempt.key]),
        notice_url=settings.TARTIB_URL + reverse("portal:notices", args=[account.token]),
        now=now, until=attempt.until, name=person.name if person else "", email=person.email if person else "",
        phone=person.phone if person else "",
    )  # fmt: skip


def _leave(started: Started) -> dict[str, object]:
    if not started.url.startswith(("https://", f"{settings.TARTIB_URL}/")):
        return {}
    return {"url": started.url, "fields": dict(started.fields)}


def _matching(account: Account, notice: GatewayNotice) -> Attempt | None:
    """The attempt that is told of, by our key or else by the gateway's name for it."""
    ours = Attempt.objects.filter(account=account)
    if notice.attempt:
        # A gateway may call the payment by the name that it was given for it, where our key did not come back.
        return ours.filter(key=notice.attempt).first() or ours.filter(reference=notice.attempt).order_by("-pk").first()
    if notice.claim is not None:
        paid = ours.filter(Q(reference=notice.claim.payment) | Q(payments__reference=notice.claim.payment))
        return paid.order_by("-pk").first() if notice.claim.payment else None
    if notice.about == About.REFUND:
        return refunds.attempt_of(account, notice)
    return ours.filter(reference=notice.reference).order_by("-pk").first() if notice.reference else None


@transaction.atomic
def _ask_later(attempt_id: int, now: datetime) -> None:
    """When to ask next. What failed or expired is asked a while longer: it may have been paid after all."""
    attempt = Attempt.objects.select_for_update(of=("self",)).select_related("account").get(pk=attempt_id)
    if attempt.state in (AttemptState.PAID, AttemptState.REVIEW):
        change(attempt, {"ask_at": None})
        return
    polling = gateway(attempt.account.gateway).polling
    following = polling.following(attempt.started_at, now, attempt.payable_until)
    changes: dict[str, object] = {"ask_at": following}
    over = following is None or (attempt.until is not None and attempt.until <= now)
    if attempt.state in (AttemptState.STARTED, AttemptState.PENDING) and over:
        changes |= {"state": AttemptState.EXPIRED, "settled_at": now}
    change(attempt, changes)


def _kept(notice: GatewayNotice) -> dict[str, object]:
    """What is kept of something told: no keys are in it."""
    amount = notice.amount if notice.amount is not None else Decimal(0)
    return {
        "about": notice.about, "fate": notice.fate, "attempt": notice.attempt, "reference": notice.reference,
        "amount": str(amount), "currency": notice.currency, "refund": notice.refund, "reason": notice.reason[:250],
    }  # fmt: skip
