"""A file is read while the database stores: the same things, in the same order, and no more than one too many."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tartib.integrations.ahead import ahead


def test_the_same_things_come_in_the_same_order() -> None:
    """None left out, none twice; nothing of nothing."""
    assert list(ahead(iter(range(1, 100)))) == list(range(1, 100))
    assert list(ahead(iter(()))) == []


def test_the_next_is_made_while_one_is_in_use_and_not_more() -> None:
    """The next thing is ready without being asked for, and the one after it is not begun: memory stays bounded."""
    made: list[int] = []
    second = threading.Event()

    def numbers() -> Iterator[int]:
        for number in range(1, 10):
            made.append(number)
            if number == 2:
                second.set()
            yield number

    taken = ahead(numbers())
    assert next(taken) == 1
    assert second.wait(10)
    assert made == [1, 2]
    taken.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ahead")]


def test_what_goes_wrong_is_raised_in_its_place() -> None:
    """What came before a failure is given first; the failure is the taker's to hear of."""

    def numbers() -> Iterator[int]:
        yield 1
        raise OSError("the disk is gone")

    taken = ahead(numbers())
    assert next(taken) == 1
    with pytest.raises(OSError, match="the disk is gone"):
        next(taken)
