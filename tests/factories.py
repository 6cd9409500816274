"""Shops, people and orders for tests, made by the product's own operations and real moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import count
from typing import Any

from PIL import Image

from tartib.billing.models import PaperSettings
from tartib.cases.engine import Outcome, advance
from tartib.cases.hooks import AS_USUAL, NotifyOptions
from tartib.cases.models import Case
from tartib.cases.workflows import publish
from tartib.catalog.models import Product
from tartib.catalog.operations import add_product, receive
from tartib.catalog.showing import add_listing, change_window
from tartib.catalog.showing import publish as show
from tartib.catalog.window import Listing
from tartib.customers import addresses
from tartib.customers.identity import Account
from tartib.customers.operations import CustomerDraft
from tartib.customers.signing_in import account_of
from tartib.feedback.models import FeedbackSettings
from tartib.flow.facts import ByHand
from tartib.flow.presets import preset
from tartib.journal.operations import SYSTEM, Actor
from tartib.notify import accounts
from tartib.notify.models import MessageSettings
from tartib.orders.drafts import LineDraft, OrderDraft
from tartib.orders.models import OrderSettings, PaymentMethod
from tartib.orders.placing import place
from tartib.payments.operations import record_payment
from tartib.shops.models import Role, Shop, User
from tartib.shops.operations import change_shop, employ, open_shop

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PASSWORD = "correct horse battery staple"

SETTINGS = (FeedbackSettings, MessageSettings, OrderSettings, PaperSettings)
"""What rooms keep of a shop."""

SEEDED = 3
"""How many shops are kept ready; a test that needs more makes them."""
_SEEDED = "seeded-"

_number = count(1)


def make_user(name: str = "Sam Reed", *, language: str = "en") -> User:
    """A person who can sign in with `PASSWORD`."""
    email = f"person{next(_number)}@example.com"
    return User.objects.create_user(email, PASSWORD, name=name, language=language, proved_at=NOW)


def seed() -> None:
    """Keep shops for `make_shop` to hand out: what a test does to one is gone with its transaction."""
    for number in range(SEEDED):
        _open_shop(f"{_SEEDED}{number}", f"SEED{number}", f"Seeded {number}", "essential")


def make_shop(workflow: str = "essential", **settings: Any) -> Shop:
    """A shop with one branch, an owner and published workflows; one that is kept ready where nothing else is asked."""
    number = next(_number)
    slug, code, name = f"shop-{number}", f"S{number}", f"Shop {number}"
    if workflow == "essential" and not settings:
        ready = Shop.objects.select_related("default_owner__user").filter(slug__startswith=_SEEDED).first()
        if ready and ready.default_owner:
            ready.default_owner.shop = ready
            ready.slug, ready.code, ready.name = slug, code, name
            ready.save(update_fields=["slug", "code", "name"])
            return ready
    return _open_shop(slug, code, name, workflow, **settings)


def _open_shop(slug: str, code: str, name: str, workflow: str, **settings: Any) -> Shop:
    own = {name: settings.pop(name) for name in list(settings) if not hasattr(Shop, name)}
    shop = open_shop(slug=slug, code=code, name=name, owner=make_user("Olive Owner"), **settings)
    if own:
        change_shop(shop, *(kept.of(shop) for kept in SETTINGS), **own)
    for code in (workflow, "support"):
        publish(shop, preset(code), NOW)
    return shop


def with_sms(shop: Shop) -> Shop:
    """The same shop, which sends SMS by a provider."""
    accounts.choose(shop, "kavenegar", {"key": "0123456789ABCDEF0123"}, part_price=None, now=NOW)
    return shop


def make_staff(shop: Shop, role: str = Role.EXPERT, name: str = "Erin Expert") -> User:
    """A member of staff of `shop` in that role."""
    user = make_user(name)
    employ(shop, user, role)
    return user


def picture_file(size: tuple[int, int] = (400, 300), kind: str = "JPEG", **how: Any) -> BytesIO:
    """A picture of that many pixels, red at its left and blue at its right, as somebody uploads it."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, *size))
    file = BytesIO()
    picture.save(file, kind, **how)
    file.seek(0)
    return file


