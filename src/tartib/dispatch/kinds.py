"""The kinds of work there are. Each describes itself once: what happened, what to do, until when, and who may do it.

A kind of a room below is described here in `dispatch` (`money`); a room above describes its own. `project.wiring` lists
all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tartib.journal.operations import Actor
from tartib.l10n import money, names
from tartib.shops.access import May

if TYPE_CHECKING:
    from tartib.dispatch.models import WorkRecord

Text = str | Promise
"""Words in the reader's language; `%(name)s` in them stands for the fact of that name."""


class Impossible(Exception):
    """An act cannot be done now; the message says why, to the person who wanted to do it."""


@dataclass(frozen=True, slots=True)
class Act:
    """What can be done about a finding, as one button: either the domain call `do`, or a `page` of the desk to go to.

    `do` is called with the record, what the person wrote, who they are and when, in the transaction that settles the
    record; it raises `Impossible`. With `closes` false the record stays open until the finding is over by itself.
    `args` names the facts that the page's address is made of. The act is offered where the record has all facts it
    `needs`, and, with `of_case`, its case. `asks` is the question the person answers first; `warns` says what follows.
    """

    code: str
    label: Text
    icon: str
    do: Callable[[WorkRecord, str, Actor, datetime], None] | None = None
    page: str = ""
    args: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    of_case: bool = False
    asks: Text = ""
    warns: Text = ""
    closes: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work. `acts` are what can be done, the proposed one first; whoever `may` acts, settles it otherwise.

    `area` is what it is about, one of `AREAS`. `within` is the time for it where the finding itself has none. `by_hand`
    is done besides when somebody settles it otherwise, so that no other list still shows it. `lasts` names the facts
    that say nothing about a person and stay when one is erased; `choices` are the words for facts that are codes.
    `owes_answer`: somebody waits for an answer, which the page of the case has its own place for. So that page does not
    show the record besides, and nobody settles it by a note that they would never read.
    """

    code: str
    title: Text
    happened: Text
    todo: Text
    may: May
    within: timedelta = timedelta(days=1)
    acts: tuple[Act, ...] = ()
    area: str = "other"
    by_hand: Callable[[WorkRecord, Actor, datetime], None] | None = None
    lasts: frozenset[str] = frozenset()
    choices: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)
    owes_answer: bool = False


AREAS: Mapping[str, Text] = {"money": _("Money"), "customers": _("Customers’ requests"), "other": _("Other")}
"""What kinds of work are about, by their codes."""
connected: Mapping[str, Kind] = {}
"""The kinds by their codes: `project.wiring` says which there are."""

FACTS: dict[str, Text] = {
    "amount": _("Amount"),
    "currency": _("Currency"),
    "asked": _("Asked for"),
    "due": _("Due"),
    "ours": _("Recorded here"),
    "gateway": _("Gateway"),
    "account": _("Account"),
    "method": _("Way of payment"),
    "reference": _("Reference"),
    "reason": _("Reason"),
    "order": _("Order"),
    "sender": _("Sender"),
    "items": _("Pieces"),
}
"""What facts are called; others are shown under the name they were told by."""
INNER = frozenset({"currency", "refund", "payment", "request", "source", "unmatched"})
"""Facts that programs need: numbers of rows, and the currency, which is said with each amount."""
AMOUNTS = frozenset({"amount", "asked", "due", "ours"})
"""Facts that are money of the `currency` beside them."""


def kind(code: str) -> Kind:
    """The kind of that code. One that nobody has described is no reason to forget the work: it is described so far."""
    return connected.get(code) or Kind(
        code, _("Needs a person"), _("Something was found that nobody described: %(kind)s."),
        _("Look into it, then say how it was settled."), May.MOVE,
    )  # fmt: skip


def areas() -> list[tuple[str, Text, list[Kind]]]:
    """All kinds by what they are about: the code of each area, its name, its kinds."""
    found: dict[str, list[Kind]] = {}
    for one in connected.values():
        found.setdefault(one.area, []).append(one)
    return [(area, AREAS[area], of) for area, of in found.items()]


def among(code: str) -> list[str]:
    """The codes of the kinds that `code` names: that of one kind, or of an area; none where it names nothing."""
    return [one.code for one in connected.values() if code in (one.code, one.area)]


def say(text: Text, record: WorkRecord, language: str) -> str:
    """Words about a record in `language`, which has to be the active one, with its facts in them kept whole."""
    return str(text) % _Shown(record, language)


def offered(record: WorkRecord) -> list[Act]:
    """What can be done about a record, the proposed act first."""
    return [
        act
        for act in kind(record.kind).acts
        if all(record.facts.get(name) for name in act.needs) and (record.case_id is not None or not act.of_case)
    ]


def evidence(record: WorkRecord, language: str) -> list[tuple[str, str]]:
    """What is known of a finding: each fact under its name, amounts as the reader writes them.

    Numbers of rows say nothing to a person and are left out.
    """
    facts: Mapping[str, str] = record.facts
    shown = _Shown(record, language)
    return [
        (str(FACTS.get(name, name)), shown[name]) for name, value in facts.items() if name not in INNER and str(value)
    ]


class _Shown(dict[str, str]):
    """The facts of a record as they stand in a sentence; one that is not known is a dash."""

    def __init__(self, record: WorkRecord, language: str) -> None:
        super().__init__(code=names.isolate(record.code), kind=names.isolate(record.kind))
        currency = str(record.facts.get("currency", ""))
        choices = kind(record.kind).choices
        for name, value in record.facts.items():
            said = _amount(value, currency, language) if name in AMOUNTS else str(value)
            self[name] = names.isolate(str(choices.get(name, {}).get(said, said)))

    def __missing__(self, _name: str) -> str:
        return "—"


def _amount(value: object, currency: str, language: str) -> str:
    """An amount as its reader writes it; what is none, as it was told."""
    try:
        amount = Decimal(str(value))
        return money.show(amount, currency, language) if amount.is_finite() and currency else str(value)
    except InvalidOperation:
        return str(value)
