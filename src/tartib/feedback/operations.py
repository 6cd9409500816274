"""Asking customers what they thought, and taking in what they answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction

from tartib.cases.engine import announce
from tartib.cases.hooks import NotifyOptions
from tartib.cases.models import Case
from tartib.feedback import sql
from tartib.feedback.models import LOW, RATINGS, Feedback, stars
from tartib.feedback.timeline import FEEDBACK
from tartib.journal.models import ActorKind
from tartib.journal.operations import Actor, NewEntry, write
from tartib.notify.models import MessageKind
from tartib.notify.notices import tell_customers
from tartib.shops.models import Shop
from tartib.support import operations as support
from tartib.support.operations import Written

CHANGEABLE = timedelta(days=7)
LONGEST_WORDS = 4_000
MOST = 500
_NOBODY = NotifyOptions(channels=frozenset())


class TooLate(Exception):
    """What was answered cannot be changed any more."""


def ask_due(now: datetime, *, shop: Shop | None = None, most: int = MOST) -> int:
    """Ask the customers of up to `most` orders, of `shop` or of all, that are over for long enough; returns how many.

    The number of statements depends on how many shops there are among them, not on how many orders.
    """
    with transaction.atomic():
        asked = sql.ask_due(now, shop, most)
        shops = Shop.objects.in_bulk({shop_id for shop_id, _case_id in asked})
        for shop_id, rows in groupby(asked, key=lambda row: row[0]):
            case_ids = [case_id for _shop_id, case_id in rows]
            tell_customers(shops[shop_id], case_ids, MessageKind.FEEDBACK, now=now)
    return len(asked)


def rate(token: str, rating: int, *, now: datetime, words: str | None = None) -> Feedback:
    """Take in a rating, with `words` or those given before. It is on the order's timeline, each change as well.

    A low rating opens a support request about the order, once; more words then go into it. Raises
    `Feedback.DoesNotExist`, `ValueError` for a rating that is none, and `TooLate` a week after the first.
    """
    if rating not in RATINGS:
        raise ValueError(rating)
    with transaction.atomic():
        found = Feedback.objects.select_for_update(of=("self",)).select_related("case__shop", "case__customer")
        feedback = found.get(token=token)
        if feedback.rated_at is not None and now > feedback.rated_at + CHANGEABLE:
            raise TooLate
        said = feedback.words if words is None else words
        if (feedback.rating, feedback.words) == (rating, said):
            return feedback
        fresh_words = said if said != feedback.words else ""
        feedback.rating, feedback.words, feedback.rated_at = rating, said, feedback.rated_at or now
        case = feedback.case
        who = Actor(ActorKind.CUSTOMER, str(case.customer or ""))
        write(case.shop_id, [NewEntry(case.pk, FEEDBACK, {"rating": rating, "text": said}, True)], who, now)
        _follow_up(feedback, case, fresh_words, now)
        feedback.save()
        announce(case.shop, [case.pk])
    return feedback


def _follow_up(feedback: Feedback, case: Case, words: str, now: datetime) -> None:
    """A low rating has somebody look into it."""
    if feedback.request is not None:
        if words:
            support.say(feedback.request, Written(words), now=now)
    elif feedback.rating is not None and feedback.rating <= LOW:
        sign = stars(feedback.rating)
        subject = f"{sign} {case.title}".strip()
        try:
            feedback.request = support.ask(
                case.shop, Written(words or sign), now=now, subject=subject, about=case, notify_options=_NOBODY
            )
        except support.NobodyThere:
            feedback.request = None
