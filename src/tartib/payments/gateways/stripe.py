"""Stripe: Checkout Sessions, signed webhooks, questions, refunds and its books, by Stripe's own library.

https://docs.stripe.com: /api/checkout/sessions, /webhooks/signature, /api/refunds, /api/charges/list,
/api/idempotent_requests, /currencies. A payment is named by its payment intent, a refund by itself. Most currencies are
counted in hundredths, some in whole units, five in thousandths of which the last figure has to be 0.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from tartib.payments.gateways import http, units
from tartib.payments.gateways.protocol import (
    About,
    Ask,
    Fate,
    Forged,
    Gateway,
    Movement,
    Refused,
    Setting,
    Started,
    Told,
    Unreachable,
    Unsupported,
    refusal,
)

if TYPE_CHECKING:
    from tartib.payments.models import Account, Attempt, Refund

API = "https://api.stripe.com"
TOLERANCE = 300
"""Seconds that a notice may be old, as Stripe recommends."""
SHORTEST, LONGEST = timedelta(minutes=31), timedelta(hours=23, minutes=59)
"""How long a Checkout Session may stay open: Stripe takes 30 minutes to 24 hours."""

_WHOLE = {
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"
}  # fmt: skip
_THOUSANDTHS = {"BHD", "JOD", "KWD", "OMR", "TND"}
_HUNDREDTHS = {
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BMD", "BND",
    "BOB", "BRL", "BSD", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CNY", "COP", "CRC", "CVE", "CZK", "DKK", "DOP",
    "DZD", "EGP", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GIP", "GMD", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF",
    "IDR", "ILS", "INR", "ISK", "JMD", "KES", "KGS", "KHR", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "MAD",
    "MDL", "MKD", "MMK", "MNT", "MOP", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR",
    "NZD", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "SAR", "SBD", "SCR", "SEK", "SGD", "SHP",
    "SLE", "SOS", "SRD", "STD", "SZL", "THB", "TJS", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU",
    "UZS", "WST", "XCD", "YER", "ZAR", "ZMW",
}  # fmt: skip
_LANGUAGES = {"en": "en", "zh-hant": "zh-HK"}
_OPENED = {
    "checkout.session.completed", "checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed",
    "checkout.session.expired",
}  # fmt: skip
_BACK = {"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"}
_FATES = {"succeeded": Fate.DONE, "failed": Fate.FAILED, "canceled": Fate.FAILED}


def minor(amount: Decimal, currency: str) -> int:
    """The amount as Stripe counts it. Raises `Refused` for what it cannot express, such as 0.125 KWD."""
    number = units.minor(amount, currency, _places(currency))
    if currency in _THOUSANDTHS and number % 10:
        raise Refused(f"{amount} {currency}: Stripe takes two decimals")
    return number


def major(number: int, currency: str) -> Decimal:
    """The amount that Stripe counts so."""
    return units.major(number, currency, _places(currency))


class Stripe(Gateway):
    """Stripe Checkout."""

    code = "stripe"
    name = "Stripe"
    about = _("Cards, Apple Pay, Google Pay and what else you switch on at Stripe, paid on Stripe’s page.")
    settings = (
        Setting(
            "secret_key", _("Secret key"), _("In Stripe: developers, API keys. It begins with sk_ or rk_."), secret=True
        ),
        Setting(
            "webhook_secret", _("Signing secret of the webhook"),
            _("Stripe shows it when you add the notice address as a webhook. It begins with whsec_."), secret=True,
        ),
    )  # fmt: skip
    currencies = frozenset(_WHOLE | _THOUSANDTHS | _HUNDREDTHS)

    def start(self, account: Account, ask: Ask) -> Started:
        """A Checkout Session. Asked again with the same key, Stripe answers with the same one."""
        ours = {"attempt": ask.key, "account": account.token}
        asked: dict[str, Any] = {
            "mode": "payment", "client_reference_id": ask.key, "metadata": ours,
            "payment_intent_data": {"metadata": ours, "description": ask.title},
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": ask.currency.lower(), "unit_amount": minor(ask.amount, ask.currency),
                        "product_data": {"name": ask.title},
                    },
                }
            ],
            "success_url": ask.return_url, "cancel_url": ask.left_url,
            "locale": _LANGUAGES.get(ask.language, "auto"),
        }  # fmt: skip
        if ask.email:
            asked["customer_email"] = ask.email
        if ask.until is not None:
            until = min(max(ask.until, ask.now + SHORTEST), ask.now + LONGEST)
            asked["expires_at"] = int(until.timestamp())
        client = _client(account)
        session = _said(lambda: client.v1.checkout.sessions.create(asked, {"idempotency_key": f"start-{ask.key}"}))
        if not session.get("url"):
            raise Unreachable("a session without an address")
        return Started(str(session["url"]), reference=str(session["id"]))

    def read_notice(
        self, account: Account, headers: Mapping[str, str], query: Mapping[str, str], body: bytes
    ) -> Told | None:
        """A webhook, signed and not older than five minutes. Payments of others with the same keys are none of ours."""
        header, secret = headers.get("Stripe-Signature", ""), account.settings.get("webhook_secret", "")
        stripe = _library()
        try:
            stripe.WebhookSignature.verify_header(body, header, secret, TOLERANCE)
            event = json.loads(body)
            kind, thing, live = str(event["type"]), event["data"]["object"], event["livemode"]
        except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError) as error:
            raise Forged from error
        if live is not account.live:
            return None
        try:
            return _noticed(account, f"{event['id']}", kind, thing)
        except (ValueError, KeyError, TypeError, Refused) as error:
            raise Unreachable("a genuine notice that cannot be read") from error

    def query(self, account: Account, attempt: Attempt) -> Told:
        """How the Checkout Session of an attempt stands."""
        if not attempt.reference:
            raise Unsupported
        client, wanted = _client(account), {"expand": ["payment_intent.latest_charge"]}
        session = _said(lambda: client.v1.checkout.sessions.retrieve(attempt.reference, wanted))
        state = f"{session['id']}:{session['status']}:{session['payment_status']}"
        return _session(account, state, session, attempt.key)

    def refund(self, account: Account, attempt: Attempt, amount: Decimal, key: str) -> Told:
        """Send money back; the key makes a repeated request harmless."""
        asked = {
            "payment_intent": attempt.reference, "amount": minor(amount, attempt.currency),
            "metadata": {"attempt": attempt.key, "account": account.token, "refund": key},
        }  # fmt: skip
        client = _client(account)
        made = _said(lambda: client.v1.refunds.create(asked, {"idempotency_key": f"refund-{key}"}))
        return _refund(f"{made['id']}:{made['status']}", made)

    def query_refund(self, account: Account, refund: Refund) -> Told:
        """What became of a refund: it has our key."""
        client, wanted = _client(account), {"payment_intent": refund.payment.reference, "limit": 100}
        for made in _said(lambda: client.v1.refunds.list(wanted))["data"]:
            if (made.get("metadata") or {}).get("refund") == refund.key:
                return _refund(f"{made['id']}:{made['status']}", made)
        return Told(f"refund:{refund.key}:none", Fate.FAILED, About.REFUND, refund=refund.key)

    def movements(self, account: Account, since: datetime, until: datetime) -> Iterable[Movement]:
        """Its charges and refunds of this account."""
        client = _client(account)
        when = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
        for charge in _pages(lambda asked: client.v1.charges.list({"created": when, **asked})):
            ours = charge.get("metadata") or {}
            if ours.get("account") == account.token and charge["status"] == "succeeded" and charge["captured"]:
                currency = str(charge["currency"]).upper()
                yield Movement(
                    str(charge["payment_intent"] or charge["id"]), major(charge["amount"], currency), currency,
                    _moment(charge), attempt=str(ours.get("attempt") or ""),
                )  # fmt: skip
        for made in _pages(lambda asked: client.v1.refunds.list({"created": when, **asked})):
            told = _refund("", made)
            ours = made.get("metadata") or {}
            if told.fate == Fate.DONE and told.amount and ours.get("account") in (None, account.token):
                yield Movement(
                    told.reference, told.amount, told.currency, _moment(made), About.REFUND, told.attempt, told.refund
                )

    def check(self, account: Account) -> None:
        """Whether Stripe knows the key, and it is one for live payments or for tests as the account is."""
        if ("_live_" in account.settings["secret_key"]) != account.live:
            raise refusal(account, _("A live account needs a live key, and a test account a test key."))
        client = _client(account)
        _said(lambda: client.v1.checkout.sessions.list({"limit": 1}))


@cache
def _library() -> Any:
    """Stripe's library. It takes a second and 35 MB to load, so that only those have it who use it."""
    import stripe

    # It would tell Stripe about this machine, and how fast it was answered.
    stripe.enable_telemetry = False
    return stripe


