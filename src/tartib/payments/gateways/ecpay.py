"""ECPay 綠界 (Taiwan): its payment page, signed notices, questions, and refunds of cards.

All is forms signed by `CheckMacValue`: SHA-256 over the fields in the order of their names between the hash key and the
hash IV, encoded as .NET does (https://developers.ecpay.com.tw/?p=2902; what is what: ?p=2864 page, ?p=2878 notices,
?p=2881 numbers, ?p=2890 questions, ?p=9242 refunds). Amounts are whole dollars. ECPay names a trade by at most 20
letters and figures (`MerchantTradeNo`): our keys of its payments are such, so that they survive whatever it does to
other characters. It gives refunds no names, and of disputes its documentation says nothing.

A card is paid at once, and may be asked about ten minutes later. With ATM and convenience stores the customer gets a
number to pay within days (`RtnCode` 2 and 10100073, told to `PaymentInfoURL`): that is waited for, and asked about
rarely. Who asks too fast is answered 403, and is to be quiet for half an hour.

It has no books to compare by machine: its statement is given only to addresses entered at ECPay, once a minute.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import re
import string
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from datetime import time as of_day
from decimal import Decimal
from urllib.parse import parse_qsl, quote_plus
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from tartib.payments import risk
from tartib.payments.gateways import units
from tartib.payments.gateways.protocol import (
    About,
    Answer,
    Ask,
    Fate,
    Forged,
    Gateway,
    GatewayNotice,
    Pause,
    Polling,
    Refused,
    Setting,
    Started,
    refusal,
)
from tartib.payments.gateways.records import Account, Attempt
from tartib.shops import providers
from tartib.shops.providers import Unreachable

LIVE, TEST = "https://payment.ecpay.com.tw", "https://payment-stage.ecpay.com.tw"
CURRENCY = "TWD"
TAIPEI = ZoneInfo("Asia/Taipei")
MAC = "CheckMacValue"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
LONGEST_ATM, LONGEST_STORE, USUAL = 60, 43_200, 7 * DAY
"""For how many days a number for an ATM can be paid at most, and for how many minutes one for a convenience store; and
for how long where the order says nothing (ECPay itself would give an ATM three days and a store seven)."""
TOO_FAST, QUIET = 403, timedelta(minutes=30)

_PAID, _WAITING = "1", frozenset({"2", "10100073"})
"""`RtnCode` of a notice. 2 and 10100073: a number to pay with at a bank or a shop was given; it is not paid yet."""
_UNPAID, _NO_SUCH_TRADE, _FAILED = "0", "10200047", frozenset({"10200095", "10200163"})
"""`TradeStatus` of an answer. Without a trade nobody has come to the page yet."""
_CARDS, _OFFLINE = ("Credit", "ApplePay", "Flexible"), ("ATM_", "CVS_", "BARCODE_")
"""What `PaymentType` begins with."""
_WITH_3D = frozenset({"5", "6", "2", "1"})
"""`eci` of a card payment made with 3-D Secure."""
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
    """ECPay's `MerchantTradeNo` of an attempt: its key, or what is made of a key of other characters."""
    if len(key) <= 20 and key.isascii() and key.isalnum():
        return key
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
    keys = (20, string.ascii_uppercase + string.digits)
    polling = Polling(10 * MINUTE, 10 * MINUTE, 4 * DAY, at_once=False)
    pause = Pause(TAIPEI, of_day(20, 15), of_day(20, 30))
    panel = "https://vendor.ecpay.com.tw/"

    def start(self, account: Account, ask: Ask) -> Started:
        """A form that leads to its page. ECPay takes a trade number once, so that the form pays once.

        It demands that its addresses differ: it tells us at one, of numbers too, and sends who has paid by card to
        another (with what became of it, which decides nothing). The third is behind a button on its own pages where the
        second does not apply: who was given a number stays there and reads it. Not to be kept on them (that is
        `ClientRedirectURL`) would mean to show the numbers ourselves.
        """
        title = re.sub(r"[^\w ,.()-]+", " ", ask.title).strip()[:100] or trade_number(ask.key)
        fields = {
            "MerchantTradeNo": trade_number(ask.key),
            "MerchantTradeDate": ask.now.astimezone(TAIPEI).strftime("%Y/%m/%d %H:%M:%S"), "PaymentType": "aio",
            "TotalAmount": str(units.minor(ask.amount, ask.currency, 0)), "TradeDesc": title, "ItemName": title,
            "ReturnURL": ask.notice_url, "PaymentInfoURL": ask.notice_url, "OrderResultURL": ask.return_url,
            "ClientBackURL": f"{ask.return_url}?left=1", "ChoosePayment": "ALL", "EncryptType": "1",
            "NeedExtraPaidInfo": "Y", "CustomField1": ask.key,
        }  # fmt: skip
        fields |= _expiry(ask.until - ask.now if ask.until else USUAL)
        if not ask.language.startswith("zh"):
            fields["Language"] = "ENG"
        return Started(f"{_address(account)}/Cashier/AioCheckOut/V5", _signed(account, fields), trade_number(ask.key))

    def read_notice(
        self, account: Account, headers: Mapping[str, str], query: Mapping[str, str], body: bytes
    ) -> GatewayNotice | None:
        """A notice: a signed form. What ECPay's own pages pretend to pay is money in a test account alone."""
        try:
            said = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=100))
        except ValueError as error:
            raise Forged from error
        _believe(account, said)
        code, number = said.get("RtnCode", ""), said.get("TradeNo", "")
        attempt = _key(said)
        pretended = said.get("SimulatePaid", "0") != "0"
        if pretended and account.live:
            return None
        event = f"{number}:{code}:{'pretended' if pretended else said.get('PaymentDate', '')}"
        if code == _PAID:
            return GatewayNotice(
                event, Fate.DONE, attempt=attempt, reference=number, amount=_amount(said), currency=CURRENCY,
                risk=_risk(said),
            )  # fmt: skip
        if code in _WAITING:
            return GatewayNotice(event, Fate.PENDING, attempt=attempt, until=_payable(said.get("ExpireDate", "")))
        return GatewayNotice(event, Fate.FAILED, attempt=attempt, reason=said.get("RtnMsg", "")[:200])

    def answer_notice(self, notice: GatewayNotice | None) -> Answer:
        """It tries again until it reads this."""
        return Answer("1|OK")

    def query(self, account: Account, attempt: Attempt) -> GatewayNotice:
        """How an attempt stands. What ECPay says in words we do not know stays open."""
        said = _trade(account, attempt)
        status, number = said.get("TradeStatus", ""), said.get("TradeNo", "")
        event = f"{number or trade_number(attempt.key)}:asked:{status}"
        if status == _PAID:
            return GatewayNotice(
                event, Fate.DONE, attempt=attempt.key, reference=number, amount=_amount(said), currency=CURRENCY
            )
        until = None
        if status == _UNPAID and said.get("PaymentType", "").startswith(_OFFLINE):
            until = attempt.started_at + math.ceil(max(_left(attempt), DAY) / DAY) * DAY
        return GatewayNotice(
            event, Fate.FAILED if status in _FAILED else Fate.PENDING, attempt=attempt.key, until=until,
            untouched=status == _UNPAID and until is None,
        )  # fmt: skip

    def refund(self, account: Account, attempt: Attempt, amount: Decimal, key: str) -> GatewayNotice:
        """Send money back to a card; by other ways ECPay sends none back. ECPay knows no keys of refunds.

        What was collected is sent back (R), in parts or wholly. What was only authorised is given up wholly (N). What
        is about to be collected can be sent back in parts; as a whole, collecting it is taken back (E) and then it is
        given up (N). In which of these states a trade is, is found by trying: what does not fit does nothing.
        """
        said = _trade(account, attempt)
        if not said.get("PaymentType", "").startswith(_CARDS):
            raise refusal(account, _("ECPay sends money back to cards only. Return this payment by bank transfer."))
        whole = amount == _amount(said)
        fields = {
            "MerchantTradeNo": trade_number(attempt.key), "TradeNo": attempt.reference,
            "TotalAmount": str(units.minor(amount, CURRENCY, 0)),
        }  # fmt: skip
        problem = ""
        for actions in (("R",), ("N",), ("E", "N")) if whole else (("R",),):
            refused = _act(account, fields, actions)
            if not refused:
                return GatewayNotice(
                    f"refund:{key}", Fate.DONE, About.REFUND, attempt.key, attempt.reference, amount, CURRENCY,
                    refund=key,
                )  # fmt: skip
            problem = problem or refused
        raise Refused(problem[:200])

    def check(self, account: Account) -> None:
        """Whether the keys fit: the answer about a trade that does not exist is signed with them."""
        _ask(account, "CHECK")


