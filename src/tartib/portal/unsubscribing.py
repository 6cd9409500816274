"""Declining messages by the link of an e-mail, at once and without signing in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tartib.customers import consents
from tartib.customers.models import Source
from tartib.portal import opening
from tartib.web import audience
from tartib.web.limits import uncounted


# A mail program posts here by itself (RFC 8058), from no page of ours; the signed address is the leave to do it.
# Programs of mail providers post here, for many people from few addresses.
@uncounted
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Decline. Opening the link only asks: programs that look into mail open every link."""
    found = consents.read(token)
    if found is None:
        return opening.private(opening.nothing(request))
    customer, channel, purpose = found
    now = timezone.now()
    audience.enter(customer.shop, customer.language or customer.shop.language, now=now)
    done = request.method == "POST"
    if done:
        visitor = request.META.get("REMOTE_ADDR", "")
        consents.change([customer.pk], channel, purpose, Source.LINK, visitor, given=False, now=now)
    context = {"shop": customer.shop, "purpose": purpose, "done": done}
    return opening.private(render(request, "portal/unsubscribe.html", context))
