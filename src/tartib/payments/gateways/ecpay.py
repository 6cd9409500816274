"""ECPay 綠界 (Taiwan): its payment page, signed notices, questions, and refunds of cards.

All is forms signed by `CheckMacValue`: SHA-256 over the fields in the order of their names between the hash key and the
hash IV, encoded as .NET does (https://developers.ecpay.com.tw/?p=2902; what is what: ?p=2856 page, ?p=2878 notices,
?p=2890 questions, ?p=2895 refunds). Amounts are whole dollars. ECPay names a trade by at most 20 letters and figures,
which are taken from our key, and gives refunds no names.

It has no books to compare by machine: its statement is given only to addresses entered at ECPay, once a minute.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote_plus
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from tartib.payments.gateways import http, units
from tartib.payments.gateways.protocol import (
    About,
    Answer,
    Ask,
    Fate,
    Forged,
    Gateway,
    Refused,
    Setting,
    Started,
    Told,
    Unreachable,
    refusal,
)

if TYPE_CHECKING:
    from tartib.payments.models import Account, Attempt

LIVE, TEST = "https://payment.ecpay.com.tw", "https://payment-stage.ecpay.com.tw"
CURRENCY = "TWD"
TAIPEI = ZoneInfo("Asia/Taipei")
MAC = "CheckMacValue"

_PAID, _WAITING = "1", frozenset({"2", "10100073"})
"""`RtnCode` of a notice. 2 and 10100073: a number to pay with at a bank or a shop was given; it is not paid yet."""
_UNPAID, _NO_SUCH_TRADE, _FAILED = "0", "10200047", frozenset({"10200095", "10200163"})
"""`TradeStatus` of an answer. Without a trade nobody has come to the page yet."""
_AS_DOT_NET = (("%2d", "-"), ("%5f", "_"), ("%2e", "."), ("%21", "!"), ("%2a", "*"), ("%28", "("), ("%29", ")"))


def sign(key: str, iv: str, fields: Mapping[str, str]) -> str:
    """The `CheckMacValue` of the fields, of which one of that name is left out."""
    named = sorted(((name, value) for name, value in fields.items() if name != MAC), key=lambda pair: pair[0].lower())
    said = "&".join(["HashKey=" + key, *(f"{name}={value}" for name, value in named), "HashIV=" + iv])
    encoded = quote_plus(said).replace("~", "%7e").lower()
    for escaped, plain in _AS_DOT_NET:
        encoded = encoded.replace(escaped, plain)
    return hashlib.sha256(encoded.encode()).hexdigest().upper()


def trade_number(key: str) -> str:
    """ECPay's `MerchantTradeNo` of an attempt: 20 letters and figures, another for each key."""
    return hashlib.sha256(key.encode()).hexdigest()[:20].upper()


