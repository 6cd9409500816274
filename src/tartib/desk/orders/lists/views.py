"""The list of orders: one address says what is listed, in which order, from where on."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.conf import settings
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tartib.cases import queries, saved
from tartib.cases.filters import SORTS, Filters
from tartib.cases.models import Case
from tartib.desk.access import StaffRequest, staff
from tartib.desk.orders.lists import listing
from tartib.desk.orders.lists.listing import COLUMNS, COLUMNS_COOKIE, DENSITY_COOKIE, KIND
from tartib.shops.access import May, may
from tartib.web.forms import number_of
from tartib.web.toasts import toast
from tartib.web.views import A_YEAR

MOST_REFRESHED = 300


@require_safe
@staff()
def orders(request: StaffRequest) -> HttpResponseBase:
    """The list. Asked for its body only by htmx (search, filters), or for the rows from `cursor` on (load more)."""
    now = timezone.now()
    filters = listing.read_filters(request)
    target = request.headers.get("HX-Target")
    if "apply" in request.GET and not filters.problems and not target:
        return redirect(address(request, filters))
    page = queries.page_of_rows(request.shop, KIND, filters, now=now, cursor=request.GET.get("cursor", ""))
    if target == "more":
        return render(request, "desk/orders/lists/rows.html", _rows(request, filters, page, listing.columns(request)))
    shown = listing.build(request, request.member, filters, page)
    context = _rows(request, filters, page, shown.columns) | {
        "list": shown,
        "all_columns": [(code, label, code in shown.columns) for code, label in COLUMNS.items()],
        # A part swapped in keeps the tabs' counts; only what it cannot know yet is asked for.
        "uncounted": target != "list" or not (shown.whole or filters.words),
    }
    response = render(
        request, "desk/orders/lists/list.html" if target == "list" else "desk/orders/lists/orders.html", context
    )
    if target == "list":
        response.headers["HX-Push-Url"] = address(request, filters)
    return response


@require_safe
@staff()
def counts(request: StaffRequest) -> HttpResponseBase:
    """How many orders the views and the list hold: what a page asks for as soon as it stands.

    `selectable` says that the page has rows to select, and so a place for how many that would be.
    """
    filters = listing.read_filters(request)
    counted = listing.counted(request.member, filters, now=timezone.now())
    context = {"counted": counted, "selectable": "selectable" in request.GET}
    return render(request, "desk/orders/lists/counts.html", context)


@require_safe
@staff()
def fresh(request: StaffRequest) -> HttpResponseBase:
    """The rows of `shown` as they are now, and how many of `others` belong among them: what a live page asks for."""
    now = timezone.now()
    filters = listing.read_filters(request)
    try:
        shown, others = _ids(request.GET.get("shown", "")), _ids(request.GET.get("others", ""))
    except ValueError:
        return HttpResponseBadRequest()
    rows = queries.rows(Case.objects.filter(shop=request.shop, kind=KIND, pk__in=shown))
    context = _rows(request, filters, queries.Page(rows, ""), listing.columns(request))
    context["new"] = _new_among(request, filters, others, now) if others else 0
    return render(request, "desk/orders/lists/fresh.html", context)


@require_POST
@staff()
def look(request: StaffRequest) -> HttpResponseBase:
    """Keep, on this device, which columns the list has and how dense it is."""
    chosen = [code for code in COLUMNS if code in request.POST.getlist("column")]
    density = "compact" if request.POST.get("density") == "compact" else "usual"
    response = redirect(f"{reverse('desk:orders', args=[request.shop.slug])}?{request.POST.get('query', '')}")
    for name, value in ((COLUMNS_COOKIE, ".".join(chosen)), (DENSITY_COOKIE, density)):
        response.set_cookie(
            name, value, max_age=A_YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
        )
    return response


class SaveView(forms.Form):
    """A name for the filters in force, for oneself or for the shop."""

    name = forms.CharField(max_length=60)
    query = forms.CharField(max_length=1000, required=False)
    shared = forms.BooleanField(required=False)


@require_POST
@staff()
def save_view(request: StaffRequest) -> HttpResponseBase:
    """Keep the filters in force as a view."""
    form = SaveView(request.POST)
    filters = listing.read_query(request.POST.get("query", ""))
    if form.is_valid():
        name = form.cleaned_data["name"]
        shared = form.cleaned_data["shared"] and may(request.member, May.SETTINGS)
        try:
            saved.save(request.member, KIND, name, filters, shared=shared)
            toast(request, _("The view “%(name)s” is kept.") % {"name": name})
        except saved.TooMany:
            toast(request, _("There are too many views already. Remove one first."), level="error")
    else:
        toast(request, _("Give the view a name of up to 60 characters."), level="error")
    return redirect(address(request, filters))


@require_POST
@staff()
def forget_view(request: StaffRequest, view_id: int) -> HttpResponseBase:
    """Remove a view."""
    view = saved.forget(request.member, KIND, view_id, may_shared=may(request.member, May.SETTINGS))
    if view is None:
        return HttpResponse(status=404)
    toast(request, _("The view “%(name)s” is removed.") % {"name": view.name})
    return redirect("desk:orders", request.shop.slug)


def address(request: StaffRequest, filters: Filters) -> str:
    """The address of the list with these filters."""
    query = filters.as_query()
    return reverse("desk:orders", args=[request.shop.slug]) + (f"?{query}" if query else "")


def _rows(
    request: StaffRequest, filters: Filters, page: queries.Page[queries.Row], columns: tuple[str, ...]
) -> dict[str, object]:
    return {
        "page": page,
        "columns": columns,
        "filters": filters,
        "query": filters.as_query(),
        "orders_url": reverse("desk:orders", args=[request.shop.slug]),
        "now": timezone.now(),
        "selectable": may(request.member, May.BULK),
    }


def _ids(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part][:MOST_REFRESHED]


def _new_among(request: StaffRequest, filters: Filters, others: list[int], now: datetime) -> int:
    """How many of the changed cases would stand among the rows shown: before the last of them, if the list goes on."""
    column, descending = SORTS[filters.sort]
    found = queries.matching(request.shop, KIND, filters, now=now).filter(pk__in=others)
    last = request.GET.get("last", "")
    if number_of(last) is not None:
        bound = Case.objects.filter(shop=request.shop, pk=int(last)).values(column)[:1]
        found = found.filter(**{f"{column}__{'gt' if descending else 'lt'}": bound})
    return found.count()
