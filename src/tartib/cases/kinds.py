"""What is particular to each kind of case. A room describes its kind once; `project.wiring` says which there are.

Rooms that serve all kinds ask here instead of asking what kind a case is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.functional import Promise

from tartib.shops.models import Shop

if TYPE_CHECKING:
    from tartib.cases.models import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of case.

    `search_text` tells what cases, whose customers are loaded, are found by besides their tracking codes.
    `circumstances` is what the words and steps of their workflow may depend on (`flow.workflow.CIRCUMSTANCES`), and
    `letter_ids` the ids of the e-mails that people wrote to them, oldest first: all three of many cases at once, with a
    fixed number of queries. `filters` are what the filter `type` of their list can be.
    """

    code: str
    name: str | Promise
    area: str
    """The part of the desk where cases of this kind are, as its addresses have it."""
    page: str
    """The name of the address of a case's page on the desk, which takes the shop's slug and the tracking code."""
    customer_page: str
    """The name of the address of a case's page for its customer, which takes the token."""
    search_text: Callable[[Sequence[Case]], Mapping[int, str]]
    circumstances: Callable[[Sequence[int]], Mapping[int, frozenset[str]]] | None = None
    letter_ids: Callable[[Sequence[int]], Mapping[int, Sequence[str]]] | None = None
    filters: Mapping[str, Callable[[Shop], Q]] = field(default_factory=dict)
    confirmed: bool = True
    """Customers are told by a letter of its own that their case is here."""
    receipts: bool = False
    """There is a receipt of a case, which can be sent along."""
    helped: bool = True
    """Customers may ask for help with a case; one that is itself such a question is answered on its own page."""
    binds: bool = True
    """A customer of whom a case is open cannot be erased before it has ended."""
    titled_by_customer: bool = False
    """The title is the customer's own words, and goes with them."""


connected: Mapping[str, Kind] = {}
"""The kinds by their codes, the most usual first."""


def circumstances_of(cases: Sequence[Case]) -> dict[int, frozenset[str]]:
    """The circumstances of cases, with a fixed number of queries; of a kind without any, none."""
    found: dict[int, frozenset[str]] = {}
    for kind in connected.values():
        of_kind = [case.pk for case in cases if case.kind == kind.code]
        if kind.circumstances and of_kind:
            found |= kind.circumstances(of_kind)
    return found


def filters() -> dict[str, Callable[[Shop], Q]]:
    """What the filter `type` of any list can be, and the condition it then puts on the cases of a shop."""
    return {name: of for kind in connected.values() for name, of in kind.filters.items()}
