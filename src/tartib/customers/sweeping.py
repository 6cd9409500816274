"""Forgetting what is over."""

from __future__ import annotations

from datetime import datetime

from tartib.customers.identity import Challenge, Code, Session
from tartib.customers.queries import KEPT


def sweep(now: datetime) -> None:
    """Forget codes, challenges and sessions that nothing can be done with any more."""
    Code.objects.filter(expires_at__lt=now).delete()
    Challenge.objects.filter(expires_at__lt=now).delete()
    Session.objects.filter(seen_at__lt=now - KEPT).delete()
