"""B3, B5, X7: programs say who is responsible, for one case and many, once each, and take it back."""

from __future__ import annotations

import pytest

from tartib.cases.models import Case
from tartib.shops.models import Membership, Role, Shop
from tartib.support.operations import Written, ask
from tests.api.client import Program
from tests.factories import NOW, make_order, make_orders, make_shop, make_staff

pytestmark = pytest.mark.django_db


def member(shop: Shop, name: str) -> Membership:
    return make_staff(shop, Role.EXPERT, name).memberships.get(shop=shop)


def test_an_order_is_handed_over_with_its_reason_and_given_back() -> None:
    shop = make_shop()
    case, to = make_order(shop), member(shop, "Nadia")
    program = Program(shop)
    people = program.get("/people").json()["people"]
    assert {"id": to.pk, "name": "Nadia", "role": "expert"} in people
    answer = program.post(f"/orders/{case.code}/assignments", {"to": to.pk, "reason": "Speaks Ukrainian"})
    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert (said["case"], said["responsible"], said["version"]) == (case.code, "Nadia", 2)
    (entry, *_rest) = program.get(f"/orders/{case.code}/timeline").json()["entries"]
    assert entry["kind"] == "assigned"
    assert entry["data"] == {"from": "Olive Owner", "to": "Nadia", "how": "hand-over", "reason": "Speaks Ukrainian"}
    mover = Program(shop, "moves:write").post(f"/acts/{said['act']}/undo")
    assert (mover.status_code, mover.json()["needs"]) == (403, "assignments:write")
    back = program.post(f"/acts/{said['act']}/undo").json()
    assert (back["moved"], back["given_back"], back["refused"]) == ([], [case.code], [])
    assert Case.objects.get(pk=case.pk).owner == shop.default_owner


def test_a_claim_is_refused_where_somebody_has_it() -> None:
    shop = make_shop()
    case, first, second = make_order(shop), member(shop, "Nadia"), member(shop, "Tom")
    program = Program(shop)
    assert program.post(f"/orders/{case.code}/assignments", {"to": first.pk, "claim": True}).status_code == 201
    again = program.post(f"/orders/{case.code}/assignments", {"to": first.pk, "claim": True}).json()
    assert (again["responsible"], again["act"]) == ("Nadia", None)
    refused = program.post(f"/orders/{case.code}/assignments", {"to": second.pk, "claim": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "taken")
    assert "Nadia" in refused.json()["detail"]


def test_many_of_both_kinds_go_in_one_act_and_once_for_one_key() -> None:
    shop = make_shop()
    orders, to = make_orders(shop, 2), member(shop, "Nadia")
    question, foreign = ask(shop, Written("Where?"), now=NOW, about=orders[0]), make_order(make_shop())
    program = Program(shop)
    body = {"cases": [one.code for one in (*orders, question, foreign)], "to": to.pk}
    first = program.post("/assignments", body, Idempotency_Key="k-1")
    again = program.post("/assignments", body, Idempotency_Key="k-1")
    assert first.json() == again.json() and again["Idempotency-Replayed"] == "true"
    said = first.json()
    assert set(said["assigned"]) == {orders[0].code, orders[1].code, question.code}
    assert [(one["case"], one["code"]) for one in said["refused"]] == [(foreign.code, "not-found")]
    one = program.post(f"/requests/{question.code}/assignments", {"to": shop.default_owner_id})
    assert one.json()["responsible"] == "Olive Owner"


@pytest.mark.parametrize("to", [0, 2**62, "1", None])
def test_nobody_else_can_be_responsible(to: object) -> None:
    shop = make_shop()
    case = make_order(shop)
    answer = Program(shop).post(f"/orders/{case.code}/assignments", {"to": to})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/to"
