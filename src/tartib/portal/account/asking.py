"""What a customer asks for in one of their cases: to cancel it, to send it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tartib.cases import plugs
from tartib.cases.engine import advance
from tartib.cases.models import Case
from tartib.cases.operations import note
from tartib.customers.identity import Account
from tartib.flow.decide import decide
from tartib.flow.facts import Decision, Event, Facts, Refusal
from tartib.journal.models import ActorKind
from tartib.journal.operations import Actor
from tartib.notify.to_shop import tell_of_words
from tartib.orders.plugs import CANCEL, RETURN

LONGEST = 2_000


class Refused(Exception):
    """The case's process does not allow it now."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Something a customer may ask for: the event it is, its words, and whether the case's process allows it now.

    `done` is whether it takes effect at once; else the shop decides.
    """

    event: str
    text: str | Promise
    allowed: bool
    done: bool = False


_WISHES = {CANCEL: _("Cancel the order"), RETURN: _("Send it back")}
_SAID = {CANCEL: _("Please cancel the order."), RETURN: _("I would like to send it back.")}


def wishes(case: Case, *, now: datetime) -> list[Wish]:
    """What could be asked for in a case of this kind. What it has left behind or not come to yet is not allowed."""
    known = {move.event for move in case.flow.moves} & _WISHES.keys()
    if not known:
        return []
    facts = Facts(case.status, case.since, case.placed_at, plugs.facts([case.pk])[case.pk])
    found = []
    for event in _WISHES:
        if event in known:
            answer = decide(case.flow, facts, Event(event), now)
            done = isinstance(answer, Decision) and answer.status.closed
            found.append(Wish(event, _WISHES[event], isinstance(answer, Decision), done))
    return found


@transaction.atomic
def ask(account: Account, case: Case, event: str, words: str, *, now: datetime) -> None:
    """Ask for something: a move like any other, with the customer's words beside it. Raises `Refused`."""
    if event not in _WISHES:
        raise Refused
    who = _actor(account)
    outcome = advance(case.shop, [case.pk], Event(event), who, now=now)
    refusal: Refusal | None = outcome.refused.get(case.pk)
    if refusal is not None:
        raise Refused(refusal.code)
    said = "\n".join(part for part in (str(_SAID[event]), words) if part)
    note(case, said, who, shown=True, now=now, by="customer")
    case.refresh_from_db()
    tell_of_words(case.shop, case, _SAID[event], words, now=now)


def _actor(account: Account) -> Actor:
    return Actor(ActorKind.CUSTOMER, account.customer.name or str(account), account.customer_id)
