"""Every provider: what is sent arrives once, what waits is not lost, what is told is believed if it is theirs."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from tartib.cases.hooks import NotifyOptions
from tartib.cases.models import Case
from tartib.journal.models import Entry
from tartib.journal.verify import verify
from tartib.l10n.sms import size
from tartib.notify import accounts, operations, receipts, service
from tartib.notify.models import Message, SmsAccount
from tartib.notify.sms.protocol import Fate, Receipt, Waiting
from tests.factories import NOW, make_order, make_orders, make_shop, move
from tests.notify.sending import LATER, send
from tests.notify.sms.providers import Provider, account_at
from tests.services import Mailbox

pytestmark = pytest.mark.django_db

SMS = NotifyOptions(channels=frozenset({"sms"}))


@pytest.fixture(autouse=True)
def _reached_from_outside(settings: Settings) -> None:
    settings.TARTIB_URL = "https://desk.example"
    settings.ALLOWED_HOSTS = ["*"]


@pytest.fixture
def case(provider: Provider) -> Case:
    """An order of whose move its customer is told by SMS, in a shop with an account at the provider."""
    shop = make_shop(country="UA", letters_stand_in=False)
    account_at(provider, shop)
    order = make_order(shop)
    move(order, "on-hold", notify_options=SMS)
    return order


def the_message(case: Case) -> Message:
    return Message.objects.get(case=case)


def post(provider: Provider, case: Case, word: str, **changes: str) -> int:
    """The provider tells of the only text it has; says what it is answered."""
    account = SmsAccount.objects.get(shop=case.shop)
    message = the_message(case)
    url = f"{service.receipts_address(account)}?key={message.key}"
    headers, body = provider.receipt(provider.books[0], word, url)
    for before, after in changes.items():
        body = body.replace(before, after)
    parts = urlsplit(url)
    kind = "application/json" if body.startswith("{") else "application/x-www-form-urlencoded"
    answer = Client().post(f"{parts.path}?{parts.query}", body, content_type=kind, headers=headers, secure=True)
    return answer.status_code


def test_a_text_is_handed_over_whole_under_its_key(provider: Provider, case: Case) -> None:
    """C8: number, text, the provider's name for it, the parts it took."""
    assert send() == {"sent": 1}
    (book,) = provider.books
    message = the_message(case)
    assert message.recipient.lstrip("+") in book.to
    assert (book.text, message.reference) == (message.text, book.reference)
    assert message.parts == (2 if provider.code == "twilio" else size(message.text).parts)
    assert message.delivered_at is None
    secrets = {value for name, value in provider.settings.items() if name in ("token", "secret")}
    assert not any(secret in path or secret in body for secret in secrets for _m, path, _h, body in provider.asked)


def test_a_lost_answer_sends_nothing_twice(provider: Provider, case: Case) -> None:
    """Pain 2: the provider acted and could not say so; it is asked, or recognises the key."""
    provider.loses, provider.now = True, LATER
    assert send() == {"queued": 1}
    provider.loses = False
    assert send(LATER + timedelta(hours=1)) == {"sent": 1}
    (book,) = provider.books
    assert the_message(case).reference == book.reference


def test_the_same_words_to_the_same_number_twice_are_two_texts(provider: Provider) -> None:
    """What is looked for after a lost answer is never a text that another message has."""
    shop = make_shop(country="UA")
    account_at(provider, shop)
    first, second = make_orders(shop, 2)
    for one in (first, second):
        move(one, "on-hold", notify_options=SMS)
    Message.objects.update(recipient="+380501112233")
    provider.now = LATER
    assert send() == {"sent": 2}
    assert len({message.reference for message in Message.objects.all()}) == len(provider.books) == 2


def test_a_wrong_key_waits_and_tells_once(provider: Provider, case: Case, mailbox: Mailbox) -> None:
    """A refused key or an empty account loses no message: staff are told, and what waits goes by itself."""
    provider.refusal = provider.wrong_key
    moment = LATER
    for _attempt in range(12):
        send(moment)
        moment += timedelta(minutes=13)
    message = the_message(case)
    assert (message.state, message.reason, message.attempts) == ("queued", "waits", 0)
    account = SmsAccount.objects.get(shop=case.shop)
    assert (account.trouble, account.trouble_at) == ("key", LATER)
    told = [letter for letter in mailbox.letters if "settings/sms/" in letter.as_string()]
    assert len(told) == 1
    assert not Entry.objects.filter(case_id=case.pk, kind="message").exists()
    provider.refusal = None
    account_at(provider, case.shop)
    assert send(NOW) == {"sent": 1}
    assert SmsAccount.objects.get(shop=case.shop).trouble == ""


