"""All that a customer sees of one of their orders: on its own page, and in their account."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import ngettext

from tartib.billing import queries as billing
from tartib.cases import queries
from tartib.cases.models import Case, PaymentState
from tartib.orders import proposals, repaying
from tartib.orders.models import Order
from tartib.orders.paying import way_of
from tartib.orders.queries import lines, order, points_of, requests_of
from tartib.orders.recommendations import with_orders
from tartib.orders.requesting import offered
from tartib.payments import queries as payments
from tartib.payments.balance import balance
from tartib.portal import proof, requested
from tartib.portal.asking import shown_status
from tartib.portal.story import tell
from tartib.portal.todo import parcel_url, todo
from tartib.support import queries as support
from tartib.web import audience
from tartib.web.addresses import shop_url
from tartib.web.templatetags.tartib import number

_UNPAID = (PaymentState.UNPAID, PaymentState.UNVERIFIED, PaymentState.FAILED)


def seen(case: Case, problem: str = "") -> dict[str, Any]:
    """What the page of an order shows (`portal/parts/case.html`), to the reader who has been entered.

    `problem` says why what its customer uploaded was not kept.
    """
    reader = audience.current()
    particulars = order(case)
    entries = list(queries.timeline(case, shown_only=True).order_by("seq"))
    positions, requests = list(lines(case)), requests_of(case)
    asked = requested.telling(requests)
    stands = balance(case)
    with_banks = payments.with_banks([case])[case.pk] if stands.refunded else payments.WithBanks()
    story = tell(case, particulars, entries, reader, request=asked, banks=with_banks)
    return {
        "case": case,
        "shop": case.shop,
        "order": particulars,
        "lines": positions,
        "story": story,
        "stands": stands,
        "with_banks": with_banks,
        "returned": stands.refunded - with_banks.amount,
        "todo": todo(
            case, particulars, story.status, reader.language, stands, _pay_url(case), _asked_url(case, reader.language)
        ),
        "identity": proof.part(case, problem),
        "pays_so": _instructions(case, particulars),
        "parcel_url": parcel_url(particulars),
        "requests": requests,
        "offers": offered(case, particulars, positions, requests, now=reader.now),
        "asked": [(one, shown_status(one)) for one in support.about(case)],
        "papers": billing.of_case(case),
        "recommended": [
            (one, shop_url(case.shop, "storefront:listing", language=reader.language, listing=one.slug))
            for one in with_orders([case.pk]).get(case.pk, [])
        ],
        "paid": case.payment not in _UNPAID,
        "offers_pro_forma": not story.status.closed,
        "points": _points(particulars, closed=story.status.closed),
    }


def _points(order: Order, *, closed: bool) -> str:
    """What the customer is told of the points of an order; "" where there is nothing to tell."""
    points = points_of(order)
    if points.counted > 0:
        return ngettext(
            "%(points)s point of this order is yours.", "%(points)s points of this order are yours.", points.counted
        ) % {"points": number(points.counted)}
    if points.waiting > 0:
        return ngettext(
            "%(points)s point is yours as soon as the shop has approved it.",
            "%(points)s points are yours as soon as the shop has approved them.",
            points.waiting,
        ) % {"points": number(points.waiting)}
    if points.earning and not closed:
        return ngettext(
            "This order earns %(points)s point when it is completed.",
            "This order earns %(points)s points when it is completed.",
            points.earning,
        ) % {"points": number(points.earning)}
    return ""


def _pay_url(case: Case) -> str:
    """Where to pay an order, if there is something to pay and its shop takes payments from afar."""
    offered = repaying.payable(case) and payments.offered(case.shop, case.currency)
    return reverse("portal:pay-choose", args=[case.token]) if offered else ""


def _instructions(case: Case, order: Order) -> str:
    """What the shop tells of paying on receipt, as long as that is to come; of a transfer it stands where one pays."""
    if not order.pays_on_receipt or not repaying.owing(case):
        return ""
    way = way_of(order, payments.active(case.shop, case.currency))
    return way.instructions if way else ""


def _asked_url(case: Case, language: str) -> str:
    """Where to answer what the shop asks about an order whose payment came too late; "" where nothing is asked."""
    proposal = None if case.payment in _UNPAID else proposals.of(case.pk)
    if proposal is None or proposal.settled_at is not None:
        return ""
    return shop_url(case.shop, "storefront:thanks", language=language, token=case.token)
