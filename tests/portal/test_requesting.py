"""Cancelling and returning from the order's link, without an account, and how the order's page tells of it (B2)."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone

from tartib.cases.models import Case
from tartib.files.models import Upload
from tartib.files.sweeping import unreferred
from tartib.orders import requesting
from tartib.orders.drafts import LineDraft
from tartib.orders.models import Line, OrderSettings
from tartib.orders.requests import CustomerRequest
from tartib.shops.operations import change_shop
from tests.factories import actor, make_order, make_product, make_shop, move, pay, picture_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    """A delivered order of two shirts, its page in English."""
    shop = make_shop(address="1 Mill Lane", languages=["en", "fa"])
    shirt = make_product(shop, name="Shirt")
    case = make_order(shop, lines=(LineDraft("Shirt", 2, shirt.price, sku=shirt.sku),))
    pay(case)
    move(case, "completed", now=timezone.now())
    return Case.objects.select_related("shop").get(pk=case.pk)


def text(case: Case, query: str = "") -> str:
    """The page of the order, without marks."""
    page = Client().get(f"/t/{case.token}/{query}").content.decode()
    return re.sub("</?bdi[^>]*>|[\u2066-\u2069]", "", page).replace("\u00a0", " ")


def way(page: str) -> list[tuple[str, str]]:
    """The steps of the order's way: how each stands, and its name."""
    found = re.findall(r'<li class="(is-\w+)[^"]*".*?<span class="way-name">(.*?)</span>', page, re.DOTALL)
    return [(state, name) for state, name in found]


def given(case: Case, pieces: int = 1, **more: object) -> dict[str, object]:
    return {f"line_{Line.objects.get(case=case).pk}": str(pieces), **more}


def ask(case: Case, **typed: object) -> int:
    return Client().post(f"/t/{case.token}/request/", given(case, **typed)).status_code  # type: ignore[arg-type]


def test_a_return_is_asked_for_by_the_link_with_reason_and_photo(case: Case) -> None:
    there = f"/t/{case.token}/request/"
    assert there in text(case)
    form = Client().get(there)
    assert "Return goods" in form.content.decode()
    assert form.headers["Referrer-Policy"] == "same-origin"
    assert ask(case, reason="fit", words="Too small", photos=[picture_file()]) == 302
    asked = CustomerRequest.objects.get()
    assert (asked.kind, asked.reason, asked.words, asked.lines.get().pieces) == ("return", "fit", "Too small", 1)
    page = text(case)
    assert "You have asked to return: 1 × Shirt." in page and "We will answer by" in page
    assert "sorry" not in page.lower() and "problem" not in page.lower()
    photo = Upload.objects.get()
    assert Client().get(f"/t/{case.token}/request/photos/{photo.token}/320").headers["Content-Type"] == "image/webp"
    other = make_order(case.shop)
    assert Client().get(f"/t/{other.token}/request/photos/{photo.token}/320").status_code == 404
    assert not unreferred().exists()


def test_the_way_shows_the_return_and_not_the_delivery_again(case: Case) -> None:
    who, now = actor(case.shop), timezone.now()
    assert ask(case) == 302
    names = ["Return agreed", "Goods back", "Money back"]
    assert way(text(case))[-4:] == [("is-now", "Return asked for"), *(("is-ahead", name) for name in names)]
    asked = CustomerRequest.objects.get()
    requesting.approve(case.shop, case.pk, asked.pk, {asked.lines.get().line_id: 1}, "", who, now=now)
    page = text(case)
    assert "We have agreed to your return: 1 × Shirt." in page and "1 Mill Lane" in page
    assert [state for state, _name in way(page)][-3:] == ["is-now", "is-ahead", "is-ahead"]
    requesting.arrived(case.shop, case.pk, asked.pk, who, now=now)
    assert way(text(case))[-3:] == [("is-passed", names[0]), ("is-now", names[1]), ("is-ahead", names[2])]


