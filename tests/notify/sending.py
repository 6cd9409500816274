"""Steps that the tests of messages share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from tartib.cases.models import Case
from tartib.notify.models import NEWS, Message
from tartib.notify.sending import send_due
from tests.factories import NOW

LATER = NOW + timedelta(minutes=5)


def send(now: datetime = LATER) -> Mapping[str, int]:
    """Let the worker send what is due at `now`."""
    return send_due(lambda: now, lambda: 0.5)


def fates(case: Case) -> list[tuple[str, str, str]]:
    """What became of the news to a case's customer, oldest first: channel, status told, state."""
    found = Message.objects.filter(case=case, kind__in=NEWS).order_by("pk")
    return list(found.values_list("channel", "status", "state"))
