"""Placing orders: one from a form, thousands from an import, through the same steps."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.db import transaction

from tartib.cases.hooks import NotifyOptions
from tartib.cases.models import PaymentState, WorkflowVersion
from tartib.cases.operations import NewCase, Opened, look_at_opened, open_cases, tell_opened
from tartib.cases.queries import current_workflow
from tartib.cases.timeline import MOVED, NOTE
from tartib.catalog.operations import skus
from tartib.customers.operations import find_or_add
from tartib.customers.points_balance import PointsRule
from tartib.customers.queries import points_rule
from tartib.journal.kinds import CREATED, IMPORTED
from tartib.journal.operations import Actor, NewEntry
from tartib.l10n import normal
from tartib.orders import ORDER
from tartib.orders.drafts import OrderDraft
from tartib.orders.places import country_of
from tartib.orders.sql import known
from tartib.orders.timeline import TRACKING
from tartib.shops.bulk import insert_rows
from tartib.shops.models import Branch, Membership, Shop
from tartib.shops.operations import responsible


class NoWorkflow(Exception):
    """The shop has no workflow for orders yet, or nobody to be responsible for them."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A draft that became an order, by its place among the drafts."""

    place: int
    case_id: int
    code: str
    token: str


_ORDER = (
    "case_id", "shop_id", "number", "source", "external_id", "content", "subtotal", "shipping", "discount", "tax",
    "tax_included", "shipping_tax_percent", "discount_code", "payment_method", "payment_method_name",
    "shipping_method", "delivery", "shipping_address", "billing_address", "customer_note", "ip", "ip_country",
    "points", "points_approved", "points_spent", "points_value", "points_tax", "points_off", "sent_on",
    "delivered_on", "carrier", "tracking_number", "tracking_url",
)  # fmt: skip
_LINE = (
    "shop_id", "case_id", "position", "product_id", "sku", "name", "variant", "quantity", "price", "discount", "total",
    "tax_percent", "reserved", "taken", "back", "lost",
)  # fmt: skip


@transaction.atomic
def place(
    shop: Shop,
    drafts: Sequence[OrderDraft],
    actor: Actor,
    *,
    now: datetime,
    branch: Branch | None = None,
    owner: Membership | None = None,
    notify_options: NotifyOptions | None = None,
) -> list[Placed]:
    """Place orders, all at once, in the shop's current workflow; returns those that are new.

    A draft whose `source` and `external_id` the shop has already is passed over: the same drafts again change nothing.
    Without `branch` the shop's first one takes them, without `owner` the one responsible by default. Customers are told
    only where `notify_options` is given. Raises `NoWorkflow` when the shop is not ready to take orders.
    """
    version = current_workflow(shop, ORDER)
    if version is None or (owner is None and shop.default_owner_id is None):
        raise NoWorkflow
    fresh = _not_yet_here(shop.pk, drafts)
    if not fresh:
        return []
    owner_id = responsible(shop, owner.pk if owner else None)
    if owner_id is None:
        raise NoWorkflow
    new = [drafts[place] for place in fresh]
    customers = _customers(shop, new, now)
    cases = [
        _case(shop, version, draft, customer, owner_id, actor) for draft, customer in zip(new, customers, strict=True)
    ]
    where = branch or shop.branches.order_by("pk")[0]
    opened = open_cases(shop, where, cases, actor, now=now)
    orders = zip(opened, new, _earned(shop, new), strict=True)
    insert_rows("orders_order", _ORDER, (_order_row(shop, o, draft, earned) for o, draft, earned in orders))
    products = skus(shop, [line.sku for draft in new for line in draft.lines if line.sku])
    insert_rows(
        "orders_line",
        _LINE,
        (
            (shop.pk, o.id, number, product.pk if product else None, line.sku, line.name, line.variant, line.quantity,
             line.price, line.discount, line.total, line.tax_percent, 0,
             line.quantity if draft.stock_taken and product and product.stocked else 0, 0, 0)
            for o, draft in zip(opened, new, strict=True)
            for number, line in enumerate(draft.lines, start=1)
            for product in (products.get(line.sku),)
        ),
    )  # fmt: skip
    if notify_options is not None:
        tell_opened(shop, where, opened, cases, actor, notify_options, now=now)
    fresh_ones = [o for o, draft in zip(opened, new, strict=True) if not draft.imported]
    look_at_opened(shop, fresh_ones, actor, now=now)
    return [Placed(place, o.id, o.code, o.token) for place, o in zip(fresh, opened, strict=True)]


