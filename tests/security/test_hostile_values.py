"""Hostile values in every parameter and field of the pages: nothing breaks, and nothing comes back as markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, quote_from_bytes, urljoin, urlsplit

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import NoReverseMatch, resolve, reverse

from tartib.catalog.models import Product
from tartib.checkout.operations import new_cart, put_in
from tartib.public.sessions import account_cookie
from tartib.public.visits import cart_cookie
from tartib.shops.models import Role
from tests.factories import NOW
from tests.security.addresses import ADDRESSES, Who, World, by_key, path
from tests.security.test_every_address import FORM, ask, furnished, visitor
from tests.settings import CHECKOUT

pytestmark = [pytest.mark.django_db, pytest.mark.proof]

HOSTILE: dict[str, bytes] = {
    "what programs read": b"=cmd|'/C calc'!A0 zq\"'><script>zq(1)</script><img src=x onerror=zq(1)>"
    b"zq{{7*7}}zq{% debug %}{0.__class__}{order.__class__}%(x)s%n" + "\u202eabc\u2066\u200b\ufeff".encode(),
    "lines": b"a\r\nX-Injected: 1\r\n\r\nb",
    "NUL": b"a\0b",
    "invalid UTF-8 and a surrogate": b"\xff\xfe\xc3\x28\xed\xa0\x80",
    "very long": b"x" * 40_000,
    "negative": b"-1",
    "huge": b"9" * 40,
    "beyond bigint": b"9223372036854775808",
    "no number": b"NaN",
    "infinite": b"1e999999",
    "other digits": "١٢٣۴۵六".encode(),
    "superscript digits": "²³".encode(),
    "a list": b'[1,{"a":null}]',
}
ECHOES = (b"<script>zq", b"<img src=x onerror", b"zq49zq", b"<class ")
ROOMS = ("desk", "portal", "storefront", "sandbox", "public", "web", "cases")
"""Where pages read from addresses and forms."""
SEPARATE = ("desk:sign-in", "desk:sign-out", "desk:invitation", "web:language")
"""Not walked as the owner: they begin or end the session."""


class Fields(HTMLParser):
    """The forms of a page: where each goes, how, and what its fields hold."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, str, dict[str, str]]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("method", "get").upper(), given.get("action", ""), {}))
        name = given.get("name", "")
        if tag == "option" and self._select and ("selected" in given or not self.forms[-1][2][self._select]):
            self.forms[-1][2][self._select] = given.get("value", "")
        if not name or not self.forms or name == "csrfmiddlewaretoken" or given.get("type") == "file":
            return
        if tag in ("input", "textarea", "button", "select"):
            ticked = given.get("type") not in ("checkbox", "radio") or "checked" in given
            self.forms[-1][2].setdefault(name, given.get("value", "") if ticked else "")
        self._select = name if tag == "select" else ""


def encoded(values: dict[str, bytes]) -> str:
    """The values as an address or a form has them, whatever bytes they are."""
    return "&".join(f"{quote(name)}={quote_from_bytes(value)}" for name, value in values.items())


def known_names() -> list[str]:
    """Every name under which a page reads something from an address or a form by itself."""
    folder = CHECKOUT / "src/tartib"
    files = [file for room in ROOMS for file in (folder / room).rglob("*.py")]
    asked = re.compile(r"""(?:GET|POST|query|data|given)(?:\.get(?:list)?\(|\[)["'](\w+)["']""")
    return sorted({name for file in files for name in asked.findall(file.read_text())} - {"csrfmiddlewaretoken"})


def wrong_with(name: str, method: str, what: str, answer: Any) -> list[str]:
    """What is wrong with an answer to something hostile."""
    place = f"{method} {name} with {what}: {answer.status_code}"
    found = []
    if answer.status_code >= 500:
        found.append(place)
    if "html" in answer.headers.get("Content-Type", "text/html"):
        found += [f"{place} echoes {echo.decode()}" for echo in ECHOES if echo in answer.said]
    if "X-Injected" in answer.headers or furnished(name, answer):
        found.append(f"{place}: headers")
    return found


def pages() -> Iterator[str]:
    """The names of the pages."""
    for name, address in ADDRESSES.items():
        if not by_key(address) and address.who is not Who.PRACTICE and name not in SEPARATE and address.methods:
            yield name


