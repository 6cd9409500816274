"""A shop as an app: manifest, icons and service worker, on Tartib's host and on its own domain."""

from __future__ import annotations

import json
import re
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image

from tests.factories import make_order, make_shop

pytestmark = pytest.mark.django_db


def test_the_manifest_says_what_a_browser_asks_of_an_app(client: Client) -> None:
    """Issue 3 §3, X5: name, colours, start, icons of two sizes and for any shape, the direction of writing."""
    shop = make_shop(colour="#0b7d5f", language="fa", languages=["fa", "en"])
    told = client.get(f"/s/{shop.slug}/app.webmanifest").json()
    assert (told["name"], told["theme_color"], told["lang"], told["dir"]) == (shop.name, "#0b7d5f", "fa-IR", "rtl")
    assert told["start_url"] == told["id"] == f"/s/{shop.slug}/"
    assert [(icon["sizes"], icon["purpose"]) for icon in told["icons"]] == [
        ("192x192", "any"), ("512x512", "any"), ("192x192", "maskable"), ("512x512", "maskable"),
    ]  # fmt: skip
    assert told["shortcuts"][0]["url"] == f"/a/{shop.slug}/"
    for place in [*told["icons"], *told["shortcuts"][0]["icons"]]:
        side = int(place["sizes"].partition("x")[0])
        assert Image.open(BytesIO(client.get(place["src"]).content)).size == (side, side)
    english = client.get(f"/s/{shop.slug}/en/app.webmanifest").json()
    assert (english["lang"], english["dir"], english["id"]) == ("en-GB", "ltr", told["id"])


def test_on_its_own_domain_the_app_is_the_whole_host(client: Client) -> None:
    """Issue 3 §3: no address names the shop where the host does."""
    make_shop(domain="shop.example")
    told = client.get("/app.webmanifest", headers={"host": "shop.example"}).json()
    assert (told["start_url"], told["shortcuts"][0]["url"], told["icons"][0]["src"]) == ("/", "/a/", "/icon-192.png")
    page = client.get("/a/in/", headers={"host": "shop.example"}).content.decode()
    assert re.search(r'data-worker="/worker.js"\s+data-area="/"', page)


@pytest.mark.parametrize("name", ["صبا", "清雲", "Білий дім", "Nour"])
def test_marks_are_drawn_in_every_script(client: Client, name: str) -> None:
    """X5: a letter is drawn where there is one, not the box of a font that lacks it."""
    shop = make_shop(colour="#ffffff")
    shop.name = name
    shop.save()
    mark = Image.open(BytesIO(client.get(f"/s/{shop.slug}/icon-512-full.png").content)).convert("L")
    box = Image.eval(mark, lambda grey: 255 - grey).getbbox()
    assert box is not None
    assert 60 < box[2] - box[0] < 410, "within what every system's shape leaves"
    assert client.get(f"/s/{shop.slug}/icon-7.png").status_code == 404


def test_the_worker_is_another_when_anything_it_keeps_is(client: Client) -> None:
    """Issue 3 §3: a new version of the shop's page without a connection reaches who has the old one."""
    shop = make_shop(languages=["en", "uk"])

    def told() -> dict[str, object]:
        answer = client.get(f"/s/{shop.slug}/worker.js")
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert answer.headers["Service-Worker-Allowed"] == "/"
        found: dict[str, object] = json.loads(answer.content.decode().split("\n")[0].removeprefix("const SHOP = ")[:-1])
        return found

    before = told()
    assert before == told()
    assert before["offline"] == {"en": f"/s/{shop.slug}/offline/", "uk": f"/s/{shop.slug}/uk/offline/"}
    shop.phone = "+380 44 123 45 67"
    shop.save()
    assert told()["version"] != before["version"]


def test_each_page_names_the_area_of_its_worker(client: Client) -> None:
    """Issue 3 §3: on Tartib's host no worker of a shop's has a part in another shop's pages, or in the desk's."""
    shop = make_shop()
    case = make_order(shop)
    areas = {
        f"/t/{case.token}/": f"/t/{case.token}/",
        f"/a/{shop.slug}/in/": f"/a/{shop.slug}/",
        f"/track/{shop.slug}/": "",
    }
    for path, area in areas.items():
        assert f'data-area="{area}"' in client.get(path).content.decode()
    make_shop(domain="other.example")
    foreign = client.get(f"/t/{case.token}/", headers={"host": "other.example"}).content.decode()
    assert "data-worker" not in foreign
