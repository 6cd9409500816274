"""Stripe: Checkout Sessions, signed webhooks, questions, refunds and its books, by Stripe's own library.

https://docs.stripe.com: /api/checkout/sessions, /webhooks/signature, /api/refunds, /api/charges/object (checks, 3-D
Secure, outcome), /api/charges/list, /api/disputes, /api/idempotent_requests. A payment is named by its
payment intent, a refund and a dispute by themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache, partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from tartib.payments.gateways import stripe_risk
from tartib.payments.gateways.protocol import (
    About,
    Ask,
    Claim,
    Contest,
    Fate,
    Forged,
    Gateway,
    GatewayNotice,
    Movement,
    Refused,
    Setting,
    Short,
    Started,
    Unsupported,
    Waits,
    refusal,
)
from tartib.payments.gateways.records import Account, Attempt, Refund
from tartib.payments.gateways.stripe_currencies import CURRENCIES, major, minor
from tartib.shops.providers import Unreachable

API = "https://api.stripe.com"
TOLERANCE = 300
"""Seconds that a notice may be old, as Stripe recommends."""
SHORTEST, LONGEST = timedelta(minutes=31), timedelta(hours=23, minutes=59)
"""How long a Checkout Session may stay open: Stripe takes 30 minutes to 24 hours."""

PAGES = "https://dashboard.stripe.com"

_LANGUAGES = {"en": "en", "zh-hant": "zh-HK"}
_IN_TAIWAN = {"zh-hant": "zh-TW"}
_OPENED = {
    "checkout.session.completed", "checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed",
    "checkout.session.expired",
}  # fmt: skip
_BACK = {"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"}
_FATES = {"succeeded": Fate.DONE, "failed": Fate.FAILED, "canceled": Fate.FAILED}
_WAITS = {"requires_action": Waits.CUSTOMER, "pending": Waits.BANK}
_DISPUTES = "charge.dispute."
_CONTESTS = {
    "won": Contest.WON, "lost": Contest.LOST, "warning_closed": Contest.WITHDRAWN, "prevented": Contest.WITHDRAWN,
    "charge_refunded": Contest.WITHDRAWN,
}  # fmt: skip
"""How disputes end. All other words, such as `needs_response` and `warning_under_review`, mean that one is open."""
_SHORT = {"balance_insufficient", "insufficient_funds"}
"""Codes of an error that say that the account has too little money for a refund; it was not made."""
_PAGE_OF = {"pi": "payments", "ch": "payments", "py": "payments", "dp": "disputes", "du": "disputes"}


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
    currencies = CURRENCIES

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
            "locale": _locale(account, ask),
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
    ) -> GatewayNotice | None:
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
            notice = _noticed(account, f"{event['id']}", kind, thing)
            return replace(notice, at=_moment(event)) if notice is not None and event.get("created") else notice
        except (ValueError, KeyError, TypeError, Refused) as error:
            raise Unreachable("a genuine notice that cannot be read") from error

    def query(self, account: Account, attempt: Attempt) -> GatewayNotice:
        """How the Checkout Session of an attempt stands."""
        if not attempt.reference:
            raise Unsupported
        client, wanted = _client(account), {"expand": ["payment_intent.latest_charge"]}
        session = _said(lambda: client.v1.checkout.sessions.retrieve(attempt.reference, wanted))
        state = f"{session['id']}:{session['status']}:{session['payment_status']}"
        return _session(account, state, session, attempt.key)

    def refund(self, account: Account, attempt: Attempt, amount: Decimal, key: str) -> GatewayNotice:
        """Send money back; the key makes a repeated request harmless."""
        asked = {
            "payment_intent": attempt.reference, "amount": minor(amount, attempt.currency),
            "metadata": {"attempt": attempt.key, "account": account.token, "refund": key},
        }  # fmt: skip
        client = _client(account)
        try:
            made = _said(lambda: client.v1.refunds.create(asked, {"idempotency_key": f"refund-{key}"}))
        except _Said as said:
            if said.code in _SHORT:
                raise Short(said.reason) from None
            raise
        return _refund(f"{made['id']}:{made['status']}", made)

    def query_refund(self, account: Account, refund: Refund) -> GatewayNotice:
        """What became of a refund: it has our key."""
        client, wanted = _client(account), {"payment_intent": refund.payment.reference, "limit": 100}
        for made in _said(lambda: client.v1.refunds.list(wanted))["data"]:
            if (made.get("metadata") or {}).get("refund") == refund.key:
                return _refund(f"{made['id']}:{made['status']}", made)
        return GatewayNotice(f"refund:{refund.key}:none", Fate.FAILED, About.REFUND, refund=refund.key)

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
            notice = _refund("", made)
            ours = made.get("metadata") or {}
            if notice.fate == Fate.DONE and notice.amount and ours.get("account") in (None, account.token):
                yield Movement(
                    notice.reference, notice.amount, notice.currency, _moment(made), About.REFUND, notice.attempt,
                    notice.refund,
                )  # fmt: skip

    def disputes(self, account: Account, since: datetime, until: datetime) -> Iterable[GatewayNotice]:
        """The disputes of this account's payments that were opened between two moments."""
        client = _client(account)
        when = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
        for dispute in _pages(lambda asked: client.v1.disputes.list({"created": when, **asked})):
            notice = _dispute(account, _asked(dispute), dispute)
            if notice is not None:
                yield notice

    def query_dispute(self, account: Account, reference: str) -> GatewayNotice:
        """How a dispute stands."""
        client = _client(account)
        dispute = _said(lambda: client.v1.disputes.retrieve(reference))
        notice = _dispute(account, _asked(dispute), dispute)
        if notice is None:
            raise Unsupported
        return notice

    def page(self, account: Account, reference: str) -> str | None:
        """The page in Stripe's dashboard."""
        what = _PAGE_OF.get(reference.partition("_")[0])
        return f"{PAGES}{'' if account.live else '/test'}/{what}/{reference}" if what else None

    def check(self, account: Account) -> None:
        """Whether Stripe knows the key, and it is one for live payments or for tests as the account is."""
        if ("_live_" in account.settings["secret_key"]) != account.live:
            raise refusal(account, _("A live account needs a live key, and a test account a test key."))
        client = _client(account)
        _said(lambda: client.v1.checkout.sessions.list({"limit": 1}))