def _act(account: Account, fields: Mapping[str, str], actions: tuple[str, ...]) -> str:
    """Do one thing after the other with a trade; why ECPay refuses the first of them, "" when all are done.

    Raises `Unreachable` when the first was done and the next refused: somebody has to look.
    """
    for place, action in enumerate(actions):
        answer = _post(account, "/CreditDetail/DoAction", {**fields, "Action": action})
        if answer.get("RtnCode") != "1":
            refused = answer.get("RtnMsg", "") or answer.get("RtnCode", "") or "?"
            if place:
                raise Unreachable(f"done halfway: {refused}")
            return refused
    return ""


def _expiry(left: timedelta) -> dict[str, str]:
    """How long numbers can be paid, in step with the order. Barcodes are left out: they count days where codes for
    stores count minutes, in the same field, and are told of two days after they were paid."""
    days, minutes = math.ceil(left / DAY), math.floor(left / MINUTE)
    return {
        "ExpireDate": str(min(max(days, 1), LONGEST_ATM)), "StoreExpireDate": str(min(max(minutes, 1), LONGEST_STORE)),
        "IgnorePayment": "BARCODE",
    }  # fmt: skip


def _left(attempt: Attempt) -> timedelta:
    """For how long an attempt could be paid when it began."""
    return attempt.until - attempt.started_at if attempt.until else USUAL


def _payable(said: str) -> datetime | None:
    """Until when a number can be paid: a day, which counts to its end, or a moment, in Taipei."""
    for form, rest in (("%Y/%m/%d %H:%M:%S", timedelta(0)), ("%Y/%m/%d", DAY - MINUTE)):
        try:
            return datetime.strptime(said.strip(), form).replace(tzinfo=TAIPEI) + rest
        except ValueError:
            continue
    return None


def _key(said: Mapping[str, str]) -> str:
    """Our key of what is told of: as we sent it along, if that came back whole; else the name of the trade."""
    number, key = said.get("MerchantTradeNo", ""), said.get("CustomField1", "")
    return key if key and (not number or trade_number(key) == number) else number


def _risk(said: Mapping[str, str]) -> dict[str, str]:
    """What ECPay says of a card payment."""
    eci = said.get("eci", "").strip().removeprefix("0")
    if not said.get("PaymentType", "Credit").startswith(_CARDS) or not eci:
        return {}
    return risk.known("three_d_secure", "passed" if eci in _WITH_3D else "none")


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
    reply = providers.call("POST", _address(account) + path, form=_signed(account, fields))
    if reply.status == TOO_FAST:
        raise Unreachable("it was asked too fast", pause=QUIET)
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
