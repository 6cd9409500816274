"""The story of a clothing store, whole: from the cart to the parcel in the customer's hands, in every language."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tartib.billing.models import Paper
from tartib.billing.receipt import PaperKind
from tartib.cases.models import Case
from tartib.feedback.models import Feedback
from tartib.files.models import Purpose, Upload
from tartib.journal.models import Entry
from tartib.journal.verify import verify
from tartib.orders.holding import release_due
from tartib.orders.models import Line, OrderSettings
from tartib.payments.models import Attempt, AttemptState, Flag, Payment, Refund, RefundState
from tartib.risk import operations as trust
from tartib.risk import reasons
from tartib.risk.models import Check, Level, Proof, ProofState, Signal
from tartib.shops.models import Role
from tartib.support.queries import about, thread
from tests.factories import make_order, make_staff, move, pay, picture_file
from tests.journeys.clothing import SHOP_EMAIL, Buyer, Desk, Store, reply, shelf
from tests.journeys.guide import keep
from tests.services import Mailbox, Phone, plain

pytestmark = pytest.mark.django_db(transaction=True)

PARCEL = "20450099887766"
Opening = Callable[..., Store]


@pytest.fixture
def opened(settings: Settings, live_server: LiveServer, mailbox: Mailbox, phone: Phone) -> Opening:
    """Opens a store in a language, and with settings of its own."""
    return lambda language, *more, **given: Store(
        language, settings, mailbox, phone, live_server.url, *more, **given
    )  # fmt: skip


@pytest.mark.parametrize(
    ("language", "width"),
    [("en", 1280), ("fa", 360), ("ar", 360), ("uk", 1280), ("zh-hant", 360)],
    ids=["en", "fa", "ar", "uk", "zh-hant"],
)
def test_a_shirt_is_bought_sent_and_collected(page: Page, opened: Opening, language: str, width: int) -> None:
    """A3, A4, B1, B2, D5, D6, D7, D9, E1, E2, E7, X5: the story that everything else is for, in five languages."""
    page.set_viewport_size({"width": width, "height": 900})
    store = opened(language)
    buyer, shirt = Buyer(page, store), store.goods(store.words.shirt)

    # Ordered, and not paid yet: goods are held, and the customer has a letter with all that was ordered and where to
    # pay. The shop is not told yet of what may never become an order.
    case = buyer.order([(shirt, 2)], store.card)
    page.wait_for_url("**/practice/gateway/pay/**")
    store.work()
    assert (case.status, case.payment, case.language, case.amount) == ("received", "unpaid", language, Decimal(300))
    assert (shelf(shirt), store.letters(SHOP_EMAIL)) == ((10, 2), [])
    (confirmed,) = store.letters()
    for said in (
        *store.greeted, store.words.shirt, store.words.delivery, f"{store.url}/t/{case.token}/",
        f"{store.url}/t/{case.token}/pay/",
    ):  # fmt: skip
        assert said in plain(confirmed)

    # Paid: the gateway's signed notice says so, not the browser that comes back. A second letter says that it is paid,
    # and the shop is told of the order.
    buyer.at_gateway("pay")
    case.refresh_from_db()
    assert case.payment == "unpaid"
    store.work()
    page.reload()
    expect(page.locator("[data-state=paid]")).to_be_visible()
    keep(page, f"story-paid-{language}")
    case.refresh_from_db()
    assert (case.status, case.payment, shelf(shirt)) == ("paid", "paid", (8, 0))
    paid = plain(store.letters()[-1])
    assert store.words.shirt not in paid
    assert f"/t/{case.token}/pay/" not in paid
    (told,) = store.letters(SHOP_EMAIL)
    assert case.code in told["Subject"]

    # Picked, packed, handed over with the parcel's number, arrived, collected.
    desk = Desk(page, store)
    for status in ("picking", "packed"):
        desk.move(case, status)
        store.work()
    desk.send_off(case, PARCEL)
    store.work()
    sent = plain(store.letters()[-1])
    assert PARCEL in sent
    assert f"https://parcels.example/{PARCEL}" in sent
    for status in ("arrived", "done"):
        desk.move(case, status)
        store.work()

    # Each step was told by e-mail, and what one has to act upon by SMS, in the customer's language.
    steps = ["received", "paid", "picking", "packed", "shipped", "arrived", "done"]
    assert [letter["Content-Language"] for letter in store.letters()] == [store.shop.tag(language)] * len(steps)
    assert case.code in store.letters()[0]["Subject"], "the confirmation, which is a letter of its own"
    for step, letter in zip(steps[1:], store.letters()[1:], strict=True):
        assert store.named(case, step) in letter["Subject"]
    by_sms = store.phone.texts
    assert len(by_sms) == 3
    for step, text in zip(["shipped", "arrived", "done"], by_sms, strict=True):
        assert store.named(case, step) in text
        assert PARCEL in text or step == "done"
    assert store.phone.received[0].to.endswith("380501112233")

    # A week later the customer is asked how it was, once, and one tap in the letter is the answer.
    store.days_pass(8)
    store.days_pass(9)
    asked = [letter for letter in store.letters() if "/f/" in plain(letter)]
    (link,) = re.findall(r"http\S+?/f/\w+/5/", plain(asked[0]))
    page.goto(link)
    page.wait_for_url(re.compile(r"/f/\w+/$"))
    expect(page.locator("main")).to_contain_text("★★★★★")
    keep(page, f"story-rated-{language}")
    assert (len(asked), Feedback.objects.get(case=case).rating) == (1, 5)

    # The order's own page, and the account, show all of it: where it is, the parcel, what was paid, the papers.
    page.context.clear_cookies()
    page.goto(f"{store.url}/t/{case.token}/")
    shows_it_all(page, store, case)
    keep(page, f"story-tracking-{language}")
    buyer.sign_in()
    expect(page.locator(".case-card")).to_contain_text(store.words.shirt)
    keep(page, f"story-account-{language}")
    page.locator(".case-card-link").click()
    page.wait_for_url(f"**/orders/{case.code}/")
    shows_it_all(page, store, case)
    assert list(verify(store.shop)) == []


def shows_it_all(page: Page, store: Store, case: Case) -> None:
    """A page of an order that is done: in the language, with its way, its parcel, its sum and its invoice."""
    main = page.locator("main")
    expect(page.locator("html")).to_have_attribute("data-language", store.language)
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if store.language in ("ar", "fa") else "ltr")
    expect(page.locator(".hero-status")).to_contain_text(store.named(case, "done"))
    for step in ("paid", "shipped"):
        expect(page.locator(".way")).to_contain_text(store.named(case, step))
    invoice = Paper.objects.get(case=case, kind=PaperKind.INVOICE)
    for said in (PARCEL, store.words.shirt, case.code, invoice.name, "★★★★★"):
        expect(main).to_contain_text(said)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_it_is_paid_in_cash_when_it_is_handed_over(page: Page, opened: Opening, inbound: int) -> None:
    """A3, A4, D7, E1, E7: cash on delivery is confirmed at once, taken up by a person, and paid at the door.

    Meanwhile the customer asks something on the order's page, is answered, and writes back by e-mail.
    """
    store = opened("uk")
    shirt = store.goods(store.words.shirt)
    case = Buyer(page, store).order([(shirt, 1)], store.cash)
    page.wait_for_url("**/thanks/**")
    expect(page.locator("main")).to_contain_text(case.code)
    store.work()
    (confirmed,) = store.letters()
    assert case.code in confirmed["Subject"]
    assert store.words.shirt in plain(confirmed)
    assert len(store.letters(SHOP_EMAIL)) == 1
    assert (case.status, shelf(shirt)) == ("received", (10, 1))
    question, answered, thanks = "Чи можна змінити колір?", "Так, який бажаєте?", "Синій, дякую"
    page.goto(f"{store.url}/t/{case.token}/")
    page.locator("main a[href*='/help/']").click()
    page.fill("[name=words]", question)
    page.locator("main form .btn-primary").click()
    page.wait_for_url("**/thread/**")
    expect(page.locator("main")).to_contain_text(question)
    (request,) = about(case)
    desk = Desk(page, store)
    desk.answer(request, answered)
    store.work()
    letter = store.letters()[-1]
    assert answered in plain(letter)
    reply(letter, thanks, inbound)
    page.goto(f"{store.url}/t/{request.token}/thread/")
    expect(page.locator("main")).to_contain_text(thanks)
    keep(page, "story-thread-uk")
    assert [(one.text, one.by, one.by_mail) for one in thread(request)] == [
        (question, "customer", False), (answered, "staff", False), (thanks, "customer", True),
    ]  # fmt: skip
    for status in ("in-processing", "picking", "packed", "in-transit"):
        desk.move(case, status)
    assert shelf(shirt) == (9, 0)
    page.locator("form[action*='/received/'] button").click()
    expect(page.locator(".pay-paid")).to_be_visible()
    desk.move(case, "done")
    case.refresh_from_db()
    assert (case.status, case.payment, shelf(shirt)) == ("done", "paid", (9, 0))
    assert Paper.objects.filter(case=case, kind=PaperKind.INVOICE).count() == 1


def test_a_card_fails_and_a_transfer_pays(page: Page, opened: Opening) -> None:
    """E1, E2: a declined card loses neither order nor goods; the slip of a transfer is checked before it counts."""
    store = opened("ar")
    shirt = store.goods(store.words.shirt)
    buyer = Buyer(page, store)
    case = buyer.order([(shirt, 1)], store.card)
    buyer.at_gateway("fail")
    store.work()
    page.reload()
    expect(page.locator("[data-state=failed]")).to_be_visible()
    case.refresh_from_db()
    assert (case.status, case.payment, shelf(shirt)) == ("received", "failed", (10, 1))
    page.check(f"[name=account][value='{store.bank.pk}']")
    page.locator("form[action*='/pay/'] button").click()
    page.wait_for_url("**/pay/**")
    expect(page.locator(".transfer")).to_contain_text("UA21")
    slip = {"name": "slip.jpg", "mimeType": "image/jpeg", "buffer": picture_file().getvalue()}
    page.set_input_files("[name=slip]", slip)  # type: ignore[arg-type]
    page.locator("main form .btn-primary").click()
    page.wait_for_url("**/thanks/**")
    expect(page.locator("[data-state=review]")).to_be_visible()
    case.refresh_from_db()
    assert (case.status, case.payment) == ("received", "unverified")
    desk = Desk(page, store)
    desk.open(case)
    page.locator("form[action*='/confirmation/'] button").click()
    expect(page.locator(".bar-status")).to_contain_text(store.named(case, "paid"))
    store.work()
    assert store.named(case, "paid") in store.letters()[-1]["Subject"]
    case.refresh_from_db()
    assert (case.payment, case.order.payment_method, shelf(shirt)) == ("paid", "bank", (9, 0))
    states = Attempt.objects.filter(case=case).order_by("pk").values_list("state", flat=True)
    assert list(states) == [AttemptState.FAILED, AttemptState.PAID]


def too_late(store: Store) -> None:
    """The time to pay runs out while the customer looks for the card: what was held is given back."""
    assert release_due(timezone.now() + timedelta(minutes=OrderSettings.of(store.shop).pay_minutes + 1)) == 1


def test_money_that_comes_late_is_honoured_and_the_order_is_looked_at_before_it_is_sent(
    page: Page, opened: Opening
) -> None:
    """A4, E2, E9: the hold passed, nobody else came, and the order is paid like any other.

    Its phone is of another country than its address, so it waits for somebody to look at it, for proof of identity, and
    like every order for a day of working hours before it may be sent.
    """
    picture = picture_file().getvalue()
    store = opened("zh-hant", "checkout", hold_in_worktime=True)
    trust.save_rules(store.shop, levels={Signal.PHONE_COUNTRY: Level.HOLD})
    shirt = store.goods(store.words.shirt, pieces=1)
    buyer = Buyer(page, store, phone="+852 5123 4567")
    case = buyer.order([(shirt, 1)], store.card)
    page.wait_for_url("**/practice/gateway/pay/**")
    too_late(store)
    assert shelf(shirt) == (1, 0)
    buyer.at_gateway("pay")
    store.work()
    case.refresh_from_db()
    assert (case.status, case.payment, shelf(shirt)) == ("under-review", "paid", (1, 1))
    assert store.named(case, "under-review") in store.letters()[-1]["Subject"]
    assert len(store.letters(SHOP_EMAIL)) == 1

    # The desk says why, and a manager asks for proof of identity; the customer uploads it on the order's page.
    desk = Desk(page, store)
    desk.open(case)
    with override("zh-hant"):
        reason = reasons.say(Check.objects.get(case=case), "zh-hant", "UAH")
    expect(page.locator("#checks .checks")).to_contain_text(reason)
    page.locator("#checks form[action*='/identity/'] button").click()
    page.locator("#confirm [value=yes]").click()
    expect(page.locator(".toast-note")).to_be_visible()
    store.work()
    assert f"{store.url}/t/{case.token}/" in plain(store.letters()[-1])
    page.goto(f"{store.url}/t/{case.token}/")
    page.set_input_files("[name=paper]", {"name": "id.jpg", "mimeType": "image/jpeg", "buffer": picture})
    page.locator("#identity form button").click()
    page.wait_for_url("**/t/*/#identity")
    keep(page, "story-identity-zh-hant")

    # An expert may not open it. A manager does, accepts it, and with that it is gone.
    expert = Client()
    expert.force_login(make_staff(store.shop, Role.EXPERT))
    opening = reverse("desk:order-identity-paper", args=[store.shop.slug, case.code])
    assert expert.post(opening).status_code == 403
    desk.open(case)
    with page.expect_popup() as shown:
        page.locator(f"form[action='{opening}'] button").click()
    expect(shown.value.locator("img")).to_be_visible()
    shown.value.close()
    page.locator("[name=decision][value=accept]").click()
    expect(page.locator(".toast-note")).to_be_visible()
    proof = Proof.objects.get(case=case)
    assert (proof.state, proof.upload, Upload.objects.filter(purpose=Purpose.IDENTITY).exists()) == (
        ProofState.ACCEPTED, None, False,
    )  # fmt: skip

    # With that it is looked at, and released with a remark; it may be sent when a day of working hours is over, and no
    # earlier.
    expect(page.locator("form[action*='/clearance/']")).to_have_count(0)
    desk.release(case, "preparing", "身分證明已核對")
    checked = Entry.objects.filter(case_id=case.pk, kind="checked").order_by("seq")
    assert [entry.data["act"] for entry in checked] == ["asked", "given", "opened", "accepted", "cleared"]
    released = Entry.objects.filter(case_id=case.pk, kind="moved").latest("seq")
    assert (released.actor_name, released.data["from"], released.data["note"]) == (
        "Marta Manager", "under-review", "身分證明已核對",
    )  # fmt: skip
    for days in (0, 1):
        early = move(case, "sent", now=timezone.now() + timedelta(days=days))
        assert early.refused[case.pk].code == "on-hold-until"
    assert move(case, "sent", now=timezone.now() + timedelta(days=14)).moved
    assert shelf(shirt) == (0, 0)
    assert list(verify(store.shop)) == []


def test_the_last_piece_goes_while_somebody_pays(page: Page, opened: Opening) -> None:
    """A4, D5, E2: paid when the goods are gone: a problem with a proposal, the customer's choice, the money back."""
    store = opened("fa")
    page.set_viewport_size({"width": 360, "height": 900})
    shirt = store.goods(store.words.shirt, pieces=1)
    buyer = Buyer(page, store)
    case = buyer.order([(shirt, 1)], store.card)
    page.wait_for_url("**/practice/gateway/pay/**")
    too_late(store)
    pay(make_order(store.shop, shirt, currency="UAH"))
    assert shelf(shirt) == (0, 0)
    buyer.at_gateway("pay")
    store.work()
    case.refresh_from_db()
    assert (case.status, case.payment, shelf(shirt)) == ("problem", "paid", (0, 0))
    assert Payment.objects.get(case=case).flag == Flag.STRANDED
    assert store.named(case, "problem") in store.letters()[-1]["Subject"]
    page.goto(f"{store.url}/t/{case.token}/")
    page.locator(".todo .btn-primary").click()
    page.locator("[name=choice][value=refund]").check()
    page.locator(".asked .btn-primary").click()
    expect(page.locator(".asked [data-said]")).to_be_visible()
    keep(page, "story-asked-fa")
    store.work()
    assert case.code in store.letters(SHOP_EMAIL)[-1]["Subject"]
    Desk(page, store).open(case)
    page.locator("form[action*='/money-back/'] button").click()
    page.locator("#confirm [value=yes]").click()
    expect(page.locator("form[action*='/money-back/']")).to_have_count(0)
    store.work()
    case.refresh_from_db()
    case.proposal.refresh_from_db()
    assert (case.payment, case.proposal.choice, case.proposal.settled_at is None) == ("refunded", "refund", False)
    assert Refund.objects.get(case=case).state == RefundState.CONFIRMED


