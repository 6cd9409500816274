"""The report of SMS on the desk (C8)."""

from __future__ import annotations

import csv
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tartib.cases.hooks import NotifyOptions
from tartib.customers.operations import CustomerDraft
from tartib.notify import report
from tartib.notify.models import Message
from tartib.shops.models import Role, Shop, User
from tests.factories import make_order, make_orders, make_shop, make_staff, move, with_sms
from tests.notify.sending import LATER, send
from tests.services import Phone

pytestmark = pytest.mark.django_db

SMS = NotifyOptions(channels=frozenset({"sms"}))
PERIOD = {"from": "2026-11-01", "to": "2026-11-30"}


@pytest.fixture
def shop() -> Shop:
    return with_sms(make_shop(country="UA", currency="UAH", timezone="Europe/Kyiv"))


@pytest.fixture
def manager(shop: Shop, client: Client) -> Client:
    client.force_login(make_staff(shop, Role.MANAGER))
    return client


def told(shop: Shop, how_many: int = 1) -> list[Message]:
    """So many orders whose customers were told by SMS."""
    move(make_orders(shop, how_many), "on-hold", notify_options=SMS)
    send()
    return list(Message.objects.filter(shop=shop, channel="sms").order_by("pk"))


def test_every_sms_is_listed_with_text_cause_and_what_became_of_it(manager: Client, shop: Shop, phone: Phone) -> None:
    """C8: date, time, text, what caused it, and what became of it; of one order on its own page."""
    (message,) = told(shop)
    assert message.case is not None
    page = manager.get(f"/desk/{shop.slug}/sms/", PERIOD).content.decode()
    for words in (message.recipient, message.case.code, "On hold", "has not said yet whether it arrived", "IRR"):
        assert words in page
    Message.objects.filter(pk=message.pk).update(delivered_at=LATER)
    page = manager.get(f"/desk/{shop.slug}/sms/", PERIOD | {"view": "delivered"}).content.decode()
    assert "Delivered:" in page
    case = manager.get(f"/desk/{shop.slug}/orders/{message.case.code}/", {"tab": "messages"}).content.decode()
    assert "Delivered:" in case
    assert "To the customer: new status" in case


def test_it_is_narrowed_by_fate_number_and_order(manager: Client, shop: Shop, phone: Phone) -> None:
    first, second = told(shop, 2)
    assert first.case is not None
    phone.answer = 413
    move(make_order(shop), "on-hold", notify_options=SMS)
    send()
    url = f"/desk/{shop.slug}/sms/"
    for asked, count in (
        ({}, 3), ({"view": "trouble"}, 1), ({"view": "sent"}, 2), ({"view": "delivered"}, 0), ({"view": "waiting"}, 0),
        ({"q": first.recipient}, 1), ({"q": first.case.code.lower()}, 1), ({"q": second.recipient[-7:]}, 1),
        ({"q": "nobody"}, 0), ({"from": "2026-12-01", "to": "2026-12-02"}, 0), ({"view": "of another kind"}, 3),
    ):  # fmt: skip
        assert len(manager.get(url, PERIOD | asked).context["rows"]) == count, asked


def test_pages_follow_each_other_without_gap_or_double(shop: Shop, phone: Phone) -> None:
    told(shop, 5)
    Message.objects.filter(pk__in=Message.objects.values("pk")[:2]).update(created_at=LATER - timedelta(hours=1))
    seen, cursor = [], ""
    while True:
        page = report.report_page(shop, report.Wanted(), cursor, size=2)
        seen += [message.pk for message in page.rows]
        cursor = page.following
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 5
    for nonsense in ("x", "~", "2026-01-01~1", "2026-01-01T00:00:00+00:00~x", "2026-01-01T00:00:00+00:00~" + "9" * 30):
        assert len(report.report_page(shop, report.Wanted(), nonsense).rows) == 5


def test_the_table_is_in_the_shops_time_and_runs_nothing(manager: Client, shop: Shop, phone: Phone) -> None:
    """What a customer is called or wrote is no formula of whoever opens the table."""
    case = make_order(shop, customer=CustomerDraft("=1+1", "jo@example.com", "+380501112233"))
    move(case, "on-hold", notify_options=SMS)
    send()
    Message.objects.update(text="=HYPERLINK(1)")
    assert manager.get(f"/desk/{shop.slug}/sms.csv", PERIOD).status_code == 405, "a browser that looks ahead takes none"
    answer = manager.post(f"/desk/{shop.slug}/sms.csv?{urlencode(PERIOD)}")
    header, row = csv.reader(StringIO(answer.content.decode("utf-8-sig")))
    assert len(header) == len(row)
    found = dict(zip(header, row, strict=True))
    assert (found["Date"], found["Time"], found["Number"]) == ("2026-11-22", "11:30:00", "+380501112233")
    assert found["Text"] == "'=HYPERLINK(1)"
    assert found["Sent at"] == "2026-11-22 11:35:00+02:00"
    assert (found["SMS parts"], found["Price"], found["Currency"]) == ("1", "750", "IRR")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"


def test_the_table_opens_in_the_spreadsheet_of_its_readers_language(manager: Client, shop: Shop, phone: Phone) -> None:
    told(shop)
    Message.objects.update(price=Decimal("0.0075"), price_currency="USD", text="a, b; c")
    User.objects.filter(memberships__shop=shop).update(language="uk")
    page = manager.post(f"/desk/{shop.slug}/sms.csv?{urlencode(PERIOD)}").content.decode("utf-8-sig")
    header, row = csv.reader(StringIO(page), delimiter=";")
    assert (row[5], row[-2:]) == ("a, b; c", ["0,0075", "USD"])
    assert len(header) == len(row)


def test_other_shops_and_lesser_roles_see_nothing(manager: Client, shop: Shop, phone: Phone) -> None:
    told(with_sms(make_shop(country="UA")))
    assert manager.get(f"/desk/{shop.slug}/sms/", PERIOD).context["rows"] == []
    manager.force_login(make_staff(shop, Role.EXPERT))
    assert manager.get(f"/desk/{shop.slug}/sms/", PERIOD).status_code == 403
    assert manager.post(f"/desk/{shop.slug}/sms.csv?{urlencode(PERIOD)}").status_code == 403


def test_the_number_of_queries_does_not_grow(manager: Client, shop: Shop, phone: Phone) -> None:
    counted = []
    for how_many in (1, 2):
        told(shop, how_many)
        manager.get(f"/desk/{shop.slug}/sms/", PERIOD)
        with CaptureQueriesContext(connection) as queries:
            manager.get(f"/desk/{shop.slug}/sms/", PERIOD)
        counted.append(len(queries))
    assert counted[0] == counted[1]
