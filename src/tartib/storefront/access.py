"""Who may look into a shop's window: everybody once it is open, the shop's own people always."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpResponseBase
from django.shortcuts import render

from tartib.catalog.window import Window
from tartib.shops import access
from tartib.web.visits import ShopRequest, visited

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
        window_request = cast("WindowRequest", request)
        window_request.window = found or Window(shop=request.shop)
        return view(window_request, *args, **kwargs)

    return visited(opened)
