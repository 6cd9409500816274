"""Requirement X7: programs place, read and correct orders."""

import pytest

from tartib.cases.models import Case
from tartib.cases.operations import delete
from tartib.customers.models import Customer
from tartib.journal.models import Entry
from tartib.journal.operations import SYSTEM
from tartib.notify.models import Message
from tests.api.client import Program, order
from tests.factories import NOW, make_order, make_orders, make_product, make_shop, move

pytestmark = pytest.mark.django_db


def test_an_order_is_placed_with_exact_money_and_its_address() -> None:
    shop = make_shop(currency="UAH", country="UA")
    program = Program(shop)

    answer = program.post("/orders", order(number="#7", ship_to={"city": "Львів", "country": "UA"}, staff_note="VIP"))

    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert (said["subtotal"], said["shipping"], said["total"], said["currency"]) == ("240.00", "30.00", "270.00", "UAH")
    assert said["customer"] == {
        "name": "Оксана",
        "email": "oksana@example.com",
        "phone": "+380501234567",
        "phone_written": "+380501234567",
    }
    assert said["ship_to"] == {"city": "Львів", "country": "UA"}
    assert answer["Location"] == f"/api/v1/orders/{said['code']}"
    assert answer["ETag"] == '"1"'
    entry = Entry.objects.get(case_id=Case.objects.get(code=said["code"]).pk, kind="created")
    assert (entry.actor_kind, entry.actor_name) == ("api", "Warehouse")
    assert program.get(f"/orders/{said['code']}").json() == said


def test_an_external_id_places_one_order() -> None:
    program = Program(make_shop())
    first = program.post("/orders", order(external_id="77"))
    second = program.post("/orders", order(external_id="77", number="other"))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert Case.objects.count() == 1


def test_currency_decides_how_many_decimals_an_amount_may_have() -> None:
    program = Program(make_shop(currency="IRR"))
    answer = program.post("/orders", order(lines=[{"name": "تی‌شرت", "price": "1000.5"}]))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] in ("#/lines/0/price", "#/shipping")
    kept = program.post("/orders", order(shipping="0", lines=[{"name": "تی‌شرت", "price": "1000"}])).json()
    assert (kept["total"], kept["lines"][0]["name"]) == ("1000", "تی‌شرت")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"lines": []}, "#/lines"),
        ({"lines": [{"name": " ", "price": "1"}]}, "#/lines/0/name"),
        ({"lines": [{"name": "x\u0000y", "price": "1"}]}, "#/lines/0/name"),
        ({"lines": [{"name": "x", "price": 1.5}]}, "#/lines/0/price"),
        ({"lines": [{"name": "x", "price": "-1"}]}, "#/lines/0/price"),
        ({"lines": [{"name": "x", "price": "1e9"}]}, "#/lines/0/price"),
        ({"lines": [{"name": "x", "price": "١٢"}]}, "#/lines/0/price"),
        ({"lines": [{"name": "x", "price": "1", "discount": "2"}]}, "#/lines/0/discount"),
        ({"lines": [{"name": "x", "price": "1", "quantity": 0}]}, "#/lines/0/quantity"),
        ({"lines": [{"name": "x", "price": "1", "quantity": "2"}]}, "#/lines/0/quantity"),
        ({"lines": [{"name": "x", "price": "9999999999", "quantity": 100_000}] * 20}, "#/lines"),
        ({"customer": {"name": "x", "email": "nobody"}}, "#/customer/email"),
        ({"customer": {"name": "\ud800"}}, "#/customer/name"),
        ({"currency": "uah"}, "#/currency"),
        ({"placed_at": "2025-01-01T00:00:00"}, "#/placed_at"),
        ({"placed_at": "1900-01-01T00:00:00Z"}, "#/placed_at"),
        ({"placed_at": "9999-12-31T23:59:59Z"}, "#/placed_at"),
        ({"ip": "fe80::1%eth0"}, "#/ip"),
        ({"colour": "red"}, "#/colour"),
    ],
)  # fmt: skip
def test_what_is_not_valid_is_named_with_its_place_and_changes_nothing(change: dict[str, object], pointer: str) -> None:
    answer = Program(make_shop()).post("/orders", order(**change))
    assert answer.status_code == 422, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert not Case.objects.exists()
    assert not Customer.objects.exists()


def test_codes_are_found_in_any_spelling() -> None:
    shop = make_shop()
    case = make_order(shop)
    spelt = case.code.lower().translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert Program(shop).get(f"/orders/{spelt}").json()["code"] == case.code


def test_a_list_goes_on_at_its_cursor_in_as_many_queries_for_three_as_for_one(
    django_assert_num_queries: object,
) -> None:
    shop = make_shop()
    program = Program(shop)
    make_orders(shop, 1)
    program.get("/orders")
    with django_assert_num_queries(5):  # type: ignore[operator]
        assert len(program.get("/orders").json()["orders"]) == 1
    make_orders(shop, 4)
    with django_assert_num_queries(5):  # type: ignore[operator]
        first = program.get("/orders?limit=3&sort=placed")
    assert first["Link"].startswith("</api/v1/orders?limit=3&sort=placed&cursor=")
    second = program.get(f"/orders?limit=3&sort=placed&cursor={first.json()['next']}").json()
    codes = [one["code"] for one in first.json()["orders"] + second["orders"]]
    assert codes == list(Case.objects.order_by("placed_at", "pk").values_list("code", flat=True))
    assert second["next"] is None


