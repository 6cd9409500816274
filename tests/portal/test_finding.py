"""Requirement D7, X5: an order is found by what its customer has at hand, and nobody else finds anything out."""

import pytest
from django.test import Client

from tartib.cases.models import Case
from tartib.customers.operations import CustomerDraft
from tartib.portal import finding
from tartib.shops.models import Shop
from tests.factories import make_order, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return make_shop(country="UA", languages=["en", "uk"])


@pytest.fixture
def case(shop: Shop) -> Case:
    return make_order(shop, number="#1042", customer=CustomerDraft("Оксана", "", "+380501234567"))


def ask(shop: Shop, code: str, phone: str, address: str = "192.0.2.1") -> object:
    return Client(REMOTE_ADDR=address).post(f"/track/{shop.slug}/", {"code": code, "contact": phone})


@pytest.mark.parametrize("phone", ["050 123 45 67", "+38 (050) 123-45-67", "٠٥٠١٢٣٤٥٦٧", "380501234567", "۰۵۰۱۲۳۴۵۶۷"])
def test_any_spelling_of_the_phone_finds_it(shop: Shop, case: Case, phone: str) -> None:
    assert ask(shop, case.code, phone)["Location"] == f"/t/{case.token}/"  # type: ignore[index]


def test_any_spelling_of_the_code_finds_it(shop: Shop, case: Case) -> None:
    persian = case.code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    for code in (case.code.lower(), case.code.replace("-", " "), case.code.replace("-", "–"), persian, "#1042", "1042"):
        assert ask(shop, f" {code} ", "0501234567")["Location"] == f"/t/{case.token}/", code  # type: ignore[index]


@pytest.mark.parametrize("email", ["oksana@example.com", " Oksana@Example.com "])
def test_an_order_is_found_by_e_mail_as_by_phone(shop: Shop, email: str) -> None:
    order = make_order(shop, customer=CustomerDraft("Оксана", "oksana@example.com", ""))
    assert ask(shop, order.code, email)["Location"] == f"/t/{order.token}/"  # type: ignore[index]
    assert ask(shop, order.code, "oksana@example.org").status_code == 422  # type: ignore[attr-defined]
    nobody = make_order(shop, customer=CustomerDraft("X", "", "+380501112233"))
    assert ask(shop, nobody.code, "@").status_code == 422  # type: ignore[attr-defined]


def test_the_answer_is_one_and_the_same_whether_it_exists_or_not(shop: Shop, case: Case) -> None:
    elsewhere = make_order(make_shop(), customer=CustomerDraft("X", "", "+380501234567"))
    asked = [(case.code, "0509999999"), ("NO-SUCH", "0501234567"), (elsewhere.code, "0501234567"), ("\0", "x\0")]
    answers = [ask(shop, code, phone) for code, phone in asked[:3]]
    assert {answer.status_code for answer in answers} == {422}  # type: ignore[attr-defined]
    assert len({_plain(answer, *said) for answer, said in zip(answers, asked, strict=False)}) == 1
    assert ask(shop, *asked[3]).status_code == 400, "no text holds NUL"  # type: ignore[attr-defined]
    assert ask(shop, case.code, "").status_code == 422  # type: ignore[attr-defined]
    assert ask(shop, case.code, "4567").status_code == 422, "an ending is not the phone"  # type: ignore[attr-defined]


def test_trying_too_often_finds_nothing_and_says_no_more(shop: Shop, case: Case) -> None:
    wrong = [ask(shop, case.code, "0509999999", f"192.0.2.{number}") for number in range(finding.TRIES_OF_CODE)]
    limited = ask(shop, case.code, "0501234567", "192.0.2.99")
    assert limited.status_code == 422  # type: ignore[attr-defined]
    assert _plain(limited, case.code, "0501234567") == _plain(wrong[0], case.code, "0509999999")


def test_one_address_may_not_try_many_codes(shop: Shop, case: Case) -> None:
    for number in range(finding.TRIES_OF_VISITOR):
        ask(shop, f"NO-{number}", f"05055500{number:02d}")
    assert ask(shop, case.code, "0501234567").status_code == 422  # type: ignore[attr-defined]
    assert ask(shop, case.code, "0501234567", "192.0.2.2")["Location"]  # type: ignore[index]


def test_who_finds_their_order_is_not_counted(shop: Shop, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many behind one address look again and again; what is limited is guessing."""
    for name in ("TRIES_OF_VISITOR", "TRIES_OF_CONTACT", "TRIES_OF_CODE"):
        monkeypatch.setattr(finding, name, 2)
    found = [ask(shop, case.code, "0501234567").status_code for _look in range(6)]  # type: ignore[attr-defined]
    assert found == [302] * 6
    page = Client().get(f"/track/{shop.slug}/").content.decode()
    assert f'href="/a/{shop.slug}/in/"' in page, "who guessed too often can still prove who they are"


def test_the_page_speaks_the_shops_languages() -> None:
    shop = make_shop(languages=["fa", "en"], language="fa")
    persian = Client().get(f"/track/{shop.slug}/", headers={"Accept-Language": "uk"}).content.decode()
    assert '<html lang="fa-IR" dir="rtl"' in persian
    assert '<html lang="en-GB" dir="ltr"' in Client().get(f"/track/{shop.slug}/en/").content.decode()
    assert Client().get("/track/no-such-shop/").status_code == 404


def _plain(answer: object, code: str, phone: str) -> str:
    """The answer without what was typed and the token of the form."""
    text: str = answer.content.decode()  # type: ignore[attr-defined]
    before, _token, after = text.partition('name="csrfmiddlewaretoken" value="')
    return (before + after[64:]).replace(code, "").replace(phone, "")
