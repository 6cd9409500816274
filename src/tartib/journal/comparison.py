"""Cases beside what their timelines tell of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tartib.journal import witness
from tartib.journal.faults import Fault
from tartib.shops.models import Shop

_AT_ONCE = 1_000


class Comparison:
    """Takes in what timelines of a shop tell, in the order of their cases, and asks for many cases at once.

    That there is a case and no timeline, or the other way round, is seen on the way.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._cases = witness.connected.case_ids(shop.pk)
        self._case = next(self._cases, None)
        self._waiting: dict[int, Mapping[str, str]] = {}

    def compare(self, case_id: int, told: Mapping[str, str], *, deleted: bool) -> Iterator[Fault]:
        """Compare a case with what its timeline tells; `deleted` where that says that the case is gone."""
        while self._case is not None and self._case < case_id:
            yield from self._without_timeline()
        there = self._case == case_id
        if there:
            self._case = next(self._cases, None)
        if there == deleted:
            yield Fault(self._shop.slug, "case-back" if deleted else "case-gone", case_id)
        elif there:
            self._waiting[case_id] = told
        if len(self._waiting) == _AT_ONCE:
            yield from self._look()

    def rest(self) -> Iterator[Fault]:
        """What is left, when all timelines were taken in."""
        yield from self._look()
        while self._case is not None:
            yield from self._without_timeline()

    def _without_timeline(self) -> Iterator[Fault]:
        yield Fault(self._shop.slug, "no-timeline", self._case)
        self._case = next(self._cases, None)

    def _look(self) -> Iterator[Fault]:
        if not self._waiting:
            return
        for one in witness.connected.implied:
            stored = one.stored(self._shop.pk, list(self._waiting))
            for case_id, told in self._waiting.items():
                found = stored.get(case_id, "")
                if one.name in told and found != told[one.name]:
                    more = {"what": one.label, "found": found, "told": told[one.name]}
                    yield Fault(self._shop.slug, "unlike", case_id, more=more)
        self._waiting = {}
