"""The tracking box on a shop's own web site: the script it comes by, and what it asks.

It is asked by pages of any origin, without cookies. Who asks is told what the tracking form tells, within the same
limits and in the same words.
"""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from tartib.cases import queries
from tartib.cases.models import Case
from tartib.l10n import names
from tartib.orders.queries import order, requests_of
from tartib.payments import queries as payments
from tartib.portal import finding, opening, requested
from tartib.portal.story import Story, tell
from tartib.public.limits import here
from tartib.shops.models import Shop
from tartib.web import audience, colours
from tartib.web.templatetags.tartib import day, near_day, said

SCRIPT_AGE = 3_600
"""Seconds for which browsers keep the script: its address never changes, so a new one has to reach them some day."""


@require_safe
def script(_request: HttpRequest) -> HttpResponse:
    """The script, for any page."""
    return _shared(
        HttpResponse(_script(), content_type="text/javascript; charset=utf-8"), f"public, max-age={SCRIPT_AGE}"
    )


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def box(request: HttpRequest, slug: str) -> HttpResponse:
    """By GET the words and colours of the box; by POST where the order of `code` and `contact` is."""
    shop = get_object_or_404(Shop, slug=slug)
    _enter(request, shop)
    if request.method != "POST":
        return _shared(JsonResponse(_words(shop)), "public, max-age=300")
    code, contact = request.POST.get("code", "")[:64], request.POST.get("contact", "")[:254]
    case = finding.find(shop, code, contact, here(request, shop), now=timezone.now())
    return _status(case)


@require_safe
def status(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Where the order is whose link has that token, if it is the shop's."""
    shop = get_object_or_404(Shop, slug=slug)
    _enter(request, shop)
    case = opening.find(token)
    return _status(case if case is not None and case.shop_id == shop.pk else None)


def _enter(request: HttpRequest, shop: Shop) -> None:
    """Speak the language of the page around the box, as far as that is one of ours; else the shop's."""
    wanted = request.GET.get("language", "")[:20]
    near = names.language(wanted)
    known = near != "en" or wanted.lower().startswith("en")
    audience.enter(shop, near if known else shop.language, now=timezone.now())


def _words(shop: Shop) -> dict[str, object]:
    language = audience.current().language
    return {
        "language": language,
        "direction": names.direction(language),
        "colour": shop.colour,
        "on_colour": colours.text_on(shop.colour),
        "words": {
            "title": _("Where is my order?"),
            "code": _("Tracking code or order number"),
            "contact": _("E-mail or phone"),
            "show": _("Show my order"),
            "again": _("Another order"),
            "page": _("All about this order"),
            "progress": _("Progress"),
            "away": _("There is no answer at the moment. Please try again in a minute."),
        },
    }


def _status(case: Case | None) -> HttpResponse:
    """Where an order is; for whatever does not lead to one, one and the same answer."""
    if case is None:
        return _shared(JsonResponse({"found": False, "text": finding.nothing_found()}), "no-store")
    particulars, reader = order(case), audience.current()
    entries = list(queries.timeline(case, shown_only=True).order_by("seq"))
    asked = requested.telling(requests_of(case))
    banks = payments.with_banks([case])[case.pk]
    story = tell(case, particulars, entries, reader, request=asked, banks=banks)
    told = {
        "found": True,
        "order": str(particulars),
        "status": said(story.status.name),
        "sentence": story.sentence,
        "more": story.more,
        "progress": None if story.status.phase == "ended" else story.status.progress,
        "next": _following(story),
        "milestones": [
            {"name": one.name, "at": day(one.at, "short") if one.at else "", "now": one.now} for one in story.milestones
        ],
        "page": f"{settings.TARTIB_URL}{reverse('portal:tracking', args=[case.token])}",
    }
    return _shared(JsonResponse(told), "no-store")


def _following(story: Story) -> str:
    if story.following is None:
        return ""
    name = said(story.following.name)
    if story.due is None:
        return _("Next: %(next)s") % {"next": name}
    return _("Next: %(next)s, usually by %(day)s") % {"next": name, "day": near_day(story.due)}


def _shared(response: HttpResponse, keep: str) -> HttpResponse:
    """For pages of any origin. No cookie is ever sent along with such an answer, and none is asked for."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = keep
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Content-Language"] = translation.get_language() or "en"
    return response


@cache
def _script() -> bytes:
    found = finders.find("portal/embed.js")
    assert isinstance(found, str)
    with open(found, "rb") as file:
        return file.read()
