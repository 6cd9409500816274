"""Where an order from elsewhere stands in each preset, and where its goods are (requirements A1, D1, E2)."""

from __future__ import annotations

import pytest

from tartib.flow.presets import preset, presets
from tartib.imports.records import STATES
from tartib.imports.statuses import chosen, goods_gone, status_of, usual

EXPECTED = {
    "essential": "pending pending failed processing processing on-hold completed completed processing completed"
    " cancelled refunded refunded",
    "delivery": "received received received paid in-processing received shipped in-transit ready done"
    " cancelled returned returned",
    "checkout": "incomplete recorded incomplete recorded preparing recorded sent sent sent delivered"
    " cancelled refunded refunded",
}


@pytest.mark.parametrize("code", presets("order"))
def test_every_state_has_its_status(code: str) -> None:
    assert list(usual(preset(code)).values()) == EXPECTED[code].split()
    assert set(usual(preset(code))) == set(STATES)


def test_a_paid_order_in_processing_stands_at_paid_where_there_is_such_a_status() -> None:
    flow = preset("delivery")
    assert status_of(usual(flow), flow, "processing", "paid") == "paid"
    assert status_of(usual(flow), flow, "processing", "unpaid") == "in-processing"
    checkout = preset("checkout")
    assert status_of(usual(checkout), checkout, "processing", "paid") == "preparing"


def test_a_choice_counts_if_the_workflow_has_it() -> None:
    flow = preset("essential")
    assert chosen(flow, {"paid": "on-hold", "shipped": "gone", "nonsense": "pending"}) == usual(flow) | {
        "paid": "on-hold"
    }


def test_where_the_goods_have_left_the_shelf() -> None:
    assert goods_gone(preset("essential")) == {"processing", "completed"}
    assert goods_gone(preset("checkout")) == {"preparing", "sent", "delivered"}
    assert goods_gone(preset("delivery")) == {
        "paid", "picking", "packed", "shipped", "in-transit", "arrived", "ready", "done",
    }  # fmt: skip
