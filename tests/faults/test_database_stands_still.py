"""The database stands still: it takes connections and questions, and answers none of them, until it goes on."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.running import asking, postmaster, running, until
from tests.faults.test_database_dies import BACK, is_over, proved, taken_again

STILL = 30.0
TOLD = 10.0
"""Within how many seconds everybody has an answer, whether a thread had begun with theirs or not."""


def test_a_database_that_stands_still_is_an_interruption(tmp_path: Path) -> None:
    """X3: whoever waits, in a thread or for one, is told within seconds when to come again; nothing is done twice."""
    with running(tmp_path / "data") as at:
        # More at once than there are threads: without an answer to the others all would wait.
        with asking(at, hands=24) as heard:
            taken_again(heard, 60)
            with standing_still(postmaster(at.server)):
                time.sleep(STILL)
                assert heard.refused, "nobody was told"
                assert heard.longest < TOLD, f"somebody waited {heard.longest:.1f} s"
            back = time.monotonic()
            taken_again(heard, BACK)
            is_over(heard, back)
        proved(at, heard, hands=24)
        until(at.answers, BACK)


@contextmanager
def standing_still(first: int) -> Iterator[None]:
    """Have the database's processes, the first and all it started, stand still meanwhile."""
    own = [first, *_children(first)]
    for number in own:
        os.kill(number, signal.SIGSTOP)
    try:
        yield
    finally:
        for number in own:
            os.kill(number, signal.SIGCONT)


def _children(parent: int) -> list[int]:
    return [int(number) for number in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
