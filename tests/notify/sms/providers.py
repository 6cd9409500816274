"""Small servers that behave as the providers of SMS document it, over real HTTP, each with books of its own.

They are written from the providers' documentation and share nothing with the adapters: signatures are made anew here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from tartib.notify import accounts
from tartib.notify.models import SmsAccount
from tartib.notify.sms import kavenegar, turbosms, twilio
from tartib.shops.models import Shop
from tests.factories import NOW


@dataclass(slots=True)
class Book:
    """A text in a provider's books."""

    reference: str
    key: str
    to: str
    text: str
    at: datetime
    fields: dict[str, Any] = field(default_factory=dict)


class Provider(ABC):
    """A provider's server. `refusal`: what it says to the next texts; `loses`: it acts, its answer does not come."""

    code: ClassVar[str]
    settings: ClassVar[Mapping[str, str]]
    wrong_key: ClassVar[Any]
    no_credit: ClassVar[Any]
    wrong_number: ClassVar[Any]
    no: ClassVar[Any]

    def __init__(self) -> None:
        self.url = ""
        self.books: list[Book] = []
        self.refusal: Any = None
        self.loses = False
        self.down = False
        self.asked: list[tuple[str, str, dict[str, str], str]] = []
        self.now = NOW
        self._number = count(1)

    @abstractmethod
    def redirect(self, patch: pytest.MonkeyPatch) -> None:
        """Have the adapter speak to this server."""

    @abstractmethod
    def reply(self, method: str, path: str, query: dict[str, str], body: str) -> tuple[int, Any]:
        """What the provider answers."""

    @abstractmethod
    def receipt(self, book: Book, word: str, url: str) -> tuple[dict[str, str], str]:
        """Headers and body of what it posts to `url` when a text came to the status `word`."""

    delivered: ClassVar[str]
    lost: ClassVar[str]
    going: ClassVar[str]

    def enter(self, reference: str, key: str, to: str, text: str, **fields: Any) -> Book:
        """Write a text into the books."""
        book = Book(reference, key, to, text, self.now, fields)
        self.books.append(book)
        return book


