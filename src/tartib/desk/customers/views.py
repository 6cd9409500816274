"""For a customer who asks by phone, by letter or in the shop, and has no account: their data, and their erasure."""

from __future__ import annotations

from django.db.models import Count
from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tartib.customers import bundle, erasing
from tartib.customers.hooks import Person
from tartib.customers.models import Customer
from tartib.desk.access import StaffRequest, staff
from tartib.shops import security
from tartib.shops.access import May
from tartib.shops.models import SecurityEvent
from tartib.web import audience
from tartib.web.toasts import toast


@require_safe
@staff(May.PERSONS)
def customer_page(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Who it is, who else of the shop's customers may be the same person, and what can be done."""
    return _page(request, _find(request, pk))


@require_POST
@staff(May.PERSONS)
def download(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Everything that is held of the person, notes of staff as well, to be handed over to them."""
    customer, reader = _find(request, pk), audience.current()
    held = bundle.gather(_person(request, customer), inner=True)
    security.record(request.shop, SecurityEvent.EXPORT, request.origin, what="person", of=f"#{customer.pk}")
    language = customer.language or request.shop.language
    packed = bundle.pack(request.shop, held, language, reader.calendar, now=reader.now)
    name = f"{request.shop.slug}-{customer.pk}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(packed, content_type="application/zip", headers=headers)


@require_POST
@staff(May.PERSONS)
def erase(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Erase the person, once it is confirmed that they asked for it."""
    customer = _find(request, pk)
    if "asked" not in request.POST:
        return _page(request, customer, [_("Confirm first that the person has asked for it.")])
    try:
        erasing.erase(_person(request, customer), request.actor, now=timezone.now())
    except erasing.Hindered as hindered:
        return _page(request, customer, hindered.reasons)
    toast(request, _("The person is erased. Orders and timelines stay without them."))
    return redirect("desk:customer", request.shop.slug, customer.pk)


def _find(request: StaffRequest, pk: int) -> Customer:
    customer = Customer.objects.filter(shop=request.shop, pk=pk).select_related("shop", "group").first()
    if customer is None:
        raise Http404
    return customer


def _person(request: StaffRequest, customer: Customer) -> Person:
    """The customer, and those of the others like them that were chosen."""
    chosen = set(request.POST.getlist("also"))
    also = [one.pk for one in erasing.alike(customer) if str(one.pk) in chosen]
    return erasing.person(request.shop, [customer.pk, *also])


def _page(request: StaffRequest, customer: Customer, reasons: list[str] | None = None) -> HttpResponseBase:
    others = erasing.alike(customer)
    counted = Customer.objects.filter(pk__in=[customer.pk, *(one.pk for one in others)]).annotate(many=Count("cases"))
    many = dict(counted.values_list("pk", "many"))
    problems = erasing.hindrances(erasing.person(request.shop, [customer.pk])) if reasons is None else reasons
    context = {
        "customer": customer,
        "orders": customer.cases.order_by("-placed_at")[:20],
        "many": many[customer.pk],
        "others": [(one, many[one.pk], bool(one.email) and one.email == customer.email) for one in others],
        "reasons": problems,
    }
    return render(request, "desk/customers/customer.html", context, status=422 if reasons else 200)
