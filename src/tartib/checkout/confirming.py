"""Confirming a cart: one order, whatever happens at the same moment and however often it is asked for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from tartib.cases.engine import advance
from tartib.cases.hooks import NotifyOptions
from tartib.cases.models import Case, PaymentState, workflow
from tartib.cases.queries import current_workflow
from tartib.checkout import discounts, queries
from tartib.checkout.discounts import Buyer
from tartib.checkout.models import Cart
from tartib.checkout.queries import Review
from tartib.checkout.steps import Step, chosen, missing
from tartib.customers.identity import Account as Owner
from tartib.customers.operations import CustomerDraft
from tartib.customers.points import TooFew
from tartib.customers.queries import customers
from tartib.flow.facts import Event
from tartib.journal.models import ActorKind
from tartib.journal.operations import SYSTEM, Actor
from tartib.orders import ORDER
from tartib.orders.drafts import LineDraft, OrderDraft
from tartib.orders.holding import hold_goods
from tartib.orders.models import PaymentMethod
from tartib.orders.paying import Way, held_until, ways
from tartib.orders.placing import NoWorkflow, place
from tartib.orders.points import spend
from tartib.payments.models import Account
from tartib.shops.models import Shop

SOURCE = "checkout"


class NotReady(Exception):
    """Something is still to be said; `step` is where."""

    def __init__(self, step: Step) -> None:
        super().__init__(step)
        self.step = step


class Changed(Exception):
    """The order would not be what the customer saw; `review` is what it would be."""

    def __init__(self, review: Review) -> None:
        super().__init__(str(review.cart))
        self.review = review


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The order that a cart became.

    `account` is where it is to be paid before it is sent, `until` the moment up to which its goods are held for that.
    """

    case_id: int
    token: str
    account: Account | None = None
    until: datetime | None = None
    repeated: bool = False


@transaction.atomic
def confirm(
    shop: Shop, key: UUID, seen: str, *, ip: str | None, now: datetime, owner: Owner | None = None
) -> Confirmed:
    """Make an order of a cart; `seen` is the fingerprint of what its owner was shown, `owner` who has signed in.

    The same cart again, at the same moment or ever after, answers with the same order. An order to be paid online is
    incomplete and only its customer is told of it; any other is recorded, and the shop told too. From here on goods are
    held and points spent. Raises `Cart.DoesNotExist`, `NotReady`, `Changed` when goods, prices, the code or the points
    are not what the customer saw, `orders.holding.NotEnough` when somebody else takes the last piece at this moment,
    and `orders.placing.NoWorkflow`; nothing is changed then.
    """
    cart = Cart.objects.select_for_update(of=("self",)).select_related("shop", "method__branch").get(shop=shop, key=key)
    if cart.case_id is not None:
        return Confirmed(cart.case_id, Case.objects.values_list("token", flat=True).get(pk=cart.case_id), repeated=True)
    # Whoever else uses the code at this moment waits here, so that its uses are counted one after the other.
    discount = discounts.find(shop, cart.discount_code, lock=True) if cart.discount_code else None
    review = queries.review(cart, now=now, account=owner)
    offered = ways(shop, shop.currency, picked_up=review.picked_up, handed_over=review.handed_over)
    if (step := missing(review, offered)) is not None:
        raise NotReady(step)
    if seen != fingerprint(review):
        raise Changed(review)
    way = chosen(review, offered) if review.totals.total else None
    actor = Actor(ActorKind.CUSTOMER, review.details.name)
    draft = _draft(review, way, ip, now)
    event = _follows(shop, draft)
    # What moves on at once is confirmed when it has. Of what waits for its payment and may never become an order, its
    # customer is told, the shop when it is recorded.
    notify_options = NotifyOptions(to_shop=draft.payment_method != PaymentMethod.ONLINE)
    (placed,) = place(
        shop, [draft], actor, now=now, branch=review.branch, notify_options=None if event else notify_options
    )
    case = Case.objects.get(pk=placed.case_id)
    if review.discount is not None and discount is not None:
        buyer = Buyer(case.customer_id, review.details.email, review.details.phone)
        unfit = discounts.unfit(discount, review.totals.subtotal, buyer, now=now)
        if unfit:
            raise Changed(replace(review, discount=None, unfit=unfit))
        discounts.redeem(discount, case.pk, case.customer_id, review.by_code, now=now)
    until = held_until(shop, draft.payment_method, now)
    hold_goods(shop, case.pk, actor, until=until, now=now)
    if owner is not None and review.points.used:
        try:
            spend(shop, case.pk, customers(owner), actor, now=now)
        except TooFew as gone:
            raise Changed(review) from gone
    cart.case, cart.confirmed_at = case, now
    cart.save(update_fields=["case", "confirmed_at"])
    if event:
        advance(shop, [case.pk], Event(event), SYSTEM, now=now, notify_options=NotifyOptions(confirms=True))
    return Confirmed(case.pk, case.token, way.account if way and way.before else None, until)


