"""What the worker does for customers: once a night it forgets codes, challenges and sessions that are over."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from tartib.customers import sweeping


@app.periodic(cron="23 3 * * *")
@app.task(name="customers.sweep", queueing_lock="customers.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Forget what is over."""
    sweeping.sweep(timezone.now())
