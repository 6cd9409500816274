"""The window itself on the desk: whether it is open, what it says, its domain, words of options in other languages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tartib.catalog import browse, showing
from tartib.catalog.window import Window
from tartib.desk.access import StaffRequest, in_turn, staff
from tartib.desk.catalog.window.forms import WindowForm, WindowTextsForm
from tartib.files.operations import Unfit
from tartib.shops import domains
from tartib.shops.access import May
from tartib.shops.models import Claim
from tartib.shops.operations import within_limit
from tartib.web.addresses import shop_path, shop_url
from tartib.web.toasts import toast

_LONGEST_WORD = 60
LOOKS, LOOKS_WITHIN = 20, timedelta(minutes=10)


@staff(May.SETTINGS)
@in_turn
@require_http_methods(["GET", "POST"])
def window_page(request: StaffRequest) -> HttpResponseBase:
    """What the window says and where it is."""
    window = Window.objects.filter(shop=request.shop).first() or Window(shop=request.shop)
    claimed = Claim.objects.filter(shop=request.shop).first()
    known = claimed.domain if claimed else request.shop.domain
    initial = {name: getattr(window, name) for name in ("open", "headline", "about")} | {"domain": known}
    posted = request.POST if request.method == "POST" else None
    form = WindowForm(request.shop, posted, request.FILES or None, initial=initial)
    codes = request.shop.spoken[1:]
    others = [(code, WindowTextsForm(request.shop, code, posted, initial=window.texts.get(code))) for code in codes]
    if request.method == "POST" and form.is_valid() and all(other.is_valid() for _code, other in others):
        try:
            showing.dress_window(
                request.shop, form.cleaned_data["domain"], form.cleaned_data["picture"], now=timezone.now(),
                open=form.cleaned_data["open"], headline=form.cleaned_data["headline"],
                about=form.cleaned_data["about"], words=_words(request, codes),
                texts={code: {n: v for n, v in other.cleaned_data.items() if v} for code, other in others},
            )  # fmt: skip
        except ValidationError as problem:
            form.refuse(problem)
            request.shop.refresh_from_db()
        except Unfit as problem:
            form.add_error("picture", str(problem))
        else:
            toast(request, _("The window is saved."))
            return redirect("desk:window-settings", request.shop.slug)
    context: dict[str, Any] = {
        "form": form,
        "others": others,
        "window": window,
        "codes": codes,
        "words": _known(request, window, codes),
        "preview": shop_path(request.shop, "storefront:home"),
        "address": shop_url(request.shop, "storefront:home"),
        "claim": claimed,
        "host": urlsplit(settings.TARTIB_URL).hostname,
        "tab": "settings",
    }
    wrong = form.errors or any(other.errors for _code, other in others)
    return render(request, "desk/catalog/window/settings.html", context, status=422 if wrong else 200)


@staff(May.SETTINGS)
@require_POST
def look_for_proof(request: StaffRequest) -> HttpResponseBase:
    """Look at once whether the domain that the shop claims is proved."""
    claimed, now = get_object_or_404(Claim.objects.select_related("shop"), shop=request.shop), timezone.now()
    if not within_limit("domain", [str(request.shop.pk)], most=LOOKS, window=LOOKS_WITHIN, now=now):
        toast(
            request,
            _("Please wait a few minutes. It is also looked for by itself, every ten minutes."),
            level="warning",
        )
    elif domains.look(claimed, now=now):
        toast(request, _("The domain is proved: the window opens there now."))
    else:
        said = _("The proof is not to be seen yet. A new DNS record can take some hours to be seen everywhere.")
        toast(request, said, level="warning")
    return redirect(reverse("desk:window-settings", args=[request.shop.slug]) + "#domain")


def _known(request: StaffRequest, window: Window, codes: list[str]) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Every word of an option; for each other language its field's name, the language's code and the translation."""
    found = []
    for place, word in enumerate(browse.option_words(request.shop) if codes else []):
        found.append((word, [(f"w-{code}-{place}", code, window.words.get(code, {}).get(word, "")) for code in codes]))
    return found


def _words(request: StaffRequest, codes: list[str]) -> dict[str, dict[str, str]]:
    known = browse.option_words(request.shop)
    return {
        code: {
            word: said
            for place, word in enumerate(known)
            if (said := request.POST.get(f"w-{code}-{place}", "").strip()[:_LONGEST_WORD])
        }
        for code in codes
    }
