"""What the worker does for papers: once a night it forgets buyers who were erased and need not be kept any longer."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from tartib.billing import operations
from tartib.shops.scope import every_shop, in_each


@app.periodic(cron="41 3 * * *")
@app.task(name="billing.forget_old", queueing_lock="billing.forget_old", pass_context=False)
def forget_old(timestamp: int) -> None:
    """Forget what is over."""
    now = timezone.now()
    in_each(every_shop(), lambda: operations.forget_old(now))
