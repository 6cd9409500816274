"""A shop's own domain is answered only when it is proved, and is the one's who proves it (B1)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from dns.resolver import Resolver

from tartib.catalog.models import Product
from tartib.notify.models import Message
from tartib.notify.rendering import render_all
from tartib.shops import domains, outside
from tartib.shops.domains import check_all, claim, look, look_for_all
from tartib.shops.models import Claim, Shop
from tartib.shops.outside import NotFetched, fetch
from tests.factories import NOW, make_listing, make_shop
from tests.services import dns

pytestmark = pytest.mark.django_db


def claimed(shop: Shop, domain: str = "wares.example") -> Claim:
    """The claim of a shop to a domain."""
    made = claim(shop, domain, now=NOW)
    assert made is not None
    return made


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The TXT records there are; no file is looked for."""
    monkeypatch.setattr(domains, "SCHEMES", ())
    with dns(monkeypatch, {}) as known:
        yield known


def test_a_record_in_the_dns_opens_the_domain_and_nothing_else_does(records: dict[str, str]) -> None:
    """B1."""
    shop = make_shop()
    make_listing(shop, "Wool throw")
    mine, there = claimed(shop), Client(headers={"host": "wares.example"})
    for said in ("", "v=spf1 -all", f"{mine.line}0", "tartib-shop="):
        records[mine.record] = said
        assert not look(mine, now=NOW)
        assert there.get("/").status_code == 400
    records[mine.record] = mine.line
    assert look_for_all(now=NOW + timedelta(days=1)) == 1
    assert "Wool throw" in there.get("/").content.decode()
    assert look_for_all(now=NOW + timedelta(days=1)) == 0
    claim(Shop.objects.get(pk=shop.pk), "", now=NOW)
    assert there.get("/").status_code == 400, "given up"


def test_a_domain_is_the_shops_that_proves_it_last(records: dict[str, str]) -> None:
    first, second = make_shop(), make_shop()
    records |= {"_tartib.wares.example": claimed(first).line}
    assert look(first.claim, now=NOW)
    other = claimed(second)
    assert not look(other, now=NOW), "naming it takes it from nobody"
    assert Shop.objects.get(domain="wares.example") == first
    records |= {other.record: other.line}
    assert look(other, now=NOW)
    assert Shop.objects.get(domain="wares.example") == second
    assert Claim.objects.get(shop=first).proved_at is None


def test_a_domain_whose_proof_stays_away_is_closed_and_the_owner_told(records: dict[str, str]) -> None:
    """B1: never for one look that finds nothing; opened again as soon as the proof is back."""
    shop = make_shop()
    mine = claimed(shop)
    records[mine.record] = mine.line
    assert look(mine, now=NOW)
    told = Message.objects.filter(shop=shop, kind="domain")

    def days(since: int, until: int) -> int:
        return sum(check_all(now=NOW + timedelta(days=day)) for day in range(since, until))

    records.clear()
    assert days(1, 7) == 0
    assert check_all(now=NOW + timedelta(days=6, hours=1)) == 0, "once a day"
    assert [message.status for message in told] == ["missing"]
    records[mine.record] = mine.line
    assert days(7, 8) == 0
    records.clear()
    assert (days(8, 14), Shop.objects.get(pk=shop.pk).domain) == (0, "wares.example"), "a day with it counts anew"
    assert (days(14, 15), Shop.objects.get(pk=shop.pk).domain) == (1, "")
    assert [message.status for message in told.order_by("pk")] == ["missing", "missing", "lost"]
    assert Client(headers={"host": "wares.example"}).get("/").status_code == 400
    said = render_all(list(told))
    assert all("wares.example" in said[message.pk].subject + said[message.pk].text for message in told)
    assert all(f"/desk/{shop.slug}/window/settings/#domain" in rendered.text for rendered in said.values())
    records[mine.record] = mine.line
    assert look_for_all(now=NOW + timedelta(days=16)) == 1
    assert Shop.objects.get(pk=shop.pk).domain == "wares.example"


