"""Requirement E7: the shop's people are told of a new order by e-mail, SMS and fax with the receipt."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from tartib.cases.hooks import AS_USUAL
from tartib.notify.models import Message, MessageSettings, NoticeAddress
from tartib.notify.operations import tell_also, tell_no_more
from tartib.shops.models import Role
from tartib.shops.operations import change_shop
from tests.factories import make_orders, make_shop, make_staff, with_sms
from tests.notify.sending import send
from tests.services import Mailbox, Phone

pytestmark = pytest.mark.django_db


def test_a_new_order_is_told_by_email_sms_and_fax_with_its_receipt(mailbox: Mailbox, phone: Phone) -> None:
    """E7."""
    shop = make_shop(email="shop@example.com", language="uk", country="UA", fax_gateway="{to}@fax.example")
    with_sms(shop)
    tell_also(shop, "email", " Boss@Example.com ")
    tell_also(shop, "sms", "050 111 22 33")
    tell_also(shop, "fax", "+380 44 123 45 67")
    (case,) = make_orders(shop, 1, notify_options=AS_USUAL)
    send()
    by_recipient = {str(letter["To"]): letter for letter in mailbox.letters}
    assert {"shop@example.com", "boss@example.com", "380441234567@fax.example"} <= set(by_recipient)
    fax = by_recipient["380441234567@fax.example"]
    (paper,) = fax.iter_attachments()
    assert paper.get_content_type() == "application/pdf"
    assert paper.get_content().startswith(b"%PDF")
    assert case.code in str(fax["Subject"])
    told = [text for text in phone.texts if "Нове замовлення" in text]
    assert len(told) == 1
    assert f"/desk/{shop.slug}/orders/{case.code}/" in told[0]
    assert set(Message.objects.filter(case=case, kind="opened").values_list("state", flat=True)) == {"sent"}


def test_without_a_fax_service_the_fax_waits_with_a_reason() -> None:
    shop = make_shop(fax_gateway="{to}@fax.example", country="UA")
    tell_also(shop, "fax", "+380441234567")
    change_shop(shop, MessageSettings.of(shop), fax_gateway="")
    (case,) = make_orders(shop, 1, notify_options=AS_USUAL)
    message = Message.objects.get(case=case, channel="fax")
    assert (message.state, message.reason) == ("withheld", "no-fax")


@pytest.mark.parametrize(("channel", "address"), [("email", "nobody"), ("sms", "call me"), ("fax", "+380441234567")])
def test_an_address_that_cannot_be_told_is_refused(channel: str, address: str) -> None:
    shop = make_shop()
    with pytest.raises(ValidationError):
        tell_also(shop, channel, address)


def test_the_same_address_is_kept_once_and_another_shops_stays() -> None:
    shop, other = make_shop(), make_shop()
    kept = tell_also(shop, "email", "boss@example.com")
    assert tell_also(shop, "email", "BOSS@example.com") == kept
    with pytest.raises(NoticeAddress.DoesNotExist):
        tell_no_more(other, kept.pk)
    assert NoticeAddress.objects.count() == 1


def test_the_settings_add_and_remove_an_address(client: Client) -> None:
    shop = make_shop(country="UA")
    client.force_login(make_staff(shop, Role.OWNER))
    where = f"/desk/{shop.slug}/settings/messages/addresses/"
    refused = client.post(where, {"channel": "fax", "address": "+380441234567"})
    assert refused.status_code == 422
    assert "Enter the fax service" in refused.content.decode()
    by_sms = {"channel": "sms", "address": "+۳۸۰۵۰۱۱۱۲۲۳۳"}
    assert "Choose the SMS service" in client.post(where, by_sms).content.decode()
    with_sms(shop)
    client.post(where, by_sms)
    kept = NoticeAddress.objects.get(shop=shop)
    assert kept.address == "+380501112233"
    client.post(f"{where}{kept.pk}/removal/")
    assert not NoticeAddress.objects.exists()
