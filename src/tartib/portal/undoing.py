"""Taking an account back by the link that went to the address it has lost."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tartib.customers import contact_points
from tartib.customers.addresses import hidden
from tartib.portal import opening
from tartib.web import audience


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether the account is to be taken back, and do it. Programs that look into mail open the link as well."""
    now = timezone.now()
    loss = contact_points.lost(token, now=now)
    if loss is None:
        return opening.private(opening.nothing(request))
    shop = loss.account.shop
    own = loss.account.customer.language or shop.language
    languages = opening.offered([*shop.languages, own])
    audience.enter(shop, opening.wanted(request, languages) or own, now=now)
    done = request.method == "POST" and contact_points.take_back(token, now=now)
    context = {"shop": shop, "address": hidden(loss.reach.address), "languages": languages, "done": done}
    return opening.private(render(request, "portal/take_back.html", context), posts=True)
