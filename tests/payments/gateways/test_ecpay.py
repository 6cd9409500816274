"""ECPay's form and its checksum."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from tartib.payments import attempts, refunds
from tartib.payments.gateways.ecpay import GATEWAY, sign, trade_number
from tartib.payments.gateways.protocol import Fate, GatewayNotice, Refused
from tartib.payments.models import Account, Attempt, AttemptState, Payment, Refund, RefundState
from tests.factories import NOW, actor, make_order, make_product, make_shop
from tests.payments.gateways.asks import KEY, account_for, an_ask
from tests.payments.gateways.providers import ECPayServer, account_at, served


def test_the_checksum_encodes_as_dot_net_does() -> None:
    """The value was made once by the reference code of ECPay's own guide (ECPay/ECPay-API-Skill, guide 13)."""
    fields = {
        "MerchantID": "3400001", "MerchantTradeNo": "ABC123", "ItemName": "藍色襯衫 #1 (M) ~*!'", "TotalAmount": "1200",
        "tradeDesc": "a+b&c=d", "CustomField1": "", "CheckMacValue": "is left out",
    }  # fmt: skip
    right = "27AE56C2B58148879FF8F45970C602C9D1345EF7745B722E3FC4FD38C4A29484"
    assert sign("aB3dE5gH7jK9mN1p", "Z9y8X7w6V5u4T3s2", fields) == right


def test_a_trade_is_named_by_twenty_letters_and_figures() -> None:
    number = trade_number(KEY)
    assert len(number) == 20
    assert number.isalnum()
    assert number.isascii()
    assert number == trade_number(KEY) != trade_number(KEY[::-1])


def test_the_form_is_signed_and_counts_whole_dollars() -> None:
    account = account_for(ECPayServer)
    started = GATEWAY.start(account, an_ask(amount=Decimal("1240.00"), currency="TWD", language="zh-hant"))
    fields = dict(started.fields)
    assert started.url == "https://payment-stage.ecpay.com.tw/Cashier/AioCheckOut/V5"
    assert fields["TotalAmount"] == "1240"
    assert fields["MerchantTradeDate"] == "2026/11/22 17:30:00", "the time of Taipei"
    assert fields["CustomField1"] == KEY
    assert "#" not in fields["ItemName"] and "<" not in fields["ItemName"]
    assert "Language" not in fields
    assert fields["CheckMacValue"] == ECPayServer().mac(fields)
    assert GATEWAY.start(account_for(ECPayServer, live=True), an_ask(currency="TWD")).url.startswith(
        "https://payment.ecpay.com.tw/"
    )


def test_parts_of_a_dollar_are_refused() -> None:
    with pytest.raises(Refused):
        GATEWAY.start(account_for(ECPayServer), an_ask(amount=Decimal("10.50"), currency="TWD"))


def _said(code: str, *, live: bool = False, **changes: str) -> GatewayNotice | None:
    fields = {
        "MerchantID": "3400001", "TradeNo": "2611221730", "RtnCode": code, "RtnMsg": "訊息", "TradeAmt": "1240",
        "PaymentDate": "2026/11/22 17:30:00", "SimulatePaid": "0", "CustomField1": KEY,
    }  # fmt: skip
    _headers, body = ECPayServer().told(fields | changes)
    return GATEWAY.read_notice(account_for(ECPayServer, live=live), {}, {}, body.encode())


@pytest.mark.parametrize(
    ("code", "fate"),
    [("1", Fate.DONE), ("2", Fate.PENDING), ("10100073", Fate.PENDING), ("10200058", Fate.FAILED)],
)
def test_each_code_is_understood(code: str, fate: Fate) -> None:
    told = _said(code)
    assert told is not None
    assert (told.fate, told.attempt) == (fate, KEY)


def test_what_ecpays_pages_pretend_to_pay_is_no_money_in_a_live_account() -> None:
    assert _said("1", SimulatePaid="1", live=True) is None
    told = _said("1", SimulatePaid="1")
    assert told is not None
    assert told.amount == 1240


@pytest.fixture
def ecpay(monkeypatch: pytest.MonkeyPatch) -> Iterator[ECPayServer]:
    """The provider's server."""
    server = ECPayServer()
    with served(server):
        server.redirect(monkeypatch)
        yield server