def test_a_part_of_the_money_goes_back_with_the_piece(page: Page, opened: Opening) -> None:
    """A1, A4, B2: one of two shirts comes back: its price goes back by the gateway, it is on the shelf again once."""
    store = opened("en")
    shirt, scarf = store.goods(store.words.shirt), store.goods(store.words.scarf, price="80.00")
    buyer = Buyer(page, store)
    case = buyer.order([(shirt, 2), (scarf, 1)], store.card)
    buyer.at_gateway("pay")
    store.work()
    assert (shelf(shirt), shelf(scarf)) == ((8, 0), (9, 0))
    line = Line.objects.get(case=case, product=shirt)
    Desk(page, store).open(case)
    page.locator("[data-opens=refund]").click()
    page.fill(f"[name=refund-give_{line.pk}]", "1")
    expect(page.locator("#refund-sum .btn-danger")).to_contain_text("120.00")
    keep(page, "story-refund-en")
    page.locator("#refund-sum .btn-danger").click()
    expect(page.locator(".toast-note")).to_be_visible()
    store.work()
    case.refresh_from_db()
    assert (case.status, case.payment) == ("paid", "partly-refunded")
    sent = Refund.objects.get(case=case)
    assert (sent.amount, sent.state) == (Decimal(120), RefundState.CONFIRMED)
    note = Paper.objects.get(case=case, kind=PaperKind.CREDIT_NOTE)
    assert (note.amount, note.corrects) == (Decimal(120), Paper.objects.get(case=case, kind=PaperKind.INVOICE))
    assert (shelf(shirt), shelf(scarf)) == ((9, 0), (9, 0))
    store.work()
    assert "120.00" in plain(store.letters()[-1])
    page.goto(f"{store.url}/t/{case.token}/")
    expect(page.locator("main")).to_contain_text(note.name)
    # Cancelling what is left puts the other pieces back, and the one that is back already not again.
    move(case, "cancelled")
    assert (shelf(shirt), shelf(scarf)) == ((10, 0), (10, 0))
