"""Anchors go to an object storage that speaks S3, each once and locked until its time is over."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from tartib.cases.models import Case
from tartib.cases.operations import note
from tartib.journal.anchors import storing
from tartib.journal.anchors.files import place_of
from tartib.journal.models import Anchoring
from tartib.shops.models import Shop
from tests.factories import NOW, actor
from tests.journal.anchors.world import HOUR, anchored


@pytest.fixture
def client(settings: Settings) -> Iterator[Any]:
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings.TARTIB_ANCHOR_STORE = {
        "endpoint": f"http://{host}:{port}", "key": "key", "secret": "secret", "bucket": "proofs", "prefix": "wares",
        "region": "us-east-1", "days": 400,
    }  # fmt: skip
    yield storing.client(settings.TARTIB_ANCHOR_STORE)
    server.stop()


@pytest.mark.django_db
def test_anchors_are_stored_once_and_locked(shop: Shop, client: Any) -> None:
    client.create_bucket(Bucket="proofs", ObjectLockEnabledForBucket=True)
    assert not storing.waiting(shop)
    anchored(shop)
    note(Case.objects.filter(shop=shop).earliest("pk"), "Something", actor(shop), shown=False, now=NOW)
    anchored(shop, NOW + HOUR)
    assert storing.waiting(shop)
    assert storing.store(shop) == 2
    assert not storing.waiting(shop)
    # Killed before it was kept that they are there: they are put there again, and stay as they are.
    Anchoring.objects.filter(shop=shop).update(stored=0)
    assert storing.store(shop) == 2
    name = f"wares/{shop.pk}/00000001.anchor"
    (version,) = client.list_object_versions(Bucket="proofs", Prefix=name)["Versions"]
    kept = client.get_object(Bucket="proofs", Key=name)
    assert kept["Body"].read() == place_of(shop.pk, 1).read_bytes()
    assert (kept["ObjectLockMode"], kept["ObjectLockRetainUntilDate"]) == ("COMPLIANCE", NOW + timedelta(days=400))
    with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
        client.delete_object(Bucket="proofs", Key=name, VersionId=version["VersionId"])


@pytest.mark.django_db
def test_a_storage_that_refuses_is_tried_again(shop: Shop, client: Any, settings: Settings) -> None:
    settings.TARTIB_ANCHOR_STORE |= {"bucket": "nowhere"}
    anchored(shop)
    with pytest.raises(client.exceptions.ClientError):
        storing.store(shop)
    assert storing.waiting(shop)
