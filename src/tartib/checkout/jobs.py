"""What the worker does for checkout: forgets carts that nobody came back to."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from tartib.checkout import operations
from tartib.shops.scope import every_shop, in_each


@app.periodic(cron="41 3 * * *")
@app.task(name="checkout.forget_carts", queueing_lock="checkout.forget_carts", pass_context=False)
def forget_carts(timestamp: int) -> None:
    """Delete carts that were left long ago."""
    now = timezone.now()
    in_each(every_shop(), lambda: operations.forget_old(now))
