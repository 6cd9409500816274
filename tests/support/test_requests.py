"""Support requests: asked, answered, asked again, each word on the timeline (D7)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tartib.cases.models import Case
from tartib.cases.operations import delete
from tartib.cases.timers import run_due
from tartib.customers.models import Customer
from tartib.customers.operations import CustomerDraft
from tartib.dispatch.assigning import assign
from tartib.files.models import Upload
from tartib.files.operations import Program
from tartib.journal.models import Entry
from tartib.journal.operations import SYSTEM
from tartib.journal.verify import verify
from tartib.notify.models import Message, MessageKind, State
from tartib.shops.models import Membership, Role, Shop
from tartib.shops.operations import change_shop, let_go
from tartib.support import SUPPORT, queries
from tartib.support.models import Attachment, Post
from tartib.support.operations import Given, Written, answer, ask, note, say
from tests.factories import NOW, actor, make_order, make_shop, make_staff, picture_file
from tests.notify.sending import send
from tests.services import Mailbox

pytestmark = pytest.mark.django_db
PERSON = CustomerDraft("Iryna", "iryna@example.com", language="uk")


def asked(shop: Shop, words: str = "Where is it?", about: Case | None = None) -> Case:
    """A request, by the customer of the order it is about or by `PERSON`."""
    return ask(shop, Written(words), now=NOW, about=about, customer=None if about else PERSON)


def fresh(case: Case) -> Case:
    """The case as it is now."""
    return Case.objects.select_related("shop", "customer").get(pk=case.pk)


def test_a_question_about_an_order_has_an_owner_a_time_limit_and_its_words_on_the_timeline() -> None:
    """D7, X2, X3: tied to the order, the order's owner answers, nothing is outside the chain."""
    shop = make_shop()
    owner = Membership.objects.get(user=make_staff(shop, Role.EXPERT, "Nadia"))
    order = make_order(shop)
    assign(shop, [order.pk], owner, actor(shop), now=NOW)
    case = asked(shop, "Where is it?", order)
    assert (case.kind, case.status, case.owner_id, case.customer_id) == (
        SUPPORT, "new", owner.pk, order.customer_id,
    )  # fmt: skip
    assert case.due_at == datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert queries.about(order) == [case]
    (words,) = queries.thread(case)
    assert (words.text, words.by, words.way) == ("Where is it?", "customer", "web")
    assert list(verify(shop)) == []


def test_who_has_left_is_not_responsible_for_what_is_asked_later() -> None:
    shop = make_shop()
    gone = Membership.objects.get(user=make_staff(shop))
    order = make_order(shop)
    assign(shop, [order.pk], gone, actor(shop), now=NOW)
    assert shop.default_owner is not None
    let_go(gone, shop.default_owner)
    assert asked(shop, about=order).owner_id == shop.default_owner_id


def test_an_answer_moves_the_request_and_what_the_customer_writes_opens_it_again() -> None:
    shop = make_shop()
    case = asked(shop)
    answer(case, Written("It left today."), actor(shop), now=NOW)
    assert fresh(case).status == "answered"
    assert say(fresh(case), Written("It did not."), now=NOW)
    assert fresh(case).status == "in-work"
    answer(fresh(case), Written("Now it has."), actor(shop), now=NOW)
    run_due(NOW + timedelta(days=8))
    assert fresh(case).status == "settled"
    say(fresh(case), Written("Thank you, but…"), now=NOW + timedelta(days=9))
    assert fresh(case).status == "in-work"
    said = [(one.by, one.text) for one in queries.thread(case)]
    assert said == [
        ("customer", "Where is it?"), ("staff", "It left today."), ("customer", "It did not."),
        ("staff", "Now it has."), ("customer", "Thank you, but…"),
    ]  # fmt: skip
    assert not Entry.objects.filter(case_id=case.pk, kind="event").exists()
    assert list(verify(shop)) == []


def test_the_customer_is_answered_with_the_very_words_in_their_language(mailbox: Mailbox) -> None:
    """D7: two answers written together are one e-mail; a note to the team is none."""
    shop = make_shop(languages=["en", "uk"])
    case = asked(shop)
    note(case, "He is a regular.", actor(shop), now=NOW)
    answer(case, Written("Сьогодні відправили."), actor(shop), now=NOW)
    answer(fresh(case), Written("Ось номер: 2045."), actor(shop), now=NOW)
    send(NOW + timedelta(minutes=5))
    (letter,) = mailbox.letters
    body = letter.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "Сьогодні відправили." in text and "Ось номер: 2045." in text and "regular" not in text
    assert letter["Subject"] == "Re: Where is it?"
    assert f"/t/{case.token}/" in text and "відповісти" in text
    assert "замовлення" not in text