def _client(account: Account) -> Any:
    stripe = _library()
    return stripe.StripeClient(
        account.settings["secret_key"], base_addresses={"api": API}, max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=(http.CONNECT, http.READ)),
    )  # fmt: skip


def _said(ask: Callable[[], Any]) -> dict[str, Any]:
    """Stripe's answer. What it clearly refuses raises `Refused`; all else that goes wrong says nothing."""
    stripe = _library()
    try:
        return dict(ask().to_dict())
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.IdempotencyError) as error:
        raise Unreachable(type(error).__name__) from None
    except stripe.StripeError as error:
        if error.http_status is None or error.http_status >= 500 or error.http_status == 409:
            raise Unreachable(type(error).__name__) from None
        raise Refused((error.user_message or error.code or type(error).__name__)[:200]) from None


def _pages(ask: Callable[[dict[str, Any]], Any]) -> Iterable[dict[str, Any]]:
    asked: dict[str, Any] = {"limit": 100}
    while True:
        said = _said(partial(ask, asked))
        yield from said["data"]
        if not said.get("has_more") or not said["data"]:
            return
        asked = {"limit": 100, "starting_after": said["data"][-1]["id"]}


def _noticed(account: Account, event: str, kind: str, thing: Mapping[str, Any]) -> Told | None:
    ours = thing.get("metadata") or {}
    if kind in _OPENED:
        if ours.get("account") != account.token:
            return None
        failed = kind == "checkout.session.async_payment_failed"
        return _session(account, event, thing, str(ours["attempt"]), failed=failed)
    if kind == "payment_intent.payment_failed":
        if ours.get("account") != account.token:
            return None
        problem = thing.get("last_payment_error") or {}
        card = (problem.get("payment_method") or {}).get("card") or {}
        return Told(
            event, Fate.FAILED, attempt=str(ours["attempt"]), reason=str(problem.get("message") or "")[:200],
            card_country=str(card.get("country") or ""), card=str(card.get("fingerprint") or ""),
        )  # fmt: skip
    if kind in _BACK:
        if not ours.get("attempt") and thing.get("payment_intent"):
            # It was made at Stripe: what it belongs to is known to the payment that it sends back.
            client = _client(account)
            ours = _said(lambda: client.v1.payment_intents.retrieve(thing["payment_intent"])).get("metadata") or {}
        if ours.get("account") != account.token:
            return None
        return _refund(event, thing, str(ours["attempt"]))
    return None


