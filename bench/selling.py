"""The measurement (g): the customer's side of a shop with ten thousand products, at eight clients.

There is no limit in SQL beside it: what is measured is what a visitor waits for.
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from bench.data import FAMILY, GOODS
from bench.load import Load, Request, drive
from tartib.cases.models import Case
from tartib.catalog.models import Product, Stock
from tartib.catalog.showing import change_window
from tartib.catalog.window import Listing
from tartib.checkout.confirming import fingerprint
from tartib.checkout.details import Details
from tartib.checkout.operations import choose_delivery, choose_payment, describe, new_cart, put_in
from tartib.checkout.queries import review
from tartib.customers.address import Address
from tartib.customers.addresses import EMAIL, ContactPoint
from tartib.customers.signing_in import account_of, open_session
from tartib.l10n import normal
from tartib.payments import accounts, attempts
from tartib.payments.gateways.practice import SIGNATURE, sign
from tartib.payments.models import Account, Attempt, Payment
from tartib.public.sessions import account_cookie
from tartib.public.visits import cart_cookie
from tartib.shipping.models import Method
from tartib.shipping.operations import set_up
from tartib.shipping.quoting import Tier
from tartib.shops.models import Shop
from tartib.shops.operations import change_shop

LISTINGS = 10_000
CLIENTS = 8
CARTS, NOTICES, ACCOUNTS = 2_000, 1_000, 200
# Django compares the cookie with the header: any 32 letters that are the same in both will do.
_CSRF = {"Cookie": f"csrftoken={'b' * 32}", "X-CSRFToken": "b" * 32}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def measure(port: int, shop: Shop, seconds: float, running: Callable[[], Any]) -> Iterator[str]:
    """Each act of a customer in turn; `running` keeps the web processes up for as long as it is entered."""
    now = timezone.now()
    listings, method, account = _dress(shop, now)
    visits = {
        "storefront page": _pages(shop, listings),
        "add to cart": _adding(shop, listings),
        "checkout": _confirming(shop, _carts(shop, method, account, CARTS, now)),
        "account page": _accounts(shop, now),
    }
    with running():
        for name, requests in visits.items():
            yield _line(name, drive(port, CLIENTS, requests, seconds=seconds))
        tries = _attempts(shop, account, now)
        load = drive(port, CLIENTS, _notices(account, tries), seconds=60)
    counted = Payment.objects.filter(attempt__in=tries, state="confirmed").count()
    assert counted == NOTICES, f"{counted} payments of {NOTICES} notices, each told twice"
    yield f"{_line('gateway notice', load)}; {NOTICES:,} notices, each told twice, each applied once"


def _line(name: str, load: Load) -> str:
    return f"{name}, {CLIENTS} clients: {load.rate:.0f}/s, p95 {load.percentile(95) * 1000:.0f} ms"


def _dress(shop: Shop, now: datetime) -> tuple[list[tuple[str, int]], Method, Account]:
    """Make the shop one that sells: listings with their product in stock, one delivery, one practice gateway.

    Returns the address and the product's id of each listing.
    """
    change_shop(shop, practice=True, country="UA")
    change_window(shop, open=True)
    if Listing.objects.filter(shop=shop).count() < LISTINGS:
        _add_listings(shop, now)
    method = Method.objects.filter(shop=shop).first() or set_up(
        shop, [Tier(Decimal(50))], kind="courier", names={shop.language: "Courier"}
    )
    account = Account.objects.filter(shop=shop, gateway="practice").first()
    account = account or accounts.add(shop, "practice", {"secret": secrets.token_hex(16)}, now=now)
    return list(Product.objects.filter(listing__shop=shop).values_list("listing__slug", "pk")), method, account


def _add_listings(shop: Shop, now: datetime) -> None:
    names = [f"{GOODS[number % len(GOODS)]} {FAMILY[number % len(FAMILY)]} {number:05d}" for number in range(LISTINGS)]
    listings = Listing.objects.bulk_create(
        Listing(
            shop=shop, slug=f"thing-{number:05d}", title=name, position=number, published_at=now,
            price_from=Decimal(100 + number % 300), price_to=Decimal(100 + number % 300),
            sort_title=normal.sort_key(name, shop.language)[:400], search=normal.search_text(name),
            created_at=now, updated_at=now,
        )
        for number, name in enumerate(names)
    )  # fmt: skip
    products = Product.objects.bulk_create(
        Product(
            shop=shop, sku=f"W-{one.position:05d}", name=one.title, price=one.price_from or 0, listing=one,
            created_at=now, sort=one.sort_title, search=one.search,
        )
        for one in listings
    )  # fmt: skip
    branch = shop.branches.get()
    Stock.objects.bulk_create(Stock(shop=shop, branch=branch, product=one, on_hand=1_000_000) for one in products)


def _pages(shop: Shop, listings: list[tuple[str, int]]) -> Callable[[int], Iterator[Request]]:
    """Home, a page of the window, a search, and mostly single listings."""

    def visit(client: int) -> Iterator[Request]:
        chance = Random(client)
        while True:
            yield Request("GET", f"/s/{shop.slug}/")
            yield Request("GET", f"/s/{shop.slug}/all/?" + urlencode({"q": chance.choice(GOODS)}))
            for _time in range(4):
                yield Request("GET", f"/s/{shop.slug}/p/{chance.choice(listings)[0]}/")

    return visit


def _adding(shop: Shop, listings: list[tuple[str, int]]) -> Callable[[int], Iterator[Request]]:
    def visit(client: int) -> Iterator[Request]:
        chance = Random(client)
        while True:
            form = urlencode({"product": chance.choice(listings)[1], "pieces": 1}).encode()
            yield Request("POST", f"/s/{shop.slug}/cart/add/", form, _CSRF | _FORM, 302)

    return visit


def _carts(shop: Shop, method: Method, account: Account, how_many: int, now: datetime) -> list[tuple[str, bytes]]:
    """Carts at their final check: the token of each and the form that confirms it."""
    products = list(Product.objects.filter(listing__shop=shop)[:how_many])
    made = []
    for number, product in enumerate(products):
        cart = new_cart(shop, shop.language, now=now)
        put_in(cart, product, 1, now=now)
        where = Address(name="Jo Reed", line1="1 River Street", city="Kyiv", postcode="01001", country="UA")
        person = Details("Jo Reed", f"buyer{number}@example.com", f"+38067{number:07d}", where, ready=True)
        describe(cart, person, now=now)
        choose_delivery(cart, method, now=now)
        choose_payment(cart, account, now=now)
        cart.refresh_from_db()
        form = {"key": cart.key, "seen": fingerprint(review(cart, now=now))}
        made.append((cart.token, urlencode(form).encode()))
    return made


def _confirming(shop: Shop, carts: list[tuple[str, bytes]]) -> Callable[[int], Iterator[Request]]:
    """Each cart once, from an address of its own: one address may not order without end."""

    def confirm(client: int) -> Iterator[Request]:
        for number, (token, form) in enumerate(carts[client::CLIENTS]):
            cookie = f"{_CSRF['Cookie']}; {cart_cookie(shop)}={token}"
            visitor = {"X-Forwarded-For": f"198.51.{client}.{number % 250}", "Cookie": cookie}
            yield Request("POST", f"/s/{shop.slug}/checkout/check/", form, _CSRF | _FORM | visitor, 302)

    return confirm


def _accounts(shop: Shop, now: datetime) -> Callable[[int], Iterator[Request]]:
    """The home of customers who have orders in the shop."""
    emails = Case.objects.filter(shop=shop).order_by("-pk").values_list("customer__email", flat=True)[:ACCOUNTS]
    cookies = [
        f"{account_cookie(shop)}={open_session(account, '', '', now=now)}"
        for account in (account_of(shop, ContactPoint(EMAIL, email), "en", now=now) for email in dict.fromkeys(emails))
    ]

    def visit(client: int) -> Iterator[Request]:
        chance = Random(client)
        while True:
            yield Request("GET", f"/a/{shop.slug}/", headers={"Cookie": chance.choice(cookies)})

    return visit


def _attempts(shop: Shop, account: Account, now: datetime) -> list[int]:
    """Payments that were started, of orders that wait for them."""
    waiting = Case.objects.filter(shop=shop, status="pending", payment="unpaid").order_by("-pk")[:NOTICES]
    return [attempts.start(shop, pk, account, now=now).pk for pk in waiting.values_list("pk", flat=True)]


def _notices(account: Account, tries: list[int]) -> Callable[[int], Iterator[Request]]:
    """What the gateway tells of each, twice: the second time by another client as soon as may be."""
    rows = list(Attempt.objects.filter(pk__in=tries).order_by("pk"))

    def tell(client: int) -> Iterator[Request]:
        for one in rows[client % (CLIENTS // 2) :: CLIENTS // 2]:
            said: Mapping[str, object] = {
                "event": f"paid-{one.key}", "fate": "done", "about": "payment", "order": one.key,
                "reference": str(uuid.uuid5(uuid.NAMESPACE_URL, one.key)), "amount": int(one.amount * 100),
                "currency": one.currency, "refund": "", "reason": "", "card_country": "UA",
            }  # fmt: skip
            body = json.dumps(said).encode()
            headers = {SIGNATURE: sign(account.settings["secret"], body), "Content-Type": "application/json"}
            yield Request("POST", f"/notices/{account.token}/", body, headers)

    return tell
