"""Which status of a shop's workflow an order from elsewhere takes: by well-known codes, else by phase. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tartib.flow.workflow import Workflow
from tartib.imports.records import STATES

# State -> the codes it is likely to have in a workflow, then the phases that come nearest. The first that exists wins.
_LIKELY: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = MappingProxyType(
    {
        "incomplete": (("incomplete", "pending", "received"), ("waiting",)),
        "pending": (("pending", "received", "recorded"), ("waiting",)),
        "failed": (("failed", "incomplete", "received"), ("problem", "waiting")),
        "paid": (("paid", "processing", "recorded"), ("working", "waiting")),
        "processing": (("processing", "preparing", "in-processing"), ("working",)),
        "on-hold": (("on-hold", "received", "recorded"), ("waiting", "problem")),
        "shipped": (("shipped", "sent"), ("moving", "done")),
        "in-transit": (("in-transit", "sent"), ("moving", "done")),
        "ready": (("ready", "arrived", "sent"), ("ready", "moving", "working")),
        "completed": (("completed", "done", "delivered"), ("done",)),
        "cancelled": (("cancelled",), ("ended", "done")),
        "refunded": (("refunded", "returned", "cancelled"), ("ended", "done")),
        "returned": (("returned", "refunded", "cancelled"), ("ended", "done")),
    }
)
_GONE_PHASES: Final = frozenset({"working", "moving", "ready", "done"})


def usual(flow: Workflow) -> dict[str, str]:
    """State -> status code of `flow`, for every state that a file may tell."""
    return {state: _of(flow, state) for state in STATES}


def chosen(flow: Workflow, given: Mapping[str, str]) -> dict[str, str]:
    """The usual statuses with what a shop wants otherwise; a status that the workflow does not have is passed over."""
    return usual(flow) | {state: code for state, code in given.items() if state in STATES and code in flow.statuses}


def status_of(statuses: Mapping[str, str], flow: Workflow, state: str, payment_state: str) -> str:
    """The status of an order in `state`.

    A platform's "processing" says nothing of payment: where the workflow has a status of work for paid orders, a paid
    order is there.
    """
    paid = statuses["paid"]
    if state == "processing" and payment_state == "paid" and flow.status(paid).phase == "working":
        return paid
    return statuses[state]


def goods_gone(flow: Workflow) -> frozenset[str]:
    """The statuses in which an order's goods have left the shelf: those after a move that deducts them."""
    gone = {move.target for move in flow.moves if "stock.deduct" in move.effects and _keeps_goods(flow, move.target)}
    before = -1
    while len(gone) != before:
        before = len(gone)
        gone |= {
            move.target
            for move in flow.moves
            if move.source in gone and "stock.return" not in move.effects and _keeps_goods(flow, move.target)
        }
    return frozenset(gone)


def _keeps_goods(flow: Workflow, code: str) -> bool:
    return flow.status(code).phase in _GONE_PHASES


def _of(flow: Workflow, state: str) -> str:
    codes, phases = _LIKELY[state]
    for code in codes:
        if code in flow.statuses:
            return code
    for phase in phases:
        for code, status in flow.statuses.items():
            if status.phase == phase:
                return code
    return flow.start
