"""The papers of a shop, for whoever keeps its books."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal

import pytest
from django.test import Client

from tartib.billing.models import Paper
from tartib.journal.operations import SYSTEM
from tartib.payments.operations import record_payment
from tartib.shops.models import Role, User
from tests.factories import NOW, make_order, make_orders, make_shop, make_staff, pay

pytestmark = pytest.mark.django_db

PERIOD = "?from=2020-01-01&to=2030-01-01"


def test_the_list_shows_every_paper_and_leads_to_it(client: Client) -> None:
    """B2."""
    shop = make_shop()
    client.force_login(make_staff(shop, Role.EXPERT))
    case = make_order(shop)
    pay(case)
    record_payment(shop, case.pk, Decimal(5), shop.currency, SYSTEM, now=NOW, direction="out")
    text = client.get(f"/desk/{shop.slug}/papers/{PERIOD}").content.decode()
    for paper in Paper.objects.filter(shop=shop):
        assert f"/desk/{shop.slug}/orders/{case.code}/papers/{paper.pk}/" in text
    rows = client.post(f"/desk/{shop.slug}/papers.csv{PERIOD}").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 3
    assert ",-5.00," in rows[1]
    User.objects.update(language="uk")
    rows = client.post(f"/desk/{shop.slug}/papers.csv{PERIOD}").content.decode("utf-8-sig").splitlines()
    assert ";-5,00;" in rows[1]
    for separator, amount in (
        ("comma", ",-5.00,"),
        ("semicolon", ";-5,00;"),
        ("tab", "\t-5,00\t"),
        ("else", ";-5,00;"),
    ):
        answer = client.post(f"/desk/{shop.slug}/papers.csv{PERIOD}&separator={separator}")
        assert amount in answer.content.decode("utf-8-sig"), separator


def test_a_longer_list_asks_no_more_questions(
    client: Client, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    shop = make_shop()
    client.force_login(make_staff(shop, Role.EXPERT))
    for expected in (1, 3):
        for case in make_orders(shop, expected):
            pay(case)
        with django_assert_num_queries(6):
            client.get(f"/desk/{shop.slug}/papers/{PERIOD}")


def test_an_invoice_is_issued_and_printed_from_the_order(client: Client) -> None:
    """B2, E6."""
    shop = make_shop()
    client.force_login(make_staff(shop, Role.EXPERT))
    case = make_order(shop)
    for act, title in (("pro-forma", "Pro-forma invoice"), ("invoice", "Invoice")):
        answer = client.post(f"/desk/{shop.slug}/orders/{case.code}/papers/{act}/", follow=True)
        assert f"<h1>{title}</h1>" in answer.content.decode()
        file = client.get(answer.redirect_chain[-1][0].rstrip("/") + ".pdf?lang=fa")
        assert file.content.startswith(b"%PDF")
    assert "PF-" in client.get(f"/desk/{shop.slug}/orders/{case.code}/").content.decode()


def test_the_customer_gets_the_papers_by_the_orders_link(client: Client) -> None:
    """B2: a pro-forma invoice before the payment, invoice and receipt after it."""
    shop = make_shop()
    case, other = make_orders(shop, 2)
    where = f"/t/{case.token}/"
    assert "pro-forma" in client.get(where).content.decode()
    assert client.get(f"{where}pro-forma.pdf?language=fa").content.startswith(b"%PDF")
    assert client.get(f"{where}pro-forma.pdf").content.startswith(b"%PDF")
    assert Paper.objects.filter(case=case, kind="pro-forma").count() == 1
    pay(case)
    paper = Paper.objects.get(case=case, kind="invoice")
    page = client.get(where).content.decode()
    assert paper.name in page
    assert f"{where}receipt.pdf?language=en" in page
    for file in (f"{where}papers/{paper.pk}.pdf", f"{where}receipt.pdf"):
        answer = client.get(file)
        assert answer.content.startswith(b"%PDF")
        assert "no-store" in answer["Cache-Control"]
    assert client.get(f"/t/{other.token}/papers/{paper.pk}.pdf").status_code == 404
