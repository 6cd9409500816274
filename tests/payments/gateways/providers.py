"""Small servers that behave as the payment providers document it, over real HTTP, with books of their own.

They are written from the providers' documentation and share nothing with the adapters: signatures are made anew here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, ClassVar
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit

import pytest

from tartib.payments import accounts
from tartib.payments.gateways import ecpay, liqpay, moyasar, stripe, zarinpal
from tartib.payments.models import Account, Attempt
from tartib.shops.models import Shop
from tests.factories import NOW

Words = Mapping[str, str]
Notice = tuple[dict[str, str], str]
"""The headers and the body of a notice."""


@dataclass(slots=True)
class Asked:
    """A request as it came; `fields` are those of its address, its form, or its JSON."""

    method: str
    path: str
    headers: Words
    fields: dict[str, Any]


class Provider(ABC):
    """A provider's server and its books. `down`: it hears nothing. `loses`: it acts, and the answer does not arrive."""

    code: ClassVar[str]
    settings: ClassVar[Words]
    wrong: ClassVar[Words]
    currency: ClassVar[str]
    other_currency: ClassVar[str] = ""
    answer: ClassVar[str] = ""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[Asked] = []
        self.down = False
        self.loses: Callable[[Asked], bool] = lambda _asked: False
        self.books: dict[str, dict[str, Any]] = {}
        self.refunds: list[dict[str, Any]] = []
        self._number = count(1)

    @abstractmethod
    def redirect(self, patch: pytest.MonkeyPatch) -> None:
        """Have the adapter speak to this server."""

    @abstractmethod
    def reply(self, asked: Asked) -> tuple[int, str]:
        """What the provider answers."""

    def begin(self, attempt: Attempt) -> None:
        """What happens at the provider when the customer comes to its page; with most nothing."""
        return

    @abstractmethod
    def pay(self, attempt: Attempt, amount: Decimal | None = None, currency: str = "") -> None:
        """The customer pays at the provider: now it is in its books."""

    @abstractmethod
    def fail(self, attempt: Attempt) -> None:
        """The customer's card is declined."""

    def paid(self, attempt: Attempt) -> Notice:
        """The notice of what was paid."""
        raise AssertionError(f"{self.code} sends no notices")

    def declined(self, attempt: Attempt) -> Notice:
        """The notice of what was declined."""
        raise AssertionError(f"{self.code} sends no notices")

    def sent_back(self, attempt: Attempt) -> Notice | None:
        """The notice of what has gone back; None where it sends none."""
        return None

    @abstractmethod
    def sends_back(self, asked: Asked) -> bool:
        """Whether a request is one to send money back."""

    def send_back(self, attempt: Attempt, amount: Decimal) -> None:
        """Somebody sends money back in the provider's own pages; only some tell of it."""
        return

    def forge(self, notice: Notice) -> list[Notice]:
        """Notices like this one that are not the provider's."""
        raise AssertionError(f"{self.code} sends no notices")

    def number(self) -> int:
        """The next number of anything."""
        return next(self._number)


def account_at(provider: Provider, shop: Shop, *, live: bool = False) -> Account:
    """An account of the shop there."""
    return accounts.add(shop, provider.code, provider.settings, now=NOW, live=live)


