"""A file is read while the database stores: the same things, in the same order, and no more than one too many."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator

import pytest

from tartib.imports.ahead import ahead


def test_the_same_things_come_in_the_same_order() -> None:
    """None left out, none twice, none of them being nothing; nothing of nothing."""
    assert list(ahead(iter(range(100)))) == list(range(100))
    assert list(ahead(iter((None, ())))) == [None, ()]
    assert list(ahead(iter(()))) == []


def test_the_next_is_made_while_one_is_in_use_and_not_more() -> None:
    """The next thing is made without being asked for, and the one after it is not begun: memory stays bounded."""
    made = multiprocessing.get_context("fork").Semaphore(0)

    def things() -> Iterator[bytes]:
        while True:
            made.release()
            # More than a pipe holds.
            yield bytes(1_000_000)

    taken = ahead(things())
    assert len(next(taken)) == 1_000_000
    assert made.acquire(timeout=10)
    assert made.acquire(timeout=10)
    assert not made.acquire(timeout=0.1)
    taken.close()
    assert not multiprocessing.active_children()


def test_things_are_made_elsewhere_and_what_goes_wrong_is_raised_in_its_place() -> None:
    """What came before a failure is given first; the failure is the taker's to hear of."""

    def numbers() -> Iterator[int]:
        yield os.getpid()
        raise OSError("the disk is gone")

    taken = ahead(numbers())
    assert next(taken) != os.getpid()
    with pytest.raises(OSError, match="the disk is gone"):
        next(taken)


def test_a_maker_that_is_killed_is_a_failure() -> None:
    """What a killed process has not given is not taken for the end."""

    def numbers() -> Iterator[int]:
        yield 1
        os._exit(1)

    taken = ahead(numbers())
    assert next(taken) == 1
    with pytest.raises(EOFError):
        next(taken)
