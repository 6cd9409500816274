"""The tracking box for other web sites: what it is told, by which origin, within which limits (B1)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from tartib.cases.models import Case
from tartib.customers.operations import CustomerDraft
from tartib.flow.words import LANGUAGES
from tartib.l10n.names import direction
from tartib.portal.finding import TRIES_OF_CONTACT
from tartib.shops.operations import issue_key
from tests.factories import make_order, make_shop, move, pay
from tests.settings import CHECKOUT

PERSON = CustomerDraft("Olena Bondar", "olena@example.com", "+380501112233")


@pytest.fixture
def case(db: None) -> Case:
    """An order on its way."""
    shop = make_shop(country="UA", languages=["en", "uk"], colour="#ffcc00")
    order = make_order(shop, customer=PERSON, number="1042")
    pay(order)
    order.refresh_from_db()
    return order


def ask(case: Case, code: str = "", phone: str = "050 111 22 33", **query: str) -> Any:
    """The answer to somebody who asks with a code and a phone."""
    query.setdefault("language", "en")
    return Client().post(
        f"/embed/{case.shop.slug}/?language={query['language']}", {"code": code or case.code, "contact": phone}
    )


def test_the_script_is_for_pages_of_any_origin(client: Client) -> None:
    answer = client.get("/embed.js")
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age=3600" in answer.headers["Cache-Control"]
    assert not answer.cookies
    assert b"innerHTML" not in answer.content
    assert b".cookie" not in answer.content


@pytest.mark.parametrize("language", [*LANGUAGES, "zh-HK", "fa-IR"])
def test_its_words_are_those_of_the_page_around_it(case: Case, language: str) -> None:
    told = Client().get(f"/embed/{case.shop.slug}/?language={language}").json()
    assert told["direction"] == direction(language)
    assert told["language"] in LANGUAGES
    assert (told["words"]["show"] == "Show my order") == (language == "en")
    assert (told["colour"], told["on_colour"]) == ("#ffcc00", "#000000")


def test_in_a_language_that_is_not_ours_it_speaks_the_shops(case: Case) -> None:
    assert Client().get(f"/embed/{case.shop.slug}/?language=de-DE").json()["language"] == "en"


@pytest.mark.parametrize("code", ["", "1042", "#1042"])
def test_code_and_phone_tell_where_the_order_is(case: Case, code: str) -> None:
    answer = ask(case, code)
    told = answer.json()
    assert told["found"]
    assert (told["order"], told["status"]) == ("1042", "Processing")
    assert told["page"].endswith(f"/t/{case.token}/")
    assert [one["now"] for one in told["milestones"]].count(True) == 1
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert not answer.cookies
    assert "olena" not in answer.content.decode().lower()


def test_whatever_is_wrong_the_answer_is_one_and_the_same(case: Case) -> None:
    other = make_order(make_shop(), customer=PERSON)
    answers = [
        ask(case, "NO-SUCH-1"),
        ask(case, phone="050 999 99 99"),
        ask(case, other.code),
        ask(case, phone=""),
        Client().get(f"/embed/{case.shop.slug}/AAAAAAAAAAAAAAAAAAAAAA/?language=en"),
        Client().get(f"/embed/{case.shop.slug}/{other.token}/?language=en"),
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert answers[0].json()["found"] is False
    assert answers[0].json()["text"].startswith("We found no order")
    assert Client().get("/embed/no-such-shop/").status_code == 404


def test_it_has_the_limits_of_the_tracking_form(case: Case) -> None:
    found = [ask(case, f"WRONG-{number}").json()["found"] for number in range(TRIES_OF_CONTACT)]
    assert not any(found)
    assert ask(case).json()["found"] is False
    assert Client().post(f"/track/{case.shop.slug}/", {"code": case.code, "contact": PERSON.phone}).status_code == 422


def test_the_link_of_an_order_shows_it_at_once_and_an_ended_one_has_no_progress(case: Case) -> None:
    here = f"/embed/{case.shop.slug}/{case.token}/"
    assert Client().get(here).json()["progress"] is not None
    move(case, "cancelled")
    assert Client().get(here).json()["progress"] is None


@pytest.mark.django_db(transaction=True)
def test_the_examples_of_the_documentation_work(live_server: LiveServer) -> None:
    """B1: docs/embedding.md is run as it stands, against a server."""
    shop = make_shop(country="UA", currency="UAH")
    _record, key = issue_key(shop, "Web site", ["orders:read", "orders:write"])
    text = (CHECKOUT / "docs/embedding.md").read_text(encoding="utf-8")
    shell = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    (python,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    given = os.environ | {"TARTIB": f"{live_server.url}/api/v1", "KEY": key}
    commands = [block for block in shell if "export" not in block]
    assert len(commands) == 1
    assert shutil.which("curl"), "the example needs curl"
    for _twice in range(2):
        done = subprocess.run(
            ["sh", "-eu", "-c", commands[0]], env=given, capture_output=True, text=True, timeout=60, check=True
        )
        assert '"number": "1042"' in done.stdout.replace('":"', '": "')
    done = subprocess.run([sys.executable, "-c", python], env=given, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "/t/" in done.stdout
    assert sorted(Case.objects.values_list("customer__name", flat=True)) == ["Sam Reed", "Оксана Коваль"]
