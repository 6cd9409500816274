"""Support requests at the desk: what waits, one request, answers and moves (D7)."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tartib.cases.models import Case
from tartib.customers.operations import CustomerDraft
from tartib.files.operations import keep_letter
from tartib.notify.models import Message, MessageKind
from tartib.shops.models import Role, Shop, User
from tartib.support import queries
from tartib.support.operations import Given, Written, ask, say
from tests.factories import NOW, make_order, make_shop, make_staff, picture_file

pytestmark = pytest.mark.django_db


def asked(shop: Shop, number: int = 1, about: Case | None = None) -> Case:
    """A request of a new customer, or of that of an order."""
    person = None if about else CustomerDraft(("Iryna", "Olena", "Taras")[number - 1], f"p{number}@example.com")
    return ask(shop, Written(f"Question {number}"), now=NOW, customer=person, about=about)


def signed_in(client: Client, shop: Shop, role: str = Role.MANAGER) -> User:
    """Somebody of the shop, signed in."""
    user = make_staff(shop, role)
    client.force_login(user)
    return user


def test_the_list_shows_what_waits_with_one_row_or_three_by_the_same_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """D7: the first tab is what waits for the shop."""
    shop = make_shop()
    signed_in(client, shop)
    page = reverse("desk:support", args=[shop.slug])
    asked(shop)
    client.get(page)
    with django_assert_num_queries(7):
        assert client.get(page).content.decode().count("case-row") == 1
    asked(shop, 2), asked(shop, 3)
    with django_assert_num_queries(7):
        assert client.get(page).content.decode().count("case-row") == 3
    assert "3" in client.get(reverse("desk:support-count", args=[shop.slug])).content.decode()


def test_tabs_and_search_narrow_the_list(client: Client) -> None:
    shop = make_shop()
    signed_in(client, shop)
    case, other = asked(shop, 1), asked(shop, 2)
    page = reverse("desk:support", args=[shop.slug])
    client.post(reverse("desk:request-write", args=[shop.slug, case.code]), {"words": "Yes", "to": "customer"})

    def listed(query: str) -> set[str]:
        shown = client.get(page + query).content.decode()
        return {one.code for one in (case, other) if one.code in shown}

    assert listed("") == {other.code}
    assert listed("?tab=answered") == {case.code}
    assert listed("?tab=all") == {case.code, other.code}
    assert listed("?tab=all&text=iryna") == {case.code}
    assert listed("?tab=mine") == set()


def test_staff_answer_note_and_move_on_the_page(client: Client) -> None:
    """D7: three acts on one page; the order and its requests lead to each other."""
    shop = make_shop()
    user = signed_in(client, shop)
    order = make_order(shop)
    case = asked(shop, about=order)
    page = reverse("desk:request", args=[shop.slug, case.code])
    assert reverse("desk:order", args=[shop.slug, order.code]) in client.get(page).content.decode()
    assert page in client.get(reverse("desk:order", args=[shop.slug, order.code])).content.decode()
    write = reverse("desk:request-write", args=[shop.slug, case.code])
    client.post(write, {"words": "Ask Nadia", "to": "team"})
    client.post(reverse("desk:request-move", args=[shop.slug, case.code]), {"target": "in-work"})
    client.post(write, {"words": "It is on its way", "to": "customer", "files": [picture_file()]})
    shown = client.get(page).content.decode()
    assert "Ask Nadia" in shown and "It is on its way" in shown
    assert [(one.by, one.who, len(one.files)) for one in queries.thread(case)[1:]] == [
        ("note", user.name, 0), ("staff", user.name, 1),
    ]  # fmt: skip
    assert Case.objects.get(pk=case.pk).status == "answered"
    assert Message.objects.filter(case=case, kind=MessageKind.REPLY).count() == 1


def test_a_move_that_may_not_be_made_is_explained(client: Client) -> None:
    shop = make_shop()
    signed_in(client, shop)
    case = asked(shop)
    response = client.post(reverse("desk:request-move", args=[shop.slug, case.code]), {"target": "answered"})
    assert response.status_code == 422
    assert "form-problem" in response.content.decode()


def test_a_request_is_no_order_and_an_order_no_request(client: Client) -> None:
    shop = make_shop()
    signed_in(client, shop)
    order = make_order(shop)
    case = asked(shop)
    assert client.get(reverse("desk:order", args=[shop.slug, case.code])).status_code == 404
    assert client.get(reverse("desk:request", args=[shop.slug, order.code])).status_code == 404
    found = client.get(reverse("desk:find", args=[shop.slug]), {"q": case.code})
    assert found.headers["Location"] == reverse("desk:request", args=[shop.slug, case.code])


LETTER = (
    b"From: p1@example.com\r\nSubject: Torn\r\nContent-Type: text/html\r\n\r\n"
    b"<p>It is torn</p><script>alert(1)</script><blockquote type=cite>Which one?</blockquote>"
)


def test_the_whole_e_mail_is_opened_as_text_or_as_it_came_and_nothing_of_it_runs(client: Client) -> None:
    """D7: what was quoted is folded; the letter is never a page of ours; another request does not open it."""
    shop = make_shop()
    signed_in(client, shop)
    case, other = asked(shop), asked(shop, 2)
    mail = Written("It is torn", way="mail", message_id="<1@x>", letter=keep_letter(shop, LETTER, now=NOW), whole=False,
                   quoted="> Which one?")  # fmt: skip
    say(case, mail, now=NOW)
    page = client.get(reverse("desk:request", args=[shop.slug, case.code])).content.decode()
    seq = queries.thread(case)[-1].seq
    text_url = reverse("desk:request-letter", args=[shop.slug, case.code, seq])
    file_url = reverse("desk:request-letter-file", args=[shop.slug, case.code, seq])
    assert text_url in page and file_url in page
    assert "Show quoted text" in page and "&gt; Which one?" in page and "Open it whole" in page
    text, file = client.get(text_url), client.get(file_url)
    assert text.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert text.content.decode() == "From: p1@example.com\nSubject: Torn\n\nIt is torn\n\n> Which one?\n"
    assert (file.content, file.headers["Content-Type"]) == (LETTER, "application/octet-stream")
    assert file.headers["Content-Disposition"] == 'attachment; filename="letter.eml"'
    for answered in (text, file):
        assert "sandbox" in answered.headers["Content-Security-Policy"]
        assert answered.headers["X-Content-Type-Options"] == "nosniff"
        assert answered.headers["Cache-Control"] == "private, no-store"
    kept = queries.letter(case, seq)
    assert kept is not None
    default_storage.delete(kept.place())
    assert [client.get(url).status_code for url in (text_url, file_url)] == [404, 404]
    for name in ("desk:request-letter", "desk:request-letter-file"):
        assert client.get(reverse(name, args=[shop.slug, other.code, seq])).status_code == 404
        assert client.get(reverse(name, args=[shop.slug, case.code, seq - 1])).status_code == 404


def test_files_that_were_left_out_are_named_with_the_reason_to_both_sides(client: Client) -> None:
    shop = make_shop()
    signed_in(client, shop)
    case = asked(shop)
    say(case, Written("See", [Given(BytesIO(b"MZ"), "run.exe")], way="mail", lenient=True), now=NOW)
    for page in (
        reverse("desk:request", args=[shop.slug, case.code]), reverse("portal:thread", args=[case.token]),
    ):  # fmt: skip
        assert "Left out: <bdi>run.exe</bdi> – it is a program" in client.get(page).content.decode()
