"""Records as the plain data that answers hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation

from tartib.billing.models import Paper
from tartib.cases.engine import Moved
from tartib.cases.models import Case
from tartib.flow.decide import Option
from tartib.flow.facts import Refusal
from tartib.flow.workflow import Workflow
from tartib.journal.models import Entry
from tartib.l10n import dates, money, names
from tartib.orders import ORDER
from tartib.orders.models import Line
from tartib.orders.telling import taken
from tartib.payments.balance import balance
from tartib.payments.models import Attempt, Payment, Refund
from tartib.payments.queries import WithBanks, with_banks
from tartib.shops.models import Shop
from tartib.support.models import Request
from tartib.support.queries import Words

Data = dict[str, object]


def language() -> str:
    """The language of this answer."""
    return names.language(translation.get_language() or "en")


def amount(value: Decimal, currency: str) -> str:
    """Money as exact text, with the currency's decimals at least."""
    exact = money.rounded(value, currency)
    return format(exact if exact == value else value.normalize(), "f")


def moment(value: datetime | date | None) -> str | None:
    """A moment or day in ISO 8601."""
    return value.isoformat() if value else None


def say(refusal: Refusal, shop: Shop, currency: str = "") -> Data:
    """Why not: the code for programs, the sentence for people with amounts and times as the shop shows them."""
    tongue = language()
    tag = shop.tag(tongue)
    shown = {}
    for name, value in refusal.params.items():
        if isinstance(value, Decimal):
            shown[name] = money.show(value, currency or shop.currency, tag)
        elif isinstance(value, datetime):
            shown[name] = dates.show_datetime(value, tag, shop.calendar, ZoneInfo(shop.timezone))
    return {"code": refusal.code, "detail": refusal.say(tongue, shown)}


def summary(case: Case, banks: WithBanks) -> Data:
    """An order in a list; the case with its `shop`, `customer`, `owner__user`, `branch` and `order`.

    `banks` is what banks have taken of its money: the customer is told of that in place of its status.
    """
    return _common(case, taken(case, banks, case.shop.tag(language()))) | {
        "number": case.order.number,
        "external_id": case.order.external_id,
        "title": case.title,
        "payment": case.payment,
        "total": None if case.amount is None else amount(case.amount, case.currency),
        "currency": case.currency,
        "branch": case.branch.code,
        "page": f"{settings.TARTIB_URL}/t/{case.token}/",
    }


def _common(case: Case, told: str = "") -> Data:
    """What cases of every kind have; `told` is what the customer is told instead of the status."""
    status, tongue, person = case.current_status, language(), case.customer
    held = case.order.circumstances if case.kind == ORDER else frozenset[str]()
    return {
        "code": case.code,
        "status": {
            "code": status.code,
            "name": status.name.say(tongue),
            "customer": told or status.told(held).say(tongue),
            "phase": status.phase,
            "progress": status.progress,
            "since": case.since.isoformat(),
        },
        "customer": {
            "name": person.name,
            "email": person.email,
            "phone": person.phone,
            "phone_written": person.phone_said or person.phone,
        }
        if person
        else None,
        "responsible": str(case.owner) if case.owner else None,
        "language": case.language,
        "channel": case.channel,
        "placed_at": case.placed_at.isoformat(),
        "updated_at": case.updated_at.isoformat(),
        "due_at": moment(case.due_at),
        "closed_at": moment(case.closed_at),
        "version": case.version,
    }


def order(case: Case, lines: Iterable[Line]) -> Data:
    """An order with everything that belongs to it."""
    particulars, currency, stands = case.order, case.currency, balance(case)
    return summary(case, with_banks([case])[case.pk]) | {
        "warnings": [],
        "lines": [
            {
                "position": line.position,
                "name": line.name,
                "variant": line.variant,
                "sku": line.sku,
                "quantity": line.quantity,
                "price": amount(line.price, currency),
                "discount": amount(line.discount, currency),
                "total": amount(line.total, currency),
                "returned": line.came_back,
            }
            for line in lines
        ],
        **{name: amount(getattr(particulars, name), currency) for name in ("subtotal", "shipping", "tax")},
        "discount": amount(particulars.discount_else, currency),
        "balance": {
            name: amount(getattr(stands, name), currency) for name in ("paid", "refunded", "credited", "due", "surplus")
        },
        "points": {
            "earned": particulars.points,
            "approved": particulars.points_approved,
            "spent": particulars.points_spent if particulars.points_off else 0,
            "worth": amount(particulars.paid_by_points, currency),
        },
        "payment_method": particulars.payment_method,
        "payment_method_name": particulars.payment_method_name,
        "shipping_method": particulars.shipping_method,
        "ship_to": particulars.ship_to.as_data(),
        "bill_to": particulars.bill_to.as_data(),
        "customer_note": particulars.customer_note,
        "parcel": {
            "carrier": particulars.carrier,
            "tracking_number": particulars.tracking_number,
            "tracking_url": particulars.tracking_url,
            "sent_on": moment(particulars.sent_on),
            "delivered_on": moment(particulars.delivered_on),
        },
    }


