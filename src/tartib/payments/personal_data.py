"""What payments hold of a person: slips, what gateways told of them, what was typed in by hand; told, and erased.

How much was paid, when, by which way, and the gateway's own number for it stay: money has to add up.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tartib.cases.personal_data import cases_of, gone, ids
from tartib.customers.hooks import Enclosure, Held, Person, row
from tartib.files.operations import discard
from tartib.files.queries import content
from tartib.journal.models import ActorKind
from tartib.journal.operations import Actor
from tartib.payments.models import (
    OPEN_ATTEMPTS,
    OPEN_REFUNDS,
    Attempt,
    AttemptState,
    Direction,
    Dispute,
    DisputeState,
    Notice,
    Payment,
    Refund,
)


def hinder(person: Person) -> Iterator[str]:
    """Money that is on its way has to arrive first."""
    if _attempts(person).filter(state__in=(*OPEN_ATTEMPTS, AttemptState.REVIEW)).exists():
        yield _("A payment is still under way.")
    if Refund.objects.filter(case__in=cases_of(person), state__in=OPEN_REFUNDS).exists():
        yield _("Money is on its way back and has not arrived yet.")
    if Dispute.objects.filter(attempt__in=_attempts(person), state=DisputeState.OPEN).exists():
        yield _("A payment is disputed, and nothing is decided yet.")


def export(person: Person, *, inner: bool) -> Iterator[Held]:
    """Each payment and refund, and the slips that were given."""
    payments = Payment.objects.filter(case__in=cases_of(person)).select_related("case").order_by("at", "pk")
    slips = _attempts(person).exclude(slip=None).select_related("slip").order_by("pk")
    yield Held(
        gettext_lazy("Your payments"),
        [
            {gettext_lazy("tracking code"): one.case.code, gettext_lazy("when"): one.at}
            | {gettext_lazy("kind"): Direction(one.direction).label}
            | row(one, "amount", "currency", "method", "reference")
            for one in payments
        ],
        [
            Enclosure(f"files/{one.code}/{one.slip.name}", partial(content, one.slip)) for one in slips if one.slip
        ],
    )  # fmt: skip


def erase(person: Person, _actor: Actor, *, now: datetime) -> None:
    """Leave the sums."""
    tries = _attempts(person)
    slips = [one.slip for one in tries.exclude(slip=None).select_related("slip") if one.slip]
    Notice.objects.filter(attempt__in=tries).update(told={})
    tries.update(leave={}, reason="", slip=None, card="", risk={})
    discard(*slips)
    cases = ids(person)
    Payment.objects.filter(case__in=cases, attempt=None).update(reference="")
    Dispute.objects.filter(attempt__in=tries).update(reason="")
    refunds = Refund.objects.filter(case__in=cases)
    refunds.update(reason="", note="")
    refunds.filter(actor__kind=ActorKind.CUSTOMER).update(actor={"kind": ActorKind.CUSTOMER.value, "name": ""})


def _attempts(person: Person) -> QuerySet[Attempt]:
    """Those of deleted orders as well, which are known by the order's code alone."""
    return Attempt.objects.filter(
        Q(case__in=ids(person)) | Q(code__in=list(gone(person).values())), shop=person.shop
    )  # fmt: skip
