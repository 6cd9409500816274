"""Listings on the desk: the list, one with its texts, variants and photos, and what is done to it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tartib.catalog import browse, photographs, showing, variants
from tartib.catalog.browse import ListingQuery
from tartib.catalog.models import Product
from tartib.catalog.supply import supply_of, with_free
from tartib.catalog.window import Listing
from tartib.desk.access import StaffRequest, in_turn, staff
from tartib.desk.catalog.window.forms import ListingForm, NewForm, OptionsForm, TextsForm, VariantForm
from tartib.l10n import names
from tartib.shops.access import May
from tartib.web.addresses import shop_path
from tartib.web.toasts import toast

_STATES = ("all", "shown", "hidden")


@staff(May.CATALOG)
@require_GET
def listing_list(request: StaffRequest) -> HttpResponseBase:
    """Everything that is or could be in the window, in its order."""
    text, state = request.GET.get("q", "").strip()[:200], request.GET.get("state", "all")
    wish = ListingQuery(text=text, state=state if state in _STATES else "all", cursor=request.GET.get("cursor", ""))
    context = {
        "page": browse.listing_page(request.shop, wish, today=timezone.localdate(), size=50),
        "wish": wish,
        "unlisted": showing.unlisted(request.shop).count(),
        "tab": "listings",
    }
    return render(request, "desk/catalog/window/listings.html", context)


@staff(May.CATALOG)
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponseBase:
    """Begin a listing with one product."""
    form = NewForm(request.shop, request.POST or None, initial={"stocked": True})
    if request.method == "POST" and form.is_valid():
        try:
            listing = showing.begin_listing(request.shop, now=timezone.now(), **form.cleaned_data)
        except ValidationError as problem:
            form.refuse(about_sku(problem))
        else:
            toast(request, _("“%(listing)s” is begun. Add photos, then publish it.") % {"listing": listing})
            return redirect("desk:listing", request.shop.slug, listing.pk)
    context = {"form": form, "tab": "listings"}
    return render(request, "desk/catalog/window/new.html", context, status=422 if form.errors else 200)


@staff(May.CATALOG)
@require_POST
def list_products(request: StaffRequest) -> HttpResponseBase:
    """Make listings, not yet published, of products that are in none."""
    made = showing.list_products(request.shop, option=_("Variant"), now=timezone.now())
    said = ngettext(
        "%(n)d listing is made. Publish it when it is ready.",
        "%(n)d listings are made. Publish them when they are ready.",
        made,
    )
    toast(request, said % {"n": made})
    return redirect("desk:window", request.shop.slug)


@staff(May.CATALOG)
@in_turn
@require_http_methods(["GET", "POST"])
def detail(request: StaffRequest, pk: int) -> HttpResponseBase:
    """One listing; posted, its texts."""
    listing = _listing(request, pk)
    if request.method == "GET":
        return listing_page(request, listing)
    form = ListingForm(request.shop, request.POST, initial=_fields(listing))
    others = _others(request, listing, posted=True)
    if form.is_valid() and all(other.is_valid() for _code, other in others):
        said = {code: {n: v for n, v in other.cleaned_data.items() if v} for code, other in others}
        texts = {code: words for code, words in said.items() if words}
        try:
            showing.change_listing(listing, texts=texts, updated_at=timezone.now(), **form.cleaned_data)
        except ValidationError as problem:
            form.refuse(_about_slug(problem))
            listing.refresh_from_db()
        else:
            toast(request, _("“%(listing)s” is saved.") % {"listing": listing})
            return redirect("desk:listing", request.shop.slug, listing.pk)
    return listing_page(request, listing, form=form, others=others)


@staff(May.CATALOG)
@require_POST
def publish(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Show a listing to everybody, or take it out of the window."""
    listing = _listing(request, pk)
    if request.POST.get("shown") == "1":
        showing.publish(listing, now=timezone.now())
        toast(request, _("“%(listing)s” is in the window.") % {"listing": listing})
    else:
        showing.withdraw(listing)
        toast(request, _("“%(listing)s” is out of the window.") % {"listing": listing})
    return redirect("desk:listing", request.shop.slug, listing.pk)


