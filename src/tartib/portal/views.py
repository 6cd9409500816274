"""The tracking page, and the way to it by tracking code and phone."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tartib.cases import queries
from tartib.flow.words import LANGUAGES
from tartib.orders.queries import lines, order
from tartib.portal import finding
from tartib.portal.story import tell
from tartib.portal.todo import parcel_url, todo
from tartib.shops.models import Shop
from tartib.web import audience

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


class Find(forms.Form):
    """What a customer has at hand. Both fields take digits of any script."""

    code = forms.CharField(
        label=gettext_lazy("Tracking code or order number"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "dir": "auto"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel", "dir": "ltr"}),
    )


@never_cache
@require_safe
def tracking(request: HttpRequest, token: str) -> HttpResponse:
    """Where an order is, for whoever has its link. Works without scripts, and prints."""
    case = queries.by_token(token) if _TOKEN.fullmatch(token) else None
    if case is None:
        return _private(_nothing(request))
    languages = _languages([*case.shop.languages, case.language])
    reader = audience.enter(case.shop, _wanted(request, languages) or case.language, now=timezone.now())
    particulars = order(case)
    entries = list(queries.timeline(case, shown_only=True).order_by("seq"))
    story = tell(case, particulars, entries, reader.language, now=reader.now)
    context = {
        "case": case,
        "shop": case.shop,
        "order": particulars,
        "lines": list(lines(case)),
        "story": story,
        "todo": todo(case, particulars, story.status, reader.language),
        "parcel_url": parcel_url(particulars),
        "languages": languages,
    }
    return _private(render(request, "portal/tracking.html", context))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest, slug: str) -> HttpResponse:
    """Find an order by code and phone. Whatever is wrong, the answer is one and the same."""
    shop = Shop.objects.filter(slug=slug).first()
    if shop is None:
        return _nothing(request)
    languages = _languages([*shop.languages, shop.language])
    spoken = audience.current().language
    audience.enter(shop, _wanted(request, languages) or (spoken if spoken in languages else shop.language))
    form = Find(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given, address = form.cleaned_data, request.META.get("REMOTE_ADDR", "")
        case = finding.find(shop, given["code"], given["phone"], address, now=timezone.now())
        if case is not None:
            return redirect("portal:tracking", case.token)
        form.add_error(
            None,
            _(
                "We found no order with this code and phone. Check both: the phone is the one given with the order."
                " After many tries, wait an hour or contact the shop."
            ),
        )
    status = 422 if form.errors else 200
    return render(request, "portal/find.html", {"form": form, "shop": shop, "languages": languages}, status=status)


def _wanted(request: HttpRequest, languages: Iterable[str]) -> str:
    """The language chosen on the page: it is in the address, so that the page needs no cookie."""
    chosen = request.GET.get("language", "")
    return chosen if chosen in languages else ""


def _languages(wanted: Iterable[str]) -> list[str]:
    """The languages a page is offered in, in the product's order."""
    offered = set(wanted)
    return [one for one in LANGUAGES if one in offered]


def _nothing(request: HttpRequest) -> HttpResponse:
    """No such page: one answer for what was deleted, never was, and was mistyped."""
    return render(request, "portal/nothing.html", status=404)


def _private(response: HttpResponse) -> HttpResponse:
    """Keep the address of the page, which is the key to it, away from search engines and other sites."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "private, no-store"
    return response