def test_what_was_not_agreed_to_stands_on_the_page(case: Case) -> None:
    ask(case, pieces=2)
    asked = CustomerRequest.objects.get()
    requesting.approve(
        case.shop, case.pk, asked.pk, {asked.lines.get().line_id: 1}, "", actor(case.shop), now=timezone.now()
    )
    page = text(case)
    assert "We have agreed to your return: 1 × Shirt." in page
    assert "We cannot take back: 1 × Shirt." in page


def test_a_measure_with_a_full_stop_ends_the_sentence_by_itself(case: Case) -> None:
    Line.objects.filter(case=case).update(name="Листівка, 5 шт.")
    ask(case)
    assert "You have asked to return: 1 × Листівка, 5 шт.<" in text(case)


def test_it_can_be_taken_back_and_asked_again(case: Case) -> None:
    ask(case)
    asked = CustomerRequest.objects.get()
    assert Client().post(f"/t/{case.token}/request/{asked.pk}/withdrawal/").status_code == 302
    assert "You have asked to return" not in text(case)
    assert ask(case, pieces=2) == 302
    assert CustomerRequest.objects.count() == 2


def test_what_is_not_possible_is_said_and_nothing_kept(case: Case) -> None:
    assert ask(case, pieces=3) == 422
    assert ask(case, pieces=0) == 422
    assert ask(case, photos=[BytesIO(b"no picture")]) == 422
    assert ask(case, photos=[picture_file(), BytesIO(b"no picture")]) == 422
    assert ask(case, website="http://spam.example") == 302
    assert not CustomerRequest.objects.exists() and not Upload.objects.exists()
    change_shop(case.shop, OrderSettings.of(case.shop), return_days=0)
    page = Client().get(f"/t/{case.token}/request/").content.decode()
    assert "This shop does not take returns here" in page and "<form" not in page.partition("<main")[2]


def test_asking_often_has_its_limit(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tartib.portal.requesting.MOST_ASKED", 1)
    assert ask(case, pieces=0) == 422
    assert ask(case) == 422
    assert not CustomerRequest.objects.exists()


def test_the_whole_of_an_order_is_cancelled_from_the_link(case: Case) -> None:
    new = make_order(case.shop)
    page = Client().get(f"/t/{new.token}/request/").content.decode()
    assert "it is cancelled at once" in page
    assert ask(new, pieces=Line.objects.get(case=new).quantity) == 302
    assert Case.objects.get(pk=new.pk).status == "cancelled"
    assert "There is nothing to pay." in text(new)


def test_a_late_answer_is_not_promised_any_more(case: Case) -> None:
    ask(case)
    CustomerRequest.objects.update(due_at=timezone.now() - timedelta(hours=1))
    assert "We will answer by" not in text(case)


def test_the_form_speaks_the_readers_language_and_digits(case: Case) -> None:
    page = Client().get(f"/t/{case.token}/request/?language=fa").content.decode()
    assert 'dir="rtl"' in page and '<option value="1">۱</option>' in page


@pytest.mark.parametrize(
    ("delivery", "after", "ahead"),
    [
        ("home", ["picking", "packed"], ["Shipped", "In transit", "Done"]),
        ("branch", ["picking", "packed"], ["Shipped", "In transit", "Arrived at the branch", "Done"]),
        ("pickup", ["picking", "packed"], ["Ready for pick-up", "Done"]),
    ],
)
def test_only_the_steps_this_order_will_meet_are_shown(delivery: str, after: list[str], ahead: list[str]) -> None:
    shop = make_shop("delivery")
    case = make_order(shop, delivery=delivery, payment_method="online")
    pay(case)
    for target in after:
        move(case, target)
    assert [name for state, name in way(text(case)) if state == "is-ahead"] == ahead


@pytest.mark.parametrize(
    ("method", "delivery", "said"),
    [
        ("online", "home", "Please complete the payment"),
        ("bank", "home", "as soon as your transfer has arrived"),
        ("on-receipt", "home", "You pay when you receive it."),
        ("on-receipt", "pickup", "You pay when you collect it."),
    ],
)
def test_words_fit_the_way_of_payment_and_delivery(method: str, delivery: str, said: str) -> None:
    case = make_order(make_shop("delivery"), payment_method=method, delivery=delivery)
    page = text(case)
    assert said in page
    assert "If you pay in advance" not in page
