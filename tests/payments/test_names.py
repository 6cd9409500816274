"""What a way to pay is called, and what is told of it: as the shop says it in the reader's language, or another one."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.translation import override

from tartib.billing.assembling import receipt_of
from tartib.orders.paying import Way
from tartib.orders.payment_words import words
from tartib.payments import accounts
from tartib.payments.attempts import apply_notice, start
from tartib.payments.gateways import gateway
from tartib.payments.models import Account, Payment
from tartib.shops.models import Shop
from tests.factories import NOW, make_order, make_shop, pay
from tests.payments.scripted import Scripted, make_account, paid

pytestmark = pytest.mark.django_db


def _named(shop: Shop, names: dict[str, str], code: str = "cash") -> Account:
    return accounts.add(shop, code, {}, now=NOW, names=names)


@pytest.mark.parametrize(
    ("names", "language", "shown"),
    [
        ({}, "fa", "پرداخت در محل"),
        ({}, "en", "Cash on delivery"),
        ({"en": "Pay the driver", "fa": "پرداخت به پیک"}, "fa", "پرداخت به پیک"),
        ({"en": "Pay the driver", "fa": "پرداخت به پیک"}, "uk", "Pay the driver"),
        ({"fa": "پرداخت به پیک"}, "uk", "پرداخت به پیک"),
        ({"en": "  ", "xx": "Nobody's"}, "en", "Cash on delivery"),
    ],
)
def test_it_is_called_as_the_shop_calls_it_in_that_or_another_language(
    names: dict[str, str], language: str, shown: str
) -> None:
    account = _named(make_shop(), names)
    assert account.name(language) == shown
    with override(language):
        assert Way(account, gateway("cash")).name == shown


def test_an_order_that_is_picked_up_says_so_unless_the_shop_has_a_name_of_its_own() -> None:
    shop = make_shop()
    assert Way(_named(shop, {}), gateway("cash"), picked_up=True).name == "Pay when you pick it up"
    assert Way(_named(shop, {"en": "At the counter"}), gateway("cash"), picked_up=True).name == "At the counter"


def test_a_name_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValidationError, match="80"):
        _named(make_shop(), {"en": "x" * 81})


def test_papers_and_the_page_to_pay_say_it_in_their_readers_language(scripted: Scripted) -> None:
    shop = make_shop(languages=["en", "fa"])
    account = make_account(shop)
    accounts.change(account, {}, names={"en": "Card", "fa": "کارت"}, live=False, active=True)
    case = make_order(shop)
    page = f"/t/{case.token}/pay/"
    assert "کارت" in Client().get(page, {"language": "fa"}).content.decode()
    attempt = start(shop, case.pk, account, now=NOW)
    apply_notice(account, paid(attempt), now=NOW)
    assert [one.method for one in receipt_of(case, "fa").payments] == ["کارت"]
    assert [one.method for one in receipt_of(case, "en").payments] == ["Card"]
    assert Payment.objects.get().method == "Card"


def test_its_names_are_entered_on_the_desk_and_one_of_a_language_left_out_stays() -> None:
    shop = make_shop(languages=["en", "fa"])
    account = _named(shop, {"en": "Cash", "uk": "Готівка"})
    assert shop.default_owner is not None
    client, here = Client(), f"/desk/{shop.slug}/settings/payments/{account.pk}/"
    client.force_login(shop.default_owner.user)
    page = client.get(here).content.decode()
    assert 'name="name_fa"' in page
    assert 'name="name_uk"' not in page
    told = {"instructions_en": " Exact change,\r\nplease. ", "instructions_fa": "پول خرد بیاورید."}
    client.post(here, {"name_en": "", "name_fa": "نقد", "active": "on"} | told)
    account.refresh_from_db()
    assert account.names == {"fa": "نقد", "uk": "Готівка"}
    assert account.instructions == {"en": "Exact change,\nplease.", "fa": "پول خرد بیاورید."}
    assert "نقد" in client.get(f"/desk/{shop.slug}/settings/payments/").content.decode()


CASH = {"en": "The courier takes cards.", "fa": "پیک کارت‌خوان دارد."}
BANK = {"en": "We check twice a day.", "uk": "Перевіряємо двічі на день."}


@pytest.mark.parametrize(
    ("texts", "language", "told"),
    [
        (CASH, "fa", CASH["fa"]),
        (CASH, "uk", CASH["en"]),
        ({"fa": CASH["fa"]}, "zh-hant", CASH["fa"]),
        ({}, "fa", ""),
        ({"en": " "}, "en", ""),
    ],
)
def test_what_is_told_of_it_has_languages_as_its_name_has(texts: dict[str, str], language: str, told: str) -> None:
    account = accounts.add(make_shop(), "cash", {}, now=NOW, instructions=texts)
    assert account.told(language) == told
    with override(language):
        assert Way(account, gateway("cash")).instructions == told


def test_what_is_told_of_it_is_bounded_and_only_where_the_gateway_has_a_place_for_it() -> None:
    with pytest.raises(ValidationError, match="1000"):
        accounts.add(make_shop(), "cash", {}, now=NOW, instructions={"en": "x" * 1001})
    secret = {"secret": "a long word"}
    online = accounts.add(make_shop(practice=True), "practice", secret, now=NOW, instructions={"en": "Lost"})
    assert online.instructions == {}


@pytest.mark.parametrize(
    ("method", "named", "language", "told"),
    [
        ("on-receipt", "", "fa", CASH["fa"]),
        ("bank", "", "uk", BANK["uk"]),
        ("bank", "To the other account", "uk", "Other account."),
        ("online", "", "fa", ""),
    ],
)
def test_letters_and_the_page_of_an_order_tell_of_its_own_way_until_it_is_paid(
    method: str, named: str, language: str, told: str
) -> None:
    """E7: of several accounts of a kind, the one that was chosen."""
    shop = make_shop(languages=["en", "fa", "uk"])
    holder = {"holder": "Shop Ltd", "bank": "Bank", "number": "UA1"}
    accounts.add(shop, "cash", {}, now=NOW, instructions=CASH)
    accounts.add(shop, "bank", holder, now=NOW, instructions=BANK)
    other = holder | {"number": "UA2"}
    accounts.add(
        shop, "bank", other, now=NOW, names={"en": "To the other account"}, instructions={"en": "Other account."}
    )
    case = make_order(shop, payment_method=method, payment_method_name=named)
    said = words([case.pk], language)[case.pk]
    assert said["payment_instructions"] == told
    assert ("UA2" in said["transfer"], "UA1" in said["transfer"]) == (bool(named), method == "bank" and not named)
    page = Client().get(f"/t/{case.token}/", {"language": language}).content.decode()
    assert (CASH["fa"] in page) == (method == "on-receipt")
    pay(case)
    assert words([case.pk], language)[case.pk]["payment_instructions"] == ""
