"""What a decision is made from and what it answers: facts, triggers, decisions, refusals."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files

from tartib.flow.words import Words
from tartib.flow.workflow import Move, Status

_COMMAS = {"ar": "، ", "fa": "، ", "zh-hant": "、"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a case: where it stands, since when, when it was placed, and what the guards may ask.

    All times carry their zone. `values` is filled by the rooms above (orders, payments): see `guards.GUARDS[…].asks`.
    """

    status: str
    since: datetime
    placed_at: datetime
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ByHand:
    """A person of that role wants the case in the target status."""

    target: str
    role: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened outside: "payment.confirmed", "carrier.delivered"… `note` tells more of it."""

    name: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Timer:
    """Time has passed."""


Trigger = ByHand | Event | Timer


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes: the move to make, and the status it leads to."""

    move: Move
    status: Status


@dataclass(frozen=True, slots=True)
class Refusal:
    """No, and why: a reason of `reasons.toml` with what fills its places.

    `params` may hold text, numbers, exact amounts, times, Words (said in the reader's language) and tuples of these.
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    def say(self, language: str, shown: Mapping[str, str] | None = None) -> str:
        """The reason as a sentence: what is the matter and what to do.

        `shown` replaces params by texts made elsewhere: an amount with its currency, a time in the shop's zone.
        """
        words = reasons().get(self.code)
        if words is None:
            return phrase(reasons()["unexplained"], {"code": self.code}, language)
        return phrase(words, {**self.params, **(shown or {})}, language)


@cache
def reasons() -> Mapping[str, Words]:
    """All reasons by code, from `reasons.toml`."""
    return _section("reason")


@cache
def findings() -> Mapping[str, Words]:
    """What `check` can find, by code."""
    return _section("finding")


@cache
def role_names() -> Mapping[str, Words]:
    """What the roles of staff are called."""
    return _section("role")


def phrase(words: Words, params: Mapping[str, object], language: str) -> str:
    """The words in that language with their places filled; a place that nothing fills shows a dash."""
    return words.say(language).format_map(_Filled({name: _text(value, language) for name, value in params.items()}))


class _Filled(dict[str, str]):
    """Answers kept from an earlier version may lack a param that today's text names: that must not break a page."""

    def __missing__(self, name: str) -> str:
        return "—"


@cache
def fact_names() -> Mapping[str, Words]:
    """What the facts that guards ask for are called."""
    return _section("fact")


def _section(name: str) -> Mapping[str, Words]:
    text = files("tartib.flow").joinpath("reasons.toml").read_text(encoding="utf-8")
    return {code: Words(texts) for code, texts in tomllib.loads(text)[name].items()}


def _text(value: object, language: str) -> str:
    match value:
        case Words():
            return value.say(language)
        case tuple():
            return _COMMAS.get(language, ", ").join(_text(part, language) for part in value)
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
        case _:
            return str(value)
