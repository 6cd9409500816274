"""How a page behind an order's link is opened: whose it is, in which language, kept away from strangers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tartib.cases import queries
from tartib.cases.models import Case
from tartib.flow.words import LANGUAGES
from tartib.orders import ORDER

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


def find(token: str, kind: str = ORDER) -> Case | None:
    """The order, or the case of another kind, whose link that is, or None; of any kind for ""."""
    case = queries.by_token(token) if _TOKEN.fullmatch(token) else None
    return case if case is not None and kind in ("", case.kind) else None


def language(request: HttpRequest, case: Case) -> str:
    """The language chosen on the page, else the customer's."""
    return wanted(request, offered([*case.shop.languages, case.language])) or case.language


def calendar(case: Case) -> str:
    """The calendar the customer has chosen; "" where they have not."""
    return case.customer.calendar if case.customer else ""


def wanted(request: HttpRequest, languages: Iterable[str]) -> str:
    """The language chosen on the page: it is in the address, so that the page needs no cookie."""
    chosen = request.GET.get("language", "")
    return chosen if chosen in languages else ""


def offered(languages: Iterable[str]) -> list[str]:
    """The languages a page is offered in, in the product's order."""
    known = set(languages)
    return [one for one in LANGUAGES if one in known]


def private(response: HttpResponse, *, posts: bool = False) -> HttpResponse:
    """Keep the address of the page, which is the key to it, away from search engines and other sites.

    A page that `posts` a form to this site says where it is from to this site alone: without that it is not believed.
    """
    response.headers["Referrer-Policy"] = "same-origin" if posts else "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def nothing(request: HttpRequest) -> HttpResponse:
    """No such page: one answer for what was deleted, never was, and was mistyped."""
    return private(render(request, "portal/nothing.html", status=404))