@contextmanager
def served(provider: Provider) -> Iterator[Provider]:
    """The provider's server, running."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            fields: dict[str, Any] = dict(parse_qsl(address.query, keep_blank_values=True))
            if "json" in self.headers.get("Content-Type", ""):
                fields |= json.loads(body)
            else:
                fields |= dict(parse_qsl(body, keep_blank_values=True))
            asked = Asked(self.command, address.path, dict(self.headers), fields)
            if provider.down:
                self.close_connection = True
                return
            provider.asked.append(asked)
            status, text = provider.reply(asked)
            if provider.loses(asked):
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_POST = do_GET

        def log_message(self, *_line: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _json(said: Any, status: int = 200) -> tuple[int, str]:
    return status, json.dumps(said)


class StripeServer(Provider):
    """Stripe's sessions, payment intents, charges and refunds."""

    code = "stripe"
    settings: ClassVar[Words] = {"secret_key": "sk_test_4eC39H", "webhook_secret": "whsec_aBc123"}
    wrong: ClassVar[Words] = {"secret_key": "sk_test_other", "webhook_secret": "whsec_aBc123"}
    currency = "USD"
    other_currency = "EUR"

    def __init__(self) -> None:
        super().__init__()
        self.once: dict[str, tuple[int, str]] = {}
        self.disputes: dict[str, dict[str, Any]] = {}
        self.short = False

    def sends_back(self, asked: Asked) -> bool:
        return (asked.method, asked.path) == ("POST", "/v1/refunds")

    def redirect(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(stripe, "API", self.url)

    def reply(self, asked: Asked) -> tuple[int, str]:
        if asked.headers.get("Authorization") != f"Bearer {self.settings['secret_key']}":
            return _json({"error": {"type": "invalid_request_error", "message": "Invalid API Key provided"}}, 401)
        key = asked.headers.get("Idempotency-Key", "")
        if asked.method == "POST" and key in self.once:
            return self.once[key]
        said = self._reply(asked)
        if asked.method == "POST":
            self.once[key] = said
        return said

    def _reply(self, asked: Asked) -> tuple[int, str]:
        fields = asked.fields
        match [asked.method, *asked.path.removeprefix("/v1/").split("/")]:
            case ["POST", "checkout", "sessions"]:
                return _json(self._open(fields))
            case ["GET", "checkout", "sessions"]:
                return _json({"object": "list", "data": [], "has_more": False})
            case ["GET", "checkout", "sessions", number]:
                session = next(one for one in self.books.values() if one["id"] == number)
                return _json(session | {"payment_intent": self._intent(session["payment_intent"])})
            case ["GET", "payment_intents", number]:
                return _json(self._intent(number))
            case ["POST", "refunds"]:
                intent = self._intent(fields["payment_intent"])
                if self.short:
                    problem = {"code": "balance_insufficient", "message": "Insufficient funds in your Stripe balance"}
                    return _json({"error": problem | {"type": "invalid_request_error"}}, 400)
                if intent is None or int(fields["amount"]) > intent["amount"]:
                    problem = {"type": "invalid_request_error", "message": "Refund amount is greater than charge"}
                    return _json({"error": problem}, 400)
                ours = {name: fields[f"metadata[{name}]"] for name in ("attempt", "account", "refund")}
                return _json(self._refunded(intent, int(fields["amount"]), ours))
            case ["GET", "refunds"]:
                intent = fields.get("payment_intent")
                found = [one for one in self.refunds if intent in (None, one["payment_intent"])]
                return _json({"object": "list", "data": found, "has_more": False})
            case ["GET", "disputes"]:
                return _json({"object": "list", "data": list(self.disputes.values()), "has_more": False})
            case ["GET", "disputes", number]:
                return _json(self.disputes[number])
            case ["GET", "charges"]:
                found = [session["charge"] for session in self.books.values() if session.get("charge")]
                after = fields.get("starting_after")
                place = next((at + 1 for at, one in enumerate(found) if one["id"] == after), 0)
                return _json({"object": "list", "data": found[place : place + 1], "has_more": place + 1 < len(found)})
        return _json({"error": {"message": "Unrecognized request URL"}}, 404)

    def _open(self, fields: Words) -> dict[str, Any]:
        price = "line_items[0][price_data]"
        session = {
            "id": f"cs_test_{self.number()}", "object": "checkout.session", "status": "open",
            "url": "https://checkout.stripe.com/c/pay/1", "payment_status": "unpaid", "payment_intent": None,
            "amount_total": int(fields[f"{price}[unit_amount]"]), "currency": fields[f"{price}[currency]"],
            "metadata": {"attempt": fields["metadata[attempt]"], "account": fields["metadata[account]"]},
        }  # fmt: skip
        self.books[fields["client_reference_id"]] = session
        return session

    def _intent(self, number: str | None) -> dict[str, Any] | None:
        for session in self.books.values():
            if number and session["payment_intent"] == number:
                return {
                    "id": number, "object": "payment_intent", "amount": session["amount_total"],
                    "currency": session["currency"], "metadata": session["metadata"],
                    "latest_charge": session["charge"],
                }  # fmt: skip
        return None

    def _refunded(self, intent: Mapping[str, Any], amount: int, ours: Words) -> dict[str, Any]:
        made = {
            "id": f"re_{self.number()}", "object": "refund", "amount": amount, "currency": intent["currency"],
            "status": "succeeded", "payment_intent": intent["id"], "metadata": dict(ours),
            "created": int(NOW.timestamp()),
        }  # fmt: skip
        self.refunds.append(made)
        return made

    def pay(self, attempt: Attempt, amount: Decimal | None = None, currency: str = "") -> None:
        session = self.books[attempt.key]
        session |= {"status": "complete", "payment_status": "paid", "payment_intent": f"pi_{self.number()}"}
        session["amount_total"] = int((amount or attempt.amount) * 100)
        session["currency"] = (currency or attempt.currency).lower()
        session["charge"] = {
            "id": f"ch_{self.number()}", "object": "charge", "amount": session["amount_total"],
            "currency": session["currency"], "status": "succeeded", "captured": True, "metadata": session["metadata"],
            "payment_intent": session["payment_intent"], "created": int(NOW.timestamp()),
            "payment_method_details": {
                "type": "card",
                "card": {
                    "country": "DE", "fingerprint": "Xt5E", "three_d_secure": None,
                    "checks": {"address_line1_check": None, "address_postal_code_check": "fail", "cvc_check": "pass"},
                },
            },
            "outcome": {"risk_level": "elevated", "type": "authorized"},
        }  # fmt: skip

    def dispute(
        self, attempt: Attempt, status: str = "needs_response", taken: int = 0, back: int = 0
    ) -> dict[str, Any]:
        """The customer disputes what they paid."""
        session = self.books[attempt.key]
        moved = [{"amount": -taken, "currency": session["currency"]}] if taken else []
        moved += [{"amount": back, "currency": session["currency"]}] if back else []
        self.disputes["dp_1"] = {
            "id": "dp_1", "object": "dispute", "amount": session["amount_total"], "currency": session["currency"],
            "charge": session["charge"]["id"], "payment_intent": session["payment_intent"], "status": status,
            "reason": "fraudulent", "balance_transactions": moved, "metadata": {}, "created": int(NOW.timestamp()),
            "evidence_details": {"due_by": int(NOW.timestamp()) + 7 * 86_400},
        }  # fmt: skip
        return self.disputes["dp_1"]

    def fail(self, attempt: Attempt) -> None:
        pass

    def paid(self, attempt: Attempt) -> Notice:
        return self.signed("checkout.session.completed", self.books[attempt.key])

    def declined(self, attempt: Attempt) -> Notice:
        problem = {"message": "Your card was declined.", "payment_method": {"card": {"country": "DE"}}}
        intent = {"id": "pi_0", "metadata": self.books[attempt.key]["metadata"], "last_payment_error": problem}
        return self.signed("payment_intent.payment_failed", intent)

    def sent_back(self, attempt: Attempt) -> Notice | None:
        return self.signed("refund.created", self.refunds[-1])

    def send_back(self, attempt: Attempt, amount: Decimal) -> None:
        intent = self._intent(self.books[attempt.key]["payment_intent"])
        assert intent is not None
        self._refunded(intent, int(amount * 100), {})

    def signed(
        self, kind: str, thing: Any, *, secret: str = "", age: float = 0, live: bool = False, created: int = 0
    ) -> Notice:
        """A webhook of that kind."""
        event = {"id": f"evt_{self.number()}", "type": kind, "livemode": live, "data": {"object": thing}}
        event |= {"created": created} if created else {}
        body, at = json.dumps(event), int(time.time() - age)
        right = (secret or self.settings["webhook_secret"]).encode()
        signature = hmac.new(right, f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
        return {"Stripe-Signature": f"t={at},v1={signature}"}, body

    def forge(self, notice: Notice) -> list[Notice]:
        headers, body = notice
        event = json.loads(body)
        return [
            (headers, body.replace("evt_", "evt_9")),
            ({}, body),
            ({"Stripe-Signature": "t=1,v1=00"}, body),
            self.signed(event["type"], event["data"]["object"], secret="whsec_other"),
            self.signed(event["type"], event["data"]["object"], age=600),
        ]


class LiqPayServer(Provider):
    """LiqPay's status, refunds and archive."""

    code = "liqpay"
    settings: ClassVar[Words] = {"public_key": "sandbox_i777", "private_key": "sandbox_private"}
    wrong: ClassVar[Words] = {"public_key": "sandbox_i777", "private_key": "another"}
    currency = "UAH"
    other_currency = "USD"

    def sends_back(self, asked: Asked) -> bool:
        return bool(json.loads(base64.b64decode(asked.fields["data"]))["action"] == "refund")

    def redirect(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(liqpay, "API", f"{self.url}/api")

    digest: ClassVar[str] = "sha1"

    def _sign(self, data: str, private: str = "") -> str:
        key = private or self.settings["private_key"]
        return base64.b64encode(hashlib.new(self.digest, (key + data + key).encode()).digest()).decode()

    def reply(self, asked: Asked) -> tuple[int, str]:
        data = asked.fields["data"]
        if asked.fields["signature"] != self._sign(data):
            return _json({"result": "error", "err_code": "err_signature", "err_description": "Invalid signature"})
        said = json.loads(base64.b64decode(data))
        if said["action"] == "reports":
            return _json({"result": "success", "data": list(self.books.values())})
        payment = self.books.get(said["order_id"])
        if payment is None:
            return _json({"result": "error", "status": "error", "err_code": "payment_not_found"})
        if said["action"] == "status":
            return _json(payment | {"result": "ok"})
        if Decimal(str(said["amount"])) > Decimal(str(payment["amount"])) - Decimal(str(payment["refund_amount"])):
            return _json({"result": "error", "status": "error", "err_code": "err_wrong", "err_description": "Too much"})
        if payment.get("wait_amount"):
            return _json(
                {"action": "pay", "payment_id": payment["payment_id"], "status": "reversed", "wait_amount": True}
            )
        self._back(payment, Decimal(str(said["amount"])))
        return _json({"action": "pay", "payment_id": payment["payment_id"], "status": "reversed"})

    def _back(self, payment: dict[str, Any], amount: Decimal) -> None:
        payment["refund_amount"] = float(Decimal(str(payment["refund_amount"])) + amount)
        payment["refund_date_last"] = int(NOW.timestamp() * 1000)
        self.refunds.append({"amount": amount})
        if payment["refund_amount"] == payment["amount"]:
            payment["status"] = "reversed"

    def pay(self, attempt: Attempt, amount: Decimal | None = None, currency: str = "") -> None:
        self.books[attempt.key] = self._payment(attempt, "sandbox") | {
            "amount": float(amount or attempt.amount), "currency": currency or attempt.currency
        }  # fmt: skip

    def _payment(self, attempt: Attempt, status: str) -> dict[str, Any]:
        at = int(NOW.timestamp() * 1000)
        return {
            "action": "pay", "version": 3, "public_key": self.settings["public_key"], "payment_id": self.number(),
            "status": status, "order_id": attempt.key, "amount": float(attempt.amount), "currency": attempt.currency,
            "sender_card_country": 804, "create_date": at, "end_date": at, "refund_amount": 0,
        }  # fmt: skip

    def fail(self, attempt: Attempt) -> None:
        self.books[attempt.key] = self._payment(attempt, "failure") | {
            "err_code": "limit", "err_description": "Limit is exceeded"
        }  # fmt: skip

    def sealed(self, said: Any, private: str = "") -> Notice:
        """A notice with that in it."""
        data = base64.b64encode(json.dumps(said).encode()).decode()
        return {}, urlencode({"data": data, "signature": self._sign(data, private)})

    def paid(self, attempt: Attempt) -> Notice:
        return self.sealed(self.books[attempt.key])

    def declined(self, attempt: Attempt) -> Notice:
        return self.sealed(self.books.get(attempt.key) or self._payment(attempt, "failure") | {"err_code": "limit"})

    def sent_back(self, attempt: Attempt) -> Notice | None:
        return self.sealed(self.books[attempt.key])

    def send_back(self, attempt: Attempt, amount: Decimal) -> None:
        self._back(self.books[attempt.key], amount)

    def forge(self, notice: Notice) -> list[Notice]:
        fields = dict(parse_qsl(notice[1]))
        said = json.loads(base64.b64decode(fields["data"]))
        other = base64.b64encode(json.dumps(said | {"amount": 1}).encode()).decode()
        return [
            ({}, urlencode({"data": other, "signature": fields["signature"]})),
            ({}, urlencode({"data": fields["data"]})),
            ({}, "nonsense=\xff"),
            self.sealed(said, "another"),
            self.sealed(said | {"public_key": "i1"}),
            self.sealed([1]),
        ]


class MoyasarServer(Provider):
    """Moyasar's invoices and payments."""

    code = "moyasar"
    settings: ClassVar[Words] = {"secret_key": "sk_test_moy", "webhook_token": "long shop word"}
    wrong: ClassVar[Words] = {"secret_key": "sk_test_other", "webhook_token": "long shop word"}
    currency = "KWD"
    other_currency = "SAR"

    def sends_back(self, asked: Asked) -> bool:
        return asked.path.endswith("/refund")

    def redirect(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(moyasar, "API", f"{self.url}/v1")

    def reply(self, asked: Asked) -> tuple[int, str]:
        right = base64.b64encode(f"{self.settings['secret_key']}:".encode()).decode()
        if asked.headers.get("Authorization") != f"Basic {right}":
            return _json({"type": "authentication_error", "message": "Invalid authorization credentials"}, 401)
        match [asked.method, *asked.path.removeprefix("/v1/").split("/")]:
            case ["POST", "invoices"]:
                invoice = asked.fields | {"id": f"inv-{self.number()}", "status": "initiated", "payments": []}
                invoice["url"] = f"https://checkout.moyasar.com/invoices/{invoice['id']}"
                self.books[asked.fields["metadata"]["attempt"]] = invoice
                return _json(invoice, 201)
            case ["GET", "invoices", number]:
                found = [one for one in self.books.values() if one["id"] == number]
                return _json(found[0]) if found else _json({"message": "Object not found"}, 404)
            case ["GET", "payments"]:
                page, rows = int(asked.fields["page"]), self._payments()
                following = page + 1 if page < len(rows) else None
                return _json({"payments": rows[page - 1 : page], "meta": {"next_page": following}})
            case ["GET", "payments", number]:
                return _json(self._one(number))
            case ["POST", "payments", number, "refund"]:
                payment, amount = self._one(number), int(asked.fields["amount"])
                if amount > payment["amount"] - payment["refunded"]:
                    return _json({"message": "Validation Failed", "errors": {"amount": ["is too large"]}}, 400)
                self._back(payment, amount)
                return _json(payment)
        return _json({"message": "Not found"}, 404)

    def _payments(self) -> list[dict[str, Any]]:
        return [payment for invoice in self.books.values() for payment in invoice["payments"]]

    def _one(self, number: str) -> dict[str, Any]:
        return next(payment for payment in self._payments() if payment["id"] == number)

    def _back(self, payment: dict[str, Any], amount: int) -> None:
        payment["refunded"] += amount
        payment["refunded_at"] = NOW.isoformat()
        self.refunds.append({"amount": amount})
        if payment["refunded"] == payment["amount"]:
            payment["status"] = "refunded"

    def _add(self, attempt: Attempt, status: str, amount: int, currency: str) -> None:
        invoice = self.books[attempt.key]
        invoice["payments"].append(
            {
                "id": f"pay-{self.number()}", "status": status, "amount": amount, "currency": currency,
                "refunded": 0, "refunded_at": None, "invoice_id": invoice["id"], "metadata": None,
                "created_at": NOW.isoformat().replace("+00:00", "Z"),
                "source": {"type": "creditcard", "message": "Insufficient Funds", "issuer_country": "KW"},
            }
        )  # fmt: skip

    def pay(self, attempt: Attempt, amount: Decimal | None = None, currency: str = "") -> None:
        places = 2 if currency == "SAR" else 3
        number = int((amount or attempt.amount).scaleb(places))
        self._add(attempt, "paid", number, currency or attempt.currency)
        self.books[attempt.key]["status"] = "paid"
        for payment in self.books[attempt.key]["payments"][-1:]:
            payment["metadata"] = self.books[attempt.key]["metadata"] if self.number() % 2 else None

    def fail(self, attempt: Attempt) -> None:
        self._add(attempt, "failed", int(attempt.amount.scaleb(3)), attempt.currency)

    def told(self, kind: str, payment: Any, *, token: str = "", live: bool = False) -> Notice:
        """A webhook of that kind."""
        event = {
            "id": f"evt-{self.number()}", "type": kind, "created_at": "2026-11-22T09:30:00Z", "live": live,
            "secret_token": token or self.settings["webhook_token"], "data": payment,
        }  # fmt: skip
        return {}, json.dumps(event)

    def paid(self, attempt: Attempt) -> Notice:
        return self.told("payment_paid", self.books[attempt.key]["payments"][-1])

    def declined(self, attempt: Attempt) -> Notice:
        self.fail(attempt)
        return self.told("payment_failed", self.books[attempt.key]["payments"].pop())

    def sent_back(self, attempt: Attempt) -> Notice | None:
        return self.told("payment_refunded", self.books[attempt.key]["payments"][-1])

    def send_back(self, attempt: Attempt, amount: Decimal) -> None:
        self._back(self.books[attempt.key]["payments"][-1], int(amount.scaleb(3)))

    def forge(self, notice: Notice) -> list[Notice]:
        event = json.loads(notice[1])
        bare = {name: value for name, value in event.items() if name != "secret_token"}
        return [
            self.told(event["type"], event["data"], token="guessed"),
            ({}, json.dumps(bare)),
            ({}, json.dumps(bare | {"secret_token": None})),
            ({}, "not json"),
            ({}, "[]"),
        ]


class ECPayServer(Provider):
    """ECPay's trades and refunds of cards."""

    code = "ecpay"
    settings: ClassVar[Words] = {
        "merchant_id": "3400001",
        "hash_key": "aB3dE5gH7jK9mN1p",
        "hash_iv": "Z9y8X7w6V5u4T3s2",
    }
    wrong: ClassVar[Words] = {"merchant_id": "3400001", "hash_key": "another", "hash_iv": "Z9y8X7w6V5u4T3s2"}
    currency = "TWD"
    answer = "1|OK"
    too_fast = False

    def sends_back(self, asked: Asked) -> bool:
        return asked.path.endswith("/DoAction")

    def redirect(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(ecpay, "TEST", self.url)

    def mac(self, fields: Words, key: str = "") -> str:
        """CheckMacValue as ECPay documents it."""
        chosen = sorted((name for name in fields if name != "CheckMacValue"), key=str.casefold)
        line = "&".join(f"{name}={fields[name]}" for name in chosen)
        line = f"HashKey={key or self.settings['hash_key']}&{line}&HashIV={self.settings['hash_iv']}"
        line = quote_plus(line, safe="-_.!*()").lower().replace("~", "%7e")
        return hashlib.sha256(line.encode()).hexdigest().upper()

    def reply(self, asked: Asked) -> tuple[int, str]:
        if self.mac(asked.fields) != asked.fields["CheckMacValue"]:
            return 200, "RtnCode=10200073&RtnMsg=CheckMacValue Error"
        number = asked.fields["MerchantTradeNo"]
        if self.too_fast:
            return 403, "Forbidden"
        if asked.path == "/Cashier/QueryTradeInfo/V5":
            assert abs(int(asked.fields["TimeStamp"]) - time.time()) < 180
            none = {"MerchantID": self.settings["merchant_id"], "MerchantTradeNo": number, "TradeStatus": "10200047"}
            said = self.books.get(number, none)
            return 200, "&".join(
                f"{name}={value}" for name, value in (said | {"CheckMacValue": self.mac(said)}).items()
            )
        trade, amount = self.books[number], int(asked.fields["TotalAmount"])
        left = int(trade["TradeAmt"]) - sum(int(one["amount"]) for one in self.refunds)
        right = {"yes": "R", "no": "N", "today": "E" if amount == left else "R"}[trade["collected"]]
        if asked.fields["Action"] == right == "E":
            trade["collected"] = "no"
            return 200, "RtnCode=1&RtnMsg=OK"
        if asked.fields["Action"] != right or asked.fields["TradeNo"] != trade["TradeNo"] or amount > left:
            return 200, "RtnCode=0&RtnMsg=更新失敗.(error_amount_R)"
        self.refunds.append({"amount": amount})
        return 200, "RtnCode=1&RtnMsg=OK"

    def pay(self, attempt: Attempt, amount: Decimal | None = None, currency: str = "") -> None:
        self.books[ecpay.trade_number(attempt.key)] = self._trade(attempt, "1") | {
            "TradeAmt": str(int(amount or attempt.amount))
        }  # fmt: skip

    def _trade(self, attempt: Attempt, status: str) -> dict[str, str]:
        return {
            "MerchantID": self.settings["merchant_id"], "MerchantTradeNo": ecpay.trade_number(attempt.key),
            "TradeNo": f"26112209{self.number():08d}", "TradeAmt": str(int(attempt.amount)), "TradeStatus": status,
            "PaymentType": "Credit_CreditCard", "PaymentDate": "2026/11/22 17:30:00", "CustomField1": attempt.key,
            "ItemName": "AI 繪圖 + 特典 (100%)~", "StoreID": "", "collected": "yes",
        }  # fmt: skip

    def fail(self, attempt: Attempt) -> None:
        self.books[ecpay.trade_number(attempt.key)] = self._trade(attempt, "10200095")

    def told(self, fields: Words, key: str = "") -> Notice:
        """A notice with those fields."""
        return {}, urlencode(dict(fields) | {"CheckMacValue": self.mac(fields, key)})

    def paid(self, attempt: Attempt) -> Notice:
        trade = self.books[ecpay.trade_number(attempt.key)]
        return self.told(trade | {"RtnCode": "1", "RtnMsg": "交易成功", "SimulatePaid": "0"})

    def declined(self, attempt: Attempt) -> Notice:
        trade = self._trade(attempt, "10200095")
        return self.told(trade | {"RtnCode": "10200058", "RtnMsg": "信用卡授權失敗", "SimulatePaid": "0"})

    def forge(self, notice: Notice) -> list[Notice]:
        fields = dict(parse_qsl(notice[1], keep_blank_values=True))
        bare = {name: value for name, value in fields.items() if name != "CheckMacValue"}
        return [
            ({}, urlencode(fields | {"TradeAmt": "1"})),
            ({}, urlencode(bare)),
            self.told(bare, "another"),
            self.told(bare | {"MerchantID": "2000132"}),
            ({}, ""),
        ]


CARD_HASH = "1EBE3EBEBE35C7EC0F8D6EE4F2F859107A87822CA179BC9528767EA7B5489B69"


class ZarinpalServer(Provider):
    """Zarinpal's payment gateway, and its account API."""

    code = "zarinpal"
    settings: ClassVar[Words] = {
        "merchant_id": "11111111-2222-3333-4444-555555555555", "terminal_id": "238", "access_token": "token"
    }  # fmt: skip
    wrong: ClassVar[Words] = {"merchant_id": "0", "terminal_id": "", "access_token": ""}
    currency = "IRT"

    def sends_back(self, asked: Asked) -> bool:
        return "AddRefund" in asked.fields.get("query", "")

    def redirect(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(zarinpal, "TEST", self.url)
        patch.setattr(zarinpal, "BOOKS", f"{self.url}/graphql")

    def reply(self, asked: Asked) -> tuple[int, str]:
        if asked.path == "/graphql":
            return self._books(asked)
        if asked.fields["merchant_id"] != self.settings["merchant_id"]:
            return self._no(-10, "Terminal is not valid, please check merchant_id or ip address.", 401)
        match asked.path.rsplit("/", 1)[1]:
            case "request.json":
                authority = f"A{self.number():035d}"
                self.books[authority] = asked.fields | {"status": "IN_BANK", "refund": None}
                return _json({"data": {"code": 100, "authority": authority, "fee": 100}, "errors": []})
            case "verify.json":
                return self._verify(asked.fields)
            case "inquiry.json":
                status = self.books[asked.fields["authority"]]["status"]
                return _json({"data": {"code": 100, "message": "Success", "status": status}, "errors": []})
            case _:
                found = [
                    {
                        "authority": authority, "amount": one["amount"], "callback_url": one["callback_url"],
                        "date": "2026-11-22 13:00:00",
                    }
                    for authority, one in self.books.items()
                    if one["status"] == "PAID"
                ]  # fmt: skip
                return _json({"data": {"code": 100, "message": "Success", "authorities": found}})

    def _no(self, code: int, message: str, status: int = 200) -> tuple[int, str]:
        return _json({"data": [], "errors": {"code": code, "message": message, "validations": []}}, status)

    def _verify(self, fields: Mapping[str, Any]) -> tuple[int, str]:
        payment = self.books[fields["authority"]]
        if fields["amount"] != payment["amount"]:
            return self._no(-50, "Session is not valid, amounts values is not the same.")
        if payment["status"] not in ("PAID", "VERIFIED"):
            return self._no(-51, "Session is not valid, session is not active paid try.")
        code = 100 if payment["status"] == "PAID" else 101
        payment["status"] = "VERIFIED"
        return _json({"data": {"code": code, "ref_id": 201, "card_hash": CARD_HASH}, "errors": []})

    def _books(self, asked: Asked) -> tuple[int, str]:
        if asked.headers.get("Authorization") != f"Bearer {self.settings['access_token']}":
            return _json({"errors": [{"message": "Unauthenticated."}]})
        given = asked.fields["variables"]
        (payment,) = [one for one in self.books.values() if one["status"] == "VERIFIED"]
        session = {"id": "580868147", "status": "PAID", "amount": payment["amount"], "timeline": payment["refund"]}
        if "AddRefund" not in asked.fields["query"]:
            assert (given["terminal_id"], given["reference_id"]) == ("238", "201")
            return _json({"data": {"Session": [session]}})
        if given["amount"] > payment["amount"]:
            return _json({"errors": [{"message": "The amount is more than the session."}]})
        payment["refund"] = {
            "refund_amount": given["amount"], "refund_time": NOW.isoformat(), "refund_status": "PENDING"
        }  # fmt: skip
        self.refunds.append({"amount": given["amount"]})
        return _json({"data": {"resource": session | {"terminal_id": "238", "timeline": payment["refund"]}}})

    def _of(self, attempt: Attempt) -> dict[str, Any]:
        return self.books[attempt.reference]

    def pay(self, attempt: Attempt, amount: Decimal | None = None, currency: str = "") -> None:
        self._of(attempt)["status"] = "PAID"

    def fail(self, attempt: Attempt) -> None:
        self._of(attempt)["status"] = "FAILED"


PROVIDERS: dict[str, type[Provider]] = {
    one.code: one for one in (StripeServer, LiqPayServer, MoyasarServer, ECPayServer, ZarinpalServer)
}
WITH_NOTICES = sorted(code for code in PROVIDERS if code != "zarinpal")
