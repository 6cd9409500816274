"""The money, papers and support requests of a shop, as programs read them; and sending money back (X7)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tartib.billing.operations import invoice
from tartib.catalog.models import Stock
from tartib.orders.models import Order
from tartib.payments.attempts import apply_notice, start
from tartib.payments.gateways.protocol import About, Claim, Contest, Fate, GatewayNotice
from tartib.payments.models import Refund
from tartib.payments.operations import record_payment
from tartib.shops.models import Shop
from tartib.support.operations import Written, ask, say
from tests.api.client import Program
from tests.factories import NOW, actor, make_order, make_product, make_shop, pay
from tests.payments.scripted import Scripted, make_account, paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(scripted: Scripted) -> Shop:
    """A shop with an account at a gateway."""
    shop = make_shop()
    make_account(shop)
    return shop


def test_payments_tries_and_papers_are_listed_stretch_by_stretch(shop: Shop) -> None:
    """X7."""
    case, account = make_order(shop), shop.payment_accounts.get()
    attempt = start(shop, case.pk, account, now=NOW)
    for number in range(3):
        apply_notice(account, paid(attempt, f"money-{number}"), now=NOW)
    invoice(shop, case.pk, actor(shop), now=NOW)
    program = Program(shop)
    first = program.get(f"/orders/{case.code}/payments?limit=2")
    rest = program.get(f"/orders/{case.code}/payments?limit=2&cursor={first.json()['next']}").json()
    found = first.json()["payments"] + rest["payments"]
    assert [one["reference"] for one in found] == ["money-2", "money-1", "money-0"]
    assert (rest["next"], found[-1]["amount"], found[0]["flag"]) == (None, "50.00", "excess")
    assert first["Link"].endswith('; rel="next"')
    (tried,) = program.get(f"/orders/{case.code}/attempts").json()["attempts"]
    assert (tried["state"], tried["gateway"], found[0]["attempt"]) == ("paid", "scripted", tried["id"])
    (paper,) = program.get(f"/orders/{case.code}/papers").json()["papers"]
    assert (paper["kind"], paper["number"][:4]) == ("invoice", "INV-")
    assert program.http.get(paper["page"].removeprefix("http://localhost:8000")).status_code == 200
    for query in ("cursor=x", "cursor=1e3", "limit=0", "page=2"):
        assert program.get(f"/orders/{case.code}/payments?{query}").status_code == 422


def send_back(program: Program, code: str, body: dict[str, Any], key: str = "k1") -> Any:
    """The answer to sending money back."""
    return program.post(f"/orders/{code}/refunds", body, Idempotency_Key=key)


def test_money_for_pieces_goes_back_once_with_its_share_of_what_was_taken_off(shop: Shop) -> None:
    """X7, A4: half of the goods of an order with a tenth off, whose tax is on top."""
    product = make_product(shop, price="100.00")
    case = make_order(shop, product, discount=Decimal("10.00"), tax=Decimal("18.00"))
    pay(case)
    assert case.amount == Decimal("108.00")
    program, body = Program(shop), {"pieces": [{"position": 1}], "note": "Too small"}
    answer = send_back(program, case.code, body)
    assert answer.status_code == 201, answer.content
    assert [one["amount"] for one in answer.json()["refunds"]] == ["108.00"]
    assert answer.json()["payment"] == "refunded"
    again = send_back(program, case.code, body)
    assert (again.json(), again["Idempotency-Replayed"]) == (answer.json(), "true")
    assert send_back(program, case.code, {"amount": "1.00"}).json()["code"] == "key-reused"
    assert send_back(program, case.code, {"amount": "1.00"}, "k2").json()["code"] == "too-much"
    assert send_back(program, case.code, body, "k3").status_code == 422, "they are back already"
    assert Refund.objects.count() == 1
    assert Stock.objects.get(product=product).on_hand == 10


def test_shares_of_a_code_are_sensible(shop: Shop) -> None:
    """A piece of several: what it cost after the order's discount, never more than was paid."""
    case = make_order(shop, make_product(shop, price="100.00"), discount=Decimal("25.00"), shipping=Decimal("20.00"))
    assert Order.objects.get(case=case).subtotal == Decimal("100.00")
    pay(case)
    answer = send_back(Program(shop), case.code, {"pieces": [{"position": 1, "shelved": False}]})
    assert [one["amount"] for one in answer.json()["refunds"]] == ["75.00"], "the delivery was made"
    assert send_back(Program(shop), case.code, {}, "k2").json()["refunds"][0]["amount"] == "20.00"


def test_no_money_goes_back_that_did_not_come_in(shop: Shop) -> None:
    case = make_order(shop)
    program = Program(shop)
    out = {"amount": "5.00", "currency": shop.currency, "direction": "out"}
    answer = program.post(f"/orders/{case.code}/payments", out)
    assert (answer.status_code, answer.json()["code"]) == (409, "too-much")
    assert program.get(f"/orders/{case.code}").json()["balance"]["due"] == "50.00"
    pay(case)
    assert program.post(f"/orders/{case.code}/payments", out).status_code == 201
    balance = program.get(f"/orders/{case.code}").json()["balance"]
    assert balance == {"paid": "50.00", "refunded": "5.00", "credited": "5.00", "due": "0.00", "surplus": "0.00"}
    too_much = send_back(program, case.code, {"pieces": [{"position": 1}], "amount": "51.00"})
    assert too_much.json()["code"] == "contradiction"
    assert send_back(program, case.code, {"pieces": [{"position": 1}], "amount": "0.00"}, "k2").json()["refunds"] == []
    assert program.get(f"/orders/{case.code}").json()["lines"][0]["returned"] == 1