def moved(one: Moved, code: str) -> Data:
    """An order that moved."""
    return {"order": code, "from": one.source, "to": one.target, "version": one.version}


def refused(refusals: Mapping[int, Refusal], codes: Mapping[int, str], shop: Shop) -> list[Data]:
    """Orders that stayed, each with its reason."""
    return [{"order": codes.get(case_id, ""), **say(refusal, shop)} for case_id, refusal in refusals.items()]


def option(one: Option, flow: Workflow, shop: Shop, currency: str) -> Data:
    """A move that could be made, or why not."""
    tongue = language()
    why = say(one.answer, shop, currency) if isinstance(one.answer, Refusal) else None
    return {
        "to": one.move.target,
        "name": flow.status(one.move.target).name.say(tongue),
        "label": one.move.label.say(tongue),
        "permitted": why is None,
        "refused": why,
        "note_required": one.move.note_required,
        "notify": list(one.move.notify),
    }


def payment(one: Payment) -> Data:
    """Money that came or went."""
    return {
        "id": one.pk,
        "direction": one.direction,
        "state": one.state,
        "amount": amount(one.amount, one.currency),
        "currency": one.currency,
        "method": one.method,
        "reference": one.reference,
        "flag": one.flag,
        "attempt": one.attempt_id,
        "at": one.at.isoformat(),
    }


def attempt(one: Attempt) -> Data:
    """A try to pay, with its `account`."""
    return {
        "id": one.pk,
        "state": one.state,
        "amount": amount(one.amount, one.currency),
        "currency": one.currency,
        "gateway": one.account.gateway,
        "account": one.account.label,
        "reference": one.reference,
        "reason": one.reason,
        "started_at": one.started_at.isoformat(),
        "settled_at": moment(one.settled_at),
    }


def refund(one: Refund) -> Data:
    """A request to send money back."""
    return {
        "id": one.pk,
        "payment": one.payment_id,
        "state": one.state,
        "amount": amount(one.amount, one.currency),
        "currency": one.currency,
        "reference": one.reference,
        "reason": one.reason,
        "note": one.note,
        "asked_at": one.asked_at.isoformat(),
        "settled_at": moment(one.settled_at),
    }


def paper(one: Paper, page: str) -> Data:
    """A numbered paper, found at `page`."""
    return {
        "number": one.name,
        "kind": one.kind,
        "amount": amount(one.amount, one.currency),
        "currency": one.currency,
        "issued_at": one.issued_at.isoformat(),
        "replaced": one.replaced,
        "corrects": one.corrects.name if one.corrects else None,
        "page": page,
    }


def request(one: Request) -> Data:
    """A support request; with its case's `customer` and `owner__user`, and `about`."""
    return _common(one.case) | {"subject": one.case.title, "about": one.about.code if one.about else None}


def words(one: Words) -> Data:
    """Something that was written in a request."""
    return {
        "at": one.at.isoformat(),
        "by": one.by,
        "name": one.who,
        "text": one.text,
        "files": [file.name for file in one.files],
    }


def entry(one: Entry) -> Data:
    """An entry of the timeline."""
    return {
        "seq": one.seq,
        "at": one.at.isoformat(),
        "kind": one.kind,
        "actor": {"kind": one.actor_kind, "name": one.actor_name},
        "shown": one.shown,
        "act": str(one.act_id) if one.act_id else None,
        "data": one.data,
    }


def workflow(flow: Workflow, version: int) -> Data:
    """A workflow in the language of the answer."""
    tongue = language()
    return {
        "code": flow.code,
        "version": version,
        "name": flow.name.say(tongue),
        "start": flow.start,
        "statuses": [
            {
                "code": status.code,
                "name": status.name.say(tongue),
                "customer": status.customer.say(tongue),
                "meaning": status.meaning.say(tongue),
                "phase": status.phase,
                "progress": status.progress,
                "colour": status.colour,
                "shown": status.shown,
                "closed": status.closed,
            }
            for status in flow.statuses.values()
        ],
        "moves": [
            {
                "from": move.source,
                "to": move.target,
                "by": move.by,
                "event": move.event,
                "label": move.label.say(tongue),
                "note_required": move.note_required,
                "notify": list(move.notify),
            }
            for move in flow.moves
        ],
    }
