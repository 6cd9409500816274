"""A request to cancel or to return, as the customer is told of it: in the headline and on the way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from tartib.l10n import names
from tartib.orders.queries import declined, named
from tartib.orders.requests import CustomerRequest, RequestKind, RequestState
from tartib.shops.models import Shop
from tartib.web.templatetags.tartib import near_day

_TWO_STOPS = re.compile("\\.(\u2069?)\\.")
"""A measure or a date at a sentence's end may have a full stop of its own: «5 шт.»."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """A step on the way of an order, in the reader's language: passed, present or to come."""

    name: str
    icon: str
    colour: str
    at: datetime | None
    now: bool = False

    @property
    def passed(self) -> bool:
        """Whether the order has left it behind."""
        return self.at is not None and not self.now


def telling(requests: Sequence[CustomerRequest]) -> CustomerRequest | None:
    """The request that says where an order stands, newest first given: one under way, or a return that is complete."""
    newest = next(iter(requests), None)
    under_way = next((one for one in requests if one.open), None)
    if under_way is not None:
        return under_way
    returned = newest is not None and newest.kind == RequestKind.RETURN and newest.state == RequestState.DONE
    return newest if returned else None


def headline(request: CustomerRequest, shop: Shop, language: str, now: datetime) -> tuple[str, str]:
    """What is said of the order meanwhile: a sentence, and what comes next."""
    sentence, then = _headline(request, shop, language, now)
    rest = _joined(declined(request, language), language)
    if rest and request.state == RequestState.APPROVED and request.arrived_at is None:
        cancelled = request.kind == RequestKind.CANCEL
        without = _("We cannot cancel any more: %(items)s.") if cancelled else _("We cannot take back: %(items)s.")
        then = f"{without % {'items': rest}} {then}"
    return _TWO_STOPS.sub(r".\1", sentence), _TWO_STOPS.sub(r".\1", then)


def _headline(request: CustomerRequest, shop: Shop, language: str, now: datetime) -> tuple[str, str]:
    given = {"items": _joined(named(request, language), language), "day": near_day(request.due_at)}
    if request.state == RequestState.REQUESTED:
        late = now > request.due_at
        if request.kind == RequestKind.CANCEL:
            said = _("You have asked to cancel: %(items)s.") % given
            then = "" if late else _("We will answer by %(day)s. Until then your order stays as it is.") % given
        else:
            said = _("You have asked to return: %(items)s.") % given
            then = "" if late else _("We will answer by %(day)s. Please keep the goods until then.") % given
        return said, then or _("Our answer is due; you can also write to us or call us.")
    if request.kind == RequestKind.CANCEL:
        return _("We have agreed to cancel: %(items)s.") % given, _("We will return what you have paid for it.")
    if request.state == RequestState.DONE:
        return _("Your return is complete: %(items)s.") % given, ""
    if request.arrived_at is not None:
        return _("Your return has arrived: %(items)s.") % given, _("Next, we will return your money.")
    where = names.isolate(shop.address) if shop.address else ""
    to = _("Please send the goods to this address, or bring them: %(where)s.") % {"where": where} if where else ""
    to = to or _("Please send or bring the goods back to us.")
    return _("We have agreed to your return: %(items)s.") % given, f"{to} {_('Write the order number on the parcel.')}"


def steps(request: CustomerRequest) -> list[Milestone]:
    """The steps of a request, which follow those the order has behind it."""
    asked = request.state == RequestState.REQUESTED
    if request.kind == RequestKind.CANCEL:
        return (
            [Milestone(_("Cancellation asked for"), "hand-stop", "amber", request.asked_at, now=True)] if asked else []
        )
    if asked:
        return [
            Milestone(_("Return asked for"), "package-import", "amber", request.asked_at, now=True),
            *(Milestone(name, icon, "amber", None) for name, icon in _to_come()),
        ]
    reached = [request.answered_at, request.arrived_at, request.closed_at]
    at = max(place for place, moment in enumerate(reached) if moment is not None)
    return [
        Milestone(name, icon, "teal", moment if place <= at else None, now=place == at)
        for place, ((name, icon), moment) in enumerate(zip(_to_come(), reached, strict=True))
    ]


def _to_come() -> list[tuple[str, str]]:
    return [(_("Return agreed"), "check"), (_("Goods back"), "package-import"), (_("Money back"), "cash")]


def _joined(rows: Sequence[str], language: str) -> str:
    # A number does not part from its sign at the end of a line.
    return names.listed((row.replace(" × ", "\u00a0×\u00a0", 1) for row in rows), language)