def test_each_shop_is_told_of_each_trouble_of_its_own(provider: Provider, case: Case, mailbox: Mailbox) -> None:
    other = make_order(make_shop())
    account_at(provider, other.shop)
    move(other, "on-hold", notify_options=SMS)
    told: list[int] = []
    for moment, refusal in enumerate((provider.wrong_key, provider.no_credit, provider.wrong_key)):
        provider.refusal = refusal
        send(LATER + moment * timedelta(minutes=13))
        letters = [letter for letter in mailbox.letters if "settings/sms/" in letter.as_string()]
        told.append(len({str(letter["To"]) for letter in letters[sum(told) :]}))
    assert told == [2, 2, 0], "the trouble that comes back within a day is known"


def test_no_credit_is_asked_about_once_for_a_batch(provider: Provider, case: Case) -> None:
    more = make_orders(case.shop, 3)
    move(more, "on-hold", notify_options=SMS)
    provider.refusal = provider.no_credit
    send()
    assert SmsAccount.objects.get(shop=case.shop).trouble == "credit"
    assert len(provider.asked) == 1
    provider.refusal = None
    assert send(LATER + timedelta(minutes=13)) == {"sent": 4}
    assert SmsAccount.objects.get(shop=case.shop).trouble == ""


def test_what_waits_too_long_is_given_up(provider: Provider, case: Case) -> None:
    provider.refusal = provider.wrong_key
    send(LATER + timedelta(days=4))
    assert (the_message(case).state, the_message(case).reason) == ("failed", "given-up")


def test_a_wrong_number_and_a_clear_no_are_for_good(provider: Provider, case: Case) -> None:
    """Pain 10: never called sent; tried again by hand it is a new text."""
    for refusal, state, reason in (
        (provider.wrong_number, "bounced", "bad-address"),
        (provider.no, "failed", "refused"),
    ):
        provider.refusal = refusal
        key = the_message(case).key
        send(LATER + timedelta(days=1))
        message = the_message(case)
        assert (message.state, message.reason, message.sent_at) == (state, reason, None)
        assert message.answer
        operations.retry(case.shop, message.pk, now=LATER)
        assert the_message(case).key != key
    provider.refusal = None
    assert send(LATER + timedelta(days=2)) == {"sent": 1}
    assert SmsAccount.objects.get(shop=case.shop).trouble == ""


def test_a_provider_that_is_away_is_tried_again(provider: Provider, case: Case) -> None:
    provider.down = True
    assert send() == {"queued": 1}
    assert (the_message(case).state, the_message(case).attempts) == ("queued", 1)
    provider.down = False
    assert send(LATER + timedelta(hours=1)) == {"sent": 1}


def test_receipts_come_late_twice_and_out_of_order(provider: Provider, case: Case) -> None:
    """C8: a message only ever comes further; what did not arrive is on the timeline."""
    send()
    assert [post(provider, case, word) for word in (provider.going, provider.delivered, provider.delivered)] == [
        200
    ] * 3
    assert the_message(case).delivered_at is not None
    for word in (provider.going, provider.lost):
        assert post(provider, case, word) == 200
        assert (the_message(case).state, the_message(case).reason) == ("sent", "")
    assert Entry.objects.filter(case_id=case.pk, kind="message").count() == 1
    assert SmsAccount.objects.get(shop=case.shop).receipt_at is not None


def test_what_did_not_arrive_is_shown_until_it_did(provider: Provider, case: Case) -> None:
    send()
    for _twice in range(2):
        assert post(provider, case, provider.lost) == 200
    message = the_message(case)
    assert (message.state, message.reason, message.sent_at) == ("failed", "not-there", None)
    assert post(provider, case, provider.delivered) == 200
    assert (the_message(case).state, the_message(case).delivered_at is not None) == ("sent", True)
    states = [entry.data["state"] for entry in Entry.objects.filter(case_id=case.pk, kind="message").order_by("seq")]
    assert states == ["sent", "failed", "sent"]
    assert list(verify(case.shop)) == []


