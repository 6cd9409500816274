"""The cart a browser brings along: found by its cookie, which says nothing of whose it is."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from tartib.checkout import queries
from tartib.checkout.models import Cart
from tartib.checkout.operations import KEPT, new_cart
from tartib.public.visits import ShopRequest, cart_cookie


def found(request: ShopRequest) -> Cart | None:
    """The open cart of the browser, if it has one."""
    return queries.by_token(request.shop, token(request))


def token(request: ShopRequest) -> str:
    """The name of the cart that the browser brings along; "" when it brings none."""
    return request.COOKIES.get(cart_cookie(request.shop), "")


def found_or_new(request: ShopRequest) -> Cart:
    """The cart of the browser, or a new one; `give` hands it over."""
    return found(request) or new_cart(request.shop, request.visit.language, now=timezone.now())


def give(response: HttpResponseBase, cart: Cart) -> HttpResponseBase:
    """Let the browser keep the name of its cart."""
    response.set_cookie(
        cart_cookie(cart.shop), cart.token, max_age=KEPT, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


def from_here(request: HttpRequest) -> bool:
    """Whether a form was sent from a page of this host. Browsers say where from; what says nothing is no browser."""
    origin = request.headers.get("Origin", "")
    return not origin or origin.partition("://")[2] == request.get_host()
