"""Message templates: checked as they are written, previewed with a real order, in every language (requirement A5)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tartib.notify.models import Template
from tartib.shops.models import Role, Shop
from tests.factories import make_order, make_orders, make_product, make_shop

SignIn = Callable[..., Client]


def _url(shop: Shop, where: str = "processing/email/en/") -> str:
    return f"/desk/{shop.slug}/templates/{where}"


def _save(client: Client, shop: Shop, where: str = "processing/email/en/", **text: str) -> int:
    given = {"subject": "Order {order_number}", "body": "Hello {customer_name}"} | text
    return client.post(_url(shop, where), given).status_code


def test_the_table_shows_every_status_channel_and_language_and_what_is_ones_own(owner: Client, shop: Shop) -> None:
    page = owner.get(_url(shop, "")).content.decode()
    for where in ("processing/email/en/", "processing/sms/fa/", "completed/email/fa/"):
        assert _url(shop, where) in page
    assert "processing/email/uk/" not in page
    assert "0 are your own" in page
    _save(owner, shop)
    assert "1 is your own" in owner.get(_url(shop, "")).content.decode()


def test_who_may_write_templates(sign_in: SignIn, shop: Shop) -> None:
    for role, status in ((Role.TECHNICIAN, 403), (Role.EXPERT, 403), (Role.MANAGER, 200)):
        client = sign_in(role)
        assert client.get(_url(shop, "")).status_code == status
        assert client.get(_url(shop)).status_code == status
        assert client.post(_url(shop) + "preview/", {"body": "x"}).status_code == status
        assert client.post(_url(shop) + "letter/", {"body": "x"}).status_code == status


@pytest.mark.parametrize("where", ["nowhere/email/en/", "processing/fax/en/", "processing/email/de/"])
def test_a_message_that_does_not_exist_is_not_found(owner: Client, shop: Shop, where: str) -> None:
    assert owner.get(_url(shop, where)).status_code == 404
    assert owner.post(_url(shop, where) + "preview/", {"body": "x"}).status_code == 404
    assert owner.post(_url(shop, where) + "reset/").status_code == 404


def test_the_fields_of_a_wording_name_its_language_with_the_shops_region(owner: Client, shop: Shop) -> None:
    page = owner.get(_url(shop, "processing/email/fa/")).content.decode()
    assert page.count(f'lang="{shop.tag("fa")}"') >= 2
    assert "-" in shop.tag("fa")
    assert not re.search(r'<(?:input|textarea)[^>]*\slang="fa"', page)


def test_the_shops_own_wording_is_kept_and_shown(owner: Client, shop: Shop) -> None:
    assert _save(owner, shop, body="Our own words, {customer_name}") == 302
    template = Template.objects.get(shop=shop)
    assert (template.status, template.channel, template.language) == ("processing", "email", "en")
    page = owner.get(_url(shop)).content.decode()
    assert "Our own words, {customer_name}" in page
    assert "Use Tartib’s wording" in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ({"body": "Hello\n{custmer_name}"}, "Line 2, character 1"),
        ({"body": "{customer_name.password}"}, "is not a word"),
        ({"body": "{{ {{% x %}} {"}, "never closed"),
        ({"body": ""}, "Write the text"),
        ({"subject": ""}, "Write a subject"),
        ({"subject": "{nothing}"}, "there is no word"),
        ({"body": "x" * 10_001}, "at most 10000"),
    ],
)
def test_wording_that_cannot_be_sent_is_refused_at_its_field(
    owner: Client, shop: Shop, text: dict[str, str], said: str
) -> None:
    given = {"subject": "S", "body": "B"} | text
    response = owner.post(_url(shop), given)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Template.objects.exists()


def test_the_preview_is_a_real_order_in_that_language(owner: Client, shop: Shop) -> None:
    case = make_order(shop, make_product(shop, name="پیراهن آبی"))
    response = owner.post(
        _url(shop, "processing/sms/fa/") + "preview/",
        {"body": "{customer_name}: {order_number} {status}", "order": case.code},
    )
    page = response.content.decode()
    assert str(case.customer) in page
    assert case.code in page
    assert 'dir="rtl"' in page
    assert "UCS-2" in page


def test_another_order_can_be_chosen_for_the_preview_but_not_another_shops(owner: Client, shop: Shop) -> None:
    first, second = make_orders(shop, 2)
    foreign = make_order(make_shop())
    for chosen, shown in ((first, first), (second, second), (foreign, second)):
        page = owner.post(
            _url(shop, "processing/sms/en/") + "preview/", {"body": "<{order_number}>", "order": chosen.code}
        ).content.decode()
        assert f"&lt;{shown.code}&gt;" in page
        assert foreign.code not in page


def test_without_an_order_the_preview_says_what_will_come(owner: Client, shop: Shop) -> None:
    assert "no order to preview with yet" in owner.get(_url(shop)).content.decode()
    assert owner.post(_url(shop) + "letter/", {"body": "x"}).content == b""


def test_what_is_wrong_is_told_while_writing(owner: Client, shop: Shop) -> None:
    make_order(shop)
    page = owner.post(_url(shop) + "preview/", {"subject": "S", "body": "{custmer_name}"}).content.decode()
    assert "Did you mean {customer_name}?" in page
    assert "<html" not in page


def test_the_letter_is_framed_where_it_can_do_nothing(owner: Client, shop: Shop) -> None:
    make_order(shop)
    response = owner.post(_url(shop) + "letter/", {"subject": "S", "body": "<script>alert(1)</script> {customer_name}"})
    assert "<script>" not in response.content.decode()
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert 'sandbox=""' in owner.get(_url(shop)).content.decode()


def test_resetting_can_be_taken_back(owner: Client, shop: Shop) -> None:
    _save(owner, shop, body="Precious words")
    page = owner.post(_url(shop) + "reset/", follow=True).content.decode()
    assert not Template.objects.exists()
    assert f'action="{_url(shop)}restore/"' in page
    owner.post(_url(shop) + "restore/")
    assert Template.objects.get().body == "Precious words"
    page = owner.post(_url(shop) + "restore/", follow=True).content.decode()
    assert "nothing to bring back" in page


def test_what_was_reset_is_brought_back_only_where_it_was(owner: Client, shop: Shop) -> None:
    _save(owner, shop)
    owner.post(_url(shop) + "reset/")
    owner.post(_url(shop, "completed/email/en/") + "restore/")
    assert not Template.objects.exists()


def test_an_sms_has_no_subject(owner: Client, shop: Shop) -> None:
    assert 'name="subject"' not in owner.get(_url(shop, "processing/sms/en/")).content.decode()
    assert owner.post(_url(shop, "processing/sms/en/"), {"body": "Hello"}).status_code == 302


@pytest.mark.parametrize("where", ["", "processing/email/en/"])
def test_the_number_of_queries_does_not_grow(owner: Client, shop: Shop, where: str) -> None:
    def ask() -> int:
        with CaptureQueriesContext(connection) as queries:
            owner.get(_url(shop, where))
        return len(queries)

    make_order(shop)
    ask()
    once = ask()
    for status in ("pending", "processing", "completed"):
        _save(owner, shop, f"{status}/email/en/")
    make_orders(shop, 5)
    ask()  # the page that says it is saved
    assert ask() == once
