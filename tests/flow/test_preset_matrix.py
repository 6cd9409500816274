"""Every preset as a full from × to matrix, compared with what `decide` answers for each pair (A1, D1, E2, X1).

h: by hand, e: on an event, t: by time, dot: not at all.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tartib.flow import ByHand, Decision, Event, Facts, Timer, Trigger, decide, preset, presets

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=365)

MATRICES = {
    "essential": """
            pending failed processing completed on-hold cancelled refunded
pending     .       he     he         .         he      he        .
failed      h       .      he         .         e       he        .
processing  .       .      .          h         he      h         he
completed   .       .      h          .         .       .         he
on-hold     h       .      h          .         .       h         he
cancelled   h       .      .          .         e       .         he
refunded    .       .      .          .         .       .         .
    """,
    "delivery": """
              received in-processing paid picking packed shipped in-transit arrived ready done problem returned cancelled
received      .        h             he   .       .      .       .          .       .     .    he      .        he
in-processing .        .             he   h       .      .       .          .       .     .    he      .        he
paid          .        .             .    h       .      .       .          .       .     .    he      .        h
picking       .        .             .    .       h      .       .          .       .     .    h       .        h
packed        .        .             .    h       .      he      he         e       h     e    h       .        h
shipped       .        .             .    .       .      .       het        he      .     he   he      he       .
in-transit    .        .             .    .       .      .       .          he      h     he   he      he       .
arrived       .        .             .    .       .      .       .          .       h     he   he      he       .
ready         .        .             .    .       .      .       .          .       .     he   he      he       .
done          .        .             .    .       .      .       .          .       .     .    h       h        .
problem       .        h             .    h       .      .       h          .       h     he   .       he       h
returned      .        h             .    .       .      .       .          .       .     .    .       .        .
cancelled     h        .             .    .       .      .       .          .       .     .    e       .        .
    """,  # noqa: E501
    "checkout": """
              incomplete recorded preparing sent delivered under-review cancelled refunded
incomplete    .          he       .         .    .         he           he        .
recorded      .          .        h         .    .         he           h         he
preparing     .          h        .         he   h         he           h         he
sent          .          .        .         .    he        he           .         he
delivered     .          .        .         .    .         h            .         he
under-review  .          h        h         h    he        .            h         he
cancelled     .          h        .         .    .         e            .         he
refunded      .          .        .         .    .         .            .         .
    """,
    "support": """
           new in-work answered settled dismissed withdrawn
new        .   h       e        h       h         e
in-work    .   .       e        h       h         e
answered   .   e       .        ht      .         e
settled    .   he      .        .       .         .
dismissed  .   he      .        .       .         .
withdrawn  .   .       .        .       .         .
    """,
}

# Between them these satisfy every guard: paid in advance and paid on receipt exclude each other.
PAID = {
    "total": Decimal(100),
    "paid": Decimal(100),
    "credited": Decimal(100),
    "refunded": Decimal(100),
    "pays_on_receipt": False,
    "tracking_number": "20450000000001",
    "hold_hours": 24,
}
VALUES = (PAID, PAID | {"pays_on_receipt": True})


def table(text: str) -> dict[tuple[str, str], str]:
    """(from, to) -> the letters in that cell, sorted."""
    head, *rows = [line.split() for line in text.strip().splitlines()]
    cells = {}
    for source, *ways in rows:
        for target, letters in zip(head, ways, strict=True):
            cells[source, target] = "".join(sorted(letters.strip(".")))
    return cells


def ways(code: str, source: str, target: str) -> str:
    """How a case gets from one status straight to the other, by asking `decide` for everything that could happen."""
    workflow = preset(code)
    events = {move.event for move in workflow.moves if move.event}
    triggers: list[tuple[str, Trigger]] = [
        ("h", ByHand(target, "manager", "why")),
        *(("e", Event(name)) for name in events),
        ("t", Timer()),
    ]
    found = set()
    for values in VALUES:
        facts = Facts(source, LONG_AGO, LONG_AGO, values)
        for letter, trigger in triggers:
            answer = decide(workflow, facts, trigger, NOW)
            if isinstance(answer, Decision) and answer.status.code == target:
                found.add(letter)
    return "".join(sorted(found))


@pytest.mark.parametrize("code", presets())
def test_what_may_follow_what(code: str) -> None:
    """A1, D1, D7, E2: the matrix is the process, whole: nothing more is allowed and nothing less."""
    expected = table(MATRICES[code])
    statuses = tuple(preset(code).statuses)
    assert set(expected) == {(source, target) for source in statuses for target in statuses}
    assert {pair: ways(code, *pair) for pair in expected} == expected
