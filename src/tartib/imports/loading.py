"""Orders read from a file, portion by portion, into a shop; or only counted, for a dry run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext, override

from tartib.cases.hooks import AS_USUAL, Context
from tartib.cases.models import workflow
from tartib.cases.queries import current_workflow
from tartib.flow.workflow import Workflow
from tartib.imports import statuses
from tartib.imports.drafting import Drafted, Drafter
from tartib.imports.records import OrderRecord, RowError
from tartib.journal.operations import Actor
from tartib.orders import ORDER, stock
from tartib.orders.placing import NoWorkflow, Placed, place
from tartib.orders.sql import Twin, twins
from tartib.payments.operations import record_past_payments
from tartib.shops.models import Shop

PORTION: Final = 1_000
Record = TypeVar("Record")
# An order may be placed so much after now: clocks differ, and zones are written wrong.
_FUTURE: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Portion(Generic[Record]):
    """What the reader gave since the portion before: `size` things, records and problems together."""

    records: Sequence[Record]
    problems: Sequence[RowError]

    @property
    def size(self) -> int:
        """By so much the position advances."""
        return len(self.records) + len(self.problems)


@dataclass(slots=True)
class Tally:
    """What became of a portion. `reached` counts the new orders by the status they took."""

    read: int = 0
    placed: int = 0
    present: int = 0
    problems: list[RowError] = field(default_factory=list)
    reached: Counter[str] = field(default_factory=Counter)

    def counts(self) -> dict[str, int]:
        """The numbers by the names that `models.Import` has for them."""
        warnings = sum(problem.level == "warning" for problem in self.problems)
        return {
            "read": self.read,
            "placed": self.placed,
            "present": self.present,
            "warnings": warnings,
            "errors": len(self.problems) - warnings,
        }


def portions(items: Iterable[Record | RowError], size: int = PORTION) -> Iterator[Portion[Record]]:
    """The reader's things in portions of `size`: the memory needed does not grow with the file."""
    records: list[Record] = []
    problems: list[RowError] = []
    for item in items:
        if isinstance(item, RowError):
            problems.append(item)
        else:
            records.append(item)
        if len(records) + len(problems) >= size:
            yield Portion(records, problems)
            records, problems = [], []
    if records or problems:
        yield Portion(records, problems)


def flow_of(shop: Shop) -> Workflow:
    """The workflow that imported orders will follow. Raises `NoWorkflow` for a shop that cannot take orders."""
    version = current_workflow(shop, ORDER)
    if version is None or shop.default_owner_id is None:
        raise NoWorkflow
    return workflow(version.pk)


