"""LiqPay (Ukraine): its payment page, signed notices, questions, refunds, and its archive of payments.

Every request and notice is `data`, JSON in base64, with `signature` = base64(digest(private key + data + private key)):
https://www.liqpay.ua/documentation/uk/data_signature. The digest is SHA-1 up to version 6 of the interface, and
SHA3-256 from version 7 on (https://github.com/liqpay/sdk-php/pull/40). Page: …/uk/api/aquiring/checkout/doc; notices:
…/uk/api/callback; status: …/uk/api/information/status/doc; refunds: …/uk/api/aquiring/refund/doc; archive:
…/uk/api/information/reports/doc. The private key goes nowhere. LiqPay does not name refunds: it tells their sum. A
refund may be made out of later takings (…/en/api/aquiring/refund/): it waits for them (`wait_amount`, `wait_reserve`).
Of chargebacks its documentation says nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qs

from babel.core import get_global
from django.utils.translation import gettext_lazy as _

from tartib.payments import risk
from tartib.payments.gateways import units
from tartib.payments.gateways.protocol import (
    About,
    Ask,
    Fate,
    Forged,
    Gateway,
    GatewayNotice,
    Movement,
    Refused,
    Setting,
    Started,
    Waits,
)
from tartib.payments.gateways.records import Account, Attempt, Refund
from tartib.shops import providers
from tartib.shops.providers import Unreachable

API = "https://www.liqpay.ua/api"
OLD, NEW = "3", "7"
"""The versions of the interface that an account may speak."""

_PAID = frozenset({"success", "wait_compensation"})
"""The money is there; `wait_compensation`: it goes on to the shop with the transfer of the day."""
_FAILED = frozenset({"failure", "error"})
_NOT_BEGUN = "payment_not_found"
"""What LiqPay answers of an order that nobody has begun to pay on its page."""
_UNFINISHED = "expired_prepared"
_RESERVED = "wait_reserve"
"""Money is kept for a refund that was asked for and is made later."""
_SECURE = {"5": "passed", "6": "attempted", "7": "none"}
"""`mpi_eci`: 5 with 3-D Secure, 6 the bank of the card does not take part, 7 without."""


def sign(private_key: str, data: str, version: str = OLD) -> str:
    """The signature of `data`, in that version of the interface."""
    said = f"{private_key}{data}{private_key}".encode()
    if int(version) >= int(NEW):
        return base64.b64encode(hashlib.sha3_256(said).digest()).decode()
    return base64.b64encode(hashlib.sha1(said).digest()).decode()  # noqa: S324 (LiqPay's choice)


class LiqPay(Gateway):
    """LiqPay of PrivatBank."""

    code = "liqpay"
    name = "LiqPay"
    about = _("Cards, Privat24, Apple Pay and Google Pay, paid on LiqPay’s page in Ukraine.")
    settings = (
        Setting(
            "public_key", _("Public key"), _("In LiqPay: company, settings, API. A test key begins with sandbox_.")
        ),
        Setting("private_key", _("Private key"), secret=True),
        Setting(
            "version", _("Version of the interface"),
            _("As LiqPay shows it for the company. Change it when nobody is paying just now."), required=False,
            choices=((OLD, _("3, signed by SHA-1")), (NEW, _("7, signed by SHA3-256"))),
        ),
    )  # fmt: skip
    currencies = frozenset({"UAH", "USD", "EUR"})
    hosts = ("www.liqpay.ua", "*.liqpay.ua")
    whole = frozenset({About.PAYMENT})
    panel = "https://www.liqpay.ua/uk/adminbusiness"

    def start(self, account: Account, ask: Ask) -> Started:
        """A form that leads to its page. The order's name there is our key, which LiqPay lets be paid once."""
        asked: dict[str, Any] = {
            "action": "pay", "amount": units.plain(ask.amount, ask.currency), "currency": ask.currency,
            "description": ask.title, "order_id": ask.key, "result_url": ask.return_url, "server_url": ask.notice_url,
            "language": "uk" if ask.language == "uk" else "en",
        }  # fmt: skip
        if ask.until is not None:
            asked["expired_date"] = ask.until.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        return Started(f"{API}/3/checkout", _sealed(account, asked))

    def read_notice(
        self, account: Account, headers: Mapping[str, str], query: Mapping[str, str], body: bytes
    ) -> GatewayNotice | None:
        """A notice: a form with `data` and `signature`."""
        try:
            form = parse_qs(body.decode("ascii"), max_num_fields=20)
            (data,), (signature,) = form["data"], form["signature"]
            right = sign(account.settings["private_key"], data, _version(account))
            genuine = hmac.compare_digest(right.encode(), signature.encode())
            said = json.loads(base64.b64decode(data, validate=True), parse_float=Decimal) if genuine else None
        except (ValueError, KeyError, TypeError) as error:
            raise Forged from error
        if not isinstance(said, dict) or said.get("public_key") != account.settings["public_key"]:
            raise Forged
        if said.get("action") != "pay":
            return None
        try:
            return _refunds(said) or _payment(account, said)
        except (ValueError, KeyError, InvalidOperation) as error:
            raise Unreachable("a genuine notice that cannot be read") from error

    def query(self, account: Account, attempt: Attempt) -> GatewayNotice:
        """How an attempt stands. Money that came and went back again has come."""
        said = _status(account, attempt.key)
        if said is None:
            return GatewayNotice(f"none:{attempt.key}", Fate.PENDING, attempt=attempt.key, untouched=True)
        try:
            return _payment(account, said)
        except (ValueError, KeyError, InvalidOperation) as error:
            raise Unreachable("an answer that cannot be read") from error

    def refund(self, account: Account, attempt: Attempt, amount: Decimal, key: str) -> GatewayNotice:
        """Send money back. LiqPay knows no keys of refunds: each is sent only once, and asked about if lost."""
        said = _call(
            account,
            {"action": "refund", "order_id": attempt.key, "amount": units.plain(amount, attempt.currency)},
        )
        status = str(said.get("status", ""))
        if status in _FAILED or said.get("result") == "error":
            raise Refused(_reason(said))
        waits = _waits(said)
        done = not waits and status in ("reversed", "success", "sandbox")
        return GatewayNotice(
            f"refund:{key}:{status}", Fate.DONE if done else Fate.PENDING, About.REFUND, attempt.key, attempt.reference,
            amount, attempt.currency, refund=key, waits=waits,
        )  # fmt: skip

    def query_refund(self, account: Account, refund: Refund) -> GatewayNotice:
        """How much of the payment has gone back."""
        attempt = refund.payment.attempt
        assert attempt is not None
        said = _status(account, attempt.key)
        back = _refunds(said) if said else None
        return back or GatewayNotice(
            f"refund:{refund.key}:none", Fate.DONE, About.REFUND, attempt.key, refund.payment.reference, Decimal(0),
            refund.currency, total=True,
        )  # fmt: skip

    def movements(self, account: Account, since: datetime, until: datetime) -> Iterable[Movement]:
        """Its archive of payments. Refunds are in it by the day of their payment, so that older ones are left out."""
        asked = {
            "action": "reports", "date_from": _milliseconds(since), "date_to": _milliseconds(until),
            "resp_format": "json",
        }  # fmt: skip
        said = _call(account, asked)
        if said.get("result") == "error":
            raise Refused(_reason(said))
        for row in said.get("data") or ():
            try:
                if row.get("action", "pay") == "pay" and row.get("status") in _PAID | {"reversed", "sandbox"}:
                    yield from _moved(row)
            except (ValueError, KeyError, TypeError, InvalidOperation) as error:
                raise Unreachable("a line of the archive cannot be read") from error

    def check(self, account: Account) -> None:
        """Whether the keys fit: LiqPay looks at them before it says that it does not know an order."""
        _status(account, "check")


