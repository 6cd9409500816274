"""Reads of feedback: one by its address, that of an order, and what a shop's customers thought in a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db.models import Avg, Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from tartib.cases.models import Case
from tartib.feedback.models import RATINGS, Feedback
from tartib.l10n import dates
from tartib.shops.models import Shop


@dataclass(frozen=True, slots=True)
class Month:
    """The answers of a month: from the first day on which there was one to the last."""

    first: date
    last: date
    answers: int
    average: Decimal


@dataclass(frozen=True, slots=True)
class Owner:
    """The answers about the orders for which a member of staff (None: nobody) is responsible."""

    member_id: int | None
    name: str
    answers: int
    average: Decimal


@dataclass(frozen=True, slots=True)
class Summary:
    """What customers thought in a period: how many were asked and answered, on average what, and how often which."""

    asked: int
    answers: int
    average: Decimal | None
    counts: tuple[tuple[int, int, int], ...]
    """(rating, how often, its share in percent), the best first."""


def by_token(token: str) -> Feedback | None:
    """The feedback whose page that is."""
    found = Feedback.objects.select_related("case__shop", "case__customer", "case__order", "shop")
    return found.filter(token=token).first()


def of_case(case: Case) -> Feedback | None:
    """What the customer of an order was asked and answered."""
    return Feedback.objects.select_related("request").filter(case=case).first()


def answers(shop: Shop, start: datetime, end: datetime) -> QuerySet[Feedback]:
    """The answers given from `start` on and before `end`, newest first."""
    found = Feedback.objects.filter(shop=shop, rated_at__gte=start, rated_at__lt=end)
    return found.select_related("case__customer", "case__owner__user", "request").order_by("-rated_at", "-case")


def summary(shop: Shop, start: datetime, end: datetime) -> Summary:
    """What customers thought in a period, in two queries."""
    asked = Feedback.objects.filter(shop=shop, asked_at__gte=start, asked_at__lt=end).count()
    each = {f"n{rating}": Count("pk", filter=Q(rating=rating)) for rating in RATINGS}
    found = answers(shop, start, end).order_by().aggregate(mean=Avg("rating"), **each)
    total = sum(found[name] for name in each)
    counts = tuple((r, found[f"n{r}"], round(100 * found[f"n{r}"] / (total or 1))) for r in reversed(RATINGS))
    return Summary(asked, total, _tenths(found["mean"]), counts)


def by_month(shop: Shop, start: datetime, end: datetime) -> list[Month]:
    """The answers of each month of the shop's calendar in the period, the newest first; one query."""
    days = (
        answers(shop, start, end)
        .order_by()
        .annotate(day=TruncDate("rated_at", tzinfo=ZoneInfo(shop.timezone)))
        .values("day")
        .annotate(n=Count("pk"), total=Sum("rating"))
        .order_by("-day")
    )
    months = []
    for _period, rows in groupby(days, key=lambda row: dates.period(row["day"], shop.calendar, "UTC")):
        of_month = list(rows)
        number = sum(row["n"] for row in of_month)
        mean = _tenths(sum(row["total"] for row in of_month) / number) or Decimal(0)
        months.append(Month(of_month[-1]["day"], of_month[0]["day"], number, mean))
    return months


def by_owner(shop: Shop, start: datetime, end: datetime) -> list[Owner]:
    """The answers by who is responsible for the order, those with most first."""
    rows = (
        answers(shop, start, end).order_by().values("case__owner", "case__owner__user__name")
        .annotate(n=Count("pk"), mean=Avg("rating")).order_by("-n", "case__owner")
    )  # fmt: skip
    return [
        Owner(row["case__owner"], row["case__owner__user__name"] or "", row["n"], _tenths(row["mean"]) or Decimal(0))
        for row in rows
    ]


def _tenths(mean: float | None) -> Decimal | None:
    return None if mean is None else Decimal(str(round(mean, 1)))
