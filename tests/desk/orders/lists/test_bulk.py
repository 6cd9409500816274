"""One act on many orders: seen before, done once, watched, taken back."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tartib.cases import bulk
from tartib.cases.models import BulkMove, Case
from tartib.shops.models import Role, Shop
from tests.factories import PASSWORD, make_order, make_orders, make_product, make_shop, make_staff

pytestmark = pytest.mark.django_db


def sign_in(client: Client, shop: Shop, role: str = Role.MANAGER) -> None:
    client.login(username=make_staff(shop, role).email, password=PASSWORD)


def at(name: str, shop: Shop, *args: object) -> str:
    return reverse(f"desk:{name}", args=[shop.slug, *args])


def statuses(cases: list[Case]) -> list[str]:
    return [Case.objects.get(pk=case.pk).status for case in cases]


def ids(cases: list[Case]) -> str:
    return ",".join(str(case.pk) for case in cases)


def test_a_preview_says_what_would_happen_and_changes_nothing(client: Client) -> None:
    """E4: the effects of a bulk act are seen before it is done."""
    shop = make_shop()
    orders = make_orders(shop, 3, make_product(shop))
    closed = make_order(shop)
    sign_in(client, shop)
    client.post(at("bulk-run", shop), {"ids": ids([closed]), "to": "cancelled", "note": "x", "notify": "none"})
    before = statuses([*orders, closed])
    chosen = [str(case.pk) for case in [*orders, closed]]
    page = client.post(at("bulk-preview", shop), {"case": chosen, "to": "cancelled", "note": "By request"})
    text = page.content.decode()
    assert "3 orders move to" in text
    assert "1 stays where it is" in text
    assert closed.code in text
    assert statuses([*orders, closed]) == before


def test_a_few_are_moved_at_once_and_taken_back_by_the_toast(client: Client) -> None:
    shop = make_shop()
    orders = make_orders(shop, 3)
    sign_in(client, shop)
    start = statuses(orders)
    key = str(uuid4())
    asked = {"ids": ids(orders), "to": "cancelled", "note": "By request", "key": key, "query": "payment=unpaid"}
    answer = client.post(at("bulk-run", shop), asked)
    assert answer["Location"] == at("orders", shop) + "?payment=unpaid"
    assert set(statuses(orders)) == {"cancelled"}
    page = client.get(answer["Location"])
    undo = next(message.extra_tags for message in page.context["messages"])
    assert undo
    versions = [Case.objects.get(pk=case.pk).version for case in orders]
    client.post(at("bulk-run", shop), asked)
    assert [Case.objects.get(pk=case.pk).version for case in orders] == versions
    client.post(undo)
    assert statuses(orders) == start


def test_many_go_to_the_worker_with_progress_and_are_undone_as_a_whole(client: Client) -> None:
    shop = make_shop()
    orders = make_orders(shop, bulk.AT_ONCE + 1)
    sign_in(client, shop)
    start = statuses(orders)
    answer = client.post(
        at("bulk-run", shop), {"all": "1", "query": "", "to": "cancelled", "note": "x", "notify": "none"}
    )
    asked = BulkMove.objects.get(shop=shop)
    assert answer["Location"] == at("bulk", shop, asked.pk)
    assert "Waiting for the worker" in client.get(answer["Location"]).content.decode()
    assert not bulk.run_portion(asked.pk, now=timezone.now())
    page = client.get(answer["Location"]).content.decode()
    assert f"{len(orders)} orders moved to" in page
    assert "Undo all of it" in page
    client.post(at("bulk-undo", shop, asked.pk))
    assert statuses(orders) == start
    assert "Undo all of it" not in client.get(answer["Location"]).content.decode()


def test_all_of_the_list_means_what_its_filters_let_through(client: Client) -> None:
    shop = make_shop()
    chosen, other = make_order(shop), make_order(shop)
    sign_in(client, shop)
    client.post(
        at("bulk-run", shop),
        {"all": "1", "query": f"text={chosen.code}", "to": "cancelled", "note": "x", "notify": "none"},
    )
    assert statuses([chosen, other]) == ["cancelled", other.status]


def test_orders_of_another_shop_are_out_of_reach(client: Client) -> None:
    shop, other = make_shop(), make_shop()
    foreign = make_order(other)
    sign_in(client, shop)
    asked = {"case": [str(foreign.pk)], "ids": str(foreign.pk), "to": "cancelled", "note": "x"}
    assert foreign.code not in client.post(at("bulk-preview", shop), asked).content.decode()
    client.post(at("bulk-run", shop), asked)
    client.post(at("bulk-assign", shop), {**asked, "owner": str(shop.default_owner_id)})
    unchanged = Case.objects.get(pk=foreign.pk)
    assert (unchanged.status, unchanged.owner_id) == (foreign.status, foreign.owner_id)


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("bulk-preview", {"expert", "manager", "owner"}), ("bulk-run", {"expert", "manager", "owner"}),
     ("bulk-assign", {"expert", "manager", "owner"}), ("bulk-take", {"expert", "manager", "owner"})],
)  # fmt: skip
@pytest.mark.parametrize("role", Role.values)
def test_each_act_takes_its_role(client: Client, name: str, allowed: set[str], role: str) -> None:
    shop = make_shop()
    sign_in(client, shop, role)
    status = client.post(at(name, shop), {}).status_code
    assert (status != 403) == (role in allowed)


def test_handing_over_makes_one_person_responsible(client: Client) -> None:
    shop = make_shop()
    orders = make_orders(shop, 2)
    person = make_staff(shop, name="Nora New").memberships.get(shop=shop)
    sign_in(client, shop)
    client.post(at("bulk-assign", shop), {"case": [str(case.pk) for case in orders], "owner": str(person.pk)})
    assert {Case.objects.get(pk=case.pk).owner_id for case in orders} == {person.pk}
    stranger = make_staff(make_shop()).memberships.get()
    client.post(at("bulk-assign", shop), {"case": [str(orders[0].pk)], "owner": str(stranger.pk)})
    assert Case.objects.get(pk=orders[0].pk).owner_id == person.pk


@pytest.mark.parametrize("asked", [{}, {"to": "cancelled"}, {"case": ["1"]}, {"ids": "x,y", "to": "cancelled"}])
def test_nothing_chosen_is_said_and_nothing_happens(client: Client, asked: dict[str, object]) -> None:
    shop = make_shop()
    sign_in(client, shop)
    for name in ("bulk-preview", "bulk-run"):
        assert client.post(at(name, shop), asked)["Location"] == at("orders", shop)
