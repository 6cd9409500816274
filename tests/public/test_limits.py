"""How much one visitor may ask of customers' pages: generous, the same for every form, said in their language."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from tartib.customers.signing_in import open_session
from tartib.public import limits
from tartib.public.sessions import account_cookie
from tests.factories import make_account, make_listing, make_shop
from tests.security.addresses import ADDRESSES, Who, World, path

VISITOR = "203.0.113.9"
BY_PROGRAMS = {"portal:unsubscribe"}
"""Mail programs of a few providers post there for everybody, each time with a link that is signed for one thing."""


@pytest.mark.django_db
def test_every_form_that_anybody_may_send_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST", 0)
    world, client = World(), Client(REMOTE_ADDR=VISITOR)
    everybody = (Who.ANYBODY, Who.SHOP, Who.LINK, Who.ACCOUNT)
    forms = [name for name, one in ADDRESSES.items() if one.who in everybody and "POST" in one.methods]
    assert len(forms) > 30
    for name in forms:
        counted = client.post(path(name, world)).status_code == 429
        assert counted != (name in BY_PROGRAMS), name


@pytest.mark.django_db
def test_who_looks_too_often_is_asked_to_wait_in_the_language_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """B1, X5."""
    monkeypatch.setattr(limits, "MOST", 2)
    shop = make_shop(language="fa", languages=["fa", "uk"])
    make_listing(shop, "Wool throw")
    client = Client(REMOTE_ADDR=VISITOR, headers={"accept-language": "en"})
    for _look in range(2):
        assert client.get(f"/s/{shop.slug}/all/?q=wool").status_code == 200
    refused = client.get(f"/s/{shop.slug}/all/")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "600"
    assert "no-store" in refused.headers["Cache-Control"]
    assert 'lang="fa-IR"' in refused.content.decode()
    assert 'lang="uk-UA"' in client.get(f"/s/{shop.slug}/uk/all/").content.decode()
    assert Client(REMOTE_ADDR="203.0.113.10").get(f"/s/{shop.slug}/all/").status_code == 200, "others are not meant"
    assert client.get(f"/s/{shop.slug}/").status_code == 200, "nor are pages that cost little"
    for _form in range(2):
        client.post(f"/s/{shop.slug}/cart/code/")
    assert 'lang="fa-IR"' in client.post(f"/s/{shop.slug}/cart/code/").content.decode()


@pytest.mark.django_db
def test_past_the_limit_of_an_address_who_signs_in_goes_on_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """B1: neither neighbours behind the same address nor another shop's visitors use up what a person may ask."""
    monkeypatch.setattr(limits, "MOST", 1)
    shop, other = make_shop(), make_shop()
    make_listing(shop, "Wool throw")
    make_listing(other, "Wool throw")
    neighbour, person = Client(REMOTE_ADDR=VISITOR), Client(REMOTE_ADDR=VISITOR)
    there = f"/s/{shop.slug}/all/"
    assert [neighbour.get(there).status_code for _look in range(2)] == [200, 429]
    assert neighbour.get(f"/s/{other.slug}/all/").status_code == 200
    assert f'href="/a/{shop.slug}/in/"' in person.get(there).content.decode()
    assert [neighbour.post(f"/s/{shop.slug}/cart/code/").status_code for _form in range(2)][1] == 429
    assert person.post(f"/a/{shop.slug}/in/", {"address": "jo@example.com"}).status_code == 302
    token = open_session(make_account(shop, "jo@example.com"), "", "", now=timezone.now())
    person.cookies[account_cookie(shop)] = token
    assert [person.get(there).status_code for _look in range(3)] == [200] * 3
    monkeypatch.setattr(limits, "MOST_OF_PERSON", 3)
    assert person.get(there).status_code == 429