@pytest.fixture
def attempt(ecpay: ECPayServer) -> Attempt:
    """A payment of 1,200 begun there."""
    shop = make_shop(currency="TWD")
    case = make_order(shop, make_product(shop, price="1200"))
    until = NOW + timedelta(days=2)
    return attempts.start(shop, case.pk, account_at(ecpay, shop), now=NOW, until=until)


def _tell(attempt: Attempt, notice: tuple[dict[str, str], str]) -> str:
    response = Client().post(
        f"/notices/{attempt.account.token}/", notice[1], content_type="application/x-www-form-urlencoded"
    )
    return response.content.decode()


@pytest.mark.django_db
def test_our_keys_of_its_payments_are_letters_and_figures_and_name_the_trade(attempt: Attempt) -> None:
    assert attempt.key.isalnum()
    assert attempt.key.isascii()
    fields = GATEWAY.start(attempt.account, an_ask(key=attempt.key, currency="TWD")).fields
    assert fields["MerchantTradeNo"] == fields["CustomField1"] == attempt.key == attempt.reference


@pytest.mark.parametrize("altered", ["", "something else", "K0ATTEMPT KEY"])
@pytest.mark.django_db
def test_a_notice_leads_to_its_payment_though_our_own_field_was_altered(
    ecpay: ECPayServer, attempt: Attempt, altered: str
) -> None:
    ecpay.pay(attempt)
    ecpay.books[trade_number(attempt.key)]["CustomField1"] = altered
    assert _tell(attempt, ecpay.paid(attempt)) == "1|OK"
    assert Payment.objects.get().attempt == attempt


@pytest.mark.parametrize("altered", ["", "k0 Attempt key of 22 c"])
@pytest.mark.django_db
def test_so_does_one_about_a_payment_with_a_key_of_other_characters(
    ecpay: ECPayServer, attempt: Attempt, altered: str
) -> None:
    attempt.key, attempt.reference = KEY, trade_number(KEY)
    attempt.save()
    ecpay.pay(attempt)
    ecpay.books[trade_number(KEY)]["CustomField1"] = altered
    _tell(attempt, ecpay.paid(attempt))
    assert Payment.objects.get().attempt == attempt


@pytest.mark.parametrize(
    ("left", "days", "minutes"),
    [
        (None, "7", "10080"),
        (timedelta(minutes=40), "1", "40"), (timedelta(days=3), "3", "4320"), (timedelta(days=2, hours=1), "3", "2940"),
        (timedelta(days=90), "60", "43200"), (timedelta(seconds=5), "1", "1"),
    ],
)  # fmt: skip
def test_numbers_to_pay_at_a_bank_or_a_shop_end_with_the_order(left: timedelta | None, days: str, minutes: str) -> None:
    ask = an_ask(amount=Decimal(1240), currency="TWD", until=NOW + left if left else None)
    fields = GATEWAY.start(account_for(ECPayServer), ask).fields
    assert (fields["ExpireDate"], fields["StoreExpireDate"]) == (days, minutes)
    assert fields["IgnorePayment"] == "BARCODE", "its days would be read as minutes"
    assert (fields["PaymentInfoURL"], fields["OrderResultURL"]) == (ask.notice_url, ask.return_url)
    assert len({fields["ReturnURL"], fields["OrderResultURL"], fields["ClientBackURL"]}) == 3


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ("2026/11/25", datetime(2026, 11, 25, 15, 59, tzinfo=UTC)),
        ("2026/11/25 17:30:00", datetime(2026, 11, 25, 9, 30, tzinfo=UTC)),
        ("soon", None),
    ],
)
def test_a_number_that_was_given_is_waited_for(said: str, until: datetime | None) -> None:
    told = _said("2", ExpireDate=said)
    assert told is not None
    assert (told.fate, told.until) == (Fate.PENDING, until)


@pytest.mark.django_db
def test_a_number_is_asked_about_rarely_until_it_has_run_out(ecpay: ECPayServer, attempt: Attempt) -> None:
    assert attempt.ask_at == NOW + timedelta(minutes=10)
    fields = ecpay._trade(attempt, "0") | {"RtnCode": "2", "ExpireDate": "2026/12/10", "PaymentType": "ATM_TAISHIN"}
    _tell(attempt, ecpay.told(fields))
    ecpay.books[trade_number(attempt.key)] = fields | {"TradeStatus": "0"}
    attempt.refresh_from_db()
    page = Client().get(f"/pay/{attempt.key}/return").content.decode()
    assert "Please pay with the number you were given" in page
    assert "until 10 Dec 2026, 15:59." in page
    assert "data-look" not in page, "that takes days"
    asked, now = 0, NOW + timedelta(minutes=10)
    while True:
        attempts.ask_again(attempt.pk, now=now)
        attempt.refresh_from_db()
        asked += 1
        if attempt.ask_at is None:
            break
        assert attempt.ask_at - now >= timedelta(minutes=10)
        now = attempt.ask_at
    assert now > datetime(2026, 12, 10, 16, tzinfo=UTC), "a notice that was lost is found out in the end"
    assert asked < 30
    ecpay.pay(attempt)
    _tell(attempt, ecpay.paid(attempt))
    assert Payment.objects.get().amount == 1200


