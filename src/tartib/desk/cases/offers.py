"""The moves that the bar of a case offers: as buttons, behind a menu, and those that cannot be made now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms

from tartib.flow.decide import Option
from tartib.flow.facts import Decision
from tartib.flow.workflow import Move

MOST_BUTTONS = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """A move one may ask for. `parcel` asks for the freight number along with it; `opened` where that was refused."""

    move: Move
    filled: bool = False
    parcel: forms.Form | None = None
    opened: bool = False


@dataclass(frozen=True, slots=True)
class Offers:
    """What the bar shows. `money` says that recording money is the likeliest act, before any move.

    Where it is `halted`, what staff usually do in this status is not to be done now.
    """

    main: Sequence[Offer]
    more: Sequence[Offer]
    barred: Sequence[Option]
    money: bool = False
    halted: bool = False

    @property
    def likely(self) -> Move | None:
        """The first of the moves offered."""
        return self.main[0].move if self.main else None


def plain(options: Sequence[Option]) -> Offers:
    """The moves of a case of which none is likelier than to write an answer."""
    permitted = [Offer(option.move) for option in options if isinstance(option.answer, Decision)]
    barred = [option for option in options if not isinstance(option.answer, Decision)]
    return Offers(permitted[:MOST_BUTTONS], permitted[MOST_BUTTONS:], barred)
