"""Everything the page of an order shows, read with a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.http import Http404
from django.urls import reverse

from tartib.billing import queries as billing
from tartib.cases import queries
from tartib.cases.filters import SORTS
from tartib.cases.models import Case
from tartib.checkout import proposals
from tartib.customers.address import Address
from tartib.desk.access import StaffRequest
from tartib.desk.attention import rows
from tartib.desk.case import caution, forms, paying, points, refunding, timeline
from tartib.desk.lists import listing
from tartib.dispatch import queries as dispatch
from tartib.feedback import queries as feedback
from tartib.flow.decide import Option
from tartib.flow.facts import Decision
from tartib.flow.workflow import Move
from tartib.journal.models import Entry, Kind
from tartib.notify import queries as messages
from tartib.notify import reaching
from tartib.notify.models import WAITING, Message
from tartib.orders import ORDER
from tartib.orders.editing import hindrance
from tartib.orders.models import Line, Order
from tartib.orders.queries import is_incomplete, lines, requests_of
from tartib.orders.queries import order as order_of
from tartib.orders.requests import CustomerRequest
from tartib.shops import naming
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


def context(request: StaffRequest, case: Case, *, now: datetime, **forms_in_use: object) -> dict[str, object]:
    """What the templates need. `forms_in_use` puts forms with their errors in place of the fresh ones."""
    order = order_of(case)
    options = queries.moves(case, request.member.role, now=now)
    permitted = [option.move for option in options if isinstance(option.answer, Decision)]
    entries = list(queries.timeline(case))
    sent = list(messages.of_case(case))
    payments = paying.of(case)
    rights = request.may
    positions = list(lines(case))
    money = refunding.standing(case)
    asked = requests_of(case)
    refunded = next((one for one in asked if str(one.pk) == request.GET.get("refund")), None)
    return {
        "case": case,
        "opened": "refund" if refunded is not None and _sends_back(rights, money, positions) else "",
        "order": order,
        "now": now,
        "may": rights,
        "query": _query(request),
        "list_query": listing.read_query(request.GET.urlencode()).as_query(),
        "around": around(request, case, now),
        "work": rows.rows(request, dispatch.of_case(case), of_order=True),
        "order_url": address(request, case),
        "main_moves": permitted[:3],
        "filled": permitted[0] if permitted and not _breaks_off(case, permitted[0]) else None,
        "more_moves": permitted[3:],
        "barred": [option for option in options if not isinstance(option.answer, Decision)],
        "move_url": reverse("desk:order-process", args=[request.shop.slug, case.code]),
        "requests": support.about(case),
        "customer_requests": [one for one in asked if one.open],
        "feedback": feedback.of_case(case),
        "entries_seen": entries[0].seq if entries else 0,
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
        "timeline_filters": [(code, label) for code, (label, _kinds) in timeline.FILTERS.items()],
        "timeline_filter": request.GET.get("tl", ""),
        "tab": request.GET.get("tab", "timeline"),
        "people": naming.staff(request.shop) if rights["assign"] else [],
        "orders_of_customer": Case.objects.filter(customer_id=case.customer_id).count() if case.customer_id else 0,
        "caution": caution.of(case),
        "points": points.of(case, order),
        "bills_elsewhere": bool(order.billing_address) and Address.read(order.billing_address) != order.ship_to,
        "proposal": proposals.of(case.pk),
        "incomplete": is_incomplete(case, order),
    } | _forms(request, case, order, permitted, positions, money, refunded, forms_in_use)


def meanwhile(case: Case, seen: int) -> list[timeline.Item]:
    """What happened to the case after the entry numbered `seen`, oldest first."""
    entries = Entry.objects.filter(case_id=case.pk, seq__gt=seen).exclude(kind=Kind.MESSAGE).order_by("seq")
    return timeline.read(case, entries[:20])


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


def options_of(request: StaffRequest, case: Case, now: datetime) -> list[Option]:
    """The moves by hand that the member of staff may make now or is told why not."""
    return list(queries.moves(case, request.member.role, now=now))


def process_form(
    request: StaffRequest, case: Case, order: Order, likeliest: Move | None, data: object, target: str = ""
) -> forms.Process:
    """The one form, with what was typed or fresh, with `target` chosen."""
    may_edit = may(request.member, May.EDIT)
    return forms.Process(data, case=case, order=order, likeliest=likeliest, may_edit=may_edit, target=target)


def _forms(
    request: StaffRequest,
    case: Case,
    order: Order,
    permitted: list[Move],
    positions: list[Line],
    money: refunding.Standing,
    refunded: CustomerRequest | None,
    in_use: dict[str, object],
) -> dict[str, object]:
    target = request.POST.get("target") or request.GET.get("to", "")
    fresh: dict[str, object] = {
        "process_form": process_form(request, case, order, permitted[0] if permitted else None, None, target),
        "note_form": forms.Note(),
        "pay_form": forms.Payment(case=case, due=money.balance.due),
        "refund_form": refunding.RefundForm(
            case=case, order=order, positions=positions, back=money.back, asked=refunded
        ),
        "people_form": forms.People(case=case, order=order),
        "line_rows": forms.line_rows(None, case.currency, positions),
        "lines_form": forms.LinesAfter(),
        "costs_form": forms.Costs(
            currency=case.currency,
            initial={"shipping": order.shipping, "discount": order.discount_else, "tax": order.tax},
        ),
        "delete_form": forms.Deletion(),
        "chosen_target": target,
    }
    return fresh | in_use


def _shown(request: StaffRequest, case: Case, entries: list[Entry]) -> list[timeline.Item]:
    kinds = timeline.FILTERS.get(request.GET.get("tl", ""), timeline.FILTERS[""])[1]
    return [item for item in timeline.read(case, entries) if item.kind in kinds]


def _query(request: StaffRequest) -> str:
    """The address part of the list the page was opened from, for what is done on it: a form is opened only once."""
    query = request.GET.copy()
    query.pop("refund", None)
    return query.urlencode()


def _sends_back(rights: dict[str, bool], money: refunding.Standing, positions: list[Line]) -> bool:
    """Whether the page has the form that sends money back."""
    out = any(line.quantity > line.came_back for line in positions)
    return rights["payment"] and bool(money.back.left > 0 or money.back.aside or out)


def _breaks_off(case: Case, move: Move) -> bool:
    """Whether a move is for when something went wrong: such a button does not invite."""
    return case.flow.status(move.target).phase in ("problem", "ended")


def _fates(sent: list[Message]) -> list[tuple[Message, str]]:
    return [(message, timeline.outcome(message)) for message in sent]
