"""Money that a person has to see to: what rooms above are told of it, and when it needs nobody any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import override

from tartib.cases.models import CLOSED_PHASES, Case
from tartib.journal.operations import Actor
from tartib.payments.balance import balance
from tartib.payments.hooks import Trouble, tell_trouble
from tartib.payments.models import Difference, Direction, Dispute, DisputeState, Flag, Notice, Payment, Refund, State
from tartib.shops.models import Shop

SURPLUS = "money-surplus"
_FLAGGED: Mapping[str, str] = {
    Flag.EXCESS: SURPLUS, Flag.CURRENCY: "money-currency", Flag.AMOUNT: "money-amount",
    Flag.STRANDED: "money-stranded",
}  # fmt: skip
REFUND_FAILED, REFUND_UNKNOWN = "refund-failed", "refund-unknown"
DISPUTE, DISPUTE_LOST = "dispute", "dispute-lost"
UNMATCHED, DIFFERENCE = "money-unmatched", "books-difference"


def flagged(shop: Shop, payment: Payment, actor: Actor, now: datetime) -> None:
    """A payment was flagged."""
    tell_trouble(shop, _of_payment(payment, payment.flag), actor, now)


def unflagged(shop: Shop, payment: Payment, flag: str, actor: Actor, now: datetime) -> None:
    """A payment had that flag, and needs no look any more."""
    tell_trouble(shop, _of_payment(payment, flag, over=True), actor, now)


def recheck(case: Case, actor: Actor, now: datetime) -> None:
    """Money of a case went back: take off the flags that are true no more, and say so."""
    surplus(case, actor, now, over=True)
    for payment in list(Payment.objects.filter(case=case, direction=Direction.IN).exclude(flag="")):
        if not _holds(case, payment):
            flag, payment.flag = payment.flag, ""
            payment.save(update_fields=["flag"])
            unflagged(case.shop, payment, flag, actor, now)


def surplus(case: Case, actor: Actor, now: datetime, *, over: bool = False) -> None:
    """An edit left more paid than a case costs; or, with `over`, say so if that is so no more."""
    left = balance(case).surplus
    if bool(left) == over:
        return
    known = _facts(amount=str(left), currency=case.currency)
    tell_trouble(case.shop, Trouble(SURPLUS, f"surplus:{case.pk}", case.pk, known, over=over), actor, now)


def refund_failed(refund: Refund, actor: Actor, now: datetime, *, over: bool = False) -> None:
    """A refund failed, whether or not it was confirmed before; or that money went back after all."""
    tell_trouble(refund.shop, _of_refund(REFUND_FAILED, refund, over=over), actor, now)


def refund_unknown(refund: Refund, actor: Actor, now: datetime, *, over: bool = False) -> None:
    """Nobody can say what became of a refund; or now it is known."""
    tell_trouble(refund.shop, _of_refund(REFUND_UNKNOWN, refund, over=over), actor, now)


def disputed(dispute: Dispute, actor: Actor, now: datetime) -> None:
    """A payment is disputed, or it is no more. Money lost of a case still open leaves that to be decided about."""
    held, case = dispute.taken - dispute.returned, dispute.case
    deciding = dispute.state == DisputeState.OPEN
    lost = dispute.state == DisputeState.LOST and held > 0 and case is not None and case.phase not in CLOSED_PHASES
    known = _facts(
        amount=str(held if lost else dispute.amount), currency=dispute.currency, account=dispute.account.label,
        reference=dispute.reference, reason=dispute.reason, order=dispute.attempt.code if case is None else "",
    )  # fmt: skip
    trouble = Trouble(
        DISPUTE_LOST if lost else DISPUTE, f"dispute:{dispute.pk}", dispute.case_id, known,
        dispute.due_at if deciding else None, over=not (deciding or lost),
    )  # fmt: skip
    tell_trouble(dispute.shop, trouble, actor, now)


def unmatched(notice: Notice, actor: Actor, now: datetime, *, over: bool = False) -> None:
    """A gateway told of money that belongs to no order; or it was given to one."""
    told, attempt = notice.told, notice.attempt
    known = _facts(
        amount=str(told.get("amount", "")), currency=str(told.get("currency", "")), account=notice.account.label,
        reference=str(told.get("reference", "")), source="notice", unmatched=str(notice.pk),
        order=attempt.code if attempt else "",
    )  # fmt: skip
    tell_trouble(notice.account.shop, Trouble(UNMATCHED, f"notice:{notice.pk}", facts=known, over=over), actor, now)


def differences(found: Iterable[Difference], actor: Actor, now: datetime, *, over: bool = False) -> None:
    """The books do not agree in these places; or that is settled. Each with its account, shop and attempt at hand."""
    for one in found:
        case_id = one.attempt.case_id if one.attempt else None
        code = one.attempt.code if one.attempt and case_id is None else ""
        known = _facts(
            amount=str(one.amount), currency=one.currency, account=one.account.label, reference=one.reference,
            reason=_in_words(one), ours="" if one.ours is None else str(one.ours), order=code,
        )  # fmt: skip
        trouble = Trouble(DIFFERENCE, f"difference:{one.pk}", case_id, known, over=over)
        tell_trouble(one.account.shop, trouble, actor, now)


def _holds(case: Case, payment: Payment) -> bool:
    """Whether what a flag says is still so: more was paid than is due, or the money is still here."""
    if payment.flag == Flag.EXCESS:
        return balance(case).surplus > 0
    back = Payment.objects.filter(
        case=case, attempt=payment.attempt, direction=Direction.OUT, currency=payment.currency,
        state__in=(State.CONFIRMED, State.ASIDE),
    ).aggregate(sum=Sum("amount"))["sum"]  # fmt: skip
    return payment.amount > (back or Decimal(0))


def _of_payment(payment: Payment, flag: str, *, over: bool = False) -> Trouble:
    """What is too much is told of as that, and not as all that was paid."""
    amount = payment.amount
    if flag == Flag.EXCESS and not over:
        amount = min(amount, balance(payment.case).surplus)
    asked = str(payment.attempt.amount) if flag == Flag.AMOUNT and payment.attempt else ""
    known = _facts(
        amount=str(amount), currency=payment.currency, method=payment.method, reference=payment.reference,
        payment=str(payment.pk), asked=asked,
    )  # fmt: skip
    return Trouble(_FLAGGED[flag], f"payment:{payment.pk}", payment.case_id, known, over=over)


def _of_refund(kind: str, refund: Refund, *, over: bool) -> Trouble:
    known = _facts(
        amount=str(refund.amount), currency=refund.currency, method=refund.payment.method,
        reference=refund.reference or refund.payment.reference, reason=refund.reason, refund=str(refund.pk),
    )  # fmt: skip
    return Trouble(kind, f"refund:{refund.pk}", refund.case_id, known, over=over)


def _in_words(one: Difference) -> str:
    with override(one.account.shop.language):
        return str(one.get_lack_display())


def _facts(**known: str) -> dict[str, str]:
    return {name: value for name, value in known.items() if value}