def test_money_is_sent_only_of_the_order_that_the_caller_has_seen(shop: Shop) -> None:
    """`If-Match` holds wherever it is said, for money and notes as for moves, and is no reason to do a thing twice."""
    case = make_order(shop)
    pay(case)
    program = Program(shop)
    read = program.get(f"/orders/{case.code}")["ETag"]
    body = {"pieces": [{"position": 1}], "amount": "1.00"}
    sent = {"Idempotency_Key": "k", "If_Match": read}
    assert program.post(f"/orders/{case.code}/refunds", body, **sent).status_code == 201
    assert program.post(f"/orders/{case.code}/refunds", body, **sent).status_code == 201, "the same answer"
    assert Refund.objects.count() == 1
    money = {"amount": "1.00", "currency": shop.currency}
    for path, wanted in (("notes", {"text": "Torn"}), ("refunds", {"amount": "1.00"}), ("payments", money)):
        for seen, status in ((read, 412), ("", 400), ("0", 400)):
            assert program.post(f"/orders/{case.code}/{path}", wanted, If_Match=seen).status_code == status
    assert (Refund.objects.count(), case.payments.filter(direction="in").count()) == (1, 1)


def test_a_position_that_is_named_twice_is_refused_in_words(shop: Shop) -> None:
    case = make_order(shop)
    pay(case)
    answer = send_back(Program(shop), case.code, {"pieces": [{"position": 1}, {"position": 1}]})
    assert (answer.status_code, answer.json()["code"]) == (409, "contradiction")


def test_a_payment_is_recorded_once_by_its_reference(shop: Shop) -> None:
    case, other = make_order(shop), make_order(shop)
    program = Program(shop)
    paid = {"amount": "50.00", "currency": shop.currency, "method": "LiqPay", "reference": "tx-1"}
    for key in ("a", "b"):
        answer = program.post(f"/orders/{case.code}/payments", paid, Idempotency_Key=key)
        assert (answer.status_code, answer.json()["payment"]) == (201, "paid")
    assert case.payments.count() == 1
    for code, changed in ((other.code, paid), (case.code, paid | {"amount": "49.00"})):
        answer = program.post(f"/orders/{code}/payments", changed)
        assert (answer.status_code, answer.json()["code"]) == (409, "reference-used")
    assert program.post(f"/orders/{other.code}/payments", paid | {"method": "Bank"}).status_code == 201


def test_while_a_bank_has_the_money_an_order_tells_programs_what_it_tells_its_customer(shop: Shop) -> None:
    """X7: alone and in a list, in the language asked for; and the status's words again when that was paid anew."""
    case, account = make_order(shop), shop.payment_accounts.get()
    attempt = start(shop, case.pk, account, now=NOW)
    apply_notice(account, paid(attempt), now=NOW)
    program = Program(shop)

    def told(**headers: str) -> list[str]:
        one, many = program.get(f"/orders/{case.code}", **headers).json(), program.get("/orders", **headers).json()
        return [order["status"]["customer"] for order in (one, *many["orders"])]

    before = told()
    claim = Claim("money-1", Contest.OPEN, taken=attempt.amount)
    contested = GatewayNotice(
        "d1", Fate.DONE, About.DISPUTE, attempt.key, "dp-1", attempt.amount, attempt.currency, claim=claim
    )
    apply_notice(account, contested, now=NOW)
    assert all(said.startswith("Your bank is deciding about") for said in told())
    assert all("بانک شما" in said for said in told(Accept_Language="fa"))
    record_payment(shop, case.pk, attempt.amount, attempt.currency, actor(shop), now=NOW)
    assert told() == before


def test_support_requests_are_read_with_what_was_written(shop: Shop, django_assert_num_queries: Any) -> None:
    """X7."""
    case = make_order(shop)
    request = ask(shop, Written("Where is it?"), now=NOW, about=case)
    say(request, Written("It is blue."), now=NOW)
    program = Program(shop)
    read = program.get(f"/requests/{request.code}").json()
    assert (read["about"], [one["text"] for one in read["words"]]) == (case.code, ["Where is it?", "It is blue."])
    assert program.get(f"/requests/{case.code}").status_code == 404, "an order is no request"
    program.get("/requests")
    with django_assert_num_queries(4):
        assert len(program.get("/requests?open=true").json()["requests"]) == 1
    for _number in range(2):
        ask(shop, Written("And this?"), now=NOW, about=case)
    with django_assert_num_queries(4):
        listed = program.get("/requests?limit=2").json()
    assert len(listed["requests"]) == 2
    assert len(program.get(f"/requests?limit=2&cursor={listed['next']}").json()["requests"]) == 1
