"""Coming in and going out, and who finds which shop."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tartib.desk import entrance
from tartib.shops.models import Role, User
from tartib.shops.operations import change_shop, employ
from tests.factories import PASSWORD, make_shop, make_staff, make_user

pytestmark = pytest.mark.django_db


def test_nobody_is_sent_to_sign_in_and_back(client: Client) -> None:
    shop = make_shop()
    wanted = reverse("desk:orders", args=[shop.slug])
    answer = client.get(wanted)
    assert answer["Location"] == f"/sign-in/?next={wanted}"
    user = make_staff(shop)
    answer = client.post("/sign-in/", {"email": user.email.upper(), "password": PASSWORD, "next": wanted})
    assert answer["Location"] == wanted


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(client: Client) -> None:
    url = reverse("desk:orders", args=[make_shop().slug])
    answer = client.get(url, headers={"HX-Request": "true", "HX-Current-URL": url})
    assert answer["HX-Redirect"].startswith("/sign-in/?next=")


def test_wrong_password_unknown_address_and_too_many_tries_are_answered_alike(client: Client) -> None:
    user = make_user()
    wrong = client.post("/sign-in/", {"email": user.email, "password": "wrong"})
    unknown = client.post("/sign-in/", {"email": "nobody@example.com", "password": "wrong"})
    for _try in range(entrance.TRIES_OF_EMAIL):
        client.post("/sign-in/", {"email": user.email, "password": "wrong"})
    too_many = client.post("/sign-in/", {"email": user.email, "password": PASSWORD})
    errors = [answer.context["form"].non_field_errors() for answer in (wrong, unknown, too_many)]
    assert errors[0] == errors[1] == errors[2]
    assert {answer.status_code for answer in (wrong, unknown, too_many)} == {422}


def test_one_address_cannot_try_many_people(client: Client) -> None:
    user = make_user()
    for number in range(entrance.TRIES_OF_ADDRESS):
        client.post("/sign-in/", {"email": f"x{number}@example.com", "password": "wrong"})
    assert client.post("/sign-in/", {"email": user.email, "password": PASSWORD}).status_code == 422
    elsewhere = client.post("/sign-in/", {"email": user.email, "password": PASSWORD}, REMOTE_ADDR="10.1.1.1")
    assert elsewhere.status_code == 302


@pytest.mark.parametrize("following", ["https://evil.example/", "//evil.example/x"])
def test_signing_in_leads_nowhere_else(client: Client, following: str) -> None:
    user = make_user()
    answer = client.post("/sign-in/", {"email": user.email, "password": PASSWORD, "next": following})
    assert answer["Location"] == "/desk/"


def test_signing_out_takes_a_form(client: Client) -> None:
    user = make_user()
    client.login(username=user.email, password=PASSWORD)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/desk/").status_code == 302


def test_one_shop_is_opened_at_once_and_several_are_offered(client: Client) -> None:
    first, second = make_shop(), make_shop()
    user = make_staff(first)
    client.login(username=user.email, password=PASSWORD)
    assert client.get("/desk/")["Location"] == f"/desk/{first.slug}/"
    employ(second, user, Role.MANAGER)
    page = client.get("/desk/").content.decode()
    assert first.name in page
    assert second.name in page


def test_shops_are_offered_in_the_order_of_the_readers_alphabet(client: Client) -> None:
    user = make_user()
    User.objects.filter(pk=user.pk).update(language="uk")
    for name in ("Їжак", "Яблуко", "Абетка"):
        shop = make_shop()
        change_shop(shop, name=name)
        employ(shop, user, Role.EXPERT)
    client.login(username=user.email, password=PASSWORD)
    page = client.get("/desk/").content.decode()
    assert re.findall("Абетка|Їжак|Яблуко", page) == ["Абетка", "Їжак", "Яблуко"]


def test_a_foreign_shop_answers_as_one_that_does_not_exist(client: Client) -> None:
    ours, theirs = make_shop(), make_shop()
    client.login(username=make_staff(ours).email, password=PASSWORD)
    foreign = client.get(reverse("desk:orders", args=[theirs.slug]))
    unknown = client.get(reverse("desk:orders", args=["no-such-shop"]))
    assert foreign.status_code == unknown.status_code == 404


def test_one_who_left_is_a_stranger(client: Client) -> None:
    shop = make_shop()
    user = make_staff(shop)
    user.memberships.update(active=False)
    client.login(username=user.email, password=PASSWORD)
    assert client.get(reverse("desk:orders", args=[shop.slug])).status_code == 404


def test_the_palette_finds_pages_and_jumps_to_a_code(client: Client) -> None:
    from tests.factories import make_order

    shop = make_shop()
    case = make_order(shop)
    client.login(username=make_staff(shop).email, password=PASSWORD)
    find = reverse("desk:find", args=[shop.slug])
    assert client.get(find, {"q": case.code.lower()})["Location"].endswith(f"/orders/{case.code}/")
    assert client.get(find, {"q": "customer"})["Location"].endswith("/orders/?text=customer")
    offered = client.get(find, {"q": "ord"}, headers={"HX-Request": "true"}).content.decode()
    assert "Orders" in offered
    assert case.code in client.get(find, {"q": case.code}, headers={"HX-Request": "true"}).content.decode()
