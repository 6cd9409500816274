"""What orders hold of a person: addresses, words, where they ordered from; told, and erased."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from django.utils.translation import gettext_lazy as _

from tartib.cases.models import Case
from tartib.cases.personal_data import cases_of, ids
from tartib.customers.hooks import Enclosure, Held, Person, row
from tartib.files.operations import discard
from tartib.files.queries import content
from tartib.journal.operations import Actor
from tartib.orders import awaiting
from tartib.orders.models import Line, Order, Proposal
from tartib.orders.placing import search_text
from tartib.orders.queries import named
from tartib.orders.requests import OPEN, CustomerRequest, RequestPhoto, RequestState


def export(person: Person, *, inner: bool) -> Iterator[Held]:
    """Each order with its lines."""
    lines: dict[int, list[str]] = {}
    for line in Line.objects.filter(case__in=cases_of(person)).order_by("case_id", "position"):
        lines.setdefault(line.case_id, []).append(f"{line.quantity} × {line.called}")
    orders = Order.objects.filter(case__in=cases_of(person)).select_related("case").order_by("case__placed_at")
    rows = [
        row(one.case, "code", "placed_at", "amount", "currency", "payment")
        | {_("status"): one.case.current_status.name}
        | row(one, "number", "subtotal", "shipping")
        | {_("discount"): one.discount_else}
        | row(one, "discount_code")
        | ({_("points spent"): one.points_spent, _("worth of the points spent"): worth} if worth else {})
        | row(one, "tax", "payment_method")
        | {
            _("products"): lines.get(one.case_id, []),
            _("delivery address"): _lines(one.ship_to.lines, one.ship_to.phone),
            _("billing address"): _lines(one.bill_to.lines, one.bill_to.phone),
        }
        | row(
            one, "customer_note", "ip", "ip_country", "shipping_method", "carrier", "tracking_number", "tracking_url",
            "sent_on", "delivered_on", "points",
        )
        for one in orders
        for worth in [one.paid_by_points]
    ]  # fmt: skip
    yield Held(_("Your orders"), rows)
    asked = CustomerRequest.objects.filter(case__in=cases_of(person)).select_related("case").order_by("pk")
    photos = RequestPhoto.objects.filter(request__case__in=cases_of(person)).select_related("upload", "request__case")
    yield Held(
        _("What you asked to cancel or to return"),
        [
            row(one.case, "code") | row(one, "kind", "state", "reason", "words", "asked_at", "answered_at", "answer")
            | {_("products"): named(one, "en")}
            for one in asked.prefetch_related("lines__line")
        ],
        [
            Enclosure(f"files/{one.request.case.code}/{one.upload.name}", partial(content, one.upload))
            for one in photos.order_by("pk")
        ],
    )  # fmt: skip
    answers = Proposal.objects.filter(case__in=cases_of(person)).exclude(chosen_at=None).select_related("case")
    yield Held(
        _("What you chose when goods were gone"),
        [
            {_("tracking code"): one.case.code, _("when"): one.chosen_at} | row(one, "choice", "words")
            for one in answers.order_by("pk")
        ],
    )


def erase(person: Person, _actor: Actor, *, now: datetime) -> None:
    """Leave what was sold, for how much and to which country, and nothing of to whom."""
    orders = list(Order.objects.filter(case__in=ids(person)).select_related("case").order_by("pk"))
    goods: dict[int, list[Line]] = {}
    for line in Line.objects.filter(case__in=[order.pk for order in orders]).order_by("case_id", "position"):
        goods.setdefault(line.case_id, []).append(line)
    for order in orders:
        for column in ("shipping_address", "billing_address"):
            country = str(getattr(order, column).get("country", ""))
            setattr(order, column, {"country": country} if country else {})
        order.customer_note, order.ip, order.ip_country, order.content = "", None, "", ""
        order.tracking_number, order.tracking_url = "", ""
        # The room below has left the tracking code alone; by what was sold it can be found again.
        order.case.search = order.case.search.rstrip() + search_text(
            order.number, "", "", "", "", goods.get(order.pk, [])
        )
    Order.objects.bulk_update(
        orders,
        [
            "shipping_address", "billing_address", "customer_note", "ip", "ip_country", "content", "tracking_number",
            "tracking_url",
        ],
        batch_size=500,
    )  # fmt: skip
    Case.objects.bulk_update([order.case for order in orders], ["search"], batch_size=500)
    discard_photos(ids(person))
    CustomerRequest.objects.filter(case__in=ids(person)).update(words="", answer="", answered_by="")
    CustomerRequest.objects.filter(case__in=ids(person), state__in=OPEN).update(
        state=RequestState.WITHDRAWN, closed_at=now
    )
    awaiting.over(person.shop, ids(person), now=now)
    Proposal.objects.filter(case__in=ids(person)).update(words="")


def discard_photos(case_ids: Sequence[int]) -> None:
    """Delete the photos that were given with what was asked of these orders."""
    given = list(RequestPhoto.objects.filter(request__case__in=case_ids).select_related("upload"))
    RequestPhoto.objects.filter(pk__in=[one.pk for one in given]).delete()
    discard(*(one.upload for one in given))


def _lines(lines: list[str], phone: str) -> list[str]:
    return [*lines, phone] if phone else list(lines)
