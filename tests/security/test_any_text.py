"""Whatever strangers write, at every door that takes it: an answer below 500, in bounded time, and nothing altered.

The texts are made up: any characters, and pieces that parsers trip over, repeated many times. A few of each in every
run; `make prove` takes many more.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tartib.cases.filters import SORTS, Filters
from tartib.cases.queries import case_page
from tartib.customers import addresses
from tartib.imports.platforms import platforms
from tartib.l10n import normal, phones, postal
from tartib.l10n.typed_dates import NotADayError
from tartib.l10n.typed_dates import read_date as read_day
from tartib.notify.models import SmsAccount
from tartib.notify.sms import providers
from tartib.payments.gateways import gateways
from tartib.payments.models import Account as GatewayAccount
from tartib.shops.scope import scope
from tests.api.client import Program, order
from tests.examples import few
from tests.factories import NOW, make_order, make_shop
from tests.imports.reads import read as read_file
from tests.security.addresses import ADDRESSES, Who, World, path
from tests.security.test_every_address import FORM, ask
from tests.security.test_hostile_values import Fields, insider
from tests.security.test_patterns import at_most

pytestmark = pytest.mark.django_db

EXAMPLES = few(6)
ENOUGH = 2.0
"""Seconds of the processor for one text at one door."""
LANGUAGES = ("en", "en-US", "ar", "fa", "uk", "zh-hant")
CALENDARS = ("gregorian", "persian", "islamic-umalqura")
PIECES = (
    "a@", "1 <a@", "<a ", "<!--", "&#", "&amp;", "[", '{"a":', '"', "'", "((", "))", "+", "-", "/", ".", ",", ";", " ",
    "\t", "\r\n", "\0", "=?utf-8?q?", "%00", "%", "\\", "{{", "{%", "9", "٠", "۹", "二", "²", "１", "\u202e", "\u200b",
    "\u0301", "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "😀", "ß", "İ", "ي", "ى", "Ї",
    "https://", "//", "../", "ext.", "Saturday ", "شنبه ", "neunundneunzig", "ﷺ", "--b\r\n", "> ", "On ", "wrote:\n",
)  # fmt: skip

repeated = st.builds(
    lambda parts: "".join(piece * times for piece, times in parts),
    st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from((1, 2, 7, 300, 4_000))), max_size=5),
)
texts = st.text(max_size=120) | repeated
deep = st.builds(
    lambda piece, times, end: piece * times + end,
    st.sampled_from(("[", '{"a":', '[{"line_items":', "(", "<a>")), st.sampled_from((3, 900, 60_000)),
    st.sampled_from(("", "1", "]", "}")),
)  # fmt: skip


def tried(act: Callable[..., None], *strategies: st.SearchStrategy[Any], times: int = 1) -> None:
    """Do it with so many made-up examples, or `times` as many; the same ones in every run."""
    how = settings(
        max_examples=EXAMPLES * times,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    how(given(*strategies)(act))()


def test_days_phones_addresses_and_names_are_read_or_refused() -> None:
    """X5, X6: what a phone's field held is kept as it was written, and no reader takes long."""
    shop = make_shop(country="UA")

    def act(text: str, language: str, calendar: str, country: str) -> None:
        with at_most(ENOUGH):
            with suppress(NotADayError):
                assert isinstance(read_day(text, calendar, language, date(2026, 11, 30)), date)
            read = phones.read_phone(text, country)
            assert read.written == text.strip()
            reach = addresses.read_contact_point(text, shop)
            assert reach is None or reach.address
            normal.search_text(text), normal.search_terms(text), normal.sort_key(text, language)
            postal.lines({"city": text, "postcode": text, "region": text}, [text], country)

    countries = st.sampled_from(("UA", "IR", "HK", "AE", "JP", "US", ""))
    tried(act, texts, st.sampled_from(LANGUAGES), st.sampled_from(CALENDARS), countries, times=5)


def test_a_search_finds_or_finds_nothing() -> None:
    shop = make_shop()
    case = make_order(shop)

    def act(text: str, sort: str) -> None:
        with at_most(ENOUGH), scope(shop.pk):
            found = case_page(shop, "order", Filters(text=text, sort=sort), now=NOW)
        assert {one.pk for one in found.cases} <= {case.pk}

    tried(act, texts, st.sampled_from(sorted(SORTS)))


def test_a_file_of_orders_is_read_or_refused() -> None:
    """F1: tables, JSON however deep, workbooks and archives, which are told from tables and never unpacked."""

    def act(text: str, platform: str, before: bytes) -> None:
        with at_most(ENOUGH):
            read_file(platform, before + text.encode("utf-8", "replace"))

    beginnings = st.sampled_from((b"", b"\xff\xfe", b"PK\x03\x04", b"\x1f\x8b\x08", b"number,total\r\n", b'[{"id":1},'))
    tried(act, texts | deep, st.sampled_from(sorted(platforms())), beginnings)


