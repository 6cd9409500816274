"""Work for what customers asked and nobody has answered yet: due when the answer is, over with whatever answers it.

It opens and ends by itself: who asked and who answered stands with the request.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from tartib.cases.hooks import Context, Step
from tartib.dispatch.models import WorkRecord
from tartib.dispatch.operations import open_work, reopen_all, resolve, resolve_all
from tartib.journal.operations import SYSTEM
from tartib.l10n.names import language as nearest
from tartib.orders.following import ANSWERED, ASKED_ANEW
from tartib.orders.queries import named
from tartib.orders.requests import CustomerRequest, RequestKind, RequestState
from tartib.shops.models import Shop

CODES = {RequestKind.CANCEL: "cancel-unanswered", RequestKind.RETURN: "return-unanswered"}
"""The kinds of this work, by what was asked for."""
_KEY = "request:"


def asked(request: CustomerRequest, *, now: datetime) -> None:
    """Somebody sees to it that a request is answered in time. Its case is locked."""
    shop = request.shop
    open_work(
        shop, CODES[RequestKind(request.kind)], f"{_KEY}{request.pk}", actor=SYSTEM, now=now, case_id=request.case_id,
        facts={
            "request": str(request.pk), "items": ", ".join(named(request, nearest(shop.language))),
            "reason": request.reason,
        },
        due_at=request.due_at,
    )  # fmt: skip


def answered(request: CustomerRequest, *, now: datetime) -> None:
    """It was answered, or the customer took it back."""
    resolve(request.shop, f"{_KEY}{request.pk}", actor=SYSTEM, now=now)


def follow(steps: Sequence[Step], context: Context) -> None:
    """An order that ends answers what was asked of it; taking that back leaves it to be answered again.

    What follows orders has been called before, and its tally says whether there is anything to do.
    """
    cases = [step.case.id for step in steps]
    if context.tally[ASKED_ANEW]:
        waiting = CustomerRequest.objects.filter(case__in=cases, state=RequestState.REQUESTED)
        keys = [f"{_KEY}{pk}" for pk in waiting.values_list("pk", flat=True)]
        reopen_all(context.shop, keys, actor=SYSTEM, now=context.now)
    elif context.tally[ANSWERED]:
        over(context.shop, cases, now=context.now)


def over(shop: Shop, case_ids: Collection[int], *, now: datetime) -> None:
    """Of these orders, which are locked, nothing waits for an answer any more."""
    requests = WorkRecord.objects.filter(shop=shop, case__in=case_ids, kind__in=CODES.values(), resolved_at=None)
    keys = list(requests.values_list("key", flat=True))
    if keys:
        resolve_all(shop, keys, actor=SYSTEM, now=now)


def deleted(case_ids: Sequence[int], context: Context) -> None:
    """Orders that are deleted wait for nothing."""
    over(context.shop, case_ids, now=context.now)
