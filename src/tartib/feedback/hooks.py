"""The words with which a message asks what a customer thought."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tartib.feedback.models import RATINGS, Feedback

WORDS = {
    "feedback_link": _("Link to the page that asks what the customer thought"),
    "rate_1": _("Link that gives one star"),
    "rate_2": _("Link that gives two stars"),
    "rate_3": _("Link that gives three stars"),
    "rate_4": _("Link that gives four stars"),
    "rate_5": _("Link that gives five stars"),
}


def words(case_ids: Sequence[int], _language: str) -> dict[int, dict[str, str]]:
    """The links of those orders whose customers are asked, in one query."""
    found = {}
    for case_id, token in Feedback.objects.filter(case_id__in=case_ids).values_list("case_id", "token"):
        page = f"{settings.TARTIB_URL}/f/{token}/"
        found[case_id] = {"feedback_link": page} | {f"rate_{rating}": f"{page}{rating}/" for rating in RATINGS}
    return found
