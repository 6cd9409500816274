"""Nobody is kept out of any page: axe-core, nothing over the edge of the screen, and no words cut (X5, issue 3).

The pages are those of the table of all addresses, so that a new one cannot be forgotten. The languages take turns: a
page is opened in one of them, the next in the next. It is looked at by all rules, light and wide or dark and narrow;
then colours and size change under it, and what depends on these is looked at again. So every page is seen by day and by
night, and what pages are made of in every language. What is folded up is unfolded first. Then it is laid out on the
other screens there are, where only its edges and its words are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import NoReverseMatch, resolve, reverse
from playwright.sync_api import Browser, Page, ViewportSize
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tartib.catalog import photographs
from tartib.catalog.showing import add_category, change_window
from tartib.catalog.variants import lay_out
from tartib.l10n import names
from tartib.payments.accounts import add as add_account
from tartib.payments.attempts import start
from tartib.public.sessions import account_cookie
from tartib.public.visits import cart_cookie
from tartib.shipping.operations import set_up
from tartib.shipping.quoting import Tier
from tartib.shops.models import Role, User
from tartib.shops.operations import change_shop, employ
from tests.axe import load, violations
from tests.checkout.selling import make_cart
from tests.factories import NOW, make_listing, make_order, make_product, make_shop, move, pay, picture_file
from tests.security.addresses import ADDRESSES, Address, Who, World, by_key, path

pytestmark = pytest.mark.django_db(transaction=True)

Colours = Literal["light", "dark"]
WIDE: ViewportSize = {"width": 1280, "height": 900}
NARROW: ViewportSize = {"width": 360, "height": 800}
# How a page is opened, and how it is shown then without being opened again; in the languages that take turns.
DAY: tuple[tuple[Colours, ViewportSize], ...] = (("light", WIDE), ("dark", NARROW))
FACES = {"en": DAY, "fa": DAY[::-1], "uk": DAY, "ar": DAY[::-1], "zh-hant": DAY[::-1]}
PARTS = 2
# Other faces of pages: nothing found, narrowed, searched.
MORE = {
    "storefront:browse": ("?q=thing", "?q=thnig", "?from=1&stock=1", "?to=1"),
    "desk:orders": ("?text=nobody",),
    "desk:support": ("?tab=all",),
}
FOREIGN = {"api-docs"}
"""Made by others."""
OF_ONE_LANGUAGE = {"practice:gateway", "desk:order-receipt", "desk:order-paper"}
"""The language in which it was asked for, or that of the customer whose paper it is."""
TWICE = {"portal:account-case": "portal:tracking"}
"""Addresses that show the page of another."""
UNFOLD = "for (const one of document.querySelectorAll('details:not(.menu)')) one.open = true"
# Distances that readers may set for themselves, each as wide as the guidelines have it.
SPACING = """() => {
  const sheet = new CSSStyleSheet();
  const wide = { "line-height": "1.5", "letter-spacing": ".12em", "word-spacing": ".16em" };
  const rules = Object.entries(wide).map(([name, value]) => `${name}: ${value} !important;`);
  sheet.replaceSync(`* { ${rules.join(" ")} }`);
  document.adoptedStyleSheets.push(sheet);
}"""
SPACED = (
    "desk:templates", "desk:reconciliation", "desk:switches", "desk:orders", "desk:order", "desk:reports",
    "desk:window", "desk:listing", "storefront:home", "storefront:cart", "portal:tracking",
)  # fmt: skip
OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OTHER_WIDTHS = (320, 390, 768, 1366)
# Words that end before their end, and what has to be moved sideways; strips of tabs and links are made for that.
CUT = r"""() => {
  const found = [];
  for (const one of document.querySelectorAll("body *:not(input, select, textarea, svg *)")) {
    if (one.clientWidth <= 2 || one.scrollWidth <= one.clientWidth + 1 || !one.textContent.trim()) continue;
    if (!one.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (one.matches("nav, nav *, .filters, .sr, .visually-hidden")) continue;
    const over = getComputedStyle(one).overflowX;
    if (over === "visible") continue;
    const does = over === "hidden" || over === "clip" ? "cuts" : "is moved sideways";
    const words = one.textContent.trim().replace(/\s+/g, " ").slice(0, 40);
    found.push(`${one.localName}.${one.className} ${does}: ${words}`);
  }
  return found.slice(0, 5);
}"""


@dataclass(frozen=True, slots=True)
class Place:
    """A page: its path in English, the name of its address, and whether one sees it signed in."""

    path: str
    name: str
    signed_in: bool

    def in_language(self, language: str) -> str:
        """Its path in that language, as far as that is said in the path."""
        if language == "en":
            return self.path
        at, _mark, query = self.path.partition("?")
        found = resolve(at)
        try:
            at = reverse(found.view_name, kwargs=found.kwargs | {"language": language})
        except NoReverseMatch:
            query = "&".join(part for part in (query, f"language={language}") if part)
        return f"{at}?{query}" if query else at


class Furnished:
    """A shop with one of everything, what else its pages show, and the cookies of somebody who may see all of it."""

    def __init__(self) -> None:
        shop = make_shop(
            languages=list(FACES), currency="UAH", country="UA", practice=True, colour="#e8b04a",
            email="a@shop.example", phone="+380441234567", address="5 Market Square, Kyiv",
        )  # fmt: skip
        shelf = add_category(shop, "Things", texts={"fa": {"name": "چیزها"}})
        add_category(shop, "Under them", parent=shelf)
        for place in range(3):
            listing = make_listing(
                shop, f"Thing {place}", category=shelf, summary="One sentence.", description="A\n\nB"
            )
            for _number in range(2):
                photographs.add(listing, picture_file(), now=NOW)
        lay_out(listing, [("Size", ["S", "M"]), ("Colour", ["Red", "Blue"])], price=Decimal(90), now=NOW)
        change_window(shop, open=True, headline="Made slowly", about="By hand.")
        set_up(shop, [Tier(Decimal(60), country="UA")], kind="courier", names={"en": "Courier", "fa": "پیک"})
        gateway = add_account(shop, "practice", {"secret": "practice secret"}, now=NOW)
        # As long as a code may be: everything that is tracked is called by it.
        change_shop(shop, code="WMWMWM")
        self.world = World(shop)
        paid, done, stranded, tried = (make_order(shop, make_product(shop, pieces=n)) for n in (5, 5, 0, 5))
        for case in (paid, done, stranded):
            pay(case)
        move(done, "completed")
        at_gateway = urlsplit(start(shop, tried.pk, gateway, now=NOW).leave["url"])
        self.more = [
            *(("portal:tracking", f"/t/{case.token}/") for case in (paid, done, stranded, tried)),
            ("storefront:listing", f"/s/{shop.slug}/p/{listing.slug}/"),
            ("storefront:thanks", f"/s/{shop.slug}/thanks/{stranded.token}/"),
            ("practice:gateway", f"{at_gateway.path}?{at_gateway.query}"),
        ]
        cart = make_cart(shop, listing.variants.order_by("place")[0], paid_by="bank")
        self.cart = {cart_cookie(shop): cart.token}
        # Who works in two shops chooses between them.
        employ(make_shop(), self.world.owner.user, Role.EXPERT)
        self.account = {account_cookie(shop): self.world.visitor}

    def clients(self) -> dict[bool, Client]:
        """Somebody signed in at the desk and in the shop, and somebody who is not; both with the cart."""
        inside, outside = Client(), Client()
        inside.force_login(self.world.owner.user)
        inside.cookies.load(self.cart | self.account)
        outside.cookies.load(self.cart)
        # A code has been sent to somebody, who is asked for it.
        outside.post(f"/a/{self.world.shop.slug}/in/", {"address": "jo@example.com"})
        return {True: inside, False: outside}

    def places(self) -> list[Place]:
        """All pages there are. What is no page is left out: papers, pictures, parts of pages, and what leads on."""
        found: dict[str, Place] = {}
        clients = self.clients()
        for name, at in self._addresses():
            states = set()
            for signed_in, client in clients.items():
                answer = client.get(at)
                states.add(answer.status_code)
                if _is_page(answer):
                    found[at] = Place(at, name, signed_in)
                    break
            assert {200, 302} & states or ADDRESSES[name].missing, f"{name} {at}: nothing to be seen: {states}"
        return list(found.values())

    def _addresses(self) -> Iterator[tuple[str, str]]:
        for name, address in ADDRESSES.items():
            if "GET" in address.methods and not _for_programs(address) and name not in FOREIGN:
                at = path(name, self.world)
                yield from ((name, at + more) for more in ("", *MORE.get(name, ())))
        yield from self.more


@contextmanager
def visitors(
    browser: Browser, live_server: LiveServer, clients: dict[bool, Client], **how: Any
) -> Iterator[dict[bool, Page]]:
    """Their browsers, which have axe; pages that go on by themselves stay."""
    pages = {}
    for signed_in, client in clients.items():
        context = browser.new_context(reduced_motion="reduce", **how)
        load(context)
        context.add_cookies(
            [{"name": one.key, "value": one.value, "url": live_server.url} for one in client.cookies.values()]
        )
        pages[signed_in] = page = context.new_page()
        # Not by a route of Playwright's, with which the browser keeps no file from page to page.
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        network.send("Network.setBlockedURLs", {"urls": [f"*/{name}.js" for name in ("tap", "leave", "look")]})
    yield pages
    for page in pages.values():
        page.context.close()


@pytest.mark.proof
@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_keeps_anybody_out(browser: Browser, live_server: LiveServer, settings: Settings, part: int) -> None:
    """Issue 3: axe-core finds no violation on any page, and none hangs over the edge of the screen."""
    settings.TARTIB_URL = live_server.url
    furnished = Furnished()
    places, problems = furnished.places(), []
    assert len(places) > 80, "pages are missing"
    clients = furnished.clients()
    for number, language in enumerate(FACES):
        User.objects.filter(pk=furnished.world.owner.user_id).update(language=language)
        with visitors(browser, live_server, clients, locale=language) as pages:
            for place in places[number :: len(FACES)][part::PARTS]:
                found = look(pages[place.signed_in], live_server.url, place, language)
                problems += [f"{place.name} {language} {one}" for one in found]
    assert not problems, "\n".join(problems)


def test_wider_letters_and_lines_fit_the_narrowest_screen(
    browser: Browser, live_server: LiveServer, settings: Settings
) -> None:
    """WCAG 1.4.12, in the language with the longest words, on pages with the most in a row."""
    settings.TARTIB_URL = live_server.url
    furnished = Furnished()
    world = furnished.world
    User.objects.filter(pk=world.owner.user_id).update(language="uk")
    found = [Place(at, name, True) for name, at in furnished.more if name == "storefront:listing"]
    found += [Place(path(name, world), name, True) for name in SPACED]
    over = {}
    with visitors(
        browser, live_server, furnished.clients(), locale="uk", viewport={"width": 320, "height": 800}
    ) as pages:
        for place in found:
            page = pages[True]
            page.goto(live_server.url + place.in_language("uk"), wait_until="load")
            page.evaluate(UNFOLD)
            page.evaluate(SPACING)
            if wide := page.evaluate(OVER):
                over[place.name] = wide
    assert over == {}


def test_every_page_has_a_title_of_its_own(settings: Settings) -> None:
    """WCAG 2.4.2: pages of different addresses are told apart by their titles, in each face."""
    furnished = Furnished()
    clients, titles, problems = furnished.clients(), dict[str, str](), []
    for place in furnished.places():
        name = TWICE.get(place.name, place.name)
        said = clients[place.signed_in].get(place.path).content.decode()
        title = said[said.index("<title>") + 7 : said.index("</title>")].strip()
        same = titles.setdefault(title, name) if "?" not in place.path else name
        problems += [f"{title}: {name} and {same}"] * (same != name or not title.strip(" ·"))
    assert not problems, "; ".join(problems)


def look(page: Page, host: str, place: Place, language: str) -> list[str]:
    """What is wrong with a page in a language, by its two faces."""
    spoken = "en" if place.name in OF_ONE_LANGUAGE else language
    found = []
    for number, (colours, size) in enumerate(FACES[language]):
        page.emulate_media(color_scheme=colours)
        page.set_viewport_size(size)
        if not number:
            page.goto(host + place.in_language(spoken), wait_until="load")
            page.evaluate(UNFOLD)
            said = names.language(page.evaluate("document.documentElement.lang"))
            found += [f"speaks {said}"] if said != spoken else []
        wrong = violations(page, looks=number > 0)
        found += [f"{colours} {size['width']}: {one}" for one in wrong + edges(page)]
    for width in OTHER_WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{width}: {one}" for one in edges(page)]
    return found


def edges(page: Page) -> list[str]:
    """What of the page does not fit its screen."""
    over, cut = int(page.evaluate(OVER)), list[str](page.evaluate(CUT))
    return [f"{over} px too wide"] * (over > 0) + cut


def _for_programs(address: Address) -> bool:
    return by_key(address) or address.who in (Who.GATEWAY, Who.PROVIDER)


def _is_page(answer: Any) -> bool:
    """Whether somebody sees a whole page there."""
    start = bytes(answer.getvalue()[:40]).lstrip().lower()
    return bool(answer.status_code == 200 and start.startswith(b"<!doctype html"))
