"""The checkout, a page a step: details, delivery, payment, final check. Going back always works and loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tartib.checkout import confirming, operations, queries
from tartib.checkout.details import Details
from tartib.checkout.models import Cart
from tartib.checkout.queries import Review, review
from tartib.checkout.steps import Step, chosen, missing, steps
from tartib.customers import address_book
from tartib.orders import paying
from tartib.orders.holding import NotEnough
from tartib.orders.paying import Way
from tartib.orders.placing import NoWorkflow
from tartib.payments import attempts
from tartib.payments.models import Account
from tartib.payments.operations import NothingDue
from tartib.public.proving import Gate, Limit, Question, contacts, gate
from tartib.public.visits import ShopRequest
from tartib.shipping.models import MethodKind
from tartib.shipping.queries import methods, regions
from tartib.storefront import basket
from tartib.storefront.access import WindowRequest, window
from tartib.storefront.forms import DetailsForm, initial, known, tapped_on
from tartib.web.headers import address

PAGES = {
    Step.CART: "storefront:cart",
    Step.DETAILS: "storefront:details",
    Step.DELIVERY: "storefront:delivery",
    Step.PAYMENT: "storefront:payment",
    Step.CHECK: "storefront:check",
}
ORDERS = Limit("orders", visitor=20, contact=20)
"""How many orders may be made in a shop in an hour; failed ones are none."""

StepView = Callable[[WindowRequest, Review, list[Way]], HttpResponseBase]


def step(at: Step) -> Callable[[StepView], Callable[..., HttpResponseBase]]:
    """A step of the checkout: only those who have done the ones before come in, others are led to where they are."""

    def decorator(view: StepView) -> Callable[..., HttpResponseBase]:
        @never_cache
        @require_http_methods(["GET", "HEAD", "POST"])
        @window
        @wraps(view)
        def opened(request: WindowRequest) -> HttpResponseBase:
            cart = basket.found(request)
            if cart is None:
                return _ordered_already(request) or _to(request, Step.CART)
            seen = _review(request, cart)
            offered = _ways(request, seen)
            taken, lacking = steps(seen, offered), missing(seen, offered)
            if at not in taken or (lacking is not None and taken.index(lacking) < taken.index(at)):
                return _to(request, lacking or Step.CHECK)
            return view(request, seen, offered)

        return opened

    return decorator


@never_cache
@require_GET
@window
def begin(request: WindowRequest) -> HttpResponseBase:
    """To the step at which the cart stands."""
    cart = basket.found(request)
    if cart is None:
        return _to(request, Step.CART)
    seen = _review(request, cart)
    return _to(request, missing(seen, _ways(request, seen)) or Step.CHECK)


@step(Step.DETAILS)
def details(request: WindowRequest, seen: Review, offered: list[Way]) -> HttpResponseBase:
    """Who orders and where it goes. `again` asks for the fields of another country and keeps what was written."""
    shop, cart = request.shop, seen.cart
    kinds = {one.kind for one in methods(shop).filter(active=True)}
    asked_again = "again" in request.POST
    given: Mapping[str, Any] | None = None if request.method != "POST" or asked_again else request.POST
    account = request.visit.account
    saved = list(address_book.of(account)) if account and seen.sent else []
    start = request.POST.dict() if asked_again else initial(known(seen.details, account, saved), shop)
    if given is not None and (tapped := next((one for one in saved if str(one.pk) == given.get("saved")), None)):
        given = tapped_on(seen.details, account, tapped, shop)
    form = DetailsForm(
        shop,
        request.visit.language,
        given,
        sent=seen.sent,
        pickup=MethodKind.PICKUP in kinds,
        sends=kinds != {MethodKind.PICKUP},
        initial=start,
        keeps=account is not None,
    )
    if given is not None and form.is_valid():
        operations.accept(cart, now=timezone.now())
        operations.describe(cart, form.details(), now=timezone.now())
        if account and (address := form.to_keep()):
            with suppress(address_book.Full):
                address_book.keep(account, address, now=timezone.now())
        return _onward(request, Step.DETAILS, cart)
    context = {"form": form, "regions": regions(shop), "saved": saved}
    return _page(request, Step.DETAILS, seen, offered, context, status=422 if form.errors else 200)


@step(Step.DELIVERY)
def delivery(request: WindowRequest, seen: Review, offered: list[Way]) -> HttpResponseBase:
    """How it gets there."""
    problem = ""
    if request.method == "POST":
        offer = next((one for one in seen.offers if str(one.method.pk) == request.POST.get("method")), None)
        if offer is not None:
            operations.choose_delivery(seen.cart, offer.method, now=timezone.now())
            return _onward(request, Step.DELIVERY, seen.cart)
        problem = _("Please choose how it gets to you.")
    return _page(request, Step.DELIVERY, seen, offered, {"problem": problem}, status=422 if problem else 200)


@step(Step.PAYMENT)
def payment(request: WindowRequest, seen: Review, offered: list[Way]) -> HttpResponseBase:
    """How it is paid."""
    problem = ""
    if request.method == "POST":
        way = next((one for one in offered if str(one.account.pk) == request.POST.get("account")), None)
        if way is not None:
            operations.choose_payment(seen.cart, way.account, now=timezone.now())
            return _onward(request, Step.PAYMENT, seen.cart)
        problem = _("Please choose how you want to pay.")
    return _page(request, Step.PAYMENT, seen, offered, {"problem": problem}, status=422 if problem else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: WindowRequest, *args: object, **kwargs: object) -> HttpResponseBase:
    """The final check, and confirming what it shows."""
    return (_confirm if request.method == "POST" else _check)(request, *args, **kwargs)


@step(Step.CHECK)
def _check(request: WindowRequest, seen: Review, offered: list[Way]) -> HttpResponseBase:
    return _page(request, Step.CHECK, seen, offered, {})


@window
def _confirm(request: WindowRequest) -> HttpResponseBase:
    """Make the order. The cart's key is in the form, so that what was confirmed already is found again."""
    shop, now = request.shop, timezone.now()
    cart = queries.by_key(shop, key) if (key := _key(request.POST.get("key", ""))) else None
    if cart is None:
        return _to(request, Step.CART)
    passed = _gate(request, cart, now)
    if passed.question is not None:
        return _ask_first(request, cart, passed.question)
    try:
        done = confirming.confirm(
            shop, cart.key, request.POST.get("seen", ""), ip=address(request) or None, now=now,
            owner=request.visit.account,
        )  # fmt: skip
    except (confirming.NotReady, confirming.Changed, NotEnough, NoWorkflow) as problem:
        passed.failed()
        return _not_ordered(request, problem)
    if done.repeated:
        passed.failed()
    if done.account is None or done.repeated:
        return redirect(request.visit.path("storefront:thanks", token=done.token))
    return pay(request, done.case_id, done.token, done.account, done.until)


