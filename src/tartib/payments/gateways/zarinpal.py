"""Zarinpal (Iran): its payment page, which is asked about every payment, and refunds.

https://www.zarinpal.com/docs/paymentGateway/: connectToGateway (request, verify), otherMethods/Inquiry and
otherMethods/unVerified, errorList; refunds by its account API as its own library does them
(https://github.com/ZarinPal/zarinpal-php-sdk, `AddRefund` and `Session`). Zarinpal sends no notices: when a customer
comes back, and from time to time, it is asked to verify the payment, without which the money returns to the payer. It
answers 100 when it verified the payment, and 101 when it had before. Amounts are always sent in rials, and said to be
so. Of disputes its documentation says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from tartib.payments.gateways import units
from tartib.payments.gateways.protocol import (
    About,
    Ask,
    Fate,
    Gateway,
    GatewayNotice,
    Movement,
    Refused,
    Setting,
    Started,
    Unsupported,
    refusal,
)
from tartib.payments.gateways.records import Account, Attempt, Refund
from tartib.shops import providers
from tartib.shops.providers import Unreachable

LIVE, TEST = "https://payment.zarinpal.com", "https://sandbox.zarinpal.com"
BOOKS = "https://next.zarinpal.com/api/v4/graphql/"
TEHRAN = ZoneInfo("Asia/Tehran")

VERIFIED, VERIFIED_BEFORE, NOT_PAID, TRY_AGAIN = 100, 101, -51, -52
_GONE = frozenset({"FAILED", "REVERSED"})
_AT_BANK = "IN_BANK"
_SENT_BACK = frozenset({"DONE", "PAID", "SUCCESS", "SUCCESSFUL", "COMPLETED", "REFUNDED"})
_NOT_SENT_BACK = frozenset({"FAILED", "REJECTED", "CANCELED", "CANCELLED"})

_SESSION = """
query Sessions($terminal_id: ID!, $reference_id: String) {
    Session(terminal_id: $terminal_id, reference_id: $reference_id) {
        id, status, amount, timeline { refund_amount, refund_time, refund_status }
    }
}
"""
_REFUND = """
mutation AddRefund(
    $session_id: ID!, $amount: BigInteger!, $description: String,
    $method: InstantPayoutActionTypeEnum, $reason: RefundReasonEnum
) {
    resource: AddRefund(
        session_id: $session_id, amount: $amount, description: $description, method: $method, reason: $reason
    ) { terminal_id, id, amount, timeline { refund_amount, refund_time, refund_status } }
}
"""


class Zarinpal(Gateway):
    """Zarinpal's payment gateway, version 4."""

    code = "zarinpal"
    name = _("Zarinpal")
    about = _("All Iranian bank cards, paid on Zarinpal’s page.")
    settings = (
        Setting("merchant_id", _("Merchant ID"), _("36 characters, in Zarinpal: payment gateway.")),
        Setting("terminal_id", _("Terminal number"), _("Needed only to send money back."), required=False),
        Setting("access_token", _("Access token"), _("Needed only to send money back."), secret=True, required=False),
    )
    currencies = frozenset({"IRR", "IRT"})
    notices = False
    whole = frozenset()
    panel = "https://next.zarinpal.com/panel/"

    def start(self, account: Account, ask: Ask) -> Started:
        """A payment request. Its `authority` names the payment from now on."""
        about = {"order_id": ask.key, "email": ask.email, "mobile": _mobile(ask.phone)}
        said = _call(
            account,
            "request",
            {
                "amount": units.rials(ask.amount, ask.currency), "currency": "IRR", "description": ask.title,
                "callback_url": ask.return_url, "metadata": {name: value for name, value in about.items() if value},
            },
        )  # fmt: skip
        authority = str(said.get("authority") or "")
        if not re.fullmatch(r"[A-Za-z0-9]+", authority):
            raise Unreachable("a request without an authority")
        return Started(f"{_address(account)}/pg/StartPay/{authority}", reference=authority)

    def query(self, account: Account, attempt: Attempt) -> GatewayNotice:
        """Verify a payment, which takes the money. Zarinpal verifies only the very amount that was asked."""
        if not attempt.reference:
            raise Unsupported
        verified = _verify(account, attempt.reference, attempt.amount, attempt.currency)
        if verified is not None:
            return GatewayNotice(
                f"{attempt.reference}:verified", Fate.DONE, attempt=attempt.key, reference=attempt.reference,
                amount=attempt.amount, currency=attempt.currency, card=str(verified.get("card_hash") or ""),
            )  # fmt: skip
        status = str(_call(account, "inquiry", {"authority": attempt.reference}).get("status") or "")
        return GatewayNotice(
            f"{attempt.reference}:{status}", Fate.FAILED if status in _GONE else Fate.PENDING, attempt=attempt.key,
            untouched=status == _AT_BANK,
        )  # fmt: skip

    def refund(self, account: Account, attempt: Attempt, amount: Decimal, key: str) -> GatewayNotice:
        """Send money back to the payer's account; the banks take some hours. Zarinpal sends back once per payment."""
        session = _session(account, attempt.reference, attempt)
        if _back(session):
            raise refusal(account, _("Zarinpal has sent money of this payment back before. Look in its panel."))
        asked = {
            "session_id": str(session["id"]), "amount": units.rials(amount, attempt.currency), "description": key,
            "method": "PAYA", "reason": "CUSTOMER_REQUEST",
        }  # fmt: skip
        made = _books(account, _REFUND, asked).get("resource") or {}
        return GatewayNotice(
            f"refund:{key}", _fate(made), About.REFUND, attempt.key, attempt.reference, amount, attempt.currency,
            refund=key,
        )  # fmt: skip

    def query_refund(self, account: Account, refund: Refund) -> GatewayNotice:
        """How much of the payment has gone back."""
        attempt = refund.payment.attempt
        assert attempt is not None
        session = _session(account, refund.payment.reference, attempt)
        back, fate = _back(session), _fate(session) if _back(session) else Fate.DONE
        if fate == Fate.FAILED:
            back, fate = 0, Fate.DONE
        return GatewayNotice(
            f"refund:{refund.key}:{back}:{fate}", fate, About.REFUND, attempt.key, refund.payment.reference,
            units.from_rials(back, refund.currency), refund.currency, total=True,
        )  # fmt: skip

    def movements(self, account: Account, since: datetime, until: datetime) -> Iterable[Movement]:
        """What was paid and not verified: its list of verified payments does not name them as it named them to us."""
        currency = account.shop.currency
        for row in _call(account, "unVerified", {}).get("authorities") or ():
            try:
                at = datetime.strptime(str(row["date"]), "%Y-%m-%d %H:%M:%S").replace(tzinfo=TEHRAN)
                amount, authority = units.from_rials(row["amount"], currency), str(row["authority"])
            except (ValueError, KeyError, TypeError) as error:
                raise Unreachable("the list of payments cannot be read") from error
            ours = re.search(r"/pay/([A-Za-z0-9_-]{22})/", str(row.get("callback_url") or ""))
            if ours and since <= at < until:
                yield Movement(authority, amount, currency, at, attempt=ours[1])

    def check(self, account: Account) -> None:
        """Whether Zarinpal knows the merchant."""
        _call(account, "unVerified", {})


