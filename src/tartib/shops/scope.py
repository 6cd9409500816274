"""Whose data the work at hand may touch: the database shows and takes rows of that shop alone, whatever is asked of it.

What comes in (a page, a request to the API, a letter, a notice, a job) finds out first which shop it is about, by one
of the functions below, and does all the rest within `scope`. Each returns the number of a shop and nothing more: they
are the only ones that look across shops, by the rights of the tables' owner (see `shops.definers`). A statement outside
of any scope about a table of shops is an error.

Entering a scope opens no transaction and asks nothing: `project.postgres` tells the database at the beginning of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeVar, cast

from django.db import InterfaceError, OperationalError, connection

from tartib.shops import sql

T = TypeVar("T")
NOBODYS: Final = 0
"""A scope in which there is nothing: of what a key leads to that is nobody's."""

_shop: ContextVar[int | None] = ContextVar("tartib_scope", default=None)


def current() -> int | None:
    """The number of the shop whose data may be touched; None outside of any scope."""
    return _shop.get()


def at_hand() -> int:
    """The same for what is done within a scope alone; raises `LookupError` elsewhere."""
    shop_id = _shop.get()
    if shop_id is None:
        raise LookupError("no shop is at hand outside of any scope")
    return shop_id


@contextmanager
def scope(shop_id: int) -> Iterator[None]:
    """Let what is done meanwhile touch the data of that shop, and of no other."""
    before = _shop.set(shop_id)
    tell = cast("Any", connection).tell_scope
    tell()
    try:
        yield
    finally:
        _shop.reset(before)
        tell()


def in_each(shops: Iterable[int], work: Callable[[], T]) -> list[T]:
    """Do something within the scope of one shop after the other. One that fails keeps no other from its turn.

    What failed is raised in the end, together.
    """
    done: list[T] = []
    problems: list[Exception] = []
    for shop_id in shops:
        try:
            with scope(shop_id):
                done.append(work())
        except (OperationalError, InterfaceError):
            raise
        except Exception as problem:
            problem.add_note(f"in the scope of shop {shop_id}")
            problems.append(problem)
    if problems:
        raise ExceptionGroup("of some shops it could not be done", problems)
    return done


def shop_of(key: str, value: object) -> int | None:
    """The shop to which something belongs that is known by one of its keys: `shop_of("slug", "roshan")`."""
    if isinstance(value, str) and "\0" in value:
        return None
    return next(iter(sql.numbers_from(f"shop_of_{key}", [value])), None)


def shops_with(work: str, *given: object) -> list[int]:
    """The shops that have work of a kind to be done, those first that wait the longest: `shops_with("timers", now)`."""
    return sql.numbers_from(f"shops_with_{work}", given)


def every_shop() -> list[int]:
    """All shops."""
    return sql.numbers_from("every_shop", [])


def practice_shops() -> list[int]:
    """The shops in which everything is invented."""
    return sql.numbers_from("practice_shops", [])


def shops_of_person(user_id: int) -> list[int]:
    """The shops in which somebody works now, the first one first."""
    return sql.numbers_from("shops_of_person", [user_id])