def _sealed(account: Account, asked: Mapping[str, Any]) -> dict[str, str]:
    version = _version(account)
    said = {"version": int(version), "public_key": account.settings["public_key"], **asked}
    if not account.live:
        said["sandbox"] = 1
    data = base64.b64encode(json.dumps(said, ensure_ascii=False).encode()).decode()
    return {"data": data, "signature": sign(account.settings["private_key"], data, version)}


def _version(account: Account) -> str:
    """The version of the interface that an account speaks; the old one where nothing was entered."""
    entered = account.settings.get("version") or OLD
    return entered if entered.isascii() and entered.isdigit() else OLD


def _call(account: Account, asked: Mapping[str, Any]) -> dict[str, Any]:
    reply = providers.call("POST", f"{API}/request", form=_sealed(account, asked))
    try:
        said = json.loads(reply.text, parse_float=Decimal)
    except ValueError:
        raise Unreachable("the answer is not JSON") from None
    if not isinstance(said, dict):
        raise Unreachable("the answer says nothing")
    return said


def _status(account: Account, order: str) -> dict[str, Any] | None:
    """What LiqPay says of a payment; None where nobody has begun to pay. Raises `Refused`, as for a wrong key."""
    said = _call(account, {"action": "status", "order_id": order})
    if said.get("err_code") == _NOT_BEGUN or said.get("code") == _NOT_BEGUN:
        return None
    if "payment_id" not in said:
        raise Refused(_reason(said))
    return said


