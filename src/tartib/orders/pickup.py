"""Where an order is picked up, and when that is open, as its customer is told."""

from __future__ import annotations

from tartib.cases.models import Case
from tartib.l10n.opening import show_week


def place_of(case: Case, language: str) -> str:
    """The branch, its address and the hours of the shop, a line each; without hours where the shop has set none.

    What stands by default as usual in the country is not promised to customers.
    """
    branch, shop = case.branch, case.shop
    hours = "; ".join(show_week(shop.week, language)) if shop.week else ""
    return "\n".join(filter(None, (branch.name, branch.address or shop.address, hours, branch.phone)))
