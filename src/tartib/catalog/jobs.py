"""What the worker does for the catalogue: once a night it forgets photos that were removed."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from tartib.catalog.photographs import forget_removed


@app.periodic(cron="11 3 * * *")
@app.task(name="catalog.forget_removed", queueing_lock="catalog.forget_removed", pass_context=False)
def forget_removed_photos(timestamp: int) -> None:
    """Forget photos that were removed too long ago to be put back."""
    forget_removed(timezone.now())