def test_after_a_new_attempt_the_former_receipt_says_nothing(provider: Provider, case: Case) -> None:
    send()
    post(provider, case, provider.lost)
    operations.retry(case.shop, the_message(case).pk, now=LATER)
    assert post(provider, case, provider.lost) == 200
    assert the_message(case).state == "queued"


def test_what_is_not_the_providers_is_not_believed(provider: Provider, case: Case) -> None:
    """SECURITY: forged or unreadable receipts change nothing; neither does a right one of a text nobody knows."""
    send()
    account = SmsAccount.objects.get(shop=case.shop)
    path = urlsplit(service.receipts_address(account)).path
    for body, kind in (
        (b"", "text/plain"), (b"\xff\xfe", "text/plain"), (b"[]", "application/json"), (b"null", "application/json"),
        (b"messageid=x&status=10", "application/x-www-form-urlencoded"), (b"{" * 5000, "application/json"),
    ):  # fmt: skip
        assert Client().post(path, body, content_type=kind).status_code == 403
    assert Client().post(path, b"x" * 70_000, content_type="text/plain").status_code == 413
    assert Client().post("/sms/a-token-of-nobody/", b"", content_type="text/plain").status_code == 404
    assert Client().get(path).status_code == 405
    assert receipts.apply_receipts(account, [Receipt("of-nobody", Fate.DELIVERED)], now=LATER) == 0
    assert receipts.apply_receipts(account, [Receipt("", Fate.DELIVERED, key="not-a-key")], now=LATER) == 0
    other = account_at(provider, make_shop())
    assert receipts.apply_receipts(other, [Receipt(the_message(case).reference, Fate.DELIVERED)], now=LATER) == 0
    assert the_message(case).delivered_at is None


def test_an_altered_receipt_is_refused_where_receipts_are_signed(provider: Provider, case: Case) -> None:
    send()
    changes = {"turbosms": {'"id": "': '"id": "9'}, "twilio": {provider.going: provider.delivered}}
    # Kavenegar signs nothing: its secret is the address.
    expected = 403 if provider.code in changes else 200
    assert post(provider, case, provider.going, **changes.get(provider.code, {})) == expected


def test_whoever_guesses_is_told_to_wait() -> None:
    answers = [
        Client().post("/sms/guessed/", b"", content_type="text/plain", REMOTE_ADDR="203.0.113.9").status_code
        for _attempt in range(61)
    ]
    assert (answers[0], answers[-1]) == (404, 429)


def test_who_does_not_tell_is_asked(provider: Provider, case: Case) -> None:
    """Receipts are asked for where none come by themselves, and only of what has no verdict yet."""
    send()
    provider.books[0].fields["status"] = provider.delivered
    account = SmsAccount.objects.select_related("shop").get(shop=case.shop)
    assert receipts.ask(account, now=LATER) == 0, "it is too early to ask"
    receipts.ask_all(LATER + timedelta(minutes=5))
    assert the_message(case).delivered_at is not None
    asked = len(provider.asked)
    assert receipts.ask(account, now=LATER + timedelta(minutes=6)) == 0
    assert len(provider.asked) == asked


def test_the_credit_tries_the_key(provider: Provider, case: Case) -> None:
    account = service.of(case.shop)
    assert account is not None
    left = accounts.ask_credit(account, now=NOW)
    assert left is not None
    assert left.amount > 0
    account.refresh_from_db()
    assert (account.credit, account.credit_at) == (left.amount, NOW)
    provider.refusal = provider.wrong_key
    with pytest.raises(Waiting):
        accounts.ask_credit(account, now=NOW)
    account.refresh_from_db()
    assert account.trouble == "key"


def test_what_a_shop_entered_is_encrypted_and_belongs_to_this_installation(
    provider: Provider, case: Case, settings: Settings
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT keys FROM notify_smsaccount")
        stored = cursor.fetchone()[0]
    assert not any(value in stored for value in provider.settings.values())
    settings.SECRET_KEY = "y" * 50
    assert SmsAccount.objects.get(shop=case.shop).settings == {}
    assert send()["queued"] == 1
    assert SmsAccount.objects.get(shop=case.shop).trouble == "key"
    assert provider.asked == []
