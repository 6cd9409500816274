"""What customers thought: asked once, answered by one tap, low ratings looked into (D9)."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tartib.cases.models import Case
from tartib.customers.models import Customer
from tartib.feedback import operations, queries
from tartib.feedback.models import Feedback
from tartib.feedback.operations import TooLate, ask_due, rate
from tartib.journal.verify import verify
from tartib.notify.models import Message, MessageKind
from tartib.orders.drafts import PastStatus
from tartib.risk import operations as trust
from tartib.shops.models import Role, Shop
from tartib.support import queries as support
from tests.factories import NOW, actor, make_order, make_orders, make_shop, make_staff, move, pay, with_sms
from tests.notify.sending import send
from tests.notify.test_push import follow
from tests.services import Browser, Mailbox, PushService

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7, minutes=1)


def done(shop: Shop, how_many: int = 1, **changes: object) -> list[Case]:
    """Orders done at NOW, by real moves."""
    cases = make_orders(shop, how_many, **changes)  # type: ignore[arg-type]
    for case in cases:
        pay(case)
    move(cases, "completed")
    return cases


def asked(shop: Shop) -> Feedback:
    """An order whose customer has been asked a week after it was done."""
    (case,) = done(shop)
    ask_due(NOW + WEEK)
    return Feedback.objects.get(case=case)


def test_a_customer_is_asked_once_a_week_after_the_order_is_done(mailbox: Mailbox) -> None:
    """D9: not before, not twice, with five links of one tap each."""
    (case,) = done(make_shop())
    assert ask_due(NOW + timedelta(days=6)) == 0
    assert ask_due(NOW + WEEK) == 1
    assert ask_due(NOW + WEEK) == 0
    send(NOW + WEEK)
    letter = mailbox.letters[-1]
    plain, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None and html is not None
    token = Feedback.objects.get(case=case).token
    for rating in range(1, 6):
        assert f"/f/{token}/{rating}/" in plain.get_content()
        assert f'/f/{token}/{rating}/"' in html.get_content()


def test_who_wants_no_messages_is_not_asked_nor_where_the_shop_does_not_ask() -> None:
    shop, silent = make_shop(), make_shop(feedback_days=0)
    (case,) = done(shop)
    Customer.objects.filter(cases=case).update(wants_email=False, wants_sms=False)
    done(silent)
    assert ask_due(NOW + WEEK) == 0


def test_who_declines_questions_is_told_of_orders_all_the_same(mailbox: Mailbox, client: Client) -> None:
    """D9, X6: a purpose of its own, declined by the link of the letter itself; by SMS they may still be asked."""
    shop = with_sms(make_shop())
    (case,) = done(shop)
    assert ask_due(NOW + WEEK) == 1
    send(NOW + WEEK)
    link = re.search(r"/u/[^\s>]+", mailbox.letters[-1]["List-Unsubscribe"])
    assert link is not None
    client.post(link[0])
    person = Customer.objects.get(cases=case)
    assert (person.wants_email, person.asked_by_email, person.asked_by_sms) == (True, False, True)
    (following,) = done(shop, customer_id=person.pk)
    assert ask_due(NOW + WEEK) == 1
    assert Message.objects.get(case=following, kind=MessageKind.FEEDBACK).channel == "sms"
    Customer.objects.filter(pk=person.pk).update(asked_by_sms=False)
    done(shop, customer_id=person.pk)
    assert ask_due(NOW + WEEK) == 0


def test_the_wish_for_proof_goes_by_every_channel_and_the_question_by_the_first(
    push_service: PushService, mailbox: Mailbox
) -> None:
    """D5, D9: of those the customer agreed to; devices too, where they lead to the page that asks."""
    shop, browser = make_shop(), Browser()
    (case,) = done(shop)
    follow(case, push_service, browser)
    assert case.customer_id is not None
    trust.ask(case, actor(shop), now=NOW + WEEK)
    assert ask_due(NOW + WEEK) == 1
    ways = Message.objects.filter(case=case, kind__in=("feedback", "identity")).values_list("kind", "channel", "state")
    assert sorted(ways) == [
        ("feedback", "email", "queued"), ("identity", "email", "queued"), ("identity", "push", "queued"),
    ]  # fmt: skip
    Customer.objects.filter(pk=case.customer_id).update(asked_by_email=False, asked_by_sms=False)
    (second,) = done(shop, customer_id=case.customer_id)
    follow(second, push_service, browser)
    assert ask_due(NOW + WEEK) == 1, "a device alone is enough"
    send(NOW + WEEK)
    told = [json.loads(browser.opened(body)) for _path, _headers, body in push_service.requests]
    links = {one["link"] for one in told}
    assert links == {f"/f/{Feedback.objects.get(case=second).token}/", f"/t/{case.token}/?language=en#identity"}
    Customer.objects.filter(pk=case.customer_id).update(asked_by_push=False)
    (third,) = done(shop, customer_id=case.customer_id)
    follow(third, push_service, browser)
    assert ask_due(NOW + WEEK) == 0


def test_an_order_that_came_in_as_done_or_was_done_long_ago_is_not_asked_about() -> None:
    """D9: turning it on, or importing years of orders, writes to nobody."""
    shop = make_shop()
    past = (PastStatus(NOW - timedelta(hours=5), "pending"), PastStatus(NOW, "completed"))
    make_order(shop, status="completed", past=past, imported=True, source="csv", external_id="1")
    done(shop)
    assert ask_due(NOW + timedelta(days=15)) == 0
    assert ask_due(NOW + WEEK) == 1


def test_asking_about_three_takes_as_many_statements_as_about_one(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for how_many in (1, 3):
        done(make_shop(), how_many)
        with django_assert_max_num_queries(10):
            assert ask_due(NOW + WEEK) == how_many
    assert Message.objects.filter(kind=MessageKind.FEEDBACK).count() == 4


def test_a_mail_scanner_that_follows_every_link_records_nothing_and_one_tap_does(client: Client) -> None:
    """D9: the page of a tap posts itself; it has a button where scripts do not run."""
    feedback = asked(make_shop())
    tap = reverse("portal:feedback-tap", args=[feedback.token, 4])
    shown = client.get(tap).content.decode()
    feedback.refresh_from_db()
    assert feedback.rating is None
    assert "data-tap" in shown and "portal/tap.js" in shown and "<button" in shown
    page = reverse("portal:feedback", args=[feedback.token])
    client.post(page, {"rating": "4"})
    client.post(page, {"rating": "5", "words": "Lovely"})
    after = Feedback.objects.get(token=feedback.token)
    assert (after.rating, after.words) == (5, "Lovely")
    assert "Lovely" in client.get(page).content.decode()
    assert client.get(reverse("portal:feedback-tap", args=[feedback.token, 6])).status_code == 404
    assert client.post(page, {"rating": "9"}).status_code == 422
    assert list(verify(feedback.shop)) == []


def test_it_can_be_changed_for_a_week(client: Client) -> None:
    feedback = asked(make_shop())
    rate(feedback.token, 3, now=NOW)
    rate(feedback.token, 4, now=NOW + timedelta(days=6))
    with pytest.raises(TooLate):
        rate(feedback.token, 5, now=NOW + timedelta(days=8))
    assert Feedback.objects.get(token=feedback.token).rating == 4


def test_a_low_rating_opens_one_request_with_an_owner_and_words_go_into_it() -> None:
    """D9: somebody looks into it; the customer is not written to for that."""
    feedback = asked(make_shop())
    rate(feedback.token, 2, now=NOW)
    rate(feedback.token, 1, now=NOW, words="It came broken")
    (request,) = support.about(feedback.case)
    assert request.owner_id == feedback.shop.default_owner_id
    assert [one.text for one in support.thread(request)] == ["★★☆☆☆", "It came broken"]
    assert not Message.objects.filter(case=request, kind=MessageKind.STATUS).exists()


def test_the_report_adds_up_and_every_number_leads_to_its_answers(client: Client) -> None:
    """D9: average, how often which, by month and by who is responsible, and the words."""
    shop = make_shop()
    for number, case in enumerate(done(shop, 3)):
        Feedback.objects.create(case=case, shop=shop, token=f"{number:032}", asked_at=NOW)
        operations.rate(f"{number:032}", (5, 4, 2)[number], now=NOW, words=f"Words {number}")
    start, end = NOW - timedelta(days=1), NOW + timedelta(days=1)
    summary = queries.summary(shop, start, end)
    assert (summary.asked, summary.answers, str(summary.average)) == (3, 3, "3.7")
    assert summary.counts == ((5, 1, 33), (4, 1, 33), (3, 0, 0), (2, 1, 33), (1, 0, 0))
    assert [month.answers for month in queries.by_month(shop, start, end)] == [3]
    assert [(owner.name, owner.answers) for owner in queries.by_owner(shop, start, end)] == [("Olive Owner", 3)]
    client.force_login(make_staff(shop, Role.MANAGER))
    page = reverse("desk:feedback", args=[shop.slug])
    shown = client.get(page, {"from": "2026-11-22", "to": "2026-11-22"}).content.decode()
    assert all(f"Words {number}" in shown for number in range(3)) and "rating=2" in shown
    narrowed = client.get(page, {"from": "2026-11-22", "to": "2026-11-22", "rating": "2"}).content.decode()
    assert "Words 2" in narrowed and "Words 1" not in narrowed
    order = client.get(reverse("desk:order", args=[shop.slug, Feedback.objects.get(rating=2).case.code]))
    assert "★★☆☆☆" in order.content.decode()
