"""Records as their rows, cards and page show them: what happened, what is proposed, what the reader may do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from tartib.cases.deadlines import is_late
from tartib.desk.access import StaffRequest
from tartib.dispatch import kinds
from tartib.dispatch.kinds import Act
from tartib.dispatch.models import WorkRecord
from tartib.shops.access import may
from tartib.web import audience


@dataclass(frozen=True, slots=True)
class Button:
    """An act as a button: a link to `url`, or a form that posts there when `asks` is answered, `warns` confirmed."""

    code: str
    label: str
    icon: str
    url: str
    leads: bool
    asks: str
    warns: str


@dataclass(frozen=True, slots=True)
class Row:
    """A record in words. `otherwise`: it can be settled by a note of how, too.

    `problem` is what was wrong with what was sent about it, `words` what was written there.
    """

    record: WorkRecord
    title: str
    happened: str
    reason: str
    todo: str
    evidence: list[tuple[str, str]]
    buttons: list[Button]
    may: bool
    otherwise: bool
    late: bool
    problem: str = ""
    opened: str = ""
    words: str = ""


def rows(request: StaffRequest, records: Iterable[WorkRecord], *, of_order: bool = False) -> list[Row]:
    """Those records for whoever asks; with `of_order` on the page of their order, to which nothing leads then.

    That page has a place of its own for what a customer waits for.
    """
    shown = [record for record in records if not (of_order and kinds.kind(record.kind).owes_answer)]
    return [row(request, record, of_order=of_order) for record in shown]


def row(
    request: StaffRequest,
    record: WorkRecord,
    *,
    of_order: bool = False,
    problem: str = "",
    opened: str = "",
    words: str = "",
) -> Row:
    """One record; `opened` names the form that was sent, with its `problem`."""
    reader = audience.current()
    kind, language = kinds.kind(record.kind), reader.tag
    allowed = may(request.member, kind.may)
    open_still = record.resolved_at is None
    wanted = [act for act in kinds.offered(record) if not (of_order and act.page == "order")]
    made = [_button(request, record, act, language) for act in wanted] if allowed and open_still else []
    buttons = [button for button in made if button is not None]
    reason = kinds.say("%(reason)s", record, language) if record.facts.get("reason") else ""
    return Row(
        record, str(kind.title), kinds.say(kind.happened, record, language),
        reason, kinds.say(kind.todo, record, language), kinds.evidence(record, language), buttons,
        allowed and open_still, not kind.owes_answer,
        open_still and is_late(record.due_at, reader.now), problem, opened, words,
    )  # fmt: skip


def _button(request: StaffRequest, record: WorkRecord, act: Act, language: str) -> Button | None:
    """None where the finding does not name a page that there is."""
    known = record.facts | {"code": record.code}
    try:
        page = (
            reverse(f"desk:{act.page}", args=[request.shop.slug, *(known.get(name, "") for name in act.args)])
            if act.page
            else reverse("desk:attention-act", args=[request.shop.slug, record.pk, act.code])
        )
    except NoReverseMatch:
        return None
    return Button(
        act.code, kinds.say(act.label, record, language), act.icon, page, bool(act.page),
        kinds.say(act.asks, record, language), kinds.say(act.warns, record, language),
    )  # fmt: skip


def address(request: StaffRequest, record: WorkRecord) -> str:
    """The page of a record."""
    return reverse("desk:attention-record", args=[request.shop.slug, record.pk])