def fingerprint(review: Review) -> str:
    """What the final check shows, in a few letters that its form carries: goods, pieces, prices, delivery and total."""
    rows = [(row.product.pk, row.quantity, row.price.normalize()) for row in review.rows if row.quantity]
    said = (rows, review.offer and review.offer.method.pk, review.totals.total.normalize())
    return hashlib.sha256(repr(said).encode()).hexdigest()[:20]


def _follows(shop: Shop, draft: OrderDraft) -> str:
    """The event that follows placing at once, where the shop's workflow waits for it: the checkout is finished, or
    there is nothing to pay."""
    version = current_workflow(shop, ORDER)
    if version is None:
        raise NoWorkflow
    if draft.payment_method == PaymentMethod.ONLINE:
        return ""
    event = "payment.confirmed" if draft.payment == PaymentState.PAID else "checkout.finished"
    flow = workflow(version.pk)
    return event if any(move.event == event for move in flow.moves_from(flow.start)) else ""


def _draft(review: Review, way: Way | None, ip: str | None, now: datetime) -> OrderDraft:
    cart, said, sums = review.cart, review.details, review.totals
    shop = cart.shop
    with override(shop.language):
        channel = _("Online shop")
    with override(cart.language):
        paying = way.name if way else ""
    sent_by = review.offer.method if review.offer else None
    return OrderDraft(
        currency=shop.currency,
        lines=tuple(
            LineDraft(
                row.product.name,
                row.quantity,
                row.price,
                sku=row.product.sku,
                variant=row.product.variant,
                tax_percent=position.tax_percent,
            )
            for row, position in zip(review.rows, sums.positions, strict=True)
            if row.quantity
        ),
        customer=CustomerDraft(
            said.name, said.email, said.phone, cart.language, said.ship_to.country, phone_said=said.phone_said
        ),
        customer_id=cart.customer_id,
        placed_at=now,
        source=SOURCE,
        external_id=str(cart.key),
        language=cart.language,
        shipping=sums.shipping,
        discount=sums.discount,
        tax=sums.tax,
        tax_included=sums.tax_included,
        shipping_tax_percent=sums.shipping_tax_percent,
        points_spent=review.points.used,
        points_value=review.points.worth,
        points_tax=review.points.tax,
        discount_code=review.discount.code if review.discount else "",
        total=sums.total,
        payment="" if sums.total else PaymentState.PAID,
        payment_method=way.method if way else PaymentMethod.OTHER,
        payment_method_name=paying,
        shipping_method=sent_by.name(cart.language)[:80] if sent_by else "",
        delivery=sent_by.delivery if sent_by else "",
        carrier=sent_by.carrier if sent_by else "",
        ship_to=said.goes_to,
        bill_to=said.bill_to or said.goes_to,
        customer_note=said.note,
        ip=ip,
        channel=channel,
    )
