"""Orders, as rooms that serve all kinds of cases need to know them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tartib.cases.kinds import Kind
from tartib.orders import ORDER, hooks, queries

KIND = Kind(
    code=ORDER,
    name=_("Order"),
    area="orders",
    page="desk:order",
    customer_page="portal:tracking",
    search_text=hooks.found_by,
    circumstances=hooks.circumstances,
    filters={
        "incomplete": queries.incomplete,
        "recorded": lambda shop: ~queries.incomplete(shop),
        "requested": queries.requested,
    },
    receipts=True,
)
