"""The page of the cart, and what is done there."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from tartib.catalog.models import Product
from tartib.checkout import operations
from tartib.checkout.operations import MOST_LINES, MOST_PIECES
from tartib.checkout.queries import review
from tartib.l10n import digits
from tartib.public.limits import here, person
from tartib.shops.operations import give_back, within_limit
from tartib.storefront import basket
from tartib.storefront.access import WindowRequest, window

CODES, AN_HOUR = 40, timedelta(hours=1)
"""How many discount codes that are none one visitor may try in that time: who guesses needs thousands."""


@never_cache
@require_GET
@window
def cart_page(request: WindowRequest) -> HttpResponseBase:
    """What is in the cart, at today's prices and as far as it is there."""
    cart = basket.found(request)
    seen = review(cart, now=timezone.now(), account=request.visit.account) if cart else None
    removed = request.GET.get("removed", "")
    context: dict[str, object] = {"shop": request.shop, "review": seen, "most": MOST_PIECES, "section": "cart"}
    if removed.isdecimal() and len(removed) < 19:
        context["removed"] = Product.objects.filter(shop=request.shop, pk=int(removed), active=True).first()
        context["removed_pieces"] = _pieces(request.GET.get("pieces", ""))
    return render(request, "storefront/checkout/cart.html", context)


# The pages it stands on are the same for everybody, so that caches may keep them: they carry nobody's token.
@csrf_exempt
@require_POST
@window
def add(request: WindowRequest) -> HttpResponseBase:
    """Put pieces of a product into the cart, and show it."""
    if not basket.from_here(request):
        raise PermissionDenied
    product = get_object_or_404(Product, shop=request.shop, pk=_number(request.POST.get("product", "")), active=True)
    wanted = _pieces(request.POST.get("pieces", "1"))
    if not wanted:
        messages.error(request, _("Write a whole number of pieces."))
        return _to_ware(request, product)
    cart = basket.found_or_new(request)
    try:
        operations.put_in(cart, product, wanted, now=timezone.now())
    except operations.TooManyLines:
        messages.warning(request, _("The cart is full. Order what is in it first."))
    else:
        messages.success(request, _("In your cart: %(product)s.") % {"product": product})
    return basket.give(_to_cart(request), cart)


@require_POST
@window
def again(request: WindowRequest) -> HttpResponseBase:
    """Put what an earlier order had into the cart: `product` and `pieces` as often as it had lines."""
    wanted = list(zip(request.POST.getlist("product"), request.POST.getlist("pieces"), strict=False))[:MOST_LINES]
    numbers = [_number(product) for product, _pieces_ in wanted]
    known = {one.pk: one for one in Product.objects.filter(shop=request.shop, pk__in=numbers, active=True)}
    cart, now = basket.found_or_new(request), timezone.now()
    for number, (_product, pieces) in zip(numbers, wanted, strict=True):
        if number in known:
            with suppress(operations.TooManyLines):
                operations.put_in(cart, known[number], _pieces(pieces) or 1, now=now)
    if len(known) < len(set(numbers)):
        messages.warning(request, _("Some of it is not sold any more. The rest is in your cart."))
    else:
        messages.success(request, _("Everything is in your cart once more."))
    return basket.give(_to_cart(request), cart)


@require_POST
@window
def pieces(request: WindowRequest) -> HttpResponseBase:
    """Have another number of pieces of a product, or none."""
    cart, product = basket.found(request), _number(request.POST.get("product", ""))
    if cart is None:
        return _to_cart(request)
    out = "remove" in request.POST
    number = 0 if out else _pieces(request.POST.get("pieces", ""))
    if number is None:
        messages.error(request, _("Write a whole number of pieces."))
        return _to_cart(request)
    line = cart.lines.filter(product=product).first()
    operations.set_pieces(cart, product, number, now=timezone.now())
    if number == 0 and line is not None:
        return HttpResponseRedirect(f"{request.visit.path('storefront:cart')}?removed={product}&pieces={line.quantity}")
    return _to_cart(request)


@require_POST
@window
def code(request: WindowRequest) -> HttpResponseBase:
    """Enter a discount code, or take it away."""
    cart = basket.found(request)
    if cart is not None:
        given, now = "" if "remove" in request.POST else request.POST.get("code", ""), timezone.now()
        who = here(request, request.shop)
        if given and not within_limit("discount code", who, most=CODES, window=AN_HOUR, now=now):
            messages.warning(request, _too_many_codes(request))
        elif operations.enter_code(cart, given, now=now):
            give_back("discount code", who)
    return HttpResponseRedirect(request.visit.path("storefront:cart") + "#code")


@require_POST
@window
def points(request: WindowRequest) -> HttpResponseBase:
    """Spend points, or none."""
    cart = basket.found(request)
    if cart is not None:
        number = 0 if "remove" in request.POST else _pieces(request.POST.get("points", ""), digits_most=9)
        if number is None:
            messages.error(request, _("Write a whole number of points."))
        else:
            operations.use_points(cart, number, now=timezone.now())
    return HttpResponseRedirect(request.visit.path("storefront:cart") + "#points")


def _to_ware(request: WindowRequest, product: Product) -> HttpResponseBase:
    """Back to the page of what was to be put into the cart, or to the cart where it has none."""
    if product.listing is None:
        return _to_cart(request)
    return redirect(request.visit.path("storefront:listing", listing=product.listing.slug))


def _to_cart(request: WindowRequest) -> HttpResponseBase:
    return redirect(request.visit.path("storefront:cart"))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _pieces(text: str, digits_most: int = 5) -> int | None:
    """A number of pieces, or of points, in the digits of any language."""
    plain = digits.latin(text).strip()
    return int(plain) if plain.isdecimal() and len(plain) <= digits_most else None


def _too_many_codes(request: WindowRequest) -> str:
    if person(request, request.shop) is None:
        return _("Many wrong codes came from your internet connection. Sign in to go on at once, or wait an hour.")
    return _("Too many codes. Please wait an hour before trying another.")
