"""Opening a practice shop: its people, its workflow and a full store room."""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _
from django.utils.translation import override

from tartib.cases.workflows import publish
from tartib.catalog.models import Product, Stock
from tartib.catalog.operations import add_product, receive
from tartib.checkout import discounts
from tartib.customers import points
from tartib.feedback.models import FeedbackSettings
from tartib.flow.presets import preset
from tartib.journal.operations import SYSTEM, Actor
from tartib.orders.taxes import Tax, set_taxes
from tartib.payments import accounts
from tartib.sandbox.people import PASSWORD, address
from tartib.sandbox.samples import Sample
from tartib.shipping import operations as shipping
from tartib.shipping.models import MethodKind
from tartib.shipping.quoting import Tier
from tartib.shops.models import Branch, Membership, Role, Shop, User
from tartib.shops.operations import change_shop, employ, open_shop

OPEN_FOR = timedelta(days=21)
# Days: sooner than a shop would ask what its customers think, for whoever practises to see it.
ASKED_AFTER = 2

CODE = "WELCOME10"
# Sent free of charge from so many times what sending costs.
FREE_FROM = 25


@dataclass(frozen=True, slots=True)
class Opened:
    """A practice shop ready to take orders."""

    shop: Shop
    branch: Branch
    members: Mapping[str, Membership]
    products: tuple[Product, ...]

    def actor(self, role: str) -> Actor:
        """The member of staff of that role, as the engine names them."""
        member = self.members[role]
        return Actor("staff", member.user.name, member.user_id, member.role)


def open_sample(sample: Sample, now: datetime) -> Opened:
    """Open the shop, three weeks before `now`."""
    began = now - OPEN_FOR
    # Hashing is slow on purpose, and the password is the same for all.
    password = make_password(PASSWORD)
    people = {
        role: User.objects.create(
            email=address(role, sample.slug), password=password, name=name, language=sample.language
        )
        for role, name in sample.staff.items()
    }
    shop = open_shop(
        slug=sample.slug,
        code=sample.code,
        name=sample.name,
        owner=people[Role.OWNER],
        branch_name=sample.branch,
        language=sample.language,
        languages=sorted({sample.language, "en"}),
        email=f"hello@{sample.slug}.example.com",
        practice=True,
        **sample.settings,
    )
    change_shop(shop, FeedbackSettings.of(shop), feedback_days=ASKED_AFTER)
    branch = shop.branches.get()
    members = {role: employ(shop, user, role, branch) for role, user in people.items()}
    for code in (sample.workflow, "support"):
        publish(shop, preset(code), began)
    _sell(sample, shop, branch, began)
    _take_payments(shop, began)
    return Opened(shop, branch, members, _stock_up(sample, shop, branch, began))


def _take_payments(shop: Shop, now: datetime) -> None:
    """The ways to pay of a practice shop: its gateway, a bank account that is none, and on receipt."""
    with override(shop.language):
        bank = {"holder": shop.name, "bank": _("Practice bank"), "number": "PRACTICE 0001"}
    accounts.add(shop, "practice", {"secret": secrets.token_urlsafe(24)}, now=now)
    accounts.add(shop, "bank", bank, now=now)
    accounts.add(shop, "cash", {}, now=now)


def _stock_up(sample: Sample, shop: Shop, branch: Branch, began: datetime) -> tuple[Product, ...]:
    chance = random.Random(sample.slug)  # noqa: S311 - invented stock
    products = []
    for number, goods in enumerate(sample.goods, start=1):
        voucher = number == len(sample.goods)
        product = add_product(
            shop, sku=f"{sample.code}-{number:03d}", name=goods.name, variant=goods.variant, price=goods.price,
            stocked=not voucher, now=began,
        )  # fmt: skip
        if not voucher:
            receive(product, branch, chance.randint(30, 90), SYSTEM, now=began)
        products.append(product)
    Stock.objects.filter(shop=shop).update(low_at=8)
    return tuple(products)


def _sell(sample: Sample, shop: Shop, branch: Branch, began: datetime) -> None:
    """Ways of delivery (what costs nothing is picked up), the tax in the prices, points, a code for new customers."""
    for name, price in sample.shipping:
        names = {sample.language: name}
        if not price:
            shipping.set_up(shop, [], kind=MethodKind.PICKUP, names=names, branch=branch)
            continue
        shipping.set_up(
            shop, [Tier(price, country=shop.country)], kind=MethodKind.CARRIER, names=names, carrier=sample.carrier,
            tracking_pattern=sample.tracking_url % "{number}", free_from=price * FREE_FROM,
        )  # fmt: skip
    if sample.tax:
        set_taxes(shop, [Tax(sample.tax)])
    each = Decimal(10) ** min(goods.price for goods in sample.goods).adjusted()
    points.set_rule(shop, active=True, amount_each=each, value=each / 20, least=10)
    discounts.set_up(shop, code=CODE, kind="percent", value=Decimal(10), most_per_customer=1, now=began)
