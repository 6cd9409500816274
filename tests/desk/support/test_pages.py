"""Support requests at the desk: what waits, one request, answers and moves (D7)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tartib.cases.models import Case
from tartib.customers.operations import CustomerDraft
from tartib.notify.models import Message, MessageKind
from tartib.shops.models import Role, Shop, User
from tartib.support import queries
from tartib.support.operations import Written, ask
from tests.factories import NOW, make_order, make_shop, make_staff, picture_file

pytestmark = pytest.mark.django_db


def asked(shop: Shop, number: int = 1, about: Case | None = None) -> Case:
    """A request of a new customer, or of that of an order."""
    person = None if about else CustomerDraft(("Iryna", "Olena", "Taras")[number - 1], f"p{number}@example.com")
    return ask(shop, Written(f"Question {number}"), now=NOW, customer=person, about=about)


def signed_in(client: Client, shop: Shop, role: str = Role.MANAGER) -> User:
    """Somebody of the shop, signed in."""
    user = make_staff(shop, role)
    client.force_login(user)
    return user


def test_the_list_shows_what_waits_with_one_row_or_three_by_the_same_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """D7: the first tab is what waits for the shop."""
    shop = make_shop()
    signed_in(client, shop)
    page = reverse("desk:support", args=[shop.slug])
    asked(shop)
    client.get(page)
    with django_assert_num_queries(6):
        assert client.get(page).content.decode().count("case-row") == 1
    asked(shop, 2), asked(shop, 3)
    with django_assert_num_queries(6):
        assert client.get(page).content.decode().count("case-row") == 3
    assert "3" in client.get(reverse("desk:support-count", args=[shop.slug])).content.decode()


def test_tabs_and_search_narrow_the_list(client: Client) -> None:
    shop = make_shop()
    signed_in(client, shop)
    case, other = asked(shop, 1), asked(shop, 2)
    page = reverse("desk:support", args=[shop.slug])
    client.post(reverse("desk:request-write", args=[shop.slug, case.code]), {"words": "Yes", "to": "customer"})

    def listed(query: str) -> set[str]:
        shown = client.get(page + query).content.decode()
        return {one.code for one in (case, other) if one.code in shown}

    assert listed("") == {other.code}
    assert listed("?tab=answered") == {case.code}
    assert listed("?tab=all") == {case.code, other.code}
    assert listed("?tab=all&text=iryna") == {case.code}
    assert listed("?tab=mine") == set()


def test_staff_answer_note_and_move_on_the_page(client: Client) -> None:
    """D7: three acts on one page; the order and its requests lead to each other."""
    shop = make_shop()
    user = signed_in(client, shop)
    order = make_order(shop)
    case = asked(shop, about=order)
    page = reverse("desk:request", args=[shop.slug, case.code])
    assert reverse("desk:order", args=[shop.slug, order.code]) in client.get(page).content.decode()
    assert page in client.get(reverse("desk:order", args=[shop.slug, order.code])).content.decode()
    write = reverse("desk:request-write", args=[shop.slug, case.code])
    client.post(write, {"words": "Ask Nadia", "to": "team"})
    client.post(reverse("desk:request-move", args=[shop.slug, case.code]), {"target": "in-work"})
    client.post(write, {"words": "It is on its way", "to": "customer", "files": [picture_file()]})
    shown = client.get(page).content.decode()
    assert "Ask Nadia" in shown and "It is on its way" in shown
    assert [(one.by, one.who, len(one.files)) for one in queries.thread(case)[1:]] == [
        ("note", user.name, 0), ("staff", user.name, 1),
    ]  # fmt: skip
    assert Case.objects.get(pk=case.pk).status == "answered"
    assert Message.objects.filter(case=case, kind=MessageKind.REPLY).count() == 1


def test_a_move_that_may_not_be_made_is_explained(client: Client) -> None:
    shop = make_shop()
    signed_in(client, shop)
    case = asked(shop)
    response = client.post(reverse("desk:request-move", args=[shop.slug, case.code]), {"target": "answered"})
    assert response.status_code == 422
    assert "form-problem" in response.content.decode()


def test_a_request_is_no_order_and_an_order_no_request(client: Client) -> None:
    shop = make_shop()
    signed_in(client, shop)
    order = make_order(shop)
    case = asked(shop)
    assert client.get(reverse("desk:order", args=[shop.slug, case.code])).status_code == 404
    assert client.get(reverse("desk:request", args=[shop.slug, order.code])).status_code == 404
    found = client.get(reverse("desk:find", args=[shop.slug]), {"q": case.code})
    assert found.headers["Location"] == reverse("desk:request", args=[shop.slug, case.code])
