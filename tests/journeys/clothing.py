"""A clothing store to tell stories of: its goods, a customer in a browser, its staff at the desk, its worker."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from email.message import EmailMessage
from typing import Any

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from pytest_django import Settings

from tartib.cases.models import Case
from tartib.catalog.models import Product, Stock
from tartib.catalog.operations import count
from tartib.cli.worker import LANES
from tartib.feedback.operations import ask_due
from tartib.journal.operations import SYSTEM
from tartib.payments import accounts
from tartib.payments.models import Account
from tartib.shipping.operations import set_up
from tartib.shipping.quoting import Tier
from tartib.shops.models import Role, User
from tests.factories import PASSWORD, make_listing, make_shop, make_staff
from tests.notify.sending import send
from tests.services import Mailbox, Phone, plain
from tests.threads import at_once

EMAIL = "customer@example.com"
SHOP_EMAIL = "shop@example.com"


@dataclass(frozen=True, slots=True)
class Words:
    """What a store and its customer call things in their language."""

    customer: str
    shirt: str
    scarf: str
    delivery: str
    street: str
    city: str


WORDS = {
    "en": Words("Jo Marsh", "Linen shirt", "Wool scarf", "To a branch", "1 River Street", "Kyiv"),
    "ar": Words("ليلى حداد", "قميص كتان", "وشاح صوف", "إلى فرع شركة الشحن", "شارع النهر 1", "كييف"),
    "fa": Words("مینا رستمی", "پیراهن کتان", "شال پشمی", "به شعبهٔ شرکت حمل", "خیابان رود ۱", "کی‌یف"),
    "uk": Words("Оксана Гнатюк", "Лляна сорочка", "Вовняний шарф", "До відділення", "вул. Річкова, 1", "Київ"),
    "zh-hant": Words("陳美玲", "亞麻恤衫", "羊毛圍巾", "送到取貨點", "河畔街一號", "基輔"),
}


class Store:
    """An open store in one language, paid by card at the practice gateway, by transfer, or in cash.

    What it sends goes out over real SMTP and HTTP, to a mailbox and a phone of the tests.
    """

    def __init__(
        self,
        language: str,
        settings: Settings,
        mailbox: Mailbox,
        phone: Phone,
        url: str,
        workflow: str = "delivery",
        **more: Any,
    ) -> None:
        settings.TARTIB_URL = url
        settings.TARTIB_PRACTICE_SMTP = (settings.EMAIL_HOST, settings.EMAIL_PORT)
        self.url, self.mailbox, self.phone, self.language = url, mailbox, phone, language
        self.words = WORDS[language]
        # In Ukrainian a name would have to be declined: letters greet without one.
        self.greeted = () if language == "uk" else (self.words.customer,)
        self.shop = make_shop(
            workflow, language=language, languages=[language], currency="UAH", country="UA", practice=True,
            email=SHOP_EMAIL, hold_back_seconds=0, **more,
        )  # fmt: skip
        set_up(
            self.shop, [Tier(Decimal(60), country="UA")], kind="carrier", names={language: self.words.delivery},
            carrier="Nova Poshta", tracking_pattern="https://parcels.example/{number}",
        )  # fmt: skip
        now = timezone.now()
        self.card = accounts.add(self.shop, "practice", {"secret": "a long word"}, now=now)
        self.bank = accounts.add(self.shop, "bank", {"holder": "Store", "bank": "Bank", "number": "UA21"}, now=now)
        self.cash = accounts.add(self.shop, "cash", {}, now=now)

    def goods(self, name: str, *, pieces: int = 10, price: str = "120.00") -> Product:
        """A product on show, with that many pieces on the shelf."""
        product = Product.objects.get(listing=make_listing(self.shop, name, price=price))
        count(product, self.shop.branches.get(), pieces, SYSTEM, now=timezone.now())
        return product

    def work(self) -> None:
        """Let the store's worker do all that was put off: messages, notices of the gateway, refunds."""
        assert isinstance(app.connector, DjangoConnector)
        with app.replace_connector(app.connector.get_worker_connector()) as working:
            # In a thread of its own: the browser's event loop is in this one.
            at_once(lambda _once: _work_off(working), 1, hands=1)

    def days_pass(self, days: int) -> None:
        """So many days later: the worker asks those who are to be asked, and sends what it has to send then."""
        then = timezone.now() + timedelta(days=days)
        ask_due(then)
        send(then)

    def letters(self, address: str = EMAIL) -> list[EmailMessage]:
        """What was received at an address, in the order in which it came."""
        return [letter for letter in self.mailbox.letters if letter["To"] == address]

    def named(self, case: Case, status: str) -> str:
        """What a status is called in the store's language."""
        return case.flow.status(status).name.say(self.language)

    def page(self, name: str, *things: object) -> str:
        """The whole address of a page of the product."""
        return self.url + reverse(name, args=things)


