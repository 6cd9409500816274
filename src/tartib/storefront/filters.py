"""What a visitor asks of a page of many: read from its address, and written back into addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.http import QueryDict

from tartib.catalog.browse import ORDERS, ListingQuery
from tartib.l10n.numbers import BadValueError, amount

_MOST_OPTIONS = 20
_HIGHEST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on: its name and value as they are written, and the address of the page without it."""

    kind: str
    name: str
    value: str
    without: str


def read_query(query: QueryDict, within: Sequence[int] | None = None) -> ListingQuery:
    """The wish in the query of an address; what makes no sense there is as if it were not."""
    options: dict[str, list[str]] = {}
    for asked in query.getlist("o")[:_MOST_OPTIONS]:
        name, colon, value = asked.partition(":")
        if colon and name and value:
            options.setdefault(name, []).append(value)
    order = query.get("order", "")
    return ListingQuery(
        within=within,
        text=query.get("q", "").strip()[:200],
        low=_price(query.get("from", "")),
        high=_price(query.get("to", "")),
        in_stock=query.get("stock") == "1",
        options=options,
        order=order if order in ORDERS else "chosen",
        cursor=query.get("cursor", ""),
    )


def address(wish: ListingQuery, **changes: object) -> str:
    """The query of the page with these parts of the wish changed: "?q=…", from the first listing on."""
    parts: dict[str, object] = {
        "q": wish.text,
        "from": wish.low,
        "to": wish.high,
        "stock": "1" if wish.in_stock else "",
        "o": [f"{name}:{value}" for name, values in wish.options.items() for value in values],
        "order": "" if wish.order == "chosen" else wish.order,
    } | changes
    return "?" + urlencode({name: part for name, part in parts.items() if part not in ("", None, [])}, doseq=True)


def chips(wish: ListingQuery) -> list[Chip]:
    """The filters that are on."""
    found = []
    if wish.low is not None or wish.high is not None:
        found.append(Chip("price", "", "", address(wish, **{"from": None, "to": None})))
    if wish.in_stock:
        found.append(Chip("stock", "", "", address(wish, stock="")))
    for name, values in wish.options.items():
        for value in values:
            on = [(n, v) for n, kept in wish.options.items() for v in kept]
            others = [f"{n}:{v}" for n, v in on if (n, v) != (name, value)]
            found.append(Chip("option", name, value, address(wish, o=others)))
    return found


def _price(text: str) -> Decimal | None:
    """A price in the digits and marks of any language."""
    try:
        found = amount(text.strip()[:40])
    except BadValueError:
        return None
    return found if found is not None and 0 <= found < _HIGHEST else None
