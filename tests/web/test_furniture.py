"""What every page brings along: language, colours, errors in words, toasts, and nothing the browser must not run."""

import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from tartib.web import vendor
from tartib.web.toasts import toast, toasts
from tests.factories import PASSWORD, make_shop
from tests.settings import CHECKOUT

TEMPLATES = sorted((CHECKOUT / "src/tartib").glob("*/templates/**/*.html"))


@pytest.mark.django_db
def test_the_language_is_kept_on_the_device_and_with_the_person(client: Client) -> None:
    shop = make_shop()
    assert shop.default_owner is not None
    user = shop.default_owner.user
    client.login(username=user.email, password=PASSWORD)
    answer = client.post(reverse("web:language"), {"language": "fa", "next": "/desk/"})
    assert answer["Location"] == "/desk/"
    assert answer.cookies["django_language"].value == "fa"
    user.refresh_from_db()
    assert user.language == "fa"


@pytest.mark.django_db
@pytest.mark.parametrize("following", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_language_form_leads_nowhere_else(client: Client, following: str) -> None:
    assert client.post(reverse("web:language"), {"language": "uk", "next": following})["Location"] == "/"


@pytest.mark.django_db
def test_an_unknown_language_changes_nothing(client: Client) -> None:
    assert "django_language" not in client.post(reverse("web:language"), {"language": "xx"}).cookies


def test_a_brand_stylesheet_is_kept_for_ever(client: Client) -> None:
    answer = client.get("/brand/aa3300.css")
    assert answer["Content-Type"].startswith("text/css")
    assert "immutable" in answer["Cache-Control"]
    assert b"--brand:#aa3300" in answer.content
    assert client.get("/brand/red;}.css").status_code == 404


@pytest.mark.django_db
def test_a_missing_page_says_so_in_the_readers_language_and_direction(client: Client) -> None:
    client.cookies["django_language"] = "fa"
    answer = client.get("/nothing/at/all/")
    assert answer.status_code == 404
    assert 'lang="fa-IR" dir="rtl"' in answer.content.decode()
    assert "tabler.rtl.min.css" in answer.content.decode()


@pytest.mark.django_db
def test_a_forged_form_is_refused_in_words() -> None:
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"email": "a@b.c", "password": "x"})
    assert answer.status_code == 403
    assert "This form has expired" in answer.content.decode()


def test_no_template_holds_a_script_or_style_of_its_own() -> None:
    """The content security policy would not run it."""
    inline = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE)
    for path in TEMPLATES:
        if path.parent.name != "messages" and "notify" not in path.parts:
            assert not inline.findall(path.read_text()), path


def test_every_listed_file_of_the_packages_is_found() -> None:
    for name in vendor.listed():
        assert finders.find(name), name
    assert finders.find("vendor/package.json") is None


@pytest.mark.django_db
def test_a_toast_goes_along_with_an_htmx_answer(rf: RequestFactory) -> None:
    from django.contrib.messages.middleware import MessageMiddleware
    from django.contrib.sessions.middleware import SessionMiddleware

    def view(request: HttpRequest) -> HttpResponse:
        toast(request, "Готово", undo="/undo/")
        return HttpResponse("ok")

    stack = SessionMiddleware(MessageMiddleware(toasts(view)))
    answer = stack(rf.get("/", headers={"HX-Request": "true"}))
    plain = stack(rf.get("/"))
    assert isinstance(answer, HttpResponse)
    assert isinstance(plain, HttpResponse)
    assert json.loads(answer["HX-Trigger"])["toast"] == [{"text": "Готово", "level": "success", "undo": "/undo/"}]
    assert "HX-Trigger" not in plain
