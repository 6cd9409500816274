"""What the worker does for imports: checks them and brings their orders in; forgets files that nobody wants."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic
from uuid import UUID

from django.db import OperationalError
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from tartib.imports import operations
from tartib.imports.enqueue import QUEUE, WORK, begin
from tartib.imports.goods import photos
from tartib.imports.models import Import
from tartib.shops.scope import every_shop, in_each, scope, shops_with

logger = logging.getLogger(__name__)

# After so many seconds another import, and another shop's photos, get their turn.
TURN = 60
# A database that is away comes back; anything else has marked the import as failed.
PATIENCE = RetryStrategy(max_attempts=6, exponential_wait=4, retry_exceptions={OperationalError})


@app.task(name=WORK, queue=QUEUE, retry=PATIENCE, pass_context=True)
def work(context: JobContext, shop_id: int, import_id: str) -> None:
    """Carry on with an import from where it stands."""
    began = monotonic()
    with scope(shop_id):
        carry_on(import_id, lambda: context.should_abort() or monotonic() - began > TURN)


def carry_on(import_id: str, give_way: Callable[[], bool]) -> None:
    """Work at an import until it ends, is stopped, or `give_way` says that the rest is for another job."""
    batch = Import.objects.select_related("shop", "member__user").filter(pk=UUID(import_id)).first()
    if batch is None or not batch.at_work:
        return
    try:
        for _portion in operations.work(batch, None, clock=timezone.now):
            if batch.at_work and give_way():
                begin(batch)
                return
    except operations.Elsewhere:
        logger.info("import %s: stopped", import_id)


@app.periodic(cron="17 3 * * *")
@app.task(name="integrations.forget_files", queueing_lock="integrations.forget_files", pass_context=False)
def forget_files(timestamp: int) -> None:
    """Delete uploaded files that were never brought in."""
    now = timezone.now()
    in_each(every_shop(), lambda: operations.forget_files(now))


@app.task(name="integrations.fetch_photos", queue="outside")
def fetch_photos(shop_id: int) -> None:
    """Fetch the photos that imports of a shop named, until none is due or others want their turn."""
    began = monotonic()
    with scope(shop_id):
        while photos.fetch_due(shop_id, now=timezone.now()):
            if monotonic() - began > TURN:
                photos.soon(shop_id)
                return


@app.periodic(cron="*/5 * * * *")
@app.task(name="integrations.fetch_photos_again", queueing_lock="integrations.fetch_photos_again", pass_context=False)
def fetch_photos_again(timestamp: int) -> None:
    """Fetch those that did not come at once."""
    for shop_id in shops_with("photos", timezone.now()):
        photos.soon(shop_id)
