"""What imports hold of a person: what was wrong with a row that named them. Uploaded files go when they are in."""

from __future__ import annotations

import json
from datetime import datetime

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from tartib.customers.hooks import Person
from tartib.imports.models import Problems
from tartib.journal.operations import Actor


def erase(person: Person, _actor: Actor, *, now: datetime) -> None:
    """Leave out what quotes the person; how many problems there were is counted with the import."""
    known = sorted(person.addresses | person.names)
    named = Q(pk=None)
    for value in known:
        named |= Q(said__icontains=value)
    found = Problems.objects.filter(batch__shop=person.shop).annotate(said=Cast("items", TextField()))
    quoting = list(found.filter(named))
    for problems in quoting:
        problems.items = [one for one in problems.items if not _quotes(one, known)]
    Problems.objects.bulk_update(quoting, ["items"], batch_size=500)


def _quotes(item: object, known: list[str]) -> bool:
    text = json.dumps(item, ensure_ascii=False).casefold()
    return any(value.casefold() in text for value in known)
