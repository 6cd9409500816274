"""Doing things at the same moment, each on a database connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

Result = TypeVar("Result")


def at_once(work: Callable[[int], Result], times: int, hands: int = 8) -> list[Result]:
    """Call `work` with 0 … `times` - 1 from `hands` threads that start together; the results in no certain order."""
    start = Barrier(hands)

    def hand(number: int) -> list[Result]:
        start.wait(timeout=30)
        try:
            return [work(job) for job in range(number, times, hands)]
        finally:
            connection.close()

    with ThreadPoolExecutor(hands) as pool:
        return [result for results in pool.map(hand, range(hands)) for result in results]
