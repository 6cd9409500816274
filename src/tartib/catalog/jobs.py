"""What the worker does for the catalogue: once a night it forgets photos that were removed."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from tartib.catalog.photographs import forget_removed
from tartib.shops.scope import every_shop, in_each


@app.periodic(cron="11 3 * * *")
@app.task(name="catalog.forget_removed", queueing_lock="catalog.forget_removed", pass_context=False)
def forget_removed_photos(timestamp: int) -> None:
    """Forget photos that were removed too long ago to be put back."""
    now = timezone.now()
    in_each(every_shop(), lambda: forget_removed(now))
