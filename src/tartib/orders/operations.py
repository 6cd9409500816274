"""What staff do with an order besides moving it: the one form, edits, delivery details."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from tartib.cases import hooks
from tartib.cases.engine import Outcome, advance
from tartib.cases.hooks import NotifyOptions
from tartib.cases.models import Case
from tartib.cases.operations import lock_case, note, record_edit, write_to
from tartib.cases.search_index import found_by
from tartib.customers.address import Address
from tartib.customers.operations import MOST_SAID
from tartib.customers.people import renamed
from tartib.flow.facts import ByHand, Event, Refusal
from tartib.journal.operations import Actor
from tartib.l10n import phones
from tartib.orders import points
from tartib.orders.models import Order
from tartib.orders.timeline import TRACKING
from tartib.shops import naming
from tartib.shops.models import Shop


class Refused(Exception):
    """The move that was asked for may not be made; `refusal` says why, and nothing of the form was carried out."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Processing:
    """Everything the one form can say (requirement E3). What is None stays as it is; `target` empty means no move."""

    target: str = ""
    note: str = ""
    points: int | None = None
    points_approved: bool | None = None
    sent_on: date | None = None
    delivered_on: date | None = None
    carrier: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    notify_options: NotifyOptions = field(default_factory=NotifyOptions)


@transaction.atomic
def process(
    shop: Shop, case_id: int, form: Processing, actor: Actor, *, now: datetime, version: int | None = None
) -> Outcome | None:
    """Carry out the one form: particulars, note, tracking number and move together, or nothing of it.

    Raises `cases.operations.Stale` when somebody changed the order since `version`, and `Refused` when the move may not
    be made. A new tracking number by itself may move the order, if its workflow waits for one.
    """
    case = lock_case(shop, case_id, version)
    order = Order.objects.get(pk=case.pk)
    tracked = _change(order, form, ("carrier", "tracking_number", "tracking_url"))
    other = _change(order, form, ("points", "points_approved", "sent_on", "delivered_on"))
    order.save()
    if tracked:
        _refind(case)
        record_edit(case, tracked, actor, now=now, kind=TRACKING, shown=True, fields=["search"])
    record_edit(case, other, actor, now=now)
    if "points" in other or "points_approved" in other:
        points.settle(case, actor, now=now, by_staff=True)
    if form.target:
        wish = ByHand(form.target, actor.role, form.note)
        outcome = advance(shop, [case.pk], wish, actor, now=now, notify_options=form.notify_options)
        if outcome.refused:
            raise Refused(outcome.refused[case.pk])
        return outcome
    if form.note:
        note(case, form.note, actor, shown=form.notify_options.note_shown, now=now)
    if order.tracking_number and "tracking_number" in tracked:
        return advance(shop, [case.pk], Event("tracking.added"), actor, now=now, notify_options=form.notify_options)
    return None


@transaction.atomic
def edit(
    shop: Shop,
    case_id: int,
    actor: Actor,
    *,
    now: datetime,
    version: int | None = None,
    customer: Mapping[str, str] | None = None,
    ship_to: Address | None = None,
    bill_to: Address | None = None,
    language: str | None = None,
    tell: bool = False,
) -> None:
    """Correct who an order is for and where it goes. Each change is on the timeline with its value before and after.

    With `tell` its customer is written to where it goes now, if that changed. Raises `Case.DoesNotExist` and
    `cases.operations.Stale`.
    """
    case = lock_case(shop, case_id, version)
    order = Order.objects.get(pk=case.pk)
    changes: dict[str, tuple[object, object]] = {}
    person = case.customer
    if customer and person is not None:
        cleaned = dict(customer)
        if "phone" in cleaned:
            reading = phones.read_phone(cleaned["phone"], person.country, shop.country)
            cleaned |= {"phone": reading.number, "phone_said": reading.said[:MOST_SAID]}
        if "email" in cleaned:
            cleaned["email"] = cleaned["email"].strip().lower()
        for name, value in cleaned.items():
            if getattr(person, name) != value:
                changes[f"customer.{name}"] = (getattr(person, name), value)
                setattr(person, name, value)
        person.sort = naming.key(shop, person.name)
        person.save(update_fields=[*cleaned, "sort"])
        renamed(shop, [person.pk])
    for name, column, address in (("ship_to", "shipping_address", ship_to), ("bill_to", "billing_address", bill_to)):
        before = Address.read(getattr(order, column))
        if address is not None and address != before:
            changes[name] = (", ".join(before.lines), ", ".join(address.lines))
            setattr(order, column, address.as_data())
    if language and language != case.language:
        changes["language"] = (case.language, language)
        case.language = language
    order.save(update_fields=["shipping_address", "billing_address"])
    _refind(case)
    record_edit(case, changes, actor, now=now, fields=["search", "language"])
    for follow in hooks.connected.after_edit if changes else ():
        follow(case, actor, now)
    if tell and ship_to is not None and "ship_to" in changes:
        with override(case.language):
            lines = "\n".join(ship_to.lines_in(case.language))
            words = _("We have changed the delivery address of your order as agreed. It now goes to:")
        write_to(shop, case.pk, f"{words}\n{lines}", actor, now=now)


def _change(order: Order, form: Processing, names: Sequence[str]) -> dict[str, tuple[object, object]]:
    changes = {}
    for name in names:
        value = getattr(form, name)
        if value is not None and value != getattr(order, name):
            changes[name] = (getattr(order, name) or "", value)
            setattr(order, name, value)
    return changes


def _refind(case: Case) -> None:
    """Make a saved order findable by what it says now."""
    case.search = found_by([case])[case.pk]
