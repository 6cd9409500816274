"""While the database is away: every question is answered at once by a page that asks it nothing."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.defaults import server_error

from tartib.web import bare

REST = 1.0
"""For how many seconds nothing is asked of a database that could not be reached: every question holds a thread."""

Answer = Callable[[HttpRequest], HttpResponseBase]

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Rest:
    """Until when this process asks nothing, by the monotonic clock."""

    until: float = 0.0


_rest = _Rest()


def is_away(problem: BaseException) -> bool:
    """Whether that went wrong because the database cannot be reached, or cannot do what it is asked for now."""
    return isinstance(problem, OperationalError | InterfaceError)


def note(problem: BaseException) -> None:
    """Ask nothing for a moment where nobody was reached; one answer that failed says nothing of the next."""
    logger.warning("the database is away: %s", str(problem).strip())
    if getattr(problem.__cause__, "sqlstate", None) is None:
        _rest.until = monotonic() + REST


def resting() -> bool:
    """Whether the database could not be reached a moment ago."""
    return monotonic() < _rest.until


def spare(get_response: Answer) -> Answer:
    """Middleware: pages are not begun while the database rests. What needs none, such as styles, is answered as ever;
    the API says it in its own way."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if resting() and not request.path_info.startswith(("/static/", "/api/v1/")):
            return bare.bare_page(503, bare.spoken(request.META))
        return get_response(request)

    return middleware


def failed(request: HttpRequest) -> HttpResponse:
    """The answer when something went wrong: Django asks for it where the exception is known."""
    problem = sys.exception()
    if problem is not None and is_away(problem):
        note(problem)
        return bare.bare_page(503, bare.spoken(request.META))
    return server_error(request)
