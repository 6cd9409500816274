"""Reads of messages and templates: what became of a case's messages, what failed, and how a wording looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.functional import Promise

from tartib.cases import hooks, kinds
from tartib.cases.models import Case
from tartib.cases.queries import workflows
from tartib.flow.workflow import Status, Workflow
from tartib.notify import defaults, service
from tartib.notify.defaults import Wording
from tartib.notify.models import TO_CUSTOMERS, TROUBLED, Channel, Message, MessageKind, NoticeAddress, Template
from tartib.notify.rendering import Rendered, render, status_words, words_of
from tartib.shops.models import Shop

LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class TemplateSlot:
    """A place for wording: a status the customer sees, a channel, a language; `own` where the shop wrote its own."""

    status: Status
    channel: str
    language: str
    own: bool


def of_case(case: Case) -> QuerySet[Message]:
    """Everything that was, is or was not to be told about a case, newest first."""
    return Message.objects.filter(case=case).order_by("-pk")


def troubled(shop: Shop, *, now: datetime) -> QuerySet[Message]:
    """Messages of the last thirty days that did not reach anybody and wait for a decision of staff, newest first."""
    return (
        Message.objects.filter(shop=shop, case__isnull=False, state__in=TROUBLED, created_at__gte=now - LATELY)
        .select_related("case__customer")
        .order_by("-pk")
    )


def trouble_counts(shop: Shop, *, now: datetime) -> Mapping[str, int]:
    """How many messages of the last thirty days failed, by channel."""
    counts = dict.fromkeys(Channel.values, 0)
    for channel in troubled(shop, now=now).order_by().values_list("channel", flat=True):
        counts[channel] += 1
    return counts


def templates(shop: Shop) -> list[TemplateSlot]:
    """Every wording of a shop, in the order of its workflow: each status customers see, by channel and language."""
    own = set(Template.objects.filter(shop=shop).values_list("status", "channel", "language"))
    return [
        TemplateSlot(status, channel, language, (status.code, channel, language) in own)
        for status in shop_statuses(shop).values()
        if status.shown
        for channel in TO_CUSTOMERS
        for language in shop.languages
    ]


def template(shop: Shop, status: str, channel: str, language: str) -> Wording:
    """The wording in use: the shop's own, or the one that ships. KeyError when the shop has no such status."""
    flow, there = _standings(shop)[status]
    own = Template.objects.filter(shop=shop, status=status, channel=channel, language=language).first()
    return Wording(own.subject, own.body) if own else shipped(flow, there, channel, language)


def shipped(flow: Workflow, status: Status, channel: str, language: str) -> Wording:
    """The wording that ships for a status of a workflow; for the one where cases begin, that they are here."""
    begins = status.code == flow.start
    return defaults.wording(status.phase, channel, language, placed=begins, kind=flow.kind)


def words() -> dict[str, str | Promise]:
    """The words a template may use, each with what it stands for."""
    return {name: text for source in hooks.connected.template_variables for name, text in source.names.items()}


def preview(case: Case, status: str, channel: str, language: str, draft: Wording, *, note: str = "") -> Rendered:
    """How a wording would look for a real case. Never raises; words that do not exist show as nothing."""
    known = words_of({case.pk}, language)[case.pk]
    held = kinds.circumstances_of([case]).get(case.pk, frozenset())
    known |= status_words(case.workflow_id, status, language, held) | {"note": note}
    return render(draft, known, channel=channel, language=language, shop=case.shop, kind=case.kind)


def of_move(case: Case, status: str, language: str, note: str) -> Rendered:
    """The SMS that a move of the case to that status sends in that language: its words as they are now."""
    own = Template.objects.filter(shop=case.shop, status=status, channel=Channel.SMS, language=language).first()
    phase = case.flow.statuses[status].phase
    usual = defaults.wording(phase, Channel.SMS, language, kind=case.kind)
    draft = Wording(own.subject, own.body) if own else usual
    return preview(case, status, Channel.SMS, language, draft, note=note)


def of_reply(case: Case, language: str) -> Rendered:
    """The SMS that sends the customer of a case in that language to what staff have answered."""
    return of_words(case, language, "")


def of_words(case: Case, language: str, words: str) -> Rendered:
    """The SMS that brings what staff write to the customer of a case in that language, or leads to it."""
    draft = defaults.letter(MessageKind.REPLY, Channel.SMS, language, of=case.kind)
    return preview(case, case.status, Channel.SMS, language, draft, note=words)


def samples(shop: Shop, case: Case, known: Mapping[str, str], language: str) -> dict[tuple[str, str], Rendered]:
    """What is told of each status of the case's kind by SMS and in the subject of others, with its words `known`.

    Under the status "" stands what confirms that an order is here.
    """
    own = {(t.status, t.channel): t for t in Template.objects.filter(shop=shop, language=language)}
    found: dict[tuple[str, str], Rendered] = {}
    for code, (flow, status) in _standings(shop).items():
        if flow.kind != case.kind:
            continue
        words = {**known, "status": status.name.say(language), "status_text": status.customer.say(language)}
        begins = code == flow.start and kinds.connected[case.kind].confirmed
        for channel, placed in [(c, False) for c in TO_CUSTOMERS] + [(c, True) for c in TO_CUSTOMERS if begins]:
            written = own.get((code, channel))
            usual = defaults.wording(status.phase, channel, language, placed=placed, kind=flow.kind)
            text = Wording(written.subject, written.body) if written else usual
            # An e-mail is not laid out for the sake of its subject.
            brief = text if channel == Channel.SMS else Wording(text.subject, "")
            way = Channel.SMS if channel == Channel.SMS else Channel.PUSH
            found["" if placed else code, channel] = render(
                brief, words, channel=way, language=language, shop=shop, kind=case.kind
            )
    return found


def entered(shop: Shop) -> set[str]:
    """The statuses of a shop into which a move leads; the others are where cases begin and never come back to."""
    return {move.target for kind in kinds.connected for flow in workflows(shop, kind) for move in flow.moves}


def unreached(shop: Shop) -> int:
    """How many open cases have a customer with a phone alone, while the shop has no SMS service; 0 where it has one."""
    if service.of(shop) is not None:
        return 0
    waiting = Case.objects.filter(shop=shop, closed_at=None, customer__email="", customer__wants_sms=True)
    return waiting.exclude(customer__phone="").count()


def shop_statuses(shop: Shop) -> dict[str, Status]:
    """The statuses of a shop's workflows by code: those of orders before others, those of the newest first."""
    return {code: status for code, (_flow, status) in _standings(shop).items()}


def begins(shop: Shop) -> str:
    """The status in which new orders of a shop begin; "" where it has no workflow yet."""
    return next((flow.start for flow, _status in _standings(shop).values()), "")


def kind_of(shop: Shop, status: str) -> str:
    """The kind of case that can stand in a status of the shop's."""
    return _standings(shop)[status][0].kind


def _standings(shop: Shop) -> dict[str, tuple[Workflow, Status]]:
    found: dict[str, tuple[Workflow, Status]] = {}
    for kind in kinds.connected:
        for flow in workflows(shop, kind):
            for code, status in flow.statuses.items():
                found.setdefault(code, (flow, status))
    return found


def notice_addresses(shop: Shop) -> QuerySet[NoticeAddress]:
    """Where the shop's people are told of new orders, besides the shop's own e-mail address."""
    return NoticeAddress.objects.filter(shop=shop).order_by("channel", "address")
