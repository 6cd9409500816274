"""The tracking page, and the way to it by tracking code and e-mail or phone."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from tartib.cases.models import Case
from tartib.portal import finding, opening
from tartib.portal.order_context import seen
from tartib.public.limits import here
from tartib.public.visits import ShopRequest, visited
from tartib.support import SUPPORT
from tartib.web import audience


class Find(forms.Form):
    """What a customer has at hand. Both fields take digits of any script."""

    code = forms.CharField(
        label=gettext_lazy("Tracking code or order number"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "dir": "auto"}),
    )
    contact = forms.CharField(
        label=gettext_lazy("E-mail or phone"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "email", "autocapitalize": "none", "dir": "ltr"}),
    )


@gzip_page
@never_cache
@require_safe
def tracking(request: HttpRequest, token: str) -> HttpResponse:
    """Where an order is, for whoever has its link. Works without scripts, and prints."""
    case = opening.find(token, kind="")
    if case is not None and case.kind == SUPPORT:
        return redirect(reverse("portal:thread", args=[token]) + _asked(request))
    return opening.nothing(request) if case is None else page(request, case)


def page(request: HttpRequest, case: Case, *, problem: str = "", status: int = 200) -> HttpResponse:
    """The page of an order. `problem` says why what its customer uploaded was not kept."""
    audience.enter(case.shop, opening.language(request, case), now=timezone.now(), calendar=opening.calendar(case))
    context = seen(case, problem) | {"languages": opening.offered([*case.shop.languages, case.language])}
    shown = render(request, "portal/tracking.html", context, status=status)
    posts = bool(context.get("identity")) or any(one.open for one in context["requests"])
    return opening.private(shown, posts=posts)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@visited
def find(request: ShopRequest) -> HttpResponseBase:
    """Find an order by code and e-mail or phone. Whatever is wrong, the answer is one and the same."""
    shop, form = request.shop, Find(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        case = finding.find(shop, given["code"], given["contact"], here(request, shop), now=timezone.now())
        if case is not None:
            asked = f"?language={request.visit.language}" if request.visit.language != case.language else ""
            return redirect(reverse("portal:tracking", args=[case.token]) + asked)
        form.add_error(None, finding.nothing_found())
    status = 422 if form.errors else 200
    return render(request, "portal/find.html", {"form": form, "shop": shop}, status=status)


def _asked(request: HttpRequest) -> str:
    """What the address asked for, to be asked of the next one too."""
    query = request.META.get("QUERY_STRING", "")
    return f"?{query}" if query else ""