class Buyer:
    """A customer in a browser."""

    def __init__(self, page: Page, store: Store, phone: str = "050 111 22 33") -> None:
        self.page, self.store, self.phone = page, store, phone

    def order(self, wares: Sequence[tuple[Product, int]], account: Account) -> Case:
        """Order from the cart to the final check, to be paid by that account, as the pages lead."""
        page, words, shop = self.page, self.store.words, self.store.shop
        for product, pieces in wares:
            assert product.listing is not None
            page.goto(self.store.page("storefront:listing", shop.slug, product.listing.slug))
            expect(page.locator("html")).to_have_attribute("data-language", self.store.language)
            page.fill(".to-cart [name=pieces]", str(pieces))
            page.locator(".to-cart button").click()
            page.wait_for_url("**/cart/")
        page.locator(".till-sum .btn-primary").click()
        page.fill("[name=name]", words.customer)
        page.fill("[name=email]", EMAIL)
        page.fill("[name=phone]", self.phone)
        page.fill("[name=line1]", words.street)
        page.fill("[name=city]", words.city)
        page.fill("[name=postcode]", "01001")
        page.locator(".details .onward .btn-primary").click()
        page.wait_for_url("**/delivery/")
        expect(page.locator("main")).to_contain_text(words.delivery)
        page.locator("form.card .btn-primary").click()
        page.wait_for_url("**/payment/")
        page.check(f"[name=account][value='{account.pk}']")
        page.locator("form.card .btn-primary").click()
        page.wait_for_url("**/check/")
        for product, _pieces in wares:
            expect(page.locator("main")).to_contain_text(product.name)
        page.locator(".btn-big").click()
        page.wait_for_url(lambda url: "/checkout/" not in url)
        return Case.objects.select_related("order", "shop").filter(shop=shop).order_by("-pk")[0]

    def at_gateway(self, act: str) -> None:
        """Have something happen on the gateway's page; the browser comes back from it."""
        self.page.wait_for_url("**/practice/gateway/pay/**")
        self.page.locator(f"[name=act][value={act}]").click()
        self.page.wait_for_url("**/thanks/**")

    def sign_in(self) -> None:
        """Open one's account with the code that is sent."""
        page, store = self.page, self.store
        page.goto(store.page("portal:account-sign-in", store.shop.slug))
        page.fill("[name=address]", EMAIL)
        page.locator("main form .btn-primary").first.click()
        page.wait_for_url("**/in/code/**")
        store.work()
        text = plain(store.letters()[-1])
        code = next(word for word in text.split() if len(word) == 6 and word.isdecimal())
        page.fill("[name=code]", code)
        page.locator("main form .btn-primary").first.click()
        page.wait_for_url(f"**/a/{store.shop.slug}/")


class Desk:
    """A manager at the desk, in the browser."""

    def __init__(self, page: Page, store: Store) -> None:
        self.page, self.store = page, store
        person = _manager(store)
        page.goto(f"{store.url}/sign-in/")
        page.fill("[name=email]", person.email)
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/orders/")

    def open(self, case: Case) -> None:
        """Open an order's page."""
        self.page.goto(self.store.page("desk:order", self.store.shop.slug, case.code))

    def move(self, case: Case, target: str) -> None:
        """Press the button of a move."""
        self.open(case)
        buttons = self.page.locator(f".bar-top button[name=target][value={target}]")
        shown = buttons.locator("visible=true")
        if not shown.count():
            self.page.locator(".bar-others:not(.hand-over) > summary").click()
        shown.first.click()
        expect(self.page.locator(".bar-status")).to_contain_text(self.store.named(case, target))

    def release(self, case: Case, target: str, words: str) -> None:
        """Let an order go on to a status for which the one form wants a remark."""
        self.open(case)
        self.page.locator("#process > summary").click()
        self.page.select_option(".process-form [name=target]", target)
        self.page.fill(".process-form [name=note]", words)
        self.page.locator(".process-form .form-acts .btn-primary").click()
        expect(self.page.locator(".bar-status")).to_contain_text(self.store.named(case, target))

    def answer(self, request: Case, words: str) -> None:
        """Answer a support request on its page."""
        self.page.goto(self.store.page("desk:request", self.store.shop.slug, request.code))
        self.page.fill("#write [name=words]", words)
        self.page.locator("#write [name=to][value=customer]").click()
        expect(self.page.locator("#thread")).to_contain_text(words)

    def send_off(self, case: Case, number: str) -> None:
        """Enter the parcel's number in the one form; that it is there moves the order on."""
        self.open(case)
        self.page.locator("#process > summary").click()
        self.page.fill(".process-form [name=carrier]", "Nova Poshta")
        self.page.fill(".process-form [name=tracking_number]", number)
        self.page.locator(".process-form .form-acts .btn-primary").click()
        expect(self.page.locator(".bar-status")).to_contain_text(self.store.named(case, "shipped"))


def reply(letter: EmailMessage, words: str, port: int) -> None:
    """Answer a letter from one's own mailbox: a mail server brings the answer to the address that the letter names."""
    answer = EmailMessage()
    to = letter["Reply-To"].addresses[0].addr_spec
    answer["From"], answer["To"], answer["Subject"] = EMAIL, to, f"Re: {letter['Subject']}"
    answer["Message-ID"] = "<1@mail.example.com>"
    quoted = "".join(f"> {line}\n" for line in plain(letter).splitlines())
    answer.set_content(f"{words}\n\nOn Sun, 22 Nov 2026, Store <{SHOP_EMAIL}> wrote:\n{quoted}")
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as server:
        server.send_message(answer, EMAIL, [to])


def shelf(product: Product) -> tuple[int, int]:
    """How many pieces are on the shelf, and how many of them are promised."""
    stock = Stock.objects.get(product=product)
    return stock.on_hand, stock.reserved


def _manager(store: Store) -> User:
    person = make_staff(store.shop, Role.MANAGER, "Marta Manager")
    User.objects.filter(pk=person.pk).update(language=store.language)
    return person


def _work_off(working: App) -> None:
    working.run_worker(wait=False, install_signal_handlers=False, listen_notify=False, queues=list(LANES))