def _address(account: Account) -> str:
    return LIVE if account.live else TEST


def _call(account: Account, what: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Call the payment gateway; raises `Refused` with what it says, whose `code` is an attribute of the error."""
    said = providers.call(
        "POST",
        f"{_address(account)}/pg/v4/payment/{what}.json",
        json={"merchant_id": account.settings["merchant_id"], **asked},
        headers={"Accept": "application/json"},
    ).json()
    data, problem = (said.get("data"), said.get("errors")) if isinstance(said, dict) else (None, None)
    if isinstance(data, dict) and data.get("code") is not None and int(data["code"]) in (VERIFIED, VERIFIED_BEFORE):
        return data
    if isinstance(problem, dict) and problem.get("code") is not None:
        if int(problem["code"]) == TRY_AGAIN:
            raise Unreachable("it asks to be asked again")
        raise _Said(int(problem["code"]), str(problem.get("message") or ""))
    raise Unreachable("the answer says nothing")


class _Said(Refused):
    """A refusal with Zarinpal's number of it."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{message} ({code})"[:200])
        self.code = code


def _verify(account: Account, authority: str, amount: Decimal, currency: str) -> dict[str, Any] | None:
    """What Zarinpal says of a payment it has verified now or before; None where it is not paid."""
    try:
        return _call(account, "verify", {"authority": authority, "amount": units.rials(amount, currency)})
    except _Said as said:
        if said.code == NOT_PAID:
            return None
        raise


def _session(account: Account, authority: str, attempt: Attempt) -> dict[str, Any]:
    """What the account API has of a payment; it is found by the reference that verifying it again tells."""
    if not account.settings.get("access_token") or not account.settings.get("terminal_id"):
        raise refusal(
            account, _("To send money back, enter Zarinpal’s terminal number and access token in the settings.")
        )
    verified = _verify(account, authority, attempt.amount, attempt.currency)
    if verified is None or not verified.get("ref_id"):
        raise refusal(account, _("Zarinpal says that this payment is not paid."))
    asked = {"terminal_id": account.settings["terminal_id"], "reference_id": str(verified["ref_id"])}
    found = _books(account, _SESSION, asked).get("Session") or []
    sessions = [found] if isinstance(found, dict) else list(found)
    right = units.rials(attempt.amount, attempt.currency)
    if len(sessions) != 1 or int(sessions[0].get("amount") or 0) != right:
        raise refusal(account, _("Zarinpal does not find this payment. Look in its panel."))
    return dict(sessions[0])


def _books(account: Account, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    said = providers.call(
        "POST",
        BOOKS,
        json={"query": query, "variables": variables},
        headers={"Accept": "application/json", "Authorization": f"Bearer {account.settings['access_token']}"},
    ).json()
    if not isinstance(said, dict):
        raise Unreachable("the answer says nothing")
    if said.get("errors") or not isinstance(said.get("data"), dict):
        problems = said.get("errors")
        first = problems[0] if isinstance(problems, list) and problems else {}
        raise Refused(str(first.get("message") or said.get("message") or "")[:200])
    return dict(said["data"])


def _back(session: Mapping[str, Any]) -> int:
    """Rials of a payment that have gone back, or are on their way."""
    timeline = session.get("timeline") or {}
    return int(timeline.get("refund_amount") or 0) if timeline.get("refund_status") else 0


def _fate(session: Mapping[str, Any]) -> Fate:
    """What became of a refund: words that we do not know leave it open."""
    status = str((session.get("timeline") or {}).get("refund_status") or "").upper()
    return Fate.DONE if status in _SENT_BACK else Fate.FAILED if status in _NOT_SENT_BACK else Fate.PENDING


def _mobile(phone: str) -> str:
    """An Iranian mobile number as Zarinpal reads it ("0912…"); "" for others."""
    found = re.fullmatch(r"(?:\+98|0)(9\d{9})", phone)
    return f"0{found[1]}" if found else ""


GATEWAY = Zarinpal()
