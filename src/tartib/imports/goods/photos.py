"""Photos that an import names by their addresses: asked for in its transaction, fetched by the worker, each once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from io import BytesIO
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from tartib.catalog import photographs
from tartib.catalog.window import Listing
from tartib.files.operations import Unfit
from tartib.imports.models import WantedPhoto
from tartib.shops.outside import NotFetched, fetch

MOST_BYTES: Final = 15 * 1024 * 1024
TRIES: Final = 4
AT_ONCE: Final = 5
WITHIN: Final = 20.0
"""How many seconds a photo may take in all."""


def want(listing: Listing, addresses: Sequence[str], *, now: datetime) -> None:
    """Note photos to be fetched for a listing; an address that was noted before is not noted again."""
    wanted = [
        WantedPhoto(shop_id=listing.shop_id, listing=listing, url=url, try_at=now, place=place)
        for place, url in enumerate(addresses)
    ]
    WantedPhoto.objects.bulk_create(wanted, ignore_conflicts=True)


def soon(shop_id: int) -> None:
    """Have the worker fetch what is due of a shop, once the caller's transaction has come to its end.

    One job at a time for each shop: slow hosts of one keep no other waiting. One that waits already will do.
    """
    named = f"photos:{shop_id}"
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task("integrations.fetch_photos", lock=named, queueing_lock=named).defer(shop_id=shop_id)


def fetch_due(shop_id: int, *, now: datetime) -> int:
    """Fetch photos of a shop whose time has come, a few; returns how many were tried. One worker has each at a time."""
    with transaction.atomic():
        due = list(
            WantedPhoto.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(shop_id=shop_id, try_at__lte=now)
            .select_related("listing__shop")
            .order_by("listing_id", "place", "pk")[:AT_ONCE]
        )
        # Should this worker die, another tries again in a while.
        WantedPhoto.objects.filter(pk__in=[one.pk for one in due]).update(try_at=now + timedelta(minutes=15))
    for one in due:
        _fetch(one, now)
    return len(due)


def _fetch(one: WantedPhoto, now: datetime) -> None:
    try:
        found = fetch(one.url, most=MOST_BYTES, within=WITHIN)
        name = urlsplit(one.url).path.rpartition("/")[2][:200]
        photographs.add(one.listing, BytesIO(found.body), now=now, name=name)
    except (NotFetched, Unfit) as problem:
        one.tries += 1
        one.reason = str(problem)[:200]
        final = isinstance(problem, Unfit) or one.tries >= TRIES
        one.try_at = None if final else now + timedelta(minutes=5) * 3**one.tries
    else:
        one.reason, one.try_at = "", None
    one.save(update_fields=["tries", "reason", "try_at"])