def test_filters_narrow_and_mistyped_ones_are_refused() -> None:
    shop = make_shop()
    one, _other = make_orders(shop, 2)
    program = Program(shop)
    move(one, "cancelled")
    assert [o["code"] for o in program.get("/orders?status=cancelled").json()["orders"]] == [one.code]
    for query in (
        "statuss=cancelled", "status=a%00b", "limit=0", "limit=x", "cursor=zzz", "sort=name", "phase=sleeping",
        "amount_from=1e999999", "placed_to=9999-12-31", "placed_from=never", "placed_from=0", "placed_to=1764460800",
        "placed_from=1405-09-09", "placed_from=tomorrow", "late=perhaps",
        "cursor=WyIyMDI1LTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwgMWU0MDBd", "cursor=W1tbW1tbW1tb",
    ):  # fmt: skip
        assert program.get(f"/orders?{query}").status_code in (400, 422), query


def test_a_correction_is_on_the_timeline_and_needs_the_version_that_was_seen() -> None:
    shop = make_shop(country="UA")
    case = make_order(shop)
    program = Program(shop)
    seen = program.get(f"/orders/{case.code}")["ETag"]

    first = program.patch(f"/orders/{case.code}", {"customer": {"phone": "0671234567"}}, If_Match=seen)
    late = program.patch(f"/orders/{case.code}", {"language": "fa"}, If_Match=seen)

    assert first.status_code == 200
    assert first.json()["customer"]["phone"] == "+380671234567"
    assert first["ETag"] == '"2"'
    assert late.status_code == 412
    assert late.json()["changed"]["by"] == "Warehouse"
    assert late.json()["changed"]["version"] == 2
    assert late["ETag"] == '"2"'
    assert Entry.objects.filter(case_id=case.pk, kind="edited").count() == 1
    for given in ("two", ""):
        assert program.patch(f"/orders/{case.code}", {}, If_Match=given).status_code == 400


def test_a_parcel_moves_the_order_where_the_workflow_waits_for_it() -> None:
    shop = make_shop("delivery")
    case = make_order(shop, make_product(shop))
    program = Program(shop)
    body = {"carrier": "Nova Poshta", "tracking_number": "20451234567890", "tracking_url": "https://np.example/2045"}
    said = program.put(f"/orders/{case.code}/parcel", body)
    assert said.status_code == 200, said.content
    assert said.json()["parcel"]["tracking_number"] == "20451234567890"
    assert program.put(f"/orders/{case.code}/parcel", {**body, "tracking_url": "javascript:x"}).status_code == 422


def test_the_timeline_comes_in_stretches_with_what_staff_wrote() -> None:
    shop = make_shop()
    case = make_order(shop)
    program = Program(shop)
    for_staff = program.post(f"/orders/{case.code}/notes", {"text": "Call first"})
    assert (for_staff.status_code, for_staff.json()["sent"]) == (201, False)
    assert not Message.objects.filter(case=case).exists()
    for _again in range(2):
        thanks = {"text": "Thank you", "shown": True}
        to_customer = program.post(f"/orders/{case.code}/notes", thanks, Idempotency_Key="n-9")
        assert (to_customer.status_code, to_customer.json()["sent"]) == (201, True)
    assert Message.objects.get(case=case, channel="email").note == "Thank you"
    first = program.get(f"/orders/{case.code}/timeline?limit=2").json()
    assert [entry["data"].get("text") for entry in first["entries"]] == ["Thank you", "Call first"]
    rest = program.get(f"/orders/{case.code}/timeline?cursor={first['next']}").json()
    assert [entry["kind"] for entry in rest["entries"]] == ["created"]
    assert program.get(f"/orders/{case.code}/timeline?cursor=x").status_code == 422


def test_a_payment_counts_once_and_moves_the_order() -> None:
    shop = make_shop(currency="UAH")
    case = make_order(shop)
    program = Program(shop)
    body = {"amount": str(case.amount)[:-1], "currency": "UAH", "method": "LiqPay"}

    wrong = program.post(f"/orders/{case.code}/payments", body | {"currency": "USD"})
    first = program.post(f"/orders/{case.code}/payments", body, Idempotency_Key="p-1")
    again = program.post(f"/orders/{case.code}/payments", body, Idempotency_Key="p-1")

    assert wrong.status_code == 422
    assert first.status_code == 201, first.content
    assert first.json()["payment"] == "paid"
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    assert case.payments.count() == 1


def test_a_deleted_order_is_not_found() -> None:
    shop = make_shop()
    case = make_order(shop)
    delete(shop, [case.pk], SYSTEM, reason="double", now=NOW)
    assert Program(shop).get(f"/orders/{case.code}").status_code == 404
