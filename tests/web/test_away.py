"""While the database is away: every page and program is told so at once, in their language, and when to try again."""

from __future__ import annotations

import json
from collections.abc import Iterator

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client

from tartib.shops.models import Shop
from tartib.web import away, bare


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Nothing that asks the database gets an answer; what was asked of it."""
    asked: list[str] = []

    def connect(*_how: object) -> None:
        asked.append("asked")
        raise OperationalError("connection refused") from psycopg.OperationalError("connection refused")

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.ensure_connection", connect)
    yield asked
    away._rest.until = 0.0


@pytest.mark.parametrize(
    ("path", "language", "said"),
    [
        ("/s/shop/", "en", "Back in a moment"),
        ("/desk/", "fa", "به‌زودی برمی‌گردیم"),
        ("/a/shop/", "ar-EG", "نعود بعد لحظات"),
        ("/s/shop/", "uk", "Ми повернемося за мить"),
        ("/t/", "zh-HK", "稍後回來"),
    ],
)
def test_a_page_says_so_in_the_language_of_its_reader(gone: list[str], path: str, language: str, said: str) -> None:
    away._rest.until = float("inf")
    answer = Client(headers={"accept-language": language}).get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(bare.AGAIN))
    assert said in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert gone == [], "the database was not asked"


def test_the_first_to_notice_is_told_as_well_and_the_next_asks_nothing(gone: list[str]) -> None:
    client = Client(raise_request_exception=False)
    assert client.get("/s/shop/").status_code == 503
    assert len(gone) == 1
    assert client.get("/s/shop/").status_code == 503
    assert len(gone) == 1
    assert Client().get("/static/web/mark.svg").status_code == 200, "what needs no database is answered as ever"


def test_programs_get_a_problem_with_the_time_to_try_again(gone: list[str], caplog: pytest.LogCaptureFixture) -> None:
    for _time in range(2):
        answer = Client().get("/api/v1/orders", headers={"authorization": "Bearer tt_key", "accept-language": "uk"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(bare.AGAIN))
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert json.loads(answer.content)["code"] == "away"
    assert len(caplog.messages) == 1, "said once, not for each that asks"


def test_a_failure_of_ours_is_still_one_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shop.objects, "filter", lambda **_what: 1 / 0)
    answer = Client(raise_request_exception=False, headers={"host": "unknown.example"}).get("/")
    assert answer.status_code == 500
    assert not away.resting()