class KavenegarServer(Provider):
    """https://kavenegar.com/rest.html"""

    code = "kavenegar"
    settings: ClassVar[Mapping[str, str]] = {"key": "2B4C6D8E" * 8, "sender": "10004346"}
    wrong_key, no_credit, wrong_number, no = (403,), (418,), (411,), (413,)
    delivered, lost, going = "10", "11", "5"

    def redirect(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(kavenegar, "API", f"{self.url}/v1")

    def reply(self, method: str, path: str, query: dict[str, str], body: str) -> tuple[int, Any]:
        given = dict(parse_qsl(body))
        assert (method, path.split("/")[:3]) == ("POST", ["", "v1", self.settings["key"]])
        if path.endswith("/account/info.json"):
            if self.refusal:
                return self.refusal[0], _said(self.refusal[0])
            return 200, _said(200) | {"entries": {"remaincredit": 1_250_000, "expiredate": 0, "type": "Master"}}
        if path.endswith("/sms/status.json"):
            known = {book.reference: book for book in self.books}
            rows = [
                {"messageid": int(one), "status": int(known[one].fields.get("status", 100)), "statustext": "x"}
                for one in given["messageid"].split(",") if one in known
            ]  # fmt: skip
            return 200, _said(200) | {"entries": rows}
        if self.refusal:
            return self.refusal[0], _said(self.refusal[0])
        assert given["receptor"].startswith(("09", "00"))
        book = next((book for book in self.books if book.key == given["localid"]), None)
        if book is None:
            reference = str(8_792_340 + next(self._number))
            book = self.enter(reference, given["localid"], given["receptor"], given["message"], sender=given["sender"])
        row = {"messageid": int(book.reference), "status": 1, "statustext": "queued", "cost": 1500}
        return 200, _said(200) | {"entries": [row]}

    def receipt(self, book: Book, word: str, url: str) -> tuple[dict[str, str], str]:
        return {}, urlencode({"messageid": book.reference, "status": word})


class TwilioServer(Provider):
    """https://www.twilio.com/docs/messaging/api/message-resource"""

    code = "twilio"
    settings: ClassVar[Mapping[str, str]] = {
        "account": "AC" + "0a" * 16, "token": "0123456789abcdef" * 2, "sender": "+14155550100",
    }  # fmt: skip
    wrong_key, no_credit, wrong_number, no = (401, 20003), (400, 90010), (400, 21211), (400, 21617)
    delivered, lost, going = "delivered", "undelivered", "sent"

    def redirect(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(twilio, "API", f"{self.url}/2010-04-01/Accounts")

    def reply(self, method: str, path: str, query: dict[str, str], body: str) -> tuple[int, Any]:
        base = f"/2010-04-01/Accounts/{self.settings['account']}"
        if self.refusal and (method == "POST" or path.endswith("Balance.json")):
            status, code = self.refusal
            return status, {"code": code, "message": "said", "more_info": "", "status": status}
        if path == f"{base}/Balance.json":
            return 200, {"balance": "19.35", "currency": "USD", "account_sid": self.settings["account"]}
        if method == "GET" and path == f"{base}/Messages.json":
            return 200, {"messages": [self._row(book) for book in self.books if book.to == query["To"]]}
        if method == "GET":
            reference = path.removeprefix(f"{base}/Messages/").removesuffix(".json")
            return 200, self._row(next(book for book in self.books if book.reference == reference))
        assert path == f"{base}/Messages.json"
        given = dict(parse_qsl(body))
        book = self.enter(
            f"SM{next(self._number):032x}", "", given["To"], given["Body"], back=given.get("StatusCallback")
        )
        return 201, self._row(book)

    def _row(self, book: Book) -> dict[str, Any]:
        return {
            "sid": book.reference, "status": book.fields.get("status", "queued"), "body": book.text, "to": book.to,
            "num_segments": "2", "price": None, "price_unit": "USD", "error_code": None, "error_message": None,
            "date_created": format_datetime(book.at),
        }  # fmt: skip

    def receipt(self, book: Book, word: str, url: str) -> tuple[dict[str, str], str]:
        form = {"MessageSid": book.reference, "MessageStatus": word, "To": book.to, "SmsSid": book.reference}
        signed = url + "".join(name + form[name] for name in sorted(form))
        digest = hmac.new(self.settings["token"].encode(), signed.encode(), hashlib.sha1).digest()
        return {"X-Twilio-Signature": base64.b64encode(digest).decode()}, urlencode(form)


class TurboSmsServer(Provider):
    """https://turbosms.ua/ua/api.html"""

    code = "turbosms"
    settings: ClassVar[Mapping[str, str]] = {
        "token": "c0ffee" * 6, "sender": "MyShop", "viber": "My shop", "secret": "a-word-of-ours",
    }  # fmt: skip
    wrong_key, no_credit, wrong_number, no = (105, None), (203, None), (0, 305), (0, 412)
    delivered, lost, going = "DELIVRD", "UNDELIV", "Sent"

    def redirect(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(turbosms, "API", self.url)

    def reply(self, method: str, path: str, query: dict[str, str], body: str) -> tuple[int, Any]:
        given = json.loads(body)
        if self.refusal and path != "/message/status.json":
            code, inner = self.refusal
            rows = (
                [{"phone": "1", "response_code": inner, "message_id": None, "response_status": "X"}] if inner else None
            )
            return 200, {"response_code": code, "response_status": "SAID", "response_result": rows}
        if path == "/user/balance.json":
            return 200, {"response_code": 0, "response_status": "OK", "response_result": {"balance": 50.5}}
        if path == "/message/status.json":
            rows = [
                {"message_id": book.reference, "status": book.fields.get("status", "Sent"), "response_code": 0}
                for book in self.books if book.reference in given["messages"]
            ]  # fmt: skip
            return 200, {"response_code": 0, "response_status": "OK", "response_result": rows}
        assert path == "/message/send.json"
        assert given["recipients"][0].isdecimal()
        book = next((book for book in self.books if book.key == given["sequence_id"]), None)
        code = 507 if book else 800
        if book is None:
            made = f"f83f8868-5e46-c6cf-e4fb-{next(self._number):012x}"
            book = self.enter(made, given["sequence_id"], given["recipients"][0], given["sms"]["text"], asked=given)
        row = {"phone": book.to, "response_code": 0, "message_id": book.reference, "response_status": "OK"}
        return 200, {"response_code": code, "response_status": "SAID", "response_result": [row]}

    def receipt(self, book: Book, word: str, url: str) -> tuple[dict[str, str], str]:
        number = str(next(self._number))
        signature = hashlib.sha1(f"{self.settings['secret']}{number}".encode()).hexdigest()
        data = {"message_id": book.reference, "status": word}
        return {}, json.dumps({"id": number, "type": "status", "signature": signature, "data": data})


def _said(status: int) -> dict[str, Any]:
    return {"return": {"status": status, "message": "پیام"}, "entries": None}


ALL: tuple[type[Provider], ...] = (KavenegarServer, TwilioServer, TurboSmsServer)


def account_at(provider: Provider, shop: Shop) -> SmsAccount:
    """An account of the shop there."""
    return accounts.choose(shop, provider.code, provider.settings, part_price=None, now=NOW)


@contextmanager
def running(kind: type[Provider], patch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """The provider's server, to which its adapter speaks."""
    provider = kind()

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            parts = urlsplit(self.path)
            provider.asked.append((self.command, parts.path, dict(self.headers), body))
            if provider.down:
                return
            status, said = provider.reply(self.command, parts.path, dict(parse_qsl(parts.query)), body)
            if provider.loses and self.command == "POST":
                return
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        do_GET = do_POST = _take

        def log_message(self, *_line: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    provider.redirect(patch)
    yield provider
    server.shutdown()
    server.server_close()
