"""Small answers every face needs: the chosen language, a shop's colour."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST

from tartib.flow.words import LANGUAGES
from tartib.shops.models import User
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


@cache_control(public=True, max_age=A_YEAR, immutable=True)
def brand(_request: HttpRequest, colour: str) -> HttpResponse:
    """The stylesheet of a brand colour. The colour is in the address, so the answer never changes."""
    return HttpResponse(colours.stylesheet(f"#{colour}"), content_type="text/css; charset=utf-8")
