"""What work that must not be forgotten holds of a person: told, and erased. What it was and how it ended stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tartib.cases.personal_data import cases_of, gone
from tartib.customers.hooks import Held, Person, row
from tartib.dispatch import kinds
from tartib.dispatch.models import Outcome, WorkEntry, WorkRecord
from tartib.journal.models import ActorKind
from tartib.journal.operations import Actor

ERASED = "—"
"""Stands for the words with which a record was settled, since by hand it is never settled without any."""


def export(person: Person, *, inner: bool) -> Iterator[Held]:
    """What staff had to see to about the person's orders: for staff who hand it over, since it is theirs."""
    if not inner:
        return
    tongue = person.shop.tag(get_language() or "en")
    yield Held(
        _("What somebody had to see to"),
        [
            {
                _("tracking code"): one.code,
                _("kind"): kinds.say(kinds.kind(one.kind).happened, one, tongue),
                _("more"): dict(kinds.evidence(one, tongue)),
            }
            | row(one, "opened_at", "resolved_at", "note")
            for one in _about(person).order_by("pk")
        ],
    )


def erase(person: Person, _actor: Actor, *, now: datetime) -> None:
    """Leave what each was and how it ended; words and other facts go."""
    theirs = list(_about(person))
    for one in theirs:
        lasting = kinds.kind(one.kind).lasts
        one.facts = {name: value for name, value in one.facts.items() if name in lasting}
        one.note = ERASED if one.note else ""
        # By itself it may have been settled because of what they did.
        one.resolved_by = "" if one.outcome == Outcome.ITSELF else one.resolved_by
    WorkRecord.objects.bulk_update(theirs, ["facts", "note", "resolved_by"], batch_size=500)
    entries = WorkEntry.objects.filter(record__in=[one.pk for one in theirs])
    entries.update(note="")
    entries.filter(actor_kind=ActorKind.CUSTOMER).update(actor_name=ERASED)


def _about(person: Person) -> QuerySet[WorkRecord]:
    """About their orders, deleted ones too, and whatever names them: what no order is known of may be from them."""
    named = Q(case__in=cases_of(person)) | Q(case=None, code__in=list(gone(person).values()))
    for value in sorted(person.addresses | person.names):
        named |= Q(said__icontains=value)
    return WorkRecord.objects.filter(shop=person.shop).annotate(said=Cast("facts", TextField())).filter(named)
