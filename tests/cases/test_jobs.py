"""The worker's jobs: what they do is proved with the operations they call; here, that they call them."""

from types import SimpleNamespace
from typing import cast
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from tartib.cases import bulk, jobs
from tartib.cases.models import Case
from tests.factories import make_orders, make_shop
from tests.threads import at_once


@pytest.mark.django_db
def test_a_bulk_move_runs_from_where_it_stands_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "PORTION", 2)
    shop = make_shop()
    cases = make_orders(shop, 5)
    assert shop.default_owner is not None
    asked = bulk.start(
        shop.default_owner, [c.pk for c in cases], bulk.Request("cancelled", "x"), key=uuid4(), now=timezone.now()
    )
    bulk.run_portion(asked.pk, now=timezone.now())
    jobs.bulk_move(shop.pk, str(asked.pk))
    assert Case.objects.filter(shop=shop, status="cancelled").count() == 5
    asked.refresh_from_db()
    assert asked.finished_at is not None


@pytest.mark.django_db
def test_timers_run_when_nothing_is_due() -> None:
    jobs.run_timers(0)


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_worker_that_is_gone_is_taken_up_again() -> None:
    job = jobs.bulk_move.defer(shop_id=0, bulk_id=str(uuid4()))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '10 minutes') RETURNING id"
        )
        worker = cursor.fetchone()[0]
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", [worker, job])
    context = cast("JobContext", SimpleNamespace(app=app))
    # In a thread of its own: where a browser was driven before, an event loop stays in this one.
    at_once(lambda _once: async_to_sync(jobs.take_up.func)(context, 0), 1, hands=1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job])
        assert cursor.fetchone()[0] == "todo"