def test_every_form_of_strangers_takes_any_text() -> None:
    """X6: window, checkout, account, tracking, help and sign-in, with all fields of a form at once."""
    world = World()
    client = insider(world)
    stranger = Client(raise_request_exception=False)
    doors: list[tuple[Client, str, list[str]]] = []
    for name, address in ADDRESSES.items():
        if address.who not in (Who.ANYBODY, Who.SHOP, Who.LINK, Who.ACCOUNT) or "POST" not in address.methods:
            continue
        target, visitor = path(name, world), stranger if name.startswith("desk:") else client
        found = Fields()
        if "GET" in address.methods:
            found.feed(ask(visitor, "GET", target).said.decode("utf-8", "replace"))
        doors.append((visitor, target, sorted({field for _how, _to, fields in found.forms for field in fields})))
    assert len(doors) > 40

    def act(door: tuple[Client, str, list[str]], text: str, other: str) -> None:
        visitor, target, names = door
        named = names or ["code", "token", "endpoint", "rating", "pieces", "contact"]
        body = urlencode({name: (text, other)[place % 2] for place, name in enumerate(named)}, errors="replace")
        with at_most(ENOUGH * 2):
            answer = ask(visitor, "POST", target, data=body, content_type=FORM)
        assert answer.status_code < 500, target

    tried(act, st.sampled_from(doors), texts, texts, times=4)


def test_lists_of_the_desk_take_any_text_in_their_addresses() -> None:
    world = World()
    client = insider(world)
    lists = [path(f"desk:{name}", world) for name in ("orders", "find", "sms", "papers", "support", "reports", "acts")]

    def act(target: str, text: str) -> None:
        names = ("text", "q", "from", "to", "view", "sort", "cursor", "page", "status", "separator", "person")
        query = urlencode(dict.fromkeys(names, text[:3_000]), errors="replace")
        with at_most(ENOUGH * 2):
            assert ask(client, "GET", f"{target}?{query}").status_code < 500, target

    tried(act, st.sampled_from(lists), texts)


def test_the_api_keeps_any_text_as_it_is_or_says_why_not() -> None:
    """X6: nothing is lost or altered between what a program sends and what it reads again."""
    program = Program(make_shop())

    def act(text: str, other: str) -> None:
        given = {"customer": {"phone": other}, "customer_note": other, "ship_to": {"name": text, "country": "UA"}}
        with at_most(ENOUGH):
            answer = program.post("/orders", order(**given, notify=False))
        assert answer.status_code in (201, 400, 413, 422), answer.content[:300]
        if answer.status_code == 201:
            read = program.get(f"/orders/{answer.json()['code']}").json()
            assert read["ship_to"].get("name", "") == text.strip()
            assert read["customer_note"] == other

    tried(act, st.text(max_size=60) | repeated, texts)


def test_bodies_of_programs_however_deep_are_answered() -> None:
    program = Program(make_shop())

    def act(body: str) -> None:
        with at_most(ENOUGH):
            for method, where in (("POST", "/orders"), ("POST", "/moves/bulk"), ("PATCH", "/orders/X")):
                assert program.send(method, where, body.encode("utf-8", "replace")).status_code < 500

    tried(act, deep | texts)


def test_notices_of_gateways_and_receipts_of_sms_are_believed_or_not() -> None:
    """X6: whatever comes to an address that a gateway or a provider knows, in JSON, in forms, or in neither."""
    world = World()
    account = GatewayAccount.objects.get(token=world.things["notices"])
    sms = SmsAccount.objects.get(shop=world.shop)
    client = Client(raise_request_exception=False)
    keys = (
        "data", "signature", "id", "type", "object", "event", "messageid", "status", "MessageSid", "MessageStatus",
        "MerchantTradeNo", "CheckMacValue", "RtnCode", "Authority", "Status", "secret_token", "created", "livemode",
    )  # fmt: skip

    def act(text: str, other: str, kind: str, code: str, provider: str) -> None:
        said = {name: (text, other)[place % 2] for place, name in enumerate(keys)}
        body = json.dumps(said) if kind == "application/json" else urlencode(said, errors="replace")
        body = text if kind == "text/plain" else body
        GatewayAccount.objects.filter(pk=account.pk).update(gateway=code)
        SmsAccount.objects.filter(pk=sms.pk).update(provider=provider)
        for name in ("portal:notices", "portal:sms-receipts"):
            with at_most(ENOUGH):
                answer = ask(client, "POST", path(name, world), data=body, content_type=kind)
            assert answer.status_code < 500 or answer.status_code == 503, (name, code, provider)

    kinds = st.sampled_from(("application/json", FORM, "text/plain"))
    speakers = (st.sampled_from(sorted(gateways())), st.sampled_from(sorted(providers())))
    tried(act, texts | deep, texts, kinds, *speakers, times=3)