def _payment(account: Account, said: Mapping[str, Any]) -> GatewayNotice:
    """What is said of a payment. A test payment is money in a test account alone."""
    status, number, order = str(said["status"]), str(said["payment_id"]), str(said["order_id"])
    event = f"{number}:{status}"
    if status in _PAID or status in ("reversed", _RESERVED) or (status == "sandbox" and not account.live):
        return GatewayNotice(
            event, Fate.DONE, attempt=order, reference=number, amount=_amount(said["amount"]),
            currency=str(said["currency"]), card_country=_country(said.get("sender_card_country")), risk=_risk(said),
        )  # fmt: skip
    if status in _FAILED or status == "sandbox":
        fate = Fate.EXPIRED if said.get("err_code") == _UNFINISHED else Fate.FAILED
        return GatewayNotice(event, fate, attempt=order, reason=_reason(said))
    return GatewayNotice(event, Fate.PENDING, attempt=order)


def _refunds(said: Mapping[str, Any]) -> GatewayNotice | None:
    """What has gone back of a payment by now, or waits to; None where nothing does."""
    back, waits = _amount(said.get("refund_amount") or 0), _waits(said)
    if said.get("status") == "reversed" and not back:
        back = _amount(said["amount"])
    if not back and not waits:
        return None
    number = str(said["payment_id"])
    return GatewayNotice(
        f"{number}:back:{back.normalize():f}{':waits' if waits else ''}", Fate.PENDING if waits else Fate.DONE,
        About.REFUND, str(said["order_id"]), number, back, str(said["currency"]), total=True, waits=waits,
    )  # fmt: skip


def _waits(said: Mapping[str, Any]) -> str:
    """What a refund waits for that LiqPay has taken and not made yet; "" for none."""
    flag = said.get("wait_amount")
    waiting = flag is True or str(flag).lower() in ("true", "1") or said.get("status") == _RESERVED
    return Waits.TAKINGS if waiting else ""


def _risk(said: Mapping[str, Any]) -> dict[str, str]:
    """What LiqPay says of who pays by card."""
    secure = "passed" if said.get("is_3ds") is True else _SECURE.get(str(said.get("mpi_eci") or ""), "")
    found = risk.known("three_d_secure", secure)
    return found | risk.known("card_country", _country(said.get("sender_card_country")))


def _moved(row: Mapping[str, Any]) -> Iterable[Movement]:
    order, currency, at = str(row["order_id"]), str(row["currency"]), _moment(row.get("end_date") or row["create_date"])
    yield Movement(str(row["payment_id"]), _amount(row["amount"]), currency, at, attempt=order)
    back = _refunds(row)
    if back is not None and back.fate == Fate.DONE and back.amount is not None:
        yield Movement(
            back.reference, back.amount, currency, _moment(row.get("refund_date_last") or row["create_date"]),
            About.REFUND, order,
        )  # fmt: skip


def _amount(said: object) -> Decimal:
    amount = Decimal(str(said))
    if not amount.is_finite():
        raise ValueError("not an amount")
    return amount


def _reason(said: Mapping[str, Any]) -> str:
    return str(said.get("err_description") or said.get("err_code") or said.get("code") or "")[:200]


def _country(number: object) -> str:
    """ISO 3166-1 by its number, as LiqPay gives it ("804"), in letters; "" where unknown."""
    found = get_global("territory_aliases").get(str(number or "").zfill(3), [""])
    return str(found[0]) if len(found) == 1 else ""


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _moment(milliseconds: object) -> datetime:
    return datetime.fromtimestamp(int(str(milliseconds)) / 1000, UTC)


GATEWAY = LiqPay()
