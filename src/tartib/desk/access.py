"""Who may open a page of the desk, and as whom they act there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url

from tartib.customers.devices import device
from tartib.desk import navigation
from tartib.journal.operations import Actor
from tartib.shops import access
from tartib.shops.access import May
from tartib.shops.models import Membership, Shop, User
from tartib.shops.security import Origin
from tartib.web import audience
from tartib.web.headers import visitor

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request of a member of staff to a page of their shop; at run time an ordinary request with more on it."""

    user: User
    shop: Shop
    member: Membership
    actor: Actor
    may: dict[str, bool]
    origin: Origin
    navigation: list[navigation.Item]


View = Callable[Concatenate[StaffRequest, P], HttpResponseBase]


def staff(act: May | None = None) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """Open a view to the staff of the shop at `slug` only; with `act`, only to those who may do that.

    The view is called without the slug. Its request has `shop`, `member`, `actor`, `origin`, `may` (by the name of each
    act, for templates to offer only what can be done) and `navigation`, and the page speaks the person's language in
    the shop's calendar and zone. A shop one does not work in answers as one that does not exist.
    """

    def decorator(view: View[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def opened(request: HttpRequest, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            staff_request = enter(request, slug)
            if staff_request is None:
                raise Http404
            if act is not None and not access.may(staff_request.member, act):
                raise PermissionDenied
            return view(staff_request, *args, **kwargs)

        return opened

    return decorator


def enter(request: HttpRequest, slug: str) -> StaffRequest | None:
    """The request as one of a member of staff of the shop at `slug`; None for whoever does not work there."""
    member = access.membership(request.user, slug)
    return None if member is None else _as_staff(request, member)


def actor(member: Membership) -> Actor:
    """A member of staff as the timeline names them."""
    return Actor("staff", member.user.name, member.user_id, member.role)


def origin(request: HttpRequest, user: User | None = None) -> Origin:
    """Who asks, as the security log names them: `user`, or somebody who has not signed in."""
    said = device(request.headers.get("User-Agent", ""))
    name, pk = (user.name or user.email, user.pk) if user else ("", None)
    return Origin(name, pk, visitor(request), said)


def _as_staff(request: HttpRequest, member: Membership) -> StaffRequest:
    audience.enter(member.shop, member.user.language)
    staff_request = cast("StaffRequest", request)
    staff_request.shop, staff_request.member, staff_request.actor = member.shop, member, actor(member)
    staff_request.may = {act.name.lower(): access.may(member, act) for act in May}
    staff_request.origin = origin(request, member.user)
    staff_request.navigation = navigation.items(member, request.path)
    return staff_request


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back here; a part of a page asks htmx to take the whole page there."""
    if request.headers.get("HX-Request"):
        here = request.headers.get("HX-Current-URL", "/")
        return HttpResponse(headers={"HX-Redirect": redirect_to_login(here, resolve_url("desk:sign-in")).url})
    return redirect_to_login(request.get_full_path(), resolve_url("desk:sign-in"))


def in_turn(view: Callable[Concatenate[StaffRequest, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let those who save in one shop do so one after the other: the second compares with what the first has saved."""

    @wraps(view)
    def answered(request: StaffRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            request.shop = Shop.objects.select_for_update(no_key=True).get(pk=request.shop.pk)
            return view(request, *args, **kwargs)

    return answered
