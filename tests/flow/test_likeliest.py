"""The act offered first is the likeliest for this order: by where it stands, how it is paid and how it is delivered."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from tartib.flow import Facts, options, preset, presets
from tartib.flow.likeliest import Likely, asks_number, likeliest, needs_number

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PAYS = {"online": {"prepaid"}, "bank": {"prepaid", "transfer"}, "on-receipt": {"on-receipt"}, "other": set[str]()}
GOES = {
    "home": {"home"}, "courier": {"home", "courier"}, "branch": {"branch"}, "pickup": {"pickup"}, "": set[str](),
}  # fmt: skip


def likely(code: str, status: str, pays: str, goes: str, *, paid: bool, role: str = "owner", hold: int = 0) -> Likely:
    """What is likeliest for such an order, as the desk asks it."""
    values = {
        "total": 100, "paid": 100 if paid else 0, "refunded": 0, "credited": 0, "tracking_number": "",
        "pays_on_receipt": pays == "on-receipt", "hold_hours": hold,
    }  # fmt: skip
    held = PAYS[pays] | GOES[goes] | {"paid" if paid else "unpaid"}
    facts = Facts(status, NOW, NOW - timedelta(hours=1), values)
    return likeliest(preset(code), status, options(preset(code), facts, role, NOW), held)


def said(found: Likely) -> str:
    return found.move.target if found.act == "move" and found.move else found.act


@pytest.mark.parametrize(
    ("code", "status", "pays", "goes", "paid", "wanted"),
    [
        # Money: by hand where it comes by hand; a gateway tells of it by itself.
        ("essential", "pending", "bank", "home", False, "money"),
        ("essential", "pending", "other", "home", False, "money"),
        ("essential", "pending", "online", "home", False, "wait"),
        ("essential", "pending", "on-receipt", "home", False, "processing"),
        ("essential", "pending", "bank", "home", True, "processing"),
        ("essential", "on-hold", "bank", "home", False, "money"),
        ("essential", "on-hold", "online", "home", True, "processing"),
        ("essential", "failed", "online", "home", False, "pending"),
        ("essential", "failed", "bank", "home", False, "money"),
        ("essential", "processing", "online", "pickup", True, "completed"),
        ("checkout", "incomplete", "bank", "home", False, "money"),
        ("checkout", "incomplete", "online", "home", False, "wait"),
        ("checkout", "incomplete", "on-receipt", "home", False, "recorded"),
        ("checkout", "recorded", "bank", "home", False, "money"),
        ("checkout", "recorded", "on-receipt", "home", False, "preparing"),
        ("delivery", "received", "bank", "home", False, "in-processing"),
        ("delivery", "in-processing", "bank", "home", False, "money"),
        ("delivery", "in-processing", "online", "home", False, "wait"),
        ("delivery", "in-processing", "on-receipt", "home", False, "picking"),
        ("delivery", "in-processing", "bank", "home", True, "paid"),
        ("delivery", "paid", "online", "branch", True, "picking"),
        # Delivery: each its own way, from packing to handing over.
        ("delivery", "packed", "online", "home", True, "shipped"),
        ("delivery", "packed", "online", "branch", True, "shipped"),
        ("delivery", "packed", "online", "", True, "shipped"),
        ("delivery", "packed", "on-receipt", "home", False, "shipped"),
        ("delivery", "packed", "online", "courier", True, "in-transit"),
        ("delivery", "packed", "on-receipt", "courier", False, "in-transit"),
        ("delivery", "packed", "online", "pickup", True, "ready"),
        ("delivery", "packed", "bank", "pickup", False, "money"),
        ("delivery", "in-transit", "online", "branch", True, "arrived"),
        ("delivery", "in-transit", "online", "home", True, "done"),
        ("delivery", "arrived", "online", "branch", True, "done"),
        ("delivery", "ready", "on-receipt", "pickup", False, "done"),
        ("checkout", "preparing", "online", "home", True, "sent"),
        ("checkout", "preparing", "online", "pickup", True, "delivered"),
        ("checkout", "preparing", "online", "courier", True, "sent"),
        # Out of trouble one goes back to work, and an end asks for nothing.
        ("delivery", "problem", "online", "home", True, "in-processing"),
        ("checkout", "under-review", "online", "home", True, "recorded"),
        ("delivery", "done", "online", "home", True, "wait"),
        ("delivery", "cancelled", "online", "home", True, "wait"),
        ("essential", "completed", "online", "home", True, "wait"),
    ],
)
def test_the_likeliest_act_fits_payment_and_delivery(
    code: str, status: str, pays: str, goes: str, paid: bool, wanted: str
) -> None:
    assert said(likely(code, status, pays, goes, paid=paid)) == wanted


@pytest.mark.parametrize("code", presets("order"))
def test_nothing_likely_breaks_off_goes_back_or_leads_where_such_orders_never_come(code: str) -> None:
    flow = preset(code)
    for status, pays, goes, paid in product(flow.statuses, PAYS, GOES, (False, True)):
        found = likely(code, status, pays, goes, paid=paid)
        if found.act != "move":
            continue
        assert found.move is not None
        here, there = flow.status(status), flow.status(found.move.target)
        case = f"{status} → {there.code}, {pays}, {goes}, paid: {paid}"
        assert there.phase not in ("problem", "ended"), case
        assert there.progress > here.progress or here.phase == "problem", case
        assert there.meets(PAYS[pays] | GOES[goes]), case


def test_an_order_held_back_for_a_time_waits_and_is_not_handed_over_otherwise() -> None:
    assert likely("checkout", "preparing", "online", "home", paid=True, hold=24) == Likely("wait")


def test_what_another_role_has_to_do_is_not_offered_first() -> None:
    assert likely("checkout", "incomplete", "on-receipt", "home", paid=False, role="technician") == Likely("wait")


def test_handing_a_parcel_over_asks_for_its_number() -> None:
    asked = {
        (code, move.source, move.target): needs_number(move)
        for code in presets()
        for move in preset(code).moves
        if move.by == "hand" and asks_number(preset(code), move)
    }
    assert asked == {("delivery", "packed", "shipped"): True, ("checkout", "preparing", "sent"): False}
