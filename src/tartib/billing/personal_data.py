"""What papers hold of a person: told, and erased as far as the law allows.

An invoice and a credit note have to name the buyer for as long as the shop must keep its books. Whom they were sent to
besides is erased at once; the buyer's name and address when that time is over (`operations.forget_old`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tartib.billing.assembling import paper_of
from tartib.billing.models import Paper
from tartib.billing.receipt import pdf
from tartib.cases.personal_data import gone, ids
from tartib.customers.hooks import Enclosure, Held, Person, row
from tartib.journal.operations import Actor
from tartib.l10n.names import language


def export(person: Person, *, inner: bool) -> Iterator[Held]:
    """Each numbered paper, itself beside it."""
    papers = list(papers_of(person).select_related("case__shop", "shop", "corrects").order_by("pk"))
    tongue = language(translation.get_language() or "en")
    yield Held(
        _("Your invoices"),
        [
            {_("number"): one.name, _("tracking code"): one.code, _("when"): one.issued_at}
            | row(one, "kind", "amount", "currency")
            for one in papers
        ],
        [
            Enclosure(f"files/{one.code}/{one.name}.pdf", partial(_print, one, tongue))
            for one in papers
            if one.data or one.case_id
        ],
    )


def erase(person: Person, _actor: Actor, *, now: datetime) -> None:
    """Leave the buyer on invoices and credit notes, and nothing else."""
    papers = list(papers_of(person).exclude(data={}))
    for paper in papers:
        paper.data = paper.data | {
            "bill_to": paper.data.get("bill_to") or paper.data.get("ship_to") or [],
            "ship_to": [],
        }  # fmt: skip
        paper.erased_at = now
    Paper.objects.bulk_update(papers, ["data", "erased_at"], batch_size=500)


def papers_of(person: Person) -> QuerySet[Paper]:
    """The papers of a person's orders, of those that were deleted as well."""
    return Paper.objects.filter(Q(case__in=ids(person)) | Q(code__in=list(gone(person).values())), shop=person.shop)


def _print(paper: Paper, tongue: str) -> bytes:
    return pdf(paper_of(paper, tongue))
