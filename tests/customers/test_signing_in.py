"""Coming in to an account of a shop: codes, passwords, sessions, and whose cases are in it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from tartib.customers import addresses, queries, signing_in, sweeping
from tartib.customers.identity import Account, Code, Session
from tartib.customers.models import Customer
from tartib.customers.operations import CustomerDraft
from tartib.notify.models import Message
from tartib.shops.models import Shop
from tests.factories import NOW, make_account, make_order, make_shop, with_sms
from tests.notify.sending import send
from tests.services import Mailbox, Phone
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def ask(shop: Shop, address: str = "jo@example.com", *, code: str = "123456", visitor: str = "203.0.113.1") -> str:
    """A code asked for; the token with which it can be tried."""
    reach = addresses.read_contact_point(address, shop)
    assert reach is not None
    return signing_in.ask_code(shop, reach, "en", visitor, now=NOW, code=code)


def redeem(shop: Shop, token: str, code: str, *, later: timedelta = timedelta(0)) -> Code | None:
    """What becomes of trying a code."""
    return signing_in.redeem(shop, token, code, "203.0.113.1", now=NOW + later)


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        (" Jo@Example.COM ", "jo@example.com"),
        ("050 111 22 33", "+380501112233"),
        ("+٣٨٠٥٠١١١٢٢٣٣", "+380501112233"),
        ("jo@", None),
        ("jo", None),
        ("12", None),
    ],
)
def test_an_address_is_read_as_it_is_compared(typed: str, known: str | None) -> None:
    """E-mail in any case and phones in any digits come to the form in which customers are kept."""
    reach = addresses.read_contact_point(typed, make_shop(country="UA"))
    assert (reach.address if reach else None) == known


def test_a_code_comes_by_email_in_the_readers_language_and_is_nowhere_after(mailbox: Mailbox) -> None:
    """Issue 3: the code is in the letter; once sent, neither ledger nor jobs nor the database hold it."""
    shop = make_shop(language="fa", languages=["fa", "en"])
    reach = addresses.ContactPoint("email", "jo@example.com")
    signing_in.ask_code(shop, reach, "fa", "", now=NOW, code="908172")
    assert send() == {"sent": 1}
    letter = mailbox.letters[0]
    assert letter["Content-Language"] == shop.tag("fa") != "fa"
    assert shop.name in letter["Subject"]
    assert "908172" not in letter["Subject"]
    assert "908172" in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    message = Message.objects.get()
    assert (message.kind, message.case, message.secret, message.text) == ("code", None, "", "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM notify_message")
        assert cursor.fetchall() == [("",)]
    assert all("908172" not in str(job.args) for job in ProcrastinateJob.objects.all())
    assert b"908172" not in bytes(Code.objects.get().digest)


def test_while_it_waits_a_code_is_unreadable_in_the_database() -> None:
    """Issue 3: whoever reads the ledger's table cannot come in with what they read."""
    ask(make_shop(), code="908172")
    with connection.cursor() as cursor:
        cursor.execute("SELECT m::text FROM notify_message m")
        assert "908172" not in cursor.fetchone()[0]


def test_a_code_comes_by_sms_so_that_a_phone_can_fill_it_in(phone: Phone) -> None:
    """Issue 3: the last line names the host and the code, as browsers expect of a one-time code."""
    shop = with_sms(make_shop(country="UA"))
    ask(shop, "0501112233", code="908172")
    send()
    assert phone.texts[0].splitlines()[-1] == "@localhost #908172"


def test_a_code_that_could_not_be_sent_in_time_is_not_sent(mailbox: Mailbox) -> None:
    """A code nobody can use any more would only frighten."""
    ask(make_shop())
    Message.objects.update(good_until=NOW)
    assert send() == {"failed": 1}
    assert mailbox.letters == []
    assert Message.objects.get().secret == ""


