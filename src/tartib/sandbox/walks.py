"""What becomes of practice orders: walks through each preset, by real moves, ending in every one of its statuses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Walk:
    """A way an order takes: what happens to it, each time so many hours after it was placed.

    An act is `pay`, `fail`, `refund` or `track`, an event of the machines (with a dot or a dash in it and a full stop),
    or else the status to which somebody moves it. `share` says how many orders in a hundred go this way.
    """

    share: int
    acts: tuple[tuple[float, str], ...]
    on_receipt: bool = False


def _walk(share: int, text: str, *, on_receipt: bool = False) -> Walk:
    acts = []
    for word in text.split():
        hours, _colon, act = word.partition(":")
        acts.append((float(hours), act))
    return Walk(share, tuple(acts), on_receipt)


_SENT = "0:pay 3:picking 8:packed 22:track 26:carrier.in-transit"
_SENT_ON_RECEIPT = "2:in-processing 5:picking 9:packed 23:track 27:carrier.in-transit"

WALKS: dict[str, tuple[Walk, ...]] = {
    "delivery": (
        _walk(26, f"{_SENT} 70:carrier.arrived 92:carrier.delivered"),
        _walk(8, f"{_SENT} 66:carrier.delivered"),
        _walk(14, f"{_SENT_ON_RECEIPT} 74:carrier.arrived 98:pay 99:done", on_receipt=True),
        _walk(5, f"{_SENT} 72:carrier.arrived"),
        _walk(4, "1:in-processing 6:pay 9:picking 13:packed 26:ready 60:done"),
        _walk(3, "0:pay 4:picking 8:packed 26:ready"),
        _walk(4, f"{_SENT} 50:carrier.damaged"),
        _walk(3, f"{_SENT} 52:problem 70:in-transit 90:carrier.arrived"),
        _walk(4, f"{_SENT} 74:carrier.arrived 190:carrier.returned 214:refund"),
        _walk(5, "2:in-processing 20:cancelled"),
        _walk(4, "0:fail 30:cancelled"),
        _walk(3, "0:pay 4:picking 8:packed"),
        _walk(3, "0:pay 4:picking"),
        _walk(3, "0:pay"),
        _walk(3, "2:in-processing"),
        _walk(4, ""),
        _walk(4, "0:pay 4:picking 8:packed 24:track"),
        _walk(3, _SENT),
    ),
    "essential": (
        _walk(48, "0:pay 20:completed"),
        _walk(8, "2:processing 26:completed", on_receipt=True),
        _walk(7, "0:fail 18:pay 40:completed"),
        _walk(6, "0:pay 30:completed 120:refund"),
        _walk(8, "0:pay"),
        _walk(6, "0:pay 8:on-hold"),
        _walk(4, "6:on-hold 40:pending 44:pay 60:completed"),
        _walk(6, "0:fail"),
        _walk(5, "30:cancelled"),
        _walk(5, ""),
    ),
    "checkout": (
        _walk(42, "0:pay 5:preparing 28:track 76:carrier.delivered"),
        _walk(8, "0:checkout.finished 6:preparing 28:track 80:pay 81:delivered", on_receipt=True),
        _walk(6, "0:pay 5:preparing 28:track"),
        _walk(6, "0:pay 5:preparing"),
        _walk(5, "0:pay"),
        _walk(4, "0:checkout.finished"),
        _walk(6, "0:pay 5:preparing 28:track 60:carrier.damaged"),
        _walk(4, "0:pay 5:preparing 20:under-review"),
        _walk(5, "0:pay 5:preparing 28:track 76:carrier.delivered 150:refund"),
        _walk(4, "0:pay 12:cancelled 30:refund"),
        _walk(4, "0:fail 20:cancelled"),
        _walk(6, ""),
    ),
}
