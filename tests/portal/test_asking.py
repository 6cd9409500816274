"""Asking for help without an account, and the page of what was asked (D7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tartib.cases.models import Case
from tartib.support import SUPPORT, queries
from tartib.support.models import Way
from tartib.support.operations import Given, Written, answer, ask, note
from tests.factories import NOW, actor, make_order, make_shop, move, picture_file

pytestmark = pytest.mark.django_db
FORM = {"subject": "Sizes", "words": "Do you have it in L?", "name": "Iryna", "email": "Iryna@Example.com"}


def requests() -> list[Case]:
    """All support requests, oldest first."""
    return list(Case.objects.filter(kind=SUPPORT).order_by("pk"))


def test_help_is_one_tap_from_the_page_of_an_order_and_needs_no_account(client: Client) -> None:
    """D7: from the tracking page to the form, and to a page of the request's own."""
    order = make_order(make_shop())
    form = reverse("portal:ask", args=[order.token])
    assert form in client.get(reverse("portal:tracking", args=[order.token])).content.decode()
    page = client.get(form)
    assert order.code in page.content.decode()
    assert page.headers["Referrer-Policy"] == "same-origin"
    there = client.post(form, {"words": "It is torn", "attachments": [picture_file()]}, follow=True)
    (case,) = requests()
    assert there.redirect_chain[0][0].startswith(reverse("portal:thread", args=[case.token]))
    assert "It is torn" in there.content.decode()
    assert queries.about(order) == [case]
    file = queries.thread(case)[0].files[0]
    shown = client.get(reverse("portal:thread-file", args=[case.token, file.token]))
    assert shown.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")


def test_the_link_of_a_request_itself_leads_to_its_thread(client: Client) -> None:
    shop = make_shop()
    case = ask(shop, Written("Hello"), now=NOW, about=make_order(shop))
    for name in ("portal:tracking", "portal:ask"):
        assert (
            client.get(reverse(name, args=[case.token]))
            .headers["Location"]
            .startswith(reverse("portal:thread", args=[case.token]))
        )
    assert client.get(reverse("portal:receipt", args=[case.token])).status_code == 404


def test_a_stranger_asks_from_the_shops_pages(client: Client) -> None:
    """D7: who asks is found again by their address, in the language they read."""
    shop = make_shop(languages=["en", "fa"])
    response = client.post(reverse("portal:help", args=[shop.slug, "fa"]), FORM)
    (case,) = requests()
    assert response.status_code == 302
    assert (case.title, case.language) == ("Sizes", "fa")
    assert case.customer is not None
    assert (case.customer.email, case.customer.name) == ("iryna@example.com", "Iryna")


def test_what_is_missing_is_said_and_nothing_is_asked(client: Client) -> None:
    shop, program = make_shop(), SimpleUploadedFile("run.exe", b"MZ")
    for wrong in ({"email": "nobody"}, {"words": ""}, {"attachments": [program]}):
        assert client.post(reverse("portal:help", args=[shop.slug]), FORM | wrong).status_code == 422
    assert requests() == []


def test_a_program_that_fills_in_everything_is_not_told_that_nothing_was_asked(client: Client) -> None:
    shop = make_shop()
    response = client.post(reverse("portal:help", args=[shop.slug]), FORM | {"website": "https://spam.example"})
    assert response.status_code == 302
    assert requests() == []


def test_there_is_a_limit_to_asking_by_address(client: Client) -> None:
    shop = make_shop()
    answers = [client.post(reverse("portal:help", args=[shop.slug]), FORM).status_code for _number in range(9)]
    assert answers == [302] * 8 + [422]


def test_the_thread_shows_answers_and_never_what_the_team_notes(client: Client) -> None:
    """D7: the customer's page: both sides' words, no names of staff, no notes, no files of notes."""
    shop = make_shop()
    case = ask(shop, Written("Hello"), now=NOW, about=make_order(shop))
    note(case, "Difficult one", actor(shop), now=NOW)
    answer(case, Written("Gladly", [Given(picture_file(), "a.jpg")], Way.DESK), actor(shop), now=NOW)
    page = reverse("portal:thread", args=[case.token])
    shown = client.get(page).content.decode()
    assert "Gladly" in shown and "Difficult one" not in shown and "Olive Owner" not in shown
    client.post(page, {"words": "Thanks <b>"})
    assert "Thanks &lt;b&gt;" in client.get(page).content.decode()
    assert requests()[0].status == "in-work"


def test_a_dismissed_request_does_not_say_so(client: Client) -> None:
    shop = make_shop()
    case = ask(shop, Written("Hello"), now=NOW, about=make_order(shop))
    move(case, "dismissed", now=NOW + timedelta(minutes=1))
    shown = client.get(reverse("portal:thread", args=[case.token])).content.decode()
    assert "No request" not in shown and "We have your message" in shown