def test_a_code_is_good_once_in_its_own_browser_and_for_ten_minutes() -> None:
    """Issue 3: right code, right token, in time, once."""
    shop = make_shop()
    token = ask(shop)
    assert redeem(shop, "x" * 32, "123456") is None
    assert redeem(make_shop(), token, "123456") is None
    assert redeem(shop, token, "123456", later=timedelta(minutes=10)) is None
    proof = redeem(shop, token, "۱۲۳ ۴۵۶")
    assert proof is not None
    assert proof.address == "jo@example.com"
    assert redeem(shop, token, "123456") is None


def test_after_five_wrong_tries_the_right_code_is_wrong_too() -> None:
    """Issue 3: five tries."""
    shop = make_shop()
    token = ask(shop)
    assert [redeem(shop, token, f"00000{number}") for number in range(5)] == [None] * 5
    assert redeem(shop, token, "123456") is None


@pytest.mark.django_db(transaction=True)
def test_many_guesses_at_once_are_no_more_than_five() -> None:
    """Issue 3: the count is kept by the database, not by a process."""
    shop = make_shop()
    token = ask(shop)
    at_once(lambda _number: redeem(shop, token, "000000"), 8)
    assert Code.objects.get().tries == 5


def test_too_many_codes_are_not_sent_and_the_answer_is_the_same() -> None:
    """Issue 3: so many an hour to an address, and from one visitor fewer; who asks gets a token all the same."""
    shop = make_shop()
    tokens = [ask(shop, visitor="198.51.100.7") for _again in range(signing_in.CODES_TO_ADDRESS_BY_VISITOR + 2)]
    assert len(set(tokens)) == len(tokens)
    assert Message.objects.count() == signing_in.CODES_TO_ADDRESS_BY_VISITOR, "and its owner is sent theirs elsewhere"
    for number in range(signing_in.CODES_TO_ADDRESS["email"]):
        ask(shop, visitor=f"203.0.113.{number}")
    assert Message.objects.count() == signing_in.CODES_TO_ADDRESS["email"]


def test_codes_that_are_used_do_not_count_against_those_behind_the_same_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Many behind one carrier's address come in; who only has codes sent is stopped, in that shop alone."""
    monkeypatch.setitem(signing_in.CODES_UNUSED, "email", 2)
    shop = make_shop()
    for number in range(6):
        assert redeem(shop, ask(shop, f"honest{number}@example.com"), "123456") is not None
    assert Message.objects.count() == 6
    for number in range(5):
        ask(shop, f"nobody{number}@example.com")
    assert Message.objects.count() == 9
    make_order(shop, customer=CustomerDraft("Jo", "known@example.com", ""))
    ask(shop, "known@example.com")
    ask(make_shop(), "somebody@example.com")
    ask(shop, "somebody@example.com", visitor="198.51.100.7")
    assert Message.objects.count() == 12, "a customer, another shop and another visitor are not meant"


def test_who_is_new_behind_an_abused_address_waits_a_minute_and_not_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody leaves every code unused; their neighbours are sent theirs all the same, one after the other."""
    monkeypatch.setitem(signing_in.CODES_UNUSED, "email", 2)
    shop = make_shop()

    def asked(name: str, minute: int) -> str:
        now = NOW + timedelta(minutes=minute)
        reach = addresses.ContactPoint("email", f"{name}@example.com")
        return signing_in.ask_code(shop, reach, "en", "203.0.113.1", now=now, code="123456")

    for number in range(9):
        asked(f"made-up{number}", 0)
    assert Message.objects.count() == 3
    for minute in (1, 2):
        token = asked(f"newcomer{minute}", minute)
        assert Message.objects.filter(recipient=f"newcomer{minute}@example.com").exists()
    assert redeem(shop, token, "123456", later=timedelta(minutes=2)) is not None
    asked("next", 2)
    assert Message.objects.filter(recipient="next@example.com").exists(), "who uses theirs makes room for another"


def test_strangers_cannot_spend_the_sms_of_a_shops_customers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 3: nobody empties a shop's account with its SMS service, from however many addresses."""
    monkeypatch.setitem(signing_in.CODES_TO_STRANGERS, "sms", 2)
    shop = make_shop(country="UA")
    make_order(shop, customer=CustomerDraft("Jo", "", "+380501112233"))
    for number in range(4):
        ask(shop, f"05011144{number}0", visitor=f"203.0.113.{number}")
    assert Message.objects.count() == 2
    ask(shop, "0501112233", visitor="203.0.113.1")
    assert Message.objects.count() == 3
    monkeypatch.setitem(signing_in.CODES_OF_SHOP, "sms", 1)
    ask(shop, "0501112233", visitor="203.0.113.2")
    assert Message.objects.count() == 3, "what the shop may send has an end too"


