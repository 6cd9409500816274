"""Points of orders: earned when an order is done, taken back with it, spent at its checkout (requirement E3).

What an order has moved is always compared with what it should have moved as it stands now, and only the difference is
written. So nothing is counted twice, in whatever order things happen and however often.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import Enum

from tartib.cases import hooks
from tartib.cases.engine import announce
from tartib.cases.hooks import Context, Step
from tartib.cases.models import Case, Phase, workflow
from tartib.cases.sql import lower_amounts
from tartib.cases.timeline import EDITED
from tartib.customers import points, queries
from tartib.customers.points import Posting
from tartib.customers.points_balance import PointsKind
from tartib.customers.sql import moved_for
from tartib.journal.operations import Actor, NewEntry, write
from tartib.l10n import money
from tartib.orders import ORDER, sql
from tartib.orders.models import Order
from tartib.orders.timeline import POINTS
from tartib.shops.models import Shop

_TURNING = (Phase.DONE, Phase.ENDED)


class Earns(Enum):
    """What becomes of the points an order earns, as it stands: they are given, kept in step, or taken back."""

    GIVEN = "given"
    KEPT = "kept"
    BACK = "back"


@dataclass(slots=True)
class _Book:
    """What one order has moved so far: earned and waiting; spent by customer; and how many movements that took."""

    counted: int = 0
    waiting: int = 0
    spent: dict[int, int] = field(default_factory=dict)
    movements: int = 0


def follow(steps: Sequence[Step], context: Context) -> None:
    """Give the points of orders that are done, take them back of those that ended; give back what those had spent.

    One query where nothing is done or ended, and a fixed number of statements else.
    """
    wanted, again = {}, set()
    for step in steps:
        flow = workflow(step.case.workflow_id)
        before = flow.status(step.case.status).phase
        after = step.decision.status.phase
        if flow.kind == ORDER and after != before and (before in _TURNING or after in _TURNING):
            undone = context.undoes is not None and before == Phase.DONE
            wanted[step.case.id] = Earns.BACK if undone else _earns(after)
            if before == Phase.ENDED:
                again.add(step.case.id)
    ended = {step.case.id for step in steps if step.decision.status.phase == Phase.ENDED}
    if wanted:
        _settle(context.shop, wanted, ended, context.actor, context.now, again=again)


def settle(case: Case, actor: Actor, *, now: datetime, by_staff: bool = False) -> None:
    """Bring the points of a held order in line with what is known of it now: corrected by staff, or refunded in part.

    Only staff give points to an order that has not earned any.
    """
    earns = _earns(case.phase)
    if earns == Earns.GIVEN and not by_staff:
        earns = Earns.KEPT
    ended = {case.pk} if case.phase == Phase.ENDED else set()
    _settle(case.shop, {case.pk: earns}, ended, actor, now, by_staff=by_staff)


def clear(case_ids: Sequence[int], context: Context) -> None:
    """Before orders are deleted: what they spent is given back, what they earned taken back."""
    _settle(context.shop, dict.fromkeys(case_ids, Earns.BACK), set(case_ids), context.actor, context.now)


def spend(shop: Shop, case_id: int, customer_ids: Iterable[int], actor: Actor, *, now: datetime) -> None:
    """Take the points that an order just placed is paid with from those customers, who are one person.

    Raises `customers.points.TooFew` when somebody else spends them at the same moment.
    """
    order = Order.objects.get(pk=case_id)
    balances = points.lock_balances(shop, customer_ids, now=now)
    parts = points.spread(balances.values(), order.points_spent)
    _post(shop, [
        Posting(customer, PointsKind.SPENT, -part, f"{case_id}:{number}", case_id=case_id)
        for number, (customer, part) in enumerate(parts)
    ], actor, now)  # fmt: skip


def fit(order: Order, goods: Decimal) -> bool:
    """Have an order spend no more points than its goods cost, after the discount; whether it spends fewer now.

    The caller saves it and settles the difference.
    """
    if not order.points_off or order.points_value <= goods:
        return False
    left = max(Decimal(0), goods)
    share = left / order.points_value
    order.points_spent = int((order.points_spent * share).to_integral_value(ROUND_CEILING))
    order.points_value, order.points_tax = left, money.rounded(order.points_tax * share, order.case.currency)
    return True


def release(shop: Shop, case_ids: Sequence[int], actor: Actor, *, now: datetime) -> None:
    """Give back what locked orders spent, and ask for their full price: nobody has paid them in time."""
    held = [row.case_id for row in sql.with_points(case_ids) if row.off]
    if held:
        _settle(shop, dict.fromkeys(held, Earns.KEPT), set(held), actor, now)
        _reprice(shop, held, actor, now, off=False)


def honour(case: Case, received: Decimal, actor: Actor, *, now: datetime) -> None:
    """Take points anew for a held order whose money came late and is enough only with them, if they are still there.

    `received` is all that came in and did not go back. The case then costs what it did when the payment began.
    """
    total = case.amount or Decimal(0)
    if received >= total:
        return
    order = Order.objects.filter(pk=case.pk, points_spent__gt=0, points_off=False).first()
    if order is None:
        return
    less = order.points_value + (0 if order.tax_included else order.points_tax)
    if received < total - less:
        return
    if _settle(case.shop, {case.pk: Earns.KEPT}, set(), actor, now, again={case.pk}, anew=True):
        _reprice(case.shop, [case.pk], actor, now, off=True)
        case.refresh_from_db(fields=["amount", "version"])


def _earns(phase: str) -> Earns:
    return {Phase.DONE.value: Earns.GIVEN, Phase.ENDED.value: Earns.BACK}.get(phase, Earns.KEPT)


def _settle(
    shop: Shop,
    wanted: Mapping[int, Earns],
    returned: set[int],
    actor: Actor,
    now: datetime,
    *,
    by_staff: bool = False,
    again: Collection[int] = (),
    anew: bool = False,
) -> bool:
    """Write what is missing of the points of these locked orders; whether all that was to be spent again could be.

    What orders in `returned` have spent is given back; those in `again` spend it once more, and with `anew` also where
    their price is the full one.
    """
    rows = sql.with_points(list(wanted))
    if not rows:
        return False
    books = _books([row.case_id for row in rows])
    if not by_staff:
        _approve(shop, [row for row in rows if wanted[row.case_id] == Earns.GIVEN and not row.approved])
    left = _left([row.case_id for row in rows])
    owners = {row.customer_id for row in rows if row.customer_id}
    balances = points.lock_balances(shop, owners | {pk for book in books.values() for pk in book.spent}, now=now)
    there = {pk: held.balance for pk, held in balances.items()}
    postings: list[Posting] = []
    dearer = []
    for row in rows:
        book, share = books[row.case_id], left.get(row.case_id, Decimal(1))
        out = 0 if row.case_id in returned or not (row.off or anew) else row.spent - _whole(row.spent * (1 - share))
        found = _spending(row.case_id, book, out, there, again=row.case_id in again)
        if found is None:
            dearer.append(row.case_id)
        postings += found or []
        if row.customer_id:
            postings += _earning(row, book, wanted[row.case_id], share, there, by_staff=by_staff)
    _post(shop, postings, actor, now)
    if dearer and not anew:
        _reprice(shop, dearer, actor, now, off=False)
    return not dearer


def _books(case_ids: Sequence[int]) -> dict[int, _Book]:
    books: defaultdict[int, _Book] = defaultdict(_Book)
    for moved in moved_for(case_ids):
        book = books[moved.case_id]
        book.movements += moved.movements
        if moved.spending:
            book.spent[moved.customer_id] = -moved.points
        else:
            book.counted += moved.points
            book.waiting += moved.waiting
    return books


def _approve(shop: Shop, rows: Sequence[sql.PointsRow]) -> None:
    """Approve the points of orders where nobody has to do it, so that it is known of each whether they are."""
    if rows and not queries.points_rule(shop).by_staff:
        Order.objects.filter(pk__in=[row.case_id for row in rows]).update(points_approved=True)
        for row in rows:
            row.approved = True


def earned_by(order: Order) -> int:
    """The points that an order comes to when it is done, as it stands: of what was credited none are earned."""
    return _whole(order.points * _left([order.pk]).get(order.pk, Decimal(1))) if order.points else 0


def _left(case_ids: Sequence[int]) -> dict[int, Decimal]:
    """How much of what each order costs has not been credited, from 0 to 1. What was paid in excess is none of it."""
    found = {}
    for case_id, facts in hooks.facts(case_ids).items():
        total, credited = facts.get("total"), facts.get("credited")
        if isinstance(total, Decimal) and isinstance(credited, Decimal) and total > 0:
            found[case_id] = max(Decimal(0), (total - credited) / total)
    return found


def _spending(case_id: int, book: _Book, out: int, there: dict[int, int], *, again: bool) -> list[Posting] | None:
    """What brings the points an order has spent to `out`; None where they are to be spent `again` and not there."""
    lacking = out - sum(book.spent.values())
    found: list[Posting] = []
    if lacking > 0 and not again:
        return found
    if lacking > sum(there[pk] for pk in book.spent):
        return None
    for pk, spent in book.spent.items():
        part = min(lacking, there[pk]) if lacking > 0 else max(lacking, -spent)
        if part:
            kind = PointsKind.SPENT if part > 0 else PointsKind.RETURNED
            found.append(Posting(pk, kind, -part, f"{case_id}:{book.movements}", case_id=case_id))
            book.movements += 1
            there[pk] -= part
            lacking -= part
    return found


def _earning(
    row: sql.PointsRow, book: _Book, earns: Earns, share: Decimal, there: dict[int, int], *, by_staff: bool
) -> list[Posting]:
    """What brings the points an order earns to what they should be; nobody is left with fewer than none."""
    assert row.customer_id is not None
    had = book.counted + book.waiting
    should = _whole(row.points * share) if earns == Earns.GIVEN or (earns == Earns.KEPT and had) else 0
    counted = (should if row.approved else 0) - book.counted
    counted = max(counted, -there[row.customer_id])
    waiting = (0 if row.approved else should) - book.waiting
    if not counted and not waiting:
        return []
    there[row.customer_id] += counted
    kind = _kind(had, should, counted, waiting, by_staff=by_staff)
    key = f"{row.case_id}:{book.movements}"
    return [Posting(row.customer_id, kind, counted, key, waiting, case_id=row.case_id)]


def _kind(had: int, should: int, counted: int, waiting: int, *, by_staff: bool) -> PointsKind:
    if not had:
        return PointsKind.EARNED
    if counted > 0 > waiting:
        return PointsKind.APPROVED
    if by_staff:
        return PointsKind.REFUSED if not should and not counted else PointsKind.SET
    return PointsKind.REVERSED if should < had else PointsKind.EARNED


def _whole(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_FLOOR))


def _post(shop: Shop, postings: Sequence[Posting], actor: Actor, now: datetime) -> None:
    """Write movements, and of each order what they come to on its timeline."""
    points.post(shop, postings, actor.name, now=now)
    sums: defaultdict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    for posting in postings:
        assert posting.case_id is not None
        both = sums[posting.case_id, posting.kind]
        both[0] += posting.points
        both[1] += posting.waiting
    drafts = [
        NewEntry(case_id, POINTS, {"act": str(kind), "points": counted, "waiting": waiting}, shown=True)
        for (case_id, kind), (counted, waiting) in sums.items()
    ]
    write(shop.pk, drafts, actor, now)


def _reprice(shop: Shop, case_ids: Sequence[int], actor: Actor, now: datetime, *, off: bool) -> None:
    """Have the points that orders spent off their price or not, on their timelines."""
    changed = lower_amounts(sql.reprice(case_ids, off=off), now)
    drafts = [
        NewEntry(case_id, EDITED, {"changes": {"total": [str(before), str(after)]}})
        for case_id, before, after in changed
    ]
    write(shop.pk, drafts, actor, now)
    announce(shop, [case_id for case_id, _before, _after in changed])