def test_the_shop_and_the_customer_are_told_of_a_new_request_and_the_shop_of_more_words(mailbox: Mailbox) -> None:
    shop = make_shop()
    change_shop(shop, email="hello@shop.example")
    case = asked(shop, "The zip is broken")
    send(NOW + timedelta(minutes=5))
    by_whom = {letter["To"]: letter for letter in mailbox.letters}
    assert set(by_whom) == {"hello@shop.example", "iryna@example.com"}
    plain = by_whom["hello@shop.example"].get_body(("plain",))
    assert plain is not None
    assert "The zip is broken" in plain.get_content()
    assert f"/desk/{shop.slug}/support/{case.code}/" in plain.get_content()
    say(case, Written("And the button"), now=NOW + timedelta(minutes=6))
    send(NOW + timedelta(minutes=7))
    assert mailbox.letters[-1]["To"] == "hello@shop.example"


def test_who_is_answered_at_once_is_not_told_first_that_they_will_be() -> None:
    shop = make_shop()
    case = asked(shop)
    answer(case, Written("Yes."), actor(shop), now=NOW)
    states = dict(Message.objects.filter(case=case).values_list("kind", "state"))
    assert states == {MessageKind.STATUS: State.WITHDRAWN, MessageKind.REPLY: State.HELD}


def test_whoever_asks_is_answered_though_they_want_no_news_of_statuses() -> None:
    shop = make_shop()
    order = make_order(shop)
    Customer.objects.filter(cases=order).update(wants_email=False)
    case = asked(shop, about=order)
    answer(case, Written("Yes."), actor(shop), now=NOW)
    assert [m.kind for m in Message.objects.filter(case=case)] == [MessageKind.REPLY]


def test_an_e_mail_is_taken_once() -> None:
    case = asked(make_shop())
    letter = Written("Again", way="mail", message_id="<1@mail.example>")
    assert say(case, letter, now=NOW)
    assert not say(case, letter, now=NOW)
    assert Post.objects.filter(case=case).count() == 2


def test_files_are_kept_proved_and_gone_with_the_request() -> None:
    """D7: whatever people send, but no programs; the timeline proves which."""
    shop = make_shop()
    case = ask(shop, Written("See", [Given(picture_file(), "torn.jpg")]), now=NOW, customer=PERSON)
    (words,) = queries.thread(case, shown_only=True)
    (file,) = words.files
    assert queries.attachment(case, file.token, shown_only=True) == file
    entry = Entry.objects.get(case_id=case.pk, seq=2)
    assert entry.data["files"] == [["torn.webp", file.sha256]]
    with pytest.raises(Program):
        say(case, Written("See", [Given(picture_file(), "x.exe")]), now=NOW)
    assert len(queries.thread(case)) == 1
    delete(shop, [case.pk], SYSTEM, reason="by test", now=NOW)
    assert not Attachment.objects.exists() and not Upload.objects.filter(pk=file.pk).exists()


def test_what_is_attached_to_a_request_opens_with_no_other() -> None:
    shop = make_shop()
    case = ask(shop, Written("See", [Given(picture_file(), "torn.jpg")]), now=NOW, customer=PERSON)
    token = queries.thread(case)[0].files[0].token
    assert queries.attachment(asked(shop), token) is None


def test_a_thread_takes_as_many_queries_with_three_answers_as_with_one(django_assert_num_queries: object) -> None:
    shop = make_shop()
    case = asked(shop)
    for _number in range(3):
        with django_assert_num_queries(3):  # type: ignore[operator]
            queries.thread(case)
        answer(fresh(case), Written("Yes", [Given(picture_file(), "a.jpg")]), actor(shop), now=NOW)


def test_the_picture_of_a_signature_is_kept_once_however_often_it_comes() -> None:
    """What somebody attaches again is kept again; what stands in their letters' text is not."""
    case = asked(make_shop())
    for number, inline in enumerate((True, True, False)):
        picture = Given(picture_file(), "logo.png", inline)
        say(fresh(case), Written("Hello", [picture], "mail", message_id=f"<{number}@x>", lenient=True), now=NOW)
    assert [len(one.files) for one in queries.thread(case)] == [0, 1, 0, 1]