def _session(account: Account, event: str, session: Mapping[str, Any], attempt: str, *, failed: bool = False) -> Told:
    """What a Checkout Session says."""
    if session["payment_status"] == "paid":
        currency = str(session["currency"]).upper()
        intent = session["payment_intent"]
        card = _card(account, intent)
        return Told(
            event, Fate.DONE, attempt=attempt, reference=str(intent["id"] if isinstance(intent, dict) else intent),
            amount=major(session["amount_total"], currency), currency=currency,
            card_country=str(card.get("country") or ""), card=str(card.get("fingerprint") or ""),
        )  # fmt: skip
    if session["status"] == "expired":
        return Told(event, Fate.EXPIRED, attempt=attempt)
    return Told(event, Fate.FAILED if failed else Fate.PENDING, attempt=attempt)


def _card(account: Account, intent: Any) -> Mapping[str, Any]:
    """The card that paid; nothing for other ways to pay, and where Stripe does not say."""
    if not isinstance(intent, dict):
        client = _client(account)
        try:
            intent = _said(lambda: client.v1.payment_intents.retrieve(intent, {"expand": ["latest_charge"]}))
        except (Refused, Unreachable):
            return {}
    charge = intent.get("latest_charge")
    way = (charge.get("payment_method_details") or {}) if isinstance(charge, dict) else {}
    return way.get("card") or {}


def _refund(event: str, made: Mapping[str, Any], attempt: str = "") -> Told:
    """What a refund says."""
    ours, currency = made.get("metadata") or {}, str(made["currency"]).upper()
    return Told(
        event, _FATES.get(str(made["status"]), Fate.PENDING), About.REFUND, attempt or str(ours.get("attempt") or ""),
        str(made["id"]), major(made["amount"], currency), currency, str(ours.get("refund") or ""),
        str(made.get("failure_reason") or "")[:200],
    )  # fmt: skip


def _places(currency: str) -> int:
    return 0 if currency in _WHOLE else 3 if currency in _THOUSANDTHS else 2


def _moment(thing: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(thing["created"]), UTC)


GATEWAY = Stripe()
