"""By what a customer is told: one rule for every message, of what is named, what they have, and what the shop says.

Letters (e-mail, SMS) stand in for each other: where none of those that are to go reaches the customer, the other does.
Push messages go besides and never instead of a letter.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tartib.cases.models import Case
from tartib.notify import channels, sql
from tartib.notify.models import TO_CUSTOMERS, Channel, MessageSettings, Reason, Sending, Switch
from tartib.notify.sql import Person
from tartib.shops.models import Shop

LETTERS = (Channel.EMAIL, Channel.SMS)
OTHER: Mapping[str, Channel] = {Channel.EMAIL: Channel.SMS, Channel.SMS: Channel.EMAIL}
AS_NAMED = None
"""For what is asked for by hand, or written in words of its own: the shop's switches do not speak of it."""
CONFIRMATION = ""
"""The status under which the switches of the confirmation that a case was opened are kept."""
_ALONE = ("", "")
"""Where `rules` reads that letters do not stand in for each other; a switch always names a channel."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a shop says of its messages: whether letters stand in, what it cannot send (see `Reason`), its switches."""

    stand_in: bool
    unready: Mapping[str, str]
    switches: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def absent(self, channel: str) -> bool:
        """Whether the shop has nothing to send by that channel with."""
        return self.unready[channel] == Reason.NO_SERVICE

    def sending(self, status: str | None, channel: str, named: Collection[str]) -> str:
        """Whether a message about that status goes by a channel: see `Sending`."""
        usual = Sending.ALWAYS if channel in named else Sending.INSTEAD
        said = self.switches.get((status, channel), usual) if status is not AS_NAMED else usual
        confirms = status == CONFIRMATION and channel in LETTERS
        return usual if confirms and said == Sending.NEVER else said


@dataclass(frozen=True, slots=True)
class Way:
    """A channel with the recipient at its end; `off`: it is not used, because the shop has switched it off."""

    channel: str
    recipient: str
    off: bool = False


def rules(shop: Shop) -> Rules:
    """The rules of a shop, in one query besides the look for its services: every move asks for them."""
    alone = MessageSettings.objects.filter(shop=shop, letters_stand_in=False).values_list(*map(Value, (*_ALONE, "")))
    said = Switch.objects.filter(shop=shop).values_list("status", "channel", "sending").union(alone, all=True)
    switches = {(status, channel): sending for status, channel, sending in said}
    stand_in = switches.pop(_ALONE, None) is None
    return Rules(stand_in, {channel: channels.unready(channel, shop) for channel in TO_CUSTOMERS}, switches)


def ways(
    person: Person | None,
    devices: Sequence[str],
    named: Collection[str],
    rules: Rules,
    *,
    status: str | None = AS_NAMED,
    by_hand: bool = False,
) -> list[Way]:
    """By what a customer is told of `status`, where the channels `named` are wanted; none named, nobody is told.

    Whoever chose a channel by hand has it tried, even without a service, so that they see that it cannot be.
    """
    if not named:
        return []
    sending: dict[str, str] = {channel: rules.sending(status, channel, named) for channel in TO_CUSTOMERS}
    found = _letters(person, sending, rules, by_hand=by_hand)
    found += [
        Way(channel, person.reached_by(channel), off=True)
        for channel in LETTERS
        if person and channel in named and sending[channel] == Sending.NEVER and person.reached_by(channel)
    ]
    if sending[Channel.PUSH] == Sending.ALWAYS:
        found += [Way(Channel.PUSH, name) for name in devices]
    elif Channel.PUSH in named and sending[Channel.PUSH] == Sending.NEVER:
        found += [Way(Channel.PUSH, name, off=True) for name in devices[:1]]
    return found


@dataclass(frozen=True, slots=True)
class Reach:
    """By what a customer is told as a rule, and what hinders that where nothing reaches them."""

    ways: list[Way]
    hindrance: str | Promise = ""

    @property
    def letter(self) -> Way | None:
        """The letter by which they are told."""
        return next((way for way in self.ways if way.channel in LETTERS), None)


def of_case(case: Case) -> Reach:
    """How the customer of a case can be told of it. Its `shop` is loaded."""
    person = sql.people([case.customer_id]).get(case.customer_id) if case.customer_id else None
    devices = sql.devices(case.shop_id, [(case.pk, case.customer_id)]).get(case.pk, [])
    own = rules(case.shop)
    found = ways(person, devices, (Channel.EMAIL, Channel.PUSH), own)
    return Reach(found, "" if found else _hindrance(person, own))


def _hindrance(person: Person | None, rules: Rules) -> str | Promise:
    if person is None or not (person.email or person.phone):
        return _("neither an e-mail address nor a phone is known.")
    if not any(person.reached_by(channel) for channel in LETTERS):
        return _("they do not want to be told.")
    if not person.reached_by(Channel.SMS) or not rules.absent(Channel.SMS):
        return _("they are not told by e-mail, and the shop sends no SMS in its place.")
    return _("they are not told by e-mail, and the shop has no SMS service.")


def _letters(person: Person | None, sending: Mapping[str, str], rules: Rules, *, by_hand: bool) -> list[Way]:
    wanted = [channel for channel in LETTERS if sending[channel] == Sending.ALWAYS]
    if person is None or not wanted:
        return []
    at = {channel: person.reached_by(channel) for channel in LETTERS if not rules.absent(channel)}
    sound = [channel for channel in wanted if at.get(channel) and not person.refuses(channel)]
    instead = [c for c in LETTERS if sending[c] == Sending.INSTEAD and at.get(c) and not person.refuses(c)]
    if not sound and rules.stand_in and instead:
        sound = instead
    # Where nothing else is left, an address that refused a letter before may take this one.
    taken = sound or [channel for channel in wanted if at.get(channel)]
    found = [Way(channel, at[channel]) for channel in taken]
    if by_hand:
        found += [Way(c, person.reached_by(c)) for c in wanted if rules.absent(c) and person.reached_by(c)]
    return found
