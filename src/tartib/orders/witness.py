"""What timelines tell of orders: what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from tartib.cases.models import Case
from tartib.cases.timeline import EDITED
from tartib.journal.kinds import CREATED, IMPORTED
from tartib.journal.witness import Data, Implied, amount, edited


def _opened(data: Data) -> str | None:
    return amount(data.get("total"))


def _edited(data: Data) -> str | None:
    return amount(edited(data, "total"))


def _totals(shop_id: int, case_ids: Sequence[int]) -> Mapping[int, str]:
    found = Case.objects.filter(shop=shop_id, pk__in=case_ids).values_list("pk", "amount")
    return {case_id: amount(total) or "" for case_id, total in found}


TOTAL = Implied(
    name="total", label=_("total"), told={CREATED: _opened, IMPORTED: _opened, EDITED: _edited}, stored=_totals
)
