"""The page of one's recent acts: each with the way back and its time, or why there is none any more."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tartib.cases import bulk
from tartib.cases.models import Case
from tartib.shops.models import Role, Shop
from tests.factories import make_orders, make_shop, make_staff, move

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return make_shop()


@pytest.fixture
def client(shop: Shop) -> Client:
    client = Client()
    assert shop.default_owner is not None
    client.force_login(shop.default_owner.user)
    return client


def test_a_move_is_undone_from_the_page_and_its_messages_are_withdrawn(client: Client, shop: Shop) -> None:
    """X4: the way back does not go with the toast."""
    orders = make_orders(shop, 3)
    move(orders, "on-hold", now=timezone.now())
    page = client.get(reverse("desk:acts", args=[shop.slug]))
    assert "3 orders" in page.content.decode()
    undo = reverse("desk:act-undo", args=[shop.slug, page.context["acts"][0].id])
    after = client.post(undo, follow=True)
    assert after.redirect_chain[-1][0] == reverse("desk:acts", args=[shop.slug])
    assert [str(one) for one in after.context["messages"]] == [
        "3 orders are back where they were. 3 messages were withdrawn before they went out."
    ]
    assert "already been undone" in after.content.decode()
    assert {Case.objects.get(pk=case.pk).status for case in orders} == {"pending"}


def test_a_bulk_move_is_one_act_whatever_its_portions(
    client: Client, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "PORTION", 2)
    ids, now = [case.pk for case in make_orders(shop, 5)], timezone.now()
    assert shop.default_owner is not None
    asked = bulk.start(shop.default_owner, ids, bulk.Request("on-hold", "Stock-taking"), key=uuid4(), now=now)
    while bulk.run_portion(asked.pk, now=now):
        pass
    (act,) = client.get(reverse("desk:acts", args=[shop.slug])).context["acts"]
    assert (act.id, act.bulk, act.moved, act.prospect.back) == (asked.pk, True, 5, 5)
    client.post(reverse("desk:bulk-undo", args=[shop.slug, asked.pk]))
    assert set(Case.objects.filter(pk__in=ids).values_list("status", flat=True)) == {"pending"}


def test_what_is_over_says_why_and_nobody_sees_the_acts_of_others(client: Client, shop: Shop) -> None:
    move(make_orders(shop), "on-hold", now=timezone.now() - timedelta(hours=2))
    page = client.get(reverse("desk:acts", args=[shop.slug])).content.decode()
    assert "too late to undo: an act can be undone for 10 minutes" in page
    assert "data-undo" not in page
    other = Client()
    other.force_login(make_staff(shop, Role.EXPERT))
    assert "Nothing done lately" in other.get(reverse("desk:acts", args=[shop.slug])).content.decode()
