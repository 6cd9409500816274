"""ECPay's form and its checksum."""

from decimal import Decimal

import pytest

from tartib.payments.gateways.ecpay import GATEWAY, sign, trade_number
from tartib.payments.gateways.protocol import Fate, Refused, Told
from tests.payments.gateways.asks import KEY, account_for, an_ask
from tests.payments.gateways.providers import ECPayServer


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


def _said(code: str, *, live: bool = False, **changes: str) -> Told | None:
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
