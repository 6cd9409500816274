"""Forgetting files that nobody refers to: an upload whose form was never sent, content whose row never came to be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.db.models import Exists, ForeignObjectRel, OuterRef, QuerySet

from tartib.files.models import Upload
from tartib.files.operations import discard

# So long a file may be on its way to what it is for.
GRACE = timedelta(days=1)
_AT_ONCE = 500


def sweep(shop_id: int, now: datetime) -> int:
    """Discard each file of a shop older than a day that no row of any room points at, and each content without its row.

    Returns how many there were. What points at files is read from the models, so no room has to register.
    """
    return _sweep_rows(shop_id, now - GRACE) + _sweep_contents(shop_id, now - GRACE)


def unreferred() -> QuerySet[Upload]:
    """The files no foreign key of any model points at."""
    uploads = Upload.objects.order_by("pk")
    for relation in _relations():
        field = relation.field.name
        uploads = uploads.exclude(Exists(relation.related_model._base_manager.filter(**{field: OuterRef("pk")})))
    return uploads


def _relations() -> Iterator[ForeignObjectRel]:
    for relation in Upload._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel):
            yield relation


def _sweep_rows(shop_id: int, before: datetime) -> int:
    old = list(unreferred().filter(shop=shop_id, created_at__lt=before))
    for upload in old:
        discard(upload)
    return len(old)


def _sweep_contents(shop_id: int, before: datetime) -> int:
    """Delete folders of the storage whose file is not known; a portion's names are asked for together."""
    if not default_storage.exists(str(shop_id)):
        return 0
    swept, tokens = 0, default_storage.listdir(str(shop_id))[0]
    for start in range(0, len(tokens), _AT_ONCE):
        portion = tokens[start : start + _AT_ONCE]
        known = set(Upload.objects.filter(shop=shop_id, token__in=portion).values_list("token", flat=True))
        swept += sum(_delete_if_old(f"{shop_id}/{token}", before) for token in portion if token not in known)
    return swept


def _delete_if_old(folder: str, before: datetime) -> bool:
    places = [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
    if any(default_storage.get_modified_time(place) >= before for place in places):
        return False
    for place in places:
        default_storage.delete(place)
    default_storage.delete(folder)
    return True
