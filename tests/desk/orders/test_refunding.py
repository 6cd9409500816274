"""Sending money back at the desk: what goes back is typed, then shown, and only what was shown is sent."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.test import Client

from tartib.billing.assembling import receipt_of
from tartib.billing.receipt import texts
from tartib.cases.models import Case
from tartib.orders.drafts import LineDraft
from tartib.orders.models import Line
from tartib.payments.models import Payment, Refund
from tests.factories import make_order, make_product, make_shop, pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    """A paid order: a rose and mint leaves, £93.55 together."""
    shop = make_shop("delivery", currency="GBP")
    rose, mint = make_product(shop, price="88.15", name="Rose"), make_product(shop, price="5.40", name="Mint leaves")
    positions = [LineDraft(one.name, 1, one.price, sku=one.sku) for one in (rose, mint)]
    case = make_order(shop, lines=tuple(positions))
    pay(case)
    return Case.objects.get(pk=case.pk)


def post(case: Case, typed: dict[str, str], **headers: str) -> tuple[int, str]:
    client = Client()
    owner = case.shop.default_owner
    assert owner is not None
    client.force_login(owner.user)
    answer = client.post(
        f"/desk/{case.shop.slug}/orders/{case.code}/refunds/", {"refund-key": "one", **typed}, headers=headers
    )
    return answer.status_code, re.sub("</?bdi[^>]*>|[\u2066-\u2069]", "", answer.content.decode())


def seen(page: str) -> str:
    found = re.search(r'name="refund-seen" value="(\w+)"', page)
    assert found is not None
    return found[1]


def test_typing_one_piece_sends_its_price_and_nothing_else(case: Case) -> None:
    mint = Line.objects.get(case=case, name="Mint leaves")
    typed = {f"refund-give_{mint.pk}": "1", f"refund-shelf_{mint.pk}": "on"}
    status, page = post(case, typed)
    assert (status, Refund.objects.count()) == (200, 0)
    assert "£5.40" in page
    assert "Send £5.40 back" in page
    status, _page = post(case, typed | {"refund-seen": seen(page)})
    assert (status, Refund.objects.get().amount) == (302, Decimal("5.40"))
    case.refresh_from_db()
    said = texts(receipt_of(case, "en"))
    assert {row["label"]: row["amount"] for row in said["sums"]}["Refunded"] == "−£5.40"
    assert "Still due" not in {row["label"] for row in said["sums"]}
    assert said["lines"][1]["notes"][-1] == "1 piece returned"


def test_all_money_with_some_goods_says_how_much_of_it_is_for_them(case: Case) -> None:
    mint = Line.objects.get(case=case, name="Mint leaves")
    _status, page = post(case, {f"refund-give_{mint.pk}": "1", "refund-everything": "on"})
    assert "Send £93.55 back" in page
    assert "£5.40 of it for what was chosen" in page
    _status, page = post(case, {f"refund-give_{mint.pk}": "1", "refund-amount": "2"})
    assert "of £5.40" in page


def test_what_was_not_shown_is_not_sent(case: Case) -> None:
    mint = Line.objects.get(case=case, name="Mint leaves")
    _status, page = post(case, {f"refund-give_{mint.pk}": "1"})
    status, again = post(case, {"refund-everything": "on", "refund-seen": seen(page)})
    assert (status, Refund.objects.count()) == (200, 0)
    assert "Send £93.55 back" in again


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"refund-everything": "on", "refund-amount": "5"},
        {"refund-amount": "93.56"},
        {"refund-amount": "0"},
        {"refund-amount": "five"},
        {"refund-aside": "1"},
    ],
)
def test_contradictions_send_nothing_and_keep_what_was_typed(case: Case, typed: dict[str, str]) -> None:
    status, page = post(case, typed | {"refund-seen": "0" * 20})
    assert (status, Refund.objects.count(), Payment.objects.filter(direction="out").count()) == (422, 0, 0)
    assert 'role="alert"' in page


def test_the_open_page_asks_only_for_the_sum(case: Case) -> None:
    status, part = post(case, {"refund-amount": "10", "shows": "1"}, **{"HX-Request": "true"})
    assert (status, part.lstrip().startswith('<div id="refund-sum"'), "Send £10.00 back" in part) == (200, True, True)
    assert not Refund.objects.exists()


def test_recording_by_hand_that_more_went_back_than_came_in_is_refused(case: Case) -> None:
    client = Client()
    owner = case.shop.default_owner
    assert owner is not None
    client.force_login(owner.user)
    form = {"direction": "out", "amount": "93.56", "verified": "on"}
    answer = client.post(f"/desk/{case.shop.slug}/orders/{case.code}/payments/", form)
    assert answer.status_code == 422
    assert not Payment.objects.filter(direction="out").exists()
