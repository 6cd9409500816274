"""Support requests, to be read: which there are, where they stand, what was written."""

from __future__ import annotations

from typing import Literal

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BaseModel, Field

from tartib.api import shows
from tartib.api.answers import RequestList, RequestOut
from tartib.api.idempotency import Answer
from tartib.api.keys import ApiRequest, BearerKey
from tartib.api.lists import Cursor, Limit, link, only_known
from tartib.api.orders import typed
from tartib.api.problems import invalid, not_found
from tartib.cases.filters import SORTS, Filters, read_cursor
from tartib.cases.queries import case_page
from tartib.support import SUPPORT, queries
from tartib.support.models import Request

router = Router(tags=["Support"], by_alias=True)


class RequestFilters(BaseModel):
    """What a list of requests is narrowed to."""

    text: str = Field("", max_length=200, description="Words anywhere in code, subject, customer.")
    open: bool = Field(False, description="Only those that are not closed.")
    sort: Literal["-placed", "placed", "-updated", "due"] = "-placed"


@router.get("", response=RequestList, auth=BearerKey("support:read"), summary="List support requests")
def list_requests(
    request: ApiRequest, narrowed: Query[RequestFilters], cursor: Cursor = "", limit: Limit = 50
) -> HttpResponse:
    """Support requests that match every filter given, a stretch at a time."""
    only_known(request, RequestFilters, "cursor", "limit")
    if "\0" in narrowed.text:
        raise invalid("text", _("The character NUL cannot be part of a text."))
    wanted = Filters(text=narrowed.text, open=narrowed.open, sort=narrowed.sort)
    if cursor and read_cursor(cursor, SORTS[wanted.sort][0]) is None:
        raise invalid("cursor", _("This cursor belongs to another list, or to none. Begin without one."))
    found = case_page(request.auth.shop, SUPPORT, wanted, now=timezone.now(), cursor=cursor, size=limit)
    requests = _complete().in_bulk([case.pk for case in found.cases])
    data = {"requests": [shows.request(requests[case.pk]) for case in found.cases], "next": found.following or None}
    return Answer(data, headers=link(request, found.following)).response()


@router.get("/{code}", response=RequestOut, auth=BearerKey("support:read"), summary="Read a support request")
def read_request(request: ApiRequest, code: str) -> HttpResponse:
    """A support request with all that was written in it, oldest first, notes of staff included."""
    only_known(request, None)
    found = _complete().filter(shop=request.auth.shop, case__code=typed(code)).first()
    if found is None:
        raise not_found()
    words = [shows.words(one) for one in queries.thread(found.case)]
    return Answer(shows.request(found) | {"words": words}).response()


def _complete() -> QuerySet[Request]:
    return Request.objects.select_related("case__customer", "case__owner__user", "about")