def actor(shop: Shop, role: str = Role.OWNER) -> Actor:
    """Somebody of the shop, as the engine names them."""
    assert shop.default_owner is not None
    user = shop.default_owner.user
    return Actor("staff", user.name, user.pk, role)


def make_product(shop: Shop, *, pieces: int = 10, price: str = "120.00", name: str = "Blue shirt") -> Product:
    """A product with that many pieces at the shop's first branch."""
    product = add_product(shop, sku=f"SKU-{next(_number)}", name=name, price=Decimal(price), now=NOW)
    if pieces:
        receive(product, shop.branches.get(), pieces, SYSTEM, now=NOW)
    return product


def make_listing(shop: Shop, title: str = "Blue shirt", *, price: str = "120.00", **given: Any) -> Listing:
    """A published listing of one product with ten pieces, in an open window."""
    change_window(shop, open=True)
    listing = add_listing(shop, title, [make_product(shop, price=price, name=title)], now=NOW, **given)
    show(listing, now=NOW)
    return listing


def make_account(shop: Shop, address: str) -> Account:
    """The account of whoever has proved that this e-mail address or phone is theirs."""
    reach = addresses.read_contact_point(address, shop)
    assert reach is not None
    return account_of(shop, reach, shop.language, now=NOW)


def order_draft(shop: Shop, product: Product | None = None, **changes: object) -> OrderDraft:
    """An order of one piece of `product` by a customer with e-mail and phone."""
    number = next(_number)
    line = (
        LineDraft(product.name, 1, product.price, sku=product.sku)
        if product
        else LineDraft("Gift card", 1, Decimal("50.00"))
    )
    given: dict[str, object] = {
        "currency": shop.currency,
        "lines": (line,),
        # Counted downwards: an ending such as 0001 would be found by the number at the end of a tracking code.
        "customer": CustomerDraft(f"Customer {number}", f"customer{number}@example.com", f"+38050{9_000_000 - number}"),
        "placed_at": NOW - timedelta(hours=1),
        "payment_method": PaymentMethod.ONLINE,
    }
    return OrderDraft(**(given | changes))  # type: ignore[arg-type]


def make_orders(
    shop: Shop,
    how_many: int = 1,
    product: Product | None = None,
    *,
    notify_options: NotifyOptions | None = None,
    **changes: object,
) -> list[Case]:
    """Orders newly placed in `shop`."""
    drafts = [order_draft(shop, product, **changes) for _number in range(how_many)]
    placed = place(shop, drafts, actor(shop), now=NOW - timedelta(hours=1), notify_options=notify_options)
    return list(Case.objects.filter(pk__in=[order.case_id for order in placed]).order_by("pk"))


def make_order(shop: Shop, product: Product | None = None, **changes: object) -> Case:
    """One order newly placed in `shop`."""
    return make_orders(shop, 1, product, **changes)[0]  # type: ignore[arg-type]


def pay(case: Case, *, key: str | None = None) -> Outcome | None:
    """Let the whole amount of an order come in."""
    assert case.amount is not None
    return record_payment(case.shop, case.pk, case.amount, case.currency, SYSTEM, now=NOW, key=key)


def move(
    cases: Case | Sequence[Case],
    target: str,
    *,
    note: str = "By test",
    notify_options: NotifyOptions = AS_USUAL,
    now: datetime = NOW,
) -> Outcome:
    """Move cases of one shop by hand, as its owner."""
    several = [cases] if isinstance(cases, Case) else cases
    shop = several[0].shop
    return advance(
        shop,
        [case.pk for case in several],
        ByHand(target, Role.OWNER, note),
        actor(shop),
        now=now,
        notify_options=notify_options,
    )