def test_after_a_day_of_strangers_sms_there_are_no_more_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(signing_in.CODES_TO_STRANGERS_A_DAY, "sms", 2)
    shop = make_shop(country="UA")
    for number in range(4):
        reach = addresses.read_contact_point(f"05011144{number}0", shop)
        assert reach is not None
        signing_in.ask_code(shop, reach, "en", f"203.0.113.{number}", now=NOW + number * timedelta(hours=2))
    assert Message.objects.count() == 2


@pytest.mark.parametrize("limit", ["WRONG_OF_VISITOR", "WRONG_OF_ADDRESS", "WRONG_OF_SHOP"])
def test_who_guesses_shuts_nobody_out(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    """Past any limit of wrong codes each code is tried once: the guesser gains nothing, the owner's code is good."""
    monkeypatch.setattr(signing_in, limit, 3)
    shop = make_shop()
    guessed = ask(shop)
    for number in range(3):
        assert redeem(shop, guessed, f"00000{number}") is None
    assert redeem(shop, guessed, "123456") is None, "this code has had its try"
    assert redeem(shop, ask(shop), "123456") is not None
    again = ask(shop)
    assert redeem(shop, again, "000000") is None
    assert redeem(shop, again, "123456") is None


def test_who_is_new_gets_an_account_and_who_is_known_keeps_theirs() -> None:
    """Issue 3: a customer of earlier orders becomes the account's; a stranger is a new customer."""
    shop = make_shop()
    case = make_order(shop, customer=CustomerDraft("Jo", "jo@example.com", "+380501112233"))
    account = make_account(shop, "jo@example.com")
    assert account.customer_id == case.customer_id
    assert make_account(shop, "JO@example.com") == account
    assert make_account(shop, "new@example.com").customer.email == "new@example.com"
    assert make_account(make_shop(), "jo@example.com") != account


def test_an_account_stands_for_all_customers_with_its_proved_addresses() -> None:
    """Issue 3: orders under the same e-mail or phone belong together, in one shop only."""
    shop = make_shop(country="UA")
    jo = CustomerDraft("Jo", "", "+380501112233")
    first, second = (make_order(shop, customer=jo) for _number in range(2))
    third = make_order(shop, customer=CustomerDraft("Jo R", "jo@example.com", "+380501112233"))
    make_order(make_shop(), customer=jo)
    account = make_account(shop, "+380501112233")
    assert set(queries.customers(account)) == {first.customer_id, second.customer_id, third.customer_id}


def test_a_phone_does_not_open_what_is_anothers_by_email() -> None:
    """Who orders in somebody's name with their own phone does not come into that somebody's account."""
    shop = make_shop(country="UA")
    case = make_order(shop, customer=CustomerDraft("Vic", "vic@example.com", "+380501112233"))
    theirs = make_account(shop, "vic@example.com")
    by_phone = make_account(shop, "+380501112233")
    assert case.customer_id in queries.customers(theirs)
    assert case.customer_id not in queries.customers(by_phone)


def test_whoever_ordered_once_in_anothers_name_sees_nothing_of_that_others_orders() -> None:
    """An address typed into an order proves nothing: a phone opens only what was ordered with it."""
    shop = make_shop(country="UA")
    make_order(shop, customer=CustomerDraft("Vic", "vic@example.com", "+380501112233"))
    make_order(shop, customer=CustomerDraft("Vic", "mal@example.com", "+380509998877"))
    by_email, by_phone = (
        make_order(shop, customer=CustomerDraft("Vic", *reach))
        for reach in (("vic@example.com", "+380509998877"), ("", "+380509998877"))
    )
    bare = make_order(shop, customer=CustomerDraft("Vic", "vic@example.com", ""))
    assert by_email.customer_id not in queries.customers(make_account(shop, "+380501112233"))
    assert by_phone.customer_id not in queries.customers(make_account(shop, "mal@example.com"))
    assert {by_email.customer_id, bare.customer_id} <= set(queries.customers(make_account(shop, "vic@example.com")))


def test_a_password_opens_only_its_own_account_and_is_tried_only_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 3: optional password; nobody is told whether an address is known. Right ones are not counted."""
    monkeypatch.setattr(signing_in, "WRONG_OF_ADDRESS", 4)
    shop = make_shop()
    account = make_account(shop, "jo@example.com")
    reach = addresses.ContactPoint("email", "jo@example.com")
    assert signing_in.by_password(shop, reach, "", "", now=NOW) is None
    signing_in.set_password(account, "a long and good one")
    assert signing_in.by_password(shop, reach, "another", "", now=NOW) is None
    assert signing_in.by_password(shop, reach, "a long and good one", "", now=NOW) == account
    assert signing_in.by_password(make_shop(), reach, "a long and good one", "", now=NOW) is None
    for _number in range(3):
        assert signing_in.by_password(shop, reach, "a long and good one", "", now=NOW) == account
    for _number in range(2):
        signing_in.by_password(shop, reach, "guess", "", now=NOW)
    assert signing_in.by_password(shop, reach, "a long and good one", "", now=NOW) is None


def test_a_session_lives_until_it_is_ended_or_forgotten() -> None:
    """Issue 3: sessions are rows: found by their token in their shop, ended one by one or all."""
    shop = make_shop()
    account = make_account(shop, "jo@example.com")
    agent = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36"
    tokens = [signing_in.open_session(account, agent, "203.0.113.9", now=NOW) for _number in range(3)]
    session = queries.session(shop, tokens[0], now=NOW)
    assert session is not None
    assert (session.device, session.ip) == ("Chrome · Android", "203.0.113.9")
    assert queries.session(make_shop(), tokens[0], now=NOW) is None
    assert queries.session(shop, "", now=NOW) is None
    signing_in.seen(session, "203.0.113.10", now=NOW + timedelta(days=80))
    late = NOW + timedelta(days=100)
    assert queries.session(shop, tokens[0], now=late) is not None
    assert queries.session(shop, tokens[1], now=late) is None
    assert signing_in.end_session(account, session.pk)
    assert not signing_in.end_session(account, session.pk)
    assert signing_in.sign_out_everywhere(account) == 2
    assert tokens[0].encode() not in b"".join(bytes(one.digest) for one in Session.objects.all())


def test_another_password_closes_the_account_elsewhere() -> None:
    """Issue 3: whoever had come in is out again."""
    account = make_account(make_shop(), "jo@example.com")
    here, _there = (signing_in.open_session(account, "", "", now=NOW) for _number in range(2))
    kept = Session.objects.get(digest=queries.digest(here))
    signing_in.set_password(account, "a long and good one", but=kept)
    assert list(Session.objects.all()) == [kept]


def test_what_is_over_is_forgotten_at_night() -> None:
    """Codes and sessions do not pile up."""
    shop = make_shop()
    ask(shop)
    signing_in.open_session(make_account(shop, "jo@example.com"), "", "", now=NOW)
    sweeping.sweep(NOW + timedelta(days=1))
    assert (Code.objects.count(), Session.objects.count()) == (0, 1)
    sweeping.sweep(NOW + timedelta(days=91))
    assert Session.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_first_sign_ins_at_once_are_one_account() -> None:
    """The database keeps one account an address."""
    shop = make_shop()
    at_once(lambda _number: make_account(shop, "jo@example.com"), 4)
    assert Account.objects.count() == 1
    assert Customer.objects.count() == 1
