"""A person's points: what they have, what waits, what came and went."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tartib.cases.models import Case
from tartib.customers import queries
from tartib.customers.points_balance import PointsMovement
from tartib.portal.account.access import AccountRequest, account

ROWS = 30


@dataclass(frozen=True, slots=True)
class Row:
    """A movement, and the code of the order it comes from; "" where it comes from none."""

    movement: PointsMovement
    code: str


@require_safe
@account
def points(request: AccountRequest) -> HttpResponseBase:
    """What the person has, and the movements, the newest first."""
    rule, mine = queries.points_rule(request.shop), queries.customers(request.account)
    before = request.GET.get("before", "")
    found = queries.points_movements(mine)
    if before.isdecimal() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    shown = list(found[: ROWS + 1])
    has = queries.points(mine)
    context = {
        "shop": request.shop,
        "tab": "points",
        "rule": rule,
        "has": has,
        "worth": rule.worth(has.balance, request.shop.currency),
        "rows": _rows(shown[:ROWS], mine),
        "following": shown[ROWS - 1].pk if len(shown) > ROWS else None,
        "begun": bool(before),
    }
    return render(request, "portal/account/points.html", context)


def _rows(movements: list[PointsMovement], mine: list[int]) -> list[Row]:
    ids = {movement.case_id for movement in movements if movement.case_id}
    codes = dict(Case.objects.filter(pk__in=ids, customer__in=mine).values_list("pk", "code"))
    return [Row(movement, codes.get(movement.case_id or 0, "")) for movement in movements]