class Loader:
    """Puts orders into one shop, all by the same choices. Raises `NoWorkflow` for a shop that cannot take orders."""

    def __init__(
        self,
        shop: Shop,
        actor: Actor,
        *,
        given: Mapping[str, str],
        notify: bool,
        take_stock: bool,
        store: str = "",
        clock: Callable[[], datetime],
    ) -> None:
        flow = flow_of(shop)
        self._shop = shop
        self._actor = actor
        self._notify_options = AS_USUAL if notify else None
        self._clock = clock
        with override(shop.language):
            together = gettext("All products together")
        self._drafter = Drafter(
            flow, statuses.chosen(flow, given), statuses.goods_gone(flow), ZoneInfo(shop.timezone), take_stock, clock(),
            store, together,
        )  # fmt: skip

    def reckon(self, portion: Portion[Drafted]) -> Tally:
        """What would become of the portion; writes nothing."""
        tally, orders = self._readable(portion)
        for order in self._fresh(orders, tally):
            tally.placed += 1
            tally.reached[order.draft.status] += 1
        return tally

    def drafted(self, portion: Portion[OrderRecord]) -> Portion[Drafted]:
        """The portion as orders of this shop; asks the database nothing, so that it may be done ahead."""
        return Portion([self._drafter.draft(record) for record in portion.records], portion.problems)

    def load(self, portion: Portion[Drafted]) -> Tally:
        """Place what is new of the portion, in the transaction in which the import's position is saved."""
        tally, orders = self._readable(portion)
        self._place(self._fresh(orders, tally), tally)
        return tally

    def _fresh(self, orders: Sequence[Drafted], tally: Tally) -> list[Drafted]:
        """The orders that are not here; counts those that are, and says which number another order has already.

        The number of an order here is only taken for the same order when day, customer and sum are the same: two stores
        have the same numbers.
        """
        marks = [(order.draft.source, order.draft.external_id, order.draft.number) for order in orders]
        here: dict[int, list[Twin]] = {}
        for twin in twins(self._shop.pk, marks):
            here.setdefault(twin.place, []).append(twin)
        fresh = []
        for number, order in enumerate(orders):
            found = here.get(number, ())
            content = order.draft.content
            if any(same_order(twin.content, content) for twin in found):
                tally.present += 1
            elif other := next((twin for twin in found if twin.identified), None):
                tally.problems.append(_conflict(order, other.content))
            else:
                fresh.append(order)
        return fresh

    def _readable(self, portion: Portion[Drafted]) -> tuple[Tally, list[Drafted]]:
        """The orders that can be taken, and the count of the portion with what is wrong with the others."""
        tally = Tally(read=len(portion.records), problems=list(portion.problems))
        latest = self._clock() + _FUTURE
        taken = []
        for order in portion.records:
            placed_at = order.draft.placed_at
            if placed_at > latest:
                tally.problems.append(RowError(order.row, "future-date", params={"value": f"{placed_at:%Y-%m-%d}"}))
            else:
                taken.append(order)
        return tally, taken

    def _place(self, orders: Sequence[Drafted], tally: Tally) -> None:
        """Place orders together; should the database refuse one, by halves, so that only that one is left out."""
        drafts = [order.draft for order in orders]
        try:
            with transaction.atomic():
                placed = place(self._shop, drafts, self._actor, now=self._clock(), notify_options=self._notify_options)
                self._pay(orders, placed)
                short = self._take_stock(orders, placed)
        except (DataError, IntegrityError) as error:
            if len(orders) > 1:
                middle = len(orders) // 2
                self._place(orders[:middle], tally)
                self._place(orders[middle:], tally)
            else:
                reason = str(error).partition("\n")[0]
                tally.problems.append(RowError(orders[0].row, "not-stored", params={"reason": reason}))
            return
        tally.placed += len(placed)
        tally.present += len(orders) - len(placed)
        tally.problems += short
        tally.reached.update(drafts[one.place].status for one in placed)

    def _pay(self, orders: Sequence[Drafted], placed: Sequence[Placed]) -> None:
        record_past_payments(
            self._shop,
            [replace(payment, case_id=one.case_id) for one in placed for payment in orders[one.place].payments],
        )

    def _take_stock(self, orders: Sequence[Drafted], placed: Sequence[Placed]) -> list[RowError]:
        """Take the goods of open orders from the shelf, where that was asked; says of which there are too few."""
        taking = {one.case_id: one for one in placed if self._drafter.takes_now(orders[one.place].draft.status)}
        if not taking:
            return []
        context = Context(self._shop, self._actor, self._clock(), uuid4())
        refused = stock.take({one.case_id: orders[one.place].draft.placed_at for one in taking.values()}, context)
        return [
            RowError(
                orders[taking[case_id].place].row,
                "stock-short",
                params={name: str(value) for name, value in refusal.params.items()},
                level="warning",
            )
            for case_id, refusal in refused.items()
        ]


def same_order(here: str, there: str) -> bool:
    """Whether two `OrderDraft.content` are of one order; what is not known of one of them is no difference."""
    ours, theirs = here.split(" "), there.split(" ")
    if not here or not there:
        return True
    return ours[:3] == theirs[:3] and (not ours[3] or not theirs[3] or ours[3] == theirs[3])


def _conflict(order: Drafted, here: str) -> RowError:
    """An order that has the number of another one here."""
    day, total, currency, _who = here.split(" ")
    own_day, own_total, own_currency, _own = order.draft.content.split(" ")
    params = {
        "id": order.draft.number or order.draft.external_id, "day": day, "total": total, "currency": currency,
        "own_day": own_day, "own_total": own_total, "own_currency": own_currency,
    }  # fmt: skip
    return RowError(order.row, "other-here", params=params)