class _Said(Refused):
    """A refusal with Stripe's code of it."""

    def __init__(self, reason: str, code: str) -> None:
        super().__init__(reason)
        self.code = code


@cache
def _library() -> Any:
    """Stripe's library, for those who use it."""
    import stripe

    return stripe


def _client(account: Account) -> Any:
    from tartib.payments.gateways.stripe_client import client

    return client(account.settings["secret_key"], API)


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
        reason = (error.user_message or error.code or type(error).__name__)[:200]
        raise _Said(reason, str(error.code or "")) from None


def _pages(ask: Callable[[dict[str, Any]], Any]) -> Iterable[dict[str, Any]]:
    asked: dict[str, Any] = {"limit": 100}
    while True:
        said = _said(partial(ask, asked))
        yield from said["data"]
        if not said.get("has_more") or not said["data"]:
            return
        asked = {"limit": 100, "starting_after": said["data"][-1]["id"]}


def _noticed(account: Account, event: str, kind: str, thing: Mapping[str, Any]) -> GatewayNotice | None:
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
        return GatewayNotice(
            event, Fate.FAILED, attempt=str(ours["attempt"]), reason=str(problem.get("message") or "")[:200],
            card_country=str(card.get("country") or ""), card=str(card.get("fingerprint") or ""),
        )  # fmt: skip
    if kind.startswith(_DISPUTES):
        return _dispute(account, event, thing)
    if kind in _BACK:
        if not ours.get("attempt") and thing.get("payment_intent"):
            # It was made at Stripe: what it belongs to is known to the payment that it sends back.
            ours = _of_intent(account, thing["payment_intent"])
        if ours.get("account") != account.token:
            return None
        return _refund(event, thing, str(ours["attempt"]))
    return None


