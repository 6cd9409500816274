"""Once an hour each shop has its anchor taken by a job of its own, and put to the object storage by another."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from tartib.journal import jobs
from tartib.journal.anchors.files import place_of
from tartib.journal.models import Anchoring
from tartib.shops.models import Shop
from tests.journal.anchors.world import make_busy_shop


def deferred(task: str) -> list[int]:
    waiting = ProcrastinateJob.objects.filter(task_name=task).order_by("args__shop_id")
    return [job.args["shop_id"] for job in waiting]


@pytest.mark.django_db
def test_each_shop_has_a_job_of_its_own_and_only_one(shop: Shop, settings: Settings) -> None:
    make_busy_shop()
    for _hour in range(2):
        jobs.anchor_all(0)
    assert deferred("journal.anchor") == list(Shop.objects.order_by("pk").values_list("pk", flat=True))
    jobs.anchor(shop.pk)
    assert place_of(shop.pk, 1).exists()
    assert Anchoring.objects.get().number == 1
    assert deferred("journal.store_anchors") == []
    settings.TARTIB_ANCHOR_STORE = {"bucket": "proofs"}
    jobs.anchor(shop.pk)
    assert deferred("journal.store_anchors") == [shop.pk]
