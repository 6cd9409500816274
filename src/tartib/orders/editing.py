"""Changing what is in an order that is under way, paid or not: stock follows, and whoever keeps money and papers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tartib.cases import hooks
from tartib.cases.models import Case, Phase
from tartib.cases.operations import lock_case, record_edit
from tartib.cases.search_index import found_by
from tartib.catalog.models import MovementKind, Product
from tartib.catalog.operations import skus
from tartib.catalog.stock import Want, lock, shift
from tartib.customers.queries import points_rule
from tartib.journal.operations import Actor
from tartib.l10n import money
from tartib.orders import points, sql, taxes
from tartib.orders.drafts import LineDraft
from tartib.orders.holding import NotEnough
from tartib.orders.models import Line, Order
from tartib.orders.shares import by_rates
from tartib.shops.models import Shop

_NOTHING = Decimal(0)
_HINDRANCES = {
    Phase.DONE: _(
        "The order is completed, so its products cannot be changed any more. Give money back by a refund, and take what"
        " else is wanted as a new order."
    ),
    Phase.ENDED: _(
        "The order has ended: it was cancelled, returned or refunded. Its products can be changed when it is reopened."
    ),
}
_COSTS = (
    "subtotal", "shipping", "discount", "tax", "shipping_tax_percent", "told_tax", "told_on", "points", "points_spent",
    "points_value", "points_tax",
)  # fmt: skip


class NotEditable(Exception):
    """What is in an order cannot be changed; `why` says so in words."""

    def __init__(self, why: str | Promise) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(frozen=True, slots=True)
class LineEdit:
    """A position as it is to be. `line_id` is the line that it was, None for a new one."""

    draft: LineDraft
    line_id: int | None = None


@dataclass(frozen=True, slots=True)
class Costs:
    """What comes on top of the positions and off them. `discount` is besides points; `tax` None follows the goods.

    It follows them at the rates by which the order was taxed. Where these are not known, it keeps its share.
    """

    shipping: Decimal = _NOTHING
    discount: Decimal = _NOTHING
    tax: Decimal | None = None


def hindrance(case: Case) -> str | Promise:
    """Why what is in an order cannot be changed; "" where it can."""
    return _HINDRANCES.get(Phase(case.phase), "")


@transaction.atomic
def edit_lines(
    shop: Shop,
    case_id: int,
    lines: Sequence[LineEdit],
    costs: Costs,
    actor: Actor,
    *,
    now: datetime,
    version: int | None = None,
) -> Case:
    """Have an order contain `lines` at these costs; returns it with its new amount.

    What was reserved or taken for it is reserved or taken of what it contains now, and put back of what it does not.
    Its total changes by what its positions and costs change by. Points that the goods do not cost any more are given
    back. Raises `Case.DoesNotExist`, `cases.operations.Stale`, `NotEditable` where the order is closed or a position
    would hold fewer pieces than have come back of it, and `holding.NotEnough`.
    """
    case = lock_case(shop, case_id, version)
    if why := hindrance(case) or ("" if lines else _("An order has at least one position.")):
        raise NotEditable(why)
    order = Order.objects.select_related("case__shop").get(pk=case.pk)
    former = {line.pk: line for line in Line.objects.filter(case=case).select_related("product").order_by("position")}
    before, priced = [str(line) for line in former.values()], _priced(former.values())
    kept = _kept(former, lines)
    _move_stock(shop, order, former, kept, lines, actor, now)
    fresh = list(Line.objects.filter(case=case).order_by("position"))
    changes: dict[str, tuple[object, object]] = {}
    if before != (after := [str(line) for line in fresh]):
        changes["lines"] = ("; ".join(before), "; ".join(after))
    changes |= _reprice(case, order, priced, fresh, costs, actor, now)
    case.title = f"{fresh[0].name[:190]}{f' +{len(fresh) - 1}' if len(fresh) > 1 else ''}"
    case.search = found_by([case])[case.pk]
    record_edit(case, changes, actor, now=now, fields=["search", "amount", "title"])
    if changes:
        for follow in hooks.connected.after_edit:
            follow(case, actor, now)
    return case


def _kept(former: dict[int, Line], lines: Sequence[LineEdit]) -> dict[int, LineEdit]:
    """The lines that stay, by their ids, with what they are to be: those of the same product."""
    kept = {}
    for line in lines:
        was = former.get(line.line_id or 0)
        if was is not None and was.sku == line.draft.sku:
            kept[was.pk] = line
    for pk, was in former.items():
        gone = was.came_back
        if gone > (kept[pk].draft.quantity if pk in kept else 0):
            raise NotEditable(
                _("“%(product)s”: the %(pieces)s that came back stay on the order.")
                % {"product": was.name, "pieces": gone}
            )
    return kept


def _move_stock(
    shop: Shop,
    order: Order,
    former: dict[int, Line],
    kept: dict[int, LineEdit],
    lines: Sequence[LineEdit],
    actor: Actor,
    now: datetime,
) -> None:
    """Put back what the order does not contain any more, write its lines, and take what it contains besides."""
    case = order.case
    stocked = sql.lines([case.pk])
    taken = any(line.taken or line.back or line.lost for line in stocked)
    reserved = any(line.reserved for line in stocked)
    back = [_less(line, kept[line.id].draft.quantity if line.id in kept else 0) for line in stocked]
    back = [want for want in back if want.on_hand or want.reserved]
    products = skus(shop, [line.draft.sku for line in lines if line.draft.sku])
    ahead = [Want(case.pk, 0, case.branch_id, product.pk, 0, 0) for product in products.values()]
    # Two people who edit two orders wait for each other's shelves in one order.
    lock([*back, *ahead])
    act = uuid4()
    _shift(shop, back, MovementKind.RETURNED if taken else MovementKind.RELEASED, actor, now, act)
    _write_lines(order, former, kept, lines, products)
    rows = sql.lines([case.pk])
    if taken:
        more = [Want(case.pk, r.id, r.branch_id, r.product_id, -r.lacking, -r.reserved) for r in rows if r.lacking]
        _shift(shop, more, MovementKind.TAKEN, actor, now, act)
    elif reserved:
        more = [Want(case.pk, r.id, r.branch_id, r.product_id, 0, r.lacking - r.reserved) for r in rows]
        _shift(shop, [want for want in more if want.reserved > 0], MovementKind.RESERVED, actor, now, act)


def _less(line: sql.LineRow, quantity: int) -> Want:
    """What goes back to the shelf when a line holds so many pieces."""
    taken = max(0, line.taken - max(line.lost, quantity - line.back))
    promised = max(0, line.reserved - max(0, quantity - line.back - (line.taken - taken)))
    return Want(line.case_id, line.id, line.branch_id, line.product_id, taken, -promised)


def _shift(shop: Shop, wants: Sequence[Want], kind: MovementKind, actor: Actor, now: datetime, act: UUID) -> None:
    done, short = shift(shop, wants, kind, actor_name=actor.name, now=now, act_id=act)
    for lack in short.values():
        raise NotEnough(lack)
    if done:
        sql.mark(done)


def _write_lines(
    order: Order,
    former: dict[int, Line],
    kept: dict[int, LineEdit],
    lines: Sequence[LineEdit],
    products: dict[str, Product],
) -> None:
    """Write the positions. A new one is taxed as its product is where the order goes, in one that is taxed by rates."""
    case = order.case
    Line.objects.filter(case=case).exclude(pk__in=kept).delete()
    taxed = order.shipping_tax_percent is not None and len(kept) < len(lines)
    rates = taxes.rates(case.shop, order.ship_to, case.customer.country if case.customer else "") if taxed else None
    place = max((line.position for line in former.values()), default=0)
    fresh = []
    for line in lines:
        draft, was = line.draft, former.get(line.line_id or 0)
        if was is not None and was.pk in kept:
            same = (was.quantity, was.price, was.discount) == (draft.quantity, draft.price, draft.discount)
            was.name, was.variant, was.quantity, was.price, was.discount, was.total = (
                draft.name, draft.variant, draft.quantity, draft.price, draft.discount,
                was.total if same else draft.total,
            )  # fmt: skip
            continue
        place += 1
        product = products.get(draft.sku)
        new = Line(
            shop_id=case.shop_id, case=case, position=place, product=product, sku=draft.sku, name=draft.name,
            variant=draft.variant, quantity=draft.quantity, price=draft.price, discount=draft.discount,
            total=draft.total, tax_percent=rates.on(product) if rates else None,
        )  # fmt: skip
        fresh.append(new)
    Line.objects.bulk_update([former[pk] for pk in kept], ["name", "variant", "quantity", "price", "discount", "total"])
    Line.objects.bulk_create(fresh)


def _priced(lines: Iterable[Line]) -> list[tuple[Decimal, Decimal | None]]:
    """What is taxed of positions, and by which percent."""
    return [(line.total, line.tax_percent) for line in lines]


def _reprice(
    case: Case,
    order: Order,
    former: list[tuple[Decimal, Decimal | None]],
    lines: Sequence[Line],
    costs: Costs,
    actor: Actor,
    now: datetime,
) -> dict[str, tuple[object, object]]:
    """Write what the order costs now; answers with what changed."""
    before = {"subtotal": order.subtotal, "shipping": order.shipping, "discount": order.discount_else, "tax": order.tax}
    summed, goods, taxed = _sum(order), order.subtotal - order.discount, _taxed(order)
    was = (former, order.shipping, order.discount)
    subtotal = sum((line.total for line in lines), _NOTHING)
    fewer = points.fit(order, subtotal - costs.discount)
    order.subtotal, order.shipping = subtotal, costs.shipping
    order.discount = costs.discount + (order.points_value if order.points_off else 0)
    if costs.tax is not None or was != (_priced(lines), order.shipping, order.discount):
        _retax(order, lines, taxed, costs.tax)
    rule = points_rule(case.shop) if order.points else None
    if rule is not None and order.points == rule.earned(goods):
        # They are what the rule gave for the former goods, and nobody has said otherwise.
        order.points = rule.earned(order.subtotal - order.discount)
    order.save(update_fields=_COSTS)
    if fewer:
        points.settle(case, actor, now=now)
    after = {"subtotal": subtotal, "shipping": costs.shipping, "discount": costs.discount, "tax": order.tax}
    changes: dict[str, tuple[object, object]] = {
        name: (before[name], value) for name, value in after.items() if before[name] != value
    }
    # An order that came from elsewhere may cost something else than the sum of its parts: that stays as it is.
    amount = max(_NOTHING, (case.amount or _NOTHING) + _sum(order) - summed)
    if amount != case.amount:
        changes["total"] = (case.amount, amount)
        case.amount = amount
    return changes


def _sum(order: Order) -> Decimal:
    added = _NOTHING if order.tax_included else order.tax
    total: Decimal = order.subtotal + order.shipping + added - order.discount
    return total


def _taxed(order: Order) -> Decimal:
    """What is taxed of an order whose rates are not known: the goods, and where it is taxed the shipping."""
    taxed: Decimal = order.subtotal - order.discount
    return max(_NOTHING, taxed + order.shipping if order.case.shop.tax_shipping else taxed)


def _retax(order: Order, lines: Sequence[Line], was: Decimal, wanted: Decimal | None) -> None:
    """Tax an order for what it costs now; `wanted` is what somebody wrote, `was` what was taxed before.

    Each position and the delivery are taxed by the rates by which they were, and rounded as at the checkout. Of orders
    from elsewhere, and where somebody wrote the tax, the rates are not known: the tax keeps the share of what is taxed
    that it had before the first edit, rounded once. As it was told rounded, it is the less exact the more such an order
    grows.
    """
    now = _taxed(order)
    if (rated := _tax_by_rates(order, lines)) is not None:
        order.tax, order.points_tax = rated
    elif now != was:
        if order.told_tax is None and was > 0:
            order.told_tax, order.told_on = order.tax, was
        if order.told_tax is not None and order.told_on is not None:
            order.tax = money.rounded(order.told_tax * now / order.told_on, order.case.currency)
    if wanted is not None and wanted != order.tax:
        order.tax, order.shipping_tax_percent, order.told_tax, order.told_on = wanted, None, None, None
        Line.objects.filter(case=order.case).update(tax_percent=None)


def _tax_by_rates(order: Order, lines: Sequence[Line]) -> tuple[Decimal, Decimal] | None:
    """The tax of an order, and how much less it is for points; None where its rates are not known."""
    full = by_rates(order, lines, order.discount_else)
    paid = by_rates(order, lines, order.discount_else, order.points_value)
    if full is None or paid is None:
        return None
    return (paid if order.points_off else full).tax, full.tax - paid.tax
