"""Everything the page of an order shows, read with a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.urls import reverse

from tartib.billing import queries as billing
from tartib.cases import queries, undoing
from tartib.cases.filters import SORTS
from tartib.cases.models import Case
from tartib.checkout import discounts
from tartib.customers.address import Address
from tartib.desk.access import StaffRequest
from tartib.desk.cases import assigning, timeline, work
from tartib.desk.cases.offers import Offers
from tartib.desk.orders import caution, conflicts, forms, line_forms, offers, paying, points, refunding
from tartib.desk.orders.lists import listing
from tartib.dispatch import queries as dispatch
from tartib.feedback import queries as feedback
from tartib.flow.workflow import Move
from tartib.journal.kinds import Group
from tartib.journal.models import Entry
from tartib.notify import queries as messages
from tartib.notify import reaching
from tartib.notify.models import WAITING, Message
from tartib.notify.timeline import MESSAGE
from tartib.orders import ORDER, proposals
from tartib.orders.editing import hindrance
from tartib.orders.models import Line, Order
from tartib.orders.queries import Out, is_incomplete, lines, out, requests_of
from tartib.orders.queries import order as order_of
from tartib.orders.requests import CustomerRequest
from tartib.shops.access import May, may
from tartib.support import queries as support

TABS = ("timeline", "history", "messages")


@dataclass(frozen=True, slots=True)
class Around:
    """The orders before and after this one in the list it was opened from, by code; "" where there is none."""

    before: str
    after: str


def find(request: StaffRequest, code: str) -> Case:
    """The order of the request's shop with that code, or no such page."""
    case = queries.by_code(request.shop, code, ORDER)
    if case is None:
        raise Http404
    return case


def address(request: StaffRequest, case: Case, anchor: str = "") -> str:
    """The address of the page, in the list it was opened from."""
    query = request.GET.urlencode()
    return reverse("desk:order", args=[request.shop.slug, case.code]) + (f"?{query}" if query else "") + anchor


def context(
    request: StaffRequest, case: Case, *, now: datetime, parcel: forms.Parcel | None = None, **forms_in_use: object
) -> dict[str, object]:
    """What the templates need. `parcel` and `forms_in_use` put forms with their errors in place of the fresh ones."""
    order = order_of(case)
    entries = list(queries.timeline(case))
    sent = list(messages.of_case(case))
    payments = paying.of(case)
    rights = request.may
    found = offered(request, case, order, now, refused=parcel)
    positions = list(lines(case))
    money, still = refunding.money_of(case), out(order, positions)
    asked = requests_of(case)
    refunded = next((one for one in asked if str(one.pk) == request.GET.get("refund")), None)
    return {
        "case": case,
        "opened": "refund" if refunded is not None and _sends_back(rights, money, still) else _asked(request),
        "order": order,
        "now": now,
        "may": rights,
        "query": _query(request),
        "list_query": listing.read_query(request.GET.urlencode()).as_query(),
        "around": around(request, case, now),
        "work": work.rows(request, dispatch.of_case(case), of_order=True),
        "order_url": address(request, case),
        "offers": found,
        "undo": undoing.last_of(case, entries, now=now) if rights["move"] else None,
        "move_url": reverse("desk:order-process", args=[request.shop.slug, case.code]),
        "requests": support.about(case),
        "customer_requests": [one for one in asked if one.open],
        "feedback": feedback.of_case(case),
        "lines": positions,
        "lines_hindrance": hindrance(case),
        "payments": payments,
        "payment_rows": paying.rows(payments),
        "disputes": paying.disputes(case),
        "money": money,
        "papers": billing.of_case(case),
        "letters": sent,
        "reach": reaching.of_case(case),
        "waiting": [message for message in sent if message.state in WAITING],
        "fates": _fates(sent),
        "stages": timeline.stages(case, entries, sent),
        "items": _shown(request, case, entries),
        "timeline_filters": timeline.FILTERS,
        "timeline_filter": request.GET.get("tl", ""),
        "tab": request.GET.get("tab", "timeline"),
        "responsible": assigning.responsible(request, case, entries, now=now),
        "orders_of_customer": Case.objects.filter(customer_id=case.customer_id).count() if case.customer_id else 0,
        "caution": caution.of(case),
        "points": points.of(case, order),
        "code": discounts.standing(order, positions),
        "bills_elsewhere": bool(order.billing_address) and Address.read(order.billing_address) != order.ship_to,
        "proposal": proposals.of(case.pk),
        "incomplete": is_incomplete(case, order),
    } | _forms(request, case, order, found.likely, entries, positions, money, still, refunded, forms_in_use)


def meanwhile(case: Case, seen: int) -> list[timeline.Item]:
    """What happened to the case after the entry numbered `seen`, oldest first."""
    entries = Entry.objects.filter(case_id=case.pk, seq__gt=seen).exclude(kind=MESSAGE).order_by("seq")
    return timeline.timeline_items(case, entries[:20])


def around(request: StaffRequest, case: Case, now: datetime) -> Around:
    """The neighbours of the case in the list that the address describes: one query each."""
    filters = listing.read_query(request.GET.urlencode())
    column, descending = SORTS[filters.sort]
    here = getattr(case, column)
    if here is None:
        return Around("", "")
    found = queries.matching(request.shop, listing.KIND, filters, now=now)

    def nearest(upwards: bool) -> str:
        side, sign = ("gt", "") if upwards else ("lt", "-")
        beyond = Q(**{f"{column}__{side}": here}) | Q(**{column: here, f"id__{side}": case.pk})
        codes = found.filter(beyond).order_by(f"{sign}{column}", f"{sign}id").values_list("code", flat=True)
        return str(codes.first() or "")

    return Around(nearest(descending), nearest(not descending))


