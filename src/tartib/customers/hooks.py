"""Where the rooms above meet a person: who sends a code to their account, what each holds of them, and erases.

A room that keeps anything of a person has an exporter and an eraser; `project.wiring` connects them here.
`tests/customers/test_erasing.py` looks into every column of the database and fails for what was forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db.models import Field, Model
from django.utils.functional import Promise

from tartib.customers.identity import Account
from tartib.journal.operations import Actor
from tartib.shops.models import Shop


class Courier(Protocol):
    """Sends a one-time code in the shop's name, in the caller's transaction; `channel` is email or sms."""

    def __call__(
        self, shop: Shop, channel: str, recipient: str, language: str, code: str, *, good_until: datetime, now: datetime
    ) -> None: ...


class Readiness(Protocol):
    """Whether a shop can send by a channel."""

    def __call__(self, shop: Shop, channel: str) -> bool: ...


class Warner(Protocol):
    """Tells the owner of an address, in the caller's transaction, that it does not lead to the account any more.

    `instead` is how the account is reached now, half hidden; `token` is what takes it back
    (`contact_points.take_back`).
    """

    def __call__(
        self, account: Account, channel: str, recipient: str, instead: str, token: str, *, now: datetime
    ) -> None: ...


class Renaming(Protocol):
    """Hears, in the caller's transaction, that customers of a shop are called or reached otherwise from now on."""

    def __call__(self, shop: Shop, customers: Collection[int], /) -> None: ...


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of whom a shop holds something: the customers and accounts they are, and by what else they are known."""

    shop: Shop
    customers: tuple[int, ...]
    accounts: tuple[int, ...]
    names: frozenset[str]
    emails: frozenset[str]
    phones: frozenset[str]

    @property
    def addresses(self) -> frozenset[str]:
        """Every e-mail address and phone they gave."""
        return self.emails | self.phones


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that belongs to what is held of a person: its place in the bundle, and how its content is read."""

    place: str
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Held:
    """One kind of things that are held of a person: a row each, from labels to values, with the files that go with it.

    Labels are lazy translations, and so are values that are words of ours; other values are text, numbers, moments,
    `flow.words.Words`, or lists and mappings of such.
    """

    title: str | Promise
    rows: Sequence[Mapping[str | Promise, object]]
    files: Sequence[Enclosure] = ()


class Exporter(Protocol):
    """Tells what a room holds of a person; notes of staff among themselves only `inner`, for staff who hand it over."""

    def __call__(self, person: Person, *, inner: bool) -> Iterable[Held]: ...


class Eraser(Protocol):
    """Takes a person out of what a room holds, in the caller's transaction, with a fixed number of statements."""

    def __call__(self, person: Person, actor: Actor, /, *, now: datetime) -> None: ...


class Hindrance(Protocol):
    """Why a person cannot be erased yet, a reason each in the active language; none where nothing stands against it."""

    def __call__(self, person: Person) -> Iterable[str]: ...


def row(thing: Model, *fields: str) -> dict[str | Promise, object]:
    """Fields of a stored row under the labels they have everywhere, choices in words."""
    said: dict[str | Promise, object] = {}
    for name in fields:
        field = thing._meta.get_field(name)
        assert isinstance(field, Field)
        value = getattr(thing, name)
        said[field.verbose_name] = dict(field.flatchoices).get(value, value) if field.choices else value
    return said


class Merger(Protocol):
    """Takes over for `mine` what a room holds for the account `other`, which ends, in the caller's transaction."""

    def __call__(self, other: Account, mine: Account, /) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """What the rooms above do for people and hold of them, each in the order in which it is called.

    `project.wiring` says which. `send_code` and `warn` send by whatever can send; `can_send` tells whether it can.
    Erasers lock what they change in this order: cases come first.
    """

    send_code: Courier
    can_send: Readiness
    warn: Warner
    after_rename: Sequence[Renaming] = ()
    exporters: Sequence[Exporter] = ()
    erasers: Sequence[Eraser] = ()
    hindrances: Sequence[Hindrance] = ()
    merge_accounts: Sequence[Merger] = ()


connected: Hooks
