"""What was paid when its goods were gone, as staff see and settle it on the order's page (A4, D8)."""

import pytest
from django.test import Client

from tartib.cases.models import Case
from tartib.journal.operations import Actor
from tartib.orders import proposals
from tartib.payments.models import Refund
from tests.factories import NOW, PASSWORD, make_order, make_product, make_shop, pay

pytestmark = pytest.mark.django_db


def test_the_customers_answer_is_shown_and_the_money_goes_back_with_one_button(client: Client) -> None:
    shop = make_shop()
    case = make_order(shop, make_product(shop, pieces=0))
    pay(case)
    proposals.choose(shop, case.pk, "refund", "To my card", Actor("customer", "Jo"), now=NOW)
    assert shop.default_owner is not None
    client.login(username=shop.default_owner.user.email, password=PASSWORD)
    there = f"/desk/{shop.slug}/orders/{case.code}/"
    page = client.get(there).content.decode()
    assert "The customer chose: Get the money back" in page
    assert "To my card" in page
    for _again in range(2):
        assert client.post(f"{there}money-back/").status_code == 302
    refund = Refund.objects.get(case=case)
    assert refund.amount == Case.objects.get(pk=case.pk).amount
    proposal = proposals.of(case.pk)
    assert proposal is not None
    assert proposal.settled_at is not None
    assert "money-back/" not in client.get(there).content.decode()
