"""The moves on an order's page: the likeliest filled, the parcel's number with it, a refusal said, the way back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tartib.cases.models import Case
from tartib.journal.models import Entry
from tartib.notify.models import Message, State
from tartib.orders.models import Order
from tartib.shops.models import Role, Shop
from tests.factories import make_order, make_product, make_shop, make_staff, move, pay
from tests.notify.sending import send
from tests.services import Mailbox

pytestmark = pytest.mark.django_db


def signed_in(shop: Shop, role: str = "") -> Client:
    client = Client()
    assert shop.default_owner is not None
    client.force_login(make_staff(shop, role) if role else shop.default_owner.user)
    return client


def at(case: Case, rest: str = "") -> str:
    return f"/desk/{case.shop.slug}/orders/{case.code}/{rest}"


def packed(shop: Shop, delivery: str = "home") -> Case:
    case = make_order(shop, make_product(shop), payment_method="on-receipt", delivery=delivery)
    for target in ("in-processing", "picking", "packed"):
        move(case, target)
    case.refresh_from_db()
    return case


def test_a_button_for_trouble_is_never_the_one_that_invites() -> None:
    """A2: the likeliest act is filled; where nothing but waiting is likely, no move is."""
    shop = make_shop("delivery")
    client = signed_in(shop)
    case = make_order(shop, payment_method="bank")
    assert [one.filled for one in client.get(at(case)).context["offers"].main] == [True, False, False]
    move(case, "in-processing")
    offers = client.get(at(case)).context["offers"]
    assert offers.money and not any(one.filled for one in offers.main)
    online = make_order(shop, payment_method="online")
    move(online, "in-processing")
    offers = client.get(at(online)).context["offers"]
    assert offers.main and not offers.money and not any(one.filled for one in offers.main)


def test_money_that_is_likeliest_is_recorded_in_a_dialog_that_also_opens_without_a_script() -> None:
    case = make_order(make_shop(), payment_method="bank")
    page = signed_in(case.shop).get(at(case), {"open": "pay"})
    assert b'id="pay" class="sheet" aria-labelledby="pay-title" open' in page.content
    technician = signed_in(case.shop, Role.TECHNICIAN).get(at(case))
    assert not technician.context["offers"].money


def test_handing_over_asks_for_the_number_and_keeps_it_with_the_move() -> None:
    """A2, D3: one act says that the parcel is with the carrier and under which number."""
    shop = make_shop("delivery")
    case = packed(shop)
    client = signed_in(shop)
    first = client.get(at(case)).context["offers"].main[0]
    assert (first.move.target, first.filled, first.parcel is not None) == ("shipped", True, True)
    sent = {"target": "shipped", "tracking_number": " 20450000000001 ", "version": case.version}
    assert client.post(at(case, "process/"), sent).status_code == 302
    order = Order.objects.select_related("case").get(pk=case.pk)
    assert (order.case.status, order.tracking_number) == ("shipped", "20450000000001")
    kinds = Entry.objects.filter(case_id=case.pk).order_by("seq").values_list("kind", flat=True)
    assert [kind for kind in kinds if kind in ("tracking", "moved")][-2:] == ["tracking", "moved"]


def test_a_forgotten_number_is_asked_for_again_where_it_was_typed() -> None:
    shop = make_shop("delivery")
    case = packed(shop)
    page = signed_in(shop).post(at(case, "process/"), {"target": "shipped", "carrier": "Nova Poshta"})
    assert page.status_code == 422
    offer = page.context["offers"].main[0]
    assert offer.opened and offer.parcel.errors and offer.parcel["carrier"].value() == "Nova Poshta"
    assert Case.objects.get(pk=case.pk).status == "packed"
    assert b'aria-invalid="true"' in page.content


def test_a_number_that_was_typed_is_kept_when_somebody_else_was_quicker() -> None:
    shop = make_shop("delivery")
    case, client = packed(shop), signed_in(shop)
    client.post(at(case, "people/"), {"version": case.version, "name": "Another Name", "language": "en"})
    typed = {"target": "shipped", "tracking_number": "2045", "version": case.version, "seen": "1"}
    page = client.post(at(case, "process/"), typed)
    assert page.status_code == 409 and "changed while you were writing" in page.content.decode()
    assert page.context["offers"].main[0].parcel["tracking_number"].value() == "2045"


def test_picked_up_orders_are_set_out_and_own_couriers_take_them_along() -> None:
    shop = make_shop("delivery")
    client = signed_in(shop)
    for delivery, target in (("pickup", "ready"), ("courier", "in-transit")):
        first = client.get(at(packed(shop, delivery))).context["offers"].main[0]
        assert (first.move.target, first.filled, first.parcel) == (target, True, None)


def test_the_reason_of_a_refused_button_stands_above_the_moves_and_opens_no_form() -> None:
    case = make_order(make_shop(), payment_method="online")
    page = signed_in(case.shop).post(at(case, "process/"), {"target": "processing"})
    assert page.status_code == 422 and page.context["opened"] == ""
    said = page.content.decode()
    assert said.index('class="form-problem"') < said.index('id="case-bar"')
    whole = signed_in(case.shop).post(at(case, "process/"), {"target": "processing", "whole": "1"})
    said = whole.content.decode()
    assert said.index('id="process"') < said.index('class="form-problem"'), "in the form that was sent"


def test_the_last_move_is_undone_from_the_page_for_as_long_as_that_is_possible() -> None:
    """X4: after a reload the way back is still there, with its time; what messages it withdrew is said."""
    shop = make_shop()
    client, case = signed_in(shop), make_order(shop, payment_method="on-receipt")
    client.post(at(case, "process/"), {"target": "processing"})
    undo = client.get(at(case)).context["undo"]
    assert undo.prospect.back == 1
    address = reverse("desk:act-undo", args=[shop.slug, undo.act_id])
    assert client.get(at(case)).content.decode().count(f'action="{address}"') == 2, "bar and timeline"
    held = Message.objects.filter(case=case, state=State.HELD, act_id=undo.act_id).count()
    assert held
    said = [str(one) for one in client.post(address, follow=True, headers={"Referer": at(case)}).context["messages"]]
    assert "withdrawn before" in said[0]
    case.refresh_from_db()
    assert case.status == "pending"
    assert client.get(at(case)).context["undo"] is None


def test_what_can_no_longer_be_undone_says_why(mailbox: Mailbox) -> None:
    shop = make_shop()
    client, case = signed_in(shop), make_order(shop, payment_method="on-receipt")
    move(case, "processing", now=timezone.now() - timedelta(hours=1))
    page = client.get(at(case))
    assert "too late to undo" in page.content.decode()
    told = make_order(shop, payment_method="on-receipt")
    move(told, "processing", now=timezone.now())
    send(timezone.now() + timedelta(minutes=5))
    page = client.get(at(told))
    assert page.context["undo"].prospect.refusal.code == "already-told"
    assert "already been told" in page.content.decode()


def test_a_machine_is_not_undone_from_the_page() -> None:
    shop = make_shop()
    case = make_order(shop, payment_method="bank")
    pay(case)
    assert signed_in(shop).get(at(case)).context["undo"] is None
