"""What a customer asks to cancel or to return, answered at the top of the order's page (B2, D1)."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from tartib.cases.models import Case
from tartib.dispatch.models import WorkRecord
from tartib.journal.models import ActorKind
from tartib.journal.operations import Actor
from tartib.orders import requesting
from tartib.orders.drafts import LineDraft
from tartib.orders.models import Line
from tartib.orders.requesting import Asked
from tartib.orders.requests import CustomerRequest
from tartib.payments.models import Refund
from tests.factories import make_order, make_product, make_shop, move, pay

pytestmark = pytest.mark.django_db


def made(kind: str, pieces: int, *, delivered: bool = False) -> tuple[Case, CustomerRequest, Client]:
    """A paid order of two shirts, what its customer asks, and the owner at the desk."""
    shop = make_shop()
    shirt = make_product(shop, price="50.00", name="Shirt")
    case = make_order(shop, lines=(LineDraft("Shirt", 2, Decimal(50), sku=shirt.sku),))
    pay(case)
    if delivered:
        move(case, "completed", now=timezone.now())
    case.refresh_from_db()
    asked = Asked(kind, {Line.objects.get(case=case).pk: pieces}, "mind", "Too many")  # type: ignore[arg-type]
    request = requesting.ask(case, asked, Actor(ActorKind.CUSTOMER, "Jo"), now=timezone.now())
    assert request is not None and shop.default_owner is not None
    client = Client()
    client.force_login(shop.default_owner.user)
    return case, request, client


def there(case: Case, request: CustomerRequest, act: str) -> str:
    return f"/desk/{case.shop.slug}/orders/{case.code}/requests/{request.pk}/{act}/"


def test_agreeing_to_cancel_cancels_the_order_and_opens_the_refund() -> None:
    case, request, client = made("cancel", 2)
    page = client.get(f"/desk/{case.shop.slug}/orders/{case.code}/").content.decode()
    assert "The customer asks to cancel" in page and "Too many" in page
    orders = client.get(f"/desk/{case.shop.slug}/orders/?type=requested").content.decode()
    assert case.code in orders
    line = request.lines.get().line_id
    answer = client.post(there(case, request, "approval"), {f"agreed_{line}": "۲"})
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.status == "cancelled"
    refund = client.get(answer["Location"]).content.decode()
    assert re.search(r'<dialog id="refund"[^>]* open>', refund)
    assert re.search(r'name="refund-everything"[^>]* checked', refund)
    assert case.code not in client.get(f"/desk/{case.shop.slug}/orders/?type=requested").content.decode()


def test_what_nobody_answered_needs_attention_and_can_be_answered_there() -> None:
    case, request, client = made("cancel", 1)
    attention = f"/desk/{case.shop.slug}/attention/"
    page = client.get(attention).content.decode()
    assert "A customer asks to cancel" in page and "1 × Shirt" in page
    assert "Settled otherwise…" not in page, "whoever asked is owed an answer"
    there_too = client.get(f"/desk/{case.shop.slug}/orders/{case.code}/").content.decode()
    assert "The customer asks to cancel" in there_too and 'id="work-' not in there_too, "the order says it once"
    record = WorkRecord.objects.get()
    refused = client.post(f"{attention}{record.pk}/settlement/", {"words": "Seen to"})
    assert (refused.status_code, "waits for an answer" in refused.content.decode()) == (422, True)
    client.post(f"{attention}{record.pk}/acts/decline/", {"words": "It is packed"})
    request.refresh_from_db()
    assert (request.state, request.answer) == ("declined", "It is packed")
    assert (
        "A customer asks to cancel"
        not in client.get(f"{attention}?kind=cancel-unanswered").content.decode().split('id="work"')[1]
    )


def test_a_return_is_agreed_then_arrives_then_its_money_goes_back() -> None:
    case, request, client = made("return", 1, delivered=True)
    line = request.lines.get().line_id
    client.post(there(case, request, "approval"), {f"agreed_{line}": "1", "words": "Use our label"})
    answer = client.post(there(case, request, "arrival"))
    refund = client.get(answer["Location"]).content.decode()
    assert re.search(rf'name="refund-give_{line}"[^>]*value="1"', refund)
    address = f"/desk/{case.shop.slug}/orders/{case.code}/refunds/"
    assert f'action="{address}"' in refund, "once it is sent, the form is not opened again"
    typed = {"refund-key": "one", f"refund-give_{line}": "1", f"refund-shelf_{line}": "on"}
    seen = re.search(r'name="refund-seen" value="(\w+)"', client.post(address, typed).content.decode())
    assert seen is not None
    assert client.post(address, typed | {"refund-seen": seen[1]}).status_code == 302
    request.refresh_from_db()
    assert (request.state, Refund.objects.get().amount) == ("done", Decimal(50))
    page = client.get(f"/desk/{case.shop.slug}/orders/{case.code}/").content.decode()
    assert "The goods are back" in page and 'id="request-' not in page


def test_no_needs_a_reason_and_yes_something_to_agree_to() -> None:
    case, request, client = made("return", 1, delivered=True)
    line = request.lines.get().line_id
    assert "Say why" in client.post(there(case, request, "refusal")).content.decode()
    answer = client.post(there(case, request, "approval"), {f"agreed_{line}": "0", "words": "Kept"})
    assert answer.status_code == 422 and "Kept" in answer.content.decode()
    assert client.post(there(case, request, "refusal"), {"words": "Worn"}).status_code == 302
    request.refresh_from_db()
    assert (request.state, request.answer) == ("declined", "Worn")
    assert client.post(there(case, request, "refusal"), {"words": "Again"}).status_code == 302
    request.refresh_from_db()
    assert request.answer == "Worn"
