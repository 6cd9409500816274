"""What the worker does for files: once a night it forgets those nobody refers to."""

from __future__ import annotations

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from tartib.files import sweeping
from tartib.shops.scope import at_hand, every_shop, in_each

logger = logging.getLogger(__name__)


@app.periodic(cron="41 3 * * *")
@app.task(name="files.sweep", queueing_lock="files.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Forget files that nobody refers to."""
    now = timezone.now()
    swept = sum(in_each(every_shop(), lambda: sweeping.sweep(at_hand(), now)))
    if swept:
        logger.info("files: %s that nobody refers to were deleted", swept)
