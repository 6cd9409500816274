"""What customers asked of orders follows what is done with them: moves that end them, goods that come back."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from tartib.cases.hooks import Context, Step
from tartib.orders.requests import OPEN, CustomerRequest, RequestedLine, RequestKind, RequestState
from tartib.payments.hooks import Piece

ANSWERED, ASKED_ANEW = "request.answered", "request.asked"
"""Under these the tally of a move counts requests."""


def follow(steps: Sequence[Step], context: Context) -> None:
    """An order that ends has carried out what was asked of it; a move that is taken back asks it anew.

    What is only asked and not answered is answered by that move. One that is handed over leaves it to be answered. The
    tally says of how many requests that was.
    """
    if context.undoes is not None:
        _ask_anew(steps, context)
        return
    ended = [step.case.id for step in steps if step.decision.status.phase == "ended"]
    carried_out = CustomerRequest.objects.filter(case__in=ended, state__in=OPEN) if ended else None
    if carried_out is not None and (held := list(carried_out.order_by("pk").select_for_update())):
        for one in held:
            _answered(one, context)
            one.state, one.closed_at, one.act_id = RequestState.DONE, context.now, context.act_id
            if one.kind == RequestKind.RETURN:
                one.arrived_at = one.arrived_at or context.now
        context.tally[ANSWERED] += len(held)
        CustomerRequest.objects.bulk_update(
            held, ["state", "closed_at", "act_id", "answered_at", "answered_by", "arrived_at"]
        )


def came_back(case_id: int, pieces: Sequence[Piece], context: Context) -> None:
    """Pieces that a customer gave back are counted to the approved request for them; with the last it is done."""
    wanted = {piece.line_id: piece.quantity for piece in pieces}
    one = CustomerRequest.objects.filter(case=case_id, state=RequestState.APPROVED, lines__line__in=wanted)
    request = one.distinct().order_by("pk").first()
    if request is None:
        return
    rows = list(RequestedLine.objects.filter(request=request).select_for_update())
    for row in rows:
        row.back += min(row.left, wanted.get(row.line_id, 0))
    RequestedLine.objects.bulk_update(rows, ["back"])
    fields = ["arrived_at"]
    if request.kind == RequestKind.RETURN:
        request.arrived_at = request.arrived_at or context.now
    if not any(row.left for row in rows):
        request.state, request.closed_at = RequestState.DONE, context.now
        fields += ["state", "closed_at"]
    request.save(update_fields=fields)


def _ask_anew(steps: Sequence[Step], context: Context) -> None:
    undone = Q(case__in=[step.case.id for step in steps], act_id=context.undoes)
    asked = CustomerRequest.objects.filter(undone).update(
        state=RequestState.REQUESTED, answered_at=None, answered_by="", answer="", closed_at=None, arrived_at=None,
        act_id=None,
    )  # fmt: skip
    if asked:
        context.tally[ASKED_ANEW] += asked


def _answered(one: CustomerRequest, context: Context) -> None:
    if one.answered_at is None:
        one.answered_at, one.answered_by = context.now, context.actor.name[:150]
