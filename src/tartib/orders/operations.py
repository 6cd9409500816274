"""What staff do with an order besides moving it: the one form, edits, delivery details."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from tartib.cases.engine import Outcome, advance
from tartib.cases.finding import found_by
from tartib.cases.models import Case
from tartib.cases.operations import edited, hold, note
from tartib.cases.plugs import Telling
from tartib.catalog.operations import skus
from tartib.customers import plugs
from tartib.customers.address import Address
from tartib.customers.queries import points_rule
from tartib.flow.facts import ByHand, Event, Refusal
from tartib.journal.models import Kind
from tartib.journal.operations import Actor
from tartib.orders import points
from tartib.orders.drafts import LineDraft
from tartib.orders.holding import free_goods, hold_goods
from tartib.orders.models import Line, Order
from tartib.shops import naming
from tartib.shops.models import Shop
from tartib.speech import normal


class Refused(Exception):
    """The move that was asked for may not be made; `refusal` says why, and nothing of the form was carried out."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


class LinesTaken(Exception):
    """The lines of an order cannot change any more: its goods have left the stock."""


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
    telling: Telling = field(default_factory=Telling)


@transaction.atomic
def process(
    shop: Shop, case_id: int, form: Processing, actor: Actor, *, now: datetime, version: int | None = None
) -> Outcome | None:
    """Carry out the one form: particulars, note, tracking number and move together, or nothing of it.

    Raises `cases.operations.Stale` when somebody changed the order since `version`, and `Refused` when the move may not
    be made. A new tracking number by itself may move the order, if its workflow waits for one.
    """
    case = hold(shop, case_id, version)
    order = Order.objects.get(pk=case.pk)
    tracked = _change(order, form, ("carrier", "tracking_number", "tracking_url"))
    other = _change(order, form, ("points", "points_approved", "sent_on", "delivered_on"))
    order.save()
    if tracked:
        _refind(case)
        edited(case, tracked, actor, now=now, kind=Kind.TRACKING, shown=True, fields=["search"])
    edited(case, other, actor, now=now)
    if "points" in other or "points_approved" in other:
        points.settle(case, actor, now=now, by_staff=True)
    if form.target:
        wish = ByHand(form.target, actor.role, form.note)
        outcome = advance(shop, [case.pk], wish, actor, now=now, telling=form.telling)
        if outcome.refused:
            raise Refused(outcome.refused[case.pk])
        return outcome
    if form.note:
        note(case, form.note, actor, shown=form.telling.note_shown, now=now)
    if order.tracking_number and "tracking_number" in tracked:
        return advance(shop, [case.pk], Event("tracking.added"), actor, now=now, telling=form.telling)
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
) -> None:
    """Correct who an order is for and where it goes. Each change is on the timeline with its value before and after."""
    case = hold(shop, case_id, version)
    order = Order.objects.get(pk=case.pk)
    changes: dict[str, tuple[object, object]] = {}
    person = case.customer
    if customer and person is not None:
        cleaned = dict(customer)
        if "phone" in cleaned:
            cleaned["phone"] = normal.phone(cleaned["phone"], person.country or shop.country or None)
        if "email" in cleaned:
            cleaned["email"] = cleaned["email"].strip().lower()
        for name, value in cleaned.items():
            if getattr(person, name) != value:
                changes[f"customer.{name}"] = (getattr(person, name), value)
                setattr(person, name, value)
        person.sort = naming.key(shop, person.name)
        person.save(update_fields=[*cleaned, "sort"])
        plugs.renamed(shop, [person.pk])
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
    edited(case, changes, actor, now=now, fields=["search", "language"])


@transaction.atomic
def edit_lines(
    shop: Shop,
    case_id: int,
    lines: Sequence[LineDraft],
    actor: Actor,
    *,
    now: datetime,
    shipping: Decimal,
    discount: Decimal,
    tax: Decimal,
    version: int | None = None,
) -> None:
    """Replace the lines and costs of an order whose goods have not left the stock; otherwise raises `LinesTaken`.

    `discount` is besides the points that were spent. Those that the goods do not cost any more are given back.
    Where goods are held for the order, those of the new lines are held instead; raises `holding.NotEnough`.
    """
    case = hold(shop, case_id, version)
    order = Order.objects.get(pk=case.pk)
    goods = order.subtotal - order.discount
    former = list(Line.objects.filter(case=case).order_by("position"))
    if any(line.taken for line in former):
        raise LinesTaken
    held = any(line.reserved for line in former)
    if held:
        free_goods(shop, [case.pk], actor, now=now)
    products = skus(shop, [line.sku for line in lines if line.sku])
    Line.objects.filter(case=case).delete()
    fresh = Line.objects.bulk_create(
        Line(
            case=case, position=number, product=products.get(line.sku), sku=line.sku, name=line.name,
            variant=line.variant, quantity=line.quantity, price=line.price, discount=line.discount, total=line.total,
        )
        for number, line in enumerate(lines, start=1)
    )  # fmt: skip
    if held:
        hold_goods(shop, case.pk, actor, until=order.held_until, now=now)
    changes: dict[str, tuple[object, object]] = {}
    if [str(line) for line in former] != [str(line) for line in fresh]:
        changes["lines"] = ("; ".join(map(str, former)), "; ".join(map(str, fresh)))
    subtotal = sum((line.total for line in lines), Decimal(0))
    before = {"subtotal": order.subtotal, "shipping": order.shipping, "discount": order.discount_else, "tax": order.tax}
    after = {"subtotal": subtotal, "shipping": shipping, "discount": discount, "tax": tax}
    changes |= {name: (before[name], value) for name, value in after.items() if before[name] != value}
    fewer = points.fit(order, subtotal - discount)
    order.subtotal, order.shipping, order.tax = subtotal, shipping, tax
    order.discount = discount + (order.points_value if order.points_off else 0)
    rule = points_rule(shop) if order.points else None
    if rule is not None and order.points == rule.earned(goods):
        # They are what the rule gave for the former goods, and nobody has said otherwise.
        order.points = rule.earned(order.subtotal - order.discount)
    order.save(
        update_fields=[
            "subtotal",
            "shipping",
            "discount",
            "tax",
            "points",
            "points_spent",
            "points_value",
            "points_tax",
        ]
    )
    if fewer:
        points.settle(case, actor, now=now)
    added = Decimal(0) if order.tax_included else tax
    amount = max(Decimal(0), subtotal + shipping + added - order.discount)
    if amount != case.amount:
        changes["total"] = (case.amount, amount)
        case.amount = amount
    if fresh:
        case.title = f"{fresh[0].name[:190]}{f' +{len(fresh) - 1}' if len(fresh) > 1 else ''}"
    _refind(case)
    edited(case, changes, actor, now=now, fields=["search", "amount", "title"])


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
