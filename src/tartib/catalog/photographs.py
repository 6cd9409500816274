"""Photos of listings: added, put in order, described, taken away and put back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import IO

from django.db import transaction
from django.db.models import Max

from tartib.catalog.models import Product
from tartib.catalog.window import Listing, Photo
from tartib.files.models import Purpose
from tartib.files.operations import keep_image
from tartib.shops.models import Shop

KEPT = timedelta(days=1)
"""For so long a photo that was removed can be put back."""


@transaction.atomic
def add(
    listing: Listing,
    content: IO[bytes],
    *,
    now: datetime,
    product: Product | None = None,
    alt: str = "",
    name: str = "",
) -> Photo:
    """Add a photo, the last of its listing; raises `files.operations.Unfit` for what is no picture we keep."""
    last = Photo.objects.filter(listing=listing).aggregate(Max("position"))["position__max"]
    upload = keep_image(listing.shop, content, Purpose.PHOTO, now=now, name=name)
    return Photo.objects.create(
        shop_id=listing.shop_id, listing=listing, product=product, upload=upload, alt=alt,
        position=0 if last is None else last + 1,
    )  # fmt: skip


def describe(photo: Photo, alt: str, product: Product | None) -> None:
    """Say what a photo shows, and of which variant it is."""
    photo.alt, photo.product = alt[:200], product
    photo.save(update_fields=["alt", "product"])


@transaction.atomic
def arrange(listing: Listing, wanted: Sequence[int]) -> None:
    """Put the photos of a listing into this order of their ids; ids of other photos are passed over."""
    photos = {photo.pk: photo for photo in Photo.objects.select_for_update().filter(listing=listing)}
    first = [photos.pop(pk) for pk in dict.fromkeys(wanted) if pk in photos]
    rest = sorted(photos.values(), key=lambda photo: (photo.position, photo.pk))
    for place, photo in enumerate([*first, *rest]):
        photo.position = place
    Photo.objects.bulk_update([*first, *rest], ["position"])


def remove(photo: Photo, *, now: datetime) -> None:
    """Take a photo away; `put_back` brings it again for a day."""
    photo.removed_at = now
    photo.save(update_fields=["removed_at"])


def put_back(photo: Photo) -> None:
    """Show a photo again that was removed."""
    photo.removed_at = None
    photo.save(update_fields=["removed_at"])


def removed(listing: Listing) -> list[Photo]:
    """The photos of a listing that were removed and can still be put back, the last one first."""
    return list(Photo.objects.filter(listing=listing, removed_at__isnull=False).order_by("-removed_at"))


def forget_removed(now: datetime) -> int:
    """Forget photos that were removed too long ago to be put back; their files go with the next sweep of files."""
    gone, _kinds = Photo.objects.filter(removed_at__lt=now - KEPT).delete()
    return gone


def of(shop: Shop, pk: int) -> Photo | None:
    """The shop's photo of that id, removed or not."""
    return Photo.objects.filter(shop=shop, pk=pk).select_related("listing", "upload").first()
