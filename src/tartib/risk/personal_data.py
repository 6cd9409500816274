"""What trust holds of a person: what was found about their orders, proofs of identity; told, and erased."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tartib.cases.personal_data import cases_of, ids
from tartib.customers.hooks import Enclosure, Held, Person, row
from tartib.files.queries import content
from tartib.journal.operations import Actor
from tartib.risk.models import Check, Proof
from tartib.risk.operations import forget_of
from tartib.risk.reasons import say


def export(person: Person, *, inner: bool) -> Iterator[Held]:
    """The proofs that were asked for and given; what looked unusual only for staff."""
    proofs = Proof.objects.filter(case__in=cases_of(person)).select_related("case", "upload").order_by("pk")
    yield Held(
        _("Proofs of identity"),
        [
            {_("tracking code"): one.case.code} | row(one, "state", "asked_at", "given_at", "decided_at")
            for one in proofs
        ],
        [
            Enclosure(f"files/{one.case.code}/{one.upload.name}", partial(content, one.upload))
            for one in proofs
            if one.upload
        ],
    )
    if inner:
        checks = Check.objects.filter(case__in=cases_of(person)).select_related("case", "shop").order_by("pk")
        tongue = person.shop.tag(translation.get_language() or "en")
        yield Held(
            _("What looked unusual"),
            [
                {_("tracking code"): one.case.code, _("when"): one.found_at}
                | row(one, "signal")
                | {_("why"): say(one, tongue, one.case.currency or one.shop.currency)}
                for one in checks
            ],
        )


def erase(person: Person, _actor: Actor, *, now: datetime) -> None:
    """Delete papers and findings; who of the staff asked for and decided about a proof, and how, stays."""
    cases = ids(person)
    forget_of(cases)
    Check.objects.filter(case__in=cases).delete()