def test_a_name_server_that_does_not_answer_says_nothing_of_a_domain(
    records: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = make_shop()
    mine = claimed(shop)
    records[mine.record] = mine.line
    look(mine, now=NOW)
    monkeypatch.setattr(domains, "SECONDS", 0.05)
    silent = Resolver(configure=False)
    silent.nameservers, silent.port = ["127.0.0.1"], 9
    monkeypatch.setattr(domains, "_resolver", lambda: silent)
    for day in range(1, 10):
        assert check_all(now=NOW + timedelta(days=day)) == 0
    mine.refresh_from_db()
    assert (mine.missed, Shop.objects.get(pk=shop.pk).domain) == (0, "wares.example")


def test_a_domain_that_leads_here_proves_itself_and_a_former_one_does_not_stay_for_ever(
    records: dict[str, str],
) -> None:
    shop = make_shop()
    mine, there = claimed(shop), Client(headers={"host": "wares.example"})
    assert there.get("/.well-known/tartib.txt").status_code == 400
    records[mine.record] = mine.line
    look(mine, now=NOW)
    assert there.get("/.well-known/tartib.txt").content.decode().split() == [mine.line]
    assert Client().get("/.well-known/tartib.txt").status_code == 404
    claim(Shop.objects.get(pk=shop.pk), "new.example", now=NOW)
    assert (check_all(now=NOW + timedelta(days=29)), check_all(now=NOW + timedelta(days=31))) == (0, 1)
    assert Shop.objects.get(pk=shop.pk).domain == ""


def test_the_old_domain_goes_on_until_the_new_one_is_proved(records: dict[str, str]) -> None:
    shop = make_shop()
    old = claimed(shop)
    records |= {old.record: old.line}
    look(old, now=NOW)
    shop.refresh_from_db()
    claimed(shop, "new.example")
    assert Shop.objects.get(domain="wares.example") == shop
    assert claimed(shop, "wares.example").proved_at is not None
    with pytest.raises(ValidationError):
        claim(shop, "localhost", now=NOW)


def test_who_comes_to_the_old_address_is_led_on_unless_a_cart_is_there(client: Client) -> None:
    """B1: search engines are led for good; nobody loses a cart, an account or a preview on the way."""
    shop = make_shop(domain="wares.example", languages=["en", "fa"])
    make_listing(shop, "Wool throw")
    product = Product.objects.get(shop=shop)
    for path, there in (("", "/"), ("fa/p/wool-throw/?v=1", "/fa/p/wool-throw/?v=1"), ("all/?q=wool", "/all/?q=wool")):
        answer = client.get(f"/s/{shop.slug}/{path}")
        assert answer.status_code == 301
        assert answer.headers["Location"].partition("wares.example:8000")[2] == there
        assert "no-cache" in answer.headers["Cache-Control"]
    assert client.post(f"/s/{shop.slug}/cart/add/", {"product": product.pk}).status_code == 302
    page = client.get(f"/s/{shop.slug}/p/wool-throw/")
    assert page.status_code == 200
    assert 'rel="canonical" href="http://wares.example:8000/p/wool-throw/"' in page.content.decode()
    staff = Client()
    assert shop.default_owner is not None
    staff.force_login(shop.default_owner.user)
    assert staff.get(f"/s/{shop.slug}/").status_code == 200


@contextmanager
def web(pages: dict[str, tuple[int, dict[str, str], bytes]]) -> Iterator[str]:
    """A web server with these pages; its host and port."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = pages.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_file_at_the_domain_proves_it_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    mine, pages = claimed(make_shop()), dict[str, tuple[int, dict[str, str], bytes]]()
    monkeypatch.setattr(domains, "SCHEMES", ("http",))
    with dns(monkeypatch, {}), web(pages) as host:
        monkeypatch.setattr(Claim, "file", f"{host}/.well-known/tartib.txt")
        assert not look(mine, now=NOW)
        elsewhere = {"Location": f"http://localhost:{host.partition(':')[2]}/proof"}
        pages |= {"/.well-known/tartib.txt": (302, elsewhere, b""), "/proof": (200, {}, mine.line.encode())}
        assert not look(mine, now=NOW), "what another host says proves nothing"
        pages["/.well-known/tartib.txt"] = (302, {"Location": "/proof"}, b"")
        assert look(mine, now=NOW)


def test_what_is_fetched_is_small_and_of_the_open_net(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """X6: SSRF: the address that was looked at is the one that is called, after redirects too."""
    pages = {"/a": (200, {"Content-Type": "text/plain"}, b"12345"), "/loop": (302, {"Location": "/loop"}, b"")}
    with web(pages) as host:
        assert fetch(f"http://{host}/a", most=5).body == b"12345"
        for address, most in (("/a", 4), ("/loop", 5), ("/none", 5)):
            with pytest.raises(NotFetched):
                fetch(f"http://{host}{address}", most=most)
        for address in (
            "ftp://a.example/",
            "http://",
            "file:///etc/passwd",
            "http://[",
            "http://no-such-host.invalid/",
        ):
            with pytest.raises(NotFetched):
                fetch(address, most=5)
        settings.TARTIB_INTERNAL_SERVICES = False
        with pytest.raises(NotFetched, match="inwards"):
            fetch(f"http://{host}/a", most=5)
        # The open net as the redirect's first hop, this machine as its second.
        monkeypatch.setattr(outside, "_asked", lambda url, most, until, asked=outside._asked: (
            f"http://{host}/a" if "first.example" in url else asked(url, most, until)
        ))  # fmt: skip
        with pytest.raises(NotFetched, match="inwards"):
            fetch("http://first.example/", most=5)
