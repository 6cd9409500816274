"""What lists have in common: filters, cursors, and parameters nobody knows."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import BaseModel, Field

from tartib.api.fields import Day, Line, Money
from tartib.api.problems import invalid
from tartib.cases.filters import SORTS, Filters

Cursor = Annotated[str, Query("", max_length=300, description="Where to go on: `next` of the answer before.")]
Limit = Annotated[int, Query(50, ge=1, le=200, description="How many at most.")]


class OrderFilters(BaseModel):
    """What a list of orders is narrowed to; everything given must hold."""

    text: Line = Field("", max_length=200, description="Words anywhere in code, number, customer, products.")
    status: list[Line] = Field([], max_length=40)
    phase: list[Literal["waiting", "working", "moving", "ready", "done", "ended", "problem"]] = Field([], max_length=7)
    payment: list[Line] = Field([], max_length=10)
    channel: list[Line] = Field([], max_length=20)
    customer: Line = Field("", max_length=200)
    phone: Line = Field("", max_length=40)
    placed_from: Day | None = Field(None, description="First day, in the shop's time zone.")
    placed_to: Day | None = Field(None, description="Last day.")
    amount_from: Money | None = None
    amount_to: Money | None = None
    free: bool = Field(False, description="Only open ones that are with whoever is responsible by default.")
    late: bool = Field(False, description="Only those whose time in their status has passed.")
    open: bool = Field(False, description="Only those that are not closed.")
    sort: Literal["-placed", "placed", "-updated", "due", "-amount", "amount"] = "-placed"


assert set(OrderFilters.model_fields["sort"].annotation.__args__) == set(SORTS)  # type: ignore[union-attr]


def filters(given: OrderFilters) -> Filters:
    """The filters as the lists of cases know them."""
    many = {name: tuple(dict.fromkeys(getattr(given, name))) for name in ("status", "phase", "payment", "channel")}
    return Filters(**(given.model_dump() | many))


def only_known(request: HttpRequest, model: type[BaseModel] | None, *names: str) -> None:
    """Refuse parameters nobody knows: a mistyped filter must not list everything."""
    known = {*names, *(model.model_fields if model else ())}
    for name in request.GET:
        if name not in known:
            raise invalid(name, _("There is no such parameter."))


def numbered(cursor: str) -> int:
    """The number after which a list of numbered things goes on."""
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 19):
        raise invalid("cursor", _("This cursor belongs to another list, or to none. Begin without one."))
    return int(cursor)


def link(request: HttpRequest, following: str) -> dict[str, str]:
    """The address of the next stretch of a list, as RFC 8288 has it."""
    if not following:
        return {}
    query = [(name, value) for name, values in request.GET.lists() if name != "cursor" for value in values]
    return {"Link": f'<{request.path}?{urlencode([*query, ("cursor", following)])}>; rel="next"'}
