"""What customers thought in a period (requirement D9): how many, on average what, in which words."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from tartib.desk import period
from tartib.desk.access import StaffRequest, staff
from tartib.feedback import queries
from tartib.feedback.models import RATINGS, stars
from tartib.web.forms import number_of

PAGE = 50


@dataclass(frozen=True, slots=True)
class Bar:
    """A rating with how often it was given, its share, and the list of those answers."""

    stars: str
    count: int
    share: int
    query: str


@require_GET
@staff()
def feedback_report(request: StaffRequest) -> HttpResponse:
    """The average, how often each rating was given, by month and by who is responsible; and the answers themselves.

    Each number leads to the answers behind it: `rating`, `owner` and `words` in the address narrow the list.
    """
    now, shop = timezone.now(), request.shop
    chosen = period.read_period(request.GET.dict(), shop, now)
    moments = chosen.moments(ZoneInfo(shop.timezone))
    summary = queries.summary(shop, *moments)
    found = queries.answers(shop, *moments)
    rating, owner = number_of(request.GET.get("rating", "")), number_of(request.GET.get("owner", ""))
    if rating in RATINGS:
        found = found.filter(rating=rating)
    if owner is not None:
        found = found.filter(case__owner=owner)
    with_words = request.GET.get("words") == "1"
    if with_words:
        found = found.exclude(words="")
    context = {
        "period": chosen,
        "choices": period.choices(chosen, shop, now),
        "summary": summary,
        "bars": [Bar(stars(one), count, share, _query(chosen, rating=one)) for one, count, share in summary.counts],
        "months": queries.by_month(shop, *moments),
        "owners": [(one, _query(chosen, owner=one.member_id)) for one in queries.by_owner(shop, *moments)],
        "everything": _query(chosen),
        "worded": _query(chosen, words=1),
        "narrowed": rating in RATINGS or owner is not None or with_words,
        "here": _query(chosen, rating=rating, owner=owner, words=1 if with_words else None),
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "desk/reports/feedback.html", context)


def _query(chosen: period.Period, **narrowed: int | None) -> str:
    given = {name: value for name, value in narrowed.items() if value is not None}
    return urlencode({"from": chosen.first.isoformat(), "to": chosen.last.isoformat(), **given})
