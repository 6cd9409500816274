"""Small answers every face needs: the chosen language, a shop's colour, the proof of its domain."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from tartib.flow.words import LANGUAGES
from tartib.shops.models import Claim, Shop, User
from tartib.web import colours
from tartib.web.following import following

A_YEAR = 31_536_000


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the language a person chose: in a cookie, and with their account when they are signed in."""
    response = HttpResponseRedirect(following(request, "/"))
    chosen = request.POST.get("language", "")
    if chosen in LANGUAGES:
        keep_language(response, chosen)
        if isinstance(request.user, User):
            request.user.language = chosen
            request.user.save(update_fields=["language"])
    return response


def keep_language(response: HttpResponse, language: str) -> None:
    """Remember the reader's language on this device."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=A_YEAR,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )


@require_safe
def proof(request: HttpRequest) -> HttpResponse:
    """The proof of a shop's own domain, where that leads here: whoever decides that it does holds it still."""
    shop: Shop | None = getattr(request, "shop_of_host", None)
    claimed = Claim.objects.filter(shop=shop, domain=shop.domain).first() if shop else None
    if claimed is None:
        raise Http404
    return HttpResponse(f"{claimed.line}\n", content_type="text/plain; charset=utf-8")


@cache_control(public=True, max_age=A_YEAR, immutable=True)
def brand(_request: HttpRequest, colour: str) -> HttpResponse:
    """The stylesheet of a brand colour. The colour is in the address, so the answer never changes."""
    return HttpResponse(colours.stylesheet(f"#{colour}"), content_type="text/css; charset=utf-8")