def _customers(shop: Shop, drafts: Sequence[OrderDraft], now: datetime) -> list[int]:
    """The customers of the drafts: those they know for certain, else whoever has that address or number."""
    found = iter(find_or_add(shop, [draft.customer for draft in drafts if draft.customer_id is None], now))
    return [draft.customer_id or next(found) for draft in drafts]


def _not_yet_here(shop_id: int, drafts: Sequence[OrderDraft]) -> list[int]:
    """Places of the drafts that the shop does not have, the first of each among themselves."""
    marks = [(draft.source, draft.external_id) for draft in drafts]
    here = known(shop_id, [mark for mark in marks if mark[1]])
    fresh = []
    for number, mark in enumerate(marks):
        if mark[1]:
            if mark in here:
                continue
            here.add(mark)
        fresh.append(number)
    return fresh


def _case(
    shop: Shop, version: WorkflowVersion, draft: OrderDraft, customer: int, owner_id: int, actor: Actor
) -> NewCase:
    past = draft.past
    status = draft.status or str(version.definition["start"])
    first = past[0].status if past else status
    opening: dict[str, object] = {"status": first, "total": str(draft.due)}
    if draft.imported:
        opening |= {"source": draft.source, "external_id": draft.external_id}
    history = [NewEntry(0, IMPORTED if draft.imported else CREATED, opening, True, draft.placed_at, actor)]
    for before, after in pairwise(past):
        data: dict[str, object] = {"from": before.status, "to": after.status, "by": draft.source or "import"}
        history.append(NewEntry(0, MOVED, data | ({"note": after.note} if after.note else {}), True, after.at, actor))
    if draft.customer_note:
        history.append(NewEntry(0, NOTE, {"text": draft.customer_note, "by": "customer"}, True, draft.placed_at, actor))
    if draft.staff_note:
        history.append(NewEntry(0, NOTE, {"text": draft.staff_note}, False, draft.placed_at, actor))
    if draft.tracking_number:
        tracking = {"carrier": draft.carrier, "number": draft.tracking_number, "url": draft.tracking_url}
        history.append(NewEntry(0, TRACKING, tracking, True, past[-1].at if past else draft.placed_at, actor))
    history += draft.entries
    person = draft.customer
    return NewCase(
        kind=ORDER,
        workflow_id=version.pk,
        status=status,
        placed_at=draft.placed_at,
        since=past[-1].at if past else draft.placed_at,
        customer_id=customer,
        owner_id=owner_id,
        language=draft.language or person.language or shop.language,
        title=draft.title,
        amount=draft.due,
        currency=draft.currency,
        payment=draft.payment or PaymentState.UNPAID,
        channel=draft.channel,
        search=draft.search
        or search_text(
            draft.number,
            person.name,
            person.email,
            person.phone,
            draft.tracking_number,
            draft.lines,
            person.phone_said,
        ),
        history=tuple(history),
    )


def search_text(
    number: str, name: str, email: str, phone: str, tracking_number: str, lines: Sequence[object], phone_said: str = ""
) -> str:
    """What an order is found by, besides its tracking code: see `l10n.normal.search_text`."""
    products = (part for line in lines for part in (getattr(line, "name", ""), getattr(line, "sku", "")))
    return normal.search_text(number, name, email, phone, phone_said, tracking_number, *products)


def _earned(shop: Shop, drafts: Sequence[OrderDraft]) -> list[int]:
    """The points each of the drafts is to earn."""
    asked = any(draft.points is None and not draft.imported for draft in drafts)
    rule = points_rule(shop) if asked else PointsRule(shop=shop)
    return [
        draft.points
        if draft.points is not None
        else 0
        if draft.imported or draft.currency != shop.currency
        else rule.earned(draft.subtotal - draft.discount)
        for draft in drafts
    ]


def _order_row(shop: Shop, opened: Opened, draft: OrderDraft, earned: int) -> tuple[object, ...]:
    return (
        opened.id, shop.pk, draft.number, draft.source, draft.external_id, draft.content if draft.imported else "",
        draft.subtotal, draft.shipping, draft.discount, draft.tax, draft.tax_included,
        draft.shipping_tax_percent, draft.discount_code, draft.payment_method, draft.payment_method_name,
        draft.shipping_method, draft.delivery,
        json.dumps(draft.ship_to.as_data()), json.dumps(draft.bill_to.as_data()), draft.customer_note, draft.ip,
        draft.ip_country or (country_of(draft.ip) if draft.ip else ""), earned, False, draft.points_spent,
        draft.points_value, draft.points_tax, draft.points_spent > 0, draft.sent_on, draft.delivered_on, draft.carrier,
        draft.tracking_number, draft.tracking_url,
    )  # fmt: skip
