"""Who may look into a shop's window: everybody once it is open, the shop's own people always."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpResponseBase, HttpResponsePermanentRedirect
from django.shortcuts import render

from tartib.catalog.window import Window
from tartib.public.sessions import account_cookie
from tartib.public.visits import ShopRequest, cart_cookie, visited
from tartib.shops import access

P = ParamSpec("P")


class WindowRequest(ShopRequest):
    """A request to a page of an open window; at run time an ordinary request with more on it."""

    window: Window


View = Callable[Concatenate[WindowRequest, P], HttpResponseBase]


def window(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Open a page of the window to whoever comes; while it is closed, to the staff of the shop as a preview.

    On top of what `visited` gives, the request has the shop's `window`.
    """

    @wraps(view)
    def opened(request: ShopRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        found = Window.objects.select_related("picture").filter(shop=request.shop).first()
        if (found is None or not found.open) and access.membership(request.user, request.shop.slug) is None:
            return render(request, "storefront/closed.html", {"shop": request.shop}, status=404)
        if _leads_home(request):
            there = HttpResponsePermanentRedirect(_there(request))
            # Who has a cart here stays here, so no browser is to remember the way for all time.
            there.headers["Cache-Control"] = "private, no-cache"
            return there
        window_request = cast("WindowRequest", request)
        window_request.window = found or Window(shop=request.shop)
        request.visit.open = True
        return view(window_request, *args, **kwargs)

    return visited(opened)


def _leads_home(request: ShopRequest) -> bool:
    """Whether a visitor is led on to the shop's own domain: all are, but staff, and who has something to lose here.

    Carts and sessions are a host's: one who is led away in the middle would find neither.
    """
    if request.visit.own_host or not request.shop.domain or request.method not in ("GET", "HEAD"):
        return False
    mine = {cart_cookie(request.shop), account_cookie(request.shop)}
    return not mine & set(request.COOKIES) and not request.user.is_authenticated


def _there(request: ShopRequest) -> str:
    query = request.META.get("QUERY_STRING", "")
    return request.visit.canonical + (f"?{query}" if query else "")
