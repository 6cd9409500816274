"""Who may ask: nobody without a key, a key only in its shop and within its scopes; and every error is a problem."""

import json
import re
from datetime import timedelta

import pytest
from django.forms import model_to_dict
from django.test import Client
from django.utils import timezone

from tartib.api import keys, sql
from tartib.cases.models import Case
from tartib.shops.models import ApiKey, Limit
from tartib.shops.operations import revoke_key
from tartib.support.operations import Written, ask
from tests.api.client import ALL, Program, order
from tests.factories import NOW, make_order, make_shop, pay

pytestmark = pytest.mark.django_db

CALLS = [
    ("GET", "/orders", None, "orders:read"),
    ("POST", "/orders", order(), "orders:write"),
    ("GET", "/orders/{code}", None, "orders:read"),
    ("PATCH", "/orders/{code}", {"language": "uk"}, "orders:write"),
    ("PUT", "/orders/{code}/parcel", {"tracking_number": "1"}, "orders:write"),
    ("GET", "/orders/{code}/timeline", None, "orders:read"),
    ("GET", "/orders/{code}/moves", None, "orders:read"),
    ("POST", "/orders/{code}/moves", {"to": "cancelled", "note": "x"}, "moves:write"),
    ("POST", "/orders/{code}/notes", {"text": "x"}, "notes:write"),
    ("POST", "/orders/{code}/payments", {"amount": "1.00", "currency": "USD"}, "payments:write"),
    ("GET", "/orders/{code}/payments", None, "payments:read"),
    ("GET", "/orders/{code}/attempts", None, "payments:read"),
    ("GET", "/orders/{code}/refunds", None, "payments:read"),
    ("POST", "/orders/{code}/refunds", {"amount": "1.00"}, "payments:write"),
    ("GET", "/orders/{code}/papers", None, "orders:read"),
    ("GET", "/requests", None, "support:read"),
    ("GET", "/requests/{code}", None, "support:read"),
    ("POST", "/moves/bulk", {"to": "cancelled", "note": "x", "orders": ["{code}"]}, "moves:write"),
    ("POST", "/acts/00000000-0000-4000-8000-000000000000/undo", None, "moves:write"),
    ("GET", "/workflow", None, "orders:read"),
    ("GET", "/people", None, "orders:read"),
    ("POST", "/orders/{code}/assignments", {"to": "{to}"}, "assignments:write"),
    ("POST", "/requests/{code}/assignments", {"to": "{to}"}, "assignments:write"),
    ("POST", "/assignments", {"to": "{to}", "cases": ["{code}"]}, "assignments:write"),
]


def test_every_operation_is_in_the_table_above() -> None:
    paths = Client().get("/api/v1/openapi.json").json()["paths"]
    known = {(method, path.split("?")[0]) for method, path, _body, _scope in CALLS}
    described = {
        (method.upper(), path.removeprefix("/api/v1")) for path, methods in paths.items() for method in methods
    }
    assert {(method, path if "/acts/" not in path else "/acts/{act}/undo") for method, path in known} == described


