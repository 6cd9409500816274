"""What the catcher of practice shops has of a person who is erased there."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from tartib.customers.hooks import Person
from tartib.journal.operations import Actor
from tartib.sandbox.models import Caught


def erase(person: Person, _actor: Actor, *, now: datetime) -> None:
    """Delete the messages that went to them or speak of them."""
    if not person.shop.practice:
        return
    named = Q(recipient__in=person.addresses)
    for value in person.addresses | person.names:
        named |= Q(subject__icontains=value) | Q(text__icontains=value) | Q(html__icontains=value)
    Caught.objects.filter(named).delete()
