"""Moyasar (the Gulf): an invoice with a page of its own, webhooks, questions, refunds, and its list of payments.

https://docs.moyasar.com: /api/authentication (the secret key is the user of HTTP Basic),
/api/invoices/01-create-invoice, /api/payments/02-fetch-payment, 03-list-payments and 05-refund-payment,
/api/other/webhooks/webhook-reference. A webhook is believed by the `secret_token` in its body, which the shop chose
when it entered the address there. Amounts are whole numbers of the smallest coin, halalas of SAR and fils of KWD. A
payment says how much of it has gone back (`refunded`); its refunds have no names. A voided one was given up before it
was settled, paid or only authorised (…/api/payments/payment-status-reference): it is money that went back only where it
had come. Its documentation names no disputes.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

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
    Unsupported,
    refusal,
)
from tartib.payments.gateways.records import Account, Attempt, Refund
from tartib.shops import providers
from tartib.shops.providers import Unreachable

API = "https://api.moyasar.com/v1"
MOST_PAGES = 1000

_CAME = frozenset({"paid", "captured", "refunded"})
"""Of these the money came, though it may have gone back since."""
_VOIDED = "voided"
_OVER = frozenset({"expired", "canceled", "voided"})
"""Invoices that nobody can pay any more."""


class Moyasar(Gateway):
    """Moyasar's invoices."""

    code = "moyasar"
    name = "Moyasar"
    about = _("mada, Visa, Mastercard, Apple Pay and STC Pay, paid on Moyasar’s page in the Gulf.")
    settings = (
        Setting("secret_key", _("Secret key"), _("In Moyasar: settings, API keys. It begins with sk_."), secret=True),
        Setting(
            "webhook_token", _("Secret token of the webhook"),
            _("Any long word. Enter the same one at Moyasar, with the notice address."), secret=True,
        ),
    )  # fmt: skip
    currencies = frozenset({"SAR", "AED", "KWD", "BHD", "QAR", "OMR", "USD", "EUR", "GBP"})
    whole = frozenset({About.PAYMENT})
    panel = "https://dashboard.moyasar.com/"

    def start(self, account: Account, ask: Ask) -> Started:
        """An invoice and the page to pay it on."""
        asked: dict[str, Any] = {
            "amount": units.minor(ask.amount, ask.currency), "currency": ask.currency, "description": ask.title,
            "success_url": ask.return_url, "back_url": ask.left_url,
            "metadata": {"attempt": ask.key, "account": account.token},
        }  # fmt: skip
        if ask.until is not None:
            asked["expired_at"] = ask.until.astimezone(UTC).isoformat(timespec="seconds")
        invoice = _call(account, "POST", "invoices", asked)
        try:
            return Started(str(invoice["url"]), reference=str(invoice["id"]))
        except KeyError:
            raise Unreachable("an invoice without an address") from None

    def read_notice(
        self, account: Account, headers: Mapping[str, str], query: Mapping[str, str], body: bytes
    ) -> GatewayNotice | None:
        """A webhook, about a payment of ours."""
        try:
            said = json.loads(body)
            token, payment = said["secret_token"], said["data"]
            right = account.settings.get("webhook_token", "")
            if not right or not hmac.compare_digest(right.encode(), str(token).encode()):
                raise Forged
        except (ValueError, KeyError, TypeError) as error:
            raise Forged from error
        if said.get("live") is not account.live or not str(said.get("type", "")).startswith("payment_"):
            return None
        try:
            attempt = _attempt(account, payment)
            notice = _refunds(payment, attempt) or _payment(payment, attempt)
        except (ValueError, KeyError, TypeError, Refused) as error:
            raise Unreachable("a genuine notice that cannot be read") from error
        return notice if attempt else None

    def query(self, account: Account, attempt: Attempt) -> GatewayNotice:
        """How the invoice of an attempt stands. Money that came and went back again has come."""
        if not attempt.reference:
            raise Unsupported
        invoice = _call(account, "GET", f"invoices/{attempt.reference}")
        try:
            tried = invoice.get("payments") or ()
            for payment in tried:
                if payment["status"] in _CAME:
                    return _payment(payment, attempt.key)
            for payment in tried:
                if payment["status"] == _VOIDED and (given_up := _refunds(payment, attempt.key)):
                    return given_up
            fate = Fate.EXPIRED if invoice["status"] in _OVER else Fate.PENDING
            event = f"{invoice['id']}:{invoice['status']}"
            return GatewayNotice(event, fate, attempt=attempt.key, untouched=not tried)
        except (ValueError, KeyError, TypeError) as error:
            raise Unreachable("an answer that cannot be read") from error

    def refund(self, account: Account, attempt: Attempt, amount: Decimal, key: str) -> GatewayNotice:
        """Send money back. Moyasar knows no keys of refunds: each is sent only once, and asked about if lost."""
        asked = {"amount": units.minor(amount, attempt.currency)}
        _call(account, "POST", f"payments/{attempt.reference}/refund", asked)
        return GatewayNotice(
            f"refund:{key}", Fate.DONE, About.REFUND, attempt.key, attempt.reference, amount, attempt.currency,
            refund=key,
        )  # fmt: skip

    def query_refund(self, account: Account, refund: Refund) -> GatewayNotice:
        """How much of the payment has gone back."""
        reference = refund.payment.reference
        payment = _call(account, "GET", f"payments/{reference}")
        try:
            return _refunds(payment, "") or GatewayNotice(
                f"refund:{refund.key}:none", Fate.DONE, About.REFUND, "", reference, Decimal(0), refund.currency,
                total=True,
            )  # fmt: skip
        except (ValueError, KeyError, TypeError) as error:
            raise Unreachable("an answer that cannot be read") from error

    def movements(self, account: Account, since: datetime, until: datetime) -> Iterable[Movement]:
        """Its list of payments, by when they were begun: refunds of older ones are not in it."""
        page: int | None = 1
        for _page in range(MOST_PAGES):
            if not page:
                return
            asked = {"page": str(page), "created[gt]": _iso(since), "created[lt]": _iso(until)}
            said = _call(account, "GET", "payments", query=asked)
            try:
                for payment in said["payments"]:
                    if payment["status"] in {*_CAME, _VOIDED} and _token(payment) in ("", account.token):
                        yield from _moved(payment)
                page = (said.get("meta") or {}).get("next_page")
            except (ValueError, KeyError, TypeError) as error:
                raise Unreachable("the list of payments cannot be read") from error

    def check(self, account: Account) -> None:
        """Whether Moyasar knows the key, and it is one for live payments or for tests as the account is."""
        if ("_live_" in account.settings["secret_key"]) != account.live:
            raise refusal(account, _("A live account needs a live key, and a test account a test key."))
        _call(account, "GET", "payments", query={"page": "1"})


