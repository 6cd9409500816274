"""What the API holds of a person: answers that are kept so that a repeated request gets the same."""

from __future__ import annotations

from datetime import datetime

from tartib.api.idempotency import ACTS
from tartib.cases.models import Act
from tartib.cases.personal_data import cases_of, gone
from tartib.customers.hooks import Person
from tartib.journal.operations import Actor


def erase(person: Person, _actor: Actor, *, now: datetime) -> None:
    """Leave of such answers the tracking code; a request that comes again after years gets that."""
    codes = {*gone(person).values(), *cases_of(person).values_list("code", flat=True)}
    answers = Act.objects.filter(shop=person.shop, trigger__startswith=ACTS)
    kept = list(answers.filter(answer__answer__data__code__in=list(codes)))
    for act in kept:
        act.answer["answer"]["data"] = {"code": act.answer["answer"]["data"]["code"]}
    Act.objects.bulk_update(kept, ["answer"], batch_size=500)
