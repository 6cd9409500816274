"""Reads of papers."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from tartib.billing.models import Paper
from tartib.cases.models import Case
from tartib.shops.models import Shop


def of_case(case: Case) -> list[Paper]:
    """The numbered papers of an order, newest first."""
    return list(Paper.objects.filter(case=case).select_related("corrects").order_by("-pk"))


def of_shop(shop: Shop, since: datetime, until: datetime) -> QuerySet[Paper]:
    """The papers a shop issued in a period, newest first."""
    return (
        Paper.objects.filter(shop=shop, issued_at__gte=since, issued_at__lt=until)
        .select_related("case", "corrects")
        .defer("data")
        .order_by("-issued_at", "-pk")
    )


def one(shop: Shop, paper_id: int) -> Paper | None:
    """A paper of the shop, with what is needed to show it."""
    return Paper.objects.filter(shop=shop, pk=paper_id).select_related("shop", "case__shop", "corrects").first()
