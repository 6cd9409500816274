"""A person is handed what a shop holds of them, and is erased from all of it; the proof of what happened stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, models
from django.db.models import Model
from pytest_django import DjangoCaptureOnCommitCallbacks

from tartib.billing.models import Paper
from tartib.billing.operations import forget_old
from tartib.cases import saved
from tartib.cases.filters import Filters
from tartib.cases.models import Case
from tartib.cases.operations import delete, note
from tartib.checkout import discounts
from tartib.checkout.confirming import confirm
from tartib.checkout.details import Details
from tartib.checkout.operations import choose_delivery, choose_payment, describe, enter_code, new_cart, put_in
from tartib.customers import address_book, bundle, consents, erasing, passkeys
from tartib.customers.address import Address
from tartib.customers.addresses import EMAIL, ContactPoint
from tartib.customers.contact_points import prove
from tartib.customers.identity import Account, Passkey, Session
from tartib.customers.models import Customer, PointsBalance, PointsMovement, Source
from tartib.customers.models import Purpose as About
from tartib.customers.operations import CustomerDraft
from tartib.customers.signing_in import ask_code, open_session
from tartib.dispatch.operations import open_work, settle
from tartib.feedback.models import Feedback
from tartib.feedback.operations import rate
from tartib.files.models import Purpose, Upload
from tartib.files.operations import keep_document, keep_image, keep_letter
from tartib.imports.models import Import, Problems
from tartib.journal.models import ActorKind, Entry
from tartib.journal.operations import Actor
from tartib.journal.verify import verify
from tartib.notify.models import Subscription
from tartib.orders.models import Proposal
from tartib.orders.operations import Processing, edit, process
from tartib.orders.requests import CustomerRequest, RequestedLine, RequestPhoto
from tartib.payments import operations as payments
from tartib.payments.attempts import apply_notice, forged, hand_in, start
from tartib.payments.gateways.protocol import About as ToldAbout
from tartib.payments.gateways.protocol import Claim, Contest, Fate
from tartib.payments.gateways.protocol import GatewayNotice as ToldOf
from tartib.payments.models import Attempt, Notice, Payment
from tartib.payments.refunds import refund
from tartib.risk import operations as trust
from tartib.risk.models import Check
from tartib.shipping.models import Method
from tartib.shops.secrets import SecretField
from tartib.support import operations as support
from tartib.support.operations import Given, Written
from tests.api.client import Program, order
from tests.checkout.selling import account as way_to_pay
from tests.checkout.selling import make_selling_shop, seen
from tests.factories import NOW, actor, make_account, make_order, make_product, move, pay, picture_file
from tests.notify.sending import send
from tests.services import Mailbox

pytestmark = pytest.mark.django_db

EMAIL_ADDRESS, PHONE, IP = "quorra@zellwick.example", "+380501119988", "203.0.113.77"
WHO = CustomerDraft("Quorra Zellwick", EMAIL_ADDRESS, PHONE, country="UA")
HOME = Address(name="Quorra Zellwick", line1="17 Xanthippe Row", city="Kyiv", country="UA", phone=PHONE)
TRACES = ("quorra", "zellwick", "501119988", "xanthippe", IP, "brzezinka")
"""Everything the person says or is known by holds one of these."""
PLANT = "Pw9"
"""Put into every text column there is: what erasing leaves of it was forgotten, unless it is a fact."""

SHOPS_OWN = frozenset(
    {
        "billing_papersettings", "billing_series", "cases_bulkmove", "cases_savedview", "cases_workflowversion",
        "checkout_discount", "orders_taxrate", "customers_group", "customers_pointsrule",
        "feedback_feedbacksettings", "integrations_chunk", "integrations_import", "integrations_savedmapping",
        "integrations_wantedphoto", "journal_anchoring", "journal_chain", "journal_entry", "journal_register",
        "notify_messagesettings", "notify_noticeaddress", "notify_pushkey", "notify_smsaccount", "notify_switch",
        "notify_template", "orders_boughtwith", "orders_ordersettings", "payments_account",
        "payments_difference", "shipping_method", "shipping_rate", "trust_rules",
    }
)  # fmt: skip
"""Tables of which no row is about a customer, and the timeline, which has tests of its own."""
KNOWN_BY = frozenset(
    {
        "customers_account.email", "customers_account.phone", "customers_code.address", "customers_customer.email",
        "customers_customer.name", "customers_customer.phone", "integrations_problems.items",
        "notify_message.recipient",
    }
)  # fmt: skip
"""By which what is about the person is found: the same everywhere."""
FACTS = frozenset(
    {
        # by which a thing is known, here or at a gateway
        "billing_paper.code", "cases_act.key", "cases_case.code", "cases_case.token", "customers_code.token",
        "checkout_cart.token", "feedback_feedback.token", "files_upload.token", "files_upload.sha256",
        "orders_order.number", "orders_order.external_id", "payments_attempt.code", "payments_attempt.key",
        "payments_attempt.reference", "payments_notice.event", "payments_payment.key", "payments_payment.reference",
        "payments_refund.key", "payments_refund.reference", "dispatch_workrecord.key", "dispatch_workrecord.code",
        # where a thing stands and what it is in
        "cases_act.answer", "cases_act.trigger", "cases_case.channel", "cases_case.currency", "cases_case.status",
        "cases_case.title", "cases_case.kind", "dispatch_workentry.kind", "dispatch_workrecord.kind",
        "files_upload.content_type", "files_upload.widths", "notify_message.status",
        "orders_order.source", "payments_attempt.currency", "payments_attempt.language", "payments_payment.currency",
        "payments_refund.currency", "billing_paper.currency", "payments_dispute.currency", "payments_dispute.reference",
        # what was sold and how it was paid and sent
        "orders_line.name", "orders_line.sku", "orders_line.variant", "orders_order.carrier",
        "orders_order.discount_code", "orders_order.payment_method_name", "orders_order.shipping_method",
        "payments_attempt.card_country", "payments_payment.method", "payments_refund.pieces",
        # who of the shop did something: with customers the name goes
        "cases_act.actor_name", "dispatch_workentry.actor_name", "dispatch_workentry.to",
        "dispatch_workrecord.resolved_by", "payments_refund.actor", "trust_proof.asked_by", "trust_proof.decided_by",
        # the buyer stays on invoices as long as the law demands
        "billing_paper.data",
    }
)  # fmt: skip


class Life:
    """All that a person can leave in a shop."""

    def __init__(self) -> None:
        shop = make_selling_shop(practice=False, languages=["en"])
        self.shop, staff = shop, actor(shop)
        product = make_product(shop, pieces=50)
        self.account = make_account(shop, "before@zellwick.example")
        prove(self.account, ContactPoint(EMAIL, EMAIL_ADDRESS), now=NOW)
        self.account.refresh_from_db()
        Customer.objects.filter(pk=self.account.customer_id).update(name=WHO.name, phone=PHONE)
        self._sign_in()
        cart = new_cart(shop, "en", now=NOW, customer=self.account.customer)
        put_in(cart, product, 1, now=NOW)
        said = Details(WHO.name, EMAIL_ADDRESS, PHONE, HOME, note="Ring the Brzezinka bell", ready=True)
        describe(cart, said, now=NOW)
        enter_code(cart, discounts.set_up(shop, code="GIFT", kind="shipping", now=NOW).code, now=NOW)
        choose_delivery(cart, Method.objects.filter(shop=shop)[0], now=NOW)
        choose_payment(cart, way_to_pay(shop, "bank"), now=NOW)
        confirm(shop, cart.key, seen(cart), ip=IP, now=NOW)
        self.case = Case.objects.get(shop=shop)
        self._pay(staff)
        self._process(staff)
        self._ask_for_help(staff)
        move(self.case, "completed")
        asked = Feedback.objects.create(case=self.case, shop=shop, token="f" * 32, asked_at=NOW)
        rate(asked.token, 2, words="Zellwick is not amused", now=NOW)
        self._order_elsewhere(staff)
        for case in Case.objects.filter(shop=shop, kind="order", closed_at=None):
            move(case, "cancelled", note="Quorra changed her mind")
        guest = new_cart(shop, "en", now=NOW)
        put_in(guest, product, 1, now=NOW)
        describe(guest, said, now=NOW)
        send()
        of_account = Subscription(session=Session.objects.get(), name="One", digest=b"1")
        of_case = Subscription(case=self.case, name="Two", digest=b"1")
        for device in (of_account, of_case):
            device.shop, device.created_at = shop, NOW
            device.save()

    def _sign_in(self) -> None:
        open_session(self.account, "Mozilla/5.0 (Android) Firefox/140.0", IP, now=NOW)
        Passkey.objects.create(
            shop=self.shop, account=self.account, credential=b"1", public_key=b"2", name="Phone", created_at=NOW
        )
        passkeys.ask_to_add(self.account, passkeys.Site("shop.example", "https://shop.example"), now=NOW)
        ask_code(self.shop, ContactPoint(EMAIL, EMAIL_ADDRESS), "en", IP, now=NOW)
        address_book.keep(self.account, HOME, now=NOW)
        PointsMovement.objects.create(
            shop=self.shop, customer=self.account.customer, kind="earned", points=5, waiting=0, key="1",
            reason="Quorra is a friend", actor_name="Quorra Zellwick", at=NOW,
        )  # fmt: skip
        PointsBalance.objects.create(customer=self.account.customer, shop=self.shop, balance=5, moved_at=NOW)
        mine = [self.account.customer_id]
        consents.change(mine, EMAIL, About.OFFERS, Source.ACCOUNT, IP, given=True, now=NOW)

    def _pay(self, staff: Actor) -> None:
        attempt = start(self.shop, self.case.pk, way_to_pay(self.shop, "bank"), now=NOW)
        slip = keep_document(self.shop, picture_file(), Purpose.SLIP, now=NOW, name="Zellwick slip.jpg")
        hand_in(attempt, slip, now=NOW)
        payment = Payment.objects.get(case=self.case)
        payments.confirm(self.shop, payment.pk, staff, case_id=self.case.pk, now=NOW)
        forged(attempt.account, now=NOW)
        Notice.objects.update(attempt=attempt, told={"payer": EMAIL_ADDRESS})
        claim = Claim(attempt.reference, Contest.LOST)
        disputed = ToldOf(
            "contested", Fate.DONE, ToldAbout.DISPUTE, attempt.key, "dp-1", Decimal(1), "UAH", reason=EMAIL_ADDRESS,
            claim=claim,
        )  # fmt: skip
        apply_notice(attempt.account, disputed, now=NOW)

    def _process(self, staff: Actor) -> None:
        shop, case = self.shop, self.case
        edit(shop, case.pk, staff, now=NOW, customer={"name": "Quorra Zellwick-Brzezinka"}, ship_to=HOME, bill_to=HOME)
        form = Processing(tracking_number="ZELLWICK-1", tracking_url="https://carrier.example/zellwick", carrier="Post")
        process(shop, case.pk, form, staff, now=NOW)
        photo = File(picture_file(), "Zellwick.jpg")
        note(case, "Quorra wants it in red", staff, shown=True, now=NOW, photos=[photo])
        trust.ask(case, staff, now=NOW)
        trust.give(case, picture_file(), "Zellwick passport.jpg", now=NOW)
        Check.objects.create(
            case=case, shop=shop, signal="names", level="hint", params={"one": "Quorra", "other": "-"}, found_at=NOW
        )
        Proposal.objects.create(
            case=case, shop=shop, opened_at=NOW, act_id=uuid4(), choice="wait", words="Zellwick can wait",
            chosen_at=NOW,
        )  # fmt: skip
        refund(shop, case.pk, Decimal("1.00"), staff, now=NOW, note="For Quorra")
        work = open_work(
            shop, "dispute", "dispute:1", actor=staff, now=NOW, case_id=case.pk,
            facts={"amount": "1.00", "currency": shop.currency, "reason": "Zellwick says it is torn"},
        )  # fmt: skip
        settle(shop, work.pk, "Zellwick has it back", staff, now=NOW)
        open_work(shop, "letter", "letter:1", actor=staff, now=NOW, facts={"from": EMAIL_ADDRESS})

    def _ask_for_help(self, staff: Actor) -> None:
        written = Written("Zellwick here: it is torn", [Given(picture_file(), "Zellwick torn.jpg")])
        request = support.ask(self.shop, written, now=NOW, subject="Quorra asks", about=self.case)
        came = keep_letter(self.shop, b"From: quorra@zellwick.example\r\n\r\nBrzezinka again\r\n> Dear Quorra", now=NOW)
        mail = Written(
            "Brzezinka again", way="mail", sender=EMAIL_ADDRESS, message_id="<1@zellwick.example>", letter=came,
            quoted="> Dear Quorra",
        )  # fmt: skip
        support.say(request, mail, now=NOW)
        support.answer(request, Written("Dear Quorra"), staff, now=NOW)
        support.note(request, "Zellwick is a friend of ours", staff, now=NOW)
        self.request = request
        wish = CustomerRequest.objects.create(
            case=self.case, shop=self.shop, kind="return", words="Zellwick: too small", answer="Dear Quorra, agreed",
            state="declined", asked_at=NOW, due_at=NOW, answered_at=NOW, closed_at=NOW,
        )  # fmt: skip
        RequestedLine.objects.create(shop=wish.shop, request=wish, line=self.case.lines.get(), pieces=1)
        torn = keep_image(self.shop, picture_file(), Purpose.ATTACHMENT, now=NOW, name="Zellwick torn.jpg")
        RequestPhoto.objects.create(shop=wish.shop, request=wish, upload=torn)

    def _order_elsewhere(self, staff: Actor) -> None:
        shop = self.shop
        given = {"name": WHO.name, "email": EMAIL_ADDRESS, "phone": PHONE}
        answer = Program(shop).post("/orders", order(customer=given, customer_note="Brzezinka"), Idempotency_Key="k1")
        assert answer.status_code == 201, answer.content
        by_api = Case.objects.get(shop=shop, code=answer.json()["code"])
        payments.record_payment(
            shop, by_api.pk, Decimal("2.00"), shop.currency, staff, reference="From Quorra", method="Bank", now=NOW
        )
        gone = make_order(shop, customer=WHO, customer_note="Brzezinka")
        delete(shop, [gone.pk], staff, reason="Zellwick ordered twice", now=NOW)
        batch = Import.objects.create(shop=shop, platform="csv", filename="old.csv", size=1, digest="0", created_at=NOW)
        items = [[1, "bad-email", "email", {"value": EMAIL_ADDRESS}, "error"], [2, "bad-row", "", {}, "error"]]
        Problems.objects.create(shop=batch.shop, batch=batch, items=items)
        assert shop.default_owner is not None
        saved.save(shop.default_owner, "order", "A friend", Filters(text=EMAIL_ADDRESS), shared=True)


@pytest.fixture
def life(mailbox: Mailbox) -> Life:
    return Life()


def erase(life: Life, now: datetime = NOW) -> None:
    """The person erases themselves."""
    whom = erasing.owner(Account.objects.select_related("shop").get(pk=life.account.pk))
    erasing.erase(whom, Actor(ActorKind.CUSTOMER, "", life.account.customer_id), now=now)


def found(*texts: str) -> set[str]:
    """Every column of every table of the database in which one of the texts stands."""
    hits = set()
    wanted = [f"%{text}%" for text in texts]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT to_jsonb(t) FROM "{table}" AS t WHERE t::text ILIKE ANY(%s)', [wanted])
            for (row,) in cursor.fetchall():
                kept = json.loads(row) if isinstance(row, str) else row
                hits |= {
                    f"{table}.{name}"
                    for name, value in kept.items()
                    if any(text.lower() in json.dumps(value, ensure_ascii=False).lower() for text in texts)
                }
    return hits


def plant() -> None:
    """Put a word into every column of every table that may hold something of the person."""
    with connection.cursor() as cursor:
        # Some of what is to be erased cannot be changed otherwise.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model in apps.get_models():
            table = model._meta.db_table
            if not model.__module__.startswith("tartib") or table in SHOPS_OWN:
                continue
            if table.startswith(("shops_", "catalog_", "practice_")):
                continue
            there = model._base_manager.exists()
            assert there, f"{table}: no row in the life of this test. Add one, or say that its rows are the shop's own."
            for field in model._meta.concrete_fields:
                if value := planted(field, model):
                    cursor.execute(f'UPDATE "{table}" SET "{field.column}" = {value}')
        cursor.execute("SET LOCAL session_replication_role = origin")


def planted(field: models.Field[object, object], model: type[Model]) -> str:
    """The column with the word in it, in SQL; "" where it holds no text, or a fact."""
    column = f'"{field.column}"'
    if (
        field.is_relation
        or field.choices
        or isinstance(field, SecretField)
        or f"{model._meta.db_table}.{field.column}" in FACTS | KNOWN_BY
    ):
        return ""
    if isinstance(field, models.GenericIPAddressField):
        return f"'{IP}'"
    if isinstance(field, models.JSONField):
        array, mapping = f"{column} || '[\"{PLANT}\"]'", f'{column} || \'{{"x": "{PLANT}"}}\''
        return f"CASE jsonb_typeof({column}) WHEN 'array' THEN {array} ELSE {mapping} END"
    if isinstance(field, models.UUIDField) or not isinstance(field, models.CharField | models.TextField):
        return ""
    if field.max_length is not None and field.max_length < len(PLANT):
        return ""
    # What is empty may have to differ from row to row.
    return (
        f"left('{PLANT}' || CASE {column} WHEN '' THEN ctid::text ELSE {column} END, {field.max_length or 1_000_000})"
    )


def test_nothing_of_a_person_is_left_in_any_column_and_what_happened_stays_proved(
    life: Life, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    """Issue 3, X3: erased everywhere, but the buyer on invoices; a future column that is forgotten fails here.

    Status, sums and times are as before.
    """
    before, sums, files = facts(), money(), [place for upload in Upload.objects.all() for place in upload.places]
    assert {"cases_case.search", "journal_entry.words", "notify_message.text", "customers_session.ip"} < found(*TRACES)
    plant()
    with django_capture_on_commit_callbacks(execute=True):
        erase(life)
    assert found(*TRACES, PLANT) <= {"billing_paper.data"}
    assert list(verify(life.shop)) == []
    assert (facts(), money()) == (before, sums)
    assert not Account.objects.exists()
    assert not Upload.objects.exists()
    assert files
    assert not any(default_storage.exists(place) for place in files), "no byte of a letter or file is left"
    assert set(Customer.objects.values_list("email", "erased_at")) == {("", NOW)}
    assert Case.objects.get(pk=life.request.pk).status == "withdrawn", "nobody is left to answer"
    case = Case.objects.get(pk=life.case.pk)
    assert (case.status, case.title, case.amount) == ("completed", "Blue shirt", life.case.amount)
    assert case.token != life.case.token
    assert "blue shirt" in case.search
    erased = Entry.objects.filter(kind="erased").values_list("actor_kind", "actor_name", "shown")
    assert set(erased) == {("customer", "", True)}
    assert all(p.data["bill_to"][0] == HOME.name and not p.data["ship_to"] for p in Paper.objects.exclude(data={}))
    assert forget_old(datetime(2036, 12, 31, tzinfo=UTC)) == 0
    assert forget_old(datetime(2037, 1, 1, tzinfo=UTC)) > 0
    assert found(*TRACES, PLANT) == set()


def facts() -> list[tuple[object, ...]]:
    """What all timelines prove."""
    entries = Entry.objects.exclude(kind="erased").exclude(facts__to="withdrawn").order_by("case_id", "seq")
    return list(entries.values_list("case_id", "seq", "at", "kind", "facts"))


def money() -> list[tuple[object, ...]]:
    """What was paid."""
    return list(Payment.objects.order_by("pk").values_list("amount", "state", "at"))


@pytest.mark.parametrize("pending", ["order", "payment"])
def test_what_is_under_way_is_finished_first(pending: str) -> None:
    """Issue 3: an open order or money on its way stands against it, with a reason; nothing was touched."""
    shop = make_selling_shop()
    case = make_order(shop, customer=WHO)
    if pending == "payment":
        Attempt.objects.create(
            shop=shop, account=way_to_pay(shop, "bank"), case=case, code=case.code, state="pending", amount=Decimal(1),
            currency="UAH", language="en", started_at=NOW,
        )  # fmt: skip
        move(case, "cancelled")
    whom = erasing.person(shop, [case.customer_id or 0])
    with pytest.raises(erasing.Hindered) as hindered:
        erasing.erase(whom, actor(shop), now=NOW)
    (reason,) = hindered.value.reasons
    assert case.code in reason if pending == "order" else "payment" in reason
    assert Customer.objects.get(cases=case).email == EMAIL_ADDRESS


def test_one_file_holds_everything_to_read_and_to_keep(life: Life) -> None:
    """Issue 3: a page in the person's words, the same for programs, and the files; notes of staff for staff alone."""
    mine = erasing.owner(life.account)
    archive = unpacked(bundle.pack(life.shop, bundle.gather(mine), "uk", "gregorian", now=NOW))
    data = json.loads(archive.read("data.json"))
    assert data["Your orders"][0]["Delivery address"][:2] == ["Quorra Zellwick", "17 Xanthippe Row"]
    page = archive.read("index.html").decode()
    for words in ("17 Xanthippe Row", EMAIL_ADDRESS, IP, "Ring the Brzezinka bell", "Zellwick is not amused"):
        assert words in page
    assert "friend of ours" not in page
    code = life.case.code
    names = set(archive.namelist())
    assert {f"files/{code}/Zellwick slip.webp", f"files/{code}/Zellwick passport.webp"} < names
    (letter,) = (name for name in names if name.endswith(".eml"))
    assert archive.read(letter).startswith(b"From: quorra@zellwick.example"), "as it came"
    assert any(name.endswith(".pdf") for name in names)
    assert archive.testzip() is None
    whole = bundle.pack(life.shop, bundle.gather(mine, inner=True), "en", "jalali", now=NOW)
    assert "Zellwick is a friend of ours" in unpacked(whole).read("index.html").decode()


def unpacked(pieces: Iterator[bytes]) -> ZipFile:
    return ZipFile(BytesIO(b"".join(pieces)))


def test_nobody_else_is_erased_and_whoever_comes_back_is_new() -> None:
    """Issue 3: only the person; afterwards nothing leads back to who they were."""
    shop = make_selling_shop()
    other = make_order(shop, customer=CustomerDraft("Jo Reed", "jo@example.com", "+380501112233"))
    case = make_order(shop, customer=WHO)
    pay(case)
    move(case, "completed", now=NOW + timedelta(hours=1))
    erasing.erase(erasing.person(shop, [case.customer_id or 0]), actor(shop), now=NOW)
    again = make_order(shop, customer=WHO)
    assert again.customer_id != case.customer_id
    assert Customer.objects.get(cases=other).email == "jo@example.com"
    assert Entry.objects.filter(case_id=other.pk, kind="erased").count() == 0
