"""Requirements A6, D5, D6, X5: a customer sees where the order is, and nothing that is not theirs to see."""

import gzip
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tartib.cases.engine import undo
from tartib.cases.hooks import NotifyOptions
from tartib.cases.models import Case
from tartib.cases.operations import delete, note
from tartib.catalog.showing import change_window
from tartib.customers.operations import CustomerDraft
from tartib.journal.operations import SYSTEM
from tartib.orders.drafts import LineDraft
from tartib.orders.operations import Processing, process
from tests.factories import NOW, actor, make_order, make_orders, make_product, make_shop, move, pay

pytestmark = pytest.mark.django_db

Queries = Callable[[int], AbstractContextManager[object]]


def page(case: Case, query: str = "", **headers: str) -> str:
    answer = Client().get(f"/t/{case.token}/{query}", headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_says_where_the_order_is_in_the_customers_language() -> None:
    shop = make_shop("delivery", languages=["en", "uk", "fa"])
    case = make_order(shop, make_product(shop), language="uk")
    text = page(case)
    assert '<html lang="uk-UA" dir="ltr"' in text
    assert "Ми отримали ваше замовлення" in text
    assert case.code in text
    persian = page(case, "?language=fa")
    assert '<html lang="fa-IR" dir="rtl"' in persian
    assert "سفارش شما را دریافت کردیم" in persian
    assert '<html lang="uk-UA"' in page(case, "?language=zh-hant"), "not one of the shop's languages"


def test_only_the_link_opens_it_and_whatever_else_answers_alike() -> None:
    shop = make_shop()
    case = make_order(shop)
    gone = make_order(shop)
    delete(shop, [gone.pk], SYSTEM, reason="double", now=NOW)
    answers = [Client().get(f"/t/{token}/") for token in (gone.token, "A" * 22, "x", case.code, "%01", "а" * 22)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert shop.name not in answers[0].content.decode()


def test_it_keeps_its_address_to_itself() -> None:
    answer = Client().get(f"/t/{make_order(make_shop()).token}/")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    assert set(re.findall(r"<script[^>]*? src=.(/\w+/)", answer.content.decode())) == {"/static/"}


def test_nothing_internal_and_nothing_of_others_is_on_it() -> None:
    shop = make_shop("delivery")
    product = make_product(shop)
    other = make_order(shop, customer=CustomerDraft("Somebody Else", "else@example.com", "+380501111111"))
    case = make_order(shop, product, staff_note="internal at placing", ip="203.0.113.9", customer_note="Ring twice")
    who = actor(shop)
    note(case, "internal note", who, shown=False, now=NOW)
    note(case, "Good to know", who, shown=True, now=NOW)
    move(case, "in-processing", note="internal reason")
    pay(case)
    case.refresh_from_db()
    move(case, "picking", note="Said kindly", notify_options=NotifyOptions(note_shown=True))
    text = page(case)
    for hidden in (
        "internal", "203.0.113.9", shop.default_owner.user.email, shop.default_owner.user.name,  # type: ignore[union-attr]
        other.code, other.token, "Somebody", case.customer.email, case.customer.phone,  # type: ignore[union-attr]
    ):  # fmt: skip
        assert hidden not in text, hidden
    for shown in ("Good to know", "Said kindly", "Ring twice", "Payment received"):
        assert shown in text, shown


def test_texts_are_texts_and_links_are_of_the_web() -> None:
    shop = make_shop()
    case = make_order(
        shop,
        lines=(LineDraft("<script>alert(1)</script>", 1, Decimal("1.00")),),
        tracking_number='1"><img src=x>',
        tracking_url="javascript:alert(1)",
        customer_note="<b>bold</b>",
    )
    text = page(case)
    assert "<script>" not in text
    assert "<img src=x" not in text
    assert "javascript:" not in text
    assert "&lt;b&gt;bold&lt;/b&gt;" in text


def test_milestones_tell_what_has_passed_and_what_comes() -> None:
    shop = make_shop("delivery")
    case = make_order(shop, make_product(shop))
    move(case, "in-processing")
    pay(case)
    names = _milestones(page(case))
    assert names[:3] == [("is-passed", "Received"), ("is-passed", "In processing"), ("is-now", "Paid")]
    assert names[3] == ("is-ahead", "Picking")
    assert names[-1] == ("is-ahead", "Done")
    assert "Next: Picking" in page(case)


def test_what_is_paid_on_receipt_does_not_wait_for_a_payment() -> None:
    shop = make_shop("delivery")
    case = make_order(shop, make_product(shop), payment_method="on-receipt")
    assert ("is-ahead", "Paid") not in _milestones(page(case))
    assert "You pay when you receive it." in page(case)


def test_what_was_taken_back_has_not_happened() -> None:
    shop = make_shop()
    case = make_order(shop)
    outcome = move(case, "cancelled")
    assert "is-now c-grey" in page(case)
    undo(shop, outcome.act_id, actor(shop), now=NOW + timedelta(seconds=5))
    assert "is-now c-grey" not in page(case)


def test_the_parcel_and_what_to_do_are_said_once() -> None:
    shop = make_shop("delivery")
    case = make_order(shop, make_product(shop), payment_method="on-receipt")
    for target in ("in-processing", "picking", "packed"):
        move(case, target)
    form = Processing("shipped", tracking_number="2045", carrier="Nova Poshta", tracking_url="https://np.example/2045")
    process(shop, case.pk, form, actor(shop), now=NOW)
    text = page(case)
    assert text.count('href="https://np.example/2045"') == 1
    assert "You pay on receipt" in text
    assert "Nova Poshta" in text


def test_a_correction_replaces_the_note() -> None:
    shop = make_shop()
    case = make_order(shop)
    note(case, "Wrong words", actor(shop), shown=True, now=NOW)
    note(case, "Right words", actor(shop), shown=True, now=NOW, corrects=2)
    text = page(case)
    assert "Right words" in text
    assert "Wrong words" not in text


def test_the_shops_name_leads_to_its_window_where_that_is_open() -> None:
    shop = make_shop(languages=["en", "uk"])
    case = make_order(shop, make_product(shop))
    assert '<a class="public-shop"' not in page(case)
    change_window(shop, open=True)
    assert f'<a class="public-shop" href="/s/{shop.slug}/uk/">' in page(case, "?language=uk")


def test_a_long_history_needs_no_more_queries_and_the_page_is_light(django_assert_num_queries: Queries) -> None:
    shop = make_shop("delivery", email="help@example.com", phone="+380 44 123 45 67")
    product = make_product(shop)
    short, long = make_orders(shop, 2, product)
    page(short)
    with django_assert_num_queries(15):
        page(short)
    for number in range(20):
        note(long, f"Note {number}", actor(shop), shown=True, now=NOW)
    move(long, "in-processing")
    pay(long)
    with django_assert_num_queries(15):
        text = page(long)
    sent = Client().get(f"/t/{long.token}/", headers={"accept-encoding": "gzip"})
    assert sent.headers["Content-Encoding"] == "gzip"
    styles = [finders.find(name) for name in ("web/tokens.css", "public/public.css", "portal/tracking.css")]
    weight = len(sent.content) + sum(len(gzip.compress(Path(str(path)).read_bytes())) for path in styles)
    assert weight < 15_000, weight
    assert 'href="mailto:help@example.com?subject=' in text
    assert 'href="tel:+380441234567"' in text


def _milestones(text: str) -> list[tuple[str, str]]:
    found = []
    for item in text.split('<li class="is-')[1:]:
        kind = "is-" + item.split('"')[0].split(" ")[0]
        found.append((kind, item.split('way-name">')[1].split("<")[0]))
    return found