def insider(world: World) -> Client:
    """A browser to which most is open: of the shop's owner, who is its customer as well with something in the cart."""
    client = visitor(world.staff[Role.OWNER])
    client.cookies[account_cookie(world.shop)] = world.visitor
    cart = new_cart(world.shop, "en", now=NOW)
    put_in(cart, Product.objects.get(pk=str(world.things["product"])), 1, now=NOW)
    client.cookies[cart_cookie(world.shop)] = cart.token
    return client


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was read of addresses and forms, by name; "*" for all of it at once."""
    names: list[str] = []

    def told(method: str) -> None:
        original = getattr(QueryDict, method)

        def reading(self: QueryDict, *args: Any, **kwargs: Any) -> Any:
            names.append(str(args[0]) if args and method != "urlencode" else "*")
            return original(self, *args, **kwargs)

        monkeypatch.setattr(QueryDict, method, reading)

    for method in ("__getitem__", "getlist", "copy", "urlencode"):
        told(method)
    return names


OF_EVERY_PAGE = {"*", "language", "next"}
"""What pages read by the same few lines: their own address, the language, and where to go on."""


def enough(read: list[str]) -> int:
    """How many of the values a page is given: who reads nothing of one reads nothing of the others."""
    return len(HOSTILE) // 2 if set(read) - OF_EVERY_PAGE else 3 if read else 1


PARTS = 3


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_takes_a_hostile_value_under_any_name(part: int, read: list[str]) -> None:
    """X6: the same hostile value in all parameters at once, and in all fields, of every page that reads any of them.

    Markup in each; of the other values a page that reads them is given half, and the next page the other half.
    """
    world, names = World(), known_names()
    client = insider(world)
    bodies = {what: encoded(dict.fromkeys(names, value)) for what, value in HOSTILE.items()}
    first, *others = bodies
    wrong: list[str] = []
    for name in list(pages())[part::PARTS]:
        target = path(name, world)
        for method in ("GET", "POST"):
            if method == "POST" and "POST" not in ADDRESSES[name].methods:
                continue
            read.clear()
            # The first is one that every page reads; the others go on where the page before ended.
            others = others[5:] + others[:5]
            for tried, what in enumerate((first, *others), 1):
                if method == "GET":
                    answer = ask(client, "GET", f"{target}?{bodies[what][:60_000]}")
                else:
                    answer = ask(client, "POST", target, data=bodies[what])
                wrong += wrong_with(name, method, what, answer)
                if tried >= enough(read):
                    break
    assert wrong == []


def test_each_field_of_each_form_takes_hostile_values() -> None:
    """X6: every form as its page offers it, with one field at a time replaced by a hostile value of another kind."""
    kinds = sorted(HOSTILE)
    world = World()
    client = insider(world)
    wrong: list[str] = []
    seen: set[tuple[str, str, str]] = set()
    for name in pages():
        if "GET" not in ADDRESSES[name].methods:
            continue
        target = path(name, world)
        page = ask(client, "GET", target)
        found = Fields()
        found.feed(page.said.decode("utf-8", "replace") if "html" in page.headers.get("Content-Type", "") else "")
        for method, action, fields in found.forms:
            to = urlsplit(urljoin(target, action)).path
            for field in fields:
                if (method, to, field) in seen or to.startswith(("/sign-", "/language")):
                    continue
                seen.add((method, to, field))
                what = kinds[len(seen) % len(kinds)]
                body = encoded({key: given.encode() for key, given in fields.items()} | {field: HOSTILE[what]})
                if method == "GET":
                    answer = ask(client, "GET", f"{to}?{body}")
                else:
                    answer = ask(client, "POST", to, data=body, content_type=FORM)
                wrong += wrong_with(resolve(to).view_name, f"{method} {to}", f"{what} in {field}", answer)
    assert len(seen) > 40
    assert wrong == []


def test_parts_of_addresses_take_hostile_values() -> None:
    """X6: what stands in an address where a code, a token or a language should be is not found, and nothing worse."""
    world = World()
    client = visitor(world.staff[Role.OWNER])
    wrong = []
    for name, address in ADDRESSES.items():
        if name == "web:brand":
            continue
        for parameter in address.things:
            for what, value in HOSTILE.items():
                text = value.decode("utf-8", "replace").replace("/", "")[:2_000]
                values = {key: world.things[thing] for key, thing in address.things.items()} | {parameter: text}
                if name.startswith("desk:"):
                    values["slug"] = world.shop.slug
                try:
                    target = reverse(name, kwargs=values)
                except NoReverseMatch:
                    continue
                for method in address.methods.split():
                    wrong += wrong_with(name, method, f"{what} as {parameter}", ask(client, method, target))
    assert wrong == []


def test_the_way_in_takes_hostile_values() -> None:
    """X6: the forms that anybody can reach: sign-in, the invitation, the language, finding an order."""
    world = World()
    wrong = []
    for what, value in HOSTILE.items():
        for name in ("desk:sign-in", "desk:prove", "desk:invitation", "web:language", "portal:find"):
            fields = ("email", "password", "next", "language", "code", "phone", "contact", "to", "message")
            body = encoded(dict.fromkeys(fields, value))
            client = visitor()
            wrong += wrong_with(name, "POST", what, ask(client, "POST", path(name, world), data=body))
            wrong += wrong_with(name, "GET", what, ask(client, "GET", f"{path(name, world)}?{body}"))
    assert wrong == []
