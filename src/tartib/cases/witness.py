"""What timelines tell of cases of any kind: that they are there, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from tartib.cases.models import Case
from tartib.cases.timeline import MOVED, UNDONE
from tartib.journal.kinds import CREATED, IMPORTED
from tartib.journal.witness import Data, Implied, text


def case_ids(shop_id: int) -> Iterator[int]:
    """The numbers of all cases of a shop, ascending."""
    return Case.objects.filter(shop=shop_id).order_by("pk").values_list("pk", flat=True).iterator(chunk_size=5_000)


def _opened(data: Data) -> str | None:
    return text(data, "status")


def _moved(data: Data) -> str | None:
    return text(data, "to")


def _statuses(shop_id: int, case_ids: Sequence[int]) -> Mapping[int, str]:
    return dict(Case.objects.filter(shop=shop_id, pk__in=case_ids).values_list("pk", "status"))


STATUS = Implied(
    name="status",
    label=_("status"),
    told={CREATED: _opened, IMPORTED: _opened, MOVED: _moved, UNDONE: _moved},
    stored=_statuses,
)
