"""Photos of a listing on the desk: several at once, described, put in order, removed and put back."""

from __future__ import annotations

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tartib.catalog import browse, photographs
from tartib.catalog.models import Product
from tartib.catalog.window import Listing, Photo
from tartib.desk.access import StaffRequest, staff
from tartib.files.operations import Unfit
from tartib.shops.access import May
from tartib.web.forms import number_of
from tartib.web.toasts import toast

MOST = 20
"""Photos taken at once."""


@staff(May.CATALOG)
@require_POST
def add(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Add photos; those that cannot be read are named, the others are kept."""
    listing = get_object_or_404(Listing.objects.select_related("shop"), shop=request.shop, pk=pk)
    kept = 0
    for file in request.FILES.getlist("photos")[:MOST]:
        try:
            photographs.add(listing, file, now=timezone.now(), name=file.name or "")
            kept += 1
        except Unfit as problem:
            toast(request, f"{file.name}: {problem}", level="error")
    if kept:
        toast(request, ngettext("%(n)d photo is added.", "%(n)d photos are added.", kept) % {"n": kept})
    return redirect("desk:listing", request.shop.slug, listing.pk)


@staff(May.CATALOG)
@require_POST
def describe(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Say what a photo shows, and of which variant it is."""
    photo = _photo(request, pk)
    variant = number_of(request.POST.get("variant", ""))
    product = Product.objects.filter(listing=photo.listing_id, pk=variant).first() if variant else None
    photographs.describe(photo, request.POST.get("alt", "").strip(), product)
    toast(request, _("The photo is saved."))
    return redirect("desk:listing", request.shop.slug, photo.listing_id)


@staff(May.CATALOG)
@require_POST
def move(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Put a photo one place earlier."""
    photo = _photo(request, pk)
    ids = [one.pk for one in browse.photos(photo.listing)]
    place = ids.index(photo.pk) if photo.pk in ids else 0
    if place:
        ids[place - 1], ids[place] = ids[place], ids[place - 1]
    photographs.arrange(photo.listing, ids)
    return redirect("desk:listing", request.shop.slug, photo.listing_id)


@staff(May.CATALOG)
@require_POST
def remove(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take a photo away, with the way back."""
    photo = _photo(request, pk)
    photographs.remove(photo, now=timezone.now())
    undo = reverse("desk:photo-restore", args=[request.shop.slug, photo.pk])
    toast(request, _("The photo is removed."), undo=undo)
    return redirect("desk:listing", request.shop.slug, photo.listing_id)


@staff(May.CATALOG)
@require_POST
def restore(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Put a removed photo back."""
    photo = _photo(request, pk)
    photographs.put_back(photo)
    toast(request, _("The photo is back."))
    return redirect("desk:listing", request.shop.slug, photo.listing_id)


def _photo(request: StaffRequest, pk: int) -> Photo:
    found = photographs.of(request.shop, pk)
    if found is None:
        raise Http404
    return found
