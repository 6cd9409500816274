"""The page of an order: who may open and do what, and what the page says."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tartib.cases.models import Case
from tartib.cases.operations import note
from tartib.journal.kinds import DELETED
from tartib.journal.models import Entry
from tartib.journal.operations import SYSTEM
from tartib.notify.models import Message
from tartib.orders.drafts import LineDraft
from tartib.orders.models import Order
from tartib.payments.models import Direction, Payment, State
from tartib.payments.operations import record_payment
from tartib.payments.timeline import PAYMENT
from tartib.shops.models import Role, Shop, User
from tartib.shops.operations import employ
from tests.factories import NOW, actor, make_order, make_product, make_shop, make_staff, make_user, move, pay, with_sms

pytestmark = pytest.mark.django_db


def signed_in(shop: Shop, role: str = Role.OWNER) -> Client:
    client = Client()
    user: User = shop.default_owner.user if role == Role.OWNER and shop.default_owner else make_staff(shop, role)
    client.force_login(user)
    return client


def at(case: Case, rest: str = "") -> str:
    return f"/desk/{case.shop.slug}/orders/{case.code}/{rest}"


PLACES = ["", "receipt/", "receipt.pdf"]
ACTS = [
    "process/",
    "notes/",
    "payments/",
    "payments/1/confirmation/",
    "messages/1/withdrawal/",
    "people/",
    "lines/",
    "removal/",
]


def test_nobody_and_strangers_see_nothing() -> None:
    case, other = make_order(make_shop()), make_shop()
    stranger = signed_in(other)
    for place in PLACES:
        assert Client().get(at(case, place)).status_code == 302
        assert stranger.get(at(case, place)).status_code == 404
        assert stranger.get(f"/desk/{other.slug}/orders/{case.code}/{place}").status_code == 404
    for act in ACTS:
        assert Client().post(at(case, act)).status_code == 302
        assert stranger.post(at(case, act)).status_code == 404
        assert stranger.post(f"/desk/{other.slug}/orders/{case.code}/{act}").status_code == 404


@pytest.mark.parametrize("role", Role.values)
def test_each_role_opens_the_page_and_does_what_it_may(role: str) -> None:
    """E8: editing and deleting by role."""
    shop = make_shop()
    case = make_order(shop)
    client = signed_in(shop, role)
    assert client.get(at(case)).status_code == 200
    allowed = {
        "lines/": role != Role.TECHNICIAN,
        "people/": role != Role.TECHNICIAN,
        "payments/": role != Role.TECHNICIAN,
        "removal/": role in (Role.MANAGER, Role.OWNER),
    }
    for act, may in allowed.items():
        assert (client.post(at(case, act)).status_code != 403) is may, act


def test_a_quick_button_moves_and_offers_the_way_back() -> None:
    """A2: the moves that the workflow allows from here, as buttons."""
    shop = make_shop()
    case = make_order(shop, make_product(shop))
    pay(case)
    case.refresh_from_db()
    client = signed_in(shop)
    target = next(m.target for m in case.flow.moves_from(case.status) if m.by == "hand" and not m.note_required)
    page = client.post(at(case, "process/"), {"target": target, "version": case.version}, follow=True)
    case.refresh_from_db()
    assert case.status == target
    assert "/undo/" in page.content.decode()


def test_the_one_form_does_everything_at_once() -> None:
    """E3: status, remark, points, dates, freight reference, channels, language and copy in one form."""
    shop = make_shop()
    case = make_order(shop)
    client = signed_in(shop)
    form = {
        "whole": "1", "version": case.version, "target": "on-hold", "note": "Waiting for stock", "note_shown": "on",
        "points": "۱۲", "points_approved": "on", "sent_on": "2026-11-20", "delivered_on": "2026-11-21",
        "carrier": "Nova Poshta", "tracking_number": "2045", "tracking_url": "https://example.com/2045",
        "keep_copy": "on",
    }  # fmt: skip
    response = client.post(at(case, "process/"), form)
    assert response.status_code == 302, response.content.decode()[:4000]
    case.refresh_from_db()
    order = Order.objects.get(case=case)
    assert (case.status, order.points, order.points_approved) == ("on-hold", 12, True)
    assert (order.tracking_number, str(order.sent_on)) == ("2045", "2026-11-20")
    page = client.get(at(case)).content.decode()
    assert "Waiting for stock" in page
    assert "seen by the customer" in page


def channels_told(case: Case) -> set[str]:
    """The channels of the messages about the status the case stands in now."""
    case.refresh_from_db()
    return set(Message.objects.filter(case=case, status=case.status).values_list("channel", flat=True))


def test_ticks_left_as_offered_tell_the_customer_as_the_chosen_move_does() -> None:
    """E3: also without a script, where the ticks stay those of the likeliest move."""
    shop = with_sms(make_shop("delivery"))
    client = signed_in(shop)
    usual = make_order(shop, payment_method="on-receipt")
    by_status = {m.target: m.notify for m in usual.flow.moves_from(usual.status) if m.by == "hand"}
    target = next(code for code, notify in by_status.items() if notify)
    page = client.get(at(usual) + f"?to={target}")
    assert page.context["process_form"].initial["offered"] == " ".join(by_status[target])
    for offered in {"email", "email sms", ""}:
        case = make_order(shop, payment_method="on-receipt")
        ticks = dict.fromkeys(offered.split(), "on")
        form = {"whole": "1", "target": target, "note": "By request", "offered": offered, **ticks}
        assert client.post(at(case, "process/"), form).status_code == 302
        # Nobody follows it on a device.
        assert channels_told(case) == set(by_status[target]) - {"push"}


def test_ticks_that_somebody_set_are_what_counts() -> None:
    """E3: notify by e-mail, by SMS, or not at all."""
    shop = with_sms(make_shop("delivery"))
    client = signed_in(shop)
    for ticks in ({"sms"}, set()):
        case = make_order(shop, payment_method="on-receipt")
        target = next(m.target for m in case.flow.moves_from(case.status) if m.by == "hand" and m.notify)
        form = {"whole": "1", "target": target, "note": "By request", "offered": "email sms"}
        assert client.post(at(case, "process/"), form | dict.fromkeys(ticks, "on")).status_code == 302
        assert channels_told(case) == ticks


def test_an_event_that_changed_nothing_says_why_with_its_figures() -> None:
    """A6: what a machine reported is on the timeline, and why the order stayed as it was."""
    shop = make_shop()
    case = make_order(shop)
    pay(case)
    record_payment(shop, case.pk, Decimal("20.00"), case.currency, SYSTEM, now=NOW, direction=Direction.OUT)
    page = signed_in(shop).get(at(case) + "?tl=moves").content.decode()
    assert "Only part of the money was returned: $20.00 of $50.00." in page
    assert "return the other $30.00" in page


def test_a_stale_people_form_keeps_the_words_and_saves_them_when_asked_again() -> None:
    shop = make_shop()
    case = make_order(shop)
    client = signed_in(shop)
    form = {"version": case.version, "name": "My Correction", "language": "en", "ship_city": "Lviv"}
    move(case, "on-hold", note="Somebody else was quicker")
    answer = client.post(at(case, "people/"), form | {"seen": 1})
    assert answer.status_code == 409
    assert answer.context["opened"] == "people"
    page = answer.content.decode()
    assert "My Correction" in page
    assert "Somebody else was quicker" in page
    assert "Save again" in page
    case.refresh_from_db()
    assert case.customer is not None
    assert case.customer.name != "My Correction"
    assert client.post(at(case, "people/"), form | {"version": case.version}).status_code == 302
    case.customer.refresh_from_db()
    assert case.customer.name == "My Correction"
    assert Order.objects.get(case=case).ship_to.city == "Lviv"


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "no address"), ("language", "tlh"), ("name", "x" * 201), ("ship_country", "UKR"), ("phone", "1" * 33)],
)
def test_a_people_form_that_cannot_be_is_refused_beside_its_field(field: str, value: str) -> None:
    shop = make_shop()
    case = make_order(shop)
    before = Entry.objects.filter(case_id=case.pk).count()
    form = {"version": case.version, "name": "Kept Words", "language": "en"} | {field: value}
    answer = signed_in(shop).post(at(case, "people/"), form)
    assert answer.status_code == 422
    assert answer.context["opened"] == "people"
    assert list(answer.context["people_form"].errors) == [field]
    assert ("Kept Words" in answer.content.decode()) is (field != "name")
    assert Entry.objects.filter(case_id=case.pk).count() == before


def test_an_order_without_a_customer_still_takes_an_address() -> None:
    shop = make_shop()
    case = make_order(shop)
    Case.objects.filter(pk=case.pk).update(customer=None)
    answer = signed_in(shop).post(at(case, "people/"), {"name": "Nobody", "language": "fa", "bill_city": "Tehran"})
    assert answer.status_code == 302
    case.refresh_from_db()
    assert (case.customer, case.language) == (None, "fa")
    assert Order.objects.get(case=case).bill_to.city == "Tehran"


def test_a_stale_form_tells_who_changed_what_and_keeps_the_words() -> None:
    shop = make_shop()
    case = make_order(shop)
    client = signed_in(shop)
    seen = Entry.objects.filter(case_id=case.pk).count()
    move(case, "on-hold", note="Somebody else was quicker")
    form = {"whole": "1", "version": case.version, "seen": seen, "target": "cancelled", "note": "My long remark"}
    answer = client.post(at(case, "process/"), form)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "My long remark" in page
    assert "Somebody else was quicker" in page
    assert "Olive Owner" in page
    case.refresh_from_db()
    again = client.post(at(case, "process/"), form | {"version": case.version})
    assert again.status_code == 302
    case.refresh_from_db()
    assert case.status == "cancelled"


def test_a_refused_move_says_why_and_keeps_the_words() -> None:
    shop = make_shop()
    case = make_order(shop)
    answer = signed_in(shop).post(
        at(case, "process/"), {"whole": "1", "version": case.version, "target": "completed", "note": "Try it"}
    )
    assert answer.status_code == 422
    assert "Try it" in answer.content.decode()
    assert "form-problem" in answer.content.decode()
    case.refresh_from_db()
    assert case.status == "pending"


def test_a_payment_is_recorded_then_confirmed_once() -> None:
    """E9: recorded is not paid."""
    shop = make_shop()
    case = make_order(shop, make_product(shop))
    client = signed_in(shop)
    client.post(at(case, "payments/"), {"direction": "in", "amount": "١٢٠", "method": "Bank"})
    case.refresh_from_db()
    assert case.payment == "unverified"
    payment = Payment.objects.get(case=case)
    for _time in range(2):
        assert client.post(at(case, f"payments/{payment.pk}/confirmation/")).status_code == 302
    payment.refresh_from_db()
    case.refresh_from_db()
    assert (payment.state, case.payment) == (State.CONFIRMED, "paid")
    assert Entry.objects.filter(case_id=case.pk, kind=PAYMENT).count() == 2
    other = make_order(shop)
    assert client.post(at(other, f"payments/{payment.pk}/confirmation/")).status_code == 404


def test_people_lines_and_owner_are_corrected_on_the_timeline() -> None:
    """A6, E8: edits with before and after."""
    shop = make_shop()
    case = make_order(shop)
    client = signed_in(shop)
    form = {
        "version": case.version,
        "name": "New Name",
        "email": "new@example.com",
        "phone": "",
        "language": "uk",
        "ship_city": "Lviv",
    }
    assert client.post(at(case, "people/"), form).status_code == 302
    case.refresh_from_db()
    lines = {
        "version": case.version,
        "line-0-name": "Mug",
        "line-0-quantity": "3",
        "line-0-price": "9,50",
        "costs-shipping": "5",
    }
    assert client.post(at(case, "lines/"), lines).status_code == 302
    case.refresh_from_db()
    assert case.amount == Decimal("33.50")
    assert case.language == "uk"
    stale = client.post(at(case, "lines/"), lines)
    assert stale.status_code == 409
    member = shop.memberships.get(user=make_staff(shop, Role.EXPERT, "Nova Owner"))
    client.post(f"/desk/{shop.slug}/cases/{case.code}/assignment/", {"owner": member.pk})
    page = client.get(at(case) + "?tl=edits").content.decode()
    assert "New Name" in page
    assert "Lviv" in page
    assert "Nova Owner" in page


def test_an_order_is_deleted_with_its_reason() -> None:
    shop = make_shop()
    case = make_order(shop)
    client = signed_in(shop)
    assert client.post(at(case, "removal/"), {"reason": ""}).status_code == 422
    assert client.post(at(case, "removal/"), {"reason": "Entered twice"}).status_code == 302
    assert not Case.objects.filter(pk=case.pk).exists()
    assert Entry.objects.get(case_id=case.pk, kind=DELETED).data["reason"] == "Entered twice"


def test_a_position_suggests_products_of_the_shop_alone() -> None:
    shop, other = make_shop(), make_shop()
    case, product, foreign = make_order(shop), make_product(shop), make_product(other)
    found = signed_in(shop).get(at(case, "lines/products/"), {"line-0-name": "blue"}).content.decode()
    assert product.sku in found
    assert foreign.sku not in found


@pytest.mark.parametrize("tab", ["timeline", "history", "messages"])
def test_the_page_asks_the_database_as_often_for_many_entries_as_for_one(tab: str) -> None:
    shop = make_shop()
    client = signed_in(shop)
    counts = []
    for many in (1, 30):
        lines = tuple(LineDraft(f"Thing {n}", 1, Decimal(2)) for n in range(many))
        case = make_order(shop, lines=lines)
        for number in range(many):
            note(case, f"Note {number}", actor(shop), shown=False, now=NOW)
            record_payment(shop, case.pk, Decimal(1), case.currency, SYSTEM, now=NOW, state=State.UNVERIFIED)
        client.get(at(case))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(at(case) + f"?tab={tab}").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("language", ["en", "ar", "fa", "uk", "zh-hant"])
def test_the_page_and_the_receipt_open_in_every_language(language: str) -> None:
    """X5, E6."""
    shop = make_shop(currency="UAH", language=language, calendar="jalali" if language == "fa" else "gregorian")
    user = make_user("Reader", language=language)
    employ(shop, user, Role.MANAGER)
    client = Client()
    client.force_login(user)
    case = make_order(shop, make_product(shop))
    pay(case)
    for place in ("", "?tab=history", "?tab=messages", f"receipt/?lang={language}", f"receipt.pdf?lang={language}"):
        assert client.get(at(case, place)).status_code == 200


def test_the_neighbours_are_those_of_the_list() -> None:
    shop = make_shop()
    first, second, third = (make_order(shop, placed_at=NOW.replace(hour=hour)) for hour in (6, 7, 8))
    page = signed_in(shop).get(at(second) + "?sort=placed&status=pending").content.decode()
    assert at(first) in page
    assert at(third) in page
    assert "?status=pending&amp;sort=placed&amp;tab=history" in page


class HostileText(TestCase):
    """Whatever is typed into any field is answered with words, never with a failure."""

    hostile = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(
        [
            "\x00",
            "<script>alert(1)</script>",
            "{{ case }}",
            "%s%d",
            "-1",
            "9" * 40,
            "1e999",
            "NaN",
            "٫",
            "۱۲۳۴۵۶۷۸۹۰" * 5,
            "0000-00-00",
            "https://[",
            "\u202e",
        ]
    )

    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
    @given(words=st.lists(hostile, min_size=30, max_size=30))
    def test_no_field_breaks_the_page(self, words: list[str]) -> None:
        shop = make_shop()
        case = make_order(shop)
        client = signed_in(shop)
        names = [
            "target", "note", "points", "sent_on", "delivered_on", "carrier", "tracking_number", "tracking_url",
            "language", "text", "to", "amount", "method", "reference", "direction", "owner", "name", "email", "phone",
            "ship_city", "bill_country", "line-0-name", "line-0-quantity", "line-0-price", "line-0-discount",
            "costs-tax", "version", "seen", "reason", "verified",
        ]  # fmt: skip
        form = dict(zip(names, words, strict=True)) | {"whole": "1"}
        for act in ("process/", "notes/", "payments/", "people/", "lines/"):
            assert client.post(at(case, act), form).status_code < 500
        for name in ("tl", "tab", "to", "sort", "text", "lang"):
            assert client.get(at(case), {name: words[0]}).status_code < 500
        assert client.get(at(case, "receipt.pdf")).status_code == 200
