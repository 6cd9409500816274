"""Moving stock: many lines of many cases at once, never below zero, every change in the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tartib.catalog import sql
from tartib.catalog.models import MovementKind, Product
from tartib.shops.models import Shop


@dataclass(frozen=True, slots=True)
class Want:
    """A change wanted for one line of a case: of pieces on hand and of pieces reserved, negative to take."""

    case_id: int
    line_id: int
    branch_id: int
    product_id: int
    on_hand: int
    reserved: int


@dataclass(frozen=True, slots=True)
class Short:
    """What a case lacks: the product, how many pieces it wants and how many it could have."""

    product: str
    wanted: int
    available: int


@dataclass(slots=True)
class _Shelf:
    """A locked row of stock while changes are tried on it."""

    id: int
    on_hand: int
    reserved: int

    def bears(self, on_hand: int, reserved: int) -> bool:
        return 0 <= self.reserved + reserved <= self.on_hand + on_hand

    def change(self, on_hand: int, reserved: int) -> None:
        self.on_hand += on_hand
        self.reserved += reserved


def shift(
    shop: Shop, wants: Sequence[Want], kind: MovementKind, *, actor_name: str, now: datetime, act_id: UUID
) -> tuple[list[Want], dict[int, Short]]:
    """Change stock as wanted, for each case wholly or not at all, cases in the order given.

    Returns what was done and, for each case that could not be served, what it is short of. Rows are locked in the order
    of their ids, and lines that share a stock are counted together, so that two orders cannot both take the last piece.
    Two statements whatever the number of wants, one more if any case is short.
    """
    if not wants:
        return [], {}
    shelves = lock(wants)
    cases: defaultdict[int, list[Want]] = defaultdict(list)
    for want in wants:
        cases[want.case_id].append(want)
    done: list[Want] = []
    lacking: dict[int, tuple[int, int, int]] = {}
    for case_id, of_case in cases.items():
        lack = _serve(of_case, shelves)
        if lack is None:
            done += of_case
        else:
            lacking[case_id] = lack
    if done:
        _write(shop, done, shelves, kind, actor_name, now, act_id)
    return done, _named(lacking)


def _serve(wants: Sequence[Want], shelves: Mapping[tuple[int, int], _Shelf]) -> tuple[int, int, int] | None:
    """Try all wants of one case; on failure undo them and say (product, wanted, available)."""
    tried: list[tuple[_Shelf, Want]] = []
    for want in wants:
        shelf = shelves.get((want.branch_id, want.product_id))
        if shelf is not None and shelf.bears(want.on_hand, want.reserved):
            shelf.change(want.on_hand, want.reserved)
            tried.append((shelf, want))
            continue
        for changed, earlier in tried:
            changed.change(-earlier.on_hand, -earlier.reserved)
        same = [w for w in wants if (w.branch_id, w.product_id) == (want.branch_id, want.product_id)]
        wanted = sum(max(-w.on_hand, w.reserved) for w in same)
        available = shelf.on_hand - shelf.reserved + sum(max(0, -w.reserved) for w in same) if shelf else 0
        return want.product_id, wanted, available
    return None


def lock(wants: Sequence[Want]) -> dict[tuple[int, int], _Shelf]:
    """Lock the stock these wants are about, in the order of its ids: by branch and product."""
    places = sorted({(want.branch_id, want.product_id) for want in wants})
    if not places:
        return {}
    rows = sql.lock(places)
    return {(branch, product): _Shelf(pk, on_hand, held) for pk, branch, product, on_hand, held in rows}


def _write(
    shop: Shop,
    done: Sequence[Want],
    shelves: Mapping[tuple[int, int], _Shelf],
    kind: MovementKind,
    actor_name: str,
    now: datetime,
    act_id: UUID,
) -> None:
    rows = [
        (shelves[w.branch_id, w.product_id].id, w.on_hand, w.reserved, w.case_id, w.line_id)
        for w in done
        if w.on_hand or w.reserved
    ]
    if not rows:
        return
    changed = {shelves[want.branch_id, want.product_id].id: shelves[want.branch_id, want.product_id] for want in done}
    stock = [(shelf.id, shelf.on_hand, shelf.reserved) for shelf in changed.values()]
    sql.move(shop.pk, stock, rows, kind, actor_name, now, act_id)


def _named(lacking: Mapping[int, tuple[int, int, int]]) -> dict[int, Short]:
    if not lacking:
        return {}
    products = Product.objects.in_bulk({product for product, _wanted, _available in lacking.values()})
    return {
        case_id: Short(str(products[product]), wanted, available)
        for case_id, (product, wanted, available) in lacking.items()
    }
