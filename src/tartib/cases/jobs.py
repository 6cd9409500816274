"""What the worker does for cases: bulk moves in portions, and moves by the clock once a minute."""

from __future__ import annotations

import logging
from uuid import UUID

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from tartib.cases import bulk, search_index, timers
from tartib.shops.scope import in_each, scope, shops_with

logger = logging.getLogger(__name__)


@app.task(name=bulk.TASK, retry=5)
def bulk_move(shop_id: int, bulk_id: str) -> None:
    """Carry out a bulk move from where it stands to its end. Deferred in the transaction that asked for it."""
    with scope(shop_id):
        while bulk.run_portion(UUID(bulk_id), now=timezone.now()):
            pass


@app.task(name="cases.refind", retry=5)
def reindex(shop_id: int, customers: list[int]) -> None:
    """Have the cases of customers found by what those are called now. Deferred in the transaction that renamed them."""
    with scope(shop_id):
        search_index.reindex(shop_id, customers)


@app.periodic(cron="* * * * *")
@app.task(name="cases.run_timers", queueing_lock="cases.run_timers", pass_context=False)
def run_timers(timestamp: int) -> None:
    """Move the cases whose time in their status is over."""
    now = timezone.now()
    runs = in_each(shops_with("timers", now), lambda: timers.run_due(now))
    if runs:
        logger.info("timers: moved %s, put off %s", sum(run.moved for run in runs), sum(run.refused for run in runs))


@app.periodic(cron="* * * * *")
@app.task(name="cases.take_up", queueing_lock="cases.take_up", pass_context=True)
async def take_up(context: JobContext, timestamp: int) -> None:
    """Take up again the jobs of every room whose worker was killed: their rows would say "doing" for ever.

    Every job of ours may run twice: it goes on from what it finds written.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        logger.warning("job %s of a worker that is gone is taken up again: %s", job.id, job.task_name)
        await manager.retry_job(job)
