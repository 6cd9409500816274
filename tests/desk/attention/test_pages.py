"""What needs a person, on the desk: the list, the page of its order, and what each may do about it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tartib.cases.models import Case
from tartib.dispatch.models import Outcome, WorkRecord
from tartib.dispatch.operations import open_work, settle
from tartib.journal.operations import SYSTEM
from tartib.shops.models import Role, Shop, User
from tests.factories import NOW, actor, make_order, make_shop, make_staff

pytestmark = pytest.mark.django_db


def found(shop: Shop, case: Case | None = None, kind: str = "dispute", key: str = "1") -> WorkRecord:
    return open_work(
        shop, kind, key, actor=SYSTEM, now=timezone.now(), case_id=case.pk if case else None,
        facts={"amount": "12.50", "currency": "USD", "reason": "fraudulent", "reference": "dp_7"},
    )  # fmt: skip


def signed_in(client: Client, shop: Shop, role: str = Role.MANAGER) -> User:
    user = make_staff(shop, role)
    client.force_login(user)
    return user


def at(name: str, record: WorkRecord, *more: str) -> str:
    return reverse(f"desk:{name}", args=[record.shop.slug, record.pk, *more])


def shown(client: Client, shop: Shop, query: str = "") -> str:
    return client.get(reverse("desk:attention", args=[shop.slug]) + query).content.decode()


def test_the_list_takes_the_same_queries_for_one_and_for_three(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    shop = make_shop()
    signed_in(client, shop)
    found(shop, make_order(shop))
    shown(client, shop)
    with django_assert_num_queries(8):
        assert shown(client, shop).count('id="work-') == 1
    for key in ("2", "3"):
        found(shop, make_order(shop), key=key)
    with django_assert_num_queries(8):
        assert shown(client, shop).count('id="work-') == 3
    assert ">3<" in client.get(reverse("desk:attention-count", args=[shop.slug])).content.decode()


def test_a_row_says_what_happened_what_to_do_and_until_when(client: Client) -> None:
    shop = make_shop()
    signed_in(client, shop)
    case = make_order(shop)
    found(shop, case)
    page = shown(client, shop)
    for words in ("A customer disputes a payment", "\u2068$12.50\u2069", "fraudulent", "dp_7", "due", case.code):
        assert words in page
    assert page.count('class="btn btn-primary" href') == 1


def test_it_is_narrowed_to_mine_to_a_kind_and_to_what_is_settled(client: Client) -> None:
    shop = make_shop()
    signed_in(client, shop)
    one, other = found(shop), found(shop, kind="money-stranded", key="2")
    settle(shop, other.pk, "Agreed by phone", actor(shop), now=NOW)

    def listed(query: str) -> set[int]:
        page = shown(client, shop, query)
        return {record.pk for record in (one, other) if f'id="work-{record.pk}"' in page}

    assert listed("") == {one.pk} == listed("?kind=money") == listed("?kind=dispute")
    assert listed("?tab=mine") == listed("?kind=money-surplus") == set()
    assert listed("?tab=settled") == {other.pk}
    assert "Agreed by phone" in shown(client, shop, "?tab=settled")
    assert listed("?kind=nonsense&cursor=nonsense") == {one.pk}


def test_it_stands_on_the_page_of_its_order_until_it_is_settled(client: Client) -> None:
    shop = make_shop()
    signed_in(client, shop)
    case = make_order(shop)
    record = found(shop, case)
    order = reverse("desk:order", args=[shop.slug, case.code])
    page = client.get(order).content.decode()
    assert f'id="work-{record.pk}"' in page
    assert f'href="{order}">' not in page.partition('id="work"')[2].partition("</article>")[0]
    answer = client.post(at("attention-settle", record), {"words": "Accepted it", "next": order})
    assert answer.headers["Location"] == order
    page = client.get(order).content.decode()
    assert f'id="work-{record.pk}"' not in page
    assert "Settled in another way" in page and "Accepted it" in page


def test_settled_without_a_word_it_stays_open_and_what_was_written_is_kept(client: Client) -> None:
    shop = make_shop()
    signed_in(client, shop)
    record = found(shop)
    long = "word " * 300
    answer = client.post(at("attention-settle", record), {"words": long})
    assert answer.status_code == 422
    assert long.strip() in answer.content.decode()
    assert client.post(at("attention-settle", record), {"words": " "}).status_code == 422
    record.refresh_from_db()
    assert record.resolved_at is None
    client.post(at("attention-settle", record), {"words": "By phone"})
    client.post(at("attention-settle", record), {"words": "Twice"})
    record.refresh_from_db()
    assert (record.outcome, record.note) == (Outcome.HAND, "By phone")
    assert "By phone" in client.get(at("attention-record", record)).content.decode()


def test_who_may_not_act_sees_it_and_acts_on_nothing(client: Client) -> None:
    shop = make_shop()
    signed_in(client, shop, Role.TECHNICIAN)
    record = found(shop)
    assert "You have no right to act on this" in shown(client, shop)
    assert client.post(at("attention-settle", record), {"words": "x"}).status_code == 403
    assert client.post(at("attention-act", record, "seen")).status_code == 403
    assert client.post(at("attention-owner", record)).status_code == 403
    record.refresh_from_db()
    assert record.resolved_at is None


def test_managers_hand_it_over(client: Client) -> None:
    shop = make_shop()
    signed_in(client, shop)
    record, colleague = found(shop), make_staff(shop, name="Nadia Nightly").memberships.get()
    assert "Hand over" in shown(client, shop)
    client.post(at("attention-owner", record), {"owner": colleague.pk})
    record.refresh_from_db()
    assert record.owner == colleague
    for nobody in ("", "x", make_staff(make_shop()).memberships.get().pk):
        client.post(at("attention-owner", record), {"owner": nobody})
        record.refresh_from_db()
        assert record.owner == colleague
    signed_in(client, shop, Role.EXPERT)
    assert "Hand over" not in shown(client, shop)


def test_what_is_late_says_so(client: Client) -> None:
    shop = make_shop()
    signed_in(client, shop)
    open_work(shop, "dispute", "1", actor=SYSTEM, now=NOW, due_at=timezone.now() - timedelta(hours=1))
    assert "late since" in shown(client, shop)


def test_payments_lead_to_the_same_list(client: Client) -> None:
    shop = make_shop()
    signed_in(client, shop)
    money = reverse("desk:attention", args=[shop.slug]) + "?kind=money"
    payments = reverse("desk:payments", args=[shop.slug])
    assert money in client.get(payments).content.decode()
    assert client.get(payments, {"view": "look"}).headers["Location"] == money


def test_an_act_that_cannot_be_done_says_why(client: Client) -> None:
    shop = make_shop()
    signed_in(client, shop)
    record = found(shop, make_order(shop), kind="money-surplus")
    answer = client.post(at("attention-act", record, "send-back"))
    assert answer.status_code == 422
    assert "Nothing is too much any more" in answer.content.decode()
    record.refresh_from_db()
    assert (record.resolved_at, Decimal(record.facts["amount"])) == (None, Decimal("12.50"))
