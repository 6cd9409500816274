"""What cases are found by: made by the room of their kind, and made anew when their customer changes."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from tartib.cases import kinds
from tartib.cases.models import Case
from tartib.l10n import normal

PORTION = 500


def found_by(cases: Sequence[Case]) -> dict[int, str]:
    """The search texts of cases whose customers are loaded, with a fixed number of queries for each kind of case."""
    texts: dict[int, str] = {}
    for kind in sorted({case.kind for case in cases}):
        told = kinds.connected[kind].search_text([case for case in cases if case.kind == kind])
        texts |= {
            case.pk: normal.search_text(case.code).rstrip() + told[case.pk] for case in cases if case.kind == kind
        }
    return texts


def reindex(shop_id: int, customers: Sequence[int]) -> int:
    """Have all cases of these customers found by what the customers are called now; returns how many changed."""
    changed, after = 0, 0
    while True:
        with transaction.atomic():
            theirs = Case.objects.select_for_update(of=("self",)).select_related("customer").order_by("pk")
            held = list(theirs.filter(shop=shop_id, customer__in=customers, pk__gt=after)[:PORTION])
            texts = found_by(held)
            stale = [case for case in held if case.search != texts[case.pk]]
            for case in stale:
                case.search = texts[case.pk]
            Case.objects.bulk_update(stale, ["search"])
        changed += len(stale)
        if len(held) < PORTION:
            return changed
        after = held[-1].pk
