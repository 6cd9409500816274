"""Orders by status over a period (requirement A7)."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.utils.html import escape

from tartib.desk import period
from tartib.journal.operations import SYSTEM
from tartib.payments.operations import record_payment
from tartib.shops.models import User
from tests.factories import (
    NOW,
    PASSWORD,
    make_order,
    make_orders,
    make_product,
    make_shop,
    make_staff,
    make_user,
    move,
    pay,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def test_a_manager_sees_orders_and_money_by_status_and_opens_each_list(client: Client) -> None:
    """A7: completed, cancelled and all other statuses with their sums over any period."""
    shop = make_shop()
    pay(make_order(shop))
    move(make_orders(shop, 2), "cancelled")
    client.login(email=make_staff(shop, "manager").email, password=PASSWORD)
    page = client.get(f"/desk/{shop.slug}/reports/")
    rows = {row.code: (row.cases, row.amount, row.share) for row in page.context["rows"]}
    assert rows == {"processing": (1, 50, 33), "cancelled": (2, 100, 67)}
    assert f"/desk/{shop.slug}/orders/?status=cancelled" in page.content.decode()
    (sales,) = page.context["sales"]
    assert (sales.cases, sales.gross, sales.refunds, sales.net, sales.ended, sales.lost) == (1, 50, 0, 50, 2, 100)
    nothing = client.get(f"/desk/{shop.slug}/reports/?from=2020-01-01&to=2020-01-31")
    assert nothing.context["rows"] == []


def test_a_period_is_read_in_the_shops_calendar(client: Client) -> None:
    """X5: a Jalali shop writes the period in its own calendar and with its own digits."""
    shop = make_shop(calendar="jalali", timezone="Asia/Tehran", language="fa", currency="IRR")
    make_order(shop)
    client.login(email=make_staff(shop).email, password=PASSWORD)
    page = client.get(f"/desk/{shop.slug}/reports/", {"from": "۱۴۰۵/۰۹/۰۱", "to": "1405/09/01"})
    assert page.context["period"].first.isoformat() == "2026-11-22"
    assert page.context["cases"] == 1


@pytest.mark.parametrize("calendar", ["gregorian", "jalali", "hijri"])
def test_the_period_shown_is_the_one_sent_again(client: Client, calendar: str) -> None:
    """X5: whatever the calendar and the reader's language, pressing Show unchanged changes nothing."""
    shop = make_shop(calendar=calendar, timezone="Asia/Riyadh")
    person = make_staff(shop)
    client.force_login(person)
    for language in ("en", "fa", "ar", "uk", "zh-hant"):
        User.objects.filter(pk=person.pk).update(language=language)
        page = client.get(f"/desk/{shop.slug}/reports/", {"from": "2026-09-01", "to": "2026-11-30"})
        shown = re.findall(r'name="(?:from|to)"\s+value="([^"]+)"', page.content.decode())
        assert ("2026" in shown[0]) == (calendar == "gregorian")
        again = client.get(f"/desk/{shop.slug}/reports/", dict(zip(("from", "to"), shown, strict=True)))
        assert again.context["period"] == page.context["period"]


def test_what_is_no_day_stands_in_its_field_again_beside_the_reason(client: Client) -> None:
    shop = make_shop(calendar="jalali", timezone="Asia/Tehran")
    client.force_login(make_staff(shop))
    page = client.get(f"/desk/{shop.slug}/reports/", {"from": "0784-06-10", "to": "foo"}).content.decode()
    assert 'value="0784-06-10"' in page
    assert 'value="foo"' in page
    assert "from \u20681329\u2069 to \u20681459\u2069" in page
    assert page.count('aria-invalid="true" aria-describedby="period-problem"') == 2
    assert page.count('id="period-problem"') == 1
    page = client.get(f"/desk/{shop.slug}/reports/", {"from": "1405/06/01", "to": "foo"}).content.decode()
    assert page.count('aria-invalid="true"') == 1
    (example,) = re.findall("such as \u2068(.+?)\u2069", page)
    assert not client.get(f"/desk/{shop.slug}/reports/", {"to": example}).context["period"].problem


@pytest.mark.parametrize("asked", [{"from": "soon"}, {"from": "2026-11-22", "to": "2026-11-01"}])
def test_a_period_that_makes_no_sense_is_told_and_the_month_shown(client: Client, asked: dict[str, str]) -> None:
    shop = make_shop()
    client.login(email=make_staff(shop).email, password=PASSWORD)
    page = client.get(f"/desk/{shop.slug}/reports/", asked)
    assert page.status_code == 200
    assert page.context["period"].problem
    assert page.context["period"].first.isoformat() == "2026-11-01"


def test_only_the_shops_own_staff_see_its_report(client: Client) -> None:
    shop = make_shop()
    assert client.get(f"/desk/{shop.slug}/reports/").status_code == 302
    client.login(email=make_user().email, password=PASSWORD)
    assert client.get(f"/desk/{shop.slug}/reports/").status_code == 404


def test_of_two_names_for_the_same_days_one_is_lit() -> None:
    """On the thirtieth "this month" and "the last 30 days" are the same."""
    shop = make_shop()
    chosen = period.read_period({}, shop, NOW.replace(day=30))
    lit = [choice.current for choice in period.choices(chosen, shop, NOW.replace(day=30))]
    assert lit == [True, False, False, False]


def test_each_number_of_the_sales_opens_its_orders(client: Client) -> None:
    """A7: a refund is seen and subtracted, whatever the workflow calls it; what was cancelled is told apart."""
    shop = make_shop("delivery")
    back, kept = make_order(shop, make_product(shop)), make_order(shop)
    pay(back)
    record_payment(shop, back.pk, Decimal(20), back.currency, SYSTEM, now=NOW, direction="out")
    gone = make_order(shop)
    move(gone, "cancelled")
    client.force_login(make_staff(shop))
    page = client.get(f"/desk/{shop.slug}/reports/")
    (sales,) = page.context["sales"]
    assert (sales.cases, sales.refunded, sales.net, sales.ended) == (2, 1, 150, 1)
    for name, cases in (("sold", {back, kept}), ("refunded", {back}), ("ended", {gone})):
        address = f"/desk/{shop.slug}/orders/?{page.context[name]}"
        assert escape(address) in page.content.decode()
        assert {row.pk for row in client.get(address).context["page"].cases} == {case.pk for case in cases}, name