def _session(
    account: Account, event: str, session: Mapping[str, Any], attempt: str, *, failed: bool = False
) -> GatewayNotice:
    """What a Checkout Session says."""
    if session["payment_status"] == "paid":
        currency = str(session["currency"]).upper()
        intent = session["payment_intent"]
        charge = _charge(account, intent)
        card = stripe_risk.card(charge)
        return GatewayNotice(
            event, Fate.DONE, attempt=attempt, reference=str(intent["id"] if isinstance(intent, dict) else intent),
            amount=major(session["amount_total"], currency), currency=currency,
            card_country=str(card.get("country") or ""), card=str(card.get("fingerprint") or ""),
            risk=stripe_risk.found_out(charge),
        )  # fmt: skip
    if session["status"] == "expired":
        return GatewayNotice(event, Fate.EXPIRED, attempt=attempt)
    fate = Fate.FAILED if failed else Fate.PENDING
    return GatewayNotice(event, fate, attempt=attempt, untouched=session["status"] == "open")


def _of_intent(account: Account, intent: Any) -> Mapping[str, Any]:
    """What we gave a payment to keep for us."""
    if not isinstance(intent, dict):
        client = _client(account)
        intent = _said(lambda: client.v1.payment_intents.retrieve(intent))
    return intent.get("metadata") or {}


def _charge(account: Account, intent: Any) -> Mapping[str, Any]:
    """The charge that was paid by; nothing where Stripe does not say."""
    if not isinstance(intent, dict):
        client = _client(account)
        try:
            intent = _said(lambda: client.v1.payment_intents.retrieve(intent, {"expand": ["latest_charge"]}))
        except (Refused, Unreachable):
            return {}
    charge = intent.get("latest_charge")
    return charge if isinstance(charge, dict) else {}


def _dispute(account: Account, event: str, dispute: Mapping[str, Any]) -> GatewayNotice | None:
    """What a dispute says; None where it is about a payment of somebody else with the same keys.

    What it has taken and given back is told in the currency that the account is paid out in: where that is another one,
    all of the disputed amount is taken or given back.
    """
    intent = dispute.get("payment_intent")
    ours = _of_intent(account, intent) if intent else {}
    if ours.get("account") != account.token:
        return None
    currency = str(dispute["currency"]).upper()
    amount, moved = major(dispute["amount"], currency), dispute.get("balance_transactions") or ()
    same = all(str(row["currency"]).upper() == currency for row in moved)
    taken, returned = (
        [abs(int(row["amount"])) for row in moved if (int(row["amount"]) > 0) == back] for back in (False, True)
    )
    due = (dispute.get("evidence_details") or {}).get("due_by")
    claim = Claim(
        str(intent["id"] if isinstance(intent, dict) else intent),
        _CONTESTS.get(str(dispute["status"]), Contest.OPEN),
        datetime.fromtimestamp(int(due), UTC) if due else None,
        major(sum(taken), currency) if same else amount if taken else Decimal(0),
        major(sum(returned), currency) if same else amount if returned else Decimal(0),
    )
    return GatewayNotice(
        event, Fate.DONE, About.DISPUTE, str(ours["attempt"]), str(dispute["id"]), amount, currency,
        reason=str(dispute.get("reason") or "")[:120], claim=claim,
    )  # fmt: skip


def _asked(dispute: Mapping[str, Any]) -> str:
    """A name for how a dispute stands when it is asked about."""
    due = (dispute.get("evidence_details") or {}).get("due_by") or ""
    return f"{dispute['id']}:{dispute['status']}:{len(dispute.get('balance_transactions') or ())}:{due}"


def _locale(account: Account, ask: Ask) -> str:
    """The language of Stripe's page; Chinese as it is written in Taiwan for its shops and its currency."""
    if ask.currency == "TWD" or getattr(account.shop, "country", "") == "TW":
        return _IN_TAIWAN.get(ask.language) or _LANGUAGES.get(ask.language, "auto")
    return _LANGUAGES.get(ask.language, "auto")


def _refund(event: str, made: Mapping[str, Any], attempt: str = "") -> GatewayNotice:
    """What a refund says."""
    ours, currency, status = made.get("metadata") or {}, str(made["currency"]).upper(), str(made["status"])
    waits = Waits.TAKINGS if made.get("pending_reason") == "insufficient_funds" else _WAITS.get(status, "")
    return GatewayNotice(
        event, _FATES.get(status, Fate.PENDING), About.REFUND, attempt or str(ours.get("attempt") or ""),
        str(made["id"]), major(made["amount"], currency), currency, str(ours.get("refund") or ""),
        str(made.get("failure_reason") or "")[:200], waits=waits if status in _WAITS else "",
    )  # fmt: skip


def _moment(thing: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(thing["created"]), UTC)


GATEWAY = Stripe()
