"""What the worker does for imports: checks them and brings their orders in; forgets files that nobody wants."""

from __future__ import annotations

import logging
from time import monotonic
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from tartib.integrations import operations
from tartib.integrations.models import Import

logger = logging.getLogger(__name__)

# After so many seconds another import gets its turn.
TURN = 120


@app.task(name="integrations.work", lock="imports", retry=5)
def work(import_id: str) -> None:
    """Carry on with an import from where it stands.

    One import at a time whatever the number of workers, so that messages never wait behind files. Deferred in the
    transaction that asked for it.
    """
    batch = Import.objects.select_related("shop", "member__user").filter(pk=UUID(import_id)).first()
    if batch is None or not batch.at_work:
        return
    began = monotonic()
    try:
        for _portion in operations.work(batch, None, clock=timezone.now):
            if batch.at_work and monotonic() - began > TURN:
                work.defer(import_id=import_id)
                return
    except operations.Elsewhere:
        logger.info("import %s: stopped", import_id)


@app.periodic(cron="17 3 * * *")
@app.task(name="integrations.forget_files", queueing_lock="integrations.forget_files", pass_context=False)
def forget_files(timestamp: int) -> None:  # noqa: ARG001 (Procrastinate gives it to every periodic task)
    """Delete uploaded files that were never brought in."""
    operations.forget_files(timezone.now())
