"""Anchors in an object storage that speaks S3, locked: nobody can delete or overwrite one before its time is over."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet

from tartib.journal.anchors import files, statements
from tartib.journal.models import Anchoring
from tartib.shops.models import Shop


def waiting(shop: Shop) -> bool:
    """Whether an object storage is set and lacks anchors of a shop."""
    return settings.TARTIB_ANCHOR_STORE is not None and _lacking(shop).exists()


def store(shop: Shop) -> int:
    """Put all anchors of a shop that are not there yet to the object storage; how many, 0 where none is set.

    Raises `botocore`'s errors where the storage cannot be reached or refuses, as one does whose bucket has no lock.
    """
    where: dict[str, Any] | None = settings.TARTIB_ANCHOR_STORE
    known = _lacking(shop).first()
    if where is None or known is None:
        return 0
    reached = client(where)
    done = 0
    for number in range(known.stored + 1, known.number + 1):
        place = files.place_of(shop.pk, number)
        if place.exists():
            _put(reached, where, shop.pk, place)
            done += 1
        Anchoring.objects.filter(shop=shop).update(stored=number)
    return done


def _lacking(shop: Shop) -> QuerySet[Anchoring]:
    return Anchoring.objects.filter(shop=shop, number__gt=F("stored"))


def _put(client: Any, where: dict[str, Any], shop_id: int, place: Path) -> None:
    """Put one anchor there, once: one that is there already stays."""
    taken = statements.unverified(files.token_of(place)).moment
    name = "/".join(part for part in (where["prefix"], str(shop_id), place.name) if part)
    with place.open("rb") as file:
        try:
            client.put_object(
                Bucket=where["bucket"], Key=name, Body=file, IfNoneMatch="*", ObjectLockMode="COMPLIANCE",
                ObjectLockRetainUntilDate=taken + timedelta(days=where["days"]),
            )  # fmt: skip
        except client.exceptions.ClientError as refusal:
            if refusal.response["Error"]["Code"] != "PreconditionFailed":
                raise


def client(where: dict[str, Any]) -> Any:
    # Takes half a second, and few installations have such a storage.
    import boto3
    from botocore.config import Config

    return boto3.client(
        "s3", endpoint_url=where["endpoint"], region_name=where["region"], aws_access_key_id=where["key"],
        aws_secret_access_key=where["secret"],
        config=Config(
            s3={"addressing_style": "path"}, connect_timeout=10, read_timeout=60, retries={"max_attempts": 3}
        ),
    )  # fmt: skip
