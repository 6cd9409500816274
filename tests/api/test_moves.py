"""Requirements X7, E3: programs move orders, one or many, once each, and take moves back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tartib.cases.engine import advance
from tartib.cases.models import Act, Case
from tartib.flow.facts import ByHand
from tests.api.client import Program
from tests.factories import NOW, actor, make_order, make_orders, make_product, make_shop, pay

pytestmark = pytest.mark.django_db


def test_a_permitted_move_is_made_and_tells_its_version() -> None:
    shop = make_shop()
    case = make_order(shop)
    program = Program(shop)
    permitted = program.get(f"/orders/{case.code}/moves").json()["moves"]
    assert {"cancelled"} <= {one["to"] for one in permitted if one["permitted"]}

    answer = program.post(f"/orders/{case.code}/moves", {"to": "cancelled", "note": "By mistake"}, If_Match='"1"')

    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert (said["order"], said["to"], said["version"]) == (case.code, "cancelled", 2)
    assert answer["ETag"] == '"2"'
    case.refresh_from_db()
    assert case.status == "cancelled"


def test_a_refused_move_says_why_in_the_callers_language() -> None:
    shop = make_shop()
    case = make_order(shop)
    program = Program(shop)
    english = program.post(f"/orders/{case.code}/moves", {"to": "completed"})
    chinese = program.post(f"/orders/{case.code}/moves", {"to": "completed"}, Accept_Language="zh-HK, en;q=0.5")
    assert english.status_code == chinese.status_code == 409
    assert english.json()["code"] == chinese.json()["code"]
    assert english.json()["detail"] != chinese.json()["detail"]
    assert chinese["Content-Language"] == "zh-hant"
    assert program.post(f"/orders/{case.code}/moves", {"to": "nowhere"}).status_code == 409


def test_the_same_key_moves_once_and_another_body_is_refused() -> None:
    shop = make_shop()
    case = make_order(shop)
    program = Program(shop)
    body = {"to": "cancelled", "note": "By mistake"}
    first = program.post(f"/orders/{case.code}/moves", body, Idempotency_Key="k-1")
    again = program.post(f"/orders/{case.code}/moves", body, Idempotency_Key="k-1")
    other = program.post(f"/orders/{case.code}/moves", body | {"note": "Else"}, Idempotency_Key="k-1")
    silent = program.post(f"/orders/{case.code}/moves", body | {"notify": []}, Idempotency_Key="k-1")
    elsewhere = program.post(f"/orders/{case.code}/notes", {"text": "x"}, Idempotency_Key="k-1")
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert [one.status_code for one in (other, silent, elsewhere)] == [422] * 3
    assert other.json()["code"] == "key-reused"
    assert Act.objects.filter(shop=shop).count() == 1
    assert program.post(f"/orders/{case.code}/moves", body, Idempotency_Key="ключ").status_code == 400


def test_a_version_that_has_passed_is_refused_with_who_changed_it() -> None:
    shop = make_shop()
    case = make_order(shop)
    program = Program(shop)
    program.patch(f"/orders/{case.code}", {"language": "fa"})
    late = program.post(f"/orders/{case.code}/moves", {"to": "cancelled", "note": "x"}, If_Match='"1"')
    assert late.status_code == 412
    assert late.json()["changed"]["by"] == "Warehouse"
    assert late.json()["changed"]["status"]["code"] == case.status


def test_many_orders_move_in_one_act_each_with_its_answer() -> None:
    shop, other = make_shop(), make_shop()
    product = make_product(shop, pieces=1)
    cases = make_orders(shop, 2, product)
    foreign = make_order(other)
    for case in cases:
        pay(case)
    program = Program(shop)
    body = {"to": "cancelled", "note": "Sold out", "orders": [c.code for c in cases] + [foreign.code, "NO-SUCH"]}

    shown = program.post("/moves/bulk", body | {"preview": True}).json()
    assert shown["act"] is None
    assert set(Case.objects.filter(shop=shop).values_list("version", flat=True)) == {
        c.version for c in Case.objects.filter(pk__in=[c.pk for c in cases])
    }
    done = program.post("/moves/bulk", body, Idempotency_Key="b-1").json()
    again = program.post("/moves/bulk", body, Idempotency_Key="b-1").json()

    assert {one["order"] for one in done["moved"]} == {case.code for case in cases}
    assert {one["order"]: one["code"] for one in done["refused"]} == {foreign.code: "not-found", "NO-SUCH": "not-found"}
    assert (shown["moved"], shown["effects"]) == (done["moved"], done["effects"])
    assert again == done
    foreign.refresh_from_db()
    assert foreign.status != "cancelled"


def test_an_act_is_undone_once_and_only_by_its_shop() -> None:
    shop, other = make_shop(), make_shop()
    case = make_order(shop)
    program = Program(shop)
    was = case.status
    act = program.post(f"/orders/{case.code}/moves", {"to": "cancelled", "note": "x"}).json()["act"]

    assert Program(other).post(f"/acts/{act}/undo").status_code == 404
    undone = program.post(f"/acts/{act}/undo", Idempotency_Key="u-1")
    again = program.post(f"/acts/{act}/undo", Idempotency_Key="u-1")
    late = program.post(f"/acts/{act}/undo")

    assert undone.status_code == 200, undone.content
    assert undone.json()["moved"][0]["to"] == was
    assert again.json() == undone.json()
    assert (late.status_code, late.json()["code"]) == (409, "undone-already")
    assert program.post("/acts/nonsense/undo").status_code == 404


def test_an_act_that_moved_nothing_cannot_be_undone() -> None:
    shop = make_shop()
    case = make_order(shop)
    program = Program(shop)
    program.post(f"/orders/{case.code}/notes", {"text": "x"}, Idempotency_Key="n-1")
    act = Act.objects.get(shop=shop)
    assert program.post(f"/acts/{act.pk}/undo").json()["code"] == "nothing-to-undo"


def test_the_workflow_speaks_the_callers_language() -> None:
    program = Program(make_shop())
    english, persian = (program.get("/workflow", Accept_Language=one).json() for one in ("en", "fa-IR"))
    assert [s["code"] for s in english["statuses"]] == [s["code"] for s in persian["statuses"]]
    assert english["statuses"][0]["name"] != persian["statuses"][0]["name"]


def test_a_move_needs_three_queries_besides_the_engines() -> None:
    shop = make_shop()
    cases = make_orders(shop, 3)
    program = Program(shop)
    program.post(f"/orders/{cases[0].code}/moves", {"to": "cancelled", "note": "warm"})
    who = actor(shop)
    with CaptureQueriesContext(connection) as engine:
        advance(shop, [cases[1].pk], ByHand("cancelled", "owner", "x"), who, now=NOW, key="engine alone")
    with CaptureQueriesContext(connection) as api:
        program.post(f"/orders/{cases[2].code}/moves", {"to": "cancelled", "note": "x"}, Idempotency_Key="q")
    assert len(api) == len(engine) + 3, "whose key, the key and the order"
