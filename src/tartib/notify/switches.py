"""What a shop says of its messages, status by status: by which channels they go, and what they say there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tartib.cases import kinds
from tartib.cases.models import Case
from tartib.cases.queries import workflows
from tartib.flow.workflow import Status
from tartib.notify import queries, reaching
from tartib.notify.models import TO_CUSTOMERS, Channel, Sending, Switch
from tartib.notify.reaching import CONFIRMATION, LETTERS, Rules
from tartib.notify.rendering import Rendered, words_of
from tartib.shops.models import Shop

LETTER_CHOICES = tuple(Sending)
DEVICE_CHOICES = (Sending.ALWAYS, Sending.NEVER)
CONFIRMED = (Sending.ALWAYS, Sending.INSTEAD)


@dataclass(frozen=True, slots=True)
class Cell:
    """A message by one channel: when it goes, what else can be chosen, and what it says for a case of the shop."""

    channel: Channel
    sending: Sending
    choices: tuple[Sending, ...]
    own: bool
    says: Rendered | None


@dataclass(frozen=True, slots=True)
class Row:
    """A status of the shop, or (None) the confirmation; `code` names it among the switches, `template` its wording.

    `reaches` says what its switches come to: whom letters tell, and who is told nothing.
    """

    code: str
    template: str
    status: Status | None
    cells: list[Cell]
    reaches: str


def told_by_workflow(shop: Shop) -> dict[str, set[str]]:
    """By which channels the workflows in use tell of each status by themselves, and (under "") of a case opened."""
    told: dict[str, set[str]] = {CONFIRMATION: {Channel.EMAIL, Channel.PUSH}}
    for kind in kinds.connected:
        for flow in workflows(shop, kind)[:1]:
            told.setdefault(flow.start, set()).update(told[CONFIRMATION])
            for move in flow.moves:
                told.setdefault(move.target, set()).update(move.notify)
    return told


def grid(shop: Shop, language: str) -> list[Row]:
    """All of a shop's messages about statuses, the confirmation first. A fixed number of queries."""
    statuses = {code: status for code, status in queries.shop_statuses(shop).items() if status.shown}
    if not statuses:
        return []
    told = told_by_workflow(shop)
    rules = reaching.rules(shop)
    says = _says(shop, language)
    first = queries.begins(shop)
    entered = queries.entered(shop)
    rows = [(CONFIRMATION, first, None), *((c, c, status) for c, status in statuses.items() if c in entered)]
    found = []
    for code, template, status in rows:
        cells = [
            Cell(
                channel,
                Sending(rules.switches.get((code, channel)) or _usual(channel, told.get(code, ()))),
                _choices(code, channel),
                (code, channel) in rules.switches,
                says.get((code, channel)),
            )
            for channel in TO_CUSTOMERS
        ]
        found.append(Row(code, template, status, cells, reached({cell.channel: cell.sending for cell in cells}, rules)))
    return found


def reached(sending: Mapping[str, str], rules: Rules) -> str:
    """Whom letters tell where a message goes so by each channel, in words; as `reaching.ways` has it."""
    email, sms = (sending[channel] == Sending.ALWAYS for channel in LETTERS)
    no_sms = rules.absent(Channel.SMS)
    stands_in = {channel: rules.stand_in and sending[channel] == Sending.INSTEAD for channel in LETTERS}
    if email and sms and not no_sms:
        return _("Told by e-mail and by SMS, as far as an address and a phone are known.")
    if email and stands_in[Channel.SMS] and not no_sms:
        return _("Told by e-mail, and by SMS where no e-mail reaches them.")
    if sms and no_sms and stands_in[Channel.EMAIL]:
        return _("Told by e-mail, as long as there is no SMS service.")
    if sms and stands_in[Channel.EMAIL]:
        return _("Told by SMS, and by e-mail where no SMS reaches them.")
    if email:
        return _("Told by e-mail. Whoever no e-mail reaches is told nothing.")
    if sms and not no_sms:
        return _("Told by SMS. Whoever no SMS reaches is told nothing.")
    if sms:
        return _("Nobody is told, as there is no SMS service.")
    if Sending.INSTEAD in (sending[channel] for channel in LETTERS):
        return _("Nobody is told by e-mail or SMS: “Only” stands in for a channel that is set to “Always”.")
    return _("Nobody is told by e-mail or SMS.")


@transaction.atomic
def switch(shop: Shop, chosen: Mapping[tuple[str, str], str]) -> None:
    """Have the messages about statuses go as chosen, by status and channel; what is as the workflow has it is not kept.

    Raises `ValidationError` for what there is not, and where the confirmation would go by no letter.
    """
    statuses, told = queries.shop_statuses(shop), told_by_workflow(shop)
    for (status, channel), sending in chosen.items():
        known = status == CONFIRMATION or (status in statuses and statuses[status].shown)
        if not known or channel not in TO_CUSTOMERS or sending not in _choices(status, channel):
            raise ValidationError(_("There are no messages of this kind."))
    confirms = [chosen[CONFIRMATION, channel] for channel in LETTERS if (CONFIRMATION, channel) in chosen]
    if len(confirms) == len(LETTERS) and Sending.ALWAYS not in confirms:
        raise ValidationError(
            _("An order is confirmed by e-mail or by SMS in any case. Choose “Always” for one of them.")
        )
    Switch.objects.filter(shop=shop).delete()
    Switch.objects.bulk_create(
        Switch(shop=shop, status=status, channel=channel, sending=sending)
        for (status, channel), sending in chosen.items()
        if sending != _usual(channel, told.get(status, ()))
    )


def _usual(channel: str, told: Collection[str]) -> Sending:
    if channel in told:
        return Sending.ALWAYS
    return Sending.NEVER if channel == Channel.PUSH else Sending.INSTEAD


def _choices(status: str, channel: str) -> tuple[Sending, ...]:
    if channel == Channel.PUSH:
        return DEVICE_CHOICES
    return CONFIRMED if status == CONFIRMATION else LETTER_CHOICES


def _says(shop: Shop, language: str) -> dict[tuple[str, str], Rendered]:
    """What the messages say by status and channel, for the newest case of each kind; nothing for kinds without one."""
    found: dict[tuple[str, str], Rendered] = {}
    for kind in kinds.connected:
        newest = Case.objects.filter(shop=shop, kind=kind).defer("search").order_by("-placed_at", "-pk").first()
        if newest is not None:
            newest.shop = shop
            known = words_of({newest.pk}, language)[newest.pk]
            found |= queries.samples(shop, newest, known, language)
    return found
