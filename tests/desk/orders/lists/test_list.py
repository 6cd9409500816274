"""The list of orders: what it shows to whom, its address, its pages, its views."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tartib.cases import saved
from tartib.cases.models import Case, SavedView
from tartib.cases.queries import PAGE
from tartib.customers.operations import CustomerDraft
from tartib.shops.models import Role, Shop
from tests.factories import PASSWORD, make_order, make_orders, make_shop, make_staff, move, pay

pytestmark = pytest.mark.django_db


def sign_in(client: Client, shop: Shop, role: str = Role.MANAGER, language: str = "en") -> None:
    user = make_staff(shop, role)
    user.language = language
    user.save()
    client.login(username=user.email, password=PASSWORD)


def url(shop: Shop, query: str = "") -> str:
    return reverse("desk:orders", args=[shop.slug]) + (f"?{query}" if query else "")


def counts_url(shop: Shop, query: str = "") -> str:
    return f"{reverse('desk:orders-counts', args=[shop.slug])}?{query}"


@pytest.mark.parametrize("role", Role.values)
def test_every_role_sees_the_list_and_only_those_who_may_can_select(client: Client, role: str) -> None:
    shop = make_shop()
    case = make_order(shop)
    sign_in(client, shop, role)
    page = client.get(url(shop)).content.decode()
    assert case.code in page
    assert ('name="case"' in page) == (role != Role.TECHNICIAN)
    assert ("bulk/owner/" in page) == (role != Role.TECHNICIAN)


def test_a_list_of_three_asks_no_more_of_the_database_than_a_list_of_one(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one, three = make_shop("delivery"), make_shop("delivery")
    make_orders(one, 1)
    make_orders(three, 3)
    asked = []
    for shop in (one, three):
        sign_in(client, shop)
        client.get(url(shop))
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            client.get(url(shop))
        asked.append(len(captured))
    assert asked[0] == asked[1]
    assert asked[0] <= 8


def test_filters_are_kept_in_an_address_that_can_be_sent_on(client: Client) -> None:
    shop = make_shop()
    paid, unpaid = make_order(shop), make_order(shop)
    pay(paid)
    sign_in(client, shop)
    answer = client.get(url(shop, "apply=1&text=&payment=paid&amount_from=&sort=-placed"))
    assert answer["Location"] == url(shop, "payment=paid")
    page = client.get(answer["Location"]).content.decode()
    assert paid.code in page
    assert unpaid.code not in page
    assert "Without Payment" in page


def test_what_is_not_understood_is_said_and_left_out(client: Client) -> None:
    shop = make_shop()
    case = make_order(shop)
    sign_in(client, shop)
    page = client.get(url(shop, "apply=1&placed_from=soon")).content.decode()
    assert "Not understood and left out: Placed from" in page
    assert case.code in page


def test_dates_are_read_and_shown_in_the_shops_calendar(client: Client) -> None:
    shop = make_shop(calendar="jalali", timezone="Asia/Tehran")
    make_order(shop)
    sign_in(client, shop, language="fa")
    answer = client.get(url(shop, "apply=1&placed_from=۱۴۰۵/۰۹/۰۱"))
    assert answer["Location"] == url(shop, "placed_from=2026-11-22")
    assert "۱۴۰۵" in client.get(answer["Location"]).content.decode()


def test_search_finds_by_code_name_phone_and_product(client: Client) -> None:
    shop = make_shop()
    case = make_order(shop, customer=CustomerDraft("Olena Petrenko", "olena@example.com", "+380671234567"))
    other = make_order(shop)
    assert case.customer is not None
    sign_in(client, shop)
    for wanted in (case.code.lower(), case.customer.name, case.customer.phone, case.customer.email):
        page = client.get(url(shop), {"text": wanted}).content.decode()
        assert case.code in page
        assert f"case-{other.pk}" not in page
    assert case.code in client.get(url(shop), {"text": "gift"}).content.decode()


def test_search_as_one_types_answers_with_the_list_and_its_address(client: Client) -> None:
    shop = make_shop()
    case = make_order(shop)
    sign_in(client, shop)
    answer = client.get(url(shop, f"apply=1&text={case.code}"), headers={"HX-Request": "true", "HX-Target": "list"})
    assert answer["HX-Push-Url"] == url(shop, f"text={case.code}")
    assert b"<html" not in answer.content
    assert case.code.encode() in answer.content


def test_pages_follow_each_other_without_gap_or_double(client: Client) -> None:
    shop = make_shop()
    made = make_orders(shop, PAGE + 3)
    sign_in(client, shop)
    first = client.get(url(shop))
    cursor = first.context["page"].following
    assert cursor
    second = client.get(url(shop, f"cursor={cursor}"), headers={"HX-Request": "true", "HX-Target": "more"})
    shown = [case.pk for answer in (first, second) for case in answer.context["page"].cases]
    assert sorted(shown) == sorted(case.pk for case in made)
    assert 'id="more"' not in second.content.decode()
    assert "Back to the first" in client.get(url(shop, f"cursor={cursor}")).content.decode()


def test_an_empty_list_teaches_the_next_step(client: Client) -> None:
    shop = make_shop()
    sign_in(client, shop)
    assert "No orders yet" in client.get(url(shop)).content.decode()
    assert "Nothing matches these filters" in client.get(url(shop, "text=zzz")).content.decode()


def test_built_in_views_count_what_they_list(client: Client) -> None:
    shop = make_shop()
    made = make_orders(shop, 4)
    move(made[:1], "cancelled")
    sign_in(client, shop)
    tabs = client.get(counts_url(shop)).context["counted"].tabs
    assert tabs["all"] == "4"
    assert tabs["new"] == str(Case.objects.filter(shop=shop, phase="waiting").count())
    assert tabs["late"] == str(Case.objects.filter(shop=shop, closed_at=None, due_at__lt=timezone.now()).count())
    assert tabs["mine"] == "0"


def test_counts_come_after_the_page_and_each_has_its_place_there(client: Client) -> None:
    shop = make_shop()
    make_orders(shop, PAGE + 3)
    sign_in(client, shop)
    client.post(reverse("desk:view-save", args=[shop.slug]), {"name": "Unpaid", "query": "payment=unpaid"})
    page = client.get(url(shop, "payment=unpaid")).content.decode()
    assert f'hx-get="{counts_url(shop, "payment=unpaid")}" hx-vals=\'{{"selectable": 1}}\'' in page
    assert f"{PAGE}+ orders" in page
    counts = client.get(counts_url(shop, "payment=unpaid&selectable=1")).content.decode()
    places = re.findall(r'id="([^"]+)"[^>]* hx-swap-oob', counts)
    assert f"view-{SavedView.objects.get(shop=shop).pk}" in "".join(places)
    assert {"list-total", "bulk-total"} < set(places)
    assert all(f'id="{place}"' in page for place in places)
    assert f"{PAGE + 3} orders" in counts


@pytest.mark.parametrize(("role", "orders"), [(Role.OWNER, 0), (Role.TECHNICIAN, 1)], ids=["no orders", "may not"])
def test_where_nothing_can_be_selected_counts_have_no_place_for_it(client: Client, role: str, orders: int) -> None:
    shop = make_shop()
    make_orders(shop, orders)
    sign_in(client, shop, role)
    page = client.get(url(shop)).content.decode()
    assert f'hx-get="{counts_url(shop)}"' in page
    counts = client.get(counts_url(shop)).content.decode()
    places = re.findall(r'id="([^"]+)"[^>]* hx-swap-oob', counts)
    assert "list-total" in places
    assert all(f'id="{place}"' in page for place in places)


def test_what_is_found_by_words_is_not_counted(client: Client) -> None:
    shop = make_shop()
    make_orders(shop, PAGE + 3)
    sign_in(client, shop)
    part = client.get(url(shop, "apply=1&text=gift"), headers={"HX-Request": "true", "HX-Target": "list"})
    assert counts_url(shop) not in part.content.decode()
    assert client.get(counts_url(shop, "text=gift")).context["counted"].total_number is None


def test_a_view_is_kept_found_again_and_removed(client: Client) -> None:
    shop = make_shop()
    make_order(shop)
    sign_in(client, shop)
    answer = client.post(reverse("desk:view-save", args=[shop.slug]), {"name": "Unpaid <b>", "query": "payment=unpaid"})
    page = client.get(answer["Location"])
    assert "Unpaid &lt;b&gt;" in page.content.decode()
    view = SavedView.objects.get(shop=shop)
    assert view.user is not None
    client.post(reverse("desk:view-forget", args=[shop.slug, view.pk]))
    assert not SavedView.objects.filter(shop=shop).exists()


def test_a_view_for_everybody_takes_the_owner_of_the_shop(client: Client) -> None:
    shop = make_shop()
    sign_in(client, shop, Role.MANAGER)
    save = reverse("desk:view-save", args=[shop.slug])
    client.post(save, {"name": "Ours", "query": "payment=unpaid", "shared": "1"})
    assert SavedView.objects.get(shop=shop).user is not None
    sign_in(client, shop, Role.OWNER)
    client.post(save, {"name": "Ours", "query": "payment=paid", "shared": "1"})
    shared = SavedView.objects.get(shop=shop, user=None)
    sign_in(client, shop, Role.EXPERT)
    assert "Ours" in client.get(url(shop)).content.decode()
    assert client.post(reverse("desk:view-forget", args=[shop.slug, shared.pk])).status_code == 404


def test_views_of_one_person_are_nobody_elses_and_not_endless(client: Client) -> None:
    shop = make_shop()
    sign_in(client, shop)
    for number in range(saved.MOST + 1):
        client.post(reverse("desk:view-save", args=[shop.slug]), {"name": f"View {number}", "query": "late=1"})
    assert SavedView.objects.filter(shop=shop).count() == saved.MOST
    sign_in(client, shop)
    assert not re.search(r">\s*View 0\s*<", client.get(url(shop)).content.decode())


def test_columns_and_density_are_kept_on_the_device(client: Client) -> None:
    shop = make_shop()
    make_order(shop)
    sign_in(client, shop)
    answer = client.post(
        reverse("desk:orders-look", args=[shop.slug]),
        {"column": ["customer", "placed", "nonsense"], "density": "compact", "query": "late=1"},
    )
    assert answer["Location"] == url(shop, "late=1")
    shown = client.get(url(shop))
    assert shown.context["columns"] == ("customer", "placed")
    assert "list-compact" in shown.content.decode()


def test_a_live_page_gets_changed_rows_and_a_count_of_new_ones(client: Client) -> None:
    shop, other = make_shop(), make_shop()
    shown, new = make_order(shop), make_order(shop)
    foreign = make_order(other)
    sign_in(client, shop)
    fresh = reverse("desk:orders-fresh", args=[shop.slug])
    answer = client.get(fresh, {"shown": f"{shown.pk},{foreign.pk}", "others": f"{new.pk},{foreign.pk}"})
    page = answer.content.decode()
    assert f'id="case-{shown.pk}"' in page
    assert foreign.code not in page
    assert '<data value="1"' in page
    assert client.get(fresh, {"shown": "1;DROP"}).status_code == 400


def test_a_change_beyond_the_last_row_shown_is_not_new(client: Client) -> None:
    shop = make_shop()
    now = timezone.now()
    older, newer = (make_order(shop, placed_at=now - timedelta(hours=hours)) for hours in (5, 2))
    sign_in(client, shop)
    fresh = reverse("desk:orders-fresh", args=[shop.slug])
    for last, other, count in ((newer, older, 0), (older, newer, 1)):
        page = client.get(fresh, {"shown": "", "others": str(other.pk), "last": str(last.pk)}).content.decode()
        assert f'<data value="{count}"' in page
