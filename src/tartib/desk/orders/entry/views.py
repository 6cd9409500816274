"""The entry form, and what it looks up while it is filled in."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tartib.cases.hooks import NotifyOptions
from tartib.catalog import queries as catalogue
from tartib.checkout import manual_order
from tartib.customers import queries as known
from tartib.desk.access import StaffRequest, staff
from tartib.desk.orders.entry.forms import LINES, UNFIT, LineForms, OrderForm, written
from tartib.orders.placing import NoWorkflow
from tartib.orders.queries import last_addresses
from tartib.shops.access import May
from tartib.web.postal import AGAIN
from tartib.web.toasts import toast

MOST_FOUND = 8
SHORTEST_WANTED = 2


@require_http_methods(["GET", "POST"])
@staff(May.EDIT)
def new_order(request: StaffRequest) -> HttpResponseBase:
    """The form, and placing the order it describes.

    `more` asks for another line, `again` for the fields of another country; both keep everything written.
    """
    post = request.POST
    if request.method == "POST" and "sum" in post:
        form, lines, sums = _reckoned(request)
        return render(request, "desk/orders/entry/order.html", {"form": form, "lines": lines, **sums})
    if request.method == "POST" and "more" not in post and AGAIN not in post:
        form = OrderForm(request.shop, post)
        lines = LINES(post, prefix="lines", form_kwargs={"shop": request.shop})
        if form.is_valid() & lines.is_valid():
            return _place(request, form, lines)
    else:
        form = OrderForm(request.shop, initial=post.dict())
        lines = LINES(initial=written(post), prefix="lines", form_kwargs={"shop": request.shop})
    return render(request, "desk/orders/entry/order.html", {"form": form, "lines": lines, "placed": AGAIN in post})


@require_POST
@staff(May.EDIT)
def sums(request: StaffRequest) -> HttpResponse:
    """What the order comes to as far as it is written, as a part of the form."""
    _form, _lines, reckoned = _reckoned(request)
    return render(request, "desk/orders/entry/sums.html", reckoned)


@require_GET
@staff(May.EDIT)
def products(request: StaffRequest) -> HttpResponse:
    """Products on sale that match what is written in a line, as a part of the form."""
    wanted = request.GET.get("q", "").strip()
    rows = catalogue.on_sale(request.shop, wanted, MOST_FOUND) if wanted else []
    return render(request, "desk/orders/entry/products.html", {"rows": rows})


@require_GET
@staff(May.EDIT)
def customers(request: StaffRequest) -> HttpResponse:
    """Customers whom what is written names, each with where their latest order went, as a part of the form."""
    wanted = request.GET.get("q", "").strip()
    found = known.find(request.shop, wanted, MOST_FOUND) if len(wanted) >= SHORTEST_WANTED else []
    sent = last_addresses([one.pk for one in found])
    return render(request, "desk/orders/entry/customers.html", {"found": [(one, sent.get(one.pk)) for one in found]})


def _reckoned(request: StaffRequest) -> tuple[OrderForm, LineForms, dict[str, object]]:
    """The forms as they are written, and what that comes to; nothing where a line cannot be read yet."""
    form = OrderForm(request.shop, request.POST)
    lines = LINES(request.POST, prefix="lines", form_kwargs={"shop": request.shop})
    form.is_valid()
    if not lines.is_valid():
        return form, lines, {}
    now = timezone.now()
    reckoned = manual_order.quote(request.shop, form.draft(lines.drafts(), now), form.wish, now=now)
    return form, lines, {"sums": reckoned, "unfit": UNFIT[reckoned.unfit] if reckoned.unfit else ""}


def _place(request: StaffRequest, form: OrderForm, lines: LineForms) -> HttpResponseBase:
    now = timezone.now()
    notify_options = NotifyOptions() if form.cleaned_data["tell"] else None
    try:
        placed = manual_order.enter(
            request.shop, form.draft(lines.drafts(), now), form.wish, request.actor, now=now, owner=request.member,
            notify_options=notify_options,
        )  # fmt: skip
    except NoWorkflow:
        form.add_error(None, _("The shop takes no orders yet: choose a workflow in the settings first."))
    except manual_order.CodeUnfit as refused:
        form.add_error("code", str(UNFIT[refused.unfit]))
    except manual_order.NotSent:
        form.add_error("method", _("It is not offered for these goods at that place. Write its price, or another."))
    if form.errors:
        return render(request, "desk/orders/entry/order.html", {"form": form, "lines": lines})
    toast(request, _("Order %(code)s was placed.") % {"code": placed.code})
    return redirect("desk:order", request.shop.slug, placed.code)