class ECPay(Gateway):
    """ECPay's all-in-one payment page."""

    code = "ecpay"
    name = _("ECPay")
    about = _("Cards, ATM transfers, convenience stores and wallets, paid on ECPay’s page in Taiwan.")
    settings = (
        Setting("merchant_id", _("Merchant ID"), _("In ECPay: system development, interface settings.")),
        Setting("hash_key", _("Hash key"), secret=True),
        Setting("hash_iv", _("Hash IV"), secret=True),
    )
    currencies = frozenset({CURRENCY})
    reports = False
    hosts = ("payment.ecpay.com.tw", "*.ecpay.com.tw")

    def start(self, account: Account, ask: Ask) -> Started:
        """A form that leads to its page. ECPay takes a trade number once, so that the form pays once."""
        title = re.sub(r"[^\w ,.()-]+", " ", ask.title).strip()[:100] or trade_number(ask.key)
        fields = {
            "MerchantTradeNo": trade_number(ask.key),
            "MerchantTradeDate": ask.now.astimezone(TAIPEI).strftime("%Y/%m/%d %H:%M:%S"), "PaymentType": "aio",
            "TotalAmount": str(units.minor(ask.amount, ask.currency, 0)), "TradeDesc": title, "ItemName": title,
            "ReturnURL": ask.notice_url, "ClientBackURL": ask.return_url, "ChoosePayment": "ALL", "EncryptType": "1",
            "CustomField1": ask.key,
        }  # fmt: skip
        if not ask.language.startswith("zh"):
            fields["Language"] = "ENG"
        return Started(f"{_address(account)}/Cashier/AioCheckOut/V5", _signed(account, fields), trade_number(ask.key))

    def read_notice(
        self, account: Account, headers: Mapping[str, str], query: Mapping[str, str], body: bytes
    ) -> Told | None:
        """A notice: a signed form. What ECPay's own pages pretend to pay is money in a test account alone."""
        try:
            said = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=100))
        except ValueError as error:
            raise Forged from error
        _believe(account, said)
        code, number = said.get("RtnCode", ""), said.get("TradeNo", "")
        attempt = said.get("CustomField1", "")
        pretended = said.get("SimulatePaid", "0") != "0"
        if pretended and account.live:
            return None
        event = f"{number}:{code}:{'pretended' if pretended else said.get('PaymentDate', '')}"
        if code == _PAID:
            return Told(event, Fate.DONE, attempt=attempt, reference=number, amount=_amount(said), currency=CURRENCY)
        if code in _WAITING:
            return Told(event, Fate.PENDING, attempt=attempt)
        return Told(event, Fate.FAILED, attempt=attempt, reason=said.get("RtnMsg", "")[:200])

    def answer_notice(self, told: Told | None) -> Answer:
        """It tries again until it reads this."""
        return Answer("1|OK")

    def query(self, account: Account, attempt: Attempt) -> Told:
        """How an attempt stands. What ECPay says in words we do not know stays open."""
        said = _trade(account, attempt)
        status, number = said.get("TradeStatus", ""), said.get("TradeNo", "")
        event = f"{number or trade_number(attempt.key)}:asked:{status}"
        if status == _PAID:
            return Told(
                event, Fate.DONE, attempt=attempt.key, reference=number, amount=_amount(said), currency=CURRENCY
            )
        return Told(event, Fate.FAILED if status in _FAILED else Fate.PENDING, attempt=attempt.key)

    def refund(self, account: Account, attempt: Attempt, amount: Decimal, key: str) -> Told:
        """Send money back to a card; by other ways ECPay sends none back. ECPay knows no keys of refunds.

        A card payment that ECPay has not collected yet (it does each evening) can only be given up wholly.
        """
        said = _trade(account, attempt)
        if not said.get("PaymentType", "").startswith(("Credit", "ApplePay", "Flexible")):
            raise refusal(account, _("ECPay sends money back to cards only. Return this payment by bank transfer."))
        whole = amount == _amount(said)
        fields = {
            "MerchantTradeNo": trade_number(attempt.key), "TradeNo": attempt.reference,
            "TotalAmount": str(units.minor(amount, CURRENCY, 0)),
        }  # fmt: skip
        problem = ""
        # R sends back what was collected, N gives up what was not. What does not fit is refused and does nothing.
        for action in ("R", "N") if whole else ("R",):
            answer = _post(account, "/CreditDetail/DoAction", fields | {"Action": action})
            if answer.get("RtnCode") == "1":
                return Told(
                    f"refund:{key}", Fate.DONE, About.REFUND, attempt.key, attempt.reference, amount, CURRENCY,
                    refund=key,
                )  # fmt: skip
            problem = problem or answer.get("RtnMsg", "")
        raise Refused(problem[:200])

    def check(self, account: Account) -> None:
        """Whether the keys fit: the answer about a trade that does not exist is signed with them."""
        _ask(account, "CHECK")


def _address(account: Account) -> str:
    return LIVE if account.live else TEST


def _signed(account: Account, fields: Mapping[str, str]) -> dict[str, str]:
    named = {"MerchantID": account.settings["merchant_id"], **fields}
    return named | {MAC: sign(account.settings["hash_key"], account.settings["hash_iv"], named)}


def _believe(account: Account, said: Mapping[str, str]) -> None:
    """Raises `Forged` unless ECPay signed this, for this merchant."""
    known = account.settings
    if not all(known.get(name) for name in ("merchant_id", "hash_key", "hash_iv")):
        raise Forged
    right = sign(known["hash_key"], known["hash_iv"], said)
    if not hmac.compare_digest(right.encode(), said.get(MAC, "").encode()) or (
        said.get("MerchantID") != known["merchant_id"]
    ):
        raise Forged


def _trade(account: Account, attempt: Attempt) -> dict[str, str]:
    return _ask(account, trade_number(attempt.key))


def _ask(account: Account, number: str) -> dict[str, str]:
    """What ECPay says of a trade. Raises `Refused` when its answer is signed with other keys, as for a wrong one."""
    # ECPay takes no question that is more than three minutes old.
    asked = {"MerchantTradeNo": number, "TimeStamp": str(int(time.time()))}
    said = _post(account, "/Cashier/QueryTradeInfo/V5", asked)
    try:
        _believe(account, said)
    except Forged:
        raise refusal(account, _("ECPay’s answer does not fit the keys.")) from None
    return said


def _post(account: Account, path: str, fields: Mapping[str, str]) -> dict[str, str]:
    """Call ECPay. Its answers are `name=value` pairs as they are: a + is a plus, and nothing is encoded."""
    reply = http.call("POST", _address(account) + path, form=_signed(account, fields))
    pairs = [pair.partition("=") for pair in reply.text.strip().split("&")]
    if not reply.fine or not all(sign for _name, sign, _value in pairs):
        raise Unreachable("the answer is no list of fields")
    return {name: value for name, _sign, value in pairs}


def _amount(said: Mapping[str, str]) -> Decimal:
    try:
        return units.major(said["TradeAmt"], CURRENCY, 0)
    except (KeyError, ValueError) as error:
        raise Unreachable("no amount is told") from error


GATEWAY = ECPay()