def _gate(request: WindowRequest, cart: Cart, now: datetime) -> Gate:
    """Whether the cart may become an order; one that is an order already is only found again."""
    if cart.case_id is not None:
        return Gate()
    said = Details.read(cart.details)
    reaches = contacts(request.shop, said.email, said.phone)
    return gate(request, request.shop, ORDERS, reaches, language=request.visit.language, now=now)


def _ask_first(request: WindowRequest, cart: Cart, question: Question) -> HttpResponseBase:
    """The final check once more, with what is to be answered before the order is made."""
    seen = _review(request, cart)
    offered = _ways(request, seen)
    if (lacking := missing(seen, offered)) is not None:
        return _to(request, lacking)
    return _page(request, Step.CHECK, seen, offered, {"question": question}, status=question.status)


def _not_ordered(
    request: WindowRequest, problem: confirming.NotReady | confirming.Changed | NotEnough | NoWorkflow
) -> HttpResponseBase:
    """Say why no order was made, at the step where that can be mended."""
    match problem:
        case confirming.NotReady():
            if problem.step == Step.CART:
                messages.error(request, _("Something in your cart is no longer available. Please have a look."))
            return _to(request, problem.step)
        case confirming.Changed():
            messages.warning(request, _("Something changed since you looked. Please check the order once more."))
        case NotEnough():
            said = _("Somebody else has just taken the last of “%(product)s”. Your cart is kept.")
            messages.error(request, said % {"product": problem.short.product})
            return _to(request, Step.CART)
        case _:
            messages.error(request, _("The shop takes no orders at the moment. Your cart is kept."))
    return _to(request, Step.CHECK)


def pay(request: ShopRequest, case_id: int, token: str, account: Account, until: datetime | None) -> HttpResponseBase:
    """To the page from which the order is paid; where the gateway does not answer, to where another way is offered."""
    try:
        attempt = attempts.start(
            request.shop, case_id, account, now=timezone.now(), language=request.visit.language, until=until
        )
    except (attempts.NotStarted, attempts.NotOffered, NothingDue):
        return redirect(request.visit.path("storefront:thanks", token=token))
    return redirect(attempts.address(attempt))


def _page(
    request: WindowRequest,
    at: Step,
    seen: Review,
    offered: list[Way],
    more: dict[str, object],
    status: int = 200,
) -> HttpResponseBase:
    taken = steps(seen, offered)
    context = {
        "shop": request.shop,
        "review": seen,
        "ways": offered,
        "way": chosen(seen, offered) if Step.PAYMENT in taken else None,
        "seen": confirming.fingerprint(seen),
        "step": at,
        "way_there": [(one, request.visit.path(PAGES[one]), taken.index(one) < taken.index(at)) for one in taken[1:]],
        "back": request.visit.path(PAGES[taken[taken.index(at) - 1]]),
    }
    return render(request, f"storefront/checkout/{at}.html", context | more, status=status)


def _onward(request: WindowRequest, at: Step, cart: Cart) -> HttpResponseBase:
    """To the step after this one; those that were done before are passed once more, chosen as they were."""
    cart.refresh_from_db()
    seen = _review(request, cart)
    taken = steps(seen, _ways(request, seen))
    return _to(request, taken[taken.index(at) + 1])


def _ordered_already(request: WindowRequest) -> HttpResponseBase | None:
    """The browser's cart has become an order: that is what somebody who goes back is shown."""
    token = queries.order_of_token(request.shop, basket.token(request))
    return redirect(request.visit.path("storefront:thanks", token=token)) if token else None


def _review(request: WindowRequest, cart: Cart) -> Review:
    return review(cart, now=timezone.now(), account=request.visit.account)


def _ways(request: WindowRequest, seen: Review) -> list[Way]:
    return paying.ways(request.shop, request.shop.currency, picked_up=seen.picked_up, handed_over=seen.handed_over)


def _to(request: WindowRequest, at: Step) -> HttpResponseBase:
    return redirect(request.visit.path(PAGES[at]))


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