@staff(May.CATALOG)
@require_POST
def move(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Put a listing before or after all others."""
    listing = _listing(request, pk)
    showing.move_listing(listing, to_front=request.POST.get("to") == "front")
    toast(request, _("“%(listing)s” has its new place.") % {"listing": listing})
    return redirect("desk:window", request.shop.slug)


@staff(May.CATALOG)
@require_POST
def delete(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Delete a listing; its products stay."""
    listing = _listing(request, pk)
    showing.delete_listing(listing)
    toast(request, _("“%(listing)s” is deleted. Its products are kept.") % {"listing": listing})
    return redirect("desk:window", request.shop.slug)


@staff(May.CATALOG)
@require_POST
def options(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Lay out variants for every combination of the options."""
    listing = _listing(request, pk)
    form = OptionsForm(request.shop, request.POST, prefix="options")
    if form.is_valid():
        try:
            made = variants.lay_out(listing, form.options, price=form.cleaned_data["price"], now=timezone.now())
        except variants.TooManyVariants as problem:
            form.add_error(None, str(problem))
        else:
            toast(request, ngettext("%(n)d variant is new.", "%(n)d variants are new.", made) % {"n": made})
            return redirect("desk:listing", request.shop.slug, listing.pk)
    return listing_page(request, listing, options=form)


@staff(May.CATALOG)
@in_turn
@require_POST
def table(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Change the variants as one table."""
    listing = _listing(request, pk)
    rows = _rows(request, listing, request.POST)
    wrong = [form for form in rows if not form.is_valid()]
    if not wrong:
        try:
            variants.change_table(listing, {form.product.pk: form.row for form in rows})
        except ValidationError:
            rows[0].add_error("sku", _("Two products cannot have one SKU."))
        else:
            toast(request, _("The variants are saved."))
            return redirect("desk:listing", request.shop.slug, listing.pk)
    return listing_page(request, listing, rows=rows)


def listing_page(request: StaffRequest, listing: Listing, **bound: Any) -> HttpResponseBase:
    """The page of a listing; `bound` are forms that came back with errors."""
    rows = bound.get("rows") or _rows(request, listing)
    first = rows[0].product if rows else None
    context = {
        "form": ListingForm(request.shop, initial=_fields(listing)),
        "others": _others(request, listing),
        "options": OptionsForm(
            request.shop,
            prefix="options",
            initial=OptionsForm.initial_of(listing.options, first.price if first else None),
        ),
        "photos": browse.photos(listing),
        "removed": photographs.removed(listing),
        **bound,
        "rows": [(form, supply_of(form.product, timezone.localdate())) for form in rows],
        "listing": listing,
        "products": [form.product for form in rows],
        "preview": shop_path(request.shop, "storefront:listing", listing=listing.slug),
        "tab": "listings",
    }
    return render(request, "desk/catalog/window/listing.html", context, status=422 if bound else 200)


def _listing(request: StaffRequest, pk: int) -> Listing:
    return get_object_or_404(Listing.objects.select_related("shop", "category"), shop=request.shop, pk=pk)


def _rows(request: StaffRequest, listing: Listing, posted: Any = None) -> list[VariantForm]:
    products = with_free(Product.objects.filter(listing=listing)).order_by("-active", "place", "pk")
    return [VariantForm(request.shop, product, posted) for product in products]


def _fields(listing: Listing) -> dict[str, Any]:
    return {name: getattr(listing, name) for name in ListingForm.base_fields}


def _others(request: StaffRequest, listing: Listing, *, posted: bool = False) -> list[tuple[str, TextsForm]]:
    """A form for each other language of the shop."""
    return [
        (code, TextsForm(request.shop, code, request.POST if posted else None, initial=listing.texts.get(code)))
        for code in request.shop.spoken[1:]
        if names.own_name(code)
    ]


def about_sku(problem: ValidationError) -> ValidationError:
    """Two products of one SKU, said at the field it is about."""
    for error in getattr(problem, "error_dict", {}).get("__all__", ()):
        if error.code == "unique_together":
            return ValidationError({"sku": [_("Another product has this SKU already.")]})
    return problem


def _about_slug(problem: ValidationError) -> ValidationError:
    """Two listings at one address, said at the field it is about."""
    for error in getattr(problem, "error_dict", {}).get("__all__", ()):
        if error.code == "unique_together":
            return ValidationError({"slug": [_("Another listing has this address already.")]})
    return problem
