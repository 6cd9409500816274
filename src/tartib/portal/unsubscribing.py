"""Declining messages by the link of an e-mail, at once and without signing in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tartib.customers import consents
from tartib.customers.models import Customer, Purpose, Source
from tartib.portal import opening
from tartib.public.limits import uncounted
from tartib.web import audience
from tartib.web.headers import address


# A mail program posts here by itself (RFC 8058), from no page of ours; the signed address is the leave to do it.
# Programs of mail providers post here, for many people from few addresses.
@uncounted
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Say what one wants to be told by e-mail. Opening the link only asks: programs that look into mail open it too."""
    found = consents.read_consent(token)
    if found is None:
        return opening.private(opening.nothing(request))
    customer, channel, purpose = found
    now = timezone.now()
    own = customer.language or customer.shop.language
    languages = opening.offered([*customer.shop.languages, own])
    audience.enter(customer.shop, opening.wanted(request, languages) or own, now=now)
    # A mail program's own button names no choice: it declines what the letter was.
    chosen = "chosen" in request.POST
    done = request.method == "POST"
    if done:
        for one, _given in _choices(customer, channel, purpose) if chosen else ((purpose, True),):
            given = chosen and one in request.POST.getlist("wanted")
            consents.change([customer.pk], channel, one, Source.LINK, address(request), given=given, now=now)
        customer.refresh_from_db()
    context = {
        "shop": customer.shop,
        "purpose": purpose,
        "done": done,
        "chosen": chosen,
        "wanted": _choices(customer, channel, purpose),
        "languages": languages,
    }
    return opening.private(render(request, "portal/unsubscribe.html", context))


def _choices(customer: Customer, channel: str, purpose: Purpose) -> list[tuple[Purpose, bool]]:
    """What can be chosen by the link: what it was about, and to withdraw what else was agreed to. More is agreed to in
    the account alone: a letter is forwarded easily."""
    fields = [(one, consents.FIELDS.get((channel, one), "")) for one in Purpose]
    given = [(one, bool(getattr(customer, field))) for one, field in fields if field]
    return [(one, wanted) for one, wanted in given if wanted or one == purpose]