def _call(
    account: Account,
    method: str,
    what: str,
    asked: Mapping[str, Any] | None = None,
    query: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    reply = providers.call(method, f"{API}/{what}", json=asked, query=query, auth=(account.settings["secret_key"], ""))
    said = reply.json()
    if not isinstance(said, dict):
        raise Unreachable("the answer says nothing")
    if not reply.fine:
        problems = said.get("errors")
        named = json.dumps(problems, ensure_ascii=False) if problems else ""
        raise Refused(f"{said.get('message') or reply.status} {named}".strip()[:200])
    return said


def _attempt(account: Account, payment: Mapping[str, Any]) -> str:
    """Our key of what a payment is for, from itself or from its invoice; "" where it is not this account's."""
    if not (payment.get("metadata") or {}).get("attempt") and payment.get("invoice_id"):
        payment = _call(account, "GET", f"invoices/{payment['invoice_id']}")
    known = payment.get("metadata") or {}
    return str(known.get("attempt") or "") if _token(payment) == account.token else ""


def _token(payment: Mapping[str, Any]) -> str:
    return str((payment.get("metadata") or {}).get("account") or "")


def _payment(payment: Mapping[str, Any], attempt: str) -> GatewayNotice:
    """What is said of a payment."""
    number, status, source = str(payment["id"]), str(payment["status"]), payment.get("source") or {}
    country = str(source.get("issuer_country") or "")
    country = country.upper() if len(country) == 2 else ""
    if status in _CAME:
        currency = str(payment["currency"])
        return GatewayNotice(
            f"{number}:came", Fate.DONE, attempt=attempt, reference=number,
            amount=units.major(payment["amount"], currency), currency=currency, card_country=country,
            risk=risk.known("card_country", country),
        )  # fmt: skip
    if status == "failed":
        reason = str(source.get("message") or "")[:200]
        return GatewayNotice(f"{number}:failed", Fate.FAILED, attempt=attempt, reason=reason, card_country=country)
    return GatewayNotice(f"{number}:{status}", Fate.PENDING, attempt=attempt)


def _refunds(payment: Mapping[str, Any], attempt: str) -> GatewayNotice | None:
    """What has gone back of a payment by now; None where nothing has."""
    undone = payment["status"] == _VOIDED
    back = int(payment["amount"]) if undone else int(payment.get("refunded") or 0)
    if not back:
        return None
    number, currency = str(payment["id"]), str(payment["currency"])
    return GatewayNotice(
        f"{number}:back:{back}", Fate.DONE, About.REFUND, attempt, number, units.major(back, currency), currency,
        total=True, undone=undone,
    )  # fmt: skip


def _moved(payment: Mapping[str, Any]) -> Iterable[Movement]:
    number, currency = str(payment["id"]), str(payment["currency"])
    attempt = str((payment.get("metadata") or {}).get("attempt") or "")
    undone = payment["status"] == _VOIDED
    at = datetime.fromisoformat(str(payment["created_at"]))
    yield Movement(number, units.major(payment["amount"], currency), currency, at, attempt=attempt, undone=undone)
    back = _refunds(payment, attempt)
    if back is not None and back.amount is not None:
        when = payment.get("refunded_at") or payment.get("voided_at") or payment["created_at"]
        moment = datetime.fromisoformat(str(when))
        yield Movement(number, back.amount, currency, moment, About.REFUND, attempt, undone=undone)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


GATEWAY = Moyasar()
