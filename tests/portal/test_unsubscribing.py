"""Declining e-mails by their own link, and saying in the account what one wants to be told."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tartib.customers import consents
from tartib.customers.models import Consent, Customer, Purpose, Source
from tartib.customers.operations import CustomerDraft
from tartib.notify.to_shop import tell_of_words
from tests.factories import NOW, make_order, make_shop, move
from tests.notify.sending import send
from tests.portal.account.test_sign_in import open_account
from tests.services import Mailbox

pytestmark = pytest.mark.django_db

JO = CustomerDraft("Jo Reed", "jo@example.com", "+380501112233")


def test_one_click_in_the_mail_program_declines_at_once(mailbox: Mailbox) -> None:
    """RFC 8058: the letter names the address; a post to it, from nowhere and without a cookie, is all it takes."""
    shop = make_shop(email="desk@shop.example")
    case = make_order(shop, customer=JO)
    move(case, "on-hold")
    tell_of_words(shop, case, "", "Hello", now=NOW)
    send()
    to_customer = next(one for one in mailbox.letters if one["To"] == "jo@example.com")
    to_shop = next(one for one in mailbox.letters if one["To"] == "desk@shop.example")
    assert to_shop["List-Unsubscribe"] is None
    assert to_customer["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(r"<http://localhost:8000(/u/[^>]+/)>", re.sub(r"\s", "", to_customer["List-Unsubscribe"]))
    assert found
    body = to_customer.get_body(("html",))
    assert body
    assert f'{found[1]}" style' in body.get_content()
    assert found[1] in to_customer.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "/u/" not in to_shop.as_string()
    program = Client(enforce_csrf_checks=True, REMOTE_ADDR="203.0.113.9")
    # A program that looks into mail opens every link: that alone changes nothing.
    assert program.get(found[1]).status_code == 200
    assert Customer.objects.get().wants_email
    answer = program.post(found[1], {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not program.cookies
    assert not Customer.objects.get().wants_email
    kept = Consent.objects.get()
    assert (kept.channel, kept.purpose, kept.given, kept.source, kept.ip) == (
        "email", "status", False, "link", "203.0.113.9",
    )  # fmt: skip
    program.post(found[1])
    assert Consent.objects.count() == 1
    before = len(mailbox.letters)
    move(case, "pending")
    send()
    assert [one["To"] for one in mailbox.letters[before:]] == []


def test_the_link_leads_to_where_one_chooses() -> None:
    """Issue 3: what the letter was, and what else was agreed to; more is agreed to in the account alone."""
    make_order(make_shop(), customer=JO)
    person, reader = Customer.objects.get(), Client()
    there = f"/u/{consents.token(person.pk, 'email', Purpose.STATUS)}/"
    assert 'value="offers"' not in reader.get(there).content.decode()
    reader.post(there, {"chosen": "1", "wanted": ["offers"]})
    person.refresh_from_db()
    assert (person.wants_email, person.offers_by_email) == (False, False)
    reader.post(there, {"chosen": "1", "wanted": ["status"]})
    consents.change([person.pk], "email", Purpose.OFFERS, Source.ACCOUNT, "", given=True, now=NOW)
    reader.post(there, {"chosen": "1", "wanted": ["status"]})
    person.refresh_from_db()
    assert (person.wants_email, person.offers_by_email) == (True, False)


@pytest.mark.parametrize("token", ["x", "WzEsImVtYWlsIiwic3RhdHVzIl0:1abc:def"])
def test_a_made_up_link_declines_nothing(token: str) -> None:
    """X6: the address is signed."""
    make_order(make_shop(), customer=JO)
    assert Client().post(f"/u/{token}/").status_code == 404
    assert Customer.objects.get().wants_email


def test_consents_are_changed_for_all_one_is_and_kept_as_a_ledger() -> None:
    """Issue 3: per channel and purpose; who, when, what, where."""
    shop = make_shop()
    make_order(shop, customer=JO)
    client = open_account(shop)
    make_order(shop, customer=CustomerDraft("Jo at work", "jo@example.com", ""))
    client.post(f"/a/{shop.slug}/profile/consent/", {"status-sms": "on", "offers-email": "on"})
    wanted = Customer.objects.values_list("wants_email", "wants_sms", "wants_push", "offers_by_email", "offers_by_sms")
    assert list(wanted) == [(False, True, False, True, False)] * 2
    said = Consent.objects.order_by("pk").values_list("channel", "purpose", "given", "source")
    assert list(dict.fromkeys(said)) == [
        ("email", "status", False, "account"), ("push", "status", False, "account"),
        ("email", "feedback", False, "account"), ("sms", "feedback", False, "account"),
        ("push", "feedback", False, "account"),
        ("email", "offers", True, "account"),
    ]  # fmt: skip
    page = client.get(f"/a/{shop.slug}/profile/").content.decode()
    assert "in the account" in page


def test_a_profile_has_a_name_and_a_language() -> None:
    """Issue 3: profile; a language the shop does not speak is refused."""
    shop = make_shop(languages=["en", "fa"])
    client = open_account(shop)
    there = f"/a/{shop.slug}/profile/"
    assert client.post(there, {"name": "Jo R", "language": "uk"}).status_code == 422
    assert client.post(there, {"name": "Jo R", "language": "fa"}).status_code == 302
    person = Customer.objects.get()
    assert (person.name, person.language, person.sort != "") == ("Jo R", "fa", True)
