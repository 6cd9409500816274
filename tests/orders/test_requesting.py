"""Asking to cancel or to return: an act of its own, answered by the shop; the order's status stays what it was (B2)."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files import File
from django.db import IntegrityError, transaction

from tartib.cases.engine import undo
from tartib.cases.models import Case
from tartib.cases.operations import delete
from tartib.cases.queries import timeline
from tartib.cases.timeline import NOTE, context
from tartib.catalog.models import Stock
from tartib.customers.hooks import Person
from tartib.customers.operations import CustomerDraft
from tartib.files.models import Upload
from tartib.files.operations import Unfit
from tartib.journal.erasing import erase
from tartib.journal.kinds import for_customer, for_staff
from tartib.journal.models import ActorKind, Entry
from tartib.journal.operations import Actor
from tartib.notify.models import Message
from tartib.orders import personal_data, requesting
from tartib.orders.drafts import LineDraft
from tartib.orders.models import Line
from tartib.orders.requesting import Answered, Asked, NotPossible, Offer
from tartib.orders.requests import CustomerRequest
from tartib.orders.returning import Wish, give_back
from tartib.payments.hooks import Piece
from tartib.shops import worktime
from tartib.web import audience
from tests.factories import NOW, actor, make_order, make_product, make_shop, move, pay, picture_file
from tests.notify.sending import LATER, send
from tests.services import Mailbox

pytestmark = pytest.mark.django_db
JO = CustomerDraft("Jo Reed", "jo@example.com", "+380501112233")
WALKS = {
    "essential": ("completed",),
    "delivery": ("picking", "packed", "ready", "done"),
    "checkout": ("preparing", "delivered"),
}


def made(workflow: str = "essential", *, paid: bool = True, **settings: Any) -> tuple[Case, Line, Line]:
    """An order of two shirts and a cap: 120.00."""
    shop = make_shop(workflow, email="desk@example.com", dispatch_hold_hours=0, **settings)
    shirt, cap = make_product(shop, price="50.00", name="Shirt"), make_product(shop, price="20.00", name="Cap")
    positions = (LineDraft("Shirt", 2, Decimal(50), sku=shirt.sku), LineDraft("Cap", 1, Decimal(20), sku=cap.sku))
    case = make_order(shop, lines=positions, customer=JO)
    if paid:
        pay(case)
    return fresh(case), *Line.objects.filter(case=case).order_by("position")  # type: ignore[return-value]


def delivered(workflow: str = "essential", **settings: Any) -> tuple[Case, Line, Line]:
    """The same, handed over to its customer."""
    case, shirts, cap = made(workflow, **settings)
    for target in WALKS[workflow]:
        move(case, target)
    return fresh(case), shirts, cap


def fresh(case: Case) -> Case:
    return Case.objects.select_related("shop", "customer").get(pk=case.pk)


def offer(case: Case) -> Offer:
    (one,) = [one for one in requesting.offers(fresh(case), now=NOW) if one.possible]
    return one


def why(case: Case, **later: int) -> list[str]:
    return [one.why for one in requesting.offers(fresh(case), now=NOW + timedelta(**later))]


def ask(case: Case, kind: str, pieces: dict[Line, int], **more: object) -> CustomerRequest | None:
    asked = Asked(kind, {line.pk: count for line, count in pieces.items()}, **more)  # type: ignore[arg-type]
    return requesting.ask(fresh(case), asked, Actor(ActorKind.CUSTOMER, "Jo Reed"), now=NOW)


def must_ask(case: Case, kind: str, pieces: dict[Line, int], **more: object) -> CustomerRequest:
    request = ask(case, kind, pieces, **more)
    assert request is not None
    return request


def letters(case: Case) -> list[str]:
    return list(Message.objects.filter(case=case, kind="request").order_by("pk").values_list("status", flat=True))


def test_an_order_nothing_was_done_for_is_cancelled_at_once() -> None:
    case, shirts, cap = made(paid=False)
    assert offer(case).at_once
    assert ask(case, "cancel", {shirts: 2, cap: 1}, reason="mind", words="Found it elsewhere") is None
    assert fresh(case).status == "cancelled"
    told = Message.objects.get(case=case, kind="written")
    assert "Found it elsewhere" in told.note
    assert not CustomerRequest.objects.exists()
    assert requesting.offers(fresh(case), now=NOW) == []


@pytest.mark.parametrize("workflow", list(WALKS))
def test_asking_leaves_the_order_where_it_is_and_tells_both_sides(workflow: str) -> None:
    case, shirts, cap = made(workflow)
    before = case.status
    request = must_ask(case, "cancel", {shirts: 2, cap: 1})
    assert (fresh(case).status, request.state) == (before, "requested")
    assert request.due_at == worktime.due(case.shop, NOW, timedelta(days=2))
    assert letters(case) == ["cancel-requested"]
    assert Message.objects.filter(case=case, kind="written", recipient="desk@example.com").exists()
    assert why(case)[0] == "You have asked for this already."
    with pytest.raises(NotPossible):
        ask(case, "cancel", {cap: 1})


@pytest.mark.parametrize("workflow", list(WALKS))
def test_agreeing_to_all_of_it_cancels_the_order_by_its_own_move(workflow: str) -> None:
    case, shirts, cap = made(workflow)
    request = must_ask(case, "cancel", {shirts: 2, cap: 1})
    agreed = {shirts.pk: 2, cap.pk: 1}
    approved, outcome = requesting.approve(case.shop, case.pk, request.pk, agreed, "", actor(case.shop), now=NOW)
    assert (fresh(case).status, approved.state, approved.answered_by) == ("cancelled", "done", actor(case.shop).name)
    assert letters(case) == ["cancel-requested"], "the move itself tells the customer"
    assert Stock.objects.get(product=cap.product_id).on_hand == 10
    assert outcome is not None
    undo(case.shop, outcome.act_id, actor(case.shop), now=NOW)
    request.refresh_from_db()
    assert (request.state, request.answered_at) == ("requested", None), "taking the move back asks it anew"


def test_a_part_is_agreed_to_and_comes_back_by_a_refund() -> None:
    case, shirts, _cap = made()
    request = must_ask(case, "cancel", {shirts: 2})
    requesting.approve(case.shop, case.pk, request.pk, {shirts.pk: 1}, "One only", actor(case.shop), now=NOW)
    assert (fresh(case).status, letters(case)[-1]) == ("processing", "cancel-approved")
    give_back(case.shop, case.pk, Wish((Piece(shirts.pk, 1, True),)), actor(case.shop), now=NOW)
    request.refresh_from_db()
    assert (request.state, request.lines.get().back) == ("done", 1)


def test_a_return_goes_from_agreed_to_goods_back_to_money_back(mailbox: Mailbox) -> None:
    case, shirts, _cap = delivered()
    assert offer(case).until == (NOW + timedelta(days=14)).date()
    request = must_ask(case, "return", {shirts: 1}, reason="fit", words="Too small")
    who = actor(case.shop)
    requesting.approve(case.shop, case.pk, request.pk, {shirts.pk: 1}, "Use our label", who, now=NOW)
    requesting.arrived(case.shop, case.pk, request.pk, who, now=NOW)
    with pytest.raises(Answered):
        requesting.withdraw(fresh(case), request.pk, who, now=NOW)
    give_back(case.shop, case.pk, Wish((Piece(shirts.pk, 1, True),)), who, now=NOW)
    request.refresh_from_db()
    assert (request.state, fresh(case).status) == ("done", "completed")
    assert letters(case) == ["return-requested", "return-approved", "return-arrived"]
    send(LATER)
    said = "\n".join(letter.get_body(("plain",)).get_content() for letter in mailbox.letters)  # type: ignore[union-attr]
    for words in ("1 × Shirt", "Use our label", "We will answer by", "What you sent back is here"):
        assert words in said
    turns = [entry.data["turn"] for entry in timeline(case).order_by("seq") if "request" in entry.data]
    assert turns == ["requested", "approved", "arrived"]


@pytest.mark.parametrize(
    ("kind", "said"), [("return", "We cannot take back: 1 × Shirt, 1 × Cap"), ("cancel", "We cannot cancel any more: ")]
)
def test_the_letter_about_a_part_names_what_was_not_agreed_to(kind: str, said: str, mailbox: Mailbox) -> None:
    case, shirts, cap = delivered() if kind == "return" else made()
    request = must_ask(case, kind, {shirts: 2, cap: 1} if kind == "return" else {shirts: 2})
    requesting.approve(case.shop, case.pk, request.pk, {shirts.pk: 1}, "", actor(case.shop), now=NOW)
    send(LATER)
    letters = [letter.get_body(("plain",)).get_content() for letter in mailbox.letters]  # type: ignore[union-attr]
    answer = next(re.sub("[\u2066-\u2069]", "", letter) for letter in letters if "We have agreed" in letter)
    assert "1 × Shirt" in answer.split("We cannot")[0]
    assert said in answer


def test_the_shop_is_told_what_is_asked_for_why_and_that_there_are_photos(mailbox: Mailbox) -> None:
    case, shirts, _cap = delivered()
    request = must_ask(case, "return", {shirts: 1}, reason="fit", words="Too small", photos=[File(picture_file())])
    requesting.withdraw(fresh(case), request.pk, Actor(ActorKind.CUSTOMER, "Jo Reed"), now=NOW)
    send(LATER)
    letters = [letter.get_body(("plain",)).get_content() for letter in mailbox.letters]  # type: ignore[union-attr]
    said = "\n".join(letters).replace("\r\n", "\n")
    assert "Return\n1 × Shirt\nIt does not fit\nWith 1 photo\nToo small" in said
    assert "I withdraw my request: Return." in said


def test_declining_says_why_and_can_be_asked_again() -> None:
    case, shirts, _cap = delivered()
    request = must_ask(case, "return", {shirts: 1})
    requesting.decline(case.shop, case.pk, request.pk, "It was worn", actor(case.shop), now=NOW)
    assert Message.objects.get(case=case, kind="request", status="return-declined").note == "It was worn"
    with pytest.raises(Answered):
        requesting.approve(case.shop, case.pk, request.pk, {shirts.pk: 1}, "", actor(case.shop), now=NOW)
    assert must_ask(case, "return", {shirts: 2}).state == "requested"


def test_an_order_that_ends_has_carried_out_what_was_asked() -> None:
    case, shirts, _cap = delivered("delivery")
    request = must_ask(case, "return", {shirts: 2})
    move(case, "returned")
    request.refresh_from_db()
    assert (request.state, request.arrived_at, request.answered_by) == ("done", NOW, actor(case.shop).name)


def test_what_the_shop_or_the_order_does_not_allow_is_said() -> None:
    case, shirts, _cap = delivered()
    assert why(case, days=15) == ["The time in which it could be returned is over."]
    for pieces in ({shirts: 3}, {shirts: 0}, {}):
        with pytest.raises(NotPossible):
            ask(case, "return", pieces)
    with pytest.raises(NotPossible):
        ask(case, "cancel", {shirts: 1})
    none, _shirts, _cap = delivered(return_days=0)
    assert why(none) == ["This shop does not take returns here. If something is not right, write to us."]
    sent, _shirts, _cap = made("checkout")
    move(sent, "preparing")
    move(sent, "sent")
    assert why(sent) == [
        "Your order is on its way, so it cannot be cancelled any more.",
        "Once you have your order, you can ask here to return it.",
    ]


def test_what_is_refused_leaves_no_photo() -> None:
    case, shirts, _cap = delivered()
    with pytest.raises(Unfit):
        ask(case, "return", {shirts: 1}, photos=[File(picture_file()), File(BytesIO(b"no picture"))])
    with pytest.raises(NotPossible):
        ask(case, "return", {shirts: 9}, photos=[File(picture_file())])
    assert not CustomerRequest.objects.exists()
    assert not Upload.objects.exists()


def test_an_order_has_one_open_request_of_a_kind() -> None:
    case, shirts, _cap = delivered()
    request = must_ask(case, "return", {shirts: 1})
    request.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        request.save(force_insert=True)


def test_requests_and_photos_are_told_and_erased_with_the_person() -> None:
    """X7: what somebody asked goes with them, and its photos with the order."""
    case, shirts, cap = delivered()
    seam = File(picture_file(), "seam.jpg")
    request = must_ask(case, "return", {shirts: 1}, reason="damaged", words="See the seam", photos=[seam])
    assert case.customer is not None
    person = Person(case.shop, (case.customer.pk,), (), frozenset(), frozenset(), frozenset())
    (held,) = [one for one in personal_data.export(person, inner=False) if one.files]
    assert "See the seam" in str(held.rows)
    personal_data.erase(person, actor(case.shop), now=NOW)
    request.refresh_from_db()
    assert (request.words, request.state) == ("", "withdrawn")
    assert not Upload.objects.exists()
    must_ask(case, "return", {cap: 1}, photos=[File(picture_file())])
    delete(case.shop, [case.pk], actor(case.shop), reason="By test", now=NOW)
    assert not Upload.objects.exists()


def test_what_became_of_a_request_is_read_also_when_its_customer_is_erased() -> None:
    """X3: what somebody did is kept, what they said is not."""
    case, shirts, _cap = delivered()
    must_ask(case, "return", {shirts: 1}, reason="damaged", words="See the seam")
    erase(case.shop_id, [case.pk], actor(case.shop), now=NOW)
    entry = Entry.objects.get(case_id=case.pk, kind=NOTE)
    with audience.reading(case.shop, "en", now=NOW) as reader:
        read = context(case, reader)
        staff, customer = for_staff(entry, read), for_customer(entry, read)
    assert customer is not None
    assert (staff.title, staff.text) == ("The customer asks to return", "")
    assert (customer.title, customer.text, customer.icon) == ("You asked to return", "", "package-import")