def offered(
    request: StaffRequest, case: Case, order: Order, now: datetime, *, refused: forms.Parcel | None = None
) -> Offers:
    """The moves as the member of staff finds them in the bar."""
    options = queries.moves(case, request.member.role, now=now)
    edits, pays = may(request.member, May.EDIT), may(request.member, May.PAYMENT)
    return offers.of_order(case, order, options, edits=edits, pays=pays, refused=refused)


def process_form(
    request: StaffRequest, case: Case, order: Order, likeliest: Move | None, data: object, target: str = ""
) -> forms.Process:
    """The one form, with what was typed or fresh, with `target` chosen."""
    may_edit = may(request.member, May.EDIT)
    return forms.Process(data, case=case, order=order, likeliest=likeliest, may_edit=may_edit, target=target)


def put_together(
    request: StaffRequest, case: Case, opened: str, now: datetime
) -> tuple[dict[str, Any], list[conflicts.Difference]]:
    """The form that was sent, with what others saved meanwhile, and what that was; `case` is as it is now."""
    posted, particulars = request.POST, order_of(case)
    if opened == "people":
        given, found = conflicts.put_together(posted, forms.People(case=case, order=particulars))
        return {"people_form": forms.People(given, case=case, order=particulars)}, found
    if opened == "lines":
        rows, costs = line_forms.line_rows(None, case.currency, list(lines(case)), 0), costs_form(case, particulars)
        given, found = conflicts.put_together(posted, costs, rows)
        merged = {
            "line_rows": line_forms.line_rows(given, case.currency),
            "costs_form": costs_form(case, particulars, given),
        }
        return merged | {"lines_form": line_forms.LinesAfter(given)}, found
    if opened == "process":
        likely, target = offered(request, case, particulars, now).likely, posted.get("target", "")
        fresh = process_form(request, case, particulars, likely, None, target)
        given, found = conflicts.put_together(posted, forms.particulars(fresh))
        return {"process_form": process_form(request, case, particulars, likely, given, target)}, found
    return {}, []


def costs_form(case: Case, order: Order, data: Any = None) -> line_forms.Costs:
    """What comes on top of the positions, with what was typed or as it is."""
    initial = {"shipping": order.shipping, "discount": order.discount_else, "tax": order.tax}
    return line_forms.Costs(data, currency=case.currency, initial=initial)


def _forms(
    request: StaffRequest,
    case: Case,
    order: Order,
    likeliest: Move | None,
    entries: list[Entry],
    positions: list[Line],
    money: refunding.CaseMoney,
    still: Out,
    refunded: CustomerRequest | None,
    in_use: dict[str, object],
) -> dict[str, object]:
    # A button beside the status names its move as well, and opens no form.
    target = (request.POST.get("target", "") if "whole" in request.POST else "") or request.GET.get("to", "")
    fresh: dict[str, Any] = {
        "process_form": process_form(request, case, order, likeliest, None, target),
        "note_form": forms.Note(),
        "pay_form": forms.Payment(case=case, due=money.balance.due),
        "refund_form": refunding.RefundForm(
            case=case, order=order, positions=positions, back=money.back, still=still, asked=refunded
        ),
        "people_form": forms.People(case=case, order=order),
        "line_rows": line_forms.line_rows(None, case.currency, positions),
        "lines_form": line_forms.LinesAfter(),
        "costs_form": costs_form(case, order),
        "delete_form": forms.Deletion(),
        "chosen_target": target,
    }
    return fresh | {"seen": _seen(case, entries, fresh)} | in_use


def _seen(case: Case, entries: list[Entry], fresh: dict[str, Any]) -> dict[str, conflicts.Seen]:
    """What each form of the page carries along of the order as it is now."""
    version, last = str(case.version), str(entries[0].seq if entries else 0)
    bases = {
        "page": "",
        "process": conflicts.base(forms.particulars(fresh["process_form"])),
        "people": conflicts.base(fresh["people_form"]),
        "lines": conflicts.base(fresh["costs_form"], fresh["line_rows"]),
    }
    return {name: conflicts.Seen(version, last, base) for name, base in bases.items()}


def _shown(request: StaffRequest, case: Case, entries: list[Entry]) -> list[timeline.Item]:
    group = request.GET.get("tl", "")
    items = timeline.timeline_items(case, entries)
    return [item for item in items if item.group == group] if group in Group.values else items


def _query(request: StaffRequest) -> str:
    """The address part of the list the page was opened from, for what is done on it: a form is opened only once."""
    query = request.GET.copy()
    for once in ("refund", "open", "to"):
        query.pop(once, None)
    return query.urlencode()


def _asked(request: StaffRequest) -> str:
    """The dialog that the address asks for, where no script opens it."""
    return str(request.GET.get("open", ""))


def _sends_back(rights: dict[str, bool], money: refunding.CaseMoney, still: Out) -> bool:
    """Whether the page has the form that sends money back."""
    return rights["payment"] and bool(money.back.left > 0 or money.back.aside or any(still.pieces.values()))


def _fates(sent: list[Message]) -> list[tuple[Message, str]]:
    return [(message, timeline.outcome(message)) for message in sent]