@pytest.mark.django_db
def test_who_asks_too_fast_is_quiet_for_half_an_hour(ecpay: ECPayServer, attempt: Attempt) -> None:
    ecpay.too_fast = True
    now = NOW + timedelta(minutes=10)
    attempts.ask_again(attempt.pk, now=now)
    account = Account.objects.select_related("shop").get()
    assert account.quiet_until == now + timedelta(minutes=30)
    asked = len(ecpay.asked)
    attempts.ask_again(attempt.pk, now=now + timedelta(minutes=5))
    attempt.refresh_from_db()
    assert (len(ecpay.asked), attempt.ask_at) == (asked, account.quiet_until)
    ecpay.too_fast = False
    ecpay.pay(attempt)
    attempts.ask_again(attempt.pk, now=now + timedelta(minutes=30))
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.PAID


@pytest.mark.django_db
def test_coming_back_does_not_have_it_asked_before_its_time_and_decides_nothing(attempt: Attempt) -> None:
    paid = {"RtnCode": "1", "MerchantTradeNo": attempt.key, "TradeAmt": "1200"}
    response = Client(enforce_csrf_checks=True).post(f"/pay/{attempt.key}/return", paid)
    assert response.status_code == 200
    attempt.refresh_from_db()
    assert (attempt.state, attempt.ask_at) == (AttemptState.STARTED, NOW + timedelta(minutes=10))
    assert not Payment.objects.exists()


def _sent(attempt: Attempt, amount: int, now: datetime = NOW) -> Refund:
    assert attempt.case is not None
    (asked,) = refunds.refund(attempt.shop, attempt.case.pk, Decimal(amount), actor(attempt.shop), now=now)
    refunds.send(asked.pk, now=now)
    asked.refresh_from_db()
    return asked


@pytest.mark.parametrize(
    ("collected", "amount", "actions"),
    [
        ("yes", 1200, "R"), ("yes", 500, "R"), ("no", 1200, "RN"), ("today", 1200, "RNEN"), ("today", 500, "R"),
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_a_card_is_refunded_by_how_far_its_collection_is(
    ecpay: ECPayServer, attempt: Attempt, collected: str, amount: int, actions: str
) -> None:
    ecpay.pay(attempt)
    ecpay.books[trade_number(attempt.key)]["collected"] = collected
    attempts.ask_again(attempt.pk, now=NOW)
    assert _sent(attempt, amount).state == RefundState.CONFIRMED
    assert "".join(one.fields["Action"] for one in ecpay.asked if ecpay.sends_back(one)) == actions
    assert len(ecpay.refunds) == 1


@pytest.mark.django_db
def test_in_the_closed_quarter_of_an_hour_refunds_wait_unsent(ecpay: ECPayServer, attempt: Attempt) -> None:
    ecpay.pay(attempt)
    attempts.ask_again(attempt.pk, now=NOW)
    closed = datetime(2026, 11, 22, 12, 20, tzinfo=UTC)
    asked = _sent(attempt, 500, closed)
    assert (asked.state, asked.waits, asked.ask_at) == (RefundState.WAITING, "hours", closed + timedelta(minutes=10))
    assert not any(ecpay.sends_back(one) for one in ecpay.asked)
    refunds.ask_again(asked.pk, now=closed + timedelta(minutes=10))
    asked.refresh_from_db()
    assert (asked.state, len(ecpay.refunds)) == (RefundState.CONFIRMED, 1)


@pytest.mark.parametrize(("eci", "found"), [("5", "passed"), ("02", "passed"), ("7", "none"), ("", None)])
def test_it_is_known_whether_a_card_paid_with_3d_secure(eci: str, found: str | None) -> None:
    told = _said("1", eci=eci, PaymentType="Credit_CreditCard")
    assert told is not None
    assert told.risk.get("three_d_secure") == found
