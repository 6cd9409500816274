"""What feedback holds of a person: told, and erased. How many stars were given stays, without whose they are."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tartib.cases.personal_data import cases_of
from tartib.customers.hooks import Held, Person, row
from tartib.feedback.models import Feedback
from tartib.journal.operations import Actor


def export(person: Person, *, inner: bool) -> Iterator[Held]:
    """Each rating with its words."""
    given = Feedback.objects.filter(case__in=cases_of(person)).exclude(rated_at=None).select_related("case")
    yield Held(
        _("Your feedback"),
        [
            {_("tracking code"): one.case.code, _("when"): one.rated_at} | row(one, "rating", "words")
            for one in given.order_by("pk")
        ],
    )


def erase(person: Person, _actor: Actor, *, now: datetime) -> None:
    """Leave the stars; the link that was sent leads nowhere any more."""
    given = list(Feedback.objects.filter(case__in=cases_of(person)))
    for one in given:
        one.words, one.token = "", secrets.token_hex(16)
    Feedback.objects.bulk_update(given, ["words", "token"], batch_size=500)