@pytest.mark.parametrize(("method", "path", "body", "scope"), CALLS)
def test_only_a_key_of_the_shop_with_the_scope_gets_in(method: str, path: str, body: object, scope: str) -> None:
    shop = make_shop()
    case = make_order(shop)
    if path.startswith("/requests/"):
        case = ask(shop, Written("Where is it?"), now=NOW, about=case)
    else:
        pay(case)
    code = case.code
    sent = json.dumps(body).replace("{code}", code).replace('"{to}"', str(shop.default_owner_id))
    path, body = path.replace("{code}", code), json.loads(sent)
    before = Case.objects.get(code=code).version

    revoked = Program(shop)
    revoke_key(revoked.record, NOW)
    nobody = [Program(None), Program(None, token="tt_" + "x" * 43), Program(None, token="другий"), revoked]
    for program in nobody:
        answer = program.send(method, path, body)
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
        assert answer["WWW-Authenticate"].startswith("Bearer")
    lacking = Program(shop, *(one for one in ALL if one != scope)).send(method, path, body)
    assert (lacking.status_code, lacking.json()["needs"]) == (403, scope)
    foreign = Program(make_shop()).send(method, path, body)
    assert code not in foreign.content.decode() or "not-found" in foreign.content.decode()
    if code in path:
        assert foreign.status_code == 404
    assert Case.objects.get(code=code).version == before
    allowed = Program(shop, scope).send(method, path, body)
    assert allowed.status_code < 300 or "/acts/" in path, allowed.content


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("GET", "/nothing", None, {}, 404),
        ("GET", "/orders/NO-SUCH", None, {}, 404),
        ("GET", "/orders/%00", None, {}, 404),
        ("GET", "/orders/%FF%FE", None, {}, 404),
        ("GET", "/orders/" + "9" * 3_000, None, {}, 404),
        ("GET", "/orders?text=%00", None, {}, 400),
        ("DELETE", "/orders", None, {}, 405),
        ("TRACE", "/orders", None, {}, 405),
        ("POST", "/orders", b"{", {}, 400),
        ("POST", "/orders", b"\xff\xfe\x00", {}, 400),
        ("POST", "/orders", b'{"a": NaN}', {}, 400),
        ("POST", "/orders", b"[" * 200_000, {}, 400),
        ("POST", "/orders", b'{"a":' * 50_000 + b"1" + b"}" * 50_000, {}, 400),
        ("POST", "/orders", b"9" * 100_000, {}, 400),
        ("POST", "/orders", b"[]", {}, 422),
        ("POST", "/orders", b"null", {}, 422),
        ("POST", "/orders", b"", {}, 422),
        ("POST", "/orders", b" " * (1024 * 1024 + 1), {}, 413),
        ("POST", "/orders", b"a=b", {"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ("POST", "/orders", b"<a/>", {"Content_Type": "text/xml"}, 415),
    ],
)  # fmt: skip
def test_whatever_is_wrong_is_answered_as_a_problem(
    method: str, path: str, body: object, headers: dict[str, str], status: int
) -> None:
    answer = Program(make_shop()).send(method, path, body, **headers)
    assert answer.status_code == status, answer.content[:300]
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["title"]


def test_a_fault_of_ours_is_a_problem_without_details(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("tartib.api.orders.queries.case_page", fail)
    answer = Program(make_shop()).get("/orders")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert b"secret" not in answer.content


def test_the_quick_reads_find_what_the_plain_ones_find() -> None:
    shop = make_shop()
    case = make_order(shop)
    program = Program(shop)
    digest = bytes(program.record.digest)
    plain = ApiKey.objects.select_related("shop").get(digest=digest)
    quick = sql.valid_key(digest)
    assert quick is not None
    assert model_to_dict(quick) == model_to_dict(plain)
    assert model_to_dict(quick.shop) == model_to_dict(plain.shop)
    assert sql.order(shop.pk, case.code) == (case.pk, case.currency)
    assert sql.order(make_shop().pk, case.code) is None
    revoke_key(plain, NOW)
    assert sql.valid_key(digest) is None


def test_head_is_answered_as_get_without_its_body() -> None:
    answer = Program(make_shop()).send("HEAD", "/orders")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_key_that_asks_too_often_is_told_when_to_go_on(monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    settings.TARTIB_API_RATE = 4  # type: ignore[attr-defined]
    monkeypatch.setattr(keys, "_left", {})
    shop = make_shop()
    program, other = Program(shop), Program(shop)
    answers = [program.get("/workflow") for _time in range(41)]
    assert [one.status_code for one in answers] == [200] * 40 + [429]
    assert answers[-1]["Retry-After"] == "10"
    assert other.get("/workflow").status_code == 200


def test_who_sends_keys_that_are_none_is_slowed_and_nobody_else_from_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MOST_UNKNOWN", 3)
    guesser, program = Program(None, token="tt_" + "x" * 43), Program(make_shop())
    for one in (guesser, program):
        one.http.defaults["REMOTE_ADDR"] = "203.0.113.5"
    answers = [guesser.get("/workflow") for _time in range(5)]
    assert [one.status_code for one in answers] == [401] * 3 + [429] * 2
    assert answers[-1]["Retry-After"] == "600"
    assert Limit.objects.get().count == 3, "past the limit nothing is written"
    assert program.get("/workflow").status_code == 200
    guesser.http.defaults["REMOTE_ADDR"] = "203.0.113.6"
    assert guesser.get("/workflow").status_code == 401


def test_a_key_whose_time_is_over_is_refused() -> None:
    program = Program(make_shop())
    for left, status in ((1, 200), (-1, 401)):
        ApiKey.objects.update(expires_at=timezone.now() + timedelta(minutes=left))
        assert program.get("/workflow").status_code == status


def test_the_documentation_is_a_page_without_scripts_of_others() -> None:
    page = Client().get("/api/v1/docs")
    text = page.content.decode()
    assert page.status_code == 200
    assert re.search(r"POST</span>\s*<code>/api/v1/orders/\{code\}/moves", text)
    assert "//cdn" not in text
    for kind in ("refused", "changed", "key-reused"):
        assert f'id="{kind}"' in text
