"""What needs a person when a customer has asked to cancel or to return: how it is said, and the answers it offers."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tartib.dispatch.kinds import Act, Impossible, Kind
from tartib.dispatch.models import WorkRecord
from tartib.journal.operations import Actor
from tartib.orders import requesting
from tartib.orders.awaiting import CODES
from tartib.orders.operations import Refused
from tartib.orders.requests import CustomerRequest, RequestKind, RequestReason
from tartib.shops.access import May


def _agree(record: WorkRecord, _words: str, actor: Actor, now: datetime) -> None:
    request = _request(record)
    everything = {row.line_id: row.pieces for row in request.lines.all()}
    try:
        requesting.approve(record.shop, request.case_id, request.pk, everything, "", actor, now=now)
    except requesting.Answered as gone:
        raise Impossible from gone
    except requesting.NotPossible as refused:
        raise Impossible(refused.why) from refused
    except Refused as refused:
        raise Impossible(refused.refusal.say(get_language() or "en")) from refused


def _decline(record: WorkRecord, words: str, actor: Actor, now: datetime) -> None:
    request = _request(record)
    try:
        requesting.decline(record.shop, request.case_id, request.pk, words, actor, now=now)
    except requesting.Answered as gone:
        raise Impossible from gone


def _request(record: WorkRecord) -> CustomerRequest:
    """Raises `Impossible` where it is not there any more."""
    number = str(record.facts.get("request", ""))
    request = CustomerRequest.objects.filter(shop=record.shop, case=record.case_id, pk=number).first()
    if request is None:
        raise Impossible
    return request


_ASKED = {
    RequestKind.CANCEL: (_("A customer asks to cancel"), _("The customer asks to cancel %(items)s.")),
    RequestKind.RETURN: (_("A customer asks to return goods"), _("The customer asks to return %(items)s.")),
}
_ACTS = (
    Act("order", _("Look at it and answer"), "arrow-right", page="order", args=("code",), of_case=True),
    Act(
        "agree", _("Agree to all of it"), "check", do=_agree, needs=("request",), of_case=True,
        warns=_("The customer is told that you agree."),
    ),
    Act(
        "decline", _("Decline"), "x", do=_decline, needs=("request",), of_case=True,
        asks=_("Why? The customer reads it."),
    ),
)  # fmt: skip
KINDS = tuple(
    Kind(
        CODES[kind], title, happened, _("Agree or decline in time: the customer was told until when you answer."),
        May.MOVE, acts=_ACTS, area="customers", lasts=frozenset({"items", "reason"}),
        choices={"reason": dict(RequestReason.choices)}, owes_answer=True,
    )
    for kind, (title, happened) in _ASKED.items()
)  # fmt: skip
